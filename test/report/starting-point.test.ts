/** The text of a first configuration: what stands in it, and that each of its settings is one. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { memoryTree } from "../../src/index.ts";
import { defaultRules } from "../../src/lint/run.ts";
import { type StartingPoint, startingPoint } from "../../src/report/starting-point.ts";
import { loadConfig } from "../../src/world/config.ts";
import { survey } from "../../src/world/survey.ts";
import { deployment, type Files, namespace, scanned } from "../world/scanned.ts";

const start = suite("starting point");

function pointFor(files: Files): StartingPoint {
  const { world, findings, files: read } = scanned(files);
  return startingPoint({
    world,
    findings,
    survey: survey(world, memoryTree(files), read),
    rules: defaultRules(),
  });
}

const textFor = (files: Files) => pointFor(files).textWith([]);

const bare = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** What a person does who switches on all that stands there: one character less a line. */
const uncommented = (text: string) => text.replace(/^#(?! \S)/gm, "");

const operator =
  "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: mesh}\nspec: {tag: 1.26.2, revision: 1-26}\n";
const chart = "name: mesh\ndependencies: [{name: istiod, version: 1.26.2}]\n";
const application =
  "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: {source: {path: apps}, destination: {namespace: shop}}\n";
const everything: Files = {
  "apps/web/a.yaml": `${deployment("a")}---\n${deployment("b")}`,
  "other place/[1]/c.yaml": deployment("c"),
  "argo/apps.yaml": application,
  "d.yaml": deployment("d", "namespace: away", "app: web, istio.io/rev: canary"),
  "e.yaml": deployment("e", "namespace: 'off'"),
  "mesh.yaml": operator,
  "n.yaml": namespace("pay", "istio.io/rev: prod"),
  "web/Chart.yaml": "name: web\n",
  "web/charts/redis/Chart.yaml": "name: redis\n",
};

start(
  "a repository without anything to say gives the file that editors know, and a release to judge by",
  () => {
    const text = textFor({});
    assert.ok(
      text.startsWith(
        "# yaml-language-server: $schema=node_modules/sidelint/dist/schemas/config.schema.json\n",
      ),
    );
    assert.match(text, "apiVersion: sidelint.dev/v1alpha1\nkind: Config\n");
    assert.match(text, '#istio:\n#  version: "1.30"\n');
    const reading = loadConfig(text, "sidelint.yaml");
    assert.ok(reading.ok && Object.keys(reading.config).join() === "apiVersion,kind");
  },
);

start(
  "all of it is accepted: as it stands, each setting alone, and every one of them uncommented by hand",
  () => {
    const { settings, textWith } = pointFor(everything);
    assert.ok(settings.length > 8);
    for (const texts of [[], settings, ...settings.map((one) => [one])].map(textWith)) {
      const reading = loadConfig(texts, "sidelint.yaml");
      assert.ok(reading.ok, reading.ok ? "" : `${reading.problems[0]?.message}\n${texts}`);
    }
    const all = loadConfig(uncommented(textWith([])), "sidelint.yaml");
    assert.ok(all.ok);
    assert.equal(all.config, (loadConfig(textWith(settings), "") as { readonly config?: unknown }).config);
    assert.equal(bare(all.config.istio), {
      version: "1.26.2",
      revisions: [{ name: "1-26" }, { name: "prod" }, { name: "canary" }],
    });
    assert.equal(bare(all.config.paths), {
      "apps/web/**": { namespace: "shop" },
      "other place/\\[1\\]/**": { namespace: "default" },
    });
    assert.equal(all.config.ignore, ["/web/charts/"]);
  },
);

start("a setting of one section does not switch on its neighbours", () => {
  const { settings, textWith } = pointFor(everything);
  const one = settings.find(({ lines }) => lines[0]?.startsWith('  "off"'));
  assert.ok(one);
  const reading = loadConfig(textWith([one]), "");
  assert.ok(reading.ok);
  assert.equal(Object.keys(reading.config), ["apiVersion", "kind", "namespaces"]);
});

start("the section with the fact that decides most comes first", () => {
  const three = ["1", "2", "3"].map((n) => deployment(`a${n}`)).join("---\n");
  const paths = textFor({ "apps/a.yaml": three, "b.yaml": deployment("b", "namespace: away") });
  assert.ok(paths.indexOf("#paths:") < paths.indexOf("#namespaces:"));
  const labels = textFor({
    "apps/a.yaml": deployment("a"),
    "b.yaml": three.replaceAll("metadata: {name: a", "metadata: {namespace: away, name: a"),
  });
  assert.ok(labels.indexOf("#namespaces:") < labels.indexOf("#paths:"));
});

start("each line says what it decides, and where it was seen", () => {
  const text = textFor(everything);
  assert.match(text, "# argo/apps.yaml:3 says so, decides 2 workloads");
  assert.match(text, /"off": \{labels: \{istio-injection: enabled\}\} +# decides 1 workload\n/);
  assert.match(
    text.replaceAll("\n# ", " "),
    "The release of Istio is read from here: 1.26.2 (what installs it, mesh.yaml:4).",
  );
  assert.match(text, /\{name: prod\} +# n.yaml:3 asks for it/);
  assert.match(text, /\{name: canary\} +# d.yaml:6 asks for it/);
});

start("rules that found something stand there with their severity, the gravest first", () => {
  const text = textFor({
    "a.yaml": deployment("a", "namespace: shop").replace("app: web", "sidecar.istio.io/inject: 'true'"),
    "n.yaml": namespace("shop", "istio-injection: enable"),
    "x.yaml": deployment("x", "namespace: away"),
  });
  const rules = text.slice(text.indexOf("#rules:\n"));
  assert.match(rules, /^#rules:\n# {2}namespace-label-invalid: error +# 1 finding\n/);
  assert.match(rules, /# {2}verdict-unknown: info +# 1 finding\n$/);
});

start("what is known holds only where somebody says so, and comments fit a terminal", () => {
  const { "mesh.yaml": _, ...others } = everything;
  const { settings, textWith } = pointFor({ ...others, "istio/Chart.yaml": chart });
  const facts = settings.filter(({ isFact }) => isFact);
  const text = textWith(facts);
  assert.match(text, '\nistio:\n  version: "1.26.2"\n# The revisions');
  assert.match(text, "\nignore:\n  - /web/charts/\n");
  // The first line is for editors, which want it whole.
  for (const line of text.split("\n").slice(1)) if (/^# \S/.test(line)) assert.ok(line.length <= 80, line);
});

start("of many releases a few are named, and the one that it is judged by is offered", () => {
  const charts = ["1.26.0", "1.26.1", "1.27.0", "1.27.1", "1.28.0"].map((version): [string, string] => [
    `${version}/Chart.yaml`,
    `name: istiod\nversion: ${version}\nappVersion: ${version}\n`,
  ]);
  const text = textFor(Object.fromEntries(charts));
  assert.match(
    text.replaceAll("\n# ", " "),
    /Several releases of Istio are named here: (?:[^,]+, [^)]+\),? ?){3}and 2 more\. It is judged by 1\.30\./,
  );
  assert.match(text, '#istio:\n#  version: "1.30"\n');
});

start("the stock default revision is in the list where it is taken for granted", () => {
  const { settings, textWith } = pointFor({ "n.yaml": namespace("pay", "istio.io/rev: prod") });
  const reading = loadConfig(textWith(settings), "");
  assert.equal(reading.ok && bare(reading.config.istio?.revisions), [{ name: "default" }, { name: "prod" }]);
});

start("what installs say of revisions and tags is not said again", () => {
  const tags = "spec: {tag: 1.26.2, revision: 1-26, values: {revisionTags: [prod]}}";
  const text = textFor({
    "mesh.yaml": operator.replace(/spec: .*/, tags),
    "n.yaml": namespace("shop", "istio.io/rev: prod"),
    "a.yaml": deployment("a", "namespace: shop"),
  });
  assert.not.match(text, "revisions:");
});

start("of an install's tag that is not all, the list tells it as a tag", () => {
  const tags = "spec: {tag: 1.26.2, revision: 1-26, values: {revisionTags: [prod]}}";
  const { settings, textWith } = pointFor({
    "mesh.yaml": operator.replace(/spec: .*/, tags),
    "n.yaml": namespace("shop", "istio-injection: enabled"),
    "o.yaml": namespace("pay", "istio.io/rev: canary"),
    "a.yaml": deployment("a", "namespace: shop"),
  });
  assert.match(textWith([]), /\{name: default\} +# nothing shows it, decides 1 workload\n/);
  const reading = loadConfig(textWith(settings), "");
  assert.equal(reading.ok && bare(reading.config.istio?.revisions), [
    { name: "1-26", tags: ["prod"] },
    { name: "canary" },
    { name: "default" },
  ]);
});

start("a release that an install shows is no news to check", () => {
  const { settings, textWith } = pointFor({ "mesh.yaml": operator });
  assert.equal(
    settings.map(({ isFact }) => isFact),
    [false],
  );
  assert.match(textWith([]), '#  version: "1.26.2"');
});

start("a release that the injector shows is no news to check", () => {
  const values = `'{"global": {"tag": "1.26.3"}}'`;
  const map = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio-sidecar-injector}\ndata: {config: "policy: enabled", values: ${values}}\n`;
  const { settings, textWith } = pointFor({ "m.yaml": map });
  assert.equal(
    settings.map(({ isFact }) => isFact),
    [false],
  );
  assert.match(textWith([]), '#  version: "1.26.3"');
});

start("several releases are all named, and none is taken for known", () => {
  const { settings, textWith } = pointFor({
    "a.yaml": operator,
    "b.yaml": operator.replace("1.26.2", "1.24.0"),
  });
  assert.is(settings.filter(({ isFact }) => isFact).length, 0);
  assert.match(
    textWith([]).replaceAll("\n# ", " "),
    "1.26.2 (what installs it, a.yaml:4), 1.24.0 (what installs it, b.yaml:4)",
  );
});

start("of very many facts those that decide most are named, and the others are counted", () => {
  const files = Object.fromEntries(
    Array.from({ length: 30 }, (_, n) => [
      `d${n}/a.yaml`,
      deployment("a") + (n === 29 ? `---\n${deployment("b")}` : ""),
    ]),
  );
  const { leftOut, textWith } = pointFor(files);
  assert.is(leftOut, 6);
  assert.match(textWith([]), "\n#paths:\n#  d29/**: {namespace: default}");
  assert.match(textWith([]), "Or one namespace for all of these, which decides 31 workloads");
});

start.run();
