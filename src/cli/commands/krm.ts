/** What `sidelint krm` takes, and its help. */
import type { Command } from "commander";
import type { Context } from "../context.ts";

export function addKrm(program: Command, context: Context): void {
  program
    .command("krm")
    .description("Be a KRM function: a ResourceList in, a ResourceList out")
    .addHelpText("after", examples)
    .action(async () => {
      const { krm } = await import("../krm.ts");
      await krm(context);
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
