/** `check --fix`: writes fixes to the files, or shows them as a diff. */
import { type Finding, type Fixing, fix, type Scan, scan as scanned } from "../index.ts";
import { count, grouped, plain } from "../report/cells.ts";
import type { ChangedFiles } from "../report/changed.ts";
import type { Io } from "./io.ts";
import { deliverFiles, deliveryOf } from "./rewrite.ts";
import { type Session, shownTexts } from "./session.ts";
import { textsOf } from "./unreadable.ts";
import { UsageError } from "./usage.ts";

/** Options of fixes. */
export interface FixFlags {
  readonly fix?: boolean;
  readonly unsafeFixes?: boolean;
  readonly diff?: boolean;
}

/** Throws a UsageError for flags that ask for nothing. */
export function mustAskForFixes({ fix: writes, unsafeFixes, diff }: FixFlags): void {
  if (unsafeFixes && !writes && !diff)
    throw new UsageError("--unsafe-fixes goes with --fix, or with --diff to look at them first");
}

/** What became of fixes: the session of what is left, or the exit status where there is nothing more to say. */
export type Fixed =
  | { readonly is: "written"; readonly session: Session; readonly exit: 0 | 2 }
  | { readonly is: "shown"; readonly exit: 0 | 1 };

/**
 * Fixes what a session found. With --diff nothing is written, and the exit status is 1 where something would be; else the files are, and
 * what came from standard input goes to standard output.
 * @param select the findings that are fixed
 * @param changed the files that may be changed; all that were asked for where it is absent
 */
export async function fixSession(
  session: Session,
  flags: FixFlags,
  io: Io,
  select: (scan: Scan) => readonly Finding[],
  changed?: ChangedFiles,
): Promise<Fixed> {
  const { input, options, scan, presentation } = session;
  const fixing = fix(
    input.tree,
    options,
    { unsafe: flags.unsafeFixes === true, select, ...(changed && { mayEdit: changed.isChanged }) },
    scan,
  );
  const { files, unfixed } = fixing;
  // One place may stand for several workloads, each with a finding of its own.
  for (const line of new Set(unfixed.map(notFixed))) io.stderr(`sidelint: ${line}\n`);
  const delivery = deliveryOf(session, io);
  if (flags.diff) {
    await deliverFiles(files, { diff: true }, delivery);
    if (files.length > 0) io.stderr(`sidelint: would fix ${extent(fixing)}\n`);
    return { is: "shown", exit: files.length > 0 ? 1 : 0 };
  }
  const exit = await deliverFiles(
    files.filter(({ file }) => file.path !== input.stdin),
    { inPlace: true },
    delivery,
  );
  if (input.stdin !== undefined) await writeStdin(session, exit === 0 ? files : [], input.stdin, io);
  if (files.length > 0 && exit === 0) io.stderr(`sidelint: fixed ${extent(fixing)}\n`);
  const { onProgress: _, ...again } = options;
  // Where files could not be written, the report is of what is there, not of what would be.
  const now = exit === 0 ? fixing.scan : scanned(input.tree, again);
  const left: Session = {
    ...session,
    scan: now,
    presentation: {
      ...presentation,
      get milliseconds() {
        return presentation.milliseconds;
      },
      textOf: shownTexts(now),
    },
  };
  return { is: "written", session: left, exit: exit === 0 ? 0 : 2 };
}

function notFixed({ finding: { rule, location }, reason }: Fixing["unfixed"][number]): string {
  return plain(`${location.file}:${location.line}:${location.column}: ${rule} is not fixed: ${reason}`);
}

function extent({ fixed, brought, files }: Fixing): string {
  const more = brought.length > 0 ? `, and ${grouped(brought.length)} that came of it,` : "";
  return `${count(fixed.length - brought.length, "finding")}${more} in ${count(files.length, "file")}`;
}

/** All of standard input as it is now. */
async function writeStdin({ input }: Session, files: Fixing["files"], name: string, io: Io): Promise<void> {
  const [before] = textsOf([name], input.tree);
  const after = files.find(({ file }) => file.path === name)?.after ?? before?.text;
  const bytes = input.tree.read(name);
  const hasMark = !("reason" in bytes) && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  if (after !== undefined) await io.stdout(`${hasMark ? "\uFEFF" : ""}${after}`);
}
