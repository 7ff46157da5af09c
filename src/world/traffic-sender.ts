/** Who sends a packet that is asked for: as which user and group, and whether the rules and the proxy are there by then. */

import { partsOf } from "../istio/capture/settings.ts";
import { initName, objectOf, objectsOf, type Pod, proxyName } from "../istio/inject/pod.ts";
import { at, type Json } from "../kube/json.ts";
import type { CapturedTraffic } from "./traffic.ts";
import type { TrafficQuestion } from "./traffic-answer.ts";
import { listed } from "./traffic-lines.ts";

/**
 * When a container runs: beside the proxy; before istio-init has made the rules; with rules and before the proxy; `undecided` where that
 * hangs on whether the sidecar is a native one.
 */
export type Start = "beside-proxy" | "before-rules" | "before-proxy" | "undecided";

export interface Sender {
  readonly user: number | null;
  readonly group: number | null;
  /** For people. */
  readonly name: string;
  readonly start: Start;
  readonly isProxy: boolean;
}

const anyone: Sender = { user: null, group: null, name: "", start: "beside-proxy", isProxy: false };

/** Who sends, or why nobody can. */
export function senderOf(
  question: TrafficQuestion,
  traffic: CapturedTraffic,
): Sender | { readonly why: string } {
  const { container, byProxy, user, group, direction } = question;
  if (direction === "in") return anyone;
  if (byProxy) return proxyOf(traffic);
  const asked = (by: Sender, name: string): Sender => {
    const all = { ...by, user: user ?? by.user, group: group ?? by.group };
    const ids = (["user", "group"] as const).flatMap((of) => (all[of] === null ? [] : [`${of} ${all[of]}`]));
    return { ...all, name: ids.length === 0 ? name : `${name} (${ids.join(", ")})` };
  };
  if (container === undefined) return asked({ ...anyone, ...commonIds(traffic.pod) }, "a process of the pod");
  const found = placeIn(traffic.pod, container);
  if (!found) return { why: `it has no container ${container}; there are ${listed(namesOf(traffic.pod))}` };
  const ids = idsOf(found.container, traffic.pod);
  const start = found.list === "containers" ? "beside-proxy" : startOf(found.index, found.container, traffic);
  return asked({ ...ids, name: "", start, isProxy: container === proxyName }, `container ${container}`);
}

/** The proxy, as whom its container runs; where that does not say it, as whom the rules take it. */
function proxyOf({ plan, pod }: CapturedTraffic): Sender {
  const told = (list: string) => Number(partsOf(list)[0] ?? Number.NaN);
  const { users, groups } = plan.settings;
  const found = placeIn(pod, proxyName);
  const own = found ? idsOf(found.container, pod) : { user: null, group: null };
  const ids = { user: own.user ?? told(users), group: own.group ?? told(groups) };
  return { ...anyone, ...ids, name: "the proxy", isProxy: true };
}

/** The user and group that all containers of the application have. */
function commonIds(pod: Pod): Pick<Sender, "user" | "group"> {
  const all = objectsOf(objectOf(pod.spec).containers)
    .filter(({ name }) => name !== proxyName)
    .map((container) => idsOf(container, pod));
  const same = (of: "user" | "group") => {
    const [first, ...rest] = all.map((ids) => ids[of]);
    return rest.every((id) => id === first) ? (first ?? null) : null;
  };
  return { user: same("user"), group: same("group") };
}

type Container = ReturnType<typeof objectsOf>[number];

interface Place {
  readonly container: Container;
  readonly list: "containers" | "initContainers";
  readonly index: number;
}

function placeIn(pod: Pod, name: string): Place | undefined {
  for (const list of ["containers", "initContainers"] as const) {
    const all = objectsOf(objectOf(pod.spec)[list]);
    const index = all.findIndex((one) => one.name === name);
    const container = all[index];
    if (container) return { container, list, index };
  }
  return undefined;
}

/** When an init container runs. One that keeps running counts as the containers beside it. */
function startOf(
  index: number,
  { name, restartPolicy }: Container,
  { pod, plan, native }: CapturedTraffic,
): Start {
  if (restartPolicy === "Always") return "beside-proxy";
  const placeOf = (one: string) => {
    const place = placeIn(pod, one);
    return place?.list === "initContainers" ? place.index : Number.POSITIVE_INFINITY;
  };
  const isBeforeRules = plan.by === "istio-init" && (index < placeOf(initName) || name === initName);
  if (name === initName) return "before-rules";
  if (native === undefined) return "undecided";
  if (native && index > placeOf(proxyName)) return "beside-proxy";
  return isBeforeRules ? "before-rules" : "before-proxy";
}

function namesOf(pod: Json): readonly string[] {
  return ["containers", "initContainers"].flatMap((list) => {
    const containers = at(pod, ["spec", list]);
    return Array.isArray(containers) ? containers.map((one) => String(at(one, ["name"]) ?? "")) : [];
  });
}

/** The user and group of a container, by itself or by its pod; null where the image decides. */
function idsOf(container: Container, pod: Json): Pick<Sender, "user" | "group"> {
  const of = (field: string): number | null => {
    const own = objectOf(container.securityContext)[field] ?? at(pod, ["spec", "securityContext", field]);
    return typeof own === "number" || typeof own === "bigint" ? Number(own) : null;
  };
  return { user: of("runAsUser"), group: of("runAsGroup") };
}
