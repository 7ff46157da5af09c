/** Which kinds carry pod templates, and where: the built-in ones and those of the configuration. */

export type Path = readonly (string | number)[];

/** A kind that carries pod templates; `group` is the API group without version, empty for the core group. */
export interface WorkloadKind {
  readonly kind: string;
  readonly group: string;
  /** Paths of the objects that hold metadata and spec of the pod. */
  readonly templates: readonly Path[];
}

const ITSELF: readonly Path[] = [[]];
const TEMPLATE: readonly Path[] = [["template"]];
const SPEC_TEMPLATE: readonly Path[] = [["spec", "template"]];
const JOB_TEMPLATE: readonly Path[] = [["spec", "jobTemplate", "spec", "template"]];

/** kind → group → templates. A group counts in all its versions. */
const BUILT_IN: ReadonlyMap<string, Readonly<Record<string, readonly Path[]>>> = new Map([
  ["Pod", { "": ITSELF }],
  ["PodTemplate", { "": TEMPLATE }],
  ["ReplicationController", { "": SPEC_TEMPLATE }],
  ["Deployment", { apps: SPEC_TEMPLATE, extensions: SPEC_TEMPLATE }],
  ["ReplicaSet", { apps: SPEC_TEMPLATE, extensions: SPEC_TEMPLATE }],
  ["DaemonSet", { apps: SPEC_TEMPLATE, extensions: SPEC_TEMPLATE }],
  ["StatefulSet", { apps: SPEC_TEMPLATE }],
  ["Job", { batch: SPEC_TEMPLATE, extensions: SPEC_TEMPLATE }],
  ["CronJob", { batch: JOB_TEMPLATE }],
  ["Rollout", { "argoproj.io": SPEC_TEMPLATE }],
  ["Service", { "serving.knative.dev": SPEC_TEMPLATE }],
  ["Configuration", { "serving.knative.dev": SPEC_TEMPLATE }],
  ["DeploymentConfig", { "apps.openshift.io": SPEC_TEMPLATE, "": SPEC_TEMPLATE }],
]);

/** The API group of an apiVersion: `apps` of `apps/v1`, empty for `v1`. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash === -1 ? "" : apiVersion.slice(0, slash);
}

/**
 * The paths of the pod templates in an object of a kind (the empty path for a Pod), or undefined for a kind that carries none. `extra`
 * wins over what is built in. An object may still lack the template, as a Rollout with `spec.workloadRef` does.
 */
export function podTemplatesOf(
  apiVersion: string,
  kind: string,
  extra: readonly WorkloadKind[] = [],
): readonly Path[] | undefined {
  const groups = BUILT_IN.get(kind);
  if (!groups && extra.length === 0) return undefined;
  const group = groupOf(apiVersion);
  const configured = extra.find((one) => one.kind === kind && one.group === group);
  if (configured) return configured.templates;
  return groups && Object.hasOwn(groups, group) ? groups[group] : undefined;
}

/** The names of all kinds that carry pod templates in some group, for a quick look at a document's kind. */
export function workloadKindNames(extra: readonly WorkloadKind[] = []): ReadonlySet<string> {
  return new Set([...BUILT_IN.keys(), ...extra.map(({ kind }) => kind)]);
}

/** Whether a kind is a list of objects, which stand in its `items`: `List` of the core group, or a typed one such as `PodList`. */
export function isListKind(apiVersion: string, kind: string): boolean {
  return kind === "List" ? groupOf(apiVersion) === "" : kind.endsWith("List");
}
