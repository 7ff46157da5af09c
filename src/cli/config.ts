/** Finds and reads the configuration, and shows what is wrong with it where it stands. */
import type { Rule } from "../lint/rule.ts";
import { defaultRules } from "../lint/run.ts";
import { settingProblems } from "../lint/settings.ts";
import { plain } from "../report/cells.ts";
import { frame } from "../report/frame.ts";
import { paintOf } from "../report/paint.ts";
import { withSlashes } from "../source/disk.ts";
import type { Location } from "../source/locate.ts";
import type { Path } from "../source/node.ts";
import { decodeText } from "../source/text.ts";
import type { FileTree } from "../source/tree.ts";
import { directoryOf } from "../world/collect.ts";
import {
  type AcceptedConfig,
  type Config,
  type ConfigProblem,
  findConfig,
  loadConfig,
} from "../world/config.ts";
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
}

const none: FoundConfig = { config: {}, path: undefined, remarks: [], locate: () => undefined };

/** Width and colour of the frames. */
export interface ConfigStyle {
  readonly width: number;
  readonly colour: boolean;
}

/**
 * The configuration: the named file, none (false), or the one that holds for the paths.
 * Throws a UsageError that shows every mistake in it.
 */
export function readConfig(
  named: string | false | undefined,
  tree: FileTree,
  paths: readonly string[],
  style: ConfigStyle,
): FoundConfig {
  if (named === false) return none;
  const path = named === undefined ? findConfig(tree, paths) : withSlashes(named);
  const remarks = named === undefined ? passedOver(tree, path) : [];
  if (path === undefined) return { ...none, remarks };
  if (!tree.stat(path)) throw missing(`--config ${named}`, path, tree);
  const bytes = tree.read(path);
  if ("reason" in bytes) throw new UsageError(`${path}: ${bytes.reason}`);
  const decoded = decodeText(bytes);
  if ("error" in decoded) throw new UsageError(`${path}: ${decoded.error}`);
  const { text } = decoded;
  const reading = loadConfig(text, path);
  const problems = reading.ok ? unknownRuleProblems(reading, defaultRules()) : reading.problems;
  if (reading.ok && problems.length === 0)
    return { config: reading.config, path, remarks, locate: reading.locate };
  throw new UsageError(problems.map((problem) => shown(problem, text, path, style)).join("\n"));
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

/** What the configuration says of rules and parameters that there are not. */
function unknownRuleProblems(
  { config, locate }: AcceptedConfig,
  rules: readonly Rule[],
): readonly ConfigProblem[] {
  return settingProblems(config, rules).map(({ path, part, message, hint }): ConfigProblem => {
    const location = locate(path, part);
    return { message, hint, ...(location && { location }) };
  });
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

function shown(problem: ConfigProblem, text: string, path: string, style: ConfigStyle): string {
  const { location, message, hint } = problem;
  const paint = paintOf(style.colour);
  const place = plain(location ? `${path}:${location.line}:${location.column}` : path);
  const drawn = location
    ? frame(text, location, { width: style.width - 2, gutter: paint.faint, carets: paint.severity.error })
    : [];
  const advice = hint === undefined ? [] : [`  ${plain(hint)}`];
  return [`${place}: ${plain(message)}`, ...drawn.map((line) => `  ${line}`), ...advice].join("\n");
}
