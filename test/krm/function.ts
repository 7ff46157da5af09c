/** Runs the function over a text, as an orchestrator would, and reads what it says. */

import { linter } from "../../src/krm/linter.ts";
import type { Result } from "../../src/krm/results.ts";
import { runFunction } from "../../src/krm/run.ts";
import { toValue } from "../../src/source/node.ts";
import { readYaml } from "../../src/source/read.ts";
import { memoryTree } from "../../src/source/tree.ts";

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
  readonly results: readonly Result[];
}

/** Runs the function; `files` lie in the directory in which it runs. */
export function runOn(text: string, files: Readonly<Record<string, string>> = {}): Outcome {
  const run = runFunction(
    new TextEncoder().encode(text),
    { tree: memoryTree(files), today: "2026-06-01" },
    linter,
  );
  const stdout = run.stdout.join("");
  const list = dataIn(stdout) as { readonly results?: readonly Result[] } | null;
  return { ...run, stdout, results: list?.results ?? [] };
}

/** What a text says, as data that compares. */
export function dataIn(text: string): unknown {
  const reading = readYaml(text);
  if (!reading.ok) throw new Error(reading.error.message);
  return reading.root ? JSON.parse(JSON.stringify(toValue(reading.root))) : null;
}

/** The lines of a text, each indented. */
export function indented(text: string, by: number): string {
  return text.replace(/^(?=.)/gm, " ".repeat(by));
}

/** The list that functions are given: a functionConfig of a kind with a spec, and items as they stand in it. */
export function listWith(kind: "SidecarCheck" | "SidecarInject", spec: string, items: string): string {
  return `apiVersion: config.kubernetes.io/v1
kind: ResourceList
functionConfig:
  apiVersion: sidelint.dev/v1alpha1
  kind: ${kind}
  metadata:
    name: sidecars
  spec:
${indented(spec, 4)}
items:
${items}`;
}

/** A Deployment as an item, with what an orchestrator annotates. */
export const web = `- apiVersion: apps/v1
  kind: Deployment
  metadata:
    name: web # the shop
    namespace: shop
    annotations:
      config.kubernetes.io/index: '2'
      config.kubernetes.io/path: 'apps/web.yaml'
      internal.config.kubernetes.io/index: '2'
      internal.config.kubernetes.io/path: 'apps/web.yaml'
      config.k8s.io/id: '1'
  spec:
    # two of them
    replicas: 2
    template:
      metadata:
        labels: {app: web}
      spec:
        containers:
        - name: web
          image: "shop/web:1"   # pinned
          x-unknown: [1, 2]
`;

/** A spec by which the namespace shop is in the mesh. */
export const inMesh = `istio: {version: "1.30"}
namespaces: {shop: {labels: {istio-injection: enabled}}}`;
