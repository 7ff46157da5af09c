/** Which known Istio key a misspelled one was meant to be. */
import { edits } from "../kube/nearest.ts";
import { isKnownKey, knownKeys } from "./catalogue.ts";

/** Keys with a part like "istio", which every single slip in the word leaves, are looked at; other people's are not. */
const traces = ["isti", "stio", "sito", "itsi", "isot", "istoi", "itio", "isio"];

/** Names shorter than this are too alike to be guessed from more than one slip. */
const shortName = 6;

interface Parts {
  readonly prefix: string;
  readonly name: string;
}

let known: readonly (Parts & { readonly key: string; readonly folded: string })[] | undefined;

/** Keys that people write for one of Istio's, which no slip of the fingers explains, and what was meant. */
const mistaken: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "istio-inject": "istio-injection",
    "istio-inject-enabled": "istio-injection",
    "istio-injection-enabled": "istio-injection",
    "istio-sidecar-inject": "istio-injection",
    "istio-sidecar-injection": "istio-injection",
    "istio.io/injection": "istio-injection",
    "istio.io/sidecar-injection": "istio-injection",
    "istio.io/sidecar-inject": "sidecar.istio.io/inject",
    "sidecar.istio.io/enabled": "sidecar.istio.io/inject",
    "sidecar.istio.io/enable": "sidecar.istio.io/inject",
    "istio.io/revision": "istio.io/rev",
    "sidecar.istio.io/rev": "istio.io/rev",
    "sidecar.istio.io/revision": "istio.io/rev",
    "istio.io/data-plane-mode": "istio.io/dataplane-mode",
    "istio.io/waypoint": "istio.io/use-waypoint",
    "sidecar.istio.io/cpu": "sidecar.istio.io/proxyCPU",
    "sidecar.istio.io/cpuRequest": "sidecar.istio.io/proxyCPU",
    "sidecar.istio.io/proxyCPURequest": "sidecar.istio.io/proxyCPU",
    "sidecar.istio.io/cpuLimit": "sidecar.istio.io/proxyCPULimit",
    "sidecar.istio.io/memory": "sidecar.istio.io/proxyMemory",
    "sidecar.istio.io/memoryRequest": "sidecar.istio.io/proxyMemory",
    "sidecar.istio.io/proxyMemoryRequest": "sidecar.istio.io/proxyMemory",
    "sidecar.istio.io/memoryLimit": "sidecar.istio.io/proxyMemoryLimit",
    "sidecar.istio.io/template": "inject.istio.io/templates",
    "sidecar.istio.io/templates": "inject.istio.io/templates",
    "sidecar.istio.io/config": "proxy.istio.io/config",
  }).map(([key, meant]) => [key.toLowerCase(), meant]),
);

/** What a key was meant to do is done by another one on the other kind of object. */
const counterparts = {
  Pod: new Map([["istio-injection", "sidecar.istio.io/inject"]]),
  Namespace: new Map([["sidecar.istio.io/inject", "istio-injection"]]),
};

/**
 * The known keys that a key was meant to be (on a pod or a Namespace, where that is said), several only where they are as near as each other; empty
 * for known keys and for those that resemble none. Well-known mistakes come first, then the name of a sidecar setting
 * behind another prefix of Istio's (`istio.io/proxyCPU`), then slips, as `slipsOf` counts them.
 */
export function nearestKeys(key: string, on?: "Namespace" | "Pod"): readonly string[] {
  if (key.length < 8 || key.length > 80 || isKnownKey(key)) return [];
  const lower = key.toLowerCase();
  if (!traces.some((trace) => lower.includes(trace))) return [];
  const meant = mistaken.get(lower) ?? behindAnotherPrefix(lower);
  const keys = meant === undefined ? slipsOf(lower) : [meant];
  if (!on) return keys;
  const others = counterparts[on];
  return [...new Set(keys.map((one) => others.get(one) ?? one))];
}

let settings: ReadonlyMap<string, string> | undefined;

/** The setting of the sidecar that has the name behind the slash, where the prefix is some domain of Istio's. */
function behindAnotherPrefix(lower: string): string | undefined {
  const { prefix, name } = partsOf(lower);
  if (prefix !== "istio.io" && !prefix.endsWith(".istio.io")) return undefined;
  settings ??= new Map(
    knownKeys()
      .filter((each) => /^(?:.+\.)?sidecar\.istio\.io\//.test(each) && !tooCommon.has(each))
      .map((each) => [partsOf(each.toLowerCase()).name, each]),
  );
  return settings.get(name);
}

/** Settings whose names could be anybody's. */
const tooCommon = new Set(["sidecar.istio.io/status", "status.sidecar.istio.io/port"]);

/**
 * The known keys that a key resembles, the nearest, several only where they are as near as each other. Counted as slips: wrong case, a dot or another sign for the slash, swapped, missing, additional or
 * wrong letters, two in all (one in short names), and a longer ending such as `injection` for `inject`.
 */
function slipsOf(lower: string): readonly string[] {
  if (lower.length < 10) return [];
  known ??= [...knownKeys()].map((each) => ({
    key: each,
    ...partsOf(each.toLowerCase()),
    folded: fold(each),
  }));
  const folded = fold(withDomain(lower));
  const same = known.filter((each) => each.folded === folded).map((each) => each.key);
  if (same.length > 0) return same;

  let least = Number.POSITIVE_INFINITY;
  let nearest: string[] = [];
  const parts = partsOf(withDomain(lower));
  for (const each of known) {
    const distance = distanceBetween(parts, each, folded, each.folded);
    if (distance > least || distance === Number.POSITIVE_INFINITY) continue;
    if (distance < least) nearest = [];
    least = distance;
    nearest.push(each.key);
  }
  return nearest;
}

/** `sidecar.istio/inject` lacks the end of the domain, which is more letters than a slip may cost. */
function withDomain(key: string): string {
  return key.replace(/(^|\.)istio\//, "$1istio.io/");
}

/** A key in lower case without its separators. */
function fold(key: string): string {
  return key.toLowerCase().replace(/[^a-z0-9]/g, "");
}

function partsOf(key: string): Parts {
  const slash = key.indexOf("/");
  return slash < 0 ? { prefix: "", name: key } : { prefix: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** Slips between a key and a known one; infinite when it was not meant. */
function distanceBetween(given: Parts, meant: Parts, folded: string, meantFolded: string): number {
  const never = Number.POSITIVE_INFINITY;
  const most = meant.name.length < shortName ? 1 : 2;
  if (given.prefix === "" || meant.prefix === "") {
    // A lost or wrong separator: only the whole can be compared.
    if (Math.abs(folded.length - meantFolded.length) > most) return never;
    const distance = edits(folded, meantFolded);
    return distance <= most ? distance : never;
  }
  if (Math.abs(given.prefix.length - meant.prefix.length) > 2) return never;
  const ofPrefix = given.prefix === meant.prefix ? 0 : edits(given.prefix, meant.prefix);
  if (ofPrefix > most) return never;
  const longer = given.name.length - meant.name.length;
  if (meant.name.length >= shortName && longer > 0 && longer <= 3 && given.name.startsWith(meant.name)) {
    return ofPrefix + longer;
  }
  if (longer > 2 || longer < -2) return never;
  const distance = ofPrefix + edits(given.name, meant.name);
  return distance <= most ? distance : never;
}
