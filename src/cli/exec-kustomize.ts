/** Builds with the user's kustomize what sidelint itself does not model. Nothing is fetched, and no plugin that is a program is started. */
import type { Rendered } from "../world/rendered.ts";
import type { World } from "../world/world.ts";
import type { Ground } from "./exec-ground.ts";
import type { Renderings } from "./exec-helm.ts";
import type { Ran, Workshop } from "./exec-program.ts";

/** Builds the kustomizations of a world that need it. What cannot be built stays as it is, and is told. */
export function buildWithKustomize({ unmodelled }: World, ground: Ground, workshop: Workshop): Renderings {
  const rendered: Rendered[] = [];
  const remarks: string[] = [];
  for (const { directory, reach } of unmodelled) {
    const { obstacle, directories } = reach();
    const laid = obstacle === undefined ? ground.lay(directories) : { failure: obstacle };
    if ("failure" in laid) {
      remarks.push(`${directory}: kustomize is not run: ${laid.failure}`);
      continue;
    }
    const ran = built(laid.path(directory), workshop);
    if (!ran.ok && ran.isMissing) {
      return {
        rendered: [],
        remarks: [
          "--kustomize=exec: neither kustomize nor kubectl is on PATH; install one (https://kubectl.docs.kubernetes.io/installation) or leave the option out",
        ],
      };
    }
    if (ran.ok) rendered.push({ kind: "kustomize", directory, text: ran.text });
    else remarks.push(`${directory}: kustomize does not build it: ${ran.says.replace(/^Error: /, "")}`);
  }
  return { rendered, remarks };
}

const restricted = ["--load-restrictor", "LoadRestrictionsRootOnly"];

function built(directory: string, workshop: Workshop): Ran {
  const ran = workshop.run("kustomize", ["build", ...restricted, directory], workshop.directory);
  if (ran.ok || !ran.isMissing) return ran;
  return workshop.run("kubectl", ["kustomize", ...restricted, directory], workshop.directory);
}
