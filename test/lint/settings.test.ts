/** Settings of rules: what counts for a rule at a place, and what is wrong with what a configuration says. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { namesMatching } from "../../src/lint/names.ts";
import type { Rule } from "../../src/lint/rule.ts";
import { type RuleSettings, ruleSources, settingProblems, settingsOf } from "../../src/lint/settings.ts";

const rule: Rule = {
  id: "acme/size",
  severity: "warning",
  aliases: ["IST9001"],
  since: undefined,
  until: undefined,
  summary: "size",
  checks: [],
  parameters: {
    minimum: { type: "quantity", default: "50m", description: "least" },
    count: { type: "int", default: 1n, description: "count" },
    names: { type: "list", default: [], description: "names" },
    strict: { type: "bool", default: false, description: "strict" },
  },
};
const optional: Rule = { ...rule, id: "acme/optional", aliases: [], optional: true };

const here = { file: "apps/web/a.yaml", namespace: "shop" };
const severity = (config: RuleSettings, where = here, of = rule) => settingsOf(config).of(of, where).severity;

const settings = suite("settings");

for (const [name, config, expected] of [
  ["nothing", {}, "warning"],
  ["a map", { rules: { "acme/size": "error" } }, "error"],
  ["by code", { rules: { IST9001: "info" } }, "info"],
  ["its id before its code", { rules: { IST9001: "info", "acme/size": "error" } }, "error"],
  ["a map in a list", { rules: ["policies", { "acme/size": "error" }] }, "error"],
  ["the last of a list", { rules: [{ "acme/size": "error" }, { IST9001: "off" }] }, "off"],
  [
    "a setting without a severity",
    { rules: [{ "acme/size": "error" }, { "acme/size": { parameters: {} } }] },
    "error",
  ],
  ["severities", { severities: { warning: "error" } }, "error"],
  ["severities, of another", { severities: { info: "error" } }, "warning"],
  ["a setting over severities", { severities: { warning: "error" }, rules: { "acme/size": "info" } }, "info"],
  ["an override everywhere", { overrides: [{ rules: { "acme/size": "off" } }] }, "off"],
  ["an override of the path", { overrides: [{ paths: ["apps/**"], rules: { "acme/size": "off" } }] }, "off"],
  [
    "an override of another path",
    { overrides: [{ paths: ["/web"], rules: { "acme/size": "off" } }] },
    "warning",
  ],
  [
    "a path taken out again",
    { overrides: [{ paths: ["apps", "!apps"], rules: { "acme/size": "off" } }] },
    "warning",
  ],
  [
    "an override of the namespace",
    { overrides: [{ namespaces: ["s*p"], rules: { "acme/size": "info" } }] },
    "info",
  ],
  [
    "path and namespace both have to fit",
    { overrides: [{ paths: ["apps"], namespaces: ["pay"], rules: { "acme/size": "info" } }] },
    "warning",
  ],
  [
    "the last that covers it wins",
    {
      overrides: [
        { namespaces: ["shop"], rules: { "acme/size": "info" } },
        { paths: ["apps"], rules: { "acme/size": "error" } },
        { paths: ["other"], rules: { "acme/size": "off" } },
      ],
    },
    "error",
  ],
  ["no paths are none", { overrides: [{ paths: [], rules: { "acme/size": "off" } }] }, "warning"],
] as const) {
  settings(`severity: ${name}`, () => assert.is(severity(config), expected));
}

settings("what stands in no file and in no namespace is covered by overrides that ask for neither", () => {
  const nowhere = { file: undefined, namespace: undefined };
  const config = (more: object) => ({ overrides: [{ ...more, rules: { "acme/size": "off" as const } }] });
  assert.is(settingsOf(config({})).of(rule, nowhere).severity, "off");
  assert.is(settingsOf(config({ paths: ["**"] })).of(rule, nowhere).severity, "warning");
  assert.is(settingsOf(config({ namespaces: ["*"] })).of(rule, nowhere).severity, "warning");
});

settings("an optional rule is off until it is named, or all are on", () => {
  assert.is(severity({}, here, optional), "off");
  assert.is(severity({ rules: { "acme/optional": "info" } }, here, optional), "info");
  assert.is(severity({ rules: { "acme/optional": { parameters: {} } } }, here, optional), "off");
  assert.is(severity({ optionalRules: true, severities: { warning: "error" } }, here, optional), "error");
});

settings("a rule is on when it is anywhere", () => {
  const off = { rules: { "acme/size": "off" as const } };
  assert.is(settingsOf({}).isOn(rule), true);
  assert.is(settingsOf(off).isOn(rule), false);
  assert.is(settingsOf({ ...off, overrides: [{ rules: { "acme/size": "info" } }] }).isOn(rule), true);
  assert.is(settingsOf({ ...off, overrides: [{ rules: { "acme/size": "off" } }] }).isOn(rule), false);
});

settings("parameters: defaults, then each by its last value that it can have", () => {
  const defaults = { minimum: "50m", count: 1n, names: [], strict: false };
  const parameters = (config: RuleSettings) => settingsOf(config).of(rule, here).parameters;
  assert.equal(parameters({}), defaults);
  assert.equal(
    parameters({
      rules: [
        { "acme/size": { parameters: { minimum: 1, count: 2 } } },
        { IST9001: { parameters: { count: 3 } } },
      ],
      overrides: [
        { paths: ["apps"], rules: { "acme/size": { parameters: { names: ["a"], strict: true } } } },
      ],
    }),
    { minimum: "1", count: 3n, names: ["a"], strict: true },
  );
  assert.equal(
    parameters({ rules: { "acme/size": { parameters: { minimum: "lots", count: 1.5 } } } }),
    defaults,
  );
  assert.is(settingsOf({}).of({ ...rule, parameters: {} }, here).parameters?.minimum, undefined);
});

settings("names of constructors are no settings", () => {
  assert.is(severity({ rules: {} }, here, { ...rule, id: "constructor", aliases: ["__proto__"] }), "warning");
});

settings("files with rules are the strings of the list", () => {
  assert.equal(ruleSources({ rules: { a: "off" } }), []);
  assert.equal(ruleSources({ rules: ["a", { b: "off" }, "c"] }), [
    { path: "a", place: ["rules", 0] },
    { path: "c", place: ["rules", 2] },
  ]);
});

for (const [config, expected] of [
  [{ rules: { "acme/size": "off", IST9001: "info" } }, []],
  [
    { rules: { "acme/sise": "off" } },
    ["rules.acme/sise key: there is no rule acme/sise (did you mean acme/size?)"],
  ],
  [
    { rules: ["x", { nothing: "off" }] },
    ["rules.1.nothing key: there is no rule nothing (`sidelint rules` lists them)"],
  ],
  [
    { overrides: [{ rules: { nothing: "off" } }] },
    ["overrides.0.rules.nothing key: there is no rule nothing (`sidelint rules` lists them)"],
  ],
  [
    { ignore: ["x", { rules: ["nothing"] }] },
    ["ignore.1.rules.0 value: there is no rule nothing (`sidelint rules` lists them)"],
  ],
  [
    {
      rules: {
        "acme/size": { parameters: { minimun: "1", count: "1", strict: "no", names: "a", minimum: "x" } },
      },
    },
    [
      "rules.acme/size.parameters.minimun key: the rule acme/size has no parameter minimun (did you mean minimum?)",
      'rules.acme/size.parameters.count value: the parameter count of acme/size cannot be "1" (it is a whole number)',
      'rules.acme/size.parameters.strict value: the parameter strict of acme/size cannot be "no" (it is true or false)',
      'rules.acme/size.parameters.names value: the parameter names of acme/size cannot be "a" (it is a list)',
      'rules.acme/size.parameters.minimum value: the parameter minimum of acme/size cannot be "x" (it is a quantity, such as 100m or 128Mi)',
    ],
  ],
] as const) {
  settings(`problems of ${JSON.stringify(config)}`, () => {
    assert.equal(
      settingProblems(config, [rule]).map(
        ({ path, part, message, hint }) => `${path.join(".")} ${part}: ${message} (${hint})`,
      ),
      expected,
    );
  });
}

for (const [pattern, name, expected] of [
  ["shop", "shop", true],
  ["shop", "shops", false],
  ["*", "", true],
  ["team-*", "team-a", true],
  ["*-dev", "a-dev", true],
  ["a*b*c", "aXbYc", true],
  ["a*a", "a", false],
  ["*a*".repeat(20), "a".repeat(5000), true],
  [`${"*a".repeat(20)}*b`, "a".repeat(5000), false],
] as const) {
  settings(`${pattern.slice(0, 20)} and ${name.slice(0, 20)}`, () =>
    assert.is(namesMatching([pattern])(name), expected),
  );
}

settings.run();
