/** Files are written wholly or not at all, whatever happens to the process, the disk or the files meanwhile. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Disk, type FileChange, type FileOutcome, writeFiles } from "../../src/fix/files.ts";
import { diskTree } from "../../src/source/disk.ts";
import { outsideOf } from "../../src/source/reach.ts";
import { walk } from "../../src/source/walk.ts";

const made: string[] = [];
let program = "";

/** A directory that any user may enter. */
function directory(files: Readonly<Record<string, string>> = {}): string {
  const root = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "sidelint-files-")));
  made.push(root);
  fs.chmodSync(root, 0o755);
  for (const [path, text] of Object.entries(files)) fs.writeFileSync(join(root, path), text);
  return root;
}

function removeAll(): void {
  for (const root of made.splice(0)) fs.rmSync(root, { recursive: true, force: true });
}

const change = (path: string, before: string, after: string): FileChange => ({
  path,
  before: Buffer.from(before),
  after: Buffer.from(after),
});

const said = (outcomes: readonly FileOutcome[]) =>
  outcomes.map((one) => `${one.path}: ${"reason" in one ? `${one.outcome}: ${one.reason}` : one.outcome}`);
const text = (root: string, path: string) => fs.readFileSync(join(root, path), "utf8");
const modeOf = (path: string) => fs.statSync(path).mode & 0o7777;

const writing = suite("writing files");
writing.after(removeAll);

writing("a changed file is written, an unchanged one is not touched, and nothing else is left", () => {
  const root = directory({ "a.yaml": "old", "b.yaml": "same" });
  fs.utimesSync(join(root, "b.yaml"), 1, 1);
  const outcomes = writeFiles([change("a.yaml", "old", "new\r\n\0"), change("b.yaml", "same", "same")], {
    root,
  });
  assert.equal(said(outcomes), ["a.yaml: written", "b.yaml: unchanged"]);
  assert.is(text(root, "a.yaml"), "new\r\n\0");
  assert.is(fs.statSync(join(root, "b.yaml")).mtimeMs, 1000);
  assert.equal(fs.readdirSync(root), ["a.yaml", "b.yaml"]);
});

writing("an absolute path, an empty text and a name of 255 bytes are fine", () => {
  const long = `${"ü".repeat(125)}.yaml`;
  const root = directory({ "a.yaml": "old", [long]: "old" });
  const outcomes = writeFiles([change(join(root, "a.yaml"), "old", ""), change(long, "old", "new")], {
    root,
  });
  assert.equal(said(outcomes), [`${join(root, "a.yaml")}: written`, `${long}: written`]);
  assert.is(text(root, "a.yaml"), "");
  assert.equal(fs.readdirSync(root), ["a.yaml", long]);
});

writing("modes are kept, whatever the mask for new files", () => {
  const modes = [0o600, 0o640, 0o664, 0o666, 0o755, 0o4755];
  const root = directory();
  const mask = process.umask(0o077);
  try {
    for (const mode of modes) {
      const path = join(root, mode.toString(8));
      fs.writeFileSync(path, "old");
      fs.chmodSync(path, mode);
      assert.equal(said(writeFiles([change(path, "old", "new")], { root })), [`${path}: written`]);
      assert.is(modeOf(path), mode, mode.toString(8));
    }
  } finally {
    process.umask(mask);
  }
});

writing("what is written aside is for its owner alone until it has its mode", () => {
  const root = directory({ "a.yaml": "old" });
  const seen: number[] = [];
  const writeFileSync: Disk["writeFileSync"] = (file, data) => {
    seen.push(fs.fstatSync(file as number).mode & 0o777);
    fs.writeFileSync(file, data);
  };
  writeFiles([change("a.yaml", "old", "new")], { root, disk: { ...fs, writeFileSync } });
  assert.equal(seen, [0o600]);
});

writing("a link stays a link, its target in another directory changes", () => {
  const root = directory({ "real.yaml": "old" });
  fs.mkdirSync(join(root, "links"));
  fs.symlinkSync("../real.yaml", join(root, "links/a.yaml"));
  fs.symlinkSync("a.yaml", join(root, "links/b.yaml"));
  assert.equal(said(writeFiles([change("links/b.yaml", "old", "new")], { root })), ["links/b.yaml: written"]);
  assert.is(fs.readlinkSync(join(root, "links/a.yaml")), "../real.yaml");
  assert.is(fs.readlinkSync(join(root, "links/b.yaml")), "a.yaml");
  assert.is(text(root, "real.yaml"), "new");
  assert.equal(fs.readdirSync(join(root, "links")), ["a.yaml", "b.yaml"]);
});

writing("nothing outside of the repository is written, neither through a link nor by name", () => {
  const other = directory({ "a.yaml": "old" });
  const root = directory({ "b.yaml": "old" });
  fs.mkdirSync(join(root, ".git"));
  fs.symlinkSync(join(other, "a.yaml"), join(root, "a.yaml"));
  fs.symlinkSync(other, join(root, "sub"));
  const isOutside = outsideOf(diskTree(root), ["."], []);
  const paths = ["a.yaml", "sub/a.yaml", join(other, "a.yaml")];
  const outcomes = writeFiles(
    [...paths.map((path) => change(path, "old", "new")), change("b.yaml", "old", "new")],
    { root, isOutside },
  );
  const outside = "failed: it lies outside of the repository, or leads there, and nothing is written there";
  assert.equal(said(outcomes), [...paths.map((path) => `${path}: ${outside}`), "b.yaml: written"]);
  assert.is(text(other, "a.yaml"), "old");
  assert.equal(fs.readdirSync(other), ["a.yaml"]);
});

const changed = "failed: it has changed since it was read, and stays as it is now; run the command again";
const gone = "failed: it is gone since it was read; run the command again";

writing("each file that cannot be written has its own reason, and the others are written", () => {
  const root = directory({
    "a.yaml": "other",
    "b.yaml": "old",
    "c.yaml": "old",
    "d.yaml": "old",
    "z.yaml": "old",
  });
  fs.linkSync(join(root, "b.yaml"), join(root, "b2.yaml"));
  fs.chmodSync(join(root, "c.yaml"), 0o444);
  fs.mkdirSync(join(root, "directory"));
  fs.symlinkSync("loop", join(root, "loop"));
  const paths = ["a.yaml", "b.yaml", "c.yaml", "directory", "loop", "no/such.yaml", "d.yaml/e", "z.yaml"];
  assert.equal(
    said(
      writeFiles(
        paths.map((path) => change(path, "old", "new")),
        { root },
      ),
    ),
    [
      `a.yaml: ${changed}`,
      "b.yaml: failed: it has 2 names (hard links), and the others would keep the old text; make it a file of its own first",
      "c.yaml: failed: it is read-only; allow writing first (chmod u+w)",
      "directory: failed: it is no regular file",
      "loop: failed: it is a link that leads in circles",
      `no/such.yaml: ${gone}`,
      "d.yaml/e: failed: a part of its path is no directory any more",
      "z.yaml: written",
    ],
  );
  assert.equal(
    ["a.yaml", "b.yaml", "b2.yaml", "c.yaml", "d.yaml", "z.yaml"].map((path) => text(root, path)),
    ["other", "old", "old", "old", "old", "new"],
  );
});

writing("what happens to a file while another is written aside for it is not lost", () => {
  const meanwhile: readonly (readonly [string, (path: string) => void, string])[] = [
    ["another text", (path) => fs.writeFileSync(path, "mine"), changed],
    ["the same text again", (path) => fs.writeFileSync(path, "old"), changed],
    ["another file moved there", (path) => fs.renameSync(`${path}.other`, path), changed],
    ["removed", (path) => fs.rmSync(path), gone],
  ];
  for (const [name, act, expected] of meanwhile) {
    const root = directory({ "a.yaml": "old", "a.yaml.other": "other" });
    const fsyncSync = (descriptor: number) => {
      fs.fsyncSync(descriptor);
      if (fs.existsSync(join(root, "a.yaml"))) act(join(root, "a.yaml"));
    };
    const outcomes = writeFiles([change("a.yaml", "old", "new")], { root, disk: { ...fs, fsyncSync } });
    assert.equal(said(outcomes), [`a.yaml: ${expected}`], name);
    assert.not.ok(
      fs.readdirSync(root).some((file) => file.includes("tmp")),
      name,
    );
  }
});

writing("a file that is named twice is not written over with what it no longer was", () => {
  const root = directory({ "a.yaml": "old" });
  const outcomes = writeFiles([change("a.yaml", "old", "new"), change("./a.yaml", "old", "newer")], { root });
  assert.equal(said(outcomes), ["a.yaml: written", `./a.yaml: ${changed}`]);
  assert.is(text(root, "a.yaml"), "new");
});

function failing(call: keyof Disk, code: string, from: number): Disk {
  let calls = 0;
  const disk: Disk = { ...fs };
  const fail = (...args: readonly unknown[]): unknown => {
    if (++calls < from) return Reflect.apply(disk[call], fs, args);
    if (call === "writeFileSync") fs.writeSync(args[0] as number, (args[1] as Uint8Array).subarray(0, 1));
    throw Object.assign(new Error(`${code}: told`), { code });
  };
  return { ...disk, [call]: fail };
}

writing("a full disk ends it: what was written stays, nothing is left aside, the rest is not tried", () => {
  const cases: readonly (readonly [keyof Disk, string, string])[] = [
    ["writeFileSync", "ENOSPC", "the disk is full; free some space and run the command again"],
    [
      "fsyncSync",
      "EDQUOT",
      "your share of the disk (quota) is used up; free some space and run the command again",
    ],
    ["openSync", "ENOSPC", "the disk is full; free some space and run the command again"],
    [
      "renameSync",
      "EROFS",
      "the file system is mounted read-only; mount it for writing and run the command again",
    ],
    ["writeFileSync", "EIO", "the disk fails (input/output error)"],
  ];
  for (const [call, code, reason] of cases) {
    const root = directory({ "a.yaml": "old", "b.yaml": "old", "c.yaml": "old" });
    // Of the two openings of a file the second is that of what is written aside.
    const disk = failing(call, code, call === "openSync" ? 4 : 2);
    const outcomes = writeFiles(
      ["a.yaml", "b.yaml", "c.yaml"].map((path) => change(path, "old", "new")),
      { root, disk },
    );
    assert.equal(
      said(outcomes),
      ["a.yaml: written", `b.yaml: failed: ${reason}`, `c.yaml: not-tried: not tried: ${reason}`],
      `${call} ${code}`,
    );
    assert.equal(fs.readdirSync(root), ["a.yaml", "b.yaml", "c.yaml"]);
    assert.equal(
      ["a.yaml", "b.yaml", "c.yaml"].map((path) => text(root, path)),
      ["new", "old", "old"],
    );
  }
});

writing(
  "what concerns one file does not stop the others, and an unheard-of error is told as the system tells it",
  () => {
    const cases: readonly (readonly [keyof Disk, string, RegExp])[] = [
      ["writeFileSync", "EFBIG", /larger than files may be here/],
      ["renameSync", "EBUSY", /in use, or a mount of its own/],
      ["renameSync", "EPERM", /immutable/],
      ["fchmodSync", "EODD", /^EODD: told$/],
    ];
    for (const [call, code, reason] of cases) {
      const root = directory({ "a.yaml": "old" });
      const [first, second] = writeFiles([change("a.yaml", "old", "new"), change("b.yaml", "old", "new")], {
        root,
        disk: failing(call, code, 1),
      });
      assert.match(first && "reason" in first ? first.reason : "", reason);
      assert.is(second?.outcome, "failed");
      assert.equal(fs.readdirSync(root), ["a.yaml"]);
      assert.is(text(root, "a.yaml"), "old");
    }
  },
);

writing("a disk that cannot flush directories or give files away is good enough", () => {
  const root = directory({ "a.yaml": "old" });
  const openSync: Disk["openSync"] = (path, flags, mode) => {
    if (path === root) throw Object.assign(new Error("no"), { code: "EISDIR" });
    return fs.openSync(path, flags, mode);
  };
  const disk = { ...failing("fchownSync", "EPERM", 1), openSync };
  assert.equal(said(writeFiles([change("a.yaml", "old", "new")], { root, disk })), ["a.yaml: written"]);
});

const leftovers = suite("what killed runs leave behind");
leftovers.after(removeAll);

leftovers("goes with the next run on the same file, but not what a running process writes", () => {
  const dead = spawnSync(process.execPath, ["-e", "0"]).pid;
  const alive = process.ppid;
  const root = directory({
    "a.yaml": "old",
    [`.a.yaml.${dead}.sidelint-tmp`]: "half",
    [`.a.yaml.${process.pid}.sidelint-tmp`]: "of an earlier process with our number",
    [`.a.yaml.${alive}.sidelint-tmp`]: "of a running process",
    [`.aa.yaml.${dead}.sidelint-tmp`]: "of another file",
    ".a.yaml.x.sidelint-tmp": "somebody's own",
  });
  const kept = [
    `.a.yaml.${alive}.sidelint-tmp`,
    ".a.yaml.x.sidelint-tmp",
    `.aa.yaml.${dead}.sidelint-tmp`,
    "a.yaml",
  ];
  writeFiles([change("a.yaml", "old", "new")], { root });
  assert.equal(fs.readdirSync(root).sort(), kept.sort());
  fs.utimesSync(join(root, `.a.yaml.${alive}.sidelint-tmp`), 1, 1);
  writeFiles([change("a.yaml", "new", "newer")], { root });
  assert.not.ok(fs.existsSync(join(root, `.a.yaml.${alive}.sidelint-tmp`)), "an hour is enough");
});

const faults = suite("faults of the process and the system");
faults.before(() => {
  program = join(directory(), "writing-process.mjs");
  buildSync({
    entryPoints: [join(import.meta.dirname, "writing-process.ts")],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
});
faults.after(removeAll);

const linesOf = (index: number) => 20 + ((index * 37) % 400);

/** So many files of different sizes, every line of which says that it is old. */
function oldFiles(count: number): Readonly<Record<string, string>> {
  const entries = Array.from({ length: count }, (_, index) => [
    `${String(index).padStart(3, "0")}.yaml`,
    `old line of file ${index}\n`.repeat(linesOf(index)),
  ]);
  return Object.fromEntries(entries);
}

/** What every file is, "old" or "new"; fails where one is anything between. */
function states(root: string, expected: Readonly<Record<string, string>>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [path, old] of Object.entries(expected)) {
    const now = text(root, path);
    const state = now === old ? "old" : "new";
    if (state === "new")
      assert.ok(now === old.replaceAll("old", "new and longer"), `${path} is between old and new`);
    found.add(state);
  }
  return found;
}

const leftIn = (root: string) => fs.readdirSync(root).filter((name) => !name.endsWith(".yaml"));
const manifestsIn = (root: string) => walk(diskTree(root)).files;
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const ended = (child: ChildProcess) => new Promise((resolve) => child.once("exit", resolve));

/** Runs the program over a directory to its end. */
function run(
  root: string,
  task = "once",
  argument = "",
): { readonly said: readonly string[]; readonly stderr: string } {
  const { stdout, stderr } = spawnSync(process.execPath, [program, task, root, argument], {
    encoding: "utf8",
  });
  return { said: stdout === "" ? [] : said(JSON.parse(stdout)), stderr };
}

faults("killed before any call to the disk, a file is old or new and what is left is no manifest", () => {
  const seen = new Set<string>();
  let left = 0;
  for (let call = 1; ; call++) {
    const files = oldFiles(2);
    const root = directory(files);
    const finished = run(root, "die", String(call)).said.length > 0;
    for (const state of states(root, files)) seen.add(state);
    left += leftIn(root).length;
    assert.equal(manifestsIn(root), Object.keys(files));
    if (finished) break;
    // The next run takes away what this one left.
    const again = Object.keys(files).map((path) => change(path, text(root, path), "newer"));
    assert.ok(writeFiles(again, { root }).every(({ outcome }) => outcome === "written"));
    assert.equal(leftIn(root), []);
  }
  assert.equal([...seen].sort(), ["new", "old"]);
  assert.ok(left > 5, `only ${left} calls left anything aside`);
});

faults("killed at any moment while it writes 200 files, every file is old or new", async () => {
  const files = oldFiles(200);
  const root = directory(files);
  let interrupted = 0;
  for (let round = 0; round < 15; round++) {
    const child = spawn(process.execPath, [program, "forever", root], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    await sleep(Math.random() * 60);
    child.kill("SIGKILL");
    await ended(child);
    if (states(root, files).size === 2) interrupted++;
    assert.equal(manifestsIn(root), Object.keys(files));
  }
  assert.ok(interrupted > 3, `only ${interrupted} of 15 were killed while they wrote`);
  assert.ok(run(root).said.every((line) => line.endsWith(": written")));
  assert.equal(leftIn(root), []);
});

faults("a limit on the size of files is one clear error for each that is above it", () => {
  const root = directory(oldFiles(3));
  const command = 'ulimit -f 2; exec "$0" "$@"';
  const { stdout } = spawnSync("bash", ["-c", command, process.execPath, program, "once", root], {
    encoding: "utf8",
  });
  const limit = "failed: it would become larger than files may be here; raise the limit (ulimit -f)";
  assert.equal(said(JSON.parse(stdout)), ["000.yaml: written", "001.yaml: written", `002.yaml: ${limit}`]);
  assert.equal(leftIn(root), []);
});

faults("a disk that is really full ends it, with every file old or new", () => {
  const root = directory();
  const mounted = `mount -t tmpfs -o size=256k none "$0"`;
  const namespaces = ["-r", "-m", "bash", "-c"];
  if (spawnSync("unshare", [...namespaces, mounted, root]).status !== 0) {
    console.log("  (skipped: no file system can be mounted here)");
    return;
  }
  const files = oldFiles(60);
  const source = directory(files);
  const script = `set -e; ${mounted}; cd "$0"; for f in "$1"/*.yaml; do cp "$f" . 2>/dev/null || { rm -f "$(basename "$f")"; break; }; done
    "$2" "$3" once "$0"; mkdir "$4/after"; cp -a "$0"/. "$4/after"`;
  const outside = directory();
  const { stdout, stderr } = spawnSync(
    "unshare",
    [...namespaces, script, root, source, process.execPath, program, outside],
    {
      encoding: "utf8",
    },
  );
  assert.is(stderr, "");
  const outcomes: readonly FileOutcome[] = JSON.parse(stdout);
  const failed = outcomes.filter(({ outcome }) => outcome === "failed");
  const full = "the disk is full; free some space and run the command again";
  assert.equal(
    failed.map((one) => "reason" in one && one.reason),
    [full],
  );
  assert.ok(outcomes.filter(({ outcome }) => outcome === "not-tried").length > 0);
  const after = join(outside, "after");
  states(after, Object.fromEntries(outcomes.map(({ path }) => [path, files[path] ?? ""])));
  assert.equal(leftIn(after), []);
});

const nobody = 65_534;

/** Runs the program as a user who is not root; undefined where that is not possible. */
function runUnprivileged(root: string): readonly string[] | undefined {
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? { uid: nobody, gid: nobody } : {};
  fs.chmodSync(join(program, ".."), 0o755);
  const { stdout } = spawnSync(process.execPath, [program, "once", root], {
    encoding: "utf8",
    cwd: "/",
    ...user,
  });
  return stdout ? said(JSON.parse(stdout)) : undefined;
}

faults("read-only directories and files, and those of others, are one clear error each", () => {
  const root = directory(oldFiles(2));
  const isRoot = process.getuid?.() === 0;
  for (const path of Object.keys(oldFiles(2))) fs.chmodSync(join(root, path), 0o644);
  if (isRoot) fs.chownSync(join(root, "000.yaml"), nobody, nobody);
  else fs.chmodSync(join(root, "001.yaml"), 0o444);
  fs.chmodSync(root, 0o555);
  const outcomes = runUnprivileged(root);
  fs.chmodSync(root, 0o755);
  if (!outcomes) {
    console.log("  (skipped: rights cannot be taken away here)");
    return;
  }
  const directoryReason =
    "its directory takes no new file, and a new file is put in its place; allow writing there first (chmod u+w)";
  const fileReason = isRoot
    ? "you may not write to it; run the command as its owner, or change its permissions (chmod, chown)"
    : "it is read-only; allow writing first (chmod u+w)";
  assert.equal(outcomes, [`000.yaml: failed: ${directoryReason}`, `001.yaml: failed: ${fileReason}`]);
  assert.equal(leftIn(root), []);
  assert.equal([...states(root, oldFiles(2))], ["old"]);
});

faults("root gives the new file to the owner of the old one", () => {
  if (process.getuid?.() !== 0) {
    console.log("  (skipped: only root may give files away)");
    return;
  }
  const root = directory({ "a.yaml": "old" });
  fs.chownSync(join(root, "a.yaml"), 1234, 4321);
  writeFiles([change("a.yaml", "old", "new")], { root });
  const { uid, gid } = fs.statSync(join(root, "a.yaml"));
  assert.equal([uid, gid, text(root, "a.yaml")], [1234, 4321, "new"]);
});

writing.run();
leftovers.run();
faults.run();
