/** The files that a kustomization names besides what brings objects. */
import type { Node, Path } from "../../source/node.ts";
import type { Source } from "../world.ts";
import { field, items, type Reader, text } from "./fields.ts";
import type { Entry } from "./kustomization.ts";
import { joinPath } from "./path.ts";

/** The files that generators, configurations, replacements, charts and schemas read. */
export function filesOf(reader: Reader): readonly Entry[] {
  const { fields, directory, document } = reader;
  const found: Entry[] = [];
  const add = (value: string | undefined, path: Path) => {
    if (value) found.push({ value, path: joinPath(directory, value), source: { document, path } });
  };
  const addAll = (node: Node | undefined, path: Path, fileIn = (entry: string) => entry) =>
    items(node).forEach((item, index) => {
      add(fileIn(text(item) ?? ""), [...path, index]);
    });
  for (const name of ["configMapGenerator", "secretGenerator"]) {
    items(fields.get(name)).forEach((generator, index) => {
      addAll(field(generator, "files"), [name, index, "files"], (one) => one.slice(one.indexOf("=") + 1));
      addAll(field(generator, "envs"), [name, index, "envs"]);
      add(text(field(generator, "env")), [name, index, "env"]);
    });
  }
  for (const name of ["configurations", "crds"]) addAll(fields.get(name), [name]);
  items(fields.get("replacements")).forEach((one, index) => {
    add(text(field(one, "path")), ["replacements", index, "path"]);
  });
  items(fields.get("helmCharts")).forEach((chart, index) => {
    add(text(field(chart, "valuesFile")), ["helmCharts", index, "valuesFile"]);
    addAll(field(chart, "additionalValuesFiles"), ["helmCharts", index, "additionalValuesFiles"]);
  });
  add(text(field(fields.get("openapi"), "path")), ["openapi", "path"]);
  return found;
}

/** Whether the file of an entry has to be there; what replacements and charts read is looked for by themselves. */
export function isNeeded({ path }: Source): boolean {
  return path[0] !== "replacements" && path[0] !== "helmCharts";
}
