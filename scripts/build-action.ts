/** Bundles dist-action/index.cjs, what GitHub runs for action.yml: `npm run build:action`, and with `-- --check` whether the committed one is current. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile, type Plugin } from "esbuild";

const top = dirname(dirname(fileURLToPath(import.meta.url)));
const { version } = JSON.parse(readFileSync(join(top, "package.json"), "utf8")) as { version: string };

/** What @actions/core has for tokens and child processes is not used here, and would bring an HTTP client along. */
const unused: Plugin = {
  name: "unused",
  setup(bundler) {
    bundler.onResolve(
      { filter: /^@actions\/(?:http-client|exec)/ },
      async ({ path, pluginData, ...options }) => {
        if (pluginData === "resolving") return undefined;
        const found = await bundler.resolve(path, { ...options, pluginData: "resolving" });
        return { ...found, sideEffects: false };
      },
    );
  },
};

const { outputFiles, metafile } = await build({
  absWorkingDir: top,
  entryPoints: { index: "src/action/main.ts" },
  outdir: "dist-action",
  outExtension: { ".js": ".cjs" },
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "node24",
  define: { SIDELINT_VERSION: JSON.stringify(version) },
  minifyWhitespace: true,
  minifySyntax: true,
  // As long lines make the differences between two bundles hard to read.
  lineLimit: 200,
  legalComments: "none",
  plugins: [unused],
  metafile: true,
  write: false,
  logLevel: "warning",
});

const files = new Map<string, string>([
  ...outputFiles.map(({ path, text }) => [path, text] as const),
  [join(top, "dist-action/THIRD-PARTY-NOTICES.txt"), notices(metafile)],
]);
if (process.argv.includes("--check")) check();
else write();

function write(): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    console.log(`${path.slice(top.length + 1)}: ${Math.ceil(text.length / 1000)} kB`);
  }
}

function check(): void {
  for (const [path, text] of files) {
    if (committed(path) === text) continue;
    console.error(
      `${path.slice(top.length + 1)} is not what the sources make: npm run build:action, and commit it`,
    );
    process.exitCode = 1;
  }
  if (process.exitCode !== 1) console.log("dist-action is current");
}

function committed(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** The licences of the packages whose code went into the bundle. */
function notices({ outputs }: Metafile): string {
  const used = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  const folders = new Set(
    used.flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? []),
  );
  const texts = [...folders].sort().map((folder) => {
    const name = folder.replace(/^.*node_modules\//, "");
    const licence = readdirSync(join(top, folder)).find((file) => /^licen[cs]e/i.test(file));
    if (!licence) throw new Error(`${name} comes without a licence text`);
    return `${name}\n\n${readFileSync(join(top, folder, licence), "utf8").trim()}\n`;
  });
  return `The action of sidelint contains code of these packages.\n\n${texts.join(`\n${"-".repeat(80)}\n\n`)}`;
}
