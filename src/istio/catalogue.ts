/** The annotations and labels that Istio knows, with their history: which key, on what, since and until when. */
import { catalogueTable } from "./catalogue-table.ts";

/** What Istio says of a key, from the tables of istio.io/api behind the releases 1.8 to 1.30. */
export interface KnownKey {
  readonly key: string;
  readonly kind: "annotation" | "label";
  /** Kinds it applies to; "Any" for every kind. */
  readonly resources: readonly string[];
  /** The first minor release looked at whose table has it; "1.8" also stands for earlier ones. */
  readonly since: string;
  /** The first minor release that has it no more. */
  readonly until: string | undefined;
  /** The first minor release that calls it deprecated. */
  readonly deprecated: string | undefined;
  readonly meaning: string;
}

/** Keys that Istio's own code or templates read and its tables do not list. */
const unlisted: ReadonlySet<string> = new Set([
  "ambient.istio.io/xfcc-include-client-identity",
  "cni.istio.io/not-ready",
  "cni.istio.io/uninitialized",
  "gateway.istio.io/defaults-for-class",
  "gateway.istio.io/listener-protocol",
  "gateway.istio.io/tls-cipher-suites",
  "gateway.istio.io/tls-terminate-mode",
  "istio.io/connect-strategy",
  "istio.io/draining",
  "istio.io/global",
  "istio.io/ignore-policy-attachment",
  "istio.io/inferencepool-name",
  "istio.io/persistent-session",
  "istio.io/persistent-session-header",
  "networking.istio.io/address-type",
  "networking.istio.io/cluster",
  "networking.istio.io/tunnel",
  "proxy.istio.io/health-checks-enabled",
  "sidecar.istio.io/capNetBindService",
]);

let entries: ReadonlyMap<string, readonly KnownKey[]> | undefined;

function catalogue(): ReadonlyMap<string, readonly KnownKey[]> {
  entries ??= readTable();
  return entries;
}

function readTable(): ReadonlyMap<string, readonly KnownKey[]> {
  const found = new Map<string, KnownKey[]>();
  for (const line of catalogueTable.trim().split("\n")) {
    const [key = "", kind, resources = "", since = "", until, deprecated, meaning = ""] = line.split(" | ");
    const entry: KnownKey = {
      key,
      kind: kind === "label" ? "label" : "annotation",
      resources: resources.split(" "),
      since,
      until: until === "-" ? undefined : until,
      deprecated: deprecated === "-" ? undefined : deprecated,
      meaning,
    };
    const same = found.get(key);
    if (same) same.push(entry);
    else found.set(key, [entry]);
  }
  return found;
}

/** Whether some release of Istio knows a key, as a label or as an annotation. */
export function isKnownKey(key: string): boolean {
  return catalogue().has(key) || unlisted.has(key);
}

/** What Istio's tables say of a key: up to one entry as an annotation and one as a label. */
export function knownKey(key: string): readonly KnownKey[] {
  return catalogue().get(key) ?? [];
}

/** Every known key, once. */
export function knownKeys(): readonly string[] {
  return [...catalogue().keys(), ...unlisted];
}
