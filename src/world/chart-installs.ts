/** The charts of istiod that objects of Argo CD and Flux install, with the values that their deliveries give them. */

import { type ChartKind, chartKind } from "../istio/install-gates.ts";
import { jsonTextOf } from "../kube/json.ts";
import { type ChartValues, chartValues } from "./chart-values.ts";
import type { Collected } from "./collect.ts";
import type { Delivery } from "./delivery.ts";
import type { Placed, Skipped } from "./world.ts";

/** A chart of istiod that an object installs. */
export interface ChartInstall extends ChartKind {
  /** Undefined where some of them are not in the repository, or cannot be read. */
  readonly values: ChartValues | undefined;
}

/** Objects, those that install charts of istiod with what their deliveries give these, and what cannot be told of them. */
export function withCharts(
  placed: readonly Placed[],
  deliveries: readonly Delivery[],
  documentsOf: Collected["documentsOf"],
): { readonly placed: readonly Placed[]; readonly skipped: readonly Skipped[] } {
  const ofCharts = deliveries.filter(({ chart }) => chart && chartKind(chart.name, chart.version));
  if (ofCharts.length === 0) return { placed, skipped: [] };
  const skipped = new Map<string, Skipped>();
  const told = placed.map((one): Placed => {
    const own = ofCharts.filter((delivery) => isOf(delivery, one));
    if (own.length === 0) return one;
    const charts = new Map<string, ChartInstall>();
    for (const { chart, id, label } of own) {
      const kind = chart && chartKind(chart.name, chart.version);
      if (!kind) continue;
      const values = chartValues(chart, documentsOf);
      // One object may be delivered to several clusters; the number at the end of the name tells them apart.
      charts.set(id.replace(/ \d+$/, ""), { ...kind, values });
      const { path } = one.resource.document.file;
      const detail = `${label}: not all values of its chart ${chart.name} are in the repository, so that nothing is known of its revision`;
      if (!values && !kind.tagsOnly)
        skipped.set(path + detail, { reason: "delivery", path, files: 1, detail });
    }
    const { namespaceOrigin: _, ...rest } = one;
    return {
      ...rest,
      get namespaceOrigin() {
        return one.namespaceOrigin;
      },
      charts: [...charts.values()],
    };
  });
  return { placed: told, skipped: [...skipped.values()] };
}

function isOf({ placed }: Delivery, { resource, name, value }: Placed): boolean {
  return (
    placed.resource === resource &&
    placed.name === name &&
    (placed.value === value || jsonTextOf(placed.value.spec) === jsonTextOf(value.spec))
  );
}
