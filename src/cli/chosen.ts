/** The workload that a command line asks for: found by name or place, or told apart from others in an error. */
import { plain } from "../report/cells.ts";
import { label } from "../report/list.ts";
import type { Report, ReportedWorkload } from "../report/report.ts";
import {
  findNamespace,
  findTarget,
  type NamedNamespace,
  namespacesHolding,
  placeNamed,
} from "../report/target.ts";
import { diskTree, withSlashes } from "../source/disk.ts";
import { lineStarts } from "../source/locate.ts";
import { absolutePath, relativePath } from "../source/path.ts";
import { directoryOf } from "../world/collect.ts";
import { type Reading, worldOfAll } from "../world/read.ts";
import { UsageError } from "./usage.ts";

/** The workload that is asked for, once in each cluster. Throws a UsageError where it is none, or several. */
export function chosen(
  scan: Reading,
  report: Report,
  asked: string,
  builtBy: string | undefined,
): readonly ReportedWorkload[] {
  const world = worldOfAll(scan);
  mustHoldLine(scan, asked);
  const namespace = placeNamed(asked).line === undefined ? undefined : findNamespace(world, report, asked);
  if (namespace) throw isNamespace(asked, namespace);
  const target = findTarget(report, asked, builtBy);
  if (target.found === "one") return target.workloads;
  if (target.found === "several") throw isAmbiguous(asked, target.workloads);
  const other = findNamespace(world, report, asked);
  if (other) throw isNamespace(asked, other);
  const elsewhere = builtBy === undefined ? undefined : findTarget(report, asked);
  if (elsewhere && elsewhere.found !== "none") {
    const roots = [...new Set(elsewhere.workloads.flatMap(({ root }) => root ?? []))];
    const by =
      roots.length > 0 ? `not built by ${builtBy}, but by ${roots.join(", ")}` : "built by no kustomization";
    throw new UsageError(plain(`${asked} is ${by}`));
  }
  const total = report.workloads.length;
  const known =
    total === 0 ? "there is none" : `there ${total === 1 ? "is 1" : `are ${total}`}, see sidelint list`;
  const near = target.near.length > 0 ? `did you mean ${target.near.join(", ")}?` : known;
  const holding = namespacesHolding(report, asked);
  if (holding.length > 0) {
    const [namespace = "", name = ""] = asked.split("/");
    const others = holding.slice(0, SHOWN).map((one) => one ?? "a namespace not known");
    throw new UsageError(
      plain(`no workload ${name} in namespace ${namespace} (it is in ${others.join(", ")})`),
    );
  }
  const { file } = placeNamed(asked);
  if (/\.(?:ya?ml|json)$/i.test(file) && scan.textOf(file) === undefined)
    throw new UsageError(
      plain(`no file ${file} among what is read here${target.near.length > 0 ? ` (${near})` : ""}`),
    );
  throw new UsageError(plain(`no workload ${asked} here (${near})`));
}

/** Throws a UsageError for a line behind the end of a file, where the last workload would stand for it. */
function mustHoldLine({ textOf }: Reading, asked: string): void {
  const { file, line } = placeNamed(asked);
  const text = line === undefined || textOf(asked) !== undefined ? undefined : textOf(file);
  if (text === undefined || line === undefined) return;
  const starts = lineStarts(text);
  if (line <= starts.length) return;
  const lines = starts.at(-1) === text.length ? starts.length - 1 : starts.length;
  throw new UsageError(plain(`${file} has no line ${line}: it ends with line ${lines}`));
}

/** Shown of a long list. */
const SHOWN = 10;

function isAmbiguous(asked: string, workloads: readonly ReportedWorkload[]): UsageError {
  if (workloads.every(({ file }) => file === asked)) {
    const lines = listed(workloads, candidate);
    return new UsageError(
      [`${plain(asked)} holds several workloads; name one by its line:`, ...lines].join("\n"),
    );
  }
  const differ = (of: (workload: ReportedWorkload) => string | null): boolean =>
    new Set(workloads.map(of)).size > 1;
  const ways = [
    "its place",
    ...(differ(({ namespace }) => namespace) ? ["its namespace (NAMESPACE/NAME)"] : []),
    ...(differ(({ root }) => root) ? ["--built-by DIRECTORY"] : []),
  ];
  const how = ways.length > 1 ? `${ways.slice(0, -1).join(", ")} or ${ways.at(-1)}` : ways.join("");
  return new UsageError(
    [
      `${plain(asked)} is the name of several workloads; name one by ${how}:`,
      ...listed(workloads, candidate),
    ].join("\n"),
  );
}

function isNamespace(asked: string, { name, workloads }: NamedNamespace): UsageError {
  const is = plain(asked === name ? `${name} is a namespace` : `${asked} is the namespace ${name}`);
  if (workloads.length === 0) return new UsageError(`${is}, and no workload lives there`);
  return new UsageError(
    [`${is}; explain one of the workloads that live there:`, ...listed(workloads, candidate)].join("\n"),
  );
}

function listed(
  workloads: readonly ReportedWorkload[],
  line: (workload: ReportedWorkload) => string,
): readonly string[] {
  const lines = [...new Set(workloads.map(line))];
  const rest = lines.length - SHOWN;
  return rest > 0 ? [...lines.slice(0, SHOWN), `  and ${rest} more`] : lines;
}

function candidate(workload: ReportedWorkload): string {
  const built = workload.root === null ? "" : ` built by ${workload.root}`;
  const namespace = workload.namespace ?? "an unknown namespace";
  return plain(`  ${workload.file}:${workload.line}  ${label(workload)} in ${namespace}${built}`);
}

/** What is asked for as the report names it, and the paths with its file among them, when it is one elsewhere. */
export function placed(
  asked: string,
  paths: readonly string[],
  cwd: string,
): { readonly asked: string; readonly paths: readonly string[] } {
  const tree = diskTree(cwd);
  const { file, line } = placeNamed(withSlashes(asked));
  const whole = tree.stat(withSlashes(asked))?.type === "file";
  const named = whole ? withSlashes(asked) : file;
  if (tree.stat(named)?.type !== "file") return { asked, paths };
  const path = relativePath(absolutePath("", tree.root ?? ""), absolutePath(tree.root ?? "", named));
  const place = whole || line === undefined ? path : `${path}:${line}`;
  if (paths.length > 0) return { asked: place, paths: [...paths, path] };
  return {
    asked: place,
    paths: path.startsWith("../") || path.startsWith("/") ? [".", directoryOf(path)] : [],
  };
}
