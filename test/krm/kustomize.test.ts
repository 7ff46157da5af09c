/** The real kustomize runs the function, on examples/kustomize-function; without one on the PATH these tests are skipped. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readDocuments } from "../../src/source/document.ts";
import { toValue } from "../../src/source/node.ts";
import { runIn } from "../cli/terminal.ts";
import { commandIn } from "./command.ts";

const top = fileURLToPath(new URL("../..", import.meta.url));
const example = join(top, "examples/kustomize-function");
const found = spawnSync("kustomize", ["version"], { encoding: "utf8" });
const isThere = found.status === 0;
if (!isThere) console.log("kustomize is not on the PATH: its tests are skipped");

const kustomize = suite("kustomize");
const directory = mkdtempSync(join(tmpdir(), "sidelint-krm-"));
let env: NodeJS.ProcessEnv = {};

kustomize.before(() => {
  if (!isThere) return;
  env = commandIn(directory);
  cpSync(example, join(directory, "example"), { recursive: true });
});

kustomize.after(() => rmSync(directory, { recursive: true, force: true }));

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(args: readonly string[]): Run {
  return spawnSync("kustomize", args, { cwd: join(directory, "example"), encoding: "utf8", env });
}

function build(path: string): Run {
  return run(["build", "--enable-alpha-plugins", "--enable-exec", path]);
}

/** The objects of a stream by kind and name. */
function objectsOf(text: string): Readonly<Record<string, unknown>> {
  const objects = readDocuments({ path: "", text }).flatMap((document) => {
    const reading = document.read();
    return reading.ok && reading.root ? [toValue(reading.root)] : [];
  });
  return Object.fromEntries(
    objects.map((object) => {
      const data = JSON.parse(JSON.stringify(object));
      return [`${data.kind}/${data.metadata.name}`, data];
    }),
  );
}

/** A test that needs kustomize. */
function real(name: string, body: () => void | Promise<void>): void {
  if (isThere) kustomize(name, body);
  else kustomize.skip(name, body);
}

/** Changes a file of the copied example for one test. */
function changing(path: string, change: (text: string) => string, body: () => void): void {
  const file = join(directory, "example", path);
  const text = readFileSync(file, "utf8");
  assert.not.equal(change(text), text);
  writeFileSync(file, change(text));
  try {
    body();
  } finally {
    writeFileSync(file, text);
  }
}

const misspelled = (text: string) =>
  text.replace(
    "        app: web\n    spec:",
    "        app: web\n      annotations:\n        sidecar.istio.io/proxyCpuLimit: '1'\n    spec:",
  );

for (const path of ["check", "validate"]) {
  real(`${path}: what is in order is built as without the function`, () => {
    const { status, stdout, stderr } = build(path);
    assert.is(status, 0, stderr);
    assert.is(stderr, "");
    assert.is(stdout, build("base").stdout);
  });

  real(`${path}: an error fails the build, and says where and what`, () => {
    changing("base/web.yaml", misspelled, () => {
      const { status, stdout, stderr } = build(path);
      assert.is(status, 1);
      assert.is(stdout, "");
      assert.match(stderr, "sidelint: error: Deployment/web in shop ");
      assert.match(stderr, "fix: write sidecar.istio.io/proxyCPULimit (misspelled-key)");
    });
  });
}

real("validate: an error fails the build where the check is a validator alone", () => {
  const alone = (text: string) => text.replace(/transformers:\n.*\n/, "");
  changing("validate/kustomization.yaml", alone, () => {
    changing("base/web.yaml", misspelled, () => {
      const { status, stderr } = build("validate");
      assert.is(status, 1);
      assert.match(stderr, "sidelint: error: Deployment/web in shop ");
    });
  });
});

real("check: a functionConfig with a mistake fails the build", () => {
  const typo = (text: string) => text.replace("failOn", "failOm");
  changing("check/sidecar-check.yaml", typo, () => {
    const { status, stderr } = build("check");
    assert.is(status, 1);
    assert.match(
      stderr,
      "SidecarCheck/sidecars spec.failOm: unknown key failOm in spec (did you mean failOn?)",
    );
  });
});

real("inject: what is built is what sidelint inject makes of the plain build", async () => {
  const { status, stdout, stderr } = build("inject");
  assert.is(status, 0, stderr);
  const values = "inject/istio-values.yaml";
  const argv = ["inject", "--only-injected", "--istio-version", "1.30", "--operatorFileName", values, "-"];
  const plain = await runIn(join(directory, "example"), argv, { stdin: build("base").stdout });
  assert.is(plain.status, 0, plain.stderr);
  const objects = objectsOf(stdout);
  assert.equal(Object.keys(objects).sort(), ["Deployment/web", "Job/seed", "Namespace/shop", "Service/web"]);
  assert.match(
    JSON.stringify(objects["Deployment/web"]),
    "registry.example.com/istio/proxyv2:1.30.3-distroless",
  );
  assert.not.match(JSON.stringify(objects["Job/seed"]), "istio-proxy");
  assert.equal(objects, objectsOf(plain.stdout));
});

real("inject: nothing of kustomize's own annotations is left, nor in the sidecar of a pod", () => {
  const pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: one}\nspec: {containers: [{name: a, image: b}]}\n";
  changing(
    "base/seed.yaml",
    () => pod,
    () => {
      const { stdout, status } = build("inject");
      assert.is(status, 0);
      assert.match(JSON.stringify(objectsOf(stdout)["Pod/one"]), "istio-proxy");
      assert.not.match(stdout, /config\.k(?:ubernetes|8s)\.io/);
    },
  );
});

real("fn run: files are injected in place, and their comments stay", () => {
  const files = join(directory, "files");
  mkdirSync(files);
  const web = `# The shop.\n${readFileSync(join(example, "base/web.yaml"), "utf8")}`.replace(
    "  name: web\nspec:\n  selector:\n    matchLabels",
    "  name: web\n  namespace: shop # here\nspec:\n  selector:\n    matchLabels",
  );
  writeFileSync(join(files, "web.yaml"), web);
  writeFileSync(join(files, "namespace.yaml"), readFileSync(join(example, "base/namespace.yaml")));
  const config = readFileSync(join(example, "inject/sidecar-inject.yaml"), "utf8");
  writeFileSync(join(files, "sidecar-inject.yaml"), config.replace(/ {2}inputs:[\s\S]*/, ""));
  const { status, stderr } = run(["fn", "run", files, "--enable-exec"]);
  assert.is(status, 0, stderr);
  const after = readFileSync(join(files, "web.yaml"), "utf8");
  assert.match(after, "# The shop.\n");
  assert.match(after, "namespace: shop # here\n");
  assert.match(after, "name: istio-proxy");
  assert.not.match(after, "config.kubernetes.io");
});

kustomize.run();
