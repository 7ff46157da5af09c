/** The places of an item whose texts injection only copies or leaves alone: names, labels, images and the like. */
import type { MapNode, Node, Path, ScalarNode } from "../source/node.ts";
import { canBePlain } from "../source/write-scalar.ts";

/** A part of an item's text that another text may take the place of. */
export interface Slot {
  /** In the text of the list, without quotes. */
  readonly start: number;
  readonly end: number;
  /** Keys and indices below the item, joined by "/". */
  readonly path: string;
  /** `free`: may be copied anywhere. `odd`: may only stay where it is. `far`: not of the pod, so that injection never looks at it. */
  readonly is: "free" | "odd" | "far";
}

/** Places that are no slots: always, or where their text is `odd`. */
export type Fixed = ReadonlyMap<string, "always" | "odd">;

/**
 * The slots of an item, in the order of the text; undefined where there are none, or where the order is not that of the text.
 * @param template the path of the pod template
 */
export function slotsOf(
  text: string,
  item: MapNode,
  template: Path,
  fixed: Fixed,
): readonly Slot[] | undefined {
  const slots: Slot[] = [];
  const walk: Walk = { text, fixed, slots };
  for (const { key, value } of item.entries) {
    if (key === "metadata") noteObject(walk, value);
    else if (key === template[0]) noteAround(walk, value, template, 1, key);
    else if (key !== "kind" && key !== "apiVersion") noteFar(walk, value, key);
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
  readonly fixed: Fixed;
  readonly slots: Slot[];
}

/** Texts that are read the same wherever they stand, plain or in quotes, in YAML and in JSON. */
const free = /^[A-Za-z/](?:[\w./-]{0,60}[A-Za-z0-9])?$/;
/** Texts of one line that stay one scalar where they are plain, and in quotes. */
const plain = /^[\w./+][\w./+@-]*(?::[\w./+@-]+)*$/;
const quoted = /^[\w ./:@=,+()-]+$/;
/** What a probe says that was pointed at the agent before. */
const agentPath = "/app-";

function isFree(text: string): boolean {
  return free.test(text) && !text.startsWith(agentPath) && canBePlain(text, true);
}

/** The metadata of the object: its name and namespace reach the sidecar, labels and annotations do not. */
function noteObject(walk: Walk, metadata: Node) {
  if (metadata.type !== "map" || metadata.flow) return;
  for (const { key, value } of metadata.entries) {
    if (key === "name" || key === "namespace") noteName(walk, value, `metadata/${key}`);
    else noteFar(walk, value, `metadata/${key}`);
  }
}

/** What stands around the pod template. */
function noteAround(walk: Walk, node: Node, template: Path, depth: number, path: string) {
  if (node.type !== "map" || node.flow) return;
  for (const { key, value } of node.entries) {
    const inner = `${path}/${key}`;
    if (key !== template[depth]) noteFar(walk, value, inner);
    else if (depth + 1 === template.length) noteTemplate(walk, value);
    else noteAround(walk, value, template, depth + 1, inner);
  }
}

function noteTemplate(walk: Walk, template: Node) {
  if (template.type !== "map" || template.flow) return;
  for (const { key, value } of template.entries) {
    if (key === "spec") noteSpec(walk, value);
    else if (key === "metadata" && value.type === "map" && !value.flow)
      for (const part of value.entries)
        if (part.key === "labels" || part.key === "annotations") noteOwn(walk, part.value, part.key);
  }
}

/** Keys that mean something to the injector itself; what templates look at is found when they do. */
const meant = /istio|^prometheus|openshift/;

function noteOwn(walk: Walk, map: Node, path: string) {
  if (map.type !== "map" || map.flow) return;
  for (const { key, value } of map.entries) if (!meant.test(key)) note(walk, value, `${path}/${key}`);
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

function noteSpec(walk: Walk, node: Node) {
  if (node.type !== "map" || node.flow) return;
  const containers = node.entries.find(({ key }) => key === "containers")?.value;
  const isAlone =
    containers?.type === "list" &&
    containers.items.length === 1 &&
    !node.entries.some(({ key }) => key === "initContainers");
  // The order in which several containers are told hangs on their names.
  const shape = isAlone ? { ...spec, containers: { ...container, name: true as const } } : spec;
  noteShape(walk, node, shape, "spec");
}

function noteShape(walk: Walk, node: Node, shape: Shape | true, path: string) {
  if (shape === true) {
    if (path === "spec/containers/0/name") noteName(walk, node, path);
    else note(walk, node, path);
  } else if (node.type === "map" && !node.flow) {
    for (const { key, value } of node.entries) {
      const inner = Object.hasOwn(shape, key) ? shape[key] : undefined;
      if (inner) noteShape(walk, value, inner, `${path}/${key}`);
    }
  } else if (node.type === "list" && !node.flow)
    node.items.forEach((item, index) => {
      noteShape(walk, item, shape, `${path}/${index}`);
    });
}

/** A text that is a slot only where it is free. */
function noteName(walk: Walk, node: Node, path: string) {
  const slot = slotAt(walk, node, path);
  if (slot?.is === "free") walk.slots.push(slot);
}

function note(walk: Walk, node: Node, path: string) {
  const slot = slotAt(walk, node, path);
  if (slot) walk.slots.push(slot);
}

function slotAt({ text, fixed }: Walk, node: Node, path: string): Slot | undefined {
  if (node.type !== "scalar" || typeof node.value !== "string") return undefined;
  const inner = innerOf(text, node);
  if (!inner) return undefined;
  const is = isFree(node.value) ? "free" : "odd";
  const known = fixed.get(path);
  return known === "always" || known === is ? undefined : { ...inner, path, is };
}

/** What lies outside of the pod template: every scalar, of a literal block every line. */
function noteFar(walk: Walk, node: Node, path: string) {
  const { text, fixed, slots } = walk;
  if (node.type === "map") {
    if (!node.flow) for (const { key, value } of node.entries) noteFar(walk, value, `${path}/${key}`);
  } else if (node.type === "list") {
    if (!node.flow) for (const item of node.items) noteFar(walk, item, path);
  } else if (!fixed.has(path)) {
    const inner = innerOf(text, node);
    if (inner) slots.push({ ...inner, path, is: "far" });
  }
}

/** Where the text of a scalar stands, without quotes; undefined where another text could be read in another way. */
function innerOf(
  text: string,
  { start, end, style }: ScalarNode,
): { readonly start: number; readonly end: number } | undefined {
  if (style === "plain") {
    return plain.test(text.slice(start, end)) && !text.startsWith("...", start) ? { start, end } : undefined;
  }
  if (style !== "single" && style !== "double") return undefined;
  return quoted.test(text.slice(start + 1, end - 1)) ? { start: start + 1, end: end - 1 } : undefined;
}
