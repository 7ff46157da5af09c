/** The kinds that `istioctl kube-inject` injects into; it looks at the kind alone, whatever the apiVersion. */

const known: ReadonlySet<string> = new Set([
  "ReplicationController",
  "Pod",
  "Deployment",
  "DaemonSet",
  "ReplicaSet",
  "Job",
  "CronJob",
  "StatefulSet",
  "List",
  "DeploymentConfig",
]);

/** Whether kube-inject of istio/istio 1.30 handles objects of a kind; all others pass through. */
export function isInjectable(kind: string): boolean {
  return known.has(kind);
}
