/** Containers, volumes and secrets that an injection brought, taken away; the user's containers that it changed, put back. */
import { isObject, type Json, type JsonObject } from "../../kube/json.ts";
import {
  allContainersOf,
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
import { type Taken, type Unrecorded, withoutNulls, withSpec } from "./taken.ts";
import type { Traces } from "./traces.ts";

const lists: readonly ContainerList[] = ["containers", "initContainers"];

/** Containers that injection moves to the front or the end of their list. */
const moved: ReadonlySet<string> = new Set([proxyName, initName, validationName, coreDumpName]);

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
  return {
    pod: secrets.pod,
    unrecorded: [...containerNotes(result, pod, traces), ...volumes.unrecorded, ...secrets.unrecorded],
  };
}

/** What is left of a list: without what was injected, and with recorded containers where they stand now. */
function ownContainers(pod: Pod, list: ContainerList, traces: Traces): readonly Container[] {
  const names = traces.record[list];
  return containersOf(pod, list).flatMap((container) => {
    const name = textOf(container.name);
    if (!names.includes(name)) return [container];
    const recorded = findContainer(traces.overrides[list], name);
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
      if (!record) return [];
      const path = ["spec", list, index];
      const stood = findContainer(containersOf(injected, list), name);
      const notes: Unrecorded[] = [];
      if (moved.has(name) || !stood)
        notes.push({ path, kind: "guessed", says: `the place of container ${name} is not recorded` });
      if (record.image === undefined)
        notes.push({
          path: [...path, "image"],
          kind: "guessed",
          says: "the image was auto, or none was written",
        });
      return notes;
    }),
  );
}

/** The pod with a list; one that was taken empty is taken away. */
function withList(pod: Pod, key: string, left: readonly Json[], before: readonly Json[]): Pod {
  const isSame = left.length === before.length && left.every((item, index) => item === before[index]);
  if (isSame) return pod;
  return withSpec(pod, key, left.length === 0 ? undefined : left);
}

/** Injected volumes go, but for those that a container of the user mounts: without its volume the pod would be invalid. */
function takeVolumes(pod: Pod, { record }: Traces): Taken {
  const volumes = objectsOf(objectOf(pod.spec).volumes);
  const mounted = mountedVolumes(pod);
  const left = volumes.filter(
    ({ name }) => !record.volumes.includes(textOf(name)) || mounted.has(textOf(name)),
  );
  const unrecorded = left.flatMap(({ name }, index): readonly Unrecorded[] => {
    if (!record.volumes.includes(textOf(name))) return [];
    const says = `volume ${textOf(name)} was injected, and a container of your own mounts it: how you had written it is not recorded`;
    return [{ path: ["spec", "volumes", index], kind: "kept", says }];
  });
  return { pod: withList(pod, "volumes", left, volumes), unrecorded };
}

function mountedVolumes(pod: Pod): ReadonlySet<string> {
  return new Set(
    allContainersOf(pod).flatMap((container) =>
      [...objectsOf(container.volumeMounts), ...objectsOf(container.volumeDevices)].map(({ name }) =>
        textOf(name),
      ),
    ),
  );
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
