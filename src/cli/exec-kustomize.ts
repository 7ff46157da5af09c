/** Builds with the user's kustomize what sidelint itself does not model. Nothing is fetched, and no plugin that is a program is started. */
import type { Rendered } from "../world/rendered.ts";
import type { World } from "../world/world.ts";
import type { Ground } from "./exec-ground.ts";
import type { Renderings } from "./exec-helm.ts";
import type { Ran, Workshop } from "./exec-program.ts";
import type { Unrendered } from "./gaps.ts";

/** Builds the kustomizations of a world that need it. What cannot be built stays as it is, and is told. */
export function buildWithKustomize({ unmodelled }: World, ground: Ground, workshop: Workshop): Renderings {
  const rendered: Rendered[] = [];
  const unrendered: Unrendered[] = [];
  const fail = (directory: string, says: string) => unrendered.push({ directory, says });
  let isMissing = false;
  for (const { directory, isChanged, reach } of unmodelled) {
    const { obstacle, directories } = reach();
    if (isChanged)
      fail(directory, `${directory}: kustomize is not run for what a delivery adds to this kustomization`);
    // Flux builds directories without a kustomization, too.
    if (directories.length === 0 && obstacle === undefined) continue;
    const laid = obstacle === undefined ? ground.lay(directories) : { failure: obstacle };
    if ("failure" in laid) {
      fail(directory, `${directory}: kustomize is not run: ${laid.failure}`);
      continue;
    }
    const ran: Ran | undefined = isMissing ? undefined : built(laid.path(directory), workshop);
    isMissing ||= ran !== undefined && !ran.ok && ran.isMissing;
    if (isMissing || !ran) fail(directory, missing);
    else if (ran.ok) rendered.push({ kind: "kustomize", directory, text: ran.text });
    else fail(directory, `${directory}: kustomize does not build it: ${ran.says.replace(/^Error: /, "")}`);
  }
  return { rendered, unrendered, remarks: [] };
}

const missing =
  "--kustomize=exec: neither kustomize nor kubectl is on PATH; install one (https://kubectl.docs.kubernetes.io/installation) or leave the option out";

const restricted = ["--load-restrictor", "LoadRestrictionsRootOnly"];

function built(directory: string, workshop: Workshop): Ran {
  const ran = workshop.run("kustomize", ["build", ...restricted, directory], workshop.directory);
  if (ran.ok || !ran.isMissing) return ran;
  return workshop.run("kubectl", ["kustomize", ...restricted, directory], workshop.directory);
}
