/** Which istiod injects: the one of each revision as the gates choose, or the one that a command line describes. */
import type { Istiod } from "../istio/inject/webhook.ts";
import { defaultRevision } from "../istio/webhook.ts";
import { workloadKinds } from "../world/configured.ts";
import { type FileProblem, type InjectorFiles, istiodFromFiles } from "../world/injector-files.ts";
import { type InputProblem, istiodFor } from "../world/istiods.ts";
import { annotationsOfNamespace } from "../world/sidecar.ts";
import type { World } from "../world/world.ts";
import type { IstiodAnswer, Way } from "./inject.ts";

export interface WayOptions {
  /** `gates`: who gets a sidecar is what the cluster would say. `command`: everybody, as with `istioctl kube-inject`. */
  readonly by: "gates" | "command";
  /** Files that say how is injected; none of them means what the repository and its configuration say. */
  readonly files?: InjectorFiles | undefined;
  /** The control plane's revision; default: the default one. Ignored where gates decide. */
  readonly revision?: string | undefined;
  /** Whether sidecars are native where a pod does not say; default: as the release and Kubernetes have it, off for a command. */
  readonly native?: boolean | undefined;
  /** The release, where it is asked for. */
  readonly release?: string | undefined;
}

export type WayReading =
  | { readonly ok: true; readonly way: Way }
  | { readonly ok: false; readonly problems: readonly FileProblem[] };

/** Reads what is needed to inject; where gates decide, that is read revision by revision, on demand. */
export function injectionWay(world: World, options: WayOptions): WayReading {
  const { files = {}, revision = "", native } = options;
  const hasFiles = Object.values(files).some((file) => file !== undefined);
  const read = hasFiles
    ? istiodFromFiles(files, {
        release: options.release,
        revision,
        native: options.by === "gates" ? native : (native ?? false),
        kubernetesVersion: world.configuration.config.kubernetes?.version,
      })
    : undefined;
  if (read && !read.ok) return read;
  const kinds = workloadKinds(world.configuration.config);
  if (options.by === "gates") {
    const istiodOf = (asked: string): IstiodAnswer => {
      if (read?.ok) return { ok: true, istiod: { ...read.istiod, revision: asked } };
      return ofWorld(world, asked, (istiod) => (native === undefined ? istiod : { ...istiod, native }));
    };
    const namespaceAnnotations = (namespace: string | null) => annotationsOfNamespace(world, namespace);
    return { ok: true, way: { by: "gates", kinds, istiodOf, namespaceAnnotations } };
  }
  const answer: IstiodAnswer =
    read ??
    ofWorld(world, revision || defaultRevision, (istiod) => ({
      ...istiod,
      revision: revision === defaultRevision ? "" : revision,
      native: native ?? false,
    }));
  if (!answer.ok) return answer;
  return { ok: true, way: { by: "command", command: answer.istiod, kinds } };
}

function ofWorld(world: World, revision: string, change: (istiod: Istiod) => Istiod): IstiodAnswer {
  const read = istiodFor(world, revision);
  return read.ok
    ? { ok: true, istiod: change(read.istiod) }
    : { ok: false, problems: read.problems.map(problemOf) };
}

function problemOf({ message, origin }: InputProblem): FileProblem {
  return { location: origin.location, where: origin.text, says: message };
}
