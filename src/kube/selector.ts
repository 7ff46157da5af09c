/** Label selectors (metav1.LabelSelector): compiled once from what a manifest says, then matched by plain equality of strings. */
import { decode, type Via } from "./decode.ts";
import { isObject, type Json } from "./json.ts";
import { labelKeyErrors, labelValueErrors } from "./names.ts";

export type Operator = "Equals" | "In" | "NotIn" | "Exists" | "DoesNotExist";

export interface Requirement {
  readonly key: string;
  readonly operator: Operator;
  readonly values: readonly string[];
}

/** All requirements must hold; without any it matches everything, unless it `matchesNothing` because there was no selector. */
export interface Selector {
  readonly matchesNothing: boolean;
  /** Sorted by key. */
  readonly requirements: readonly Requirement[];
}

export type CompiledSelector =
  | { readonly ok: true; readonly selector: Selector }
  | { readonly ok: false; readonly error: string };

/** Labels of a pod or namespace, as written. */
export type Labels = { readonly [key: string]: string };

const OPERATORS: ReadonlySet<string> = new Set(["In", "NotIn", "Exists", "DoesNotExist"]);

/**
 * Compiles a selector as metav1.LabelSelectorAsSelector of apimachinery 0.35 does. null and undefined match nothing, `{}` matches
 * everything. Anything the API server could not decode or would not compile is an error that says where and why. `via` tells who
 * reads it: the API server (`scheme`, the default) or a YAML library that turns `true` into "true" (`unmarshal`).
 */
export function compileSelector(json: Json | undefined, via: Via = "scheme"): CompiledSelector {
  if (json === undefined || json === null) return compiled([], true);
  const written = readSelector(json, via);
  if (!written.ok) return { ok: false, error: written.errors.join("; ") };
  const requirements: Requirement[] = [];
  for (const [key, value] of written.labels) requirements.push({ key, operator: "Equals", values: [value] });
  for (const { key, operator, values } of written.expressions) {
    if (!isOperator(operator)) return { ok: false, error: operatorError(operator) };
    requirements.push({ key, operator, values });
  }
  const errors = requirements.flatMap(requirementErrors);
  return errors.length > 0 ? { ok: false, error: errors.join("; ") } : compiled(requirements, false);
}

function compiled(requirements: Requirement[], matchesNothing: boolean): CompiledSelector {
  requirements.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return { ok: true, selector: { matchesNothing, requirements } };
}

/** Whether labels satisfy a selector. */
export function matches(selector: Selector, labels: Labels): boolean {
  return !selector.matchesNothing && selector.requirements.every((requirement) => holds(requirement, labels));
}

function holds({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "NotIn":
      return value === undefined || !values.includes(value);
    default:
      return value !== undefined && values.includes(value);
  }
}

/** Whether a selector restricts nothing. */
export function isEmptySelector(selector: Selector): boolean {
  return !selector.matchesNothing && selector.requirements.length === 0;
}

/** A selector in the notation of `kubectl -l`: `a=b,c in (d,e),!f`; empty when it has no requirements. */
export function formatSelector(selector: Selector): string {
  return selector.requirements.map(requirementText).join(",");
}

function requirementText({ key, operator, values }: Requirement): string {
  const list = [...values].sort().join(",");
  switch (operator) {
    case "Equals":
      return `${key}=${list}`;
    case "In":
      return `${key} in (${list})`;
    case "NotIn":
      return `${key} notin (${list})`;
    default:
      return operator === "Exists" ? key : `!${key}`;
  }
}

/**
 * Every reason for which the API server refuses an object with this selector, as ValidateLabelSelector of apimachinery 0.35 counts them;
 * none for a valid one. It differs from compiling only in going on after the first error.
 */
export function validateSelector(json: Json | undefined, via: Via = "scheme"): readonly string[] {
  if (json === undefined || json === null) return [];
  const written = readSelector(json, via);
  if (!written.ok) return written.errors;
  const errors = written.labels.flatMap(([key, value]) => [
    ...labelKeyErrors(key).map((reason) => `matchLabels: key ${JSON.stringify(key)}: ${reason}`),
    ...labelValueErrors(value).map((reason) => `matchLabels.${key}: ${JSON.stringify(value)} ${reason}`),
  ]);
  written.expressions.forEach(({ key, operator, values }, index) => {
    const place = `matchExpressions[${index}]`;
    const count = isOperator(operator) ? valuesError(operator, values) : operatorError(operator);
    if (count !== undefined) errors.push(`${place}: ${count}`);
    for (const reason of labelKeyErrors(key)) errors.push(`${place}.key: ${JSON.stringify(key)}: ${reason}`);
    values.forEach((value, at) => {
      for (const reason of labelValueErrors(value)) {
        errors.push(`${place}.values[${at}]: ${JSON.stringify(value)} ${reason}`);
      }
    });
  });
  return errors;
}

function requirementErrors({ key, operator, values }: Requirement): readonly string[] {
  const errors = labelKeyErrors(key).map((reason) => `key ${JSON.stringify(key)}: ${reason}`);
  const count = valuesError(operator, values);
  if (count !== undefined) errors.push(`${key}: ${count}`);
  for (const value of values) {
    for (const reason of labelValueErrors(value))
      errors.push(`${key}: value ${JSON.stringify(value)} ${reason}`);
  }
  return errors;
}

function isOperator(text: string): text is Operator {
  return OPERATORS.has(text);
}

function operatorError(operator: string): string {
  return `${JSON.stringify(operator)} is no operator; there are In, NotIn, Exists and DoesNotExist`;
}

function valuesError(operator: Operator, values: readonly string[]): string | undefined {
  if (operator === "In" || operator === "NotIn") {
    return values.length === 0 ? `${operator} needs values` : undefined;
  }
  return operator !== "Equals" && values.length > 0 ? `${operator} takes no values` : undefined;
}

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

type ReadSelector =
  | {
      readonly ok: true;
      readonly labels: readonly (readonly [key: string, value: string])[];
      readonly expressions: readonly Expression[];
    }
  | { readonly ok: false; readonly errors: readonly string[] };

function readSelector(json: Json, via: Via): ReadSelector {
  const decoded = decode("LabelSelector", json, { via });
  if (!decoded.ok) {
    const errors = decoded.errors.map(
      ({ path, message }) => `${path.join(".") || "the selector"} ${message}`,
    );
    return { ok: false, errors };
  }
  const { matchLabels, matchExpressions } = decoded.value;
  const labels = isObject(matchLabels) ? Object.entries(matchLabels) : [];
  const expressions = Array.isArray(matchExpressions) ? matchExpressions : [];
  return {
    ok: true,
    labels: labels.map(([key, value]) => [key, String(value)] as const),
    expressions: expressions.filter(isObject).map(({ key, operator, values }) => ({
      key: String(key),
      operator: String(operator),
      values: Array.isArray(values) ? values.map(String) : [],
    })),
  };
}
