/** The facts that are missing, ranked, each with a line for sidelint.yaml that does what it promises. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { memoryTree, type ScanOptions, scan } from "../../src/index.ts";
import { text } from "../../src/report/text.ts";
import { configured, deployment, enabled, type Files, namespace, scanned } from "./scanned.ts";

const missing = suite("missing facts");

const facts = (files: Files, options: ScanOptions = {}) =>
  scanned(files, options).report.summary.missing.map(({ subject, decides, line }) => [
    subject,
    decides,
    line,
  ]);

const line = (pattern: string) => `paths: {${pattern}: {namespace: <namespace>}}`;
const labels = (name: string) => `namespaces: {${name}: {labels: {istio-injection: enabled}}}`;

missing("nothing is missing where everything is decided", () => {
  assert.equal(
    facts({ "a.yaml": deployment("a", "namespace: shop"), "n.yaml": namespace("shop", enabled) }),
    [],
  );
});

missing("a namespace that cannot change the verdict is not missing", () => {
  const host = deployment("a").replace("spec: {containers", "spec: {hostNetwork: true, containers");
  assert.equal(facts({ "a.yaml": host }), []);
});

missing("the fact that decides most comes first, and equal ones by name", () => {
  assert.equal(
    facts({
      "a/1.yaml": deployment("a", "namespace: zoo"),
      "a/2.yaml": deployment("b", "namespace: art"),
      "b/3.yaml": `${deployment("c")}---\n${deployment("d")}`,
      "c/4.yaml": deployment("e"),
    }),
    [
      ["b/**", 2, line("b/**")],
      ["art", 1, labels("art")],
      ["c/**", 1, line("c/**")],
      ["zoo", 1, labels("zoo")],
    ],
  );
});

const lines: readonly (readonly [name: string, files: Files, expect: readonly unknown[], ScanOptions?])[] = [
  ["a file at the top", { "a.yaml": deployment("a") }, ["*.yaml", 1, line("/*.yaml")]],
  ["a JSON file at the top", { "a.json": json() }, ["*.json", 1, line("/*.json")]],
  [
    "a build in a directory, from another",
    { "base/a.yaml": deployment("a"), "prod/kustomization.yaml": "resources: [../base/a.yaml]\n" },
    ["prod/**", 1, line("prod/**")],
  ],
  [
    "a build at the top",
    { "a.yaml": deployment("a"), "kustomization.yaml": "resources: [a.yaml]\n" },
    ["kustomization.yaml", 1, line("/kustomization.yaml")],
  ],
  [
    "a directory with signs that patterns give a meaning",
    { "[x] !/a.yaml": deployment("a") },
    ["[x] !/**", 1, line('"\\\\[x\\\\] \\\\!/**"')],
  ],
  [
    "a namespace that YAML takes for a boolean",
    { "a.yaml": deployment("a", 'namespace: "on"') },
    ["on", 1, labels('"on"')],
  ],
  [
    "a namespace that YAML takes for a number",
    { "a.yaml": deployment("a", 'namespace: "1"') },
    ["1", 1, labels('"1"')],
  ],
  [
    "a configuration in a subdirectory, which patterns are relative to",
    { "team/apps/a.yaml": deployment("a"), "team/sidelint.yaml": "{}\n" },
    ["team/apps/**", 1, line("apps/**")],
    { configPath: "team/sidelint.yaml" },
  ],
];

for (const [name, files, expect, options] of lines) {
  missing(`the line for ${name}`, () => assert.equal(facts(files, options), [expect]));

  missing(`the line for ${name} decides`, () => {
    const [fact] = scanned(files, options).report.summary.missing;
    const config = configured((fact?.line ?? "").replace("<namespace>", "shop"));
    const { report } = scan(memoryTree(files), { ...options, config });
    if (fact?.what === "namespace") assert.is(report.workloads[0]?.namespace, "shop");
    else assert.is(report.workloads[0]?.verdict, "injected");
  });
}

missing("the line for the top covers no directory", () => {
  const files = { "a.yaml": deployment("a"), "apps/b.yaml": deployment("b") };
  const config = configured(line("/*.yaml").replace("<namespace>", "shop"));
  const { report } = scan(memoryTree(files), { config });
  assert.equal(
    report.workloads.map(({ namespace: name }) => name),
    ["shop", null],
  );
});

missing("the line for a configuration above the working directory", () => {
  const tree = { ...memoryTree({ "apps/a.yaml": deployment("a") }), root: "/repo/team" };
  const { report } = scan(tree, { configPath: "../sidelint.yaml" });
  assert.is(report.summary.missing[0]?.line, line("team/apps/**"));
});

const revision = (...names: readonly string[]) =>
  `istio: {revisions: [${["default", ...names].map((name) => `{name: ${name}}`).join(", ")}]}`;
const asking = (name: string) => namespace("shop", `istio.io/rev: ${name}`);
const shop = { "a.yaml": deployment("a", "namespace: shop") };

missing("a revision that nobody shows is a fact, and its line decides", () => {
  const files = { ...shop, "n.yaml": asking("1-28-1") };
  assert.equal(facts(files), [["1-28-1", 1, revision("1-28-1")]]);
  const { report } = scan(memoryTree(files), { config: configured(revision("1-28-1")) });
  assert.is(report.workloads[0]?.verdict, "injected");
});

missing("what cannot be a namespace is no fact: a template, a placeholder", () => {
  for (const name of ["${NAMESPACE}", "<namespace>", "NAMESPACE", "…", "$(ns)"])
    assert.equal(facts({ "a.yaml": deployment("a", `namespace: "${name}"`) }), [], name);
});

const configurationOf = (files: Files) => scanned(files).report.summary.configuration;

missing(
  "all facts make one configuration, which decides everything once the placeholders are filled in",
  () => {
    const files = {
      "a/1.yaml": deployment("a", "namespace: zoo"),
      "a/2.yaml": deployment("b", "namespace: art"),
      "b/3.yaml": `${deployment("c")}---\n${deployment("d")}`,
      "c/4.yaml": deployment("e"),
      "d/5.yaml": deployment("f", "namespace: shop"),
      "d/6.yaml": deployment("g", "namespace: other", "istio.io/rev: canary"),
      "n.yaml": `${asking("1-28-1")}---\n${namespace("other")}`,
    };
    const text = configurationOf(files);
    assert.is(
      text,
      `istio:
  revisions: [{name: default}, {name: 1-28-1}, {name: canary}]  # decides 2
# or one namespace for all of these paths, which decides 3 with its labels:
# defaultNamespace: <namespace>
paths:
  b/**: {namespace: <namespace>}  # decides 2 with its labels
  c/**: {namespace: <namespace>}  # decides 1 with its labels
namespaces:
  art: {labels: {istio-injection: enabled}}  # decides 1
  zoo: {labels: {istio-injection: enabled}}  # decides 1
`,
    );
    const config = configured(text.replaceAll("<namespace>", "zoo"));
    const { report } = scan(memoryTree(files), { config });
    assert.is(report.summary.workloads.unknown, 0);
    assert.is(report.summary.configuration, "");
  },
);

missing("the configuration of facts with names that YAML reads otherwise", () => {
  const text = configurationOf({
    "[x] !/a.yaml": deployment("a"),
    "b.yaml": deployment("a", 'namespace: "1"'),
  });
  const config = configured(text.replace("<namespace>", "shop"));
  assert.equal(
    [Object.keys(config.paths ?? {}), Object.keys(config.namespaces ?? {})],
    [["\\[x\\] \\!/**"], ["1"]],
  );
});

missing("of a namespace that is labelled in two ways it is told where", () => {
  const files = {
    "a/ns.yaml": namespace("shop", enabled),
    "b/ns.yaml": namespace("shop"),
    "web.yaml": deployment("a", "namespace: shop"),
  };
  const { report } = scanned(files);
  assert.equal(report.summary.missing[0]?.places, ["a/ns.yaml:3:24", "b/ns.yaml:3:24"]);
  const shown = text(report, { colour: false, width: 80, quiet: false, milliseconds: 0, textOf: () => "" });
  assert.match(
    shown,
    "namespaces:\n  # shop is labelled differently in a/ns.yaml:3:24, b/ns.yaml:3:24\n  shop: {labels",
  );
});

missing("no pattern reaches what lies outside of the configuration's directory", () => {
  const files = { "conf/a.yaml": deployment("a"), "b.yaml": deployment("b") };
  assert.equal(facts(files, { configPath: "conf/sidelint.yaml" }), [["conf/**", 1, line("/**")]]);
});

function json(): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "a" },
    spec: { containers: [{ name: "a", image: "b" }] },
  });
}

missing.run();
