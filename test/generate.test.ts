/** scripts/generate.ts runs where nothing was generated yet, as in a fresh clone. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const generate = suite("generate");

generate("loads nothing at its start that it makes itself", async () => {
  const { metafile } = await build({
    absWorkingDir: fileURLToPath(new URL("..", import.meta.url)),
    entryPoints: ["scripts/generate.ts"],
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    // Loaded when everything else is made.
    external: ["./rule-docs.ts"],
    metafile: true,
    write: false,
    logLevel: "silent",
  });
  const loaded = Object.keys(metafile.inputs);
  assert.ok(loaded.includes("scripts/profile.ts"), loaded.join(" "));
  assert.equal(
    loaded.filter((path) => path.includes("/generated/")),
    [],
  );
});

generate.run();
