/** What `sidelint upgrade` takes, and its help. */
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { gather, withPrograms, withScanOptions } from "../options.ts";
import type { UpgradeFlags } from "../upgrade.ts";

export function addUpgrade(program: Command, context: Context): void {
  withPrograms(
    withScanOptions(
      program
        .command("upgrade")
        .description("Say what another release of Istio does to sidecars")
        .argument("[paths...]", "files, directories, globs, or - for standard input (default: .)")
        .option("--from <release>", "the release that runs (default: what the repository shows)")
        .option("--to <release>", "the release to come (default: the newest that is known)")
        .option("--format <format>", "text, markdown or json", "text")
        .option("-o, --output <format=file>", "also write it to a file; repeatable", gather)
        .option("--fail-on <kind>", "exit 1 for what is lost, gained or changed; repeatable", gather)
        .option("--verbose", "name every workload and every setting"),
    ),
  )
    .addHelpText("after", examples)
    .action(async (paths: readonly string[], flags: UpgradeFlags) => {
      const { upgraded } = await import("../upgrade.ts");
      await upgraded(paths, flags, context);
    });
}

const examples = `
Examples:
  sidelint upgrade --from 1.26 --to 1.30    what changes for this repository
  sidelint upgrade --from 1.26 apps         for these paths, to the newest
  sidelint upgrade --to 1.28 --fail-on lost stop where a sidecar would go
  sidelint upgrade --from 1.26 --assume istio-injection=enabled
  sidelint upgrade --from 1.26 --output markdown=upgrade.md

Both releases are stock installs with what the repository and sidelint.yaml
say of them. Exit status: 0, or 1 for what --fail-on names, 2 usage,
configuration or reading errors.`;
