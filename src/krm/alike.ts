/** Items that are alike but for names, images and the like are injected once: the sidecars of the others are copies with their own texts. */
import { type InjectedObject, injectResources, type Way } from "../fix/inject.ts";
import { editsOfDocument } from "../fix/value-edits.ts";
import type { Labels } from "../istio/facts.ts";
import { isObject, type JsonObject } from "../kube/json.ts";
import { readDocuments } from "../source/document.ts";
import { type MapNode, type Node, toValue } from "../source/node.ts";
import { applyEdits, type Edit } from "../source/splice.ts";
import type { Workload } from "../world/world.ts";
import { alone, blockOf, type ItemBlock, indented } from "./item-text.ts";
import { markerOf, markerStem, partsOf, watchMarkers } from "./markers.ts";
import { type Slot, slotsOf } from "./slots.ts";

/** An item after injection, as a text with gaps; undefined where injection cannot be told in this way. */
type Mould = Gaps | undefined;

interface Gaps {
  /** Before, between and behind the gaps. */
  readonly parts: readonly string[];
  /** The slot that is to stand in each gap. */
  readonly slots: readonly number[];
  /** Texts that no slot may be: something was compared with them. */
  readonly unequal: ReadonlySet<string>;
}

/** Lists may hold any number of kinds of items; of the last ones so many are remembered. */
const mostMoulds = 500;

/**
 * What injects items that are alike. An item is taken apart into slots, which injection only copies, and the text around them. What
 * has the same text around its slots has the same sidecar but for them, so that one of them is injected with markers in its slots, and
 * its text is the mould for all. That slots are only copied is not assumed: templates are watched while they see markers, and a slot
 * that one of them looks at is none from then on.
 * @returns the edit of an item, or undefined where it has to be injected on its own
 */
export function alikeItems(text: string, way: Way): (workload: Workload, item: Node) => Edit | undefined {
  if (way.by !== "gates" || text.includes(markerStem)) return () => undefined;
  const fixed = new Map<string, "always" | "odd">();
  const moulds = new Map<string, Mould>();
  const annotationsOf = remembered(way.namespaceAnnotations);
  return (workload, item) => {
    const block = isPlain(workload) ? blockOf(text, item) : undefined;
    if (!block || item.type !== "map" || item.flow) return undefined;
    const { namespace, decision } = workload;
    const notes = annotationsOf(namespace.name);
    const outside = JSON.stringify([
      decision.revision,
      block.column,
      workload.template,
      workload.resource.namespace === null ? namespace.name : "",
      notes,
    ]);
    for (;;) {
      const slots = slotsOf(text, item, workload.template, fixed);
      if (!slots) return undefined;
      const key = outside + keyOf(text, block, slots);
      if (!moulds.has(key)) {
        const cast = castMould(text, block, slots, workload, { ...way, namespaceAnnotations: () => notes });
        if (addFixed(fixed, slots, cast)) continue;
        if (moulds.size >= mostMoulds) moulds.delete(moulds.keys().next().value ?? "");
        moulds.set(key, cast?.mould);
      }
      const mould = moulds.get(key);
      return mould && filled(text, block, slots, mould);
    }
  };
}

function remembered(ask: (namespace: string | null) => Labels): (namespace: string | null) => Labels {
  const known = new Map<string | null, Labels>();
  return (namespace) => {
    const labels = known.get(namespace) ?? ask(namespace);
    known.set(namespace, labels);
    return labels;
  };
}

/** Whether a workload is the item as it stands there, and gets a sidecar. */
function isPlain({ resource, value, root, template, name, namespace, decision, pod }: Workload): boolean {
  return (
    value === resource.value &&
    root === null &&
    template.length > 0 &&
    name === resource.name &&
    (resource.namespace === null || resource.namespace === namespace.name) &&
    decision.verdict === "injected" &&
    ![...pod.containers, ...pod.initContainers].some(({ name }) => name?.startsWith("istio-"))
  );
}

function keyOf(text: string, { start, end }: ItemBlock, slots: readonly Slot[]): string {
  let key = "";
  let from = start;
  for (const slot of slots) {
    key += `${text.slice(from, slot.start)}\u0000${slot.is}`;
    from = slot.end;
  }
  return key + text.slice(from, end);
}

/** Where a mould was cast: the mould if there is one, and the slots that are none. */
interface Cast {
  readonly mould: Mould;
  readonly decisive: ReadonlySet<number>;
  /** Slots that get to other places, so that their texts must be free. */
  readonly copied: ReadonlySet<number>;
}

/** Notes which places are no slots; whether there is a new one. */
function addFixed(
  fixed: Map<string, "always" | "odd">,
  slots: readonly Slot[],
  cast: Cast | undefined,
): boolean {
  let isNew = false;
  slots.forEach(({ path, is }, index) => {
    const how = cast?.decisive.has(index)
      ? "always"
      : cast?.copied.has(index) && is !== "free"
        ? is === "far"
          ? "always"
          : "odd"
        : undefined;
    if (!how) return;
    isNew = true;
    fixed.set(path, how);
  });
  return isNew;
}

/** Injects an item with markers in its slots. */
function castMould(
  text: string,
  { start, end, column }: ItemBlock,
  slots: readonly Slot[],
  workload: Workload,
  way: Way & { readonly by: "gates" },
): Cast | undefined {
  let marked = "";
  let from = start;
  slots.forEach((slot, index) => {
    marked += text.slice(from, slot.start) + markerOf(index);
    from = slot.end;
  });
  const own = alone(marked + text.slice(from, end), column);
  const [document, second] = own === undefined ? [] : readDocuments({ path: "", text: own });
  const reading = document?.read();
  if (own === undefined || !document || second || !reading?.ok || reading.root?.type !== "map")
    return undefined;
  const { watch, decisive, unequal } = watchMarkers();
  const [object] = injectedWith(reading.root, slots, workload, {
    ...way,
    istiodOf: (revision) => {
      const answer = way.istiodOf(revision);
      return answer.ok ? { ...answer, istiod: { ...answer.istiod, watch } } : answer;
    },
  });
  const plan = object && editsOfDocument(document, object.after);
  const edited = plan?.ok ? applyEdits(own, plan.edits) : undefined;
  if (!object || !plan?.ok || !edited?.ok) return { mould: undefined, decisive, copied: new Set() };
  const copied = noteEdits(own, plan.edits, decisive);
  for (const name of containerNames(object.after, workload)) unequal.add(name);
  return { mould: { ...partsOf(indented(edited.text, column)), unequal }, decisive, copied };
}

function injectedWith(
  root: MapNode,
  slots: readonly Slot[],
  workload: Workload,
  way: Way,
): readonly InjectedObject[] {
  const value = toValue(root) as JsonObject;
  const markerAt = (path: string) => {
    const index = slots.findIndex((slot) => slot.path === path);
    return index < 0 ? undefined : markerOf(index);
  };
  const { resource, namespace } = workload;
  const name = markerAt("metadata/name") ?? workload.name;
  const there = markerAt("metadata/namespace") ?? namespace.name;
  const { objects, left, problems } = injectResources(
    [
      {
        ...workload,
        name,
        namespace: { ...namespace, name: there },
        value,
        resource: { ...resource, name, value },
      },
    ],
    way,
  );
  return left.length + problems.length > 0 ? [] : objects;
}

/** Paths at which the agent answers probes: with them a probe is edited whatever it said before. */
const atAgent = /\/app-(?:health|lifecycle)\//;

/**
 * The slots that edits move, copy or take away. A slot that an edit writes in the place of something else is decisive, as the same
 * text could stand there before and nothing would be edited.
 */
function noteEdits(own: string, edits: readonly Edit[], decisive: Set<number>): ReadonlySet<number> {
  const touched = new Set<number>();
  for (const { start, end, text } of edits) {
    const written = partsOf(text).slots;
    const taken = partsOf(own.slice(start, end)).slots;
    for (const slot of [...written, ...taken]) touched.add(slot);
    if (end > start && written.length > 0 && !atAgent.test(text))
      for (const slot of written) decisive.add(slot);
  }
  return touched;
}

/** The names of the containers of an injected object, which the name of the application's must not equal. */
function containerNames(after: JsonObject, { template }: Workload): readonly string[] {
  const spec = [...template, "spec"].reduce<unknown>(
    (here, step) => (isObject(here as JsonObject) ? (here as JsonObject)[step] : undefined),
    after,
  ) as JsonObject | undefined;
  return ["containers", "initContainers"].flatMap((list) => {
    const items = spec?.[list];
    return Array.isArray(items)
      ? items.flatMap((item) => (isObject(item) && typeof item.name === "string" ? [item.name] : []))
      : [];
  });
}

/** The edit that makes an item what its mould says. */
function filled(
  text: string,
  { start, end }: ItemBlock,
  slots: readonly Slot[],
  mould: Gaps,
): Edit | undefined {
  const texts: string[] = [];
  for (const slot of slots) {
    const own = text.slice(slot.start, slot.end);
    if (slot.is !== "far" && mould.unequal.has(own)) return undefined;
    texts.push(own);
  }
  const pieces = [mould.parts[0] ?? ""];
  mould.slots.forEach((slot, index) => {
    pieces.push(texts[slot] ?? "", mould.parts[index + 1] ?? "");
  });
  return { start, end, text: pieces.join("") };
}
