/** Finds the workload that a person means by `kind/name`, `name`, `file` or `file:line`. */

import { nearest } from "../kube/nearest.ts";
import { inFileOrder, label } from "./list.ts";
import type { Report, ReportedWorkload } from "./report.ts";

export type Target =
  /** One workload, or the several builds of one manifest. */
  | { readonly found: "one"; readonly workloads: readonly ReportedWorkload[] }
  /** Different manifests, to choose from. */
  | { readonly found: "several"; readonly workloads: readonly ReportedWorkload[] }
  /** Nothing, and the names that come near. */
  | { readonly found: "none"; readonly near: readonly string[] };

const shortKinds: Readonly<Record<string, string>> = {
  po: "pod",
  deploy: "deployment",
  rs: "replicaset",
  sts: "statefulset",
  ds: "daemonset",
  cj: "cronjob",
  rc: "replicationcontroller",
  dc: "deploymentconfig",
  ksvc: "service",
};

/** Looks for what `asked` names: a file of the report (with a line: the workload that stands there), else a kind and name. */
export function findTarget(report: Report, asked: string): Target {
  const inFile = byPlace(report, asked);
  const found = inFile.length > 0 ? inFile : byName(report, asked);
  if (found.length === 0) return { found: "none", near: namesNear(report, asked) };
  const places = new Set(found.map((workload) => `${workload.file}:${workload.line}:${label(workload)}`));
  return { found: places.size === 1 ? "one" : "several", workloads: found.toSorted(inFileOrder) };
}

function byPlace(report: Report, asked: string): readonly ReportedWorkload[] {
  const path = asked.replaceAll("\\", "/").replace(/^(?:\.\/)+/, "");
  const whole = report.workloads.filter((workload) => workload.file === path);
  if (whole.length > 0) return whole;
  const [, file, line] = /^(.+?):(\d+)(?::\d+)?$/.exec(path) ?? [];
  if (file === undefined) return [];
  const above = report.workloads.filter(
    (workload) => workload.file === file && workload.line <= Number(line),
  );
  const start = above.reduce((last, workload) => Math.max(last, workload.line), 0);
  return above.filter((workload) => workload.line === start);
}

function byName(report: Report, asked: string): readonly ReportedWorkload[] {
  const slash = asked.indexOf("/");
  const name = asked.slice(slash + 1);
  const named = report.workloads.filter((workload) => workload.name === name);
  if (slash < 0) return named;
  const kind = asked.slice(0, slash).toLowerCase();
  return named.filter((workload) => {
    const own = workload.kind.toLowerCase();
    return own === kind || own === shortKinds[kind] || `${own}s` === kind;
  });
}

function namesNear(report: Report, asked: string): readonly string[] {
  const slash = asked.indexOf("/");
  const name = asked.slice(slash + 1);
  const labels = new Set(report.workloads.map(label));
  const sameName = slash < 0 ? [] : [...labels].filter((one) => one.endsWith(`/${name}`));
  if (sameName.length > 0) return sameName.slice(0, 3);
  const whole = nearest(asked, labels, 3);
  if (whole.length > 0) return whole;
  const near = new Set(
    nearest(
      name,
      report.workloads.map((workload) => workload.name),
      3,
    ),
  );
  const byOwnName = [...labels].filter((one) => near.has(one.slice(one.indexOf("/") + 1)));
  if (byOwnName.length > 0) return byOwnName.slice(0, 3);
  return nearest(
    asked,
    report.workloads.map((workload) => workload.file),
    3,
  );
}
