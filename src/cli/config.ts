/** Finds and reads the configuration, and shows what is wrong with it where it stands. */
import type { UserRule } from "../lint/user-rules.ts";
import { plain } from "../report/cells.ts";
import { frame } from "../report/frame.ts";
import { paintOf } from "../report/paint.ts";
import { withSlashes } from "../source/disk.ts";
import type { Location } from "../source/locate.ts";
import type { Path } from "../source/node.ts";
import { outsideOf } from "../source/reach.ts";
import type { FileTree } from "../source/tree.ts";
import { directoryOf } from "../world/collect.ts";
import type { Config, ConfigProblem } from "../world/config.ts";
import { findConfig } from "../world/config-place.ts";
import { speaksOfRules } from "../world/configured.ts";
import { missing } from "./input.ts";
import { UsageError } from "./usage.ts";

export interface FoundConfig {
  readonly config: Config;
  /** Undefined when there is none. */
  readonly path: string | undefined;
  /** What else looks like a configuration and is not read, for people. */
  readonly remarks: readonly string[];
  /** Where a setting stands. */
  readonly locate: (path: Path) => Location | undefined;
  /** The rules that it names. */
  readonly userRules: readonly UserRule[];
}

const none: FoundConfig = {
  config: {},
  path: undefined,
  remarks: [],
  locate: () => undefined,
  userRules: [],
};

/** Width and colour of the frames. */
export interface ConfigStyle {
  readonly width: number;
  readonly colour: boolean;
}

/**
 * The configuration: the named file, none (false), or the one that holds for the paths.
 * Throws a UsageError that shows every mistake in it and, `withRules`, in the rules that it names.
 */
export async function readConfig(
  named: string | false | undefined,
  tree: FileTree,
  paths: readonly string[],
  style: ConfigStyle,
  withRules = true,
): Promise<FoundConfig> {
  if (named === false) return none;
  const path = named === undefined ? findConfig(tree, paths) : withSlashes(named);
  const remarks = named === undefined ? passedOver(tree, path) : [];
  if (path === undefined) return { ...none, remarks };
  if (!tree.stat(path)) throw missing(`--config ${named}`, path, tree);
  // Most runs have no configuration, and need nothing of what reads one.
  const { readConfigFile } = await import("../world/extended-config.ts");
  const isOutside = outsideOf(tree, [path], []);
  const reading = readConfigFile(tree, path, isOutside);
  if (!reading.ok) throw told(reading.problems, path, reading.textOf, style);
  const { config, locate } = reading;
  if (!withRules || !speaksOfRules(config)) return { ...none, config, path, remarks, locate };
  const { rulesOf } = await import("../lint/configured.ts");
  const own = rulesOf(tree, reading, { base: directoryOf(path), locate, isOutside });
  if (own.problems.length > 0)
    throw told(own.problems, path, (file) => reading.textOf(file) ?? own.textOf(file), style);
  return { config, path, remarks, locate, userRules: own.rules };
}

/** What has the name of a configuration but is not read: a second file beside it, or a directory. */
function passedOver(tree: FileTree, path: string | undefined): readonly string[] {
  if (path === undefined) {
    const isDirectory = tree.stat("sidelint.yaml")?.type === "directory";
    return isDirectory ? ["sidelint.yaml is a directory, so that there is no configuration"] : [];
  }
  const others: FileTree = { ...tree, stat: (asked) => (asked === path ? undefined : tree.stat(asked)) };
  const directory = directoryOf(path);
  const second = findConfig(others, [directory]);
  const isBeside = second !== undefined && directoryOf(second) === directory;
  return isBeside ? [`${path} is the configuration, and ${second} beside it is not read`] : [];
}

/** The configuration with the revisions that a command line names besides. */
export function withRevisions(config: Config, names: readonly string[] | undefined): Config {
  if (!names || names.length === 0) return config;
  const known = config.istio?.revisions ?? [];
  const added = names
    .filter((name) => !known.some((revision) => revision.name === name))
    .map((name) => ({ name }));
  return { ...config, istio: { ...config.istio, revisions: [...known, ...added] } };
}

/** The configuration with the release of Kubernetes that a command line names, which wins. */
export function withKubernetes(config: Config, version: string | undefined): Config {
  return version === undefined ? config : { ...config, kubernetes: { ...config.kubernetes, version } };
}

/** The configuration with what a command line says of native sidecars, which wins. */
export function withNative(config: Config, nativeSidecars: boolean | undefined): Config {
  return nativeSidecars === undefined ? config : { ...config, istio: { ...config.istio, nativeSidecars } };
}

/** The error that shows mistakes where they stand; `path` is the file of those that have no place. */
export function told(
  problems: readonly ConfigProblem[],
  path: string | undefined,
  textOf: (file: string) => string | undefined,
  style: ConfigStyle,
): UsageError {
  return new UsageError(problems.map((problem) => shown(problem, path, textOf, style)).join("\n"));
}

function shown(
  problem: ConfigProblem,
  path: string | undefined,
  textOf: (file: string) => string | undefined,
  style: ConfigStyle,
): string {
  const { location, message, hint } = problem;
  const paint = paintOf(style.colour);
  const file = location?.file ?? path;
  const text = file === undefined ? undefined : textOf(file);
  const place = location
    ? `${file}:${location.line}:${location.column}: `
    : file === undefined
      ? ""
      : `${file}: `;
  const drawn =
    location && text !== undefined
      ? frame(text, location, { width: style.width - 2, gutter: paint.faint, carets: paint.severity.error })
      : [];
  const advice = hint === undefined ? [] : [`  ${plain(hint)}`];
  return [`${plain(place)}${plain(message)}`, ...drawn.map((line) => `  ${line}`), ...advice].join("\n");
}
