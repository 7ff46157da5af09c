/** The function: the text of a ResourceList goes in, the same text with edits and results comes out (KRM functions specification v1). */
import type { ScanOptions } from "../index.ts";
import type { Document } from "../source/document.ts";
import { entryOf, type Node } from "../source/node.ts";
import { readYaml } from "../source/read.ts";
import type { SourceFile } from "../source/reading.ts";
import { type Edit, partsWithEdits } from "../source/splice.ts";
import { decodeText } from "../source/text.ts";
import { type FileTree, memoryTree } from "../source/tree.ts";
import { type ReadOptions, readWorld } from "../world/read.ts";
import { checkResults } from "./check.ts";
import { type Around, type FunctionSettings, type Linter, readFunctionConfig } from "./function-config.ts";
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
 * that went in, with the sidecars and with `results`; of an input that cannot be read nothing comes out but the reason. What lints is
 * loaded for functions that do: that takes longer than most injections.
 */
export async function loadAndRun(
  input: Uint8Array,
  surroundings: FunctionSurroundings,
): Promise<FunctionRun> {
  const run = runFunction(input, surroundings, undefined);
  if (run !== needsLinter) return run;
  const { linter } = await import("./linter.ts");
  return runFunction(input, surroundings, linter);
}

/** What is said in place of a result by a function that lints, where there is no linter. */
export const needsLinter = "needs a linter";

/** Runs a function with a linter, or without one as far as that goes. */
export function runFunction(
  input: Uint8Array,
  surroundings: FunctionSurroundings,
  linter: Linter,
): FunctionRun;
export function runFunction(
  input: Uint8Array,
  surroundings: FunctionSurroundings,
  linter: Linter | undefined,
): FunctionRun | typeof needsLinter;
export function runFunction(
  input: Uint8Array,
  surroundings: FunctionSurroundings,
  linter: Linter | undefined,
): FunctionRun | typeof needsLinter {
  const asked = settingsIn(input, { tree: surroundings.tree, linter });
  if (!asked.ok) return asked.run;
  const { settings } = asked;
  const tree = memoryTree({ [listPath]: input });
  const options = optionsOf(settings, surroundings);
  const isCheck = settings.kind === "SidecarCheck";
  const scanned = isCheck ? linter?.scan(tree, options) : undefined;
  const read = scanned ?? readWorld(tree, options);
  const [document] = read.documentsOf(listPath) ?? [];
  const list = document ? readList(document) : asked.listAgain();
  if (!list.ok) return unreadable(list.says);
  const about = [...oddItems(list.list), ...duplicateResults(list.list)];
  if (scanned)
    return finished(list.list, [], [...about, ...checkResults(scanned, list.list)], failing[settings.failOn]);
  const { edits, results } = injectItems(read, list.list, settings);
  return finished(list.list, edits, [...about, ...results], failing.error);
}

type Asked =
  | { readonly ok: true; readonly settings: FunctionSettings; listAgain(): ListReading }
  | { readonly ok: false; readonly run: FunctionRun | typeof needsLinter };

/** What the function is asked for. What had to be read of the list for that is not kept: it may be very long, and is read once more. */
function settingsIn(input: Uint8Array, around: Around): Asked {
  const file = fileOf(input);
  if ("says" in file) return { ok: false, run: unreadable(file.says) };
  const document = onlyDocument(file);
  if ("says" in document) return { ok: false, run: unreadable(document.says) };
  const early = earlyConfig(document);
  const listed = early ? undefined : readList(document);
  if (listed && !listed.ok) return { ok: false, run: unreadable(listed.says) };
  const node = early ? early.node : listed && entryOf(listed.list.root, "functionConfig")?.value;
  const reading = readFunctionConfig(file, node, around);
  if (reading.ok) return { ok: true, settings: reading.settings, listAgain: () => listIn(input) };
  if (reading.needsLinter) return { ok: false, run: needsLinter };
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

function optionsOf(
  { config, rules }: FunctionSettings,
  { today }: FunctionSurroundings,
): ReadOptions & Pick<ScanOptions, "rules" | "today"> {
  return { paths: [listPath], config, rules, ...(today === undefined ? {} : { today }) };
}

const failing: Readonly<Record<FunctionSettings["failOn"], readonly ResultSeverity[]>> = {
  error: ["error"],
  warning: ["error", "warning"],
  info: ["error", "warning", "info"],
  never: [],
};

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
