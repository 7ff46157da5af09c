/** Random quantities, compared with what Kubernetes' own code says of them. */

import type { Quantity } from "../../src/kube/quantity.ts";
import {
  addQuantities,
  asInt64,
  compareQuantities,
  formatQuantity,
  integerValueOf,
  milliValueOf,
  parseQuantity,
  signOf,
} from "../../src/kube/quantity.ts";

/** A question to the judge: the operation and its fields. */
export interface Question {
  readonly op: "quantity" | "compareQuantity" | "addQuantity";
  readonly fields: { readonly [name: string]: string };
}

/** What the judge said; `out` as its protocol describes. */
export interface Answer {
  readonly ok: boolean;
  readonly out?: unknown;
}

export const name = "quantity";

const SUFFIXES = [
  "",
  "",
  "",
  "n",
  "u",
  "m",
  "k",
  "M",
  "G",
  "T",
  "P",
  "E",
  "Ki",
  "Mi",
  "Gi",
  "Ti",
  "Pi",
  "Ei",
];
const STRAY = [
  "i",
  "K",
  "ki",
  "mi",
  "g",
  "e",
  "E",
  "e+",
  "em",
  " ",
  "Gi ",
  "B",
  "GiB",
  "1",
  ".",
  "-",
  "+",
  "é",
  "\u0000",
  "0x",
];

/** The next question; `random` gives numbers in [0, 1). */
export function generate(random: () => number): Question {
  const kind = random();
  if (kind < 0.4) return { op: "quantity", fields: { text: quantityText(random, 0.15) } };
  const fields = { a: quantityText(random, 0.02), b: quantityText(random, 0.02) };
  return { op: kind < 0.7 ? "compareQuantity" : "addQuantity", fields };
}

/** What differs between our answer and the judge's, or undefined. */
export function compare(question: Question, answer: Answer): string | undefined {
  const mine = answerTo(question);
  if ((mine !== undefined) !== answer.ok)
    return mine === undefined ? "refused, should be read" : "read, should be refused";
  if (mine === undefined) return undefined;
  if (typeof mine === "number") return mine === answer.out ? undefined : `${mine}, should be ${answer.out}`;
  const theirs = answer.out as Readonly<Record<string, unknown>>;
  const wrong = Object.entries(mine).filter(([key, value]) => value !== BEYOND && value !== theirs[key]);
  return wrong.length === 0
    ? undefined
    : wrong.map(([key, value]) => `${key} is ${String(value)}, should be ${String(theirs[key])}`).join("; ");
}

function answerTo({ op, fields }: Question): number | Readonly<Record<string, unknown>> | undefined {
  if (op === "quantity") {
    const parsed = parseQuantity(fields.text ?? "");
    return parsed.ok ? view(parsed.quantity) : undefined;
  }
  const a = parseQuantity(fields.a ?? "");
  const b = parseQuantity(fields.b ?? "");
  if (!a.ok || !b.ok) return undefined;
  return op === "compareQuantity"
    ? compareQuantities(a.quantity, b.quantity)
    : view(addQuantities(a.quantity, b.quantity));
}

/** Marks a number beyond 64 bits, where the judge's answer is whatever its overflow gave. */
const BEYOND = Symbol("beyond int64");

function view(quantity: Quantity): Readonly<Record<string, unknown>> {
  return {
    canonical: formatQuantity(quantity),
    format: quantity.format,
    sign: signOf(quantity),
    isZero: signOf(quantity) === 0,
    value: int64Text(integerValueOf(quantity)),
    milliValue: int64Text(milliValueOf(quantity)),
    asInt64: asInt64(quantity)?.toString(),
  };
}

function int64Text(value: bigint): string | typeof BEYOND {
  return BigInt.asIntN(64, value) === value ? value.toString() : BEYOND;
}

function quantityText(random: () => number, noise: number): string {
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = (from: readonly string[]): string => from[below(from.length)] ?? "";
  let text = pick(["", "", "", "", "-", "+"]);
  text += digits(random, below(3) === 0 ? below(30) : below(6));
  if (below(3) === 0) text += `.${digits(random, below(2) === 0 ? below(4) : below(25))}`;
  if (below(4) === 0)
    text += pick(["e", "E"]) + pick(["", "", "-", "+"]) + String(below(below(20) === 0 ? 400 : 25));
  else text += pick(SUFFIXES);
  return random() < noise ? disturbed(text, pick, below) : text;
}

/** A character dropped or a stray one put in. Exponents stay small: some large ones keep the judge busy for ever. */
function disturbed(
  text: string,
  pick: (from: readonly string[]) => string,
  below: (limit: number) => number,
): string {
  const place = below(text.length + 1);
  const rest = below(2) === 0 ? text.slice(place) : text.slice(place + 1);
  return (text.slice(0, place) + pick(STRAY) + rest).replace(/([eE][+-]?[0-9]{3})[0-9]+$/, "$1");
}

function digits(random: () => number, length: number): string {
  const style = random();
  let text = "";
  for (let i = 0; i < length; i++) {
    if (style < 0.15) text += "0";
    else if (style < 0.3) text += i === 0 ? "1" : "0";
    else if (style < 0.4) text += "9";
    else text += String(Math.floor(random() * 10));
  }
  return style > 0.9 ? String(2n ** BigInt(Math.floor(random() * 80))) : text;
}
