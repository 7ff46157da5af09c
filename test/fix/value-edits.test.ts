/** What edits make of texts: each table row is a text before and after, and what the second says is what is asked for. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { editsOfDocument } from "../../src/fix/value-edits.ts";
import { type Document, readDocuments } from "../../src/source/document.ts";
import { type Node, type Path, toValue, type Value } from "../../src/source/node.ts";
import { applyEdits } from "../../src/source/splice.ts";
import { editsBetween } from "./edits-between.ts";

function documentOf(text: string, index: number): { readonly document: Document; readonly root: Node } {
  const document = readDocuments({ path: "", text })[index];
  const reading = document?.read();
  if (!document || !reading?.ok || !reading.root) throw new Error(`cannot read ${text}`);
  return { document, root: reading.root };
}

/** The text after the edits, or the reason why there are none. */
function edited(text: string, wanted: Value, index = 0, path: Path = []): string {
  const result = editsBetween(text, documentOf(text, index).root, wanted, path);
  if (!result.ok) return `refused: ${result.reason}`;
  const applied = applyEdits(text, result.edits);
  return applied.ok ? applied.text : applied.reason;
}

const table = suite("value edits");
const cases: readonly (readonly [what: string, before: string, after: string, index?: number])[] = [
  [
    "scalars keep their quotes and their kind of block",
    `a: 'x' # c
b: "x"
c: x
d: |
  x
  y
e: >
  f
`,
    "a: 'it''s' # c\nb: \"n\\n\"\nc: \"yes\"\nd: |-\n  p\n  q\ne: g h\n",
  ],
  [
    "numbers and booleans",
    `a: 1 # c
b: "2"
c: true
`,
    `a: 2 # c
b: 3
c: "true"
`,
  ],
  [
    "what says nothing becomes a map or list, its comment stays",
    `a:
b: # c
c: ~
d: null # c
`,
    `a:
  x: 1
b: # c
- 1
c:
  "y": 2
d: # c
  z:
  - 1
`,
  ],
  [
    "a map or list becomes a scalar or an empty list",
    `a: # c
  b: 1
  c: 2 # d
  # inside
e:
- 1
f: 1
`,
    `a: x # c
e: []
f: 1
`,
  ],
  [
    "items of other kinds",
    `- a # c
-
- b: 1
- |
  t
- - 1
  - 2
`,
    `- x: 1
  "y": 2
- z: 1
- s # c
- |
  t2
  u
- - 1
  - 3
  - 2
`,
  ],
  ["a text without a last line end stays one", "a: 1\nb: 2", "a: 1\nc: 3"],
  ["the last entry of a text without a last line end goes", "a: 1\nb: 2", "a: 1"],
  [
    "line ends of Windows",
    "a:\r\n  b: 1 # c\r\n  d: 2\r\ne: 1\r\n",
    'a:\r\n  b: 1 # c\r\n  x:\r\n    "y": |\r\n      l1\r\n      l2\r\ne: 1\r\n',
  ],
  [
    "the first key behind a dash goes",
    `- name: a
  image: b
- name: c # x
  # above
  image: d
`,
    `- image: b
-
  # above
  image: d
`,
  ],
  [
    "a map between braces",
    `labels: {app: web, tier: front} # c
`,
    `labels: {tier: front, x: "a, b"} # c
`,
  ],
  [
    "a map between braces with keys in quotes",
    `labels: {"app": "web"}
`,
    `labels: {"app": "web", "x": "y", "l": ["a"]}
`,
  ],
  [
    "JSON in lines stays JSON",
    `{
  "a": 1,
  "b": {
    "c": [
      1
    ]
  },
  "e": {}
}
`,
    '{\n  "b": {\n    "c": [\n      1,\n      {\n        "x": [\n          1,\n          "yes"\n        ]\n      }\n    ]\n  },\n  "e": {\n    "z": 1\n  },\n  "d": "\\u2028é\\n"\n}\n',
  ],
  ["JSON without spaces stays so", '{"a":1,"b":[1,2]}', '{"a":1,"b":[1,2,3],"c":{"d":1}}'],
  [
    "JSON indented with tabs",
    '{\n\t"a": {\n\t\t"b": 1\n\t}\n}\n',
    '{\n\t"a": {\n\t\t"b": 1,\n\t\t"c": {\n\t\t\t"d": 1\n\t\t}\n\t},\n\t"l": [\n\t\t1\n\t]\n}\n',
  ],
  [
    "a list between brackets with comments",
    `a: [
  x, # c1
  y # c2
]
`,
    `a: [
  w,
  x, # c1
  y, # c2
  z
]
`,
  ],
  [
    "what aliases repeat stays what it was elsewhere",
    `a: &x 1
b: *x
c: *x
`,
    `a: &x 2
b: 1
c: 1
`,
  ],
  [
    "an alias stays when both places change alike",
    `a: &x 1
b: *x
`,
    `a: &x 2
b: *x
`,
  ],
  [
    "a change through an alias is written out",
    `a: &x {b: 1}
c: *x # c
`,
    `a: &x {b: 1}
c: # c
  b: 1
  d: 2
`,
  ],
  [
    "a merge key stays beside a new key",
    `base: &b
  x: 1
  y: 2
c:
  <<: *b
  z: 1
`,
    `base: &b
  x: 1
  y: 2
c:
  <<: *b
  z: 1
  w: 1
`,
  ],
  [
    "a change through a merge key is written out",
    `base: &b
  x: 1
  y: 2
c:
  <<: *b # m
  z: 1
`,
    `base: &b
  x: 1
  y: 2
c:
  x: 5
  "true": 2
  z: 1
`,
  ],
  [
    "a merged map that changes stays what it was elsewhere",
    `base: &b
  x: 1
  y: 2
c:
  <<: *b
  z: 1
`,
    `base: &b
  x: 1
  y: 2
  q: 1
c:
  x: 1
  "true": 2
  z: 1
`,
  ],
  [
    "an anchor goes, what it gave elsewhere is written out",
    `base: &b
  x: 1
c:
  <<: *b
d: *b
`,
    `c:
  x: 1
d:
  x: 1
`,
  ],
  [
    "an anchored map and its alias change alike",
    `a: &x
  l:
  - 1
b: *x
`,
    `a: &x
  l:
  - 1
  - 2
b:
  l:
  - 1
`,
  ],
  [
    "a tag goes with its value",
    `a: !!str 1 # c
b: !!str 2
`,
    `a: "3" # c
b: 4
`,
  ],
  [
    "a document between others",
    `# one
a: 1
---
# two
b: 1 # c
...
---
c: 1
`,
    `# one
a: 1
---
# two
b: 1 # c
d:
  e: 1
...
---
c: 1
`,
    1,
  ],
  [
    "behind a literal block",
    `a:
  b: |
    x

# c
d: 1
`,
    `a:
  b: |
    x
  c: 1

# c
d: 1
`,
  ],
  [
    "behind a literal block that keeps its empty lines",
    `a:
  b: |+
    x

d: 1
`,
    `a:
  b: |+
    x

  c: 1
d: 1
`,
  ],
  [
    "a list at the column of its key",
    `a:
- x
b: 1
`,
    `a:
- x
- "y"
b: 1
c:
- z
`,
  ],
  [
    "indentation as in the rest of the file",
    `a:
    - x
b: 1
`,
    `a:
    - x
    - "y"
b: 1
c:
    - z
d:
  e:
    f: 1
`,
  ],
  [
    "wide dashes",
    `a:
-   b: 1
    c: 2
`,
    `a:
-   b: 1
    c: 2
-   d: 1
    e: 2
`,
  ],
  [
    "all entries go",
    `a:
  b: 1 # c
  # d
  c: 2
z: 1
`,
    `a: {}
z: 1
`,
  ],
  [
    "all items are others",
    `a:
- x # c
- y
z: 1
`,
    `a:
- b: 1
z: 1
`,
  ],
  [
    "keys behind question marks",
    `? a
: 1
? b
: 2
`,
    `? a
: 3
`,
  ],
  [
    "a map on the line of the marker",
    `--- {a: 1}
---
b: 1
`,
    `--- {a: 1, b: {c: 1}}
---
b: 1
`,
  ],
  [
    "a key that stands twice goes",
    `a: 1
a: 2
`,
    `{}
`,
  ],
  [
    "of a key that stands twice the one that counts changes",
    `a: 1
a: 2
`,
    `a: 1
a: 3
`,
  ],
  [
    "a key without colon",
    `a: {b, c: 1}
`,
    `a: {b: 1, c: 1}
`,
  ],
  [
    "a pair without braces",
    `a: [b: 1]
`,
    `a: [{b: 1, c: 1}]
`,
  ],
  [
    "an item goes, comments above and below stay",
    `a:
- name: x
# about y
- name: y

# about z
- name: z
`,
    `a:
- name: x
# about y

# about z
- name: z
`,
  ],
  [
    "an item before all, and before the comment of the first",
    `a:
# about x
- name: x
- name: y
`,
    `a:
- name: p
  args:
  - q
# about x
- name: x
- name: y
`,
  ],
  [
    "a list as document",
    `# c
- a
- b
`,
    `# c
- z
- a
- b
`,
  ],
  [
    "a key that is very long",
    `a: 1
`,
    `a: 1
? "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
: x
`,
  ],
  [
    "empty lists are filled in lines",
    `a: []
b: [] # c
`,
    `a:
- 1
b: # c
- c: 1
`,
  ],
  ["a key that stands twice goes, others stay", "a: 1 # c\nb: 3\na: 2\n", "b: 3\n"],
  [
    "a key that a merge key brought again is written out once",
    "x: &x\n  a: 1\n  b: 1\nz:\n  a: 2\n  <<: *x\n  c: 3\n",
    "x: &x\n  a: 1\n  b: 1\nz:\n  a: 4\n  b: 1\n  c: 3\n",
  ],
  [
    "containers are named: one is new, one goes, one changes, and each keeps its comments",
    `spec:
  # all of them
  containers:
  # ours
  - name: app # the app
    image: "shop:1"  # tag
    args: ["a", 'b']
    # end of ours
  # theirs
  - name: old
    image: x
    # inside of theirs
  volumes: []
`,
    `spec:
  # all of them
  containers:
  - name: istio-proxy
    args:
    - proxy
  # ours
  - name: app # the app
    image: "shop:2"  # tag
    args: ["a", 'b', "c"]
    env:
    - name: A
      value: "1"
    # end of ours
  # theirs
  volumes:
  - name: v
    emptyDir: {}
`,
  ],
  [
    "items that change their places take their text with them",
    `containers:
- name: app # one
  image: "x" # keep
- name: istio-proxy # two
  args: [a] # args
  # in two
list: [a, {b: 1}, c]
`,
    `containers:
- name: istio-proxy # two
  args: [a, b] # args
  # in two
- name: app # one
  image: "y" # keep
list: [c, {b: 1}, a, z]
`,
  ],
  [
    "an item with another name alone is the same item",
    "env:\n- name: A # why\n  value: 'x'\n- name: B\n  value: y\n",
    "env:\n- name: C # why\n  value: 'x'\n- name: B\n  value: y\n",
  ],
  [
    "a text of lines is quoted where a block would take in the comment behind it",
    "a:\n  b: x\n    # deep\n  c: 1\n",
    'a:\n  b: "one\\ntwo"\n    # deep\n  c: 1\n',
  ],
  [
    "no text is a number, a word or a time to a reader of YAML 1.1",
    "a: {}\n",
    'a:\n  b: "yes"\n  c: "1:30"\n  d: "2001-01-01"\n  e: "0o17"\n  f: "~"\n  g: "1_000"\n  h: a b\n  i: "x: y"\n  j: \'{"k": 1}\'\n',
  ],
];
for (const [what, before, after, index = 0] of cases) {
  table(what, () => {
    const wanted = toValue(documentOf(after, index).root);
    assert.is(edited(before, wanted, index), after);
  });
}
table("what does not change needs no edit", () => {
  const { document, root } = documentOf("a: 1.0\nb: {c: 0x10}\n", 0);
  assert.equal(editsOfDocument(document, { b: { c: 16n }, a: 1 }), { ok: true, edits: [] });
  assert.equal(editsBetween(document.file.text, root, { b: { c: 16 }, a: 1n }), { ok: true, edits: [] });
});
table("a path leads to what shall change", () => {
  const text = "items:\n- a: 1 # c\n- a: 2 # d\n";
  assert.is(edited(text, { a: 3 }, 0, ["items", 1]), "items:\n- a: 1 # c\n- a: 3 # d\n");
  assert.is(edited(text, { a: 3 }, 0, ["items", 2]), "refused: nothing stands at that path");
});

const refused = suite("value edits: refused");
const refusals: readonly (readonly [what: string, text: string, wanted: Value, reason: string])[] = [
  [
    "a value for a `?`",
    "? a\nb: 1\n",
    { a: 2, b: 1 },
    "line 1: a key behind `?` that has no value is not given one",
  ],
];
for (const [what, text, wanted, reason] of refusals) {
  refused(what, () => assert.is(edited(text, wanted), `refused: ${reason}`));
}

table.run();
refused.run();
