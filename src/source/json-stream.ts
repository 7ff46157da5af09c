/** Where JSON values end in a stream of them, as kubectl accepts it in a file. */

/** The end of the JSON value that begins at an offset, or -1 when there is no valid one. */
export function jsonValueEnd(text: string, from: number): number {
  const end = candidateEnd(text, from);
  return end > from && isJson(text.slice(from, end)) ? end : -1;
}

/** Whether a text is one JSON value. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function candidateEnd(text: string, from: number): number {
  const first = text.charAt(from);
  if (first === '"') return endOfString(text, from);
  if (first !== "{" && first !== "[") {
    const literal = /[^\s{}[\],:"]*/y;
    literal.lastIndex = from;
    return from + (literal.exec(text)?.[0].length ?? 0);
  }
  return closingBracket(text, from);
}

/** Behind the bracket that closes the one at an offset, or -1. */
export function closingBracket(text: string, from: number): number {
  let depth = 0;
  for (let pos = from; pos < text.length; pos++) {
    const code = text.charCodeAt(pos);
    if (code === 34) {
      pos = endOfString(text, pos) - 1;
      if (pos < 0) return -1;
    } else if (code === 123 || code === 91) depth++;
    else if ((code === 125 || code === 93) && --depth === 0) return pos + 1;
  }
  return -1;
}

/** Behind the quote that closes the one at an offset, or -1. */
function endOfString(text: string, from: number): number {
  for (let pos = from + 1; pos < text.length; pos++) {
    const code = text.charCodeAt(pos);
    if (code === 92) pos++;
    else if (code === 34) return pos + 1;
  }
  return -1;
}

/**
 * The ranges of the JSON objects of a text that is a stream of two or more, as `kubectl get -o json` output concatenated is;
 * undefined for any other text, which is read as YAML. White space goes with the object before it.
 */
export function jsonStreamRanges(
  text: string,
): readonly { readonly start: number; readonly end: number }[] | undefined {
  const ranges: { start: number; end: number }[] = [];
  const space = /[ \t\r\n]*/y;
  const skip = (pos: number): number => {
    space.lastIndex = pos;
    space.exec(text);
    return space.lastIndex;
  };
  for (let pos = skip(0); pos < text.length; ) {
    const end = text.charCodeAt(pos) === 123 ? closingBracket(text, pos) : -1;
    if (end < 0) return undefined;
    const next = skip(end);
    if (ranges.length === 0 && text.charCodeAt(next) !== 123) return undefined;
    ranges.push({ start: pos, end });
    pos = next;
  }
  return ranges.length > 1 && ranges.every(({ start, end }) => isJson(text.slice(start, end)))
    ? ranges
    : undefined;
}
