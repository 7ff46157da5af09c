/** What a comment or an annotation says should be ignored, and why: read from its text. */

/** A rule as it is named, at an offset of the text that names it. */
export interface NamedRule {
  readonly name: string;
  readonly offset: number;
}

/** What a comment says to sidelint. */
export interface Directive {
  /** "ignore", "ignore-file", or a word that means nothing. */
  readonly word: string;
  readonly rules: readonly NamedRule[];
  readonly reason: string | null;
}

const head = /^#+[ \t]*sidelint-(ignore[a-z-]*):?(?![^\s,])/i;
/** Two dashes; one, or a long one, is no rule and surely meant as well. */
const separator = /(?:^|\s)(?:--|[-–—])(?=\s|$)/;

/** The annotation that says on a workload, a pod template or a Namespace which findings are meant to be. */
export const ignoreAnnotation = "sidelint.dev/ignore";

/** Reads a comment, from its `#` on; undefined when it is none for sidelint. Offsets are those of the comment. */
export function readDirective(comment: string): Directive | undefined {
  const [said = "", word] = head.exec(comment) ?? [];
  if (word === undefined) return undefined;
  const rest = comment.slice(said.length);
  const split = separator.exec(rest);
  const names = split ? rest.slice(0, split.index) : rest;
  const reason = split ? rest.slice(split.index + split[0].length).trim() : "";
  return {
    word: word.toLowerCase(),
    rules: namesIn(names, said.length),
    reason: reason === "" ? null : reason,
  };
}

function namesIn(text: string, offset: number): readonly NamedRule[] {
  return [...text.matchAll(/[^\s,]+/g)].map(({ 0: name, index }) => ({ name, offset: offset + index }));
}

/** Reads the value of the annotation: rules, each with its reason, `a=because of this; b=because of that`. */
export function readIgnored(
  value: string,
): readonly { readonly rule: string; readonly reason: string | null }[] {
  return value.split(";").flatMap((part) => {
    const equals = part.indexOf("=");
    const rule = (equals < 0 ? part : part.slice(0, equals)).trim();
    const reason = equals < 0 ? "" : part.slice(equals + 1).trim();
    return rule === "" ? [] : [{ rule, reason: reason === "" ? null : reason }];
  });
}

/** What is wrong with something that says what to ignore. */
export type SuppressionProblem =
  | "unused"
  | "unknown-rule"
  | "no-rule"
  | "no-reason"
  | "misplaced"
  | "unknown-word";

/** A comment, an annotation or an entry of the configuration that does not do what its author meant. */
export class SuppressionView {
  readonly kind: "comment" | "annotation" | "config";
  readonly problem: SuppressionProblem;
  readonly rule: string;
  readonly what: string;
  readonly meant: string;
  readonly until: string;

  constructor(said: {
    readonly kind: "comment" | "annotation" | "config";
    readonly problem: SuppressionProblem;
    readonly rule: string;
    readonly what: string;
    readonly meant: string;
    readonly until: string;
  }) {
    this.kind = said.kind;
    this.problem = said.problem;
    this.rule = said.rule;
    this.what = said.what;
    this.meant = said.meant;
    this.until = said.until;
  }
}
