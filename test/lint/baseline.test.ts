/** What of today's findings a baseline holds, whatever became of lines, files and styles; and the file it is kept in. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Config, memoryTree, type Scan, scan } from "../../src/index.ts";
import {
  type Baseline,
  type BaselineSources,
  baselineOf,
  compareWith,
  fingerprintOf,
  pruned,
} from "../../src/lint/baseline.ts";
import { baselineText, readBaseline } from "../../src/lint/baseline-file.ts";
import { rulePages } from "../../src/lint/generated/rule-pages.ts";

const scanned = (files: Readonly<Record<string, string>>): Scan =>
  scan(memoryTree(files), { assume: { "istio-injection": "enabled" } });

function sourcesOf(result: Scan, more: Partial<BaselineSources> = {}): BaselineSources {
  return { documentsOf: (file) => result.documentsOf(file), ...more };
}

const pod = (name = "web", value = "yes please") => `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  namespace: shop
  labels:
    sidecar.istio.io/inject: ${value}
spec:
  containers:
    - {name: web, image: shop/web:1}
`;

/** The baseline of files, by way of its text. */
function heldOf(files: Readonly<Record<string, string>>): Baseline {
  const result = scanned(files);
  return readBack(baselineOf(result.findings, sourcesOf(result)));
}

function readBack(baseline: Baseline): Baseline {
  const reading = readBaseline({ path: "sidelint-baseline.json", text: baselineText(baseline) });
  assert.ok(reading.ok, JSON.stringify(reading));
  return reading.ok ? reading.baseline : { findings: [] };
}

/** How many are new, known and gone. */
function compared(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly [fresh: number, known: number, gone: number] {
  const result = scanned(after);
  const { fresh, known, gone } = compareWith(result.findings, heldOf(before), sourcesOf(result));
  return [fresh.length, known.length, gone.reduce((sum, { count }) => sum + count, 0)];
}

const fingerprints = suite("fingerprints");

fingerprints("name rule, object, path and message", () => {
  const result = scanned({ "a.yaml": pod() });
  const [finding] = result.findings;
  assert.ok(finding);
  assert.equal(
    fingerprintOf(finding, (file) => result.documentsOf(file)),
    {
      rule: "inject-value-invalid",
      object: "Pod/web in shop",
      path: "metadata.labels['sidecar.istio.io/inject']",
      message: finding.message.replace("Istio 1.30", "Istio <release>"),
    },
  );
});

fingerprints("stay when Istio is upgraded", () => {
  const files = memoryTree({ "a.yaml": pod() });
  const [older, newer] = ["1.29", "1.30"].map((istioVersion) => scan(files, { istioVersion }));
  assert.ok(older && newer);
  const { fresh } = compareWith(
    newer.findings,
    baselineOf(older.findings, sourcesOf(older)),
    sourcesOf(newer),
  );
  assert.equal([older.findings.length > 0, fresh], [true, []]);
});

fingerprints("of items of a List are those of the items", () => {
  const item = pod().replace(/^/gm, "    ").replace("    ", "  - ").trimEnd();
  const list = `apiVersion: v1\nkind: List\nitems:\n${item}\n`;
  assert.equal(compared({ "a.yaml": pod() }, { "a.yaml": list }), [0, 1, 0]);
});

fingerprints("leave places and numbers of workloads out of messages", () => {
  const location = { file: "a.yaml", start: 0, end: 1, line: 1, column: 1, endLine: 1, endColumn: 2 };
  const messageOf = (message: string) =>
    fingerprintOf(
      { rule: "x", severity: "error", message, location, workloads: [], help: undefined },
      () => [],
    ).message;
  for (const [a, b] of [
    ["it is labelled so (ns/a.yaml:4:3)", "it is labelled so (platform/b.yml:40:1)"],
    ["shuts injection for the one workload in shop", "shuts injection for all 1,200 workloads in shop"],
    ["shuts injection for both workloads in shop", "shuts injection for every pod in shop"],
    ["no limit", "no limit (and those of 3 other workloads in apps)"],
    ["the first is in line 4", "the first is in line 17"],
  ] as const)
    assert.is(messageOf(a), messageOf(b));
  assert.is.not(messageOf("proxyCPU: 100m"), messageOf("proxyCPU: 200m"));
});

fingerprints.run();

const comparison = suite("comparing");

for (const [name, after, expected] of [
  ["nothing changed", { "a.yaml": pod() }, [0, 1, 0]],
  ["lines moved", { "a.yaml": `# one\n\n---\n# two\n${pod()}` }, [0, 1, 0]],
  ["the file was renamed", { "apps/web/b.yaml": pod() }, [0, 1, 0]],
  [
    "it was written in another style",
    {
      "a.yaml": `{"kind": "Pod", "apiVersion": "v1", "spec": {"containers": [{"name": "web", "image": "shop/web:1"}]},
  "metadata": {"labels": {"sidecar.istio.io/inject": "yes please"}, "namespace": "shop", "name": "web"}}`,
    },
    [0, 1, 0],
  ],
  ["it was mended", { "a.yaml": pod("web", '"true"') }, [0, 0, 1]],
  ["the value is another wrong one", { "a.yaml": pod("web", "no, thanks") }, [1, 0, 1]],
  ["the object has another name", { "a.yaml": pod("api") }, [1, 0, 1]],
  ["there is one more", { "a.yaml": pod(), "b.yaml": pod("api") }, [1, 1, 0]],
  ["there is one more of the same", { "a.yaml": pod(), "b.yaml": pod() }, [1, 1, 0]],
  ["nothing is left", {}, [0, 0, 1]],
] as const) {
  comparison(`counts what is new, known and gone: ${name}`, () => {
    assert.equal(compared({ "a.yaml": pod() }, after as Readonly<Record<string, string>>), expected);
  });
}

comparison("of equal findings that in a file of the baseline is the known one", () => {
  const held = heldOf({ "b.yaml": pod(), "c.yaml": pod() });
  const result = scanned({ "a.yaml": pod(), "b.yaml": pod(), "c.yaml": pod() });
  const { fresh } = compareWith(result.findings, held, sourcesOf(result));
  assert.equal(
    fresh.map(({ location }) => location.file),
    ["a.yaml"],
  );
});

comparison("equal findings in one file are one entry with a count", () => {
  const twice = { "a.yaml": `${pod()}---\n${pod()}` };
  const { findings } = heldOf(twice);
  assert.equal(
    findings.map(({ count }) => count),
    [2],
  );
  assert.equal(compared(twice, { "a.yaml": pod() }), [0, 1, 1]);
  assert.equal(compared(twice, { "a.yaml": `${pod()}---\n${pod()}---\n${pod()}` }), [1, 2, 0]);
});

comparison("findings that stand for several workloads stay known when workloads come and go", () => {
  const label =
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {istio-injection: enable}}\n";
  const plain = (name: string) => pod(name).replace(/ {2}labels:\n.*\n/, "");
  const [fresh, known] = compared(
    { "ns.yaml": label, "b.yaml": plain("b") },
    { "ns.yaml": label, "a.yaml": plain("a"), "b.yaml": plain("b"), "c.yaml": plain("c") },
  );
  assert.equal([fresh, known], [0, 1]);
  const unknown = (...names: readonly string[]) => {
    const files = Object.fromEntries(names.map((name) => [`${name}.yaml`, plain(name)]));
    return scan(memoryTree(files));
  };
  const before = unknown("b");
  const held = baselineOf(before.findings, sourcesOf(before));
  assert.is(held.findings.length, 1);
  const after = unknown("a", "c");
  assert.equal(compareWith(after.findings, held, sourcesOf(after)).fresh, []);
});

comparison("what lies in files that were not looked at is not gone, and does not stand for others", () => {
  const held = heldOf({ "a.yaml": pod(), "b.yaml": pod("api") });
  const result = scanned({ "c.yaml": pod() });
  const isBeyond = (file: string) => file === "a.yaml";
  const { fresh, gone } = compareWith(result.findings, held, sourcesOf(result, { isBeyond }));
  assert.is(fresh.length, 1);
  assert.equal(
    gone.map(({ object }) => object),
    ["Pod/api in shop"],
  );
});

comparison("findings stay known where the Namespaces lie in files that are not looked at", () => {
  let doubtful = 0;
  for (const { bad } of rulePages) {
    for (const { manifest, config } of bad) {
      const tree = memoryTree({ "a.yaml": manifest });
      const whole: Config = { ...config };
      const { namespaces: _, ...apart } = whole;
      const assume = { "istio-injection": "enabled" };
      const sure = scan(tree, { config: whole, assume });
      const open = scan(tree, { config: apart });
      const held = readBack(baselineOf(sure.findings, sourcesOf(sure)));
      const rules = new Set(held.findings.map(({ rule }) => rule));
      const told = open.findings.filter(({ message }) => message.includes("is injected"));
      doubtful += told.length;
      const both = told.filter(({ rule }) => rules.has(rule));
      assert.equal(compareWith(both, held, sourcesOf(open)).fresh, [], manifest);
      const other = readBack(baselineOf(both, sourcesOf(open)));
      assert.equal(compareWith(both, other, sourcesOf(open)).fresh, [], manifest);
    }
  }
  assert.ok(doubtful > 15, String(doubtful));
});

comparison("what expired is new and says so, on the day after", () => {
  const [entry] = heldOf({ "a.yaml": pod() }).findings;
  assert.ok(entry);
  const held = { findings: [{ ...entry, expires: "2026-12-31", reason: "the old cluster" }] };
  const result = scanned({ "a.yaml": pod() });
  const at = (today: string) => compareWith(result.findings, held, sourcesOf(result, { today }));
  assert.is(at("2026-12-31").fresh.length, 0);
  const [fresh] = at("2027-01-01").fresh;
  assert.is(fresh?.help, 'write "true" or "false"; the baseline held it until 2026-12-31 (the old cluster)');
  assert.equal(at("2027-01-01").gone, []);
});

comparison.run();

const files = suite("the file");

files("has one finding a line, in an order that does not depend on files", () => {
  const text = (names: readonly string[]) =>
    baselineText(heldOf({ [names[0] ?? ""]: pod("b"), [names[1] ?? ""]: pod("a") }));
  const lines = text(["a.yaml", "b.yaml"]).split("\n");
  assert.is(lines.length, 8);
  assert.match(lines[3] ?? "", /^ {4}\{ "rule": "inject-value-invalid", "object": "Pod\/a in shop", .*\},$/);
  const renamed = text(["a.yaml", "renamed.yaml"]).split("\n");
  assert.equal(
    lines.filter((line, index) => line !== renamed[index]),
    [lines[3]],
  );
});

files("without findings is read back too", () => {
  assert.equal(readBack({ findings: [] }), { findings: [] });
});

files("passes its schema", () => {
  const schema = readFileSync(new URL("../../schemas/baseline.schema.json", import.meta.url), "utf8");
  const validate = new Ajv2020({ allErrors: true }).compile(JSON.parse(schema));
  const [entry] = heldOf({ "a.yaml": pod() }).findings;
  assert.ok(entry);
  const text = baselineText({ findings: [{ ...entry, count: 3, reason: "a", expires: "2026-12-31" }] });
  assert.ok(validate(JSON.parse(text)), JSON.stringify(validate.errors));
  assert.not.ok(validate(JSON.parse(text.replace("2026-12-31", "soon"))));
});

files("written anew keeps reasons and days that were added by hand", () => {
  const result = scanned({ "b.yaml": pod() });
  const [entry] = heldOf({ "a.yaml": pod() }).findings;
  assert.ok(entry);
  const edited = { findings: [{ ...entry, reason: "why", expires: "2026-12-31" }] };
  assert.equal(baselineOf(result.findings, sourcesOf(result), edited).findings, [
    { ...entry, file: "b.yaml", reason: "why", expires: "2026-12-31" },
  ]);
});

files("written anew for some of the paths keeps what it holds of others", () => {
  const held = heldOf({ "a.yaml": pod(), "b.yaml": pod("api") });
  const result = scanned({ "b.yaml": pod("api") });
  const isBeyond = (file: string) => file === "a.yaml";
  assert.equal(baselineOf(result.findings, sourcesOf(result, { isBeyond }), held), held);
});

files("pruned loses what is gone, and nothing else", () => {
  const held = heldOf({ "a.yaml": `${pod()}---\n${pod()}`, "b.yaml": pod("api"), "c.yaml": pod("old") });
  const edited = { findings: held.findings.map((one) => ({ ...one, reason: `for ${one.object}` })) };
  const result = scanned({ "a.yaml": pod(), "b.yaml": pod("api"), "d.yaml": pod("new") });
  const { gone } = compareWith(result.findings, edited, sourcesOf(result));
  assert.equal(
    pruned(edited, gone).findings.map(({ object, count, reason }) => [object, count, reason]),
    [
      ["Pod/api in shop", 1, "for Pod/api in shop"],
      ["Pod/web in shop", 1, "for Pod/web in shop"],
    ],
  );
});

const entryText = '{"rule": "r", "object": "o", "path": "p", "message": "m", "file": "f"}';
const whole = (entry: string) => `{"schema": "sidelint.dev/baseline/v1",\n "findings": [\n${entry}]}`;

for (const [text, at, message] of [
  ["", "1:1", /is empty/],
  ["{", "1:2", /./],
  ["[]", "1:1", /an object with a list of findings/],
  ['{"findings": []}', "1:1", /has no schema/],
  ['{"schema": "v2", "findings": []}', "1:12", /schema cannot be v2/],
  ['{"schema": "sidelint.dev/baseline/v1"}', "1:1", /findings is no list/],
  [whole("3"), "3:1", /findings\[0\] is no object/],
  [whole(entryText.replace("rule", "rul")), "3:2", /unknown key rul in findings\[0\]; did you mean rule\?/],
  [whole(entryText.replace('"rule": "r", ', "")), "3:1", /findings\[0\] has no rule/],
  [whole(entryText.replace('"r"', "1")), "3:10", /findings\[0\]\.rule is no string/],
  [whole(entryText.replace("}", ', "expires": "soon"}')), "3:83", /expires cannot be soon/],
  [whole(entryText.replace("}", ', "count": 0}')), "3:81", /count is no number from 1 on/],
] as const) {
  files(`that is broken is told at its place: ${message.source} (${at})`, () => {
    const reading = readBaseline({ path: "b.json", text });
    assert.not.ok(reading.ok);
    if (reading.ok) return;
    assert.is(`${reading.location.line}:${reading.location.column}`, at);
    assert.match(reading.message, message);
  });
}

files.run();
