/** What a bundle holds otherwise than its sources do, so that it is small: big tables packed, prose that nobody reads left out. */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { deflateRawSync } from "node:zlib";
import { build, type Plugin } from "esbuild";

/** Tables by their files: the constant that is packed, and what is made of its text. */
const tables: Readonly<Record<string, (unpacked: string) => string>> = {
  "lint/generated/rule-pages.ts": (unpacked) => `export const rulePages = JSON.parse(${unpacked});`,
  "lint/generated/rules.ts": (unpacked) => `export const builtinRules = JSON.parse(${unpacked});`,
  "istio/generated/profile.ts": (unpacked) => `export const profileSource = () => ${unpacked};`,
  "istio/catalogue-table.ts": (unpacked) => `export const catalogueTable = ${unpacked};`,
  "istio/mesh-schema-table.ts": (unpacked) => `export const meshSchemaTable = ${unpacked};`,
  "kube/pod-schema.ts": (unpacked) => `export const podSchema = ${unpacked};`,
};

/**
 * Packs tables. Node unpacks them with what it has, which is much faster in a cold process than any code of ours; browsers have nothing
 * that is synchronous.
 */
export const packedTables: Plugin = {
  name: "packed tables",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^packed:unpack$/ }, ({ path }) => ({ path, namespace: "packed" }));
    onLoad({ filter: /.*/, namespace: "packed" }, async () => ({ contents: await unpacker() }));
    onLoad(
      {
        filter:
          /[\\/]src[\\/](?:lint[\\/]generated[\\/]rule|istio[\\/](?:generated[\\/]profile|catalogue-table|mesh-schema-table)|kube[\\/]pod-schema)/,
      },
      async ({ path }) => {
        const made = Object.entries(tables).find(([file]) =>
          path.replaceAll("\\", "/").endsWith(`/src/${file}`),
        )?.[1];
        if (!made) return undefined;
        const [value] = Object.values(
          (await import(pathToFileURL(path).href)) as object,
        ) as readonly unknown[];
        const text =
          typeof value === "function"
            ? String(value())
            : typeof value === "string"
              ? value
              : JSON.stringify(value);
        const packed = deflateRawSync(text, { level: 9 }).toString("base64");
        return { contents: `import { unpack } from "packed:unpack";\n${made(`unpack("${packed}")`)}` };
      },
    );
  },
};

/** The packages whose code comes with what is packed. */
export const packedAlong: readonly string[] = ["fflate"];

/** The module that unpacks. What is for browsers alone makes tables when it is loaded, so it stays in a function until it is called. */
async function unpacker(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: 'export { inflateSync } from "fflate";', resolveDir: import.meta.dirname },
    bundle: true,
    format: "iife",
    globalName: "fflate",
    minify: true,
    legalComments: "none",
    write: false,
  });
  return `export function unpack(packed) {
  const zlib = globalThis.process?.getBuiltinModule?.("node:zlib");
  if (zlib) return zlib.inflateRawSync(Buffer.from(packed, "base64")).toString();
  return new TextDecoder().decode(inflater()(Uint8Array.from(atob(packed), (one) => one.charCodeAt(0))));
}
function inflater() {
  ${outputFiles[0]?.text}
  return fflate.inflateSync;
}`;
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
