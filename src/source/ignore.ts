/** Which paths .gitignore and .sidelintignore leave out: the patterns of every directory above a path, strongest first. */
import ignore, { type Ignore } from "ignore";
import { pathBelow } from "./path.ts";

/** The patterns of one file, which count below `base` (absolute, `/`, "" for the top of the file system). */
export interface IgnoreLayer {
  readonly base: string;
  readonly patterns: readonly string[];
  readonly matcher: Ignore;
}

/** Layers from the weakest to the strongest; all of one sort beat all of the sort before it, at any depth. */
export interface IgnoreRules {
  /** .gitignore */
  readonly git: readonly IgnoreLayer[];
  /** .sidelintignore */
  readonly own: readonly IgnoreLayer[];
  readonly configured: readonly IgnoreLayer[];
}

/** `reincluded`: a pattern with `!` says so, which also silences the weaker layers. */
export type IgnoreVerdict = "ignored" | "reincluded" | "silent";

export const noIgnoreRules: IgnoreRules = { git: [], own: [], configured: [] };

/** The lines of an ignore file, to be added as one layer. */
export function ignoreLines(text: string): readonly string[] {
  return text.split(/\r\n|\n|\r/);
}

/** Rules with one more layer, stronger than those of its sort that are there. */
export function withLayer(
  rules: IgnoreRules,
  sort: keyof IgnoreRules,
  base: string,
  patterns: readonly string[],
): IgnoreRules {
  const said = patterns.filter((line) => line.trim() !== "" && !line.startsWith("#"));
  return said.length === 0 ? rules : { ...rules, [sort]: [...rules[sort], layer(base, said)] };
}

const strongestFirst = ["configured", "own", "git"] as const;

/** What the rules say of a path (absolute, `/`) whose parent directories they let through; as gitignore(5), Git 2.40. */
export function judgePath(rules: IgnoreRules, path: string, isDirectory: boolean): IgnoreVerdict {
  for (const sort of strongestFirst) {
    const verdict = judgeLayers(rules[sort], path, isDirectory);
    if (verdict !== "silent") return verdict;
  }
  return "silent";
}

/**
 * The rules for what lies inside a directory that is read although some layer ignores it:
 * without the patterns that name the directory itself, the others untouched.
 */
export function openedFor(rules: IgnoreRules, directory: string): IgnoreRules {
  return {
    git: rules.git.map((each) => withoutMatching(each, directory)),
    own: rules.own.map((each) => withoutMatching(each, directory)),
    configured: rules.configured.map((each) => withoutMatching(each, directory)),
  };
}

function judgeLayers(layers: readonly IgnoreLayer[], path: string, isDirectory: boolean): IgnoreVerdict {
  for (let i = layers.length - 1; i >= 0; i--) {
    const each = layers[i];
    const below = each && pathBelow(each.base, path);
    if (!below) continue;
    const { ignored, unignored } = each.matcher.test(isDirectory ? `${below}/` : below);
    if (ignored) return "ignored";
    if (unignored) return "reincluded";
  }
  return "silent";
}

function withoutMatching(from: IgnoreLayer, directory: string): IgnoreLayer {
  const below = pathBelow(from.base, directory);
  if (!below) return from;
  let left = from;
  for (;;) {
    const { rule } = left.matcher.test(`${below}/`);
    if (!rule) return left;
    left = layer(
      left.base,
      left.patterns.filter((pattern) => pattern !== rule.pattern),
    );
  }
}

function layer(base: string, patterns: readonly string[]): IgnoreLayer {
  return { base, patterns, matcher: ignore({ ignorecase: false }).add(patterns) };
}
