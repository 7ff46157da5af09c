/** The injector's values (`values` of ConfigMap istio-sidecar-injector): what the engine itself reads of them; templates see them whole. */
import { isObject, type Json, type JsonObject } from "../kube/json.ts";
import { type MessageProblem, show } from "./message.ts";

/** The values the engine reads; everything absent has Go's zero value. */
export interface Values {
  /** As templates see them. */
  readonly all: JsonObject;
  readonly hub: string;
  readonly tag: string;
  readonly variant: string;
  /** `global.proxy.image`. */
  readonly image: string;
  readonly clusterName: string;
  readonly network: string;
  readonly holdApplicationUntilProxyStarts: boolean;
  readonly rewriteAppHTTPProbe: boolean;
}

export type ValuesReading =
  | { readonly ok: true; readonly values: Values }
  | { readonly ok: false; readonly errors: readonly MessageProblem[] };

/** Reads parsed values; undefined and null are an empty map. A value of a wrong type is an error, as it is for istiod 1.30. */
export function readValues(json: Json | undefined): ValuesReading {
  const all = json ?? {};
  if (!isObject(all)) return { ok: false, errors: [{ path: [], message: `must be a map, is ${show(all)}` }] };
  const errors: MessageProblem[] = [];
  const text = (...path: string[]) => typed(all, path, "string", errors) ?? "";
  const flag = (...path: string[]) => typed(all, path, "boolean", errors) ?? false;
  const values: Values = {
    all: inFloats(all) as JsonObject,
    hub: text("global", "hub"),
    tag: tagText(isObject(all.global) ? all.global.tag : undefined),
    variant: text("global", "variant"),
    image: text("global", "proxy", "image"),
    clusterName: text("global", "multiCluster", "clusterName"),
    network: text("global", "network"),
    holdApplicationUntilProxyStarts: flag("global", "proxy", "holdApplicationUntilProxyStarts"),
    rewriteAppHTTPProbe: flag("sidecarInjectorWebhook", "rewriteAppHTTPProbe"),
  };
  return errors.length > 0 ? { ok: false, errors } : { ok: true, values };
}

interface Scalars {
  readonly string: string;
  readonly boolean: boolean;
}

function typed<K extends keyof Scalars>(
  all: JsonObject,
  path: readonly string[],
  kind: K,
  errors: MessageProblem[],
): Scalars[K] | undefined {
  let here: Json = all;
  for (const [depth, key] of path.entries()) {
    if (!isObject(here)) {
      errors.push({ path: path.slice(0, depth), message: `must be a map, is ${show(here)}` });
      return undefined;
    }
    const next: Json | undefined = here[key];
    if (next === undefined || next === null) return undefined;
    here = next;
  }
  if (typeof here === kind) return here as Scalars[K];
  const wanted = kind === "string" ? "text" : "true or false";
  errors.push({ path, message: `must be ${wanted}, is ${show(here)}` });
  return undefined;
}

/** The tag may be any value; it is printed as Go prints it. */
function tagText(tag: Json | undefined): string {
  if (tag === undefined) return "";
  if (tag === null) return "<nil>";
  return typeof tag === "object" ? JSON.stringify(tag) : String(tag);
}

/** The values with every number a floating-point number, as templates have them; a copy of its own. */
export function inFloats(json: Json): Json {
  if (typeof json === "bigint") return Number(json);
  if (Array.isArray(json)) return json.map(inFloats);
  if (!isObject(json)) return json;
  const copy: Record<string, Json> = Object.create(null);
  for (const [key, value] of Object.entries(json)) copy[key] = inFloats(value);
  return copy;
}
