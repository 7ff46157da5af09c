/** docs/krm.md shows what happens: its files are written, its commands run. `UPDATE=1 npx tsx test/docs/krm.test.ts` puts what they print into the page. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { commandIn } from "../krm/command.ts";

const page = new URL("../../docs/krm.md", import.meta.url);
const fence = /^```(\S+)(?: (\S+))?\n([\s\S]*?)^```$/gm;
const hasKustomize = spawnSync("kustomize", ["version"]).status === 0;
if (!hasKustomize) console.log("kustomize is not on the PATH: its commands are skipped");

const docs = suite("docs/krm.md");

docs("prints what it says", () => {
  const directory = mkdtempSync(join(tmpdir(), "sidelint-krm-docs-"));
  try {
    const env = commandIn(directory);
    const text = readFileSync(page, "utf8");
    let commands = 0;
    const anew = text.replace(fence, (block, language, file: string | undefined, content: string) => {
      if (file !== undefined) {
        mkdirSync(dirname(join(directory, file)), { recursive: true });
        writeFileSync(join(directory, file), content);
      }
      const command = /^\$ (.*)\n/.exec(content)?.[1];
      if (language !== "console" || command === undefined) return block;
      commands++;
      if (command.startsWith("kustomize") && !hasKustomize) return block;
      const options = { cwd: directory, encoding: "utf8", env } as const;
      const { stdout, stderr } = spawnSync("sh", ["-c", command], options);
      const printed = `\`\`\`console\n$ ${command}\n${stderr}${stdout}`.trimEnd();
      const shown = `${printed}\n\`\`\``;
      if (!process.env.UPDATE) assert.is(shown, block);
      return shown;
    });
    assert.is(commands, 3);
    if (process.env.UPDATE) writeFileSync(page, anew);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

const pod = `apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
  annotations: {sidecar.istio.io/proxyCpuLimit: "1"}
spec:
  containers: [{name: web, image: "shop/web:1"}]
`;
const settings = `apiVersion: sidelint.dev/v1alpha1
kind: SidecarCheck
metadata:
  name: sidecars
  annotations:
    config.kubernetes.io/function: "exec: {path: sidelint-krm}"
    config.kubernetes.io/local-config: "true"
spec: {failOn: never}
`;
for (const program of ["kustomize", "kpt"]) {
  const isThere = spawnSync(program, ["version"]).status === 0;
  if (!isThere) console.log(`skipped: ${program} is not on the PATH`);
  (isThere ? docs : docs.skip)(`runs on a directory with ${program} as it says`, () => {
    const [, command = ""] =
      new RegExp(`^ {4}(${program} fn .*)$`, "m").exec(readFileSync(page, "utf8")) ?? [];
    assert.ok(command);
    const directory = mkdtempSync(join(tmpdir(), "sidelint-krm-docs-"));
    try {
      const env = commandIn(directory);
      mkdirSync(join(directory, "apps"));
      writeFileSync(join(directory, "apps/web.yaml"), pod);
      if (program === "kustomize") writeFileSync(join(directory, "apps/check.yaml"), settings);
      const { status, stdout, stderr } = spawnSync("sh", ["-c", command], {
        cwd: directory,
        encoding: "utf8",
        env,
      });
      assert.is(status, 0, stderr);
      assert.match(stdout + stderr, "proxyCpuLimit");
      assert.is(readFileSync(join(directory, "apps/web.yaml"), "utf8"), pod);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
}

docs.run();
