/** What a YAML or JSON document says, as Kubernetes reads it, with the offsets of every part. */

/** A scalar as sigs.k8s.io/yaml resolves it; `bigint` only for integers a double cannot hold. */
export type Scalar = string | number | bigint | boolean | null;

/** Offsets are UTF-16 code units into the whole file's text, `end` exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export type ScalarStyle = "plain" | "single" | "double" | "literal" | "folded";

export interface ScalarNode extends Range {
  readonly type: "scalar";
  readonly value: Scalar;
  readonly style: ScalarStyle;
  /** Present on a number that YAML resolved to a floating-point number, also when it is whole: `1.0`, `1e3`, `08`. */
  readonly float?: true;
}

export interface MapEntry {
  /** The key as it appears in JSON: `on:` is "true". */
  readonly key: string;
  readonly keyRange: Range;
  /** Whether YAML resolved the key to a string; `1:` and `yes:` are not. */
  readonly keyIsString: boolean;
  /** Through an alias this is the anchored node itself, with the anchor's offsets. */
  readonly value: Node;
  /** Where the alias (`*name`) stands when the value was reached through one. */
  readonly alias?: Range;
}

export interface MapNode extends Range {
  readonly type: "map";
  readonly flow: boolean;
  /** In source order, one entry a key: of duplicates the one Kubernetes keeps; merge keys are expanded. */
  readonly entries: readonly MapEntry[];
}

export interface ListNode extends Range {
  readonly type: "list";
  readonly flow: boolean;
  readonly items: readonly Node[];
}

export type Node = ScalarNode | MapNode | ListNode;

/** A path from a document's root: map keys and list indices. */
export type Path = readonly (string | number)[];

/** Plain data; maps are objects without prototype. */
export type Value = Scalar | readonly Value[] | { readonly [key: string]: Value };

function Bare(): void {}
Bare.prototype = Object.create(null);
const BareMap = Bare as unknown as new () => Record<string, Value>;

/**
 * An empty map in which every key is like any other, `__proto__` too. It is made by a constructor, because engines keep what
 * Object.create(null) makes as a hash table, which takes more room and longer to walk through.
 */
export function emptyMap(): Record<string, Value> {
  return new BareMap();
}

/**
 * The plain data of a node, without offsets. Shared (aliased) nodes give shared values, so that what anchors repeat takes
 * no more memory than what is written. Depth does not matter: there is no recursion.
 */
export function toValue(root: Node): Value {
  if (root.type === "scalar") return root.value;
  const values = new Map<Node, Value>();
  const shareOf = (node: Node): Value => {
    if (node.type === "scalar") return node.value;
    const known = values.get(node);
    if (known !== undefined) return known;
    const empty: Value = node.type === "list" ? [] : emptyMap();
    values.set(node, empty);
    todo.push(node);
    return empty;
  };
  const todo: Node[] = [];
  const value = shareOf(root);
  for (let node = todo.pop(); node; node = todo.pop()) {
    const target = values.get(node);
    if (node.type === "list") {
      const list = target as Value[];
      for (const item of node.items) list.push(shareOf(item));
    } else if (node.type === "map") {
      const object = target as Record<string, Value>;
      for (const entry of node.entries) object[entry.key] = shareOf(entry.value);
    }
  }
  return value;
}

/** The entry of a map by its key, or undefined; a linear search, as maps in manifests are small. */
export function entryOf(node: Node | undefined, key: string): MapEntry | undefined {
  if (node?.type !== "map") return undefined;
  return node.entries.find((entry) => entry.key === key);
}

/** The node at a path below a root, or undefined when nothing stands there. */
export function nodeAt(root: Node | undefined, path: Path): Node | undefined {
  let node = root;
  for (const step of path) {
    if (typeof step === "number") node = node?.type === "list" ? node.items[step] : undefined;
    else node = entryOf(node, step)?.value;
    if (!node) return undefined;
  }
  return node;
}
