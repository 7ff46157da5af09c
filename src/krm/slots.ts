/** The places of an item whose texts injection only copies or leaves alone: names, labels, images and the like. */
import type { MapNode, Node, Path, ScalarNode } from "../source/node.ts";
import { canBePlain } from "../source/write-scalar.ts";

/** A place in items, by the keys and indices that lead there; equal places are the same object. */
export interface Place {
  readonly below: Map<string | number, Place>;
  /** Whether what stands here is no slot: never, where its text is not free, or always. */
  fixed: "never" | "odd" | "always";
}

export function newPlace(): Place {
  return { below: new Map(), fixed: "never" };
}

function placeBelow(place: Place, step: string | number): Place {
  const known = place.below.get(step);
  if (known) return known;
  const made = newPlace();
  place.below.set(step, made);
  return made;
}

/** A part of an item's text that another text may take the place of. */
export interface Slot {
  /** In the text of the list, without quotes. */
  readonly start: number;
  readonly end: number;
  readonly place: Place;
  /** Whether it is part of the pod, or the name or namespace of the object; injection looks at nothing else. */
  readonly isNear: boolean;
}

/**
 * The slots of an item, in the order of the text; undefined where there are none, or where the order is not that of the text.
 * @param root the place of all items
 * @param template the path of the pod template
 */
export function slotsOf(
  text: string,
  item: MapNode,
  root: Place,
  template: Path,
): readonly Slot[] | undefined {
  const slots: Slot[] = [];
  const walk: Walk = { text, slots };
  for (const { key, value } of item.entries) {
    const place = placeBelow(root, key);
    if (key === "metadata") noteObject(walk, value, place);
    else if (key === template[0]) noteAround(walk, value, place, template, 1);
    else if (key !== "kind" && key !== "apiVersion") noteFar(walk, value, place);
  }
  let last = item.start;
  for (const { start, end } of slots) {
    if (start < last) return undefined;
    last = end;
  }
  return slots.length === 0 ? undefined : slots;
}

interface Walk {
  readonly text: string;
  readonly slots: Slot[];
}

/** Texts that are read the same wherever they stand, plain or in quotes, in YAML and in JSON. */
const free = /^[A-Za-z/](?:[\w./-]{0,60}[A-Za-z0-9])?$/;
/** What a probe says that was pointed at the agent before. */
const agentPath = "/app-";

/** Whether a text may be copied to any place where a text may stand. */
export function isFree(text: string): boolean {
  return free.test(text) && !text.startsWith(agentPath) && canBePlain(text, true);
}

/** Texts of one line that stay one scalar where they are plain, and in quotes. */
const plain = /^[\w./+][\w./+@-]*(?::[\w./+@-]+)*$/;
const quoted = /^[\w ./:@=,+()-]+$/;
const line = /^[\w./:@=,+()-](?:[\w ./:@=,+()-]*[\w./:@=,+()-])?$/;
/** The metadata of the object: its name and namespace reach the sidecar, labels and annotations do not. */
function noteObject(walk: Walk, metadata: Node, place: Place) {
  if (metadata.type !== "map" || metadata.flow) return;
  for (const { key, value } of metadata.entries) {
    if (key === "name" || key === "namespace") note(walk, value, placeBelow(place, key));
    else noteFar(walk, value, placeBelow(place, key));
  }
}

/** What stands around the pod template. */
function noteAround(walk: Walk, node: Node, place: Place, template: Path, depth: number) {
  if (node.type !== "map" || node.flow) return;
  for (const { key, value } of node.entries) {
    const inner = placeBelow(place, key);
    if (key !== template[depth]) noteFar(walk, value, inner);
    else if (depth + 1 === template.length) noteTemplate(walk, value, inner);
    else noteAround(walk, value, inner, template, depth + 1);
  }
}

function noteTemplate(walk: Walk, template: Node, place: Place) {
  if (template.type !== "map" || template.flow) return;
  for (const { key, value } of template.entries) {
    const inner = placeBelow(place, key);
    if (key === "spec") noteSpec(walk, value, inner);
    else if (key === "metadata" && value.type === "map" && !value.flow)
      for (const part of value.entries)
        if (part.key === "labels" || part.key === "annotations")
          noteOwn(walk, part.value, placeBelow(inner, part.key));
  }
}

/** Keys that mean something to the injector itself; what templates look at is found when they do. */
const meant = /istio|^prometheus|openshift/;

function noteOwn(walk: Walk, map: Node, place: Place) {
  if (map.type !== "map" || map.flow) return;
  for (const { key, value } of map.entries) if (!meant.test(key)) note(walk, value, placeBelow(place, key));
}

/** A part of a shape: what stands below a key, of a list in each of its items; `true` is a slot. */
interface Shape {
  readonly [key: string]: Shape | true;
}

const named: Shape = { name: true };
const probe: Shape = { httpGet: { path: true } };
const container: Shape = {
  image: true,
  env: { value: true, valueFrom: { configMapKeyRef: named, secretKeyRef: named } },
  envFrom: { configMapRef: named, secretRef: named },
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
};
const spec: Shape = {
  serviceAccountName: true,
  containers: container,
  initContainers: container,
  volumes: {
    configMap: named,
    secret: { secretName: true },
    persistentVolumeClaim: { claimName: true },
  },
};

/** The order in which several containers are told hangs on their names. */
const specOfOne: Shape = { ...spec, containers: { ...container, name: true } };

function noteSpec(walk: Walk, node: Node, place: Place) {
  if (node.type !== "map" || node.flow) return;
  const containers = node.entries.find(({ key }) => key === "containers")?.value;
  const isAlone =
    containers?.type === "list" &&
    containers.items.length === 1 &&
    !node.entries.some(({ key }) => key === "initContainers");
  noteShape(walk, node, isAlone ? specOfOne : spec, place);
}

function noteShape(walk: Walk, node: Node, shape: Shape | true, place: Place) {
  if (shape === true) note(walk, node, place);
  else if (node.type === "map" && !node.flow) {
    for (const { key, value } of node.entries) {
      const inner = Object.hasOwn(shape, key) ? shape[key] : undefined;
      if (inner) noteShape(walk, value, inner, placeBelow(place, key));
    }
  } else if (node.type === "list" && !node.flow)
    node.items.forEach((item, index) => {
      noteShape(walk, item, shape, placeBelow(place, index));
    });
}

/** A slot of the pod, which is a text. */
function note(walk: Walk, node: Node, place: Place) {
  if (node.type !== "scalar" || typeof node.value !== "string" || place.fixed === "always") return;
  if (place.fixed === "odd" && !isFree(node.value)) return;
  push(walk, node, place, true);
}

/** What lies outside of the pod template: every scalar, whatever its type is. */
function noteFar(walk: Walk, node: Node, place: Place) {
  if (node.type === "map") {
    if (!node.flow) for (const { key, value } of node.entries) noteFar(walk, value, placeBelow(place, key));
  } else if (node.type === "list") {
    if (!node.flow) for (const item of node.items) noteFar(walk, item, place);
  } else if (place.fixed !== "always") push(walk, node, place, false);
}

/** Notes the text of a scalar, without quotes, unless another text there could be read in another way. */
function push({ text, slots }: Walk, { start, end, style }: ScalarNode, place: Place, isNear: boolean) {
  if (style === "plain") {
    if (plain.test(text.slice(start, end)) && !text.startsWith("...", start))
      slots.push({ start, end, place, isNear });
  } else if (style === "single" || style === "double") {
    if (quoted.test(text.slice(start + 1, end - 1)))
      slots.push({ start: start + 1, end: end - 1, place, isNear });
  } else if (style === "literal" && !isNear) pushLines(text, slots, start, end, place);
}

/** Notes the lines of a literal block, such as the identity that kustomize annotates. */
function pushLines(text: string, slots: Slot[], start: number, end: number, place: Place) {
  for (let from = text.indexOf("\n", start) + 1; from > 0 && from < end; ) {
    const found = text.indexOf("\n", from);
    const to = found < 0 || found > end ? end : found;
    while (text.charAt(from) === " ") from++;
    if (from < to && line.test(text.slice(from, to)))
      slots.push({ start: from, end: to, place, isNear: false });
    from = to + 1;
  }
}
