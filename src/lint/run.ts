/** Evaluates rules over a world: findings in order, each told once. */
import type { Location } from "../source/locate.ts";
import { once } from "../source/once.ts";
import type { Problem } from "../world/collect.ts";
import type { World } from "../world/world.ts";
import type { Context } from "./cel.ts";
import { hitsOf, locationOfHit, type ReadyCheck, readyCheck, render, withVariable } from "./check.ts";
import { type Editable, type Fix, type Proposal, proposalFor } from "./edits.ts";
import type { Finding, Severity } from "./finding.ts";
import { releaseAtLeast, releaseAtMost } from "./functions.ts";
import { builtinRules } from "./generated/rules.ts";
import { type Check, type Rule, ruleOf, type SubjectKind } from "./rule.ts";
import { type RuleState, type Settings, settingsOf } from "./settings.ts";
import { type Subject, subjectsOf, valuesSubjects } from "./subject.ts";
import { surroundingsOf } from "./views.ts";

export interface LintOptions {
  /** How rules are set; default: each as its file says. */
  readonly settings?: Settings;
  /** Default: the built-in rules. */
  readonly rules?: readonly Rule[];
}

let builtin: readonly Rule[] | undefined;

/** The built-in rules, in the order of their ids. */
export function defaultRules(): readonly Rule[] {
  builtin ??= builtinRules.map(ruleOf);
  return builtin;
}

/** A check of a rule that is on somewhere. */
interface ActiveCheck {
  readonly rule: Rule;
  readonly settings: Settings;
  readonly check: Check;
  /** Its compiled form, with an account for this run. */
  readonly ready: () => ReadyCheck;
}

/** Something found, with everything needed to tell it. */
interface Hit {
  readonly active: ActiveCheck;
  readonly severity: Severity;
  readonly ready: ReadyCheck;
  readonly location: Location;
  readonly context: Context;
  readonly label: string | undefined;
  readonly editable: Editable | undefined;
}

/** Hits that a rule counts instead of repeating. */
interface Group {
  first: Hit;
  count: number;
  readonly labels: Set<string>;
}

/** A finding while workloads are still joining it. */
interface Told {
  readonly finding: Finding;
  readonly labels: Set<string>;
  readonly hits: Hit[];
}

const kinds: readonly SubjectKind[] = [
  "document",
  "webhook-configuration",
  "injector",
  "namespace",
  "workload",
];

/**
 * What is wrong in a world, and with the documents that could not be read: sorted by file, position and rule. The same
 * thing at the same place for several workloads (or for one in several builds) is one finding that names them all.
 * A rule that cannot be evaluated is a finding (`rule-failed`), never an exception.
 */
export function lint(
  world: World,
  problems: readonly Problem[],
  options: LintOptions = {},
): readonly Finding[] {
  const active = activeChecks(options, world.workloads.length);
  const surroundings = surroundingsOf(world);
  const hits = new Hits();
  for (const kind of kinds) {
    const checks = active.filter(({ check }) => check.on === kind);
    if (checks.length === 0) continue;
    for (const subject of subjectsOf(kind, world, problems, surroundings)) {
      for (const one of checks) evaluate(one, subject, hits);
    }
  }
  const ofValues = active.filter(({ check }) => check.values === true);
  for (const subject of ofValues.length > 0 ? valuesSubjects(world, surroundings) : [])
    for (const one of ofValues) evaluate(one, subject, hits);
  return hits.findings();
}

/** What the rules that look at one kind of subject find in subjects of that kind, in order. */
export function lintSubjects(
  kind: SubjectKind,
  subjects: Iterable<Subject>,
  options: LintOptions = {},
): readonly Finding[] {
  const checks = activeChecks(options, 0).filter(({ check }) => check.on === kind);
  const hits = new Hits();
  for (const subject of subjects) for (const one of checks) evaluate(one, subject, hits);
  return hits.findings();
}

const asWritten = settingsOf({});

function activeChecks(
  { settings = asWritten, rules = defaultRules() }: LintOptions,
  workloads: number,
): readonly ActiveCheck[] {
  return rules.flatMap((rule) => {
    if (!settings.isOn(rule)) return [];
    return rule.checks.map((check) => ({ rule, settings, check, ready: opened(check, workloads) }));
  });
}

/** Nothing is compiled before something is to be evaluated. */
function opened(check: Check, workloads: number): () => ReadyCheck {
  let ready: ReadyCheck | undefined;
  return () => {
    if (!ready) {
      ready = readyCheck(check);
      ready.account.open(workloads);
    }
    return ready;
  };
}

function evaluate(active: ActiveCheck, subject: Subject, hits: Hits): void {
  const { rule, check, settings } = active;
  if (rule.since !== undefined && !releaseAtLeast(subject.release, rule.since)) return;
  if (rule.until !== undefined && !releaseAtMost(subject.release, rule.until)) return;
  if (check.needs && !subject.has(check.needs)) return;
  const state = settings.of(rule, subject);
  const severity = gradeOf(check, state);
  if (severity === "off") return;
  const ready = active.ready();
  if (ready.account.exhausted !== undefined) return;
  const found = hitsOf(ready, subject, state.parameters);
  if (!found.ok) {
    hits.fail(active, subject, found.error);
    return;
  }
  for (const context of found.value) {
    const location = locationOfHit(ready, subject, context);
    if (!location.ok) hits.fail(active, subject, location.error);
    else if (location.value)
      hits.add({
        active,
        severity,
        ready,
        location: location.value,
        context,
        label: subject.label,
        editable: subject.editable,
      });
  }
}

const weight: Readonly<Record<Severity, number>> = { info: 0, warning: 1, error: 2 };

/** The severity of the rule, but no more than the check's own. */
function gradeOf({ severity: most }: Check, { severity }: RuleState): Severity | "off" {
  return most === undefined || severity === "off" || weight[severity] <= weight[most] ? severity : most;
}

/** Collects hits and failures, puts groups and equal findings together. */
class Hits {
  readonly #told = new Map<string, Told>();
  readonly #groups = new Map<string, Group>();
  readonly #failed = new Set<Check>();

  add(hit: Hit): void {
    const group = hit.ready.group();
    if (group.ok && !group.value) {
      this.#tell(hit, hit.label === undefined ? [] : [hit.label]);
      return;
    }
    const key = group.ok && group.value ? group.value.run(hit.context) : group;
    if (!key.ok) {
      this.#failAt(hit.active, hit.location, key.error);
      return;
    }
    const name = `${hit.active.rule.id}\n${hit.severity}\n${key.value}`;
    const known = this.#groups.get(name) ?? { first: hit, count: 0, labels: new Set<string>() };
    known.count++;
    if (hit.label !== undefined) known.labels.add(hit.label);
    if (byPlace(hit.location, known.first.location) < 0) known.first = hit;
    this.#groups.set(name, known);
  }

  fail(active: ActiveCheck, subject: Subject, error: string): void {
    const location = subject.place();
    if (location) this.#failAt(active, location, error);
  }

  findings(): readonly Finding[] {
    for (const [group, { first, count, labels }] of this.#groups) {
      const counted = withVariable(first.context, "count", BigInt(count));
      this.#tell({ ...first, context: counted }, labels, {
        group,
        ...(labels.size > 0 && { count }),
      });
    }
    this.#groups.clear();
    return [...this.#told.values()]
      .map(({ finding, labels, hits }) => ({
        ...finding,
        workloads: [...labels],
        ...(hits.length > 0 && { fix: once(() => fixOf(hits)) }),
      }))
      .sort(inOrder);
  }

  #tell(hit: Hit, labels: Iterable<string>, group?: Pick<Finding, "group" | "count">): void {
    const { active, severity, ready, location, context, editable } = hit;
    const message = render(ready.message(), context);
    const help = render(ready.help(), context);
    if (!message.ok || !help.ok) {
      const error = message.ok ? `help: ${help.ok ? "" : help.error}` : `message: ${message.error}`;
      this.#failAt(active, location, error);
      return;
    }
    this.#put(
      {
        rule: active.rule.id,
        severity,
        message: message.value,
        location,
        workloads: [],
        help: help.value || undefined,
        ...group,
      },
      labels,
      ready.check.edits && editable && ready.check.group === undefined ? hit : undefined,
    );
  }

  /** A rule that fails once would fail again; it is told once. */
  #failAt({ rule, check }: ActiveCheck, location: Location, error: string): void {
    if (this.#failed.has(check)) return;
    this.#failed.add(check);
    const message = `the rule ${rule.id} could not be evaluated here: ${error}`;
    this.#put(
      {
        rule: "rule-failed",
        severity: "error",
        message,
        location,
        workloads: [],
        help: mending(rule, check, error),
      },
      [],
    );
  }

  #put(finding: Finding, labels: Iterable<string>, hit?: Hit): void {
    const { rule, severity, location, message, help } = finding;
    const key = [rule, severity, location.file, location.start, location.end, message, help].join("\n");
    const told = this.#told.get(key) ?? { finding, labels: new Set<string>(), hits: [] };
    for (const label of labels) told.labels.add(label);
    if (hit) told.hits.push(hit);
    this.#told.set(key, told);
  }
}

/** Where to mend a rule that failed: the line of the part that did, where it is a rule of the user. */
function mending({ written, checks }: Rule, check: Check, error: string): string | undefined {
  if (!written) return undefined;
  const [, part = ""] = /^(\w+): /.exec(error) ?? [];
  const line = written.parts[checks.indexOf(check)]?.[part] ?? written.line;
  return `mend the rule: ${written.file}:${line}`;
}

/** What fixes a finding in all objects that it was found in. */
function fixOf(hits: readonly Hit[]): Fix | undefined {
  const proposals: Proposal[] = [];
  for (const { ready, editable, context } of hits) {
    const edits = ready.edits();
    if (!edits.ok) return { ok: false, reason: edits.error };
    const proposal = editable ? proposalFor(edits.value, editable, context) : undefined;
    if (proposal?.ok === false) return { ok: false, reason: proposal.error };
    if (proposal?.value) proposals.push(proposal.value);
  }
  if (proposals.length === 0) return undefined;
  const safety = proposals.some((one) => one.safety === "unsafe") ? "unsafe" : "safe";
  return { ok: true, safety, proposals };
}

function byPlace(a: Location, b: Location): number {
  return byText(a.file, b.file) || a.start - b.start || a.end - b.end;
}

/** Findings by file, position, rule and message. */
export function inOrder(a: Finding, b: Finding): number {
  return byPlace(a.location, b.location) || byText(a.rule, b.rule) || byText(a.message, b.message);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
