/** Random objects and strategic merge patches of them, compared with what Kubernetes' own code makes of them. */
import { type Field, type StructType, structType, type Type } from "../../src/kube/schema.ts";
import { strategicMerge } from "../../src/kube/strategic-merge.ts";
import { printExact, readExact } from "../conformance/exact-json.ts";
import type { Answer } from "./target.ts";

export interface Question {
  readonly op: "strategicMerge";
  /** Original and patch as JSON texts, which keep `80.0` and large numbers. */
  readonly fields: { readonly type: string; readonly original: string; readonly patch: string };
}

export const name = "merge";

/** What differs between our answer and the judge's, or undefined. */
export function compare({ fields }: Question, answer: Answer): string | undefined {
  const merged = strategicMerge(fields.type, readExact(fields.original), readExact(fields.patch));
  if (!merged.ok) {
    const { path, message } = merged.error;
    return answer.ok ? `refused: ${path.join(".")} ${message}; should be ${answer.out}` : undefined;
  }
  if (!answer.ok) return `merged, should be refused: ${answer.error}`;
  const [mine, must] = [printExact(merged.value), printExact(readExact(String(answer.out)))];
  return mine === must ? undefined : `${mine}, should be ${must}`;
}

const TYPES = ["Pod", "Pod", "Pod", "PodTemplateSpec", "Container", "Deployment", "Namespace"];
const SCALARS: Readonly<Record<string, readonly string[]>> = {
  bool: ["true", "false"],
  int32: ["80", "80", "80.0", "81", "8080", "8e1", "-1"],
  int64: ["0", "1", "1337", "9007199254740993", "9007199254740992", "12345678901234567890", "1.5"],
  intOrString: ["80", '"http"'],
  quantity: ["1", '"1"', '"1Gi"', "0.5"],
  any: ["{}", '{"a":{"b":1}}'],
};
const NAMES = ['"a"', '"b"', '"c"', '"d"', '"e"', '""'];
const STRAY = [
  "null",
  "[]",
  "{}",
  '"x"',
  "1",
  "true",
  "[null]",
  "[[]]",
  '["a","a"]',
  '[{"name":"a"}]',
  '{"$patch":"delete"}',
];

/** Chance, and whether a patch is being made. */
interface Maker {
  readonly below: (limit: number) => number;
  readonly pick: <T>(from: readonly T[]) => T;
  readonly patch: boolean;
  /** One in so many values is of a kind that does not belong there; never where 0. */
  readonly noise: number;
}

/** The next question; `random` gives numbers in [0, 1). */
export function generate(random: () => number): Question {
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  const type = pick(TYPES);
  const noise = pick([0, 0, 20, 100]);
  const made = (patch: boolean) => value({ below, pick, patch, noise }, { is: "struct", name: type }, 0);
  return { op: "strategicMerge", fields: { type, original: made(false), patch: made(true) } };
}

function value(maker: Maker, type: Type, depth: number): string {
  const { below, pick, noise } = maker;
  if (depth > 0 && noise > 0 && below(noise) === 0) return pick(STRAY);
  if (type.is === "struct") return object(maker, structType(type.name) as StructType, depth, undefined);
  if (type.is === "list") return list(maker, type.of, depth, undefined);
  if (type.is === "map") {
    const entries = new Map(
      NAMES.filter(() => below(3) === 0).map((key) => [key, value(maker, type.of, depth)]),
    );
    if (maker.patch) addDirective(maker, entries);
    return braces(entries);
  }
  return pick(SCALARS[type.is] ?? NAMES);
}

function list(maker: Maker, of: Type, depth: number, mergeKey: string | undefined): string {
  const { below, pick } = maker;
  const length = below(40) === 0 ? below(30) : below(5);
  const item = () =>
    mergeKey && of.is === "struct" && below(100) > 0
      ? object(maker, structType(of.name) as StructType, depth + 1, mergeKey)
      : value(maker, of, depth + 1);
  const items = Array.from({ length }, item);
  if (maker.patch && below(40) === 0) items.push(pick(['{"$patch":"replace"}', '{"$patch":"merge"}']));
  return `[${items.join(",")}]`;
}

function object(maker: Maker, type: StructType, depth: number, mergeKey: string | undefined): string {
  const { below, pick, patch } = maker;
  const entries = new Map<string, string>();
  const merging = type.fields.filter((field) => field.mergeKey !== undefined);
  const inner = type.fields.filter(
    ({ name }) => name === "spec" || name === "metadata" || name === "template",
  );
  const central = [...inner, ...merging];
  for (let left = depth > 4 ? 1 : below(5) + (depth < 2 ? 1 : 0); left > 0; left--) {
    const field = pick(central.length > 0 && below(4) > 0 ? central : type.fields);
    const spelling = below(200) === 0 ? field.name.toUpperCase() : field.name;
    entries.set(JSON.stringify(spelling), set(maker, field, depth));
  }
  const key = type.byName.get(mergeKey ?? "");
  if (key && below(60) > 0)
    entries.set(JSON.stringify(key.name), pick(key.type.is === "int32" ? ["80", "81", "82", "80.0"] : NAMES));
  if (patch && key && below(10) === 0) entries.set('"$patch"', '"delete"');
  if (patch) {
    for (const field of pick([[], [], merging, type.fields.filter(({ type }) => type.is === "list")])) {
      if (below(3) === 0) addListDirective(maker, entries, field);
    }
    addDirective(maker, entries);
  }
  return braces(entries);
}

function set(maker: Maker, field: Field, depth: number): string {
  if (maker.below(maker.patch ? 12 : 40) === 0) return "null";
  if (field.type.is !== "list") return value(maker, field.type, depth + 1);
  if (maker.noise > 0 && maker.below(maker.noise) === 0) return maker.pick(STRAY);
  return list(maker, field.type.of, depth, field.mergeKey);
}

function addDirective({ below, pick }: Maker, entries: Map<string, string>): void {
  const asked = below(30);
  if (asked === 0)
    entries.set('"$patch"', pick(['"replace"', '"delete"', '"delete"', '"merge"', "null", "1"]));
  if (asked !== 1) return;
  const named = [...entries.keys()].filter((key) => !key.startsWith('"$') && below(20) > 0);
  entries.set('"$retainKeys"', `[${named.join(",")}]`);
}

/** An order, or values to delete: not with values to add, as the judge takes those in the order of chance. */
function addListDirective(maker: Maker, entries: Map<string, string>, { name, type, mergeKey }: Field): void {
  if (type.is !== "list") return;
  const { below, pick } = maker;
  const key = mergeKey ?? "";
  const plain = key === "" ? pick([0, 1, 2]) : below(10);
  const items = Array.from({ length: below(5) }, () => {
    const item = pick(key === "containerPort" ? ["80", "81", "82"] : NAMES);
    return key === "" || below(100) === 0 ? item : `{${JSON.stringify(key)}:${item}}`;
  });
  const directive = plain === 0 ? "$deleteFromPrimitiveList" : "$setElementOrder";
  const given = entries.get(JSON.stringify(name));
  if (plain === 0 && given !== undefined) return;
  if (plain !== 0 && given?.startsWith("[") && below(3) > 0) items.push(...keysOf(given, key));
  entries.set(
    JSON.stringify(`${directive}${below(60) === 0 ? "" : "/"}${name}`),
    `[${[...new Set(items)].join(",")}]`,
  );
}

/** The items of a list as an order names them. */
function keysOf(list: string, key: string): readonly string[] {
  return (JSON.parse(list) as readonly unknown[]).map((item) => {
    if (key === "" || typeof item !== "object" || item === null) return JSON.stringify(item);
    return JSON.stringify({ [key]: (item as Readonly<Record<string, unknown>>)[key] });
  });
}

function braces(entries: ReadonlyMap<string, string>): string {
  return `{${[...entries].map(([key, text]) => `${key}:${text}`).join(",")}}`;
}
