/** The file of a baseline: one finding a line, in an order that keeps changes small; read with every mistake at its place. */
import { meantBy } from "../kube/nearest.ts";
import { readDocuments } from "../source/document.ts";
import { type Location, locationOf, type Part, rangeAt } from "../source/locate.ts";
import { type Node, nodeAt, type Path } from "../source/node.ts";
import type { SourceFile } from "../source/reading.ts";
import type { Baseline, BaselineEntry } from "./baseline.ts";

const format = "sidelint.dev/baseline/v1";

/** The text of a baseline, ending in a line end. */
export function baselineText({ findings }: Baseline): string {
  const lines = findings.map((entry) => `    ${lineOf(entry)}`);
  const list = lines.length === 0 ? "[]" : `[\n${lines.join(",\n")}\n  ]`;
  return `{\n  "schema": "${format}",\n  "findings": ${list}\n}\n`;
}

function lineOf({ object, path, rule, message, file, count, reason, expires }: BaselineEntry): string {
  const told = {
    rule,
    object,
    path,
    message,
    file,
    ...(count > 1 && { count }),
    ...(reason !== undefined && { reason }),
    ...(expires !== undefined && { expires }),
  };
  const members = Object.entries(told).map(([key, value]) => `"${key}": ${JSON.stringify(value)}`);
  return `{ ${members.join(", ")} }`;
}

export type BaselineReading =
  | { readonly ok: true; readonly baseline: Baseline }
  | { readonly ok: false; readonly message: string; readonly location: Location };

/** Reads a baseline; of several mistakes the first is told. */
export function readBaseline(file: SourceFile): BaselineReading {
  const marker = conflictMarker.exec(file.text);
  if (marker) {
    const start = marker.index;
    const message = `git left the two sides of a conflict here; ${takeSide}`;
    return { ok: false, message, location: locationOf(file, { start, end: start + marker[0].length }) };
  }
  const [document] = readDocuments(file);
  const reading = document?.read();
  const refuse = (message: string, root?: Node, path: Path = [], part?: Part): BaselineReading => {
    const range = rangeAt(root, path, part) ?? root ?? { start: 0, end: 0 };
    return { ok: false, message, location: locationOf(file, range) };
  };
  if (!reading) return refuse("the baseline is empty; sidelint baseline writes it anew");
  if (!reading.ok) {
    const { message, offset } = reading.error;
    return { ok: false, message, location: locationOf(file, { start: offset, end: offset }) };
  }
  const { root } = reading;
  const wrong = problemIn(root);
  if (wrong) return refuse(wrong.message, root, wrong.path, wrong.part);
  const list = nodeAt(root, ["findings"]);
  const items = list?.type === "list" ? list.items : [];
  return { ok: true, baseline: { findings: items.map(entryOf) } };
}

const conflictMarker = /^(?:<{7}|={7}|>{7})(?=[ \r\n]|$).*/m;
const takeSide = "take either side (git checkout --ours or --theirs), then run sidelint baseline";

interface Wrong {
  readonly message: string;
  readonly path: Path;
  readonly part?: Part;
}

const texts = ["rule", "object", "path", "message", "file"] as const;
const known = [...texts, "count", "reason", "expires"];

function problemIn(root: Node | undefined): Wrong | undefined {
  if (root?.type !== "map") return { message: "a baseline is an object with a list of findings", path: [] };
  const schema = textOf(nodeAt(root, ["schema"]));
  if (schema !== format) {
    const what = schema === undefined ? "the baseline has no schema" : `schema cannot be ${schema}`;
    return { message: `${what}: it is "${format}"`, path: ["schema"], part: "value" };
  }
  const list = nodeAt(root, ["findings"]);
  if (list?.type !== "list") return { message: "findings is no list", path: ["findings"] };
  for (const [index, item] of list.items.entries()) {
    const wrong = problemInEntry(item, index);
    if (wrong) return wrong;
  }
  return undefined;
}

function problemInEntry(item: Node, index: number): Wrong | undefined {
  const path = ["findings", index];
  const name = `findings[${index}]`;
  if (item.type !== "map") return { message: `${name} is no object`, path };
  for (const { key } of item.entries) {
    if (known.includes(key)) continue;
    const meant = meantBy(key, known);
    const hint = meant === undefined ? `allowed are ${known.join(", ")}` : `did you mean ${meant}?`;
    return { message: `unknown key ${key} in ${name}; ${hint}`, path: [...path, key], part: "key" };
  }
  for (const key of [...texts, "reason", "expires"]) {
    const node = nodeAt(item, [key]);
    const isOptional = key === "reason" || key === "expires";
    if (!node && isOptional) continue;
    if (!node) return { message: `${name} has no ${key}`, path };
    if (textOf(node) === undefined)
      return { message: `${name}.${key} is no string`, path: [...path, key], part: "value" };
  }
  const expires = textOf(nodeAt(item, ["expires"]));
  if (expires !== undefined && !day.test(expires)) {
    const message = `${name}.expires cannot be ${expires}: it is a day such as 2026-12-31`;
    return { message, path: [...path, "expires"], part: "value" };
  }
  const count = nodeAt(item, ["count"]);
  if (!count || (count.type === "scalar" && Number.isSafeInteger(count.value) && Number(count.value) > 0))
    return undefined;
  return { message: `${name}.count is no number from 1 on`, path: [...path, "count"], part: "value" };
}

const day = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

function entryOf(item: Node): BaselineEntry {
  const text = (key: string) => textOf(nodeAt(item, [key]));
  const count = nodeAt(item, ["count"]);
  const reason = text("reason");
  const expires = text("expires");
  return {
    rule: text("rule") ?? "",
    object: text("object") ?? "",
    path: text("path") ?? "",
    message: text("message") ?? "",
    file: text("file") ?? "",
    count: count?.type === "scalar" ? Number(count.value) : 1,
    ...(reason !== undefined && { reason }),
    ...(expires !== undefined && { expires }),
  };
}

function textOf(node: Node | undefined): string | undefined {
  return node?.type === "scalar" && typeof node.value === "string" ? node.value : undefined;
}
