/** Checks compiled as far as they are needed: conditions when first asked, places and messages when first told. */
import type { Location } from "../source/locate.ts";
import type { Path } from "../source/node.ts";
import { once } from "../source/once.ts";
import { type Account, newAccount } from "./account.ts";
import { type Compiler, type Context, compilerFor, type Program } from "./cel.ts";
import { compileEdits, editFaults, type ReadyEdit } from "./edits.ts";
import { types } from "./environment.ts";
import { compilePlace, type PlaceExpression } from "./place.ts";
import type { Check } from "./rule.ts";
import type { Subject } from "./subject.ts";
import { parseTemplate, textOf } from "./template.ts";

/** A value, or why there is none. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: string; readonly fault?: CheckFault };

/** What is wrong with a check: which of its texts, of several the nth, and where in it. */
export interface CheckFault {
  readonly part: "when" | "each" | "group" | "at" | "message" | "help" | "edits";
  readonly index?: number;
  /** Below `edits`, where it stands there. */
  readonly path?: Path;
  readonly error: string;
  readonly offset?: number | undefined;
}

type Template = readonly (string | Hole)[];

/** An expression in a template, and where it begins there. */
interface Hole {
  readonly program: Program;
  readonly start: number;
}

/** A check whose parts compile on first use and stay compiled. */
export interface ReadyCheck {
  readonly when: () => Outcome<Program | undefined>;
  readonly each: () => Outcome<Program | undefined>;
  readonly group: () => Outcome<Program | undefined>;
  readonly places: () => Outcome<readonly PlaceExpression[]>;
  readonly message: () => Outcome<Template>;
  readonly help: () => Outcome<Template | undefined>;
  readonly edits: () => Outcome<readonly ReadyEdit[]>;
  readonly check: Check;
  /** What all its expressions count against. */
  readonly account: Account;
}

const parts = ["when", "each", "group", "places", "message", "help"] as const;
const ready = new WeakMap<Check, ReadyCheck>();

/** The compiled form of a check; there is one for each check. */
export function readyCheck(check: Check): ReadyCheck {
  let known = ready.get(check);
  if (!known) {
    known = prepare(check);
    ready.set(check, known);
  }
  return known;
}

/**
 * Everything that keeps a check from running as it should, each as `part: reason`: compiles all of it and checks every
 * type, which a run leaves to the parts that it comes to.
 */
export function checkErrors(check: Check): readonly string[] {
  return checkFaults(check).map(({ part, error }) => `${part}: ${error}`);
}

/** The same with the place of each. */
export function checkFaults(check: Check): readonly CheckFault[] {
  const prepared = readyCheck(check);
  const faults = parts.flatMap((part) => {
    const outcome = prepared[part]();
    if (!outcome.ok) return outcome.fault ? [outcome.fault] : [];
    const faults = typeFaults(part, outcome.value);
    return part === "places" && outcome.value ? [...faults, ...rootFaults(check, prepared.places())] : faults;
  });
  const edits = prepared.edits();
  if (edits.ok) return [...faults, ...editFaults(edits.value)];
  return edits.fault ? [...faults, edits.fault] : faults;
}

/** What places may start at, by what the check looks at. */
const roots: Readonly<Record<Check["on"], readonly string[]>> = {
  workload: ["pod", "workload"],
  namespace: ["ns"],
  "webhook-configuration": ["configuration"],
  injector: ["injector"],
  document: [],
  suppression: [],
};

function rootFaults({ on }: Check, places: Outcome<readonly PlaceExpression[]>): readonly CheckFault[] {
  if (!places.ok) return [];
  const known = roots[on];
  return places.value.flatMap(({ root }, index): readonly CheckFault[] => {
    if (known.includes(root)) return [];
    const start = known.length === 0 ? "there are no places in it" : `it starts at ${known.join(" or ")}`;
    return [{ part: "at", index, error: `${root} is no place of a ${on}: ${start}`, offset: 0 }];
  });
}

const wanted: Readonly<Record<string, string>> = { when: "bool", each: "list", group: "string" };

function typeFaults(
  part: (typeof parts)[number],
  value: Program | Template | readonly PlaceExpression[] | undefined,
): readonly CheckFault[] {
  if (value === undefined) return [];
  const held: readonly (string | Hole | PlaceExpression)[] =
    "run" in value ? [{ program: value, start: 0 }] : value;
  return held.flatMap((one, index): readonly CheckFault[] => {
    if (typeof one === "string") return [];
    if ("steps" in one) return one.errors().map((fault) => ({ part: "at", index, ...fault }));
    const named = part === "places" ? "at" : part;
    const typed = one.program.type();
    if (!typed.ok) return [{ part: named, error: typed.error, offset: one.start + (typed.offset ?? 0) }];
    const type = wanted[part];
    if (type === undefined && part !== "group") return untold(named, typed.type, one.start);
    if (type === undefined || isOf(type, typed.type)) return [];
    return [{ part: named, error: `it must be a ${type}, and is a ${typed.type}`, offset: one.start }];
  });
}

/** Values that messages have no text for: what the environment defines, and lists of it. */
function untold(part: CheckFault["part"], type: string, offset: number): readonly CheckFault[] {
  const inner = /^list<(.*)>$/.exec(type)?.[1] ?? type;
  const [field] = Object.keys(types[inner]?.fields ?? {});
  if (field === undefined) return [];
  const error = `a ${type} has no text of its own; tell fields of it, such as ${"name" in (types[inner]?.fields ?? {}) ? "name" : field}`;
  return [{ part, error, offset }];
}

function isOf(wanted: string, type: string): boolean {
  return type === wanted || type === "dyn" || type.startsWith(`${wanted}<`);
}

function prepare(check: Check): ReadyCheck {
  const account = newAccount();
  const subject = compilerFor(check.on).charging(account);
  const outer = check.parameters ? subject.with({ parameters: check.parameters }) : subject;
  const each = once(() => optional(check.each, (text) => program("each", outer, text)));
  const inner = once((): Compiler => {
    const list = each();
    // Whatever the list should have been: uses of its items are no faults besides.
    if (!list.ok) return outer.with({ item: "dyn" });
    if (!list.value) return outer;
    const typed = list.value.type();
    return outer.with({ item: typed.ok ? itemType(typed.type) : "dyn" });
  });
  const telling = once(() => (check.group === undefined ? inner() : inner().with({ count: "int" })));
  const at = check.at === undefined ? [] : typeof check.at === "string" ? [check.at] : check.at;
  return {
    check,
    account,
    each,
    when: once(() => optional(check.when, (text) => program("when", outer, text))),
    group: once(() => optional(check.group, (text) => program("group", inner(), text))),
    places: once(() => all(at.map((text, index) => place(text, index, inner())))),
    message: once(() => template("message", check.message, telling())),
    help: once(() => optional(check.help, (text) => template("help", text, telling()))),
    edits: once(() => compileEdits(check, inner())),
  };
}

function optional<T>(text: string | undefined, make: (text: string) => Outcome<T>): Outcome<T | undefined> {
  return text === undefined ? { ok: true, value: undefined } : make(text);
}

/** All values, or the first error. */
function all<T>(outcomes: readonly Outcome<T>[]): Outcome<readonly T[]> {
  const values: T[] = [];
  for (const outcome of outcomes) {
    if (!outcome.ok) return outcome;
    values.push(outcome.value);
  }
  return { ok: true, value: values };
}

function faulty(fault: CheckFault): Outcome<never> {
  return { ok: false, error: `${fault.part}: ${fault.error}`, fault };
}

function program(part: CheckFault["part"], compiler: Compiler, text: string): Outcome<Program> {
  const result = compiler.compile(text);
  if (result.ok) return { ok: true, value: result.program };
  return faulty({ part, error: result.error, offset: result.offset });
}

/** list<Port> → Port. */
function itemType(list: string): string {
  return list.startsWith("list<") ? list.slice("list<".length, -1) : "dyn";
}

function place(text: string, index: number, compiler: Compiler): Outcome<PlaceExpression> {
  const result = compilePlace(text, compiler);
  if (result.ok) return { ok: true, value: result.place };
  return faulty({ part: "at", index, error: result.error, offset: result.offset });
}

function template(part: "message" | "help", text: string, compiler: Compiler): Outcome<Template> {
  const parsed = parseTemplate(text.trim());
  const before = text.length - text.trimStart().length;
  if (!parsed.ok) return faulty({ part, error: parsed.error, offset: before + parsed.offset });
  return all(
    parsed.pieces.map((piece): Outcome<string | Hole> => {
      if (piece.type === "text") return { ok: true, value: piece.text };
      const start = before + piece.start;
      const result = compiler.compile(piece.text);
      if (result.ok) return { ok: true, value: { program: result.program, start } };
      return faulty({ part, error: result.error, offset: start + (result.offset ?? 0) });
    }),
  );
}

/** More findings of one thing than anybody reads. */
const mostItems = 1000;

const nowhere: Outcome<readonly Context[]> = { ok: true, value: [] };

/** The contexts in which a check has something to say of a subject: none, one, or one for each item. */
export function hitsOf(
  check: ReadyCheck,
  subject: Subject,
  parameters: Readonly<Record<string, unknown>> | undefined,
): Outcome<readonly Context[]> {
  const context = parameters ? withVariable(subject.context, "parameters", parameters) : subject.context;
  const when = check.when();
  if (!when.ok) return when;
  if (when.value) {
    const applies = when.value.run(context);
    if (!applies.ok) return { ok: false, error: `when: ${applies.error}` };
    if (applies.value !== true) return nowhere;
  }
  const each = check.each();
  if (!each.ok) return each;
  if (!each.value) return { ok: true, value: [context] };
  const items = each.value.run(context);
  if (!items.ok) return { ok: false, error: `each: ${items.error}` };
  if (!Array.isArray(items.value) || items.value.length === 0) return nowhere;
  if (items.value.length > mostItems)
    return { ok: false, error: `each: a list of more than ${mostItems} elements` };
  return { ok: true, value: items.value.map((item: unknown) => withVariable(context, "item", item)) };
}

/** The context with one more variable; lazy ones stay lazy. */
export function withVariable(context: Context, name: string, value: unknown): Context {
  return Object.assign(Object.create(context), { [name]: value });
}

/** Where a hit stands: the first of the check's places that is written, else the place of the whole subject. */
export function locationOfHit(
  check: ReadyCheck,
  subject: Subject,
  context: Context,
): Outcome<Location | undefined> {
  const places = check.places();
  if (!places.ok) return places;
  for (const candidate of places.value) {
    const steps = candidate.steps(context);
    const found = steps && subject.locate(candidate.root, steps, check.check.part ?? "entry");
    if (found) return { ok: true, value: found };
  }
  const isElsewhere = subject.isInParts === true && places.value.length > 0;
  return { ok: true, value: isElsewhere ? undefined : subject.place() };
}

const longestMessage = 4000;

/** The text of a compiled template, or of none. */
export function render(template: Outcome<Template | undefined>, context: Context): Outcome<string> {
  if (!template.ok) return template;
  let text = "";
  for (const piece of template.value ?? []) {
    if (typeof piece === "string") {
      text += piece;
      continue;
    }
    const result = piece.program.run(context);
    if (!result.ok) return result;
    text += textOf(result.value);
    if (text.length > longestMessage) return { ok: true, value: `${text.slice(0, longestMessage)}…` };
  }
  return { ok: true, value: text };
}
