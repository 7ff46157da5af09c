/** The reader against what Kubernetes reads: values, duplicates, and where errors point. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { toGoJson } from "../../src/source/go-json.ts";
import { readYaml } from "../../src/source/read.ts";

const json = (text: string): string => {
  const reading = readYaml(text);
  return reading.ok ? toGoJson(reading.root) : `error: ${reading.error.reason}`;
};

const values = suite("readYaml: values");
const valueCases: readonly (readonly [text: string, json: string])[] = [
  ["", "null"],
  ["# only a comment\n", "null"],
  ["---\n", "null"],
  ["a: 1\n", '{"a":1}'],
  ["a: 1\n---\nb: [\n", '{"a":1}'],
  ["on: yes\ny: off\n", '{"true":false}'],
  ["a: 010\nb: 0o10\nc: 0x1F\nd: 0b11\ne: 08\nf: 1_000\n", '{"a":8,"b":8,"c":31,"d":3,"e":8,"f":1000}'],
  ["a: 1e3\nb: .5\nc: -0.0\nd: -0\ne: 1e400\n", '{"a":1000,"b":0.5,"c":-0,"d":0,"e":"1e400"}'],
  ["a: 1:30\nb: 2024-01-02\n", '{"a":"1:30","b":"2024-01-02"}'],
  [
    "a: 9007199254740993\nb: 18446744073709551615\nc: 18446744073709551616\n",
    '{"a":9007199254740993,"b":18446744073709551615,"c":18446744073709552000}',
  ],
  [
    "1: a\n1.5: b\n0.1: c\n~x: d\ntrue: e\n.inf: f\n1e7: g\n",
    '{".inf":"f","0.1":"c","1":"a","1.5":"b","1e+07":"g","true":"e","~x":"d"}',
  ],
  [
    "a: !!str 1\nb: !!int '2'\nc: !!float 3\nd: !x y\ne: ! 5\nf: !!binary aGk=\n",
    '{"a":"1","b":2,"c":3,"d":"y","e":"5","f":"hi"}',
  ],
  ["a: 'it''s\n  two'\nb: \"x\\u00e9\\\n  y\\tz\"\n", '{"a":"it\'s two","b":"xéy\\tz"}'],
  ["a: plain\n  goes\n\n  on # c\n", '{"a":"plain goes\\non"}'],
  [
    "a: |\n  x\n   y\n\nb: >-\n  x\n  y\n\n  z\nc: |+\n  k\n\n",
    '{"a":"x\\n y\\n","b":"x y\\nz","c":"k\\n\\n"}',
  ],
  ["a: |2\n    x\nb: |\n\n  y\n", '{"a":"  x\\n","b":"\\ny\\n"}'],
  ["a:\n- 1\n-\n- - 2\n  - 3\n", '{"a":[1,null,[2,3]]}'],
  ["? a\n: b\n? c\n", '{"a":"b","c":null}'],
  ["a: {b: 1, c, d: [e: f, g]}\n", '{"a":{"b":1,"c":null,"d":[{"e":"f"},"g"]}}'],
  ["a: &x {b: 1}\nc: *x\nd:\n  <<: *x\n  b: 2\n", '{"a":{"b":1},"c":{"b":1},"d":{"b":2}}'],
  ["a: &x {b: 1}\nd:\n  b: 2\n  <<: *x\n", '{"a":{"b":1},"d":{"b":1}}'],
  ["<<: [{a: 1}, {a: 2, b: 3}]\n", '{"a":1,"b":3}'],
  ["a: <<\n'<<': b\n", '{"\\u003c\\u003c":"b","a":"\\u003c\\u003c"}'],
  ["a: 1\na: 2\n", '{"a":2}'],
  ["a: .inf\na: 1\n", '{"a":1}'],
  ["a: x\r\nb: v\r\n", '{"a":"x","b":"v"}'],
  ["a: x\rb: v\u0085c: z\u2028d: w", '{"a":"x","b":"v","c":"z","d":"w"}'],
  ["\ufeffa: 1\n", '{"a":1}'],
  ["a: <>&\u00a0\n", '{"a":"\\u003c\\u003e\\u0026\u00a0"}'],
  ["\ue000: 1\n😀: 2\na: 3\n", '{"a":3,"\ue000":1,"😀":2}'],
  ["%YAML 1.1\n%TAG !e! tag:yaml.org,2002:\n---\na: !e!str 1\n", '{"a":"1"}'],
  ["-x: yes\n", '{"-x":true}'],
];
for (const [text, expected] of valueCases) {
  values(`${JSON.stringify(text)} is ${expected}`, () => assert.is(json(text), expected));
}
values.run();

const errors = suite("readYaml: errors point at what is wrong");
/** A ^ stands before the character that the error points at. */
const errorCases: readonly (readonly [text: string, reason: string])[] = [
  ["a: b^: c\n", "mapping values are not allowed in this context"],
  ["a: 1\n b^: 2\n", "mapping values are not allowed in this context"],
  ["a:\n  b: 1\n ^c: 2\n", "did not find expected key"],
  ["a:\n  - 1\n  ^b: 2\n", "did not find expected '-' indicator"],
  ["a: 1\n^b\n", "could not find expected ':'"],
  ["a: ^'x\nb: y\n", "found unexpected end of stream"],
  ["a: [1, 2\nb^: 3\n", "did not find expected ',' or ']'"],
  ["a: {b: 1\n^", "did not find expected ',' or '}'"],
  ["a:\n^\tb: 1\n", "found character that cannot start any token"],
  ["a: ^@b\n", "found character that cannot start any token"],
  ["a: ^%b\n", "found character that cannot start any token"],
  ["a: {^{ .Values.x }}\n", "invalid map key"],
  ["a: ^*x\n", "unknown anchor 'x' referenced"],
  ["a: &x [^*x]\n", "anchor 'x' value contains itself"],
  ["a: &x 1\n<<: ^*x\n", "map merge requires map or sequence of maps as the value"],
  ["^~: a\n", "unsupported map key"],
  ["^18446744073709551615: a\n", "unsupported map key"],
  ["a: [1, ^.nan]\n", "json: unsupported value"],
  ["a: !!int ^x\n", "cannot decode !!str as a !!int"],
  ["a: !!binary ^x\n", "!!binary value contains invalid base64 data"],
  ["a: ^!q!x y\n", "found undefined tag handle"],
  ['a: "x^\\q"\n', "found unknown escape character"],
  ['a: "^\\ud83d\\ude00"\n', "found invalid Unicode character escape code"],
  ["a: b^\u0007\n", "control characters are not allowed"],
  ["a: b^\udcff\n", "invalid UTF-8"],
  ["a: ^- b\n", "block sequence entries are not allowed in this context"],
  ["a: |^0\n  x\n", "found an indentation indicator equal to 0"],
  ["^%YAML 1.2\n---\na: b\n", "found incompatible YAML document"],
];
for (const [marked, reason] of errorCases) {
  errors(`${JSON.stringify(marked)}: ${reason}`, () => {
    const offset = marked.indexOf("^");
    const reading = readYaml(marked.slice(0, offset) + marked.slice(offset + 1));
    assert.not(reading.ok);
    if (!reading.ok) assert.equal([reading.error.reason, reading.error.offset], [reason, offset]);
  });
}
errors("offsets are those of the whole text when a part is read", () => {
  const reading = readYaml("x: 1\n---\na: [\n", 9);
  assert.ok(!reading.ok && reading.error.offset >= 13);
});
errors.run();

const duplicates = suite("readYaml: duplicates");
const duplicateCases: readonly (readonly [
  text: string,
  found: readonly (readonly [string, number, number, boolean])[],
])[] = [
  ["a: 1\nb: 2\n", []],
  ["a: 1\nb: 2\na: 3\n", [["a", 0, 10, true]]],
  ["1: a\n'1': b\n", [["1", 0, 5, false]]],
  ["x: &x {a: 1}\ny:\n  a: 2\n  <<: *x\n", [["a", 18, 29, true]]],
  ["- {a: 1, a: 2}\n", [["a", 3, 9, true]]],
  ["{0.0: 1, -.0: 2}", [["-0", 1, 9, true]]],
  ["{0: 1, -0.0: 2}", []],
];
for (const [text, found] of duplicateCases) {
  duplicates(`of ${JSON.stringify(text)} are ${JSON.stringify(found)}`, () => {
    const reading = readYaml(text);
    const actual =
      reading.ok && reading.duplicates?.map((d) => [d.key, d.first.start, d.again.start, d.same]);
    assert.equal(actual, found);
  });
}
duplicates("among many keys are found", () => {
  const keys = Array.from({ length: 50 }, (_, i) => `k${i}: ${i}\n`).join("");
  const reading = readYaml(`${keys}k7: again\n`);
  assert.equal(reading.ok && reading.duplicates?.map(({ key }) => key), ["k7"]);
});
duplicates.run();
