/** Which istiod injects: the one of each revision as the gates choose, or the one that a command line describes. */
import { defaultRevision } from "../istio/webhook.ts";
import { workloadKinds } from "../world/configured.ts";
import {
  type FileProblem,
  fileProblemOf,
  type InjectorFiles,
  type InjectorSettings,
  istiodFromFiles,
} from "../world/injector-files.ts";
import { istiodFor } from "../world/istiods.ts";
import { annotationsOfNamespace } from "../world/sidecar.ts";
import type { World } from "../world/world.ts";
import type { IstiodAnswer, Way } from "./inject.ts";

export interface WayOptions {
  /** `gates`: who gets a sidecar is what the cluster would say. `command`: everybody, as with `istioctl kube-inject`. */
  readonly by: "gates" | "command";
  /** Files that say how is injected; what they leave open is as the repository and its configuration say. */
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
  const { files = {}, revision = "" } = options;
  const hasFiles = Object.values(files).some((file) => file !== undefined);
  const kinds = workloadKinds(world.configuration.config);
  const read = (asked: string): IstiodAnswer =>
    hasFiles ? fromFiles(world, options, asked) : ofWorld(world, options, asked);
  if (options.by === "command") {
    const answer = named(revision === defaultRevision ? "" : revision, read(revision));
    return answer.ok ? { ok: true, way: { by: "command", command: answer.istiod, kinds } } : answer;
  }
  // What is wrong with the files is wrong even where nobody is injected.
  const alone = hasFiles ? istiodFromFiles(files, settingsOf(world, options)) : undefined;
  if (alone && !alone.ok) return alone;
  const known = new Map<string, IstiodAnswer>();
  const istiodOf = (asked: string): IstiodAnswer => {
    const answer = known.get(asked) ?? named(asked, read(asked));
    known.set(asked, answer);
    return answer;
  };
  const namespaceAnnotations = (namespace: string | null) => annotationsOfNamespace(world, namespace);
  return { ok: true, way: { by: "gates", kinds, istiodOf, namespaceAnnotations } };
}

/** With the revision as pods are told it: to a webhook the default one has a name, to kube-inject none. */
function named(revision: string, answer: IstiodAnswer): IstiodAnswer {
  return answer.ok ? { ...answer, istiod: { ...answer.istiod, revision } } : answer;
}

/** What the files say, and for the rest the world. */
function fromFiles(world: World, options: WayOptions, revision: string): IstiodAnswer {
  const rest = () => istiodFor(world, revision || defaultRevision);
  return istiodFromFiles(options.files ?? {}, { ...settingsOf(world, options), revision, rest });
}

function settingsOf({ mesh, configuration }: World, { by, native, release }: WayOptions): InjectorSettings {
  return {
    release,
    native: by === "gates" ? native : (native ?? false),
    kubernetesVersion: configuration.config.kubernetes?.version,
    usualRelease: mesh.release,
  };
}

function ofWorld(world: World, { by, native }: WayOptions, revision: string): IstiodAnswer {
  const read = istiodFor(world, revision || defaultRevision);
  if (!read.ok) return { ok: false, problems: read.problems.map(fileProblemOf) };
  const { istiod } = read;
  const asks = [...istiod.injector.templates.values()].some(({ text }) => text.includes("NativeSidecars"));
  const isNativeOpen = asks && by === "gates" && native === undefined && read.native === undefined;
  return {
    ok: true,
    istiod: { ...istiod, native: native ?? (by === "gates" && istiod.native) },
    isNativeOpen,
  };
}
