/** Repositories in a few lines, for tests of what Argo CD and Flux deliver. */
import { memoryTree, type ScanOptions, scan, type World } from "../../../src/index.ts";

export const deployment = (name: string, metadata = "", labels = ""): string =>
  `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}${metadata}}
spec: {template: {metadata: {labels: {app: ${name}${labels}}}, spec: {containers: [{name: c, image: i}]}}}
`;

export const namespace = (name: string, labels: string): string =>
  `apiVersion: v1
kind: Namespace
metadata: {name: ${name}, labels: {${labels}}}
`;

export const application = (name: string, spec: string): string =>
  `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: ${name}, namespace: argocd}
spec: ${spec}
`;

export const applicationSet = (name: string, spec: string): string =>
  `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: ${name}, namespace: argocd}
spec:
${spec.replace(/^/gm, "  ")}
`;

export const flux = (name: string, spec: string): string =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: ${name}, namespace: flux-system}
spec: {sourceRef: {kind: GitRepository, name: flux-system}, ${spec}}
`;

export const url = "repoURL: https://example.com/shop/repo.git";

export function worldOf(files: Readonly<Record<string, string>>, options: ScanOptions = {}): World {
  return scan(memoryTree(files), options).world;
}

/** "shop/web injected", each workload with what brings it, in order of its text. */
export function told({ workloads }: World): readonly string[] {
  return workloads
    .map(({ namespace: { name }, name: own, decision, delivery }) =>
      [`${name}/${own}`, decision.verdict, ...(delivery ? [`by ${delivery.label}`] : [])].join(" "),
    )
    .sort();
}
