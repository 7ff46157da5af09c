/** Where the pod templates of each kind stand. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { groupOf, isListKind, podTemplatesOf, workloadKindNames } from "../../src/kube/workload.ts";

const workload = suite("workload kinds");

const known: readonly (readonly [apiVersion: string, kind: string, path: string])[] = [
  ["v1", "Pod", ""],
  ["v1", "PodTemplate", "template"],
  ["v1", "ReplicationController", "spec.template"],
  ["apps/v1", "Deployment", "spec.template"],
  ["apps/v1beta2", "Deployment", "spec.template"],
  ["extensions/v1beta1", "Deployment", "spec.template"],
  ["extensions/v1beta1", "DaemonSet", "spec.template"],
  ["apps/v1", "ReplicaSet", "spec.template"],
  ["apps/v1", "StatefulSet", "spec.template"],
  ["apps/v1", "DaemonSet", "spec.template"],
  ["batch/v1", "Job", "spec.template"],
  ["batch/v1beta1", "CronJob", "spec.jobTemplate.spec.template"],
  ["argoproj.io/v1alpha1", "Rollout", "spec.template"],
  ["serving.knative.dev/v1", "Service", "spec.template"],
  ["apps.openshift.io/v1", "DeploymentConfig", "spec.template"],
  ["v1", "DeploymentConfig", "spec.template"],
];

workload("every built-in kind has its template, in every version of its group", () => {
  for (const [apiVersion, kind, path] of known) {
    const templates = podTemplatesOf(apiVersion, kind)?.map((template) => template.join("."));
    assert.equal(templates, [path], `${apiVersion} ${kind}`);
  }
});

workload("the same kind of another group carries no template", () => {
  const others = [
    ["v1", "Service"],
    ["apps/v1", "Pod"],
    ["example.com/v1", "Deployment"],
    ["v1", "Deployment"],
    ["apps/v1", "deployment"],
    ["toString", "Deployment"],
    ["constructor/v1", "Pod"],
    ["v1", "Namespace"],
  ] as const;
  for (const [apiVersion, kind] of others)
    assert.is(podTemplatesOf(apiVersion, kind), undefined, `${apiVersion} ${kind}`);
});

workload("configured kinds are found by kind and group, with all their templates", () => {
  const spark = {
    kind: "SparkApplication",
    group: "sparkoperator.k8s.io",
    templates: [
      ["spec", "driver"],
      ["spec", "executor"],
    ],
  };
  assert.is(podTemplatesOf("sparkoperator.k8s.io/v1beta2", "SparkApplication", [spark]), spark.templates);
  assert.is(podTemplatesOf("v1", "SparkApplication", [spark]), undefined);
  assert.is(podTemplatesOf("v1", "Pod", [spark])?.length, 1);
  assert.ok(workloadKindNames([spark]).has("SparkApplication"));
});

workload("the names of kinds hold every built-in one", () => {
  const names = workloadKindNames();
  for (const [, kind] of known) assert.ok(names.has(kind), kind);
  assert.not.ok(names.has("ConfigMap"));
});

workload("lists are the core List and typed ones", () => {
  assert.ok(isListKind("v1", "List"));
  assert.ok(isListKind("apps/v1", "DeploymentList"));
  assert.ok(isListKind("v1", "NamespaceList"));
  assert.not.ok(isListKind("example.com/v1", "List"));
  assert.not.ok(isListKind("v1", "Pod"));
  assert.is(groupOf("apps/v1"), "apps");
  assert.is(groupOf("v1"), "");
});

workload.run();
