/** `--helm=exec` and `--kustomize=exec`: runs programs of the user's where a first look at the repository says that they are needed. */
import { join } from "node:path";
import { plain } from "../report/cells.ts";
import type { FileTree } from "../source/tree.ts";
import type { Reading } from "../world/read.ts";
import { copiedGround } from "./exec-ground.ts";
import { type Renderings, renderCharts } from "./exec-helm.ts";
import { buildWithKustomize } from "./exec-kustomize.ts";
import { openWorkshop } from "./exec-program.ts";
import type { Io } from "./io.ts";
import type { ScanFlags } from "./options.ts";

/**
 * What the programs print for the charts and kustomizations of a tree, after a first look at it; what does not work is told on standard
 * error.
 * @param commit the name of a state, where the tree is not what lies on disk
 */
export function rendering(
  { world, worlds, isOutside }: Reading,
  tree: FileTree,
  flags: ScanFlags,
  io: Io,
  commit?: string,
): Renderings {
  const deliveries = new Map(worlds.flatMap((one) => one.deliveries).map((one) => [one.id, one]));
  const all = { ...world, deliveries: [...deliveries.values()] };
  const workshop = openWorkshop(io.env);
  try {
    const ground = copiedGround(tree, isOutside, join(workshop.directory, "tree"));
    const made = [
      ...(flags.kustomize === "exec" ? [buildWithKustomize(all, ground, workshop)] : []),
      ...(flags.helm === "exec" ? [renderCharts(all, ground, workshop)] : []),
    ];
    const where = commit === undefined ? "" : `${commit}: `;
    const unrendered = made.flatMap((one) => one.unrendered);
    const lines = [...unrendered.map(({ says }) => says), ...made.flatMap(({ remarks }) => remarks)];
    for (const line of new Set(lines)) io.stderr(`sidelint: ${plain(where + line)}\n`);
    return {
      rendered: made.flatMap(({ rendered }) => rendered),
      unrendered,
      remarks: made.flatMap(({ remarks }) => remarks),
    };
  } finally {
    workshop.close();
  }
}
