/** `sidelint inject`: manifests with the sidecar in them, offline, as istioctl kube-inject and istiod make it. */
import { injectBuilt, type LeftAsIs, type Way, whySkipped } from "../fix/inject.ts";
import { patchDocuments, patchesFor } from "../fix/patches.ts";
import { type InjectOptions, inject as injected, type Rewriting } from "../fix/rewriting.ts";
import {
  injectStream,
  type Left,
  type Part,
  type StreamProblem,
  streamJson,
  streamYaml,
} from "../fix/stream.ts";
import { injectionWay } from "../fix/way.ts";
import { count, plain } from "../report/cells.ts";
import { withSlashes } from "../source/disk.ts";
import type { SourceFile } from "../source/reading.ts";
import { decodeText } from "../source/text.ts";
import type { FileProblem, InjectorFiles } from "../world/injector-files.ts";
import type { World } from "../world/world.ts";
import { mustBeOneCluster } from "./clusters.ts";
import type { Context } from "./context.ts";
import { kustomizationText, tellPatches } from "./inject-patches.ts";
import { type Input, missing } from "./input.ts";
import type { Io } from "./io.ts";
import { knownRelease, type ScanFlags } from "./options.ts";
import {
  deliverFiles,
  deliverWhole,
  deliveryOf,
  mustAgree,
  mustNotBeRead,
  type RewriteFlags,
  tellLeft,
  wantsFiles,
  wholeParts,
} from "./rewrite.ts";
import { openWorld, type WorldSession } from "./session.ts";
import { problemLines, textsOf, unreadableOf } from "./unreadable.ts";
import { oneOf, UsageError } from "./usage.ts";

export interface InjectFlags extends Omit<ScanFlags, "revision" | "format">, RewriteFlags {
  readonly filename?: readonly string[];
  readonly output?: string;
  readonly outputFormat: string;
  readonly onlyInjected?: boolean;
  readonly all?: boolean;
  readonly revision?: string;
  readonly injectConfigFile?: string;
  readonly valuesFile?: string;
  readonly meshConfigFile?: string;
  readonly operatorFileName?: string;
}

const formats = ["yaml", "json", "patch", "kustomization"] as const;
type Format = (typeof formats)[number];

/** Injects into what the paths name, and delivers it as the flags ask; returns the exit status. Throws a UsageError. */
export async function inject(
  paths: readonly string[],
  flags: InjectFlags,
  context: Context,
): Promise<0 | 1 | 2> {
  const { io } = context;
  const format = oneOf("--output-format", flags.outputFormat, formats);
  mustAgree(flags, paths.includes("-"));
  if (flags.onlyInjected && flags.all) throw new UsageError("--only-injected and --all exclude one another");
  if (format !== "yaml" && wantsFiles(flags))
    throw new UsageError(
      `--output-format ${format} is for the result as a whole, not for files that are changed`,
    );
  const { revision } = flags;
  const native = flags.nativeSidecars ?? (io.env.ENABLE_NATIVE_SIDECARS === "true" ? true : undefined);
  const session = await openWorld(
    paths,
    {
      ...flags,
      format: "text",
      revision: revision === undefined ? [] : [revision],
      ...(native === undefined ? {} : { nativeSidecars: native }),
    },
    io,
    context.version,
  );
  const { input, scan } = session;
  mustBeOneCluster("inject", scan);
  const options: InjectOptions = {
    by: byGates(flags, input) ? "gates" : "command",
    files: injectorFiles(flags, input),
    revision,
    native,
    release: knownRelease(flags.istioVersion),
  };
  mustNotBeRead(flags.output, session, io);
  // What could not be read has been told.
  if (session.exit !== 0) return session.exit;
  const unreadable = unreadableOf(scan, input);
  if (unreadable.length > 0) return failed(unreadable, context);
  if (!wantsFiles(flags)) return asWhole(options, session, flags, format, context);
  const rewriting = injected(scan, options);
  if (rewriting.problems.length > 0) return failed(rewriting.problems, context);
  tellLeft(rewriting.left, io);
  tellOpen(rewriting.workloads, io);
  const status = await deliverFiles(rewriting.files, flags, deliveryOf(session, io));
  if (flags.inPlace && status === 0) tellDone(rewriting, io);
  return status;
}

/** Whether the gates of the cluster decide: where it is asked for, else where a directory is read. */
function byGates({ onlyInjected, all }: InjectFlags, { tree, paths }: Input): boolean {
  if (onlyInjected || all) return onlyInjected === true;
  return paths.some((path) => tree.stat(path)?.type === "directory");
}

function injectorFiles(flags: InjectFlags, { tree }: Input): InjectorFiles {
  const file = (option: string, path: string | undefined): SourceFile | undefined => {
    if (path === undefined) return undefined;
    const asked = withSlashes(path);
    if (!tree.stat(asked)) throw missing(`${option} ${path}`, asked, tree);
    const bytes = tree.read(asked);
    if ("reason" in bytes) throw new UsageError(plain(`${option} ${path}: ${bytes.reason}`));
    const decoded = decodeText(bytes);
    if ("error" in decoded) throw new UsageError(plain(`${option} ${path}: ${decoded.error}`));
    return { path: asked, text: decoded.text };
  };
  return {
    injectConfig: file("--injectConfigFile", flags.injectConfigFile),
    values: file("--valuesFile", flags.valuesFile),
    meshConfig: file("--meshConfigFile", flags.meshConfigFile),
    operator: file("--operatorFileName", flags.operatorFileName),
  };
}

function failed(problems: readonly FileProblem[], { io }: Context): 2 {
  io.stderr(problemLines(problems));
  return 2;
}

function tellDone({ workloads, files }: Rewriting, io: Io): void {
  io.stderr(
    workloads.length === 0
      ? "sidelint: nothing to inject\n"
      : `sidelint: injected ${count(workloads.length, "workload")} in ${count(files.length, "file")}\n`,
  );
}

/** Says that what is printed is as it was, where there is anything that might have been injected. */
function tellIfNone(injected: number, { workloads }: World, { by, revision }: InjectOptions, io: Io): void {
  if (by !== "gates" || injected > 0 || workloads.length === 0) return;
  const why =
    revision === undefined
      ? "no workload here gets a sidecar (sidelint list says why)"
      : plain(
          `no workload here is injected by revision ${revision}; without --revision each is injected by its own`,
        );
  io.stderr(`sidelint: nothing to inject: ${why}\n`);
}

/** Says of how many sidecars it is not known what kind they are, and who knows. */
function tellOpen(workloads: Rewriting["workloads"], { stderr }: Io): void {
  const open = workloads.filter(({ isNativeOpen }) => isNativeOpen).length;
  if (open === 0) return;
  const get =
    open === 1 ? "gets its sidecar as an ordinary container" : "get their sidecars as ordinary containers";
  stderr(
    `sidelint: ${count(open, "workload")} ${get}; where all nodes have Kubernetes 1.33 or newer, istiod makes native ones (--kube-version, --native-sidecars)\n`,
  );
}

/** Prints the result as a whole: all documents, or the patches that make the difference. */
async function asWhole(
  options: InjectOptions,
  session: WorldSession,
  flags: InjectFlags,
  format: Format,
  context: Context,
): Promise<0 | 2> {
  const { io } = context;
  const { scan, input } = session;
  const printed = (parts: readonly Part[]) => (format === "json" ? streamJson(parts) : streamYaml(parts));
  const isStream = options.by === "command" && scan.files.every((path) => input.named.includes(path));
  if (!isStream && (format === "yaml" || format === "json")) {
    const { files, workloads, left, problems } = injected(scan, options);
    if (problems.length > 0) return failed(problems, context);
    tellLeft(left, io);
    tellOpen(workloads, io);
    tellIfNone(workloads.length, scan.world, options, io);
    return deliverWhole(printed(wholeParts(scan.files, input, files)), flags.output, io);
  }
  const reading = injectionWay(scan.world, options);
  if (!reading.ok) return failed(reading.problems, context);
  const { way } = reading;
  if (format === "patch" || format === "kustomization") {
    const { objects, left, problems } = injectBuilt(scan.world.workloads, way);
    if (problems.length > 0) return failed(problems, context);
    tellLeft(left, io);
    tellOpen(objects, io);
    tellIfNone(objects.length, scan.world, options, io);
    const patched = patchesFor(objects);
    tellPatches(patched, format, io);
    const text =
      format === "patch"
        ? patchDocuments(patched)
        : kustomizationText(patched, session, { output: flags.output, io });
    return deliverWhole(text, flags.output, io);
  }
  if (way.by === "gates") return 0;
  const { parts, left, dropped, problems } = streams(textsOf(scan.files, input.tree), way);
  if (problems.length > 0) return failed(problems, context);
  io.stderr(problemLines(dropped));
  tellLeft(left, io);
  return deliverWhole(printed(parts), flags.output, io);
}

interface Streams {
  readonly parts: readonly Part[];
  readonly left: readonly LeftAsIs[];
  readonly dropped: readonly FileProblem[];
  readonly problems: readonly FileProblem[];
}

/** The streams of files, one after the other. */
function streams(
  files: readonly SourceFile[],
  { command, kinds }: Way & { readonly by: "command" },
): Streams {
  const parts: Part[] = [];
  const left: LeftAsIs[] = [];
  const dropped: FileProblem[] = [];
  const problems: FileProblem[] = [];
  for (const { path, text } of files) {
    const stream = injectStream(command, text, { kinds, keepsSettled: true });
    if (stream.ok) {
      parts.push(...stream.parts);
      left.push(...stream.left.map((one) => asLeft(path, one)));
      dropped.push(...stream.dropped.map((one) => placed(path, one)));
    } else problems.push(...stream.problems.map((one) => placed(path, one)));
  }
  return { parts, left, dropped, problems };
}

function placed(file: string, { line, column, says }: StreamProblem): FileProblem {
  const at = { line, column, endLine: line, endColumn: column, start: 0, end: 0 };
  return { location: { file, ...at }, says };
}

function asLeft(file: string, { kind, name, reason, line }: Left): LeftAsIs {
  const label = `${kind}/${name.slice(name.lastIndexOf("/") + 1)}`;
  const { location } = placed(file, { line, column: 1, says: "" });
  return { location: location as LeftAsIs["location"], label, says: whySkipped[reason], matters: true };
}
