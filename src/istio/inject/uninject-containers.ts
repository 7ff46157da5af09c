/** Containers, volumes and secrets that an injection brought, taken away; the user's containers that it changed, put back. */

import { isObject, type JsonObject } from "../../kube/json.ts";
import type { Path } from "../../kube/workload.ts";
import {
  type Container,
  type ContainerList,
  containersOf,
  coreDumpName,
  findContainer,
  initName,
  objectOf,
  objectsOf,
  type Pod,
  proxyName,
  textOf,
  validationName,
} from "./pod.ts";
import { type Taken, type Unrecorded, withList, withoutNulls, withSpec } from "./taken.ts";
import { isInjected, type Traces } from "./traces.ts";
import { takeVolumes } from "./uninject-volumes.ts";

const lists: readonly ContainerList[] = ["containers", "initContainers"];

/** Containers that injection moves to the front or the end of their list, whoever wrote them. */
const moves: { readonly [list in ContainerList]: ReadonlySet<string> } = {
  containers: new Set([proxyName]),
  initContainers: new Set([proxyName, initName, validationName, coreDumpName]),
};

/** The pod with its own containers, volumes and secrets. */
export function takeContainers(pod: Pod, traces: Traces): Taken {
  const own = {
    containers: ownContainers(pod, "containers", traces),
    initContainers: ownContainers(pod, "initContainers", traces),
  };
  let result = pod;
  for (const list of lists) {
    const left = [...own[list], ...returning(own, list, traces)];
    result = withList(result, list, left, containersOf(pod, list));
  }
  const volumes = takeVolumes(result, traces);
  const secrets = takeSecrets(volumes.pod, traces);
  const isEmpty = containersOf(secrets.pod, "initContainers").length === 0;
  return {
    pod: isEmpty ? withSpec(secrets.pod, "initContainers", undefined) : secrets.pod,
    unrecorded: [...containerNotes(result, pod, traces), ...volumes.unrecorded, ...secrets.unrecorded],
  };
}

/** What is left of a list: without what was injected, and with recorded containers where they stand now. */
function ownContainers(pod: Pod, list: ContainerList, traces: Traces): readonly Container[] {
  return containersOf(pod, list).flatMap((container) => {
    if (!isInjected(container, list, traces)) return [container];
    const recorded = findContainer(traces.overrides[list], textOf(container.name));
    return recorded && listOf(recorded, list) === list ? [restored(recorded)] : [];
  });
}

/** The list that a recorded container stood in: the proxy is among the init containers only where it is written as a native sidecar. */
function listOf(recorded: Container, list: ContainerList): ContainerList {
  if (recorded.name !== proxyName) return list;
  return recorded.restartPolicy === "Always" ? "initContainers" : "containers";
}

/** The recorded containers that belong into a list and stand nowhere in it. */
function returning(
  own: { readonly [list in ContainerList]: readonly Container[] },
  list: ContainerList,
  { overrides }: Traces,
): readonly Container[] {
  return lists.flatMap((from) =>
    overrides[from]
      .filter(
        (recorded) => listOf(recorded, from) === list && !findContainer(own[list], textOf(recorded.name)),
      )
      .map(restored),
  );
}

/** The container as its user wrote it; what Go prints for fields that nobody set is left out. */
function restored(recorded: Container): Container {
  const { name = "", image = "auto", resources = {}, ...others } = objectOf(withoutNulls(recorded));
  const isEmpty = isObject(resources) && Object.keys(resources).length === 0;
  return { name, image, ...(isEmpty ? {} : { resources }), ...others };
}

function containerNotes(result: Pod, injected: Pod, traces: Traces): readonly Unrecorded[] {
  const recorded = [...traces.overrides.containers, ...traces.overrides.initContainers];
  return lists.flatMap((list) =>
    containersOf(result, list).flatMap((container, index): readonly Unrecorded[] => {
      const name = textOf(container.name);
      const record = findContainer(recorded, name);
      const path = ["spec", list, index];
      const stood = findContainer(containersOf(injected, list), name);
      const says = `the place of container ${name} is not recorded`;
      const isMoved = moves[list].has(name) || !stood;
      return [
        ...(isMoved ? [{ path, kind: "guessed", says } as const] : []),
        ...(record ? recordNotes(record, path) : []),
      ];
    }),
  );
}

function recordNotes({ image, securityContext }: Container, path: Path): readonly Unrecorded[] {
  const notes: Unrecorded[] = [];
  if (image === undefined)
    notes.push({
      path: [...path, "image"],
      kind: "guessed",
      says: "the image was auto, or none was written",
    });
  const { runAsUser, runAsGroup } = objectOf(securityContext);
  const says = "on OpenShift an injector forgets user and group of the proxy before it records them";
  if (securityContext !== undefined && runAsUser === undefined && runAsGroup === undefined)
    notes.push({ path: [...path, "securityContext"], kind: "guessed", says });
  return notes;
}

function takeSecrets(pod: Pod, { record }: Traces): Taken {
  const secrets = objectsOf(objectOf(pod.spec).imagePullSecrets);
  const isInjected = ({ name }: JsonObject) => record.imagePullSecrets.includes(textOf(name));
  const unrecorded = secrets.filter(isInjected).map(({ name }): Unrecorded => {
    const says = `secret ${textOf(name)} was injected; it may have been written here as well`;
    return { path: ["spec", "imagePullSecrets"], kind: "removed", says };
  });
  const left = secrets.filter((secret) => !isInjected(secret));
  return { pod: withList(pod, "imagePullSecrets", left, secrets), unrecorded };
}
