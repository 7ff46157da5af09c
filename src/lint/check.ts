/** Checks compiled once: their conditions, places and message templates as programs. */
import type { Location, Part } from "../source/locate.ts";
import { type Compiler, type Context, compilerFor, type Program } from "./cel.ts";
import { compilePlace, type PlaceExpression } from "./place.ts";
import type { Check } from "./rule.ts";
import type { Subject } from "./subject.ts";
import { parseTemplate, textOf } from "./template.ts";

/** A check that is ready to run. */
export interface ReadyCheck {
  readonly when: Program | undefined;
  readonly each: Program | undefined;
  readonly group: Program | undefined;
  readonly places: readonly PlaceExpression[];
  readonly part: Part;
  readonly message: Template;
  readonly help: Template | undefined;
}

type Template = readonly (string | Program)[];

export type CompiledCheck =
  | { readonly ok: true; readonly check: ReadyCheck }
  /** `field` names the part of the check, such as `when` or `at`. */
  | { readonly ok: false; readonly field: keyof Check; readonly error: string };

const compiled = new WeakMap<Check, CompiledCheck>();

/** The compiled form of a check; each check is compiled once. */
export function compiledCheck(check: Check): CompiledCheck {
  let known = compiled.get(check);
  if (!known) {
    known = compileCheck(check);
    compiled.set(check, known);
  }
  return known;
}

class Flaw extends Error {
  readonly field: keyof Check;
  constructor(field: keyof Check, error: string) {
    super(error);
    this.field = field;
  }
}

function compileCheck(check: Check): CompiledCheck {
  try {
    return { ok: true, check: assemble(check) };
  } catch (flaw) {
    if (flaw instanceof Flaw) return { ok: false, field: flaw.field, error: flaw.message };
    throw flaw;
  }
}

function assemble(check: Check): ReadyCheck {
  const outer = compilerFor(check.on);
  const each = check.each === undefined ? undefined : program(check, "each", outer, check.each, "list");
  const inner = each ? outer.with({ item: itemType(each.type) }) : outer;
  const telling = check.group === undefined ? inner : inner.with({ count: "int" });
  const places = check.at === undefined ? [] : typeof check.at === "string" ? [check.at] : check.at;
  return {
    when: check.when === undefined ? undefined : program(check, "when", outer, check.when, "bool"),
    each,
    group: check.group === undefined ? undefined : program(check, "group", inner, check.group, "string"),
    places: places.map((text) => place(text, inner)),
    part: check.part ?? "entry",
    message: template("message", check.message, telling),
    help: check.help === undefined ? undefined : template("help", check.help, telling),
  };
}

function program(
  check: Check,
  field: "when" | "each" | "group",
  compiler: Compiler,
  text: string,
  type: string,
): Program {
  const result = compiler.compile(text);
  if (!result.ok) throw new Flaw(field, result.error);
  const found = result.program.type;
  if (found !== type && found !== "dyn" && !found.startsWith(`${type}<`)) {
    throw new Flaw(field, `${field} must be a ${type}, is a ${found} (${check.on})`);
  }
  return result.program;
}

/** list<Port> → Port. */
function itemType(list: string): string {
  return list.startsWith("list<") ? list.slice("list<".length, -1) : "dyn";
}

function place(text: string, compiler: Compiler): PlaceExpression {
  const result = compilePlace(text, compiler);
  if (!result.ok) throw new Flaw("at", result.error);
  return result.place;
}

function template(field: "message" | "help", text: string, compiler: Compiler): Template {
  const parsed = parseTemplate(text.trim());
  if (!parsed.ok) throw new Flaw(field, parsed.error);
  return parsed.pieces.map((piece) => {
    if (piece.type === "text") return piece.text;
    const result = compiler.compile(piece.text);
    if (!result.ok) throw new Flaw(field, result.error);
    return result.program;
  });
}

/** Something that could not be evaluated. */
export interface Failure {
  readonly error: string;
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | ({ readonly ok: false } & Failure);

/** The contexts in which a check has something to say of a subject: none, one, or one for each item. */
export function hitsOf(check: ReadyCheck, subject: Subject): Outcome<readonly Context[]> {
  const { context } = subject;
  if (check.when) {
    const applies = check.when.run(context);
    if (!applies.ok) return applies;
    if (applies.value !== true) return { ok: true, value: [] };
  }
  if (!check.each) return { ok: true, value: [context] };
  const items = check.each.run(context);
  if (!items.ok) return items;
  const list = Array.isArray(items.value) ? items.value : [];
  return { ok: true, value: list.map((item: unknown) => withVariable(context, "item", item)) };
}

/** The context with one more variable; lazy ones stay lazy. */
export function withVariable(context: Context, name: string, value: unknown): Context {
  return Object.assign(Object.create(context), { [name]: value });
}

/** Where a hit stands: the first of the check's places that is written, else the place of the whole subject. */
export function locationOfHit(check: ReadyCheck, subject: Subject, context: Context): Location | undefined {
  for (const candidate of check.places) {
    const steps = candidate.steps(context);
    const found = steps && subject.locate(candidate.root, steps, check.part);
    if (found) return found;
  }
  return subject.place();
}

/** The text of a template. */
export function render(template: Template, context: Context): Outcome<string> {
  let text = "";
  for (const piece of template) {
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
