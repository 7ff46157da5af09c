/** The order of containers after injection. */
import { meshProxyConfig } from "../mesh-config.ts";
import type { Message } from "../message.ts";
import { nearestFacts, newestRelease, type ReleaseFacts } from "../releases.ts";
import type { Values } from "../values.ts";
import {
  type Container,
  containersOf,
  coreDumpName,
  findContainer,
  initName,
  type Pod,
  proxyName,
  validationName,
  withContainers,
} from "./pod.ts";

export type Move = "first" | "last" | "remove";

/** The containers with those of a name moved or removed; of several of one name only the last stays. */
export function moveContainer(
  containers: readonly Container[],
  name: string,
  move: Move,
): readonly Container[] {
  const match = containers.findLast((container) => container.name === name);
  if (!match) return containers;
  const others = containers.filter((container) => container.name !== name);
  if (move === "remove") return others;
  return move === "first" ? [match, ...others] : [...others, match];
}

/** Whether the application waits for the proxy to start, by the mesh's proxy configuration with the pod's own, or by the values. */
export function holdsApplication(mesh: Message, values: Values): boolean {
  const { holdApplicationUntilProxyStarts } = meshProxyConfig(mesh);
  return holdApplicationUntilProxyStarts === true || values.holdApplicationUntilProxyStarts;
}

/**
 * The proxy comes last so that tools default to the application, or first when the application waits for it. Native sidecars stand
 * behind the set-up of the capture and before all other init containers; otherwise capture is set up last, so that init containers
 * still have their network. As reorderPod of istio/istio 1.30.
 */
export function orderContainers(
  pod: Pod,
  holdApplication: boolean,
  { nativeSidecars }: Pick<ReleaseFacts, "nativeSidecars"> = nearestFacts(newestRelease),
): Pod {
  const containers = moveContainer(
    containersOf(pod, "containers"),
    proxyName,
    holdApplication ? "first" : "last",
  );
  const init = orderInit(containersOf(pod, "initContainers"), nativeSidecars !== undefined);
  return withContainers(withContainers(pod, "containers", containers), "initContainers", init);
}

function orderInit(containers: readonly Container[], knowsNative: boolean): readonly Container[] {
  const isNative = knowsNative && findContainer(containers, proxyName) !== undefined;
  const moves: readonly (readonly [string, Move])[] = isNative
    ? [
        [coreDumpName, "first"],
        [proxyName, "first"],
        [validationName, "first"],
        [initName, "first"],
      ]
    : [
        [validationName, "first"],
        [initName, "last"],
        [coreDumpName, "last"],
      ];
  return moves.reduce((ordered, [name, move]) => moveContainer(ordered, name, move), containers);
}
