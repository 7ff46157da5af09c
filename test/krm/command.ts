/** The command `sidelint-krm` as it is installed: bundled into a directory, for whoever runs it by name. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

/** Writes the command below a directory; what comes back is an environment in which it is on the PATH. */
export function commandIn(directory: string): NodeJS.ProcessEnv {
  const bin = join(directory, ".bin");
  const program = join(bin, "function.mjs");
  mkdirSync(bin);
  buildSync({
    entryPoints: [fileURLToPath(new URL("../../src/krm/bin.ts", import.meta.url))],
    outfile: program,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: ["globby"],
  });
  const command = join(bin, "sidelint-krm");
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
  chmodSync(command, 0o755);
  return { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
}
