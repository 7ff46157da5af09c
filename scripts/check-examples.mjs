// Checks the examples one after the other, as their own repositories; findings are what they are there for.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const program = "dist/sidelint.js";
if (!existsSync(program)) {
  console.error(`${program} is not built; npm ci builds it`);
  process.exit(2);
}
let worst = 0;
for (const name of ["shop", "overlays", "clean"]) {
  console.log(`\n$ sidelint check examples/${name}\n`);
  const { status } = spawnSync(
    process.execPath,
    [program, "check", `examples/${name}`, "--fail-on", "never"],
    {
      stdio: "inherit",
    },
  );
  worst = Math.max(worst, status ?? 2);
}
process.exitCode = worst;
