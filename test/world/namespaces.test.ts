/** What is known of a workload's namespace: from which source, with which authority, and where it says so. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { memoryTree, type ScanOptions, scan } from "../../src/index.ts";
import { deployment, disabled, enabled, type Files, namespace, scanned, verdicts } from "./scanned.ts";

const web = deployment("web", "namespace: shop");
const namespaces = suite("namespaces");

interface Case {
  readonly name: string;
  readonly files: Files;
  readonly options?: ScanOptions;
  readonly expect: readonly string[];
  /** Where the labels of the first workload's namespace stand. */
  readonly origins?: readonly string[];
}

const dump = `NAME: of nothing
---
apiVersion: v1
kind: List
metadata: {resourceVersion: ""}
items:
  - apiVersion: v1
    kind: Namespace
    metadata:
      name: other
  - apiVersion: v1
    kind: Namespace
    metadata:
      labels:
        istio-injection: enabled
        kubernetes.io/metadata.name: shop
      name: shop
    spec: {finalizers: [kubernetes]}
    status: {phase: Active}
`;

const kustomization = (lines: string) => `resources: [${lines}]\n`;

const cases: readonly Case[] = [
  {
    name: "a Namespace of a plain file",
    files: { "a.yaml": web, "ns.yaml": namespace("shop", enabled) },
    expect: ["shop Deployment/web injected"],
    origins: ["ns.yaml:3:24"],
  },
  {
    name: "a Namespace without labels is known to have none",
    files: { "a.yaml": web, "ns.yaml": "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n" },
    expect: ["shop Deployment/web not-injected"],
    origins: ["ns.yaml:4:3"],
  },
  { name: "nothing at all", files: { "a.yaml": web }, expect: ["shop Deployment/web unknown"], origins: [] },
  {
    name: "another group's Namespace is none",
    files: { "a.yaml": web, "ns.yaml": namespace("shop", enabled).replace("v1", "example.com/v1") },
    expect: ["shop Deployment/web unknown"],
  },
  {
    name: "two Namespaces of one name that say the same are one",
    files: {
      "a.yaml": web,
      "n1.yaml": namespace("shop", `a: b, ${enabled}`),
      "n2.yaml": namespace("shop", `${enabled}, a: b`),
    },
    expect: ["shop Deployment/web injected"],
    origins: ["n1.yaml:3:24"],
  },
  {
    name: "two Namespaces that disagree are two possibilities",
    files: { "a.yaml": web, "n1.yaml": namespace("shop", enabled), "n2.yaml": namespace("shop", disabled) },
    expect: ["shop Deployment/web unknown"],
    origins: ["n1.yaml:3:24", "n2.yaml:3:24"],
  },
  {
    name: "two Namespaces whose difference does not matter decide",
    files: { "a.yaml": web, "n1.yaml": namespace("shop", "a: b"), "n2.yaml": namespace("shop", disabled) },
    expect: ["shop Deployment/web not-injected"],
  },
  {
    name: "a build's own Namespace wins over those of others",
    files: {
      "one/kustomization.yaml": kustomization("a.yaml, ns.yaml"),
      "one/a.yaml": web,
      "one/ns.yaml": namespace("shop", enabled),
      "two/kustomization.yaml": kustomization("a.yaml, ns.yaml"),
      "two/a.yaml": web,
      "two/ns.yaml": namespace("shop", disabled),
      "three/a.yaml": web,
    },
    expect: [
      "shop Deployment/web injected (one)",
      "shop Deployment/web unknown",
      "shop Deployment/web not-injected (two)",
    ],
    origins: ["one/ns.yaml:3:24"],
  },
  {
    name: "a label that a kustomization adds to a Namespace",
    files: {
      "k/kustomization.yaml": `resources: [a.yaml, ns.yaml]
labels:
  - pairs: {istio-injection: enabled}
`,
      "k/a.yaml": web,
      "k/ns.yaml": namespace("shop"),
    },
    expect: ["shop Deployment/web injected (k)"],
  },
  {
    name: "configuration wins over the repository",
    files: {
      "a.yaml": web,
      "ns.yaml": namespace("shop", disabled),
      "sidelint.yaml": "namespaces:\n  shop:\n    labels: {istio-injection: enabled}\n",
    },
    options: { configPath: "sidelint.yaml" },
    expect: ["shop Deployment/web injected"],
    origins: ["sidelint.yaml:3:5"],
  },
  {
    name: "a namespace of the configuration without labels says nothing of them",
    files: {
      "a.yaml": web,
      "ns.yaml": namespace("shop", enabled),
      "sidelint.yaml": "namespaces: {shop: {}}\n",
    },
    options: { configPath: "sidelint.yaml" },
    expect: ["shop Deployment/web injected"],
    origins: ["ns.yaml:3:24"],
  },
  {
    name: "empty labels in the configuration are none",
    files: { "a.yaml": web, "sidelint.yaml": "namespaces: {shop: {labels: {}}}\n" },
    options: { configPath: "sidelint.yaml" },
    expect: ["shop Deployment/web not-injected"],
    origins: ["sidelint.yaml:1:21"],
  },
  {
    name: "a dump as kubectl prints it",
    files: { "a.yaml": web, "ns-dump.yaml": dump },
    options: { paths: ["a.yaml"], namespaceDumps: ["ns-dump.yaml"] },
    expect: ["shop Deployment/web injected"],
    origins: ["ns-dump.yaml:14:7"],
  },
  {
    name: "a dump in JSON",
    files: {
      "a.yaml": web,
      "dump.json": `{
  "apiVersion": "v1", "kind": "List",
  "items": [
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": {"istio-injection": "enabled"}}}
  ]
}`,
    },
    options: { paths: ["a.yaml"], namespaceDumps: ["dump.json"] },
    expect: ["shop Deployment/web injected"],
    origins: ["dump.json:4:76"],
  },
  {
    name: "a typed list of namespaces, as the API serves it",
    files: {
      "a.yaml": web,
      "dump.json": `{"kind":"NamespaceList","apiVersion":"v1","items":[{"metadata":{"name":"shop","labels":{"istio-injection":"enabled"}}}]}`,
    },
    options: { paths: ["a.yaml"], namespaceDumps: ["dump.json"] },
    expect: ["shop Deployment/web injected"],
  },
  {
    name: "the repository wins over a dump",
    files: { "a.yaml": web, "ns.yaml": namespace("shop", disabled), "dump.yaml": dump },
    options: { paths: ["a.yaml", "ns.yaml"], namespaceDumps: ["dump.yaml"] },
    expect: ["shop Deployment/web not-injected"],
    origins: ["ns.yaml:3:24"],
  },
  {
    name: "workloads of a dump are not judged",
    files: { "a.yaml": web, "dump.yaml": `${dump}---\n${deployment("stray", "namespace: shop")}` },
    options: { paths: ["a.yaml"], namespaceDumps: ["dump.yaml"] },
    expect: ["shop Deployment/web injected"],
  },
  {
    name: "an assumption covers namespaces that nothing describes",
    files: { "a.yaml": web },
    options: { assume: { "istio-injection": "enabled" } },
    expect: ["shop Deployment/web injected"],
    origins: ["--assume"],
  },
  {
    name: "an assumption covers a namespace that nothing names",
    files: { "a.yaml": deployment("web") },
    options: { assume: { "istio-injection": "enabled" } },
    expect: ["? Deployment/web injected"],
  },
  {
    name: "an assumption gives way to a Namespace",
    files: { "a.yaml": web, "ns.yaml": namespace("shop") },
    options: { assume: { "istio-injection": "enabled" } },
    expect: ["shop Deployment/web not-injected"],
    origins: ["ns.yaml:3:24"],
  },
  {
    name: "namespaceLabels: absent makes undescribed namespaces unlabelled",
    files: { "a.yaml": web, "sidelint.yaml": "assumptions: {namespaceLabels: absent}\n" },
    options: { configPath: "sidelint.yaml" },
    expect: ["shop Deployment/web not-injected"],
    origins: ["assumptions.namespaceLabels: absent"],
  },
  {
    name: "--assume wins over namespaceLabels: absent",
    files: { "a.yaml": web, "sidelint.yaml": "assumptions: {namespaceLabels: absent}\n" },
    options: { configPath: "sidelint.yaml", assume: { "istio-injection": "enabled" } },
    expect: ["shop Deployment/web injected"],
  },
];

for (const { name, files, options, expect, origins } of cases) {
  namespaces(name, () => {
    const { report, world } = scanned(files, options);
    assert.equal(verdicts(files, options), expect);
    const first = report.workloads[0];
    const workload = world.workloads.find((one) => one.name === first?.name && one.root === first.root);
    if (origins)
      assert.equal(
        workload?.namespaceLabelOrigins.map(({ text }) => text),
        origins,
      );
  });
}

namespaces("a build's possibilities are told with their labels", () => {
  const { report } = scanned({
    "a.yaml": web,
    "n1.yaml": namespace("shop", enabled),
    "n2.yaml": namespace("shop"),
  });
  assert.equal(
    report.workloads[0]?.possibilities.map(({ labels, verdict }) => ({ labels: { ...labels }, verdict })),
    [
      { labels: { "istio-injection": "enabled" }, verdict: "injected" },
      { labels: {}, verdict: "not-injected" },
    ],
  );
  assert.is(report.workloads[0]?.reason, "namespace-labels-differ");
});

namespaces.run();

const targets = suite("where workloads go");

interface Target {
  readonly name: string;
  readonly files: Files;
  readonly options?: ScanOptions;
  readonly expect: readonly string[];
  readonly origin?: string | undefined;
}

const bare = deployment("web");
const known = "namespaces: {shop: {labels: {istio-injection: enabled}}, other: {labels: {}}}\n";

const goings: readonly Target[] = [
  {
    name: "metadata.namespace wins over everything",
    files: {
      "apps/a.yaml": web,
      "sidelint.yaml": `${known}paths: {"apps/**": {namespace: other}}\ndefaultNamespace: other\n`,
    },
    options: { configPath: "sidelint.yaml", defaultNamespace: "other" },
    expect: ["shop Deployment/web injected"],
    origin: "apps/a.yaml:3:23",
  },
  {
    name: "a path pattern wins over the default",
    files: {
      "apps/a.yaml": bare,
      "jobs/b.yaml": deployment("b"),
      "sidelint.yaml": `${known}paths:\n  "apps/**": {namespace: shop}\ndefaultNamespace: other\n`,
    },
    options: { configPath: "sidelint.yaml" },
    expect: ["shop Deployment/web injected", "other Deployment/b not-injected"],
    origin: "sidelint.yaml:3:3",
  },
  {
    name: "--namespace wins over the configuration's default, not over its paths",
    files: {
      "apps/a.yaml": bare,
      "b.yaml": deployment("b"),
      "sidelint.yaml": `${known}defaultNamespace: other\npaths: {"apps/**": {namespace: other}}\n`,
    },
    options: { configPath: "sidelint.yaml", defaultNamespace: "shop" },
    expect: ["other Deployment/web not-injected", "shop Deployment/b injected"],
  },
  {
    name: "the origin of a flag is the flag",
    files: { "a.yaml": bare },
    options: { defaultNamespace: "shop" },
    expect: ["shop Deployment/web unknown"],
    origin: "--namespace",
  },
  {
    name: "of several patterns the first that covers counts",
    files: {
      "apps/a.yaml": bare,
      "apps/x/b.yaml": deployment("b"),
      "sidelint.yaml": `${known}paths: {"apps/x/**": {namespace: shop}, "apps/**": {namespace: other}}\n`,
    },
    options: { configPath: "sidelint.yaml" },
    expect: ["other Deployment/web not-injected", "shop Deployment/b injected"],
  },
  {
    name: "patterns are relative to a configuration in a subdirectory, and cover nothing beside it",
    files: {
      "team/apps/a.yaml": bare,
      "apps/b.yaml": deployment("b"),
      "team/sidelint.yaml": `paths: {"/apps/**": {namespace: shop}}\n`,
    },
    options: { configPath: "team/sidelint.yaml" },
    expect: ["? Deployment/b unknown", "shop Deployment/web unknown"],
  },
  {
    name: "a kustomization's own namespace wins over path patterns",
    files: {
      "k/kustomization.yaml": "namespace: other\nresources: [a.yaml]\n",
      "k/a.yaml": bare,
      "sidelint.yaml": `${known}paths: {"k/**": {namespace: shop}}\n`,
    },
    options: { configPath: "sidelint.yaml" },
    expect: ["other Deployment/web not-injected (k)"],
    origin: "k/kustomization.yaml:1:1",
  },
  {
    name: "a pattern over the overlay covers what it builds from elsewhere",
    files: {
      "base/kustomization.yaml": "resources: [a.yaml]\n",
      "base/a.yaml": bare,
      "prod/kustomization.yaml": "resources: [../base]\n",
      "sidelint.yaml": `${known}paths: {"prod/**": {namespace: shop}}\n`,
    },
    options: { configPath: "sidelint.yaml" },
    expect: ["shop Deployment/web injected (prod)"],
  },
  {
    name: "an empty namespace is none",
    files: { "a.yaml": deployment("web", 'namespace: ""') },
    expect: ["? Deployment/web unknown"],
  },
];

for (const { name, files, options, expect, origin } of goings) {
  targets(name, () => {
    assert.equal(verdicts(files, options), expect);
    if (origin !== undefined) {
      const { world } = scanned(files, options);
      assert.is(
        world.workloads.find(({ label }) => label === "Deployment/web")?.namespaceOrigin?.text,
        origin,
      );
    }
  });
}

targets("patterns are relative to a configuration above the working directory", () => {
  const files = { "apps/a.yaml": bare };
  const tree = { ...memoryTree(files), root: "/repo/team" };
  const { report } = scan(tree, {
    config: { paths: { "/team/apps/**": { namespace: "shop" } } },
    configPath: "../sidelint.yaml",
  });
  assert.is(report.workloads[0]?.namespace, "shop");
});

targets("of several files that say the same of a namespace the workload's own is named", () => {
  const own = `${namespace("shop", enabled)}---\n${deployment("web", "namespace: shop")}`;
  const { report } = scan(memoryTree({ "a.yaml": namespace("shop", enabled), "b.yaml": own }));
  assert.is(report.workloads[0]?.trace[0]?.where, "b.yaml:3:33");
});

targets("labels are not known that a transformer may change which is not run", () => {
  const files = {
    "k/kustomization.yaml": "resources: [ns.yaml]\ntransformers: [t.yaml]\n",
    "k/ns.yaml":
      "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {istio-injection: enabled}}\n",
    "k/t.yaml": "apiVersion: example.com/v1\nkind: Relabel\nmetadata: {name: r}\n",
    "web.yaml": deployment("web", "namespace: shop"),
  };
  const { report } = scan(memoryTree(files));
  assert.equal(
    report.workloads.map(({ verdict, reason }) => [verdict, reason]),
    [["unknown", "namespace-labels-unknown"]],
  );
});

targets.run();
