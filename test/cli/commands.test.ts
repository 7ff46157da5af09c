/** The commands end to end, over small repositories on disk. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { deployment, inRepository, namespace, runIn } from "./terminal.ts";

const clean = { "apps/web.yaml": deployment, "ns.yaml": namespace };
const broken = { ...clean, "apps/bad.yaml": "kind: Deployment\napiVersion: apps/v1\nmetadata: {name: [\n" };

const check = suite("check");

check("nothing found: the verdicts and what they rest on, status 0", () =>
  inRepository(clean, async (sidelint) => {
    assert.equal(await sidelint(["check"]), {
      status: 0,
      stdout:
        "1 workload, nothing to report: 1 injected.\nIstio 1.30, stock webhooks assumed, as none were found\n",
      stderr: "",
    });
  }),
);

check("settings that fit nothing are told, where everything was looked at", () =>
  inRepository(
    { ...clean, "sidelint.yaml": "require:\n  - namespaces: [shoop]\n    reason: r\n" },
    async (sidelint) => {
      const { status, stderr } = await sidelint(["check"]);
      assert.is(status, 0);
      assert.is(
        stderr,
        "sidelint: sidelint.yaml:2:5: require[0] fits no workload: there is no namespace shoop; did you mean shop?\n",
      );
      assert.is((await sidelint(["check", "apps"])).stderr, "");
    },
  ),
);

check("an empty directory has no manifests, and that is no error", () =>
  inRepository({}, async (sidelint) => {
    const { status, stdout } = await sidelint(["check"]);
    assert.is(status, 0);
    assert.match(stdout, "No manifests found");
  }),
);

for (const format of ["text", "json", "github"]) {
  check(`an error gives status 1 in ${format}, and --fail-on never gives 0`, () =>
    inRepository(broken, async (sidelint) => {
      const { status, stdout, stderr } = await sidelint(["check", "--format", format]);
      assert.is(status, 1);
      assert.match(stdout, "unreadable-document");
      assert.match(stdout, "apps/bad.yaml");
      assert.is(stderr, "");
      assert.is((await sidelint(["check", "--format", format, "--fail-on", "never"])).status, 0);
    }),
  );
}

check("only the named paths are reported on", () =>
  inRepository(broken, async (sidelint) => {
    assert.is((await sidelint(["check", "apps/web.yaml", "ns.yaml"])).status, 0);
    assert.is((await sidelint(["check", "apps/*b.yaml", "ns.yaml"])).status, 0);
    assert.is((await sidelint(["check", "./apps/"])).status, 1);
  }),
);

check("standard input is a file of its own", () =>
  inRepository(clean, async (sidelint) => {
    const { stdout } = await sidelint(["list", "-", "ns.yaml"], { stdin: deployment });
    assert.match(stdout, "stdin.yaml:1");
    assert.not.match(stdout, "apps/web.yaml");
    const named = await sidelint(["list", "-", "ns.yaml", "--stdin-name", "./apps/web.yaml"], {
      stdin: deployment,
    });
    assert.match(named.stdout, /injected +shop +Deployment\/web .* apps\/web.yaml:1/);
  }),
);

check("an unreadable directory is told, the rest is checked, and the status is 2", () =>
  inRepository({ ...clean, "secret/a.yaml": deployment }, async (sidelint, directory) => {
    chmodSync(join(directory, "secret"), 0);
    const { status, stdout, stderr } = await sidelint(["check"]);
    chmodSync(join(directory, "secret"), 0o755);
    if (process.getuid?.() === 0) return;
    assert.is(status, 2);
    assert.match(stdout, "1 workload");
    assert.is(stderr, "sidelint: secret: permission denied\n");
  }),
);

check("a file named itself that is no text is told, and the status is 2", () =>
  inRepository({ ...clean, "bin.yaml": "PK\u0003\u0004\u0000\u0000" }, async (sidelint) => {
    const { status, stdout, stderr } = await sidelint(["check", "bin.yaml"]);
    assert.is(status, 2);
    assert.is(stdout, "");
    assert.is(
      stderr,
      "sidelint: bin.yaml: a control character is not allowed here (is this a binary file?)\n",
    );
    assert.is((await sidelint(["check"])).status, 0);
  }),
);

const spoken: readonly (readonly [
  name: string,
  files: Readonly<Record<string, string>>,
  argv: readonly string[],
  stderr: string,
])[] = [
  [
    "a label assumed with a value that shuts injection is remarked on",
    clean,
    ["--assume", "istio-injection=enable"],
    "sidelint: --assume istio-injection=enable is neither enabled nor disabled: it shuts injection (did you mean enabled?)\n",
  ],
  [
    "a label assumed that is nearly one of Istio's is remarked on",
    clean,
    ["--assume", "istio-injektion=enabled"],
    "sidelint: --assume istio-injektion: Istio knows no such label (did you mean istio-injection?)\n",
  ],
  [
    "of two configurations beside each other the one that counts is named",
    { ...clean, "sidelint.yaml": "", ".sidelint.yaml": "" },
    [],
    "sidelint: sidelint.yaml is the configuration, and .sidelint.yaml beside it is not read\n",
  ],
  [
    "a configuration further up is not remarked on",
    { ...clean, "apps/sidelint.yaml": "", "sidelint.yaml": "" },
    ["apps"],
    "",
  ],
  [
    "a directory with the name of the configuration is remarked on",
    { ...clean, "sidelint.yaml/x.yaml": "" },
    [],
    "sidelint: sidelint.yaml is a directory, so that there is no configuration\n",
  ],
];
for (const [name, files, argv, expected] of spoken) {
  check(name, () =>
    inRepository(files, async (sidelint) => {
      const { status, stderr } = await sidelint(["check", ...argv]);
      assert.is(stderr, expected);
      assert.is(status, 0);
    }),
  );
}

check("quiet and clean prints nothing", () =>
  inRepository(clean, async (sidelint) => {
    assert.equal(await sidelint(["check", "--quiet"]), { status: 0, stdout: "", stderr: "" });
  }),
);

const colours: readonly (readonly [
  name: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  columns: number | undefined,
  coloured: boolean,
])[] = [
  ["a terminal has colours", [], {}, 80, true],
  ["a pipe has none", [], {}, undefined, false],
  ["--color wins over a pipe", ["--color"], {}, undefined, true],
  ["--color wins over NO_COLOR", ["--color"], { NO_COLOR: "1" }, undefined, true],
  ["--no-color wins over a terminal", ["--no-color"], { FORCE_COLOR: "1" }, 80, false],
  ["NO_COLOR is obeyed", [], { NO_COLOR: "1" }, 80, false],
  ["an empty NO_COLOR says nothing", [], { NO_COLOR: "" }, 80, true],
  ["FORCE_COLOR is obeyed", [], { FORCE_COLOR: "1" }, undefined, true],
  ["FORCE_COLOR=0 means none", [], { FORCE_COLOR: "0" }, 80, false],
  ["a dumb terminal has none", [], { TERM: "dumb" }, 80, false],
];
for (const [name, argv, env, columns, coloured] of colours) {
  check(name, () =>
    inRepository(clean, async (sidelint) => {
      const { stdout } = await sidelint(["list", ...argv], { env, ...(columns && { columns }) });
      assert.is(stdout.includes("\u001b["), coloured);
    }),
  );
}
check.run();

const facts = suite("facts from outside");
const unlabelled = { "apps/web.yaml": deployment };
const dump = `apiVersion: v1\nkind: List\nitems:\n${namespace.replace(/^/gm, "    ").replace("    api", "  - api")}`;

facts("without them the verdict is unknown, and the report says what is missing", () =>
  inRepository(unlabelled, async (sidelint) => {
    const { stdout } = await sidelint(["check"]);
    assert.match(stdout, "1 workload: 1 unknown.\n");
    assert.match(stdout, "\n  shop: {labels: {istio-injection: enabled}}  # decides 1\n");
    assert.match(stdout, "kubectl get ns -o yaml > .sidelint/namespaces.yaml");
    assert.match((await sidelint(["list"])).stdout, /^unknown +shop/m);
  }),
);

facts("namespaces taken to have no labels are told, wherever that is said", () =>
  inRepository(unlabelled, async (sidelint, directory) => {
    const told = "known are assumed to have no labels\n";
    assert.match((await sidelint(["check", "--assume", "none"])).stdout, told);
    assert.not.match((await sidelint(["check"])).stdout, told);
    writeFileSync(join(directory, "sidelint.yaml"), "assumptions: {namespaceLabels: absent}\n");
    assert.match((await sidelint(["check"])).stdout, told);
    const labelled = await sidelint(["check", "--assume", "istio-injection=enabled"]);
    assert.match(labelled.stdout, "known are assumed to have istio-injection=enabled\n");
  }),
);

const given: readonly (readonly [
  name: string,
  files: Readonly<Record<string, string>>,
  argv: readonly string[],
  verdict: string,
])[] = [
  ["--assume answers for all", unlabelled, ["--assume", "istio-injection=enabled"], "injected"],
  ["--assume none answers no", unlabelled, ["--assume", "none"], "no"],
  [
    "a dump is read",
    { ...unlabelled, "dumps/n.yaml": dump },
    ["--namespaces", "dumps/n.yaml", "apps"],
    "injected",
  ],
  [
    "a dump in .sidelint is read by itself, wherever below the paths are",
    { ...unlabelled, ".sidelint/n.yaml": dump },
    ["apps"],
    "injected",
  ],
  ["a dump in .sidelint is read by itself", { ...unlabelled, ".sidelint/n.yaml": dump }, [], "injected"],
  [
    "the configuration is read by itself",
    { ...unlabelled, "sidelint.yaml": "namespaces: {shop: {labels: {istio-injection: enabled}}}\n" },
    [],
    "injected",
  ],
  [
    "a configuration of another name is read when named",
    { ...unlabelled, "my.cfg": "namespaces: {shop: {labels: {}}}\n" },
    ["--config", "my.cfg"],
    "no",
  ],
  [
    "--namespace answers for workloads that name none",
    { "web.yaml": deployment.replace("  namespace: shop\n", ""), "ns.yaml": namespace },
    ["--namespace", "shop"],
    "injected",
  ],
  [
    "--revision makes a revision known",
    { ...unlabelled, "ns.yaml": namespace.replace("istio-injection: enabled", "istio.io/rev: blue") },
    ["--revision", "blue"],
    "injected",
  ],
  [
    "a value that the newest release does not take is passed over",
    {
      "web.yaml": deployment.replace("{app: web}", '{sidecar.istio.io/inject: "off"}'),
      "ns.yaml": namespace,
    },
    [],
    "injected",
  ],
  [
    "--istio-version judges by another release",
    {
      "web.yaml": deployment.replace("{app: web}", '{sidecar.istio.io/inject: "off"}'),
      "ns.yaml": namespace,
    },
    ["--istio-version", "1.26"],
    "no",
  ],
];
for (const [name, files, argv, verdict] of given) {
  facts(name, () =>
    inRepository(files, async (sidelint) => {
      const { status, stdout, stderr } = await sidelint(["list", ...argv]);
      assert.is(stderr, "");
      assert.is(status, 0);
      assert.match(stdout, new RegExp(`^${verdict} +shop +Deployment/web `, "m"), stdout);
    }),
  );
}
facts.run();

const others = suite("list, explain, rules and help");

others("list as JSON is the report", () =>
  inRepository(clean, async (sidelint) => {
    const report = JSON.parse((await sidelint(["list", "--format", "json"])).stdout);
    assert.is(report.schema, "sidelint.dev/report/v1");
    assert.is(report.workloads[0].file, "apps/web.yaml");
    assert.is(report.workloads[0].verdict, "injected");
  }),
);

others("explain finds a workload by name and by place", () =>
  inRepository(clean, async (sidelint) => {
    for (const asked of ["Deployment/web", "deploy/web", "web", "apps/web.yaml", "./apps/web.yaml:7"]) {
      const { status, stdout } = await sidelint(["explain", asked]);
      assert.is(status, 0);
      assert.match(
        stdout,
        /^Deployment\/web in namespace shop +apps\/web.yaml:1\nINJECTED by revision default: /,
      );
      assert.match(stdout, "The sidecar, by template sidecar of Istio 1.30\n");
    }
    const { explanations } = JSON.parse((await sidelint(["explain", "web", "--format", "json"])).stdout);
    assert.is(explanations[0].workload.name, "web");
    assert.is(explanations[0].resources.length, 4);
  }),
);

others("explain says that a file ends before a line, instead of taking its last workload", () =>
  inRepository(clean, async (sidelint) => {
    const { status, stdout, stderr } = await sidelint(["explain", "apps/web.yaml:300"]);
    assert.equal([status, stdout], [2, ""]);
    assert.match(stderr, /^sidelint: apps\/web\.yaml has no line 300: it ends with line \d+\n$/);
    assert.is((await sidelint(["explain", "apps/web.yaml:3"])).status, 0);
  }),
);

others("explain takes a file outside the directory, and one given by its absolute path", () =>
  inRepository(clean, async (_, directory) => {
    const below = join(directory, "below");
    mkdirSync(below);
    for (const asked of ["../apps/web.yaml:7", join(directory, "apps/web.yaml")]) {
      const { status, stdout, stderr } = await runIn(below, ["explain", asked]);
      assert.is(stderr, "");
      assert.is(status, 0);
      assert.match(stdout, /^Deployment\/web in namespace shop +\.\.\/apps\/web.yaml:1\n/);
    }
  }),
);

others("webhooks that share a name are told apart by their configuration", () =>
  inRepository(clean, async (sidelint) => {
    const { stdout } = await sidelint(["explain", "web", "--revision", "default", "--revision", "blue"]);
    assert.match(stdout, "rev.namespace.sidecar-injector.istio.io of istio-sidecar-injector-blue wants");
    assert.not.match((await sidelint(["explain", "web"])).stdout, "of istio-sidecar-injector");
  }),
);

others("rules lists the catalogue and shows one of it", () =>
  inRepository({}, async (sidelint) => {
    const all = await sidelint(["rules"]);
    assert.match(all.stdout, /^proxy-cpu-limit-missing +error/m);
    const one = await sidelint(["rules", "proxy-cpu-limit-missing"]);
    assert.is(one.status, 0);
    for (const part of ["Why", "What to do", "Bad", "Good", "Not here"])
      assert.match(one.stdout, new RegExp(`^${part}`, "m"));
    const byCode = (await sidelint(["rules", "IST0135"])).stdout;
    for (const id of ["annotation-deprecated", "inject-annotation-deprecated"])
      assert.match(byCode, new RegExp(`^${id}  `, "m"));
    const json = JSON.parse(
      (await sidelint(["rules", "proxy-cpu-limit-missing", "--format", "json"])).stdout,
    );
    assert.is(json.id, "proxy-cpu-limit-missing");
    assert.is(
      (await sidelint(["rules", "proxy-cpu-limit"])).stderr,
      "sidelint: there is no rule proxy-cpu-limit (did you mean proxy-cpu-limit-missing?)\n",
    );
    const near = await sidelint(["rules", "proxy-cpu-limit-mising"]);
    assert.is(near.status, 2);
    assert.is(
      near.stderr,
      "sidelint: there is no rule proxy-cpu-limit-mising (did you mean proxy-cpu-limit-missing?)\n",
    );
  }),
);

for (const argv of [
  [],
  ["--help"],
  ["check", "--help"],
  ["list", "-h"],
  ["explain", "--help"],
  ["traffic", "--help"],
  ["rules", "--help"],
  ["help", "check"],
]) {
  others(`the help of "sidelint ${argv.join(" ")}" has examples and fits 80 columns`, () =>
    inRepository({}, async (sidelint) => {
      const { status, stdout, stderr } = await sidelint(argv);
      assert.is(status, 0);
      assert.is(stderr, "");
      assert.match(stdout, "Examples:\n  sidelint ");
      // A configuration is looked for above as well.
      if (stdout.includes("--config <"))
        assert.match(stdout.replace(/\s+/g, " "), "sidelint.yaml, here or above)");
      for (const line of stdout.split("\n")) assert.ok(line.length <= 80, line);
    }),
  );
}

others("explain tells the way once where it is the same in several builds", () => {
  const built = {
    "ns.yaml": namespace,
    "base/web.yaml": deployment,
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "a/kustomization.yaml": "resources: [../base]\n",
    "b/kustomization.yaml": "resources: [../base]\n",
    "c/kustomization.yaml": "resources: [../base]\nnamespace: other\n",
  };
  return inRepository(built, async (sidelint) => {
    const { stdout } = await sidelint(["explain", "web"]);
    assert.is(stdout.split("built by the kustomization").length, 3);
    assert.is(stdout.split("\n2 Webhooks").length, 3);
    assert.match(stdout, /^Deployment\/web [^\n]*\nbuilt by the kustomizations in\n\s*a\n\s*b\nINJECTED/);
  });
});

others("--version prints one line", () =>
  inRepository({}, async (sidelint) => {
    const { status, stdout } = await sidelint(["--version"]);
    assert.is(status, 0);
    assert.match(stdout, /^\d+\.\d+\.\d+\S*\n$/);
  }),
);
others.run();
