/** Objects that helm and kustomize made: what they are, and which lines of the repository they come from. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inject, memoryTree, scan, uninject } from "../../src/index.ts";
import type { FileTree } from "../../src/source/tree.ts";
import type { Rendered } from "../../src/world/rendered.ts";

const template = `# web
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  template:
    metadata:
      labels:
        sidecar.istio.io/inject: "yes"
      annotations:
        {{- toYaml .Values.podAnnotations | nindent 8 }}
    spec:
      containers: [{name: web, image: "shop/web:1"}]
`;

function made(name: string, annotations: Readonly<Record<string, string>>): string {
  return `---
# Source: web/templates/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  template:
    metadata:
      labels:
        sidecar.istio.io/inject: "yes"
      annotations: ${JSON.stringify(annotations)}
    spec:
      containers: [{name: web, image: "shop/web:1"}]
`;
}

const files = {
  "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
  "web/templates/web.yaml": template,
  "web/values.yaml": "podAnnotations:\n  sidecar.istio.io/proxyCPU: 100m\n",
  "web/values-prod.yaml": "podAnnotations:\n  sidecar.istio.io/proxyCPULimit: 50m\n",
};

function told(rendered: readonly Rendered[], more: Readonly<Record<string, string>> = {}) {
  const scanned = scan(memoryTree({ ...files, ...more }), { rendered });
  const findings = scanned.findings
    .filter(({ rule }) => rule !== "verdict-unknown" && rule !== "proxy-resources-dropped")
    .map(({ location, rule, workloads }) => `${location.file}:${location.line} ${rule} ${workloads.join()}`);
  return { ...scanned, told: findings };
}

const charts = suite("rendered charts");

const cpu = { "sidecar.istio.io/proxyCPU": "100m" };

charts("A value points to the values, a line of the template to the template, and each is told once", () => {
  const { told: findings, world } = told([
    { kind: "helm", directory: "web", text: made("web", cpu), namespace: "shop" },
  ]);
  assert.equal(findings, [
    "web/templates/web.yaml:10 inject-value-invalid Deployment/web in shop",
    "web/values.yaml:2 proxy-cpu-limit-missing Deployment/web in shop",
  ]);
  assert.equal(world.skipped, []);
  assert.is(world.workloads[0]?.resource.document.file.path, "web/templates/web.yaml");
  assert.is(world.workloads[0]?.start().line, 2);
});

charts("What stands inside a value that is YAML itself is found there", () => {
  const config = "concurrency: two\n";
  const values = `podAnnotations:\n  proxy.istio.io/config: |\n    ${config}`;
  const rendered: Rendered = {
    kind: "helm",
    directory: "web",
    text: made("web", { "proxy.istio.io/config": config }),
  };
  const { told: findings } = told([rendered], { "web/values.yaml": values });
  assert.ok(findings.includes("web/values.yaml:3 proxy-config-invalid Deployment/web"), findings.join("\n"));
});

charts("What is not rendered is left as it is", () => {
  const { told: findings, world } = told([]);
  assert.is(findings.length, 0);
  assert.is(world.workloads.length, 0);
  assert.is(world.skipped.length, 1);
});

charts("Of several files of values that have a key the last one is meant", () => {
  const both = { ...cpu, "sidecar.istio.io/proxyCPULimit": "50m" };
  const rendered: Rendered = {
    kind: "helm",
    directory: "web",
    text: made("web", both),
    valuesFiles: ["web/values-prod.yaml"],
  };
  assert.equal(told([rendered]).told, [
    "web/templates/web.yaml:10 inject-value-invalid Deployment/web",
    "web/values.yaml:2 proxy-request-above-limit Deployment/web",
  ]);
});

charts("A value that stands twice points to neither", () => {
  const more = {
    "web/values.yaml": "a:\n  sidecar.istio.io/proxyCPU: 100m\nb:\n  sidecar.istio.io/proxyCPU: 100m\n",
  };
  const rendered: Rendered = { kind: "helm", directory: "web", text: made("web", cpu) };
  assert.ok(
    told([rendered], more).told.includes("web/templates/web.yaml:3 proxy-cpu-limit-missing Deployment/web"),
  );
});

charts("Two releases of a chart are two workloads", () => {
  const { world } = told([
    { kind: "helm", directory: "web", text: made("web", cpu), namespace: "shop" },
    { kind: "helm", directory: "web", text: made("web", cpu), namespace: "test" },
  ]);
  assert.equal(
    world.workloads.map(({ namespace }) => namespace.name),
    ["shop", "test"],
  );
  assert.is(new Set(world.workloads.map(({ id }) => id)).size, 2);
});

charts("Nothing that was rendered has a fix", () => {
  const { findings } = told([{ kind: "helm", directory: "web", text: made("web", cpu) }]);
  assert.ok(findings.every(({ fix }) => fix?.() === undefined));
});

charts("inject and uninject leave what was rendered alone", () => {
  const scanned = told([{ kind: "helm", directory: "web", text: made("web", cpu), namespace: "shop" }]);
  assert.equal(inject(scanned, { by: "command" }).files, []);
  assert.equal(uninject(scanned).files, []);
});

charts("A comment in a template hides what stands below it", () => {
  const hidden = template.replace(
    "        sidecar.istio.io/inject",
    "        # sidelint-ignore inject-value-invalid -- meant\n$&",
  );
  const rendered: Rendered = { kind: "helm", directory: "web", text: made("web", {}) };
  assert.not(
    told([rendered], { "web/templates/web.yaml": hidden }).told.some((one) => one.includes("inject-value")),
  );
});

charts("What is no YAML, or names no template, harms nothing", () => {
  const text = `${made("web", cpu)}---\n: [\n---\n${made("api", cpu).replace(/^# Source.*$/m, "")}`;
  const { world } = told([{ kind: "helm", directory: "web", text }]);
  assert.equal(
    world.workloads.map(({ label }) => label),
    ["Deployment/web", "Deployment/api"],
  );
  assert.is(world.workloads[1]?.resource.document.file.path, "web/Chart.yaml");
});

charts("A kind is compared as text, whatever stands in it", () => {
  const kinds = ["Foo((", "(a+)+x", `${"a".repeat(40)}b`, "[", "*"];
  const text = kinds.map(
    (kind) => `---\napiVersion: v1\nkind: ${JSON.stringify(kind)}\nmetadata: {name: x}\n`,
  );
  const rendered: Rendered = { kind: "helm", directory: "web", text: `${text.join("")}${made("web", cpu)}` };
  const slow = { "web/templates/web.yaml": `kind: ${"a".repeat(40)}\n${template}` };
  const started = performance.now();
  const { world } = told([rendered], slow);
  assert.ok(performance.now() - started < 5000);
  assert.equal(world.faults, []);
  assert.equal(
    world.workloads.map(({ label }) => label),
    ["Deployment/web"],
  );
});

charts.run();

const builds = suite("rendered kustomizations");

const base = {
  "prod/kustomization.yaml": "namespace: shop\nresources: [web.yaml]\ntransformers: [plugin.yaml]\n",
  "prod/plugin.yaml": "apiVersion: example.com/v1\nkind: Tweak\nmetadata: {name: x}\n",
  "prod/web.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    metadata:
      annotations:
        sidecar.istio.io/proxyCPU: 100m
    spec:
      containers: [{name: web, image: "shop/web:1"}]
`,
};

const output = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  template:
    metadata:
      annotations:
        sidecar.istio.io/proxyCPU: 100m
        sidecar.istio.io/proxyMemory: 1X
    spec:
      containers: [{name: web, image: "shop/web:1"}]
---
apiVersion: v1
kind: Pod
metadata:
  name: extra
  namespace: shop
spec:
  containers: [{name: web, image: "shop/web:1"}]
`;

builds("Places are ours where both say the same, else the kustomization's", () => {
  const tree = memoryTree(base);
  const before = scan(tree);
  assert.equal(
    before.world.unmodelled.map(({ directory, isChanged, reach }) => ({ directory, isChanged, ...reach() })),
    [{ directory: "prod", isChanged: false, directories: ["prod"], obstacle: undefined }],
  );
  const rendered: readonly Rendered[] = [{ kind: "kustomize", directory: "prod", text: output }];
  const { world, findings } = scan(tree, { rendered });
  assert.equal(
    world.workloads.map(({ label, root }) => `${label} ${root}`),
    ["Deployment/web prod", "Pod/extra prod"],
  );
  assert.equal(world.skipped, []);
  const places = findings.map(({ location, rule }) => `${location.file}:${location.line} ${rule}`);
  assert.ok(places.includes("prod/web.yaml:9 proxy-cpu-limit-missing"), places.join("\n"));
  assert.ok(places.includes("prod/kustomization.yaml:1 proxy-quantity-invalid"), places.join("\n"));
});

builds("What a transformer that is not run may change is not known, until kustomize has run it", () => {
  const namespace =
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {istio-injection: enabled}}\n";
  const tree = memoryTree({ ...base, "ns.yaml": namespace });
  const verdictOf = (rendered: readonly Rendered[]) => {
    const [first] = scan(tree, { rendered }).world.workloads;
    return [first?.decision.verdict, first?.decision.reason];
  };
  assert.equal(verdictOf([]), ["unknown", "pod-unknown"]);
  assert.equal(verdictOf([{ kind: "kustomize", directory: "prod", text: output }]), [
    "injected",
    "policy-enabled",
  ]);
});

const application = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: argocd}
spec:
  source: {repoURL: "https://example.com/shop.git", path: prod}
  destination: {namespace: shop, server: "https://kubernetes.default.svc"}
`;

const flux = `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: shop, namespace: flux-system}
spec:
  path: ./prod
  sourceRef: {kind: GitRepository, name: flux-system}
`;

builds("What is delivered is what kustomize made, and cannot be edited", () => {
  for (const order of [application, flux]) {
    const rendered: readonly Rendered[] = [{ kind: "kustomize", directory: "prod", text: output }];
    const { world } = scan(memoryTree({ ...base, "order.yaml": order }), { rendered });
    assert.equal(
      world.workloads.map(({ label, delivery, isRendered }) => [label, delivery?.label, isRendered]),
      [
        ["Deployment/web", order === flux ? "Kustomization/shop" : "Application/shop", true],
        ["Pod/extra", order === flux ? "Kustomization/shop" : "Application/shop", true],
      ],
    );
  }
});

builds("A delivery that adds to the kustomization is none of what kustomize made of the directory", () => {
  const order = flux.replace("  path:", "  targetNamespace: other\n  path:");
  const rendered: readonly Rendered[] = [{ kind: "kustomize", directory: "prod", text: output }];
  const { world } = scan(memoryTree({ ...base, "order.yaml": order }), { rendered });
  assert.equal(
    world.unmodelled.map(({ isChanged }) => isChanged),
    [true],
  );
  assert.equal(
    world.workloads.map(({ label, namespace, decision }) => [label, namespace.name, decision.reason]),
    [["Deployment/web", "other", "pod-unknown"]],
  );
});

const reaches: readonly (readonly [
  what: string,
  files: Readonly<Record<string, string>>,
  obstacle: RegExp,
])[] = [
  [
    "a file of settings by URL",
    { "prod/kustomization.yaml": 'configurations: ["http://127.0.0.1:1/c.yaml"]' },
    /http:\/\/127/,
  ],
  ["crds by URL", { "prod/kustomization.yaml": 'crds: ["http://127.0.0.1:1/c.yaml"]' }, /http:/],
  ["a schema by URL", { "prod/kustomization.yaml": 'openapi: {path: "http://127.0.0.1:1/s.json"}' }, /http:/],
  [
    "a patch by URL",
    { "prod/kustomization.yaml": 'patches: [{path: "http://127.0.0.1:1/p.yaml"}]' },
    /http:/,
  ],
  [
    "data by URL",
    { "prod/kustomization.yaml": 'configMapGenerator: [{name: x, files: ["a=http://127.0.0.1:1/"]}]' },
    /http:/,
  ],
  [
    "a URL behind an alias",
    { "prod/kustomization.yaml": 'metadata: {labels: {a: &u "http://127.0.0.1:1/"}}\ncrds: [*u]' },
    /http:/,
  ],
  [
    "a plugin that names a URL",
    {
      "prod/plugin.yaml":
        'apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: x}\nfiles: ["http://127.0.0.1:1/"]\n',
    },
    /http:/,
  ],
  [
    "an inline plugin",
    {
      "prod/kustomization.yaml":
        'generators:\n  - |-\n    apiVersion: builtin\n    kind: ConfigMapGenerator\n    metadata: {name: x}\n    files: ["http://127.0.0.1:1/"]',
    },
    /http:/,
  ],
  [
    "a base of a base by URL",
    {
      "prod/kustomization.yaml": "resources: [../base]",
      "base/kustomization.yaml": 'resources: ["http://127.0.0.1:1/base"]\n',
    },
    /http:/,
  ],
  ["a repository", { "prod/kustomization.yaml": 'resources: ["github.com/example/base"]' }, /github/],
  [
    "a name behind a tag",
    { "prod/kustomization.yaml": "resources: [!!binary Li4vLi4vYmV5b25k]" },
    /tags of YAML/,
  ],
  [
    "an inline plugin with a tag",
    { "prod/kustomization.yaml": 'generators: ["kind: ConfigMapGenerator\\nfiles: [\\x21!binary eA==]"]' },
    /tags of YAML/,
  ],
  ["a field twice", { "prod/kustomization.yaml": "RESOURCES: [../../beyond]\nResources: []" }, /field twice/],
  ["a second document", { "prod/kustomization.yaml": "---\nresources: [../../beyond]" }, /several documents/],
  [
    "a base that cannot be read",
    { "prod/kustomization.yaml": "resources: [../base]", "base/kustomization.yaml": "resources: [\n" },
    /base\/kustomization\.yaml cannot be read/,
  ],
  [
    "a directory above",
    { "prod/kustomization.yaml": "resources: [../../beyond]" },
    /^\.\.\/beyond is outside/,
  ],
  [
    "a component above",
    { "prod/kustomization.yaml": "components: [../../beyond]" },
    /^\.\.\/beyond is outside/,
  ],
  [
    "a generator above",
    { "prod/kustomization.yaml": "generators: [../../beyond]" },
    /^\.\.\/beyond is outside/,
  ],
];

for (const [what, files, obstacle] of reaches) {
  builds(`kustomize must not be run: ${what}`, () => {
    const plugin = "transformers: [plugin.yaml]\n";
    const own = Object.entries(files).map(([path, text]) => [
      path,
      path === "prod/kustomization.yaml" ? `${plugin}${text}\n` : text,
    ]);
    const tree = memoryTree({ ...base, ...Object.fromEntries(own) });
    const stat: FileTree["stat"] = (path) => {
      const found = tree.stat(path);
      return found && { ...found, identity: path === "." ? "/repository" : `/repository/${path}` };
    };
    const [unmodelled] = scan({ ...tree, root: "/repository", stat }).world.unmodelled;
    assert.match(unmodelled?.reach().obstacle ?? "none", obstacle);
  });
}

builds("URLs that nothing is read from are no obstacle", () => {
  const kustomization = `# https://example.com/comment
commonAnnotations: {docs: "https://example.com/docs"}
configMapGenerator: [{name: x, literals: ["url=https://example.com"]}]
patches:
  - patch: |-
      - {op: add, path: /metadata/annotations/docs, value: "https://example.com"}
    target: {kind: Deployment}
patchesStrategicMerge:
  - |-
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, annotations: {docs: "https://example.com"}}
resources: [web.yaml, ../base]
transformers: [plugin.yaml]
`;
  const tree = memoryTree({
    ...base,
    "prod/kustomization.yaml": kustomization,
    "base/kustomization.yaml": "namePrefix: a-\n",
  });
  const [unmodelled] = scan(tree).world.unmodelled;
  assert.equal(unmodelled?.reach(), { directories: ["prod", "base"], obstacle: undefined });
});

builds.run();
