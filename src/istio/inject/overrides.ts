/** The user's own settings for containers that a template injects: a container of the same name is laid over the injected one. */
import { overlay } from "../../kube/overlay.ts";
import { goJson } from "../go-json.ts";
import type { Message } from "../message.ts";
import { nearestFacts, newestRelease, type ReleaseFacts } from "../releases.ts";
import {
  annotationOf,
  annotationsOf,
  type Container,
  type ContainerList,
  containersOf,
  findContainer,
  findInPod,
  type Pod,
  textOf,
  withAnnotations,
} from "./pod.ts";
import { adjustUser } from "./run-as.ts";
import { type Injected, parseStatus, statusAnnotation } from "./status.ts";
import { overridesAnnotation, readOverrides } from "./undo.ts";

/** The image that stands for the injected one. */
export const autoImage = "auto";

export type Reapplied =
  | { readonly ok: true; readonly pod: Pod }
  | { readonly ok: false; readonly error: string };

/**
 * Lays the user's containers over the injected ones of their name and records them in proxy.istio.io/overrides. Containers that an
 * earlier injection put there are not the user's, and nothing is recorded at a second injection. As reapplyOverwrittenContainers of
 * istio/istio 1.30.
 * @param merged the pod with the templates laid over it
 * @param original the pod before
 * @param rendered the templates alone
 */
export function reapplyOverrides(
  merged: Pod,
  original: Pod,
  rendered: Pod,
  proxyConfig: Message,
  { followsProxyUser }: Pick<ReleaseFacts, "followsProxyUser"> = nearestFacts(newestRelease),
): Reapplied {
  const read = readOverrides(original);
  if (!read.ok) return read;
  const status = annotationOf(original, statusAnnotation);
  const injected: Injected = parseStatus(status ?? "");
  const found: { [list in ContainerList]: Container[] } = { containers: [], initContainers: [] };
  let pod = merged;
  for (const list of ["containers", "initContainers"] as const) {
    for (const { name } of containersOf(rendered, list)) {
      if (injected[list].includes(textOf(name))) continue;
      const match =
        findContainer(read.overrides[list], textOf(name)) ?? usersOwn(original, list, textOf(name));
      if (!match) continue;
      const own = withoutAutoImage(match);
      found[list].push(own);
      const laid = overlay("Pod", pod, { spec: { [list]: [own] } });
      if (!laid.ok) return { ok: false, error: `${list}: ${textOf(name)}: ${laid.errors[0]?.message}` };
      pod = laid.value;
    }
  }
  if (status === undefined) pod = record(pod, found);
  return { ok: true, pod: followsProxyUser ? adjustUser(pod, original, proxyConfig) : pod };
}

function usersOwn(pod: Pod, list: ContainerList, name: string): Container | undefined {
  return list === "containers" ? findContainer(containersOf(pod, list), name) : findInPod(pod, name);
}

function withoutAutoImage(container: Container): Container {
  if (container.image !== autoImage) return container;
  const { image: _, ...others } = container;
  return others;
}

function record(pod: Pod, found: { readonly [list in ContainerList]: readonly Container[] }): Pod {
  const { containers, initContainers } = found;
  if (containers.length + initContainers.length === 0) return pod;
  const text = goJson({
    ...(containers.length > 0 && { containers }),
    ...(initContainers.length > 0 && { initContainers }),
  });
  return withAnnotations(pod, { ...annotationsOf(pod), [overridesAnnotation]: text });
}
