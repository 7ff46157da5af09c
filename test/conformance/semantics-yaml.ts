/** Conformance family semantics/yaml: YAML to JSON, plain and strict; the document splitters; decoding into Kubernetes types. */
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type Decoded, decode, type Via } from "../../src/kube/decode.ts";
import type { Json } from "../../src/kube/json.ts";
import { toGoJson } from "../../src/source/go-json.ts";
import {
  type Chunks,
  documentDecoderChunks,
  yamlOrJsonChunks,
  yamlReaderChunks,
} from "../../src/source/kubernetes-split.ts";
import { type Node, toValue } from "../../src/source/node.ts";
import { type ReadOptions, readYaml } from "../../src/source/read.ts";
import type { Duplicate, Reading } from "../../src/source/reading.ts";
import { decodeText } from "../../src/source/text.ts";
import type { Case, Data } from "./family.ts";
import { jsonLines } from "./family.ts";

interface Source {
  readonly id: string;
  readonly text?: string;
  readonly textBase64?: string;
}

interface JsonCase extends Source {
  readonly error: boolean;
  readonly json?: string;
  readonly errorText?: string;
  readonly strictErrorText?: string;
}

interface ExpectedChunks {
  readonly chunks: readonly string[];
  readonly errorText?: string;
}

interface SplitCase extends Source {
  readonly yamlReader: ExpectedChunks;
  readonly yamlOrJSON: ExpectedChunks;
  readonly documentDecoder: ExpectedChunks;
}

interface ExpectedObject {
  readonly error: boolean;
  readonly result?: unknown;
  readonly errorText?: string;
}

export interface TypedCase extends Source {
  readonly kind: string;
  readonly unmarshal: ExpectedObject;
  readonly strict?: ExpectedObject;
  readonly scheme: ExpectedObject;
  readonly schemeStrict?: ExpectedObject;
}

export async function* family({ directory }: Data): AsyncGenerator<Case> {
  for await (const each of jsonLines<JsonCase>(join(directory, "to-json.jsonl"))) {
    yield { id: each.id, group: "to-json", failure: judgeJson(each) };
  }
  for await (const each of jsonLines<SplitCase>(join(directory, "split.jsonl"))) {
    yield { id: each.id, group: "split", failure: judgeSplit(each) };
  }
  for await (const each of jsonLines<TypedCase>(join(directory, "typed.jsonl"))) {
    yield { id: each.id, group: "typed", failure: judgeTyped(each) };
  }
}

function readSource({ text, textBase64 }: Source, options: ReadOptions = {}): Reading {
  const bytes = textBase64 === undefined ? Buffer.from(text ?? "") : Buffer.from(textBase64, "base64");
  const decoded = decodeText(bytes);
  if ("text" in decoded) return readYaml(decoded.text, 0, decoded.text.length, options);
  return { ok: false, error: { message: decoded.error, offset: decoded.offset } };
}

const isRepeated = ({ same }: Duplicate): boolean => same;

function judgeJson(expected: JsonCase): string | undefined {
  const reading = readSource(expected);
  if (!reading.ok) return expected.error ? undefined : `refused: ${reading.error.message}`;
  if (expected.error) return `accepted, must be refused: ${expected.errorText}`;
  const json = toGoJson(reading.root);
  if (json !== expected.json) return `is ${json}, must be ${expected.json}`;
  const repeated = reading.duplicates?.some(isRepeated) === true;
  if (repeated === (expected.strictErrorText !== undefined)) return undefined;
  return repeated ? "strict: refused" : `strict: accepted, must be refused: ${expected.strictErrorText}`;
}

function judgeSplit(expected: SplitCase): string | undefined {
  const text = expected.text ?? "";
  const readers: readonly (readonly [string, Chunks, ExpectedChunks])[] = [
    ["yamlReader", yamlReaderChunks(text), expected.yamlReader],
    ["yamlOrJSON", yamlOrJsonChunks(text), expected.yamlOrJSON],
    ["documentDecoder", documentDecoderChunks(text), expected.documentDecoder],
  ];
  for (const [name, ours, theirs] of readers) {
    if (!isDeepStrictEqual(ours.chunks, theirs.chunks)) {
      return `${name}: is ${JSON.stringify(ours.chunks)}, must be ${JSON.stringify(theirs.chunks)}`;
    }
    if ((ours.error === undefined) !== (theirs.errorText === undefined)) {
      return `${name}: ${ours.error ?? "accepted"}, must be ${theirs.errorText ?? "accepted"}`;
    }
  }
  return undefined;
}

/** Judges one reading of a text into a type, each way. */
export function judgeTyped(expected: TypedCase): string | undefined {
  const reading = readSource(expected);
  const lenient = readSource(expected, { nonFinite: true });
  const { unmarshal, scheme } = expected;
  const runs: readonly (readonly [string, Via, boolean, ExpectedObject])[] = [
    ["unmarshal", "unmarshal", false, unmarshal],
    ["strict", "unmarshal", true, expected.strict ?? unmarshal],
    ["scheme", "scheme", false, scheme],
    ["schemeStrict", "scheme", true, expected.schemeStrict ?? scheme],
  ];
  for (const [name, via, strict, theirs] of runs) {
    const ours = decodeReading(expected.kind, via === "unmarshal" ? lenient : reading, via, strict);
    if (ours === undefined || !ours.ok) {
      const why = ours
        ? ours.errors.map(({ path, message }) => `${path.join(".")} ${message}`).join("; ")
        : "unreadable";
      if (!theirs.error) return `${name}: refused (${why})`;
    } else if (theirs.error) return `${name}: accepted, must be refused: ${theirs.errorText}`;
    else {
      // As text, because the order of the fields has to be Go's too.
      const [mine, must] = [JSON.stringify(plain(ours.value)), JSON.stringify(theirs.result)];
      if (mine !== must) return `${name}: is ${mine}, must be ${must}`;
    }
  }
  return undefined;
}

const invalidByte = /(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Values as JSON.parse gives them of what Go writes. */
function plain(value: Json): unknown {
  const written = JSON.stringify(value, (_, each) => {
    if (typeof each === "bigint") return Number(each);
    return typeof each === "string" ? each.replace(invalidByte, "\ufffd") : each;
  });
  return JSON.parse(written);
}

function decodeReading(kind: string, reading: Reading, via: Via, strict: boolean): Decoded | undefined {
  if (!reading.ok) return undefined;
  const { root } = reading;
  return decode(kind, root ? toValue(root) : null, {
    via,
    strict,
    duplicates: reading.duplicates?.filter(isRepeated).map(({ key }) => [key]) ?? [],
    isFloat: (path) => isFloatAt(root, path),
  });
}

function isFloatAt(root: Node | undefined, path: readonly (string | number)[]): boolean {
  let node = root;
  for (const step of path) {
    if (typeof step === "number") node = node?.type === "list" ? node.items[step] : undefined;
    else node = node?.type === "map" ? node.entries.find(({ key }) => key === step)?.value : undefined;
  }
  return node?.type === "scalar" && node.float === true;
}
