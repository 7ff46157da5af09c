/** The check of import directions finds what goes the wrong way, and nothing else. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { offences } from "../../scripts/floors.ts";

const floors = suite("floors");

const wrong: readonly (readonly [path: string, text: string, expected: string])[] = [
  [
    "src/kube/a.ts",
    'import { b } from "../istio/b.ts";',
    "1 kube must not import istio: it is on a floor above",
  ],
  [
    "src/kube/a.ts",
    'import type { B } from "../source/b.ts";',
    "1 kube must not import source: rooms of one floor know nothing of each other",
  ],
  [
    "src/gotemplate/x/a.ts",
    'export * from "../../kube/b.ts";',
    "1 gotemplate must not import kube: rooms of one floor know nothing of each other",
  ],
  ["src/istio/a.ts", '\n\nimport {\n  type B,\n} from "../source/b.ts";', "3 istio must not import source"],
  [
    "src/report/a.ts",
    'import { type B, c } from "../istio/b.ts";',
    "1 report must not import more than types from istio",
  ],
  [
    "src/report/a.ts",
    'export { c } from "../istio/b.ts";',
    "1 report must not import more than types from istio",
  ],
  [
    "src/fix/a.ts",
    'import { b } from "../report/b.ts";',
    "1 fix must not import report: rooms of one floor know nothing of each other",
  ],
  [
    "src/lint/a.ts",
    'const b = await import("../index.ts");',
    "1 lint must not import index.ts: it is on a floor above",
  ],
  ["src/index.ts", 'import "./cli/main.ts";', "1 index.ts must not import cli: it is on a floor above"],
  [
    "src/world/a.ts",
    'import { b } from "../../scripts/b.ts";',
    "1 world must not import ../../scripts/b.ts: it is outside of src",
  ],
  [
    "src/source/walk.ts",
    'import { join } from "node:path";',
    "1 source must not import node:path: the engine runs in browsers, and only src/source/disk.ts and src/fix/files.ts touch the disk",
  ],
  [
    "src/lint/a.ts",
    'import fs from "fs";',
    "1 lint must not import fs: the engine runs in browsers, and only src/source/disk.ts and src/fix/files.ts touch the disk",
  ],
  [
    "src/utils/a.ts",
    "",
    "1 src/utils is none of the rooms (source, kube, gotemplate, istio, world, lint, compare, report, fix, index.ts, krm, cli, action)",
  ],
];

for (const [path, text, expected] of wrong) {
  floors(`${path} may not hold ${text.trim() || "anything"}`, () => {
    assert.equal(
      offences([{ path, text }]).map(({ line, rule }) => `${line} ${rule}`),
      [expected],
    );
  });
}

const right: readonly (readonly [path: string, text: string])[] = [
  ["src/cli/a.ts", 'import { readFileSync } from "node:fs";\nimport { scan } from "../index.ts";'],
  ["src/source/disk.ts", 'import { readFileSync } from "node:fs";'],
  [
    "src/world/a.ts",
    'import { a } from "../source/a.ts";\nimport { b } from "../istio/b.ts";\nimport ignore from "ignore";',
  ],
  ["src/report/a.ts", 'import type { B } from "../istio/b.ts";\nimport { type C } from "../istio/c.ts";'],
  ["src/world/kustomize/a.ts", 'import { b } from "../world.ts";\nimport { c } from "./c.ts";'],
  ["src/kube/a.ts", '/** Import nothing from "../istio/a.ts". */\nexport const from = "../istio/b.ts";'],
];

for (const [path, text] of right) {
  floors(`${path} may hold ${text.split("\n").join(" ")}`, () =>
    assert.equal(offences([{ path, text }]), []),
  );
}

floors.run();
