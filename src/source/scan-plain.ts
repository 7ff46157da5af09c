/** Plain scalars: values without quotes, which may go on over lines. */
import { afterBreak, breakValue, Class, classOf, isBlankOrEnd, isDocumentMarker } from "./chars.ts";
import { problems } from "./problem.ts";
import { fail, push, type Scan, saveKey, Token } from "./tokens.ts";

/** How a scalar was written, as the token's extra number. */
export const Style = { plain: 0, single: 1, double: 2, literal: 3, folded: 4 } as const;

/** Line breaks between two lines of a scalar: one is a space, of more the first goes. */
export function foldBreaks(first: string, further: string): string {
  if (first === "\n") return further === "" ? " " : further;
  return first + further;
}

/** Scans a plain scalar that begins at the current position. */
export function scanPlain(scan: Scan) {
  if (!saveKey(scan)) return;
  scan.keyAllowed = false;
  const { text } = scan;
  const inFlow = scan.flowLevel > 0;
  const start = scan.pos;
  const inner = scan.indent + 1;
  let pos = start;
  /** What is folded so far; the rest is the text from `segment` to `end`. */
  let value = "";
  let segment = start;
  let end = start;
  let onNewLine = false;
  let firstBreak = "";
  let furtherBreaks = "";
  for (;;) {
    if (onNewLine && pos === scan.lineStart && isDocumentMarker(text, pos)) break;
    if (pos > start && text.charCodeAt(pos) === 35) break;
    const wordEnd = endOfWord(text, pos, inFlow);
    if (wordEnd > pos) {
      if (onNewLine) {
        value += text.slice(segment, end) + foldBreaks(firstBreak, furtherBreaks);
        segment = pos;
        onNewLine = false;
      }
      pos = wordEnd;
      end = pos;
    }
    let kind = classOf(text.charCodeAt(pos));
    if ((kind & Class.white) === 0) break;
    do {
      if (kind & Class.lineBreak) {
        if (!onNewLine) {
          firstBreak = breakValue(text, pos);
          furtherBreaks = "";
          onNewLine = true;
        } else {
          furtherBreaks += breakValue(text, pos);
        }
        pos = afterBreak(text, pos);
        scan.line++;
        scan.lineStart = pos;
      } else {
        if (onNewLine && pos - scan.lineStart < inner && text.charCodeAt(pos) === 9) {
          return fail(scan, problems.tabInPlain, pos);
        }
        pos++;
      }
      kind = classOf(text.charCodeAt(pos));
    } while (kind & Class.white);
    if (!inFlow && onNewLine && pos - scan.lineStart < inner) break;
  }
  scan.pos = pos;
  if (onNewLine) scan.keyAllowed = true;
  const last = text.slice(segment, end);
  push(scan, Token.scalar, start, end, value === "" ? last : value + last, Style.plain);
}

/** Where the run of characters without white space, `: ` and (in flow collections) indicators ends. */
function endOfWord(text: string, from: number, inFlow: boolean): number {
  const stop = inFlow ? Class.plainStopInFlow : Class.plainStop;
  for (let pos = from; ; pos++) {
    const kind = classOf(text.charCodeAt(pos)) & stop;
    if (kind === 0) continue;
    if (kind === Class.colon && !isBlankOrEnd(text.charCodeAt(pos + 1))) continue;
    return pos;
  }
}
