/** What an upgrade of Istio means for a repository besides its workloads: keys that come and go, and what stands in for what cannot be upgraded. */

import { knownKey } from "../istio/catalogue.ts";
import { isInjectorName } from "../istio/injector-config.ts";
import { laterProfile } from "../istio/profile.ts";
import { nearestFacts } from "../istio/releases.ts";
import { injectKey } from "../istio/webhook.ts";
import { istiodFor } from "../world/istiods.ts";
import type { Origin, Workload, World } from "../world/world.ts";

/**
 * What to know of a comparison of the same files as two releases have them, a sentence each: keys of pods that one release lists and the
 * other does not, and what of the repository is left aside, kept or the same on both sides.
 */
export function upgradeRemarks(before: World, after: World): readonly string[] {
  return [
    ...keyRemarks(after.workloads, before.mesh.release, after.mesh.release),
    ...webhookRemarks(after),
    ...tagRemarks(before, after),
    ...[before, after].flatMap(laterRemarks),
  ];
}

function minorOf(release: string): number {
  return Number(nearestFacts(release).minor.split(".")[1] ?? 0);
}

/** What these do is told as verdicts: webhooks ask for them from other releases on than Istio lists them. */
const deciding: ReadonlySet<string> = new Set([injectKey, "istio.io/rev"]);

/** Keys that come, go, or are deprecated in Istio's own tables on the way from one release to another, with how many pods have them. */
function keyRemarks(workloads: readonly Workload[], from: string, to: string): readonly string[] {
  const [low, high] = [minorOf(from), minorOf(to)].sort((a, b) => a - b);
  const used = new Map<string, Workload[]>();
  for (const workload of workloads) {
    for (const kind of ["annotation", "label"] as const) {
      for (const key of Object.keys(kind === "label" ? workload.pod.labels : workload.pod.annotations)) {
        if (!key.includes("istio.io/") || deciding.has(key)) continue;
        const users = used.get(`${kind} ${key}`);
        if (users) users.push(workload);
        else used.set(`${kind} ${key}`, [workload]);
      }
    }
  }
  const isBetween = (release: string | undefined) => {
    const minor = release === undefined ? 0 : Number(release.split(".")[1]);
    return minor > (low ?? 0) && minor <= (high ?? 0);
  };
  return [...used].flatMap(([named, users]) => {
    const [kind = "", key = ""] = named.split(" ");
    const entry = knownKey(key).find((one) => one.kind === kind && one.resources.includes("Pod"));
    if (!entry) return [];
    const says = [
      ...(isBetween(entry.since) ? [`is in Istio's list of ${kind}s from ${entry.since} on`] : []),
      // What rules find of annotations is told as findings.
      ...(kind === "label" && isBetween(entry.until)
        ? [`is not in Istio's list of labels any more from ${entry.until} on`]
        : []),
      ...(kind === "label" && isBetween(entry.deprecated)
        ? [`is deprecated from Istio ${entry.deprecated} on`]
        : []),
    ];
    return says.map((said) => `${kind} ${key} ${said}${whereUsed(users, kind, key)}.`);
  });
}

function whereUsed(users: readonly Workload[], kind: string, key: string): string {
  const [first] = users;
  if (!first) return "";
  const origin = first.originOf({
    of: "pod",
    path: ["metadata", kind === "label" ? "labels" : "annotations", key],
  });
  return ` (${lineOf(origin)}${users.length > 1 ? `, ${users.length} workloads` : ""})`;
}

function lineOf({ text, location }: Origin): string {
  return location ? `${location.file}:${location.line}` : text;
}

/** The releases of the injectors that the repository holds itself, where they are others than the one that is asked for. */
export function ownReleases({ mesh }: World): readonly string[] {
  const own = mesh.injectors.flatMap(({ configMap, release }) => (configMap && release ? [release] : []));
  return [...new Set(own)].filter((release) => minorOf(release) !== minorOf(mesh.release));
}

/** What stands for the other side: a configuration of an injector is of one release, and nobody can tell what it will be in another. */
export function injectorRemarks(before: World, after: World): readonly string[] {
  return before.injectorConfigMaps
    .filter(({ name }) => isInjectorName(name))
    .map((placed) => {
      const location = placed.locate(["metadata", "name"]);
      const where = location ? `${location.file}:${location.line}` : placed.name;
      const injector = before.mesh.injectors.find(({ configMap }) => configMap?.endsWith(`/${placed.name}`));
      const own = injector?.release ? ` of Istio ${injector.release}` : "";
      return `${where}: the injector's configuration${own} stands for Istio ${before.mesh.release}; what it becomes is not known, so a stock install of Istio ${after.mesh.release} stands for the other side.`;
    });
}

function webhookRemarks({ mesh, webhookConfigurations }: World): readonly string[] {
  const written = new Set(
    mesh.webhooks.filter((one) => one.written).map(({ configuration }) => configuration),
  );
  return webhookConfigurations
    .filter(({ name }) => written.has(name))
    .map((placed) => {
      const location = placed.locate(["metadata", "name"]);
      const where = location ? `${location.file}:${location.line}` : placed.name;
      return `${where}: the webhooks of ${placed.name} are taken as they are for both releases.`;
    });
}

/** Tags of images that somebody wrote down stay what they are, so that the image does not follow the release. */
function tagRemarks(before: World, after: World): readonly string[] {
  const told = new Set<string>();
  for (const { revision } of after.mesh.injectors) {
    const readings = [istiodFor(before, revision), istiodFor(after, revision)];
    const places = readings.map((reading) => {
      if (!reading.ok || reading.source === "config-map") return undefined;
      const { location } = reading.origins.values.originOf(["global", "tag"]);
      return location && { where: `${location.file}:${location.line}`, tag: reading.istiod.values.tag };
    });
    const [one, other] = places;
    if (one && other && one.where === other.where && one.tag === other.tag)
      told.add(`${one.where} sets the tag of images, ${one.tag}: it is the same for both releases.`);
  }
  return [...told];
}

function laterRemarks({ mesh }: World): readonly string[] {
  const later = laterProfile(mesh.release);
  return later === undefined
    ? []
    : [`What Istio ${mesh.release} injects is told as Istio ${later} does it: its own profile is not known.`];
}
