/** The end of a build: drafts become objects as they arrive in the cluster, each knowing where its values were set. */
import { at } from "../../kube/json.ts";
import { type Location, locationOf, type Part, rangeAt } from "../../source/locate.ts";
import type { Node, Path, Range } from "../../source/node.ts";
import { placeText, scalarText } from "../resource.ts";
import type { Placed, Resource } from "../world.ts";
import { type Draft, sourceAt } from "./draft.ts";
import { locationOfSource, type Source } from "./kustomization.ts";

/** Objects for local tools are dropped at the end of a build. */
export function isDeployed({ value }: Draft): boolean {
  const local = at(value, ["metadata", "annotations", "config.kubernetes.io/local-config"]);
  return local === undefined || scalarText(local) === "false";
}

/** What a build of `root` makes of a draft. */
export function built(draft: Draft, root: string): Placed {
  const { value } = draft;
  const resource = ofItsKind(draft);
  const locate: Placed["locate"] = (path, part) => locateBuilt(draft, path, part);
  const namespace = scalarText(at(value, ["metadata", "namespace"])) || null;
  return {
    resource,
    value,
    name: scalarText(at(value, ["metadata", "name"])) || resource.name,
    root,
    namespace,
    ...(draft.changedBy !== undefined && { changedBy: draft.changedBy }),
    get namespaceOrigin() {
      const location = namespace === null ? undefined : locate(["metadata", "namespace"]);
      return location && { text: placeText(location), location };
    },
    locate,
    sourceOf: (path) => sourceAt(draft, path),
  };
}

/** The object's resource, of another kind where a patch changed that. */
function ofItsKind({ resource, value }: Draft): Resource {
  const { kind } = value;
  return typeof kind === "string" && kind !== resource.kind ? { ...resource, kind } : resource;
}

function locateBuilt(draft: Draft, path: Path, part: Part | undefined): Location | undefined {
  if (path.length > 0 && at(draft.value, path) === undefined) return undefined;
  const source = sourceAt(draft, path);
  const reading = source.document.read();
  const root = reading.ok ? reading.root : undefined;
  const range = (part === "key" ? pointerKey(root, source) : undefined) ?? rangeAt(root, source.path, part);
  if (range) return locationOf(source.document.file, range);
  return source.document === draft.resource.document ? undefined : locationOfSource(source);
}

/** The key of what an operation of a JSON patch sets: the last part of its path. */
function pointerKey(root: Node | undefined, { document, path }: Source): Range | undefined {
  const [index, field, ...below] = path;
  if (root?.type !== "list" || field !== "value" || below.length > 0 || index === undefined) return undefined;
  const pointer = rangeAt(root, [index, "path"], "value");
  if (!pointer) return undefined;
  const [last = ""] =
    /[^/"'\r\n]*(?=["']?$)/.exec(document.file.text.slice(pointer.start, pointer.end)) ?? [];
  const end = pointer.end - (/["']$/.test(document.file.text.slice(pointer.start, pointer.end)) ? 1 : 0);
  return last === "" ? pointer : { start: end - last.length, end };
}
