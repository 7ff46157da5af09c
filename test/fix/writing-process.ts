/** A process that writes files as `--in-place` does, for tests that kill it, fill its disk or take its rights away. */
import * as fs from "node:fs";
import { join } from "node:path";
import { type Disk, type FileChange, writeFiles } from "../../src/fix/files.ts";

const [, , task = "once", root = ".", argument = "0"] = process.argv;
const names = fs
  .readdirSync(root)
  .filter((name) => name.endsWith(".yaml"))
  .sort();

/** Every line of the old text says old, every line of the new one says new. */
function changes(): readonly FileChange[] {
  return names.map((path) => {
    const before = fs.readFileSync(join(root, path));
    const text = before.toString();
    const after = text.startsWith("old")
      ? text.replaceAll("old", "new and longer")
      : text.replaceAll("new and longer", "old");
    return { path, before, after: Buffer.from(after) };
  });
}

/** The disk, but at the call of a number the process is killed before it, or halfway through where it writes. */
function killingDisk(fatal: number): Disk {
  let calls = 0;
  const die = () => process.kill(process.pid, "SIGKILL");
  const entries = Object.entries(fs).map(([name, call]) => {
    if (typeof call !== "function") return [name, call];
    const counted = (...args: readonly unknown[]): unknown => {
      if (++calls !== fatal) return Reflect.apply(call, fs, args);
      if (name === "writeFileSync") {
        const [to, bytes] = args as [number, Uint8Array];
        fs.writeSync(to, bytes.subarray(0, bytes.length / 2));
      }
      return die();
    };
    return [
      name,
      name === "realpathSync" ? Object.assign(counted, { native: fs.realpathSync.native }) : counted,
    ];
  });
  return { ...fs, ...Object.fromEntries(entries) };
}

if (task === "forever") {
  process.stdout.write("ready\n");
  for (;;) writeFiles(changes(), { root });
}
const disk = task === "die" ? killingDisk(Number(argument)) : fs;
process.stdout.write(JSON.stringify(writeFiles(changes(), { root, disk })));
