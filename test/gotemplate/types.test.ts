/** Structs, pointers and named types: what templates may do with values that plain data cannot tell. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fn } from "../../src/gotemplate/function.ts";
import { sprigFunctions } from "../../src/gotemplate/functions/sprig.ts";
import { compile, execute } from "../../src/gotemplate/template.ts";
import type { GoType, Method } from "../../src/gotemplate/types.ts";
import {
  funcOf,
  int32Type,
  intType,
  mapOf,
  named,
  pointerTo,
  sliceOf,
  stringSlice,
  stringType,
  structOf,
} from "../../src/gotemplate/types.ts";
import { Typed } from "../../src/gotemplate/values.ts";

type Raw = Readonly<Record<string, unknown>>;

function method(out: GoType, call: (raw: Raw) => unknown, params: readonly GoType[] = []): Method {
  return {
    signature: { in: params, out, variadic: false },
    call: (raw, args) => call({ ...(raw as Raw), args }),
  };
}

const colour = named("shop.Colour", stringType, {
  methods: { String: method(stringType, () => "a colour") },
});
const base = structOf("shop.Base", () => [{ name: "ID", type: intType, key: "id" }], {
  pointerMethods: { Tag: method(stringType, (raw) => `#${raw.id ?? 0}`) },
});
const adder = funcOf({ in: [intType, intType], variadic: false, out: intType });
const shirt: GoType = structOf(
  "shop.Shirt",
  () => [
    { name: "Base", type: base, embedded: true },
    { name: "Name", type: stringType, key: "name" },
    { name: "Size", type: int32Type, key: "size" },
    { name: "Colour", type: colour, key: "colour" },
    { name: "Next", type: pointerTo(shirt), key: "next" },
    { name: "Tags", type: stringSlice, key: "tags" },
    { name: "Stock", type: mapOf(intType, stringType), key: "stock" },
    { name: "All", type: sliceOf(base), key: "all" },
    {
      name: "Add",
      type: adder,
      read:
        () =>
        (_: unknown, [a, b]: readonly number[]) =>
          (a ?? 0) + (b ?? 0),
    },
    { name: "secret", type: stringType, key: "secret" },
  ],
  {
    methods: { Greet: method(stringType, (raw) => `hi ${(raw.args as readonly string[])[0]}`, [stringType]) },
  },
);

const raw = {
  id: 7,
  name: "polo",
  size: 42,
  colour: "red",
  next: { name: "tee" },
  tags: ["x"],
  stock: { 10: "b", 9: "a" },
  all: [{ id: 1 }],
  secret: "s",
};
const functions = { double: fn("int", "int", (n) => n * 2) };

const cases: readonly (readonly [template: string, result: string])[] = [
  ["{{.Name}} {{.Size}} {{.Colour}} {{.ID}} {{.Base.ID}}", "polo 42 a colour 7 7"],
  ["{{.Next.Name}} {{.Next.Size}} {{.Next.Next}}", "tee 0 <nil>"],
  ["{{.Tag}} {{.Base.Tag}} {{(index .All 0).Tag}}", "#7 #7 #1"],
  ['{{.Greet "ann"}} {{"bob" | .Greet}}', "hi ann hi bob"],
  ["{{range $k, $v := .Stock}}{{$k}}{{$v}} {{end}}{{index .Stock 9}}", "9a 10b a"],
  ["{{.Stock}} {{.Tags}} {{.All}} {{.Next.Tags}} {{.Next.Stock}}", "map[9:a 10:b] [x] [{1}] [] map[]"],
  ["{{call .Add 1 2}}", "3"],
  [
    '{{printf "%T %T %T %d %q" .Colour .Next .Tags .Size .Colour}}',
    'shop.Colour *shop.Shirt []string 42 "a colour"',
  ],
  ['{{printf "%v %+v" .Base .Base}}', "{7} {ID:7}"],
  ['{{eq .Size 42}} {{eq .Colour "red"}} {{eq .Next.Next nil}} {{eq .Base .Base}}', "true true true true"],
  ["{{double 4}} {{if .Next.Next}}a{{else}}b{{end}} {{len .Tags}}", "8 b 1"],
  ["{{range .Size}}{{if gt . 1}}{{break}}{{end}}{{.}}{{end}}", "01"],
];
const refused: readonly (readonly [template: string, error: string])[] = [
  ["{{.name}}", "can't evaluate field name in type *shop.Shirt"],
  ["{{.secret}}", "secret is an unexported field of struct type *shop.Shirt"],
  ["{{.Next.Next.Name}}", "nil pointer evaluating *shop.Shirt.Name"],
  [
    '{{.Next.Next.Greet "x"}}',
    "error calling Greet: value method shop.Shirt.Greet called using nil *Shirt pointer",
  ],
  ["{{.Greet}}", "wrong number of args for Greet: want 1 got 0"],
  ["{{.Name 1}}", "Name has arguments but cannot be invoked as function"],
  ["{{double .Size}}", "wrong type for value; expected int; got int32"],
  ['{{double "1"}}', 'expected integer; found "1"'],
  ["{{double}}", "wrong number of args for double: want 1 got 0"],
  ['{{index .Stock "9"}}', "error calling index: value has type string; should be int"],
  ["{{eq .Tags .Tags}}", "error calling eq: non-comparable type [x]: []string"],
  ["{{.Add}}", "can't print {{.Add}} of type func(int, int) int"],
  ["{{call .Add 1}}", "error calling call: wrong number of args for .Add: got 1 want 2"],
  ["{{call .Name}}", "error calling call: non-function .Name of type string"],
];

function run(template: string) {
  const compiled = compile("t", template, { functions });
  if (!compiled.ok) throw new Error(compiled.error);
  return execute(compiled.template, new Typed(pointerTo(shirt), raw));
}

const tests = suite("typed values");

for (const [template, output] of cases) {
  tests(`typed values can be read: ${template}`, () => assert.equal(run(template), { ok: true, output }));
}
for (const [template, error] of refused) {
  tests(`what typed values do not allow is told: ${template}`, () => {
    const executed = run(template);
    assert.not(executed.ok);
    const message = executed.ok ? "" : executed.error;
    assert.is(message.slice(message.indexOf(">: ") + 3), error);
  });
}

tests("methods of the pointer are not there for a value that has no address", () => {
  const compiled = compile("t", "{{.Tag}}");
  assert.ok(compiled.ok);
  assert.not(compiled.ok && execute(compiled.template, new Typed(shirt, raw)).ok);
});

tests("JSON leaves out pointers to nothing, and no other", () => {
  const options = structOf("shop.Options", () => [
    { name: "User", type: pointerTo(int32Type), key: "user", omitEmpty: true },
    { name: "Next", type: pointerTo(shirt), key: "next", omitEmpty: true },
    { name: "Size", type: int32Type, key: "size", omitEmpty: true },
  ]);
  const compiled = compile("t", "{{toJson .}}", { functions: sprigFunctions });
  if (!compiled.ok) throw new Error(compiled.error);
  const next = Object.assign(Object.create(null), { size: 1 });
  const output = (held: Raw) => execute(compiled.template, new Typed(options, held));
  assert.equal(output({ size: 0 }), { ok: true, output: "{}" });
  assert.equal(output({ user: 0, size: 0 }), { ok: true, output: '{"user":0}' });
  assert.match(JSON.stringify(output({ next })), "size");
});

tests("a missing key is no value, a zero value or an error, as told", () => {
  const compiled = compile("t", "{{.a}}|{{.m.b}}");
  if (!compiled.ok) throw new Error(compiled.error);
  const data = { m: new Typed(mapOf(stringType, stringType), {}) };
  const output = (missingKey: "invalid" | "zero" | "error") =>
    execute(compiled.template, data, { missingKey });
  assert.equal(output("invalid"), { ok: true, output: "<no value>|<no value>" });
  assert.equal(output("zero"), { ok: true, output: "<no value>|" });
  assert.not(output("error").ok);
});

tests("other delimiters may be used", () => {
  const compiled = compile("t", "[[.]]{{.}}", { delimiters: { left: "[[", right: "]]" } });
  assert.equal(compiled.ok && execute(compiled.template, "x"), { ok: true, output: "x{{.}}" });
});

tests("a function takes the place of Go's own of that name", () => {
  const compiled = compile("t", '{{len "abc"}}', { functions: { len: fn("string", "int", () => 99) } });
  assert.equal(compiled.ok && execute(compiled.template, {}), { ok: true, output: "99" });
});

tests.run();
