/** One pod template back to what it was before an injection, as far as the injection recorded it. */
import type { Labels } from "../facts.ts";
import { objectOf, type Pod } from "./pod.ts";
import type { Unrecorded } from "./taken.ts";
import { readTraces } from "./traces.ts";
import { takeContainers } from "./uninject-containers.ts";
import { takeMetadata } from "./uninject-metadata.ts";
import { restoreProbes } from "./uninject-probes.ts";
import { takeRest } from "./uninject-spec.ts";

export type UninjectedPod =
  | { readonly ok: true; readonly was: "untouched" }
  | {
      readonly ok: true;
      readonly was: "injected";
      readonly pod: Pod;
      readonly unrecorded: readonly Unrecorded[];
    }
  | { readonly ok: false; readonly error: string };

/** What is known of the pod besides what stands in it. */
export interface Surroundings {
  /** The workload's name, where the proxy's environment does not tell it. */
  readonly workload: string;
  /** The annotations that the injector gives to every pod (`injectedAnnotations` of its configuration). */
  readonly injectedAnnotations: Labels;
  /** Whether the injector is known to be one that leaves the pod's dnsConfig where the mesh has none. */
  readonly keepsDns: boolean;
}

/**
 * Takes an injection back. Paths begin with "metadata" or "spec". The error is that of a status or a record that cannot be read.
 * @param pod metadata and spec as written, and nothing else
 */
export function uninjectPod(pod: Pod, surroundings: Surroundings): UninjectedPod {
  const read = readTraces(pod);
  if (!read.ok) return read;
  const { traces } = read;
  if (!traces) return { ok: true, was: "untouched" };
  const containers = takeContainers(pod, traces);
  const probes = restoreProbes(containers.pod, traces);
  const rest = takeRest(probes.pod, traces, surroundings);
  const metadata = takeMetadata(pod, rest.pod, traces, surroundings);
  return {
    ok: true,
    was: "injected",
    pod: {
      ...(metadata.pod.metadata === undefined ? {} : { metadata: metadata.pod.metadata }),
      spec: objectOf(rest.pod.spec),
    },
    unrecorded: [...metadata.unrecorded, ...containers.unrecorded, ...probes.unrecorded, ...rest.unrecorded],
  };
}
