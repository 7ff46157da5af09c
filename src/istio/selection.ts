/** Label selectors as the gates use them: compiled once, an invalid one remembered as such. */
import type { Via } from "../kube/decode.ts";
import { compileSelector, matches } from "../kube/selector.ts";
import type { Labels, Selector } from "./facts.ts";

/** A compiled label selector. */
export interface Selection {
  /** Why the selector is invalid; undefined when it is not. */
  readonly error: string | undefined;
  /** Whether it has no requirements at all. */
  readonly empty: boolean;
  /** Whether labels satisfy it; never true for an invalid one. */
  matches(labels: Labels): boolean;
}

const everything: Selection = { error: undefined, empty: true, matches: () => true };

/** Compiles a selector; undefined has no requirements and matches everything. `via` tells who reads it: the API server, or the injector. */
export function select(selector: Selector, via: Via = "scheme"): Selection {
  if (selector === undefined) return everything;
  const compiled = compileSelector(selector, via);
  if (!compiled.ok) return { error: compiled.error, empty: false, matches: () => false };
  return {
    error: undefined,
    empty: compiled.selector.requirements.length === 0,
    matches: (labels) => matches(compiled.selector, labels),
  };
}
