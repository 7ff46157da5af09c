/** `check --shard 2/4`: all of the repository is read, and a share of the files reported on. */
import type { Finding } from "../lint/finding.ts";
import { UsageError } from "./usage.ts";

/** Which findings are in a share, by the file that they stand in: each finding is in one of the shares. Throws a UsageError. */
export function inShard(value: string): (finding: Finding) => boolean {
  const [, index, count] = /^(\d{1,4})\/(\d{1,4})$/.exec(value) ?? [];
  const [share, shares] = [Number(index), Number(count)];
  if (!(share >= 1 && share <= shares))
    throw new UsageError(
      `--shard takes the number of a share and how many there are, such as 1/4, not ${JSON.stringify(value)}`,
    );
  return ({ location }) => hashOf(location.file) % shares === share - 1;
}

/** FNV-1a, so that a file stays in its share whatever other files there are. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return hash;
}
