/** The second half of the page of `explain`: the sidecar, setting by setting, each value with its origin. */
import type { SidecarResource } from "../lint/sidecar-resources.ts";
import { columns, padEnd, plain, wrap } from "./cells.ts";
import type {
  ExplainedCapture,
  ExplainedProbe,
  ExplainedRefusal,
  Explanation,
  InjectedSidecar,
} from "./explanation.ts";
import type { Paint } from "./paint.ts";

/** A line of the section: what it is about, what it says, and where that was set. */
interface Row {
  readonly name: string;
  readonly value: string;
  readonly where?: string;
}

/** The section on the sidecar; undefined where none can be expected. */
export function sidecarSection(explanation: Explanation, width: number, paint: Paint): string | undefined {
  const { workload, resources = [], sidecar } = explanation;
  const isCertain = workload.verdict === "injected";
  if (sidecar?.state === "refused") return noPod(sidecar.refusals, isCertain, width, paint);
  const rows = resources.map(resourceRow);
  if (sidecar?.state !== "injected") {
    if (rows.length === 0 && !sidecar) return undefined;
    const heading = paint.heading(
      isCertain ? "Resources of the sidecar" : "Resources of the sidecar it would get",
    );
    const why = sidecar ? wrap(plain(`What else is in it is not known: ${sidecar.why}`), width - 2) : [];
    return [heading, ...table(rows, width, paint), ...why.map((line) => `  ${line}`)].join("\n");
  }
  const refused = sidecar.refusals.length > 0 ? [noPod(sidecar.refusals, isCertain, width, paint), ""] : [];
  return [
    ...refused,
    ...wrap(plain(heading(sidecar, isCertain)), width).map(paint.heading),
    ...table([{ name: "image", ...sidecar.image }, ...rows], width, paint),
    ...table(settings(sidecar), width, paint),
    ...table(sidecar.open.map(openRow), width, paint),
  ].join("\n");
}

function openRow({ setting, text, where }: InjectedSidecar["open"][number], index: number): Row {
  return { name: index === 0 ? "not known" : "", value: `what ${setting} sets: it is still ${text}`, where };
}

function heading({ templates, release, capture }: InjectedSidecar, isCertain: boolean): string {
  const names = templates.map(({ name }) => name);
  const places = [...new Set(templates.map(({ where }) => where))].filter(
    (where) => !where.startsWith("default of "),
  );
  const by = `template${names.length === 1 ? "" : "s"} ${names.join(", ")} of Istio ${release}`;
  const where = places.length === 0 ? "" : ` (${places.join(", ")})`;
  const what = capture || names.includes("sidecar") ? "The sidecar" : "The proxy";
  return `${what}${isCertain ? "" : " it would get"}, by ${by}${where}`;
}

function noPod(
  refusals: readonly ExplainedRefusal[],
  isCertain: boolean,
  width: number,
  paint: Paint,
): string {
  const title = isCertain ? "No pod is created" : "If it is injected, no pod is created";
  const lines = refusals.flatMap(({ by, message, where }) => {
    const who = by === "injector" ? "the injector" : "the API server";
    const told = wrap(plain(`${who} refuses it: ${message}`), width - 4);
    return [
      ...told.map((line, index) => `  ${index === 0 ? paint.bad("✗") : " "} ${line}`),
      paint.faint(`    ${plain(where)}`),
    ];
  });
  return [paint.heading(title), ...lines].join("\n");
}

function resourceRow({ resource, bound, value, unknown, where }: SidecarResource): Row {
  const none = unknown ? "not known" : bound === "limit" ? "unlimited" : "none";
  return { name: `${resource} ${bound}`, value: value ?? none, where };
}

/** Where the values begin. */
const indent = 18;

/** Values in a column of their own as far as they are short, with their origins beside them. */
function table(rows: readonly Row[], width: number, paint: Paint): readonly string[] {
  const short = rows.filter(({ value, where }) => where !== undefined && columns(value) <= 12);
  const room = Math.max(0, ...short.map(({ value }) => columns(value))) + 2;
  return rows.flatMap((row) => rowLines(row, room, width, paint));
}

function rowLines({ name, value, where }: Row, room: number, width: number, paint: Paint): readonly string[] {
  const lead = padEnd(`  ${name}`, indent);
  const blank = " ".repeat(indent);
  const shown = plain(value);
  if (where === undefined)
    return wrap(shown, width - indent).map((line, index) => (index === 0 ? lead : blank) + line);
  const origin = plain(where);
  if (columns(shown) + 2 <= room) {
    return wrap(origin, width - indent - room).map((line, index) =>
      index === 0
        ? lead + padEnd(shown, room) + paint.faint(line)
        : blank + " ".repeat(room) + paint.faint(line),
    );
  }
  const lines = wrap(shown, width - indent).map((line, index) => (index === 0 ? lead : blank) + line);
  const last = lines.at(-1) ?? "";
  return columns(last) + 2 + columns(origin) <= width
    ? [...lines.slice(0, -1), `${last}  ${paint.faint(origin)}`]
    : [...lines, ...wrap(origin, width - indent).map((line) => blank + paint.faint(line))];
}

function settings(sidecar: InjectedSidecar): readonly Row[] {
  const { user, group, ports, capture, probes } = sidecar;
  const as = user === null ? "the image's" : String(user);
  return [
    { name: "runs as", value: placement(sidecar) },
    { name: "user", value: group === null ? as : `${as}, group ${group}` },
    { name: "ports", value: ports.map(({ number, purpose }) => `${number} ${purpose}`).join(", ") || "none" },
    ...(capture ? captureRows(capture) : [{ name: "capture", value: "none: no traffic goes through it" }]),
    ...(probes.length === 0 ? [{ name: "probes", value: "none rewritten" }] : probes.map(probeRow)),
    ...additions(sidecar),
    ...environment(sidecar),
  ];
}

function placement({ list, native }: InjectedSidecar): string {
  if (native === null)
    return "an ordinary container; where every node has Kubernetes 1.33 or newer, a native sidecar (kubernetes.version in sidelint.yaml says so)";
  if (native) return "a native sidecar: an init container that goes on running";
  return list === "containers" ? "an ordinary container" : "an init container";
}

function captureRows(capture: ExplainedCapture): readonly Row[] {
  const by = capture.by === "cni" ? "the CNI plugin" : "istio-init";
  const user = capture.user === null ? "" : `, but for user ${capture.user}`;
  const outbound = [
    ranges(capture.includedRanges, "all addresses", "no addresses"),
    ...(capture.includedRanges && capture.excludedRanges ? [`not ${spaced(capture.excludedRanges)}`] : []),
    ...(capture.includedOutboundPorts ? [`ports ${spaced(capture.includedOutboundPorts)} of all`] : []),
    ...(capture.excludedOutboundPorts ? [`not ports ${spaced(capture.excludedOutboundPorts)}`] : []),
  ];
  const inbound = [
    ranges(capture.includedInboundPorts, "all ports", "no ports"),
    ...(capture.includedInboundPorts && capture.excludedInboundPorts
      ? [`not ${spaced(capture.excludedInboundPorts)}`]
      : []),
  ];
  return [
    { name: "capture", value: `${capture.mode} by ${by}${user}` },
    { name: "  outbound", value: outbound.join(", ") },
    { name: "  inbound", value: inbound.join(", ") },
  ];
}

function ranges(text: string, all: string, none: string): string {
  return text === "*" ? all : text === "" ? none : spaced(text);
}

/** A list that may be broken into lines. */
function spaced(list: string): string {
  return list.split(",").join(", ");
}

function probeRow({ container, probe, from, to, port, unresolved }: ExplainedProbe, index: number): Row {
  const lost = unresolved === null ? "" : `; no port is called ${unresolved}, so it fails`;
  return {
    name: index === 0 ? "probes" : "",
    value: `${probe} of ${container}: ${from} is now :${port}${to}${lost}`,
  };
}

function additions({ adds }: InjectedSidecar): readonly Row[] {
  const told = [
    ...(adds.initContainers.length > 0 ? [`init containers ${adds.initContainers.join(", ")}`] : []),
    ...(adds.containers.length > 0 ? [`containers ${adds.containers.join(", ")}`] : []),
    ...(adds.volumes.length > 0 ? [`volumes ${adds.volumes.join(", ")}`] : []),
  ];
  return told.map((value, index) => ({ name: index === 0 ? "adds" : "", value }));
}

/** Variables that every sidecar has, or that say again what stands elsewhere. */
const usual: ReadonlySet<string> = new Set([
  "PILOT_CERT_PROVIDER",
  "ISTIO_META_POD_PORTS",
  "ISTIO_META_APP_CONTAINERS",
  "ISTIO_META_INTERCEPTION_MODE",
  "ISTIO_META_WORKLOAD_NAME",
  "ISTIO_META_OWNER",
  "ISTIO_KUBE_APP_PROBERS",
]);

/** What a stock install gives to others. */
const defaults: Readonly<Record<string, string>> = {
  PROXY_CONFIG: "{}",
  ISTIO_META_CLUSTER_ID: "Kubernetes",
  ISTIO_META_MESH_ID: "cluster.local",
  TRUST_DOMAIN: "cluster.local",
};

function environment({ environment: variables }: InjectedSidecar): readonly Row[] {
  return variables
    .filter(({ name, value }) => !usual.has(name) && defaults[name] !== value.trim())
    .map(({ name, value }, index) => ({
      name: index === 0 ? "environment" : "",
      value: `${name}=${value.trim()}`,
    }));
}
