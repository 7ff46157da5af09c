/** Settings that fit nothing are told, where they stand and with what was probably meant; all others are left alone. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { loadConfig, memoryTree, scan } from "../../src/index.ts";

const pod = (name: string, more = "") => `apiVersion: v1
kind: Pod
metadata:
  name: ${name}${more}
spec:
  containers:
    - name: web
      image: shop/web:1
`;

const files = {
  "apps/a.yaml": pod("a", "\n  namespace: shop\n  labels: {tier: gold}"),
  "jobs/b.yaml": pod("b"),
  "jobs/ns.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: empty}\n",
};

function idle(config: string, paths = ["."], tree: Readonly<Record<string, string>> = files) {
  const reading = loadConfig(config, "sidelint.yaml");
  assert.ok(reading.ok, reading.ok ? "" : reading.problems[0]?.message);
  return scan(memoryTree(tree), {
    paths,
    config: reading.config,
    configPath: "sidelint.yaml",
    locateInConfig: reading.locate,
  }).idleSettings.map(({ place, says }) => `${place}: ${says}`);
}

const settings = suite("settings that fit nothing");

for (const [config, told] of [
  [
    "namespaces: {shoop: {labels: {}}}",
    ["sidelint.yaml:1:14: no workload is in the namespace shoop; did you mean shop?"],
  ],
  ["namespaces: {shop: {labels: {}}, empty: {labels: {}}}", []],
  [
    "paths: {'jbos/**': {namespace: shop}}",
    ['sidelint.yaml:1:9: paths: "jbos/**" fits no file; did you mean "jobs/**"?'],
  ],
  ["paths: {'jobs/**': {namespace: shop}, '*.yaml': {namespace: shop}}", []],
  [
    "require: [{reason: r, namespaces: [shoop]}]",
    ["sidelint.yaml:1:11: require[0] fits no workload: there is no namespace shoop; did you mean shop?"],
  ],
  [
    "require: [{reason: r, namespaces: [shop]}, {reason: r, kinds: [Jobb]}]",
    ["sidelint.yaml:1:44: require[1] fits no workload: there is no workload of kind Jobb"],
  ],
  [
    "forbid: [{reason: r, names: [aa]}]",
    ["sidelint.yaml:1:10: forbid[0] fits no workload: there is no workload called aa; did you mean a?"],
  ],
  [
    "require: [{reason: r, paths: [app]}]",
    ['sidelint.yaml:1:11: require[0] fits no workload: "app" fits no file'],
  ],
  ["require: [{reason: r, names: [b], paths: [apps]}]", ["sidelint.yaml:1:11: require[0] fits no workload"]],
  ["require: [{reason: r, labels: {matchLabels: {tier: gold}}}]", []],
  [
    "overrides: [{paths: [appps/], rules: {inject-value-invalid: off}}]",
    ['sidelint.yaml:1:13: overrides[0] fits nothing: "appps/" fits no file; did you mean "apps/**"?'],
  ],
  [
    "overrides: [{namespaces: [sh, pay*], rules: {inject-value-invalid: off}}]",
    ["sidelint.yaml:1:13: overrides[0] fits nothing: there is no namespace sh or pay*"],
  ],
  ["overrides: [{paths: [apps], namespaces: [s*, pay], rules: {inject-value-invalid: off}}]", []],
] as const) {
  settings(config, () => assert.equal(idle(config), told));
}

settings("are not told where a part was looked at, or where there is no workload", () => {
  const config = "namespaces: {shoop: {labels: {}}}";
  assert.equal(idle(config, ["apps"]), []);
  assert.equal(idle(config, ["apps/a.yaml"]), []);
  assert.equal(idle(config, ["."], { "a.yaml": "kind: ConfigMap\n" }), []);
});

settings.run();
