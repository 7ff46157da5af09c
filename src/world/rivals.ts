/** Several installs of one injector that say different things: charts that lie in store, of which nobody says which one is installed. */
import { isInjectorName } from "../istio/injector-config.ts";
import { jsonTextOf } from "../kube/json.ts";
import { isMeshConfigMap } from "./mesh.ts";
import type { Placed, Skipped } from "./world.ts";

/** The objects that describe a mesh without those that rival, and what is to be told of these. */
export interface Unrivalled {
  readonly placed: readonly Placed[];
  readonly skipped: readonly Skipped[];
}

/**
 * Takes out injectors and webhooks that several charts render with the same name and different content, where nothing brings any of the
 * charts into the cluster: to pick one would be a guess.
 */
export function withoutRivals(placed: readonly Placed[]): Unrivalled {
  const byName = new Map<string, Placed[]>();
  for (const one of placed) {
    if (!one.isRendered || one.delivery || !ofMesh(one)) continue;
    const key = `${one.resource.kind} ${one.namespace ?? ""}/${one.name}`;
    byName.set(key, [...(byName.get(key) ?? []), one]);
  }
  const all = [...byName.values()].filter(
    (group) => new Set(group.map(({ value }) => jsonTextOf(value))).size > 1,
  );
  if (all.length === 0) return { placed, skipped: [] };
  const rivals = new Set(all.flat());
  const charts = new Set(
    [...rivals].map((one) => one.resource.document.file.path.replace(/\/templates\/.*$/, "")),
  );
  return {
    placed: placed.filter((one) => !rivals.has(one)),
    skipped: [...charts].map((path): Skipped => ({ reason: "rival-install", path, files: 1, detail: "" })),
  };
}

function ofMesh(placed: Placed): boolean {
  const { kind } = placed.resource;
  if (kind === "MutatingWebhookConfiguration") return true;
  return kind === "ConfigMap" && (isInjectorName(placed.name) || isMeshConfigMap(placed));
}
