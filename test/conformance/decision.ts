/** The family `decision`: both gates, the annotations' validators, the stock webhooks, and whole repositories. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { annotationErrors, invalidAnnotations, type ReadYaml } from "../../src/istio/annotations.ts";
import type { Decision, Reason } from "../../src/istio/decision.ts";
import type { Mesh, PodFacts, Selector, Webhook } from "../../src/istio/facts.ts";
import { candidate, webhookAnswer } from "../../src/istio/judge.ts";
import { askPolicy, preparePolicy } from "../../src/istio/policy.ts";
import { failed, matched, prepareMesh } from "../../src/istio/prepare.ts";
import { nearestFacts } from "../../src/istio/releases.ts";
import {
  inCallOrder,
  readWebhookConfiguration,
  type StockInstall,
  stockWebhooks,
} from "../../src/istio/webhook.ts";
import { isObject } from "../../src/kube/json.ts";
import { readDocuments } from "../../src/source/document.ts";
import { toValue } from "../../src/source/node.ts";
import { readYaml as readText } from "../../src/source/read.ts";
import { type Case, type Data, type Family, jsonLines } from "./family.ts";
import { selectorCases } from "./selectors.ts";

type Map = { readonly [key: string]: string };

/** The family as a stream of judged cases. */
export const family: Family = async function* (data) {
  yield* gate1(data);
  yield* custom(data);
  yield* stock(data);
  yield* gate2(data);
  yield* annotations(data);
  yield* selectorCases(join(data.directory, "selectors.jsonl"));
  yield* endToEnd(data);
};

function readConfigurations(text: string): Webhook[] {
  return readDocuments({ path: "webhooks.yaml", text }).flatMap((document) => {
    const reading = document.read();
    const value = reading.ok && reading.root ? toValue(reading.root) : undefined;
    return isObject(value) ? readWebhookConfiguration(value) : [];
  });
}

function podOf(labels: Map = {}, annotations: Map = {}, hostNetwork = false): PodFacts {
  return { labels, annotations, hostNetwork, containers: [], initContainers: [] };
}

function meshOf(webhooks: readonly Webhook[]): Mesh {
  return { release: "1.30.3", webhooks, injectors: [] };
}

function difference(expected: unknown, actual: unknown): string | undefined {
  const [wanted, found] = [JSON.stringify(expected), JSON.stringify(actual)];
  return wanted === found ? undefined : `expected ${wanted}, is ${found}`;
}

interface WebhookSet {
  readonly name: string;
  readonly files: readonly string[];
  readonly webhooks: readonly { config: string; webhook: string; revision: string; tag?: string }[];
}

interface Axes {
  readonly pods: readonly Map[];
  readonly sets: readonly WebhookSet[];
}

/** Every row: which webhooks of a set match each of 42 pods in a namespace; and that the set itself is read right. */
async function* gate1({ directory }: Data): AsyncGenerator<Case> {
  const axes: Axes = JSON.parse(readFileSync(join(directory, "gate1-axes.json"), "utf8"));
  const pods = axes.pods.map((labels) => podOf(labels));
  const meshes = new Map<string, Mesh>();
  for (const set of axes.sets) {
    const webhooks = set.files
      .flatMap((file) => readConfigurations(readFileSync(join(directory, "webhooks", file), "utf8")))
      .sort(inCallOrder);
    meshes.set(set.name, meshOf(webhooks));
    const expected = set.webhooks.map(({ config, webhook, revision }) => [config, webhook, revision]);
    const actual = webhooks.map(({ configuration, name, revision }) => [configuration, name, revision]);
    yield { id: `set/${set.name}`, group: "gate1", failure: difference(expected, actual) };
  }
  const rows = jsonLines<{ id: string; s: string; n: string; l: Map; m: string[] }>(
    join(directory, "gate1.jsonl"),
  );
  for await (const { id, s, n, l, m } of rows) {
    const mesh = prepareMesh(meshes.get(s) ?? meshOf([]));
    const actual = pods.map((pod) => {
      const subject = candidate(pod, n, mesh);
      return mesh.webhooks
        .map((_, index) => (webhookAnswer(subject, index, l) === matched ? index.toString(36) : ""))
        .join("");
    });
    yield { id, group: "gate1", failure: difference(m, actual) };
  }
}

interface Custom {
  readonly id: string;
  readonly config: string;
  readonly namespace: string;
  readonly namespaceLabels: Map;
  readonly podLabels: Map;
  readonly match: readonly string[];
  readonly errors?: Map;
}

async function* custom({ directory }: Data): AsyncGenerator<Case> {
  for await (const row of jsonLines<Custom>(join(directory, "gate1-custom.jsonl"))) {
    const mesh = prepareMesh(meshOf(readConfigurations(row.config)));
    const subject = candidate(podOf(row.podLabels), row.namespace, mesh);
    const named = (wanted: number) =>
      mesh.webhooks
        .filter((_, index) => webhookAnswer(subject, index, row.namespaceLabels) === wanted)
        .map(({ webhook }) => webhook.name)
        .sort();
    const failure =
      difference(row.match, named(matched)) ??
      difference(Object.keys(row.errors ?? {}).sort(), named(failed));
    yield { id: row.id, group: "gate1-custom", failure };
  }
}

interface Variant {
  readonly file: string | null;
  readonly istio: string;
  readonly variant: string;
  readonly chart: string | null;
  readonly template: string | null;
  readonly set: readonly string[];
  readonly namespace: string;
  readonly rendered: boolean;
}

/** What the charts render must be what we assume of an install with the same values. */
async function* stock({ directory }: Data): AsyncGenerator<Case> {
  const variants: Variant[] = JSON.parse(readFileSync(join(directory, "webhooks", "index.json"), "utf8"));
  for (const variant of variants) {
    const install = installOf(variant);
    if (!install) continue;
    const text = variant.file ? readFileSync(join(directory, "webhooks", variant.file), "utf8") : "";
    const expected = readConfigurations(text).sort(inCallOrder).map(comparable);
    const failure = difference(expected, stockWebhooks(install).map(comparable));
    yield { id: `${variant.istio}/${variant.variant}`, group: "stock", failure };
  }
}

/** The values of a variant as an install; undefined for those made by istioctl out of others. */
function installOf({ istio, chart, template, set, namespace }: Variant): StockInstall | undefined {
  if (!chart) return undefined;
  const values = new Map(set.map((entry) => entry.split(/=(.*)/s, 2) as [string, string]));
  const webhook = (name: string) => values.get(`sidecarInjectorWebhook.${name}`);
  const flag = (text: string | undefined) => (text === undefined ? undefined : text === "true");
  const tags = values
    .get("revisionTags")
    ?.replace(/^\{|\}$/g, "")
    .split(",");
  const enabled = flag(webhook("objectSelector.enabled"));
  const autoInject = flag(webhook("objectSelector.autoInject"));
  return {
    release: istio,
    namespace,
    revision: values.get("revision"),
    tags: chart === "default" ? ["default"] : template === "mutatingwebhook.yaml" ? [] : tags,
    tagsFrom: "chart",
    tagsOnly: chart === "default" || template !== "mutatingwebhook.yaml",
    enableNamespacesByDefault: flag(webhook("enableNamespacesByDefault")),
    useLegacySelectors: flag(webhook("useLegacySelectors")),
    objectSelector: {
      ...(enabled === undefined ? {} : { enabled }),
      ...(autoInject === undefined ? {} : { autoInject }),
    },
    operatorManageWebhooks: flag(values.get("global.operatorManageWebhooks")),
    resourceScope: values.get("global.resourceScope") as "cluster" | "namespace" | undefined,
  };
}

function comparable({ written: _, namespaceSelector, objectSelector, ...rest }: Webhook) {
  return {
    ...Object.fromEntries(Object.entries(rest).sort()),
    selectors: [namespaceSelector, objectSelector].map(normal),
  };
}

function normal(selector: Selector): string {
  const { matchLabels = {}, matchExpressions = [] } = (selector ?? {}) as {
    matchLabels?: Map;
    matchExpressions?: { key: string; operator: string; values?: string[] }[];
  };
  const wanted = Object.entries(matchLabels).map(([key, value]) => `${key} In ${value}`);
  return [
    ...wanted,
    ...matchExpressions.map(({ key, operator, values }) => `${key} ${operator} ${values ?? ""}`),
  ]
    .sort()
    .join("; ");
}

interface PolicyCase {
  readonly id: string;
  readonly policy: string;
  readonly namespace: string;
  readonly neverInjectSelector?: Selector[];
  readonly alwaysInjectSelector?: Selector[];
  readonly hostNetwork?: boolean;
  readonly labels?: Map;
  readonly annotations?: Map;
  readonly expected: Readonly<Record<string, { required: boolean; reason: Reason; logs?: string[] }>>;
}

async function* gate2({ directory }: Data): AsyncGenerator<Case> {
  for await (const row of jsonLines<PolicyCase>(join(directory, "gate2.jsonl"))) {
    const pod = podOf(row.labels, row.annotations, row.hostNetwork);
    for (const [tag, expected] of Object.entries(row.expected)) {
      const policy = preparePolicy(
        {
          policy: row.policy,
          neverInjectSelector: row.neverInjectSelector ?? [],
          alwaysInjectSelector: row.alwaysInjectSelector ?? [],
        },
        nearestFacts(tag),
      );
      const { required, reason, logs } = askPolicy(pod, row.namespace, policy);
      const failure =
        difference([expected.required, expected.reason], [required, reason]) ??
        difference((expected.logs ?? []).map(subjectOf), logs.map(subjectOf));
      yield { id: `${row.id}@${tag}`, group: "gate2", failure };
    }
  }
}

/** What a log line is about, whatever its words: its level, and the value, selector list or policy it complains of. */
export function subjectOf(log: string): string {
  const level = log.slice(0, log.indexOf(":"));
  if (/NeverInjectSelector|neverInjectSelector/.test(log)) return `${level} never`;
  if (/AlwaysInjectSelector|alwaysInjectSelector/.test(log)) return `${level} always`;
  const value = /sidecar\.istio\.io\/inject(?::| is) (".*?")[.,]/s.exec(log);
  if (value) return `${level} inject ${value[1]}`;
  const policy =
    /autoInject:(.*), must be one of/s.exec(log)?.[1] ??
    JSON.parse(/policy is (".*"), only/s.exec(log)?.[1] ?? '""');
  return `${level} policy ${policy}`;
}

const readYaml: ReadYaml = (text) => {
  const reading = readText(text);
  if (!reading.ok) return { ok: false, message: reading.error.message };
  return { ok: true, value: reading.root && toValue(reading.root) };
};

interface AnnotationCase {
  readonly id: string;
  readonly annotation?: string;
  readonly value?: string;
  readonly annotations?: Map;
  readonly valid: boolean;
  readonly errors?: readonly string[];
}

/** Values one by one, and maps, of which the invalid annotations are compared; the words are ours. */
async function* annotations({ directory }: Data): AsyncGenerator<Case> {
  const facts = nearestFacts("1.30.3");
  for await (const row of jsonLines<AnnotationCase>(join(directory, "annotations.jsonl"))) {
    if (row.annotation !== undefined) {
      const found = annotationErrors(row.annotation, row.value ?? "", facts, readYaml);
      yield { id: row.id, group: "annotations", failure: difference(row.valid, found.length === 0) };
      continue;
    }
    const found = invalidAnnotations(row.annotations ?? {}, facts, readYaml).map(
      ({ annotation }) => annotation,
    );
    const named = (row.errors ?? []).map((text) => /' for annotation '([^']+)': /.exec(text)?.[1] ?? text);
    yield { id: row.id, group: "annotations", failure: difference(named.sort(), [...new Set(found)].sort()) };
  }
}

interface ExpectedCall {
  readonly config: string;
  readonly webhook: string;
  readonly revision: string;
  readonly injector: string;
  readonly istio: string;
  readonly required: boolean;
  readonly reason: Reason;
  readonly logs?: readonly string[];
}

interface RepositoryCase {
  readonly id: string;
  readonly files: Readonly<Record<string, string>>;
  readonly expected: Readonly<
    Record<
      string,
      {
        readonly verdict: string;
        readonly reason: string;
        readonly revision: string | null;
        readonly injectedBy: readonly string[];
        readonly calls: readonly ExpectedCall[];
      }
    >
  >;
}

/** Whole repositories through the public engine: every workload found, and decided as the real gates decide. */
async function* endToEnd({ directory }: Data): AsyncGenerator<Case> {
  const { memoryTree, scan } = await import("../../src/index.ts");
  for await (const { id, files, expected } of jsonLines<RepositoryCase>(join(directory, "endtoend.jsonl"))) {
    const { world } = scan(memoryTree(files));
    const workloads = new Map(
      world.workloads.map(({ resource, namespace, name, decision }) => [
        `${resource.kind}/${namespace.name}/${name}`,
        decision,
      ]),
    );
    const twice = world.workloads.length - workloads.size;
    for (const [key, wanted] of Object.entries(expected)) {
      const found = workloads.get(key);
      workloads.delete(key);
      const failure = found ? difference(expectedDecision(wanted), actualDecision(found)) : "not found";
      yield { id: `${id}/${key}`, group: "endtoend", failure };
    }
    const extra =
      workloads.size === 0 && twice === 0
        ? undefined
        : `${twice} told twice, not expected: ${[...workloads.keys()].join(", ")}`;
    yield { id: `${id}/nothing-else`, group: "endtoend", failure: extra };
  }
}

function expectedDecision({
  verdict,
  reason,
  revision,
  injectedBy,
  calls,
}: RepositoryCase["expected"][string]) {
  return {
    verdict,
    reason,
    revision,
    injectedBy,
    calls: calls.map((call) => [
      call.config,
      call.webhook,
      call.revision,
      call.injector,
      call.istio,
      call.required,
      call.reason,
      (call.logs ?? []).map(subjectOf),
    ]),
  };
}

function actualDecision({ verdict, reason, revision, injectedBy, calls }: Decision) {
  return {
    verdict,
    reason,
    revision,
    injectedBy,
    calls: calls.map((call) => [
      call.configuration,
      call.webhook,
      call.revision,
      call.injector,
      call.release,
      call.required,
      call.reason,
      call.logs.map(subjectOf),
    ]),
  };
}
