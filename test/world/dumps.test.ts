/** Dumps of namespaces: where they are found, and that one which tells nothing is a failure. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { memoryTree, scan } from "../../src/index.ts";
import { findDumps } from "../../src/world/dumps.ts";
import { deployment, enabled, type Files, namespace } from "./scanned.ts";

const found = suite("where dumps are found");

const files: Files = {
  ".git/config": "",
  ".sidelint/b.yaml": "",
  ".sidelint/a.json": "",
  ".sidelint/notes.txt": "",
  "apps/shop/.sidelint/n.yml": "",
  "apps/shop/web/a.yaml": "",
  "apps/pay/b.yaml": "",
  "empty/.sidelint/notes.txt": "",
  "empty/c.yaml": "",
  "settings/.sidelint/n.yaml": "",
};
const top = [".sidelint/a.json", ".sidelint/b.yaml"];

const searches: readonly (readonly [
  name: string,
  paths: readonly string[] | undefined,
  config: string | undefined,
  expected: readonly string[],
])[] = [
  ["where the command runs", undefined, undefined, top],
  ["above the paths", ["apps/pay"], undefined, top],
  [
    "in the nearest directory above the paths",
    ["apps/shop/web/a.yaml"],
    undefined,
    ["apps/shop/.sidelint/n.yml"],
  ],
  ["above all of the paths", ["apps/shop", "apps/pay/b.yaml"], undefined, top],
  ["beside the configuration first", ["apps/shop"], "settings/sidelint.yaml", ["settings/.sidelint/n.yaml"]],
  ["a configuration without dumps beside it changes nothing", ["apps/pay"], "apps/sidelint.yaml", top],
  ["a directory without dumps is passed", ["empty"], undefined, top],
];
for (const [name, paths, config, expected] of searches) {
  found(name, () => assert.equal(findDumps(memoryTree(files), paths, config), expected));
}

found("nothing where there is none", () => assert.equal(findDumps(memoryTree({ "a.yaml": "" })), []));

found("where the command runs, for paths elsewhere", () => {
  const tree = { ...memoryTree({ ".sidelint/n.yaml": "" }), root: "/repo/team" };
  assert.equal(findDumps(tree, ["/elsewhere/a.yaml"]), [".sidelint/n.yaml"]);
});

found.run();

const untold = suite("dumps that tell nothing");

const nothing = "holds no Namespace (was it written by kubectl get ns -o yaml?)";
const dumps: readonly (readonly [name: string, text: string, reason: string | undefined])[] = [
  ["a Namespace", namespace("shop", enabled), undefined],
  [
    "a List",
    `apiVersion: v1\nkind: List\nitems:\n- ${namespace("shop").replaceAll("\n", "\n  ")}\n`,
    undefined,
  ],
  ["an empty file", "", nothing],
  ["a table", "NAME      STATUS   AGE\ndefault   Active   10d\nshop      Active   3d\n", nothing],
  ["an error of kubectl", "Error from server (Forbidden): namespaces is forbidden\n", nothing],
  ["an empty List", "apiVersion: v1\nkind: List\nitems: []\n", nothing],
  ["other objects", deployment("web"), nothing],
  ["broken YAML", "a: [\n", nothing],
  [
    "a broken List",
    "apiVersion: v1\nkind: List\nitems: [{\n",
    "cannot be read as namespaces: a value is expected here (line 4)",
  ],
];
for (const [name, text, reason] of dumps) {
  untold(`${name}: ${reason ?? "is taken"}`, () => {
    const tree = memoryTree({ "a.yaml": deployment("web", "namespace: shop"), "d/n.yaml": text });
    const { failures, findings, report } = scan(tree, {
      paths: ["a.yaml"],
      namespaceDumps: ["d/n.yaml", "d/n.yaml"],
    });
    assert.equal(failures, reason === undefined ? [] : [{ path: "d/n.yaml", reason }]);
    assert.equal(
      findings.filter(({ rule }) => rule === "unreadable-document"),
      [],
    );
    assert.is(report.workloads.length, 1);
  });
}

untold("a directory, and a file that is not there", () => {
  const { failures } = scan(memoryTree({ "a.yaml": deployment("web"), "d/n.yaml": "" }), {
    paths: ["a.yaml"],
    namespaceDumps: ["d", "gone.yaml"],
  });
  assert.equal(
    failures.map(({ path }) => path),
    ["d", "gone.yaml"],
  );
});

untold.run();
