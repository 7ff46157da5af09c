/** What of two injected pods differs, aspect by aspect: what people ask for by its name, the rest by where it stands. */
import type { Capture } from "../istio/capture/captured.ts";
import { type Pod, proxyName } from "../istio/inject/pod.ts";
import type { ProxyResource } from "../istio/proxy-resources.ts";
import type { RewrittenProbe } from "../istio/rewritten-probes.ts";
import type { Sidecar } from "../istio/sidecar.ts";
import { at, type Json, jsonTextOf } from "../kube/json.ts";
import { sameJson } from "../kube/json-patch.ts";
import { isSameQuantity } from "../kube/quantity.ts";
import type { Aspect, AspectKind } from "./changes.ts";
import { type Difference, injectedDifferences } from "./pod-changes.ts";
import { containerOrder, injectedNames, podView } from "./pod-view.ts";

/** An injection as one side has it. */
export interface InjectedSide {
  readonly sidecar: Sidecar | undefined;
  /** The template as Kubernetes reads it. */
  readonly before: Pod;
  readonly pod: Pod;
  /** Undefined where it depends on what nobody tells. */
  readonly native: boolean | undefined;
}

/** What differs between two injections, in the order in which it is told. */
export function sidecarAspects(left: InjectedSide, right: InjectedSide): readonly Aspect[] {
  const named = namedAspects(left, right);
  const isSamePod = sameJson(left.before, right.before);
  const differences = injectedDifferences(viewsOf(left), viewsOf(right));
  const rest = differences.filter(
    (one) => !isTold(one, named, left, right) && (isSamePod || !repeatsPod(one)),
  );
  return [
    ...named,
    ...rest.map(
      ({ path, before, after }): Aspect => ({
        what: "other",
        path: path.join(" "),
        before: valueText(before),
        after: valueText(after),
      }),
    ),
    ...(isSamePod ? orderAspect(left, right) : []),
  ];
}

function viewsOf({ before, pod }: InjectedSide) {
  return { written: podView(before), injected: podView(pod) };
}

function namedAspects(left: InjectedSide, right: InjectedSide): readonly Aspect[] {
  const { sidecar: one } = left;
  const { sidecar: other } = right;
  if (!one || !other) {
    const name = (sidecar: Sidecar | undefined) => sidecar?.templates.join(", ") ?? `no ${proxyName}`;
    return aspect("templates", undefined, name(one), name(other));
  }
  return [
    ...aspect("image", undefined, one.image, other.image),
    ...resourceAspects(one, other),
    ...captureAspects(one.capture, other.capture),
    ...probeAspects(left, right, one.probes, other.probes),
    ...aspect("native", undefined, nativeText(left.native), nativeText(right.native)),
    ...aspect("templates", undefined, one.templates.join(", "), other.templates.join(", ")),
  ];
}

function aspect(
  what: AspectKind,
  path: string | undefined,
  before: string | null,
  after: string | null,
): readonly Aspect[] {
  return before === after ? [] : [{ what, ...(path === undefined ? {} : { path }), before, after }];
}

function nativeText(native: boolean | undefined): string {
  if (native === undefined) return "depends on the nodes";
  return native ? "native sidecar" : "ordinary container";
}

function resourceAspects(left: Sidecar, right: Sidecar): readonly Aspect[] {
  return (["requests", "limits"] as const).flatMap((kind) =>
    (["cpu", "memory"] as const).flatMap((name) => {
      const one = left.resources[kind][name];
      const other = right.resources[kind][name];
      if (one.value !== undefined && other.value !== undefined && isSameQuantity(one.value, other.value))
        return [];
      const none = kind === "limits" ? "unlimited" : "none";
      const text = ({ value }: ProxyResource) => value ?? none;
      return aspect("resources", `${kind}.${name}`, text(one), text(other));
    }),
  );
}

const captureSettings = [
  "by",
  "mode",
  "includedRanges",
  "excludedRanges",
  "includedOutboundPorts",
  "excludedOutboundPorts",
  "includedInboundPorts",
  "excludedInboundPorts",
  "user",
] as const;

function captureAspects(left: Capture | undefined, right: Capture | undefined): readonly Aspect[] {
  if (!left || !right)
    return aspect("capture", undefined, left ? left.mode : "none", right ? right.mode : "none");
  return captureSettings.flatMap((name) => {
    const [one, other] = [settingText(left[name]), settingText(right[name])];
    return lists.has(name) && isSameList(one, other) ? [] : aspect("capture", name, one, other);
  });
}

/** Ports and ranges, of which the order says nothing. */
const lists: ReadonlySet<string> = new Set(captureSettings.slice(2, -1));

/** Whether two texts list the same, in whatever order. */
export function isSameList(one: string | null, other: string | null): boolean {
  const items = (text: string | null) => [...new Set(text?.split(",") ?? [])].sort().join();
  return items(one) === items(other);
}

function settingText(value: string | number | undefined): string | null {
  return value === undefined || value === "" ? null : String(value);
}

/** Probes that are there on both sides: whether the agent answers them, and where. */
function probeAspects(
  left: InjectedSide,
  right: InjectedSide,
  before: readonly RewrittenProbe[],
  after: readonly RewrittenProbe[],
): readonly Aspect[] {
  const nameOf = ({ container, path }: RewrittenProbe) => `${container} ${path.join(" ")}`;
  const text = (probe: RewrittenProbe | undefined) => (probe ? `:${probe.port}${probe.to}` : "as written");
  const names = new Map([...before, ...after].map((probe) => [nameOf(probe), probe]));
  const states = [left, right].flatMap(({ before: written, pod }) => [podView(written), podView(pod)]);
  return [...names].flatMap(([name, { container, path }]) => {
    if (states.some((view) => at(view, [container, ...path]) === undefined)) return [];
    const find = (probes: readonly RewrittenProbe[]) => text(probes.find((one) => nameOf(one) === name));
    return aspect("probes", name, find(before), find(after));
  });
}

const probers = "ISTIO_KUBE_APP_PROBERS";
const capturePrefix = "traffic.sidecar.istio.io/";
const captureFlags: ReadonlySet<string> = new Set(["-m", "-i", "-x", "-q", "-o", "-b", "-d", "-u"]);
const probeKeys: ReadonlySet<string> = new Set([
  "readinessProbe",
  "livenessProbe",
  "startupProbe",
  "lifecycle",
]);

/** Whether a difference is what an aspect tells that has a name. */
function isTold(one: Difference, named: readonly Aspect[], left: InjectedSide, right: InjectedSide): boolean {
  const { path, before, after } = one;
  const [first = "", second = "", third = "", fourth = ""] = path;
  const tells = (what: AspectKind, setting?: string) =>
    named.some((one) => one.what === what && (setting === undefined || one.path === setting));
  if (first === proxyName) {
    if (path.length === 1) return tells("templates");
    if (second === "image") return true;
    if (second === "resources" && (fourth === "cpu" || fourth === "memory")) return true;
    if (second === "resources") return tells("resources");
    if (second === "env" && third === probers) return tells("probes");
    return second === "env" && third === "ISTIO_META_INTERCEPTION_MODE" && tells("capture", "mode");
  }
  if (injectedNames.has(first)) {
    if (path.length === 1) return tells("capture") || tells("templates");
    if (second === "args") return captureFlags.has(third) && (tells("capture") || areSameLists(one));
    if (second === "image") return before === imageOf(left) && after === imageOf(right);
    if (second === "resources") return [left, right].every((side) => sharesResources(first, side));
    return (third === "runAsUser" || third === "runAsGroup") && tells("capture", "user");
  }
  if (first === "annotations" && second.startsWith(capturePrefix))
    return tells("capture") || areSameLists(one);
  if (first === "annotations" && second.endsWith("/interceptionMode")) return tells("capture");
  return probeKeys.has(second) && tells("probes");
}

function areSameLists({ before, after }: Difference): boolean {
  return typeof before === "string" && typeof after === "string" && isSameList(before, after);
}

/** Whether a container has the resources of the proxy, which are told. */
function sharesResources(name: string, { pod }: InjectedSide): boolean {
  const view = podView(pod);
  return sameJson(at(view, [name, "resources"]), at(view, [proxyName, "resources"]));
}

function imageOf({ sidecar }: InjectedSide): string | undefined {
  return sidecar?.image;
}

/** Variables, labels and annotations that say of the pod what it says itself; they differ wherever pods do. */
const repeated: ReadonlySet<string> = new Set([
  "ISTIO_META_POD_PORTS",
  "ISTIO_META_APP_CONTAINERS",
  "ISTIO_META_WORKLOAD_NAME",
  "ISTIO_META_OWNER",
  "ISTIO_META_ANNOTATIONS",
  "ISTIO_METAJSON_LABELS",
  "ISTIO_METAJSON_ANNOTATIONS",
  "ISTIO_PROMETHEUS_ANNOTATIONS",
  probers,
  "kubectl.kubernetes.io/default-container",
  "kubectl.kubernetes.io/default-logs-container",
  "service.istio.io/canonical-name",
  "service.istio.io/canonical-revision",
]);

function repeatsPod({ path }: Difference): boolean {
  return (
    path.some((step) => repeated.has(step)) ||
    (!injectedNames.has(path[0] ?? "") && probeKeys.has(path[1] ?? ""))
  );
}

function orderAspect(left: InjectedSide, right: InjectedSide): readonly Aspect[] {
  const [before, after] = [left.pod, right.pod].map(containerOrder);
  if (!before || !after) return [];
  const shared = (names: readonly string[], others: readonly string[]) =>
    names.filter((name) => others.includes(name) && !movesAlone(name, left, right));
  const [one, other] = [shared(before, after).join(", "), shared(after, before).join(", ")];
  return aspect("other", "order of containers", one, other);
}

/** Whether the proxy stands in another list, which is told as such. */
function movesAlone(name: string, { native: one }: InjectedSide, { native: other }: InjectedSide): boolean {
  return name === proxyName && one !== other;
}

function valueText(value: Json | undefined): string | null {
  if (value === undefined) return null;
  if (typeof value === "string") return value;
  return jsonTextOf(value);
}
