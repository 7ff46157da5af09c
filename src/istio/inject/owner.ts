/** The workload behind a pod that the API server sends: its controller as the pod's metadata lets it be guessed. */
import { labelsOf, metadataOf, objectsOf, type Pod, textOf } from "./pod.ts";

/** What templates see as DeploymentMeta and TypeMeta. */
export interface Owner {
  readonly name: string;
  readonly namespace: string;
  readonly kind: string;
  readonly apiVersion: string;
}

const ownTimestamp = /^(.+)-[0-9]{8,10}$/s;

/** The owner of a pod as GetDeployMetaFromPod of istio/istio 1.30 finds it; a pod with a name of its own owns itself. */
export function ownerOf(pod: Pod): Owner {
  const metadata = metadataOf(pod);
  const own: Owner = {
    name: textOf(metadata.name),
    namespace: textOf(metadata.namespace),
    kind: "Pod",
    apiVersion: "v1",
  };
  if (!metadata.generateName) return own;
  const controller = objectsOf(metadata.ownerReferences).find((reference) => reference.controller === true);
  if (!controller) return own;
  const given: Owner = {
    ...own,
    name: textOf(controller.name),
    kind: textOf(controller.kind),
    apiVersion: textOf(controller.apiVersion),
  };
  const owner = behind(given, pod);
  return owner.name === "" ? { ...owner, name: own.name } : owner;
}

/** What stands behind a controller that is itself made by another. */
function behind(controller: Owner, pod: Pod): Owner {
  const labels = labelsOf(pod);
  const { kind, name } = controller;
  if (kind === "ReplicaSet") {
    const deployment = labels["pod-template-hash"];
    if (deployment && name.endsWith(deployment))
      return { ...controller, name: withoutSuffix(name, `-${deployment}`), kind: "Deployment" };
    const rollout = labels["rollouts-pod-template-hash"];
    if (rollout && name.endsWith(rollout))
      return {
        ...controller,
        name: withoutSuffix(name, `-${rollout}`),
        kind: "Rollout",
        apiVersion: "v1alpha1",
      };
  }
  if (kind === "ReplicationController" && labels.deploymentconfig)
    return { ...controller, name: labels.deploymentconfig, kind: "DeploymentConfig" };
  const job = kind === "Job" ? ownTimestamp.exec(name) : null;
  return job ? { ...controller, name: job[1] ?? "", kind: "CronJob", apiVersion: "batch/v1" } : controller;
}

function withoutSuffix(text: string, suffix: string): string {
  return text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
}
