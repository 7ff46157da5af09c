/** The sprig functions on regular expressions. */
import type { Functions } from "../function.ts";
import { fnIn } from "../function.ts";
import type { Context } from "../limits.ts";
import { Failure, LimitReached } from "../limits.ts";
import type { Match, Regexp } from "../regexp/match.ts";
import { allMatches, compileRegexp, firstMatch, replaceMatches } from "../regexp/match.ts";
import { canBackquote, quoteText } from "../text.ts";

/** The expressions a template uses are few; those last used are kept. */
const known = new Map<string, Regexp>();
const MAX_KNOWN = 100;

function compiled(source: string): Regexp {
  const found = known.get(source);
  if (found) return found;
  const regexp = compileRegexp(source);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(source, regexp);
  return regexp;
}

/** The same for functions that Go lets panic: the error says which expression it was. */
function compiledOrPanic(source: string): Regexp {
  try {
    return compiled(source);
  } catch (error) {
    if (!(error instanceof Failure) || error instanceof LimitReached) throw error;
    const shown = canBackquote(source) ? `\`${source}\`` : quoteText(source);
    throw new Failure(`regexp: Compile(${shown}): ${error.message}`);
  }
}

type Compile = (source: string) => Regexp;

function whole(text: string, match: Match | undefined): string {
  return match ? text.slice(match[0], match[1]) : "";
}

function matches(context: Context, source: string, text: string): boolean {
  return firstMatch(context, compiled(source), text) !== undefined;
}

function split(context: Context, regexp: Regexp, text: string, count: number): string[] | undefined {
  if (count === 0) return undefined;
  if (regexp.source !== "" && text === "") return [""];
  const parts: string[] = [];
  let begin = 0;
  let end = 0;
  for (const [from = 0, to = 0] of allMatches(context, regexp, text, count)) {
    if (count > 0 && parts.length === count - 1) break;
    end = from;
    if (to !== 0) parts.push(text.slice(begin, end));
    begin = to;
  }
  if (end !== text.length) parts.push(text.slice(begin));
  return parts;
}

/** A replacement with $1, ${name} and $$ filled in from a match. */
function expand(regexp: Regexp, text: string, template: string, match: Match): string {
  return template.replace(/\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu, (written, braced, bare) => {
    if (written === "$$") return "$";
    const name: string = braced ?? bare;
    // Of groups that share a name, the first that took part.
    const index = /^[0-9]+$/.test(name)
      ? Number(name)
      : regexp.names.findIndex((known, i) => known === name && (match[i * 2] ?? -1) !== -1);
    const start = index >= 0 ? (match[index * 2] ?? -1) : -1;
    return start === -1 ? "" : text.slice(start, match[index * 2 + 1]);
  });
}

/** Both kinds of a function: `regexFind` panics over a bad expression, `mustRegexFind` returns the error. */
function families(compile: Compile, name: (base: string) => string): Functions {
  return {
    [name("regexFind")]: fnIn("string, string", "string", (context, source, text) =>
      whole(text, firstMatch(context, compile(source), text)),
    ),
    [name("regexFindAll")]: fnIn("string, string, int", "strings", (context, source, text, count) => {
      const found = allMatches(context, compile(source), text, count);
      return found.length === 0 ? undefined : found.map((match) => whole(text, match));
    }),
    [name("regexReplaceAll")]: fnIn(
      "string, string, string",
      "string",
      (context, source, text, replacement) => {
        const regexp = compile(source);
        return replaceMatches(context, regexp, text, (match) => expand(regexp, text, replacement, match));
      },
    ),
    [name("regexReplaceAllLiteral")]: fnIn(
      "string, string, string",
      "string",
      (context, source, text, replacement) =>
        replaceMatches(context, compile(source), text, () => replacement),
    ),
    [name("regexSplit")]: fnIn("string, string, int", "strings", (context, source, text, count) =>
      split(context, compile(source), text, count),
    ),
  };
}

export const regexpFunctions: Functions = {
  regexMatch: fnIn("string, string", "bool", (context, source, text) => {
    try {
      return matches(context, source, text);
    } catch (error) {
      if (error instanceof Failure && !(error instanceof LimitReached)) return false;
      throw error;
    }
  }),
  mustRegexMatch: fnIn("string, string", "bool", matches),
  ...families(compiledOrPanic, (base) => base),
  ...families(compiled, (base) => `must${base.charAt(0).toUpperCase()}${base.slice(1)}`),
  regexQuoteMeta: fnIn("string", "string", (_, text) => text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&")),
};
