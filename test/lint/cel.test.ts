/** Expressions, templates and places: what compiles, what is refused, and what comes out. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compilerFor } from "../../src/lint/cel.ts";
import { compilePlace } from "../../src/lint/place.ts";
import type { SubjectKind } from "../../src/lint/rule.ts";
import { enumeration, parseTemplate, textOf } from "../../src/lint/template.ts";

const cel = suite("cel");

function problemOf(kind: SubjectKind, expression: string, extra: Readonly<Record<string, string>> = {}) {
  const compiled = compilerFor(kind).with(extra).compile(expression);
  if (!compiled.ok) return compiled.error;
  const typed = compiled.program.type();
  return typed.ok ? undefined : typed.error;
}

for (const [expression, problem] of [
  ["pod.lables", "a Pod has no lables (did you mean labels?)"],
  ["pod.labels +", "the expression ends too early"],
  [
    "nobody",
    "there is no variable nobody (a text stands in quotes; there are workload, pod, ns, decision, proxy, policy, mesh)",
  ],
  ['ns.workloads + "1"', "+ does not go with int and string"],
  [
    "pod.ports.exists(a, pod.ports.exists(b, pod.ports.exists(c, pod.ports.exists(d, a == d))))",
    "4 loops inside one another; at most 3 are run",
  ],
  ["(pod", ") is missing before the end"],
  ["pod.", "a name is missing before the end"],
  ["pod.hostNetwork = true", "= is no operator; write =="],
  ["pod.hostNetwork and true", "and is no operator; write &&"],
  ["pod pod", "there is no operator before pod"],
  ["pod.ports.siez()", "there is no function siez (did you mean size?)"],
  ["pod.ports.exsts(p, p.number == 1)", "there is no function exsts (did you mean exists?)"],
  [
    "pod.labels['x'].matches('(')",
    "( is no regular expression: error parsing regexp: missing closing ): `(`",
  ],
  ["pod.labels['x'].matches('^a')", undefined],
  ["'\\d' == ''", "\\d is no escape sequence; a backslash is written twice"],
  ["pod.containers.name == ''", "a list has no fields; exists, all, filter and map go through it"],
  ["pod.ports.filter(p, p.number).size() > 0", "filter asks each for a bool, and this is of type int"],
] as const) {
  cel(`refused: ${expression}`, () => {
    assert.is(problemOf("workload", expression), problem);
  });
}

cel("each subject has its own variables", () => {
  assert.is(problemOf("namespace", "ns.name"), undefined);
  assert.is(
    problemOf("namespace", "pod.labels"),
    "there is no variable pod (a text stands in quotes; there are ns, mesh)",
  );
  assert.is(problemOf("document", "document.reason"), undefined);
});

cel("item has the type of the list's elements", () => {
  const extra = { item: "Port" };
  assert.is(problemOf("workload", 'item.number == 80 && item.container.name == "web"', extra), undefined);
  assert.is(problemOf("workload", "item.nmber == 80", extra), "a Port has no nmber (did you mean number?)");
});

cel("a path is read by CEL's own parser, its indices are expressions", () => {
  const compiler = compilerFor("workload").with({ item: "Port" });
  const compiled = compilePlace('pod[item.protocol].x["a/b"][0][item.index + 1]', compiler);
  assert.ok(compiled.ok);
  assert.is(compiled.place.root, "pod");
  assert.not(compilePlace("pod.labels.size()", compiler).ok);
  assert.not(compilePlace("pod.", compiler).ok);
  const typo = compilePlace("pod[item.nmber]", compiler);
  assert.ok(typo.ok);
  assert.equal(typo.place.errors(), [{ error: "a Port has no nmber (did you mean number?)", offset: 9 }]);
  assert.equal(compiled.place.errors(), []);
});

for (const [template, pieces] of [
  ["plain", ["plain"]],
  ["a {b} c", ["a ", "<b>", " c"]],
  ["{{literal}}", ["{literal}"]],
  ['{x["}"]}', ['<x["}"]>']],
  ['{ {"a": 1}["a"] }', ['<{"a": 1}["a"]>']],
  ["{'it\\'s }'}", ["<'it\\'s }'>"]],
] as const) {
  cel(`template: ${template}`, () => {
    const parsed = parseTemplate(template);
    assert.ok(parsed.ok);
    assert.equal(
      parsed.pieces.map(({ type, text }) => (type === "text" ? text : `<${text}>`)),
      pieces,
    );
  });
}

for (const template of ["{open", "close}", "{a} }"]) {
  cel(`no template: ${template}`, () => assert.not(parseTemplate(template).ok));
}

cel("values read as people write them", () => {
  assert.is(textOf(["a", "b", "c"]), "a, b and c");
  assert.is(textOf(3n), "3");
  assert.is(
    textOf({ name: "x", ports: [1n, 2n], limits: new Map([["cpu", "1"]]) }),
    "{name: x, ports: [1, 2], limits: {cpu: 1}}",
  );
  assert.is(enumeration(["a", "b"], "or"), "a or b");
  assert.is(enumeration([]), "");
});

cel.run();
