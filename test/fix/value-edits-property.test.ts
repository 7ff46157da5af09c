/** Edited random manifests say exactly what they shall, and keep every line that no change has to do with. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isMap, isSame } from "../../src/fix/same.ts";
import { readDocuments } from "../../src/source/document.ts";
import { rangeAt } from "../../src/source/locate.ts";
import { type Node, nodeAt, type Path, toValue, type Value } from "../../src/source/node.ts";
import { applyEdits } from "../../src/source/splice.ts";
import { editsBetween } from "./edits-between.ts";
import { randomChange, randomJson, randomManifest, randomOf } from "./random-manifest.ts";

interface Case {
  readonly seed: number;
  readonly text: string;
  readonly anchored: boolean;
  readonly index: number;
  readonly root: Node;
  readonly wanted: Value;
}

/** A readable manifest, one of its documents, and what that shall say after some changes. */
function caseOf(seed: number, changes: number): Case | undefined {
  const random = randomOf(seed);
  const { text, anchored } = randomManifest(random);
  const documents = readDocuments({ path: "", text });
  const index = random(documents.length);
  const reading = documents[index]?.read();
  if (!reading?.ok || !reading.root) return undefined;
  let wanted = toValue(reading.root);
  for (let i = 0; i < changes; i++) wanted = randomChange(wanted, random);
  return { seed, text, anchored, index, root: reading.root, wanted };
}

function valuesOf(text: string): readonly Value[] {
  return readDocuments({ path: "", text }).map((document) => {
    const reading = document.read();
    return reading.ok && reading.root ? toValue(reading.root) : null;
  });
}

/** The edited text, or undefined for one of the reasons not to edit that are accepted. */
function edited({ seed, text, root, wanted }: Case): string | undefined {
  const result = editsBetween(text, root, wanted);
  if (!result.ok) {
    assert.match(result.reason, accepted, `seed ${seed}`);
    return undefined;
  }
  const applied = applyEdits(text, result.edits);
  assert.ok(applied.ok, `seed ${seed}`);
  return applied.ok ? applied.text : undefined;
}

const accepted = /no anchor &n\d+ stands before this alias/;

const property = suite("value edits: random manifests");

property("the document says what it shall, and all others what they said", () => {
  let done = 0;
  for (let seed = 1; seed <= 1000; seed++) {
    const each = caseOf(seed, 1 + (seed % 3));
    const text = each && edited(each);
    if (!each || text === undefined) continue;
    const before = valuesOf(each.text);
    const after = valuesOf(text);
    assert.is(after.length, before.length, `seed ${seed}`);
    after.forEach((value, index) => {
      const wanted = index === each.index ? each.wanted : (before[index] ?? null);
      assert.ok(isSame(value, wanted), `seed ${seed}, document ${index}`);
    });
    done++;
  }
  assert.ok(done > 900, `only ${done} were edited`);
});

property("one change leaves all lines before and behind what it changes as they were", () => {
  let done = 0;
  for (let seed = 10_001; seed <= 11_000; seed++) {
    const each = caseOf(seed, 1);
    if (!each || each.anchored) continue;
    const path = pathOfChange(toValue(each.root), each.wanted);
    const text = edited(each);
    if (text === undefined) continue;
    const { start, end } = linesAround(each, path);
    assert.is(text.slice(0, start), each.text.slice(0, start), `seed ${seed}: before ${path.join(".")}`);
    const rest = each.text.slice(end);
    if (rest.trim() === "") continue;
    assert.is(text.slice(text.length - rest.length), rest, `seed ${seed}: behind ${path.join(".")}`);
    done++;
  }
  assert.ok(done > 250, `only ${done} were looked at`);
});

property("new keys and items are insertions, and nothing else", () => {
  let done = 0;
  for (let seed = 20_001; seed <= 20_500; seed++) {
    const each = caseOf(seed, 0);
    if (!each || each.anchored || !isMap(each.wanted) || Object.hasOwn(each.wanted, "added")) continue;
    const text = edited({ ...each, wanted: { ...each.wanted, added: { a: ["b"] } } });
    if (text === undefined) continue;
    assert.ok(isInsertion(each.text, text), `seed ${seed}`);
    done++;
  }
  assert.ok(done > 300, `only ${done} were looked at`);
});

property("keys that were added and are taken away again leave the text as it was", () => {
  let done = 0;
  for (let seed = 30_001; seed <= 30_500; seed++) {
    const each = caseOf(seed, 0);
    if (!each || !isMap(each.wanted) || Object.hasOwn(each.wanted, "added")) continue;
    const text = edited({ ...each, wanted: { ...each.wanted, added: { a: ["b"] } } });
    const reading = text === undefined ? undefined : readDocuments({ path: "", text })[each.index]?.read();
    if (text === undefined || !reading?.ok || !reading.root) continue;
    assert.is(edited({ ...each, text, root: reading.root }), each.text, `seed ${seed}`);
    done++;
  }
  assert.ok(done > 300, `only ${done} were looked at`);
});

property("JSON stays JSON", () => {
  for (let seed = 40_001; seed <= 40_400; seed++) {
    const random = randomOf(seed);
    const text = randomJson(random, random(2) === 0 ? "" : undefined, 0);
    const reading = readDocuments({ path: "", text })[0]?.read();
    if (!reading?.ok || !reading.root) throw new Error(`seed ${seed}: ${text}`);
    const wanted = randomChange(randomChange(toValue(reading.root), random), random);
    if (!isMap(wanted)) continue;
    const after = edited({ seed, text, anchored: false, index: 0, root: reading.root, wanted });
    if (after !== undefined && !after.includes("9007199254740993")) {
      assert.ok(isSame(JSON.parse(after), wanted), `seed ${seed}`);
    }
  }
});

/** The path of the smallest part that holds all differences. */
function pathOfChange(before: Value, after: Value): Path {
  const path: (string | number)[] = [];
  let [old, now] = [before, after];
  for (;;) {
    if (typeof old !== "object" || typeof now !== "object" || old === null || now === null) return path;
    if (Array.isArray(old) !== Array.isArray(now)) return path;
    const [a, b] = [old as Record<string, Value>, now as Record<string, Value>];
    const keys = Object.keys(a);
    const differing = keys.filter((key) => !Object.hasOwn(b, key) || !isSame(a[key] ?? null, b[key] ?? null));
    const [only] = differing;
    if (
      only === undefined ||
      differing.length > 1 ||
      Object.keys(b).length !== keys.length ||
      !Object.hasOwn(b, only)
    ) {
      return path;
    }
    path.push(Array.isArray(old) ? Number(only) : only);
    old = a[only] ?? null;
    now = b[only] ?? null;
  }
}

/** From the beginning of the line of what stands at a path to the end of its last line, with comments and empty lines behind it. */
function linesAround({ text, root }: Case, path: Path): { readonly start: number; readonly end: number } {
  const key = rangeAt(root, path, "key") ?? root;
  const value = nodeAt(root, path) ?? root;
  const start = text.lastIndexOf("\n", key.start - 1) + 1;
  const line = text.indexOf("\n", Math.max(value.end, key.end));
  const behind =
    /^(?:[ \t]*(?:#[^\n]*)?(?:\r?\n|$))*/.exec(line < 0 ? "" : text.slice(line + 1))?.[0].length ?? 0;
  return { start, end: line < 0 ? text.length : line + 1 + behind };
}

function isInsertion(before: string, after: string): boolean {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  return after.endsWith(before.slice(start));
}

property.run();
