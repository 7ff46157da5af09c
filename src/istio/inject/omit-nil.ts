/** Values without their nulls. */
import { isObject, type Json } from "../../kube/json.ts";

/** The value without nulls on any level; a map or list that loses all it holds is null itself. As omitNil of istio/istio 1.30. */
export function omitNil(value: Json): Json {
  if (Array.isArray(value)) {
    const kept = value.map(omitNil).filter((item) => item !== null);
    return kept.length === 0 && value.length > 0 ? null : kept;
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, omitNil(item)] as const);
  const kept = entries.filter(([, item]) => item !== null);
  return kept.length === 0 && entries.length > 0 ? null : Object.fromEntries(kept);
}
