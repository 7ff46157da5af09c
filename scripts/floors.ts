/** Checks the directions of imports that docs/architecture.md lays down: a room imports only from the floors below it. */
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

export interface SourceText {
  /** Relative to the top, with `/`: "src/kube/quantity.ts". */
  readonly path: string;
  readonly text: string;
}

export interface Offence {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
}

interface Import {
  readonly from: string;
  readonly line: number;
  readonly typeOnly: boolean;
}

const floors: Readonly<Record<string, number>> = {
  source: 0,
  kube: 0,
  gotemplate: 0,
  istio: 1,
  world: 2,
  lint: 3,
  compare: 3,
  report: 4,
  fix: 4,
  "index.ts": 4.5,
  krm: 4.75,
  cli: 5,
  action: 6,
};

/** Pairs that the floors alone would allow. A `value` pair may still share types. */
const forbidden: readonly { readonly from: string; readonly to: string; readonly what: "all" | "value" }[] = [
  { from: "istio", to: "source", what: "all" },
  { from: "report", to: "istio", what: "value" },
];

const entrances = new Set(["cli", "action", "krm"]);
/** The files of the engine that touch the disk. */
const diskFiles = new Set(["src/source/disk.ts", "src/fix/files.ts"]);
const builtins = new Set(builtinModules);

/** Every import that goes where it must not, in the order of the files given. */
export function offences(files: readonly SourceText[]): readonly Offence[] {
  return files.flatMap((file) => {
    const room = roomOf(file.path);
    if (floors[room] === undefined) {
      const known = Object.keys(floors).join(", ");
      return [{ path: file.path, line: 1, rule: `src/${room} is none of the rooms (${known})` }];
    }
    return importsOf(file.text).flatMap(({ from, line, typeOnly }) => {
      const rule = ruleBroken(file.path, room, from, typeOnly);
      return rule === undefined ? [] : [{ path: file.path, line, rule }];
    });
  });
}

function ruleBroken(path: string, room: string, from: string, typeOnly: boolean): string | undefined {
  if (!from.startsWith(".")) {
    const isNode = from.startsWith("node:") || builtins.has(from);
    if (!isNode || entrances.has(room) || diskFiles.has(path)) return undefined;
    return `${room} must not import ${from}: the engine runs in browsers, and only ${[...diskFiles].join(" and ")} touch the disk`;
  }
  const target = roomOf(posix.join(posix.dirname(path), from));
  if (target === room) return undefined;
  const here = floors[room] ?? 0;
  const there = floors[target];
  if (there === undefined) return `${room} must not import ${from}: it is outside of src`;
  if (there > here) return `${room} must not import ${target}: it is on a floor above`;
  if (there === here)
    return `${room} must not import ${target}: rooms of one floor know nothing of each other`;
  const pair = forbidden.find((each) => each.from === room && each.to === target);
  if (!pair || (pair.what === "value" && typeOnly)) return undefined;
  return `${room} must not import ${pair.what === "value" ? "more than types from " : ""}${target}`;
}

/** "kube" for src/kube/quantity.ts, "index.ts" for src/index.ts, the path itself outside of src. */
function roomOf(path: string): string {
  const [top, room] = path.split("/");
  return top === "src" && room !== undefined ? room : path;
}

const statement = /^[ \t]*(?:import|export)\b(?:([^"'`;]*?)\bfrom\b)?[ \t\r\n]*(["'])([^"'\r\n]+)\2/gm;
const call = /\bimport\(\s*(["'])([^"'\r\n]+)\1/g;

function importsOf(text: string): readonly Import[] {
  const imports: Import[] = [];
  for (const match of text.matchAll(statement)) {
    const [, clause = "", , from = ""] = match;
    imports.push({ from, line: lineAt(text, match.index), typeOnly: isTypeOnly(clause) });
  }
  for (const match of text.matchAll(call)) {
    imports.push({ from: match[2] ?? "", line: lineAt(text, match.index), typeOnly: false });
  }
  return imports.sort((a, b) => a.line - b.line);
}

/** `type { A }`, or braces in which every name is marked as a type. */
function isTypeOnly(clause: string): boolean {
  const trimmed = clause.trim();
  if (/^type\b/.test(trimmed)) return true;
  const names = /^\{([^}]*)\}$/.exec(trimmed)?.[1]?.split(",") ?? [];
  const said = names.map((name) => name.trim()).filter((name) => name !== "");
  return said.length > 0 && said.every((name) => name.startsWith("type "));
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

function sourcesBelow(top: string): readonly SourceText[] {
  return readdirSync(join(top, "src"), { recursive: true, encoding: "utf8" })
    .map((path) => `src/${path.replaceAll("\\", "/")}`)
    .filter((path) => path.endsWith(".ts"))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(top, path), "utf8") }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = sourcesBelow(process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url))));
  const found = offences(files);
  for (const { path, line, rule } of found) console.error(`${path}:${line} ${rule}`);
  console.log(`floors: ${files.length} files, ${found.length} imports in the wrong direction`);
  process.exitCode = found.length === 0 ? 0 : 1;
}
