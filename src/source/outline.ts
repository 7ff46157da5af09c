/** How a document is written: every node with its anchor, tag, dashes, colons and merge keys, which its values do not tell. */
import type { Range } from "./node.ts";
import { peekToken, takeToken } from "./scan.ts";
import { checkCharacters } from "./text.ts";
import { type Scan, startScan, Token } from "./tokens.ts";

interface Written extends Range {
  /** `&name` before the node. */
  readonly anchor?: Range;
  readonly tag?: Range;
}

export interface WrittenScalar extends Written {
  readonly type: "scalar";
  /** The text it resolves from. */
  readonly text: string;
  readonly style: "plain" | "single" | "double" | "literal" | "folded";
}

/** `*name`; `target` is the node that carries the anchor. */
export interface WrittenAlias extends Written {
  readonly type: "alias";
  readonly name: string;
  readonly target: WrittenNode;
}

export interface WrittenEntry {
  /** Where its first character stands: the key's, its anchor's or tag's, or the `?`. */
  readonly start: number;
  readonly key: WrittenNode;
  /** Behind the `:`; undefined where there is none. */
  readonly colon: number | undefined;
  /** Whether it is `<<`, whose value is merged into the map. */
  readonly merges: boolean;
  /** Whether the key stands behind a `?`. */
  readonly explicit: boolean;
  readonly value: WrittenNode;
}

export interface WrittenMap extends Written {
  readonly type: "map";
  readonly flow: boolean;
  /** Whether it is a single pair in a flow list, without braces. */
  readonly bare: boolean;
  readonly entries: readonly WrittenEntry[];
}

export interface WrittenItem {
  /** Where its first character stands: the dash, or in a flow list the value with its properties. */
  readonly start: number;
  /** Behind the dash; in a flow list the start. */
  readonly dash: number;
  readonly value: WrittenNode;
}

export interface WrittenList extends Written {
  readonly type: "list";
  readonly flow: boolean;
  readonly items: readonly WrittenItem[];
}

/** `start` and `end` are those of the content, without anchor and tag; of what is not written both are behind the last token. */
export type WrittenNode = WrittenScalar | WrittenAlias | WrittenMap | WrittenList;

export interface Outline {
  readonly root: WrittenNode;
  /** Whether anything is repeated by an alias. */
  readonly hasAliases: boolean;
}

interface Reader {
  readonly scan: Scan;
  /** Added to offsets of the scanned text. */
  readonly base: number;
  readonly anchors: Map<string, WrittenNode>;
  hasAliases: boolean;
  lastEnd: number;
}

/**
 * The outline of the document that `readYaml` reads between two offsets; undefined where there is none, or none that the grammar
 * holds. Offsets are those of the text. `json` is that of `readYaml`.
 */
export function outlineOf(text: string, start: number, end: number, json: boolean): Outline | undefined {
  const source = text.slice(start, end);
  const scan = startScan(source.endsWith("\n") ? source : `${source}\n`, checkCharacters(source).wide, json);
  if (source.charCodeAt(0) === 0xfeff) {
    scan.pos = 1;
    scan.lineStart = 1;
  }
  const reader: Reader = { scan, base: start, anchors: new Map(), hasAliases: false, lastEnd: start };
  while (peekToken(scan) === Token.directive) take(reader);
  if (peekToken(scan) === Token.documentStart) take(reader);
  const root = readNode(reader, true, false);
  return root && !scan.failure ? { root, hasAliases: reader.hasAliases } : undefined;
}

interface Taken extends Range {
  readonly kind: number;
  readonly value: string;
  readonly extra: number;
}

function take(reader: Reader): Taken {
  const { scan, base } = reader;
  const { head } = scan;
  const start = (scan.starts[head] ?? 0) + base;
  const end = Math.max((scan.ends[head] ?? 0) + base, start);
  const kind = scan.kinds[head] ?? Token.none;
  // A key without `?` is no token of the text.
  if (!(kind === Token.key && start === end)) reader.lastEnd = end;
  const taken = { kind, start, end, value: scan.values[head] ?? "", extra: scan.extras[head] ?? 0 };
  takeToken(scan);
  return taken;
}

const styles = ["plain", "single", "double", "literal", "folded"] as const;

function empty(reader: Reader, properties: Properties): WrittenScalar {
  return {
    type: "scalar",
    start: reader.lastEnd,
    end: reader.lastEnd,
    text: "",
    style: "plain",
    ...properties,
  };
}

interface Properties {
  readonly anchor?: Range;
  readonly tag?: Range;
}

function readNode(reader: Reader, block: boolean, indentless: boolean): WrittenNode | undefined {
  const { scan } = reader;
  if (peekToken(scan) === Token.alias) {
    const { start, end, value: name } = take(reader);
    const target = reader.anchors.get(name);
    reader.hasAliases = true;
    return target && { type: "alias", start, end, name, target };
  }
  let name: string | undefined;
  let properties: Properties = {};
  for (let kind = peekToken(scan); kind === Token.anchor || kind === Token.tag; kind = peekToken(scan)) {
    const { start, end, value } = take(reader);
    if (kind === Token.anchor) name = value;
    properties = { ...properties, [kind === Token.anchor ? "anchor" : "tag"]: { start, end } };
  }
  const node = readContent(reader, block, indentless, properties);
  if (node && name !== undefined) reader.anchors.set(name, node);
  return node;
}

function readContent(
  reader: Reader,
  block: boolean,
  indentless: boolean,
  properties: Properties,
): WrittenNode | undefined {
  const { scan } = reader;
  const start = (scan.starts[scan.head] ?? 0) + reader.base;
  switch (peekToken(scan)) {
    case Token.scalar: {
      const { end, value, extra } = take(reader);
      return { type: "scalar", start, end, text: value, style: styles[extra] ?? "plain", ...properties };
    }
    case Token.flowListStart:
      return readFlowList(reader, start, properties);
    case Token.flowMapStart:
      return readFlowMap(reader, start, properties);
    case Token.entry:
      return indentless ? readBlockList(reader, start, properties, true) : empty(reader, properties);
    case Token.listStart:
      if (!block) return undefined;
      takeToken(scan);
      return readBlockList(reader, start, properties, false);
    case Token.mapStart:
      if (!block) return undefined;
      takeToken(scan);
      return readBlockMap(reader, start, properties);
    case Token.mapAndKey:
      if (!block) return undefined;
      scan.kinds[scan.head] = Token.key;
      return readBlockMap(reader, start, properties);
    default:
      return empty(reader, properties);
  }
}

function readBlockList(
  reader: Reader,
  start: number,
  properties: Properties,
  indentless: boolean,
): WrittenNode | undefined {
  const items: WrittenItem[] = [];
  while (peekToken(reader.scan) === Token.entry) {
    const dash = take(reader);
    const value = readNode(reader, true, false);
    if (!value) return undefined;
    items.push({ start: dash.start, dash: dash.end, value });
  }
  const end = reader.lastEnd;
  if (!indentless) {
    if (peekToken(reader.scan) !== Token.blockEnd) return undefined;
    takeToken(reader.scan);
  }
  return { type: "list", start, end, flow: false, items, ...properties };
}

function readBlockMap(reader: Reader, start: number, properties: Properties): WrittenNode | undefined {
  const entries: WrittenEntry[] = [];
  while (peekToken(reader.scan) === Token.key) {
    const entry = readEntry(reader, true);
    if (!entry) return undefined;
    entries.push(entry);
  }
  const end = reader.lastEnd;
  if (peekToken(reader.scan) !== Token.blockEnd) return undefined;
  takeToken(reader.scan);
  return { type: "map", start, end, flow: false, bare: false, entries, ...properties };
}

/** An entry whose `key` token is next. */
function readEntry(reader: Reader, block: boolean): WrittenEntry | undefined {
  const { scan } = reader;
  const mark = take(reader);
  const key = readNode(reader, block, block);
  if (!key) return undefined;
  const colon = peekToken(scan) === Token.value ? take(reader).end : undefined;
  const value = colon === undefined ? empty(reader, {}) : readNode(reader, block, block);
  if (!value) return undefined;
  const merges = key.type === "scalar" && key.style === "plain" && key.text === "<<" && !key.tag;
  return { start: mark.start, key, colon, merges, explicit: mark.end > mark.start, value };
}

function readFlowList(reader: Reader, start: number, properties: Properties): WrittenNode | undefined {
  const items: WrittenItem[] = [];
  take(reader);
  for (;;) {
    const kind = peekToken(reader.scan);
    if (kind === Token.flowListEnd) break;
    if (kind === Token.flowEntry) {
      take(reader);
      continue;
    }
    if (!beginsInFlow(kind)) return undefined;
    const from = (reader.scan.starts[reader.scan.head] ?? 0) + reader.base;
    const value = kind === Token.key ? readPair(reader, from) : readNode(reader, false, false);
    if (!value) return undefined;
    items.push({ start: from, dash: from, value });
  }
  return { type: "list", start, end: take(reader).end, flow: true, items, ...properties };
}

/** Whether a token can begin an item or entry of a flow collection. */
const beginsInFlow = (kind: number): boolean =>
  kind === Token.key || kind === Token.flowListStart || kind === Token.flowMapStart || kind >= Token.alias;

function readPair(reader: Reader, start: number): WrittenNode | undefined {
  const entry = readEntry(reader, false);
  return entry && { type: "map", start, end: reader.lastEnd, flow: true, bare: true, entries: [entry] };
}

function readFlowMap(reader: Reader, start: number, properties: Properties): WrittenNode | undefined {
  const entries: WrittenEntry[] = [];
  take(reader);
  for (;;) {
    const kind = peekToken(reader.scan);
    if (kind === Token.flowMapEnd) break;
    if (kind === Token.flowEntry) {
      take(reader);
      continue;
    }
    if (!beginsInFlow(kind)) return undefined;
    const entry = kind === Token.key ? readEntry(reader, false) : readLoneKey(reader);
    if (!entry) return undefined;
    entries.push(entry);
  }
  return { type: "map", start, end: take(reader).end, flow: true, bare: false, entries, ...properties };
}

/** A key without colon in a flow map: `{a, b}`. */
function readLoneKey(reader: Reader): WrittenEntry | undefined {
  const start = (reader.scan.starts[reader.scan.head] ?? 0) + reader.base;
  const key = readNode(reader, false, false);
  if (!key) return undefined;
  return { start, key, colon: undefined, merges: false, explicit: false, value: empty(reader, {}) };
}
