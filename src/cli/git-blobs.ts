/** The contents of files of a commit, asked of git by the batch. */
import { nothingThere, tooLarge } from "../source/disk.ts";
import { once } from "../source/once.ts";
import type { Git } from "./git.ts";

/** A file, a link or a submodule as a commit lists it. */
export interface Entry {
  readonly mode: string;
  readonly id: string;
  /** Undefined for a submodule, and for what a partial clone has not fetched. */
  readonly size: number | undefined;
}

/** Bytes that are asked for in one go. */
const batchSize = 32 * 1024 * 1024;
/** Bytes that are kept for whoever asks again. */
const mostKept = 256 * 1024 * 1024;
export interface BlobReader {
  read(
    path: string,
  ): Uint8Array | { readonly path: string; readonly reason: string; readonly tooLarge?: true };
}

/** Files whose content a scan asks for, one after the other, in the order of their paths. */
const manifest = /(?:\.ya?ml|\.json|(?:^|\/)Kustomization|(?:^|\/)\.(?:git|sidelint)ignore)$/;

/**
 * Reads objects by the batch: whoever asks for a manifest of the directory that is scanned will ask for those that follow it; of anything
 * else, for what lies beside it. What was read is kept as long as that is not much.
 */
export function blobReader(
  entries: ReadonlyMap<string, Entry>,
  git: Git,
  largest: number,
  /** Which files are asked for together. */
  groupOf: (path: string, id: string) => string,
): BlobReader {
  const contents = new Map<string, Uint8Array>();
  const asked = new Set<string>();
  let loaded = 0;
  const groups = once(() => {
    const known = new Map<string, string[]>();
    for (const [path, { id, mode, size }] of entries) {
      if (mode === "160000" || (size ?? 0) > largest) continue;
      const group = groupIn(path, groupOf(path, id));
      const files = known.get(group);
      if (files) files.push(path);
      else known.set(group, [path]);
    }
    return known;
  });
  const load = (path: string, { id }: Entry): void => {
    const group = asked.has(path) ? [] : (groups().get(groupIn(path, groupOf(path, id))) ?? []);
    const batch = new Set([path]);
    let size = 0;
    for (let index = group.indexOf(path) + 1; index < group.length && size < batchSize; index++) {
      const one = group[index] ?? path;
      if (asked.has(one)) continue;
      size += entries.get(one)?.size ?? 0;
      batch.add(one);
    }
    const ids = [...batch].flatMap((one) => entries.get(one)?.id ?? []);
    const read = contentsOf(git, new Set(ids));
    for (const one of batch) {
      asked.add(one);
      const bytes = read.get(entries.get(one)?.id ?? "");
      if (bytes) contents.set(one, bytes);
      loaded += bytes?.length ?? 0;
    }
  };
  return {
    read(path) {
      const entry = entries.get(path);
      if (!entry) return { path, reason: nothingThere };
      const { size = 0 } = entry;
      if (size > largest) return { path, reason: tooLarge(size, largest), tooLarge: true };
      if (!contents.has(path)) load(path, entry);
      const bytes = contents.get(path);
      if (loaded > mostKept) contents.delete(path);
      if (bytes && bytes.length > largest)
        return { path, reason: tooLarge(bytes.length, largest), tooLarge: true };
      return bytes ?? { path, reason: notHere };
    },
  };
}

const notHere =
  "its content is not in this clone, which is a partial one (git fetch --refetch --no-filter brings it)";

/** Manifests by the group, in the order in which they are listed; other files by the directory. */
function groupIn(path: string, group: string): string {
  return manifest.test(path) && group !== "" ? group : path.slice(0, path.lastIndexOf("/") + 1);
}

/** The contents of objects by their ids, without those that are not here. `id SP type SP size LF content LF`, or `id SP missing LF`. */
function contentsOf(git: Git, ids: ReadonlySet<string>): ReadonlyMap<string, Uint8Array> {
  const contents = new Map<string, Uint8Array>();
  const { bytes } = git(["cat-file", "--batch"], [...ids, ""].join("\n"));
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(10, start);
    const [id = "", type, size] = bytes.toString("latin1", start, end).split(" ");
    if (end < 0) break;
    start = end + 1;
    if (type !== "blob") continue;
    contents.set(id, bytes.subarray(start, start + Number(size)));
    start += Number(size) + 1;
  }
  return contents;
}
