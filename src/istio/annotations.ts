/** The annotations that an injector checks before it injects: an invalid one fails the pod. */
import type { Json } from "../kube/json.ts";
import { parseQuantity } from "../kube/quantity.ts";
import { cidrError } from "./address.ts";
import type { Labels, Path } from "./facts.ts";
import { readProxyConfig } from "./proxy-config.ts";
import type { ReleaseFacts, Validator } from "./releases.ts";

/** Reads the YAML text of an annotation as Kubernetes reads YAML: its first document, undefined when there is none. */
export type ReadYaml = (
  text: string,
) =>
  | { readonly ok: true; readonly value: Json | undefined }
  | { readonly ok: false; readonly message: string };

/** An invalid value. */
export interface InvalidAnnotation {
  readonly annotation: string;
  readonly value: string;
  /** What is wrong, and what is allowed; follows "<annotation>: ". */
  readonly message: string;
  /** Where inside the value's YAML the fault is; empty when it is the value as a whole, `nowhere` when it is no YAML. */
  readonly path: Path;
}

/** The invalid ones among a pod's annotations, sorted by annotation; several of one annotation in source order. */
export function invalidAnnotations(
  annotations: Labels,
  facts: ReleaseFacts,
  readYaml: ReadYaml,
): readonly InvalidAnnotation[] {
  return Object.keys(annotations)
    .sort()
    .flatMap((annotation) => annotationErrors(annotation, annotations[annotation] ?? "", facts, readYaml));
}

/** What is wrong with the value of an annotation in a release; empty when nothing is, or when nobody checks it. */
export function annotationErrors(
  annotation: string,
  value: string,
  facts: ReleaseFacts,
  readYaml: ReadYaml,
): readonly InvalidAnnotation[] {
  const validator = Object.hasOwn(facts.validated, annotation) ? facts.validated[annotation] : undefined;
  if (!validator) return [];
  if (validator === "proxy-config") {
    return proxyConfigErrors(value, facts, readYaml).map((problem) => ({ annotation, value, ...problem }));
  }
  const message = valueError(validator, value, facts);
  return message === undefined ? [] : [{ annotation, value, message, path: [] }];
}

/** A step that leads nowhere: a text that is no YAML has no places. */
export const nowhere = "";

function proxyConfigErrors(value: string, facts: ReleaseFacts, readYaml: ReadYaml) {
  const read = readYaml(value);
  if (!read.ok) return [{ path: [nowhere] as Path, message: `is not YAML: ${read.message}` }];
  return readProxyConfig(read.value, facts).errors.map(({ path, message }) => ({
    path,
    message: path.length === 0 ? message : `${path.join(".")} ${message}`,
  }));
}

const maxPort = 65535;
const maxUint32 = 4294967295;

function valueError(
  validator: Exclude<Validator, "proxy-config">,
  value: string,
  facts: ReleaseFacts,
): string | undefined {
  switch (validator) {
    case "boolean":
      return goBoolean.test(value) ? undefined : `must be true or false, is ${JSON.stringify(value)}`;
    case "uint32":
      return isUnsigned(value, maxUint32)
        ? undefined
        : `must be a whole number from 0 to ${maxUint32}, is ${JSON.stringify(value)}`;
    case "port":
      return isUnsigned(trimSpace(value), maxPort)
        ? undefined
        : `must be a port from 0 to ${maxPort}, is ${JSON.stringify(value)}`;
    case "interception-mode":
      return interceptionModes.has(value)
        ? undefined
        : `must be REDIRECT, TPROXY or NONE, is ${JSON.stringify(value)}`;
    case "cidrs":
    case "cidrs-or-star":
      return cidrListError(value, validator === "cidrs-or-star", facts.cidrParser);
    case "ports":
    case "ports-or-star":
      return portListError(value, validator === "ports-or-star");
    case "interfaces":
      return interfaceListError(value);
    case "quantity":
      return quantityError(value);
  }
}

const goBoolean = /^(?:1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/;
const interceptionModes: ReadonlySet<string> = new Set(["REDIRECT", "TPROXY", "NONE"]);

function isUnsigned(text: string, most: number): boolean {
  return /^[0-9]+$/.test(text) && Number(text) <= most;
}

function cidrListError(value: string, star: boolean, parser: "net" | "netip"): string | undefined {
  if (value === "" || (star && value === "*")) return undefined;
  for (const range of value.split(",")) {
    const error = cidrError(range, parser);
    if (error === undefined) continue;
    const allowed = star ? 'must be "*" or ranges' : "must be ranges";
    return `${allowed} such as 10.0.0.0/8,192.168.0.0/16 without blanks; in ${JSON.stringify(range)} ${error}`;
  }
  return undefined;
}

function portListError(value: string, star: boolean): string | undefined {
  if (trimSpace(value) === "" || (star && value === "*")) return undefined;
  for (const port of value.split(",")) {
    if (isUnsigned(trimSpace(port), maxPort)) continue;
    const allowed = star ? 'must be "*" or ports' : "must be ports";
    return `${allowed} such as 80,8080; ${JSON.stringify(port)} is not a number from 0 to ${maxPort}`;
  }
  return undefined;
}

const longestInterface = 15;

function interfaceListError(value: string): string | undefined {
  if (value === "") return undefined;
  for (const part of value.split(",")) {
    const name = trimSpace(part);
    if (name.length <= longestInterface && /^[A-Za-z][A-Za-z0-9._-]*$/.test(name)) continue;
    return (
      `must be interface names such as eth0,net1, each a letter and then letters, digits, ".", "_" or "-", ` +
      `${longestInterface} characters at most; ${JSON.stringify(name)} is none`
    );
  }
  return undefined;
}

/** Unlike the quantities of a container, these are not trimmed, and control characters are an error of their own. */
function quantityError(value: string): string | undefined {
  if (hasControlCharacter(value))
    return `must be a quantity without control characters, is ${JSON.stringify(value)}`;
  return parseQuantity(value).ok
    ? undefined
    : `must be a quantity such as 100m or 128Mi, is ${JSON.stringify(value)}`;
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return true;
  }
  return false;
}

/** As strings.TrimSpace of Go: next line counts as white space, the byte order mark does not. */
function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 0x85 || (code !== 0xfeff && String.fromCharCode(code).trim() === "");
}
