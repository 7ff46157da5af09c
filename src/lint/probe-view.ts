/** Probes as rules see them: those that ask a port by a name that the container does not have. */
import { probePaths, unresolvedPort } from "../istio/rewritten-probes.ts";
import { at, isObject } from "../kube/json.ts";
import type { ContainerView } from "./pod-view.ts";

/** A probe or lifecycle handler. */
export class ProbeView {
  readonly container: ContainerView;
  /** `livenessProbe`, `lifecycle.preStop`. */
  readonly name: string;
  /** Steps to the port, below the container. */
  readonly path: readonly string[];
  readonly port: string;

  constructor(container: ContainerView, path: readonly string[], action: string, port: string) {
    this.container = container;
    this.name = path.join(".");
    this.path = [...path, action, "port"];
    this.port = port;
  }
}

/** The probes of containers whose port has a name that no port of the same container has. */
export function unresolvedProbes(containers: readonly ContainerView[]): readonly ProbeView[] {
  return containers.flatMap((container) => {
    const { written } = container;
    return probePaths.flatMap((path) => {
      const probe = at(written, path);
      const port = isObject(probe) ? unresolvedPort(written, probe) : undefined;
      if (port === undefined) return [];
      const action = at(probe, ["httpGet", "port"]) === port ? "httpGet" : "tcpSocket";
      return [new ProbeView(container, path, action, port)];
    });
  });
}
