/** What `sidelint explain` takes, and its help. */
import type { Command } from "commander";
import type { Context } from "../context.ts";
import type { ExplainFlags } from "../explain.ts";
import { withPrograms, withScanOptions } from "../options.ts";

export function addExplain(program: Command, context: Context): void {
  withPrograms(
    withScanOptions(
      program
        .command("explain")
        .description("Say why one workload gets a sidecar, or gets none")
        .argument("<workload>", "kind/name, namespace/name, name, file or file:line")
        .argument("[paths...]", "where to look (default: .)")
        .option("--built-by <directory>", "only as the kustomization in this directory builds it")
        .option("--format <format>", "text or json", "text"),
    ),
  )
    .addHelpText("after", examples)
    .action(async (asked: string, paths: readonly string[], flags: ExplainFlags) => {
      const { explained } = await import("../explain.ts");
      await explained(asked, paths, flags, context);
    });
}

const examples = `
Examples:
  sidelint explain Deployment/web
  sidelint explain shop/web                   web in namespace shop
  sidelint explain apps/web/deployment.yaml:14
  sidelint explain web --built-by overlays/prod
  sidelint explain deploy/web apps platform   look only below these paths`;
