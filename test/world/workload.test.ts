/** Pod templates become workloads: kinds, several templates, one base in several builds, and what admission sees. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { explanationOf } from "../../src/report/explanation.ts";
import { podFacts } from "../../src/world/workload.ts";
import { configured, deployment, enabled, namespace, scanned, verdicts } from "./scanned.ts";

const workloads = suite("workloads");

const spark = `apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata: {name: count, namespace: shop}
spec:
  driver:
    metadata: {labels: {sidecar.istio.io/inject: "false"}}
    spec: {containers: [{name: driver}]}
  executor:
    metadata: {labels: {app: count}}
    spec: {containers: [{name: executor}]}
`;
const sparkKinds = configured(
  "workloads: [{kind: SparkApplication, group: sparkoperator.k8s.io, podTemplate: [spec.driver, spec.executor]}]\n",
);

workloads("a kind of the configuration, with several templates", () => {
  const files = { "a.yaml": spark, "n.yaml": namespace("shop", enabled) };
  const { world, report } = scanned(files, { config: sparkKinds });
  assert.equal(
    world.workloads.map(({ label, decision }) => [label, decision.verdict]),
    [
      ["SparkApplication/count (spec.driver)", "not-injected"],
      ["SparkApplication/count (spec.executor)", "injected"],
    ],
  );
  assert.is(new Set(world.workloads.map(({ id }) => id)).size, 2);
  assert.is(report.summary.workloads.total, 2);
});

workloads("a kind of the configuration counts for its group only", () => {
  const other = spark.replace("sparkoperator.k8s.io/v1beta2", "example.com/v1");
  assert.equal(verdicts({ "a.yaml": other }, { config: sparkKinds }), []);
});

workloads("a kind that nobody configured is none", () => assert.equal(verdicts({ "a.yaml": spark }), []));

workloads("a kind of the core group and of all versions", () => {
  const config = configured("workloads: [{kind: Machine, podTemplate: [spec.pod]}]\n");
  const text =
    "apiVersion: v7\nkind: Machine\nmetadata: {name: m, namespace: shop}\nspec: {pod: {spec: {}}}\n";
  assert.equal(verdicts({ "a.yaml": text, "n.yaml": namespace("shop", enabled) }, { config }), [
    "shop Machine/m injected",
  ]);
});

const template = "metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: b}]}";
const builtIn: readonly (readonly [apiVersion: string, kind: string, body: string])[] = [
  ["v1", "Pod", "spec: {containers: [{name: web, image: b}]}"],
  ["v1", "PodTemplate", `template: {${template}}`],
  ["v1", "ReplicationController", `spec: {template: {${template}}}`],
  ["apps/v1", "Deployment", `spec: {template: {${template}}}`],
  ["extensions/v1beta1", "Deployment", `spec: {template: {${template}}}`],
  ["apps/v1", "ReplicaSet", `spec: {template: {${template}}}`],
  ["apps/v1", "StatefulSet", `spec: {template: {${template}}}`],
  ["apps/v1", "DaemonSet", `spec: {template: {${template}}}`],
  ["batch/v1", "Job", `spec: {template: {${template}}}`],
  ["batch/v1beta1", "CronJob", `spec: {jobTemplate: {spec: {template: {${template}}}}}`],
  ["argoproj.io/v1alpha1", "Rollout", `spec: {template: {${template}}}`],
  ["serving.knative.dev/v1", "Service", `spec: {template: {${template}}}`],
  ["apps.openshift.io/v1", "DeploymentConfig", `spec: {template: {${template}}}`],
];

for (const [apiVersion, kind, body] of builtIn) {
  workloads(`${kind} of ${apiVersion}`, () => {
    const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: web, namespace: shop}\n${body}\n`;
    assert.equal(verdicts({ "a.yaml": text, "n.yaml": namespace("shop", enabled) }), [
      `shop ${kind}/web injected`,
    ]);
  });
}

workloads("a core Service carries no pods", () => {
  assert.equal(
    verdicts({ "a.yaml": `apiVersion: v1\nkind: Service\nspec: {template: {${template}}}\n` }),
    [],
  );
});

const overlays = {
  "base/kustomization.yaml": "resources: [a.yaml]\n",
  "base/a.yaml": deployment("web").replace(
    "labels: {app: web}",
    "annotations: {sidecar.istio.io/proxyCPU: 100m, sidecar.istio.io/proxyMemory: 1Gi, sidecar.istio.io/proxyMemoryLimit: 1Gi}",
  ),
  "dev/kustomization.yaml": "namespace: dev\nnamePrefix: dev-\nresources: [../base]\n",
  "prod/kustomization.yaml": "namespace: prod\nresources: [../base]\n",
  "spare/kustomization.yaml": "namespace: spare\nresources: [../base]\n",
  "ns.yaml": [namespace("dev", enabled), namespace("prod", enabled), namespace("spare")].join("---\n"),
};

workloads("one base in several overlays is a workload in each, with its own verdict", () => {
  assert.equal(verdicts(overlays), [
    "dev Deployment/dev-web injected (dev)",

    "prod Deployment/web injected (prod)",
    "spare Deployment/web not-injected (spare)",
  ]);
});

workloads("what is wrong in a base is one finding that names the overlays it concerns", () => {
  const found = scanned(overlays).findings.map(({ rule, workloads: names, location: { line } }) => [
    rule,
    line,
    names,
  ]);
  assert.equal(found, [
    ["proxy-cpu-limit-missing", 6, ["Deployment/dev-web in dev", "Deployment/web in prod"]],
    // Of the namespace "spare".
    ["namespace-not-labelled", 11, []],
  ]);
});

workloads("every workload has its own id, also two of one name", () => {
  const text = [deployment("web", "namespace: shop"), deployment("web", "namespace: shop")].join("---\n");
  const { world } = scanned({ "a.yaml": text, "b.yaml": text });
  assert.is(new Set(world.workloads.map(({ id }) => id)).size, 4);
});

workloads("every workload has its own id, also those that one root makes of one base", () => {
  const files = {
    "base/a.yaml": deployment("web"),
    "base/kustomization.yaml": "resources: [a.yaml]\n",
    "a/kustomization.yaml": "namePrefix: a-\nresources: [../base]\n",
    "b/kustomization.yaml": "namePrefix: b-\nresources: [../base]\n",
    "c/kustomization.yaml":
      "namePrefix: a-\nnamespace: c\nresources: [../base]\ncommonAnnotations: {sidecar.istio.io/proxyCPU: 80m}\n",
    "kustomization.yaml": "resources: [a, b, c]\n",
  };
  const { world, report } = scanned(files);
  const ids = world.workloads.map(({ id }) => id);
  assert.is(new Set(ids).size, 3);
  assert.equal(
    report.workloads.map(({ id }) => id),
    ids,
  );
  assert.equal(
    report.workloads.map((one) => explanationOf(world, one).resources?.[0]?.value),
    ["100m", "100m", "80m"],
  );
});

const pod = podFacts({
  metadata: {
    labels: { text: "a", number: 1, float: 1.5, yes: true, nothing: null, map: { a: 1 }, list: [1] },
    annotations: ["no map"],
  },
  spec: {
    hostNetwork: "true",
    containers: [null, "text", { name: 5, image: true }, { name: "web" }],
    initContainers: { name: "no list" },
  },
});

workloads("scalars of other types are read as their text, collections left out", () => {
  const { labels } = pod;
  assert.equal({ ...labels }, { text: "a", number: "1", float: "1.5", yes: "true", nothing: "" });
  assert.equal({ ...pod.annotations }, {});
});

workloads("hostNetwork is a boolean or nothing", () => {
  assert.is(pod.hostNetwork, false);
  assert.is(podFacts({ spec: { hostNetwork: true } }).hostNetwork, true);
});

workloads("containers that are no objects are left out", () => {
  assert.equal(
    pod.containers.map(({ name, image }) => [name, image]),
    [
      ["5", "true"],
      ["web", ""],
    ],
  );
  assert.equal(pod.initContainers, []);
});

workloads("nothing at all is a pod without anything", () => {
  for (const nothing of [undefined, null, 5, "text", []]) {
    const { labels, containers, hostNetwork } = podFacts(nothing);
    assert.equal([Object.keys(labels), containers, hostNetwork], [[], [], false]);
  }
});

workloads.run();
