/** Rules that users write: files found and read, and everything wrong with them told where it stands, inside expressions too. */

import { readDocuments } from "../source/document.ts";
import { offsetInFile } from "../source/embedded.ts";
import { type Location, locationOf } from "../source/locate.ts";
import { type MapEntry, type Node, nodeAt, type Path, toValue } from "../source/node.ts";
import { absolutePath, relativePath } from "../source/path.ts";
import type { SourceFile } from "../source/reading.ts";
import { decodeText } from "../source/text.ts";
import type { FileTree } from "../source/tree.ts";
import { type FileFault, inOrder, locate, problem } from "../world/schema-problems.ts";
import { type CheckFault, checkFaults } from "./check.ts";
import { validate } from "./generated/rule-validator.js";
import { type Check, type Rule, type RuleFile, ruleOf } from "./rule.ts";
import { refusalsOf, releaseProblems } from "./rule-refusals.ts";
import { type RuleSettings, ruleSources, whyNot } from "./settings.ts";

/** A rule of the user, with what its file says besides. */
export interface UserRule {
  readonly rule: Rule;
  readonly file: RuleFile;
  readonly path: string;
  readonly line: number;
  /** The line of something in the rule; the rule's own where it is not written. */
  lineOf(path: Path): number;
}

/** The rules of files, and what is wrong with them: then some are missing. */
export interface RuleReading {
  readonly rules: readonly UserRule[];
  readonly problems: readonly FileFault[];
  /** The text of a file that was read. */
  textOf(path: string): string | undefined;
}

/** A file or directory with rules, and where it is named. */
export interface RuleSource {
  readonly path: string;
  readonly fault: (message: string, hint?: string) => FileFault;
}

/** What the rules of a configuration are read by. */
export interface RulePlaces {
  /** The directory of the configuration, as a path of the tree. */
  readonly base: string;
  /** Where a setting stands. */
  locate(path: Path, part?: "value"): Location | undefined;
  /** Whether a path lies beyond the repository. */
  isOutside(path: string): boolean;
}

/** The rules of the files and directories that `rules` of a configuration names. */
export function configuredRules(tree: FileTree, config: RuleSettings, places: RulePlaces): RuleReading {
  const root = (tree.root ?? "").replace(/\/$/, "");
  const base = absolutePath(root, places.base);
  const sources = ruleSources(config).map(({ path, place }): RuleSource => {
    const location = places.locate(place, "value");
    return {
      path: relativePath(root, absolutePath(base, path)),
      fault: (message, hint) => problem(message, location, hint),
    };
  });
  return readRules(tree, sources, (path) => places.isOutside(path));
}

const largestFile = 1_000_000;
const mostFiles = 1000;
const deepestDirectory = 20;

/**
 * Reads the rules of files, and of the *.yaml and *.yml files of directories and those below. Nothing outside of the repository is
 * read. A rule is returned only when nothing is wrong with it.
 */
export function readRules(
  tree: FileTree,
  sources: readonly RuleSource[],
  isOutside: (path: string) => boolean,
): RuleReading {
  const problems: FileFault[] = [];
  const files = new Map<string, SourceFile>();
  for (const source of sources) {
    const found = filesOf(tree, source, isOutside);
    if ("message" in found) problems.push(found);
    else
      for (const path of found) {
        if (files.has(path)) continue;
        const file = readFile(tree, path);
        if ("message" in file) problems.push(file);
        else files.set(path, file);
      }
  }
  const read = [...files.values()].map(readRuleFile);
  const rules = read.flatMap((one) => one.rules);
  problems.push(...read.flatMap((one) => one.problems));
  return {
    ...withoutDoubles(rules, problems, files),
    textOf: (path) => files.get(path)?.text,
  };
}

function filesOf(
  tree: FileTree,
  { path, fault }: RuleSource,
  isOutside: (path: string) => boolean,
): readonly string[] | FileFault {
  if (isOutside(path)) return fault(`${path} lies outside of the repository, so that it is not read`);
  const found = tree.stat(path);
  if (found?.type === "file") return [path];
  if (found?.type !== "directory") return fault(`there are no rules in ${path}: no such file or directory`);
  const files: string[] = [];
  const todo = [{ path, depth: 0 }];
  for (let next = todo.pop(); next; next = todo.pop()) {
    const entries = tree.list(next.path);
    if ("reason" in entries) return fault(`${next.path}: ${entries.reason}`);
    for (const { name } of entries) {
      const inside = next.path === "." ? name : `${next.path}/${name}`;
      if (name.startsWith(".") || name === "node_modules" || isOutside(inside)) continue;
      const type = tree.stat(inside)?.type;
      if (type === "directory" && next.depth < deepestDirectory)
        todo.push({ path: inside, depth: next.depth + 1 });
      if (type === "file" && /\.ya?ml$/.test(name)) files.push(inside);
    }
    if (files.length > mostFiles) return fault(`${path} holds more than ${mostFiles} files`);
  }
  if (files.length === 0) return fault(`there are no rules in ${path}`, "they are *.yaml files");
  return files.sort();
}

function readFile(tree: FileTree, path: string): SourceFile | FileFault {
  const size = tree.stat(path)?.size ?? 0;
  if (size > largestFile)
    return { message: `${path} has more than ${largestFile} bytes, too many for rules` };
  const bytes = tree.read(path);
  if ("reason" in bytes) return { message: `${path}: ${bytes.reason}` };
  const decoded = decodeText(bytes);
  return "error" in decoded ? { message: `${path}: ${decoded.error}` } : { path, text: decoded.text };
}

/** Reads the rules of one file: each document is one. */
export function readRuleFile(file: SourceFile): Omit<RuleReading, "textOf"> {
  const documents = readDocuments(file);
  if (documents.length === 0) return { rules: [], problems: [{ message: `${file.path} holds no rule` }] };
  const rules: UserRule[] = [];
  const problems: FileFault[] = [];
  let holdsOther = false;
  for (const document of documents) {
    const reading = document.read();
    if (!reading.ok) {
      const { offset, message } = reading.error;
      problems.push({ message, location: locationOf(file, { start: offset, end: offset }) });
      continue;
    }
    const [double] = reading.duplicates ?? [];
    if (double)
      problems.push({ message: `${double.key} is there twice`, location: locationOf(file, double.again) });
    else if (reading.root) {
      const other = whatElse(reading.root);
      if (other !== undefined) {
        if (!holdsOther) problems.push(noRule(file, other));
        holdsOther = true;
        continue;
      }
      const read = readRule(file, asSpelled(file, reading.root));
      if ("rule" in read) rules.push(read);
      else problems.push(...read);
    }
  }
  return { rules, problems };
}

/** What a document is that is no rule, not even a broken one. */
function whatElse(root: Node): string | undefined {
  if (root.type === "list") return "a list";
  if (root.type === "scalar") return "text";
  const has = (key: string) => root.entries.some((entry) => entry.key === key);
  if (telling.some(has)) return undefined;
  const kind = nodeAt(root, ["kind"]);
  if (kind?.type === "scalar" && typeof kind.value === "string" && has("apiVersion"))
    return `a ${kind.value}`;
  return "a mapping without id and severity";
}

/** The keys by which somebody meant a rule. */
const telling = ["id", "severity", "summary", "message", "checks", "bad", "good"];

function noRule(file: SourceFile, other: string): FileFault {
  return { message: `${file.path} holds no rule: it is ${other.replace(/^a (?=[AEIO])/, "an ")}` };
}

/** What YAML 1.1 takes for booleans and rules mean as words: keys such as `on`, and `off` in the configuration of an example. */
function asSpelled(file: SourceFile, root: Node): Node {
  const known = new Map<Node, Node>();
  const spelled = (node: Node): Node => {
    const before = known.get(node);
    if (before) return before;
    const after = respell(node);
    known.set(node, after);
    return after;
  };
  const text = ({ start, end }: { readonly start: number; readonly end: number }) =>
    file.text.slice(start, end);
  const respell = (node: Node): Node => {
    if (node.type === "list") return { ...node, items: node.items.map(spelled) };
    if (node.type === "scalar")
      return node.value === false && text(node) === "off" ? { ...node, value: "off" } : node;
    const entries = node.entries.map((entry): MapEntry => {
      const written = text(entry.keyRange);
      const key = booleanWord.test(written) ? written : entry.key;
      return { ...entry, key, value: spelled(entry.value) };
    });
    return { ...node, entries };
  };
  return spelled(root);
}

/** The words that YAML 1.1 takes for booleans. */
const booleanWord = /^(?:y|n|yes|no|on|off|true|false)$/i;

function isRuleFile(value: unknown): value is RuleFile {
  return validate(value);
}

function readRule(file: SourceFile, root: Node): UserRule | readonly FileFault[] {
  const value: unknown = toValue(root);
  if (!isRuleFile(value)) return refusalsOf(file, root, validate.errors ?? []);
  const at = (path: Path, part?: "key" | "value") => locate(file, root, path, part);
  const problems = [
    ...releaseProblems(value, at),
    ...idProblems(value.id).map(({ message, hint }) => problem(message, at(["id"], "value"), hint)),
    ...Object.entries(value.parameters ?? {}).flatMap(([name, parameter]) => {
      if (booleanWord.test(name)) {
        const message = `parameters cannot have the key ${name}`;
        return [problem(message, at(["parameters", name], "key"), "YAML takes it for true or false")];
      }
      const wrong = whyNot({ ...parameter, default: "" }, parameter.default);
      if (wrong === undefined) return [];
      const message = `the default of the parameter ${name} is no ${parameter.type}`;
      return [problem(message, at(["parameters", name, "default"], "value"), wrong)];
    }),
  ];
  const rule = ruleOf(value);
  const faults = rule.checks.flatMap((check, index) =>
    checkProblems(file, root, check, value.checks ? ["checks", index] : []),
  );
  if (problems.length + faults.length > 0) return inOrder([...problems, ...faults]);
  const { line } = locationOf(file, root);
  const written = {
    file: file.path,
    line,
    parts: rule.checks.map((_, index) => partLines(at, value, index)),
  };
  return {
    rule: { ...rule, written },
    file: value,
    path: file.path,
    line,
    lineOf: (path) => at(path)?.line ?? line,
  };
}

/** The lines of what a check evaluates. */
function partLines(
  at: (path: Path) => Location | undefined,
  { checks }: RuleFile,
  index: number,
): Readonly<Record<string, number>> {
  const above: Path = checks ? ["checks", index] : [];
  const lines = ["when", "each", "group", "at", "message", "help"].flatMap((part) => {
    const line = at([...above, part])?.line;
    return line === undefined ? [] : [[part, line] as const];
  });
  return Object.fromEntries(lines);
}

/** Why an id cannot be that of a user's rule. */
export function idProblems(id: string): readonly { readonly message: string; readonly hint: string }[] {
  if (id.startsWith("sidelint/"))
    return [
      {
        message: `${id} cannot be the id of your rule`,
        hint: "the prefix sidelint is taken; use one of your own",
      },
    ];
  if (id.includes("/")) return [];
  const hint = `rules of your own have a prefix, such as acme/${id}`;
  return [{ message: `${id} cannot be the id of your rule: it has no prefix`, hint }];
}

function checkProblems(file: SourceFile, root: Node, check: Check, above: Path): readonly FileFault[] {
  const told = new Set<string>();
  return checkFaults(check).flatMap((fault): readonly FileFault[] => {
    const message = `${fault.part}: ${fault.error}`;
    const location = locationOfFault(file, root, fault, above);
    const key = `${location?.start} ${message}`;
    if (told.has(key)) return [];
    told.add(key);
    return [problem(message, location, undefined)];
  });
}

/** Where a fault stands: at its character of the expression, or the whole of what holds it. */
function locationOfFault(file: SourceFile, root: Node, fault: CheckFault, above: Path) {
  const { part, index, offset, path = [] } = fault;
  const whole: Path = [...above, part, ...path];
  const node = nodeAt(root, index === undefined ? whole : [...whole, index]) ?? nodeAt(root, whole);
  if (node?.type !== "scalar" || offset === undefined) return locate(file, root, whole, "value");
  const start = offsetInFile(file, node, offset);
  return locationOf(file, { start, end: start });
}

/** Of rules with one id the first stays. */
function withoutDoubles(
  rules: readonly UserRule[],
  problems: readonly FileFault[],
  files: ReadonlyMap<string, SourceFile>,
): Omit<RuleReading, "textOf"> {
  const byId = new Map<string, UserRule>();
  const doubles: FileFault[] = [];
  for (const one of rules) {
    const first = byId.get(one.rule.id);
    if (!first) {
      byId.set(one.rule.id, one);
      continue;
    }
    const file = files.get(one.path);
    const start = file ? startOfLine(file.text, one.line) : 0;
    const message = `a second rule with the id ${one.rule.id}`;
    const hint = `the first is ${first.path}:${first.line}`;
    doubles.push(problem(message, file && locationOf(file, { start, end: start }), hint));
  }
  return { rules: [...byId.values()], problems: [...problems, ...doubles] };
}

function startOfLine(text: string, line: number): number {
  let start = 0;
  for (let n = 1; n < line; n++) start = text.indexOf("\n", start) + 1;
  return start;
}
