/** What commands load before they run: a start pays for every module, so few of them may be those of rules. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const top = fileURLToPath(new URL("../..", import.meta.url));
const { metafile } = await build({
  absWorkingDir: top,
  entryPoints: ["src/cli/bin.ts", "src/krm/bin.ts"],
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  external: ["commander", "globby"],
  write: false,
  metafile: true,
});

/** The modules that one imports at once, and those that they import. */
function loadedBy(module: string): readonly string[] {
  const found = new Set([module]);
  for (const path of found)
    for (const one of metafile.inputs[path]?.imports ?? [])
      if (!one.external && one.kind !== "dynamic-import") found.add(one.path);
  return [...found];
}

const loading = suite("loading");
const rules = /cel-js|^src\/lint\/(?:cel|check|run|environment|user-rules|generated\/)|^src\/index\.ts$/;

for (const [module, without] of [
  ["src/cli/bin.ts", /^src\/(?!cli\/(?:bin|version)\.ts)/],
  [
    "src/cli/main.ts",
    /^src\/(?:world|lint\/(?!baseline-name)|fix|gotemplate|istio\/(?!releases\.ts))|cel-js|^node_modules\/(?!ignore)/,
  ],
  ["src/cli/inject.ts", rules],
  ["src/cli/uninject.ts", rules],
  ["src/cli/explain.ts", rules],
  ["src/cli/traffic.ts", rules],
  ["src/krm/bin.ts", rules],
  ["src/cli/config.ts", /config-validator|^src\/lint\//],
] as const) {
  loading(`${module} loads nothing of ${without.source}`, () => {
    assert.equal(
      loadedBy(module).filter((path) => without.test(path)),
      [],
    );
  });
}

loading("what is looked for is there: check loads rules", () => {
  assert.ok(loadedBy("src/index.ts").some((path) => rules.test(path) && path !== "src/index.ts"));
});

loading.run();
