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

/** One question a rule asks of one kind of subject; the texts are CEL or hold CEL, see docs/rules-environment.md. */
export interface Check {
  readonly on: SubjectKind;
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
}

/** A rule file without the parts that only readers and tests want. */
export type RuleCore = Omit<RuleFile, "why" | "fix" | "bad" | "good">;

/** The form of a rule that is run. The file must have passed the schema. */
export function ruleOf(file: RuleCore): Rule {
  return {
    id: file.id,
    severity: file.severity,
    aliases: file.aliases ?? [],
    since: file.since,
    until: file.until,
    summary: file.summary,
    checks: file.checks ?? (file.on && file.message ? [{ ...file, on: file.on, message: file.message }] : []),
  };
}
