/** The annotations that a bare template may tell a CNI plugin, by the release's list of known ones. */

const sidecar = [
  "inject",
  "status",
  "rewriteAppHTTPProbers",
  "controlPlaneAuthPolicy",
  "discoveryAddress",
  "proxyImage",
  "proxyCPU",
  "proxyMemory",
  "interceptionMode",
  "bootstrapOverride",
  "statsInclusionPrefixes",
  "statsInclusionSuffixes",
  "statsInclusionRegexps",
  "userVolume",
  "userVolumeMount",
  "enableCoreDump",
];
const traffic = [
  "includeOutboundIPRanges",
  "excludeOutboundIPRanges",
  "includeInboundPorts",
  "excludeInboundPorts",
  "excludeOutboundPorts",
  "kubevirtInterfaces",
];
const readiness = ["initialDelaySeconds", "periodSeconds", "failureThreshold"];

/** Names of annotations that Istio 1.6 knows; others that a template tells are passed over (istio/istio 1.6.14). */
export const redirectNames: readonly string[] = [
  ...sidecar.map((name) => `sidecar.istio.io/${name}`),
  ...traffic.map((name) => `traffic.sidecar.istio.io/${name}`),
  ...readiness.map((name) => `readiness.status.sidecar.istio.io/${name}`),
  "status.sidecar.istio.io/port",
  "prometheus.istio.io/merge-metrics",
  "proxy.istio.io/config",
  "k8s.v1.cni.cncf.io/networks",
];
