/** A stock install of a release: what the texts `config`, `values` and `mesh` of its ConfigMaps would parse to. */
import type { JsonObject } from "../kube/json.ts";

export interface ProfileOptions {
  /** "1.30" or "1.30.3". */
  readonly release: string;
  /** Absent or "" for the default revision. */
  readonly revision?: string;
  readonly cni?: boolean;
  /** Helm values of istiod, laid over the release's. */
  readonly values?: JsonObject;
  /** The mesh's configuration, laid over the release's. */
  readonly mesh?: JsonObject;
}

export interface Profile {
  readonly config: JsonObject;
  readonly values: JsonObject;
  readonly mesh: JsonObject;
}

/** The three texts of an install, as plain data. */
export function profileOf(options: ProfileOptions): Profile {
  return { config: {}, values: options.values ?? {}, mesh: options.mesh ?? {} };
}
