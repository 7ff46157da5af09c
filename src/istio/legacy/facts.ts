/** What differs between the releases whose injector has one bare template. */

/** A row of `releases.ts` names one of these: whether `istioctl kube-inject` adds to the objects itself, or as the webhook does. */
export type BareInjection = "appended" | "patched";

export interface BareFacts {
  /** Whether kube-inject adds what is rendered to the object, without the labels and annotations of the webhook. */
  readonly commandAppends: boolean;
  /** Whether templates have sprig's functions. */
  readonly sprig: boolean;
  /** Whether the agent answers startup probes. */
  readonly startupProbes: boolean;
  /** Whether the agent is told also that there are no probes. */
  readonly tellsNoProbes: boolean;
  /** Whether pods get the proxy's group: where the mesh has a socket of secrets, or in any case. */
  readonly group: "where-secrets-are-served" | "always";
  /** Whether the network and the cluster of the values are told to the proxy. */
  readonly tellsCluster: boolean;
  /** Whether the proxy may start before the application. */
  readonly holdsApplication: boolean;
}

/** The facts of 1.6 and 1.7, and of 1.8. */
export const bareFacts: Readonly<Record<BareInjection, BareFacts>> = {
  appended: {
    commandAppends: true,
    sprig: false,
    startupProbes: false,
    tellsNoProbes: true,
    group: "where-secrets-are-served",
    tellsCluster: false,
    holdsApplication: false,
  },
  patched: {
    commandAppends: false,
    sprig: true,
    startupProbes: true,
    tellsNoProbes: false,
    group: "always",
    tellsCluster: true,
    holdsApplication: true,
  },
};
