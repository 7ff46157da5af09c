/** Builds the package where it is installed from its sources: also by `npm install --global` from git, which leaves out what the build needs. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const top = dirname(dirname(fileURLToPath(import.meta.url)));

/** npm tells scripts its own options; those of the installation around this one would hold for the commands here too. */
const ofTheOuterInstallation =
  /^npm_config_(?:global|prefix|location|local_prefix|global_prefix|install_links|dry_run|omit|include|production)$/i;
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !ofTheOuterInstallation.test(name) && name !== "NODE_ENV"),
);

/** Runs npm here, and ends with its status where it fails. Its output goes to standard error: `npm pack` prints a name on the other. */
function npm(...args) {
  const { status, error } = spawnSync("npm", args, {
    cwd: top,
    env,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (error) console.error(`prepare: npm cannot be run: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync(join(top, "node_modules", "esbuild"))) {
  npm(
    "install",
    "--include=dev",
    "--ignore-scripts",
    "--no-save",
    "--no-audit",
    "--no-fund",
    "--no-progress",
  );
}
npm("run", "build");
