/** Tells a stack trace of the published package in the lines of src/: `npx tsx scripts/stack.ts < trace`, after `npm run build` of its version. */
import { existsSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

const top = dirname(dirname(fileURLToPath(import.meta.url)));
const maps = new Map<string, SourceMap | undefined>();
const place = /(?:[^\s(]*[\\/])?dist[\\/]([\w./\\-]+\.js):(\d+):(\d+)/g;

/** The map of a file of dist/; undefined where this build has none of that name, as names change with what is in a file. */
function mapOf(file: string): SourceMap | undefined {
  if (!maps.has(file)) {
    const path = join(top, "dist", `${file}.map`);
    maps.set(file, existsSync(path) ? new SourceMap(JSON.parse(readFileSync(path, "utf8"))) : undefined);
  }
  return maps.get(file);
}

process.stdout.write(
  readFileSync(0, "utf8").replace(place, (whole, path: string, line: string, column: string) => {
    const file = path.replaceAll("\\", "/");
    const entry = mapOf(file)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (!entry || !("originalSource" in entry)) return `${whole} (not of this build)`;
    const source = posix.join("dist", posix.dirname(file), entry.originalSource);
    return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  }),
);
