/** Makes a text that shows a difference shorter while it still shows one. */

const attempts = 600;

/** Removes lines, then ever smaller runs of characters, as long as `shows` stays true. */
export async function shrink(text: string, shows: (text: string) => Promise<boolean>): Promise<string> {
  let left = attempts;
  let best = await shrinkParts(text.split(/(?<=\n)/), async (parts) => left-- > 0 && shows(parts.join("")));
  best = await shrinkParts([...best.join("")], async (parts) => left-- > 0 && shows(parts.join("")));
  return best.join("");
}

async function shrinkParts(
  parts: readonly string[],
  shows: (parts: readonly string[]) => Promise<boolean>,
): Promise<readonly string[]> {
  let best = parts;
  for (let size = best.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < best.length; ) {
      const candidate = [...best.slice(0, at), ...best.slice(at + size)];
      if (candidate.length < best.length && (await shows(candidate))) best = candidate;
      else at += size;
    }
  }
  return best;
}
