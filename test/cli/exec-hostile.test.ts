/** What a repository that nobody trusts can do with `--helm=exec` and `--kustomize=exec`: programs that write down what they see stand for the real ones. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { copiedGround } from "../../src/cli/exec-ground.ts";
import { memoryTree } from "../../src/source/tree.ts";
import { runIn } from "./terminal.ts";

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec: {containers: [{name: web, image: "shop/web:1"}]}
`;

/** Writes down its arguments, its environment, the files of its last argument and of --values, and prints a Deployment. */
const program = (out: string) => `#!/bin/sh
exec 3>>'${out}'
for one; do
  printf '<%s>\\n' "$one" >&3
  case "$one" in */values-*.yaml) sed 's/^/values: /' "$one" >&3; echo >&3 ;; esac
  last=$one
done
env | sed 's/^/env: /' >&3
cd "$last" || exit 1
find . -type l | sed 's/^/link: /' >&3
find . -type f | sort | sed 's/^/file: /' >&3
find . -type f -exec sed 's/^/text: /' {} + >&3
[ -e fail ] && { echo "Error: no such luck" >&2; exit 1; }
cat <<'END'
${deployment}END
`;

interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What the program saw; undefined where it was not run. */
  readonly seen: string | undefined;
}

type Files = Readonly<Record<string, string>>;

/** Runs a command line in \`repository/\` of a directory with files; "-> target" makes a link. */
async function inHostile(files: Files, argv: readonly string[], env: Files = {}): Promise<Outcome> {
  const top = mkdtempSync(join(tmpdir(), "sidelint-hostile-"));
  const out = join(top, "seen");
  try {
    mkdirSync(join(top, "repository/.git"), { recursive: true });
    mkdirSync(join(top, "bin"));
    for (const [path, text] of Object.entries({ "secret/values.yaml": "password: hush\n", ...files })) {
      const full = join(top, path);
      mkdirSync(dirname(full), { recursive: true });
      const [, target] = /^-> (.*)$/.exec(text) ?? [];
      if (target === undefined) writeFileSync(full, text.replaceAll("{top}", top));
      else symlinkSync(target, full);
    }
    for (const name of ["helm", "kustomize"]) {
      writeFileSync(join(top, "bin", name), program(out));
      chmodSync(join(top, "bin", name), 0o755);
    }
    const PATH = `${join(top, "bin")}:/usr/bin:/bin`;
    const ran = await runIn(join(top, "repository"), argv, { env: { ...env, PATH } });
    return { ...ran, seen: existsSync(out) ? readFileSync(out, "utf8") : undefined };
  } finally {
    rmSync(top, { recursive: true, force: true });
  }
}

const chart = {
  "repository/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
  "repository/web/templates/web.yaml": deployment,
  "repository/web/values.yaml": "own: 1\n",
};

const application = (helm: string) => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  source: {repoURL: "https://example.com/shop.git", path: web, helm: ${helm}}
  destination: {namespace: shop, server: "https://kubernetes.default.svc"}
`;

const release = (spec: string, chartSpec = "") => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: shop}
spec:
  chart: {spec: {chart: ./web, sourceRef: {kind: GitRepository, name: flux-system}${chartSpec}}}
  ${spec}
`;

const helm = suite("--helm=exec and a hostile repository");

const names = [
  "--post-renderer=/bin/true",
  "-f",
  "a b",
  "A",
  "a_b",
  "a..",
  "x".repeat(54),
  "../x",
  "a,b",
  "a\\nb",
];

for (const name of names) {
  helm(`No option and no release is called ${JSON.stringify(name)}`, async () => {
    const orders = [
      application(`{releaseName: ${JSON.stringify(name)}}`),
      release(`releaseName: ${JSON.stringify(name)}`),
    ];
    for (const order of orders) {
      const files = { ...chart, "repository/order.yaml": order };
      const { seen, status, stderr } = await inHostile(files, ["list", "--helm=exec"]);
      assert.is(seen, undefined);
      assert.is(status, 2);
      assert.match(stderr, /it is not run: .* is no name for a release/);
    }
  });
}

helm(
  "Names stand behind --, and nothing of the repository before it but what belongs to an option",
  async () => {
    const helmFields = '{namespace: "--debug", parameters: [{name: "--post-renderer", value: "/bin/true"}]}';
    const files = { ...chart, "repository/order.yaml": application(helmFields) };
    const { seen = "" } = await inHostile(files, ["list", "--helm=exec"]);
    const args = [...seen.matchAll(/^<(.*)>$/gm)].map(([, one = ""]) => one.replace(/^\/.*\//, ""));
    assert.equal(args, [
      ...["template", "--skip-tests", "--namespace", "--debug", "--set", "--post-renderer=/bin/true"],
      ...["--", "web", "chart-1"],
    ]);
  },
);

const beyond: readonly (readonly [what: string, helm: string, files: Files, says: RegExp])[] = [
  [
    "a values file above",
    '{valueFiles: ["../../secret/values.yaml"]}',
    {},
    /\.\.\/secret\/values\.yaml is outside of the repository/,
  ],
  ["a comma before a path", '{valueFiles: ["values.yaml,{top}/secret/values.yaml"]}', {}, /no such file/],
  [
    "a values file that is a link",
    "{valueFiles: [link.yaml]}",
    { "repository/web/link.yaml": "-> ../../secret/values.yaml" },
    /outside of the repository|is a link/,
  ],
  [
    "a link in the chart",
    "{}",
    { "repository/web/leak.txt": "-> ../../secret/values.yaml" },
    /web\/leak\.txt is a link that leads out of the repository/,
  ],
  [
    "a directory that is a link",
    "{}",
    { "repository/web/files": "-> ../../secret" },
    /web\/files is a link that leads out/,
  ],
  [
    "a link to itself",
    "{}",
    { "repository/web/files": "-> ." },
    /web\/files is a link that leads in circles/,
  ],
];

for (const [what, fields, files, says] of beyond) {
  helm(`helm is not run: ${what}`, async () => {
    const all = { ...chart, ...files, "repository/order.yaml": application(fields) };
    for (const command of ["list", "check"]) {
      const { seen, status, stdout, stderr } = await inHostile(all, [command, "--helm=exec"]);
      assert.is(seen, undefined);
      assert.is(status, 2);
      assert.match(stderr, says);
      assert.not.match(stdout + stderr, /hush/);
    }
  });
}

helm("A values file of a release of Flux does not leave the repository", async () => {
  const order = release("{}", ", valuesFiles: [../secret/values.yaml]").replace("\n  {}", "");
  const { seen, stderr } = await inHostile({ ...chart, "repository/order.yaml": order }, [
    "list",
    "--helm=exec",
  ]);
  assert.is(seen, undefined);
  assert.match(stderr, /\.\.\/secret\/values\.yaml is outside of the repository/);
});

helm("A comma in an honest name is part of it", async () => {
  const files = {
    ...chart,
    "repository/web/a,b.yaml": "comma: 1\n",
    "repository/order.yaml": application('{valueFiles: ["a,b.yaml"]}'),
  };
  const { seen = "", status } = await inHostile(files, ["list", "--helm=exec"]);
  assert.is(status, 0);
  assert.match(seen, /^<--values>\n<[^,]*\/values-0\.yaml>\nvalues: comma: 1\n/m);
});

helm("A link inside of the repository is what it leads to", async () => {
  const files = {
    ...chart,
    "repository/shared/a.txt": "shared\n",
    "repository/web/a.txt": "-> ../shared/a.txt",
    "repository/web/more": "-> ../shared",
  };
  const { seen = "" } = await inHostile(files, ["list", "--helm=exec"]);
  assert.not.match(seen, /^link:/m);
  assert.match(seen, /^file: \.\/a\.txt$/m);
  assert.match(seen, /^file: \.\/more\/a\.txt$/m);
});

helm(
  "Schemas of values, by which helm would fetch what they refer to, are none of what it sees",
  async () => {
    const schema = '{"$ref": "http://127.0.0.1:1/schema.json"}';
    const files = {
      ...chart,
      "repository/web/values.schema.json": schema,
      "repository/web/charts/sub/values.schema.json": schema,
    };
    const plain = await inHostile(files, ["list", "--helm=exec"]);
    assert.not.match(plain.seen ?? "", /127\.0\.0\.1:1\/|<--skip-schema/);
    const packed = await inHostile({ ...files, "repository/web/charts/sub-1.0.0.tgz": "" }, [
      "list",
      "--helm=exec",
    ]);
    assert.match(packed.seen ?? "", /^<--skip-schema-validation>$/m);
  },
);

helm("Programs get no credentials, whatever they are called", async () => {
  const env = {
    AWS_SECRET_ACCESS_KEY: "hush",
    DOCKER_CONFIG: "hush",
    GITHUB_TOKEN: "hush",
    HELM_DRIVER: "hush",
    LANG: "C",
    NO_PROXY: "127.0.0.1",
  };
  const { seen = "" } = await inHostile(chart, ["list", "--helm=exec"], env);
  assert.match(seen, /^env: LANG=C$/m);
  assert.not.match(seen, /hush|NO_PROXY=1/);
});

helm("What Argo CD and Flux lay over each other is laid over each other", async () => {
  const argo = application(
    '{valueFiles: [a.yaml, none.yaml], ignoreMissingValueFiles: true, values: "text: 1", valuesObject: {object: 1}, parameters: [{name: a.b, value: "1,2"}, {name: c, value: "1", forceString: true}]}',
  );
  const a = { "repository/web/a.yaml": "file: 1\n" };
  const first = await inHostile({ ...chart, ...a, "repository/order.yaml": argo }, ["list", "--helm=exec"]);
  assert.is(first.stderr, "");
  assert.match(
    first.seen ?? "",
    /values: file: 1\n\n<--values>\n<.*>\nvalues: object: 1\n\n<--set>\n<a\.b=1\\,2>\n<--set-string>\n<c=1>\n<-->/,
  );
  assert.not.match(first.seen ?? "", /text: 1\n/);
  assert.match(first.seen ?? "", /^text: own: 1$/m);

  const map =
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more, namespace: shop}\ndata: {values.yaml: "map: 1", one: x}\n';
  const from =
    "valuesFrom: [{kind: ConfigMap, name: more}, {kind: ConfigMap, name: more, valuesKey: one, targetPath: deep.key}]\n  values: {object: 1}";
  const order = release(from, ", valuesFiles: [web/a.yaml]");
  const second = await inHostile(
    { ...chart, ...a, "repository/map.yaml": map, "repository/order.yaml": order },
    ["list", "--helm=exec"],
  );
  assert.is(second.stderr, "");
  const values = [...(second.seen ?? "").matchAll(/^values: (.*)$/gm)].map(([, line]) => line);
  assert.equal(values, ["file: 1", "map: 1", "deep:", "  key: x", "object: 1"]);
  assert.not.match(second.seen ?? "", /^text: own: 1$/m);
});

const doubtful: readonly (readonly [what: string, order: string, says: RegExp])[] = [
  [
    "post-renderers",
    release("postRenderers: [{kustomize: {patches: []}}]"),
    /HelmRelease\/web has post-renderers, which are not run; whether/,
  ],
  [
    "a Secret that is not there",
    release("valuesFrom: [{kind: Secret, name: none}]"),
    /HelmRelease\/web has values that the repository does not show/,
  ],
];

for (const [what, order, says] of doubtful) {
  helm(`What was rendered may be different by ${what}: no verdict`, async () => {
    const ns =
      "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {istio-injection: enabled}}\n";
    const files = { ...chart, "repository/ns.yaml": ns, "repository/order.yaml": order };
    const { stdout, stderr, status } = await inHostile(files, ["list", "--helm=exec"]);
    assert.is(status, 0);
    assert.match(stderr, says);
    assert.match(stdout, /^unknown +shop +Deployment\/web/m);
  });
}

helm("A chart that fails is no success, whichever command asks", async () => {
  const files = {
    ...chart,
    "repository/web/fail": "",
    "repository/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: one}\n",
  };
  for (const argv of [["check"], ["list"], ["list", "--format=json"], ["explain", "Pod/one"]]) {
    const { status, stderr } = await inHostile(files, [...argv, "--helm=exec"]);
    assert.is(status, 2, argv.join(" "));
    assert.match(stderr, /^sidelint: web: helm does not render it: no such luck$/m);
  }
});

helm("Names of git's objects do not lead out of the copy", () => {
  for (const name of ["..", ".", "a/b", "a\\b", ""]) {
    const tree = memoryTree({ "web/Chart.yaml": "name: web\n" });
    const odd = { ...tree, list: () => [{ name, type: "file" as const }] };
    const directory = mkdtempSync(join(tmpdir(), "sidelint-ground-"));
    try {
      const ground = copiedGround(odd, () => false, directory);
      assert.match(ground.copy("web", join(directory, "chart"), () => true) ?? "", /odd name/);
      assert.match(JSON.stringify(ground.lay(["web"])), /odd name/);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }
});

helm.run();

const kustomize = suite("--kustomize=exec and a hostile repository");

const overlay = {
  "repository/prod/kustomization.yaml": "resources: [web.yaml]\ntransformers: [plugin.yaml]\n",
  "repository/prod/plugin.yaml": "apiVersion: example.com/v1\nkind: Unknown\nmetadata: {name: x}\n",
  "repository/prod/web.yaml": deployment,
};

const flux = `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: shop, namespace: flux-system}
spec:
  path: ./prod
  sourceRef: {kind: GitRepository, name: flux-system}
`;

const stopped: readonly (readonly [what: string, kustomization: string, says: RegExp])[] = [
  [
    "this machine by URL",
    'configurations: ["http://127.0.0.1:1/c.yaml"]\n',
    /it would fetch http:\/\/127\.0\.0\.1:1\/c\.yaml/,
  ],
  [
    "a directory beyond the repository",
    "components: [../../beyond]\n",
    /\.\.\/beyond is outside of the repository/,
  ],
  ["a link to one", "components: [link]\n", /prod\/link is outside of the repository/],
];

for (const [what, more, says] of stopped) {
  kustomize(`kustomize is not run for ${what}`, async () => {
    const files = {
      ...overlay,
      "beyond/kustomization.yaml": "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\n",
      "repository/prod/link": "-> ../../beyond",
      "repository/prod/kustomization.yaml": overlay["repository/prod/kustomization.yaml"] + more,
    };
    const { seen, status, stderr } = await inHostile(files, ["list", "--kustomize=exec"]);
    assert.is(seen, undefined);
    assert.is(status, 2);
    assert.match(stderr, says);
  });
}

kustomize("What Flux and Argo CD deliver is built by kustomize as well, in a copy", async () => {
  for (const order of [flux, application("null").replace("path: web", "path: prod")]) {
    const files = {
      ...overlay,
      "repository/order.yaml": order,
      "repository/prod/leak": "-> ../../secret/values.yaml",
    };
    const { seen = "", stdout, stderr, status } = await inHostile(files, ["list", "--kustomize=exec"]);
    assert.is(stderr, "");
    assert.is(status, 0);
    assert.match(
      seen,
      /^<build>\n<--load-restrictor>\n<LoadRestrictionsRootOnly>\n<\/.*\/tree\/.*\/repository\/prod>$/m,
    );
    assert.not.match(seen, /hush|^link:/m);
    assert.not.match(stdout, /transformer/);
  }
});

kustomize("What a delivery adds is not built, and that is said", async () => {
  const files = {
    ...overlay,
    "repository/order.yaml": flux.replace("  path:", "  targetNamespace: other\n  path:"),
  };
  const { status, stdout, stderr } = await inHostile(files, ["list", "--kustomize=exec"]);
  assert.is(status, 2);
  assert.match(stderr, /^sidelint: prod: kustomize is not run for what a delivery adds/m);
  assert.match(stdout, /^unknown +other +Deployment\/web .*the transformer plugin\.yaml is not run/m);
});

kustomize.run();
