/** What a rule is: the file people write, and the form in which it is run. */
import type { Severity } from "./finding.ts";
import type { RuleFile } from "./generated/rule.ts";

export type { RuleFile } from "./generated/rule.ts";

/** What a check looks at, one after the other. */
export type SubjectKind =
  | "workload"
  | "namespace"
  | "webhook-configuration"
  | "injector"
  | "document"
  | "suppression";

/** A word for something that is cheap to know of a workload, see facts.ts. */
export type Fact = NonNullable<NonNullable<RuleFile["needs"]>["facts"]>[number];

/** A fix as a rule says it. */
export interface EditData {
  readonly safety: "safe" | "unsafe";
  readonly when?: string;
  readonly do: readonly OperationData[];
}

/** One change of a fix. */
export type OperationData = NonNullable<RuleFile["edits"]>[number]["do"][number];

/** One question a rule asks of one kind of subject; the texts are CEL or hold CEL, see docs/rules-environment.md. */
export interface Check {
  readonly on: SubjectKind;
  /** Of a check of workloads: whether it also looks at what Helm values say of pods. */
  readonly values?: boolean;
  readonly needs?: {
    readonly keys?: readonly string[];
    readonly containers?: readonly string[];
    readonly facts?: readonly Fact[];
  };
  readonly when?: string;
  readonly each?: string;
  readonly group?: string;
  readonly at?: string | readonly string[];
  readonly part?: "entry" | "key" | "value";
  readonly message: string;
  readonly help?: string;
  readonly edits?: readonly EditData[];
  /** The most that its findings are graded; the rule's severity counts where it is less. */
  readonly severity?: Severity;
  /** The CEL types of the rule's parameters. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** What a parameter may be set to; integers are bigints, as in expressions. */
export type ParameterValue = string | bigint | boolean | readonly string[];

/** Something that a configuration may set for a rule. */
export interface Parameter {
  readonly type: "string" | "int" | "bool" | "quantity" | "list";
  readonly default: ParameterValue;
  readonly description: string;
}

/** A rule without its documentation: what a run needs. */
export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  readonly aliases: readonly string[];
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly summary: string;
  readonly checks: readonly Check[];
  readonly parameters?: Readonly<Record<string, Parameter>>;
  /** Off until a setting names it. */
  readonly optional?: boolean;
  /** Of a rule in a file of the user, where it is written. */
  readonly written?: WrittenRule;
}

/** The file of a rule, its line there, and for each check the lines of its parts. */
export interface WrittenRule {
  readonly file: string;
  readonly line: number;
  readonly parts: readonly Readonly<Record<string, number>>[];
}

/** A rule file without the parts that only readers and tests want. */
export type RuleCore = Omit<RuleFile, "why" | "fix" | "bad" | "good">;

/** The form of a rule that is run. The file must have passed the schema. */
export function ruleOf(file: RuleCore): Rule {
  const { parameters } = file;
  const checks: readonly Check[] =
    file.checks ?? (file.on && file.message ? [checkOf(file, file.on, file.message)] : []);
  const types = parameters && mapValues(parameters, ({ type }) => celTypes[type]);
  return {
    id: file.id,
    severity: file.severity,
    aliases: file.aliases ?? [],
    since: file.since,
    until: file.until,
    summary: file.summary,
    checks: types ? checks.map((check) => ({ ...check, parameters: types })) : checks,
    ...(file.optional && { optional: true }),
    ...(parameters && {
      parameters: mapValues(parameters, (one) => ({ ...one, default: parameterValue(one.default) })),
    }),
  };
}

/** The check of a file that has just one. Its severity is the rule's, and its parameters too. */
function checkOf(file: RuleCore, on: SubjectKind, message: string): Check {
  const { parameters: _, severity: __, ...rest } = file;
  return { ...rest, on, message };
}

const celTypes: Readonly<Record<Parameter["type"], string>> = {
  string: "string",
  int: "int",
  bool: "bool",
  quantity: "string",
  list: "list<string>",
};

/** A value of YAML as expressions see it. */
export function parameterValue(
  value: string | number | bigint | boolean | readonly string[],
): ParameterValue {
  return typeof value === "number" ? BigInt(value) : value;
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, make: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, make(value)]));
}
