/** A hostile template ends in an error that says why, never in a crash or a hang. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sprigFunctions } from "../../src/gotemplate/functions/sprig.ts";
import { compile, execute } from "../../src/gotemplate/template.ts";

const limits = { steps: 20_000, text: 50_000, items: 5_000, depth: 100 };
const bomb = "{{$x := `0123456789`}}{{range 100}}{{$x = print $x $x}}{{end}}";

const hostile: readonly (readonly [template: string, error: RegExp])[] = [
  ["{{range 9000000000}}{{end}}", /more than 20000 steps/],
  ["{{range 1000}}{{range 1000}}{{$x := 1}}{{end}}{{end}}", /more than 20000 steps/],
  ['{{define "r"}}{{template "r" .}}{{end}}{{template "r" .}}', /nested more than 100 deep/],
  [bomb, /a text of \d+ characters, more than 50000/],
  ["{{range 10000}}0123456789{{end}}", /output has more than 50000 characters/],
  ['{{repeat 1000000000 "x"}}', /more than 50000/],
  ["{{until 1000000000}}", /a list of 1000000000 elements, more than 5000/],
  ["{{seq 1 1 1000000000}}", /more than 5000/],
  ['{{printf "%999999d%999999d" 1 1}}', /more than 50000/],
  ['{{$d := dict}}{{$_ := set $d "self" $d}}{{$d}}', /nested more than 100 deep/],
  ['{{$d := dict}}{{$_ := set $d "self" $d}}{{toRawJson $d}}', /nested more than 100 deep/],
  ['{{$d := dict}}{{$_ := set $d "self" $d}}{{deepCopy $d}}', /nested more than 100 deep/],
  ['{{regexMatch (repeat 500 "(a*)*") (repeat 1000 "a")}}', /steps|too large/],
  ['{{indent 1000000000 "a"}}', /more than 50000/],
  ['{{fromJson (repeat 5000 "[") | toJson}}{{mustFromJson (repeat 5000 "[")}}', /max depth/],
  ['{{sha256sum (repeat 40000 "x")}}{{range 10}}{{sha256sum (repeat 40000 "x")}}{{end}}', /steps/],
  ['{{wrapWith 1 (repeat 1000 "x") (repeat 1000 "y")}}', /more than 50000/],
  ['{{replace "" (repeat 1000 "x") (repeat 1000 "y")}}', /more than 50000/],
];

const tests = suite("limits");

for (const [template, error] of hostile) {
  tests(`ends: ${template}`, () => {
    const compiled = compile("inject", template, { functions: sprigFunctions });
    assert.ok(compiled.ok);
    const executed = execute(compiled.template, {}, { limits });
    assert.not(executed.ok);
    assert.match(executed.ok ? "" : executed.error, error);
    assert.match(executed.ok ? "" : executed.error, /^template: inject:1:\d+: executing "/);
  });
}

const deep: readonly (readonly [what: string, template: string])[] = [
  ["parentheses", `{{${"(".repeat(5000)}1${")".repeat(5000)}}}`],
  ["conditions", "{{if true}}".repeat(5000) + "{{end}}".repeat(5000)],
  ["alternatives", `{{if false}}${"{{else if false}}".repeat(5000)}{{end}}`],
  ["blocks", '{{block "a" .}}'.repeat(5000) + "{{end}}".repeat(5000)],
];

for (const [what, template] of deep) {
  tests(`${what} nested without end are refused when they are parsed`, () => {
    const compiled = compile("inject", template);
    assert.not(compiled.ok);
    assert.match(compiled.ok ? "" : compiled.error, /nested more than 400 deep/);
  });
}

tests("expressions that make others backtrack for ever are matched at once", () => {
  const compiled = compile("inject", '{{regexMatch "^(a|a)*(a|a)*$" (print (repeat 2000 "a") "b")}}', {
    functions: sprigFunctions,
  });
  assert.ok(compiled.ok);
  assert.equal(compiled.ok && execute(compiled.template, {}), { ok: true, output: "false" });
});

tests("a template is as good after an error as before", () => {
  const compiled = compile("inject", "{{.a.b}}{{range .n}}x{{end}}");
  if (!compiled.ok) throw new Error(compiled.error);
  assert.not(execute(compiled.template, { a: 1 }).ok);
  assert.equal(execute(compiled.template, { a: { b: "c" }, n: [1, 2] }), { ok: true, output: "cxx" });
});

tests.run();
