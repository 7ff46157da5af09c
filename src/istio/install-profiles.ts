/** The profiles of istioctl and of the charts, as far as they change what is injected. */
import type { JsonObject } from "../kube/json.ts";
import { layOver } from "./lay-over.ts";

/** What a profile brings along: Helm values of istiod as its ConfigMap has them, and configuration of the mesh. */
export interface InstallProfile {
  readonly values: JsonObject;
  readonly mesh: JsonObject;
  /** Whether an IstioOperator with it installs the CNI plugin, where it does not say itself. */
  readonly cni: boolean;
  /** Whether an IstioOperator with it installs an istiod, where it does not say itself. */
  readonly hasIstiod: boolean;
}

const stock: InstallProfile = { values: {}, mesh: {}, cni: false, hasIstiod: true };

const demo: JsonObject = { global: { proxy: { resources: { requests: { cpu: "10m", memory: "40Mi" } } } } };
const openshift: JsonObject = { global: { platform: "openshift" } };
const multus: JsonObject = { pilot: { cni: { provider: "multus" } } };
const hbone: JsonObject = { defaultConfig: { proxyMetadata: { ISTIO_META_ENABLE_HBONE: "true" } } };

/** A profile of a minor release, since which it is there; undefined for one that the release does not have. */
type Since = readonly [since: number, of: (minor: number) => InstallProfile];

const profiles: Readonly<Record<string, Since>> = {
  default: [6, () => stock],
  minimal: [6, () => stock],
  stable: [22, () => stock],
  empty: [6, () => ({ ...stock, hasIstiod: false })],
  remote: [6, () => ({ ...stock, hasIstiod: false })],
  external: [10, () => ({ ...stock, hasIstiod: false })],
  demo: [6, () => ({ ...stock, values: demo })],
  preview: [6, (minor) => ({ ...stock, mesh: previewMesh(minor) })],
  ambient: [16, (minor) => ({ ...stock, values: ambientValues(minor), mesh: hbone, cni: minor >= 18 })],
  openshift: [8, (minor) => ({ ...stock, values: openshiftValues(minor), cni: true })],
  "openshift-ambient": [
    22,
    (minor) => ({
      ...stock,
      values: layOver(ambientValues(minor), openshiftValues(minor)),
      mesh: hbone,
      cni: true,
    }),
  ],
};

/** Profiles that are gone since a minor release. */
const gone: Readonly<Record<string, number>> = { external: 22 };

/** The names of the profiles of a minor release, such as 30. */
export function profileNames(minor: number): readonly string[] {
  return Object.entries(profiles).flatMap(([name, [since]]) =>
    minor >= since && minor < (gone[name] ?? Number.POSITIVE_INFINITY) ? [name] : [],
  );
}

/** A profile of a minor release; undefined where it has none of that name. Read from istio/istio at the tags 1.16.7 to 1.30.3. */
export function installProfile(name: string, minor: number): InstallProfile | undefined {
  return profileNames(minor).includes(name) ? profiles[name]?.[1](minor) : undefined;
}

function previewMesh(minor: number): JsonObject {
  const proxyMetadata: JsonObject = {
    ISTIO_META_DNS_CAPTURE: "true",
    ...(minor <= 20 ? { BOOTSTRAP_XDS_AGENT: "true" } : {}),
  };
  return { defaultConfig: { proxyMetadata } };
}

function ambientValues(minor: number): JsonObject {
  if (minor < 22) return {};
  const env = { PILOT_ENABLE_AMBIENT: "true" };
  return { global: { variant: "distroless" }, pilot: { env, cni: { ambient: { enabled: true } } } };
}

function openshiftValues(minor: number): JsonObject {
  if (minor < 19) return {};
  return minor < 22 ? { ...openshift, istio_cni: { chained: false } } : { ...openshift, ...multus };
}

/** What `global.platform` brings along in the charts of a minor release; undefined for a platform that they refuse. */
export function platformValues(platform: string, minor: number): JsonObject | undefined {
  if (minor < 24 || platform === "") return {};
  if (platform === "openshift") return { pilot: { cni: { enabled: true, provider: "multus" } } };
  return platformNames.includes(platform) ? {} : undefined;
}

/** The platforms that the charts know since 1.24. */
export const platformNames: readonly string[] = ["gke", "k3d", "k3s", "microk8s", "minikube", "openshift"];

/** What `compatibilityVersion` brings along: the behaviour of an older release. */
export function compatibilityValues(version: string, minor: number): JsonObject {
  const [, older] = /^1\.(\d{1,4})$/.exec(version) ?? [];
  const isOff = older !== undefined && Number(older) <= 26 && minor >= 27;
  return isOff ? { pilot: { env: { ENABLE_NATIVE_SIDECARS: "false" } } } : {};
}
