/** The real kpt runs the function on a package; without one on the PATH these tests are skipped. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { commandIn } from "./command.ts";

const isThere = spawnSync("kpt", ["version"]).status === 0;
if (!isThere) console.log("kpt is not on the PATH: its tests are skipped");

const kpt = suite("kpt");
const directory = mkdtempSync(join(tmpdir(), "sidelint-kpt-"));
const files = join(directory, "package");
let env: NodeJS.ProcessEnv = {};

const web = `# The shop.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web # here
  namespace: shop
spec:
  template:
    metadata:
      labels: {app: web}
      annotations: {sidecar.istio.io/proxyCpuLimit: "1"}
    spec:
      containers:
      - {name: web, image: "shop/web:1"}
`;
const namespace =
  "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {istio-injection: enabled}}\n";

kpt.before(() => {
  if (!isThere) return;
  env = commandIn(directory);
  mkdirSync(files);
  writeFileSync(join(files, "web.yaml"), web);
  writeFileSync(join(files, "namespace.yaml"), namespace);
});

kpt.after(() => rmSync(directory, { recursive: true, force: true }));

function evaluate(...settings: readonly string[]) {
  const args = ["fn", "eval", files, "--exec", "sidelint-krm", "--", ...settings];
  return spawnSync("kpt", args, { cwd: directory, encoding: "utf8", env });
}

const cases: Readonly<Record<string, () => void>> = {
  "fn eval: a check fails, shows its results, and leaves the files": () => {
    const { status, stderr, stdout } = evaluate("istio.version=1.30");
    assert.is(status, 1);
    assert.match(stdout + stderr, "Istio knows no sidecar.istio.io/proxyCpuLimit");
    assert.is(readFileSync(join(files, "web.yaml"), "utf8"), web);
  },
  "fn eval: settings of the command line count": () => {
    const { status, stderr } = evaluate("istio.version=1.30", "failOn=never");
    assert.is(status, 0, stderr);
  },
  "fn eval: files are injected in place, and their comments stay": () => {
    const { status, stderr } = evaluate("kind=SidecarInject", "istio.version=1.30");
    assert.is(status, 0, stderr);
    const after = readFileSync(join(files, "web.yaml"), "utf8");
    assert.match(after, "# The shop.\n");
    assert.match(after, "name: web # here\n");
    assert.match(after, "name: istio-proxy");
    assert.not.match(after, "config.kubernetes.io");
  },
};
for (const [name, body] of Object.entries(cases)) {
  if (isThere) kpt(name, body);
  else kpt.skip(name, body);
}

kpt.run();
