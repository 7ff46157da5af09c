/** `--helm=exec` and `--kustomize=exec` with the real programs; each is skipped where it is not on PATH. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { run } from "../../src/cli/run.ts";
import { runIn } from "./terminal.ts";

const hasHelm = spawnSync("helm", ["version"]).status === 0;
const hasKustomize = spawnSync("kustomize", ["version"]).status === 0;
if (!hasHelm) console.log("skipped: helm is not on PATH");
if (!hasKustomize) console.log("skipped: kustomize is not on PATH");

const template = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  template:
    metadata:
      annotations:
        {{- toYaml .Values.podAnnotations | nindent 8 }}
    spec:
      containers: [{name: web, image: "shop/web:{{ .Values.tag }}"}]
`;

const files = {
  "namespaces.yaml":
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {istio-injection: enabled}}\n",
  "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
  "web/templates/web.yaml": template,
  "web/values.yaml": "tag: 1\npodAnnotations: {}\n",
  "web/values-prod.yaml": "podAnnotations:\n  sidecar.istio.io/proxyCPU: 100m\n",
  "app.yaml": `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  source:
    repoURL: https://example.com/shop.git
    path: web
    helm:
      releaseName: prod
      valueFiles: [values-prod.yaml]
      valuesObject: {tag: 2}
  destination: {namespace: shop, server: https://kubernetes.default.svc}
`,
};

interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line over files of a directory of its own, with programs of ours before those of PATH. */
async function inFiles(
  tree: Readonly<Record<string, string>>,
  argv: readonly string[],
  {
    programs = {},
    path = process.env.PATH ?? "",
  }: { readonly programs?: Readonly<Record<string, string>>; readonly path?: string } = {},
): Promise<Ran> {
  const cwd = mkdtempSync(join(tmpdir(), "sidelint-exec-"));
  const bin = mkdtempSync(join(tmpdir(), "sidelint-bin-"));
  mkdirSync(join(cwd, ".git"));
  for (const [name, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), text);
  }
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(bin, name), text);
    chmodSync(join(bin, name), 0o755);
  }
  let stdout = "";
  let stderr = "";
  const before = process.env.PATH;
  process.env.PATH = `${bin}:${path}`;
  try {
    const status = await run(argv, {
      cwd,
      env: { ...process.env },
      columns: undefined,
      stderrIsTerminal: false,
      readStdin: async () => new Uint8Array(),
      stdout: async (text) => {
        stdout += text;
      },
      stderr: (text) => {
        stderr += text;
      },
    });
    return { status, stdout, stderr };
  } finally {
    process.env.PATH = before;
    rmSync(cwd, { recursive: true, force: true });
    rmSync(bin, { recursive: true, force: true });
  }
}

const helm = suite("--helm=exec");
const withHelm = hasHelm ? helm : (_name: string, _test: () => Promise<void>) => undefined;

withHelm("A chart is rendered as its Application says, into its namespace", async () => {
  const { status, stdout, stderr } = await inFiles(files, ["check", "--helm=exec"]);
  assert.is(stderr, "");
  assert.is(status, 1);
  assert.match(stdout, /web\/values-prod\.yaml\n {2}2:3 .*proxyCPU/);
  assert.match(stdout, /Deployment\/prod in shop/);
  assert.match(stdout, /1 injected/);
  assert.not.match(stdout, /Skipped/);
});

withHelm("A chart that nobody names is rendered with its own values, under its own name", async () => {
  const { "app.yaml": _, ...rest } = files;
  const { stdout } = await inFiles(rest, ["list", "--helm=exec"]);
  assert.match(stdout, /unknown +\? +Deployment\/web/);
});

withHelm("A namespace that nobody knows is none, though a template writes it", async () => {
  const { "app.yaml": _, ...rest } = files;
  const written = template.replace("  name: ", "  namespace: {{ .Release.Namespace }}\n  name: ");
  const { stdout } = await inFiles({ ...rest, "web/templates/web.yaml": written }, ["list", "--helm=exec"]);
  assert.match(stdout, /unknown +\? +Deployment\/web/);
});

withHelm("What a chart does not allow is told with the directory, and the rest goes on", async () => {
  const broken = {
    "bad/Chart.yaml": "apiVersion: v2\nname: bad\nversion: 1.0.0\n",
    "bad/templates/x.yaml": '{{ fail "no such luck" }}\n',
  };
  const { status, stdout, stderr } = await inFiles({ ...files, ...broken }, ["list", "--helm=exec"]);
  assert.is(status, 2);
  assert.match(stderr, /^sidelint: bad: helm does not render it: .*no such luck/);
  assert.match(stdout, /Deployment\/prod/);
});

withHelm("A chart that asks for another Kubernetes gets the one that is told", async () => {
  const asking = `${files["web/Chart.yaml"]}kubeVersion: ">=1.90.0-0"\n`;
  const tree = { ...files, "web/Chart.yaml": asking };
  assert.match((await inFiles(tree, ["list", "--helm=exec"])).stderr, /--kube-version says which release/);
  assert.is((await inFiles(tree, ["list", "--helm=exec", "--kube-version=1.91"])).stderr, "");
  const config = { ...tree, "sidelint.yaml": 'kubernetes: {version: "1.91"}\n' };
  assert.is((await inFiles(config, ["list", "--helm=exec"])).stderr, "");
});

withHelm("Dependencies that are not in charts/ are not fetched", async () => {
  const lacking = `${files["web/Chart.yaml"]}dependencies: [{name: redis, version: 1.0.0, repository: "https://127.0.0.1:1/"}]\n`;
  const { stderr } = await inFiles({ ...files, "web/Chart.yaml": lacking }, ["list", "--helm=exec"]);
  assert.match(stderr, /missing in charts\/ directory: redis/);
});

withHelm("diff renders both states, also one that lies in git alone", async () => {
  if (spawnSync("git", ["--version"]).status !== 0) return;
  const cwd = mkdtempSync(join(tmpdir(), "sidelint-exec-"));
  const git = (...args: string[]) =>
    spawnSync("git", ["-c", "user.name=x", "-c", "user.email=x@example.com", ...args], { cwd });
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(cwd, name)), { recursive: true });
      writeFileSync(join(cwd, name), text);
    }
    git("init", "-q");
    git("add", ".");
    git("commit", "-qm", "one");
    const off = template.replace(
      "      annotations:",
      '      labels: {sidecar.istio.io/inject: "false"}\n      annotations:',
    );
    writeFileSync(join(cwd, "web/templates/web.yaml"), off);
    const { stdout, stderr } = await runIn(cwd, ["diff", "HEAD", "--helm=exec"], {
      env: { PATH: process.env.PATH },
    });
    assert.is(stderr, "");
    assert.match(stdout, /Deployment\/prod/);
    assert.match(stdout, /lost/i);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
});

/** A program that writes down what it sees. */
const recorder = (out: string) => `#!/bin/sh\nenv > '${out}'\nprintf '%s\\n' "$@" >> '${out}'\n`;

helm("Programs see no settings of the user's, and no cluster", async () => {
  const out = join(mkdtempSync(join(tmpdir(), "sidelint-out-")), "out");
  process.env.AWS_SECRET_ACCESS_KEY = "hush";
  process.env.HELM_NAMESPACE = "elsewhere";
  process.env.KUBECONFIG = "/home/user/.kube/config";
  try {
    await inFiles(files, ["list", "--helm=exec", "--kube-version", "v1.31.2-gke.1"], {
      programs: { helm: recorder(out) },
    });
  } finally {
    delete process.env.HELM_NAMESPACE;
    delete process.env.KUBECONFIG;
    delete process.env.AWS_SECRET_ACCESS_KEY;
  }
  const { readFileSync } = await import("node:fs");
  const seen = readFileSync(out, "utf8");
  assert.not.match(seen, /elsewhere|home\/user|hush/);
  assert.match(seen, /^https_proxy=http:\/\/127\.0\.0\.1:9$/m);
  assert.match(seen, /^HELM_PLUGINS=.*sidelint-/m);
  assert.match(
    seen,
    /^template\n--skip-tests\n--namespace\nshop\n--values\n\/.*\/values-0\.yaml\n--values\n.*\n--kube-version\n1\.31\.2\n--\nprod\n\/.*\/chart-1\n$/m,
  );
});

helm("Without the program it is said what to install", async () => {
  const { stderr, status } = await inFiles(files, ["list", "--helm=exec"], { path: "/nowhere" });
  assert.match(stderr, /^sidelint: --helm=exec: helm is not on PATH; install it[^\n]*\n$/);
  assert.is(status, 2);
});

helm("Nothing is run without the option", async () => {
  const { stdout } = await inFiles(files, ["check"], { programs: { helm: "#!/bin/sh\necho kind: Run\n" } });
  assert.match(stdout, /Skipped +1 Helm template/);
});

helm("No configuration can ask for it", async () => {
  const { stderr, status } = await inFiles({ ...files, "sidelint.yaml": "helm: exec\n" }, ["check"]);
  assert.is(status, 2);
  assert.match(stderr, /helm/);
});

helm("The option takes exec alone", async () => {
  const { stderr, status } = await inFiles(files, ["check", "--helm=exce"]);
  assert.is(status, 2);
  assert.is(stderr, 'sidelint: --helm takes exec, not "exce" (did you mean exec?)\n');
});

helm.run();

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    metadata: {annotations: {sidecar.istio.io/proxyCPU: 100m}}
    spec: {containers: [{name: web, image: "shop/web:1"}]}
`;

const overlay = {
  "prod/kustomization.yaml": "resources: [web.yaml]\ntransformers: [label.yaml]\ngenerators: [made.yaml]\n",
  "prod/web.yaml": deployment,
  "prod/label.yaml": "apiVersion: example.com/v1\nkind: Unknown\nmetadata: {name: x}\n",
  "prod/made.yaml": "apiVersion: example.com/v1\nkind: Unknown\nmetadata: {name: y}\n",
};

const kustomize = suite("--kustomize=exec");
const withKustomize = hasKustomize ? kustomize : (_name: string, _test: () => Promise<void>) => undefined;

withKustomize("A plugin that is a program is not started: kustomize says why", async () => {
  const { stderr, stdout } = await inFiles(overlay, ["list", "--kustomize=exec"]);
  assert.match(stderr, /^sidelint: prod: kustomize does not build it: .*/);
  assert.match(stdout, /Deployment\/web/);
});

kustomize("What kustomize prints takes the place of what sidelint built", async () => {
  const printed = `#!/bin/sh\ncat <<'END'\n${deployment.replace("name: web}", "name: web, namespace: shop}")}END\n`;
  const { stdout, stderr } = await inFiles(
    { ...overlay, "namespaces.yaml": files["namespaces.yaml"] },
    ["list", "--kustomize=exec"],
    {
      programs: { kustomize: printed },
    },
  );
  assert.is(stderr, "");
  assert.match(stdout, /injected +shop +Deployment\/web .* prod\/web.yaml:1/);
});

kustomize("Where a remote base would be fetched nothing is run", async () => {
  const remote = {
    ...overlay,
    "prod/kustomization.yaml": `${overlay["prod/kustomization.yaml"]}bases: [https://example.com/base]\n`,
  };
  const { stderr } = await inFiles(remote, ["list", "--kustomize=exec"], {
    programs: { kustomize: "#!/bin/sh\nexit 3\n" },
  });
  assert.is(stderr, "sidelint: prod: kustomize is not run: it would fetch https://example.com/base\n");
});

kustomize.run();
