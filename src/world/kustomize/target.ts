/** The targets of patches and replacements: regular expressions for group, version, kind, name and namespace, and selectors. */

import { at, isObject, type Json } from "../../kube/json.ts";
import { groupOf } from "../../kube/workload.ts";
import { scalarText, stringMap } from "../resource.ts";
import { type Draft, type Identity, identityOf } from "./draft.ts";
import { type Pattern, patternOf } from "./regexp.ts";

/**
 * A function that says whether an object is meant by a target (kustomize v5.8.1, types.Selector), or why the target cannot
 * be understood. Name and namespace may be those as written or as they are now.
 */
export function targetMatcher(
  target: Readonly<Record<string, string>>,
): ((draft: Draft) => boolean) | string {
  const patterns = patternsOf(target);
  if (typeof patterns === "string") return patterns;
  const fitsSelectors = selectorMatcher(target);
  if (!fitsSelectors) return "the target's selector is not valid";
  return (draft) => {
    const now = identityOf(draft);
    const written = draft.earlier[0] ?? now;
    return (
      fitsKind(patterns, now) &&
      fits(patterns.name, written.name, now.name) &&
      fits(patterns.namespace, namespaceOf(written), namespaceOf(now)) &&
      fitsSelectors(draft)
    );
  };
}

/**
 * A function that says whether an object is meant by a target of a replacement: one of the identities that it has or had
 * is selected as a whole, and none is rejected; or why the target cannot be understood.
 */
export function replacementMatcher(
  select: Json | undefined,
  reject: Json | undefined,
): ((draft: Draft) => boolean) | string {
  if (!isObject(select)) return "a target needs a select";
  const selects = identityMatcher(stringMap(select));
  if (typeof selects === "string") return selects;
  const rejecters: ((draft: Draft) => boolean)[] = [];
  for (const one of Array.isArray(reject) ? reject : []) {
    const target = stringMap(one);
    const rejects = identityMatcher(target);
    if (typeof rejects === "string") return rejects;
    if (identityFields.some((field) => target[field])) rejecters.push(rejects.identity);
    if (target.labelSelector || target.annotationSelector) rejecters.push(rejects.selectors);
  }
  return (draft) =>
    selects.selectors(draft) && selects.identity(draft) && !rejecters.some((rejects) => rejects(draft));
}

const identityFields = ["group", "version", "kind", "name", "namespace"] as const;

function identityMatcher(target: Readonly<Record<string, string>>) {
  const patterns = patternsOf(target);
  if (typeof patterns === "string") return patterns;
  const selectors = selectorMatcher(target);
  if (!selectors) return "the target's selector is not valid";
  const fitsOne = (one: Identity, namespace: string) =>
    fitsKind(patterns, one) && fits(patterns.name, one.name) && fits(patterns.namespace, namespace);
  // Of now the namespace counts as it is written, of before with "default" where there was none.
  const written = ({ value }: Draft) => scalarText(at(value, ["metadata", "namespace"])) ?? "";
  return {
    identity: (draft: Draft) =>
      fitsOne(identityOf(draft), written(draft)) ||
      draft.earlier.some((one) => fitsOne(one, namespaceOf(one))),
    selectors,
  };
}

type Patterns = { readonly [field in (typeof identityFields)[number]]?: Pattern };

function patternsOf(target: Readonly<Record<string, string>>): Patterns | string {
  const patterns: { -readonly [field in keyof Patterns]: Patterns[field] } = {};
  for (const field of identityFields) {
    const text = target[field];
    if (!text) continue;
    const pattern = patternOf(text);
    if (typeof pattern === "string") return `the target's ${field} ${pattern}`;
    patterns[field] = pattern;
  }
  return patterns;
}

function fitsKind({ group, version, kind }: Patterns, one: Identity): boolean {
  if (!fits(kind, one.kind)) return false;
  if (!group && !version) return true;
  const own = groupOf(one.apiVersion);
  return (
    fits(group, own) && fits(version, own === "" ? one.apiVersion : one.apiVersion.slice(own.length + 1))
  );
}

function fits(pattern: Pattern | undefined, ...values: readonly string[]): boolean {
  return !pattern || values.some(pattern);
}

function selectorMatcher(target: Readonly<Record<string, string>>): ((draft: Draft) => boolean) | undefined {
  if (!target.labelSelector && !target.annotationSelector) return () => true;
  const labels = selector(target.labelSelector ?? "");
  const annotations = selector(target.annotationSelector ?? "");
  if (!labels || !annotations) return undefined;
  return ({ value }) =>
    labels(stringMap(at(value, ["metadata", "labels"]))) &&
    annotations(stringMap(at(value, ["metadata", "annotations"])));
}

function namespaceOf({ namespace }: Identity): string {
  return namespace || "_non_namespaceable_";
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
