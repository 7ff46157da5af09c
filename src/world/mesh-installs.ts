/** The revisions that the repository's installs bring, with what all installs of one agree on. */

import type { Path } from "../istio/facts.ts";
import { gatePaths, type InstallGates, readGates, readSailTag, readTags } from "../istio/install-gates.ts";
import { jsonTextOf } from "../kube/json.ts";
import { dnsLabelErrors } from "../kube/names.ts";
import { originInLayers } from "./configured.ts";
import { originInside } from "./embedded.ts";
import { placedInstalls, type RepositoryInstall } from "./installs.ts";
import type { Origin, Placed } from "./world.ts";

/** A revision that an install of the repository brings. */
export interface InstalledRevision {
  readonly revision: string;
  /** The release of its istiod, where its installs name one. */
  readonly release: string | undefined;
  /** The tags that point at it, and where they are told. */
  readonly tags: ReadonlyMap<string, Origin>;
  /** What its installs say of the gates, as far as they do not differ. */
  readonly gates: InstallGates;
  /** Where the install tells of its revision. */
  readonly origin: Origin;
  /** Where it says what stands at a path of the values; where it tells of its revision when it does not. */
  originOf(path: Path): Origin;
}

/**
 * The revisions of all installs, by name. Installs of one revision that say different things of a setting, as those for several
 * clusters do, leave it as if none of them said anything; a tag that points at two revisions points at none.
 */
export function installedRevisions(shown: readonly Placed[]): readonly InstalledRevision[] {
  const readings = shown.flatMap((placed) => placedInstalls(placed));
  const installs = readings.flatMap((reading) => (reading.ok ? [reading.install] : []));
  const byRevision = new Map<string, RepositoryInstall[]>();
  for (const install of installs) {
    const { revision, hasIstiod } = install;
    if (!hasIstiod || revision === undefined || dnsLabelErrors(revision).length > 0) continue;
    byRevision.set(revision, [...(byRevision.get(revision) ?? []), install]);
  }
  const tags = tagsOf(installs, shown);
  return [...byRevision]
    .map(([revision, all]) => revisionOf(revision, all, tags.get(revision) ?? new Map()))
    .sort((a, b) => (a.revision < b.revision ? -1 : 1));
}

function revisionOf(
  revision: string,
  installs: readonly RepositoryInstall[],
  tags: ReadonlyMap<string, Origin>,
): InstalledRevision {
  const releases = new Set(installs.map(({ release }) => release));
  const gates = agreed(installs.map(({ options }) => readGates(options.values ?? {})));
  const [first] = installs;
  const origin = first?.origin ?? { text: "", location: undefined };
  return {
    revision,
    release: releases.size === 1 ? first?.release : undefined,
    tags,
    gates,
    origin,
    originOf(path) {
      for (const { layers } of installs) {
        const found = originInLayers(layers, "values", path);
        if (found) return found;
      }
      return origin;
    },
  };
}

/** What all say alike; a setting that some leave out counts as different. */
function agreed(all: readonly InstallGates[]): InstallGates {
  const [first = {}, ...others] = all;
  const kept = (Object.keys(gatePaths) as (keyof InstallGates)[]).filter(
    (gate) =>
      first[gate] !== undefined &&
      others.every((other) => jsonTextOf(other[gate]) === jsonTextOf(first[gate])),
  );
  return Object.fromEntries(kept.map((gate) => [gate, first[gate]]));
}

interface Tag {
  readonly tag: string;
  readonly revision: string;
  readonly origin: Origin;
}

/** The tags of each revision: those of values, and IstioRevisionTags. */
function tagsOf(
  installs: readonly RepositoryInstall[],
  shown: readonly Placed[],
): ReadonlyMap<string, ReadonlyMap<string, Origin>> {
  const ofValues = installs.flatMap(({ revision, options, layers, origin }): readonly Tag[] =>
    readTags(options.values ?? {}).flatMap((tag, index) => {
      const place = originInLayers(layers, "values", ["revisionTags", index]) ?? origin;
      return revision === undefined ? [] : [{ tag, revision, origin: place }];
    }),
  );
  const ofSail = shown.flatMap((placed): readonly Tag[] => {
    const sail = readSailTag(placed.value);
    if (!sail) return [];
    const { tag, kind, name } = sail;
    const target = installs.find((one) => one.placed.resource.kind === kind && one.placed.name === name);
    const revision = target ? target.revision : kind === "IstioRevision" ? name : undefined;
    return revision === undefined
      ? []
      : [{ tag, revision, origin: originInside(placed, ["spec", "targetRef"]) }];
  });
  const result = new Map<string, Map<string, Origin>>();
  const all = [...ofValues, ...ofSail].filter(({ tag }) => dnsLabelErrors(tag).length === 0);
  for (const { tag, revision, origin } of all) {
    if (tag === revision || all.some((other) => other.tag === tag && other.revision !== revision)) continue;
    const known = result.get(revision) ?? new Map<string, Origin>();
    if (!known.has(tag)) result.set(revision, known.set(tag, origin));
  }
  return result;
}
