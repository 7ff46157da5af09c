/** Keys of Istio's in Helm values: what is said of them without a template, and where. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { memoryTree, scan } from "../../src/index.ts";

const chart = "apiVersion: v2\nname: web\nversion: 1.0.0\n";

/** The findings in values, as "file:line:column rule message". */
function found(files: Readonly<Record<string, string>>, config = {}): readonly string[] {
  const { findings } = scan(memoryTree(files), { config });
  return findings.map(
    ({ location, rule, message }) =>
      `${location.file}:${location.line}:${location.column} ${rule}: ${message}`,
  );
}

function inChart(values: string, others: Readonly<Record<string, string>> = {}): readonly string[] {
  return found({ "web/Chart.yaml": chart, "web/values.yaml": values, ...others });
}

interface Case {
  readonly name: string;
  readonly values: string;
  readonly finds: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: "A setting whose name is one slip away from Istio's",
    values: "podAnnotations:\n  sidecar.istio.io/proxyCpu: 100m\n",
    finds: ["web/values.yaml:2:3 misspelled-key: Istio knows no sidecar.istio.io/proxyCpu: it has no effect"],
  },
  {
    name: "A quantity that is none, wherever the map lies",
    values:
      "server:\n  deployment:\n    annotations:\n      sidecar.istio.io/proxyMemory: 128MB\n      sidecar.istio.io/proxyMemoryLimit: 1Gi\n",
    finds: ['web/values.yaml:4:7 proxy-quantity-invalid: proxyMemory "128MB" ends in'],
  },
  {
    name: "proxyCPU without proxyCPULimit",
    values:
      "podAnnotations: {sidecar.istio.io/proxyCPU: 100m, sidecar.istio.io/proxyMemory: 1Gi, sidecar.istio.io/proxyMemoryLimit: 1Gi}\n",
    finds: ["web/values.yaml:1:18 proxy-cpu-limit-missing: proxyCPU is set, proxyCPULimit is not"],
  },
  {
    name: "A number of requests above the limit",
    values: "podAnnotations:\n  sidecar.istio.io/proxyCPU: 2\n  sidecar.istio.io/proxyCPULimit: 500m\n",
    finds: [
      "web/values.yaml:2:3 proxy-request-above-limit: proxyCPU 2 is above the sidecar's CPU limit of 500m",
    ],
  },
  {
    name: "An annotation that no release knows",
    values: "commonAnnotations:\n  sidecar.istio.io/gracePeriod: 30s\n",
    finds: ["web/values.yaml:2:3 annotation-unknown: no release of Istio knows the annotation"],
  },
  {
    name: "A label that only Namespaces have, among those of pods",
    values: "api:\n  podLabels:\n    istio-injection: enabled\n",
    finds: ["web/values.yaml:3:5 annotation-misplaced: istio-injection is a label of a pod here"],
  },
  {
    name: "sidecar.istio.io/inject among the annotations of pods",
    values: 'podAnnotations:\n  sidecar.istio.io/inject: "true"\n',
    finds: [
      "web/values.yaml:2:3 inject-annotation-deprecated: sidecar.istio.io/inject is an annotation here",
    ],
  },
  {
    name: "A label and an annotation of one pod that disagree",
    values:
      'podAnnotations:\n  sidecar.istio.io/inject: "true"\npodLabels:\n  sidecar.istio.io/inject: "false"\n',
    finds: ["web/values.yaml:2:3 inject-label-annotation-disagree"],
  },
  {
    name: "A value that the injector refuses, in a sub-chart's part",
    values:
      "redis:\n  master:\n    podAnnotations:\n      traffic.sidecar.istio.io/excludeInboundPorts: redis\n",
    finds: [
      "web/values.yaml:4:7 annotation-invalid: traffic.sidecar.istio.io/excludeInboundPorts must be ports",
    ],
  },
  {
    name: "A field of proxy.istio.io/config, at its line",
    values: "podAnnotations:\n  proxy.istio.io/config: |\n    drainDuration: 45s\n    concurrency: two\n",
    finds: [
      "web/values.yaml:4:5 proxy-config-invalid: proxy.istio.io/config: concurrency must be a whole number",
    ],
  },
];

const silent: readonly Omit<Case, "finds">[] = [
  {
    name: "Nothing of Istio's",
    values: "podAnnotations:\n  prometheus.io/scrape: 'true'\nistio:\n  enabled: true\n",
  },
  {
    name: "A flag of the chart's own",
    values: "istioInjection: true\nistio-injection: enabled\nistio:\n  inject: yes\n  istio-inject: x\n",
  },
  {
    name: "Versions of APIs",
    values: "apiVersions:\n  networking.istio.io/v1beta1: true\nannotations:\n  networking.istio.io/v1: x\n",
  },
  {
    name: "Labels of namespaces",
    values: "namespace:\n  labels:\n    istio-injection: enabled\n    istio.io/rev: canary\n",
  },
  {
    name: "What selects by labels",
    values: "matchLabels:\n  istio-injection: enabled\n  istio.io/tier: gold\n",
  },
  {
    name: "Annotations of Services",
    values: "service:\n  annotations:\n    networking.istio.io/exportTo: '*'\n",
  },
  { name: "A slip in labels that may be a namespace's", values: "labels:\n  istio-injecton: enabled\n" },
  {
    name: "sidecar.istio.io/inject in a map that may be anything",
    values: "deployment:\n  annotations:\n    sidecar.istio.io/inject: 'false'\n",
  },
  {
    name: "Values that a template fills in",
    values:
      "podAnnotations:\n  sidecar.istio.io/proxyCPU: '{{ .Values.cpu }}'\n  sidecar.istio.io/proxyCPULimit: '{{ .Values.cpu }}'\n",
  },
  {
    name: "A limit that stands elsewhere in the same values",
    values:
      "global:\n  podAnnotations:\n    sidecar.istio.io/proxyCPULimit: '1'\npodAnnotations:\n  sidecar.istio.io/proxyCPU: 100m\n",
  },
  {
    name: "A request that stands elsewhere in the same values, beside its limit",
    values:
      "podAnnotations:\n  sidecar.istio.io/proxyCPULimit: '1'\nworker:\n  podAnnotations:\n    sidecar.istio.io/proxyMemory: 128Mi\n    sidecar.istio.io/proxyMemoryLimit: 128Mi\n    sidecar.istio.io/proxyCPU: 10m\n",
  },
  {
    name: "A default that is taken away",
    values: "podLabels:\n  sidecar.istio.io/inject: null\n  istio-injection: ~\n",
  },
  {
    name: "Values that are no YAML",
    values: "podAnnotations:\n  {{ if .x }}\n  sidecar.istio.io/proxyCpu: x\n",
  },
  { name: "An empty file that mentions istio", values: "# istio\n" },
];

const values = suite("Helm values");

for (const { name, values: text, finds } of cases)
  values(name, () => {
    const told = inChart(text);
    assert.is(told.length, finds.length, told.join("\n"));
    finds.forEach((start, index) => {
      assert.ok(told[index]?.startsWith(start), told[index]);
    });
  });

for (const { name, values: text } of silent)
  values(`Silent: ${name}`, () => {
    assert.equal(inChart(text), []);
  });

const halves = 'podAnnotations:\n  sidecar.istio.io/proxyCPU: 100m\n  sidecar.istio.io/proxyCPULimit: "1"\n';
const half = "podAnnotations:\n  sidecar.istio.io/proxyCPU: 100m\n";

values("A template or other values of the chart may give the other half", () => {
  assert.is(inChart(half).length, 1);
  const template = "metadata:\n  annotations:\n    sidecar.istio.io/proxyCPULimit: 1\n";
  assert.equal(inChart(half, { "web/templates/web.yaml": template }), []);
  assert.equal(inChart(halves, { "web/values-prod.yaml": half }), []);
});

values("A template may give the label beside the annotation", () => {
  const annotated = 'podAnnotations:\n  sidecar.istio.io/inject: "true"\n';
  assert.is(inChart(annotated).length, 1);
  const helper = '{{- define "web.labels" -}}\nsidecar.istio.io/inject: "true"\n{{- end }}\n';
  assert.equal(inChart(annotated, { "web/templates/_helpers.tpl": helper }), []);
});

values("A chart beside it that a chart depends on gives templates too", () => {
  const own = `${chart}dependencies:\n  - {name: lib, version: 1.x, repository: "file://../lib"}\n`;
  const helper = "sidecar.istio.io/proxyCPULimit: 1\n";
  const files = { "web/Chart.yaml": own, "lib/Chart.yaml": chart, "lib/templates/_pod.tpl": helper };
  assert.equal(inChart(half, files), []);
});

values("A file that belongs to no chart is none of values", () => {
  assert.equal(found({ "values.yaml": half }), []);
});

const release = (rest: string) =>
  `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web, namespace: shop}\nspec:\n${rest}`;
const application = (helm: string) =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web}\nspec:\n  source:\n    path: charts/web\n    helm:\n${helm}`;

values("The values of a HelmRelease", () => {
  const told = found({
    "web.yaml": release("  values:\n    podAnnotations:\n      sidecar.istio.io/proxyCpu: 100m\n"),
  });
  assert.match(told.join(), /^web.yaml:7:7 misspelled-key/);
});

values("The values of an Application, as an object and as text", () => {
  const asObject = application(
    "      valuesObject:\n        podAnnotations:\n          sidecar.istio.io/proxyCpu: 100m\n",
  );
  assert.match(found({ "web.yaml": asObject }).join(), /^web.yaml:10:11 misspelled-key/);
  const asText = application(
    "      values: |\n        podAnnotations:\n          sidecar.istio.io/proxyCpu: 100m\n",
  );
  assert.match(found({ "web.yaml": asText }).join(), /^web.yaml:10:11 misspelled-key/);
});

values("Files that an Application or a HelmRelease names", () => {
  const slip = "podAnnotations:\n  sidecar.istio.io/proxyCpu: 100m\n";
  const app = application("      valueFiles: [../../env/prod.yaml, $here/env/dev.yaml, '{{name}}.yaml']\n");
  assert.is(found({ "app.yaml": app, "env/prod.yaml": slip, "env/dev.yaml": slip }).length, 2);
  const flux = release("  chart:\n    spec: {chart: ./charts/web, valuesFiles: [./env/prod.yaml]}\n");
  assert.is(found({ "app.yaml": flux, "env/prod.yaml": slip }).length, 1);
});

values("What an Application says goes together with the files and the chart that it names", () => {
  const app = application(
    "      valueFiles: [values-prod.yaml]\n      valuesObject:\n        podAnnotations: {sidecar.istio.io/proxyCPU: 100m}\n",
  ).replace(
    "  source:\n",
    "  destination: {namespace: shop, name: here}\n  source:\n    repoURL: https://example.com/shop.git\n",
  );
  const files = { "charts/web/Chart.yaml": chart, "app.yaml": app };
  const limit = 'podAnnotations:\n  sidecar.istio.io/proxyCPULimit: "1"\n';
  assert.is(found({ ...files, "charts/web/values-prod.yaml": "# istio\n" }).length, 1);
  assert.not(
    found({ ...files, "charts/web/values-prod.yaml": limit }).some((one) => one.includes("cpu-limit")),
  );
  const template = "metadata: {annotations: {sidecar.istio.io/proxyCPULimit: 1}}\n";
  assert.equal(found({ ...files, "charts/web/templates/web.yaml": template }), []);
});

values("A comment hides a finding in values", () => {
  const hidden =
    "podAnnotations:\n  # sidelint-ignore misspelled-key -- as upstream has it\n  sidecar.istio.io/proxyCpu: 100m\n";
  assert.equal(inChart(hidden), []);
});

values("Values are no workloads", () => {
  const { world, report } = scan(memoryTree({ "web/Chart.yaml": chart, "web/values.yaml": halves }));
  assert.is(world.workloads.length, 0);
  assert.is(report.summary.workloads.total, 0);
  assert.equal(world.missing, []);
});

values.run();
