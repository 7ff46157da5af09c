/** What kept builds from being complete, told once each, and as the summary counts it. */
import type { Skipped } from "../world.ts";
import type { BuildProblem } from "./kustomization.ts";

/** Problems without repetitions: bases that are reached twice bring theirs twice. */
export function distinctProblems(problems: readonly BuildProblem[]): readonly BuildProblem[] {
  return [...new Map(problems.map((one) => [problemKey(one), one])).values()];
}

function problemKey({ kind, subject, location }: BuildProblem): string {
  return `${kind} ${location.file}:${location.start} ${subject}`;
}

const skipReasons: { readonly [kind in BuildProblem["kind"]]?: Skipped["reason"] } = {
  remote: "remote-base",
  outside: "outside-base",
  helm: "plugin",
  plugin: "plugin",
};

/** Problems as skips; those in `counted`, which grows, were told with an earlier build. */
export function skippedOf(problems: readonly BuildProblem[], counted: Set<string>): readonly Skipped[] {
  return distinctProblems(problems).flatMap((one): readonly Skipped[] => {
    const key = problemKey(one);
    if (counted.has(key)) return [];
    counted.add(key);
    const { kind, subject, location } = one;
    const reason = skipReasons[kind] ?? "incomplete-build";
    return [{ reason, path: location.file, files: 1, detail: kind === "remote" ? subject : one.detail }];
  });
}
