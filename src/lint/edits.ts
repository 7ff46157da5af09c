/** Fixes as rules say them: compiled with their check, and evaluated when somebody asks what a finding would change. */
import { isObject, type Json, type JsonObject } from "../kube/json.ts";
import type { Path } from "../source/node.ts";
import type { Delivery } from "../world/delivery.ts";
import type { Resource, Source } from "../world/world.ts";
import type { Compiler, Context, Program } from "./cel.ts";
import { plainOf } from "./cel-values.ts";
import type { CheckFault, Outcome } from "./check.ts";
import { compilePlace, type PlaceExpression } from "./place.ts";
import type { Check, OperationData, SubjectKind } from "./rule.ts";

/** Whether a fix keeps, or plainly does, what is meant. */
export type Safety = "safe" | "unsafe";

/** An object that fixes change. */
export interface Holder {
  readonly resource: Resource;
  /** As it arrives in the cluster. */
  readonly value: JsonObject;
  /** Directory of the kustomization that builds it; null for a plain file. */
  readonly root: string | null;
  /** What brings it into the cluster; a file may be brought several times. */
  readonly delivery?: Delivery;
  sourceOf(path: Path): Source;
}

/** One change of an object; paths are the object's. */
export type Change =
  | { readonly is: "set"; readonly path: Path; readonly value: Json; readonly beside?: Path }
  | { readonly is: "quote"; readonly path: Path }
  | { readonly is: "remove"; readonly path: Path }
  | { readonly is: "rename"; readonly path: Path; readonly key: string }
  | { readonly is: "move"; readonly path: Path; readonly to: Path; readonly value?: Json }
  | { readonly is: "run"; readonly operation: "uninject" };

/** What would fix a finding in one object. */
export interface Proposal {
  readonly safety: Safety;
  readonly holder: Holder;
  readonly changes: readonly Change[];
}

/** What would fix a finding: a change of each object that it concerns; or why that cannot be said. */
export type Fix =
  | { readonly ok: true; readonly safety: Safety; readonly proposals: readonly Proposal[] }
  | { readonly ok: false; readonly reason: string };

/** A fix with everything compiled. */
export interface ReadyEdit {
  readonly safety: Safety;
  readonly when: Program | undefined;
  readonly operations: readonly ReadyOperation[];
}

interface ReadyOperation {
  /** Below the edits of its rule. */
  readonly path: Path;
  readonly when: Program | undefined;
  readonly data: OperationData;
  readonly place: PlaceExpression | undefined;
  readonly to: PlaceExpression | undefined;
  readonly beside: readonly PlaceExpression[];
  readonly value: Program | undefined;
  readonly key: Program | undefined;
}

/** The variables that stand for objects which can be changed. */
const roots: Readonly<Partial<Record<SubjectKind, readonly string[]>>> = {
  workload: ["pod", "workload"],
  namespace: ["ns"],
};

/** Compiles the fixes of a check; the first thing that is wrong with them is the error. */
export function compileEdits(check: Check, compiler: Compiler): Outcome<readonly ReadyEdit[]> {
  const { edits = [], on, group } = check;
  if (edits.length === 0) return { ok: true, value: [] };
  if (group !== undefined) return faulty([], "what is told once for many findings (group) has no fix");
  const starts = roots[on];
  if (!starts) return faulty([], `nothing can be changed for a check on: ${on}`);
  const compiled: ReadyEdit[] = [];
  for (const [nth, edit] of edits.entries()) {
    const when = compileProgram(edit.when, compiler, [nth, "when"]);
    if (!when.ok) return when;
    const operations: ReadyOperation[] = [];
    for (const [index, data] of edit.do.entries()) {
      const operation = compileOperation(data, compiler, starts, [nth, "do", index]);
      if (!operation.ok) return operation;
      operations.push(operation.value);
    }
    compiled.push({ safety: edit.safety, when: when.value, operations });
  }
  return { ok: true, value: compiled };
}

const mainParts = ["set", "quote", "remove", "rename", "move"] as const;

function compileOperation(
  data: OperationData,
  compiler: Compiler,
  starts: readonly string[],
  path: Path,
): Outcome<ReadyOperation> {
  const part = mainParts.find((one) => data[one] !== undefined);
  const when = compileProgram(data.when, compiler, [...path, "when"]);
  if (!when.ok) return when;
  const value = compileProgram(data.value, compiler, [...path, "value"]);
  if (!value.ok) return value;
  const key = compileProgram(data.key, compiler, [...path, "key"]);
  if (!key.ok) return key;
  const placeAt = (text: string | undefined, below: Path): Outcome<PlaceExpression | undefined> =>
    text === undefined
      ? { ok: true, value: undefined }
      : compileTarget(text, compiler, starts, [...path, ...below]);
  const place = placeAt(part && data[part], [part ?? "run"]);
  if (!place.ok) return place;
  const to = placeAt(data.to, ["to"]);
  if (!to.ok) return to;
  const beside: PlaceExpression[] = [];
  for (const [index, text] of [data.beside ?? []].flat().entries()) {
    const sibling = placeAt(text, typeof data.beside === "string" ? ["beside"] : ["beside", index]);
    if (!sibling.ok) return sibling;
    if (sibling.value) beside.push(sibling.value);
  }
  return {
    ok: true,
    value: {
      path,
      when: when.value,
      data,
      place: place.value,
      to: to.value,
      beside,
      value: value.value,
      key: key.value,
    },
  };
}

function compileTarget(
  text: string,
  compiler: Compiler,
  starts: readonly string[],
  path: Path,
): Outcome<PlaceExpression> {
  const compiled = compilePlace(text, compiler);
  if (!compiled.ok) return faulty(path, compiled.error, compiled.offset);
  if (starts.includes(compiled.place.root)) return { ok: true, value: compiled.place };
  return faulty(
    path,
    `a place to change starts at ${starts.join(" or ")}, and this at ${compiled.place.root}`,
  );
}

function compileProgram(
  text: string | undefined,
  compiler: Compiler,
  path: Path,
): Outcome<Program | undefined> {
  if (text === undefined) return { ok: true, value: undefined };
  const compiled = compiler.compile(text);
  if (compiled.ok) return { ok: true, value: compiled.program };
  return faulty(path, compiled.error, compiled.offset);
}

function faulty(path: Path, error: string, offset?: number): Outcome<never> {
  return { ok: false, error: `edits: ${error}`, fault: { part: "edits", path, error, offset } };
}

/** What is wrong with the types of compiled fixes. */
export function editFaults(edits: readonly ReadyEdit[]): readonly CheckFault[] {
  return edits.flatMap(({ when, operations }, nth) => [
    ...typeFaults([nth, "when"], "bool", when),
    ...operations.flatMap(({ path, when: only, value, key, place, to, beside }) => [
      ...typeFaults([...path, "when"], "bool", only),
      ...typeFaults([...path, "value"], undefined, value),
      ...typeFaults([...path, "key"], "string", key),
      ...[place, to, ...beside].flatMap(
        (one) => one?.errors().map(({ error }): CheckFault => ({ part: "edits", path, error })) ?? [],
      ),
    ]),
  ]);
}

function typeFaults(
  path: Path,
  wanted: string | undefined,
  program: Program | undefined,
): readonly CheckFault[] {
  const typed = program?.type();
  if (!typed) return [];
  if (!typed.ok) return [{ part: "edits", path, error: typed.error, offset: typed.offset }];
  if (wanted === undefined || typed.type === wanted || typed.type === "dyn") return [];
  return [{ part: "edits", path, error: `it must be a ${wanted}, and is a ${typed.type}` }];
}

/** A subject whose object can be changed. */
export interface Editable {
  readonly holder: Holder;
  /** The path in the object of something below a variable. */
  pathOf(root: string, steps: Path): Path | undefined;
}

/** What a check's fixes change in an object where it found something; undefined where none of them is for it. */
export function proposalFor(
  edits: readonly ReadyEdit[],
  editable: Editable,
  context: Context,
): Outcome<Proposal | undefined> {
  for (const { safety, when, operations } of edits) {
    const applies = holds(when, context);
    if (!applies.ok) return applies;
    if (!applies.value) continue;
    const changes: Change[] = [];
    for (const operation of operations) {
      const wanted = holds(operation.when, context);
      if (!wanted.ok) return wanted;
      if (!wanted.value) continue;
      const change = changeOf(operation, editable, context);
      if (!change.ok) return change;
      changes.push(change.value);
    }
    if (changes.length > 0) return { ok: true, value: { safety, holder: editable.holder, changes } };
  }
  return { ok: true, value: undefined };
}

function holds(when: Program | undefined, context: Context): Outcome<boolean> {
  if (!when) return { ok: true, value: true };
  const result = when.run(context);
  return result.ok ? { ok: true, value: result.value === true } : failed(`when: ${result.error}`);
}

function failed(error: string): Outcome<never> {
  return { ok: false, error: `edits: ${error}` };
}

function changeOf(operation: ReadyOperation, editable: Editable, context: Context): Outcome<Change> {
  const { data } = operation;
  if (data.run !== undefined) return { ok: true, value: { is: "run", operation: data.run } };
  const path = pathAt(operation.place, editable, context);
  if (!path) return failed("a place does not come out");
  if (data.quote !== undefined) return { ok: true, value: { is: "quote", path } };
  if (data.remove !== undefined) return { ok: true, value: { is: "remove", path } };
  if (data.rename !== undefined) {
    const key = operation.key?.run(context);
    if (!key?.ok || typeof key.value !== "string") return failed("key: it is no string");
    return { ok: true, value: { is: "rename", path, key: key.value } };
  }
  const value = wantedValue(operation.value, context);
  if (!value.ok) return value;
  if (data.move !== undefined) {
    const to = pathAt(operation.to, editable, context);
    if (!to) return failed("a place does not come out");
    return {
      ok: true,
      value: { is: "move", path, to, ...(value.value !== undefined && { value: value.value }) },
    };
  }
  if (value.value === undefined) return failed("value: there is none");
  const beside = operation.beside
    .map((place) => pathAt(place, editable, context))
    .find((one) => one !== undefined && isWritten(editable.holder.value, one));
  return { ok: true, value: { is: "set", path, value: value.value, ...(beside && { beside }) } };
}

function isWritten(value: Json, path: Path): boolean {
  let here: Json | undefined = value;
  for (const step of path) {
    if (Array.isArray(here)) here = typeof step === "number" ? here[step] : undefined;
    else here = isObject(here) && Object.hasOwn(here, step) ? here[step] : undefined;
    if (here === undefined) return false;
  }
  return true;
}

function pathAt(place: PlaceExpression | undefined, editable: Editable, context: Context): Path | undefined {
  const steps = place?.steps(context);
  const path = place && steps ? editable.pathOf(place.root, steps) : undefined;
  return path?.includes("") ? undefined : path;
}

function wantedValue(program: Program | undefined, context: Context): Outcome<Json | undefined> {
  if (!program) return { ok: true, value: undefined };
  const result = program.run(context);
  if (!result.ok) return failed(`value: ${result.error}`);
  const value = jsonOf(plainOf(result.value));
  return value === undefined ? failed("value: it is nothing that a manifest can hold") : { ok: true, value };
}

/** Data of an expression as that of a manifest; undefined for what is none. */
function jsonOf(value: unknown): Json | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean" || typeof value === "number")
    return value;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) {
    const items = value.map(jsonOf);
    return items.includes(undefined) ? undefined : (items as Json[]);
  }
  if (typeof value !== "object") return undefined;
  const map: Record<string, Json> = Object.create(null);
  for (const [key, inner] of Object.entries(value)) {
    const one = jsonOf(inner);
    if (one === undefined) return undefined;
    map[key] = one;
  }
  return map;
}
