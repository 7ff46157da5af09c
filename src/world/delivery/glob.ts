/** Patterns of paths as Argo CD takes them, matched without going back over the text more than once a star. */

/** More alternatives in braces than anybody writes. */
const mostAlternatives = 200;

/** Whether a text fits a pattern with `*`, `?`, `[a-z]` and `{a,b}`, where a star stands for slashes as well (gobwas/glob). */
export function fitsAnywhere(pattern: string, text: string): boolean {
  return alternativesOf(pattern).some((one) => fits(one, text));
}

/** Whether a path fits a pattern in which a star stands for no slash, and braces and two stars for nothing else (Go's path.Match). */
export function fitsPath(pattern: string, path: string): boolean {
  const patterns = pattern.split("/");
  const parts = path.split("/");
  return patterns.length === parts.length && patterns.every((one, index) => fits(one, parts[index] ?? ""));
}

/** Whether git lists a path for a pattern (`git ls-files -- pattern`): a star stands for slashes as well, a directory for all below it. */
export function isListed(pattern: string, path: string): boolean {
  const wanted = pattern.replace(/^(?:\.\/)+/, "");
  if (/^[:/]/.test(wanted)) return false;
  const directory = wanted.replace(/\/+$/, "");
  return fits(wanted, path) || directory === "." || directory === "" || path.startsWith(`${directory}/`);
}

function alternativesOf(pattern: string): readonly string[] {
  let open: readonly string[] = [pattern];
  for (let round = 0; round < 10; round++) {
    const next = open.flatMap((one) => {
      const found = /\{([^{}]*)\}/.exec(one);
      if (!found) return [one];
      const [whole, inside = ""] = found;
      return inside
        .split(",")
        .map((choice) => one.slice(0, found.index) + choice + one.slice(found.index + whole.length));
    });
    if (next.length === open.length && next.every((one, index) => one === open[index])) break;
    if (next.length > mostAlternatives) break;
    open = next;
  }
  return open;
}

function fits(pattern: string, text: string): boolean {
  const tokens = tokensOf(pattern);
  let at = 0;
  let token = 0;
  let star = -1;
  let mark = 0;
  while (at < text.length) {
    const one = tokens[token];
    if (one === "*") {
      star = token++;
      mark = at;
    } else if (one !== undefined && fitsSign(one, text.charAt(at))) {
      token++;
      at++;
    } else if (star >= 0) {
      token = star + 1;
      at = ++mark;
    } else return false;
  }
  while (tokens[token] === "*") token++;
  return token === tokens.length;
}

function tokensOf(pattern: string): readonly string[] {
  return pattern.match(/\\.|\[[!^]?[^\]]+\]|[\s\S]/g) ?? [];
}

function fitsSign(token: string, sign: string): boolean {
  if (token === "?") return true;
  if (token.length === 2 && token.startsWith("\\")) return token[1] === sign;
  if (token.length === 1 || !token.startsWith("[")) return token === sign;
  const isNegated = /^\[[!^]/.test(token);
  const inside = token.slice(isNegated ? 2 : 1, -1);
  for (const [range = ""] of inside.matchAll(/[\s\S]-[\s\S]|[\s\S]/g)) {
    if (sign >= range.charAt(0) && sign <= range.charAt(range.length - 1)) return !isNegated;
  }
  return isNegated;
}
