/** Finds the workload that a person means by `kind/name`, `namespace/name`, `name`, `file` or `file:line`. */

import { nearest } from "../kube/nearest.ts";
import { groupOf } from "../kube/workload.ts";
import { startOf } from "../world/resource.ts";
import type { World } from "../world/world.ts";
import { inFileOrder, label } from "./list.ts";
import type { Report, ReportedWorkload } from "./report.ts";

export type Target =
  /** One workload, or the several builds and templates of one manifest. */
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

/**
 * Looks for what `asked` names: a file of the report (with a line: the workload that stands there), else a name with kind,
 * namespace or both before it. `builtBy` keeps the workloads of one kustomization, named by its directory.
 */
export function findTarget(report: Report, asked: string, builtBy?: string): Target {
  const root = builtBy === undefined ? undefined : directoryNamed(builtBy);
  const workloads =
    root === undefined ? report.workloads : report.workloads.filter((workload) => workload.root === root);
  const inFile = byPlace(workloads, asked);
  const found = inFile.length > 0 ? inFile : byName(workloads, asked);
  if (found.length === 0) return { found: "none", near: namesNear(report.workloads, asked) };
  const places = new Set(found.map(({ file, line, kind, name }) => `${file}:${line}:${kind}/${name}`));
  return { found: places.size === 1 ? "one" : "several", workloads: found.toSorted(inFileOrder) };
}

/** A directory as the report writes it, from one that may end in `/` or name the kustomization's file. */
function directoryNamed(given: string): string {
  const path = pathNamed(given).replace(/\/+$/, "");
  return path.replace(/(?:^|\/)[Kk]ustomization(?:\.ya?ml)?$/, "") || ".";
}

function pathNamed(given: string): string {
  return given.replaceAll("\\", "/").replace(/^(?:\.\/+)+/, "");
}

/** A file with the line that a place names, such as `apps/web.yaml:14:3`; no line when it names none. */
export function placeNamed(asked: string): { readonly file: string; readonly line: number | undefined } {
  const path = pathNamed(asked);
  const [, file, line] = /^(.+?):(\d+)(?::\d+)?$/.exec(path) ?? [];
  return file === undefined ? { file: path, line: undefined } : { file, line: Number(line) };
}

function byPlace(workloads: readonly ReportedWorkload[], asked: string): readonly ReportedWorkload[] {
  const path = pathNamed(asked);
  const whole = workloads.filter((workload) => workload.file === path);
  if (whole.length > 0) return whole;
  const { file, line } = placeNamed(asked);
  if (line === undefined) return [];
  const above = workloads.filter((workload) => workload.file === file && workload.line <= line);
  const start = above.reduce((last, workload) => Math.max(last, workload.line), 0);
  return above.filter((workload) => workload.line === start);
}

/** `name`, `kind/name`, `namespace/name` or `kind/namespace/name`; of two parts the first is a kind where there is such a one. */
function byName(workloads: readonly ReportedWorkload[], asked: string): readonly ReportedWorkload[] {
  const parts = asked.split("/");
  const name = parts.at(-1);
  const named = workloads.filter((workload) => workload.name === name);
  const [first = "", second] = parts;
  if (parts.length === 1) return named;
  const ofKind = named.filter((workload) => isOfKind(workload, first));
  if (parts.length === 3) return ofKind.filter(({ namespace }) => namespace === second);
  if (parts.length > 3) return [];
  return ofKind.length > 0 ? ofKind : named.filter(({ namespace }) => namespace === first);
}

/** The namespaces that hold workloads of the name, where `asked` is one of a namespace that has none of that name. */
export function namespacesHolding({ workloads }: Report, asked: string): readonly (string | null)[] {
  const [first = "", name, ...more] = asked.split("/");
  if (name === undefined || name === "" || more.length > 0) return [];
  const kinds = [
    ...Object.keys(shortKinds),
    ...Object.values(shortKinds),
    ...workloads.map(({ kind }) => kind),
  ];
  const isKind = workloads.some((one) => isOfKind(one, first)) || nearest(first, kinds).length > 0;
  return isKind
    ? []
    : [...new Set(workloads.filter((one) => one.name === name).map(({ namespace }) => namespace))];
}

/** Whether `deployment`, `deployments`, `deploy`, `deployment.apps` or `deployment.v1.apps` is the workload's kind. */
function isOfKind({ apiVersion, kind }: ReportedWorkload, given: string): boolean {
  const [written = "", ...after] = given.toLowerCase().split(".");
  const own = kind.toLowerCase();
  if (own !== written && own !== shortKinds[written] && `${own}s` !== written) return false;
  const group = groupOf(apiVersion);
  const version = apiVersion.slice(apiVersion.indexOf("/") + 1);
  const qualified = after.join(".");
  return qualified === "" || qualified === group || qualified === `${version}.${group}`;
}

function namesNear(workloads: readonly ReportedWorkload[], asked: string): readonly string[] {
  const name = asked.slice(asked.lastIndexOf("/") + 1);
  const labels = new Set(workloads.map(label));
  const sameName = name === asked ? [] : [...labels].filter((one) => one.endsWith(`/${name}`));
  if (sameName.length > 0) return sameName.slice(0, 3);
  const near = new Set(
    nearest(
      name,
      workloads.map((workload) => workload.name),
      3,
    ),
  );
  const ownName = (one: string): string => one.slice(one.indexOf("/") + 1);
  const byOwnName = [...labels].filter((one) => near.has(ownName(one)));
  if (byOwnName.length > 0) return byOwnName.slice(0, 3);
  const longer = [...labels].filter((one) => name !== "" && ownName(one).startsWith(`${name}-`));
  if (longer.length > 0) return longer.toSorted((a, b) => a.length - b.length).slice(0, 3);
  if (!asked.includes(".")) return [];
  return nearest(
    placeNamed(asked).file,
    workloads.map((workload) => workload.file),
    3,
  );
}

/** A Namespace that somebody asked for instead of a workload. */
export interface NamedNamespace {
  readonly name: string;
  /** What lives there. */
  readonly workloads: readonly ReportedWorkload[];
}

/** The Namespace at `file:line`, in `file`, or called `Namespace/name` or `name`; undefined when there is none. */
export function findNamespace(world: World, report: Report, asked: string): NamedNamespace | undefined {
  const { file, line } = placeNamed(asked);
  const [, called = asked] = /^(?:namespaces?|ns)\/(.*)$/i.exec(asked) ?? [];
  const found = world.namespaces.find(({ name, placed }) => {
    if (name === called) return true;
    const resource = placed?.resource;
    if (resource?.document.file.path !== file) return false;
    if (line === undefined) return true;
    const range = startOf(resource);
    return range.line <= line && line <= range.endLine;
  });
  if (!found) return undefined;
  const workloads = report.workloads.filter(({ namespace }) => namespace === found.name);
  return { name: found.name, workloads: workloads.toSorted(inFileOrder) };
}
