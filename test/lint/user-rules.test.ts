/** Files with rules: which are read, how YAML in them is taken, where faults stand, and hostile ones. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ruleTemplate } from "../../src/cli/rules-new.ts";
import { configuredRules, type RuleReading, readRuleFile } from "../../src/lint/user-rules.ts";
import { memoryTree } from "../../src/source/tree.ts";

const rule = (id: string) => ruleTemplate(id);

function read(
  files: Readonly<Record<string, string>>,
  rules: readonly string[],
  isOutside = (_: string) => false,
) {
  return configuredRules(memoryTree(files), { rules }, { base: ".", locate: () => undefined, isOutside });
}

const ids = ({ rules }: RuleReading) => rules.map(({ rule: { id } }) => id);
const problems = (text: string) =>
  readRuleFile({ path: "r.yaml", text }).problems.map(
    ({ message, location }) => `${location?.line}:${location?.column} ${message}`,
  );

const files = suite("files with rules");

files("of a directory all YAML files below it, in order, but for hidden ones and node_modules", () => {
  const reading = read(
    {
      "p/b.yaml": rule("acme/b"),
      "p/a/c.yml": `${rule("acme/c")}---\n${rule("acme/d")}`,
      "p/README.md": "# no rule",
      "p/.git/x.yaml": "no: rule",
      "p/node_modules/x/y.yaml": "no: rule",
    },
    ["p"],
  );
  assert.equal(reading.problems, []);
  assert.equal(ids(reading), ["acme/c", "acme/d", "acme/b"]);
});

files("a file that is named twice is read once", () => {
  assert.equal(ids(read({ "p/a.yaml": rule("acme/a") }, ["p", "p/a.yaml", "./p"])), ["acme/a"]);
});

files("what lies outside of the repository is not read, a link below a directory among it", () => {
  const reading = read(
    { "p/a.yaml": rule("acme/a"), "p/out.yaml": "broken: [" },
    ["p"],
    (path) => path === "p/out.yaml",
  );
  assert.equal([ids(reading), reading.problems], [["acme/a"], []]);
  const [problem] = read({ "p/a.yaml": "" }, ["p"], () => true).problems;
  assert.match(problem?.message ?? "", /outside of the repository/);
});

for (const [name, tree, message] of [
  ["nothing there", { "x.yaml": "" }, "there are no rules in p: no such file or directory"],
  ["an empty directory", { "p/x.txt": "" }, "there are no rules in p"],
  ["an empty file", { "p/x.yaml": "# nothing\n" }, "p/x.yaml holds no rule"],
  [
    "a large file",
    { "p/x.yaml": `a: ${"x".repeat(1_000_001)}` },
    "p/x.yaml has more than 1000000 bytes, too many for rules",
  ],
] as const) {
  files(`told: ${name}`, () => {
    assert.equal(
      read(tree, ["p"]).problems.map((one) => one.message),
      [message],
    );
  });
}

files.run();

const texts = suite("texts of rules");

texts("on and off are words, in every style and with any line end", () => {
  const text = rule("acme/a").replace(
    "config: {namespaces",
    "config: {rules: {verdict-unknown: off}, namespaces",
  );
  for (const variant of [
    text,
    text.replaceAll("\n", "\r\n"),
    text.replace("on: workload", '"on": workload'),
  ]) {
    const { rules, problems: found } = readRuleFile({ path: "r.yaml", text: variant });
    assert.equal(found, []);
    const [one] = rules;
    assert.is(one?.rule.checks[0]?.on, "workload");
    assert.equal(JSON.parse(JSON.stringify(one?.file.bad[0]?.config)).rules, { "verdict-unknown": "off" });
  }
});

texts("a parameter cannot have a name that YAML takes for a boolean", () => {
  const text = rule("acme/a")
    .replaceAll("label: {type", "n: {type")
    .replaceAll("parameters.label", "parameters.n");
  assert.equal(problems(text), ["9:3 parameters cannot have the key n"]);
});

for (const [name, change, found] of [
  ["nothing to do", "{}", ["22:29 edits[0].do[0] does nothing"]],
  ["a value is missing", "{set: pod.labels.x}", ["22:29 edits[0].do[0] has no value"]],
  ["a key is missing", "{rename: pod.labels.x}", ["22:29 edits[0].do[0] has no key"]],
  ["a target is missing", "{move: pod.labels.x}", ["22:29 edits[0].do[0] has no to"]],
  ["two in one", "{quote: pod.name, remove: pod.labels.x}", ["22:47 edits[0].do[0] has quote and remove"]],
  ["text", "uninject", ["22:29 edits[0].do[0] is a string, not a mapping"]],
  ["an unknown key", "{run: uninject, wen: x}", ["22:45 unknown key wen in edits[0].do[0]"]],
] as const) {
  texts(`an operation of a fix is told in one sentence: ${name}`, () => {
    const text = rule("acme/a").replace(/help: .*/, `edits: [{safety: safe, do: [${change}]}]`);
    assert.equal(problems(text), found);
  });
}

texts("a typo in each gives no faults besides, where items are used", () => {
  for (const each of ["pod.prots", "pod.ports.filter(p, p.number == 1", "pod.ports = 1"]) {
    const text = rule("acme/a")
      .replace(/when: .*/, `each: ${each}`)
      .replace("at: pod.labels", "at: 'pod.labels[item.name]'")
      .replace(/message: .*/, 'message: "{item.name}"')
      .replace(/help: .*/, "edits: [{safety: safe, do: [{remove: 'pod.labels[item.name]'}]}]");
    assert.equal(
      problems(text).map((one) => one.split(" ")[1]),
      ["each:"],
    );
  }
});

for (const [releases, found] of [
  ['since: "1.99"', ["22:8 since cannot be 1.99: there is no such release of Istio"]],
  ['until: "1.5"', ["22:8 until cannot be 1.5: there is no such release of Istio"]],
  ['since: "1.26"\nuntil: "1.9"', ["22:8 since 1.26 is after until 1.9: no release is between them"]],
  ['since: "1.9"\nuntil: "1.26"', []],
] as const) {
  texts(`releases of a rule: ${JSON.stringify(releases)}`, () => {
    assert.equal(problems(rule("acme/a").replace(/help: .*/, releases)), found);
  });
}

texts("a broken id gets one that is good, and an expression no quotes that would not help", () => {
  const hint = (text: string) => readRuleFile({ path: "r.yaml", text }).problems.map((one) => one.hint);
  assert.match(
    hint(rule("acme/a").replace("id: acme/a", "id: acme/No_latest"))[0] ?? "",
    /: acme\/no-latest$/,
  );
  assert.match(hint(rule("acme/a").replace(/help: .*/, "group: true"))[0] ?? "", /^an expression/);
});

texts("a document that is no rule is told once a file, with the file's name", () => {
  for (const [text, message] of [
    ["- a\n- b\n", "r.yaml holds no rule: it is a list"],
    ["text", "r.yaml holds no rule: it is text"],
    [
      "apiVersion: v1\nkind: Service\n---\napiVersion: v1\nkind: Secret\n",
      "r.yaml holds no rule: it is a Service",
    ],
    ["apiVersion: x/v1\nkind: Ingress\n", "r.yaml holds no rule: it is an Ingress"],
    ["x: y", "r.yaml holds no rule: it is a mapping without id and severity"],
  ] as const) {
    assert.equal(problems(text), [`undefined:undefined ${message}`]);
  }
});

texts("a rule has one place for its checks", () => {
  const text = rule("acme/a").replace("on: workload", "checks: [{on: workload, message: m}]\non: workload");
  assert.equal(problems(text), ["16:1 a rule with checks has on and message there, not beside them"]);
});

for (const [name, change, found] of [
  ["plain", "when: pod.lables == 1", ["18:11 when: a Pod has no lables (did you mean labels?)"]],
  ["quoted", 'when: "pod.lables == 1"', ["18:12 when: a Pod has no lables (did you mean labels?)"]],
  [
    "an escape before it",
    'when: "\\"a\\" == pod.lables"',
    ["18:21 when: a Pod has no lables (did you mean labels?)"],
  ],
  [
    "literal",
    "when: |\n  true &&\n  pod.lables == 1",
    ["20:7 when: a Pod has no lables (did you mean labels?)"],
  ],
  ["syntax", "when: pod.labels == ", ["18:20 when: the expression ends too early"]],
  ["another type", "when: pod.labels.size()", ["18:7 when: it must be a bool, and is a int"]],
  [
    "no parameter",
    "when: parameters.lable == ''",
    ["18:18 when: the rule has no parameter lable (did you mean label?)"],
  ],
  [
    "four loops",
    `when: ${"pod.ports.exists(a, ".repeat(4)}true${")".repeat(4)}`,
    ["18:7 when: 4 loops inside one another; at most 3 are run"],
  ],
  ["a brace", "when: 'true'\nhelp: 'x {'", ["19:10 help: the brace at character 3 is not closed"]],
] as const) {
  texts(`a fault stands at its character: ${name}`, () => {
    const text = rule("acme/a")
      .replace(/when: .*/, change.replaceAll("$", "$$$$"))
      .replace(/help: "add.*\n/, "");
    assert.equal(problems(text), found);
  });
}

texts("places have faults of their own", () => {
  const at = (text: string) => problems(rule("acme/a").replace("at: pod.labels", text));
  assert.equal(at("at: [pod.labels, 'pod.containers[pod.lables]']"), [
    "20:38 at: a Pod has no lables (did you mean labels?)",
  ]);
  assert.equal(at("at: ns.labels"), ["20:5 at: ns is no place of a workload: it starts at pod or workload"]);
});

texts("hostile files are told, and quickly", () => {
  const started = performance.now();
  const laughs = [
    "a: &a0 [x]",
    ...Array.from({ length: 30 }, (_, n) => `b${n}: &a${n + 1} [*a${n}, *a${n}]`),
  ].join("\n");
  for (const text of [
    laughs,
    `${"[".repeat(5000)}`,
    `id: ${"a".repeat(100_000)}`,
    rule("acme/a").replace(/when: .*/, `when: ${"(".repeat(5000)}true${")".repeat(5000)}`),
    rule("acme/a").replace(/when: .*/, `when: ${Array.from({ length: 5000 }, () => "true").join(" && ")}`),
    rule("acme/a").replace(/message: .*/, `message: "${"{".repeat(4999)}"`),
    "\u0000",
    "- a\n- b\n",
    "text",
  ]) {
    assert.ok(problems(text).length > 0, text.slice(0, 40));
  }
  assert.ok(performance.now() - started < 5000);
});

texts.run();
