/** What `sidelint explain` takes, and its help. */
import type { Command } from "commander";
import type { Context } from "../context.ts";
import type { ExplainFlags } from "../explain.ts";
import { gather, withPrograms, withScanOptions } from "../options.ts";
import type { ExplainTrafficFlags } from "../traffic.ts";
import { UsageError } from "../usage.ts";

type Flags = ExplainFlags &
  ExplainTrafficFlags & { readonly traffic?: boolean; readonly uninstall?: string | true };

const whichOne = "kind/name, namespace/name, name, file or file:line";

export function addExplain(program: Command, context: Context): void {
  withPrograms(
    withScanOptions(
      program
        .command("explain")
        .description("Say why one workload gets a sidecar, or gets none")
        .argument("[workload]", whichOne)
        .argument("[paths...]", "where to look (default: .)")
        .option("--built-by <directory>", "only as the kustomization in this directory builds it")
        .option("--uninstall [revision]", "say what removing the injector, a revision or a tag changes")
        .option("--traffic", "say what of its traffic goes through the proxy, and what does not")
        .option("--rules", "with --traffic: the rules as well, for iptables or nft")
        .option("--ipv6", "with --traffic: the first address of the pod is IPv6")
        .option(
          "--nameserver <address>",
          "with --traffic: a name server, where DNS is captured; repeatable",
          gather,
        )
        .option("--format <format>", "text or json", "text"),
    ),
  )
    .addHelpText("after", examples)
    .action(async (asked: string | undefined, paths: readonly string[], flags: Flags) => {
      if (flags.uninstall !== undefined) {
        mustBeUninstall(flags);
        const { uninstallExplained } = await import("../uninstall.ts");
        const all = asked === undefined ? paths : [asked, ...paths];
        return uninstallExplained(flags.uninstall, all, flags, context);
      }
      if (asked === undefined)
        throw new UsageError(`explain needs a workload (${whichOne}); see sidelint explain --help`);
      if (flags.traffic) {
        const { trafficExplained } = await import("../traffic.ts");
        return trafficExplained(asked, paths, flags, context);
      }
      for (const option of ["rules", "ipv6", "nameserver"] as const)
        if (flags[option] !== undefined) throw new UsageError(`--${option} goes with --traffic`);
      const { explained } = await import("../explain.ts");
      await explained(asked, paths, flags, context);
    });
}

/** Throws a UsageError for options that an uninstall would not look at. */
function mustBeUninstall(flags: Flags): void {
  if (flags.uninstall === "")
    throw new UsageError("--uninstall= names no revision; --uninstall alone is about all of Istio");
  const other = (["traffic", "rules", "ipv6", "nameserver", "builtBy"] as const).find(
    (option) => flags[option] !== undefined,
  );
  if (other === undefined) return;
  const name = other === "builtBy" ? "built-by" : other;
  throw new UsageError(`--uninstall and --${name} exclude one another`);
}

const examples = `
Examples:
  sidelint explain Deployment/web
  sidelint explain shop/web                   web in namespace shop
  sidelint explain apps/web/deployment.yaml:14
  sidelint explain web --built-by overlays/prod
  sidelint explain deploy/web apps platform   look only below these paths
  sidelint explain web --traffic --rules      what its iptables rules are
  sidelint explain --uninstall                what goes when Istio goes
  sidelint explain --uninstall=canary apps    what goes with revision canary`;
