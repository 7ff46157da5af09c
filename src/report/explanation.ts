/** What `explain` shows of one workload: its part of the report, and the sidecar that its pods get, or would get. */

import type { Capture } from "../istio/capture/captured.ts";
import type { SettingOrigin, Sidecar } from "../istio/sidecar.ts";
import { renderedResources, type SidecarResource, sidecarResources } from "../lint/sidecar-resources.ts";
import type { Path } from "../source/node.ts";
import { templateOrigin } from "../world/istiods.ts";
import type { OpenSetting } from "../world/open-settings.ts";
import type { Refusal } from "../world/refusals.ts";
import { isNativeFor, istiodOf, type ReadableIstiod, sidecarOf } from "../world/sidecar.ts";
import type { Workload, World } from "../world/world.ts";
import type { ReportedWorkload } from "./report.ts";

export interface Explanation {
  readonly workload: ReportedWorkload;
  /** Undefined where no sidecar can be expected. */
  readonly resources: readonly SidecarResource[] | undefined;
  /** Likewise. */
  readonly sidecar: ExplainedSidecar | undefined;
}

/** Why no pod is created. */
export interface ExplainedRefusal {
  readonly by: Refusal["by"];
  readonly message: string;
  readonly where: string;
}

/** The sidecar as far as it is known. `refused`: the injector fails, and no pod is created. */
export type ExplainedSidecar =
  | InjectedSidecar
  | { readonly state: "refused"; readonly refusals: readonly ExplainedRefusal[] }
  | { readonly state: "unknown"; readonly why: string };

export interface InjectedSidecar {
  readonly state: "injected";
  /** The Istio release that makes it. */
  readonly release: string;
  readonly templates: readonly { readonly name: string; readonly where: string }[];
  readonly image: { readonly value: string; readonly where: string };
  /** The list of the injected pod that its container stands in, and its place there, from 0. */
  readonly list: "containers" | "initContainers";
  readonly index: number;
  /** Null where it depends on kubelets of which nobody tells the release. */
  readonly native: boolean | null;
  readonly user: number | null;
  readonly group: number | null;
  readonly ports: Sidecar["ports"];
  /** Null where no traffic is captured. */
  readonly capture: ExplainedCapture | null;
  readonly probes: readonly ExplainedProbe[];
  readonly adds: {
    readonly containers: readonly string[];
    readonly initContainers: readonly string[];
    readonly volumes: readonly string[];
  };
  readonly environment: Sidecar["env"];
  /** Where the API server refuses the injected pod: why. */
  readonly refusals: readonly ExplainedRefusal[];
  /** Placeholders of the pod that are refused unless they are filled in, and without which this is the sidecar. */
  readonly open: readonly { readonly setting: string; readonly text: string; readonly where: string }[];
}

/** Each setting is a text as the capturing program is given it. */
export interface ExplainedCapture extends Omit<Capture, "user"> {
  readonly user: number | null;
}

export interface ExplainedProbe {
  readonly container: string;
  /** "readinessProbe", "lifecycle.preStop". */
  readonly probe: string;
  readonly from: string;
  readonly to: string;
  readonly port: number;
  /** The name of the port that the container does not have. */
  readonly unresolved: string | null;
}

/** Explains a workload of the report that was made of this world. */
export function explanationOf(world: World, reported: ReportedWorkload): Explanation {
  const workload = world.workloads.find(({ id }) => id === reported.id);
  if (!workload) return { workload: reported, resources: undefined, sidecar: undefined };
  const made = sidecarOf(world, workload);
  if (made.state === "injected" && made.sidecar) {
    const istiod = istiodOf(world, workload);
    return {
      workload: reported,
      resources: renderedResources(made.sidecar.resources, workload, world),
      sidecar: istiod?.ok ? injected(world, workload, istiod, made.sidecar, made) : undefined,
    };
  }
  const resources = sidecarResources(workload, world);
  if (made.state === "refused")
    return {
      workload: reported,
      resources: undefined,
      sidecar: { state: "refused", refusals: made.refusals.map(refusal) },
    };
  return { workload: reported, resources, sidecar: made.state === "unknown" ? made : undefined };
}

function injected(
  world: World,
  workload: Workload,
  istiod: ReadableIstiod,
  sidecar: Sidecar,
  { refusals, open }: { readonly refusals: readonly Refusal[]; readonly open: readonly OpenSetting[] },
): InjectedSidecar {
  const { capture } = sidecar;
  return {
    state: "injected",
    release: istiod.release,
    templates: sidecar.templates.map((name) => ({ name, where: templateOrigin(istiod, name).text })),
    image: { value: sidecar.image, where: originOf(sidecar, istiod, workload) },
    list: sidecar.list,
    index: sidecar.index,
    native: isNativeFor(world, workload, sidecar) ?? null,
    user: sidecar.user ?? null,
    group: sidecar.group ?? null,
    ports: sidecar.ports,
    capture: capture ? { ...capture, user: capture.user ?? null } : null,
    probes: sidecar.probes.map(({ container, path, from, to, port, unresolved = null }) => ({
      container,
      probe: path.join("."),
      from,
      to,
      port,
      unresolved,
    })),
    adds: {
      containers: sidecar.containers,
      initContainers: sidecar.initContainers,
      volumes: sidecar.volumes,
    },
    environment: sidecar.env,
    refusals: refusals.map(refusal),
    open: open.flatMap(({ path, text, isLeftOut }) =>
      isLeftOut
        ? [{ setting: settingName(path), text, where: workload.originOf({ of: "pod", path }).text }]
        : [],
    ),
  };
}

/** An annotation by its key, anything else by its path. */
function settingName(path: Path): string {
  return path[0] === "metadata" ? String(path.at(-1)) : path.join(".");
}

function originOf({ imageOrigin, templates }: Sidecar, istiod: ReadableIstiod, workload: Workload): string {
  const inPod = (path: readonly (string | number)[]) => workload.originOf({ of: "pod", path }).text;
  const by = (origin: SettingOrigin): string => {
    switch (origin.from) {
      case "annotation":
        return inPod(["metadata", "annotations", origin.annotation]);
      case "container":
        return inPod(["spec", origin.list, origin.index, "image"]);
      case "values":
        return istiod.origins.values.originOf(origin.path).text;
      case "template":
        return `template: ${templateOrigin(istiod, templates[0] ?? "").text}`;
    }
  };
  return by(imageOrigin);
}

function refusal({ by, message, origin }: Refusal): ExplainedRefusal {
  return { by, message, where: origin.text };
}
