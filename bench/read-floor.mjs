// The floor of every measurement: a bare Node program that finds and reads the same files and does nothing with them.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

let bytes = 0;
const directories = [process.argv[2]];
for (let directory = directories.pop(); directory !== undefined; directory = directories.pop()) {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    const path = join(directory, entry.name);
    if (entry.isDirectory()) directories.push(path);
    else if (/\.(?:ya?ml|json)$/.test(entry.name)) bytes += readFileSync(path).length;
  }
}
console.log(bytes);
