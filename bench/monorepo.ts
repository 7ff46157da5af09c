/** Writes a synthetic GitOps monorepo: services with workloads, and around them the files that decide nothing. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A small generator of repeatable chance (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** How many bytes of custom resource definitions a tenth service carries, so that a monorepo weighs what real ones weigh. */
export interface Weight {
  readonly definitionBytes: number;
}

/**
 * Writes about `files` files below `directory`: of eleven files of a service one is a workload and one a kustomization, the
 * others are Services, ConfigMaps, roles, custom resources and values; every hundredth service brings a Namespace.
 */
export function writeMonorepo(
  directory: string,
  files: number,
  weight: Weight = { definitionBytes: 0 },
): void {
  const random = chance(7);
  const services = Math.max(1, Math.round(files / 11));
  for (let index = 0; index < services; index++) {
    const team = `team-${index % 50}`;
    const at = `clusters/${index % 7 === 0 ? "eu" : "us"}/${team}/service-${index}`;
    for (const [name, text] of serviceFiles(index, team, random)) write(join(directory, at, name), text);
    write(join(directory, at, "kustomization.yaml"), kustomization(team, index));
    if (weight.definitionBytes > 0 && index % 10 === 0) {
      write(join(directory, at, "definitions.yaml"), definition(index, weight.definitionBytes));
    }
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function serviceFiles(
  index: number,
  team: string,
  random: () => number,
): readonly (readonly [string, string])[] {
  const name = `service-${index}`;
  const plain: readonly (readonly [string, string])[] = [
    ["deployment.yaml", deployment(name, team, random)],
    [
      "service.yaml",
      object("v1", "Service", name, team, `spec:\n  ports:\n    - port: 80\n  selector:\n    app: ${name}\n`),
    ],
    ["config.yaml", object("v1", "ConfigMap", name, team, `data:\n${lines(40, random, "  KEY_")}`)],
    ["dashboard.json", dashboard(name, random)],
    ["role.yaml", object("rbac.authorization.k8s.io/v1", "Role", name, team, `rules:\n${rules(6)}`)],
    [
      "binding.yaml",
      object(
        "rbac.authorization.k8s.io/v1",
        "RoleBinding",
        name,
        team,
        `subjects: []\nroleRef: {kind: Role, name: ${name}, apiGroup: rbac.authorization.k8s.io}\n`,
      ),
    ],
    [
      "route.yaml",
      object(
        "networking.istio.io/v1",
        "VirtualService",
        name,
        team,
        `spec:\n  hosts: [${name}]\n  http:\n    - route:\n        - destination: {host: ${name}}\n`,
      ),
    ],
    ["values.yaml", lines(60, random, "option")],
    ["pdb.yaml", object("policy/v1", "PodDisruptionBudget", name, team, "spec:\n  minAvailable: 1\n")],
  ];
  const namespace = index % 100 === 0;
  return [
    ...plain,
    namespace
      ? [
          "namespace.yaml",
          `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${team}\n  labels:\n    istio-injection: enabled\n`,
        ]
      : ["account.yaml", object("v1", "ServiceAccount", name, team, "")],
  ];
}

/** A third of the services is built with a name prefix and labels of its own. */
function kustomization(team: string, index: number): string {
  const extra =
    index % 3 === 0
      ? `namePrefix: eu-\nlabels:\n  - pairs: {team: ${team}}\n    includeTemplates: true\n`
      : "";
  return `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: ${team}\n${extra}resources:\n  - deployment.yaml\n  - service.yaml\n`;
}

/** A custom resource definition with a long schema: most bytes of real repositories are of this kind. */
function definition(index: number, bytes: number): string {
  const property = (at: number) =>
    `                field${at}:\n                  description: what field ${at} is for, in a sentence of usual length\n                  type: string\n`;
  const head = `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: things${index}.example.com\nspec:\n  group: example.com\n  versions:\n    - name: v1\n      schema:\n        openAPIV3Schema:\n          properties:\n            spec:\n              properties:\n`;
  const properties = Array.from({ length: Math.ceil(bytes / property(1000).length) }, (_, at) =>
    property(at),
  );
  return head + properties.join("");
}

function object(apiVersion: string, kind: string, name: string, namespace: string, body: string): string {
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: ${namespace}\n  labels:\n    app: ${name}\n${body}`;
}

function deployment(name: string, namespace: string, random: () => number): string {
  const annotations = random() < 0.3 ? "      annotations:\n        sidecar.istio.io/proxyCPU: 100m\n" : "";
  const label = random() < 0.1 ? '        sidecar.istio.io/inject: "false"\n' : "";
  const env = Array.from(
    { length: 12 },
    (_, at) => `            - name: SETTING_${at}\n              value: "${Math.floor(random() * 1e6)}"\n`,
  );
  return object(
    "apps/v1",
    "Deployment",
    name,
    namespace,
    `spec:
  replicas: 2
  selector:
    matchLabels:
      app: ${name}
  template:
    metadata:
      labels:
        app: ${name}
${label}${annotations}    spec:
      containers:
        - name: app
          image: registry.example.com/${name}:1.${Math.floor(random() * 90)}.0
          ports:
            - containerPort: 8080
          env:
${env.join("")}          resources:
            requests: {cpu: 100m, memory: 128Mi}
            limits: {memory: 256Mi}
          readinessProbe:
            httpGet: {path: /ready, port: 8080}
`,
  );
}

function rules(count: number): string {
  return `  - apiGroups: [""]\n    resources: [pods, services]\n    verbs: [get, list, watch]\n`.repeat(
    count,
  );
}

function lines(count: number, random: () => number, prefix: string): string {
  return Array.from(
    { length: count },
    (_, at) => `${prefix}${at}: "value ${Math.floor(random() * 1e9)}"\n`,
  ).join("");
}

function dashboard(name: string, random: () => number): string {
  const panels = Array.from({ length: 10 }, (_, id) => ({
    id,
    title: `${name} ${id}`,
    targets: [{ expr: `rate(requests_total{app="${name}"}[5m]) > ${Math.floor(random() * 100)}` }],
  }));
  return `${JSON.stringify({ title: name, panels }, null, 2)}\n`;
}
