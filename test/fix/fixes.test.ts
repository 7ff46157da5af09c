/** Fixes of whole repositories: where they are written, what is refused and why, and that passes come to an end. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Config, fix, memoryTree, type Scan, scan } from "../../src/index.ts";

type Files = Readonly<Record<string, string>>;

interface Outcome {
  readonly after: Files;
  readonly fixed: readonly string[];
  readonly unfixed: readonly string[];
}

/** What fixes make of files; that they come to an end, and that nothing is left that could be fixed, holds for all. */
function fixFiles(files: Files, { unsafe = false, config = {} as Config, only = "" } = {}): Outcome {
  const select = ({ findings }: Scan) => findings.filter(({ rule }) => only === "" || rule === only);
  const { files: changed, fixed, unfixed } = fix(memoryTree(files), { config }, { unsafe, select });
  const after = { ...files, ...Object.fromEntries(changed.map((one) => [one.file.path, one.after])) };
  const again = fix(memoryTree(after), { config }, { unsafe, select });
  assert.is(again.files.length, 0, "a second time changes something");
  const { fixes } = again.scan.report;
  const left = select(again.scan).filter((finding) => {
    const safety = fixes?.get(finding)?.safety;
    return safety === "safe" || (unsafe && safety === "unsafe");
  });
  assert.equal(left, [], "something is left that could be fixed");
  return {
    after,
    fixed: fixed.map(({ rule }) => rule),
    unfixed: unfixed.map(({ finding, reason }) => `${finding.rule}: ${reason}`),
  };
}

const namespace = `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    istio-injection: enabled
`;
const bare = namespace.replace("  labels:\n    istio-injection: enabled\n", "");

/** A Deployment with lines below the metadata of its pod template. */
const deployment = (...metadata: readonly string[]) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata:
${metadata.map((line) => `      ${line}\n`).join("")}    spec:
      containers:
        - name: web
          image: shop/web:1
`;
const plain = deployment("labels:", "  app: web");

const patch = (...metadata: readonly string[]) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  template:
    metadata:
${metadata.map((line) => `      ${line}\n`).join("")}`;

const text = suite("fixes: how they are written");

for (const [name, before, after] of [
  [
    "an entry moves with its quotes and the comment on its line",
    ["labels:", "  app: web", "annotations:", "  sidecar.istio.io/inject: 'true'  # we want it", "  a: b"],
    ["labels:", "  app: web", "  sidecar.istio.io/inject: 'true'  # we want it", "annotations:", "  a: b"],
  ],
  [
    "and with the comment above it that is about it alone",
    ["annotations:", "  # ours", '  sidecar.istio.io/inject: "true"', "  # theirs", "  a: b"],
    ["labels:", "  # ours", '  sidecar.istio.io/inject: "true"', "annotations:", "  # theirs", "  a: b"],
  ],
  [
    "a comment that is about what follows as well stays",
    ["annotations:", "  # all of them", '  sidecar.istio.io/inject: "true"', "  a: b"],
    ["labels:", '  sidecar.istio.io/inject: "true"', "annotations:", "  # all of them", "  a: b"],
  ],
  [
    "of a map's only entry the comment above the map goes along",
    ["labels:", "  app: web", "# ours", "annotations:", '  sidecar.istio.io/inject: "true"'],
    ["labels:", "  app: web", "  # ours", '  sidecar.istio.io/inject: "true"'],
  ],
  [
    "and the comment inside the map, which goes with it",
    ["labels:", "  app: web", "annotations:", "  # ours", '  sidecar.istio.io/inject: "true"'],
    ["labels:", "  app: web", "  # ours", '  sidecar.istio.io/inject: "true"'],
  ],
  [
    "which stands above the flow map that its entry goes into",
    ["labels: {app: web}", "annotations:", "  # ours", '  sidecar.istio.io/inject: "true"'],
    ["# ours", 'labels: {app: web, sidecar.istio.io/inject: "true"}'],
  ],
  [
    "flow maps stay flow maps",
    ["labels: {app: web}", "annotations: {sidecar.istio.io/inject: 'true', a: b}"],
    ['labels: {app: web, sidecar.istio.io/inject: "true"}', "annotations: {a: b}"],
  ],
  [
    "a comment goes behind the flow map that its entry goes into",
    ["labels: {app: web}", "annotations:", "  sidecar.istio.io/inject: 'true'  # we want it", "  a: b"],
    ['labels: {app: web, sidecar.istio.io/inject: "true"}  # we want it', "annotations:", "  a: b"],
  ],
  [
    "into a map without a value",
    ["labels:", "annotations:", '  sidecar.istio.io/inject: "true"', "  a: b"],
    ["labels:", '  sidecar.istio.io/inject: "true"', "annotations:", "  a: b"],
  ],
  [
    "a new entry stands beside the one at fault",
    ["annotations:", "  sidecar.istio.io/proxyMemory: 1Mi # low", "  a: b"],
    [
      "annotations:",
      "  sidecar.istio.io/proxyMemory: 1Mi # low",
      "  sidecar.istio.io/proxyMemoryLimit: 1024Mi",
      "  sidecar.istio.io/proxyCPU: 100m",
      "  sidecar.istio.io/proxyCPULimit: 2000m",
      "  a: b",
    ],
  ],
  [
    "a key keeps its quotes, its place and what stands behind it",
    ["annotations:", "  'sidecar.istio.io/proxyCpuLimit': 1 # max", "  sidecar.istio.io/proxyCPU: 1"],
    [
      "annotations:",
      `  'sidecar.istio.io/proxyCPULimit': "1" # max`,
      "  sidecar.istio.io/proxyMemory: 128Mi",
      "  sidecar.istio.io/proxyMemoryLimit: 1024Mi",
      '  sidecar.istio.io/proxyCPU: "1"',
    ],
  ],
  [
    "a misspelled key is mended before anything is added for want of it",
    ["annotations:", "  sidecar.istio.io/proxyCPU: 100m", "  sidecar.istio.io/proxyCpuLimit: 200m"],
    [
      "annotations:",
      "  sidecar.istio.io/proxyCPU: 100m",
      "  sidecar.istio.io/proxyCPULimit: 200m",
      "  sidecar.istio.io/proxyMemory: 128Mi",
      "  sidecar.istio.io/proxyMemoryLimit: 1024Mi",
    ],
  ],
] as const) {
  for (const newline of ["\n", "\r\n"]) {
    text(`${name}${newline === "\n" ? "" : ", in lines that end in CR LF"}`, () => {
      const lines = (one: string) => one.replaceAll("\n", newline);
      const outcome = fixFiles({ "ns.yaml": namespace, "web.yaml": lines(deployment(...before)) });
      assert.is(outcome.after["web.yaml"], lines(deployment(...after)));
      assert.equal(outcome.unfixed, []);
    });
  }
}

text("what is written is what sidelint.yaml wants, where it wants something", () => {
  const config: Config = { fixes: { proxyCPULimit: "1500m", proxyMemory: "64Mi", proxyMemoryLimit: "1Gi" } };
  const web = deployment("annotations:", "  sidecar.istio.io/proxyCPU: 100m");
  const { after } = fixFiles({ "ns.yaml": namespace, "web.yaml": web }, { config });
  const added = [
    "annotations:",
    "  sidecar.istio.io/proxyCPU: 100m",
    "  sidecar.istio.io/proxyCPULimit: 1500m",
    "  sidecar.istio.io/proxyMemory: 64Mi",
    "  sidecar.istio.io/proxyMemoryLimit: 1Gi",
  ];
  assert.is(after["web.yaml"], deployment(...added));
});

text("a limit below the request is not written", () => {
  const config: Config = { fixes: { proxyCPULimit: "50m" } };
  const web = deployment("annotations:", "  sidecar.istio.io/proxyCPU: 100m");
  const { after } = fixFiles(
    { "ns.yaml": namespace, "web.yaml": web },
    { config, only: "proxy-cpu-limit-missing" },
  );
  assert.is(after["web.yaml"], web);
});

text("a container gets its limit where sidelint.yaml says one", () => {
  const web = (resources: string) =>
    plain.replace(
      "containers:\n",
      `containers:\n        - name: istio-proxy\n          image: auto\n          resources:\n${resources}`,
    );
  const requests = "            requests: {cpu: 100m, memory: 1Mi}\n";
  const limits = '            limits:\n              cpu: "2"\n              memory: 1Gi\n';
  const config: Config = {
    istio: { proxy: { resources: {} } },
    fixes: { proxyCPULimit: 2, proxyMemoryLimit: "1Gi" },
  };
  const { after } = fixFiles({ "ns.yaml": namespace, "web.yaml": web(requests) }, { config });
  assert.is(after["web.yaml"], web(requests + limits));
});

text("items of a List, and JSON", () => {
  const item = (labels: string) =>
    `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"${labels}},"spec":{}}`;
  const list = (labels: string) =>
    `{"apiVersion":"v1","kind":"List","items":[${item(labels)},${item("")}]}\n`;
  const { after } = fixFiles({ "list.json": list(',"labels":{"version":1.10}') });
  assert.is(after["list.json"], list(',"labels":{"version":"1.10"}'));
});

text("several documents of a file, each for itself", () => {
  const before = [bare, plain, deployment("labels: {version: 1.0}"), "# the end\n"].join("---\n");
  const { after } = fixFiles({ "all.yaml": before });
  assert.is(after["all.yaml"], before.replace("1.0", '"1.0"'));
});

text("only unsafe ones need to be asked for", () => {
  const files = { "ns.yaml": namespace.replace("enabled", '"on"') };
  assert.equal(fixFiles(files).after, files);
  assert.is(fixFiles(files, { unsafe: true }).after["ns.yaml"], namespace.replace("enabled", '"enabled"'));
});

text.run();

const kustomize = suite("fixes: kustomizations");

const inject = "annotations:\n        sidecar.istio.io/inject: 'true'\n        a: b";
const moved = ["labels:", "  sidecar.istio.io/inject: 'true'", "annotations:", "  a: b"];

kustomize("a patch is fixed where it says what is at fault", () => {
  const files = {
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "base/web.yaml": plain,
    "prod/kustomization.yaml": "resources: [../base, ns.yaml]\npatches:\n  - path: patch.yaml\n",
    "prod/ns.yaml": namespace,
    "prod/patch.yaml": patch(inject),
  };
  const { after } = fixFiles(files);
  assert.equal(after, { ...files, "prod/patch.yaml": patch(...moved) });
});

kustomize("and so is one that stands in the kustomization", () => {
  const inline = (...metadata: readonly string[]) =>
    `resources: [web.yaml, ns.yaml]\npatches:\n  # for production\n  - patch: |-\n      ${patch(...metadata)
      .trimEnd()
      .replaceAll("\n", "\n      ")}\n`;
  const files = { "kustomization.yaml": inline(inject), "web.yaml": plain, "ns.yaml": namespace };
  assert.equal(fixFiles(files).after, { ...files, "kustomization.yaml": inline(...moved) });
});

kustomize("a base is fixed once for all its overlays", () => {
  const files = {
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "base/web.yaml": deployment(inject),
    "a/kustomization.yaml": "resources: [../base, ns.yaml]\n",
    "a/ns.yaml": namespace,
    "b/kustomization.yaml": "resources: [../base, ns.yaml]\nnamePrefix: b-\n",
    "b/ns.yaml": namespace,
  };
  const { after } = fixFiles(files);
  assert.equal(after, { ...files, "base/web.yaml": deployment(...moved) });
});

kustomize("and not at all where one overlay has no use for it", () => {
  const files = {
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "base/web.yaml": deployment(inject).replace("  namespace: shop\n", ""),
    "a/kustomization.yaml": "resources: [../base, ns.yaml]\nnamespace: shop\n",
    "a/ns.yaml": bare,
    "b/kustomization.yaml": "resources: [../base, ns.yaml]\nnamespace: other\n",
    "b/ns.yaml": namespace.replace("shop", "other"),
  };
  const { after, unfixed } = fixFiles(files);
  assert.equal(after, files);
  assert.equal(unfixed, [
    "inject-annotation-deprecated: sidecar.istio.io/inject counts for Deployment/web in a as well, where the fix is not for it",
    "inject-has-no-effect: sidecar.istio.io/inject counts for Deployment/web in b as well, where the fix is not for it",
  ]);
});

kustomize(
  "values and siblings in operations of a JSON patch, and nothing that would take another operation",
  () => {
    const head = "resources: [web.yaml, ns.yaml]\npatches:\n  - target: {kind: Deployment}\n    patch: |-\n";
    const operations = (...lines: readonly string[]) =>
      `${head}${lines.map((line) => `      ${line}\n`).join("")}`;
    const added = ["- op: add", "  path: /spec/template/metadata/annotations", "  value:"];
    const cpu = "    sidecar.istio.io/proxyCPU: 100m";
    const before = operations(...added, cpu, "    sidecar.istio.io/inject: 'true'");
    const { after, unfixed } = fixFiles({
      "kustomization.yaml": before,
      "web.yaml": plain,
      "ns.yaml": namespace,
    });
    const limit = "    sidecar.istio.io/proxyCPULimit: 2000m";
    const memory = [
      "    sidecar.istio.io/proxyMemory: 128Mi",
      "    sidecar.istio.io/proxyMemoryLimit: 1024Mi",
      "    sidecar.istio.io/inject: 'true'",
    ];
    assert.is(after["kustomization.yaml"], operations(...added, cpu, limit, ...memory));
    assert.equal(unfixed, [
      "inject-annotation-deprecated: sidecar.istio.io/inject is set by an operation of a JSON patch (kustomization.yaml)",
    ]);
  },
);

kustomize("what a kustomization sets for all is renamed and completed, and not moved", () => {
  const all = (...lines: readonly string[]) =>
    `resources: [web.yaml, ns.yaml]\ncommonAnnotations:\n${lines.map((line) => `  ${line}\n`).join("")}`;
  const before = all("sidecar.istio.io/proxyCpu: 100m", "sidecar.istio.io/inject: 'true'");
  const { after, unfixed } = fixFiles({
    "kustomization.yaml": before,
    "web.yaml": plain,
    "ns.yaml": namespace,
  });
  const filled = [
    "sidecar.istio.io/proxyCPU: 100m",
    "sidecar.istio.io/proxyCPULimit: 2000m",
    "sidecar.istio.io/proxyMemory: 128Mi",
    "sidecar.istio.io/proxyMemoryLimit: 1024Mi",
    "sidecar.istio.io/inject: 'true'",
  ];
  assert.is(after["kustomization.yaml"], all(...filled));
  assert.equal(unfixed, [
    "inject-annotation-deprecated: sidecar.istio.io/inject is set by a kustomization, for all its objects (kustomization.yaml)",
  ]);
});

const overlays = (base: string, dev: string): Files => ({
  "base/kustomization.yaml": "resources: [web.yaml]\n",
  "base/web.yaml": base.replace("  namespace: shop\n", ""),
  "prod/kustomization.yaml": "resources: [../base, ns.yaml]\nnamespace: shop\n",
  "prod/ns.yaml": namespace,
  "dev/kustomization.yaml": `resources: [../base, ns.yaml]\nnamespace: dev\n${dev}`,
  "dev/ns.yaml": namespace.replace("shop", "dev"),
});
const patched = (text: string) =>
  `patches:\n  - target: {kind: Deployment}\n    patch: |-\n${text.replace(/^/gm, "      ")}\n`;

/** A fix, what happens to it in the build of another overlay, and why it is not made. */
const strays: readonly (readonly [name: string, files: Files, reason: string])[] = [
  [
    "a label that a patch of one overlay replaces with all others",
    overlays(
      deployment("annotations: {sidecar.istio.io/inject: 'false'}"),
      patched("- {op: add, path: /spec/template/metadata/labels, value: {app: web}}"),
    ),
    "inject-annotation-deprecated: it does not arrive in Deployment/web in dev as it is meant",
  ],
  [
    "a label that would reach an overlay which takes the annotation away",
    overlays(
      deployment("annotations: {sidecar.istio.io/inject: 'false'}"),
      patched("- {op: remove, path: /spec/template/metadata/annotations}"),
    ),
    "inject-annotation-deprecated: it would change Deployment/web in dev as well",
  ],
  [
    "what a patch of one overlay takes out with null",
    overlays(
      deployment(
        "labels: {app: web}",
        "annotations:",
        "  sidecar.istio.io/proxyCPU: 100m",
        "  sidecar.istio.io/proxyMemory: 128Mi",
        "  sidecar.istio.io/proxyMemoryLimit: 1Gi",
      ),
      patched(
        patch("annotations: {sidecar.istio.io/proxyCPULimit: null}").replace("  namespace: shop\n", ""),
      ),
    ),
    "proxy-cpu-limit-missing: it does not arrive in Deployment/web in dev as it is meant: dev/kustomization.yaml:13:27 takes sidecar.istio.io/proxyCPULimit out again",
  ],
  [
    "what one overlay does not want to hear of",
    overlays(
      deployment("annotations: {sidecar.istio.io/inject: 'false'}"),
      patched(
        "- {op: add, path: /metadata/annotations, value: {sidelint.dev/ignore: inject-annotation-deprecated=later}}",
      ),
    ),
    "inject-annotation-deprecated: sidecar.istio.io/inject counts for Deployment/web in dev as well, where the fix is not for it",
  ],
  [
    "what would be added for all objects, and one of them says it otherwise",
    {
      "kustomization.yaml":
        "resources: [web.yaml, pod.yaml, ns.yaml]\ncommonAnnotations:\n  sidecar.istio.io/proxyCPU: 10m\n",
      "web.yaml": plain,
      "pod.yaml": `apiVersion: v1
kind: Pod
metadata:
  name: job
  namespace: shop
  annotations: {sidecar.istio.io/proxyCPULimit: "1", sidecar.istio.io/proxyMemory: 1Gi, sidecar.istio.io/proxyMemoryLimit: 1Gi}
spec:
  containers: [{name: job, image: shop/job:1}]
`,
      "ns.yaml": namespace,
    },
    "proxy-cpu-limit-missing: it would change Pod/job in . as well",
  ],
];
for (const [name, files, reason] of strays) {
  kustomize(`not made: ${name}`, () => {
    const { files: changed, unfixed } = fix(memoryTree(files));
    assert.equal(changed, []);
    const told = unfixed.map((one) => `${one.finding.rule}: ${one.reason}`);
    assert.ok(told.includes(reason), told.join("\n"));
  });
}

kustomize("a base beyond what was asked for stays as it is", () => {
  const files = {
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "base/web.yaml": deployment(inject),
    "prod/kustomization.yaml": "resources: [../base, ns.yaml]\n",
    "prod/ns.yaml": namespace,
  };
  const { files: changed, unfixed } = fix(memoryTree(files), { paths: ["prod"] });
  assert.is(changed.length, 0);
  assert.equal(
    unfixed.map(({ reason }) => reason),
    ["base/web.yaml is not among the files that were asked for"],
  );
});

kustomize.run();

const refusals = suite("fixes: refused");

for (const [name, lines, reason] of [
  [
    "an alias elsewhere would say something else",
    ["annotations: &a", "  sidecar.istio.io/proxyCPU: 100m", "labels: *a"],
    "line 12: *a stands here for what would change",
  ],
  [
    "a merge key brings what is at fault",
    ["labels: &a", "  version: 1.0", "annotations:", "  <<: *a", "  a: b"],
    "line 13: a merge key (<<) brings what would change",
  ],
  [
    "a comment would be lost",
    ["annotations:", '  sidecar.istio.io/inject: "true"', "    # and not this one:", "    # a: b"],
    "the comment # and not this one: would be lost",
  ],
] as const) {
  refusals(name, () => {
    const files = { "ns.yaml": namespace, "web.yaml": deployment(...lines) };
    const { after, unfixed } = fixFiles(files);
    assert.equal(after, files);
    assert.ok(
      unfixed.some((one) => one.endsWith(reason)),
      unfixed.join("\n"),
    );
  });
}

refusals("what can be fixed beside it is", () => {
  const lines = ["annotations: &a", "  sidecar.istio.io/proxyCPU: 100m", "labels: *a"];
  const web = deployment(...lines).replace("kind: Deployment", "kind: Deployment # web");
  const two = `${web}---\n${deployment("labels: {version: 1.0}")}`;
  const { after } = fixFiles({ "ns.yaml": namespace, "web.yaml": two });
  assert.is(after["web.yaml"], two.replace("1.0", '"1.0"'));
});

refusals("a key whose right spelling is there already", () => {
  const lines = ["annotations:", '  sidecar.istio.io.inject: "true"', '  sidecar.istio.io/inject: "false"'];
  const { unfixed } = fixFiles({ "web.yaml": deployment(...lines) }, { only: "misspelled-key" });
  assert.equal(unfixed, ["misspelled-key: sidecar.istio.io/inject is there as well"]);
});

refusals("two keys that would become one and say different things", () => {
  const spellings = (second: string) => [
    "annotations:",
    '  sidecar.istio.io/proxyCPULimits: "1"',
    `  sidecar.istio.io/proxycpulimit: "${second}"`,
  ];
  const files = { "web.yaml": deployment(...spellings("2")) };
  const { after, unfixed } = fixFiles(files, { only: "misspelled-key" });
  assert.equal(after, files);
  const rest = "would get the same key, and says something else";
  assert.equal(unfixed, [
    `misspelled-key: sidecar.istio.io/proxycpulimit ${rest}`,
    `misspelled-key: sidecar.istio.io/proxyCPULimits ${rest}`,
  ]);
});

refusals("a limit for a request that another program fills in, or that is none", () => {
  for (const cpu of ["${CPU}", "lots"]) {
    const files = { "web.yaml": deployment(`annotations: {sidecar.istio.io/proxyCPU: "${cpu}"}`) };
    assert.equal(fixFiles(files, { only: "proxy-cpu-limit-missing" }).after, files);
  }
});

refusals("a sidecar whose record cannot be read", () => {
  const status = `'{"initContainers":[],"containers":["istio-proxy"],"volumes":null,"imagePullSecrets":null}'`;
  const sidecar =
    "        - name: istio-proxy\n          image: istio/proxyv2:1.20.0\n          args: [proxy, sidecar]\n";
  const web = deployment(
    "annotations:",
    `  sidecar.istio.io/status: ${status}`,
    "  proxy.istio.io/overrides: '{'",
  ).replace("containers:\n", `containers:\n${sidecar}`);
  const files = { "ns.yaml": namespace, "web.yaml": web };
  const { unfixed, after } = fixFiles(files, { unsafe: true, only: "injected-by-hand" });
  assert.is(after["web.yaml"], web);
  assert.match(unfixed.join(), /^injected-by-hand: .*overrides/);
});

refusals("a finding says what it can have, and a scan of what is fixed says nothing of it", () => {
  const files = { "ns.yaml": namespace, "web.yaml": deployment(inject) };
  const { report } = scan(memoryTree(files));
  const [finding] = report.findings;
  assert.ok(finding);
  assert.is(report.fixes?.get(finding)?.safety, "safe");
  assert.ok((report.fixes?.get(finding)?.edits.length ?? 0) > 0);
});

refusals.run();
