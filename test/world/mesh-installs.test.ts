/** What installs of the repository say of the mesh, and where: revisions, tags, release, the settings of both gates. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ScanOptions } from "../../src/index.ts";
import { newestRelease } from "../../src/istio/releases.ts";
import { deployment, enabled, type Files, namespace, scanned, verdicts } from "./scanned.ts";

const installs = suite("installs");

const web = deployment("web", "namespace: shop");
const operator = (spec: string, name = "mesh") =>
  `apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: ${name}}\nspec:\n  ${spec.replaceAll("\n", "\n  ")}\n`;
const sail = (kind: string, name: string, spec: string) =>
  `apiVersion: sailoperator.io/v1\nkind: ${kind}\nmetadata: {name: ${name}}\nspec: {${spec}}\n`;
const release = (chart: string, values: string, version = "1.26.x") => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: ${chart}, namespace: istio-system}
spec:
  chart: {spec: {chart: ${chart}, version: "${version}", sourceRef: {kind: HelmRepository, name: istio}}}
  values: {${values}}
`;
const application = (helm: string, revision = "1.25.1") => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: istiod, namespace: argocd}
spec:
  source:
    chart: istiod
    repoURL: https://charts.example.com
    targetRevision: ${revision}
    helm:
      ${helm.replaceAll("\n", "\n      ")}
`;

/** An Application with a chart from elsewhere, and values in a source that is named `values`. */
const sources = (helm: string, kind = "Application", above = "") => `apiVersion: argoproj.io/v1alpha1
kind: ${kind}
metadata: {name: istiod, namespace: argocd}
spec:
  ${above}
    sources:
      - {chart: istiod, repoURL: https://charts.example.com, targetRevision: 1.26.3, helm: {${helm}}}
      - {repoURL: https://example.com/shop/repo.git, targetRevision: main, ref: values}
`;
const several = (helm: string) => sources(helm).replace("\n  \n    ", "\n    ");
const set = (helm: string, generators = "[{list: {elements: [{at: lab}]}}]") =>
  sources(
    helm,
    "ApplicationSet",
    `generators: ${generators}\n  template:\n   metadata: {name: istiod}\n   spec:`,
  );
const canary = "revision: canary\n";
const flux = (values: string, more = "") => release("istiod", "").replace("  values: {}\n", values) + more;
const configMap = (text: string) =>
  `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istiod-values, namespace: istio-system}\ndata: {${text}}\n`;

interface Case {
  readonly name: string;
  readonly files: Files;
  readonly options?: ScanOptions;
  readonly verdict: string;
  readonly reason?: string;
  readonly revision?: string | null;
  readonly version?: string;
  readonly webhooks?: string;
  /** Places that the trace names. */
  readonly where?: readonly string[];
  readonly missing?: string;
}

const labelled = (labels: string): Files => ({ "a.yaml": web, "ns.yaml": namespace("shop", labels) });
const configPath = "sidelint.yaml";

const cases: readonly Case[] = [
  {
    name: "an IstioOperator: its release and its revision",
    files: { ...labelled("istio.io/rev: 1-26"), "op.yaml": operator("tag: 1.26.3\nrevision: 1-26") },
    verdict: "injected",
    revision: "1-26",
    version: "1.26.3",
    webhooks: "install",
    where: ["op.yaml:6:3"],
  },
  {
    name: "a revision that no install shows is not known",
    files: { ...labelled("istio.io/rev: 1-25"), "op.yaml": operator("revision: 1-26") },
    verdict: "unknown",
    reason: "revision-unknown",
    missing: "istio: {revisions: [{name: 1-26}, {name: 1-25}]}",
  },
  {
    name: "the default revision is not known where installs show others alone",
    files: { ...labelled(enabled), "op.yaml": operator("revision: 1-26") },
    verdict: "unknown",
    reason: "revision-unknown",
  },
  {
    name: "an install without an istiod is none",
    files: { ...labelled(enabled), "op.yaml": operator("profile: empty") },
    verdict: "injected",
    webhooks: "stock",
  },
  {
    name: "enableNamespacesByDefault",
    files: {
      ...labelled("a: b"),
      "op.yaml": operator("values:\n  sidecarInjectorWebhook: {enableNamespacesByDefault: true}"),
    },
    verdict: "injected",
    where: ["op.yaml:6:30"],
  },
  {
    name: "the configuration wins over enableNamespacesByDefault of an install",
    files: {
      ...labelled("a: b"),
      "op.yaml": operator("values:\n  sidecarInjectorWebhook: {enableNamespacesByDefault: true}"),
      "sidelint.yaml": "istio: {enableNamespacesByDefault: false}\n",
    },
    options: { configPath },
    verdict: "not-injected",
  },
  {
    name: "what an install says of a revision holds where the configuration lists the revision",
    files: {
      ...labelled("a: b"),
      "op.yaml": operator("values:\n  sidecarInjectorWebhook: {enableNamespacesByDefault: true}"),
      "sidelint.yaml": "istio: {revisions: [{name: default}]}\n",
    },
    options: { configPath },
    verdict: "injected",
    webhooks: "configuration",
  },
  {
    name: "webhooks: stock leaves installs aside",
    files: {
      ...labelled("istio.io/rev: 1-26"),
      "op.yaml": operator("revision: 1-26"),
      "sidelint.yaml": "istio: {webhooks: stock}\n",
    },
    options: { configPath },
    verdict: "not-injected",
    webhooks: "stock",
  },
  {
    name: "the policy, at its line",
    files: {
      ...labelled(enabled),
      "op.yaml": operator("values:\n  global:\n    proxy:\n      autoInject: disabled"),
    },
    verdict: "not-injected",
    reason: "policy-disabled",
    where: ["op.yaml:8:9"],
  },
  {
    name: "values of the configuration, over those of an install",
    files: {
      ...labelled(enabled),
      "op.yaml": operator("values:\n  global:\n    proxy:\n      autoInject: enabled"),
      "sidelint.yaml": "istio:\n  values:\n    global:\n      proxy:\n        autoInject: disabled\n",
    },
    options: { configPath },
    verdict: "not-injected",
    reason: "policy-disabled",
    where: ["sidelint.yaml:5:9"],
  },
  {
    name: "a neverInjectSelector, at its line",
    files: {
      ...labelled(enabled),
      "op.yaml": operator(
        "values:\n  sidecarInjectorWebhook:\n    neverInjectSelector:\n      - matchLabels: {app: web}",
      ),
    },
    verdict: "not-injected",
    reason: "never-selector",
    where: ["op.yaml:8:11"],
  },
  {
    name: "two installs that differ in a setting say nothing of it",
    files: {
      ...labelled(enabled),
      "one.yaml": operator("values:\n  global: {proxy: {autoInject: disabled}}"),
      "two.yaml": operator("values:\n  global: {proxy: {autoInject: enabled}}"),
    },
    verdict: "injected",
    where: ["one.yaml:3:12", `default of Istio ${newestRelease}`],
  },
  {
    name: "two installs that agree in it",
    files: {
      ...labelled(enabled),
      "one.yaml": operator("hub: a\nvalues:\n  global: {proxy: {autoInject: disabled}}"),
      "two.yaml": operator("hub: b\nvalues:\n  global: {proxy: {autoInject: disabled}}"),
    },
    verdict: "not-injected",
  },
  {
    name: "several installs are several revisions",
    files: {
      ...labelled("istio.io/rev: 1-27"),
      "one.yaml": operator("tag: 1.26.0\nrevision: 1-26"),
      "two.yaml": operator("tag: 1.27.0\nrevision: 1-27"),
    },
    verdict: "injected",
    revision: "1-27",
  },
  {
    name: "webhooks that are left to somebody else are not known",
    files: { ...labelled(enabled), "op.yaml": operator("values:\n  global: {operatorManageWebhooks: true}") },
    verdict: "unknown",
  },
  {
    name: "a tag of the values",
    files: {
      ...labelled("istio.io/rev: prod"),
      "op.yaml": operator("revision: 1-26\nvalues:\n  revisionTags: [canary, prod]"),
    },
    verdict: "injected",
    revision: "1-26",
    where: ["op.yaml:7:28"],
  },
  {
    name: "a tag that points at two revisions is not known",
    files: {
      ...labelled("istio.io/rev: prod"),
      "one.yaml": operator("revision: 1-26\nvalues: {revisionTags: [prod]}"),
      "two.yaml": operator("revision: 1-27\nvalues: {revisionTags: [prod]}"),
    },
    verdict: "unknown",
  },
  {
    name: "the Sail operator: an Istio that is updated in place",
    files: { ...labelled(enabled), "istio.yaml": sail("Istio", "default", "version: v1.26.2") },
    verdict: "injected",
    version: "1.26.2",
    where: ["istio.yaml:3:12"],
  },
  {
    name: "the Sail operator: a revision for each version",
    files: {
      ...labelled("istio.io/rev: mesh-v1-26-2"),
      "istio.yaml": sail("Istio", "mesh", "version: v1.26.2, updateStrategy: {type: RevisionBased}"),
    },
    verdict: "injected",
    revision: "mesh-v1-26-2",
  },
  {
    name: "an IstioRevisionTag at its Istio",
    files: {
      ...labelled(enabled),
      "istio.yaml": sail("Istio", "mesh", "version: v1.26.2, updateStrategy: {type: RevisionBased}"),
      "tag.yaml": sail("IstioRevisionTag", "default", "targetRef: {kind: Istio, name: mesh}"),
    },
    verdict: "injected",
    revision: "mesh-v1-26-2",
    where: ["tag.yaml:4:8"],
  },
  {
    name: "an IstioRevisionTag at an IstioRevision",
    files: {
      ...labelled("istio.io/rev: prod"),
      "istio.yaml": sail("IstioRevision", "blue", "version: v1.26.2"),
      "tag.yaml": sail("IstioRevisionTag", "prod", "targetRef: {kind: IstioRevision, name: blue}"),
    },
    verdict: "injected",
    revision: "blue",
  },
  {
    name: "a HelmRelease of istiod",
    files: {
      ...labelled("istio.io/rev: prod"),
      "hr.yaml": release("istiod", "revision: 1-26, revisionTags: [prod]"),
    },
    verdict: "injected",
    revision: "1-26",
    version: "1.26",
    where: ["hr.yaml:6:43"],
  },
  {
    name: "a HelmRelease of the tags alone",
    files: {
      ...labelled("istio.io/rev: prod"),
      "hr.yaml": release("istiod", "revision: 1-26"),
      "tags.yaml": release("revisiontags", "revision: 1-26, revisionTags: [prod]"),
    },
    verdict: "injected",
    revision: "1-26",
    where: ["tags.yaml:6:43"],
  },
  {
    name: "a range of versions names no release",
    files: { ...labelled(enabled), "hr.yaml": release("istiod", "", ">=1.20") },
    verdict: "injected",
    webhooks: "install",
  },
  {
    name: "a HelmRelease of another chart is no install",
    files: { ...labelled(enabled), "hr.yaml": release("cni", "istiod: x") },
    verdict: "injected",
    webhooks: "stock",
  },
  {
    name: "an Application of Argo CD with values",
    files: {
      ...labelled(enabled),
      "app.yaml": application("valuesObject:\n  global: {proxy: {autoInject: disabled}}"),
    },
    verdict: "not-injected",
    version: "1.25.1",
    where: ["app.yaml:11:26"],
  },
  {
    name: "an Application of Argo CD with values as a text",
    files: {
      ...labelled(enabled),
      "app.yaml": application("values: |\n  global:\n    proxy: {autoInject: disabled}"),
    },
    verdict: "not-injected",
    where: ["app.yaml:12:19"],
  },
  {
    name: "the install completes the tags that the repository holds",
    files: {
      ...labelled("istio.io/rev: prod"),
      "op.yaml": operator("revision: 1-26"),
      "tag.yaml": `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: istio-revision-tag-prod, labels: {istio.io/rev: 1-26, istio.io/tag: prod}}
webhooks:
  - name: rev.namespace.sidecar-injector.istio.io
    clientConfig: {service: {name: istiod-1-26, namespace: istio-system, path: /inject}}
    namespaceSelector: {matchLabels: {istio.io/rev: prod}}
    rules: [{operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [pods]}]
`,
    },
    verdict: "injected",
    revision: "1-26",
    webhooks: "repository",
  },
  ...Object.entries({
    "a values file of another source of an Application": {
      "op.yaml": several("valueFiles: [$values/istio/istiod.yaml]"),
      "istio/istiod.yaml": canary,
    },
    "parameters of an Application, over its files": {
      "op.yaml": several(
        "valueFiles: [$values/istio/istiod.yaml], parameters: [{name: revision, value: canary}]",
      ),
      "istio/istiod.yaml": "revision: other\n",
    },
    "a values file that an ApplicationSet fills in": {
      "op.yaml": set("valueFiles: ['$values/istio/{{at}}.yaml']"),
      "istio/lab.yaml": canary,
    },
    "values of an ApplicationSet": { "op.yaml": set("values: 'revision: canary'") },
    "valuesFrom with a ConfigMap of the repository": {
      "op.yaml": flux(
        "  valuesFrom: [{kind: ConfigMap, name: istiod-values}]\n",
        configMap("values.yaml: 'revision: canary'"),
      ),
    },
    "one value of a ConfigMap": {
      "op.yaml": flux(
        "  valuesFrom: [{kind: ConfigMap, name: istiod-values, valuesKey: rev, targetPath: revision}]\n",
        configMap("rev: canary"),
      ),
    },
    "a chart by the HelmChart that is referred to": {
      "op.yaml": `${release("istiod", "revision: canary").replace(/ {2}chart: .*/, "  chartRef: {kind: HelmChart, name: mesh}")}---
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmChart
metadata: {name: mesh, namespace: istio-system}
spec: {chart: istiod, version: 1.26.x, sourceRef: {kind: HelmRepository, name: istio}}
`,
    },
    "a chart by the OCIRepository that is referred to": {
      "op.yaml": `${release("mesh", "revision: canary").replace(/ {2}chart: .*/, "  chartRef: {kind: OCIRepository, name: mesh}")}---
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: mesh, namespace: istio-system}
spec: {url: oci://example.com/charts/istiod, ref: {tag: 1.26.3}}
`,
    },
  }).map(
    ([name, files]): Case => ({
      name,
      files: { ...labelled("istio.io/rev: canary"), ...(files as Files) },
      verdict: "injected",
      revision: "canary",
      webhooks: "install",
    }),
  ),
  ...Object.entries({
    "a values file that is not there": several("valueFiles: [$values/istio/istiod.yaml]"),
    "a Secret that is not there": flux("  valuesFrom: [{kind: Secret, name: elsewhere}]\n"),
    "parameters that are filled in elsewhere": several(
      "parameters: [{name: revision, value: $ARGOCD_APP_NAME}]",
    ),
    "a generator that the repository does not show": set("values: 'revision: canary'", "[{clusters: {}}]"),
  }).map(
    ([name, text]): Case => ({
      name: `nothing is told of the revision of an install with ${name}`,
      files: { ...labelled("istio.io/rev: canary"), "op.yaml": text },
      verdict: "unknown",
      reason: "revision-unknown",
      webhooks: "stock",
    }),
  ),
  {
    name: "a setting of a values file, at its line",
    files: {
      ...labelled(enabled),
      "op.yaml": several("valueFiles: [$values/istio/istiod.yaml]"),
      "istio/istiod.yaml": "global:\n  proxy:\n    autoInject: disabled\n",
    },
    verdict: "not-injected",
    reason: "policy-disabled",
    where: ["istio/istiod.yaml:3:5"],
  },
];

for (const each of cases) {
  installs(each.name, () => {
    const { report } = scanned(each.files, each.options);
    assert.equal(verdicts(each.files, each.options), [`shop Deployment/web ${each.verdict}`]);
    const [first] = report.workloads;
    if (each.reason !== undefined) assert.is(first?.reason, each.reason);
    if (each.revision !== undefined) assert.is(first?.revision, each.revision);
    if (each.version !== undefined) assert.is(report.istio.version, each.version);
    if (each.webhooks !== undefined) assert.is(report.istio.webhooks, each.webhooks);
    if (each.missing !== undefined) assert.is(report.summary.missing[0]?.line, each.missing);
    const places = first?.trace.map(({ where }) => where) ?? [];
    for (const place of each.where ?? [])
      assert.ok(places.includes(place), `${place} of ${places.join(" ")}`);
  });
}

installs.run();
