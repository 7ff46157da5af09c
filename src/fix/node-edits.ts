/** Walks a document beside what it shall say, and edits where the two differ. */
import {
  type ListNode,
  type MapEntry,
  type MapNode,
  type Node,
  toValue,
  type Value,
} from "../source/node.ts";
import type { WrittenEntry, WrittenItem, WrittenList, WrittenMap, WrittenNode } from "../source/outline.ts";
import { applyEdits } from "../source/splice.ts";
import { type FlowStyle, flowEntry, writeFlow } from "../source/write-flow.ts";
import { alignLists, type Origin } from "./align.ts";
import { refuse, type Task } from "./edit-task.ts";
import {
  beginsLine,
  columnOf,
  contentEnd,
  endWithComments,
  entryEnd,
  hasBreak,
  keepsLines,
  lineEnd,
  lineStart,
} from "./lines.ts";
import { linesOf, quotesOf, replaceValue, type Slot } from "./replace-value.ts";
import { isFilled, isList, isMap, isSame, says, type ValueMap } from "./same.ts";
import {
  type Added,
  addToBlock,
  addToFlow,
  type Member,
  removeFromBlock,
  removeFromFlow,
} from "./sequence.ts";

/** Edits a document's root so that it says a value. */
export function editRoot(task: Task, written: WrittenNode, node: Node, value: Value) {
  const flow = task.isFlow ? rootStyle(task, written) : undefined;
  editNode(task, { kind: "root", after: written.start, column: -1, flow }, written, node, value);
}

function editNode(task: Task, slot: Slot, written: WrittenNode, node: Node, value: Value) {
  if (written.type === "alias") {
    const anchored = task.anchors.get(written.target);
    const stays =
      anchored?.value === undefined ? anchored && says(node, value) : isSame(anchored.value, value);
    if (!stays && task.keepsAliases && says(node, value))
      refuse(task, written.start, `*${written.name} stands here for what would change`);
    if (!stays) replaceValue(task, slot, written, value);
    return;
  }
  if (written.type === "map" && node.type === "map" && isMap(value))
    editMap(task, slot, written, node, value);
  else if (written.type === "list" && node.type === "list" && isList(value)) {
    editList(task, slot, written, node, value);
  } else if (!says(node, value)) replaceValue(task, slot, written, value);
  if (written.anchor && task.hasAliases) task.anchors.set(written, { value, changed: !says(node, value) });
}

/** An entry of a map as it is written, and as it is read unless another one of the same key counts. */
interface OwnEntry {
  readonly written: WrittenEntry;
  readonly read: MapEntry | undefined;
}

/** A map's own entries, and those that its merge keys bring. */
interface MapParts {
  readonly own: readonly OwnEntry[];
  readonly merged: readonly MapEntry[];
}

function partsOf(written: WrittenMap, node: MapNode): MapParts {
  const byStart = new Map(node.entries.map((entry) => [entry.keyRange.start, entry]));
  const own = written.entries.map((entry) => ({
    written: entry,
    read: entry.merges ? undefined : byStart.get(entry.key.start),
  }));
  const read = new Set(own.map((entry) => entry.read));
  return { own, merged: node.entries.filter((entry) => !read.has(entry)) };
}

const broughtByMerge = "a merge key (<<) brings what would change";

function editMap(task: Task, slot: Slot, written: WrittenMap, node: MapNode, value: ValueMap) {
  const parts = partsOf(written, node);
  const { own, merged } = parts;
  const isKept = ({ read }: OwnEntry) => read !== undefined && Object.hasOwn(value, read.key);
  if (written.bare ? !says(node, value) : !own.some(isKept) && !mergesStay(task, parts, value)) {
    if (task.keepsAliases && own.some((entry) => entry.written.merges))
      refuse(task, written.start, broughtByMerge);
    if (own.length > 0 || isFilled(value)) replaceValue(task, slot, written, value);
    return;
  }
  const style = styleIn(task, slot, written);
  const column = style ? 0 : columnOf(task.text, written.start);
  for (const part of own) {
    const { written: entry, read } = part;
    if (entry.merges || isShadowed(part, value, [])) keepAnchors(task, entry.value);
    if (!read || !Object.hasOwn(value, read.key)) continue;
    const inner: Slot = { kind: "entry", after: entry.colon, column, flow: style };
    editNode(task, inner, entry.value, read.value, value[read.key] ?? null);
  }
  const expands = own.some((entry) => entry.written.merges) && !mergesStay(task, parts, value);
  if (expands && task.keepsAliases) refuse(task, written.start, broughtByMerge);
  const brought = expands ? merged.map(({ key }) => key).filter((key) => Object.hasOwn(value, key)) : [];
  const members = own.map((entry): Member => {
    const { merges } = entry.written;
    const stays = merges ? !expands : isKept(entry) || isShadowed(entry, value, brought);
    return { ...rangeOfEntry(task, written, entry.written), stays };
  });
  const known = new Set(node.entries.map(({ key }) => key));
  const fresh = Object.keys(value).filter((key) => !known.has(key));
  const write = (key: string) => {
    const inner = value[key] ?? null;
    if (style) return flowEntry(key, inner, style);
    return spelledEntry(task, value, key, column) ?? linesOf(task, { [key]: inner }, column);
  };
  const mergeAt = own.findIndex((entry) => entry.written.merges);
  const beforeMerge = members.findLastIndex(({ stays }, index) => stays && index < mergeAt);
  const last = members.findLastIndex(({ stays }) => stays);
  const added = task.ordered
    ? placedKeys(own, members, value, new Set(fresh)).map(({ after, keys }) => {
        return { after, texts: keys.map(write) };
      })
    : [{ after: last, texts: fresh.map(write) }];
  changeMembers(task, slot, written, members, style, [
    { after: beforeMerge, texts: brought.map(write) },
    ...added,
  ]);
}

/** New keys behind the entry that they follow in the value, of those that stay. */
function placedKeys(
  own: readonly OwnEntry[],
  members: readonly Member[],
  value: ValueMap,
  fresh: ReadonlySet<string>,
): readonly { readonly after: number; readonly keys: readonly string[] }[] {
  const groups = new Map<number, string[]>();
  let after = -1;
  for (const key of Object.keys(value)) {
    if (fresh.has(key)) groups.set(after, [...(groups.get(after) ?? []), key]);
    else {
      const index = own.findIndex(({ read }) => read?.key === key);
      if (members[index]?.stays) after = index;
    }
  }
  return [...groups].map(([index, keys]) => ({ after: index, keys }));
}

/** The lines of an entry whose spelling is given, or of a map whose entries' spelling is. */
function spelledEntry(task: Task, map: ValueMap, key: string, column: number): string | undefined {
  const pad = " ".repeat(column);
  const given = task.spelled?.get(map)?.get(key);
  if (given !== undefined) return given.map((line) => pad + line).join("\n");
  const inner = map[key];
  if (!task.spelled?.has(inner ?? null) || !isMap(inner ?? null)) return undefined;
  const lines = Object.keys(inner as ValueMap).map((one) =>
    spelledEntry(task, inner as ValueMap, one, column + task.indent),
  );
  if (lines.includes(undefined)) return undefined;
  return [linesOf(task, { [key]: null }, column).replace(/ (?:null|~)$/, ""), ...lines].join("\n");
}

/** Notes that what is written in an entry that does not count stays. */
function keepAnchors(task: Task, node: WrittenNode) {
  if (node.type === "alias" || !task.hasAliases) return;
  if (node.anchor) task.anchors.set(node, { value: undefined, changed: false });
  if (node.type === "list") for (const { value } of node.items) keepAnchors(task, value);
  else if (node.type === "map") for (const { value } of node.entries) keepAnchors(task, value);
}

function rangeOfEntry(task: Task, { flow }: WrittenMap, entry: WrittenEntry): Omit<Member, "stays"> {
  const { start, value } = entry;
  if (flow) return { start, end: Math.max(value.end, entry.colon ?? entry.key.end) };
  return { start, end: entryEnd(task.text, entry), keepsLines: keepsLines(task.text, value) };
}

/** Whether there are merge keys and all that they bring is what shall be, also after the edits made so far. */
function mergesStay(task: Task, { own, merged }: MapParts, value: ValueMap): boolean {
  const merges = own.filter(({ written }) => written.merges);
  const isWanted = ({ key, value: node }: MapEntry) =>
    Object.hasOwn(value, key) && says(node, value[key] ?? null);
  const isUntouched = ({ written }: OwnEntry) => isUnchanged(task, written.value);
  return merges.length > 0 && merged.every(isWanted) && merges.every(isUntouched);
}

/** Whether no anchored node that a merge key names has changed. */
function isUnchanged(task: Task, node: WrittenNode): boolean {
  if (node.type === "alias") return task.anchors.get(node.target)?.changed === false;
  return node.type !== "list" || node.items.every((item) => isUnchanged(task, item.value));
}

/** Whether an entry does not count beside another one of its key that stays. */
function isShadowed({ read, written }: OwnEntry, value: ValueMap, brought: readonly string[]): boolean {
  if (read || written.key.type !== "scalar") return false;
  return Object.hasOwn(value, written.key.text) && !brought.includes(written.key.text);
}

function editList(task: Task, slot: Slot, written: WrittenList, node: ListNode, value: readonly Value[]) {
  const origins = alignLists(node.items.map(toValue), value);
  const newOf = new Map<number, number>();
  origins.forEach(({ index, moved }, to) => {
    if (index >= 0 && !moved) newOf.set(index, to);
  });
  if (newOf.size === 0) {
    if (written.items.length > 0 || value.length > 0) replaceValue(task, slot, written, value);
    return;
  }
  const style = styleIn(task, slot, written);
  const column = style ? 0 : columnOf(task.text, written.start);
  const slotOf = (item: WrittenItem): Slot => ({ kind: "item", after: item.dash, column, flow: style });
  const members = written.items.map((item, index): Member => {
    const to = newOf.get(index);
    const old = node.items[index];
    if (to !== undefined && old) editNode(task, slotOf(item), item.value, old, value[to] ?? null);
    return { ...rangeOfItem(task, written, item), stays: to !== undefined };
  });
  const gap = gapOf(task, written);
  const write = (item: Value, from: number) => {
    const old = node.items[from];
    const place = written.items[from];
    const moved = place && old && movedItem(task, slotOf(place), place, old, item);
    return moved ?? (style ? writeFlow(item, style) : linesOf(task, [item], column, gap));
  };
  changeMembers(task, slot, written, members, style, addedItems(origins, value, write));
}

/** The items that are new at their place, behind those that stay. */
function addedItems(
  origins: readonly Origin[],
  value: readonly Value[],
  write: (item: Value, from: number) => string,
): readonly Added[] {
  const added: { after: number; texts: string[] }[] = [{ after: -1, texts: [] }];
  origins.forEach(({ index, moved }, to) => {
    if (index >= 0 && !moved) added.push({ after: index, texts: [] });
    else added.at(-1)?.texts.push(write(value[to] ?? null, index));
  });
  return added.filter(({ texts }) => texts.length > 0);
}

function rangeOfItem(task: Task, { flow }: WrittenList, item: WrittenItem): Omit<Member, "stays"> {
  const { start, value, dash } = item;
  if (flow) return { start, end: value.end };
  return {
    start,
    end: Math.max(contentEnd(task.text, value), dash),
    keepsLines: keepsLines(task.text, value),
  };
}

/** The text of an item that goes to another place of its list, with what changes in it; undefined where it cannot be taken as it is. */
function movedItem(task: Task, slot: Slot, item: WrittenItem, node: Node, value: Value): string | undefined {
  if (task.hasAliases || !task.moves) return undefined;
  const { text, newline } = task;
  const contents = contentEnd(text, item.value);
  const end = slot.flow ? item.value.end : endWithComments(text, Math.max(contents, item.dash), slot.column);
  if (slot.flow && hasBreak(text, item.start, end)) return undefined;
  const apart: Task = { ...task, edits: [] };
  editNode(apart, slot, item.value, node, value);
  task.refusal ??= apart.refusal;
  const edits = apart.edits.map((edit) => ({
    ...edit,
    start: edit.start - item.start,
    end: edit.end - item.start,
  }));
  const moved = applyEdits(text.slice(item.start, end), edits);
  if (!moved.ok) return undefined;
  const lead = slot.flow ? "" : " ".repeat(slot.column);
  return lead + (newline === "\n" ? moved.text : moved.text.replaceAll(newline, "\n"));
}

/** How many spaces follow the dashes of a block list. */
function gapOf(task: Task, { items: [first] }: WrittenList): number {
  if (!first) return 1;
  return /^ +(?=[^ #\r\n])/.exec(task.text.slice(first.dash, first.dash + 16))?.[0].length ?? 1;
}

function changeMembers(
  task: Task,
  slot: Slot,
  written: WrittenMap | WrittenList,
  members: readonly Member[],
  style: FlowStyle | undefined,
  added: readonly Added[],
) {
  const isChanged = added.some(({ texts }) => texts.length > 0) || members.some(({ stays }) => !stays);
  if (!isChanged) return;
  if (style) {
    removeFromFlow(task, members);
    addToFlow(task, members, added, { pad: style.lines?.pad, tight: style.tight });
    return;
  }
  const column = columnOf(task.text, written.start);
  const header = Math.max(slot.after ?? 0, written.anchor?.end ?? 0, written.tag?.end ?? 0);
  removeFromBlock(task, members, column);
  addToBlock(task, members, added, column, slot.kind === "root" ? undefined : lineEnd(task.text, header));
}

function rootStyle(task: Task, root: WrittenNode): FlowStyle {
  const json = root.type !== "map" || root.entries.length === 0 || isDoubleQuoted(root.entries[0]?.key);
  return { json, tight: task.tight };
}

const isDoubleQuoted = (node: WrittenNode | undefined): boolean =>
  node?.type === "scalar" && node.style === "double";

/** How the members of a flow collection are written; undefined for a block. */
function styleIn(task: Task, slot: Slot, written: WrittenMap | WrittenList): FlowStyle | undefined {
  if (!written.flow) return undefined;
  const { text, tight } = task;
  const members = written.type === "map" ? written.entries : written.items;
  const json = slot.flow?.json ?? (written.type === "map" && isDoubleQuoted(written.entries[0]?.key));
  const texts = members
    .map(({ value }) => value)
    .filter((node) => node.type === "scalar" && node.text !== "");
  const style: FlowStyle = { json, tight, quotes: texts[0] && quotesOf(texts[0]) };
  const first = members[0]?.start;
  if (first === undefined || !hasBreak(text, written.start, first) || !beginsLine(text, first)) return style;
  const pad = text.slice(lineStart(text, first), first);
  const outer = /^[ \t]*/.exec(text.slice(lineStart(text, written.start), written.start))?.[0] ?? "";
  const unit = pad.startsWith(outer) && pad !== outer ? pad.slice(outer.length) : "  ";
  return { ...style, lines: { pad, unit, newline: "\n" } };
}
