/** The originals that an injected object may have had besides the likeliest: what injection does not record, chosen otherwise. */
import { at, type JsonObject, withValueAt } from "../../kube/json.ts";
import type { Path } from "../../kube/workload.ts";
import type { Labels } from "../facts.ts";
import { objectOf, objectsOf, proxyName, textOf } from "./pod.ts";
import type { Unrecorded } from "./taken.ts";
import { traceAnnotations } from "./traces.ts";
import type { PodPlace, Uninjected } from "./uninject.ts";
import { mountedVolumes } from "./uninject-volumes.ts";

/** What came of taking an injection back. */
export type Back = Uninjected & { readonly ok: true };

/** The injected object and where pods stand in it. */
export interface Given {
  readonly object: JsonObject;
  readonly places: readonly PodPlace[];
  /** The annotations of its Namespace. */
  readonly namespaceAnnotations: Labels;
}

/**
 * Other originals: with the labels and annotations that the injector does not write, without the volumes that were kept, and with the
 * proxy at another place among the containers.
 * @param again what injecting the likeliest original gives
 */
export function* candidates(base: Back, given: Given, again: JsonObject): Generator<Back> {
  const returned = putBack(base, given, again);
  for (const one of returned === base ? [base] : [returned, base]) {
    const without = withoutKept(one, given);
    for (const other of without === one ? [one] : [one, without]) {
      yield other;
      yield* withProxyElsewhere(other, given);
    }
  }
}

function putBack(base: Back, given: Given, again: JsonObject): Back {
  let { object, unrecorded } = base;
  for (const { metadata } of given.places) {
    for (const map of ["labels", "annotations"]) {
      const path = [...metadata, map];
      const had = objectOf(at(given.object, path));
      const has = objectOf(at(again, path));
      for (const key of Object.keys(had)) {
        if (has[key] === had[key] || traceAnnotations.includes(key)) continue;
        const there = [...path, key];
        object = withValueAt(object, there, had[key]);
        const says = "this injector would not write it so, and it is taken for the pod's own";
        unrecorded = [
          ...unrecorded.filter((each) => !isAt(each, there)),
          { path: there, kind: "kept", says },
        ];
      }
    }
  }
  return object === base.object ? base : { ...base, object, unrecorded };
}

/** Without the volumes that were taken for the user's own though none of the user's containers mounts them. */
export function withoutKept(base: Back, { places }: Given): Back {
  let { object, unrecorded } = base;
  for (const { spec } of places) {
    const path = [...spec, "volumes"];
    const volumes = objectsOf(at(object, path));
    const mounted = mountedVolumes({ spec: objectOf(at(object, spec)) });
    const isGone = (index: number) =>
      !mounted.has(textOf(volumes[index]?.name)) &&
      unrecorded.some((each) => each.kind === "kept" && isAt(each, [...path, index]));
    const left = volumes.filter((_, index) => !isGone(index));
    if (left.length === volumes.length) continue;
    const says = "injection brings these volumes by itself; some may have been written here as well";
    const others = unrecorded.flatMap((each): readonly Unrecorded[] => {
      const index = isBelow(each, path) ? each.path[path.length] : undefined;
      if (typeof index !== "number") return [each];
      const volume = volumes[index];
      return volume && !isGone(index) ? [{ ...each, path: [...path, left.indexOf(volume)] }] : [];
    });
    object = withValueAt(object, path, left.length === 0 ? undefined : left);
    unrecorded = [...others, { path, kind: "removed", says }];
  }
  return object === base.object ? base : { ...base, object, unrecorded };
}

function* withProxyElsewhere(base: Back, { places }: Given): Generator<Back> {
  for (const { spec } of places) {
    const path = [...spec, "containers"];
    const containers = objectsOf(at(base.object, path));
    const from = containers.findIndex(({ name }) => name === proxyName);
    const [proxy] = containers.slice(from);
    if (from === -1 || !proxy || !base.unrecorded.some((each) => isAt(each, [...path, from]))) continue;
    const others = containers.toSpliced(from, 1);
    for (let to = 0; to < containers.length; to++) {
      if (to === from) continue;
      const moved = others.toSpliced(to, 0, proxy);
      const unrecorded = base.unrecorded.map((each) => {
        const [index, ...rest] = each.path.slice(path.length);
        const container = isBelow(each, path) && typeof index === "number" ? containers[index] : undefined;
        return container ? { ...each, path: [...path, moved.indexOf(container), ...rest] } : each;
      });
      yield { ...base, object: withValueAt(base.object, path, moved), unrecorded };
    }
  }
}

/** Whether something unrecorded stands at a path. */
export function isAt(each: Unrecorded, path: Path): boolean {
  return each.path.length === path.length && isBelow(each, path);
}

function isBelow(each: Unrecorded, path: Path): boolean {
  return path.every((step, index) => step === each.path[index]);
}
