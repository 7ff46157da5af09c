/** Documents that cannot be read: what they hold is missing in whatever a command tells, or changes. */
import { plain } from "../report/cells.ts";
import { type Document, readDocuments } from "../source/document.ts";
import { locationOf } from "../source/locate.ts";
import { absolutePath } from "../source/path.ts";
import type { ReadError, SourceFile } from "../source/reading.ts";
import { decodeText } from "../source/text.ts";
import type { FileTree } from "../source/tree.ts";
import type { FileProblem } from "../world/injector-files.ts";
import type { Reading } from "../world/read.ts";
import { isTemplateFault } from "../world/template.ts";
import type { Input } from "./input.ts";
import type { Io } from "./io.ts";
import { onTerminal } from "./terminal-line.ts";

/** Documents beyond these are no slip. */
const mostTold = 8;

/** Tells of manifests that cannot be read, for commands that tell of workloads and not of findings; the exit status that comes of it. */
export function tellUnreadable({ unreadable }: Pick<Reading, "unreadable">, io: Io): 0 | 2 {
  const told = unreadable.slice(0, unreadable.length > mostTold + 1 ? mostTold : mostTold + 1);
  const says = "this document cannot be read";
  const lines = problemLines(
    told.map(({ file, error }) => problemAt(file, { ...error, message: `${says}: ${error.message}` })),
  );
  for (const line of lines.split("\n").slice(0, -1)) io.stderr(`${onTerminal(line, io)}\n`);
  const rest = unreadable.length - told.length;
  if (rest > 0) io.stderr(`sidelint: and ${rest} more that cannot be read; sidelint check tells of all\n`);
  return unreadable.length > 0 ? 2 : 0;
}

/**
 * Documents that cannot be read, which keep a command from changing anything, as nobody can tell what they hold: those that look like
 * manifests, and all of a file that was named itself.
 */
export function unreadableOf({ unreadable }: Reading, { tree, named }: Input): readonly FileProblem[] {
  const known = unreadable.map(({ file, error }) => problemAt(file, error));
  // A file may be named otherwise than it is reported.
  const placeOf = (path: string) => absolutePath(tree.root ?? "", path);
  const told = new Set(unreadable.map(({ file }) => placeOf(file.path)));
  const untold = named.filter((path) => !told.has(placeOf(path)));
  return [...known, ...faultsIn(untold, tree, () => true)];
}

/** Where nothing was found: what cannot be read of files that do not look like manifests, and which may be the reason. */
export function unreadLooks(
  { unreadable, worlds, files }: Pick<Reading, "unreadable" | "worlds" | "files">,
  tree: FileTree,
): readonly FileProblem[] {
  const isEmpty = worlds.every(({ workloads, namespaces }) => workloads.length + namespaces.length === 0);
  if (!isEmpty || unreadable.length > 0) return [];
  return faultsIn(files.slice(0, mostLooked), tree, (one) => !isTemplateFault(one.document, one.error));
}

/** Files without any workload beyond these are no slip in a manifest. */
const mostLooked = 100;

interface Fault {
  readonly document: Document;
  readonly error: ReadError;
}

function faultsIn(
  paths: readonly string[],
  tree: FileTree,
  isTold: (fault: Fault) => boolean,
): readonly FileProblem[] {
  return textsOf(paths, tree).flatMap((file) =>
    readDocuments(file).flatMap((document) => {
      const reading = document.read();
      return reading.ok || !isTold({ document, error: reading.error })
        ? []
        : [problemAt(file, reading.error)];
    }),
  );
}

/** The texts of files; those that cannot be read have been told. */
export function textsOf(paths: readonly string[], tree: FileTree): readonly SourceFile[] {
  return paths.flatMap((path) => {
    const bytes = tree.read(path);
    const decoded = "reason" in bytes ? undefined : decodeText(bytes);
    return decoded && "text" in decoded ? [{ path, text: decoded.text }] : [];
  });
}

function problemAt(file: SourceFile, { offset, message }: ReadError): FileProblem {
  return { location: locationOf(file, { start: offset, end: offset }), says: message };
}

/** Problems as lines for standard error: place, colon, what is wrong. */
export function problemLines(problems: readonly FileProblem[]): string {
  const lines = problems.map(({ location, where, says }) => {
    const place = location ? `${location.file}:${location.line}:${location.column}` : where;
    return plain(place === undefined ? says : `${place}: ${says}`);
  });
  return [...new Set(lines)].map((line) => `sidelint: ${line}\n`).join("");
}
