/** The sprig functions urlParse and urlJoin, as Go's net/url takes URLs apart. */
import type { Functions } from "../function.ts";
import { fn } from "../function.ts";
import { Failure } from "../limits.ts";
import { fromBytes, quoteText, toBytes } from "../text.ts";
import type { Dict, Value } from "../values.ts";
import { kindOf, newDict, textOf } from "../values.ts";
import { escapeBytes } from "./escape.ts";

interface Url {
  readonly scheme: string;
  readonly opaque: string;
  readonly user: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly hasQuery: boolean;
  readonly fragment: string;
}

const NO_URL: Url = {
  scheme: "",
  opaque: "",
  user: "",
  host: "",
  path: "",
  query: "",
  hasQuery: false,
  fragment: "",
};

class UrlProblem extends Failure {}

/** Percent-escapes resolved; a problem where one is broken. */
function decodePercent(text: string): string {
  if (!text.includes("%")) return text;
  const bytes: number[] = [];
  const given = toBytes(text);
  for (let i = 0; i < given.length; i++) {
    if (given[i] !== 0x25) {
      bytes.push(given[i] ?? 0);
      continue;
    }
    const written = fromBytes(given.subarray(i, i + 3));
    if (!/^%[0-9a-fA-F]{2}$/.test(written)) throw new UrlProblem(`invalid URL escape ${quoteText(written)}`);
    bytes.push(Number.parseInt(written.slice(1), 16));
    i += 2;
  }
  return fromBytes(Uint8Array.from(bytes));
}

function splitScheme(text: string): readonly [scheme: string, rest: string] {
  if (text.startsWith(":")) throw new UrlProblem("missing protocol scheme");
  const found = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text);
  return found ? [(found[1] ?? "").toLowerCase(), text.slice(found[0].length)] : ["", text];
}

function cut(text: string, separator: string): readonly [before: string, after: string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}

function parseHost(host: string): string {
  const bracketed = host.startsWith("[");
  const close = host.lastIndexOf("]");
  if (bracketed && close === -1) throw new UrlProblem("missing ']' in host");
  const port = bracketed
    ? host.slice(close + 1)
    : host.slice(host.lastIndexOf(":") === -1 ? host.length : host.lastIndexOf(":"));
  if (port !== "" && !/^:[0-9]*$/.test(port)) {
    throw new UrlProblem(`invalid port ${quoteText(port)} after host`);
  }
  const wrong = /[ <>"\\^`{|}\x00-\x1f\x7f]/.exec(host);
  if (wrong) throw new UrlProblem(`invalid character ${quoteText(wrong[0])} in host name`);
  const broken = /%(?![89A-Fa-f][0-9a-fA-F]|25).{0,2}/.exec(host);
  if (broken && !bracketed) throw new UrlProblem(`invalid URL escape ${quoteText(broken[0])}`);
  return decodePercent(host);
}

function parseAuthority(authority: string): Pick<Url, "user" | "host"> {
  const at = authority.lastIndexOf("@");
  const host = parseHost(authority.slice(at + 1));
  if (at === -1) return { user: "", host };
  const user = authority.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user)) throw new UrlProblem("net/url: invalid userinfo");
  const [name, password] = cut(user, ":");
  const escaped = (part: string): string => escapeBytes(decodePercent(part), /[A-Za-z0-9\-._~$&+,;=]/);
  return { user: password === undefined ? escaped(name) : `${escaped(name)}:${escaped(password)}`, host };
}

function parseUrl(text: string): Url {
  if (/[\x00-\x1f\x7f]/.test(text)) throw new UrlProblem("net/url: invalid control character in URL");
  const [reference, fragment = ""] = cut(text, "#");
  const parsed = parseReference(reference);
  return { ...parsed, fragment: decodePercent(fragment) };
}

function parseReference(text: string): Url {
  if (text === "*") return { ...NO_URL, path: "*" };
  const [scheme, afterScheme] = splitScheme(text);
  const [hierarchy, query] = cut(afterScheme, "?");
  const url = { ...NO_URL, scheme, query: query ?? "", hasQuery: query !== undefined };
  if (!hierarchy.startsWith("/")) {
    if (scheme !== "") return { ...url, opaque: hierarchy };
    if ((hierarchy.split("/")[0] ?? "").includes(":")) {
      throw new UrlProblem("first path segment in URL cannot contain colon");
    }
  }
  const hasAuthority = hierarchy.startsWith("//") && (scheme !== "" || !hierarchy.startsWith("///"));
  if (!hasAuthority) return { ...url, path: decodePercent(hierarchy) };
  const slash = hierarchy.indexOf("/", 2);
  const authority = hierarchy.slice(2, slash === -1 ? undefined : slash);
  const path = slash === -1 ? "" : hierarchy.slice(slash);
  return { ...url, ...parseAuthority(authority), path: decodePercent(path) };
}

function parseOrFail(text: string, what: string): Url {
  try {
    return parseUrl(text);
  } catch (error) {
    if (!(error instanceof UrlProblem)) throw error;
    const shown = text.split("#")[0] ?? text;
    throw new Failure(`unable to parse ${what}: parse ${quoteText(shown)}: ${error.message}`);
  }
}

function hostName(host: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(host);
  return bracketed?.[1] ?? cut(host, ":")[0];
}

function parts(text: string): Dict {
  const url = parseOrFail(text, "url");
  const dict = newDict();
  const { scheme, host, path, query, opaque, fragment, user: userinfo } = url;
  return Object.assign(dict, {
    scheme,
    host,
    hostname: hostName(host),
    path,
    query,
    opaque,
    fragment,
    userinfo,
  });
}

function textUnder(dict: Readonly<Record<string, Value>>, key: string): string {
  if (!Object.hasOwn(dict, key)) return "";
  const value = dict[key] ?? null;
  if (value === null) throw new Failure("runtime error: invalid memory address or nil pointer dereference");
  const kind = kindOf(value);
  if (kind === "string") return textOf(value);
  throw new Failure(`unable to parse ${key} key, must be of type string, but ${kind} found`);
}

function join(dict: Readonly<Record<string, Value>>): string {
  const [scheme, host, path, query, opaque, fragment, userinfo] = [
    ...["scheme", "host", "path", "query", "opaque", "fragment", "userinfo"],
  ].map((key) => textUnder(dict, key)) as [string, string, string, string, string, string, string];
  const { user } = userinfo === "" ? NO_URL : parseOrFail(`proto://${userinfo}@host`, "userinfo in dict");
  const start = scheme === "" ? "" : `${scheme}:`;
  const end =
    (query === "" ? "" : `?${query}`) + (fragment === "" ? "" : `#${escapeBytes(fragment, FRAGMENT)}`);
  if (opaque !== "") return start + opaque + end;
  const escapedPath = escapeBytes(path, PATH);
  const hasAuthority = scheme !== "" || host !== "" || user !== "";
  const written = hasAuthority && (host !== "" || path !== "" || user !== "");
  const authority =
    written && (host !== "" || user !== "" || path.startsWith("//") || scheme !== "") ? "//" : "";
  const credentials = user === "" ? "" : `${user}@`;
  const slash = escapedPath !== "" && !escapedPath.startsWith("/") && host !== "" ? "/" : "";
  return start + authority + credentials + escapeBytes(host, HOST) + slash + escapedPath + end;
}

const PATH = /[A-Za-z0-9\-_.~$&+,/:;=@]/;
const FRAGMENT = /[A-Za-z0-9\-_.~$&+,/:;=?@!()*]/;
const HOST = /[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]/;

export const urlFunctions: Functions = {
  urlParse: fn("string", "dict", parts),
  urlJoin: fn("dict", "string", (dict) => join(dict ?? {})),
};
