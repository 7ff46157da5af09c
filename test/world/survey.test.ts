/** What is read off a repository: releases, revisions and tags, the layout, and where Argo CD and Flux deploy. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { memoryTree } from "../../src/index.ts";
import { newestRelease } from "../../src/istio/releases.ts";
import { layoutOf } from "../../src/world/layout.ts";
import { type Survey, survey } from "../../src/world/survey.ts";
import { deployment, type Files, namespace, scanned } from "./scanned.ts";

const surveyed = (files: Files): Survey => {
  const { world, files: read } = scanned(files);
  return survey(world, memoryTree(files), read);
};

const layout = (files: Files) => layoutOf(memoryTree(files), Object.keys(files));

const operator = (spec: string) =>
  `apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: mesh}\nspec: {${spec}}\n`;
const application = (spec: string) =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec:\n  ${spec}\n`;
const injector = (revision: string, tag: string) => `apiVersion: v1
kind: ConfigMap
metadata: {name: istio-sidecar-injector${revision && `-${revision}`}, namespace: istio-system}
data:
  config: |
    policy: enabled
  values: |
    {"global": {"tag": "${tag}"}}
`;
const webhooks = (revision: string, tag: string) => `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata:
  name: istio-revision-tag-${tag}
  labels: {istio.io/rev: ${revision}, istio.io/tag: ${tag}}
webhooks:
  - name: rev.namespace.sidecar-injector.istio.io
    clientConfig: {service: {name: istiod-${revision}, namespace: istio-system}}
    namespaceSelector: {matchLabels: {istio.io/rev: ${tag}}}
    rules: [{operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [pods]}]
`;

const releases = suite("releases");

const named: readonly (readonly [says: string, files: Files, expect: readonly string[]])[] = [
  ["nothing names one", { "a.yaml": deployment("a") }, []],
  ["the values of an injector", { "m.yaml": injector("", "1.26.3") }, ["injector 1.26.3 m.yaml:7"]],
  ["an install", { "i.yaml": operator("tag: 1.25.1-distroless") }, ["install 1.25.1 i.yaml:4"]],
  ["an install without an istiod names none", { "i.yaml": operator("tag: 1.25.1, profile: empty") }, []],
  ["a release that sidelint does not know is none", { "i.yaml": operator("tag: 7.1.0") }, []],
  [
    "the image of istiod",
    {
      "d.yaml": deployment("istiod").replace(
        "name: web, image: shop/web:1",
        "name: discovery, image: docker.io/istio/pilot:1.24.2-distroless",
      ),
    },
    ["istiod 1.24.2 d.yaml:1"],
  ],
  [
    "the chart istiod in Argo CD",
    { "a.yaml": application("sources: [{chart: istiod, targetRevision: 1.27.x}]") },
    ["chart 1.27 a.yaml:5"],
  ],
  [
    "of other charts nothing is said",
    { "a.yaml": application("source: {chart: base, targetRevision: 1.27.1}") },
    [],
  ],
  [
    "the chart istiod in Flux",
    {
      "r.yaml":
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: i}\nspec:\n  chart: {spec: {chart: istiod, version: ~1.28.0}}\n",
    },
    ["chart 1.28 r.yaml:5"],
  ],
  [
    "a dependency of a chart, and a wide range is none",
    {
      "a/Chart.yaml": "apiVersion: v2\nname: a\ndependencies:\n- {name: istiod, version: 1.23.4}\n",
      "b/Chart.yaml": "apiVersion: v2\nname: a\ndependencies:\n- {name: istiod, version: ^1.0.0}\n",
    },
    ["chart 1.23.4 a/Chart.yaml:4"],
  ],
  [
    "all of them, the surest first",
    {
      "a.yaml": operator("tag: 1.25.1"),
      "b.yaml": operator("tag: 1.25.1"),
      "m.yaml": injector("", "1.26.3"),
    },
    ["injector 1.26.3 m.yaml:7", "install 1.25.1 a.yaml:4"],
  ],
];
for (const [says, files, expect] of named) {
  releases(says, () => {
    const found = surveyed(files).releases.map(
      ({ by, value, file, line }) => `${by} ${value} ${file}:${line}`,
    );
    assert.equal(found, expect);
  });
}

const revisions = suite("revisions");

revisions("webhooks, injectors and installs show revisions, each once with all its tags", () => {
  const {
    revisions: shown,
    asked,
    assumesDefault,
  } = surveyed({
    "i.yaml": operator("revision: 1-25"),
    "m.yaml": injector("1-26", "1.26.3"),
    "w.yaml": `${webhooks("1-26", "prod")}---\n${webhooks("1-26", "canary")}`,
    "n.yaml": namespace("shop", "istio.io/rev: prod"),
  });
  assert.equal(
    shown.map(({ value, tags, file }) => [value, tags, file]),
    [
      ["1-25", [], "i.yaml"],
      ["1-26", ["canary", "prod"], "w.yaml"],
    ],
  );
  assert.equal(asked, []);
  assert.is(assumesDefault, false);
});

revisions("tags that installs bring are tags of their revision, once each", () => {
  const { revisions: shown, asked } = surveyed({
    "i.yaml": operator("tag: 1.25.1, revision: 1-25, values: {revisionTags: [prod, canary]}"),
    "n.yaml": namespace("shop", "istio.io/rev: prod"),
    "r.yaml":
      "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: i}\nspec:\n  chart: {spec: {chart: istiod, version: 1.26.1}}\n  values: {revision: 1-26}\n",
  });
  assert.equal(
    shown.map(({ value, tags, file, line }) => [value, tags, `${file}:${line}`]),
    [
      ["1-25", ["canary", "prod"], "i.yaml:4"],
      ["1-26", [], "r.yaml:6"],
    ],
  );
  assert.equal(asked, []);
});

const judged: readonly (readonly [says: string, files: Files, judgedBy: string, isRead: boolean])[] = [
  ["nothing", { "a.yaml": deployment("a") }, newestRelease, false],
  ["an injector", { "m.yaml": injector("", "1.26.3") }, "1.26.3", true],
  ["an install", { "i.yaml": operator("tag: 1.25.1") }, "1.25.1", true],
  [
    "installs that differ",
    { "i.yaml": `${operator("tag: 1.25.1, revision: a")}---\n${operator("tag: 1.26.1, revision: b")}` },
    newestRelease,
    false,
  ],
  [
    "a dependency",
    { "Chart.yaml": "dependencies: [{name: istiod, version: 1.23.4}]\n" },
    newestRelease,
    false,
  ],
];
for (const [says, files, judgedBy, isRead] of judged) {
  releases(`${isRead ? "check reads" : "taken for granted is"} the release with ${says}`, () => {
    const found = surveyed(files);
    assert.equal([found.judgedBy, found.isReleaseRead], [judgedBy, isRead]);
  });
}

releases("an injector names its istiod's release only where its tag does", () => {
  const istiod = deployment("istiod", "namespace: istio-system").replace(
    "name: web, image: shop/web:1",
    "name: discovery, image: istio/pilot:1.27.0",
  );
  const { releases: found, judgedBy } = surveyed({ "d.yaml": istiod, "m.yaml": injector("", "1.26.3") });
  assert.equal([judgedBy, ...found.map(({ by, value }) => `${by} ${value}`)], ["1.27.0", "istiod 1.27.0"]);
});

revisions("labels ask for what nothing shows, and the stock default is no such thing", () => {
  const { asked, assumesDefault } = surveyed({
    "a.yaml": deployment("a", "", "app: web, istio.io/rev: canary"),
    "b.yaml": deployment("b", "", "istio.io/rev: default"),
    "n.yaml": namespace("shop", "istio.io/rev: prod"),
    "o.yaml": namespace("pay", "istio.io/rev: prod"),
    "p.yaml": namespace("odd", "istio.io/rev: Not_A_Name"),
  });
  assert.equal(
    asked.map(({ value, file, line }) => `${value} ${file}:${line}`),
    ["prod n.yaml:3", "canary a.yaml:6"],
  );
  assert.is(assumesDefault, true);
});

const places = suite("layout");

places("kustomizations, charts, and what Argo CD and Flux are told", () => {
  const { kustomizations, charts, argo, flux } = layout({
    "a/kustomization.yaml": "resources: []\n",
    "b/Kustomization": "resources: []\n",
    "c/Chart.yaml": "name: c\n",
    "argo.yaml": `${application("project: x")}---\n${application("project: y")}`,
    "notes.yaml": "what: argoproj.io/ is a group\n",
    "flux.yaml": "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: k}\n",
    "broken.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: [\n",
  });
  assert.equal(
    { kustomizations, charts, argo, flux },
    { kustomizations: ["a", "b"], charts: ["c"], argo: 2, flux: 1 },
  );
});

places(
  "charts are vendored inside of others and in directories for what others made, and else are one's own",
  () => {
    const chart = "name: c\n";
    const { vendored } = layout({
      "web/Chart.yaml": chart,
      "web/charts/redis/Chart.yaml": chart,
      "web/charts/kafka/Chart.yaml": chart,
      "charts/api/Chart.yaml": chart,
      "deploy/third_party/x/Chart.yaml": chart,
      "vendors/y/Chart.yaml": chart,
    });
    assert.equal(vendored, ["deploy/third_party", "web/charts"]);
  },
);

places("where Argo CD and Flux put what lies in a directory", () => {
  const { destinations } = layout({
    "a.yaml": application("{source: {path: ./apps/shop/}, destination: {namespace: shop}}"),
    "b.yaml": application("{source: {path: apps/pay}, destination: {name: cluster}}"),
    "c.yaml": application("{source: {path: .}, destination: {namespace: all}}"),
    "d.yaml": application("{sources: [{chart: x}, {path: infra}], destination: {namespace: infra}}"),
    "e.yaml": application("{source: {path: t}, destination: {namespace: '{{name}}'}}"),
    "f.yaml":
      "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec: {path: ./prod, targetNamespace: prod}\n",
  });
  assert.equal(
    destinations.map(({ value, file }) => [value.directory, value.namespace, file]),
    [
      ["apps/shop", "shop", "a.yaml"],
      ["infra", "infra", "d.yaml"],
      ["prod", "prod", "f.yaml"],
    ],
  );
});

releases.run();
revisions.run();
places.run();
