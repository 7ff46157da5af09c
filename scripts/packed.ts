/** What a bundle holds otherwise than its sources do, so that it is small: data that is seldom read packed, prose that nobody reads left out. */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { deflateRawSync } from "node:zlib";
import type { Plugin } from "esbuild";

/** The profile and the pages of rules, which are read on demand: a fourth of their size. */
export const packedData: Plugin = {
  name: "packed data",
  setup({ onLoad }) {
    onLoad({ filter: /generated[\\/]rule-pages\.ts$/ }, async ({ path }) => {
      const { rulePages } = (await import(pathToFileURL(path).href)) as { rulePages: unknown };
      return { contents: unpacking("rulePages", JSON.stringify(rulePages), (text) => `JSON.parse(${text})`) };
    });
    onLoad({ filter: /generated[\\/]profile\.ts$/ }, async ({ path }) => {
      const { profileSource } = (await import(pathToFileURL(path).href)) as { profileSource: () => string };
      return { contents: unpacking("profileSource", profileSource(), (text) => `() => ${text}`) };
    });
  },
};

/** A module with one constant, which is made of a text. */
function unpacking(name: string, text: string, made: (text: string) => string): string {
  const packed = deflateRawSync(text, { level: 9 }).toString("base64");
  const bytes = `Uint8Array.from(atob("${packed}"), (one) => one.charCodeAt(0))`;
  return `import { inflateSync } from "fflate";
export const ${name} = ${made(`new TextDecoder().decode(inflateSync(${bytes}))`)};`;
}

/** The environment of rules without what its parts mean, which is for its documentation. */
export const undocumented: Plugin = {
  name: "undocumented",
  setup({ onLoad }) {
    onLoad({ filter: /lint[\\/]environment\.ts$/ }, ({ path }) => {
      const words = String.raw`(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')`;
      const contents = readFileSync(path, "utf8")
        .replace(new RegExp(`\\[(\\s*"[^"]*"),\\s*${words},?\\s*\\]`, "g"), "[$1]")
        .replace(new RegExp(`\\bmeans: ?${words}`, "g"), 'means: ""')
        .replace(new RegExp(`(\\bdefine\\(\\s*"[^"]*",\\s*)${words}`, "g"), '$1""');
      return { contents, loader: "ts" };
    });
  },
};
