/** Revisions that something asks for while nothing shows which ones run: their webhooks may exist or not. */

import { dnsLabelErrors } from "../kube/names.ts";
import type { Place } from "./decision.ts";
import type { Injector, Labels, Mesh, PodFacts, Webhook } from "./facts.ts";
import {
  defaultRevision,
  inCallOrder,
  injectionKey,
  injectKey,
  revisionKey,
  stockWebhooks,
} from "./webhook.ts";

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
  const asked = (revision: string, of: "namespace" | "pod", key: string): AskedRevision | undefined => {
    if (dnsLabelErrors(revision).length > 0) return undefined;
    if (mesh.webhooks.some(({ answersTo }) => answersTo === revision)) return undefined;
    const path = ["metadata", "labels", key];
    return { revision, place: of === "pod" || nth === undefined ? { of, path } : { of, path, nth } };
  };
  const byDefault = labels[injectionKey] === "enabled" && asked(defaultRevision, "namespace", injectionKey);
  if (byDefault) return byDefault;
  const ofNamespace = labels[revisionKey];
  if (ofNamespace !== undefined) return asked(ofNamespace, "namespace", revisionKey);
  const ofPod = pod.labels[revisionKey];
  if (ofPod !== undefined) return asked(ofPod, "pod", revisionKey);
  return pod.labels[injectKey] === "true" ? asked(defaultRevision, "pod", injectKey) : undefined;
}

/**
 * Whether webhooks show that there are more: a tag's call a revision whose own are not among them, which it has all the same.
 */
export function areIncomplete(webhooks: readonly Webhook[]): boolean {
  const own = new Set<string>();
  for (const { revision, answersTo } of webhooks) {
    // One that `istioctl tag set default` switched off answers to nothing, and was the revision's own.
    if (answersTo === revision || answersTo === "") own.add(revision);
  }
  return webhooks.some(({ revision }) => !own.has(revision));
}

/** The mesh with one more revision, as a stock install of the same release would bring it. */
export function withRevision(mesh: Mesh, name: string): Mesh {
  const revision = name === defaultRevision ? "" : name;
  const webhooks = [...mesh.webhooks, ...stockWebhooks({ release: mesh.release, revision })];
  return {
    release: mesh.release,
    webhooks: webhooks.sort(inCallOrder),
    injectors: [...mesh.injectors, ...assumedInjector(mesh.injectors, name)],
  };
}

/** What is said of injectors that nobody shows holds for that of the revision too. */
function assumedInjector(injectors: readonly Injector[], revision: string): readonly Injector[] {
  if (injectors.some((one) => one.revision === revision)) return [];
  const [assumed] = injectors.filter(({ configMap }) => configMap === null);
  return assumed ? [{ ...assumed, revision }] : [];
}
