/** How rules are set: severity, off and parameters, for all of a repository and for some of its paths and namespaces. Pure. */
import ignore from "ignore";
import { meantBy } from "../kube/nearest.ts";
import { parseQuantity } from "../kube/quantity.ts";
import type { Path } from "../source/node.ts";
import type { Config } from "../world/config.ts";
import type { Severity } from "./finding.ts";
import { namesMatching } from "./names.ts";
import { type Parameter, type ParameterValue, parameterValue, type Rule } from "./rule.ts";

/** What a configuration says of rules. */
export type RuleSettings = Pick<Config, "rules" | "severities" | "optionalRules" | "overrides">;

/** How a rule is set somewhere. */
export interface RuleState {
  readonly severity: Severity | "off";
  /** A value for every parameter of the rule; undefined when it has none. */
  readonly parameters: Readonly<Record<string, ParameterValue>> | undefined;
}

/** Where a subject stands: the file that holds it, the kustomization that builds it, and its namespace. */
export interface Whereabouts {
  readonly file: string | undefined;
  readonly kustomization?: string | undefined;
  readonly namespace: string | undefined;
}

export interface Settings {
  of(rule: Rule, where: Whereabouts): RuleState;
  /** Whether the rule is on anywhere. */
  isOn(rule: Rule): boolean;
}

type Setting = NonNullable<NonNullable<Config["overrides"]>[number]["rules"]>[string];

/** Settings by name of a rule, and where each stands in the configuration. */
interface Layer {
  readonly settings: Readonly<Record<string, Setting>>;
  readonly path: Path;
}

interface Override extends Layer {
  covers(where: Whereabouts): boolean;
}

/**
 * Reads the settings. `belowConfig` makes a path relative to the configuration's directory, undefined where it lies elsewhere. Of
 * what is said of a rule the last counts: `rules`, and over them the `overrides` that cover the place; in one map its id before its code.
 */
export function settingsOf(
  config: RuleSettings,
  belowConfig: (path: string) => string | undefined = (path) => path,
): Settings {
  const layers = settingLayers(config);
  const overrides = overridesOf(config, belowConfig);
  const covering = coveringOf(overrides);
  const bases = new Map<Rule, RuleState>();
  const states = new Map<Rule, Map<string, RuleState>>();
  const baseOf = (rule: Rule): RuleState => {
    const known = bases.get(rule) ?? stateOf(rule, layers, config);
    bases.set(rule, known);
    return known;
  };
  const isOverridden = (rule: Rule) =>
    overrides.some(({ settings }) => settingFor(rule, settings) !== undefined);
  return {
    of(rule, where) {
      if (overrides.length === 0 || !isOverridden(rule)) return baseOf(rule);
      const { key, found } = covering(where);
      if (found.length === 0) return baseOf(rule);
      const known = states.get(rule) ?? new Map<string, RuleState>();
      states.set(rule, known);
      const state = known.get(key) ?? stateOf(rule, [...layers, ...found], config);
      known.set(key, state);
      return state;
    },
    isOn: (rule) =>
      baseOf(rule).severity !== "off" ||
      overrides.some(({ settings }) => {
        const severity = severityOf(settingFor(rule, settings));
        return severity !== undefined && severity !== "off";
      }),
  };
}

function settingLayers({ rules }: RuleSettings): readonly Layer[] {
  if (rules === undefined) return [];
  if (!isList(rules)) return [{ settings: rules, path: ["rules"] }];
  return rules.flatMap((item, index): readonly Layer[] =>
    typeof item === "string" ? [] : [{ settings: item, path: ["rules", index] }],
  );
}

/** The files and directories with rules that a configuration names, and where it does. */
export function ruleSources({
  rules,
}: RuleSettings): readonly { readonly path: string; readonly place: Path }[] {
  if (rules === undefined || !isList(rules)) return [];
  return rules.flatMap((item, index) =>
    typeof item === "string" ? [{ path: item, place: ["rules", index] }] : [],
  );
}

function isList(rules: NonNullable<Config["rules"]>): rules is Extract<Config["rules"], readonly unknown[]> {
  return Array.isArray(rules);
}

function overridesOf(
  { overrides = [] }: RuleSettings,
  belowConfig: (path: string) => string | undefined,
): readonly Override[] {
  return overrides.map(({ paths, namespaces, rules }, index): Override => {
    const matcher = paths && ignore().add([...paths]);
    const isNamed = namespaces && namesMatching(namespaces);
    return {
      settings: rules,
      path: ["overrides", index, "rules"],
      covers({ file, kustomization, namespace }) {
        if (isNamed && (namespace === undefined || !isNamed(namespace))) return false;
        if (!matcher) return true;
        return [file, kustomization].some((path) => {
          const below = path === undefined ? undefined : belowConfig(path);
          return below !== undefined && matcher.ignores(below);
        });
      },
    };
  });
}

interface Covering {
  /** Tells one set of overrides from another. */
  readonly key: string;
  readonly found: readonly Override[];
}

/** Which overrides cover a place, worked out once for each. */
function coveringOf(overrides: readonly Override[]): (where: Whereabouts) => Covering {
  const known = new Map<string, Covering>();
  return (where) => {
    const place = [where.file, where.kustomization, where.namespace].join("\n");
    let covering = known.get(place);
    if (!covering) {
      const found = overrides.filter((override) => override.covers(where));
      covering = { key: found.map((override) => overrides.indexOf(override)).join(), found };
      known.set(place, covering);
    }
    return covering;
  };
}

/** What one map says of a rule, by its id or else by a code of it. */
function settingFor({ id, aliases }: Rule, settings: Layer["settings"]): Setting | undefined {
  const name = [id, ...aliases].find((one) => Object.hasOwn(settings, one));
  return name === undefined ? undefined : settings[name];
}

const grades: readonly string[] = ["off", "error", "warning", "info"];

function severityOf(setting: Setting | undefined): Severity | "off" | undefined {
  const severity = typeof setting === "string" ? setting : setting?.severity;
  return grades.includes(severity ?? "") ? (severity as Severity | "off") : undefined;
}

function stateOf(rule: Rule, layers: readonly Layer[], config: RuleSettings): RuleState {
  const given = layers.flatMap(({ settings }) => settingFor(rule, settings) ?? []);
  const set = given.map(severityOf).findLast((one) => one !== undefined);
  const own = rule.optional && config.optionalRules !== true ? "off" : graded(rule.severity, config);
  return { severity: set ?? own, parameters: rule.parameters && parametersOf(rule.parameters, given) };
}

function graded(severity: Severity, { severities }: RuleSettings): Severity | "off" {
  return severities?.[severity] ?? severity;
}

function parametersOf(
  declared: Readonly<Record<string, Parameter>>,
  given: readonly Setting[],
): Readonly<Record<string, ParameterValue>> {
  const values: Record<string, ParameterValue> = {};
  for (const [name, parameter] of Object.entries(declared)) {
    const found = given
      .map((setting) => (typeof setting === "string" ? undefined : setting.parameters?.[name]))
      .findLast((value) => value !== undefined && whyNot(parameter, value) === undefined);
    values[name] = found === undefined ? parameter.default : taken(parameter, found);
  }
  return values;
}

type Written = string | number | bigint | boolean | readonly string[];

function taken({ type }: Parameter, value: Written): ParameterValue {
  return type === "quantity" ? String(value) : parameterValue(value);
}

/** Why a parameter cannot have a value, as a clause; undefined when it can. */
export function whyNot({ type }: Parameter, value: Written): string | undefined {
  switch (type) {
    case "string":
      return typeof value === "string" ? undefined : "it is a string";
    case "bool":
      return typeof value === "boolean" ? undefined : "it is true or false";
    case "int":
      return typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value))
        ? undefined
        : "it is a whole number";
    case "list":
      return Array.isArray(value) ? undefined : "it is a list";
    case "quantity": {
      const isText = typeof value === "string" || typeof value === "number" || typeof value === "bigint";
      return isText && parseQuantity(String(value)).ok
        ? undefined
        : "it is a quantity, such as 100m or 128Mi";
    }
  }
}

/** Something that a configuration says of a rule and that cannot be: where it stands, and what to write instead. */
export interface SettingProblem {
  readonly path: Path;
  readonly part: "key" | "value";
  readonly message: string;
  readonly hint: string;
}

/** Settings of rules and parameters that there are not, and values that parameters cannot have, in the order of the configuration. */
export function settingProblems(
  config: RuleSettings & Pick<Config, "ignore">,
  rules: readonly Rule[],
): readonly SettingProblem[] {
  const layers: readonly Layer[] = [...settingLayers(config), ...overridesOf(config, (path) => path)];
  const byName = new Map(
    rules.flatMap((rule) => [rule.id, ...rule.aliases].map((name): [string, Rule] => [name, rule])),
  );
  const set = layers.flatMap(({ settings, path }) =>
    Object.entries(settings).flatMap(([name, setting]): readonly SettingProblem[] => {
      const rule = byName.get(name);
      if (!rule) return [unknownRule(name, byName.keys(), [...path, name], "key")];
      return typeof setting === "string"
        ? []
        : parameterProblems(rule, setting, [...path, name, "parameters"]);
    }),
  );
  const hidden = (config.ignore ?? []).flatMap((entry, index): readonly SettingProblem[] =>
    (typeof entry === "string" ? [] : (entry.rules ?? [])).flatMap((name, nth) =>
      byName.has(name) ? [] : [unknownRule(name, byName.keys(), ["ignore", index, "rules", nth], "value")],
    ),
  );
  return [...set, ...hidden];
}

function unknownRule(
  name: string,
  known: Iterable<string>,
  path: Path,
  part: "key" | "value",
): SettingProblem {
  const meant = meantBy(name, known);
  const hint = meant === undefined ? "`sidelint rules` lists them" : `did you mean ${meant}?`;
  return { path, part, message: `there is no rule ${name}`, hint };
}

function parameterProblems(
  rule: Rule,
  { parameters = {} }: Exclude<Setting, string>,
  path: Path,
): readonly SettingProblem[] {
  const { parameters: declared = {} } = rule;
  return Object.entries(parameters).flatMap(([name, value]): readonly SettingProblem[] => {
    const parameter = Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (!parameter) {
      const known = Object.keys(declared);
      const meant = meantBy(name, known);
      const all = known.length === 0 ? "it has none" : `it has ${known.join(", ")}`;
      const message = `the rule ${rule.id} has no parameter ${name}`;
      return [{ path: [...path, name], part: "key", message, hint: meant ? `did you mean ${meant}?` : all }];
    }
    const wrong = whyNot(parameter, value);
    const message = `the parameter ${name} of ${rule.id} cannot be ${JSON.stringify(value)}`;
    return wrong === undefined ? [] : [{ path: [...path, name], part: "value", message, hint: wrong }];
  });
}
