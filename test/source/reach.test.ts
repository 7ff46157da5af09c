import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { diskTree } from "../../src/source/disk.ts";
import { outsideOf } from "../../src/source/reach.ts";
import { memoryTree } from "../../src/source/tree.ts";

const reach = suite<{ directory: string }>("reach");

reach.before.each((context) => {
  context.directory = realpathSync(mkdtempSync(join(tmpdir(), "sidelint-reach-")));
  for (const path of ["repo/apps/a.yaml", "repo/base/b.yaml", "other/c.yaml", "repository/d.yaml"]) {
    mkdirSync(dirname(join(context.directory, path)), { recursive: true });
    writeFileSync(join(context.directory, path), "");
  }
  symlinkSync("../../other", join(context.directory, "repo/apps/away"));
  symlinkSync("../base", join(context.directory, "repo/apps/near"));
});
reach.after.each(({ directory }) => rmSync(directory, { recursive: true, force: true }));

const asked = [
  "a.yaml",
  "../base/b.yaml",
  "../base/gone.yaml",
  "near/b.yaml",
  "../../other/c.yaml",
  "../../repository/d.yaml",
  "away/c.yaml",
  "/etc/hostname",
  "../../../../../../../../../etc/gone",
];

function readable(
  tree: ReturnType<typeof diskTree>,
  paths: readonly string[],
  refused: readonly string[] = [],
) {
  const isOutside = outsideOf(tree, paths, refused);
  return asked.filter((path) => !isOutside(path));
}

reach(
  "everything in the repository of the working directory may be read, by its real path",
  ({ directory }) => {
    mkdirSync(join(directory, "repo/.git"));
    const tree = diskTree(join(directory, "repo/apps"));
    const inside = ["a.yaml", "../base/b.yaml", "../base/gone.yaml", "near/b.yaml"];
    assert.equal(readable(tree, ["."]), inside);
    assert.equal(readable(tree, ["."], ["near"]), inside.slice(0, 3), "but nothing through a refused link");
  },
);

reach("a given path opens its own repository, or itself", ({ directory }) => {
  const tree = diskTree(join(directory, "repo/apps"));
  assert.equal(readable(tree, ["."]), ["a.yaml"], "without a repository the working directory");
  assert.equal(readable(tree, ["../../other/c.yaml"]), ["a.yaml", "../../other/c.yaml", "away/c.yaml"]);
  mkdirSync(join(directory, "repo/.git"));
  const outer = diskTree(join(directory, "other"));
  const isOutside = outsideOf(outer, ["../repo/apps"], []);
  assert.equal(["c.yaml", "../repo/base/b.yaml", "../repository/d.yaml"].filter(isOutside), [
    "../repository/d.yaml",
  ]);
});

reach("a tree in memory has nothing outside", () => {
  const isOutside = outsideOf(memoryTree({ "a/b.yaml": "" }), ["a"], []);
  assert.equal(["a/b.yaml", "c.yaml", "a/gone.yaml"].filter(isOutside), []);
});

reach.run();
