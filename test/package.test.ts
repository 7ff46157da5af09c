/** The package as npm packs it: how large it is, what is in it, that it runs, its types, and that docs/api.md holds for it in a browser. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const top = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(join(top, path), "utf8");
const page = read("docs/api.md");
const example = /^```js example\.js\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? "";
const area = mkdtempSync(join(tmpdir(), "sidelint-package-"));
const home = join(area, "node_modules/sidelint");

interface Packed {
  readonly filename: string;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

function run(
  command: string,
  ...args: readonly string[]
): { readonly status: number | null; readonly stdout: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: area, encoding: "utf8" });
  return { status, stdout: status === 0 ? stdout : `${stdout}${stderr}` };
}

let packed: Packed;
const pack = suite("package");

pack.before(() => {
  const { stdout } = spawnSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", area], {
    cwd: top,
    encoding: "utf8",
  });
  const told: unknown = JSON.parse(stdout);
  // npm 11 prints a list, later ones a map by name.
  [packed] = Object.values(told as Record<string, Packed>) as [Packed];
  mkdirSync(home, { recursive: true });
  const { status } = spawnSync("tar", [
    "-xzf",
    join(area, packed.filename),
    "-C",
    home,
    "--strip-components=1",
  ]);
  assert.is(status, 0);
  writeFileSync(join(area, "package.json"), '{"type": "module"}\n');
});
pack.after(() => rmSync(area, { recursive: true, force: true }));

pack("is at most 1.5 MB, and holds the bundle, its declarations, schemas and what npm adds", () => {
  assert.ok(packed.unpackedSize <= 1_500_000, `${packed.unpackedSize} bytes`);
  const tops = new Set(
    packed.files.map(({ path }) =>
      path
        .split("/")
        .slice(0, path.startsWith("dist/") ? 2 : 1)
        .join("/"),
    ),
  );
  assert.equal([...tops].sort(), [
    "LICENSE",
    "README.md",
    "dist/THIRD-PARTY-NOTICES.txt",
    "dist/chunks",
    "dist/index.js",
    "dist/schemas",
    "dist/sidelint-krm.js",
    "dist/sidelint.js",
    "dist/types",
    "package.json",
    "problem-matcher.json",
  ]);
  assert.not(packed.files.some(({ path }) => path.endsWith(".map")));
});

for (const [how, ...options] of [
  ["node16", "--module", "node16"],
  ["bundler", "--module", "esnext", "--moduleResolution", "bundler"],
] as const) {
  pack(`types resolve under moduleResolution ${how}, and are whole`, () => {
    const path = join(area, `${how}.mts`);
    const good =
      'import { scan, memoryTree, type Report } from "sidelint";\nexport const report: Report = scan(memoryTree({})).report;\n';
    const tsc = (text: string) => {
      writeFileSync(path, text);
      const args = [
        "--noEmit",
        "--strict",
        "--target",
        "es2022",
        "--lib",
        "es2023",
        "--types",
        "",
        "--skipLibCheck",
        "false",
      ];
      return run(process.execPath, join(top, "node_modules/typescript/bin/tsc"), ...args, ...options, path);
    };
    const { status, stdout } = tsc(good);
    assert.is(status, 0, stdout);
    assert.is.not(tsc(good.replace("Report =", "number =")).status, 0);
  });
}

pack("docs/api.md prints what it says, in Node", () => {
  const path = join(area, "example.js");
  writeFileSync(path, example);
  const { status, stdout } = run(process.execPath, path);
  assert.is(status, 0, stdout);
  const block = /(It prints:\n\n```text\n)[\s\S]*?^(```)$/m;
  const printed = stdout.trimEnd().replace(/[ \t]+$/gm, "");
  const anew = page.replace(block, (_, before: string, after: string) => `${before}${printed}\n${after}`);
  if (process.env.UPDATE) writeFileSync(join(top, "docs/api.md"), anew);
  else assert.is(page, anew);
});

pack("docs/api.md prints the same as a bundle for browsers, where nothing of Node is", async () => {
  const path = join(area, "example.js");
  writeFileSync(path, example);
  const bundle = await build({
    entryPoints: [path],
    bundle: true,
    platform: "browser",
    format: "iife",
    write: false,
    logLevel: "silent",
  });
  const lines: string[] = [];
  const console = { log: (...words: readonly unknown[]) => lines.push(words.join(" ")) };
  runInNewContext(bundle.outputFiles[0]?.text ?? "", { console, TextEncoder, TextDecoder, URL, atob });
  assert.is(`${lines.join("\n")}\n`, run(process.execPath, path).stdout);
});

pack("docs/api.md tells of every function that there is", async () => {
  const exported = Object.keys((await import("../src/index.ts")) as object);
  const told = new Set([...page.matchAll(/`(\w+)\(/g)].map(([, name = ""]) => name));
  assert.equal(
    exported.filter((name) => !told.has(name)),
    [],
  );
});

pack("stack traces are told in lines of the sources", () => {
  const trace =
    'try {\n  scan({ stat() { throw new Error("here"); } });\n} catch (error) {\n  console.log(error.stack);\n}\n';
  writeFileSync(join(area, "trace.js"), `import { scan } from "sidelint";\n${trace}`);
  const { stdout } = run(process.execPath, join(area, "trace.js"));
  assert.not.match(stdout, "src/");
  const told = spawnSync(process.execPath, ["--import", "tsx", join(top, "scripts/stack.ts")], {
    cwd: top,
    input: stdout,
    encoding: "utf8",
  });
  assert.match(told.stdout, /\(src\/source\/walk\.ts:\d+:\d+\)/);
  assert.match(told.stdout, /\(src\/index\.ts:\d+:\d+\)/);
});

pack.run();
