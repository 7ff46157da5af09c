/** The target of a patch: regular expressions for group, version, kind, name and namespace, and selectors. */
import { at } from "../../kube/json.ts";
import { stringMap } from "../resource.ts";
import { type Draft, groupOf, type Identity, identityOf } from "./draft.ts";

/**
 * A function that says whether an object is meant by a target (kustomize v5.8.1, types.Selector), or why the target cannot
 * be understood. Name and namespace may be those as written or as they are now.
 */
export function targetMatcher(
  target: Readonly<Record<string, string>>,
): ((draft: Draft) => boolean) | string {
  const patterns: Partial<Record<string, RegExp>> = {};
  for (const field of ["group", "version", "kind", "name", "namespace"]) {
    const text = target[field];
    if (!text) continue;
    const pattern = anchored(text);
    if (typeof pattern === "string") return `the target's ${field} ${pattern}`;
    patterns[field] = pattern;
  }
  const labels = selector(target.labelSelector ?? "");
  const annotations = selector(target.annotationSelector ?? "");
  if (!labels || !annotations) return "the target's selector is not valid";
  const fits = (field: string, ...values: readonly string[]) => {
    const pattern = patterns[field];
    return !pattern || values.some((value) => pattern.test(value));
  };
  return (draft) => {
    const now = identityOf(draft);
    const written = draft.earlier[0] ?? now;
    const group = groupOf(now.apiVersion);
    const version = group === "" ? now.apiVersion : now.apiVersion.slice(group.length + 1);
    return (
      fits("group", group) &&
      fits("version", version) &&
      fits("kind", now.kind) &&
      fits("name", written.name, now.name) &&
      fits("namespace", namespaceOf(written), namespaceOf(now)) &&
      labels(stringMap(at(draft.value, ["metadata", "labels"]))) &&
      annotations(stringMap(at(draft.value, ["metadata", "annotations"])))
    );
  };
}

function namespaceOf({ namespace }: Identity): string {
  return namespace || "_non_namespaceable_";
}

/** Go's and JavaScript's expressions agree on what targets use; repetition inside repetition could take for ever. */
function anchored(text: string): RegExp | string {
  if (/\([^()]*[*+}][^()]*\)[*+{]/.test(text)) return `${text} repeats a repetition, which is not tried`;
  const caseless = text.startsWith("(?i)");
  try {
    return new RegExp(`^(?:${caseless ? text.slice(4) : text})$`, caseless ? "i" : "");
  } catch {
    return `${text} is no regular expression`;
  }
}

type Labels = Readonly<Record<string, string>>;

/** A selector in its text form: `a=b,c!=d,e in (f,g),h notin (i),j,!k`; undefined when it is not one. */
function selector(text: string): ((labels: Labels) => boolean) | undefined {
  const tests: ((labels: Labels) => boolean)[] = [];
  for (const requirement of requirementsOf(text)) {
    const test = requirementTest(requirement);
    if (!test) return undefined;
    tests.push(test);
  }
  return (labels) => tests.every((test) => test(labels));
}

/** Splits at the commas that are not inside parentheses. */
function requirementsOf(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i <= text.length; i++) {
    const char = text[i];
    if (char === "(") depth++;
    else if (char === ")") depth--;
    else if (char === undefined || (char === "," && depth === 0)) {
      parts.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  return parts.filter((part) => part !== "");
}

function requirementTest(text: string): ((labels: Labels) => boolean) | undefined {
  const among = /^([^\s!=()]+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(text);
  if (among) {
    const [, key = "", operator, list = ""] = among;
    const values = new Set(list.split(",").map((value) => value.trim()));
    return (labels) => (Object.hasOwn(labels, key) && values.has(labels[key] ?? "")) === (operator === "in");
  }
  const equal = /^([^\s!=()]+)\s*(==?|!=)\s*([^\s!=()]*)$/.exec(text);
  if (equal) {
    const [, key = "", operator, value] = equal;
    return (labels) => (Object.hasOwn(labels, key) && labels[key] === value) === (operator !== "!=");
  }
  const exists = /^(!?)\s*([^\s!=()]+)$/.exec(text);
  if (!exists) return undefined;
  const [, negated, key = ""] = exists;
  return (labels) => Object.hasOwn(labels, key) === (negated === "");
}
