/** `--helm=exec` and `--kustomize=exec`: runs programs of the user's where a first look at the repository says that they are needed. */
import { plain } from "../report/cells.ts";
import type { FileTree } from "../source/tree.ts";
import type { Rendered } from "../world/rendered.ts";
import type { World } from "../world/world.ts";
import { renderCharts } from "./exec-helm.ts";
import { buildWithKustomize } from "./exec-kustomize.ts";
import { openWorkshop } from "./exec-program.ts";
import type { Io } from "./io.ts";
import type { ScanFlags } from "./options.ts";

/** What the programs print for the charts and kustomizations of a world; what does not work is told on standard error. */
export function rendering(world: World, tree: FileTree, flags: ScanFlags, io: Io): readonly Rendered[] {
  const workshop = openWorkshop(io.env);
  try {
    const made = [
      ...(flags.kustomize === "exec" ? [buildWithKustomize(world, tree, workshop)] : []),
      ...(flags.helm === "exec" ? [renderCharts(world, tree, workshop)] : []),
    ];
    for (const { remarks } of made) for (const line of remarks) io.stderr(`sidelint: ${plain(line)}\n`);
    return made.flatMap(({ rendered }) => rendered);
  } finally {
    workshop.close();
  }
}
