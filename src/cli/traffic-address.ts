/** What of an address on a command line is written as other programs take it, and how it is written here. */
import { parseAddress } from "../istio/capture/ip.ts";
import { UsageError } from "./usage.ts";

/** Throws a UsageError for a URL, an interface in an address, and IPv6 of which the port cannot be told. */
export function mustBeTarget(option: string, text: string): void {
  const [, rest] = /^[a-z][-+.a-z0-9]*:\/\/([^/?#]*)/i.exec(text) ?? [];
  if (rest !== undefined)
    throw new UsageError(
      `${option} takes an address and a port, not a URL: ${option} ${rest || "10.0.0.5:443"}`,
    );
  mustHaveNoZone(option, text);
  const [, none] = /^(0\.0\.0\.0|\[(?:0{0,4}:)+0{0,4}\])(?::|$)/.exec(text) ?? [];
  if (none !== undefined)
    throw new UsageError(
      `${option} takes an address; ${none} is none, and Linux takes it for the pod itself: ${option} localhost:443`,
    );
  const [, inBrackets] = /^\[([^\]]*)\]$/.exec(text) ?? [];
  if (inBrackets !== undefined)
    throw new UsageError(`${option} needs a port, as in ${option} [${inBrackets}]:443`);
  if (!text.includes(":") || !parseAddress(text)) return;
  const [, host = "", port = ""] = /^(.*[^:]):(\d{1,5})$/.exec(text) ?? [];
  if (host === "" || !parseAddress(host)) return;
  throw new UsageError(`${option} takes IPv6 in brackets, and a port: [${host}]:${port}, or [${text}]:443`);
}

/** Throws a UsageError for an address in brackets, or with its interface. */
export function mustBeBare(option: string, text: string): void {
  mustHaveNoZone(option, text);
  const [, inner] = /^\[([^\]]*)\]$/.exec(text) ?? [];
  if (inner !== undefined)
    throw new UsageError(`${option} takes an address without brackets: ${option} ${inner}`);
}

function mustHaveNoZone(option: string, text: string): void {
  const [, name = ""] = /%([^\]]*)/.exec(text) ?? [];
  if (!text.includes("%")) return;
  const without = text.replace(/%[^\]]*/, "");
  const by = name === "" || option === "--nameserver" ? "" : ` --interface ${name}`;
  throw new UsageError(`${option} takes an address without its interface: ${option} ${without}${by}`);
}

/** Throws a UsageError for what the kernel takes for no name of an interface. */
export function mustBeInterface(option: string, name: string | undefined): void {
  if (name === undefined || (/^[^\s/:]{1,15}$/.test(name) && name !== "." && name !== "..")) return;
  throw new UsageError(
    `${option} takes the name of an interface, up to 15 characters such as eth0, not ${JSON.stringify(name)}`,
  );
}
