/** The examples of rules run as their tests. */
import type { Finding } from "./finding.ts";
import type { RuleFile } from "./rule.ts";

/** What is wrong with an example; undefined when it holds. */
export interface ExampleResult {
  readonly rule: string;
  /** "bad 1", "good 2: A patch". */
  readonly example: string;
  readonly failure: string | undefined;
}

/** Lints the text of a manifest under a configuration, and gives all findings. */
export type CheckText = (manifest: string, config: object) => readonly Finding[];

/** The text of a manifest after all fixes of one rule, unsafe ones too. */
export type FixText = (manifest: string, config: object, rule: string) => string;

/** The parts of a rule file that its examples need. */
export type RuleExamples = Pick<RuleFile, "id" | "bad" | "good">;

/**
 * Runs all examples of rules: each bad one must give exactly what it expects of its rule, each good one nothing of it. With `fix`,
 * fixes must turn a bad one into what it says is `fixed`, of which the rule is silent, and leave one that does not say so.
 */
export function runExamples(
  rules: readonly RuleExamples[],
  check: CheckText,
  fix?: FixText,
): readonly ExampleResult[] {
  return rules.flatMap(({ id, bad, good }) => [
    ...bad.map((example, index) => ({
      rule: id,
      example: nameOf("bad", index, example.title),
      failure:
        difference(
          example.expect.map(({ at, message, help }) => told(at, message, help)),
          ownFindings(id, check(example.manifest, example.config ?? {})),
          example.expect.map(({ help }) => help !== undefined),
        ) ??
        (fix && fixFailure(id, example, check, fix)),
    })),
    ...good.map((example, index) => ({
      rule: id,
      example: nameOf("good", index, example.title),
      failure: difference([], ownFindings(id, check(example.manifest, example.config ?? {})), []),
    })),
  ]);
}

function fixFailure(
  id: string,
  { manifest, fixed, config = {} }: RuleExamples["bad"][number],
  check: CheckText,
  fix: FixText,
): string | undefined {
  const text = fix(manifest, config, id);
  if (text !== (fixed ?? manifest)) {
    return fixed === undefined
      ? `its fix changes the manifest, and the example does not say what becomes of it; add fixed:\n${text}`
      : `expected to be fixed as\n${fixed}\nand is fixed as\n${text}`;
  }
  if (fixed === undefined) return undefined;
  const left = difference([], ownFindings(id, check(fixed, config)), []);
  return left === undefined ? undefined : `fixed, it is not silent: ${left}`;
}

function nameOf(kind: string, index: number, title: string | undefined): string {
  return `${kind} ${index + 1}${title === undefined ? "" : `: ${title}`}`;
}

/** A rule that fails counts as its own finding. */
function ownFindings(id: string, findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(
    ({ rule, message }) => rule === id || (rule === "rule-failed" && message.includes(` ${id} `)),
  );
}

/** "3:5-3:40" */
export function spanOf({ line, column, endLine, endColumn }: Finding["location"]): string {
  return `${line}:${column}-${endLine}:${endColumn}`;
}

function told(at: string, message: string, help: string | undefined): string {
  return help === undefined ? `${at} ${message}` : `${at} ${message} [${help}]`;
}

function difference(
  expected: readonly string[],
  found: readonly Finding[],
  withHelp: readonly boolean[],
): string | undefined {
  const actual = found.map(({ location, message, help }, index) =>
    told(spanOf(location), message, withHelp[index] ? (help ?? "") : undefined),
  );
  const same = expected.length === actual.length && expected.every((text, index) => text === actual[index]);
  return same ? undefined : `expected ${list(expected)}\nfound ${list(actual)}`;
}

function list(texts: readonly string[]): string {
  return texts.length === 0 ? "nothing" : texts.map((text) => `\n  ${text}`).join("");
}
