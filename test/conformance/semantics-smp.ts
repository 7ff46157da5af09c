/** Conformance family semantics/smp: strategic merge patches, plain and as the injector merges. */
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { decode } from "../../src/kube/decode.ts";
import { isObject, type Json, type JsonObject } from "../../src/kube/json.ts";
import { overlay } from "../../src/kube/overlay.ts";
import { strategicMerge } from "../../src/kube/strategic-merge.ts";
import { printExact, readExact } from "./exact-json.ts";
import type { Case, Data } from "./family.ts";

export async function* family({ directory }: Data): AsyncGenerator<Case> {
  const input = createReadStream(join(directory, "cases.jsonl"));
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    const given = line === "" ? undefined : readExact(line);
    if (!isObject(given)) continue;
    const { type, original = null, patch = null } = given;
    const ask: Question = { type: String(type), original, patch };
    for (const [group, judge] of [
      ["plain", judgePlain],
      ["istio", judgeIstio],
    ] as const) {
      const expected = given[group];
      if (isObject(expected)) yield { id: `${given.id}`, group, failure: judge(ask, expected) };
    }
  }
}

interface Question {
  readonly type: string;
  readonly original: Json;
  readonly patch: Json;
}

function judgePlain({ type, original, patch }: Question, expected: JsonObject): string | undefined {
  const before = printExact([original, patch]);
  const merged = strategicMerge(type, original, patch);
  if (printExact([original, patch]) !== before) return "changed its input";
  if (!merged.ok) return refusal(expected, merged.error.message);
  if (expected.error) return `accepted, must be refused: ${expected.errorText}`;
  return differing("result", merged.value, expected.result) ?? judgeTyped(type, merged.value, expected);
}

function judgeIstio({ type, original, patch }: Question, expected: JsonObject): string | undefined {
  const typed = decode(type, original, { via: "json" });
  if (!typed.ok) return `original refused: ${typed.errors[0]?.message}`;
  const merged = strategicMerge(type, inFloats(typed.value), inFloats(patch));
  if (!merged.ok) return refusal(expected, merged.error.message);
  if (expected.error) return `accepted, must be refused: ${expected.errorText}`;
  const overlaid = overlay(type, typed.value, patch);
  const printed = overlaid.ok ? overlaid.value : undefined;
  return differing("result", merged.value, expected.result) ?? differing("overlay", printed, expected.typed);
}

function judgeTyped(type: string, value: Json, expected: JsonObject): string | undefined {
  const typed = decode(type, value, { via: "json" });
  return differing("typed", typed.ok ? typed.value : undefined, expected.typed);
}

function refusal({ error }: JsonObject, message: string): string | undefined {
  return error ? undefined : `refused: ${message}`;
}

function differing(what: string, ours: Json | undefined, theirs: Json | undefined): string | undefined {
  const [mine, must] = [printExact(ours), printExact(theirs)];
  return mine === must ? undefined : `${what} is ${mine}, must be ${must}`;
}

function inFloats(json: Json): Json {
  return JSON.parse(JSON.stringify(json, (_, value) => (typeof value === "bigint" ? Number(value) : value)));
}
