/** Where a place of a document stands. */
import { type Location, locationOf } from "../../source/locate.ts";
import { entryOf, type Node } from "../../source/node.ts";
import type { Source } from "../world.ts";

/** The location of a source, or of the nearest thing above it that is written down. */
export function locationOfSource(source: Source): Location {
  const { document, path } = source;
  const reading = document.read();
  let node: Node | undefined = reading.ok ? reading.root : undefined;
  let range = { start: document.start, end: document.start };
  for (const step of path) {
    if (typeof step === "number") {
      node = node?.type === "list" ? node.items[step] : undefined;
      if (node) range = node;
    } else {
      const entry = entryOf(node, step);
      node = entry?.value;
      if (entry)
        range = node?.type === "scalar" ? { start: entry.keyRange.start, end: node.end } : entry.keyRange;
    }
    if (!node) break;
  }
  return locationOf(document.file, range);
}
