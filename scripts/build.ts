/** Bundles dist/sidelint.js, the command, dist/sidelint-krm.js, the KRM function, and dist/index.js, the library, which runs in browsers too. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Metafile } from "esbuild";
import { layered } from "./layers.ts";
import { packedAlong, packedTables, undocumented } from "./packed.ts";

const top = dirname(dirname(fileURLToPath(import.meta.url)));
const { version } = JSON.parse(readFileSync(join(top, "package.json"), "utf8")) as { version: string };

clean(join(top, "dist"));
const options: BuildOptions = {
  absWorkingDir: top,
  entryPoints: { sidelint: "src/cli/bin.ts", "sidelint-krm": "src/krm/bin.ts", index: "src/index.ts" },
  outdir: "dist",
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  // Both are CommonJS inside and ask for Node's modules in a way that a bundle of ES modules cannot answer.
  external: ["commander", "globby"],
  // What looks for a process at its start finds none in a browser, instead of ending there.
  define: { SIDELINT_VERSION: JSON.stringify(version), process: "globalThis.process" },
  // A quarter of the bytes are names. Stack traces are told in them again by scripts/stack.ts, from the map, which is not published.
  minify: true,
  sourcemap: "external",
  sourcesContent: false,
  charset: "utf8",
  legalComments: "none",
  plugins: [packedTables, undocumented],
  logLevel: "warning",
};
const layers = {
  words: ["src/kube/nearest.ts", "src/kube/names.ts", "src/report/cells.ts", "src/istio/releases.ts"],
  process: ["src/cli/options.ts", "src/cli/io.ts", "src/source/disk.ts"],
  world: ["src/world/read.ts", "src/source/tree.ts"],
  inject: [
    "src/fix/rewriting.ts",
    "src/fix/patches.ts",
    "src/report/make.ts",
    "src/report/explanation.ts",
    "src/report/unified-diff.ts",
    "src/fix/resolve.ts",
  ],
  config: ["src/world/extended-config.ts"],
  compare: ["src/compare/compare.ts"],
  lint: ["src/index.ts"],
  session: ["src/cli/session.ts", "src/cli/rewrite.ts"],
};
const { metafile } = await build({
  ...options,
  plugins: [packedTables, undocumented, await layered(options, layers)],
  metafile: true,
});
for (const bin of ["sidelint.js", "sidelint-krm.js"]) chmodSync(join(top, "dist", bin), 0o755);

writeFileSync(join(top, "dist/THIRD-PARTY-NOTICES.txt"), notices(metafile));
// Programs read the published schemas; people read those of the repository.
mkdirSync(join(top, "dist/schemas"));
for (const name of readdirSync(join(top, "schemas")))
  writeFileSync(
    join(top, "dist/schemas", name),
    JSON.stringify(JSON.parse(readFileSync(join(top, "schemas", name), "utf8"))),
  );

const offending = nodeImports(metafile, "dist/index.js");
if (offending.length > 0) {
  console.error(`build: dist/index.js is for browsers too, but loads ${offending.join(", ")}`);
  process.exitCode = 1;
}

/** Empties a folder but for the declarations, which the compiler writes. */
function clean(directory: string): void {
  try {
    for (const name of readdirSync(directory)) {
      if (name !== "types") rmSync(join(directory, name), { recursive: true });
    }
  } catch {
    // There is nothing to clean before the first build.
  }
}

/** What an output and the chunks it needs import of Node. */
function nodeImports({ outputs }: Metafile, entry: string): readonly string[] {
  const seen = new Set([entry]);
  const found = new Set<string>();
  for (const path of seen) {
    for (const imported of outputs[path]?.imports ?? []) {
      if (!imported.external) seen.add(imported.path);
      else if (imported.path.startsWith("node:")) found.add(imported.path);
    }
  }
  return [...found];
}

/** The licences of the packages whose code went into the bundle. */
function notices({ inputs }: Metafile): string {
  const packages = new Set([
    ...packedAlong,
    ...Object.keys(inputs).flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
  ]);
  const texts = [...packages].sort().map((name) => {
    const folder = join(top, "node_modules", name);
    const licence = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
    if (!licence) throw new Error(`${name} comes without a licence text`);
    return `${name}\n\n${readFileSync(join(folder, licence), "utf8").trim()}\n`;
  });
  return `sidelint contains code of these packages.\n\n${texts.join(`\n${"-".repeat(80)}\n\n`)}`;
}
