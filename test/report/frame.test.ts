/** Code frames: which lines they show, where the carets stand, and how they stay within their width. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { columns } from "../../src/report/cells.ts";
import { frame } from "../../src/report/frame.ts";
import { locationOf } from "../../src/source/locate.ts";

const style = { width: 60, gutter: (text: string) => text, carets: (text: string) => text };

function framed(text: string, piece: string, width = style.width): readonly string[] {
  const start = text.indexOf(piece);
  assert.ok(start >= 0, "the text holds the piece");
  const location = locationOf({ path: "a.yaml", text }, { start, end: start + piece.length });
  return frame(text, location, { ...style, width });
}

const long = `${"a: 1, ".repeat(30)}wrong: here, ${"b: 2, ".repeat(30)}`;

const cases: readonly (readonly [name: string, text: string, piece: string, expected: readonly string[]])[] =
  [
    [
      "the line before is shown and the carets stand under the span",
      "metadata:\n  name: web\n",
      "web",
      ["1 │ metadata:", "2 │   name: web", "  │         ^^^"],
    ],
    ["the first line has no context", "kind: Pod\n", "Pod", ["1 │ kind: Pod", "  │       ^^^"]],
    ["a blank line is no context", "a: 1\n\nb: 2\n", "2", ["3 │ b: 2", "  │    ^"]],
    ["a document marker is no context", "---\nb: 2\n", "2", ["2 │ b: 2", "  │    ^"]],
    [
      "line numbers are aligned at the change of a digit",
      `${"\n".repeat(8)}a: 1\nb: 2\n`,
      "b",
      [" 9 │ a: 1", "10 │ b: 2", "   │ ^"],
    ],
    ["tabs become blanks", "a:\n\t- b\tc\n", "c", ["1 │ a:", "2 │     - b c", "  │         ^"]],
    [
      "wide characters take two columns",
      "名前: 値段 # x\n",
      "値段",
      ["1 │ 名前: 値段 # x", "  │       ^^^^"],
    ],
    ["combining marks take none", "a: e\u0301e\u0301 b\n", "b", ["1 │ a: e\u0301e\u0301 b", "  │       ^"]],
    ["an emoji of several code points is one", "👩‍👩‍👧: x\n", "x", ["1 │ 👩‍👩‍👧: x", "  │     ^"]],
    [
      "control characters are shown as pictures",
      "a: \u001b[31mred\n",
      "red",
      ["1 │ a: \u241b[31mred", "  │         ^^^"],
    ],
    ["CRLF ends a line", "a: 1\r\nb: 2\r\n", "2", ["1 │ a: 1", "2 │ b: 2", "  │    ^"]],
    [
      "of a span over several lines the first is shown",
      "a:\n  b: |\n    c\n    d\n",
      "b: |\n    c\n    d\n",
      ["1 │ a:", "2 │   b: |", "  │   ^^^^ … to line 4"],
    ],
  ];

const frames = suite("frame");
for (const [name, text, piece, expected] of cases) {
  frames(name, () => assert.equal(framed(text, piece), expected));
}

frames("an empty span at the end of the text gets one caret", () => {
  const text = "a: [1";
  const location = locationOf({ path: "a.yaml", text }, { start: 5, end: 5 });
  assert.equal(frame(text, location, style), ["1 │ a: [1", "  │      ^"]);
});

frames("a location beyond the text gives no frame", () => {
  const location = locationOf({ path: "a.yaml", text: "a: 1\nb: 22222" }, { start: 10, end: 12 });
  assert.equal(frame("a: 1", location, style), []);
});

frames("a long line is cut around the span", () => {
  assert.equal(framed(long, "wrong", 50), [
    "1 │ … a: 1, a: 1, a: 1, wrong: here, b: 2, b: 2, …",
    "  │                     ^^^^^",
  ]);
});

frames("a long line whose beginning holds the span is cut at its end", () => {
  assert.equal(framed(`wrong: here, ${"b: 2, ".repeat(30)}`, "wrong", 40), [
    "1 │ wrong: here, b: 2, b: 2, b: 2, b: 2…",
    "  │ ^^^^^",
  ]);
});

frames("a line that is too long gives up the indentation it shares with its context first", () => {
  const text = `${" ".repeat(20)}annotations:\n${" ".repeat(22)}traffic.sidecar.istio.io/x: "8080"\n`;
  assert.equal(framed(text, 'traffic.sidecar.istio.io/x: "8080"', 50), [
    "1 │ annotations:",
    '2 │   traffic.sidecar.istio.io/x: "8080"',
    `  │   ${"^".repeat(34)}`,
  ]);
});

frames("the context is cut at the same columns as the line", () => {
  const [above, line] = framed(`${"x".repeat(400)}\n${long}`, "wrong", 50);
  assert.is(columns(above ?? ""), 50);
  assert.is(columns(line ?? ""), 50);
});

frames("a context that is longer than a line that fits is cut within the width", () => {
  const rows = framed(`${"a".repeat(100)}\nb: 2\n`, "b");
  assert.is(rows[0], `1 │ ${"a".repeat(55)}…`);
});

frames("no row is wider than asked for, wherever the span is and however long", () => {
  for (const text of [long, "値".repeat(300), `${"\t".repeat(50)}${long}`, "x".repeat(5000)]) {
    for (let start = 0; start < text.length; start += 7) {
      for (const length of [1, 5, 90, 2000]) {
        const end = Math.min(text.length, start + length);
        const location = locationOf({ path: "a.yaml", text }, { start, end });
        const rows = frame(text, location, { ...style, width: 44 });
        for (const row of rows) assert.ok(columns(row) <= 44, `${start} ${length}: ${row}`);
        assert.match(rows.at(-1) ?? "", /\^/);
      }
    }
  }
});

frames("the carets stand under the text of the span", () => {
  for (let start = 0; start < long.length - 5; start += 3) {
    const location = locationOf({ path: "a.yaml", text: long }, { start, end: start + 5 });
    const [line = "", carets = ""] = frame(long, location, { ...style, width: 44 });
    const from = carets.indexOf("^");
    assert.is(line.slice(from, carets.lastIndexOf("^") + 1), long.slice(start, start + 5).trimEnd() || "");
  }
});

frames("a line of several megabytes is no work", () => {
  const text = `{"a": "${"x".repeat(8_000_000)}"}`;
  const location = locationOf({ path: "a.json", text }, { start: 4_000_000, end: 4_000_010 });
  const started = performance.now();
  for (let i = 0; i < 5; i++) frame(text, location, style);
  assert.ok(performance.now() - started < 1000);
});
frames.run();
