/** Repositories made to hurt: each ends in a clear finding or is passed over, soon, and nothing throws. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { run } from "../src/cli/run.ts";
import { memoryTree, type Scan, scan } from "../src/index.ts";
import { github } from "../src/report/github.ts";
import { json } from "../src/report/json.ts";
import { list } from "../src/report/list.ts";
import type { Presentation } from "../src/report/report.ts";
import { text } from "../src/report/text.ts";
import { diskTree } from "../src/source/disk.ts";

/** More than any of these takes on a slow machine. */
const patience = 30_000;

type Files = Readonly<Record<string, string | Uint8Array>>;

const neighbour = "apiVersion: v1\nkind: Pod\nmetadata: {name: neighbour, namespace: shop}\n";

/** Scans and writes every report, within bounded time. */
function survive(files: Files): Scan {
  const started = performance.now();
  const result = scan(memoryTree({ ...files, "zz-neighbour.yaml": neighbour }));
  writeAll(result);
  const took = performance.now() - started;
  assert.ok(took < patience, `took ${Math.round(took)} ms`);
  const names = result.report.workloads.map(({ name }) => name);
  assert.ok(names.includes("neighbour"), "the file beside it is read");
  return result;
}

function writeAll(result: Scan): string {
  const presentation: Presentation = {
    colour: false,
    width: 80,
    quiet: false,
    milliseconds: undefined,
    textOf: result.textOf,
  };
  return [text, list, github, json].map((format) => format(result.report, presentation)).join("\n");
}

const unreadable = ({ findings }: Scan): readonly string[] =>
  findings.filter(({ rule }) => rule === "unreadable-document").map(({ message }) => message);

const manifest = (rest: string) => `apiVersion: v1\nkind: Pod\n${rest}\n`;
const labelled = (labels: string) => manifest(`metadata: {name: a, namespace: shop, labels: {${labels}}}`);

const hostile = suite("hostile repositories");

function bomb(): string {
  const lines = ["l0: &l0 [x, x, x, x, x, x, x, x, x]"];
  for (let i = 1; i < 20; i++)
    lines.push(
      `l${i}: &l${i} [${Array(9)
        .fill(`*l${i - 1}`)
        .join(", ")}]`,
    );
  return lines.join("\n");
}

const refused: readonly (readonly [name: string, files: Files, message: RegExp])[] = [
  ["an alias bomb", { "a.yaml": manifest(bomb()) }, /alias/],
  ["100,000 levels of flow lists", { "a.yaml": manifest(`a: ${"[".repeat(100_000)}`) }, /deep|nest|level/],
  ["100,000 levels of maps", { "a.yaml": manifest(`a: ${"{a: ".repeat(100_000)}`) }, /deep|nest|level/],
  [
    "100,000 levels of block lists",
    { "a.yaml": manifest(`a:\n ${"- ".repeat(100_000)}`) },
    /deep|nest|level/,
  ],
  [
    "100,000 levels of JSON",
    { "a.json": `{"apiVersion": "v1", "kind": "Pod", "a": ${"[".repeat(100_000)}` },
    /deep|nest|level/,
  ],
  ["9,000 levels of labels", { "a.yaml": labelled(`x: ${nested("{a: ", "}", 9_000)}`) }, /deep|nest|level/],
  [
    "9,000 levels of labels with a patch",
    {
      "a.yaml": labelled(`x: ${nested("{a: ", "}", 9_000)}`),
      "kustomization.yaml":
        "resources: [a.yaml]\npatches: [{target: {kind: Pod}, patch: '{metadata: {labels: {b: c}}}'}]\n",
    },
    /deep|nest|level/,
  ],
  [
    "Lists in Lists, 4,000 of them",
    { "a.yaml": nested("{apiVersion: v1, kind: List, items: [", "]}", 4_000) },
    /deep|nest|level/,
  ],
  [
    "a webhook's selector of 9,000 levels",
    {
      "a.yaml": `apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: {name: a}\nwebhooks: [{name: a, namespaceSelector: ${nested("{matchLabels: ", "}", 9_000)}}]\n`,
    },
    /deep|nest|level/,
  ],
  [
    "aliases of aliases, 600 levels",
    {
      "a.yaml": manifest(
        `pad: [${Array(300_000).fill("a").join(",")}]\nb0: &b0 {}\n${Array.from({ length: 600 }, (_, i) => `b${i + 1}: &b${i + 1} {x: *b${i}}`).join("\n")}`,
      ),
    },
    /deep|nest|level/,
  ],
  ["bytes that are no UTF-8", { "a.yaml": bytes(manifest("metadata: {name: ÿ}"), 0xff) }, /UTF-8/],
  ["a NUL", { "a.yaml": manifest("metadata: {name: \0}") }, /character|binary/],
];

function keys(count: number, prefix: string): string {
  return Array.from({ length: count }, (_, i) => `${prefix}${i}: x`).join(", ");
}

function named(count: number, prefix: string): string {
  return Array.from({ length: count }, (_, i) => `{name: ${prefix}${i}}`).join(", ");
}

function nested(open: string, close: string, levels: number): string {
  return `${open.repeat(levels)}${close.repeat(levels)}`;
}

function bytes(source: string, instead: number): Uint8Array {
  return Uint8Array.from(
    [...source].map((character) => (character === "ÿ" ? instead : character.charCodeAt(0))),
  );
}

for (const [name, files, message] of refused) {
  hostile(`${name}: one clear finding`, () => {
    const told = unreadable(survive(files));
    assert.is(told.length, 1, told.join("; "));
    assert.match(told[0] ?? "", message);
  });
}

const random = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7919 + (i >> 3) * 104_729) % 256);
const passed: readonly (readonly [name: string, files: Files])[] = [
  ["a binary file named .yaml", { "a.yaml": random }],
  [
    "a binary file that begins like a manifest",
    { "a.yaml": Uint8Array.from([...bytes(neighbour, 0), ...random]) },
  ],
  ["an empty file", { "a.yaml": "" }],
  ["a byte order mark alone", { "a.yaml": Uint8Array.from([0xef, 0xbb, 0xbf]) }],
  ["half a UTF-16 mark", { "a.yaml": Uint8Array.from([0xff, 0xfe, 0x61]) }],
  [
    "a scalar of 30 MB on one line",
    { "a.yaml": manifest(`metadata: {name: a}\nspec: {nodeName: ${"x".repeat(30_000_000)}}`) },
  ],
  ["a quoted scalar of 10 MB", { "a.yaml": labelled(`a: "${"\\x41 ".repeat(2_000_000)}"`) }],
  [
    "100,000 labels",
    { "a.yaml": labelled(Array.from({ length: 100_000 }, (_, i) => `k${i}: v`).join(", ")) },
  ],
  ["100,000 documents", { "a.yaml": "apiVersion: v1\nkind: Secret\n---\n".repeat(100_000) }],
  [
    "5,000 Pods in a file",
    { "a.yaml": `${labelled('sidecar.istio.io/inject: "maybe"')}---\n`.repeat(5_000) },
  ],
  [
    "5,000 Pods on one line",
    {
      "a.json": JSON.stringify({
        apiVersion: "v1",
        kind: "PodList",
        items: Array(5_000).fill({ metadata: { name: "a", labels: { "sidecar.istio.io/inject": "x" } } }),
      }),
    },
  ],
  [
    "500,000 blank lines in a broken manifest",
    { "a.yaml": `apiVersion: v1\n${"\n".repeat(500_000)}kind: Pod\na: [b\n` },
  ],
  [
    "500,000 braces in a broken manifest",
    { "a.yaml": `apiVersion: v1\nkind: Pod\na: b: ${"{".repeat(500_000)}\n` },
  ],
  [
    "500,000 blanks in a broken manifest",
    { "a.yaml": `a: b: ${", ".repeat(250_000)}\n${" ".repeat(500_000)}\nPod\n` },
  ],
  ["a kustomization of itself", { "k/kustomization.yaml": "resources: [., ../k]\ncomponents: [.]\n" }],
  [
    "two kustomizations of each other",
    { "a/kustomization.yaml": "resources: [../b]\n", "b/kustomization.yaml": "resources: [../a]\n" },
  ],
  [
    "20,000 resources that are not there",
    {
      "kustomization.yaml": `resources:\n${Array.from({ length: 20_000 }, (_, i) => `- r${i}.yaml\n`).join("")}`,
    },
  ],
  [
    "10,000 components",
    {
      "kustomization.yaml": `components: [${Array(10_001).fill("c").join(", ")}]\n`,
      "c/kustomization.yaml": "kind: Component\nlabels: [{pairs: {a: b}}]\n",
    },
  ],
  [
    "components that double",
    Object.fromEntries([
      ["kustomization.yaml", "components: [c0]\n"],
      ...Array.from(
        { length: 30 },
        (_, i) =>
          [
            `c${i}/kustomization.yaml`,
            `kind: Component\ncomponents: [../c${i + 1}, ../c${i + 1}]\n`,
          ] as const,
      ),
    ]),
  ],
  [
    "1,000 kustomizations, each of the next",
    Object.fromEntries(
      Array.from({ length: 1_000 }, (_, i) => [
        `k${i}/kustomization.yaml`,
        `resources: [../k${i + 1}]\nnamePrefix: x\n`,
      ]),
    ),
  ],
  ...["constructor", "__proto__", "toString"].map((name): readonly [string, Files] => [
    `everything named ${name}`,
    {
      "a.yaml": labelled(`${name}: ${name}`),
      "p.yaml": `apiVersion: ${name}/v1\nkind: Pod\nmetadata: {name: a}\nspec: {${name}: [{name: b}]}\n`,
      "q.yaml": `${manifest("metadata: {name: a, namespace: shop}")}spec: {${name}: [{name: b}], containers: [{${name}: [{}]}]}\n`,
      "kustomization.yaml": `resources: [a.yaml]\npatches: [{path: p.yaml}, {path: q.yaml}]\nnamespace: ${name}\n${name}: 1\n`,
    },
  ]),
  ...Object.entries({
    "appended to": (i: number) => `{op: add, path: /spec/containers/-, value: {name: x${i}}}`,
    "put first": (i: number) => `{op: add, path: /spec/containers/0, value: {name: x${i}}}`,
    "copied to the end": () => "{op: copy, from: /spec/containers/0, path: /spec/containers/-}",
    "moved to the end": () => "{op: move, from: /spec/containers/0, path: /spec/containers/-}",
    "added as a label and removed": (i: number) =>
      i < 5_000
        ? `{op: add, path: /metadata/labels/l${i}, value: x}`
        : `{op: remove, path: /metadata/labels/l${i - 5_000}}`,
    "copied into itself": (i: number) =>
      i < 40 ? `{op: copy, from: /spec, path: /spec/a${i}}` : "{op: test, path: /kind, value: Pod}",
  }).map(
    ([name, operation]) =>
      [
        `10,000 operations of a JSON patch: ${name}`,
        {
          "kustomization.yaml":
            "resources: [a.yaml]\npatches: [{path: patch.yaml, target: {name: ((a+))+}}]\n",
          "a.yaml": manifest("metadata: {name: aaa, labels: {}}\nspec: {containers: [{name: a}, {name: b}]}"),
          "patch.yaml": Array.from({ length: 10_000 }, (_, i) => `- ${operation(i)}\n`).join(""),
        },
      ] as const,
  ),
  ...["((a+))+", "(a|aa)+", "(a?)+", ".*.*.*.*.*.*x", "(.*)*x"].map(
    (target) =>
      [
        `the target ${target}`,
        {
          "kustomization.yaml": `resources: [a.yaml]\npatches: [{target: {name: "${target}"}, patch: "[]"}]\n`,
          "a.yaml": manifest(`metadata: {name: ${"a".repeat(900)}b}`),
        },
      ] as const,
  ),
  [
    "5,000 components and a replacement",
    {
      "kustomization.yaml": `resources: [a.yaml, b.yaml]\ncomponents: [${Array(5_000).fill("c").join(", ")}]\nreplacements: [{source: {kind: Service, name: a}, targets: [{select: {kind: Pod}}]}]\n`,
      "c/kustomization.yaml": "kind: Component\nlabels: [{pairs: {a: b}}]\n",
      "a.yaml": manifest("metadata: {name: a}"),
      "b.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n",
    },
  ],
  [
    "5,000 patches of one object, and 5,000 labels and annotations",
    {
      "kustomization.yaml": `resources: [a.yaml]\ncommonLabels: {${keys(5_000, "l")}}\ncommonAnnotations: {${keys(5_000, "a")}}\npatches:\n${Array.from({ length: 5_000 }, (_, i) => `- {target: {name: "a.*"}, patch: "{metadata: {labels: {p${i}: x}}}"}\n`).join("")}`,
      "a.yaml": `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {template: {spec: {containers: []}}}\n`,
    },
  ],
  [
    "a patch of 5,000 containers for 5,000 others",
    {
      "kustomization.yaml": "resources: [a.yaml]\npatches: [{path: p.yaml}]\n",
      "a.yaml": manifest(`metadata: {name: a}\nspec: {containers: [${named(5_000, "a")}]}`),
      "p.yaml": manifest(`metadata: {name: a}\nspec: {containers: [${named(5_000, "b")}]}`),
    },
  ],
  [
    "1,000 replacements that read 1,000 kinds",
    {
      "kustomization.yaml": `resources: [a.yaml]\nreplacements:\n${Array.from({ length: 1_000 }, (_, i) => `- {source: {kind: K${i}}, targets: [{select: {name: .*}}]}\n`).join("")}`,
      "a.yaml": manifest("metadata: {name: a}"),
    },
  ],
  [
    "10,000 components that are not there",
    {
      "kustomization.yaml": `components: [${Array.from({ length: 10_000 }, (_, i) => `c${i}`).join(", ")}]\n`,
    },
  ],
  [
    "a patch that nests what each of its operations nests",
    {
      "kustomization.yaml": "resources: [a.yaml]\npatches: [{path: p.yaml, target: {kind: Pod}}]\n",
      "a.yaml": manifest("metadata: {name: a}\nspec: {}"),
      "p.yaml": Array.from(
        { length: 100 },
        (_, i) => `- {op: add, path: "/spec${"/a".repeat(i * 100)}/a", value: ${nested("{a: ", "}", 100)}}\n`,
      ).join(""),
    },
  ],
  ["a name of regular expressions", { "a.yaml": labelled(`a: "(((((x+)+)+)+)+)$"`) }],
];

for (const [name, files] of passed) {
  hostile(`${name}: passed over or told, in time`, () => {
    survive(files);
  });
}

const shapes: readonly string[] = [
  "metadata: []",
  "metadata: null",
  "metadata: text",
  "metadata: {labels: 5}",
  "metadata: {labels: [a, b]}",
  "metadata: {labels: {a: {b: c}}, annotations: {a: [b]}}",
  "metadata: {name: [a], namespace: {b: c}}",
  "metadata: {name: {}, generateName: 5}",
  "metadata: {name: a}\nspec: null",
  "metadata: {name: a}\nspec: []",
  "metadata: {name: a}\nspec: 5",
  "metadata: {name: a}\nspec: {containers: [null, null]}",
  "metadata: {name: a}\nspec: {containers: {a: b}}",
  "metadata: {name: a}\nspec: {containers: [[], 5, text, {name: []}, {image: {}}]}",
  "metadata: {name: a}\nspec: {containers: [{name: istio-proxy, resources: []}]}",
  "metadata: {name: a}\nspec: {containers: [{name: istio-proxy, resources: {limits: [], requests: 5}}]}",
  "metadata: {name: a}\nspec: {containers: [{name: istio-proxy, resources: {limits: {cpu: {}, memory: []}}}]}",
  "metadata: {name: a}\nspec: {containers: [{name: a, ports: 5}, {name: b, ports: [null, 5, {containerPort: []}]}]}",
  "metadata: {name: a}\nspec: {containers: [{name: a, securityContext: []}], securityContext: text, initContainers: 5}",
  "metadata: {name: a}\nspec: {hostNetwork: {}, volumes: 3}",
  "metadata: {name: a, labels: {? [a, b] : c}}",
  'metadata: {name: a, annotations: {sidecar.istio.io/proxyCPU: 1e400, sidecar.istio.io/proxyMemory: "9999999999999999999999999999Ei"}}',
  "metadata: {name: a, annotations: {sidecar.istio.io/proxyCPU: .nan, sidecar.istio.io/proxyMemory: -.inf}}",
  'metadata: {name: a, annotations: {sidecar.istio.io/status: "{", proxy.istio.io/config: "[", sidecar.istio.io/userVolume: "["}}',
];

const wrapped: readonly (readonly [apiVersion: string, kind: string, wrap: (body: string) => string])[] = [
  ["v1", "Pod", (body) => body],
  [
    "apps/v1",
    "Deployment",
    (body) => `metadata: {name: d}\nspec:\n  template:\n    ${body.replaceAll("\n", "\n    ")}`,
  ],
  [
    "batch/v1",
    "CronJob",
    (body) => `spec: {jobTemplate: {spec: {template: 5}}}\n${body.replace("spec:", "status:")}`,
  ],
  ["v1", "Namespace", (body) => body],
  ["v1", "ConfigMap", (body) => `${body}\ndata: {config: 5, values: []}`],
  [
    "admissionregistration.k8s.io/v1",
    "MutatingWebhookConfiguration",
    (body) =>
      `${body}\nwebhooks: [null, 5, {name: []}, {rules: 5}, {namespaceSelector: text, rules: [null]}]`,
  ],
  ["admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", (body) => `${body}\nwebhooks: {a: b}`],
  [
    "kustomize.config.k8s.io/v1beta1",
    "Kustomization",
    (body) => `${body}\nresources: {a: b}\npatches: [null, 5]\nlabels: 7\nnamespace: []`,
  ],
  ["maistra.io/v1", "ServiceMeshMemberRoll", (body) => `${body}\nspec: {members: [null, 5, {}]}`],
];

for (const [apiVersion, kind, wrap] of wrapped) {
  hostile(`${kind} of ${apiVersion} with every shape that nobody expects`, () => {
    for (const shape of shapes) {
      const source = `apiVersion: ${apiVersion}\nkind: ${kind}\n${wrap(shape)}\n`;
      survive({
        "a.yaml": source,
        "b/kustomization.yaml": source,
        "c/kustomization.yaml": "resources: [../a.yaml]\nnamespace: x\nnamePrefix: y\ncommonLabels: {a: b}\n",
      });
    }
  });
}

for (const items of ["5", "[5, text, null, [], {}]", "{a: b}", "[{kind: Pod}, {apiVersion: v1}]", "null"]) {
  hostile(`a List with items ${items}`, () => {
    survive({
      "a.yaml": `apiVersion: v1\nkind: List\nitems: ${items}\n`,
      "b.yaml": `apiVersion: apps/v1\nkind: DeploymentList\nitems: ${items}\n`,
    });
  });
}

const inherited = ["__proto__", "constructor", "hasOwnProperty", "toString", "valueOf", "prototype"];

for (const word of inherited) {
  hostile(`${word} is a key and a name like any other`, () => {
    const before = Object.getOwnPropertyNames(Object.prototype).sort().join();
    const source = (kind: string) =>
      `{"apiVersion": "v1", "kind": "${kind}", "metadata": {"name": "${word}", "namespace": "${word}",
        "labels": {"${word}": "x", "a": "b"}, "annotations": {"${word}": "y"}, "${word}": {"polluted": true}}, "${word}": {"polluted": true}}`;
    const result = survive({
      "a.json": source("Pod"),
      "ns.json": source("Namespace").replace('"a": "b"', '"istio-injection": "enabled"'),
      "map.json": source("ConfigMap"),
      "k/kustomization.yaml": `resources: [../a.json]\nnamespace: ${word}\ncommonLabels: {${word}: z, t: u}\n`,
      "rollout.yaml": `apiVersion: ${word}/v1\nkind: ${word}\nmetadata: {name: a}\n`,
    });
    const workload = result.world.workloads.find(({ name }) => name === word);
    assert.is(workload?.namespace.name, word);
    assert.is(workload?.decision.verdict, "injected");
    assert.ok(Object.hasOwn(workload?.pod.labels ?? {}, word), "the label is kept");
    assert.is(Object.getOwnPropertyNames(Object.prototype).sort().join(), before);
    assert.is(({} as { polluted?: unknown }).polluted, undefined);
  });

  hostile(`a namespace ${word} that nothing describes is unknown`, () => {
    const { report } = survive({ "a.yaml": manifest(`metadata: {name: a, namespace: ${word}}`) });
    assert.is(report.workloads[0]?.verdict, "unknown");
  });
}

hostile("escapes of a terminal reach no terminal", () => {
  const steering = "\\u001b[31m\\u0007\\u0008\\u202e";
  const result = survive({
    "a.yaml": `apiVersion: v1\nkind: Pod\nmetadata: {name: "n${steering}", namespace: "s${steering}", labels: {"sidecar.istio.io/inject": "v${steering}", "sidecar.istio.io/injec${steering}": "x"}, annotations: {"sidecar.istio.io/proxyCPU": "${steering}", "sidecar.istio.io/\u009b31m": x}}\n`,
    "b/\u001b[32m.yaml": `apiVersion: v1\nkind: Pod\nmetadata: {name: b, labels: {sidecar.istio.io/inject: x}}\n`,
    "kustomization.yaml": `resources: ["https://example.com/${steering}"]\n`,
    "c/\u001b[33m/a.yaml": neighbour,
  });
  assert.not.match(writeAll(result), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
});

hostile("escapes of a terminal reach no terminal through explain", async () => {
  await withDirectory(async (directory) => {
    writeFileSync(
      join(directory, "a.yaml"),
      `apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: "s\\e[31m", annotations: {sidecar.istio.io/proxyCPU: "\\e[1m"}, labels: {sidecar.istio.io/inject: "\\e[1m"}}\n`,
    );
    for (const argv of [
      ["explain", "Pod/web"],
      ["explain", "Pod/\u001b[31m"],
      ["check", "\u001b[31m"],
      ["list"],
    ]) {
      const { stdout, stderr } = await runIn(directory, argv);
      assert.not.match(stdout + stderr, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/, argv.join(" "));
    }
  });
});

hostile("a file of 200 MB, a directory of links in circles, and a link to nowhere", async () => {
  await withDirectory(async (directory) => {
    writeFileSync(join(directory, "big.yaml"), neighbour);
    truncateSync(join(directory, "big.yaml"), 200 * 1024 * 1024);
    mkdirSync(join(directory, "loop/inner"), { recursive: true });
    symlinkSync("..", join(directory, "loop/inner/up"));
    symlinkSync("self", join(directory, "loop/self"));
    symlinkSync("b.yaml", join(directory, "loop/a.yaml"));
    symlinkSync("a.yaml", join(directory, "loop/b.yaml"));
    mkdirSync(join(directory, "directory.yaml"));
    writeFileSync(join(directory, "ok.yaml"), neighbour);
    const started = performance.now();
    const result = scan(diskTree(directory));
    assert.ok(performance.now() - started < patience);
    assert.match(unreadable(result)[0] ?? "", /200 MiB/);
    assert.equal(
      result.report.workloads.map(({ file }) => file),
      ["ok.yaml"],
    );
    assert.equal(
      result.failures.map(({ path, reason }) => `${path}: ${reason}`),
      ["loop/a.yaml: a link that leads nowhere", "loop/b.yaml: a link that leads nowhere"],
    );
  });
});

hostile("a kind of the configuration that is an expression is a kind like any other", () => {
  const { report } = scan(
    memoryTree({ "a.yaml": 'apiVersion: x.io/v1\nkind: "A(b"\nmetadata: {name: a}\nspec: {template: {}}\n' }),
    {
      config: { workloads: [{ kind: "A(b", group: "x.io", podTemplate: ["spec.template"] }] },
    },
  );
  assert.equal(
    report.workloads.map(({ name }) => name),
    ["a"],
  );
});

hostile(
  "nothing is read outside of the repository, nor through a link that leads out of the paths",
  async () => {
    await withDirectory(async (outer) => {
      rmSync(join(outer, ".git"), { recursive: true });
      writeFileSync(join(outer, "secret.yaml"), manifest("metadata: {name: secret}"));
      mkdirSync(join(outer, "base"));
      writeFileSync(join(outer, "base/kustomization.yaml"), "resources: [pod.yaml]\n");
      writeFileSync(join(outer, "base/pod.yaml"), manifest("metadata: {name: based}"));
      mkdirSync(join(outer, "repo/.git"), { recursive: true });
      mkdirSync(join(outer, "repo/shared"));
      writeFileSync(join(outer, "repo/shared/pod.yaml"), manifest("metadata: {name: shared}"));
      const app = join(outer, "repo/app");
      mkdirSync(app);
      symlinkSync("../../secret.yaml", join(app, "linked.yaml"));
      symlinkSync("../shared", join(app, "link"));
      writeFileSync(
        join(app, "kustomization.yaml"),
        `resources: [../../secret.yaml, ../../base, "${join(outer, "secret.yaml")}", linked.yaml, link/pod.yaml, ../shared/pod.yaml, ../../../../../../../../proc/self/fd/0]\npatches: [{path: ../../secret.yaml}]\n`,
      );
      const result = scan(diskTree(app));
      assert.equal(
        result.report.workloads.map(({ name }) => name),
        ["shared"],
      );
      const outside = result.report.summary.skipped.filter(({ reason }) => reason === "outside-base");
      assert.is(outside.length, 6, JSON.stringify(outside));
      assert.match(
        writeAll(result).replaceAll(/\s+/g, " "),
        /6 paths of kustomizations out of reach: .*is outside of the repository/,
      );
      const plain = join(outer, "plain");
      mkdirSync(plain);
      writeFileSync(join(plain, "kustomization.yaml"), "resources: [../base]\n");
      assert.equal(
        scan(diskTree(plain)).report.summary.skipped.map(({ detail }) => detail),
        [
          "../base is outside of this directory (there is no git repository; run one level higher), and is not read",
        ],
      );
    });
  },
);

async function withDirectory(use: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "sidelint-"));
  try {
    mkdirSync(join(directory, ".git"));
    await use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function runIn(cwd: string, argv: readonly string[]) {
  const told = { stdout: "", stderr: "" };
  await run(argv, {
    cwd,
    env: {},
    columns: undefined,
    stderrIsTerminal: false,
    readStdin: async () => new Uint8Array(),
    stdout: async (chunk) => {
      told.stdout += chunk;
    },
    stderr: (chunk) => {
      told.stderr += chunk;
    },
  });
  return told;
}

hostile.run();
