/** Random YAML as people write it, in all styles mixed, and random changes of what it says; the same for the same seed. */
import type { Value } from "../../src/source/node.ts";

/** A source of whole numbers below a bound, for a seed. */
export type Random = (below: number) => number;

export function randomOf(seed: number): Random {
  let state = (seed * 2654435761 + 1) >>> 0;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    const mixed = Math.imul(state ^ (state >>> 13), 0x297a2d39) >>> 0;
    return Math.floor((((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32) * below);
  };
}

const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)] as T;

interface Writer {
  readonly random: Random;
  readonly indent: number;
  readonly listIndent: number;
  readonly anchors: string[];
  readonly maps: string[];
  /** In how many of a hundred places something rare is written. */
  readonly rare: number;
  names: number;
}

export interface Manifest {
  readonly text: string;
  /** Whether it has anchors. */
  readonly anchored: boolean;
}

/** A text of one to three documents. */
export function randomManifest(random: Random): Manifest {
  const anchored = random(4) === 0;
  const parts: string[] = [];
  for (let i = 1 + random(3); i > 0; i--) {
    const to: Writer = {
      random,
      indent: pick(random, [2, 2, 2, 4, 3]),
      listIndent: pick(random, [0, 0, 2]),
      anchors: [],
      maps: [],
      rare: anchored ? 12 : 0,
      names: 0,
    };
    if (parts.length > 0 || random(3) === 0)
      parts.push(parts.length > 0 && random(6) === 0 ? "...\n---\n" : "---\n");
    if (random(12) === 0) parts.push(`${randomJson(random, random(3) > 0 ? "" : undefined, 0)}\n`);
    else parts.push(blockMap(to, 0, 0, true));
  }
  let text = parts.join("");
  if (random(5) === 0 && !/[|>]\+|\|-?$/.test(text)) text = text.replace(/\n+$/, "");
  if (random(4) === 0) text = text.replaceAll("\n", "\r\n");
  return { text, anchored };
}

const chance = (to: Writer, percent: number): boolean => to.random(100) < percent;

const keys = [
  "name",
  "image",
  "labels",
  "spec",
  "env",
  "args",
  "value",
  "ports",
  "data",
  "app",
  "mode",
  "x-y",
  "a.b/c",
  "on",
];

function keysFor(to: Writer, count: number): readonly string[] {
  const found = new Set<string>();
  for (let i = 0; i < count; i++) found.add(pick(to.random, keys));
  return [...found];
}

const quotedKey = (to: Writer, key: string): string => (key === "on" || chance(to, 5) ? `"${key}"` : key);

const comment = (to: Writer): string =>
  chance(to, 15) ? pick(to.random, [" # why", "  # see: [docs]", " #"]) : "";

function blockMap(to: Writer, column: number, depth: number, pads: boolean, without?: string): string {
  const pad = " ".repeat(column);
  let text = "";
  const names = keysFor(to, 1 + to.random(5)).filter((key) => key !== without);
  names.forEach((key, index) => {
    if (index > 0 || pads) {
      if (chance(to, 10)) text += `${pad}# about ${key}\n`;
      if (chance(to, 5) && depth < 3) text += "\n";
      text += pad;
    }
    text += `${quotedKey(to, key)}:${entryValue(to, column, depth)}`;
    if (chance(to, 6)) text += `${pad}${" ".repeat(to.indent)}# inside of ${key}\n`;
  });
  if (to.maps.length > 0 && chance(to, to.rare * 2)) text += `${pad}<<: *${pick(to.random, to.maps)}\n`;
  return text;
}

function entryValue(to: Writer, column: number, depth: number): string {
  if (to.anchors.length > 0 && chance(to, to.rare * 2))
    return ` *${pick(to.random, to.anchors)}${comment(to)}\n`;
  const kind = to.random(depth > 4 ? 6 : 10);
  const anchor = chance(to, to.rare) ? `n${to.names++}` : undefined;
  const lead = anchor === undefined ? "" : ` &${anchor}`;
  const text = ((): string => {
    if (kind < 5) return `${lead}${scalar(to, column)}`;
    if (kind === 5) return `${lead} ${flow(to, depth, column)}${comment(to)}\n`;
    if (kind < 8) return `${lead}${comment(to)}\n${blockMap(to, column + to.indent, depth + 1, true)}`;
    return `${lead}${comment(to)}\n${blockList(to, column + to.listIndent, depth + 1, true)}`;
  })();
  if (anchor !== undefined) {
    to.anchors.push(anchor);
    if (kind === 6 || kind === 7) to.maps.push(anchor);
  }
  return text;
}

function blockList(to: Writer, column: number, depth: number, pads: boolean): string {
  const pad = " ".repeat(column);
  const named = to.random(3) > 0;
  let text = "";
  for (let i = 0, count = 1 + to.random(4); i < count; i++) {
    if (i > 0 || pads) {
      if (chance(to, 10)) text += `${pad}# item ${i}\n`;
      text += pad;
    }
    text += "-";
    if (named) {
      text += ` name: item${i}${comment(to)}\n`;
      if (chance(to, 80)) text += blockMap(to, column + 2, depth + 1, true, "name");
    } else if (to.anchors.length > 0 && chance(to, to.rare)) text += ` *${pick(to.random, to.anchors)}\n`;
    else if (depth > 4 || chance(to, 60)) text += scalar(to, column);
    else if (chance(to, 30)) text += ` ${blockList(to, column + 2, depth + 1, false)}`;
    else text += ` ${blockMap(to, column + 2, depth + 1, false)}`;
    if (chance(to, 6)) text += `${pad}  # end of ${i}\n`;
  }
  return text;
}

function scalar(to: Writer, column: number): string {
  const { random } = to;
  const pad = " ".repeat(column + to.indent);
  const kind = random(14);
  if (kind === 0) return `${comment(to)}\n`;
  if (kind === 1)
    return ` ${pick(random, ["~", "null", "true", "no", "80", "1.0", "1e3", "0x10"])}${comment(to)}\n`;
  if (kind === 2) return ` '${pick(random, words)}'${comment(to)}\n`;
  if (kind === 3) return ` "${pick(random, words)}"${comment(to)}\n`;
  if (kind === 4)
    return ` |${pick(random, ["", "-", "+"])}${comment(to)}\n${pad}first\n${random(2) ? `${pad}  second\n` : "\n"}${pad}# text\n${random(3) === 0 ? "\n" : ""}`;
  if (kind === 5) return ` >-\n${pad}folded\n${pad}text\n`;
  if (kind === 6) return ` two\n${pad}lines\n`;
  return ` ${pick(random, words)}${comment(to)}\n`;
}

const words = ["web", "shop:1.2", "a b", "x/y", "--flag=1", "1Gi", "100m", "http://a:80/b", "café"];

function flow(to: Writer, depth: number, column: number): string {
  const { random } = to;
  const wide = random(5) === 0;
  const pad = `\n${" ".repeat(column + 4)}`;
  const parts: string[] = [];
  const isMap = random(2) === 0;
  const value = (): string => {
    if (depth < 3 && random(6) === 0) return flow(to, depth + 2, column + 2);
    return pick(random, ["a", "'b'", '"c"', "1", "true", "x/y", "{}", "[]", "~"]);
  };
  if (isMap) for (const key of keysFor(to, random(4))) parts.push(`${quotedKey(to, key)}: ${value()}`);
  else for (let i = random(4); i > 0; i--) parts.push(value());
  const [open, close] = isMap ? ["{", "}"] : ["[", "]"];
  if (parts.length === 0) return open + close;
  const last = random(6) === 0 ? "," : "";
  if (wide)
    return `${open}${pad}${parts.join(`,${random(4) === 0 ? " # why" : ""}${pad}`)}${last}\n${" ".repeat(column + 2)}${close}`;
  return `${open}${random(4) === 0 ? " " : ""}${parts.join(", ")}${last}${close}`;
}

/** JSON in lines, or in one line where `pad` is undefined. */
export function randomJson(random: Random, pad: string | undefined, depth: number): string {
  const value = (inner: string | undefined): string =>
    depth < 4 && random(3) === 0
      ? randomJson(random, inner, depth + 1)
      : pick(random, ['"a"', '"b\\n"', "1", "true", "null", "{}", "[]", "1.5"]);
  const inner = pad === undefined ? undefined : `${pad}  `;
  const isMap = depth === 0 || random(2) === 0;
  const count = depth === 0 ? 1 + random(4) : random(4);
  const parts: string[] = [];
  if (isMap) {
    for (const key of new Set(Array.from({ length: count }, () => pick(random, keys)))) {
      parts.push(`"${key}":${pad === undefined ? "" : " "}${value(inner)}`);
    }
  } else for (let i = 0; i < count; i++) parts.push(value(inner));
  const [open, close] = isMap ? ["{", "}"] : ["[", "]"];
  if (parts.length === 0) return open + close;
  if (pad === undefined) return `${open}${parts.join(",")}${close}`;
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${pad}${close}`;
}

const strings = [
  "new",
  "",
  "yes",
  "1",
  "a: b",
  "two\nlines\n",
  "no end\nhere",
  "#x",
  "{a}",
  "ends\n\n",
  " sp ",
  "it's",
  '"q"',
  "a,b]",
];

/** A value as somebody might want to add it. */
export function randomValue(random: Random, depth = 0): Value {
  const kind = random(depth > 2 ? 5 : 9);
  if (kind < 3) return pick(random, strings);
  if (kind === 3) return pick(random, [1, 0, 1.5, true, false, null, 9007199254740993n]);
  if (kind === 4) return random(2) === 0 ? {} : [];
  if (kind < 7) return Array.from({ length: random(3) }, () => randomValue(random, depth + 1));
  const map: Record<string, Value> = {};
  for (let i = random(4); i > 0; i--) map[pick(random, keys)] = randomValue(random, depth + 1);
  return map;
}

/** A value with one thing in it changed, somewhere. */
export function randomChange(value: Value, random: Random): Value {
  if (typeof value !== "object" || value === null || random(12) === 0) return randomValue(random);
  return Array.isArray(value) ? changeList(value, random) : changeMap(value as Record<string, Value>, random);
}

function changeMap(map: Readonly<Record<string, Value>>, random: Random): Value {
  const names = Object.keys(map);
  const result: Record<string, Value> = { ...map };
  const kind = random(6);
  const name = names.length > 0 ? pick(random, names) : undefined;
  if (kind === 0 || name === undefined)
    result[pick(random, ["added", "name", "sidecar.istio.io/x"])] = randomValue(random);
  else if (kind === 1) delete result[name];
  else result[name] = randomChange(result[name] ?? null, random);
  return result;
}

function changeList(list: readonly Value[], random: Random): Value {
  const result = [...list];
  const kind = random(6);
  const at = random(result.length + 1);
  if (kind === 0)
    result.splice(at, 0, random(2) === 0 ? { name: `new${random(9)}`, args: ["a"] } : randomValue(random, 1));
  else if (kind === 1) result.splice(at, 1);
  else if (kind === 2 && result.length > 1) result.push(...result.splice(random(result.length), 1));
  else if (at < result.length) result[at] = randomChange(result[at] ?? null, random);
  return result;
}
