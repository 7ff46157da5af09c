/** Which keys in Istio's own domain no release of Istio knows. */
import { isKnownKey } from "./catalogue.ts";

/** A key of the domain istio.io or one below it, as Kubernetes takes it; what is yet to be filled in is none. */
const ofIstio = /^(?:[a-z0-9-]+\.)*istio\.io\/[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Domains in which Istio's control plane, installers, tools and tests keep accounts of their own. */
const ownAccounts: ReadonlySet<string> = new Set([
  "config.istio.io",
  "envoyfilter.istio.io",
  "experimental.istio.io",
  "galley.istio.io",
  "install.istio.io",
  "install.operator.istio.io",
  "internal.istio.io",
  "leader.istio.io",
  "operator.istio.io",
  "release.istio.io",
  "test.istio.io",
  "testing.istio.io",
]);

/** Keys of other objects than pods that some release reads or writes, and that objects made from these may carry on. */
const elsewhere: ReadonlySet<string> = new Set([
  "gateway.istio.io/agentgatewayImage",
  "gateway.istio.io/alias-for",
  "istio.io/enable-inference-extproc",
  "istio.io/for-service-account",
  "istio.io/inferencepool-extension-failure-mode",
  "istio.io/inferencepool-extension-port",
  "istio.io/inferencepool-extension-service",
  "istio.io/service-account.name",
  "istio.io/use-waypoint-canary",
  "istio.io/use-waypoint-canary-namespace",
  "istio.io/use-waypoint-canary-weight",
  "prometheus.istio.io/secure-port",
]);

/** Whether a key has Istio's domain and nothing in the releases 1.6 to 1.30 reads or writes it. */
export function isUnknownKey(key: string): boolean {
  if (!key.includes("istio.io/") || !ofIstio.test(key)) return false;
  return !ownAccounts.has(key.slice(0, key.indexOf("/"))) && !elsewhere.has(key) && !isKnownKey(key);
}
