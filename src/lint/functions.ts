/** What rules ask that CEL cannot say: named functions of plain values, each pure. */

import { isObject, type Json } from "../kube/json.ts";
import { edits } from "../kube/nearest.ts";
import { compareQuantities, parseQuantity, type Quantity, signOf } from "../kube/quantity.ts";
import { compileSelector } from "../kube/selector.ts";
import { plainOf } from "./cel-values.ts";

const ranks = new Map<string, number>();

/** A number that orders minor releases; anything behind the second number is not looked at. Asked for every workload, so kept. */
function rankOf(release: string): number {
  const known = ranks.get(release);
  if (known !== undefined) return known;
  const [major = "0", minor = "0"] = release.replace(/^v/, "").split(".");
  const rank = (Number.parseInt(major, 10) || 0) * 10_000 + (Number.parseInt(minor, 10) || 0);
  ranks.set(release, rank);
  return rank;
}

/** Whether an Istio release is the given minor release or a newer one: `releaseAtLeast("1.30.3", "1.12")`. */
export function releaseAtLeast(release: string, wanted: string): boolean {
  return rankOf(release) >= rankOf(wanted);
}

/** Whether an Istio release belongs to the given minor release or an older one. */
export function releaseAtMost(release: string, last: string): boolean {
  return rankOf(release) <= rankOf(last);
}

/** Why a text is no quantity for a request or limit; empty when it is one. */
export function quantityError(text: string): string {
  const parsed = parseQuantity(text);
  if (!parsed.ok) return parsed.error;
  return signOf(parsed.quantity) < 0 ? `${JSON.stringify(text)} is negative` : "";
}

/** -1, 0 or 1 as the first quantity is below, equal to or above the second; 0 when either is none. */
export function compareQuantityTexts(a: string, b: string): -1 | 0 | 1 {
  const left = parseQuantity(a);
  const right = parseQuantity(b);
  return left.ok && right.ok ? compareQuantities(left.quantity, right.quantity) : 0;
}

/** The one of some words that a text means but for its letter case, blanks around it, or two slips at most; else empty. */
export function meantWord(text: string, words: unknown): string {
  const given = text.trim().toLowerCase();
  if (given === "" || !Array.isArray(words)) return "";
  const near = words.flatMap((word: unknown) => {
    if (typeof word !== "string") return [];
    const distance = edits(given, word.toLowerCase());
    return distance <= Math.min(2, Math.floor(word.length / 3)) ? [{ word, distance }] : [];
  });
  const least = Math.min(...near.map(({ distance }) => distance));
  const [best, other] = near.filter(({ distance }) => distance === least);
  return best && !other ? best.word : "";
}

const mostCpu = quantity("64");
const leastMemory = quantity("1Mi");
const mostMemory = quantity("1Ti");

/**
 * Why a valid quantity is surely not what was meant for a sidecar; empty when it may be. `kind` is requests or limits,
 * `resource` cpu or memory. A limit of zero is no limit to the kubelet of Kubernetes 1.35.
 */
export function suspicion(kind: string, resource: string, text: string): string {
  const parsed = parseQuantity(text);
  if (!parsed.ok) return "";
  const sign = signOf(parsed.quantity);
  if (sign < 0) return "";
  if (sign === 0)
    return kind === "limits" ? "a limit of zero is no limit" : "that sets nothing aside for the sidecar";
  return resource === "cpu" ? cpuSuspicion(text, parsed.quantity) : memorySuspicion(text, parsed.quantity);
}

function cpuSuspicion(text: string, amount: Quantity): string {
  if (compareQuantities(amount, mostCpu) <= 0) return "";
  if (/^[0-9]+$/.test(text)) return `that is ${text} whole CPUs; ${text}m is ${thousandth(text)} of one`;
  return /i$/.test(text)
    ? "that suffix is for bytes, and CPU is counted in cores"
    : "that is more than 64 CPUs";
}

function thousandth(digits: string): string {
  return String(Number(digits) / 1000);
}

function memorySuspicion(text: string, amount: Quantity): string {
  if (text.endsWith("m")) {
    const digits = text.slice(0, -1);
    return `m means thousandths, so that is ${thousandth(digits)} bytes; ${digits}Mi is mebibytes`;
  }
  if (compareQuantities(amount, leastMemory) < 0) return "that is less than 1Mi, too little for any sidecar";
  return compareQuantities(amount, mostMemory) > 0 ? "that is more than 1Ti" : "";
}

function quantity(text: string): Quantity {
  const parsed = parseQuantity(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.quantity;
}

/** Why the API server refuses a label selector; empty when it does not. */
export function selectorError(held: unknown): string {
  const selector = plainOf(held);
  if (!isJson(selector) || selector === null) return "";
  if (!isObject(selector)) return "it is not a map";
  const compiled = compileSelector(selector);
  return compiled.ok ? "" : compiled.error;
}

function isJson(value: unknown): value is Json {
  return value !== undefined && typeof value !== "function" && typeof value !== "symbol";
}

/** "1 workload", "12 workloads". */
export function counted(count: bigint, noun: string): string {
  return `${count} ${noun}${count === 1n ? "" : "s"}`;
}

/** A text as YAML writes it for a string: `100m`, `"true"`, `"1.30"`. */
export function yamlString(text: string): string {
  const plain = /^[A-Za-z0-9][\w./-]*$/.test(text) && /[A-Za-z]/.test(text);
  return plain && !wordsOfOtherTypes.test(text) && Number.isNaN(Number(text)) ? text : JSON.stringify(text);
}

const wordsOfOtherTypes = /^(?:y|n|yes|no|on|off|true|false|null|0o?[0-7_]+|0x[\da-f_]+|[\d._]+e\d*)$/i;
