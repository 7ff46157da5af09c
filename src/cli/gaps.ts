/** What of a state could not be read, and which workloads may stand there. */
import type { Fact } from "../compare/changes.ts";
import { locationOf } from "../source/locate.ts";
import { isInside } from "../source/path.ts";
import { directoryOf, type Problem } from "../world/collect.ts";
import { joinPath } from "../world/kustomize/path.ts";
import type { Reading } from "../world/read.ts";
import type { Workload } from "../world/world.ts";

/** A chart or a kustomization that a program was to make objects of, and why there are none. */
export interface Unrendered {
  readonly directory: string;
  readonly says: string;
}

export interface StateGaps {
  /** What people call the state. */
  readonly name: string;
  /** What hides a workload of another state, if it is in this one; undefined where it would have been seen. */
  hiding(workload: Workload): Fact | undefined;
  /** Manifests that cannot be read. */
  readonly unreadable: readonly Problem[];
  readonly unrendered: readonly Unrendered[];
}

/** The gaps of a state: manifests and files that cannot be read, and what programs did not make. */
export function stateGaps(
  name: string,
  { unreadable, failures, world }: Reading,
  unrendered: readonly Unrendered[],
): StateGaps {
  const broken = new Map(unreadable.map((problem) => [problem.file.path, problem]));
  const kustomizations = new Map(
    unreadable.flatMap((problem) =>
      isKustomization(problem.file.path) ? [[directoryOf(problem.file.path), problem] as const] : [],
    ),
  );
  const unopened = [
    ...failures,
    ...world.skipped
      .filter(({ reason }) => reason === "unreadable")
      .map(({ path, detail }) => ({ path, reason: detail })),
    ...unrendered.flatMap(({ directory, says }) =>
      chartParts.map((part) => ({ path: joinPath(directory, part), reason: says })),
    ),
  ];
  return {
    name,
    unreadable,
    unrendered,
    hiding({ resource, root }) {
      const { path } = resource.document.file;
      const problem =
        broken.get(path) ?? kustomizations.get(directoryOf(path)) ?? kustomizations.get(root ?? "");
      if (problem) return factOf(problem);
      const built = unrendered.find(({ directory }) => directory === root);
      if (built) return { origin: { text: built.directory, location: undefined }, value: built.says };
      const gap = unopened.find((one) => isInside(one.path, path));
      return gap && { origin: { text: gap.path, location: undefined }, value: gap.reason };
    },
  };
}

/** Where the objects of a chart come from. */
const chartParts = ["templates", "charts", "Chart.yaml"] as const;

function isKustomization(path: string): boolean {
  return /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/.test(path);
}

function factOf({ file, error }: Problem): Fact {
  const location = locationOf(file, { start: error.offset, end: error.offset });
  return { origin: { text: `${file.path}:${location.line}`, location }, value: error.message };
}

/** What one of two states alone cannot tell, a line each: what is missing there is no change. */
export function onOneSide(one: StateGaps, other: StateGaps): readonly string[] {
  return [...linesOf(one, other), ...linesOf(other, one)];
}

function linesOf({ name, unreadable, unrendered }: StateGaps, other: StateGaps): readonly string[] {
  const files = new Set(other.unreadable.map(({ file }) => file.path));
  const directories = new Set(other.unrendered.map(({ directory }) => directory));
  const lines = [
    ...unreadable
      .filter(({ file }) => !files.has(file.path))
      .map((problem) => {
        const { origin, value } = factOf(problem);
        return `${origin.text}: ${value}; what it holds is missing here`;
      }),
    ...unrendered.filter(({ directory }) => !directories.has(directory)).map(({ says }) => says),
  ];
  return [...new Set(lines)].map((line) => `${name}: ${line}`);
}
