/** Faults of templates, in words. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { templateFault, templateLineOf } from "../../../src/istio/inject/template-fault.ts";

const faults = suite("faults of templates");

const told: readonly [string, string, number | undefined][] = [
  ["template: inject:2: missing value for if", "template web, line 2: missing value for if", 2],
  [
    'template: inject:3:17: executing "inject" at <.Foo.Bar>: can\'t evaluate field Foo in type T',
    "template web, line 3, at .Foo.Bar: can't evaluate field Foo in type T",
    3,
  ],
  [
    'template: inject:1:2: executing "a \\"b\\"" at <index .A "x>y">: no: such: thing',
    'template web, line 1, at index .A "x>y": no: such: thing',
    1,
  ],
  [
    "the rendered text is not YAML: a key is expected",
    "template web: the rendered text is not YAML: a key is expected",
    undefined,
  ],
];

for (const [message, words, line] of told) {
  faults(`${message}: named by template, line and expression`, () => {
    assert.is(templateFault("web", message), words);
    assert.is(templateLineOf(message), line);
  });
}

faults.run();
