/** Patches for kustomizations: exact for the API server and for kustomize, strategic where that is possible. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isObject, type Json, type JsonObject } from "../../src/kube/json.ts";
import { sameJson } from "../../src/kube/json-patch.ts";
import { type ObjectPatch, patchFor, strategicMergePatch } from "../../src/kube/merge-patch.ts";
import { strategicMerge } from "../../src/kube/strategic-merge.ts";
import { readDocuments } from "../../src/source/document.ts";
import { toValue } from "../../src/source/node.ts";
import { draftOf } from "../../src/world/kustomize/draft.ts";
import { jsonPatch as applyOperations } from "../../src/world/kustomize/json-patch.ts";
import { mergePatch } from "../../src/world/kustomize/merge.ts";
import { resourcesOf } from "../../src/world/resource.ts";

type Draft = ReturnType<typeof draftOf>;

const patches = suite("patches between objects");

const pod = (spec: JsonObject): JsonObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web" },
  spec,
});
const named = (...names: readonly string[]): readonly JsonObject[] => names.map((name) => ({ name }));

/** The part of the strategic patch below spec, or why there is none. */
function specPatch(before: JsonObject, after: JsonObject): Json | undefined {
  const made = strategicMergePatch("Pod", pod(before), pod(after));
  return made.ok ? made.patch.spec : made.reason;
}

const rows: readonly (readonly [name: string, before: JsonObject, after: JsonObject, expected: Json])[] = [
  [
    "entries are set, and deleted by null",
    { nodeName: "a", hostNetwork: true, securityContext: { runAsUser: 1, fsGroup: 2 } },
    { nodeName: "b", securityContext: { runAsUser: 1, fsGroup: 3 }, hostPID: true },
    { hostNetwork: null, nodeName: "b", securityContext: { fsGroup: 3 }, hostPID: true },
  ],
  [
    "a new item that goes first is all the patch names",
    { containers: [{ name: "a", image: "x" }], volumes: named("v") },
    {
      containers: [
        { name: "p", image: "y" },
        { name: "a", image: "x" },
      ],
      volumes: [...named("n", "v")],
    },
    { containers: [{ name: "p", image: "y" }], volumes: named("n") },
  ],
  [
    "a new item that goes last is behind the names of all others",
    { containers: named("a", "b") },
    { containers: named("a", "b", "p") },
    { containers: named("a", "b", "p") },
  ],
  [
    "items are named up to the last that changes",
    { containers: named("a", "b", "c") },
    { containers: [{ name: "a" }, { name: "b", tty: true }, { name: "c" }] },
    { containers: [{ name: "a" }, { name: "b", tty: true }] },
  ],
  [
    "an item is deleted by its name, without naming others",
    { containers: named("a", "b", "c") },
    { containers: named("a", "c") },
    { containers: [{ name: "b", $patch: "delete" }] },
  ],
  [
    "another order names the items up to those that stay last",
    { containers: named("a", "b", "c", "d") },
    { containers: named("b", "a", "c", "d") },
    { containers: named("b", "a") },
  ],
  [
    "a port is named with its protocol",
    {
      containers: [
        {
          name: "a",
          ports: [
            { containerPort: 1, protocol: "TCP" },
            { containerPort: 2, protocol: "UDP" },
          ],
        },
      ],
    },
    { containers: [{ name: "a", ports: [{ containerPort: 2, protocol: "UDP" }] }] },
    { containers: [{ name: "a", ports: [{ containerPort: 1, protocol: "TCP", $patch: "delete" }] }] },
  ],
  [
    "a list that is not merged is given as a whole",
    { tolerations: [{ key: "a" }], containers: [{ name: "a", args: ["x"] }] },
    { tolerations: [], containers: [{ name: "a", args: ["x", "y"] }] },
    { tolerations: [], containers: [{ name: "a", args: ["x", "y"] }] },
  ],
];

for (const [name, before, after, expected] of rows) {
  patches(name, () => {
    assert.equal(specPatch(before, after), expected);
    assert.equal(throughKustomize(pod(before), patchFor(pod(before), pod(after))), pod(after));
  });
}

patches("a map where a text becomes a number is replaced, as kustomize would make a text of that", () => {
  const container = (httpGet: JsonObject) => ({
    containers: [{ name: "a", livenessProbe: { periodSeconds: 1, httpGet } }],
  });
  const patch = specPatch(
    container({ port: "http", scheme: "HTTPS" }),
    container({ port: 15020, path: "/a" }),
  );
  const httpGet = { port: 15020, path: "/a", $patch: "replace" };
  assert.equal(patch, { containers: [{ name: "a", livenessProbe: { httpGet } }] });
});

patches("null says as much as nothing", () => {
  assert.equal(
    specPatch({ nodeName: "a", affinity: null }, { nodeName: null, affinity: { nodeAffinity: null } }),
    {
      nodeName: null,
      affinity: {},
    },
  );
  const { form } = patchFor(pod({ nodeName: null }), pod({ affinity: null }));
  assert.is(form, "none");
});

const ports = [
  { containerPort: 53, protocol: "TCP" },
  { containerPort: 53, protocol: "UDP" },
];
const refused: readonly (readonly [name: string, before: JsonObject, after: JsonObject, reason: string])[] = [
  [
    "lists that only one of the two merges",
    { schedulingGates: named("a") },
    { schedulingGates: named("b", "a") },
    "spec.schedulingGates is a list that kustomize and Kubernetes merge in different ways",
  ],
  [
    "changes among ports that their numbers do not tell apart",
    { containers: [{ name: "a", ports }] },
    { containers: [{ name: "a", ports: ports.slice(1) }] },
    "spec.containers.ports has items that containerPort does not tell apart",
  ],
  [
    "items of one name, even where nothing changes",
    { containers: [{ name: "a", env: named("A", "A") }] },
    { containers: [{ name: "a", env: named("A", "A") }], hostPID: true },
    "spec.containers.env has items that name does not tell apart, of which kustomize would lose some",
  ],
  [
    "null in a list",
    { tolerations: [] },
    { tolerations: [null] },
    "spec.tolerations holds null or a key that a patch gives a meaning",
  ],
  [
    "a value of another kind",
    { affinity: {} },
    { affinity: [] },
    "spec.affinity becomes a list, having been a map",
  ],
  [
    "changes below what is no field",
    { x: { a: 1 } },
    { x: { a: 2 } },
    "spec.x is no field that Kubernetes knows",
  ],
  ["keys that would be directives", {}, { $patch: "replace" }, "spec.$patch would be read as a directive"],
];

for (const [name, before, after, reason] of refused) {
  patches(`a JSON patch does what a strategic one cannot: ${name}`, () => {
    assert.is(specPatch(before, after), reason);
    const patch = patchFor(pod(before), pod(after));
    assert.is(patch.form, "json");
    assert.equal(throughKustomize(pod(before), patch), pod(after));
  });
}

patches("ports of one number and two protocols are no obstacle while they stay", () => {
  const before = { containers: [{ name: "a", ports }] };
  assert.equal(specPatch(before, { ...before, hostPID: true }), { hostPID: true });
});

patches("a strategic patch is a document with the object's identity", () => {
  const metadata = { name: "web", namespace: "shop" };
  const before = { apiVersion: "apps/v1", kind: "Deployment", metadata, spec: { replicas: 1 } };
  const after = { ...before, metadata: { ...metadata, labels: { a: "b" } }, spec: { replicas: 2 } };
  assert.equal(patchFor(before, after), {
    form: "strategic",
    document: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", namespace: "shop", labels: { a: "b" } },
      spec: { replicas: 2 },
    },
  });
});

patches("kinds that kustomize has no schema of get operations with a target for just that object", () => {
  const metadata = { name: "web.v1", namespace: "shop" };
  const rollout = { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", metadata, spec: { replicas: 1 } };
  assert.equal(patchFor(rollout, { ...rollout, spec: { replicas: 2 } }), {
    form: "json",
    target: {
      group: "argoproj.io",
      version: "v1alpha1",
      kind: "Rollout",
      name: "web\\.v1",
      namespace: "shop",
    },
    operations: [{ op: "replace", path: "/spec/replicas", value: 2 }],
    reason: "kustomize has no schema of Rollout of argoproj.io/v1alpha1",
  });
  const old = { ...rollout, apiVersion: "extensions/v1beta1", kind: "Deployment" };
  assert.is(patchFor(old, { ...old, spec: {} }).form, "json");
});

patches("there is none for what is the same, nor for what has no name", () => {
  assert.equal(patchFor(pod({ a: 1 }), pod({ a: 1n })), { form: "none" });
  const nameless = { apiVersion: "batch/v1", kind: "Job", metadata: { generateName: "a-" } };
  assert.is(patchFor(nameless, { ...nameless, spec: {} }).form, "impossible");
});

/** What sidelint's own kustomize makes of an object. */
function throughKustomize(before: JsonObject, patch: ObjectPatch): Json | undefined {
  const [document] = readDocuments({ path: "a.yaml", text: JSON.stringify(before) });
  const reading = document?.read();
  const [resource] = document && reading?.ok ? resourcesOf(document, reading.root) : [];
  if (!document || !resource) throw new Error("not read");
  const draft = draftOf(resource);
  const result = patched(draft, patch, (path) => ({ document, path }));
  return result && JSON.parse(JSON.stringify(result.value));
}

function patched(
  draft: Draft,
  patch: ObjectPatch,
  sourceOf: Parameters<typeof mergePatch>[2],
): Draft | undefined {
  if (patch.form === "strategic") {
    return mergePatch(draft, patch.document, sourceOf, {
      allowNameChange: false,
      allowKindChange: false,
      textMetadata: false,
    });
  }
  if (patch.form !== "json") return draft;
  const result = applyOperations(draft, patch.operations as readonly Json[], sourceOf);
  if (!result.ok) throw new Error(result.reason);
  return result.draft;
}

/** Numbers in [0, 1) that are the same in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A random pod spec, of few names so that two have much in common. */
function randomSpec(random: () => number): JsonObject {
  const below = (limit: number) => Math.floor(random() * limit);
  const some = (limit: number) => Array.from({ length: below(limit) }, () => "abcdef".charAt(below(6)));
  const distinct = (limit: number, key: string, item: (id: string) => JsonObject) =>
    [...new Set(some(limit))].map((id) => ({ [key]: id, ...item(id) }));
  const maybe = (entries: JsonObject): JsonObject => (below(2) === 0 ? entries : {});
  const container = (): JsonObject => ({
    ...maybe({ image: `i${below(3)}` }),
    ...maybe({ args: some(3) }),
    ...maybe({
      readinessProbe: { httpGet: { port: ["http", "80", 80, 81][below(4)] ?? 0, ...maybe({ path: "/" }) } },
    }),
    ...maybe({ env: distinct(4, "name", () => maybe({ value: `${below(2)}` })) }),
    ...maybe({
      ports: [...new Set([80, 81, 82].slice(below(3)))].map((containerPort) => ({
        containerPort,
        name: `p${below(2)}`,
      })),
    }),
    ...maybe({ volumeMounts: distinct(4, "mountPath", (id) => ({ name: id })) }),
    ...maybe({ resources: maybe({ limits: maybe({ cpu: below(3) }) }) }),
    ...maybe({
      securityContext: { ...maybe({ runAsUser: below(3) }), ...maybe({ capabilities: { drop: some(2) } }) },
    }),
  });
  return {
    containers: distinct(5, "name", container),
    ...maybe({ initContainers: distinct(4, "name", container) }),
    ...maybe({
      volumes: distinct(5, "name", () =>
        below(2) === 0 ? { emptyDir: {} } : { secret: { secretName: "s" } },
      ),
    }),
    ...maybe({ tolerations: distinct(3, "key", () => ({})) }),
    ...maybe({ hostAliases: distinct(3, "ip", () => ({ hostnames: some(3) })) }),
    ...maybe({ nodeSelector: Object.fromEntries(some(4).map((key) => [key, key])) }),
  };
}

interface Pair {
  readonly before: JsonObject;
  readonly after: JsonObject;
}

/** Workloads of several kinds, each with another pod template before and after. */
function randomPairs(count: number): readonly Pair[] {
  const random = randomFrom(3);
  const kinds = [
    ["apps/v1", "Deployment"],
    ["batch/v1", "CronJob"],
    ["v1", "Pod"],
    ["argoproj.io/v1alpha1", "Rollout"],
    ["serving.knative.dev/v1", "Service"],
  ] as const;
  return Array.from({ length: count }, (_, index) => {
    const [apiVersion, kind] = kinds[index % kinds.length] ?? ["v1", "Pod"];
    const specs = [randomSpec(random), randomSpec(random)] as const;
    const [before, after] = specs.map((spec): JsonObject => {
      const template = { metadata: { labels: { seed: `${Math.floor(random() * 3)}` } }, spec };
      const metadata = { name: `w${index}`, ...(index % 2 === 0 ? { namespace: "shop" } : {}) };
      if (kind === "Pod") return { apiVersion, kind, metadata, spec };
      if (kind === "CronJob")
        return { apiVersion, kind, metadata, spec: { jobTemplate: { spec: { template } } } };
      return { apiVersion, kind, metadata, spec: { template } };
    });
    return { before: before ?? {}, after: after ?? {} };
  });
}

patches("random workloads become what they should, in the API server and in our kustomize", () => {
  const forms = new Map<string, number>();
  for (const { before, after } of randomPairs(600)) {
    const patch = patchFor(before, after);
    forms.set(`${patch.form} ${before.kind}`, (forms.get(`${patch.form} ${before.kind}`) ?? 0) + 1);
    const text = JSON.stringify({ before, after, patch });
    assert.ok(sameJson(throughKustomize(before, patch), after), `kustomize: ${text}`);
    if (patch.form !== "strategic") continue;
    const merged = strategicMerge(String(before.kind), before, patch.document);
    assert.ok(merged.ok && sameJson(merged.value, after), `API server: ${text}`);
  }
  assert.equal([...forms.keys()].sort(), [
    "json Rollout",
    "json Service",
    "strategic CronJob",
    "strategic Deployment",
    "strategic Pod",
  ]);
});

patches("kustomize itself, where it is installed, makes of them what they should be", () => {
  if (spawnSync("kustomize", ["version"]).status !== 0) {
    console.log("  (skipped: no kustomize on PATH)");
    return;
  }
  const pairs = randomPairs(150);
  const root = mkdtempSync(join(tmpdir(), "sidelint-patch-"));
  try {
    const entries = pairs.map(({ before, after }): JsonObject | undefined => {
      const patch = patchFor(before, after);
      if (patch.form === "strategic") return { patch: JSON.stringify(patch.document) };
      return patch.form === "json"
        ? { target: patch.target, patch: JSON.stringify(patch.operations) }
        : undefined;
    });
    const kustomization = {
      resources: ["all.yaml"],
      patches: entries.filter((entry) => entry !== undefined),
    };
    writeFileSync(join(root, "kustomization.yaml"), JSON.stringify(kustomization));
    writeFileSync(
      join(root, "all.yaml"),
      pairs.map(({ before }) => `${JSON.stringify(before)}\n`).join("---\n"),
    );
    const { status, stdout, stderr } = spawnSync("kustomize", ["build", root], {
      encoding: "utf8",
      maxBuffer: 1e9,
    });
    assert.is(status, 0, stderr);
    const built = new Map(objectsIn(stdout).map((object) => [nameOf(object), object]));
    for (const { before, after } of pairs) {
      const now = built.get(nameOf(before));
      assert.ok(sameJson(now, after), JSON.stringify({ before, after, now, patch: patchFor(before, after) }));
    }
  } finally {
    rmSync(root, { recursive: true });
  }
});

const nameOf = ({ metadata }: JsonObject) => (isObject(metadata) ? metadata.name : undefined);

function objectsIn(text: string): readonly JsonObject[] {
  return readDocuments({ path: "built.yaml", text }).flatMap((document) => {
    const reading = document.read();
    const value = reading.ok && reading.root ? toValue(reading.root) : undefined;
    return isObject(value) ? [value] : [];
  });
}

patches.run();
