/** Leaves of the declarations in dist/types what the library's own are made of, and lets them name one another as every compiler takes it. */
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), "dist/types");
const entry = join(folder, "index.d.ts");
/** The file of an `import … from`, `export … from` or `import("…")`. */
const named = /(\bfrom |\bimport\()"(\.[^"]*?)\.(?:d\.ts|ts|js)"/g;
/** A function or a constant with its comment: types are made of them only where others name them. */
const valued =
  /(?:^\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?^export declare (?:function|const) (\w+)[\s\S]*?;\n(?=[^\s})]|$(?![\s\S]))/gm;

let texts = reached((path) => readFileSync(path, "utf8"));
const everything = [...texts].map(([path, text]) => ({ path, words: new Set(text.match(/\w+/g)) }));
const lean = new Map(
  [...texts].map(([path, text]) => [
    path,
    text.replace(valued, (whole, name: string) =>
      path === entry || everything.some((other) => other.path !== path && other.words.has(name)) ? whole : "",
    ),
  ]),
);
texts = reached((path) => lean.get(path) ?? "");

for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort().reverse()) {
  const path = join(folder, name);
  const text = texts.get(path);
  if (text !== undefined) writeFileSync(path, text.replace(named, '$1"$2.js"'));
  else if (path.endsWith(".d.ts") || (statSync(path).isDirectory() && readdirSync(path).length === 0))
    rmSync(path, { recursive: true });
}

/** The declarations that the library's own lead to, by their paths. */
function reached(read: (path: string) => string): Map<string, string> {
  const found = new Map([[entry, read(entry)]]);
  for (const [path, text] of found) {
    for (const [, , other = ""] of text.matchAll(named)) {
      const next = join(dirname(path), `${other}.d.ts`);
      if (!found.has(next)) found.set(next, read(next));
    }
  }
  return found;
}
