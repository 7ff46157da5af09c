/** `sidelint krm`: the KRM function, as `sidelint-krm` is it, from the one command. */
import type { Command } from "commander";
import { runFunction } from "../krm/run.ts";
import { diskTree } from "../source/disk.ts";
import type { Context } from "./context.ts";

export function addKrm(program: Command, context: Context): void {
  program
    .command("krm")
    .description("Be a KRM function: a ResourceList in, a ResourceList out")
    .addHelpText("after", examples)
    .action(async () => {
      const { io } = context;
      const { stdout, stderr, exit } = runFunction(await io.readStdin(), {
        tree: diskTree(io.cwd),
        today: io.today,
      });
      io.stderr(stderr);
      await io.stdout(stdout);
      context.exit(exit);
    });
}

const examples = `
The functionConfig of the list is a SidecarCheck or a SidecarInject of
sidelint.dev/v1alpha1, or a ConfigMap with the same settings in its data.
The command sidelint-krm does the same and takes no arguments, as kustomize
and kpt call it.

Examples:
  kustomize build --enable-alpha-plugins --enable-exec overlays/prod
  kpt fn eval apps --exec sidelint-krm -- failOn=warning

Exit status: 0 done, 1 results that fail, or input that is no ResourceList.`;
