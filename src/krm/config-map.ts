/** A functionConfig that is a ConfigMap, as the object it stands for: `kpt fn eval -- failOn=warning` makes such ones. */
import { at, emptyMap, isObject, type Json, type JsonObject } from "../kube/json.ts";
import { readPlain } from "../source/read-plain.ts";

/**
 * The function's own object for a ConfigMap. The key `kind` names the function (default: SidecarCheck); every other key is one of `spec`,
 * or several joined by dots (`istio.version`). A value that is a map, a list, true or false as YAML is that; all else is text.
 */
export function fromConfigMap(configMap: JsonObject): JsonObject {
  const data = isObject(configMap.data) ? configMap.data : {};
  const spec = emptyMap();
  let kind: Json = "SidecarCheck";
  for (const [key, value] of Object.entries(data)) {
    if (key === "kind") kind = value ?? "";
    else put(spec, key.split("."), typeof value === "string" ? valueIn(value) : (value ?? ""));
  }
  const name = at(configMap, ["metadata", "name"]);
  return {
    apiVersion: "sidelint.dev/v1alpha1",
    kind,
    ...(name !== undefined && { metadata: { name } }),
    spec,
  };
}

function put(into: Record<string, Json>, [step = "", ...rest]: readonly string[], value: Json): void {
  if (rest.length === 0) {
    into[step] = value;
    return;
  }
  const inner = emptyMap();
  const known = into[step];
  if (isObject(known)) Object.assign(inner, known);
  into[step] = inner;
  put(inner, rest, value);
}

function valueIn(text: string): Json {
  const read = readPlain(text);
  if (!read.ok) return text;
  const { value } = read;
  const isOther =
    isObject(value) || Array.isArray(value) || text.trim() === "true" || text.trim() === "false";
  return isOther && value !== undefined ? (value as Json) : text;
}
