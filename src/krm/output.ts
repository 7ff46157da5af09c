/** The results in the text of a list: behind what it says, in the style it is written in. */
import { editsOfDocument } from "../fix/value-edits.ts";
import { entryOf, toValue, type Value } from "../source/node.ts";
import type { Edit } from "../source/splice.ts";
import { writeYaml } from "../source/write-yaml.ts";
import type { ResourceList } from "./resource-list.ts";
import type { Result } from "./results.ts";

/** The edits that add results to a list; results of functions before it stay. */
export function resultsEdits({ document, root }: ResourceList, results: readonly Result[]): readonly Edit[] {
  if (results.length === 0) return [];
  const { text } = document.file;
  const end = Math.min(document.end, text.length);
  const isSimple = !root.flow && !entryOf(root, "results") && text.charAt(end - 1) === "\n";
  if (isSimple) {
    const column = root.start - (text.lastIndexOf("\n", root.start - 1) + 1);
    const pad = " ".repeat(column);
    const written = writeYaml(results as unknown as Value, { column });
    return [{ start: end, end, text: `${pad}results:\n${written}` }];
  }
  const value = toValue(root) as { readonly [key: string]: Value };
  const before = Array.isArray(value.results) ? value.results : [];
  const plan = editsOfDocument(document, { ...value, results: [...before, ...results] as Value[] });
  return plan.ok ? plan.edits : [];
}
