/** Names of namespaces, workloads and kinds against patterns in which * stands for any text; in linear time. */

/** A test for names that fit one of the patterns. */
export function namesMatching(patterns: readonly string[]): (name: string) => boolean {
  const plain = new Set(patterns.filter((one) => !one.includes("*")));
  const globs = patterns.filter((one) => one.includes("*")).map((one) => one.split("*"));
  return (name) => plain.has(name) || globs.some((parts) => fits(name, parts));
}

/** Whether a text is the parts in their order, with any text between them. */
function fits(text: string, parts: readonly string[]): boolean {
  const first = parts[0] ?? "";
  const last = parts.at(-1) ?? "";
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
    return false;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, from);
    if (found < 0 || found + part.length > text.length - last.length) return false;
    from = found + part.length;
  }
  return true;
}
