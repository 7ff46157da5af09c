/** Conformance family semantics/quantity: parsing, JSON and arithmetic of quantities. */
import { join } from "node:path";
import type { ParsedQuantity, Quantity } from "../../src/kube/quantity.ts";
import {
  addQuantities,
  asInt64,
  compareQuantities,
  equalQuantities,
  formatQuantity,
  integerValueOf,
  marshalQuantity,
  milliValueOf,
  parseQuantity,
  signOf,
  subtractQuantities,
  unmarshalQuantity,
} from "../../src/kube/quantity.ts";
import type { Case, Data } from "./family.ts";
import { jsonLines } from "./family.ts";

interface ParseCase {
  readonly id: string;
  readonly text: string;
  readonly valid: boolean;
  readonly canonical: string;
  readonly format: string;
  readonly sign: number;
  readonly isZero: boolean;
  readonly value: string;
  readonly milliValue: string;
  readonly asInt64?: string;
}

interface JsonCase {
  readonly id: string;
  readonly json: string;
  readonly valid: boolean;
  readonly marshaled: string;
}

interface OperationCase {
  readonly id: string;
  readonly a: string;
  readonly b: string;
  readonly cmp: number;
  readonly equal: boolean;
  readonly add: string;
  readonly addValue: string;
  readonly sub: string;
  readonly subValue: string;
}

/** Every case of parse.jsonl, json.jsonl and ops.jsonl. */
export async function* family({ directory }: Data): AsyncGenerator<Case> {
  for await (const given of jsonLines<ParseCase>(join(directory, "parse.jsonl"))) {
    yield { id: given.id, group: "parse", failure: judgeParse(given) };
  }
  for await (const given of jsonLines<JsonCase>(join(directory, "json.jsonl"))) {
    const parsed = unmarshalQuantity(given.json);
    const failure =
      validity(parsed, given.valid) ??
      (parsed.ok ? differing([["marshaled", marshalQuantity(parsed.quantity), given.marshaled]]) : undefined);
    yield { id: given.id, group: "json", failure };
  }
  for await (const given of jsonLines<OperationCase>(join(directory, "ops.jsonl"))) {
    yield { id: given.id, group: "ops", failure: judgeOperation(given) };
  }
}

function judgeParse(given: ParseCase): string | undefined {
  const parsed = parseQuantity(given.text);
  const invalid = validity(parsed, given.valid);
  if (invalid !== undefined || !parsed.ok) return invalid;
  const { quantity } = parsed;
  return differing([
    ["canonical", formatQuantity(quantity), given.canonical],
    ["format", quantity.format, given.format],
    ["sign", String(signOf(quantity)), String(given.sign)],
    ["isZero", String(signOf(quantity) === 0), String(given.isZero)],
    ["value", inRange(integerValueOf(quantity)), given.value],
    ["milliValue", inRange(milliValueOf(quantity)), given.milliValue],
    ["asInt64", String(asInt64(quantity)), String(given.asInt64)],
  ]);
}

function judgeOperation(given: OperationCase): string | undefined {
  const a = must(given.a);
  const b = must(given.b);
  const sum = addQuantities(a, b);
  const difference = subtractQuantities(a, b);
  return differing([
    ["cmp", String(compareQuantities(a, b)), String(given.cmp)],
    ["equal", String(equalQuantities(a, b)), String(given.equal)],
    ["add", formatQuantity(sum), given.add],
    ["addValue", inRange(integerValueOf(sum)), given.addValue],
    ["sub", formatQuantity(difference), given.sub],
    ["subValue", inRange(integerValueOf(difference)), given.subValue],
  ]);
}

function must(text: string): Quantity {
  const parsed = parseQuantity(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.quantity;
}

function validity(parsed: ParsedQuantity, valid: boolean): string | undefined {
  if (parsed.ok === valid) return undefined;
  return parsed.ok ? "read, should be refused" : `refused: ${parsed.error}`;
}

/** undefined beyond int64, where the family holds whatever Go's overflow gave. */
function inRange(value: bigint): string | undefined {
  return BigInt.asIntN(64, value) === value ? value.toString() : undefined;
}

function differing(facts: readonly (readonly [string, string | undefined, string])[]): string | undefined {
  const wrong = facts.filter(([, mine, theirs]) => mine !== undefined && mine !== theirs);
  if (wrong.length === 0) return undefined;
  return wrong.map(([what, mine, theirs]) => `${what} is ${mine}, should be ${theirs}`).join("; ");
}
