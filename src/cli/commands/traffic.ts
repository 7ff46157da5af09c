/** What `sidelint traffic` takes, and its help. */
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { gather, withPrograms, withScanOptions } from "../options.ts";
import type { TrafficFlags } from "../traffic.ts";
import { UsageError } from "../usage.ts";

export function addTraffic(program: Command, context: Context): void {
  withPrograms(
    withScanOptions(
      program
        .command("traffic")
        .description("Say whether a packet goes through the proxy, and by which rule")
        .argument("<workload>", "kind/name, namespace/name, name, file or file:line")
        .argument("[paths...]", "where to look (default: .)")
        .option("--to <address:port>", "what the pod sends; self and localhost are the pod", once("--to"))
        .option("--from <address>", "what reaches the pod; with --to, who it is sent as", once("--from"))
        .option("--port <port>", "with --from: the port of the pod", once("--port"))
        .option("--udp", "UDP, not TCP")
        .option("--container <name>", "sent by this container: as its user and group", once("--container"))
        .option("--uid <number>", "sent by this user", once("--uid"))
        .option("--gid <number>", "sent by this group", once("--gid"))
        .option("--from-proxy", "sent by the sidecar itself")
        .option("--interface <name>", "by this interface (default: eth0, or lo)", once("--interface"))
        .option("--ipv6", "the first address of the pod is IPv6")
        .option("--nameserver <address>", "a name server, where DNS is captured; repeatable", gather)
        .option("--built-by <directory>", "only as the kustomization in this directory builds it")
        .option("--format <format>", "text or json", "text"),
    ),
  )
    .addHelpText("after", examples)
    .action(async (asked: string, paths: readonly string[], flags: TrafficFlags) => {
      const { trafficAnswered } = await import("../traffic.ts");
      await trafficAnswered(asked, paths, flags, context);
    });
}

/** Keeps the value of an option that is about the one packet. Throws a UsageError for a second one. */
function once(option: string): (value: string, before: string | undefined) => string {
  return (value, before) => {
    if (before !== undefined) throw new UsageError(`${option} is given twice, and there is one packet`);
    return value;
  };
}

const examples = `
Examples:
  sidelint traffic web --to 10.0.0.5:443
  sidelint traffic web --to 10.96.0.10:53 --udp      a DNS query
  sidelint traffic web --to 10.0.0.5:443 --container migrate
  sidelint traffic web --to self:8080 --from-proxy   the sidecar calls the app
  sidelint traffic web --from 10.0.0.9 --port 8080   what reaches the pod
  sidelint traffic web --to '[2001:db8::5]:443'`;
