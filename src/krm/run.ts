/** The function: the text of a ResourceList goes in, the same text with edits and results comes out (KRM functions specification v1). */
import { type FileTree, memoryTree, type Scan, scan } from "../index.ts";
import type { Document } from "../source/document.ts";
import { entryOf, type Node } from "../source/node.ts";
import { readYaml } from "../source/read.ts";
import type { SourceFile } from "../source/reading.ts";
import { type Edit, partsWithEdits } from "../source/splice.ts";
import { decodeText } from "../source/text.ts";
import { checkResults } from "./check.ts";
import { type FunctionSettings, readFunctionConfig } from "./function-config.ts";
import { injectItems } from "./inject.ts";
import { resultsEdits } from "./output.ts";
import {
  duplicateResults,
  type ListReading,
  listPath,
  oddItems,
  onlyDocument,
  type ResourceList,
  readList,
} from "./resource-list.ts";
import { type Result, type ResultSeverity, resultLines, sortedResults } from "./results.ts";

export interface FunctionSurroundings {
  /** The directory in which the function runs. */
  readonly tree: FileTree;
  /** The day for which `until` is judged, as 2026-12-31; without it nothing expires. */
  readonly today?: string | undefined;
}

export interface FunctionRun {
  /** The ResourceList, in parts; none where there was none to begin with. */
  readonly stdout: readonly string[];
  /** Errors and warnings for people. */
  readonly stderr: string;
  /** 1 when the function fails: for results of a severity that fails, and for input that is no ResourceList. */
  readonly exit: 0 | 1;
}

/**
 * Runs the function that the functionConfig of a ResourceList asks for, SidecarCheck where there is none. What comes out is the text
 * that went in, with the sidecars and with `results`; of an input that cannot be read nothing comes out but the reason.
 */
export function runFunction(input: Uint8Array, surroundings: FunctionSurroundings): FunctionRun {
  const asked = settingsIn(input, surroundings.tree);
  if (!asked.ok) return asked.run;
  const { settings } = asked;
  const scanned = scanList(input, settings, surroundings);
  const [document] = scanned.documentsOf(listPath) ?? [];
  const list = document ? readList(document) : asked.listAgain();
  if (!list.ok) return unreadable(list.says);
  return worked(scanned, list.list, settings);
}

type Asked =
  | { readonly ok: true; readonly settings: FunctionSettings; listAgain(): ListReading }
  | { readonly ok: false; readonly run: FunctionRun };

/** What the function is asked for. What had to be read of the list for that is not kept: it may be very long, and is read once more. */
function settingsIn(input: Uint8Array, tree: FileTree): Asked {
  const file = fileOf(input);
  if ("says" in file) return { ok: false, run: unreadable(file.says) };
  const document = onlyDocument(file);
  if ("says" in document) return { ok: false, run: unreadable(document.says) };
  const early = earlyConfig(document);
  const listed = early ? undefined : readList(document);
  if (listed && !listed.ok) return { ok: false, run: unreadable(listed.says) };
  const node = early ? early.node : listed && entryOf(listed.list.root, "functionConfig")?.value;
  const reading = readFunctionConfig(file, node, tree);
  if (reading.ok) return { ok: true, settings: reading.settings, listAgain: () => listIn(input) };
  const list = listed ?? readList(document);
  const run = list.ok ? finished(list.list, [], reading.results, failing.error) : unreadable(list.says);
  return { ok: false, run };
}

function fileOf(input: Uint8Array): SourceFile | { readonly says: string } {
  const decoded = decodeText(input);
  return "error" in decoded
    ? { says: `standard input: ${decoded.error}` }
    : { path: listPath, text: decoded.text };
}

function listIn(input: Uint8Array): ListReading {
  const file = fileOf(input);
  const document = "says" in file ? file : onlyDocument(file);
  return "says" in document ? { ok: false, says: document.says } : readList(document);
}

function unreadable(says: string): FunctionRun {
  return { stdout: [], stderr: `sidelint: ${says}\n`, exit: 1 };
}

function scanList(
  input: Uint8Array,
  { config, rules }: FunctionSettings,
  { today }: FunctionSurroundings,
): Scan {
  return scan(memoryTree({ [listPath]: input }), {
    paths: [listPath],
    config,
    rules,
    ...(today === undefined ? {} : { today }),
  });
}

const failing: Readonly<Record<FunctionSettings["failOn"], readonly ResultSeverity[]>> = {
  error: ["error"],
  warning: ["error", "warning"],
  info: ["error", "warning", "info"],
  never: [],
};

function worked(scanned: Scan, list: ResourceList, settings: FunctionSettings): FunctionRun {
  const about = [...oddItems(list), ...duplicateResults(list)];
  if (settings.kind === "SidecarCheck")
    return finished(list, [], [...about, ...checkResults(scanned, list)], failing[settings.failOn]);
  const { edits, results } = injectItems(scanned, list, settings);
  return finished(list, edits, [...about, ...results], failing.error);
}

function finished(
  list: ResourceList,
  edits: readonly Edit[],
  found: readonly Result[],
  grades: readonly ResultSeverity[],
): FunctionRun {
  const results = sortedResults(found);
  const { text } = list.document.file;
  const made = partsWithEdits(text, [...edits, ...resultsEdits(list, results)]);
  const fails = !made.ok || results.some(({ severity }) => grades.includes(severity));
  const fault = made.ok ? "" : `sidelint: the list cannot be edited: ${made.reason}\n`;
  return {
    stdout: made.ok ? made.parts : [text],
    stderr: resultLines(results) + fault,
    exit: fails ? 1 : 0,
  };
}

interface EarlyConfig {
  readonly node: Node | undefined;
}

/**
 * The functionConfig of a list that is written as a block, read before everything else, which needs it; undefined where it is not plain
 * where it begins and ends. A list is then read only once.
 */
function earlyConfig({ file, body, end }: Document): EarlyConfig | undefined {
  const { text } = file;
  const start = /^(?:apiVersion|kind|items|functionConfig|results):/.test(text.slice(body, body + 20))
    ? keyAt(text, "functionConfig:", body)
    : -1;
  if (start < 0 || start >= end) return undefined;
  const next = /\n(?=[^\s#-])/g;
  next.lastIndex = start;
  const stop = Math.min(next.exec(text)?.index ?? end, end);
  const reading = readYaml(text, start, stop);
  return reading.ok ? { node: entryOf(reading.root, "functionConfig")?.value } : undefined;
}

/** Where a key begins a line; -1 where none does, or more than one. */
function keyAt(text: string, key: string, from: number): number {
  const first = text.startsWith(key, from) ? from : text.indexOf(`\n${key}`, from - 1) + 1;
  if (first === 0 && !text.startsWith(key)) return -1;
  return text.indexOf(`\n${key}`, first) < 0 ? first : -1;
}
