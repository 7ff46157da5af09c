/** What a typed change leaves of an object as it was written. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { carryOver } from "../../src/fix/carry-over.ts";
import { decode } from "../../src/kube/decode.ts";
import type { Json, JsonObject } from "../../src/kube/json.ts";
import { type Random, randomOf } from "./random-manifest.ts";

const table = suite("carry over: spelling that stays");

const cases: readonly (readonly [what: string, raw: Json, before: Json, after: Json, expected: Json])[] = [
  [
    "a quantity and an unknown field beside a new one",
    { cpu: "1000m", extra: 1 },
    { cpu: "1" },
    { cpu: "1", memory: "1Gi" },
    { cpu: "1000m", extra: 1, memory: "1Gi" },
  ],
  ["a quantity that changes", { cpu: "1000m" }, { cpu: "1" }, { cpu: "2" }, { cpu: "2" }],
  ["a field that goes", { a: 1, b: 2 }, { a: "1", b: "2" }, { b: "2" }, { b: 2 }],
  ["defaults that nobody wrote", { a: 1 }, { a: 1, status: {} }, { a: 2, status: {} }, { a: 2 }],
  ["a default that changes", {}, { containers: null }, { containers: [1] }, { containers: [1] }],
  ["a null that becomes a map", { labels: null }, {}, { labels: { a: "b" } }, { labels: { a: "b" } }],
  ["an empty map that gets an entry", { l: {}, z: 0 }, {}, { l: { a: "b" } }, { l: { a: "b" }, z: 0 }],
  [
    "a zero that is not printed",
    { hostNetwork: false, x: 1 },
    { x: 1 },
    { x: 2 },
    { hostNetwork: false, x: 2 },
  ],
  ["a key in other letter case", { Image: "a" }, { image: "a" }, { image: "b" }, { Image: "b" }],
  [
    "keys of maps that differ in case alone",
    { App: 1, app: 2 },
    { App: "1", app: "2" },
    { App: "1", app: "3" },
    { App: 1, app: "3" },
  ],
  [
    "items that are named, behind a new one",
    [
      { name: "a", cpu: "1000m" },
      { name: "b", x: 1 },
    ],
    [{ name: "a", cpu: "1" }, { name: "b" }],
    [{ name: "p" }, { name: "a", cpu: "1" }, { name: "b", tty: true }],
    [{ name: "p" }, { name: "a", cpu: "1000m" }, { name: "b", x: 1, tty: true }],
  ],
  [
    "items that change their places",
    [
      { name: "a", x: 1 },
      { name: "b", x: 2 },
    ],
    [{ name: "a" }, { name: "b" }],
    [{ name: "b" }, { name: "a" }],
    [
      { name: "b", x: 2 },
      { name: "a", x: 1 },
    ],
  ],
  [
    "mounts, which are named by their path",
    [
      { name: "v", mountPath: "/a", x: 1 },
      { name: "v", mountPath: "/b", x: 2 },
    ],
    [
      { name: "v", mountPath: "/a" },
      { name: "v", mountPath: "/b" },
    ],
    [{ name: "v", mountPath: "/b" }],
    [{ name: "v", mountPath: "/b", x: 2 }],
  ],
  ["items without name", ["a", 1, "c"], ["a", "1", "c"], ["a", "1", "x", "c"], ["a", 1, "x", "c"]],
];
for (const [what, raw, before, after, expected] of cases) {
  table(what, () => {
    assert.equal(JSON.stringify(carryOver(raw, before, after)), JSON.stringify(expected));
  });
}
table("nothing changes: the very same object", () => {
  const raw = { a: 1 };
  assert.is(carryOver(raw, { a: "1" }, { a: "1" }), raw);
});

const property = suite("carry over: random pods");
property("the result decodes to what it shall be", () => {
  for (let seed = 1; seed <= 1000; seed++) {
    const random = randomOf(seed);
    const raw = randomPod(random);
    const before = typed(raw);
    const after = changed(before, random);
    assert.is(
      JSON.stringify(typed(carryOver(raw, before, after))),
      JSON.stringify(typed(after)),
      `seed ${seed}`,
    );
  }
});

function typed(pod: Json): JsonObject {
  const decoded = decode("Pod", pod, { via: "unmarshal" });
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.errors));
  return decoded.value;
}

/** A pod in spellings that its typed form does not have. */
function randomPod(random: Random): Json {
  const some = <T>(value: T): T | undefined => (random(2) === 0 ? value : undefined);
  const container = (index: number) => ({
    [random(8) === 0 ? "Name" : "name"]: `c${index}`,
    image: some("a:1"),
    resources: some({ limits: { cpu: "1000m", memory: 1024 }, requests: null }),
    env: some(
      [{ name: "A", value: "1", bogus: true }, { name: "B", valueFrom: null }, null].slice(random(2), 2),
    ),
    volumeMounts: some([
      { name: "v", mountPath: "/a", readOnly: false },
      { name: "v", mountPath: "/b" },
    ]),
    ports: some([{ containerPort: 80, protocol: "" }]),
    tty: some(false),
    unknown: some({ a: [1] }),
  });
  const pod = {
    metadata: some({ labels: some({ app: "x", on: null }), annotations: some({}), creationTimestamp: null }),
    spec: {
      containers: Array.from({ length: random(4) }, (_, index) => container(index)),
      initContainers: some([]),
      hostNetwork: some(false),
      securityContext: some({ extra: 1 }),
      volumes: some([{ name: "v", emptyDir: null }]),
    },
    extra: some([1]),
  };
  return JSON.parse(JSON.stringify(pod));
}

/** A typed pod as an injection might change it. */
function changed(before: JsonObject, random: Random): JsonObject {
  const pod = structuredClone(before) as {
    metadata: { labels?: Record<string, string>; annotations?: Record<string, string> };
    spec: Record<string, Json> & { containers: Record<string, Json>[] | null };
  };
  pod.metadata = { ...pod.metadata, labels: { ...pod.metadata.labels, added: "1" } };
  if (random(2) === 0) pod.metadata.annotations = { status: "{}" };
  if (random(4) === 0) delete pod.metadata.labels;
  const containers = [...(pod.spec.containers ?? [])];
  for (const each of containers) {
    if (random(3) === 0) each.image = "b:2";
    if (random(3) === 0) each.env = [{ name: "B" }, { name: "C", value: "x" }];
    if (random(4) === 0) delete each.volumeMounts;
    if (random(4) === 0) each.resources = { limits: { cpu: "2" } };
  }
  if (random(3) === 0) containers.reverse();
  if (random(4) === 0) containers.pop();
  if (random(2) === 0)
    containers.splice(random(containers.length + 1), 0, { name: "istio-proxy", resources: {} });
  pod.spec.containers = containers;
  if (random(2) === 0) pod.spec.securityContext = { fsGroup: 1337 };
  if (random(2) === 0) pod.spec.initContainers = [{ name: "istio-init", resources: {} }];
  return pod as unknown as JsonObject;
}

table.run();
property.run();
