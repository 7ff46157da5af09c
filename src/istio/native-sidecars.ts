/** Whether istiod injects native sidecars into pods that do not say: by its environment, its release and the kubelets. */
import { detectNative } from "./inject/native.ts";
import type { ReleaseFacts } from "./releases.ts";

/** What is known of an istiod and its cluster. */
export interface NativeFacts {
  readonly release: Pick<ReleaseFacts, "nativeSidecars">;
  /** ENABLE_NATIVE_SIDECARS as it is set; undefined where nothing sets it. */
  readonly setting: string | undefined;
  /** The release of the oldest kubelet, such as "1.33" or "v1.32.4-gke.1"; undefined where nobody says. */
  readonly kubernetesVersion: string | undefined;
}

/**
 * Whether the sidecar is a native one; undefined where that depends on kubelets of which nobody says the release. As istiod 1.19 to 1.30
 * reads ENABLE_NATIVE_SIDECARS: up to 1.26 a boolean of Go, of which an invalid one is the default; from 1.27 on `true`, `false` or `auto`,
 * and anything else is `false`.
 */
export function areNative({ release, setting, kubernetesVersion }: NativeFacts): boolean | undefined {
  const byDefault = release.nativeSidecars;
  if (byDefault === undefined) return false;
  if (byDefault !== "auto") return goBoolean(setting ?? "") ?? byDefault === "true";
  // An empty variable counts as set.
  const mode = setting ?? byDefault;
  if (mode !== "auto") return mode === "true";
  return kubernetesVersion === undefined ? undefined : isStableIn(kubernetesVersion);
}

function goBoolean(text: string): boolean | undefined {
  if (["1", "t", "T", "TRUE", "true", "True"].includes(text)) return true;
  if (["0", "f", "F", "FALSE", "false", "False"].includes(text)) return false;
  return undefined;
}

/** Undefined for what is no release. */
function isStableIn(kubeletVersion: string): boolean | undefined {
  return /^v?\d+\.\d/.test(kubeletVersion) ? detectNative("auto", [{ name: "", kubeletVersion }]) : undefined;
}
