/** What the process of a function needs of its surroundings. */

/** More than this many bytes are no list that anybody runs functions on. */
const largestInput = 256 * 1024 * 1024;

/** All of a stream, or why it is not read. */
export async function readInput(
  stream: AsyncIterable<string | Uint8Array>,
  largest = largestInput,
): Promise<{ readonly bytes: Uint8Array } | { readonly says: string }> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    length += bytes.length;
    if (length > largest)
      return { says: `standard input has more than ${largest / 1024 / 1024} MiB, which is not read` };
    chunks.push(bytes);
  }
  return { bytes: Buffer.concat(chunks) };
}

/** Parts put together to pieces of a size that is written quickly, so that there is never a copy of the whole. */
export function* chunksOf(parts: readonly string[], size = 1024 * 1024): Generator<string> {
  let waiting: string[] = [];
  let length = 0;
  for (const part of parts) {
    waiting.push(part);
    length += part.length;
    if (length < size) continue;
    yield waiting.join("");
    waiting = [];
    length = 0;
  }
  if (waiting.length > 0) yield waiting.join("");
}

/** The day of a time where this process runs, as 2026-12-31. */
export function today(time: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}
