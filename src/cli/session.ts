/** What every command that reads a repository does: open the input, read the configuration, scan, and speak up on failures. */
import type { IdleSetting, Scan, ScanOptions } from "../index.ts";
import type { UserRule } from "../lint/user-rules.ts";
import { plain } from "../report/cells.ts";
import type { Presentation } from "../report/report.ts";
import { checkCharacters, decodeText, refusal } from "../source/text.ts";
import type { FileTree } from "../source/tree.ts";
import { isPart } from "../world/config-place.ts";
import { findDumps } from "../world/dumps.ts";
import { type FullReading, type Reading, readWorld, worldOfAll } from "../world/read.ts";
import { knownClusters } from "./clusters.ts";
import { type FoundConfig, readConfig, withKubernetes, withNative, withRevisions } from "./config.ts";
import { type Input, openInput } from "./input.ts";
import type { Io } from "./io.ts";
import {
  assumedLabels,
  knownRelease,
  kubernetesRelease,
  mustBeNames,
  oddLabels,
  type ScanFlags,
  wantsColour,
} from "./options.ts";
import { progressOn } from "./progress.ts";
import { problemLines, unreadLooks } from "./unreadable.ts";

/** What a command works with that does not lint. */
export interface WorldSession<S extends Reading = Reading> {
  readonly scan: S;
  /** What the scan was made with. */
  readonly options: ScanOptions;
  readonly input: Input;
  /** The rules that the configuration names, with what their files say. */
  readonly userRules: readonly UserRule[];
  readonly presentation: Presentation;
  /** 2 when something asked for could not be read or rendered, else 0. */
  readonly exit: 0 | 2;
}

export type Session = WorldSession<Scan>;

/** Columns of a report that goes nowhere near a terminal. */
const PAGE = 80;

/** How to write for whoever reads the output. */
export function presentationFor(flags: { readonly color?: boolean }, io: Io): Presentation {
  return {
    colour: wantsColour(flags.color, io),
    width: io.columns ?? PAGE,
    quiet: false,
    milliseconds: undefined,
    textOf: () => undefined,
  };
}

/** The texts of files that a report points at: also of patches and of configurations that others extend, which a scan does not keep. */
export function shownTexts({ textOf, documentsOf }: Reading): Presentation["textOf"] {
  return (file) => textOf(file) ?? documentsOf(file)?.[0]?.file.text;
}

/** Scans what a command line names. Throws a UsageError; what cannot be read is told on standard error, and the rest is scanned. */
export async function openSession(
  paths: readonly string[],
  flags: ScanFlags,
  io: Io,
  version: string,
): Promise<Session> {
  const { scan } = await import("../index.ts");
  return opened(paths, flags, io, { version, read: scan, idle: ({ idleSettings }) => idleSettings });
}

/** The same for a command that does not lint, so that nothing is loaded of rules. */
export function openWorld(
  paths: readonly string[],
  flags: ScanFlags,
  io: Io,
  version: string,
  besides: readonly string[] = [],
): Promise<WorldSession<FullReading>> {
  return opened(paths, flags, io, {
    version,
    besides,
    read: readWorld,
    async idle(reading) {
      const { files, isWhole } = reading;
      const world = worldOfAll(reading);
      const { configPath } = world.configuration;
      if (configPath === undefined || !isWhole(configPath)) return [];
      const { idleSettings } = await import("../lint/idle-settings.ts");
      return idleSettings(world, files);
    },
  });
}

/** How a session reads a tree. */
interface Opening<S> {
  readonly version: string;
  /** Kinds that the world is to hold besides. */
  readonly besides?: readonly string[];
  read(tree: FileTree, options: ScanOptions): S;
  idle(scan: S): readonly IdleSetting[] | Promise<readonly IdleSetting[]>;
}

async function opened<S extends Reading>(
  paths: readonly string[],
  flags: ScanFlags,
  io: Io,
  { version, besides = [], read, idle: idleOf }: Opening<S>,
): Promise<WorldSession<S>> {
  const started = performance.now();
  const told = optionsOf(flags, io);
  const input = await openInput(paths, flags, io);
  const found = await readConfig(flags.config, input.tree, input.paths, presentationFor(flags, io));
  const { userRules } = found;
  for (const line of [...found.remarks, ...told.remarks]) io.stderr(`sidelint: ${plain(line)}\n`);
  const progress = progressOn(io);
  const options: ScanOptions = {
    ...told.optionsFor(found),
    paths: input.paths,
    namespaceDumps: [...input.namespaceDumps, ...findDumps(input.tree, input.paths, found.path)],
    clusters: knownClusters(input.clusters, found.config),
    version,
    ...(besides.length > 0 && { besides }),
  };
  const first = read(input.tree, { ...options, onProgress: progress.update });
  progress.end();
  const made = flags.helm || flags.kustomize ? await renderedBy(first, input, flags, io) : undefined;
  const { rendered = [], unrendered = [] } = made ?? {};
  const result = rendered.length > 0 ? read(input.tree, { ...options, rendered }) : first;
  const unread = [...notRead(result), ...noTexts(input, result)];
  const idle = unread.length > 0 ? [] : idleLines(await idleOf(result));
  for (const line of [...unread, ...idle]) io.stderr(`sidelint: ${plain(line)}\n`);
  const broken = unread.length > 0 ? [] : unreadLooks(result, input.tree);
  if (broken.length > 0) io.stderr(problemLines(broken));
  const isNamedBroken = broken.some(({ location }) => input.named.includes(location?.file ?? ""));
  return {
    scan: result,
    options: rendered.length > 0 ? { ...options, rendered } : options,
    input,
    userRules,
    presentation: {
      ...presentationFor(flags, io),
      // Read when a report is written: until then nobody knows how long it takes.
      get milliseconds() {
        return performance.now() - started;
      },
      hasDumps: input.namespaceDumps.length > 0 || input.clusters.some(({ dumps }) => dumps.length > 0),
      isPart: input.stdin === undefined && isPart(input.tree, input.paths),
      textOf: shownTexts(result),
    },
    exit: isNamedBroken || unread.length + unrendered.length > 0 ? 2 : 0,
  };
}

/** What the user's own programs make of charts and kustomizations. */
async function renderedBy(reading: Reading, { tree }: Input, flags: ScanFlags, io: Io) {
  const { rendering } = await import("./exec.ts");
  return rendering(reading, tree, flags, io);
}

/** What flags say of a scan, whatever it reads. Throws a UsageError for values that cannot be. */
export function optionsOf(
  flags: ScanFlags,
  io: Io,
): {
  /** What is odd about the values, for people. */
  readonly remarks: readonly string[];
  /** The options of a scan by a configuration. */
  optionsFor(found: FoundConfig): ScanOptions;
} {
  const istioVersion = knownRelease(flags.istioVersion);
  const kubernetes = kubernetesRelease(flags.kubeVersion);
  const assume = assumedLabels(flags.assume);
  mustBeNames("--revision", flags.revision ?? []);
  mustBeNames("--namespace", flags.namespace === undefined ? [] : [flags.namespace]);
  return {
    remarks: oddLabels(assume),
    optionsFor: ({ config, path, locate, userRules }) => ({
      config: withNative(
        withKubernetes(withRevisions(config, flags.revision), kubernetes),
        flags.nativeSidecars,
      ),
      ...(path === undefined ? {} : { configPath: path, locateInConfig: locate }),
      rules: userRules.map(({ rule }) => rule),
      ...(istioVersion === undefined ? {} : { istioVersion }),
      ...(assume === undefined ? {} : { assume }),
      ...(flags.namespace === undefined ? {} : { defaultNamespace: flags.namespace }),
      ...(io.today === undefined ? {} : { today: io.today }),
    }),
  };
}

/** Settings beyond these have one cause, such as a repository that is another. */
const mostIdle = 8;

/** What the configuration says of things that are not there. */
function idleLines(idleSettings: readonly IdleSetting[]): readonly string[] {
  const told = idleSettings.slice(0, idleSettings.length > mostIdle + 1 ? mostIdle : mostIdle + 1);
  const rest = idleSettings.length - told.length;
  const lines = told.map(({ place, says }) => `${place}: ${says}`);
  return rest > 0 ? [...lines, `and ${rest} more settings that fit nothing`] : lines;
}

/** What was asked for and could not be read: paths, and files below them. */
export function notRead({ failures, world }: Pick<Reading, "failures" | "world">): readonly string[] {
  const files = world.skipped.filter(({ reason }) => reason === "unreadable");
  return [
    ...failures.map(({ path, reason }) => `${path}: ${reason}`),
    ...files.map(({ path, detail }) => `${path}: ${detail}`),
  ];
}

/** Files that were named themselves, are no text, and would otherwise be passed over in silence as holding nothing. */
function noTexts({ tree, named }: Input, result: Reading): readonly string[] {
  return named.flatMap((path) => {
    if (result.textOf(path) !== undefined) return [];
    const bytes = tree.read(path);
    if ("reason" in bytes) return [];
    const decoded = decodeText(bytes);
    if (!("text" in decoded)) return [];
    const { refused } = checkCharacters(decoded.text);
    return refused < 0 ? [] : [`${path}: ${refusal(decoded.text, refused).message}`];
  });
}
