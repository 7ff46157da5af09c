/** What a run makes of rules: order, severities, groups, equal findings, failures. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { memoryTree, scan } from "../../src/index.ts";
import { type Check, type Rule, type RuleCore, ruleOf } from "../../src/lint/rule.ts";
import { type LintOptions, lint } from "../../src/lint/run.ts";
import { type RuleSettings, settingsOf } from "../../src/lint/settings.ts";

const pod = (name: string, extra = "") => `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  namespace: shop${extra}
spec:
  containers:
    - name: web
      image: shop/web:1
`;

function run(files: Readonly<Record<string, string>>, options: LintOptions) {
  const { world } = scan(memoryTree(files));
  return lint(world, [], options).map(({ rule, severity, message, location, workloads, help }) => ({
    rule,
    severity,
    message,
    at: `${location.file}:${location.line}:${location.column}`,
    workloads,
    help,
  }));
}

function rule(
  id: string,
  check: Partial<Check> & { readonly message: string },
  more: Partial<Rule> = {},
): Rule {
  const checks = [{ on: "workload", ...check } as const];
  return {
    id,
    severity: "info",
    aliases: [],
    since: undefined,
    until: undefined,
    summary: id,
    checks,
    ...more,
  };
}

const test = suite("lint");

test("findings come by file, position and rule", () => {
  const rules = [rule("b", { message: "b" }), rule("a", { message: "a" })];
  const found = run({ "z.yaml": pod("z"), "a.yaml": `${pod("one")}---\n${pod("two")}` }, { rules });
  assert.equal(
    found.map(({ rule, at }) => `${at} ${rule}`),
    ["a.yaml:4:3 a", "a.yaml:4:3 b", "a.yaml:14:3 a", "a.yaml:14:3 b", "z.yaml:4:3 a", "z.yaml:4:3 b"],
  );
});

test("a severity is set by id or by code, the id wins, and off is off", () => {
  const rules = [rule("one", { message: "m" }, { aliases: ["IST0001"] })];
  const severity = (set: RuleSettings["rules"] & object) =>
    run({ "a.yaml": pod("a") }, { rules, settings: settingsOf({ rules: set }) }).map(
      (finding) => finding.severity,
    );
  assert.equal(severity({}), ["info"]);
  assert.equal(severity({ IST0001: "error" }), ["error"]);
  assert.equal(severity({ IST0001: "error", one: "warning" }), ["warning"]);
  assert.equal(severity({ IST0001: "off" }), []);
});

test("a group counts the builds of a workload, and names it once", () => {
  const build = "resources: [../base]\n";
  const files = {
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "base/web.yaml": pod("web"),
    "one/kustomization.yaml": build,
    "two/kustomization.yaml": build,
  };
  const rules = [rule("g", { group: "ns.name", message: '{counted(count, "workload")}' })];
  const [found] = lint(scan(memoryTree(files)).world, [], { rules });
  assert.equal([found?.message, found?.count, found?.workloads], ["2 workloads", 2, ["Pod/web in shop"]]);
});

test("groups are one finding at their first place, which counts and names all workloads", () => {
  const rules = [rule("g", { group: "ns.name", message: '{counted(count, "workload")} in {ns.name}' })];
  const found = run({ "b.yaml": pod("b"), "a.yaml": pod("a") }, { rules });
  assert.equal(found, [
    {
      rule: "g",
      severity: "info",
      message: "2 workloads in shop",
      at: "a.yaml:4:3",
      workloads: ["Pod/a in shop", "Pod/b in shop"].sort(),
      help: undefined,
    },
  ]);
});

test("the same finding in several overlays is one that names each workload", () => {
  const overlay = (namespace: string) => `namespace: ${namespace}\nresources: [../base]\n`;
  const rules = [rule("one", { at: "pod.containers[0].image", message: "image {pod.containers[0].image}" })];
  const found = run(
    {
      "base/kustomization.yaml": "resources: [pod.yaml]\n",
      "base/pod.yaml": pod("web"),
      "dev/kustomization.yaml": overlay("dev"),
      "prod/kustomization.yaml": overlay("prod"),
    },
    { rules },
  );
  assert.equal(
    found.map(({ at, workloads }) => [at, workloads]),
    [["base/pod.yaml:9:7", ["Pod/web in dev", "Pod/web in prod"]]],
  );
});

test("the first place that is written counts, and without any the name of the object", () => {
  const places = (at: string | string[]) =>
    run({ "a.yaml": pod("a", "\n  labels: {x: y}") }, { rules: [rule("p", { at, message: "m" })] }).map(
      (finding) => finding.at,
    );
  assert.equal(places(["pod.annotations.none", 'pod.labels["x"]', "workload.kind"]), ["a.yaml:6:12"]);
  assert.equal(places("pod.annotations.none"), ["a.yaml:4:3"]);
  assert.equal(places("workload.kind"), ["a.yaml:2:1"]);
});

test("each gives a finding an element, needs and releases pass over", () => {
  const one = (check: Partial<Check>, more: Partial<Rule> = {}) =>
    run(
      { "a.yaml": pod("a", "\n  labels: {x: y}") },
      { rules: [rule("e", { message: "{string(1)}", ...check }, more)] },
    ).map(({ message }) => message);
  assert.equal(one({ each: '["b", "c"]', message: "see {item}" }), ["see b", "see c"]);
  assert.equal(one({ each: "pod.containers", message: "{item.name}" }), ["web"]);
  assert.equal(one({ needs: { keys: ["x"] } }), ["1"]);
  assert.equal(one({ needs: { keys: ["y"] } }), []);
  assert.equal(one({ needs: { keys: ["y"], containers: ["web"] } }), ["1"]);
  assert.equal(one({}, { since: "1.12" }), ["1"]);
  assert.equal(one({}, { since: "1.99" }), []);
  assert.equal(one({}, { until: "1.12" }), []);
});

test("a rule that does not compile or fails is told once, and the others go on", () => {
  const rules = [
    rule("typo", { when: "pod.lables.size() > 0", message: "m" }),
    rule("fails", { message: '{pod.labels["none"]}' }),
    rule("fine", { message: "m" }),
  ];
  const found = run({ "a.yaml": pod("a"), "b.yaml": pod("b") }, { rules });
  assert.equal(
    found.map(({ rule, severity, message }) => `${rule} ${severity} ${message}`),
    [
      "fine info m",
      "rule-failed error the rule fails could not be evaluated here: message: there is no key none",
      "rule-failed error the rule typo could not be evaluated here: when: a Pod has no lables (did you mean labels?)",
      "fine info m",
    ],
  );
});

test("a check has a severity that its findings do not pass, the rule's setting may be less", () => {
  const two = rule("two", { message: "much" }, { severity: "error" });
  const rules = [
    { ...two, checks: [...two.checks, { on: "workload", message: "less", severity: "warning" } as const] },
  ];
  const found = (set: RuleSettings["rules"] & object) =>
    run({ "a.yaml": pod("a") }, { rules, settings: settingsOf({ rules: set }) }).map(
      ({ severity, message }) => `${message} ${severity}`,
    );
  assert.equal(found({}), ["less warning", "much error"]);
  assert.equal(found({ two: "warning" }), ["less warning", "much warning"]);
  assert.equal(found({ two: "info" }), ["less info", "much info"]);
});

test("one thing that is graded differently in two namespaces is two findings", () => {
  const overlay = (namespace: string) => `namespace: ${namespace}\nresources: [../base]\n`;
  for (const covered of [{ namespaces: ["dev"] }, { paths: ["dev/**"] }, { paths: ["/dev"] }]) {
    const settings = settingsOf({ overrides: [{ ...covered, rules: { one: "error" } }] });
    const found = run(
      {
        "base/kustomization.yaml": "resources: [pod.yaml]\n",
        "base/pod.yaml": pod("web"),
        "dev/kustomization.yaml": overlay("dev"),
        "prod/kustomization.yaml": overlay("prod"),
      },
      { rules: [rule("one", { message: "m" })], settings },
    );
    assert.equal(found.map(({ severity, workloads }) => [severity, workloads]).sort(), [
      ["error", ["Pod/web in dev"]],
      ["info", ["Pod/web in prod"]],
    ]);
  }
});

test("a rule sees its parameters, typed", () => {
  const file: RuleCore = {
    id: "acme/p",
    severity: "info",
    summary: "p",
    on: "workload",
    parameters: {
      least: { type: "int", default: 3, description: "least" },
      names: { type: "list", default: ["web"], description: "names" },
    },
  };
  const told = (message: string, set: RuleSettings["rules"] & object = {}) =>
    run(
      { "a.yaml": pod("a") },
      { rules: [ruleOf({ ...file, message })], settings: settingsOf({ rules: set }) },
    )[0]?.message;
  assert.is(told("{parameters.least + 1} {parameters.names}"), "4 web");
  assert.is(told("{parameters.least}", { "acme/p": { parameters: { least: 7 } } }), "7");
  assert.match(told("{parameters.lest}") ?? "", /the rule has no parameter lest/);
  assert.match(told('{parameters.least + ""}') ?? "", /\+ does not go with int and string/);
});

test("a check that has used up what it may is not evaluated any more, in the next run it is", () => {
  const greedy = `"${"x,".repeat(2000)}".split(",").exists(a, "${"y,".repeat(2000)}".split(",").exists(b, a + b == ""))`;
  const rules = [rule("greedy", { when: greedy, message: "m" })];
  for (let again = 0; again < 2; again++) {
    const found = run({ "a.yaml": pod("a"), "b.yaml": pod("b") }, { rules });
    assert.equal(
      found.map(({ message }) => message),
      ["the rule greedy could not be evaluated here: when: it takes more than 1000000 steps"],
    );
  }
});

test("more findings of one thing than anybody reads are a failure, long messages are cut", () => {
  const many = `"x,".size() > 0 ? "${"x,".repeat(1500)}".split(",") : ["a"]`;
  assert.match(
    run({ "a.yaml": pod("a") }, { rules: [rule("many", { each: many, message: "m" })] })[0]?.message ?? "",
    /each: a list of more than 1000 elements/,
  );
  const long = rule("long", { message: `{"${"y".repeat(9000)}"}` });
  assert.is(run({ "a.yaml": pod("a") }, { rules: [long] })[0]?.message.length, 4001);
  const map = rule("map", {
    message: '{{"a": 1}}{{"a": 1}}'.replaceAll("{{", "{ {").replaceAll("}}", "} }"),
  });
  assert.is(run({ "a.yaml": pod("a") }, { rules: [map] })[0]?.message, "{a: 1}{a: 1}");
});

test("a help that comes out empty is none", () => {
  const rules = [rule("h", { message: "m", help: '{ns.name == "" ? "x" : ""}' })];
  assert.equal(run({ "a.yaml": pod("a") }, { rules })[0]?.help, undefined);
});

test("documents that cannot be read are findings where they break", () => {
  const { findings } = scan(
    memoryTree({ "a.yaml": `${pod("a")}---\napiVersion: v1\nkind: Pod\nmetadata: {\n` }),
  );
  const [finding] = findings.filter((one) => one.rule === "unreadable-document");
  assert.ok(finding);
  assert.is(finding.location.file, "a.yaml");
  assert.ok(finding.location.line >= 13);
});

test.run();
