/** YAML inside a string of an object, such as `data.config` of a ConfigMap, with its places in the file. */
import { nowhere } from "../istio/annotations.ts";
import { at } from "../kube/json.ts";
import { readEmbedded } from "../source/document.ts";
import { type Location, locationOf, type Part, rangeAt } from "../source/locate.ts";
import { nodeAt, type Path } from "../source/node.ts";
import { deepestDocument, readYaml } from "../source/read.ts";
import type { Reading, SourceFile } from "../source/reading.ts";
import { locateResource, placeText } from "./resource.ts";
import type { Origin, Placed } from "./world.ts";

export interface Embedded {
  /** Errors stand at offsets of the resource's own file. */
  readonly reading: Reading;
  /** Whether the nodes have offsets of that file as well; a text that a build put there has none. */
  readonly isPlaced: boolean;
}

const known = new WeakMap<Placed, Map<string, Embedded | undefined>>();

/** Reads the string at a path as a YAML document, once; undefined when there is none. */
export function embeddedAt(placed: Placed, path: Path): Embedded | undefined {
  const ofPlaced = known.get(placed) ?? new Map<string, Embedded | undefined>();
  known.set(placed, ofPlaced);
  const key = path.join("\n");
  if (!ofPlaced.has(key)) ofPlaced.set(key, readAt(placed, path));
  return ofPlaced.get(key);
}

function readAt(placed: Placed, path: Path): Embedded | undefined {
  const text = at(placed.value, path);
  if (typeof text !== "string") return undefined;
  const { document, path: above } = placed.resource;
  const own = document.read();
  const node = own.ok ? nodeAt(own.root, [...above, ...path]) : undefined;
  if (node?.type === "scalar" && node.value === text)
    return { reading: readEmbedded(document.file, node), isPlaced: true };
  const reading = readYaml(text, 0, text.length, { maxDepth: deepestDocument });
  if (reading.ok) return { reading, isPlaced: false };
  const offset = locateResource(placed.resource).start;
  return { reading: { ok: false, error: { ...reading.error, offset } }, isPlaced: false };
}

/**
 * Where a value of an object stands, also below a string that is YAML itself; undefined when it is not written. A last step
 * `nowhere` below a string that is no YAML stands for the place where reading it ends.
 */
export function locateInside(placed: Placed, path: Path, part?: Part): Location | undefined {
  const outside = placed.locate(path, part);
  if (outside || path.length < 2) return outside;
  for (let length = path.length - 1; length > 0; length--) {
    const value = at(placed.value, path.slice(0, length));
    if (value === undefined) continue;
    const embedded = typeof value === "string" ? embeddedAt(placed, path.slice(0, length)) : undefined;
    if (!embedded?.isPlaced) return undefined;
    const { file } = placed.resource.document;
    if (!embedded.reading.ok) {
      const { offset } = embedded.reading.error;
      return path.at(-1) === nowhere ? locationOf(file, { start: offset, end: offset }) : undefined;
    }
    const range = rangeAt(embedded.reading.root, path.slice(length), part);
    return range && locationOf(file, range);
  }
  return undefined;
}

/**
 * Where a line stands, counted from 1, of the block of text at a path below a string that is YAML itself, such as a template in
 * `data.config`; undefined where its lines are not those of the file.
 */
export function lineInside(placed: Placed, path: Path, line: number): Location | undefined {
  const { document, path: above } = placed.resource;
  const own = document.read();
  for (let length = 1; length < path.length; length++) {
    const outer = path.slice(0, length);
    const node = own.ok ? nodeAt(own.root, [...above, ...outer]) : undefined;
    if (node?.type !== "scalar") continue;
    const embedded = node.style === "literal" ? embeddedAt(placed, outer) : undefined;
    if (!embedded?.isPlaced || !embedded.reading.ok) return undefined;
    const block = nodeAt(embedded.reading.root, path.slice(length));
    if (block?.type !== "scalar" || block.style !== "literal") return undefined;
    return lineBelow(document.file, block.start, line);
  }
  return undefined;
}

function lineBelow(file: SourceFile, offset: number, lines: number): Location | undefined {
  let start = offset;
  for (let line = 0; line < lines; line++) {
    start = file.text.indexOf("\n", start) + 1;
    if (start === 0) return undefined;
  }
  const text = /^[ \t]*([^\r\n]*)/.exec(file.text.slice(start, start + 1000));
  const [whole = "", written = ""] = text ?? [];
  return locationOf(file, { start: start + whole.length - written.length, end: start + whole.length });
}

/** Where the deepest part of a path stands that is written, also below a string that is YAML itself; else where the object does. */
export function originInside(placed: Placed, path: Path): Origin {
  for (let length = path.length; length > 0; length--) {
    const location = locateInside(placed, path.slice(0, length));
    if (location) return { text: placeText(location), location };
  }
  const location = locateResource(placed.resource);
  return { text: placeText(location), location };
}
