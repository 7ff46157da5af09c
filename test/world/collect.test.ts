/** What is kept of files: broken documents and their neighbours, Helm templates, what cannot be read, and the counts. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type FileTree, memoryTree, scan } from "../../src/index.ts";
import type { ReadFailure } from "../../src/source/tree.ts";
import { collect, directoryOf, isKustomizationFile } from "../../src/world/collect.ts";
import { readWorld } from "../../src/world/read.ts";
import { deployment, type Files, places, scanned, verdicts } from "./scanned.ts";

const collecting = suite("collecting");

const broken = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: [a\n";
const good = (name: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop}\n`;

interface Case {
  readonly name: string;
  readonly files: Files;
  readonly workloads?: readonly string[];
  /** Of rule unreadable-document. */
  readonly problems?: readonly string[];
  readonly skipped?: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: "a broken document hides neither those before nor those after it",
    files: { "a.yaml": [good("a"), broken, good("b")].join("---\n") },
    workloads: ["shop Pod/a unknown", "shop Pod/b unknown"],
    problems: ["a.yaml:9:1"],
  },
  {
    name: "a broken file hides no other file",
    files: { "a.yaml": broken, "b.yaml": good("b") },
    workloads: ["shop Pod/b unknown"],
    problems: ["a.yaml:5:1"],
  },
  {
    name: "each broken document of a file is told",
    files: { "a.yaml": [broken, broken].join("---\n") },
    problems: ["a.yaml:5:1", "a.yaml:10:1"],
  },
  { name: "a broken document that is no manifest is silent", files: { "a.yaml": "kind: Pod\nname: [a\n" } },
  { name: "broken prose that mentions kinds is silent", files: { "a.yaml": "- a Pod: [is\n  kind: b\n" } },
  {
    name: "a broken manifest in JSON",
    files: { "a.json": '{\n  "apiVersion": "v1",\n  "kind": "Pod",\n  "metadata": {"name": "a"\n' },
    problems: ["a.json:5:1"],
  },
  {
    name: "a broken manifest in JSON on one line",
    files: { "a.json": '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}' },
    problems: ["a.json:1:62"],
  },
  {
    name: "a broken kustomization is told although it says no kind",
    files: { "kustomization.yaml": "resources: [a.yaml\n", "a.yaml": good("a") },
    workloads: ["shop Pod/a unknown"],
    problems: ["kustomization.yaml:2:1"],
  },
  {
    name: "templates of a chart are skipped once a chart, and not read",
    files: {
      "charts/api/Chart.yaml": "apiVersion: v2\nname: api\n",
      "charts/api/templates/a.yaml": broken,
      "charts/api/templates/deep/b.yaml": good("b"),
      "charts/api/values.yaml": "kind: Pod\n",
      "charts/api/crds/c.yaml": good("c"),
      "charts/web/Chart.yaml": "apiVersion: v2\nname: web\n",
      "charts/web/templates/a.yaml": broken,
    },
    workloads: ["shop Pod/c unknown"],
    skipped: ["helm-template charts/api 2", "helm-template charts/web 1"],
  },
  {
    name: "a chart at the top",
    files: { "Chart.yaml": "name: a\n", "templates/a.yaml": broken, "b.yaml": good("b") },
    workloads: ["shop Pod/b unknown"],
    skipped: ["helm-template . 1"],
  },
  {
    name: "a chart inside a chart is its own",
    files: {
      "a/Chart.yaml": "name: a\n",
      "a/charts/b/Chart.yaml": "name: b\n",
      "a/charts/b/templates/x.yaml": broken,
    },
    skipped: ["helm-template a/charts/b 1"],
  },
  {
    name: "a directory named templates without a chart is read",
    files: { "templates/a.yaml": good("a") },
    workloads: ["shop Pod/a unknown"],
  },
  {
    name: "a template beside no chart is a skip, counted once a directory",
    files: {
      "x/a.yaml": "apiVersion: v1\nkind: Pod\n{{- if .Values.on }}\nmetadata: {}\n{{- end }}\n",
      "x/b.yaml": "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}: x\n",
      "y/c.yaml": `${good("c")}---\napiVersion: v1\nkind: Pod\nspec: {{ toYaml . }}\n  a: b\n`,
    },
    workloads: ["shop Pod/c unknown"],
    skipped: ["helm-template x 2", "helm-template y 1"],
  },
  {
    name: "a template that is not Helm's",
    files: {
      "roles/web/templates/a.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: {{ name }}: x}\n",
      "roles/web/templates/b.yaml": "apiVersion: v1\nkind: Pod\n{% if on %}\nmetadata: {}\n{% endif %}\n",
      "chart/Chart.yaml": "name: a\n",
      "chart/crds/c.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: {{ name }}: x}\n",
    },
    skipped: ["helm-template chart/crds 1", "template roles/web/templates 2"],
  },
  {
    name: "braces that do not explain why a document is broken excuse nothing",
    files: {
      "a.yaml": broken.replace("metadata:", 'metadata:\n  annotations: {greets: "{{ user }}"}'),
      "b.yaml": `# {{ user }} and {{\n${broken}`,
    },
    problems: ["a.yaml:6:1", "b.yaml:6:1"],
  },
  {
    name: "braces explain a fault at their line, and one that is gone without them",
    files: {
      "x/a.yaml": "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.name }}\n  labels: [\n",
      "x/b.yaml":
        "apiVersion: v1\nkind: Pod\nmetadata:\n  labels: {{- if .Values.on }}\n    a: b\n  {{- end }}\n  name: a\n",
    },
    skipped: ["helm-template x 2"],
  },
  {
    name: "a broken document beside manifests is a problem, whatever it says",
    files: { "a.yaml": `${good("a")}---\na: [\n---\nb: c\n`, "b.yaml": `a: [\n# Pod\n---\n${good("b")}` },
    workloads: ["shop Pod/a unknown", "shop Pod/b unknown"],
    problems: ["a.yaml:6:1", "b.yaml:3:1"],
  },
  {
    name: "a broken document alone, or beside others that are no manifests, is passed over",
    files: { "a.yaml": "a: [\n# Pod\n", "b.yaml": "a: [\n---\nkind: Pod\n" },
  },
  {
    name: "braces in a string of a document that can be read are nothing special",
    files: { "a.yaml": good("a").replace("name: a", 'name: a, annotations: {x: "{{ y }}"}') },
    workloads: ["shop Pod/a unknown"],
  },
  {
    name: "a ConfigMap that is no injector is passed over, also with a manifest inside",
    files: {
      "a.yaml": `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: files}\ndata:\n  pod.yaml: |\n    ${good("inner").replaceAll("\n", "\n    ")}\n`,
    },
  },
  {
    name: "files of other names are not read",
    files: { "a.txt": good("a"), "b.yml": good("b"), "c.YAML": good("c") },
    workloads: ["shop Pod/b unknown"],
  },
];

for (const { name, files, workloads = [], problems = [], skipped = [] } of cases) {
  collecting(name, () => {
    const result = scanned(files);
    assert.equal(verdicts(files), workloads, "workloads");
    const told = places(result).filter((place) => place.endsWith(" unreadable-document"));
    assert.equal(
      told.map((place) => place.replace(" unreadable-document", "")),
      problems,
      "problems",
    );
    assert.equal(
      result.report.summary.skipped.map((one) => `${one.reason} ${one.path} ${one.files}`),
      skipped,
      "skipped",
    );
  });
}

collecting("two documents of one file that are templates count as one file", () => {
  const template = "apiVersion: v1\nkind: Pod\nspec: {{ toYaml . }}\n  a: b\n";
  const { report } = scanned({ "x/a.yaml": [template, template].join("---\n") });
  assert.equal(
    report.summary.skipped.map(({ files }) => files),
    [1],
  );
});

collecting("files and documents are counted, whether or not they matter", () => {
  const { report } = scanned({
    "a.yaml": [good("a"), good("b"), "# nothing\n"].join("---\n"),
    "b.yaml": "some: values\n",
    "c.json": "{}",
  });
  assert.equal(report.summary.files, { read: 3, withWorkloads: 1 });
  assert.is(report.summary.workloads.total, 2);
});

collecting("progress goes from nothing to everything", () => {
  const seen: string[] = [];
  const tree = memoryTree({ "a.yaml": good("a"), "b.yaml": good("b") });
  scan(tree, { onProgress: (done, total) => seen.push(`${done}/${total}`) });
  assert.equal(seen, ["0/2", "1/2", "2/2"]);
});

collecting("only files of interest are kept for code frames", () => {
  const collected = collect(
    memoryTree({ "a.yaml": deployment("a"), "b.yaml": "a: 1\n" }),
    ["a.yaml", "b.yaml"],
    { kinds: [] },
  );
  assert.is(collected.fileOf("a.yaml")?.path, "a.yaml");
  assert.is(collected.fileOf("b.yaml"), undefined);
  assert.equal([collected.hasRead("b.yaml"), collected.hasRead("c.yaml")], [true, false]);
  assert.is(collected.documentsOf("c.yaml"), undefined);
});

const failing = (reason: ReadFailure): FileTree => {
  const tree = memoryTree({ "a.yaml": good("a"), "b.yaml": good("b") });
  return { ...tree, read: (path) => (path === "a.yaml" ? reason : tree.read(path)) };
};

collecting("a file that may not be read is a skip that says why, and hides no other", () => {
  const { report } = scan(failing({ path: "a.yaml", reason: "permission denied" }));
  assert.equal(report.summary.skipped, [
    { reason: "unreadable", path: "a.yaml", files: 1, detail: "permission denied" },
  ]);
  assert.is(report.summary.workloads.total, 1);
});

collecting("a file that is too large is a finding at its start", () => {
  const reading = scan(failing({ path: "a.yaml", reason: "it has 200 MiB", tooLarge: true }));
  assert.equal(places(reading).slice(0, 1), ["a.yaml:1:1 unreadable-document"]);
  assert.match(reading.findings[0]?.message ?? "", "200 MiB");
  assert.equal(reading.report.summary.skipped, []);
});

collecting("directories that cannot be listed are failures", () => {
  const tree = memoryTree({ "a.yaml": good("a"), "d/b.yaml": good("b") });
  const { failures, report } = scan({
    ...tree,
    list: (path) => (path === "d" ? { path, reason: "permission denied" } : tree.list(path)),
  });
  assert.equal(failures, [{ path: "d", reason: "permission denied" }]);
  assert.is(report.summary.workloads.total, 1);
});

collecting("the directory of a path", () => {
  assert.equal(["a", "a/b", "/a", "/a/b", "../a"].map(directoryOf), [".", "a", "/", "/a", ".."]);
});

collecting("the names that kustomize looks for", () => {
  const names = [
    "kustomization.yaml",
    "a/kustomization.yml",
    "a/Kustomization",
    "kustomize.yaml",
    "xkustomization.yaml",
  ];
  assert.equal(names.map(isKustomizationFile), [true, true, true, false, false]);
});

collecting("installs and meshes are kept, and what only sounds like them is not", () => {
  const object = (apiVersion: string, kind: string, name: string) =>
    `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}}\n`;
  const { world } = scanned({
    "a.yaml": object("install.istio.io/v1alpha1", "IstioOperator", "a"),
    "b.yaml": object("sailoperator.io/v1", "Istio", "b"),
    "c.yaml": object("sailoperator.io/v1alpha1", "IstioRevision", "c"),
    "d.json": '{"apiVersion": "sailoperator.io/v1", "kind": "Istio", "metadata": {"name": "d"}}',
    "e.yaml": object("example.test/v1", "Istio", "e"),
    "f.yaml": object("sailoperator.io/v1", "IstioRevisionTag", "f"),
    "g.yaml": `${object("v1", "ConfigMap", "istio")}data: {mesh: "{}"}\n`,
    "h.yaml": `${object("v1", "ConfigMap", "istio-canary")}data: {mesh: "{}"}\n`,
    "i.yaml": `${object("v1", "ConfigMap", "istio-ca-root-cert")}data: {root-cert.pem: ""}\n`,
    "j.yaml": `${object("v1", "ConfigMap", "istiod")}data: {mesh: "{}"}\n`,
  });
  assert.equal(
    world.installs.map(({ name }) => name),
    ["a", "b", "c", "d"],
  );
  assert.equal(
    world.meshConfigMaps.map(({ name }) => name),
    ["istio", "istio-canary"],
  );
});

collecting(
  "kinds that decide nothing are kept where they are asked for, as plain files and out of builds",
  () => {
    const strict = (name: string) =>
      `apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: ${name}}\nspec: {mtls: {mode: STRICT}}\n`;
    const tree = memoryTree({
      "plain.yaml": strict("plain"),
      "app/kustomization.yaml": "namePrefix: eu-\nnamespace: shop\nresources: [mtls.yaml]\n",
      "app/mtls.yaml": strict("built"),
    });
    const { world } = readWorld(tree, { besides: ["PeerAuthentication"] });
    assert.equal(
      world.besides.map(({ namespace, name }) => `${namespace} ${name}`),
      ["null plain", "shop eu-built"],
    );
    const unasked = readWorld(tree);
    assert.equal([unasked.world.besides, [...unasked.collected.resources.keys()]], [[], []]);
  },
);

collecting.run();
