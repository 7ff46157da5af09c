/** Which facts made a sidecar another one: settings of the pod, or of the install that injects it. */
import { ownProxy } from "../istio/proxy-resources.ts";
import { sameJson } from "../kube/json-patch.ts";
import { sidecarRevision } from "../world/sidecar.ts";
import type { Workload } from "../world/world.ts";
import type { Aspect, AspectKind, Cause, Fact } from "./changes.ts";
import { installCauses } from "./installs.ts";
import { annotationCause, podLabelCause, type Side } from "./verdict-causes.ts";

/** Which of a pod's own settings an aspect may hang on. */
export const settingsOf: Readonly<Record<Aspect["what"], RegExp>> = {
  verdict: /./,
  revision: /./,
  image: /proxyImage|proxy\.istio\.io\/config/,
  resources: /\/proxy(?:CPU|Memory)/,
  capture: /^traffic\.sidecar|interceptionMode|^status\.sidecar|reroute|proxy\.istio\.io\/config/,
  probes: /rewriteAppHTTPProbers|^status\.sidecar|proxy\.istio\.io\/config/,
  native: /nativeSidecar/,
  templates: /inject\.istio\.io\/templates/,
  other: /istio\.io\//,
};

/** The facts behind aspects of a sidecar: the pod's settings that differ and can do it, and what of the install differs. */
export function sidecarCauses(
  before: Side,
  after: Side,
  aspects: readonly Aspect[],
  isSameInstall: boolean,
): readonly Cause[] {
  const own = podCauses(before, after, aspects);
  if (isSameInstall) return own;
  const revisions = [before, after].map(({ world, workload }) => sidecarRevision(world, workload));
  const [one, other] = revisions;
  if (one === undefined || other === undefined) return own;
  const install = installCauses(before.world, one, after.world, other);
  return [...own, ...install.filter(({ of }) => aspects.some(({ what }) => !of || of.includes(what)))];
}

function podCauses(before: Side, after: Side, aspects: readonly Aspect[]): readonly Cause[] {
  const annotations = keysThatDiffer(before.workload.pod.annotations, after.workload.pod.annotations);
  const labels = keysThatDiffer(before.workload.pod.labels, after.workload.pod.labels);
  const mayBe = (key: string) =>
    aspects.some(({ what }) => settingsOf[what].test(key) && key.includes("istio.io/"));
  const container = ownContainerCause(before, after);
  return [
    ...annotations.filter(mayBe).map((key) => ({ ...annotationCause(key, before, after), of: kindsOf(key) })),
    ...labels.filter(mayBe).map((key) => ({ ...podLabelCause(key, before, after), of: kindsOf(key) })),
    ...(container ? [container] : []),
  ];
}

function kindsOf(key: string): readonly AspectKind[] {
  return (Object.keys(settingsOf) as AspectKind[]).filter((kind) => settingsOf[kind].test(key));
}

/** The keys of either map whose values differ. */
export function keysThatDiffer(
  left: { readonly [key: string]: string },
  right: { readonly [key: string]: string },
): readonly string[] {
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].filter(
    (key) => left[key] !== right[key],
  );
}

/** The user's own container istio-proxy, where that differs. */
function ownContainerCause(before: Side, after: Side): Cause | undefined {
  const left = ownProxy(before.workload.pod);
  const right = ownProxy(after.workload.pod);
  if (sameJson(left?.spec, right?.spec)) return undefined;
  const fact = (workload: Workload, own: typeof left): Fact | undefined =>
    own && { origin: workload.originOf({ of: "pod", path: ["spec", own.list, own.index] }), value: null };
  return {
    about: "container istio-proxy",
    before: fact(before.workload, left),
    after: fact(after.workload, right),
  };
}
