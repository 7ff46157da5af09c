/** The Dockerfile of the function: what its last stage copies is all that the function needs, and nobody in it can do anything else. */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const top = fileURLToPath(new URL("..", import.meta.url));
const read = (name: string) => readFileSync(join(top, name), "utf8");

/** Each instruction of a stage with its arguments, on one line. */
const stages = read("Dockerfile")
  .replace(/^#.*\n/gm, "")
  .replace(/\\\n\s*/g, "")
  .split(/^(?=FROM )/m)
  .filter((stage) => stage.trim() !== "")
  .map((stage) =>
    [...stage.matchAll(/^([A-Z]+) (.*)$/gm)].map(([, name = "", rest = ""]) => ({ name, rest })),
  );
const [build = [], last = []] = stages;
const of = (name: string) => last.filter((one) => one.name === name).map(({ rest }) => rest);

const dockerfile = suite("Dockerfile");

dockerfile("there are two stages, of images with a tag, and the last one has no shell", () => {
  assert.is(stages.length, 2);
  for (const stage of stages)
    assert.match(stage[0]?.rest ?? "", /^[\w./-]+:(?!latest)[\w.-]+(?: AS build)?$/);
  assert.match(of("FROM")[0] ?? "", "gcr.io/distroless/");
  assert.equal([...of("RUN"), ...of("ADD"), ...of("CMD")], []);
});

dockerfile("it runs as a number that is not root's, and its program is named in full", () => {
  assert.equal(of("USER"), ["65534:65534"]);
  const [program, ...args] = JSON.parse(of("ENTRYPOINT")[0] ?? "[]") as readonly string[];
  assert.is(program, "/nodejs/bin/node");
  assert.equal(args, ["/app/dist/sidelint-krm.js"]);
});

dockerfile("what the build reads is let in", () => {
  const letIn: readonly string[] = read(".dockerignore").match(/(?<=^!).*/gm) ?? [];
  for (const name of letIn) assert.ok(existsSync(join(top, name)), name);
  const named = build
    .filter(({ name }) => name === "COPY")
    .flatMap(({ rest }) => rest.split(" ").slice(0, -1));
  for (const name of named) assert.ok(name === "." || letIn.includes(name), name);
});

dockerfile("with what is copied the function works, where there is nothing else", () => {
  const area = mkdtempSync(join(tmpdir(), "sidelint-image-"));
  try {
    for (const copy of of("COPY")) {
      const [, ...paths] = copy.split(" ");
      const to = join(area, paths.at(-1) ?? "");
      for (const path of paths.slice(0, -1)) {
        const isDirectory = !basename(path).includes(".") && basename(path) !== "LICENSE";
        const target = isDirectory ? to : join(to, basename(path));
        mkdirSync(dirname(target), { recursive: true });
        cpSync(join(top, path.replace(/^\/src\//, "")), target, { recursive: true });
      }
    }
    mkdirSync(join(area, "config"));
    const items = `
- apiVersion: v1
  kind: Namespace
  metadata: {name: shop, labels: {istio-injection: enabled}}
- apiVersion: v1
  kind: Pod
  metadata: {name: web, namespace: shop, annotations: {sidecar.istio.io/proxyCpuLimit: "1"}}
  spec: {containers: [{name: web, image: "shop/web:1"}]}
`;
    const input = `apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:${items}functionConfig: {apiVersion: sidelint.dev/v1alpha1, kind: KIND, metadata: {name: a}}\n`;
    const run = (kind: string) =>
      spawnSync(process.execPath, [join(area, "app/dist/sidelint-krm.js")], {
        cwd: join(area, "config"),
        input: input.replace("KIND", kind),
        encoding: "utf8",
        env: { NODE_ENV: "production" },
      });
    const checked = run("SidecarCheck");
    assert.is(checked.status, 1, checked.stderr);
    assert.match(checked.stdout, "proxyCpuLimit");
    const injected = run("SidecarInject");
    assert.is(injected.status, 0, injected.stderr);
    assert.match(injected.stdout, "name: istio-proxy");
  } finally {
    rmSync(area, { recursive: true, force: true });
  }
});

dockerfile.run();
