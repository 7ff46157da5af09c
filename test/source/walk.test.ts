/** Which files a walk finds: ignore files, hidden directories, links, failures. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { diskTree, expandGlobs, hasGlobMagic } from "../../src/source/disk.ts";
import { memoryTree } from "../../src/source/tree.ts";
import { type WalkOptions, walk } from "../../src/source/walk.ts";

type Files = Readonly<Record<string, string>>;
type Row = readonly [
  name: string,
  files: Files,
  expected: readonly string[],
  paths?: readonly string[],
  options?: WalkOptions,
];

const inMemory = suite("walk");

const rows: readonly Row[] = [
  [
    "takes YAML and JSON files",
    { "a.yaml": "", "b.yml": "", "c.json": "", "d.txt": "", "e.yaml.bak": "" },
    ["a.yaml", "b.yml", "c.json"],
  ],
  [
    "takes a kustomization without extension",
    { "base/Kustomization": "", Makefile: "" },
    ["base/Kustomization"],
  ],
  [
    "sorts by code units, whatever the depth",
    { "b.yaml": "", "a/z.yaml": "", "a-b/x.yaml": "", "a.yaml": "", "B.yaml": "" },
    ["B.yaml", "a-b/x.yaml", "a.yaml", "a/z.yaml", "b.yaml"],
  ],
  [
    "leaves out hidden directories and node_modules",
    { ".github/a.yaml": "", "node_modules/b.yaml": "", "x/node_modules/b.yaml": "", "x/c.yaml": "" },
    ["x/c.yaml"],
  ],
  ["takes hidden files", { ".hidden.yaml": "" }, [".hidden.yaml"]],
  [
    "leaves out what .gitignore names",
    { ".gitignore": "b.yaml\n", "a.yaml": "", "b.yaml": "", "d/b.yaml": "" },
    ["a.yaml"],
  ],
  [
    "reads a nested .gitignore for its own directory only",
    { "d/.gitignore": "b.yaml\n", "b.yaml": "", "d/b.yaml": "", "d/e/b.yaml": "" },
    ["b.yaml"],
  ],
  [
    "takes in again what `!` names",
    { ".gitignore": "*.yaml\n!keep.yaml\n", "a.yaml": "", "keep.yaml": "" },
    ["keep.yaml"],
  ],
  [
    "lets a nested `!` beat the patterns above",
    { ".gitignore": "*.yaml\n", "d/.gitignore": "!a.yaml\n", "d/a.yaml": "", "d/b.yaml": "" },
    ["d/a.yaml"],
  ],
  [
    "cannot take in a file below an ignored directory",
    { ".gitignore": "d/\n!d/a.yaml\n", "d/a.yaml": "" },
    [],
  ],
  [
    "can take in a directory below `d/*`",
    { ".gitignore": "d/*\n!d/e/\n", "d/a.yaml": "", "d/e/b.yaml": "" },
    ["d/e/b.yaml"],
  ],
  [
    "anchors patterns with a slash",
    { ".gitignore": "/a.yaml\nx/b.yaml\n", "a.yaml": "", "d/a.yaml": "", "x/b.yaml": "", "d/x/b.yaml": "" },
    ["d/a.yaml", "d/x/b.yaml"],
  ],
  [
    "matches `name/` against directories only",
    { ".gitignore": "a.yaml/\n", "a.yaml": "", "d/a.yaml/b.yaml": "" },
    ["a.yaml"],
  ],
  ["tells upper from lower case", { ".gitignore": "A.yaml\n", "a.yaml": "", "A.yaml": "" }, ["a.yaml"]],
  [
    "reads CRLF, comments and a byte order mark",
    { ".gitignore": "\uFEFFa.yaml\r\n#b.yaml\r\n\r\n", "a.yaml": "", "b.yaml": "" },
    ["b.yaml"],
  ],
  [
    "leaves out what .sidelintignore names",
    { ".sidelintignore": "charts/\n", "charts/a.yaml": "", "b.yaml": "" },
    ["b.yaml"],
  ],
  [
    "lets .sidelintignore beat .gitignore",
    { ".gitignore": "a.yaml\n", ".sidelintignore": "!a.yaml\n", "a.yaml": "" },
    ["a.yaml"],
  ],
  [
    "lets .sidelintignore above beat a deeper .gitignore",
    { "d/.gitignore": "a.yaml\n", ".sidelintignore": "!a.yaml\n", "d/a.yaml": "" },
    ["d/a.yaml"],
  ],
  [
    "opens a directory that .gitignore shuts and .sidelintignore opens",
    {
      ".gitignore": "build/\n*.json\n",
      ".sidelintignore": "!build/\n",
      "build/a.yaml": "",
      "build/x/b.yaml": "",
      "build/c.json": "",
    },
    ["build/a.yaml", "build/x/b.yaml"],
  ],
  [
    "opens a directory that a deeper .gitignore opens",
    { ".gitignore": "/a/b/\n", "a/.gitignore": "!b/\n", "a/b/x.yaml": "" },
    ["a/b/x.yaml"],
  ],
  ["reads below a given path only", { "a/x.yaml": "", "b/y.yaml": "" }, ["a/x.yaml"], ["a"]],
  [
    "reads a given path that is ignored or hidden",
    { ".gitignore": "build/\n", "build/a.yaml": "", "build/node_modules/x.yaml": "", ".h/b.yaml": "" },
    [".h/b.yaml", "build/a.yaml"],
    ["build", "./.h/"],
  ],
  [
    "reads a given directory below an ignored one",
    { ".gitignore": "build/\n", "build/out/a.yaml": "" },
    ["build/out/a.yaml"],
    ["build/out"],
  ],
  [
    "reads a given file whatever its name and ignore files",
    { ".gitignore": "*\n", "a.txt": "" },
    ["a.txt"],
    ["a.txt"],
  ],
  [
    "heeds ignore files above a given path",
    {
      ".gitignore": "*.json\n",
      "a/.gitignore": "b.yaml\n",
      "a/b/b.yaml": "",
      "a/b/c.yaml": "",
      "a/b/d.json": "",
    },
    ["a/b/c.yaml"],
    ["a/b"],
  ],
  [
    "reports each file once for overlapping paths",
    { "a/x.yaml": "", "b.yaml": "" },
    ["a/x.yaml", "b.yaml"],
    ["a", ".", "./a/../a/x.yaml"],
  ],
  [
    "heeds the patterns of the configuration over all others",
    { ".sidelintignore": "!v/a.yaml\n", "v/a.yaml": "", "b.yaml": "" },
    ["b.yaml"],
    ["."],
    { ignore: ["v/**"] },
  ],
  [
    "anchors the configuration's patterns at its directory",
    { "x/v/a.yaml": "", "v/a.yaml": "" },
    ["v/a.yaml"],
    ["."],
    { ignore: ["/v/"], ignoreBase: "x" },
  ],
];

for (const [name, files, expected, paths, options] of rows) {
  inMemory(name, () => {
    const walked = walk(memoryTree(files), paths, options);
    assert.equal(walked.files, expected);
    assert.equal(walked.failures, []);
  });
}

inMemory("names a given path that does not exist, and reads the others", () => {
  const walked = walk(memoryTree({ "a.yaml": "" }), ["nope", "a.yaml"]);
  assert.equal(walked.files, ["a.yaml"]);
  assert.equal(walked.failures, [{ path: "nope", reason: "no such file or directory" }]);
});

inMemory.run();

const onDisk = suite<{ directory: string }>("walk on disk", { directory: "" });
onDisk.before.each((context) => {
  context.directory = realpathSync(mkdtempSync(join(tmpdir(), "sidelint-walk-")));
});
onDisk.after.each(({ directory }) => rmSync(directory, { recursive: true, force: true }));

function put(directory: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}

onDisk(
  "follows links inside the given path once, under the real name where that is read",
  ({ directory }) => {
    put(directory, { "real/a.yaml": "", ".data/b.yaml": "", ".data/c.yaml": "" });
    symlinkSync("real", join(directory, "again"));
    symlinkSync("../.data", join(directory, "real/data"));
    symlinkSync("../.data/b.yaml", join(directory, "real/one.yaml"));
    symlinkSync("..", join(directory, "real/loop"));
    const { files, failures, outsideLinks } = walk(diskTree(directory));
    assert.equal(files, ["real/a.yaml", "real/data/b.yaml", "real/data/c.yaml"]);
    assert.equal(failures, []);
    assert.equal(outsideLinks, []);
  },
);

onDisk("does not leave the given path through links, and counts them", ({ directory }) => {
  put(directory, { "in/a.yaml": "", "in-between/c.yaml": "", "out/b.yaml": "" });
  symlinkSync("../out", join(directory, "in/away"));
  symlinkSync("../in-between", join(directory, "in/beside"));
  symlinkSync("../out/b.yaml", join(directory, "in/b.yaml"));
  const walked = walk(diskTree(directory), ["in"]);
  assert.equal(walked.files, ["in/a.yaml"]);
  assert.equal([...walked.outsideLinks].sort(), ["in/away", "in/b.yaml", "in/beside"]);
});

onDisk("names a link that leads nowhere", ({ directory }) => {
  put(directory, { "a.yaml": "" });
  symlinkSync("gone.yaml", join(directory, "b.yaml"));
  const walked = walk(diskTree(directory));
  assert.equal(walked.files, ["a.yaml"]);
  assert.equal(walked.failures, [{ path: "b.yaml", reason: "a link that leads nowhere" }]);
});

onDisk("heeds ignore files above the working directory up to the repository's top", ({ directory }) => {
  put(directory, {
    ".gitignore": "c.yaml\n",
    "repo/.git/HEAD": "",
    "repo/.gitignore": "/apps/a.yaml\n",
    "repo/apps/a.yaml": "",
    "repo/apps/b.yaml": "",
    "repo/apps/c.yaml": "",
  });
  assert.equal(walk(diskTree(join(directory, "repo/apps"))).files, ["b.yaml", "c.yaml"]);
});

onDisk("heeds nothing above the working directory outside of repositories", ({ directory }) => {
  put(directory, { ".gitignore": "a.yaml\n", "apps/a.yaml": "" });
  assert.equal(walk(diskTree(join(directory, "apps"))).files, ["a.yaml"]);
});

onDisk("reports paths relative to the working directory, also above it", ({ directory }) => {
  put(directory, { "here/a.yaml": "", "there/b.yaml": "" });
  const tree = diskTree(join(directory, "here"));
  assert.equal(walk(tree, ["../there", join(directory, "here/a.yaml")]).files, ["../there/b.yaml", "a.yaml"]);
  assert.equal(new TextDecoder().decode(tree.read("../there/b.yaml") as Uint8Array), "");
});

onDisk("gives plain reasons for what cannot be read", ({ directory }) => {
  put(directory, { "large.yaml": "", "d/a.yaml": "" });
  truncateSync(join(directory, "large.yaml"), 40 * 1024 * 1024);
  const tree = diskTree(directory);
  assert.equal(tree.read("large.yaml"), {
    path: "large.yaml",
    reason: "it has 40 MiB, and files above 32 MiB are not read",
    tooLarge: true,
  });
  assert.equal(tree.read("d"), { path: "d", reason: "is a directory" });
  assert.equal(tree.read("gone"), { path: "gone", reason: "no such file or directory" });
  assert.equal(tree.list("gone"), { path: "gone", reason: "no such file or directory" });
  assert.equal(tree.read("large.yaml/x"), {
    path: "large.yaml/x",
    reason: "a part of the path is no directory",
  });
  if (process.getuid?.() !== 0) {
    chmodSync(join(directory, "d"), 0);
    assert.equal(walk(tree).failures, [{ path: "d", reason: "permission denied" }]);
    chmodSync(join(directory, "d"), 0o755);
  }
});

onDisk("expands globs without what is ignored", async ({ directory }) => {
  put(directory, {
    ".gitignore": "g.yaml\n",
    ".sidelintignore": "s.yaml\n",
    "apps/b/x.yaml": "",
    "apps/a.yaml": "",
    "apps/g.yaml": "",
    "apps/s.yaml": "",
    "apps/node_modules/n.yaml": "",
    "other.yaml": "",
  });
  assert.equal(await expandGlobs(["apps/**/*.yaml"], directory), ["apps/a.yaml", "apps/b/x.yaml"]);
  assert.equal(await expandGlobs(["nope/*.yaml"], directory), []);
});

onDisk("tells globs from paths", () => {
  const globs = ["apps/**/*.yaml", "a?.yaml", "{a,b}.yaml", "[ab].yaml", "!(a).yaml"];
  const paths = ["apps", "a.yaml", "../x/y.json", "-", "a+b.yaml", "C:/x"];
  assert.equal([...globs, ...paths].filter(hasGlobMagic), globs);
});

onDisk.run();
