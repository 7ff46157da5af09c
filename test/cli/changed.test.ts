/** `check --changed`: the whole repository is read, and what concerns the named files reported. */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { deployment, inRepository, namespace, runIn } from "./terminal.ts";

const bad = (name: string, space = "shop") =>
  deployment
    .replace("name: web", `name: ${name}`)
    .replace("namespace: shop", `namespace: ${space}`)
    .replace("labels: {app: web}", "labels: {app: web, sidecar.istio.io/inject: no}");
const files = {
  "platform/ns.yaml": namespace,
  "platform/other.yaml": namespace.replace("shop", "other"),
  "apps/good.yaml": deployment,
  "apps/one.yaml": bad("one"),
  "apps/two.yaml": bad("two", "other"),
  "README.md": "# Shop\n",
};

interface Told {
  readonly findings: readonly { readonly file: string }[];
  readonly summary: { readonly findings: { readonly error: number } };
}

const changed = suite("check --changed");

const cases: readonly (readonly [what: string, argv: readonly string[], files: readonly string[]])[] = [
  ["a file with findings", ["apps/one.yaml"], ["apps/one.yaml"]],
  ["two of them", ["apps/one.yaml", "apps/two.yaml"], ["apps/one.yaml", "apps/two.yaml"]],
  ["a file without findings", ["apps/good.yaml"], []],
  ["a namespace: its workloads are concerned", ["platform/ns.yaml"], ["apps/one.yaml"]],
  ["a directory", ["apps"], ["apps/one.yaml", "apps/two.yaml"]],
  ["a file that is no manifest", ["README.md"], []],
  ["a file that is deleted", ["apps/gone.yaml"], []],
  ["a file whose directory is deleted", ["gone/gone.yaml", "./apps/two.yaml"], ["apps/two.yaml"]],
];
for (const [what, argv, expected] of cases) {
  changed(`${what} is all that is reported on`, () =>
    inRepository(files, async (sidelint) => {
      const { status, stdout, stderr } = await sidelint(["check", "--changed", "--format", "json", ...argv]);
      const { findings, summary } = JSON.parse(stdout) as Told;
      assert.is(stderr, "");
      assert.equal([...new Set(findings.map(({ file }) => file))], expected);
      assert.is(summary.findings.error > 0, expected.length > 0);
      assert.is(status, expected.length > 0 ? 1 : 0);
    }),
  );
}

changed("an Application concerns what it brings", () =>
  inRepository(
    {
      ...files,
      "argo/web.yaml": `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec: {source: {repoURL: https://example.com/shop/fleet, path: apps}, destination: {namespace: any}}
`,
    },
    async (sidelint) => {
      const { stdout } = await sidelint(["check", "--changed", "--format", "json", "argo/web.yaml"]);
      const { findings } = JSON.parse(stdout) as Told;
      assert.equal([...new Set(findings.map(({ file }) => file))], ["apps/one.yaml", "apps/two.yaml"]);
    },
  ),
);

changed("facts from elsewhere hold: the namespace of another file is known", () =>
  inRepository({ "ns/a.yaml": namespace, "apps/web.yaml": deployment }, async (sidelint) => {
    const { stdout } = await sidelint(["check", "--changed", "apps/web.yaml"]);
    assert.match(stdout, "1 workload, nothing to report: 1 injected");
  }),
);

changed("in a directory below, the repository is read all the same, and paths lead there", () =>
  inRepository(files, async (_, directory) => {
    const { stdout } = await runIn(join(directory, "apps"), [
      "check",
      "--changed",
      "--format",
      "json",
      "one.yaml",
    ]);
    const { findings } = JSON.parse(stdout) as Told;
    assert.equal([...new Set(findings.map(({ file }) => file))], ["../apps/one.yaml"]);
    const above = await runIn(join(directory, "apps"), ["check", "--changed", "-q", "../platform/ns.yaml"]);
    assert.match(above.stdout, "one.yaml");
    assert.not.match(above.stdout, "two.yaml");
  }),
);

changed("the configuration concerns everything", () =>
  inRepository({ ...files, "sidelint.yaml": "kind: Config\n" }, async (sidelint) => {
    const all = await sidelint(["check", "-q"]);
    assert.equal(await sidelint(["check", "-q", "--changed", "sidelint.yaml"]), all);
  }),
);

changed("of a build, what lies beside its kustomization concerns its workloads", () =>
  inRepository(
    {
      "ns.yaml": namespace,
      "base/kustomization.yaml": "resources: [web.yaml]\n",
      "base/web.yaml": bad("web"),
      "prod/kustomization.yaml": "resources: [../base]\n",
      "prod/notes.json": "{}\n",
      "dev/kustomization.yaml": "resources: [settings.yaml]\n",
      "dev/settings.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\n",
    },
    async (sidelint) => {
      assert.is((await sidelint(["check", "--changed", "prod/kustomization.yaml"])).status, 1);
      assert.is((await sidelint(["check", "--changed", "prod/patch-that-was-there.yaml"])).status, 1);
      assert.is((await sidelint(["check", "--changed", "dev/kustomization.yaml"])).status, 0);
    },
  ),
);

changed("only the facts that decide on what is reported are missing", () =>
  inRepository({ "a.yaml": deployment, "b.yaml": bad("b", "away"), ".git/x": "" }, async (sidelint) => {
    const one = await sidelint(["check", "--changed", "nothing.yaml"]);
    assert.not.match(one.stdout, "Missing facts");
    assert.match((await sidelint(["check", "--changed", "a.yaml"])).stdout, "Missing facts");
  }),
);

changed("without a name there is nothing to report", () =>
  inRepository(files, async (sidelint) => {
    const { status, stderr } = await sidelint(["check", "--changed"]);
    assert.is(status, 0);
    assert.is(stderr, "sidelint: --changed: no file is named, so there is nothing to report\n");
  }),
);

changed("standard input, an empty name and files of elsewhere are refused", () =>
  inRepository(files, async (sidelint, directory) => {
    assert.match((await sidelint(["check", "--changed", "-"])).stderr, "--changed takes names of files");
    assert.match((await sidelint(["check", "--changed", ""])).stderr, "a path is empty");
    const { status, stderr } = await sidelint(["check", "--changed", "/somewhere/else.yaml"]);
    assert.is(status, 2);
    assert.match(stderr, "--changed /somewhere/else.yaml: it lies outside of ., the repository here");
    rmSync(join(directory, ".git"), { recursive: true });
    mkdirSync(join(directory, "deep"));
    assert.is((await runIn(directory, ["check", "--changed", "apps/one.yaml"])).status, 1);
  }),
);

changed("--fix changes the named files and no others, and says why", () =>
  inRepository(files, async (sidelint, directory) => {
    const read = (path: string) => readFileSync(join(directory, path), "utf8");
    const { status, stderr } = await sidelint([
      "check",
      "--changed",
      "--fix",
      "apps/one.yaml",
      "apps/gone.yaml",
    ]);
    assert.match(stderr, "in 1 file\n");
    assert.is(status, 0);
    assert.is.not(read("apps/one.yaml"), files["apps/one.yaml"]);
    assert.is(read("apps/two.yaml"), files["apps/two.yaml"]);
    const other = await sidelint(["check", "--changed", "--fix", "platform/other.yaml"]);
    assert.match(other.stderr, "apps/two.yaml is not among the files that were asked for");
    assert.is(other.status, 1);
    assert.is(read("apps/two.yaml"), files["apps/two.yaml"]);
  }),
);

changed("--baseline holds for them as well", () =>
  inRepository(files, async (sidelint) => {
    await sidelint(["baseline"]);
    const { status, stdout } = await sidelint([
      "check",
      "--changed",
      "--baseline",
      "--format",
      "json",
      "apps/one.yaml",
    ]);
    assert.is(status, 0);
    assert.equal((JSON.parse(stdout) as Told).findings, []);
  }),
);

changed("counts are of what is told, and those of the whole stand beside them", () =>
  inRepository(files, async (sidelint) => {
    const summaryOf = async (...argv: readonly string[]) =>
      JSON.parse((await sidelint(["check", "--format", "json", ...argv])).stdout).summary;
    const all = await summaryOf();
    assert.is(all.whole, undefined);
    const one = await summaryOf("--changed", "apps/one.yaml");
    assert.ok(one.findings.error > 0 && one.findings.error < all.findings.error);
    assert.ok(one.fixable.safe < all.fixable.safe);
    assert.equal(one.whole, { findings: all.findings, suppressed: all.suppressed });
    const none = await summaryOf("--changed", "apps/one.yaml", "--shard", "1/1000");
    assert.equal(none.whole, one.whole);
  }),
);

changed.run();
