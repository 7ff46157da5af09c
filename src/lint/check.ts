/** Checks compiled as far as they are needed: conditions when first asked, places and messages when first told. */
import type { Location } from "../source/locate.ts";
import { type Compiler, type Context, compilerFor, type Program } from "./cel.ts";
import { compilePlace, type PlaceExpression } from "./place.ts";
import type { Check } from "./rule.ts";
import type { Subject } from "./subject.ts";
import { parseTemplate, textOf } from "./template.ts";

/** A value, or why there is none. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: string };

type Template = readonly (string | Program)[];

/** A check whose parts compile on first use and stay compiled. */
export interface ReadyCheck {
  readonly when: () => Outcome<Program | undefined>;
  readonly each: () => Outcome<Program | undefined>;
  readonly group: () => Outcome<Program | undefined>;
  readonly places: () => Outcome<readonly PlaceExpression[]>;
  readonly message: () => Outcome<Template>;
  readonly help: () => Outcome<Template | undefined>;
  readonly check: Check;
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
  const prepared = readyCheck(check);
  return parts.flatMap((part) => {
    const outcome = prepared[part]();
    return outcome.ok ? typeErrors(part, outcome.value) : [outcome.error];
  });
}

const wanted: Readonly<Record<string, string>> = { when: "bool", each: "list", group: "string" };

function typeErrors(
  part: (typeof parts)[number],
  value: Program | Template | readonly PlaceExpression[] | undefined,
): readonly string[] {
  if (value === undefined) return [];
  const held: readonly (string | Program | PlaceExpression)[] = "run" in value ? [value] : value;
  return held.flatMap((one) => {
    if (typeof one === "string") return [];
    if ("steps" in one) return one.errors().map((error) => `at: ${error}`);
    const typed = one.type();
    if (!typed.ok) return [`${part}: ${typed.error}`];
    const type = wanted[part];
    return type === undefined || isOf(type, typed.type)
      ? []
      : [`${part}: it must be a ${type}, and is a ${typed.type}`];
  });
}

function isOf(wanted: string, type: string): boolean {
  return type === wanted || type === "dyn" || type.startsWith(`${wanted}<`);
}

function prepare(check: Check): ReadyCheck {
  const outer = compilerFor(check.on);
  const each = once(() => optional(check.each, (text) => program("each", outer, text)));
  const inner = once((): Compiler => {
    const list = each();
    if (!list.ok || !list.value) return outer;
    const typed = list.value.type();
    return outer.with({ item: typed.ok ? itemType(typed.type) : "dyn" });
  });
  const telling = once(() => (check.group === undefined ? inner() : inner().with({ count: "int" })));
  const at = check.at === undefined ? [] : typeof check.at === "string" ? [check.at] : check.at;
  return {
    check,
    each,
    when: once(() => optional(check.when, (text) => program("when", outer, text))),
    group: once(() => optional(check.group, (text) => program("group", inner(), text))),
    places: once(() => all(at.map((text) => place(text, inner())))),
    message: once(() => template("message", check.message, telling())),
    help: once(() => optional(check.help, (text) => template("help", text, telling()))),
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
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

function program(part: string, compiler: Compiler, text: string): Outcome<Program> {
  const result = compiler.compile(text);
  return result.ok ? { ok: true, value: result.program } : { ok: false, error: `${part}: ${result.error}` };
}

/** list<Port> → Port. */
function itemType(list: string): string {
  return list.startsWith("list<") ? list.slice("list<".length, -1) : "dyn";
}

function place(text: string, compiler: Compiler): Outcome<PlaceExpression> {
  const result = compilePlace(text, compiler);
  return result.ok ? { ok: true, value: result.place } : { ok: false, error: `at: ${result.error}` };
}

function template(part: string, text: string, compiler: Compiler): Outcome<Template> {
  const parsed = parseTemplate(text.trim());
  if (!parsed.ok) return { ok: false, error: `${part}: ${parsed.error}` };
  return all(
    parsed.pieces.map((piece): Outcome<string | Program> => {
      if (piece.type === "text") return { ok: true, value: piece.text };
      const result = compiler.compile(piece.text);
      return result.ok
        ? { ok: true, value: result.program }
        : { ok: false, error: `${part}: ${result.error}` };
    }),
  );
}

const nowhere: Outcome<readonly Context[]> = { ok: true, value: [] };

/** The contexts in which a check has something to say of a subject: none, one, or one for each item. */
export function hitsOf(check: ReadyCheck, { context }: Subject): Outcome<readonly Context[]> {
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
  return { ok: true, value: subject.place() };
}

/** The text of a compiled template, or of none. */
export function render(template: Outcome<Template | undefined>, context: Context): Outcome<string> {
  if (!template.ok) return template;
  let text = "";
  for (const piece of template.value ?? []) {
    if (typeof piece === "string") {
      text += piece;
      continue;
    }
    const result = piece.run(context);
    if (!result.ok) return result;
    text += textOf(result.value);
  }
  return { ok: true, value: text };
}
