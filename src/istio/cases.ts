/** What a namespace could be labelled when nothing says: the cases in which a mesh could answer differently. */
import { at, isObject, type Json } from "../kube/json.ts";
import type { Labels, Selector, Webhook } from "./facts.ts";
import { defaultRevision, injectionKey, isDeactivated, namespaceNameKey, revisionKey } from "./webhook.ts";

export interface NamespaceCase {
  /** "unlabelled", "istio-injection=enabled", or several labels separated by commas. */
  readonly when: string;
  readonly labels: Labels;
}

/** A selector of many keys with many values would give more cases than anybody reads. */
const mostCases = 64;

/**
 * The cases for a mesh: no label, `istio-injection` enabled and disabled, `istio.io/rev` with each revision and tag that a
 * webhook answers to and with another one; and for written webhooks that look at other labels, those that open them.
 */
export function namespaceCases(webhooks: readonly Webhook[]): readonly NamespaceCase[] {
  const cases = new Map<string, NamespaceCase>();
  const add = (labels: Labels) => {
    const when = describeLabels(labels);
    if (cases.size < mostCases && !cases.has(when)) cases.set(when, { when, labels });
  };
  add({});
  add({ [injectionKey]: "enabled" });
  add({ [injectionKey]: "disabled" });
  for (const revision of knownRevisions(webhooks)) add({ [revisionKey]: revision });
  add({ [revisionKey]: "other" });
  for (const { written, namespaceSelector } of webhooks) {
    if (!written || isDeactivated(namespaceSelector)) continue;
    for (const labels of openingLabels(namespaceSelector)) add(labels);
    for (const labels of closingLabels(namespaceSelector)) add(labels);
  }
  return [...cases.values()];
}

/** The revisions and tags that webhooks answer to, the default one first. */
export function knownRevisions(webhooks: readonly Webhook[]): readonly string[] {
  const known = new Set<string>();
  for (const { answersTo } of webhooks) if (answersTo !== "") known.add(answersTo);
  return [...known].sort((a, b) => Number(b === defaultRevision) - Number(a === defaultRevision));
}

/** Names a set of labels: "unlabelled", or `key=value` pairs separated by commas. */
export function describeLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value === "" ? '""' : value}`);
  return pairs.length === 0 ? "unlabelled" : pairs.join(",");
}

/** Keys that the standard cases already cover, or that nobody sets by hand. */
const standardKeys = new Set([namespaceNameKey, injectionKey, revisionKey]);

/** The sets of labels, as small as can be, that satisfy a selector: one for each combination of listed values. */
function openingLabels(selector: Selector): readonly Labels[] {
  let sets: readonly Labels[] = [{}];
  const require = (key: string, values: readonly string[]) => {
    if (key === namespaceNameKey || values.length === 0) return;
    sets = sets.flatMap((labels) => values.map((value) => ({ ...labels, [key]: value }))).slice(0, mostCases);
  };
  const matchLabels = at(selector, ["matchLabels"]);
  if (isObject(matchLabels)) {
    for (const [key, value] of Object.entries(matchLabels))
      if (typeof value === "string") require(key, [value]);
  }
  for (const { key, operator, values } of expressions(selector)) {
    if (operator === "In") require(key, values);
    if (operator === "Exists") require(key, ["true"]);
  }
  return sets;
}

/** Labels of other keys than the usual ones that shut a selector which would match without them. */
function closingLabels(selector: Selector): readonly Labels[] {
  return expressions(selector).flatMap(({ key, operator, values }) => {
    if (standardKeys.has(key)) return [];
    if (operator === "NotIn") return values.map((value) => ({ [key]: value }));
    return operator === "DoesNotExist" ? [{ [key]: "" }] : [];
  });
}

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** The well-formed matchExpressions of a selector. */
function expressions(selector: Selector): readonly Expression[] {
  const list = at(selector, ["matchExpressions"]);
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: Json) => {
    if (!isObject(item) || typeof item.key !== "string" || typeof item.operator !== "string") return [];
    const values = Array.isArray(item.values) ? item.values : [];
    return [
      { key: item.key, operator: item.operator, values: values.filter((value) => typeof value === "string") },
    ];
  });
}
