/** `sidelint krm`: the KRM function, as `sidelint-krm` is it, from the one command. */
import { loadAndRun } from "../krm/run.ts";
import { chunksOf } from "../krm/streams.ts";
import { diskTree } from "../source/disk.ts";
import type { Context } from "./context.ts";

/** Runs the function on standard input. */
export async function krm(context: Context): Promise<void> {
  const { io } = context;
  const { stdout, stderr, exit } = await loadAndRun(await io.readStdin(), {
    tree: diskTree(io.cwd),
    today: io.today,
  });
  io.stderr(stderr);
  for (const chunk of chunksOf(stdout)) await io.stdout(chunk);
  context.exit(exit);
}
