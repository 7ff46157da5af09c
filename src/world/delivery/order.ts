/** An object of Argo CD or Flux that tells what is to be delivered, and what one makes of its parts. */
import { at, type Json, type JsonObject } from "../../kube/json.ts";
import type { Path } from "../../source/node.ts";
import type { Delivery } from "../delivery.ts";
import { type Kustomization, locationOfSource } from "../kustomize/kustomization.ts";
import { placeText, scalarText } from "../resource.ts";
import type { Origin, Placed, Skipped, Source } from "../world.ts";

/** An object as it stands in the cluster, or one that an ApplicationSet makes. */
export interface Order {
  readonly placed: Placed;
  /** "Application/web". */
  readonly label: string;
  readonly name: string;
  readonly namespace: string | null;
  readonly value: JsonObject;
  sourceOf(path: Path): Source;
}

/** Which files of a directory are applied as they are. */
export interface PlainFiles {
  readonly recurse: boolean;
  includes(path: string): boolean;
}

/** What becomes of the texts of objects after the build. */
export type Substitute = (value: JsonObject) => JsonObject;

/** One directory of the repository that an order brings, and how. */
export interface Plan {
  readonly delivery: Delivery;
  /** The kustomization to build, files to take as they are, or undefined where a chart is rendered. */
  readonly content: Kustomization | PlainFiles | undefined;
  /** Labels and annotations for the objects themselves, set after the build. */
  readonly metadata: CommonMetadata | undefined;
  readonly substitute: Substitute | undefined;
}

export interface CommonMetadata {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly source: Source;
}

/** What an order brings, and what of it cannot be followed. */
export interface Plans {
  readonly plans: readonly Plan[];
  readonly untold: readonly Skipped[];
}

/** The order that an object is. */
export function orderOf(placed: Placed): Order {
  const { name, namespace, value, resource } = placed;
  return {
    placed,
    label: `${resource.kind}/${name}`,
    name,
    namespace,
    value,
    sourceOf: (path) => placed.sourceOf(path),
  };
}

/** Where a value of an order stands, or what is nearest to it. */
export function originAt(order: Order, path: Path): Origin {
  const location = locationOfSource(order.sourceOf(path));
  return { text: placeText(location), location };
}

/** The text at a path; undefined where there is none or it is empty. */
export function textAt(value: Json | undefined, path: Path): string | undefined {
  return scalarText(at(value, path)) || undefined;
}

/** The list at a path; empty where there is none. */
export function listAt(value: Json | undefined, path: Path): readonly Json[] {
  const list = at(value, path);
  return Array.isArray(list) ? list : [];
}

/** What is told of an order that is not followed. */
export function notFollowed(order: Order, why: string): Plans {
  return { plans: [], untold: [unfollowed(order, why)] };
}

/** A part of an order that is not followed. */
export function unfollowed(order: Order, why: string): Skipped {
  const path = order.placed.resource.document.file.path;
  return { reason: "delivery", path, files: 1, detail: `${order.label}: ${why}` };
}
