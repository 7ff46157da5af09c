/** What brings directories of the repository into clusters: the nouns of Argo CD and Flux, as the world knows them. */
import type { JsonObject } from "../kube/json.ts";
import type { Path } from "../source/node.ts";
import type { Origin, Placed, Source } from "./world.ts";

/** The namespace that a delivery sends objects to. */
export interface TargetNamespace {
  readonly name: string;
  /** `fills-in`: of objects that name none; `overrides`: of every object that has one. */
  readonly how: "fills-in" | "overrides";
  readonly origin: Origin;
}

/** What a delivery makes of the namespace it sends objects to, besides bringing objects there. */
export interface MadeNamespace {
  readonly name: string;
  /** Its labels, laid over those of an existing one; undefined: it is made without any, if it is missing. */
  readonly labels: Readonly<Record<string, string>> | undefined;
  readonly origin: Origin;
}

/** A chart that a delivery renders. */
export interface ChartDelivery {
  readonly release: string;
  /** The name of the chart, without the path to it; undefined where it is one of a directory that names none. */
  readonly name: string | undefined;
  /** Its version, or the range of them that is asked for. */
  readonly version: string | undefined;
  /** Values written in the delivery itself. */
  readonly values: JsonObject | undefined;
  /** Where a value of those is written; `path` starts at the values. */
  sourceOf(path: Path): Source;
  /** Values written as a text of YAML, which those above are laid over. */
  readonly valuesText: { readonly text: string; readonly source: Source } | undefined;
  /** Values files of the repository, in their order, those that are laid over others last. */
  readonly valueFiles: readonly string[];
  /** Whether those files stand in the place of the chart's own values. */
  readonly replacesValues: boolean;
  /** The namespace that templates are told, where that is not the one that objects go to. */
  readonly namespace: string | undefined;
  /** Whether something changes what was rendered before it is applied. */
  readonly isPostRendered: boolean;
  /** Values out of ConfigMaps and Secrets of the repository, laid over those of files and below those of the delivery itself. */
  readonly valuesFrom: readonly ValuesFrom[];
  /** Values that are set one by one, over all others, as `--set` and `--set-string` of helm do. */
  readonly parameters: readonly ChartParameter[];
  /** Whether values come from somewhere that the repository does not show. */
  readonly hasOtherValues: boolean;
}

/** Values of a ConfigMap or Secret: a text of YAML, or a single value for a path of the values. */
export interface ValuesFrom {
  readonly text: string;
  readonly targetPath: string | undefined;
  readonly source: Source;
}

/** A value that is set by its name, in the syntax of helm's `--set`. */
export interface ChartParameter {
  readonly name: string;
  readonly value: string;
  /** Whether it is text, whatever it looks like. */
  readonly isText: boolean;
  readonly source: Source;
}

/** An object that brings a directory or a chart of the repository into a cluster. */
export interface Delivery {
  /** Unique among the deliveries of a world. */
  readonly id: string;
  /** "Application/web". */
  readonly label: string;
  readonly by: "argo-cd" | "flux";
  /** The object; of an ApplicationSet the set. */
  readonly placed: Placed;
  /** Where the object stands. */
  readonly origin: Origin;
  /** The directory of the tree that it brings; null for a chart that lies elsewhere. */
  readonly directory: string | null;
  /** The cluster that it goes to, by a name of ours where the object has none; null when nothing tells clusters apart. */
  readonly cluster: string | null;
  readonly namespace: TargetNamespace | undefined;
  readonly makes: MadeNamespace | undefined;
  /** The chart of the directory, or from elsewhere; undefined when it brings manifests. */
  readonly chart: ChartDelivery | undefined;
  /** Whether it is not certain that it means this repository: its URL cannot be compared, but its path is there. */
  readonly presumed: boolean;
  readonly suspended: boolean;
}
