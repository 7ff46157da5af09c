import { suite } from "uvu";
import * as assert from "uvu/assert";
import { at, isObject, type Json } from "../../src/kube/json.ts";
import { type Document, readDocuments } from "../../src/source/document.ts";
import { type Location, locationOf } from "../../src/source/locate.ts";
import { isRemote, joinPath } from "../../src/world/kustomize/path.ts";
import { type Build, type Builds, buildKustomizations } from "../../src/world/kustomize.ts";
import { resourcesOf } from "../../src/world/resource.ts";
import type { Placed, Resource } from "../../src/world/world.ts";
import { cases } from "./kustomize-cases.ts";
import { pluginCases } from "./kustomize-plugin-cases.ts";
import { replacementCases } from "./kustomize-replacement-cases.ts";

type Files = Readonly<Record<string, string>>;

/** Builds what lies in the given directories, Services being of no interest; files elsewhere can be asked for, as those above a checked path can. */
function build(files: Files, isGiven: (path: string) => boolean = () => true): Builds {
  const read = new Map<string, readonly Document[]>();
  const documentsOf = (path: string) => {
    const text = files[path];
    if (text === undefined) return undefined;
    const known = read.get(path) ?? readDocuments({ path, text });
    read.set(path, known);
    return known;
  };
  const kustomizations = new Map<string, Document>();
  const resources = new Map<string, readonly Resource[]>();
  for (const path of Object.keys(files).filter(isGiven)) {
    const documents = documentsOf(path) ?? [];
    const slash = path.lastIndexOf("/");
    if (/^kustomization(\.ya?ml)?$/i.test(path.slice(slash + 1))) {
      for (const document of documents) kustomizations.set(slash < 0 ? "." : path.slice(0, slash), document);
    } else {
      const found = documents.flatMap(resourcesIn).filter(({ kind }) => kind !== "Service");
      resources.set(path, found);
    }
  }
  return buildKustomizations({
    kustomizations,
    resources,
    hasRead: (path) => resources.has(path),
    documentsOf,
    textOf: (path) => files[path],
    isOutside: () => false,
    isFile: (path) => files[path] !== undefined,
  });
}

function resourcesIn(document: Document): readonly Resource[] {
  const reading = document.read();
  return reading.ok ? resourcesOf(document, reading.root) : [];
}

function only(builds: Builds): Build {
  const [first, ...others] = builds.builds;
  if (!first || others.length > 0) throw new Error(`expected one build, got ${builds.builds.length}`);
  return first;
}

/** A built object in the notation of the cases. */
function line({ resource, value, namespace, name }: Placed): string {
  const { kind } = resource;
  const path =
    kind === "Pod" || kind === "Namespace"
      ? []
      : kind === "CronJob"
        ? ["spec", "jobTemplate", "spec", "template"]
        : ["spec", "template"];
  const containers = at(value, [...path, "spec", "containers"]);
  const labels = pairs(at(value, [...path, "metadata", "labels"]));
  const annotations = pairs(at(value, [...path, "metadata", "annotations"]));
  const parts = [
    `${kind} ${namespace ?? "-"}/${name}`,
    Array.isArray(containers) ? `[${containers.map((one: Json) => at(one, ["name"])).join(",")}]` : "",
    at(value, [...path, "spec", "hostNetwork"]) === true ? "hostNetwork" : "",
    labels || (annotations && "{}"),
    annotations,
  ];
  return parts.filter((part) => part !== "").join(" ");
}

function pairs(map: Json | undefined): string {
  const entries = isObject(map) ? Object.entries(map) : [];
  return entries.length === 0
    ? ""
    : `{${entries
        .map(([key, value]) => `${key}=${value}`)
        .sort()
        .join(",")}}`;
}

function place(location: Location | undefined): string | undefined {
  return location && `${location.file}:${location.line}:${location.column}`;
}

const builds = suite("builds of kustomizations");

for (const { name, files, builds: expected, problems = {} } of [
  ...cases,
  ...replacementCases,
  ...pluginCases,
]) {
  builds(name, () => {
    const made = build(files).builds;
    assert.equal(made.map(({ directory }) => directory).sort(), Object.keys(expected).sort());
    for (const { directory, resources, problems: found } of made) {
      assert.equal(resources.map(line).sort(), [...(expected[directory] ?? [])].sort());
      assert.equal(
        found.map(({ kind, subject }) => `${kind} ${subject}`),
        problems[directory] ?? [],
      );
    }
  });
}

builds("bases outside of what was given are read when they are asked for, and are no roots", () => {
  const files = {
    "base/kustomization.yaml": "resources: [pod.yaml]\n",
    "base/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: once}\n",
    "over/kustomization.yaml": "namespace: pay\nresources: [../base]\n",
  };
  const one = only(build(files, (path) => path.startsWith("over/")));
  assert.is(one.directory, "over");
  assert.equal(one.resources.map(line), ["Pod pay/once"]);
});

builds("a hundred layers that each include the one below twice end at once", () => {
  const files: Record<string, string> = {
    "l0/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: once}\n",
  };
  for (let layer = 0; layer <= 100; layer++) {
    const below = layer === 0 ? "[pod.yaml]" : `[../l${layer - 1}, ./../l${layer - 1}]`;
    files[`l${layer}/kustomization.yaml`] = `resources: ${below}\n`;
  }
  const one = only(build(files));
  assert.equal(one.resources.map(line), ["Pod -/once"]);
  assert.is(one.problems.length, 100);
});

builds("components that include each other twice end within bounds", () => {
  const files: Record<string, string> = { "app/kustomization.yaml": "components: [../c40]\n" };
  for (let layer = 1; layer <= 40; layer++) {
    files[`c${layer}/kustomization.yaml`] =
      `kind: Component\ncomponents: [../c${layer - 1}, ../c${layer - 1}]\n`;
  }
  files["c0/kustomization.yaml"] = "kind: Component\nnamePrefix: c-\n";
  const one = only(build(files));
  assert.ok(one.problems.some(({ kind }) => kind === "cycle"));
});

builds(
  "a repetition inside a repetition in a target is tried in time, and what is no expression is named",
  () => {
    const files = (target: string) => ({
      "kustomization.yaml": `resources: [pod.yaml]\npatches:\n- target: {name: "${target}"}\n  patch: |-\n    - {op: remove, path: /metadata/labels}\n`,
      "pod.yaml": `apiVersion: v1\nkind: Pod\nmetadata: {name: ${"a".repeat(60)}, labels: {x: z}}\n`,
    });
    const labelled = (target: string) => {
      const { problems, resources } = only(build(files(target)));
      return [problems.map(({ kind }) => kind).join(), at(resources[0]?.value, ["metadata", "labels", "x"])];
    };
    for (const target of ["(a+)+b", "((a+))+b", "(a|aa)+b", ".*.*.*.*.*b"]) {
      assert.equal(labelled(target), ["", "z"], target);
    }
    assert.equal(labelled("((a+))+"), ["", undefined]);
    assert.equal(labelled("(?=a)"), ["patch", "z"]);
  },
);

builds("a kustomization that cannot be read is named where it is included", () => {
  const files = {
    "app/kustomization.yaml": "resources: [../broken]\n",
    "broken/kustomization.yaml": "resources: [a\n",
  };
  const one = build(files).builds.find(({ directory }) => directory === "app");
  assert.equal(
    one?.problems.map(({ kind, subject }) => `${kind} ${subject}`),
    ["invalid ../broken"],
  );
});

builds("what several roots lack is skipped once", () => {
  const files = {
    "base/kustomization.yaml": "resources:\n- https://example.invalid/all.yaml\n",
    "a/kustomization.yaml": "resources: [../base]\n",
    "b/kustomization.yaml": "resources: [../base]\n",
  };
  const made = build(files).builds;
  assert.equal(
    made.map(({ problems }) => problems.length),
    [1, 1],
  );
  assert.equal(
    made.flatMap(({ skipped }) => skipped),
    [
      {
        reason: "remote-base",
        path: "base/kustomization.yaml",
        files: 1,
        detail: "https://example.invalid/all.yaml",
      },
    ],
  );
});

builds("what a source beyond reach would set is left for nobody to take for a value", () => {
  const base = "resources: [web.yaml, https://example.invalid/all.yaml]\n";
  const source = "{kind: ConfigMap, name: params, fieldPath: data.ports}";
  const files = {
    "kustomization.yaml": `${base}replacements:
- source: ${source}
  targets:
  - {select: {kind: Pod}, fieldPaths: [metadata.annotations.ports, spec.hostNetwork, metadata.labels]}
  - {select: {kind: Pod}, options: {delimiter: ".", index: 1}, fieldPaths: [metadata.annotations.host]}
`,
    "web.yaml": `apiVersion: v1
kind: Pod
metadata:
  name: once
  labels: {app: once}
  annotations: {ports: PORTS, host: a.b.c}
spec:
  hostNetwork: true
  containers: [{name: c}]
`,
  };
  const one = only(build(files));
  const ports = "ports=$(data.ports of ConfigMap/params)";
  const host = "host=a.$(data.ports of ConfigMap/params).c";
  assert.equal(one.resources.map(line), [`Pod -/once [c] hostNetwork {app=once} {${host},${ports}}`]);
  assert.equal(
    one.problems.map(({ kind }) => kind),
    ["remote"],
  );
});

builds(
  "a field that a replacement makes has the type that its text has, except in an object's annotations",
  () => {
    const files = {
      "kustomization.yaml": `resources: [pod.yaml]
replacements:
- sourceValue: "true"
  targets:
  - select: {kind: Pod}
    options: {create: true}
    fieldPaths: [metadata.labels.made, metadata.annotations.made]
- sourceValue: "yes"
  targets:
  - {select: {kind: Pod}, options: {create: true}, fieldPaths: [metadata.labels.yes]}
`,
      "pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: once}\n",
    };
    const [pod] = only(build(files)).resources;
    assert.equal({ ...(at(pod?.value, ["metadata", "labels"]) as object) }, { made: true, yes: "yes" });
    assert.is(at(pod?.value, ["metadata", "annotations", "made"]), "true");
  },
);

builds("a schema is told to be left out, at its line", () => {
  const files = {
    "kustomization.yaml": "resources: [pod.yaml]\nopenapi:\n  path: schema.json\n",
    "pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: once}\n",
    "schema.json": "{}",
  };
  const { refused, builds: made } = build(files);
  assert.equal(
    made[0]?.problems.map(({ kind, location: { file, line } }) => `${kind} ${file}:${line}`),
    ["schema kustomization.yaml:3"],
  );
  assert.is(made[0]?.resources.length, 1);
  assert.equal(refused, []);
});

builds("a field that kustomize does not know is a problem of the build", () => {
  const pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n";
  const told = (kustomization: string) =>
    only(build({ "kustomization.yaml": kustomization, "a.yaml": pod })).problems.map(
      ({ kind, detail, location }) => `${kind} ${place(location)} ${detail}`,
    );
  assert.equal(told("resources: [a.yaml]\nnamespce: shop\nx: 1\n"), [
    "refused kustomization.yaml:2:1 it knows no field namespce (did you mean namespace?)",
    "refused kustomization.yaml:3:1 it knows no field x",
  ]);
  assert.equal(told("resources: [a.yaml]\nNAMESPACE: shop\nmetadata: {name: a}\nimages: []\nvars: []\n"), []);
  assert.equal(told("apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec: {}\n"), []);
});

const pod = (name: string, more = "") => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}${more}}\n`;
const strategic = "patches: [{path: p.yaml}]\n";
const operations = (text: string) => `patches:\n- target: {kind: Pod}\n  patch: |-\n    ${text}\n`;
const patched = (kustomization: string, patch: string, own = pod("a")) => ({
  "kustomization.yaml": `resources: [a.yaml]\n${kustomization}`,
  "a.yaml": own,
  "p.yaml": patch,
});
const nowhere = "there is no Pod/a (v1) without a namespace for the patch to change";
const refusals: readonly [string, Files, readonly string[]][] = [
  [
    "a file that is not there",
    { "kustomization.yaml": "resources: [gone.yaml]\n" },
    ["1:13 gone.yaml is neither a file nor a kustomization"],
  ],
  [
    "a patch that is not there, for no object",
    { "kustomization.yaml": "patches: [{path: gone.yaml, target: {kind: Pod}}]\n" },
    ["1:12 gone.yaml does not exist"],
  ],
  [
    "a patch that is fetched: no refusal",
    { "kustomization.yaml": "patches: [{path: 'https://example.invalid/p.yaml'}]\n" },
    [],
  ],
  [
    "a patch that cannot be read",
    patched(strategic, "kind: Pod\n  x: [\n"),
    [
      "p.yaml:2:4 the patch cannot be read: a mapping value is not allowed here (is a quote missing, or is the line indented too far?)",
    ],
  ],
  [
    "a template for a patch: no refusal",
    patched(strategic, "{{ if .Values.x }}\nkind: Pod\n{{ end }}\n"),
    [],
  ],
  [
    "a place that is not there",
    patched(operations("- {op: remove, path: /metadata/labels}"), ""),
    ["4:3 nothing stands at /metadata/labels"],
  ],
  [
    "replicas, which are not built: no refusal",
    patched(operations("- {op: remove, path: /spec/replicas}"), ""),
    [],
  ],
  [
    "a test that fails",
    patched(operations("- {op: test, path: /kind, value: Job}"), ""),
    ["4:3 the test of /kind fails"],
  ],
  [
    "a test of an image: no refusal",
    patched(operations("- {op: test, path: /spec/image, value: a}"), ""),
    [],
  ],
  [
    "an object that is there twice",
    { "kustomization.yaml": "resources: [a.yaml, b.yaml]\n", "a.yaml": pod("a"), "b.yaml": pod("a") },
    ["1:21 Pod/a is already there"],
  ],
  [
    "a patch for another name",
    patched(strategic, pod("b")),
    ["2:12 there is no Pod/b (v1) without a namespace for the patch to change"],
  ],
  [
    "a patch without a namespace for an object that has one",
    patched(strategic, pod("a"), pod("a", ", namespace: x")),
    [`2:12 ${nowhere}`],
  ],
  ["a patch for the default namespace", patched(strategic, pod("a", ", namespace: default")), []],
  [
    "a patch for what may come from elsewhere: no refusal",
    patched(`${strategic}helmCharts: [{name: c}]\n`, pod("b")),
    [],
  ],
  [
    "a patch under rules of its own: no refusal",
    { ...patched(`${strategic}configurations: [c.yaml]\n`, pod("b")), "c.yaml": "" },
    [],
  ],
  [
    "a patch for a kind that decides nothing: no refusal",
    patched(strategic, pod("b").replace("Pod", "Service")),
    [],
  ],
  [
    "a patch for one of the objects that cannot be read: no refusal",
    patched(strategic, pod("b"), `${pod("a")}---\nkind: [\n`),
    [],
  ],
  ["a component by itself: no refusal", patched(`kind: Component\n${strategic}`, pod("b")), []],
  ["an empty patch: no refusal", patched(strategic, "# nothing\n"), []],
  ["an empty inline patch: no refusal", patched("patches: [{patch: '# nothing'}]\n", ""), []],
  [
    "neither a patch nor a path",
    patched("patches: [{target: {kind: Pod}}]\n", ""),
    ["2:11 there is neither a patch nor a path"],
  ],
  [
    "an empty strategic merge patch",
    patched("patchesStrategicMerge: [p.yaml]\n", "# nothing\n"),
    ["2:25 the patch is empty"],
  ],
];
for (const [what, files, expected] of refusals) {
  builds(`what kustomize refuses is told where it stands: ${what}`, () => {
    const told = build(files).refused.map(({ file, error }) => {
      const { line, column } = locationOf(file, { start: error.offset, end: error.offset });
      return `${file.path === "kustomization.yaml" ? "" : `${file.path}:`}${line}:${column} ${error.message}`;
    });
    assert.equal(told, expected);
  });
}

builds("what several roots refuse is told once, and is not skipped as well", () => {
  const made = build({
    "base/kustomization.yaml": "resources: [gone.yaml]\n",
    "a/kustomization.yaml": "resources: [../base]\n",
    "b/kustomization.yaml": "resources: [../base]\n",
  });
  assert.equal(
    made.refused.map(({ file }) => file.path),
    ["base/kustomization.yaml"],
  );
  assert.equal(
    made.builds.flatMap(({ skipped }) => skipped),
    [],
  );
});

const inside: readonly [string, string, Json][] = [
  ["YAML", "concurrency: 3\nother: [x]\n", { concurrency: 7, other: ["x"] }],
  ["JSON", '{"concurrency": 1, "a": {"b": "c"}}', { concurrency: 7, a: { b: "c" } }],
];
for (const [what, text, expected] of inside) {
  builds(`a replacement reaches into ${what} that a text holds`, () => {
    const files = {
      "kustomization.yaml": `resources: [pod.yaml]
replacements:
- sourceValue: "7"
  targets:
  - {select: {kind: Pod}, fieldPaths: ['metadata.annotations.[proxy.istio.io/config].concurrency']}
`,
      "pod.yaml": JSON.stringify({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "once", annotations: { "proxy.istio.io/config": text } },
      }),
    };
    const { resources, problems } = only(build(files));
    const value = at(resources[0]?.value, ["metadata", "annotations", "proxy.istio.io/config"]);
    assert.equal(JSON.parse(String(value)), expected);
    assert.equal(problems, []);
  });
}

builds.run();

const places = suite("where built values stand");

const traced: Files = {
  "base/kustomization.yaml": "namespace: inner\nnamePrefix: p-\nresources: [web.yaml]\n",
  "base/web.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: own
spec:
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - name: web
        image: web:1
      - name: log
        image: log:1
`,
  "over/kustomization.yaml": `resources: [../base]
namespace: outer
commonLabels:
  team: a
patches:
- path: patch.yaml
- target: {kind: Deployment}
  patch: |-
    - {op: add, path: /spec/template/spec/containers/0, value: {name: first}}
`,
  "over/patch.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: own}
spec:
  template:
    metadata:
      labels:
        sidecar.istio.io/inject: "true"
    spec:
      containers:
      - name: log
        image: log:2
`,
};

const whereabouts: readonly [string, readonly (string | number)[], string | undefined][] = [
  ["namespace of the outermost kustomization", ["metadata", "namespace"], "over/kustomization.yaml:2:1"],
  ["name with a prefix", ["metadata", "name"], "base/kustomization.yaml:2:1"],
  ["label of the object itself", ["spec", "template", "metadata", "labels", "app"], "base/web.yaml:10:9"],
  [
    "label of a kustomization",
    ["spec", "template", "metadata", "labels", "team"],
    "over/kustomization.yaml:4:3",
  ],
  [
    "label of a patch",
    ["spec", "template", "metadata", "labels", "sidecar.istio.io/inject"],
    "over/patch.yaml:8:9",
  ],
  ["map that several make", ["spec", "template", "metadata", "labels"], "base/web.yaml:9:7"],
  [
    "item of an inline patch",
    ["spec", "template", "spec", "containers", 0, "name"],
    "over/kustomization.yaml:9:65",
  ],
  [
    "value of an item that a patch moved and set",
    ["spec", "template", "spec", "containers", 1, "image"],
    "over/patch.yaml:12:9",
  ],
  [
    "value of an item that stayed behind",
    ["spec", "template", "spec", "containers", 2, "image"],
    "base/web.yaml:14:9",
  ],
  ["nothing", ["spec", "template", "metadata", "annotations"], undefined],
];

for (const [what, path, expected] of whereabouts) {
  places(`${what}: ${expected ?? "nowhere"}`, () => {
    const [web] = only(build(traced)).resources;
    assert.is(place(web?.locate(path)), expected);
  });
}

places("the origin of a namespace is the entry that set it, or the object's own", () => {
  const [outer] = only(build(traced)).resources;
  assert.is(outer?.namespaceOrigin?.text, "over/kustomization.yaml:2:1");
  const { "base/web.yaml": web = "" } = traced;
  const [own] = only(build({ "kustomization.yaml": "resources: [web.yaml]\n", "web.yaml": web })).resources;
  assert.is(own?.namespaceOrigin?.text, "web.yaml:5:3");
});

places("a replaced value stands where the replacement names its target", () => {
  const target = "- {select: {kind: Pod}, fieldPaths: [spec.nodeName, metadata.annotations.ports]}\n";
  const files = {
    "kustomization.yaml": `resources: [pod.yaml]
replacements:
- sourceValue: "1"
  targets:
  ${target}- path: more.yaml
`,
    "more.yaml": `sourceValue: "2"\ntargets:\n${target.replace("spec.nodeName, ", "").replace("ports", "more")}`,
    "pod.yaml": `apiVersion: v1
kind: Pod
metadata: {name: once, annotations: {ports: PORTS, more: MORE}}
spec: {nodeName: NODE}
`,
  };
  const [pod] = only(build(files)).resources;
  assert.is(place(pod?.locate(["spec", "nodeName"])), "kustomization.yaml:5:40");
  assert.is(place(pod?.locate(["metadata", "annotations", "ports"])), "kustomization.yaml:5:55");
  assert.is(place(pod?.locate(["metadata", "annotations", "more"])), "more.yaml:3:38");
  assert.is(place(pod?.locate(["metadata", "name"])), "pod.yaml:3:12");
});

places("the key of what a JSON patch adds stands at the end of its path", () => {
  const files = {
    "kustomization.yaml": `resources: [pod.yaml]
patches:
- target: {kind: Pod}
  patch: |-
    - {op: add, path: /metadata/annotations/istio.io~1x, value: a}
- target: {kind: Pod}
  path: more.yaml
`,
    "more.yaml": '- op: add\n  path: "/metadata/annotations/y"\n  value: b\n',
    "pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: once, annotations: {z: c}}\nspec: {}\n",
  };
  const [pod] = only(build(files)).resources;
  const keyAt = (key: string) => place(pod?.locate(["metadata", "annotations", key], "key"));
  assert.is(keyAt("istio.io/x"), "kustomization.yaml:5:45");
  assert.is(keyAt("y"), "more.yaml:2:32");
  assert.is(place(pod?.locate(["metadata", "annotations", "y"], "value")), "more.yaml:3:10");
});

places("a problem points to its entry", () => {
  const files = { "kustomization.yaml": "resources:\n- ./gone.yaml\n- github.com/example/repo\n" };
  const { problems } = only(build(files));
  assert.equal(
    problems.map(({ location }) => place(location)),
    ["kustomization.yaml:2:3", "kustomization.yaml:3:3"],
  );
});

places.run();

const pulledIn = suite("files that kustomizations pull in");

pulledIn("everything a kustomization names is pulled in, directories and URLs are not", () => {
  const files = {
    "app/kustomization.yaml": `resources: [a.yaml, ../base, https://example.invalid/x.yaml]
patches: [{path: b.yaml}, {patch: "{}", target: {kind: Pod}}]
patchesStrategicMerge: [c.yaml]
patchesJson6902: [{path: d.yaml, target: {kind: Pod}}]
configMapGenerator: [{name: m, files: [e.json, key=f.yaml], envs: [g.env]}, {name: n, env: h.env}]
secretGenerator: [{name: s, files: [sub/i.yaml]}]
configurations: [j.yaml]
crds: [k.json]
openapi: {path: l.json}
replacements: [{path: m.yaml}]
generators: [n.yaml]
transformers: [o.yaml, "apiVersion: v1\\nkind: X"]
validators: [p.yaml]
helmCharts: [{name: c, valuesFile: q.yaml, additionalValuesFiles: [r.yaml]}]
`,
    "base/kustomization.yaml": "resources: []\n",
  };
  const names =
    "a.yaml b.yaml c.yaml d.yaml e.json f.yaml g.env h.env sub/i.yaml j.yaml k.json l.json m.yaml n.yaml o.yaml p.yaml q.yaml r.yaml";
  const found = [...build(files).pulledIn].sort();
  assert.equal(
    found,
    names
      .split(" ")
      .map((name) => `app/${name}`)
      .sort(),
  );
});

pulledIn.run();

const paths = suite("paths of kustomizations");

const joins: readonly [string, string, string][] = [
  [".", "a.yaml", "a.yaml"],
  ["a/b", "../c", "a/c"],
  ["a/b", "../../c/", "c"],
  ["a", "..", "."],
  ["a", "../..", ".."],
  ["../a", "../../b", "../../b"],
  ["/a/b", "../../../c", "/c"],
  ["a", "./b//c", "a/b/c"],
];
for (const [directory, path, expected] of joins) {
  paths(`${path} from ${directory} is ${expected}`, () => assert.is(joinPath(directory, path), expected));
}

const remotes: Readonly<Record<string, boolean>> = {
  "https://example.com/a.yaml": true,
  "http://example.com/org/repo": true,
  "github.com/org/repo": true,
  "github.com/org/repo//base?ref=v1": true,
  "GitHub.com/org/repo": true,
  "github.com:org/repo.git": true,
  "git@github.com:org/repo.git": true,
  "git@example.com:org/repo.git/base": true,
  "ssh://git@example.com/org/repo": true,
  "git::https://example.com/org/repo.git//base?ref=main": true,
  "git::ssh://git@example.com/org/repo": true,
  "file:///srv/repo.git": true,
  "user@dev.azure.com/org/project/_git/repo/base": true,
  "github.com/org": false,
  "github.com/org/repo//../..": false,
  "example.com/org/repo": false,
  "../github.com/org/repo": false,
  "./base": false,
  "/srv/base": false,
  base: false,
};
for (const [path, expected] of Object.entries(remotes)) {
  paths(`${path} is ${expected ? "remote" : "local"}`, () => assert.is(isRemote(path), expected));
}

paths.run();
