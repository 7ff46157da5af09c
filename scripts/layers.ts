/** Keeps a bundle that is split from falling into dozens of small files, each of which costs a start as much as ten kilobytes do. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";

/** The modules that make a layer: it is all that they import, without what is in layers before it. */
export type Layers = Readonly<Record<string, readonly string[]>>;

const prefix = "layer:";

/**
 * A plugin for a build with `splitting`, where a file of its own is made of what the same entries share. An entry that needs anything of
 * a layer is made to import all of it, so that a layer is shared as a whole.
 */
export async function layered(options: BuildOptions, layers: Layers): Promise<Plugin> {
  const top = options.absWorkingDir ?? process.cwd();
  const { metafile } = await build({ ...options, write: false, metafile: true });
  const files = new Map<string, ReadonlySet<string>>();
  const known = new Set<string>();
  for (const [name, roots] of Object.entries(layers)) {
    const own = new Set([...closure(metafile, roots)].filter((path) => !known.has(path)));
    for (const path of own) known.add(path);
    files.set(name, own);
  }
  const preludes = new Map(
    entries(metafile).map((entry) => {
      const reached = closure(metafile, [entry]);
      const needed = [...files].filter(([, own]) =>
        [...own].some((path) => path !== entry && reached.has(path)),
      );
      return [join(top, entry), needed.map(([name]) => `import "${prefix}${name}";`).join("")];
    }),
  );
  return {
    name: "layers",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^layer:/ }, ({ path }) => ({ path, namespace: "layers" }));
      onLoad({ filter: /.*/, namespace: "layers" }, ({ path }) => ({
        contents: (layers[path.slice(prefix.length)] ?? []).map((root) => `import "./${root}";`).join("\n"),
        resolveDir: top,
      }));
      onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
        const prelude = preludes.get(path);
        if (!prelude) return undefined;
        // On the line of the first comment, so that lines stay what maps say.
        const text = readFileSync(path, "utf8");
        const [hashbang = ""] = /^#!.*\n/.exec(text) ?? [];
        return { contents: hashbang + prelude + text.slice(hashbang.length), loader: "ts" };
      });
    },
  };
}

/** What is loaded by itself: the entries of a build and what is imported on demand. */
function entries({ outputs }: Metafile): readonly string[] {
  return Object.values(outputs).flatMap(({ entryPoint }) => entryPoint ?? []);
}

/** The modules that some import, at once and by others. */
function closure({ inputs }: Metafile, roots: readonly string[]): ReadonlySet<string> {
  const found = new Set(roots);
  for (const path of found) {
    const input = inputs[path];
    if (!input) throw new Error(`${path} is in no bundle`);
    for (const one of input.imports) if (!one.external && one.kind !== "dynamic-import") found.add(one.path);
  }
  return found;
}
