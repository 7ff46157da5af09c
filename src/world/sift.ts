/** What of a file decides on injection: told at three depths, so that most files are never parsed. */
import { chartWords, showsInstall } from "../istio/install-gates.ts";
import { isListKind, podTemplatesOf, type WorkloadKind, workloadKindNames } from "../kube/workload.ts";
import { type Document, readDocuments } from "../source/document.ts";
import type { SourceFile } from "../source/reading.ts";
import type { Problem } from "./collect.ts";
import { isFlux, isFluxSource } from "./delivery/kinds.ts";
import { directoryOf, isKustomizationFile } from "./file-names.ts";
import { resourcesOf } from "./resource.ts";
import { isTemplateFault } from "./template.ts";
import type { Resource, Skipped } from "./world.ts";

/** Kinds of Argo CD and Flux that bring charts into a cluster. */
const chartKinds = ["HelmRelease", "Application", "ApplicationSet"];

const worldKinds = [
  "Namespace",
  "MutatingWebhookConfiguration",
  "ConfigMap",
  "Kustomization",
  "ServiceMeshMemberRoll",
  "ServiceMeshMember",
  "IstioOperator",
  "IstioRevision",
  "IstioRevisionTag",
  ...chartKinds,
  "GitRepository",
  "OCIRepository",
  "HelmChart",
  "ArtifactGenerator",
];

/** The kind of an install whose name stands in too many texts that are none; they are told by its group. */
const sailKind = "Istio";
const sailGroup = "sailoperator.io";

export interface Skip {
  readonly reason: Skipped["reason"];
  readonly path: string;
  readonly detail: string;
}

/** Tells at three depths whether something may decide on injection: a text, a peeked document, a resource. */
export interface Sieve {
  readonly text: RegExp;
  readonly kinds: ReadonlySet<string>;
  readonly extra: readonly WorkloadKind[];
  /** Kinds that decide nothing, and are kept because somebody asked for them. */
  readonly besides: ReadonlySet<string>;
  /** Whether a template is one of Helm. */
  isHelm(file: SourceFile): boolean;
}

export function sieveFor(
  extra: readonly WorkloadKind[],
  isInChart: (path: string) => boolean,
  besides: readonly string[] = [],
): Sieve {
  const kinds = new Set([...worldKinds, ...workloadKindNames(extra), ...besides]);
  const words = [...kinds, sailGroup].map(literally).join("|");
  // A kind must stand in the text as it is, unless it is written with escapes.
  const escaped = `kind["']?\\s*:\\s*"[^"\n]*\\\\`;
  return {
    text: new RegExp(`\\b(?:${words})\\b|List\\b|${escaped}`),
    kinds: kinds.add(sailKind),
    extra,
    besides: new Set(besides),
    isHelm: ({ path, text }) => isInChart(path) || helm.test(text),
  };
}

function literally(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");
}

export interface Sifted {
  readonly resources: readonly Resource[];
  readonly kustomization: Document | undefined;
  readonly problems: readonly Problem[];
  readonly skips: readonly Skip[];
  readonly documents: number;
  /** All documents of the file when it is worth keeping. */
  readonly kept: readonly Document[] | undefined;
}

export function sift(file: SourceFile, sieve: Sieve, isValues: boolean): Sifted {
  const isKustomization = isKustomizationFile(file.path);
  if (!isKustomization && !isValues && !sieve.text.test(file.text)) return withoutInterest(file, undefined);
  const all = readDocuments(file);
  const resources: Resource[] = [];
  const problems: Problem[] = [];
  const skips: Skip[] = [];
  const isManifest = all.some(({ peek }) => peek.kind !== undefined && peek.apiVersion !== undefined);
  for (const document of all) {
    // Beside manifests a document without a kind is read as well: kubectl refuses the whole file if it is broken.
    const isStray = isManifest && document.peek.kind === undefined;
    if (!isKustomization && !isStray && !mayDecide(document, sieve)) continue;
    const reading = document.read();
    if (reading.ok) {
      for (const resource of resourcesOf(document, reading.root)) {
        if (sieve.besides.has(resource.kind) || decidesOnInjection(resource, sieve.extra))
          resources.push(resource);
      }
    } else if (isTemplateFault(document, reading.error)) {
      if (skips.length === 0) {
        const reason = sieve.isHelm(file) ? "helm-template" : "template";
        skips.push({ reason, path: directoryOf(file.path), detail: "" });
      }
    } else if (isKustomization || isManifest || looksLikeManifest(document)) {
      problems.push({ file, error: reading.error });
    }
  }
  const kept = resources.length + problems.length + skips.length > 0 || isKustomization || isValues;
  if (!kept) return withoutInterest(file, all);
  return {
    resources,
    kustomization: isKustomization ? all[0] : undefined,
    problems,
    skips,
    documents: all.length,
    kept: all,
  };
}

/** What a file gives that decides nothing; one that says what to ignore is kept, so that it can be told that it does so in vain. */
function withoutInterest(file: SourceFile, all: readonly Document[] | undefined): Sifted {
  const documents = all?.length ?? 0;
  if (!file.text.includes("sidelint-ignore")) return documents === 0 ? nothing : { ...nothing, documents };
  return { ...nothing, documents, kept: all ?? readDocuments(file) };
}

/** What templates of Helm look like, wherever they lie. */
const helm = /\{\{-?\s*(?:define|include|toYaml|template)\b|\.(?:Values|Release|Chart|Capabilities)\b/;

export const nothing: Sifted = {
  resources: [],
  kustomization: undefined,
  problems: [],
  skips: [],
  documents: 0,
  kept: undefined,
};

/** Whether a document may hold something that decides, by its peek alone; where the peek is not sure it may. */
function mayDecide(document: Document, { kinds, extra, besides }: Sieve): boolean {
  const { kind, apiVersion, sure } = document.peek;
  if (!sure) return true;
  if (kind === undefined) return false;
  if (besides.has(kind)) return true;
  if (kind === "ConfigMap") return istioName.test(textOf(document));
  if (kind.endsWith("List")) return true;
  if (!kinds.has(kind)) return false;
  if (chartKinds.includes(kind)) return carriesCharts(apiVersion, kind) || chartWords.test(textOf(document));
  if (apiVersion === undefined || worldKinds.includes(kind)) return true;
  if (kind === sailKind && apiVersion.startsWith(sailGroup)) return true;
  return podTemplatesOf(apiVersion, kind, extra) !== undefined;
}

const istioName = /\bname["']?[ \t]*:[ \t]*["']?istio/;

/** Whether a resource puts namespaces under OpenShift Service Mesh 2. */
export function isMembership({ apiVersion, kind }: Resource): boolean {
  return (
    apiVersion.startsWith("maistra.io/") && (kind === "ServiceMeshMemberRoll" || kind === "ServiceMeshMember")
  );
}

function decidesOnInjection(resource: Resource, kinds: readonly WorkloadKind[]): boolean {
  const { apiVersion, kind, name } = resource;
  if (kind === "Namespace") return apiVersion === "v1";
  if (kind === "MutatingWebhookConfiguration") return true;
  if (isMembership(resource) || carriesCharts(apiVersion, kind) || showsInstall(resource.value)) return true;
  if (isFlux(apiVersion, kind) || isFluxSource(apiVersion, kind)) return true;
  if (kind === "ConfigMap") return apiVersion === "v1" && name.startsWith("istio");
  return podTemplatesOf(apiVersion, kind, kinds) !== undefined && !isListKind(apiVersion, kind);
}

/** Whether an object is one of Argo CD or Flux that brings charts, with their values, into a cluster. */
export function carriesCharts(apiVersion: string | undefined, kind: string): boolean {
  if (kind === "HelmRelease") return apiVersion?.startsWith("helm.toolkit.fluxcd.io/") ?? false;
  return (apiVersion?.startsWith("argoproj.io/") ?? false) && /^Application(?:Set)?$/.test(kind);
}

/** Whether a text has `apiVersion` and `kind` as keys, which is what tells a manifest from other YAML and JSON. */
function looksLikeManifest(document: Document): boolean {
  const text = textOf(document);
  return (
    /(?:^|[{,])[ \t"']*apiVersion["']?[ \t]*:/m.test(text) && /(?:^|[{,])[ \t"']*kind["']?[ \t]*:/m.test(text)
  );
}

function textOf(document: Document): string {
  return document.file.text.slice(document.start, document.end);
}
