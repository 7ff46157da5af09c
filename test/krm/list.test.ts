/** What a function is given and cannot use: said where it can be, and nothing is lost. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inMesh, listWith, runOn, web } from "./function.ts";

const unreadable = suite("input that is no ResourceList");

const inputs: readonly (readonly [text: string, says: string])[] = [
  ["", "nothing comes on standard input"],
  ["# only a comment\n", "nothing comes on standard input"],
  ["kind: List\napiVersion: v1\nitems: []\n", "standard input is a List, and not the ResourceList"],
  ["just: a map\n", "standard input is an object without a kind"],
  ["- a\n", "standard input is no ResourceList"],
  [
    "apiVersion: config.kubernetes.io/v9\nkind: ResourceList\nitems: []\n",
    "the ResourceList has the apiVersion config.kubernetes.io/v9; known are config.kubernetes.io/v1, ",
  ],
  ["kind: ResourceList\nitems: []\n", "the ResourceList has the apiVersion (none)"],
  [
    "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: {}\n",
    "the items of the ResourceList are no list",
  ],
  [
    "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- a: 'b\n",
    "line 4, column 6 of standard input: ",
  ],
  [
    "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n---\na: b\n",
    "a second document begins in line 5 of standard input",
  ],
];
for (const [text, says] of inputs) {
  unreadable(`${JSON.stringify(text)} fails and gives nothing`, () => {
    const { stdout, stderr, exit } = runOn(text);
    assert.is(exit, 1);
    assert.is(stdout, "");
    assert.ok(stderr.startsWith(`sidelint: ${says}`), stderr);
    assert.is(stderr.split("\n").length, 2);
  });
}

unreadable("bytes that are no text fail as well", async () => {
  const { linter } = await import("../../src/krm/linter.ts");
  const { runFunction } = await import("../../src/krm/run.ts");
  const { memoryTree } = await import("../../src/source/tree.ts");
  const { exit, stdout } = runFunction(new Uint8Array([0xff, 0xfe, 0xfd]), { tree: memoryTree({}) }, linter);
  assert.is(exit, 1);
  assert.equal(stdout, []);
});

unreadable.run();

const lists = suite("ResourceList");

for (const version of ["v1", "v1beta1", "v1alpha1"]) {
  for (const items of ["items: []\n", "items:\n", ""]) {
    lists(`${version} with ${JSON.stringify(items)} is passed on`, () => {
      const text = `apiVersion: config.kubernetes.io/${version}\nkind: ResourceList\n${items}`;
      const { stdout, stderr, exit } = runOn(text);
      assert.equal([stdout, stderr, exit], [text, "", 0]);
    });
  }
}

lists("without a functionConfig is checked", () => {
  const text = `apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n${web}`;
  assert.equal(
    runOn(text).results.map(({ tags }) => tags?.rule),
    ["verdict-unknown"],
  );
});

lists("with the functionConfig first, last or between is the same", () => {
  const config = /functionConfig:\n(?: .*\n)+/;
  const text = listWith("SidecarCheck", 'istio: {version: "1.30"}', web);
  const last = text.replace(config, "") + (config.exec(text)?.[0] ?? "");
  assert.not.equal(last, text);
  assert.equal(runOn(last).results, runOn(text).results);
});

lists.run();

const configs = suite("functionConfig");

const wrong: readonly (readonly [spec: string, says: string, field: string | undefined])[] = [
  ["nonsense: 1", "unknown key nonsense in spec (allowed here: ", "spec.nonsense"],
  ["failOm: error", "unknown key failOm in spec (did you mean failOn?)", "spec.failOm"],
  ["failOn: fatal", "spec.failOn cannot be fatal (it is one of error, warning, info, never)", "spec.failOn"],
  [
    "istio: {version: 1.30}",
    'spec.istio.version is a number, not a string (put it in quotes: "1.30")',
    "spec.istio.version",
  ],
  ["namespaces: {Shop: {}}", "spec.namespaces cannot have the key Shop (", "spec.namespaces.Shop"],
  ["only: all", "spec.only is for SidecarInject, and this is a SidecarCheck", "spec.only"],
  ["rules: {no-such-rule: off}", "no rule", "spec.rules.no-such-rule"],
  ['istio: {version: "1.2"}', "istio.version", "spec.istio.version"],
  ["extends: ../sidelint.yaml", "extends: ../sidelint.yaml lies outside", "spec.extends"],
  ["extends: ./none.yaml", "extends: there is no file none.yaml", "spec.extends"],
  ["extends: ./wrong.yaml", "wrong.yaml:1:1: unknown key nonsense", undefined],
];
for (const [spec, says, field] of wrong) {
  configs(`${spec} is an error, said where it stands`, () => {
    const text = listWith("SidecarCheck", spec, web);
    const { stdout, exit, results } = runOn(text, { "wrong.yaml": "nonsense: 1\n" });
    assert.is(exit, 1);
    assert.ok(stdout.startsWith(text));
    const [result] = results;
    assert.is(results.length, 1);
    assert.ok(result?.message.includes(says), result?.message);
    assert.is(result?.severity, "error");
    assert.is(result?.field?.path, field);
    assert.equal(result?.resourceRef, {
      apiVersion: "sidelint.dev/v1alpha1",
      kind: "SidecarCheck",
      name: "sidecars",
    });
  });
}

configs("of another kind or version is an error", () => {
  const text = listWith("SidecarCheck", inMesh, web);
  for (const [from, to, says] of [
    ["kind: SidecarCheck", "kind: SidecarChek", "kind cannot be SidecarChek (did you mean SidecarCheck?"],
    [
      "sidelint.dev/v1alpha1",
      "sidelint.dev/v1",
      "apiVersion cannot be sidelint.dev/v1 (it is sidelint.dev/v1alpha1)",
    ],
  ] as const) {
    const { results, exit } = runOn(text.replace(from, to));
    assert.is(exit, 1);
    assert.ok(results[0]?.message.startsWith(says), results[0]?.message);
  }
});

configs("extends a file beside it", () => {
  const spec = "extends: ./sidelint.yaml\nnamespaces: {other: {labels: {}}}";
  const file = `apiVersion: sidelint.dev/v1alpha1\nkind: Config\n${inMesh}\n`;
  const { results } = runOn(listWith("SidecarCheck", spec, web), { "sidelint.yaml": file });
  assert.equal(results, []);
});

const configMap = (data: string) => `apiVersion: config.kubernetes.io/v1
kind: ResourceList
functionConfig:
  apiVersion: v1
  kind: ConfigMap
  metadata: {name: function-input}
  data:
${data.replace(/^(?=.)/gm, "    ")}
items:
${web}`;

configs("may be a ConfigMap, with maps as text and keys joined by dots", () => {
  const facts = 'istio.version: "1.30"\nnamespaces: |\n  shop: {labels: {istio-injection: enabled}}\n';
  assert.equal(runOn(configMap(facts)).results, []);
  const injected = runOn(configMap(`kind: SidecarInject\n${facts}istio.cni: "true"\n`));
  assert.match(injected.stdout, "istio-proxy");
  assert.match(injected.stdout, "istio-validation");
});

configs("that is a ConfigMap says what is wrong with its data", () => {
  const { results, exit } = runOn(configMap("failOn: fatal"));
  assert.is(exit, 1);
  assert.is(results[0]?.message, "spec.failOn cannot be fatal (it is one of error, warning, info, never)");
  assert.equal(results[0]?.resourceRef, { apiVersion: "v1", kind: "ConfigMap", name: "function-input" });
  assert.is(results[0]?.field, undefined);
});

configs.run();
