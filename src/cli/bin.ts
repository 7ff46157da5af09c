#!/usr/bin/env node
/** The command `sidelint`: answers `--version` at once and loads everything else only for what needs it. */
import { version } from "./version.ts";

const args = process.argv.slice(2);
if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) {
  process.stdout.once("error", (error) => {
    if (!("code" in error && error.code === "EPIPE")) process.exitCode = 2;
  });
  process.stdout.write(`${version}\n`);
} else await import("./main.ts");
