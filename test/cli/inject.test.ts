/** inject and uninject end to end, over small repositories on disk. */
import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { toValue } from "../../src/source/node.ts";
import { readYaml } from "../../src/source/read.ts";
import { inRepository, namespace } from "./terminal.ts";

const web = `# the shop's front
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web   # its name
  namespace: shop
spec:
  template:
    metadata:
      labels: {app: web}
      annotations:
        sidecar.istio.io/proxyCPU: "100m"
    spec:
      containers:
      # the app
      - name: web
        image: 'shop/web:1'
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}   # as it was
`;
const agent = `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: shop}
spec: {template: {spec: {hostNetwork: true, containers: [{name: agent}]}}}
`;
const elsewhere = web.replaceAll("shop\n", "away\n").replaceAll("shop}", "away}");
const repository = { "apps/web.yaml": web, "apps/agent.yaml": agent, "ns.yaml": namespace };

/** The objects of a stream, by kind. */
function objectsIn(text: string): Readonly<Record<string, unknown>> {
  const objects: Record<string, unknown> = {};
  for (const part of text.split(/^---$/m)) {
    const read = readYaml(part);
    if (!read.ok) throw new Error(read.error.message);
    const value = read.root && (toValue(read.root) as { kind: string });
    if (value) objects[value.kind] = value;
  }
  return objects;
}

function containersOf(object: unknown): readonly string[] {
  const { spec } = object as { spec: { template: { spec: { containers: { name: string }[] } } } };
  return spec.template.spec.containers.map(({ name }) => name);
}

const inject = suite("inject");

inject("a file is injected whatever the gates say, and other documents stay byte for byte", () =>
  inRepository({ "web.yaml": elsewhere }, async (sidelint) => {
    const { status, stdout, stderr } = await sidelint(["inject", "-f", "web.yaml"]);
    assert.is(status, 0);
    assert.is(stderr, "");
    assert.equal(containersOf(objectsIn(stdout).Deployment), ["web", "istio-proxy"]);
    assert.ok(stdout.endsWith("kind: Service\nmetadata: {name: web, namespace: away}   # as it was\n---\n"));
  }),
);

inject("where the gates let nobody in, it is told that nothing was injected", () =>
  inRepository(repository, async (sidelint) => {
    const other = await sidelint(["inject", ".", "--revision", "nope"]);
    assert.is(other.status, 0);
    assert.match(other.stderr, "nothing to inject: no workload here is injected by revision nope");
    assert.not.match(other.stdout, "istio-proxy");
    const none = await sidelint(["inject", "apps", "--assume", "a=b"]);
    assert.match(none.stderr, "nothing to inject: no workload here gets a sidecar (sidelint list says why)");
  }),
);

inject("standard input and --output", () =>
  inRepository({}, async (sidelint, directory) => {
    const { status, stdout } = await sidelint(["inject", "-", "-o", "out.yaml"], { stdin: web });
    assert.equal({ status, stdout }, { status: 0, stdout: "" });
    const written = readFileSync(join(directory, "out.yaml"), "utf8");
    assert.equal(containersOf(objectsIn(written).Deployment), ["web", "istio-proxy"]);
  }),
);

inject("json is one object after the other", () =>
  inRepository({ "web.yaml": web }, async (sidelint) => {
    const { stdout } = await sidelint(["inject", "web.yaml", "--output-format", "json"]);
    const [deployment = "", service = ""] = stdout.split(/^(?=\{)/m);
    assert.equal(containersOf(JSON.parse(deployment)), ["web", "istio-proxy"]);
    assert.is((JSON.parse(service) as { kind: string }).kind, "Service");
  }),
);

inject("fields that Kubernetes does not know are named where a stream leaves them out", () => {
  const text = web.replace("    spec:\n", "    spec:\n      replcas: 2\n");
  return inRepository({ "web.yaml": text }, async (sidelint) => {
    const { status, stdout, stderr } = await sidelint(["inject", "-f", "web.yaml"]);
    assert.is(status, 0);
    assert.not.match(stdout, "replcas");
    assert.is(
      stderr,
      "sidelint: web.yaml:14:7: Deployment/web: Kubernetes has no field spec.template.spec.replcas, it is left out\n",
    );
    assert.match((await sidelint(["inject", "--diff", "web.yaml"])).stdout, "       replcas: 2\n");
  });
});

inject("of a directory only the pods that the cluster injects", () =>
  inRepository({ ...repository, "apps/away.yaml": elsewhere }, async (sidelint) => {
    const { status, stdout, stderr } = await sidelint(["inject", "--check", "--kube-version", "1.30"]);
    assert.equal({ status, stdout }, { status: 1, stdout: "apps/web.yaml\n" });
    assert.is(
      stderr,
      "sidelint: 1 workload stays as it is: the labels of the namespace are not known (--assume LABEL=VALUE, or sidelint.yaml)\n  apps/away.yaml:2  Deployment/web  (away)\n",
    );
    const all = await sidelint(["inject", "--check", "--all"]);
    assert.is(all.stdout, "apps/away.yaml\napps/web.yaml\n");
    assert.match(all.stderr, "1 workload stays as it is: hostNetwork: true");
  }),
);

inject(
  "a kind that sidelint.yaml names stays as it is a second time, with the user's settings of the proxy",
  () => {
    const files = {
      "ns.yaml": namespace,
      "sidelint.yaml":
        "apiVersion: sidelint.dev/v1alpha1\nkind: Config\nworkloads: [{kind: Thing, group: acme.io, podTemplate: [spec.template]}]\n",
      "thing.yaml": `apiVersion: acme.io/v1
kind: Thing
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {annotations: {proxy.istio.io/config: "holdApplicationUntilProxyStarts: true"}}
    spec:
      containers:
      - {name: istio-proxy, image: auto, env: [{name: A, value: b}], resources: {limits: {cpu: "1"}}}
      - {name: web, image: nginx}
`,
    };
    return inRepository(files, async (sidelint, directory) => {
      for (const flags of [[], ["--all"]]) {
        await sidelint(["inject", "--in-place", ...flags, "."]);
        const text = readFileSync(join(directory, "thing.yaml"), "utf8");
        assert.match(text, 'cpu: "1"');
        assert.not.match(text, "status: {}");
        const again = await sidelint(["inject", "--in-place", ...flags, "."]);
        assert.is(again.stderr, "sidelint: nothing to inject\n");
        assert.is(readFileSync(join(directory, "thing.yaml"), "utf8"), text);
        writeFileSync(join(directory, "thing.yaml"), files["thing.yaml"]);
      }
    });
  },
);

inject("on OpenShift the sidecar's user is the one that the Namespace gives", () => {
  const files = {
    "ns.yaml": `${namespace}  annotations: {openshift.io/sa.scc.uid-range: 1000670000/10000}\n`,
    "sidelint.yaml":
      "apiVersion: sidelint.dev/v1alpha1\nkind: Config\nistio: {values: {global: {platform: openshift}}}\n",
    "web.yaml": web,
  };
  return inRepository(files, async (sidelint) => {
    const { stdout, stderr } = await sidelint(["inject", "."]);
    assert.match(stdout, "runAsUser: 1000679999", stderr);
    assert.not.match(stdout, "1337");
  });
});

inject(
  "what the files of a command line leave open is as the repository has it, with and without gates",
  () => {
    const files = {
      "ns.yaml": namespace,
      "sidelint.yaml":
        'apiVersion: sidelint.dev/v1alpha1\nkind: Config\nistio: {version: "1.24", hub: example.com/istio}\n',
      "mesh.yaml": "defaultConfig: {discoveryAddress: example.com:15012}\n",
      "apps/web.yaml": web,
    };
    return inRepository(files, async (sidelint) => {
      for (const how of [
        ["-f", "apps/web.yaml"],
        ["apps", "--assume", "istio-injection=enabled"],
      ]) {
        const { stdout, stderr } = await sidelint(["inject", ...how, "--meshConfigFile", "mesh.yaml"]);
        assert.match(stdout, "image: example.com/istio/proxyv2:1.24.6", stderr);
        assert.match(stdout, "example.com:15012");
      }
    });
  },
);

inject("a CronJob that istiod's way injected is not injected once more by kube-inject's", () => {
  const job = `apiVersion: batch/v1
kind: CronJob
metadata: {name: tidy, namespace: shop}
spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: tidy, image: shop/tidy}]}}}}}
`;
  return inRepository({ "ns.yaml": namespace, "job.yaml": job }, async (sidelint, directory) => {
    await sidelint(["inject", "--in-place", "."]);
    const text = readFileSync(join(directory, "job.yaml"), "utf8");
    const { status, stderr } = await sidelint(["inject", "--in-place", "--all", "."]);
    assert.is(status, 0);
    assert.match(stderr, "there is a sidecar already\n  job.yaml:1  CronJob/tidy");
    assert.is(readFileSync(join(directory, "job.yaml"), "utf8"), text);
  });
});

inject("where nobody tells the kubelets it is said that the sidecar may be a native one", () =>
  inRepository(repository, async (sidelint) => {
    const said = "sidelint: 1 workload gets its sidecar as an ordinary container; where all nodes have";
    assert.match((await sidelint(["inject", "--check", "."])).stderr, said);
    assert.match((await sidelint(["inject", "."])).stderr, said);
    assert.match((await sidelint(["inject", ".", "--output-format", "patch"])).stderr, said);
    for (const told of [
      ["--all"],
      ["--no-native-sidecars"],
      ["--kube-version", "1.33"],
      ["--istio-version", "1.26"],
    ])
      assert.not.match((await sidelint(["inject", "--check", ...told, "."])).stderr, said);
  }),
);

inject("in place: comments, order, quoting and the mode of the file stay, a second run changes nothing", () =>
  inRepository(repository, async (sidelint, directory) => {
    const path = join(directory, "apps/web.yaml");
    const mode = statSync(path).mode;
    const { status, stdout, stderr } = await sidelint([
      "inject",
      "--in-place",
      "--kube-version",
      "1.30",
      ".",
    ]);
    assert.equal(
      { status, stdout, stderr },
      { status: 0, stdout: "", stderr: "sidelint: injected 1 workload in 1 file\n" },
    );
    const text = readFileSync(path, "utf8");
    assert.equal(containersOf(objectsIn(text).Deployment), ["web", "istio-proxy"]);
    for (const kept of [
      "# the shop's front",
      "name: web   # its name",
      `"100m"`,
      "# the app",
      "'shop/web:1'",
    ])
      assert.match(text, kept);
    assert.is(statSync(path).mode, mode);
    const again = await sidelint(["inject", "--in-place", "."]);
    assert.is(again.stderr, "sidelint: nothing to inject\n");
    assert.is(readFileSync(path, "utf8"), text);
    assert.is((await sidelint(["inject", "--check", "."])).status, 0);
  }),
);

inject("--diff of a file with a byte order mark has it", () =>
  inRepository(repository, async (sidelint, directory) => {
    const pod =
      "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: shop/web:1}]}\n";
    writeFileSync(join(directory, "web.yaml"), `\uFEFF${pod}`);
    const { stdout } = await sidelint(["inject", "--diff", "web.yaml"]);
    assert.match(stdout, /^--- a\/web\.yaml\n\+\+\+ b\/web\.yaml\n@@ .*\n[ -]\uFEFFapiVersion/);
  }),
);

inject("--diff shows what --in-place would write, and writes nothing", () =>
  inRepository(repository, async (sidelint, directory) => {
    const { status, stdout } = await sidelint(["inject", "--diff", "."]);
    assert.is(status, 0);
    assert.match(stdout, /^--- a\/apps\/web.yaml\n\+\+\+ b\/apps\/web.yaml\n@@ /);
    assert.match(stdout, "+      - name: istio-proxy\n");
    assert.is(readFileSync(join(directory, "apps/web.yaml"), "utf8"), web);
  }),
);

inject("uninject gives the file back as it was", () =>
  inRepository(repository, async (sidelint, directory) => {
    await sidelint(["inject", "--in-place", "."]);
    const { status, stderr } = await sidelint(["uninject", "--in-place", "."]);
    assert.is(status, 0);
    assert.match(
      stderr,
      "taken out as injection writes them, whoever did: istio.io/rev, kubectl.kubernetes.io/default-container, ",
    );
    assert.match(stderr, "sidelint: took the sidecar out of 1 workload in 1 file\n");
    assert.is(readFileSync(join(directory, "apps/web.yaml"), "utf8"), web);
    assert.is((await sidelint(["uninject", "--check"])).status, 0);
  }),
);

inject("the injector's configuration comes from files, from sidelint.yaml or from the repository", () =>
  inRepository(
    {
      "web.yaml": web,
      "template.yaml":
        "spec:\n  containers:\n  - name: istio-proxy\n    image: mine/{{ .ObjectMeta.Name }}\n",
      "values.json": '{"global": {"hub": "mine", "tag": "7"}}',
      "config.yaml":
        "templates:\n  sidecar: |\n    spec:\n      containers:\n      - name: istio-proxy\n        image: {{ .ProxyImage }}\n",
      "own/sidelint.yaml": "istio: {hub: registry.example/mesh}\n",
      "own/web.yaml": web,
    },
    async (sidelint) => {
      const template = await sidelint(["inject", "web.yaml", "--injectConfigFile", "template.yaml"]);
      assert.match(template.stdout, "image: mine/\n");
      const files = ["--injectConfigFile", "config.yaml", "--valuesFile", "values.json"];
      const config = await sidelint(["inject", "web.yaml", ...files]);
      assert.match(config.stdout, "image: mine/proxyv2:7\n");
      const own = await sidelint(["inject", "own/web.yaml", "--config", "own/sidelint.yaml"]);
      assert.match(own.stdout, "image: registry.example/mesh/proxyv2:1.30");
    },
  ),
);

inject("native sidecars where they are asked for", () =>
  inRepository({ "web.yaml": web }, async (sidelint) => {
    assert.not.match((await sidelint(["inject", "web.yaml"])).stdout, "restartPolicy: Always");
    assert.match(
      (await sidelint(["inject", "web.yaml", "--native-sidecars"])).stdout,
      "restartPolicy: Always",
    );
    const env = { ENABLE_NATIVE_SIDECARS: "true" };
    assert.match((await sidelint(["inject", "web.yaml"], { env })).stdout, "restartPolicy: Always");
  }),
);

inject("native sidecars also of releases whose templates ask the environment of istiod", () =>
  inRepository({ "web.yaml": web }, async (sidelint) => {
    for (const release of ["1.20", "1.24", "1.26", "1.30"]) {
      const args = ["inject", "web.yaml", "--istio-version", release];
      assert.not.match((await sidelint(args)).stdout, "restartPolicy: Always", release);
      assert.match((await sidelint([...args, "--native-sidecars"])).stdout, "restartPolicy: Always", release);
    }
  }),
);

inject("ConfigMaps as kubectl prints them are taken for what they hold", () =>
  inRepository(
    {
      "web.yaml": web,
      "values.yaml": `kind: ConfigMap\napiVersion: v1\ndata:\n  values: '{"global": {"hub": "mine", "tag": "7"}}'\n`,
      "mesh.yaml":
        "kind: ConfigMap\napiVersion: v1\ndata:\n  mesh: |\n    defaultConfig: {discoveryAddress: far.away:15012}\n",
      "config.yaml":
        "kind: ConfigMap\napiVersion: v1\ndata:\n  config: |\n    templates:\n      sidecar: |\n        spec:\n          containers:\n          - name: istio-proxy\n            image: {{ .ProxyImage }}\n            args: [{{ .ProxyConfig.DiscoveryAddress }}]\n",
    },
    async (sidelint) => {
      const files = [
        "--injectConfigFile",
        "config.yaml",
        "--valuesFile",
        "values.yaml",
        "--meshConfigFile",
        "mesh.yaml",
      ];
      const { stdout, stderr } = await sidelint(["inject", "web.yaml", ...files]);
      assert.is(stderr, "");
      assert.match(stdout, "image: mine/proxyv2:7\n");
      assert.match(stdout, "- far.away:15012\n");
    },
  ),
);

inject("of everything below a directory with --all, the objects alone", () =>
  inRepository(
    {
      ...repository,
      "base/kustomization.yaml": "resources: [../apps/agent.yaml]\n",
      "patch.yaml": "- op: remove\n  path: /a\n",
    },
    async (sidelint) => {
      const { status, stdout } = await sidelint(["inject", "--all", "."]);
      assert.is(status, 0);
      assert.equal(Object.keys(objectsIn(stdout)).sort(), [
        "DaemonSet",
        "Deployment",
        "Namespace",
        "Service",
      ]);
    },
  ),
);

inject("a kustomization builds what was asked for, also where nothing is injected", () =>
  inRepository(
    { ...repository, "idle/kustomization.yaml": "resources: [agent.yaml]\n", "idle/agent.yaml": agent },
    async (sidelint) => {
      const format = ["--output-format", "kustomization", "--all"];
      const { status, stdout } = await sidelint(["inject", "idle", ...format, "-o", "-"]);
      assert.is(status, 0);
      assert.match(stdout, "resources:\n- idle\npatches: []\n");
      const itself = await sidelint(["inject", "idle", ...format, "-o", "idle/kustomization.yaml"]);
      assert.is(itself.status, 2);
      const piped = await sidelint(["inject", "-", ...format], { stdin: web });
      assert.match(piped.stderr, "standard input has no name");
    },
  ),
);

const failures = suite("inject, what it refuses");

const pod = (annotation: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  annotations:\n    ${annotation}\nspec: {containers: [{name: a}]}\n`;

const refused: readonly [string, string, readonly string[], string][] = [
  [
    "an invalid annotation",
    pod('status.sidecar.istio.io/port: "99999"'),
    [],
    'web.yaml:6:5: Pod/web: status.sidecar.istio.io/port: must be a port from 0 to 65535, is "99999"',
  ],
  [
    "a template that there is not",
    pod("inject.istio.io/templates: nope"),
    [],
    'web.yaml:6:5: Pod/web: there is no template "nope"; there are ',
  ],
  ["broken YAML", "kind: Pod\nmetadata: {name: [\n", [], "web.yaml:3:1: a value is expected here"],
  ["values that are no map", web, ["--valuesFile", "list.yaml"], "list.yaml:1:1: a map is expected here"],
  [
    "values that are nested too deeply",
    web,
    ["--valuesFile", "deep.json"],
    "deep.json:1:505: the nesting is deeper than 500 levels, which sidelint does not follow",
  ],
  ["values that are no JSON", web, ["--valuesFile", "half.json"], "half.json:2:1: a value is expected here"],
  [
    "a configuration without templates",
    web,
    ["--injectConfigFile", "empty.yaml"],
    "empty.yaml:1:1: this configuration of an injector has no templates, so that nothing can be injected",
  ],
  [
    "a template that does not parse, at its line",
    web,
    ["--injectConfigFile", "unparsed.yaml"],
    "unparsed.yaml:4:1: template sidecar, line 2: missing value for if",
  ],
  [
    "a template that fails, with the expression",
    web,
    ["--injectConfigFile", "failing.yaml"],
    "web.yaml:9:5: Deployment/web: template sidecar, line 1, at .Foo.Bar: can't evaluate field Foo in type",
  ],
  [
    "a file that there is not",
    web,
    ["--meshConfigFile", "mesh.yml"],
    "--meshConfigFile mesh.yml: no such file",
  ],
  ["writing to standard input", web, ["-", "--in-place"], "--in-place cannot write to standard input (-)"],
  ["writing and not writing", web, ["--in-place", "--check"], "--in-place writes, and --check does not"],
  [
    "a format for changed files",
    web,
    ["--diff", "--output-format", "json"],
    "--output-format json is for the result",
  ],
];

for (const [what, text, args, message] of refused) {
  failures(`${what}: one clear error, status 2, nothing on standard output, nothing written`, () =>
    inRepository(
      {
        "web.yaml": text,
        "list.yaml": "- 1\n",
        "half.json": '{"a":\n',
        "deep.json": `{"a":${"[".repeat(9000)}${"]".repeat(9000)}}`,
        "empty.yaml": "policy: enabled\n",
        "values.yaml": "global: {hub: a}\n",
        "nothing.yaml": "",
        "unparsed.yaml": "templates:\n  sidecar: |\n    spec:\n      {{ if }}\n",
        "failing.yaml": "templates:\n  sidecar: 'spec: {{ .Foo.Bar }}'\n",
      },
      async (sidelint, directory) => {
        const result = await sidelint(["inject", "web.yaml", ...args], { stdin: web });
        assert.equal({ status: result.status, stdout: result.stdout }, { status: 2, stdout: "" });
        assert.ok(result.stderr.startsWith(`sidelint: ${message}`), result.stderr);
        if (!args.includes("-")) {
          const inPlace = await sidelint(["inject", "web.yaml", "--in-place", ...args]);
          assert.is(inPlace.status, 2);
        }
        assert.is(readFileSync(join(directory, "web.yaml"), "utf8"), text);
      },
    ),
  );
}

failures("one broken file keeps the others from being written", () =>
  inRepository(
    { ...repository, "apps/z.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: [\n" },
    async (sidelint, directory) => {
      const { status, stderr } = await sidelint(["inject", "--in-place", "."]);
      assert.is(status, 2);
      assert.is(stderr, "sidelint: apps/z.yaml:4:1: a value is expected here\n");
      assert.is(readFileSync(join(directory, "apps/web.yaml"), "utf8"), web);
    },
  ),
);

failures("a broken file is told once, however it is named", () =>
  inRepository(
    { "a.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: [\n" },
    async (sidelint, directory) => {
      for (const path of ["a.yaml", "./a.yaml", join(directory, "a.yaml")]) {
        const { status, stderr } = await sidelint(["inject", "-f", path]);
        assert.equal(
          { status, stderr },
          { status: 2, stderr: "sidelint: a.yaml:4:1: a value is expected here\n" },
        );
      }
    },
  ),
);

failures("one file that cannot be written keeps the others from being written", () =>
  inRepository(
    { "a.yaml": web, "b.yaml": web.replaceAll("name: web ", "name: other ") },
    async (sidelint, directory) => {
      chmodSync(join(directory, "b.yaml"), 0o444);
      const { status, stderr } = await sidelint(["inject", "--in-place", "--all", "."]);
      assert.is(status, 2);
      assert.match(
        stderr,
        "b.yaml: it is read-only; allow writing first (chmod u+w)\nsidelint: nothing has been written\n",
      );
      assert.is(readFileSync(join(directory, "a.yaml"), "utf8"), web);
    },
  ),
);

failures("an output that is among the files that are read", () =>
  inRepository({ "a.yaml": web, "out.yaml": web }, async (sidelint, directory) => {
    const { status, stderr } = await sidelint(["inject", "--all", ".", "-o", "out.yaml"]);
    assert.is(status, 2);
    assert.match(stderr, "--output out.yaml is among the files that are read");
    assert.is(readFileSync(join(directory, "out.yaml"), "utf8"), web);
  }),
);

failures("a directory that --output names", () =>
  inRepository({ "web.yaml": web, "out/x.txt": "" }, async (sidelint, directory) => {
    const { status, stderr } = await sidelint(["inject", "web.yaml", "-o", "out"]);
    assert.equal({ status, stderr }, { status: 2, stderr: "sidelint: --output out: it is a directory\n" });
    writeFileSync(join(directory, "old.yaml"), "old");
    await sidelint(["inject", "web.yaml", "-o", "old.yaml"]);
    assert.match(readFileSync(join(directory, "old.yaml"), "utf8"), "istio-proxy");
  }),
);

inject.run();
failures.run();
