/** Says in words which requirement of a label selector labels miss, and which they meet. */
import { isObject, type Json } from "../kube/json.ts";
import type { Labels, Path, Selector } from "./facts.ts";

/** One requirement of a selector against labels. */
export interface Requirement {
  readonly key: string;
  readonly met: boolean;
  /** Whether it asks for a label to be there, rather than to be absent or something else. */
  readonly asks: boolean;
  /** `istio-injection in [enabled]`, `istio.io/rev absent`. */
  readonly wants: string;
  /** The value that the labels have; undefined when the key is absent. */
  readonly is: string | undefined;
  /** Where the requirement stands in the selector. */
  readonly path: Path;
}

/** The requirements of a valid selector, as written, each held against labels. */
export function requirementsOf(selector: Selector, labels: Labels): readonly Requirement[] {
  const found: Requirement[] = [];
  if (!selector) return found;
  const { matchLabels, matchExpressions } = selector;
  if (isObject(matchLabels)) {
    for (const [key, value] of Object.entries(matchLabels)) {
      found.push(requirement(key, "In", [String(value)], labels, ["matchLabels", key]));
    }
  }
  if (Array.isArray(matchExpressions)) {
    matchExpressions.forEach((item: Json, index) => {
      if (!isObject(item) || typeof item.key !== "string") return;
      const values = Array.isArray(item.values) ? item.values.map(String) : [];
      found.push(requirement(item.key, String(item.operator), values, labels, ["matchExpressions", index]));
    });
  }
  return found;
}

function requirement(
  key: string,
  operator: string,
  values: readonly string[],
  labels: Labels,
  path: Path,
): Requirement {
  const is = Object.hasOwn(labels, key) ? labels[key] : undefined;
  const listed = is !== undefined && values.includes(is);
  const list = `[${values.join(", ")}]`;
  switch (operator) {
    case "In":
      return { key, asks: true, met: listed, wants: `${key} in ${list}`, is, path };
    case "NotIn":
      return { key, asks: false, met: !listed, wants: `${key} not in ${list}`, is, path };
    case "Exists":
      return { key, asks: true, met: is !== undefined, wants: `${key} present`, is, path };
    default:
      return { key, asks: false, met: is === undefined, wants: `${key} absent`, is, path };
  }
}

/** A missed requirement as a clause: `wants istio-injection in [enabled], is "enable"`. */
export function describeMiss({ wants, is }: Requirement, whose: string): string {
  return `wants ${whose}${wants}${is === undefined ? "" : `, is ${JSON.stringify(is)}`}`;
}
