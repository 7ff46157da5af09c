/** What can be wrong with a YAML document, in words for people and in the words of Kubernetes' own reader. */
import type { ReadError } from "./reading.ts";

/** `reason` is how go-yaml and encoding/json name the problem, `message` is what a person reads. */
export interface Problem {
  readonly reason: string;
  readonly message: string;
}

const problem = (reason: string, message: string): Problem => ({ reason, message });

/** Every problem whose text depends on nothing. */
export const problems = {
  utf8: problem("invalid UTF-8", "the text is not valid UTF-8"),
  utf16: problem("invalid UTF-16", "the text is not valid UTF-16"),
  control: problem(
    "control characters are not allowed",
    "a control character is not allowed here (is this a binary file?)",
  ),
  valueHere: problem(
    "mapping values are not allowed in this context",
    "a mapping value is not allowed here (is a quote missing, or is the line indented too far?)",
  ),
  keyHere: problem(
    "mapping keys are not allowed in this context",
    "a mapping key (`? `) is not allowed here",
  ),
  entryHere: problem(
    "block sequence entries are not allowed in this context",
    "a list item (`- `) is not allowed here (does it belong on a line of its own?)",
  ),
  colon: problem(
    "could not find expected ':'",
    "this looks like a key, but no `:` followed by a space comes after it on its line",
  ),
  token: problem(
    "found character that cannot start any token",
    "no value can start with this character (quote it, or replace a tab by spaces)",
  ),
  key: problem(
    "did not find expected key",
    "a key is expected here (is the indentation that of the lines above?)",
  ),
  dash: problem(
    "did not find expected '-' indicator",
    "a list item (`- `) is expected here (is the indentation that of the items above?)",
  ),
  content: problem("did not find expected node content", "a value is expected here"),
  flowList: problem("did not find expected ',' or ']'", "`,` or `]` is expected here"),
  flowMap: problem("did not find expected ',' or '}'", "`,` or `}` is expected here"),
  documentStart: problem(
    "did not find expected <document start>",
    "a document start (`---`) is expected after directives",
  ),
  depth: problem("exceeded max depth of 10000", "the nesting is deeper than 10,000 levels"),
  tabInBlock: problem(
    "found a tab character where an indentation space is expected",
    "a tab stands where indentation by spaces is expected",
  ),
  tabInPlain: problem(
    "found a tab character that violates indentation",
    "a tab stands where indentation by spaces is expected",
  ),
  indicatorZero: problem(
    "found an indentation indicator equal to 0",
    "the indentation of a block scalar cannot be 0",
  ),
  blockHeader: problem(
    "did not find expected comment or line break",
    "only a comment or the end of the line may follow here",
  ),
  unclosedByDocument: problem(
    "found unexpected document indicator",
    "a quote is opened but not closed before the document ends",
  ),
  unclosed: problem(
    "found unexpected end of stream",
    "a quote is opened but not closed before the file ends",
  ),
  escape: problem("found unknown escape character", "this is not an escape sequence of YAML"),
  escapeHex: problem(
    "did not find expected hexdecimal number",
    "hexadecimal digits are expected in this escape sequence",
  ),
  escapeCode: problem(
    "found invalid Unicode character escape code",
    "this escape sequence is not a Unicode character (write a character beyond U+FFFF as `\\U` with eight digits)",
  ),
  anchorName: problem(
    "did not find expected alphabetic or numeric character",
    "the name of an anchor or alias has only letters, digits, `-` and `_` (quote a value that begins with `*` or `&`)",
  ),
  tag: problem("did not find expected tag URI", "a tag is expected after `!`"),
  tagClose: problem("did not find the expected '>'", "the tag `!<` is not closed by `>`"),
  tagEnd: problem("did not find expected whitespace or line break", "a space is expected after a tag"),
  tagHandle: problem("found undefined tag handle", "this tag's prefix is not declared"),
  tagEscape: problem("did not find URI escaped octet", "`%` in a tag is followed by two hexadecimal digits"),
  directive: problem(
    "found unknown directive name",
    "a line that begins with `%` is a directive, and YAML knows only %YAML and %TAG",
  ),
  directiveEnd: problem(
    "did not find expected comment or line break",
    "the directive has something after its end",
  ),
  directiveValue: problem("did not find expected directive value", "the directive is not complete"),
  version: problem("found incompatible YAML document", "Kubernetes reads only `%YAML 1.1`"),
  versionTwice: problem("found duplicate %YAML directive", "%YAML is given twice"),
  tagTwice: problem("found duplicate %TAG directive", "this %TAG is given twice"),
  aliasing: problem(
    "document contains excessive aliasing",
    "anchors and aliases expand to far more than is written (Kubernetes refuses such a document)",
  ),
  mergeValue: problem(
    "map merge requires map or sequence of maps as the value",
    "the value of the merge key `<<` is a map or a list of maps",
  ),
  complexKey: problem(
    "invalid map key",
    "a map or list cannot be a key (does a template's `{{ }}` lack quotes?)",
  ),
  keyType: problem("unsupported map key", "null, or an integer beyond 64 signed bits, cannot be a key"),
  number: problem("json: unsupported value", "infinity and not-a-number cannot be written in JSON"),
  binary: problem("!!binary value contains invalid base64 data", "the value of !!binary is not valid base64"),
} as const;

/** An unknown anchor, by name. */
export const unknownAnchor = (name: string): Problem =>
  problem(`unknown anchor '${name}' referenced`, `no anchor &${name} stands before this alias`);

/** Nesting that Kubernetes would read and the caller does not want. */
export const tooDeep = (levels: number): Problem =>
  problem(
    `exceeded max depth of ${levels}`,
    `the nesting is deeper than ${levels} levels, which sidelint does not follow`,
  );

/** An anchor whose value contains an alias to it. */
export const selfContaining = (name: string): Problem =>
  problem(`anchor '${name}' value contains itself`, `the value of &${name} contains itself`);

/** A scalar under an explicit tag that it does not fit. */
export const tagMismatch = (found: string, wanted: string): Problem =>
  problem(`cannot decode ${found} as a ${wanted}`, `the value is ${found}, but its tag says ${wanted}`);

/** A problem at an offset of the file. */
export function errorAt(what: Problem, offset: number): ReadError {
  return { message: what.message, reason: what.reason, offset };
}
