/** Unified diffs: what they look like, that git and patch take them, and that long files do not take for ever. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { matchLines } from "../../src/report/line-diff.ts";
import { unifiedDiff } from "../../src/report/unified-diff.ts";

const diffs = suite("unified diffs");

const lines = (...all: readonly string[]) => all.map((line) => `${line}\n`).join("");
const count = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

diffs("there is none between equal texts", () => {
  assert.is(unifiedDiff("a", "x\n", "x\n"), "");
  assert.is(unifiedDiff("a", "", ""), "");
});

diffs("three lines stand around a change, and lengths of one are left out", () => {
  const before = lines(...count(1, 9));
  const after = before.replace("5\n", "five\n");
  assert.is(
    unifiedDiff("apps/a.yaml", before, after),
    lines(
      "--- a/apps/a.yaml",
      "+++ b/apps/a.yaml",
      "@@ -2,7 +2,7 @@",
      " 2",
      " 3",
      " 4",
      "-5",
      "+five",
      " 6",
      " 7",
      " 8",
    ),
  );
  assert.is(unifiedDiff("a", "1\n", "2\n"), lines("--- a/a", "+++ b/a", "@@ -1 +1 @@", "-1", "+2"));
});

diffs("changes with at most six lines between them share a hunk", () => {
  const hunks = (to: number) => {
    const before = lines("a", ...count(1, to), "b");
    return unifiedDiff("a", before, before.replace("a", "A").replace("b", "B")).split("\n@@").length - 1;
  };
  assert.equal([hunks(6), hunks(7)], [1, 2]);
});

diffs("a last line without a line feed is marked, carriage returns stay", () => {
  const mark = "\\ No newline at end of file";
  const head = ["--- a/a", "+++ b/a"];
  assert.is(unifiedDiff("a", "x", "x\n"), lines(...head, "@@ -1 +1 @@", "-x", mark, "+x"));
  assert.is(unifiedDiff("a", "y\nx", "z\nx"), lines(...head, "@@ -1,2 +1,2 @@", "-y", "+z", " x", mark));
  assert.is(unifiedDiff("a", "x\r\n", "y\r\n"), lines(...head, "@@ -1 +1 @@", "-x\r", "+y\r"));
  assert.is(unifiedDiff("a", "", "y\n"), lines(...head, "@@ -0,0 +1 @@", "+y"));
  assert.is(unifiedDiff("a", "y\n", ""), lines(...head, "@@ -1 +0,0 @@", "-y"));
});

diffs("an added item begins at its first line, not in the item before", () => {
  const item = (name: string) => ["    - args: [run]", `      name: ${name}`, "      tty: true"];
  const before = lines("containers:", ...item("a"), ...item("b"));
  const after = lines("containers:", ...item("a"), ...item("proxy"), ...item("b"));
  const added = unifiedDiff("a", before, after)
    .split("\n")
    .filter((line) => /^\+[^+]/.test(line));
  assert.equal(
    added,
    item("proxy").map((line) => `+${line}`),
  );
  const removed = unifiedDiff("a", after, before)
    .split("\n")
    .filter((line) => /^-[^-]/.test(line));
  assert.equal(
    removed,
    item("proxy").map((line) => `-${line}`),
  );
});

diffs("for a terminal lines are coloured and controls are pictures", () => {
  const text = unifiedDiff("a", "x\n", "\u001b[2J\ty\r\n", { colour: true });
  assert.ok(text.includes("\u001b[31m-x\u001b[39m\n"));
  assert.ok(text.includes("\u001b[32m+␛[2J\ty␍\u001b[39m\n"));
  assert.ok(text.includes("\u001b[36m@@ -1 +1 @@\u001b[39m\n"));
});

diffs("the shortest edit is found where no line stands alone", () => {
  const rows: readonly (readonly [string, string, number])[] = [
    ["aabbaabb", "ababab", 5],
    ["aabb", "bbaa", 2],
    ["abab", "baba", 3],
    ["aaaa", "aa", 2],
  ];
  for (const [before, after, kept] of rows) {
    const partners = matchLines([...before], [...after]);
    assert.is(partners.filter((partner) => partner >= 0).length, kept, `${before} ${after}`);
  }
});

diffs("a long file with much added everywhere, and one without anything in common, take no time", () => {
  const workload = (index: number, injected: boolean) =>
    [
      `name: w${index}`,
      "containers:",
      "- name: app",
      ...(injected ? count(1, 200).map((line) => `  arg: ${line}`) : []),
      "---",
    ].join("\n");
  const all = (injected: boolean) =>
    count(1, 1000)
      .map((_, index) => workload(index, injected))
      .join("\n");
  const start = performance.now();
  const diff = unifiedDiff("a", all(false), all(true));
  assert.is(diff.split("\n").filter((line) => line.startsWith("+ ")).length, 200_000);
  unifiedDiff("a", "x\ny\n".repeat(20_000), "y\nx\nx\n".repeat(20_000));
  const took = performance.now() - start;
  assert.ok(took < 3000, `${took} ms`);
});

/** Numbers in [0, 1) that are the same in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A text of few different lines and one made of it by some edits, some without a last line feed. */
function randomTexts(random: () => number): readonly [string, string] {
  const below = (limit: number) => Math.floor(random() * limit);
  const kinds = [
    "a",
    "b",
    "",
    "  c",
    "d\r",
    "+e",
    "-f",
    "\\ No newline at end of file",
    "--- g",
    "ü",
    "@@ -1 +1 @@",
  ];
  const line = () => (below(4) === 0 ? `line ${below(1000)}` : (kinds[below(kinds.length)] ?? ""));
  const before = Array.from({ length: below(40) }, line);
  const after = [...before];
  for (let edits = below(8); edits >= 0; edits--) {
    after.splice(below(after.length + 1), below(4), ...Array.from({ length: below(5) }, line));
  }
  const text = (all: readonly string[]) => all.join("\n") + (all.length > 0 && below(3) > 0 ? "\n" : "");
  return [text(before), text(after)];
}

diffs("git and patch make the new text of the old one", () => {
  const root = mkdtempSync(join(tmpdir(), "sidelint-diff-"));
  const havePatch = spawnSync("patch", ["--version"]).status === 0;
  try {
    const random = randomFrom(7);
    // One patch over all files is one process; that of each file is told apart by its name.
    const files = Array.from({ length: 400 }, (_, index) => {
      const name = index % 3 === 0 ? `file ${index}.yaml` : index % 3 === 1 ? `f"\\${index}` : `ü${index}`;
      const [before, after] = randomTexts(random);
      return { name, before, after };
    });
    const patch = files.map(({ name, before, after }) => unifiedDiff(name, before, after)).join("");
    writeFileSync(join(root, "all.patch"), patch);
    const tools = [
      ["git", "apply", "--whitespace=nowarn", "all.patch"],
      ...(havePatch ? [["patch", "-p1", "--binary", "-i", "all.patch"]] : []),
    ];
    for (const [tool = "", ...args] of tools) {
      for (const { name, before } of files) writeFileSync(join(root, name), before);
      const { status, stderr, stdout } = spawnSync(tool, args, { cwd: root, encoding: "utf8" });
      assert.is(status, 0, `${tool}: ${stderr}${stdout}`);
      for (const { name, before, after } of files) {
        assert.is(
          readFileSync(join(root, name), "utf8"),
          after,
          `${tool}: ${JSON.stringify({ before, after })}`,
        );
      }
    }
  } finally {
    rmSync(root, { recursive: true });
  }
});

diffs.run();
