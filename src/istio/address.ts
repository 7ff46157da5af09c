/** Addresses as Go reads them: IP addresses, CIDR ranges, host and port, domain names. */

/** Whether a text is an IPv4 address in dotted decimals without leading zeros. */
export function isIPv4(text: string): boolean {
  const fields = text.split(".");
  return (
    fields.length === 4 &&
    fields.every((field) => /^(?:0|[1-9][0-9]{0,2})$/.test(field) && Number(field) <= 255)
  );
}

/** Whether a text is an IPv6 address; it may end in an IPv4 address, and has no zone. */
export function isIPv6(text: string): boolean {
  const halves = text.split("::");
  if (halves.length > 2) return false;
  const [before = "", after] = halves;
  const head = groupsOf(before, after === undefined);
  const tail = groupsOf(after ?? "", true);
  if (head === undefined || tail === undefined) return false;
  return after === undefined ? head === 8 : head + tail <= 7;
}

/** How many 16-bit groups a part of an IPv6 address has; undefined when it is malformed. */
function groupsOf(part: string, isLast: boolean): number | undefined {
  if (part === "") return 0;
  const groups = part.split(":");
  let count = 0;
  for (const [index, group] of groups.entries()) {
    if (/^[0-9A-Fa-f]{1,4}$/.test(group)) count++;
    else if (isLast && index === groups.length - 1 && isIPv4(group)) count += 2;
    else return undefined;
  }
  return count;
}

/** Why a text is no CIDR range such as 10.0.0.0/8; undefined when it is one. As net/netip, or as package net before 1.16. */
export function cidrError(text: string, parser: "net" | "netip"): string | undefined {
  const slash = text.lastIndexOf("/");
  if (slash < 0) return "has no prefix length, such as /8 or /32";
  const address = text.slice(0, slash);
  const v4 = isIPv4(address);
  if (!v4 && !isIPv6(address)) return `${JSON.stringify(address)} is not an IP address`;
  const bits = text.slice(slash + 1);
  const most = v4 ? 32 : 128;
  const digits = parser === "netip" ? /^(?:0|[1-9][0-9]*)$/ : /^[0-9]+$/;
  if (!digits.test(bits) || Number(bits) > most)
    return `the prefix length must be a number from 0 to ${most}`;
  return undefined;
}

/** Why a text is no `host:port` that a proxy can reach; undefined when it is one. As Istio's ValidateProxyAddress. */
export function proxyAddressError(text: string): string | undefined {
  const split = splitHostPort(text);
  if ("error" in split) return split.error;
  const { host, port } = split;
  if (!/^[+-]?[0-9]+$/.test(port)) return `the port ${JSON.stringify(port)} is not a number`;
  const wrongPort = portError(Number(port));
  if (wrongPort) return wrongPort;
  if (isDomain(host) || isIPv4(host) || isIPv6(host.replace(/%.+$/s, ""))) return undefined;
  return `${JSON.stringify(host)} is neither a host name nor an IP address`;
}

/** Why a number is no port. */
export function portError(port: number): string | undefined {
  return port >= 1 && port <= 65535 ? undefined : `the port ${port} is not in 1 to 65535`;
}

function splitHostPort(
  text: string,
): { readonly host: string; readonly port: string } | { readonly error: string } {
  const colon = text.lastIndexOf(":");
  if (colon < 0) return { error: "has no port, such as host:9411" };
  if (text.startsWith("[")) {
    const close = text.indexOf("]");
    if (close !== colon - 1) return { error: "must have the form [address]:port" };
    return { host: text.slice(1, close), port: text.slice(colon + 1) };
  }
  const host = text.slice(0, colon);
  if (host.includes(":")) return { error: "has too many colons; an IPv6 address goes into brackets" };
  if (/[[\]]/.test(text)) return { error: "has brackets in the wrong place" };
  return { host, port: text.slice(colon + 1) };
}

/** Whether a text is a domain name by Istio's measure: labels of letters, digits and hyphens, the last not a number. */
function isDomain(name: string): boolean {
  if (name === "" || name.length > 255) return false;
  const labels = name.split(".");
  if (/^[+-]?[0-9]+$/.test(labels.at(-1) ?? "")) return false;
  return labels.every(
    (label, index) =>
      (label === "" && index > 0 && index === labels.length - 1) ||
      (label.length <= 63 && /^[A-Za-z0-9](?:[-A-Za-z0-9]*[A-Za-z0-9])?$/.test(label)),
  );
}
