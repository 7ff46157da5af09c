/** Items that are alike but for names, images and the like are injected once: the sidecars of the others are copies with their own texts. */
import { type InjectedObject, injectResources, type Way } from "../fix/inject.ts";
import { editsOfDocument } from "../fix/value-edits.ts";
import type { Labels } from "../istio/facts.ts";
import { autoImage } from "../istio/inject/overrides.ts";
import { coreDumpName, initName, proxyName, validationName } from "../istio/inject/pod.ts";
import { isObject, type JsonObject } from "../kube/json.ts";
import { readDocuments } from "../source/document.ts";
import { type Node, toValue } from "../source/node.ts";
import { applyEdits, type Edit } from "../source/splice.ts";
import type { Workload } from "../world/world.ts";
import { alone, blockOf, type ItemBlock, indented } from "./item-text.ts";
import { markerOf, markerStem, partsOf, watchMarkers } from "./markers.ts";
import { isFree, newPlace, type Place, type Slot, slotsOf } from "./slots.ts";

/** An item after injection, as a text with gaps; undefined where injection cannot be told in this way. */
type Mould = Gaps | undefined;

interface Gaps {
  /** Before, between and behind the gaps. */
  readonly parts: readonly string[];
  /** The slot that is to stand in each gap. */
  readonly slots: readonly number[];
  /** Slots that get to other places, so that their texts must be free. */
  readonly copied: ReadonlySet<number>;
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
  const root = newPlace();
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
      const slots = slotsOf(text, item, root, workload.template);
      if (!slots) return undefined;
      const key = outside + keyOf(text, block, slots);
      if (!moulds.has(key)) {
        const cast = castMould(text, block, slots, workload, root, {
          ...way,
          namespaceAnnotations: () => notes,
        });
        if (fixAlways(slots, cast.decisive)) continue;
        if (moulds.size >= mostMoulds) moulds.delete(moulds.keys().next().value ?? "");
        moulds.set(key, cast.mould);
      }
      const mould = moulds.get(key);
      if (!mould) return undefined;
      if (!fixOdd(text, slots, mould)) return filled(text, block, slots, mould);
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
    key += `${text.slice(from, slot.start)}\u0000`;
    from = slot.end;
  }
  return key + text.slice(from, end);
}

/** What came of casting a mould: the mould if there is one, and the slots that are none. */
interface Cast {
  readonly mould: Mould;
  readonly decisive: ReadonlySet<number>;
}

/** Notes slots that decide on something; whether there is one. */
function fixAlways(slots: readonly Slot[], decisive: ReadonlySet<number>): boolean {
  for (const index of decisive) {
    const place = slots[index]?.place;
    if (place) place.fixed = "always";
  }
  return decisive.size > 0;
}

/** Notes slots that are copied and whose texts are not free; whether there is one. */
function fixOdd(text: string, slots: readonly Slot[], { copied }: Gaps): boolean {
  let isOdd = false;
  for (const index of copied) {
    const slot = slots[index];
    if (!slot || isFree(text.slice(slot.start, slot.end))) continue;
    slot.place.fixed = "odd";
    isOdd = true;
  }
  return isOdd;
}

/** Names of containers and an image that the injection itself asks for. */
const words = [autoImage, proxyName, initName, validationName, coreDumpName];

/** Injects an item with markers in its slots. */
function castMould(
  text: string,
  { start, end, column }: ItemBlock,
  slots: readonly Slot[],
  workload: Workload,
  root: Place,
  way: Way & { readonly by: "gates" },
): Cast {
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
    return { mould: undefined, decisive: new Set() };
  const { watch, decisive, unequal } = watchMarkers();
  for (const word of words) unequal.add(word);
  const [object] = injectedWith(toValue(reading.root) as JsonObject, namesOf(slots, root), workload, {
    ...way,
    istiodOf: (revision) => {
      const answer = way.istiodOf(revision);
      return answer.ok ? { ...answer, istiod: { ...answer.istiod, watch } } : answer;
    },
  });
  const plan = object && editsOfDocument(document, object.after);
  const edited = plan?.ok ? applyEdits(own, plan.edits) : undefined;
  if (!object || !plan?.ok || !edited?.ok) return { mould: undefined, decisive };
  const copied = noteEdits(own, plan.edits, decisive);
  for (const index of copied) if (!slots[index]?.isNear) decisive.add(index);
  for (const name of containerNames(object.after, workload)) unequal.add(name);
  return { mould: { ...partsOf(indented(edited.text, column)), copied, unequal }, decisive };
}

interface Names {
  readonly name?: string;
  readonly namespace?: string;
}

/** The markers that stand for the object's name and namespace, where they are slots. */
function namesOf(slots: readonly Slot[], root: Place): Names {
  const metadata = root.below.get("metadata")?.below;
  const markerAt = (key: "name" | "namespace"): Names => {
    const place = metadata?.get(key);
    const index = slots.findIndex((slot) => slot.place === place);
    return index < 0 ? {} : { [key]: markerOf(index) };
  };
  return { ...markerAt("name"), ...markerAt("namespace") };
}

function injectedWith(
  value: JsonObject,
  { name, namespace }: Names,
  workload: Workload,
  way: Way,
): readonly InjectedObject[] {
  const named = name ?? workload.name;
  const { objects, left, problems } = injectResources(
    [
      {
        ...workload,
        name: named,
        namespace: { ...workload.namespace, name: namespace ?? workload.namespace.name },
        value,
        resource: { ...workload.resource, name: named, value },
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

/**
 * The edit that makes an item what its mould says. Its text is put together one by one, as engines keep such a text as the parts it is
 * of: those of the mould are there once for all items.
 */
function filled(
  text: string,
  { start, end }: ItemBlock,
  slots: readonly Slot[],
  mould: Gaps,
): Edit | undefined {
  const texts: string[] = [];
  for (const slot of slots) {
    const own = text.slice(slot.start, slot.end);
    if (slot.isNear && mould.unequal.has(own)) return undefined;
    texts.push(own);
  }
  let made = mould.parts[0] ?? "";
  for (const [index, slot] of mould.slots.entries()) {
    made += texts[slot] ?? "";
    made += mould.parts[index + 1] ?? "";
  }
  return { start, end, text: made };
}
