/** Revisions that something asks for while nothing shows which ones run: their webhooks may exist or not. */

import { dnsLabelErrors } from "../kube/names.ts";
import { knownRevisions } from "./cases.ts";
import type { Place } from "./decision.ts";
import type { Injector, Labels, Mesh, PodFacts } from "./facts.ts";
import { inCallOrder, revisionKey, stockWebhooks } from "./webhook.ts";

/** A revision that labels ask for, and where they do. */
export interface AskedRevision {
  readonly revision: string;
  readonly place: Place;
}

/**
 * The revision that the labels of a namespace, or else of the pod, ask for, where no webhook is known to answer to it and one
 * may yet; undefined where the mesh is known, and for a value that no revision can have as its name.
 */
export function doubtfulRevision(
  pod: PodFacts,
  labels: Labels,
  mesh: Mesh,
  nth?: number,
): AskedRevision | undefined {
  if (!mesh.revisionsAssumed) return undefined;
  const byNamespace = Object.hasOwn(labels, revisionKey);
  const revision = (byNamespace ? labels : pod.labels)[revisionKey];
  if (revision === undefined || dnsLabelErrors(revision).length > 0) return undefined;
  if (knownRevisions(mesh.webhooks).includes(revision)) return undefined;
  const path = ["metadata", "labels", revisionKey];
  if (!byNamespace) return { revision, place: { of: "pod", path } };
  return { revision, place: { of: "namespace", path, ...(nth === undefined ? {} : { nth }) } };
}

/** The mesh with one more revision, as a stock install of the same release would bring it. */
export function withRevision(mesh: Mesh, revision: string): Mesh {
  const webhooks = [...mesh.webhooks, ...stockWebhooks({ release: mesh.release, revision })];
  return {
    release: mesh.release,
    webhooks: webhooks.sort(inCallOrder),
    injectors: [...mesh.injectors, ...assumedInjector(mesh.injectors, revision)],
  };
}

/** What is said of injectors that nobody shows holds for that of the revision too. */
function assumedInjector(injectors: readonly Injector[], revision: string): readonly Injector[] {
  if (injectors.some((one) => one.revision === revision)) return [];
  const [assumed] = injectors.filter(({ configMap }) => configMap === null);
  return assumed ? [{ ...assumed, revision }] : [];
}
