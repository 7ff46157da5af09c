/** Dumps of clusters as the world, and several clusters at once: what counts, where it stands, and one verdict for each. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ScanOptions } from "../../src/index.ts";
import { deployment, disabled, enabled, type Files, namespace, places, scanned } from "./scanned.ts";

const clusters = suite("clusters");

const web = deployment("web", "namespace: shop");
const configPath = "sidelint.yaml";

const webhook = (
  revision: string,
  tag = revision,
  name = `istio-sidecar-injector-${revision}`,
  more = "",
) => `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: ${name}, labels: {istio.io/rev: ${revision}, istio.io/tag: ${tag}}}
webhooks:
  - name: rev.namespace.sidecar-injector.istio.io
    clientConfig: {caBundle: Zm9v, service: {name: istiod-${revision}, namespace: istio-system, path: /inject}}
    namespaceSelector: {matchLabels: {istio.io/rev: ${tag}}}
    rules: [{operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [pods]}]
${more}`;
const others =
  "apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: {name: other}\nwebhooks: []\n";
const applied = (labels: string, before: string) => `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels: {${labels}}
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{"metadata":{"labels":${before}}}'
`;
const injector = (policy: string) => `apiVersion: v1
kind: ConfigMap
metadata: {name: istio-sidecar-injector, namespace: istio-system}
data: {config: "policy: ${policy}"}
`;
const node = (version: string) =>
  `apiVersion: v1\nkind: Node\nmetadata: {name: a}\nstatus: {nodeInfo: {kubeletVersion: ${version}}}\n`;

const application = (cluster: string) => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: b, namespace: argocd}
spec:
  source: {repoURL: https://git.example.com/shop.git, path: apps}
  destination: {name: ${cluster}, namespace: shop}
`;

interface Case {
  readonly name: string;
  readonly files: Files;
  readonly options: ScanOptions;
  /** "cluster verdict" of each workload; without a name the verdict alone. */
  readonly verdicts: readonly string[];
  readonly webhooks?: string;
  /** A place that the trace of the first workload names. */
  readonly where?: string;
  readonly failures?: readonly string[];
}

const repository = ["a.yaml", "ns.yaml", "more.yaml"];
const one = (...dumps: string[]): ScanOptions => ({ clusters: [{ name: null, dumps }] });
const two: ScanOptions = {
  clusters: [
    { name: "prod", dumps: ["prod.yaml"] },
    { name: "staging", dumps: ["staging.yaml"] },
  ],
};

const cases: readonly Case[] = [
  {
    name: "a namespace of the dump",
    files: { "a.yaml": web, "d.yaml": namespace("shop", enabled) },
    options: one("d.yaml"),
    verdicts: ["injected"],
    where: "d.yaml:3:33",
  },
  {
    name: "a namespace that is nowhere does not exist yet",
    files: { "a.yaml": web, "d.yaml": namespace("other", enabled) },
    options: one("d.yaml"),
    verdicts: ["unknown"],
  },
  {
    name: "live labels stay below those that are written",
    files: { "a.yaml": web, "ns.yaml": namespace("shop", "a: b"), "d.yaml": applied(enabled, "{}") },
    options: one("d.yaml"),
    verdicts: ["injected"],
    where: "d.yaml:5:12",
  },
  {
    name: "labels that were applied and are written no longer go",
    files: {
      "a.yaml": web,
      "ns.yaml": namespace("shop", "a: b"),
      "d.yaml": applied(enabled, '{"istio-injection":"enabled"}'),
    },
    options: one("d.yaml"),
    verdicts: ["not-injected"],
  },
  {
    name: "labels that are written win",
    files: { "a.yaml": web, "ns.yaml": namespace("shop", disabled), "d.yaml": applied(enabled, "{}") },
    options: one("d.yaml"),
    verdicts: ["not-injected"],
    where: "ns.yaml:3:33",
  },
  {
    name: "a note of what was applied that cannot be read says nothing",
    files: { "a.yaml": web, "ns.yaml": namespace("shop", "a: b"), "d.yaml": applied(enabled, "{") },
    options: one("d.yaml"),
    verdicts: ["injected"],
  },
  {
    name: "the configuration wins over the dump",
    files: {
      "a.yaml": web,
      "d.yaml": namespace("shop", enabled),
      "sidelint.yaml": "namespaces: {shop: {labels: {istio-injection: disabled}}}\n",
    },
    options: { ...one("d.yaml"), configPath },
    verdicts: ["not-injected"],
  },
  {
    name: "webhooks of the dump count instead of the repository's",
    files: {
      "a.yaml": web,
      "ns.yaml": namespace("shop", "istio.io/rev: prod"),
      "more.yaml": webhook("1-26"),
      "d.yaml": `${webhook("1-28")}---\n${webhook("1-28", "prod", "istio-revision-tag-prod")}`,
    },
    options: one("d.yaml"),
    verdicts: ["injected"],
    webhooks: "cluster",
    where: "d.yaml:14:5",
  },
  {
    name: "a dump with webhooks of others alone shows a cluster without Istio",
    files: { "a.yaml": web, "d.yaml": `${namespace("shop", enabled)}---\n${others}` },
    options: one("d.yaml"),
    verdicts: ["not-injected"],
    webhooks: "cluster",
  },
  {
    name: "an install of the repository counts in a cluster without Istio",
    files: {
      "a.yaml": web,
      "op.yaml":
        "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: mesh}\nspec: {tag: 1.26.3}\n",
      "d.yaml": `${namespace("shop", enabled)}---\n${others}`,
    },
    options: { paths: ["."], ...one("d.yaml") },
    verdicts: ["injected"],
    webhooks: "install",
  },
  {
    name: "a dump without any webhook says nothing of Istio",
    files: { "a.yaml": web, "d.yaml": namespace("shop", enabled) },
    options: one("d.yaml"),
    verdicts: ["injected"],
    webhooks: "stock",
  },
  {
    name: "a dump without Istio's webhooks leaves those of the repository",
    files: {
      "a.yaml": web,
      "ns.yaml": namespace("shop", "istio.io/rev: 1-26"),
      "more.yaml": webhook("1-26"),
      "d.yaml": `${namespace("shop")}---\n${others}`,
    },
    options: one("d.yaml"),
    verdicts: ["injected"],
    webhooks: "repository",
  },
  {
    name: "conditions of a live webhook are not evaluated",
    files: {
      "a.yaml": web,
      "ns.yaml": namespace("shop", "istio.io/rev: 1-28"),
      "d.yaml": webhook(
        "1-28",
        "1-28",
        "istio-sidecar-injector-1-28",
        "    matchConditions: [{name: a, expression: 'false'}]\n",
      ),
    },
    options: one("d.yaml"),
    verdicts: ["unknown"],
  },
  {
    name: "the injector of the dump counts instead of the repository's",
    files: {
      "a.yaml": web,
      "ns.yaml": namespace("shop", enabled),
      "more.yaml": injector("enabled"),
      "d.yaml": injector("disabled"),
    },
    options: one("d.yaml"),
    verdicts: ["not-injected"],
    where: "d.yaml:4:17",
  },
  {
    name: "a directory, with directories in it",
    files: {
      "a.yaml": web,
      "dump/x/ns.json":
        '{"kind":"NamespaceList","apiVersion":"v1","items":[{"metadata":{"name":"shop","labels":{"istio-injection":"enabled"}}}]}',
      "dump/README.md": "x",
    },
    options: one("dump"),
    verdicts: ["injected"],
    where: "dump/x/ns.json:1:89",
  },
  {
    name: "workloads of a dump are not judged",
    files: {
      "a.yaml": web,
      "d.yaml": `${namespace("shop", enabled)}---\n${deployment("live", "namespace: shop")}`,
    },
    options: one("d.yaml"),
    verdicts: ["injected"],
  },
  {
    name: "a dump that lies among the manifests is none of them",
    files: { "a.yaml": web, "d.yaml": namespace("shop", enabled), "e/n.yaml": namespace("shop", disabled) },
    options: {
      paths: ["."],
      clusters: [
        { name: "prod", dumps: ["d.yaml"] },
        { name: "edge", dumps: ["./e/"] },
      ],
    },
    verdicts: ["prod injected", "edge not-injected"],
  },
  {
    name: "two clusters are two verdicts",
    files: {
      "a.yaml": web,
      "prod.yaml": namespace("shop", enabled),
      "staging.yaml": namespace("shop", disabled),
    },
    options: two,
    verdicts: ["prod injected", "staging not-injected"],
  },
  {
    name: "clusters of the configuration, with what is said of each",
    files: {
      "a.yaml": web,
      "ns.yaml": namespace("shop", "a: b"),
      "sidelint.yaml": `clusters:
  prod: {istio: {enableNamespacesByDefault: true}}
  edge: {namespaces: {shop: {labels: {istio-injection: enabled}}}}
  plain: {}
`,
    },
    options: { configPath },
    verdicts: ["prod injected", "edge injected", "plain not-injected"],
  },
  {
    name: "a dump of the configuration lies relative to its file",
    files: {
      "a.yaml": web,
      "conf/sidelint.yaml": "clusters: {prod: {dump: d.yaml}}\n",
      "conf/d.yaml": namespace("shop", enabled),
    },
    options: { configPath: "conf/sidelint.yaml" },
    verdicts: ["prod injected"],
    where: "conf/d.yaml:3:33",
  },
  {
    name: "of one cluster that is named the configuration tells",
    files: {
      "a.yaml": web,
      "sidelint.yaml": "clusters: {a: {namespaces: {shop: {labels: {istio-injection: enabled}}}}, b: {}}\n",
    },
    options: { configPath, clusters: [{ name: "a", dumps: [] }] },
    verdicts: ["a injected"],
    where: "sidelint.yaml:1:36",
  },
  {
    name: "what is delivered to a cluster that is told is in no other",
    files: {
      "a.yaml": web,
      "apps/b.yaml": deployment("b", "namespace: shop"),
      "argo.yaml": application("prod"),
      "sidelint.yaml": "clusters: {prod: {}, edge: {}}\n",
    },
    options: { paths: ["."], configPath },
    verdicts: ["prod unknown", "edge unknown", "prod unknown"],
  },
  {
    name: "also where another is asked for alone",
    files: {
      "a.yaml": web,
      "apps/b.yaml": deployment("b", "namespace: shop"),
      "argo.yaml": application("prod"),
      "sidelint.yaml": "clusters: {prod: {}, edge: {}}\n",
    },
    options: { paths: ["."], configPath, clusters: [{ name: "edge", dumps: [] }] },
    verdicts: ["edge unknown"],
  },
  {
    name: "what is delivered to a cluster that nobody tells of may be in any",
    files: {
      "apps/b.yaml": deployment("b", "namespace: shop"),
      "argo.yaml": application("other"),
      "sidelint.yaml": "clusters: {prod: {}, edge: {}}\n",
    },
    options: { paths: ["."], configPath },
    verdicts: ["prod unknown", "edge unknown"],
  },
  {
    name: "a dump that holds nothing",
    files: { "a.yaml": web, "d.yaml": "a: b\n" },
    options: one("d.yaml"),
    verdicts: ["unknown"],
    failures: [
      "d.yaml: holds nothing of a cluster (kubectl get ns,mutatingwebhookconfigurations,cm -A -o yaml writes a dump)",
    ],
  },
  {
    name: "a broken dump",
    files: { "a.yaml": web, "d.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: [\n" },
    options: one("d.yaml"),
    verdicts: ["unknown"],
    failures: ["d.yaml:4:1: cannot be read as a dump"],
  },
  {
    name: "an empty directory",
    files: { "a.yaml": web, "dump/README.md": "x" },
    options: one("dump"),
    verdicts: ["unknown"],
    failures: ["dump: no *.yaml, *.yml or *.json file is there"],
  },
];

for (const each of cases) {
  clusters(each.name, () => {
    const paths = repository.filter((path) => Object.hasOwn(each.files, path));
    const scan = scanned(each.files, { ...each.options, paths: each.options.paths ?? paths });
    const { workloads, istio } = scan.report;
    assert.equal(
      workloads.map(({ cluster, verdict }) => (cluster === null ? verdict : `${cluster} ${verdict}`)),
      each.verdicts,
    );
    if (each.webhooks !== undefined) assert.is(istio.webhooks, each.webhooks);
    const traced = workloads[0]?.trace.map(({ where }) => where) ?? [];
    if (each.where !== undefined)
      assert.ok(traced.includes(each.where), `${each.where} of ${traced.join(" ")}`);
    const failures = scan.failures.map(({ path, reason }) => `${path}: ${reason}`);
    assert.is(failures.length, each.failures?.length ?? 0, failures.join("; "));
    for (const [index, failure] of (each.failures ?? []).entries())
      assert.ok(failures[index]?.startsWith(failure), failures[index]);
  });
}

clusters("a cluster without Istio is said to have none", () => {
  const files = { "a.yaml": web, "d.yaml": `${namespace("shop", enabled)}---\n${others}` };
  const { report } = scanned(files, { paths: ["a.yaml"], ...one("d.yaml") });
  assert.is(report.workloads[0]?.why, "the cluster has no webhook of Istio");
  assert.ok(report.workloads[0]?.trace.some(({ says }) => says === "The cluster has no webhook of Istio"));
});

clusters("the oldest kubelet of a dump is the release of Kubernetes", () => {
  const files = {
    "a.yaml": web,
    "d.yaml": [node("v1.33.1"), node("v1.9.0-gke.1"), namespace("shop")].join("---\n"),
  };
  const { world } = scanned(files, one("d.yaml"));
  assert.is(world.configuration.config.kubernetes?.version, "v1.9.0-gke.1");
});

clusters("what is found in several clusters is told once, with the clusters", () => {
  const odd = deployment("web", "namespace: shop").replace(
    "metadata: {labels",
    'metadata: {annotations: {sidecar.istio.io/proxyCPU: "1"}, labels',
  );
  const files = {
    "a.yaml": odd,
    "prod.yaml": namespace("shop", enabled),
    "staging.yaml": namespace("shop", enabled),
  };
  const scan = scanned(files, two);
  const [first] = scan.findings.filter(({ rule }) => rule === "proxy-cpu-limit-missing");
  assert.equal(first?.clusters, ["prod", "staging"]);
  assert.equal(first?.workloads, ["Deployment/web in shop"]);
  assert.is(places(scan).filter((place) => place.endsWith(" proxy-cpu-limit-missing")).length, 1);
  assert.is(scan.report.summary.workloads.total, 2);
  const ids = new Set(scan.report.workloads.map(({ id }) => id));
  assert.is(ids.size, 2);
});

clusters("a comment that hides a finding in one cluster is not in vain in others", () => {
  const odd = deployment("web", "namespace: shop").replace(
    "    metadata: {labels",
    '    # sidelint-ignore proxy-cpu-limit-missing -- meant\n    metadata: {annotations: {sidecar.istio.io/proxyCPU: "1"}, labels',
  );
  const files = {
    "a.yaml": odd,
    "prod.yaml": namespace("shop", enabled),
    "staging.yaml": namespace("shop", disabled),
  };
  const scan = scanned(files, two);
  assert.is(scan.suppressed.length, 1);
  assert.is(scan.findings.filter(({ rule }) => rule.startsWith("suppression-")).length, 0);
});

clusters("the report of one cluster names none", () => {
  const { report, findings } = scanned({ "a.yaml": web, "d.yaml": namespace("shop", "a: b") }, one("d.yaml"));
  assert.is(report.workloads[0]?.cluster, null);
  assert.is(report.istio.clusters, undefined);
  assert.ok(findings.every((finding) => finding.clusters === undefined));
});

clusters.run();
