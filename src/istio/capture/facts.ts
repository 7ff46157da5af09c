/** What differs between the programs of releases that capture traffic. */
import type { SettingName } from "./settings.ts";

/** A row of `releases.ts` names one of these. */
export type CaptureProgram = "addresses-v4" | "families";

export interface CaptureFacts {
  /** Flags that the program does not know. */
  readonly unknownFlags: readonly SettingName[];
  /** Whether a variable that is there and empty says something. */
  readonly readsEmptyVariables: boolean;
  /** The variable that has DNS captured, whatever it says; undefined where a flag does. */
  readonly dnsVariable: string | undefined;
  /** Whether variables say which groups are captured, and what counts as loopback. */
  readonly ownerGroups: boolean;
  /** Whose traffic is left alone where nothing says it. */
  readonly standardUsers: string;
  /** Whether link-local addresses say nothing of the pod's family. */
  readonly skipsLinkLocal: boolean;
  /** Whether chains that are only jumped to are made as well. */
  readonly makesChainsJumpedTo: boolean;
}

/** The facts of the two programs: up to Istio 1.7, and of newer releases as of 1.30. */
export const captureFacts: Readonly<Record<CaptureProgram, CaptureFacts>> = {
  "addresses-v4": {
    unknownFlags: [
      "tunnelPort",
      "excludedInterfaces",
      "includedOutboundPorts",
      "networkNamespace",
      "iptablesBinary",
      "redirectsDns",
      "dropsInvalid",
      "dualStack",
      "capturesAllDns",
      "cniMode",
      "reconciles",
      "cleansUpOnly",
      "forces",
      "nftables",
    ],
    readsEmptyVariables: false,
    dnsVariable: "DNS_CAPTURE",
    ownerGroups: false,
    standardUsers: "1337,0",
    skipsLinkLocal: false,
    makesChainsJumpedTo: false,
  },
  families: {
    unknownFlags: ["restoreFormat"],
    readsEmptyVariables: true,
    dnsVariable: undefined,
    ownerGroups: true,
    standardUsers: "1337",
    skipsLinkLocal: true,
    makesChainsJumpedTo: true,
  },
};
