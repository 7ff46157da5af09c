/** The tree of a commit is the tree that its checkout would be. */
import { mkdirSync, readFileSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { changedOnDisk, commitOf, type Repository, repositoryOf } from "../../src/cli/git.ts";
import { type CommitTree, type CommitTreeOptions, commitTree } from "../../src/cli/git-tree.ts";
import { diskTree } from "../../src/source/disk.ts";
import type { FileTree } from "../../src/source/tree.ts";
import { walk } from "../../src/source/walk.ts";
import { commit, git, hasGit, inDirectory, inGit, write } from "./git.ts";

const trees = suite("the tree of a commit");
if (!hasGit) {
  trees.run();
  process.exit(0);
}

function repositoryAt(cwd: string): Repository {
  const repository = repositoryOf(cwd, process.env);
  if ("none" in repository) throw new Error(repository.none);
  return repository;
}

function treeAt(cwd: string, name = "HEAD", options: Partial<CommitTreeOptions> = {}): CommitTree {
  const repository = repositoryAt(cwd);
  const found = commitOf(repository, name);
  if (!found) throw new Error(`no commit ${name}`);
  const tree = commitTree(repository, found, { disk: diskTree(cwd), ...options });
  if ("reason" in tree) throw new Error(tree.reason);
  return tree;
}

const text = (tree: FileTree, path: string): string => {
  const bytes = tree.read(path);
  return "reason" in bytes ? `! ${bytes.reason}` : Buffer.from(bytes).toString();
};

/** Everything that a scan sees of a tree. */
function seen(tree: FileTree): unknown {
  const { files, failures, outsideLinks } = walk(tree);
  return { files: files.map((file) => [file, text(tree, file), tree.stat(file)]), failures, outsideLinks };
}

const odd = {
  "apps/web.yaml": "kind: Deployment\n",
  "apps/with space.yaml": "a: 1\n",
  'apps/"quoted"\ttab.yaml': "b: 1\n",
  "apps/später/größe.yaml": "c: ü\n",
  "apps/-dash.yaml": "d: 1\n",
  "apps/base/Kustomization": "e: 1\n",
  "ignored/.gitignore": "*.json\n",
  "ignored/x.json": "{}\n",
  "ignored/y.yaml": "f: 1\n",
  ".gitignore": "late.yaml\n",
  ".sidelintignore": "apps/no/\n",
  "apps/no/n.yaml": "g: 1\n",
  ".hidden/h.yaml": "h: 1\n",
  "empty.yaml": "",
  "data.bin": "\u0000\u0001",
};

trees("is what the checkout is, with odd names, links, and files that are ignored but tracked", () =>
  inGit(odd, (directory) => {
    write(directory, { "late.yaml": "tracked: all the same\n" });
    symlinkSync("web.yaml", join(directory, "apps/link.yaml"));
    symlinkSync("../apps/base", join(directory, "ignored/linked"));
    symlinkSync("nowhere.yaml", join(directory, "apps/lost.yaml"));
    symlinkSync("/etc", join(directory, "apps/etc"));
    symlinkSync("loop2.yaml", join(directory, "loop1.yaml"));
    symlinkSync("loop1.yaml", join(directory, "loop2.yaml"));
    git(directory, "add", "-f", ".");
    git(directory, "commit", "-q", "-m", "two");
    for (const cwd of [directory, join(directory, "apps"), join(directory, "ignored")])
      assert.equal(seen(treeAt(cwd)), seen(diskTree(cwd)), cwd);
    assert.is(text(treeAt(directory), "ignored/linked/Kustomization"), "e: 1\n");
    assert.is(text(treeAt(join(directory, "apps")), "../ignored/y.yaml"), "f: 1\n");
    assert.is(text(treeAt(directory), "data.bin"), "\u0000\u0001");
    assert.match(text(treeAt(directory), "apps/gone.yaml"), "! no such file");
    assert.match(text(treeAt(directory), "apps"), "! is a directory");
  }),
);

trees("has what the commit has, whatever is on disk and in the index", () =>
  inGit(odd, (directory) => {
    const before = seen(treeAt(directory));
    write(directory, { "apps/web.yaml": "changed: true\n", "apps/new.yaml": "new: true\n" });
    unlinkSync(join(directory, "empty.yaml"));
    git(directory, "add", "-A");
    assert.equal(seen(treeAt(directory)), before);
    assert.is(text(treeAt(directory), "apps/web.yaml"), odd["apps/web.yaml"]);
  }),
);

trees("leaves alone what is large, and says how large it is", () =>
  inGit({ "large.yaml": "x".repeat(2000), "small.yaml": "y\n" }, (directory) => {
    const tree = treeAt(directory, "HEAD", { largest: 1000 });
    assert.is(text(tree, "small.yaml"), "y\n");
    assert.equal(tree.read("large.yaml"), diskTree(directory, 1000).read("large.yaml"));
  }),
);

trees("reads from the disk what git knows to be the same there, and nothing else", () =>
  inGit(odd, (directory) => {
    write(directory, { "apps/web.yaml": "changed: true\n" });
    const repository = repositoryAt(directory);
    const found = commitOf(repository, "HEAD");
    const changed = found && changedOnDisk(repository, found);
    assert.ok(changed?.has("apps/web.yaml"));
    assert.not.ok(changed?.has("empty.yaml"));
    const asked: string[] = [];
    const disk = diskTree(directory);
    const spied: FileTree = {
      ...disk,
      read(path) {
        asked.push(path.slice(directory.length + 1));
        return disk.read(path);
      },
    };
    const tree = treeAt(directory, "HEAD", { disk: spied, isOnDisk: (path) => changed?.has(path) === false });
    assert.is(text(tree, "apps/web.yaml"), "kind: Deployment\n");
    assert.is(text(tree, "ignored/y.yaml"), "f: 1\n");
    assert.equal(asked, ["ignored/y.yaml"]);
  }),
);

trees("works in repositories of every sort", () =>
  inGit({ "a.yaml": "a: 1\n", "sub/b.yaml": "b: 1\n" }, (directory) =>
    inDirectory((other) => {
      const expected = walk(treeAt(directory)).files;
      const clone = join(other, "bare.git");
      git(other, "clone", "-q", "--bare", directory, clone);
      assert.equal(walk(treeAt(clone)).files, expected);
      assert.not.ok(repositoryAt(clone).hasWorkTree);
      git(directory, "worktree", "add", "-q", join(other, "tree"), "-b", "other");
      assert.equal(walk(treeAt(join(other, "tree", "sub"))).files, ["b.yaml"]);
      git(other, "clone", "-q", "--depth=1", `file://${directory}`, join(other, "shallow"));
      assert.equal(walk(treeAt(join(other, "shallow"))).files, expected);
      const long = join(other, "long");
      mkdirSync(long);
      git(long, "init", "-q", "--object-format=sha256");
      write(long, { "a.yaml": "a: 1\n", "sub/b.yaml": "b: 1\n" });
      commit(long, "one");
      assert.is(treeAt(long).idOf("a.yaml")?.length, 64);
      assert.equal(walk(treeAt(long)).files, expected);
    }),
  ),
);

trees("does not fetch what a partial clone lacks", () =>
  inGit({ "a.yaml": "a: 1\n" }, (directory) =>
    inDirectory((other) => {
      git(directory, "config", "uploadpack.allowFilter", "true");
      git(other, "clone", "-q", "--bare", "--filter=blob:none", `file://${directory}`, "partial");
      const tree = treeAt(join(other, "partial"));
      assert.match(text(tree, "a.yaml"), "! its content is not in this clone");
    }),
  ),
);

trees("has submodules as they are checked out", () =>
  inGit({ "base/web.yaml": "a: 1\n" }, (module) =>
    inGit({ "top.yaml": "b: 1\n" }, (directory) => {
      git(directory, "submodule", "--quiet", "add", module, "vendor/module");
      commit(directory, "two");
      const tree = treeAt(directory);
      assert.equal(walk(tree).files, ["top.yaml", "vendor/module/base/web.yaml"]);
      assert.equal(seen(tree), seen(diskTree(directory)));
      assert.equal([...tree.submodules.keys()], ["vendor/module"]);
    }),
  ),
);

trees("is empty in a directory that the commit does not have", () =>
  inGit({ "a.yaml": "a: 1\n" }, (directory) => {
    mkdirSync(join(directory, "later"));
    writeFileSync(join(directory, "later/b.yaml"), "b: 1\n");
    const { files, failures } = walk(treeAt(join(directory, "later")));
    assert.equal({ files, failures }, { files: [], failures: [] });
    assert.is(readFileSync(join(directory, "later/b.yaml"), "utf8"), "b: 1\n");
  }),
);

trees.run();
