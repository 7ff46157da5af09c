/** Conformance of label selectors: compiling, printing, matching and validating, case by case of a file. */

import type { JsonObject } from "../../src/kube/json.ts";
import {
  compileSelector,
  formatSelector,
  isEmptySelector,
  matches,
  validateSelector,
} from "../../src/kube/selector.ts";
import type { Case } from "./family.ts";
import { jsonLines } from "./family.ts";

interface SelectorCase {
  readonly id: string;
  readonly selector: JsonObject | null;
  readonly error: boolean;
  readonly string: string;
  readonly empty: boolean;
  readonly validation: readonly string[];
  readonly labels: readonly { readonly [key: string]: string }[];
  readonly match: readonly boolean[];
}

/** The cases of a selectors.jsonl. */
export async function* selectorCases(path: string): AsyncGenerator<Case> {
  for await (const given of jsonLines<SelectorCase>(path)) {
    yield { id: given.id, group: "selectors", failure: judge(given) };
  }
}

function judge(given: SelectorCase): string | undefined {
  const reasons = validateSelector(given.selector);
  if (reasons.length !== given.validation.length) {
    return `${reasons.length} reasons against it, should be ${given.validation.length}: ${reasons.join(" | ")}`;
  }
  const compiled = compileSelector(given.selector);
  if (!compiled.ok) return given.error ? undefined : `refused: ${compiled.error}`;
  if (given.error) return "compiled, should be refused";
  const { selector } = compiled;
  const text = formatSelector(selector);
  if (text !== given.string) return `prints ${text}, should print ${given.string}`;
  if (isEmptySelector(selector) !== given.empty) return `empty is ${!given.empty}, should be ${given.empty}`;
  const wrong = given.labels.findIndex((labels, index) => matches(selector, labels) !== given.match[index]);
  return wrong === -1
    ? undefined
    : `${JSON.stringify(given.labels[wrong])} should ${given.match[wrong] ? "" : "not "}match`;
}
