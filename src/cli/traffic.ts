/** `sidelint traffic` and `sidelint explain --traffic`: what goes through the proxy, and what becomes of one packet. */
import { addressText, parseAddress } from "../istio/capture/ip.ts";
import { usualMachine } from "../istio/capture/plan.ts";
import type { CaptureMachine } from "../istio/capture/settings.ts";
import { plain } from "../report/cells.ts";
import { foldedPages } from "../report/explain.ts";
import { jsonText } from "../report/json.ts";
import { answerPage } from "../report/traffic-answer-text.ts";
import { trafficPage } from "../report/traffic-text.ts";
import { explainedTraffic } from "../world/explained-traffic.ts";
import { worldOf } from "../world/read.ts";
import { answerTraffic, type TrafficQuestion } from "../world/traffic-answer.ts";
import { chosen, placed } from "./chosen.ts";
import type { Context } from "./context.ts";
import type { ScanFlags } from "./options.ts";
import { openWorld } from "./session.ts";
import { mustBeBare, mustBeInterface, mustBeTarget } from "./traffic-address.ts";
import { tellUnreadable } from "./unreadable.ts";
import { oneOf, UsageError } from "./usage.ts";
import { worldReport } from "./world-report.ts";

/** What both commands are told of the pod's machine. */
interface MachineFlags extends ScanFlags {
  readonly builtBy?: string;
  readonly ipv6?: boolean;
  readonly nameserver?: readonly string[];
}

export interface ExplainTrafficFlags extends MachineFlags {
  readonly rules?: boolean;
}

export interface TrafficFlags extends MachineFlags {
  readonly to?: string;
  readonly from?: string;
  readonly port?: string;
  readonly udp?: boolean;
  readonly uid?: string;
  readonly gid?: string;
  readonly container?: string;
  readonly fromProxy?: boolean;
  readonly interface?: string;
}

/** Prints what of a workload's traffic is captured. Throws a UsageError. */
export async function trafficExplained(
  asked: string,
  paths: readonly string[],
  flags: ExplainTrafficFlags,
  context: Context,
): Promise<void> {
  const machine = machineOf(flags, flags.ipv6 ?? false);
  const { format, session, report, workloads } = await opened(asked, paths, flags, context);
  const explanations = workloads.flatMap((workload) => {
    const world = worldOf(session.scan, workload.cluster);
    const traffic = explainedTraffic(world, workload, machine, flags.rules ?? false);
    return traffic ? [{ workload, traffic }] : [];
  });
  await context.io.stdout(
    format === "json"
      ? jsonText({ explanations })
      : foldedPages(
          explanations.map(({ workload, traffic }) => trafficPage(workload, traffic, session.presentation)),
          report,
          session.presentation,
        ),
  );
  context.exit(session.exit);
}

/** Prints what becomes of one packet of a workload. Throws a UsageError. */
export async function trafficAnswered(
  asked: string,
  paths: readonly string[],
  flags: TrafficFlags,
  context: Context,
): Promise<void> {
  const question = questionOf(flags);
  const isV6 = flags.ipv6 || question.to.includes(":") || (question.from ?? "").includes(":");
  const machine = machineOf(flags, isV6);
  const { format, session, report, workloads } = await opened(asked, paths, flags, context);
  const answers = workloads.flatMap((workload) => {
    const world = worldOf(session.scan, workload.cluster);
    const answer = answerTraffic(world, workload, question, machine);
    if (answer?.state === "refused") throw new UsageError(plain(`${asked}: ${answer.why}`));
    return answer ? [{ workload, answer }] : [];
  });
  await context.io.stdout(
    format === "json"
      ? jsonText({ answers })
      : foldedPages(
          answers.map(({ workload, answer }) => answerPage(workload, answer, session.presentation)),
          report,
          session.presentation,
        ),
  );
  context.exit(session.exit);
}

async function opened(asked: string, paths: readonly string[], flags: MachineFlags, context: Context) {
  const format = oneOf("--format", flags.format, ["text", "json"]);
  const wanted = placed(asked, paths, context.io.cwd);
  const opening = await openWorld(wanted.paths, flags, context.io, context.version);
  const session = { ...opening, exit: tellUnreadable(opening.scan, context.io) || opening.exit };
  const report = worldReport(session);
  return { format, session, report, workloads: chosen(session.scan, report, wanted.asked, flags.builtBy) };
}

/** The addresses of a pod of which nothing is known but whether the first of them is IPv6. */
function machineOf({ nameserver }: MachineFlags, ipv6: boolean): CaptureMachine {
  for (const one of nameserver ?? []) mustBeAddress("--nameserver", one);
  const { addresses, nameservers } = usualMachine;
  return {
    addresses: ipv6 ? ["2001:db8::1", ...addresses] : addresses,
    nameservers: nameserver ?? nameservers,
  };
}

function questionOf(flags: TrafficFlags): TrafficQuestion {
  const { to, from, port } = flags;
  if (to === undefined && from === undefined)
    throw new UsageError(
      "traffic needs --to ADDRESS:PORT, or --from ADDRESS and --port; see sidelint traffic --help",
    );
  mustBeInterface("--interface", flags.interface);
  const common = {
    protocol: flags.udp ? "udp" : "tcp",
    interface: flags.interface,
    user: idOf("--uid", flags.uid),
    group: idOf("--gid", flags.gid),
    container: flags.container,
    byProxy: flags.fromProxy ?? false,
    ipv6: flags.ipv6 ?? false,
  } as const;
  if (to === undefined) {
    for (const [name, value] of [
      ["--uid", flags.uid],
      ["--gid", flags.gid],
      ["--container", flags.container],
      ["--from-proxy", flags.fromProxy],
    ] as const) {
      if (value !== undefined) throw new UsageError(`${name} says who sends: it goes with --to`);
    }
    if (port === undefined) throw new UsageError("--from needs --port, the port of the pod");
    mustBeAddress("--from", from ?? "");
    return { ...common, direction: "in", to: "self", from: asSent(from), port: portOf("--port", port) };
  }
  if (port !== undefined) throw new UsageError("--port goes with --from; --to takes ADDRESS:PORT");
  if (common.byProxy && (flags.container ?? flags.uid ?? flags.gid) !== undefined)
    throw new UsageError("--from-proxy says who sends: leave --container, --uid and --gid out");
  if (from !== undefined) mustBeAddress("--from", from);
  const target = targetOf(to, flags.ipv6 ?? false);
  if (target.to !== "self" && from !== undefined && asSent(from)?.includes(":") !== target.to.includes(":"))
    throw new UsageError("--from and --to are of different families: IPv4 and IPv6");
  return { ...common, direction: "out", from: asSent(from), ...target };
}

/** An address and a port: 10.0.0.5:443, [2001:db8::1]:443, self:8080. */
function targetOf(text: string, ipv6: boolean): { readonly to: string; readonly port: number } {
  mustBeTarget("--to", text);
  const bracketed = /^\[(.*)\]:(.*)$/s.exec(text);
  const colon = text.lastIndexOf(":");
  if (!bracketed && (colon < 0 || parseAddress(text))) {
    const meant = text.includes(":") ? `[${text}]:443` : `${text}:443`;
    throw new UsageError(`--to needs a port, as in --to ${meant}`);
  }
  const [, host, port] = bracketed ?? ["", text.slice(0, colon), text.slice(colon + 1)];
  const number = portOf("--to", port ?? "");
  if (host === "self") return { to: "self", port: number };
  if (host === "localhost") return { to: ipv6 ? "::1" : "127.0.0.1", port: number };
  if (!bracketed && host?.includes(":"))
    throw new UsageError(`--to takes IPv6 in brackets: [${host}]:${port}`);
  mustBeAddress("--to", host ?? "");
  return { to: asSent(host) ?? "", port: number };
}

/** An address as the kernel sends to it: one of IPv4 that is written as one of IPv6 is of IPv4. */
function asSent(text: string | undefined): string | undefined {
  const address = text === undefined ? undefined : parseAddress(text);
  return address?.v4 ? addressText(address) : text;
}

function mustBeAddress(option: string, text: string): void {
  if (parseAddress(text)) return;
  mustBeBare(option, text);
  const what = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/i.test(text) && /[a-z]/i.test(text);
  throw new UsageError(
    what
      ? `${option} takes an address, not the name ${JSON.stringify(text)}: sidelint looks no names up`
      : `${option} takes an address such as 10.0.0.5, not ${JSON.stringify(text)}`,
  );
}

function portOf(option: string, text: string): number {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535)
    throw new UsageError(`${option} takes a port from 1 to 65535, not ${JSON.stringify(text)}`);
  return port;
}

function idOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  // The last number stands for none.
  if (!/^[0-9]{1,10}$/.test(text) || Number(text) >= 4_294_967_295)
    throw new UsageError(`${option} takes a number up to 4294967294, not ${JSON.stringify(text)}`);
  return Number(text);
}
