/** init end to end: what it writes, what it leaves alone, and that check finds the same afterwards. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { githubSnippet, preCommitSnippet } from "../../src/cli/snippets.ts";
import { toValue } from "../../src/source/node.ts";
import { readYaml } from "../../src/source/read.ts";
import { deployment, inRepository, namespace, runIn } from "./terminal.ts";

const away = deployment.replaceAll("shop\n", "away\n");
const alone = deployment.replace("  namespace: shop\n", "");
const enable = namespace.replace("enabled", "enable");
const operator =
  "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: mesh}\nspec: {tag: 1.28.2}\n";
const repository = {
  "apps/web.yaml": deployment,
  "apps/away.yaml": away,
  "jobs/a.yaml": alone,
  "jobs/b.yaml": alone.replace("name: web\n", "name: other\n"),
  "mesh.yaml": operator,
  "ns.yaml": enable,
  "web/Chart.yaml": "name: web\n",
  "web/charts/redis/Chart.yaml": "name: redis\n",
};

const init = suite("init");

init(
  "a configuration is written at the top, and says what was found and what comes next, in 80 columns",
  () =>
    inRepository(repository, async (sidelint, directory) => {
      const { status, stdout, stderr } = await sidelint(["init"]);
      assert.equal({ status, stderr }, { status: 0, stderr: "" });
      assert.match(stdout, "Wrote sidelint.yaml: 1 setting that holds, 5 suggestions as comments.");
      assert.match(stdout, /^Workloads {2}4 in 8 files: 1 not injected, 3 unknown$/m);
      assert.match(stdout, /^Istio {6}1\.28\.2 seen; revisions: default$/m);
      assert.match(stdout, /^Layout {5}2 Helm charts$/m);
      assert.match(
        stdout,
        /^Missing {4}2 facts would decide 3 workloads, a namespace together with its\n {11}labels$/m,
      );
      assert.match(stdout, "\n    sidelint check\n");
      assert.match(stdout, "\n    helm template web | sidelint check -\n");
      for (const line of stdout.split("\n")) assert.ok(line.length <= 80, line);
      const text = readFileSync(join(directory, "sidelint.yaml"), "utf8");
      assert.match(text, '\n#istio:\n#  version: "1.28.2"\n');
      assert.match(
        text,
        "\n#paths:\n#  jobs/**: {namespace: default}  # decides 2 workloads with its labels\n",
      );
      assert.match(text, "\n#  away: {labels: {istio-injection: enabled}}  # decides 1 workload\n");
      assert.match(text, "\n#  namespace-label-invalid: error  # 1 finding\n");
    }),
);

init("check finds the same afterwards, and is told of nothing by the configuration", () =>
  inRepository(repository, async (sidelint) => {
    const report = async () => {
      const { findings, workloads, summary } = JSON.parse(
        (await sidelint(["check", "--format", "json"])).stdout,
      );
      const verdicts = workloads.map(({ id, verdict }: Readonly<Record<string, string>>) => [id, verdict]);
      return { findings, verdicts, missing: summary.missing };
    };
    const before = await report();
    assert.is((await sidelint(["init"])).status, 0);
    assert.equal(await report(), before);
  }),
);

init("what would change a verdict stays a comment, what changes none holds", () =>
  inRepository(
    {
      ...repository,
      "mesh.yaml": "",
      "mesh/Chart.yaml": "name: mesh\ndependencies: [{name: istiod, version: 1.8.0}]\n",
      "pod.yaml": deployment
        .replace("app: web", 'app: web, sidecar.istio.io/inject: "true"')
        .replace("name: shop", "name: b"),
      "ns.yaml": namespace.replace("istio-injection: enabled", "app: x"),
    },
    async (sidelint, directory) => {
      assert.match((await sidelint(["list"])).stdout, /^injected/m);
      await sidelint(["init"]);
      const text = readFileSync(join(directory, "sidelint.yaml"), "utf8");
      assert.match(text, '\n#istio:\n#  version: "1.8.0"\n');
      assert.match(text, "\nignore:\n  - /web/charts/\n");
      assert.match((await sidelint(["list"])).stdout, /^injected/m);
    },
  ),
);

init("a configuration that is there is not touched, unless --force says so", () =>
  inRepository(
    { "sub/.sidelint.yaml": "kind: Config\n", "sub/deep/web.yaml": alone },
    async (_, directory) => {
      const deep = join(directory, "sub/deep");
      const refused = await runIn(deep, ["init"]);
      assert.is(refused.status, 2);
      assert.is(
        refused.stderr,
        "sidelint: ../.sidelint.yaml is there and stays as it is; --force writes over it, --dry-run prints\n",
      );
      assert.is(readFileSync(join(directory, "sub/.sidelint.yaml"), "utf8"), "kind: Config\n");
      const forced = await runIn(deep, ["init", "--force"]);
      assert.is(forced.status, 0);
      assert.match(forced.stdout, "Replaced ../.sidelint.yaml");
      assert.match(
        readFileSync(join(directory, "sub/.sidelint.yaml"), "utf8"),
        "\n#  /**: {namespace".slice(0, 2),
      );
      assert.equal(readdirSync(directory).sort(), [".git", "sub"]);
    },
  ),
);

init("below the top the whole repository is looked at, and patterns are relative to its top", () =>
  inRepository(repository, async (_, directory) => {
    const { status, stdout } = await runIn(join(directory, "apps"), ["init"]);
    assert.is(status, 0);
    assert.match(stdout, "Wrote ../sidelint.yaml");
    assert.match(stdout, "4 in 8 files");
    const text = readFileSync(join(directory, "sidelint.yaml"), "utf8");
    assert.match(text, "#  jobs/**: {namespace");
    assert.match(text, "- /web/charts/\n");
    assert.match(text, "mesh.yaml:4)");
  }),
);

init("only the given paths are looked at", () =>
  inRepository(repository, async (sidelint) => {
    const { stdout } = await sidelint(["init", "-n", "jobs"]);
    assert.match(stdout, "jobs/**");
    assert.not.match(stdout, "#namespaces:");
  }),
);

init("--dry-run prints the file and nothing else, and writes nothing", () =>
  inRepository({ ...repository, "sidelint.yaml": "kind: Config\n" }, async (sidelint, directory) => {
    const { status, stdout } = await sidelint(["init", "--dry-run"]);
    assert.is(status, 0);
    assert.ok(stdout.startsWith("# yaml-language-server: "));
    assert.ok(
      stdout.endsWith("# 3 findings\n") || stdout.endsWith("finding\n") || stdout.endsWith("findings\n"),
    );
    assert.is(readFileSync(join(directory, "sidelint.yaml"), "utf8"), "kind: Config\n");
    const all = (await sidelint(["init", "-n", "--github", "--pre-commit"])).stdout;
    for (const file of ["sidelint.yaml", ".pre-commit-config.yaml", ".github/workflows/sidelint.yml"])
      assert.match(all, `==> ${file} <==\n`);
    assert.not(existsSync(join(directory, ".github")));
  }),
);

init("a dump of the cluster's namespaces is believed", () =>
  inRepository(
    { "a.yaml": away, ".sidelint/ns.yaml": namespace.replace("shop", "away") },
    async (sidelint) => {
      const { stdout } = await sidelint(["init", "-n"]);
      assert.not.match(stdout, "#namespaces:");
    },
  ),
);

init("hook and workflow are written where there are none, besides a configuration that is there", () =>
  inRepository({ "sidelint.yaml": "kind: Config\n" }, async (sidelint, directory) => {
    const { status, stdout } = await sidelint(["init", "--pre-commit", "--github"]);
    assert.is(status, 0);
    assert.is(
      stdout,
      "sidelint.yaml is there and stays as it is.\n\n" +
        "Wrote .pre-commit-config.yaml; commit it.\n\nWrote .github/workflows/sidelint.yml; commit it.\n\n" +
        "These files install sidelint with npm. Look first that your registry holds it;\n" +
        "they say what to write if it does not.\n",
    );
    for (const path of [".pre-commit-config.yaml", ".github/workflows/sidelint.yml"]) {
      const text = readFileSync(join(directory, path), "utf8");
      assert.match(text, "from your registry. Look first that it is there, and\n");
      assert.match(text, "# git+https://git.example.com/sidelint.git");
      assert.match(text, "add --baseline=sidelint-baseline.json behind check.\n");
    }
    const hooks = readYaml(readFileSync(join(directory, ".pre-commit-config.yaml"), "utf8"));
    assert.ok(hooks.ok && hooks.root);
    assert.ok(existsSync(join(directory, ".github/workflows/sidelint.yml")));
    assert.not(readdirSync(directory).some((name) => name.includes("tmp")));
  }),
);

init("hook and workflow that are there are left alone, and what to add is printed", () =>
  inRepository({ "sidelint.yaml": "" }, async (sidelint, directory) => {
    const mine = "repos:\n  - repo: local\n    hooks: []\n";
    writeFileSync(join(directory, ".pre-commit-config.yaml"), mine);
    const { stdout } = await sidelint(["init", "--pre-commit"]);
    assert.match(
      stdout.replaceAll("\n", " "),
      "-config.yaml is there and stays as it is. What to add to its list of repos: ",
    );
    assert.match(stdout, "\n  - repo: local\n    hooks:\n      - id: sidelint-fix\n");
    assert.is(readFileSync(join(directory, ".pre-commit-config.yaml"), "utf8"), mine);
  }),
);

init("hook and workflow ask for the version that wrote them", () => {
  const read = (text: string) => {
    const reading = readYaml(text);
    return reading.ok && reading.root ? JSON.stringify(toValue(reading.root)) : "";
  };
  const hook = read(preCommitSnippet("1.2.3").whole);
  assert.match(hook, '"additional_dependencies":["sidelint@1.2.3"]');
  assert.match(hook, '"entry":"sidelint check --changed"');
  assert.match(hook, '"require_serial":true');
  assert.match(
    read(githubSnippet("1.2.3").whole),
    '{"run":"npx --yes sidelint@1.2.3 check --format github"}',
  );
  assert.match(read(githubSnippet("0.0.0-source").whole), '"npx --yes sidelint check --format github"');
});

init(
  "a path that is not there, standard input and a directory of the name are told, and nothing is written",
  () =>
    inRepository({ "sidelint.yaml/x": "" }, async (sidelint) => {
      assert.match((await sidelint(["init", "nowhere"])).stderr, "nowhere: ");
      assert.match((await sidelint(["init", "-"])).stderr, "init looks at files, not at standard input (-)");
      const { status, stderr } = await sidelint(["init"]);
      assert.equal({ status, stderr }, { status: 2, stderr: "sidelint: sidelint.yaml: it is a directory\n" });
    }),
);

const broken = deployment.replace("{app: web}", '{app: web, sidecar.istio.io/inject: "yes please"}');

init("what to add to the hooks is indented as they are, and a configuration is replaced", () =>
  inRepository({ "a.yaml": broken, "sidelint.yaml": "" }, async (sidelint, directory) => {
    writeFileSync(join(directory, ".pre-commit-config.yaml"), "repos:\n- repo: local\n  hooks: []\n");
    const { stdout } = await sidelint(["init", "--force", "--pre-commit"]);
    assert.match(stdout, "\n- repo: local\n  hooks:\n    - id: sidelint-fix\n");
    assert.match(stdout, /^Replaced sidelint\.yaml: /);
    assert.match(
      stdout,
      "\n  and from then on check against them, in the files above too:\n    sidelint check --baseline\n",
    );
  }),
);

init("of a part of the repository it says that the rest may hold what is missing", () =>
  inRepository({ "apps/web.yaml": deployment, "ns.yaml": namespace }, async (sidelint) => {
    const says = /The rest\s+of the\s+repository\s+was\s+not\s+looked\s+at/;
    assert.not.match((await sidelint(["init", "--dry-run"])).stdout, "Just a part");
    assert.match(
      (await sidelint(["init", "apps", "--dry-run"])).stdout,
      "# Just a part of the repository was",
    );
    assert.match((await sidelint(["init", "apps"])).stdout, says);
    const flat = async (paths: readonly string[]) =>
      (await sidelint(["check", "--no-config", ...paths])).stdout.replace(/\s+/g, " ");
    assert.match(await flat(["apps"]), "The rest of the repository was not looked at, and may hold them.");
    assert.not.match(await flat([]), "The rest of the repository");
  }),
);

init.run();
