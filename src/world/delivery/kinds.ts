/** The kinds of Argo CD and Flux that say what is delivered, and where it comes from. */

/** Whether an object is an Application or an ApplicationSet of Argo CD. */
export function isArgo(apiVersion: string, kind: string): boolean {
  return apiVersion.startsWith("argoproj.io/") && (kind === "Application" || kind === "ApplicationSet");
}

/** Whether an object is one of Flux that says what is delivered. */
export function isFlux(apiVersion: string, kind: string): boolean {
  return (
    (kind === "Kustomization" && apiVersion.startsWith("kustomize.toolkit.fluxcd.io/")) ||
    (kind === "HelmRelease" && apiVersion.startsWith("helm.toolkit.fluxcd.io/"))
  );
}

const sourceKinds = new Set(["GitRepository", "OCIRepository", "HelmChart", "ArtifactGenerator"]);

/** Whether an object is a source that those of Flux name. */
export function isFluxSource(apiVersion: string, kind: string): boolean {
  return sourceKinds.has(kind) && /^source\.(?:toolkit|extensions)\.fluxcd\.io\//.test(apiVersion);
}
