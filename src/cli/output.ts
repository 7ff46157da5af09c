/** The file that --output names: written wholly or not at all. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { writeFiles } from "../fix/files.ts";

/** Writes a text; what comes back is why that failed. */
export function writeOutput(path: string, text: string, cwd: string): string | undefined {
  const absolute = resolve(cwd, path);
  const after = new TextEncoder().encode(text);
  try {
    const stats = statSync(absolute, { throwIfNoEntry: false });
    if (stats && !stats.isFile() && !stats.isDirectory()) {
      // A pipe, a terminal or another device takes what it is given.
      writeFileSync(absolute, after);
      return undefined;
    }
    if (stats?.isDirectory()) return "it is a directory";
    if (stats) {
      const [outcome] = writeFiles([{ path: absolute, before: readFileSync(absolute), after }], {
        root: cwd,
      });
      return outcome && "reason" in outcome ? outcome.reason : undefined;
    }
    writeNew(absolute, after);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

/** Writes a file that must not be there yet, with its directory; what comes back is why that failed. */
export function writeFresh(path: string, text: string, cwd: string): string | undefined {
  const absolute = resolve(cwd, path);
  try {
    if (lstatSync(absolute, { throwIfNoEntry: false })) return "it is there already, and is left as it is";
    mkdirSync(dirname(absolute), { recursive: true });
    writeFileSync(absolute, text, { flag: "wx" });
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

/** A new file gets its name when all of it is there. */
function writeNew(path: string, bytes: Uint8Array): void {
  const aside = join(dirname(path), `.${basename(path)}.${process.pid}.sidelint-tmp`);
  try {
    writeFileSync(aside, bytes, { flag: "wx", flush: true });
    renameSync(aside, path);
  } finally {
    if (existsSync(aside)) unlinkSync(aside);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "its directory does not exist",
  ENOTDIR: "what should be its directory is a file",
  EISDIR: "it is a directory",
  EACCES: "writing there is not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "no space left on device",
};

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return reasons[code] ?? (error instanceof Error ? error.message : String(error));
}
