/** From the world and its findings to the report as data. */
import type { Decision, Place, Reason } from "../istio/decision.ts";
import type { Labels } from "../istio/facts.ts";
import { injectedByHand, sidecarByHand } from "../lint/by-hand.ts";
import type { Finding, Severity } from "../lint/finding.ts";
import type { IdleSetting } from "../lint/idle-settings.ts";
import type { Suppressed } from "../lint/suppress.ts";
import type { Location } from "../source/locate.ts";
import type { Delivery } from "../world/delivery.ts";
import { placeText } from "../world/resource.ts";
import type { MissingFact, Origin, Workload, World } from "../world/world.ts";
import { compare } from "./findings.ts";
import { clusterKey, factsText } from "./missing.ts";
import type { FixCounts, Report, ReportedFix, ReportedStep, ReportedWorkload, Summary } from "./report.ts";

export interface ReportSources {
  /** What all clusters hold. */
  readonly world: World;
  /** What each is, where there are several. */
  readonly worlds?: readonly World[];
  readonly findings: readonly Finding[];
  readonly suppressed: readonly Suppressed[];
  readonly idleSettings?: readonly IdleSetting[];
  readonly fixes?: () => ReadonlyMap<Finding, ReportedFix>;
  readonly fixCounts?: () => FixCounts;
  readonly files: number;
  readonly documents: number;
  readonly assume: Labels | undefined;
  /** sidelint's own version. */
  readonly version: string;
}

/** Makes the report. Traces are computed here and nowhere else; everything is plain data afterwards. */
export function makeReport(sources: ReportSources): Report {
  const { world, findings } = sources;
  let fixes: ReadonlyMap<Finding, ReportedFix> | undefined;
  let counts: FixCounts | undefined;
  return {
    schema: "sidelint.dev/report/v1",
    version: sources.version,
    istio: {
      version: world.mesh.release,
      webhooks: world.webhooks,
      assumed: assumptions(sources),
      ...clustersOf(sources),
    },
    workloads: reportedWorkloads(sources),
    findings,
    get fixes() {
      fixes ??= sources.fixes?.() ?? new Map();
      return fixes;
    },
    get fixCounts() {
      counts ??= sources.fixCounts?.() ?? { safe: 0, unsafe: 0 };
      return counts;
    },
    suppressed: sources.suppressed,
    summary: summary(sources),
  };
}

/** The workloads of all clusters by place, those of one place in the order of the clusters. */
function reportedWorkloads({ world, worlds = [world] }: ReportSources): readonly ReportedWorkload[] {
  return worlds
    .flatMap(({ workloads, cluster }) => workloads.map((workload) => ({ workload, cluster })))
    .sort((a, b) => byPlace(a.workload, b.workload))
    .map(({ workload, cluster }) => reportedWorkload(workload, cluster));
}

/** What the mesh of each cluster is, where there are several. */
function clustersOf({ worlds = [] }: ReportSources): Pick<Report["istio"], "clusters"> {
  if (worlds.length < 2) return {};
  const clusters = worlds.map(({ cluster, mesh, webhooks }) => ({
    name: cluster ?? "",
    version: mesh.release,
    webhooks,
  }));
  return { clusters };
}

/**
 * The missing facts of all clusters: each once, with all that it would decide. What a part of them lacks is said of each of these alone, as it
 * would overrule what is known of the others; where files go is said of all.
 */
function missingIn(worlds: readonly World[]): readonly MissingFact[] {
  const [only, ...others] = worlds;
  if (others.length === 0) return only?.missing ?? [];
  const known = new Map<string, MissingFact>();
  for (const { missing, cluster } of worlds) {
    for (const fact of missing) {
      const isOfAll = fact.what === "namespace" || worlds.every((one) => lacks(one, fact));
      const told = isOfAll || cluster === null ? fact : inCluster(cluster, fact);
      const before = known.get(told.line)?.decides ?? 0;
      known.set(told.line, { ...told, decides: before + fact.decides });
    }
  }
  return [...known.values()].sort((a, b) => b.decides - a.decides);
}

function lacks({ missing }: World, { line }: MissingFact): boolean {
  return missing.some((one) => one.line === line);
}

function inCluster(cluster: string, fact: MissingFact): MissingFact {
  return { ...fact, cluster, line: `clusters: {${clusterKey(cluster)}: {${fact.line}}}` };
}

/** What is assumed of namespaces that nothing describes; "none": that they have no labels. */
function assumptions({ assume: asked, world }: ReportSources): readonly string[] {
  const { assumptions: configured } = world.configuration.config;
  const assume = asked ?? (configured?.namespaceLabels === "absent" ? {} : undefined);
  if (!assume) return [];
  const labels = Object.entries(assume).map(([key, value]) => `${key}=${value}`);
  return labels.length > 0 ? labels : ["none"];
}

function byPlace(a: Workload, b: Workload): number {
  return (
    compare(a.resource.document.file.path, b.resource.document.file.path) ||
    a.resource.document.start - b.resource.document.start ||
    compare(a.root ?? "", b.root ?? "")
  );
}

/** One workload as the report shows it; its trace and places are worked out when first read. */
function reportedWorkload(workload: Workload, cluster: string | null = null): ReportedWorkload {
  const { resource, decision, namespace } = workload;
  return {
    id: workload.id,
    cluster,
    apiVersion: resource.apiVersion,
    kind: resource.kind,
    namespace: namespace.name,
    name: workload.name,
    template: severalTemplates(workload) ? workload.template.join(".") : null,
    file: resource.document.file.path,
    get line() {
      return workload.start().line;
    },
    root: workload.root,
    ...(workload.delivery && { delivery: reportedDelivery(workload.delivery) }),
    verdict: decision.verdict,
    reason: decision.reason,
    why: why(workload),
    get whyWhere() {
      return decidingOrigin(workload).text;
    },
    revision: decision.revision,
    possibilities: decision.possibilities,
    get trace() {
      return reportedSteps(workload);
    },
    get remedy() {
      return decision.remedy ?? null;
    },
    ambient: decision.ambient,
  };
}

function reportedDelivery({ label, origin, cluster }: Delivery): ReportedWorkload["delivery"] & object {
  return {
    object: label,
    get where() {
      return origin.text;
    },
    cluster,
  };
}

/** What brings a workload into the cluster, and what is made of its namespace there. */
function deliverySteps({
  delivery,
  decision,
  namespace,
  namespaceOrigin,
}: Workload): readonly ReportedStep[] {
  if (!delivery) return [];
  const { label, namespace: target, cluster, suspended, presumed, makes } = delivery;
  const step = (says: string, origin: Origin | undefined): ReportedStep => {
    const where = origin?.location ? placeText(origin.location) : (origin?.text ?? "");
    return { gate: "namespace", outcome: "passed", says, where };
  };
  const isTarget = target !== undefined && namespaceOrigin === target.origin;
  const says = [
    `${label} brings it`,
    isTarget ? ` into namespace ${target.name}` : "",
    cluster === null || cluster === "in-cluster" ? "" : `${isTarget ? " of" : " to"} cluster ${cluster}`,
    suspended ? ", and is suspended" : "",
    presumed ? ", if it means this repository" : "",
  ].join("");
  const isOpen = decision.verdict === "unknown" && namespace.labels === null;
  const isMade = isOpen && makes !== undefined && makes.name === namespace.name;
  return [
    step(says, isTarget ? target.origin : delivery.origin),
    ...(isMade
      ? [step(`${label} makes namespace ${makes.name} without labels, if it is missing`, makes.origin)]
      : []),
  ];
}

function reportedSteps(workload: Workload): readonly ReportedStep[] {
  const { decision, originOf } = workload;
  const ambiguous = ambiguousWebhooks(decision);
  const decided = decision.steps.map((step) => {
    const { gate, outcome, place, subject = "" } = step;
    const whose =
      place.of === "webhook" && ambiguous.has(subject) ? `${subject} of ${place.configuration}` : subject;
    return { gate, outcome, says: whose + step.says.slice(subject.length), where: originOf(place).text };
  });
  return [...deliverySteps(workload), ...decided];
}

/** The names that webhooks of different configurations share: alone they do not say which webhook it is. */
function ambiguousWebhooks({ steps }: Decision): ReadonlySet<string> {
  const seen = new Map<string, string>();
  const ambiguous = new Set<string>();
  for (const { gate, place, subject, says } of steps) {
    if (gate !== "webhook" || place.of !== "webhook" || !subject || !says.startsWith(subject)) continue;
    if ((seen.get(subject) ?? place.configuration) !== place.configuration) ambiguous.add(subject);
    seen.set(subject, place.configuration);
  }
  return ambiguous;
}

/** Whether the object has other pod templates besides: then the workload's label names its own. */
function severalTemplates({ label, template }: Workload): boolean {
  return template.length > 0 && label.endsWith(` (${template.join(".")})`);
}

/** Where the fact that decided stands: the label that shut the webhooks, else the last step that opened or shut a gate. */
function decidingOrigin(workload: Workload): Origin {
  const label = workload.decision.reason === "no-webhook" ? shuttingLabel(workload) : undefined;
  if (label) return workload.originOf(label);
  const deciding = workload.decision.steps.findLast(({ outcome }) => outcome !== "passed");
  if (deciding) return workload.originOf(deciding.place);
  const location: Location = workload.start();
  return { text: `${location.file}:${location.line}`, location };
}

const whyByReason: Readonly<Record<Reason, (workload: Workload) => string>> = {
  "no-webhook": whyNoWebhook,
  "selector-invalid": () => "a webhook's selector is invalid",
  "host-network": () => "hostNetwork: true",
  "ignored-namespace": ({ namespace }) => `namespace ${namespace.name} is never injected`,
  "inject-true": () => "sidecar.istio.io/inject asks for it",
  "inject-false": whyInjectFalse,
  "never-selector": () => "neverInjectSelector matches",
  "always-selector": () => "alwaysInjectSelector matches",
  "policy-enabled": ({ decision }) => matchedBy(decision),
  "policy-disabled": () => "the injector's policy is disabled",
  "policy-illegal": () => "the injector's policy is neither enabled nor disabled",
  "namespace-unknown": () => "its namespace is not in the repository",
  "namespace-labels-unknown": ({ namespace }) => `the labels of namespace ${namespace.name} are not known`,
  "namespace-labels-differ": ({ namespace, decision }) => {
    const ways = new Set(decision.possibilities.map(({ when }) => when)).size;
    return `namespace ${namespace.name} is labelled in ${ways === 2 ? "two" : ways} ways`;
  },
  "revision-unknown": ({ decision }) =>
    `nothing says whether revision ${decision.revisionsInDoubt.join(" or ")} is installed`,
  "conditions-unknown": () => "whether the matchConditions of a webhook hold is not known",
  "injector-unreadable": () => "the injector's configuration cannot be read",
  "pod-unknown": ({ decision }) => {
    const says = decision.steps[0]?.says ?? "what the pod says is not known";
    return says.charAt(0).toLowerCase() + says.slice(1);
  },
};

/** The labels of a workload's namespace; undefined where places differ in what matters to injection, or nobody knows. */
function agreedLabels({ namespace, decision }: Workload): Labels | undefined {
  const cases = new Set(decision.possibilities.map(({ when }) => when));
  return cases.size === 1 ? namespace.labels?.[0] : undefined;
}

/** Where the label that `whyNoWebhook` names stands, or should. */
function shuttingLabel(workload: Workload): Place | undefined {
  const { pod, namespace } = workload;
  if (pod.labels["sidecar.istio.io/inject"] === "false")
    return { of: "pod", path: ["metadata", "labels", "sidecar.istio.io/inject"] };
  const labels = agreedLabels(workload);
  if (namespace.name === null || !labels) return undefined;
  const key = ["istio-injection", "istio.io/rev"].find((one) => labels[one] !== undefined);
  if (key !== undefined) return { of: "namespace", path: ["metadata", "labels", key] };
  if (pod.labels["istio.io/rev"] !== undefined)
    return { of: "pod", path: ["metadata", "labels", "istio.io/rev"] };
  return { of: "namespace", path: ["metadata", "labels"] };
}

/** The label that shut the webhooks, the pod's own first: it is what its author wrote. */
function whyNoWebhook(workload: Workload): string {
  const { pod, namespace, decision } = workload;
  if (pod.labels["sidecar.istio.io/inject"] === "false") return "pod label sidecar.istio.io/inject is false";
  const labels = agreedLabels(workload);
  if (namespace.name === null || !namespace.labels)
    return "no webhook matches, however its namespace is labelled";
  if (!labels) return `no labels of namespace ${namespace.name} open a webhook`;
  const nobody = "he cluster has no webhook of Istio";
  if (decision.steps.some(({ says }) => says === `T${nobody}`)) return `t${nobody}`;
  const injection = labels["istio-injection"];
  if (injection === "enabled") return "no webhook matches namespace label istio-injection=enabled";
  if (injection !== undefined) return `namespace label istio-injection is ${injection || "empty"}`;
  const revision = labels["istio.io/rev"] ?? pod.labels["istio.io/rev"];
  if (revision !== undefined) return `no webhook answers to revision ${revision || "(empty)"}`;
  if (decision.ambient) return "ambient, without sidecar";
  return `namespace ${namespace.name} has no injection label`;
}

function why(workload: Workload): string {
  const says = whyByReason[workload.decision.reason](workload);
  return injectedByHand(workload) ? `injected by hand; ${says}` : says;
}

function whyInjectFalse({ pod }: Workload): string {
  const key = "sidecar.istio.io/inject";
  const label = pod.labels[key];
  const annotation = pod.annotations[key];
  const which = annotation === undefined ? "pod label " : label === undefined ? "annotation " : "";
  return `${which}${key} is ${JSON.stringify(label ?? annotation ?? "")}`;
}

function matchedBy({ calls, possibilities }: Decision): string {
  const webhook = calls[0]?.webhook ?? possibilities[0]?.webhook ?? "";
  if (webhook.startsWith("rev.namespace.")) return "namespace label istio.io/rev";
  if (webhook.startsWith("rev.object.")) return "pod label istio.io/rev";
  if (webhook.startsWith("auto.")) return "every namespace is injected by default";
  if (webhook.startsWith("object.")) return "pod label sidecar.istio.io/inject";
  return "namespace label istio-injection";
}

function summary({
  world,
  worlds = [world],
  findings,
  suppressed,
  idleSettings = [],
  files,
  documents,
}: ReportSources): Summary {
  const verdicts = { injected: 0, notInjected: 0, refused: 0, unknown: 0 };
  for (const { decision } of world.workloads) {
    verdicts[decision.verdict === "not-injected" ? "notInjected" : decision.verdict]++;
  }
  const bySeverity: Record<Severity, number> = { error: 0, warning: 0, info: 0 };
  for (const { severity } of findings) bySeverity[severity]++;
  const missing = missingIn(worlds);
  const byHand = world.workloads.filter(
    (one) => one.decision.verdict === "not-injected" && sidecarByHand(one) !== undefined,
  ).length;
  return {
    workloads: { total: world.workloads.length, ...verdicts, ...(byHand > 0 && { byHand }) },
    findings: bySeverity,
    suppressed: suppressed.length,
    files: {
      read: files,
      withWorkloads: new Set(world.workloads.map((one) => one.resource.document.file.path)).size,
    },
    documents,
    missing,
    configuration: missing.some(({ cluster }) => cluster !== undefined)
      ? factsText(missing)
      : (worlds.find((one) => one.missingConfiguration !== "")?.missingConfiguration ?? ""),
    skipped: world.skipped,
    idleSettings,
  };
}
