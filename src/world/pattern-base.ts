/** Patterns as in .gitignore that are relative to one directory, written for another. */

/**
 * The pattern that covers below `base` what `pattern` covers below `from`; undefined when that is nothing. Both directories are
 * absolute. Where `base` lies below `from`, the part of the pattern that leads there is taken off.
 */
export function rebasePattern(pattern: string, from: string, base: string): string | undefined {
  if (from === base) return pattern;
  const isNegated = pattern.startsWith("!");
  const bare = isNegated ? pattern.slice(1) : pattern;
  const isAnchored = bare.slice(0, -1).includes("/");
  const moved = from.startsWith(`${base}/`)
    ? below(bare, from.slice(base.length + 1), isAnchored)
    : base.startsWith(`${from}/`)
      ? above(bare, base.slice(from.length + 1).split("/"), isAnchored)
      : undefined;
  return moved === undefined ? undefined : isNegated ? `!${moved}` : moved;
}

function below(pattern: string, directory: string, isAnchored: boolean): string {
  const literal = directory.replace(/[\\*?[\] ]/g, "\\$&");
  return isAnchored ? `/${literal}/${pattern.replace(/^\//, "")}` : `/${literal}/**/${pattern}`;
}

function above(pattern: string, steps: readonly string[], isAnchored: boolean): string | undefined {
  if (!isAnchored) return steps.some((step) => fits(step, pattern.replace(/\/$/, ""))) ? "**" : pattern;
  const parts = pattern.replace(/^\//, "").split("/");
  for (const step of steps) {
    const [part] = parts;
    if (part === undefined || part === "") return "**";
    if (part === "**") return parts.length === 1 ? "**" : parts.join("/");
    if (!fits(step, part)) return undefined;
    parts.shift();
  }
  const rest = parts.join("/");
  return rest === "" ? "**" : `/${rest}`;
}

/** Whether one name fits a pattern with * and ?, in linear time for each star. */
function fits(name: string, pattern: string): boolean {
  let at = 0;
  let read = 0;
  let star = -1;
  let marked = 0;
  while (at < name.length) {
    if (pattern[read] === "?" || (pattern[read] !== "*" && pattern[read] === name[at])) {
      at++;
      read++;
    } else if (pattern[read] === "*") {
      star = read++;
      marked = at;
    } else if (star >= 0) {
      read = star + 1;
      at = ++marked;
    } else return false;
  }
  while (pattern[read] === "*") read++;
  return read === pattern.length;
}
