/** What differs between the programs of releases that capture traffic; rows of `releases.ts` say what each release has. */
import type { SettingName } from "./settings.ts";

export interface CaptureFacts {
  /** Flags that the program does not know. */
  readonly unknownFlags: readonly SettingName[];
  /** Whether a variable that is there and empty says something. */
  readonly readsEmptyVariables: boolean;
  /** The variable that has DNS captured, whatever it says; undefined where a flag does. */
  readonly dnsVariable: string | undefined;
  /** Whether variables say which groups are captured. */
  readonly ownerGroups: boolean;
  /** Whether a variable says what counts as loopback. */
  readonly loopbackVariable: boolean;
  /** Whose traffic is left alone where nothing says it. */
  readonly standardUsers: string;
  /** Whether link-local addresses say nothing of the pod's family. */
  readonly skipsLinkLocal: boolean;
  /** Whether chains that are only jumped to are made as well. */
  readonly makesChainsJumpedTo: boolean;
  /** Whether IPv6 has a shorter list of rules of its own; otherwise both families have the same. */
  readonly familiesApart: boolean;
  /** Whether rules stand in the order of the first programs, which leave out much of what later ones have for IPv6. */
  readonly firstOrder: boolean;
  /** Whether virtual interfaces are looked at before all else. */
  readonly virtualFirst: boolean;
  /** Whether queries of the proxy and of the application are tracked apart. */
  readonly tracksQueries: boolean;
  /** Whether packets of the proxy to its own pod are marked where TPROXY captures. */
  readonly marksOwn: boolean;
  /** How ranges of addresses are read: `rounded` to where they begin, else as they are written. */
  readonly ranges: "rounded" | "written";
  /** Whether what is no range ends the program; otherwise it is passed over. */
  readonly refusesRanges: boolean;
  /** Whether a list of ranges ends with a rule for all others. */
  readonly endsRanges: boolean;
  /** Whether port 22 is never captured. */
  readonly sparesShell: boolean;
  /** Whether calls of the proxy to its own pod that go to the port for HBONE are left alone. */
  readonly sparesTunnel: boolean;
  /** Whether what is sent is looked at whatever its protocol; otherwise TCP alone is. */
  readonly looksAtAll: boolean;
  /** Where queries over UDP are looked at: in the chain of the kernel, among all that is sent, or in a chain of their own. */
  readonly dnsChain: "OUTPUT" | "ISTIO_OUTPUT" | "ISTIO_OUTPUT_DNS";
  /** Whether answers to queries are told by the server that they come from; otherwise, in vain, by where they go to. */
  readonly dnsAnswersBySource: boolean;
  /** Whether packets of no connection are dropped in a chain of their own. */
  readonly dropChain: boolean;
}
