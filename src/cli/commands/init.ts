/** What `sidelint init` takes, and its help. */
import type { Command } from "commander";
import type { Context } from "../context.ts";
import type { InitFlags } from "../init.ts";

export function addInit(program: Command, context: Context): void {
  program
    .command("init")
    .description("Write a sidelint.yaml to start from, after a look at the repository")
    .argument("[paths...]", "files, directories or globs to look at (default: the repository)")
    .option("--force", "write over a configuration that is there")
    .option("-n, --dry-run", "print what would be written, and write nothing")
    .option("--pre-commit", "also a hook in .pre-commit-config.yaml, printed where that is there")
    .option("--github", "also .github/workflows/sidelint.yml, printed where that is there")
    .addHelpText("after", examples)
    .action(async (paths: readonly string[], flags: InitFlags) => {
      const { init } = await import("../init.ts");
      await init(paths, flags, context);
    });
}

const examples = `
Examples:
  sidelint init                           sidelint.yaml, at the repository's top
  sidelint init --dry-run                 what it would be
  sidelint init --pre-commit --github     with checks of commits and requests

Nothing that check finds changes until you uncomment something in the file.`;
