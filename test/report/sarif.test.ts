/** SARIF logs: valid by the schema, with places that are exact in characters and in bytes, within what code scanning takes. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { Ajv } from "ajv";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Finding } from "../../src/lint/finding.ts";
import type { Report } from "../../src/report/report.ts";
import { codeScanning, sarif } from "../../src/report/sarif.ts";
import { findingOn, showing } from "./documents.ts";
import { empty, report } from "./sample.ts";

const {
  $schema: _,
  id: __,
  ...schema
} = JSON.parse(readFileSync(new URL("sarif-2.1.0-rtm.5.json", import.meta.url), "utf8"));
// What the standard's last erratum asks for besides.
schema.definitions.region.anyOf = ["startLine", "charOffset", "byteOffset"].map((one) => ({
  required: [one],
}));
const validate = new Ajv({
  strict: false,
  // The schema's patterns are older than the flag.
  unicodeRegExp: false,
  allErrors: true,
  formats: {
    uri: (text: string) => URL.canParse(text),
    "uri-reference": (text: string) =>
      /^[\w\-.~:/?#[\]@!$&'()*+,;=%]*$/.test(text) && URL.canParse(text, "x://y/"),
    "date-time": (text: string) => !Number.isNaN(Date.parse(text)),
  },
}).compile(schema);

interface Region {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly charOffset: number;
  readonly charLength: number;
  readonly byteOffset: number;
  readonly byteLength: number;
  readonly snippet?: { readonly text: string };
}

/** The only run of a log that passes the schema. */
function runOf(text: string) {
  const log = JSON.parse(text);
  const isValid: boolean = validate(log);
  assert.ok(isValid, JSON.stringify(validate.errors?.slice(0, 3)));
  assert.is(log.runs.length, 1);
  return log.runs[0];
}

function found(findings: readonly Finding[], more: Partial<Report> = {}): Report {
  return { ...empty, findings, ...more };
}

const pod = `apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
  annotations:
    note: "Grüße 🚢"
    sidecar.istio.io/proxyCPU: 100m
`;

const logs = suite("sarif");

logs("a log is valid, and says of each finding what, how grave, where and whom", () => {
  const run = runOf(sarif(report, showing({})));
  assert.is(run.results.length, 3);
  const [first] = run.results;
  assert.is(first.ruleId, "proxy-cpu-limit-missing");
  assert.is(run.tool.driver.rules[first.ruleIndex].id, first.ruleId);
  assert.is(first.level, "error");
  assert.match(first.message.text, /^proxyCPU is set.*\nfix: add .*\nDeployment\/web in shop/);
  assert.equal(first.locations[0].physicalLocation.artifactLocation, {
    uri: "apps/web.yaml",
    uriBaseId: "%SRCROOT%",
  });
  assert.equal(first.locations[0].logicalLocations[0], {
    fullyQualifiedName: "Deployment/web in shop",
    kind: "resource",
  });
  assert.equal(run.properties.workloads, report.summary.workloads);
});

logs("a log without findings is valid", () => assert.equal(runOf(sarif(empty, showing({}))).results, []));

logs("what is worth knowing is a note", () => {
  const shown = showing({ "a.yaml": pod });
  const run = runOf(sarif(found([findingOn(shown, "a.yaml", "web", { severity: "info" })]), shown));
  assert.is(run.results[0].level, "note");
});

const bytesOf = (text: string) => new TextEncoder().encode(text);
const stored: Readonly<Record<string, Uint8Array>> = {
  "UTF-8": bytesOf(pod),
  "UTF-8 with a mark": bytesOf(`\ufeff${pod}`),
  "lines that end in CR LF": bytesOf(pod.replaceAll("\n", "\r\n")),
  "lines that end in CR": bytesOf(pod.replaceAll("\n", "\r")),
  "UTF-16": new Uint8Array(Buffer.from(`\ufeff${pod}`, "utf16le")),
  "a long file": bytesOf(`# ${"ü🚢".repeat(5000)}\n${pod}`),
};

for (const [name, bytes] of Object.entries(stored)) {
  logs(`regions of ${name} are the same place in lines, characters and bytes`, () => {
    const shown = showing({ "a.yaml": bytes });
    const pieces = ["kind: Pod", '"Grüße 🚢"', "sidecar.istio.io/proxyCPU: 100m", "note"];
    const findings = pieces.map((piece) => findingOn(shown, "a.yaml", piece));
    const { results, columnKind } = runOf(sarif(found(findings), shown));
    assert.is(columnKind, "utf16CodeUnits");
    const text = shown.textOf("a.yaml") ?? "";
    const decoder = new TextDecoder(name === "UTF-16" ? "utf-16le" : "utf-8");
    const seen = results.map((one: { locations: { physicalLocation: { region: Region } }[] }) => {
      const region = one.locations[0]?.physicalLocation.region;
      assert.ok(region);
      const { charOffset, charLength, byteOffset, byteLength, startLine, startColumn, endColumn } = region;
      const piece = text.slice(charOffset, charOffset + charLength);
      assert.is(decoder.decode(bytes.subarray(byteOffset, byteOffset + byteLength)), piece);
      assert.is(region.snippet?.text, piece);
      const line = text.split(/\r\n|\n|\r/)[startLine - 1] ?? "";
      assert.is(line.slice(startColumn - 1, endColumn - 1), piece);
      return piece;
    });
    assert.equal(seen.sort(), pieces.sort());
  });
}

logs("fixes are replacements that can be applied to the bytes of the file", () => {
  const bytes = stored["UTF-8 with a mark"] ?? new Uint8Array();
  const shown = showing({ "a.yaml": bytes });
  const text = shown.textOf("a.yaml") ?? "";
  const finding = findingOn(shown, "a.yaml", "100m", { help: "write 200m, and a limit" });
  const file = { path: "a.yaml", text };
  const edits = [
    { file, start: finding.location.start, end: finding.location.end, text: "200m" },
    { file, start: text.length, end: text.length, text: '    sidecar.istio.io/proxyCPULimit: "2"\n' },
  ];
  const fixes = new Map([[finding, { safety: "unsafe" as const, edits }]]);
  const [{ fixes: told }] = runOf(sarif(found([finding], { fixes }), shown)).results;
  assert.is(told[0].description.text, "write 200m, and a limit");
  assert.is(told[0].properties.safety, "unsafe");
  const [{ replacements }] = told[0].artifactChanges;
  let after = Buffer.from(bytes);
  for (const { deletedRegion: at, insertedContent } of replacements.toReversed()) {
    const rest = after.subarray(at.byteOffset + at.byteLength);
    after = Buffer.concat([after.subarray(0, at.byteOffset), Buffer.from(insertedContent.text), rest]);
  }
  const expected = pod.replace("100m\n", '200m\n    sidecar.istio.io/proxyCPULimit: "2"\n');
  assert.is(after.toString("utf8"), `\ufeff${expected}`);
});

logs("a fingerprint stays when lines move, and differs between equal findings of a file", () => {
  const printsOf = (text: string, ...pieces: readonly string[]) => {
    const shown = showing({ "a.yaml": text });
    const { results } = runOf(sarif(found(pieces.map((piece) => findingOn(shown, "a.yaml", piece))), shown));
    return results.map((one: { partialFingerprints: { primaryLocationLineHash: string } }) => {
      const { primaryLocationLineHash: print } = one.partialFingerprints;
      assert.match(print, /^[0-9a-f]{16}:\d+$/);
      return print;
    });
  };
  const before = printsOf(pod, "100m");
  assert.equal(printsOf(`# a comment\n\n${pod.replace("100m", "'100m'")}`, "'100m'"), before);
  assert.equal(printsOf(pod, "100m", "100m")[0], before[0]);
  assert.is(new Set(printsOf(pod, "100m", "100m", "Pod")).size, 3);
});

logs("what is suppressed is told as such, and left out for code scanning", () => {
  const shown = showing({ "a.yaml": pod });
  const suppressed = [
    {
      finding: findingOn(shown, "a.yaml", "100m"),
      kind: "comment",
      reason: "the quota",
      place: "a.yaml:7:5",
    },
    { finding: findingOn(shown, "a.yaml", "web"), kind: "config", reason: null, place: "sidelint.yaml:3:5" },
  ] as const;
  const { results } = runOf(sarif(found([], { suppressed }), shown));
  assert.equal(
    results.map((one: { suppressions: { kind: string; justification?: string }[] }) => [
      one.suppressions[0]?.kind,
      one.suppressions[0]?.justification,
    ]),
    [
      ["inSource", "the quota"],
      ["external", undefined],
    ],
  );
  assert.is(results[0].suppressions[0].location.physicalLocation.region.startLine, 7);
  assert.equal(runOf(codeScanning(found([], { suppressed }), shown)).results, []);
});

logs("rules come with their level, help as text and as Markdown", () => {
  const rule = {
    severity: "warning" as const,
    summary: "a thing is wrong",
    why: "Because *so*.\n\nAnd more.\n",
    fix: "Do it.\n",
    bad: [{ manifest: "a: 1\n# ```` \n" }],
    good: [{ manifest: "a: 2\n" }],
  };
  const shown = { ...showing({ "a.yaml": pod }), ruleOf: () => rule };
  const [told] = runOf(sarif(found([findingOn(shown, "a.yaml", "web")]), shown)).tool.driver.rules;
  assert.is(told.defaultConfiguration.level, "warning");
  assert.is(told.shortDescription.text, "a thing is wrong");
  assert.is(told.fullDescription.text, "Because *so*. And more.");
  assert.match(told.help.text, "Fix: Do it.");
  assert.match(told.help.markdown, "## Bad\n\n`````yaml\na: 1\n# ````");
});

logs("odd paths are URIs, and a message is no link", () => {
  const paths = ["a b/ü#?.yaml", "/tmp/x.yaml", "C:/x.yaml", "a:b.yaml", "../up.yaml", "lone\udc80.yaml"];
  const shown = showing(Object.fromEntries(paths.map((path) => [path, pod])));
  const findings = paths.map((path) => findingOn(shown, path, "web", { message: "see [here](1) \u202e" }));
  const { results } = runOf(sarif(found(findings), shown));
  const uris = results.map(
    (one: { locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }) =>
      one.locations[0]?.physicalLocation.artifactLocation.uri,
  );
  assert.equal(uris.sort(), [
    "../up.yaml",
    "a%20b/%C3%BC%23%3F.yaml",
    "a%3Ab.yaml",
    "file:///C%3A/x.yaml",
    "file:///tmp/x.yaml",
    "lone%EF%BF%BD.yaml",
  ]);
  assert.match(results[0].message.text, "see \\[here\\](1)");
});

logs("at most 25,000 results, the gravest kept, in 10 MB when compressed, and what was cut is said", () => {
  const files = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [
      `apps/${index * 7919}/web.yaml`,
      pod.replace("web", `w${index}`),
    ]),
  );
  const shown = showing(files);
  const paths = Object.keys(files);
  const findings = Array.from({ length: 26_000 }, (_, index) =>
    findingOn(shown, paths[index % paths.length] ?? "", "100m", {
      severity: index >= 25_990 ? "error" : "warning",
      message: `number ${Math.sin(index)} is too much for ${Math.cos(index)}`,
      workloads: [`Deployment/${index} in shop`],
    }),
  );
  const text = sarif(found(findings), shown);
  const { results, invocations } = JSON.parse(text).runs[0];
  assert.is(results.length, 25_000);
  assert.is(results.filter(({ level }: { level: string }) => level === "error").length, 10);
  assert.match(
    invocations[0].toolExecutionNotifications[0].message.text,
    /^25,000 of 26,000 results are here/,
  );
  assert.ok(gzipSync(text, { level: 6 }).length < 10_000_000);
  const alerts = runOf(codeScanning(found(findings), shown));
  assert.is(alerts.results.length, 5_000);
  assert.is(alerts.results.filter(({ level }: { level: string }) => level === "error").length, 10);
  assert.match(
    alerts.invocations[0].toolExecutionNotifications[0].message.text,
    /^5,000 of 26,000 results are here/,
  );
});

logs("one place a result, few tags a rule, no more rules than are told, and short descriptions", () => {
  const workloads = Array.from({ length: 3_000 }, (_, index) => `Deployment/${index} in shop`);
  const shown = showing({ "a.yaml": pod });
  const rule = {
    severity: "error",
    summary: "s",
    why: "w ".repeat(5_000),
    fix: "f",
    bad: [],
    good: [],
  } as const;
  const run = runOf(
    codeScanning(found([findingOn(shown, "a.yaml", "100m", { workloads })]), {
      ...shown,
      ruleOf: () => rule,
    }),
  );
  assert.is(run.results[0].locations.length, 1);
  assert.ok(run.results[0].locations[0].logicalLocations.length <= 100);
  assert.is(run.tool.driver.rules.length, 1);
  const [{ properties, fullDescription, shortDescription }] = run.tool.driver.rules;
  assert.ok(properties.tags.length <= 10);
  assert.ok(fullDescription.text.length <= 1024 && shortDescription.text.length <= 1024);
});

logs("long messages are too much before 25,000 of them are", () => {
  const shown = showing({ "a.yaml": pod });
  const message = "x".repeat(100_000);
  const findings = Array.from({ length: 500 }, () => findingOn(shown, "a.yaml", "100m", { message }));
  const { results, invocations } = JSON.parse(sarif(found(findings), shown)).runs[0];
  assert.ok(results.length > 300 && results.length < 400, String(results.length));
  assert.match(invocations[0].toolExecutionNotifications[0].message.text, " of 500 results are here");
});

logs.run();
