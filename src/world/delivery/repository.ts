/** Whether a URL means the repository that is read, and where in it a path leads. */
import { directoryOf } from "../collect.ts";
import { joinPath } from "../kustomize/path.ts";

/** What deliveries ask of the files. */
export interface Files {
  /** The paths of the files that were read. */
  readonly paths: readonly string[];
  /** The directories with a kustomization, among what was read. */
  readonly kustomizations: ReadonlyMap<string, unknown>;
  isFile(path: string): boolean;
  textOf(path: string): string | undefined;
}

/** Where a path of a repository is found in the tree. */
export interface Found {
  readonly directory: string;
  /** Whether that it is this repository is only presumed, because the path is there. */
  readonly presumed: boolean;
}

export interface Repository {
  /** The directory of the tree that a source means, for an order that stands in `file`; undefined when it means another repository, or nothing is there. */
  find(url: string | undefined, path: string, file: string): Found | undefined;
  /** Whether URLs of several repositories are named and nothing tells which of them is this one. */
  readonly isDisputed: boolean;
  /** Whether a URL means another repository, for certain. */
  isAnother(url: string): boolean;
  /** Every directory that holds files, with those above it, sorted; paths of the repository. */
  directories(): readonly string[];
  /** Every file that was read, sorted; paths of the repository. */
  repositoryFiles(): readonly string[];
  /** The path in the tree that a path of the repository is. */
  inTree(path: string): string;
  readonly files: Files;
}

const longestUrl = 2000;
/** How far above the top of the tree a repository is looked for. */
const mostLevels = 12;

/**
 * Tells by the remotes in the repository's `.git/config` whose URLs mean it: those with the same last name, as forks and mirrors have.
 * Where there are none, `ownUrls` count, and without those any URL may mean it; then a path that is in the tree is taken to be meant.
 */
export function repositoryOf(
  files: Files,
  ownUrls: readonly string[],
  urls: readonly string[] = [],
): Repository {
  const top = topOf(files);
  const remotes = top === undefined ? [] : remoteUrls(files.textOf(joinPath(top, ".git/config")) ?? "");
  const own = remotes.length > 0 ? remotes : ownUrls;
  // Where something names this repository in full, others of its name are not meant.
  const full = new Set(own.flatMap((url) => pathOf(url) ?? []));
  const isNamed = urls.some((url) => full.has(pathOf(url) ?? ""));
  const names = own.flatMap((url) => nameOf(url) ?? []);
  const known = directoriesOf(files.paths);
  const isThere = (directory: string) =>
    known.has(directory) ||
    ["kustomization.yaml", "kustomization.yml", "Kustomization", "Chart.yaml"].some((name) =>
      files.isFile(joinPath(directory, name)),
    );
  const isAnother = (url: string) => {
    const name = nameOf(url);
    if (names.length === 0 || name === undefined) return false;
    return isNamed ? !full.has(pathOf(url) ?? "") : !names.includes(name);
  };
  return {
    isDisputed: names.length === 0 && new Set(urls.flatMap((url) => nameOf(url) ?? [])).size > 1,
    isAnother,
    find(url, path, file) {
      if (url !== undefined && isAnother(url)) return undefined;
      const presumed = names.length === 0 && url !== undefined;
      const bases = top === undefined ? above(file) : [top];
      const inside = path.replace(/^\/+/, "");
      if (inside.split("/").includes("..")) return undefined;
      const directory = bases.map((base) => joinPath(base, inside)).find(isThere);
      return directory === undefined ? undefined : { directory, presumed };
    },
    directories: () =>
      [...known]
        .flatMap((directory) => relativeTo(top ?? ".", directory) ?? [])
        .sort((a, b) => (a < b ? -1 : 1)),
    repositoryFiles: () => files.paths.flatMap((path) => relativeTo(top ?? ".", path) ?? []).sort(),
    inTree: (path) => joinPath(top ?? ".", path),
    files,
  };
}

/** The directory with `.git`, from the top of the tree upwards. */
function topOf(files: Files): string | undefined {
  let directory = ".";
  for (let level = 0; level < mostLevels; level++) {
    if (files.isFile(joinPath(directory, ".git/config"))) return directory;
    directory = joinPath(directory, "..");
  }
  return undefined;
}

/** A path of the tree as one of the repository, whose top is the tree's or above it. */
function relativeTo(top: string, directory: string): string | undefined {
  if (top === ".") return directory.startsWith("..") ? undefined : directory;
  return undefined;
}

/** The directories above a file, from the top of the tree down. */
function above(file: string): readonly string[] {
  const parts = directoryOf(file).split("/");
  const inside = parts.map((_, index) => parts.slice(0, index + 1).join("/") || "/");
  return [".", ...inside.filter((directory) => directory !== ".")];
}

function directoriesOf(paths: readonly string[]): ReadonlySet<string> {
  const known = new Set<string>(["."]);
  for (const path of paths) {
    for (let directory = directoryOf(path); !known.has(directory); directory = directoryOf(directory)) {
      known.add(directory);
      if (directory === "/") break;
    }
  }
  return known;
}

function remoteUrls(config: string): readonly string[] {
  return [...config.matchAll(/^[ \t]*(?:push)?url[ \t]*=[ \t]*(\S+)/gim)].flatMap(([, url = ""]) =>
    nameOf(url) === undefined ? [] : [url],
  );
}

/** The path of a URL with a host: "shop/web" of "git@example.com:shop/web.git", whatever the protocol. */
function pathOf(url: string): string | undefined {
  if (nameOf(url) === undefined) return undefined;
  const [, path = ""] = /^(?:[a-z+]+:\/\/[^/]+\/|[^:]+:)(.+?)(?:\.git)?\/*$/i.exec(url) ?? [];
  return path.toLowerCase();
}

/** The last name of a URL with a host: "web" of "https://example.com/shop/web.git"; undefined for paths of a disk and placeholders. */
export function nameOf(url: string): string | undefined {
  const isUrl = /^(?:[a-z+]+:\/\/[^/{$<]+\/|[\w.-]+@[\w.-]+:|oci:\/\/)/i.test(url) && !/^file:/i.test(url);
  if (!isUrl || url.length > longestUrl || /[{<]|\$\(|\$\{/.test(url)) return undefined;
  const name = /([^/:]+?)(?:\.git)?\/*$/.exec(url)?.[1]?.toLowerCase();
  return name === "" ? undefined : name;
}
