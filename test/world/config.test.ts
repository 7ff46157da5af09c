/** The configuration: what is accepted, and how each mistake is told. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { memoryTree } from "../../src/source/tree.ts";
import { loadConfig } from "../../src/world/config.ts";
import { findConfig } from "../../src/world/config-place.ts";

/** Problems as `line:column message (hint)`. */
function problems(text: string): readonly string[] {
  const reading = loadConfig(text, "sidelint.yaml");
  if (reading.ok) return [];
  return reading.problems.map(({ message, location, hint }) => {
    const where = location ? `${location.line}:${location.column} ` : "";
    return `${where}${message}${hint ? ` (${hint})` : ""}`;
  });
}

const accepting = suite("loadConfig accepts");

const full = `# yaml-language-server: $schema=…
apiVersion: sidelint.dev/v1alpha1
kind: Config
istio:
  version: "1.30"
  webhooks: stock
  revisions:
    - {name: 1-30, version: "1.30.1", tags: [prod], hub: example.test/i, tag: "2", cni: false, nativeSidecars: false}
    - {name: 1-29, values: {global: {proxy: {logLevel: debug}}}, meshConfig: {accessLogFile: /dev/stdout}}
  hub: example.test/h
  tag: 1.30.1-distroless
  cni: true
  nativeSidecars: true
  values: {global: {proxy: {logLevel: info, resources: null}}}
  meshConfig: {defaultConfig: {holdApplicationUntilProxyStarts: true}}
  enableNamespacesByDefault: true
  policy: disabled
  proxy: {resources: {requests: {cpu: 100m, memory: 128Mi}, limits: {cpu: 2, memory: 1Gi}}}
kubernetes: {version: v1.33.2-gke.1}
namespaces: {shop: {labels: {istio-injection: enabled}}, bare: {}}
defaultNamespace: shop
assumptions: {namespaceLabels: absent}
paths: {"travels/**": {namespace: travels}}
workloads: [{kind: SparkApplication, group: sparkoperator.k8s.io, podTemplate: [spec.driver, spec.executor]}]
ignore: [vendor/**]
rules: {verdict-unknown: off, IST0135: warning}
`;

accepting("every setting there is", () => {
  const reading = loadConfig(full, "sidelint.yaml");
  assert.equal(problems(full), []);
  assert.ok(reading.ok);
  assert.is(reading.config.istio?.version, "1.30");
  assert.equal({ ...reading.config.istio?.proxy?.resources?.limits }, { cpu: 2, memory: "1Gi" });
  assert.is(reading.config.namespaces?.shop?.labels?.["istio-injection"], "enabled");
  assert.equal(reading.config.workloads?.[0]?.podTemplate, ["spec.driver", "spec.executor"]);
});

accepting("off as a severity, although Kubernetes reads a boolean", () => {
  const reading = loadConfig(full, "sidelint.yaml");
  assert.equal(reading.ok && { ...reading.config.rules }, { "verdict-unknown": "off", IST0135: "warning" });
});

for (const [name, text] of [
  ["an empty file", ""],
  ["comments alone", "# nothing yet\n"],
  ["a document without content", "---\n"],
  ["a byte order mark", "\uFEFFkind: Config\n"],
] as const) {
  accepting(name, () => assert.equal(problems(text), []));
}

accepting("and says where a setting stands", () => {
  const reading = loadConfig(full, "conf/sidelint.yaml");
  assert.ok(reading.ok);
  const found = reading.locate(["namespaces", "shop", "labels", "istio-injection"]);
  assert.equal(found && [found.file, found.line, found.column], ["conf/sidelint.yaml", 20, 30]);
  assert.is(reading.locate(["namespaces", "pay"]), undefined);
});

accepting.run();

const refusing = suite("loadConfig refuses");

const mistakes: readonly (readonly [name: string, text: string, expected: readonly string[]])[] = [
  ["a key that is misspelled", "istoi: {}\n", ["1:1 unknown key istoi (did you mean istio?)"]],
  [
    "a key that means nothing",
    "istio:\n  proxy:\n    colour: red\n",
    ["3:5 unknown key colour in istio.proxy (allowed here: resources)"],
  ],
  [
    "a version without quotes",
    "istio:\n  version: 1.30\n",
    ['2:12 istio.version is a number, not a string (put it in quotes: "1.30")'],
  ],
  [
    "a version that is none",
    "istio: {version: v1.30}\n",
    ['1:18 istio.version cannot be v1.30 (such as "1.30")'],
  ],
  [
    "a release that does not exist yet",
    'istio: {version: "1.99", revisions: [{name: a, version: "0.9"}]}\n',
    [
      '1:18 istio.version cannot be 1.99: sidelint does not know that release (the nearest it knows is "1.30")',
      '1:57 istio.revisions[0].version cannot be 0.9: sidelint does not know that release (the nearest it knows is "1.6")',
    ],
  ],
  [
    "a revision that is there twice",
    "istio: {revisions: [{name: default}, {name: 1-30}, {name: 1-30, tags: [prod]}]}\n",
    [
      "1:59 istio.revisions[2].name cannot be 1-30: istio.revisions[1] has that name (list each revision once, with all its tags)",
    ],
  ],
  [
    "a tag of two revisions",
    "istio: {revisions: [{name: 1-28, tags: [prod]}, {name: 1-30, tags: [canary, prod]}]}\n",
    [
      "1:77 istio.revisions[1].tags[1] cannot be prod: that tag points at 1-28 already (a tag points at one revision)",
    ],
  ],
  [
    "what is no quantity",
    "istio:\n  proxy:\n    resources:\n      requests: {cpu: 100x, memory: ''}\n      limits: {memory: -1}\n",
    [
      "4:23 istio.proxy.resources.requests.cpu cannot be 100x: that is no quantity (such as 100m)",
      "4:37 istio.proxy.resources.requests.memory is empty (such as 128Mi)",
      "5:24 istio.proxy.resources.limits.memory cannot be -1: that is negative (such as 128Mi)",
    ],
  ],
  [
    "requests above limits",
    "istio: {proxy: {resources: {requests: {cpu: 2, memory: 1Gi}, limits: {cpu: 1900m, memory: 1024Mi}}}}\n",
    [
      "1:45 istio.proxy.resources.requests.cpu cannot be 2: the limit is 1900m (Kubernetes refuses a request above its limit)",
    ],
  ],
  [
    "an entry of ignore that hides everything",
    "ignore: [vendor/**, {reason: later}, {paths: [b], reason: later}]\n",
    [
      '1:21 ignore[1] names no rules, paths or namespaces, and would hide every finding (such as rules: [host-network-not-injected], or paths: ["**"])',
    ],
  ],
  [
    "fixes that Kubernetes would refuse",
    "fixes: {proxyCPU: 3, proxyCPULimit: 2, proxyMemory: lots, proxyMemoryLimit: 1Gi}\n",
    [
      "1:19 fixes.proxyCPU cannot be 3: fixes.proxyCPULimit is 2 (Kubernetes refuses a request above its limit)",
      "1:53 fixes.proxyMemory cannot be lots: that is no quantity (such as 128Mi)",
    ],
  ],
  [
    "settings of an install that istiod would not take",
    `istio:
  values:
    global: {hub: 1, platform: openshit}
  meshConfig:
    proxyListenPort: 70000
    defaultConfig: {drainDuration: soon}
  revisions:
    - name: canary
      values: {global: {proxy: {image: [a]}}}
      meshConfig: {trustDomain: ""}
`,
    [
      '3:32 istio.values.global.platform cannot be "openshit": did you mean openshift? (istiod would not read such values)',
      '6:36 istio.meshConfig.defaultConfig.drainDuration must be a duration such as "45s", is "soon" (istiod refuses such a mesh)',
      "9:40 istio.revisions[0].values.global.proxy.image must be text, is a list (istiod would not read such values)",
      "10:33 istio.revisions[0].meshConfig.trustDomain must not be empty (istiod refuses such a mesh)",
    ],
  ],
  [
    "a release of Kubernetes that is none",
    "kubernetes: {version: newest}\nistio: {nativeSidecars: auto}\n",
    [
      '1:23 kubernetes.version cannot be newest (such as "1.33")',
      "2:25 istio.nativeSidecars is a string, not true or false (such as true)",
    ],
  ],
  [
    "what was pasted without being filled in",
    'paths: {a/**: {namespace: <namespace>}}\ndefaultNamespace: …\nnamespaces: {"${NS}": {labels: {}}, shop: {}}\n',
    [
      "1:27 paths.a/**.namespace cannot be <namespace> (put the name in its place, such as travels)",
      "2:19 defaultNamespace cannot be … (put the name in its place, such as default)",
      "3:14 namespaces cannot have the key ${NS} (put the name in its place, such as shop)",
    ],
  ],
  [
    "names that Kubernetes does not take",
    "istio: {revisions: [{name: 1.28.1}]}\nnamespaces: {Shop: {labels: {}}}\ndefaultNamespace: ''\n",
    [
      '1:28 istio.revisions[0].name cannot be 1.28.1 (a name takes no dots, such as "1-30")',
      "2:14 namespaces cannot have the key Shop (a name takes lower-case letters, digits and '-', and starts and ends with a letter or digit, such as shop)",
      "3:19 defaultNamespace is empty (such as default)",
    ],
  ],
  [
    "a word that is none of those allowed",
    "istio: {webhooks: stok}\n",
    ["1:19 istio.webhooks cannot be stok (did you mean stock? It is auto or stock)"],
  ],
  [
    "a severity that there is not",
    "rules:\n  verdict-unknown: fatal\n",
    ["2:20 rules.verdict-unknown cannot be fatal (it is one of off, error, warning, info)"],
  ],
  [
    "a boolean as a label",
    "namespaces:\n  shop:\n    labels:\n      istio-injection: on\n",
    [
      "4:24 namespaces.shop.labels.istio-injection is a boolean, not a string (write enabled: it is enabled or disabled)",
    ],
  ],
  [
    "a boolean as a severity",
    "rules:\n  verdict-unknown: no\n",
    [
      "2:20 rules.verdict-unknown is a boolean, not a string or a mapping (write off: it is one of off, error, warning, info)",
    ],
  ],
  [
    "a scalar for a list",
    "ignore: vendor/**\n",
    ["1:9 ignore is a string, not a list (write a list: [vendor/**])"],
  ],
  [
    "nothing where something is wanted",
    "namespaces:\n  shop:\n",
    ["2:8 namespaces.shop is empty, not a mapping (such as {labels: {istio-injection: enabled}})"],
  ],
  [
    "a list for a mapping",
    "- a\n",
    [
      'the configuration is a list, not a mapping (such as {istio: {version: "1.30"}, namespaces: {shop: {labels: {istio-injection: enabled}}}})',
    ],
  ],
  [
    "a workload without its pod template",
    "workloads:\n- kind: CloneSet\n",
    ["2:3 workloads[0] has no podTemplate (such as podTemplate: [spec.template])"],
  ],
  [
    "a key that is there twice",
    "ignore: [a]\nrules: {}\nignore: [b]\n",
    ["3:1 ignore is there twice (the first is in line 1)"],
  ],
  ["another kind", "kind: Deployment\n", ["1:7 kind cannot be Deployment (it is Config)"]],
  [
    "several mistakes, in the order of the text",
    "rules: {x: bad}\nignor: []\nistio: {version: 1.3}\n",
    [
      "1:12 rules.x cannot be bad (it is one of off, error, warning, info)",
      "2:1 unknown key ignor (did you mean ignore?)",
      '3:18 istio.version is a number, not a string (put it in quotes: "1.3")',
    ],
  ],
  [
    "a second document",
    "kind: Config\n---\nkind: Config\n",
    ["3:1 a second document: the configuration is one"],
  ],
];

for (const [name, text, expected] of mistakes) {
  refusing(name, () => assert.equal(problems(text), expected));
}

refusing("what is no YAML, where that shows", () => {
  const reading = loadConfig('istio:\n  version: "1.30\n', "sidelint.yaml");
  assert.not(reading.ok);
  assert.is(!reading.ok && reading.problems.length, 1);
  assert.ok(!reading.ok && reading.problems[0]?.location);
});

refusing.run();

const finding = suite("findConfig");

finding("prefers the working directory, and sidelint.yaml", () => {
  assert.is(findConfig(memoryTree({ "sidelint.yml": "", ".sidelint.yaml": "" })), ".sidelint.yaml");
  assert.is(findConfig(memoryTree({ "sidelint.yml": "", "sidelint.yaml": "" })), "sidelint.yaml");
  assert.is(findConfig(memoryTree({ "apps/sidelint.yaml": "" })), undefined);
});

/** A tree whose root lies two directories deep in a map of absolute paths. */
function deepTree(files: readonly string[]) {
  const root = "/repo/apps";
  return {
    ...memoryTree({}),
    root,
    stat(path: string) {
      const absolute = new URL(path, `file://${root}/`).pathname;
      return files.includes(absolute) ? { type: "file" as const, size: 0, identity: absolute } : undefined;
    },
  };
}

finding("looks above up to the top of the repository", () => {
  assert.is(findConfig(deepTree(["/repo/.git", "/repo/sidelint.yaml"])), "../sidelint.yaml");
  assert.is(findConfig(deepTree(["/repo/.git", "/sidelint.yaml"])), undefined);
  assert.is(
    findConfig(deepTree(["/repo/.git", "/repo/sidelint.yaml", "/repo/apps/sidelint.yml"])),
    "sidelint.yml",
  );
});

finding("begins at the deepest directory that holds all given paths", () => {
  const tree = memoryTree({
    "apps/shop/sidelint.yaml": "",
    "apps/shop/web/a.yaml": "",
    "apps/pay/b.yaml": "",
  });
  assert.is(findConfig(tree, ["apps/shop/web"]), "apps/shop/sidelint.yaml");
  assert.is(findConfig(tree, ["apps/shop/web/a.yaml", "apps/shop"]), "apps/shop/sidelint.yaml");
  assert.is(findConfig(tree, ["apps/shop", "apps/pay/b.yaml"]), undefined);
});

finding("does not look above outside of repositories", () => {
  assert.is(findConfig(deepTree(["/repo/sidelint.yaml"])), undefined);
});

finding.run();
