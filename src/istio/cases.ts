/** What a namespace could be labelled when nothing says: the cases in which a mesh could answer differently. */
import { at, isObject, type Json } from "../kube/json.ts";
import type { Labels, Selector, Webhook } from "./facts.ts";
import { defaultRevision, injectionKey, isDeactivated, namespaceNameKey, revisionKey } from "./webhook.ts";

export interface NamespaceCase {
  /** "unlabelled", "istio-injection=enabled", or several labels separated by commas. */
  readonly when: string;
  readonly labels: Labels;
  /** The case that this one is for one name of the namespace. */
  readonly of?: NamespaceCase;
}

/** The cases that were thought of, and whether they are all that could make a difference. */
export interface NamespaceCases {
  readonly cases: readonly NamespaceCase[];
  readonly complete: boolean;
}

/** Selectors of many keys with many values would give more cases than anybody waits for. */
const mostCases = 64;
const mostNamedCases = 256;

/**
 * The cases for a mesh: no label, `istio-injection` enabled and disabled, `istio.io/rev` with each revision and tag that a
 * webhook answers to and with another one; and for written webhooks that look at other labels, those that open them.
 */
export function namespaceCases(webhooks: readonly Webhook[]): NamespaceCases {
  const cases = new Map<string, NamespaceCase>();
  let complete = true;
  const add = (labels: Labels) => {
    const when = describeLabels(labels);
    if (cases.has(when)) return;
    if (cases.size < mostCases) cases.set(when, { when, labels });
    else complete = false;
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
  return { cases: [...cases.values()], complete };
}

/**
 * The same cases for a namespace whose name is not known: each with every name that a selector lists, and with another one,
 * as the API server labels a namespace with its name. As given where no selector looks at the name.
 */
export function casesByName(
  { cases, complete }: NamespaceCases,
  names: readonly string[] | undefined,
): NamespaceCases {
  if (!names) return { cases, complete };
  const named = [...names, otherThan(names)];
  const product: NamespaceCase[] = [];
  for (const each of cases) {
    for (const name of named) {
      if (product.length === mostNamedCases) return { cases: product, complete: false };
      const labels = { ...each.labels, [namespaceNameKey]: name };
      const byName = `${namespaceNameKey}=${name}`;
      const when = each.when === unlabelled ? byName : `${each.when},${byName}`;
      product.push({ when, labels, of: each });
    }
  }
  return { cases: product, complete };
}

/** The names of namespaces that the selectors of webhooks list; undefined where none looks at the name. */
export function listedNames(webhooks: readonly Webhook[]): readonly string[] | undefined {
  const names = new Set<string>();
  let asked = false;
  for (const { namespaceSelector } of webhooks) {
    if (isDeactivated(namespaceSelector)) continue;
    const exact = at(namespaceSelector, ["matchLabels", namespaceNameKey]);
    if (typeof exact === "string") names.add(exact);
    for (const { key, values } of expressions(namespaceSelector)) {
      if (key !== namespaceNameKey) continue;
      asked = true;
      for (const value of values) names.add(value);
    }
  }
  return asked || names.size > 0 ? [...names] : undefined;
}

function otherThan(names: readonly string[]): string {
  let other = "other";
  while (names.includes(other)) other = `an${other}`;
  return other;
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
  return pairs.length === 0 ? unlabelled : pairs.join(",");
}

const unlabelled = "unlabelled";

/** Keys that the standard cases already cover, or that nobody sets by hand. */
const standardKeys = new Set([namespaceNameKey, injectionKey, revisionKey]);

/** The sets of labels, as small as can be, that satisfy a selector: one for each combination of listed values. */
function openingLabels(selector: Selector): readonly Labels[] {
  let sets: readonly Labels[] = [{}];
  const require = (key: string, values: readonly string[]) => {
    if (key === namespaceNameKey || values.length === 0) return;
    // One more than there is room for, so that what is cut off is noticed.
    const room = mostCases + 1;
    sets = sets.flatMap((labels) => values.map((value) => ({ ...labels, [key]: value }))).slice(0, room);
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
