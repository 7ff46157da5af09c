/** The istiod of a revision: its three texts from ConfigMaps, the configuration and stock installs, and where each value stands. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { newestRelease } from "../../src/istio/releases.ts";
import { at } from "../../src/kube/json.ts";
import type { Path } from "../../src/source/node.ts";
import { type InputName, istiodFor } from "../../src/world/istiods.ts";
import type { World } from "../../src/world/world.ts";
import { type Files, scanned } from "./scanned.ts";

const istiods = suite("istiods");

const indented = (text: string) => text.replaceAll("\n", "\n    ");

const injector = (config: string, values?: string, name = "istio-sidecar-injector") => `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
  namespace: istio-system
data:
  config: |-
    ${indented(config)}
${values === undefined ? "" : `  values: |-\n    ${indented(values)}\n`}`;

const mesh = (text: string, name = "istio", namespace = "istio-system") => `apiVersion: v1
kind: ConfigMap
metadata: {name: ${name}, namespace: ${namespace}}
data:
  mesh: |-
    ${indented(text)}
`;

const operator = (spec: string, name = "a") => `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: {name: ${name}, namespace: istio-system}
spec:
  ${spec.replaceAll("\n", "\n  ")}
`;

const istiod = (name: string, native: string) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: istio-system}
spec:
  template:
    spec:
      containers:
        - name: discovery
          env:
            - {name: ENABLE_NATIVE_SIDECARS, value: "${native}"}
            - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
`;

const templates = "templates:\n  sidecar: |\n    spec: {}";
const configPath = "sidelint.yaml";

function worldOf(files: Files): World {
  return scanned(files, configPath in files ? { configPath } : {}).world;
}

function knownIstiod(files: Files, revision = "default") {
  const reading = istiodFor(worldOf(files), revision);
  if (!reading.ok) throw new Error(reading.problems.map(({ message }) => message).join("; "));
  return reading;
}

istiods("all three texts come from the repository's ConfigMaps", () => {
  const files = {
    "map.yaml": injector(templates, '{"global": {"hub": "example.test/h", "tag": "1.26.3"}}'),
    "mesh.yaml": mesh("trustDomain: td.test"),
  };
  const { istiod, source, release, origins } = knownIstiod(files);
  assert.is(source, "config-map");
  assert.is(release, "1.26.3");
  assert.is(istiod.revision, "default");
  assert.is(istiod.facts.minor, "1.26");
  assert.is(istiod.values.hub, "example.test/h");
  assert.is(istiod.mesh.trustDomain, "td.test");
  assert.equal([...istiod.injector.templates.keys()], ["sidecar"]);
  assert.is(origins.config.placed?.name, "istio-sidecar-injector");
  assert.is(origins.values.placed?.name, "istio-sidecar-injector");
  assert.is(origins.mesh.placed?.name, "istio");
});

istiods("an istiod is read once a revision", () => {
  const world = worldOf({ "map.yaml": injector(templates), "mesh.yaml": mesh("{}") });
  assert.is(istiodFor(world, "default"), istiodFor(world, "default"));
  assert.is.not(istiodFor(world, "default"), istiodFor(world, "canary"));
});

interface MeshCase {
  readonly name: string;
  readonly files: Files;
  readonly revision?: string;
  /** The trust domain that holds. */
  readonly domain: string;
}

const meshCases: readonly MeshCase[] = [
  {
    name: "without a ConfigMap of its own a mesh is as the release has it",
    files: { "map.yaml": injector(templates) },
    domain: "cluster.local",
  },
  {
    name: "a mesh is looked for in the namespace of the injector",
    files: { "map.yaml": injector(templates), "mesh.yaml": mesh("trustDomain: td.test", "istio", "other") },
    domain: "cluster.local",
  },
  {
    name: "without an injector's ConfigMap the only mesh of the name counts",
    files: { "mesh.yaml": mesh("trustDomain: td.test", "istio", "other") },
    domain: "td.test",
  },
  {
    name: "of two meshes in other namespaces none counts",
    files: {
      "a.yaml": mesh("trustDomain: td.test", "istio", "other"),
      "b.yaml": mesh("trustDomain: td.test", "istio", "another"),
    },
    domain: "cluster.local",
  },
  {
    name: "a revision has a mesh of its own",
    files: {
      "a.yaml": mesh("trustDomain: td.test"),
      "b.yaml": mesh("trustDomain: canary.test", "istio-canary"),
    },
    revision: "canary",
    domain: "canary.test",
  },
  {
    name: "a revision does not have the mesh of the default one",
    files: { "a.yaml": mesh("trustDomain: td.test") },
    revision: "canary",
    domain: "cluster.local",
  },
  {
    name: "the configuration's mesh, where no ConfigMap holds one",
    files: { "sidelint.yaml": "istio: {meshConfig: {trustDomain: td.test}}\n" },
    domain: "td.test",
  },
  {
    name: "a ConfigMap's mesh stands against the configuration's",
    files: {
      "a.yaml": mesh("trustDomain: td.test"),
      "sidelint.yaml": "istio: {meshConfig: {trustDomain: other.test}}\n",
    },
    domain: "td.test",
  },
  {
    name: "the configuration's mesh of a revision is laid over that of all",
    files: {
      "sidelint.yaml": `istio:
  meshConfig: {trustDomain: td.test}
  revisions: [{name: canary, meshConfig: {trustDomain: canary.test}}]
`,
    },
    revision: "canary",
    domain: "canary.test",
  },
];

for (const { name, files, revision, domain } of meshCases) {
  istiods(name, () => {
    assert.is(knownIstiod(files, revision).istiod.mesh.trustDomain, domain);
  });
}

interface ValueCase {
  readonly name: string;
  readonly files: Files;
  readonly revision?: string;
  readonly of?: InputName;
  readonly path: Path;
  /** What stands there. */
  readonly value?: unknown;
  readonly origin: string;
}

const released = `default of Istio ${newestRelease}`;
const resources = ["global", "proxy", "resources"];

const valueCases: readonly ValueCase[] = [
  {
    name: "a value is told where it stands inside the ConfigMap's text",
    files: { "map.yaml": injector(templates, '{"global": {\n  "hub": "example.test/h"}}') },
    path: ["global", "hub"],
    value: "example.test/h",
    origin: "map.yaml:13:7",
  },
  {
    name: "a value that is not written is told at what is",
    files: { "map.yaml": injector(templates, '{"global": {\n  "hub": "example.test/h"}}') },
    path: ["global", "tag"],
    origin: "map.yaml:12:6",
  },
  {
    name: "a template is told where it stands inside the ConfigMap's text",
    files: { "map.yaml": injector(templates) },
    of: "config",
    path: ["templates", "sidecar"],
    origin: "map.yaml:9:7",
  },
  {
    name: "a value of a stock install is told by its release",
    files: {},
    path: ["global", "proxy", "logLevel"],
    value: "warning",
    origin: released,
  },
  {
    name: "hub of the configuration",
    files: { "sidelint.yaml": "istio:\n  hub: example.test/h\n" },
    path: ["global", "hub"],
    value: "example.test/h",
    origin: "sidelint.yaml:2:3",
  },
  {
    name: "tag of a revision",
    files: {
      "sidelint.yaml":
        'istio:\n  tag: "1"\n  revisions:\n    - name: canary\n      tag: "2"\n    - name: other\n',
    },
    revision: "canary",
    path: ["global", "tag"],
    value: "2",
    origin: "sidelint.yaml:5:7",
  },
  {
    name: "the tag of all is that of a revision without one",
    files: { "sidelint.yaml": 'istio:\n  tag: "1"\n  revisions: [{name: other}]\n' },
    revision: "other",
    path: ["global", "tag"],
    value: "1",
    origin: "sidelint.yaml:2:3",
  },
  {
    name: "values of the configuration are laid over those of the release",
    files: { "sidelint.yaml": "istio:\n  values:\n    global: {proxy: {logLevel: debug}}\n" },
    path: ["global", "proxy", "logLevel"],
    value: "debug",
    origin: "sidelint.yaml:3:22",
  },
  {
    name: "what such values do not say is the release's",
    files: { "sidelint.yaml": "istio:\n  values:\n    global: {proxy: {logLevel: debug}}\n" },
    path: ["global", "proxy", "image"],
    value: "proxyv2",
    origin: released,
  },
  {
    name: "the policy of the configuration",
    files: { "sidelint.yaml": "istio:\n  policy: disabled\n" },
    of: "config",
    path: ["policy"],
    origin: "sidelint.yaml:2:3",
  },
  {
    name: "resources of the sidecar leave nothing of the release's",
    files: { "sidelint.yaml": 'istio:\n  proxy:\n    resources: {limits: {cpu: "4"}}\n' },
    path: resources,
    value: { limits: { cpu: "4" } },
    origin: "sidelint.yaml:3:5",
  },
  {
    name: "a profile of the charts among the values of the configuration",
    files: { "sidelint.yaml": "istio:\n  values: {profile: demo}\n" },
    path: [...resources, "requests"],
    value: { cpu: "10m", memory: "40Mi" },
    origin: released,
  },
  {
    name: "values of istiod's own chart stand at the top",
    files: { "sidelint.yaml": "istio:\n  values: {cni: {provider: multus}}\n" },
    path: ["pilot", "cni"],
    value: { enabled: false, provider: "multus" },
    origin: released,
  },
  {
    name: "values of the resources are laid over resources of the sidecar",
    files: {
      "sidelint.yaml": `istio:
  proxy:
    resources: {limits: {cpu: "4"}}
  values: {global: {proxy: {resources: {limits: {memory: 1Gi}}}}}
`,
    },
    path: resources,
    value: { limits: { cpu: "4", memory: "1Gi" } },
    origin: "sidelint.yaml:4:29",
  },
];

const installed: readonly ValueCase[] = [
  {
    name: "a value of an IstioOperator",
    files: { "iop.yaml": operator("values:\n  global: {proxy: {logLevel: debug}}") },
    path: ["global", "proxy", "logLevel"],
    value: "debug",
    origin: "iop.yaml:6:22",
  },
  {
    name: "the hub of an IstioOperator",
    files: { "iop.yaml": operator("hub: example.test/h") },
    path: ["global", "hub"],
    value: "example.test/h",
    origin: "iop.yaml:5:3",
  },
  {
    name: "what the profile of an IstioOperator brings along is told at the profile",
    files: { "iop.yaml": operator("profile: demo") },
    path: [...resources, "requests", "cpu"],
    value: "10m",
    origin: "iop.yaml:5:3",
  },
  {
    name: "the mesh of an IstioOperator",
    files: { "iop.yaml": operator("meshConfig:\n  trustDomain: td.test") },
    of: "mesh",
    path: ["trustDomain"],
    origin: "iop.yaml:6:5",
  },
  {
    name: "the mesh in the values of an IstioOperator",
    files: {
      "iop.yaml": operator("meshConfig: {trustDomain: a}\nvalues:\n  meshConfig: {trustDomain: td.test}"),
    },
    of: "mesh",
    path: ["trustDomain"],
    origin: "iop.yaml:7:18",
  },
  {
    name: "the configuration is laid over an IstioOperator",
    files: {
      "iop.yaml": operator("hub: example.test/h"),
      "sidelint.yaml": "istio:\n  hub: example.test/i\n",
    },
    path: ["global", "hub"],
    value: "example.test/i",
    origin: "sidelint.yaml:2:3",
  },
  {
    name: "a ConfigMap stands against an IstioOperator",
    files: {
      "iop.yaml": operator("hub: example.test/h"),
      "map.yaml": injector(templates, '{"global": {\n  "hub": "example.test/i"}}'),
    },
    path: ["global", "hub"],
    value: "example.test/i",
    origin: "map.yaml:13:7",
  },
  {
    name: "an IstioOperator of another revision has no say",
    files: { "iop.yaml": operator("hub: example.test/h\nrevision: canary") },
    path: ["global", "hub"],
    origin: released,
  },
  {
    name: "an IstioOperator for gateways has no say",
    files: { "iop.yaml": operator("profile: empty\nhub: example.test/h") },
    path: ["global", "hub"],
    origin: released,
  },
  {
    name: "two IstioOperators that differ have no say",
    files: {
      "iop.yaml": operator("hub: example.test/h"),
      "iop2.yaml": operator("hub: example.test/i", "b"),
    },
    path: ["global", "hub"],
    origin: released,
  },
  {
    name: "two IstioOperators that say the same do",
    files: {
      "iop.yaml": operator("hub: example.test/h"),
      "iop2.yaml": operator("hub: example.test/h", "b"),
    },
    path: ["global", "hub"],
    value: "example.test/h",
    origin: "iop.yaml:5:3",
  },
  {
    name: "an IstioOperator as its kustomization patches it",
    files: {
      "iop.yaml": operator("hub: example.test/h"),
      "kustomization.yaml": `resources: [iop.yaml]
patches:
  - patch: |-
      apiVersion: install.istio.io/v1alpha1
      kind: IstioOperator
      metadata: {name: a, namespace: istio-system}
      spec: {hub: example.test/i}
`,
    },
    path: ["global", "hub"],
    value: "example.test/i",
    origin: "kustomization.yaml:7:14",
  },
  {
    name: "an Istio of the Sail operator",
    files: {
      "istio.yaml": `apiVersion: sailoperator.io/v1
kind: Istio
metadata: {name: default}
spec:
  version: v1.27.1
  values: {global: {network: net}}
`,
    },
    path: ["global", "network"],
    value: "net",
    origin: "istio.yaml:6:21",
  },
];

for (const { name, files, revision, of = "values", path, value, origin } of [...valueCases, ...installed]) {
  istiods(name, () => {
    const { istiod, origins } = knownIstiod(files, revision);
    assert.is(origins[of].originOf(path).text, origin);
    if (value !== undefined) assert.equal(plain(at(istiod.values.all, path)), value);
  });
}

/** The same without the prototypes. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

interface NativeCase {
  readonly name: string;
  readonly files: Files;
  readonly revision?: string;
  readonly native: boolean | undefined;
}

const values = (env: string, tag = "1.30.3") =>
  injector(templates, `{"global": {"tag": "${tag}"}, "pilot": {"env": {${env}}}}`);

const nativeCases: readonly NativeCase[] = [
  { name: "nobody tells the kubelets", files: {}, native: undefined },
  {
    name: "kubelets are new enough",
    files: { "sidelint.yaml": 'kubernetes: {version: "1.33"}\n' },
    native: true,
  },
  {
    name: "kubelets are too old",
    files: { "sidelint.yaml": "kubernetes: {version: v1.32.9-gke.1}\n" },
    native: false,
  },
  {
    name: "up to 1.26 they are off",
    files: { "sidelint.yaml": 'istio: {version: "1.26"}\n' },
    native: false,
  },
  {
    name: "they are switched on",
    files: { "map.yaml": values('"ENABLE_NATIVE_SIDECARS": "true"') },
    native: true,
  },
  {
    name: "they are switched on by a boolean",
    files: { "map.yaml": values('"ENABLE_NATIVE_SIDECARS": true') },
    native: true,
  },
  {
    name: "they are switched off",
    files: { "map.yaml": values('"ENABLE_NATIVE_SIDECARS": "false"') },
    native: false,
  },
  {
    name: "the configuration knows better than values",
    files: {
      "map.yaml": values('"ENABLE_NATIVE_SIDECARS": "false"'),
      "sidelint.yaml": "istio: {nativeSidecars: true}\n",
    },
    native: true,
  },
  {
    name: "an IstioOperator gives istiod the variable",
    files: {
      "iop.yaml": operator(
        'components: {pilot: {k8s: {env: [{name: ENABLE_NATIVE_SIDECARS, value: "true"}]}}}',
      ),
    },
    native: true,
  },
  {
    name: "the Deployment of istiod has the variable",
    files: { "istiod.yaml": istiod("istiod", "true") },
    native: true,
  },
  {
    name: "the Deployment knows better than values and IstioOperator",
    files: {
      "istiod.yaml": istiod("istiod", "true"),
      "map.yaml": values('"ENABLE_NATIVE_SIDECARS": "false"'),
      "iop.yaml": operator(
        'components: {pilot: {k8s: {env: [{name: ENABLE_NATIVE_SIDECARS, value: "false"}]}}}',
      ),
    },
    native: true,
  },
  {
    name: "Deployments that differ have no say",
    files: { "istiod.yaml": `${istiod("istiod", "true")}---\n${istiod("istiod", "false")}` },
    native: undefined,
  },
  {
    name: "the Deployment of another revision has no say",
    files: { "istiod.yaml": istiod("istiod-canary", "true") },
    native: undefined,
  },
  {
    name: "the Deployment of a revision",
    files: { "istiod.yaml": istiod("istiod-canary", "true") },
    revision: "canary",
    native: true,
  },
  {
    name: "a revision has them",
    files: {
      "sidelint.yaml": "istio: {nativeSidecars: false, revisions: [{name: a, nativeSidecars: true}]}\n",
    },
    revision: "a",
    native: true,
  },
];

for (const { name, files, revision, native } of nativeCases) {
  istiods(`native sidecars: ${name}`, () => {
    const reading = knownIstiod(files, revision);
    assert.is(reading.native, native);
    assert.is(reading.istiod.native, native ?? false);
  });
}

const releaseCases: readonly { readonly name: string; readonly files: Files; readonly release: string }[] = [
  { name: "the tag of an IstioOperator", files: { "iop.yaml": operator("tag: 1.26.3") }, release: "1.26.3" },
  {
    name: "the configuration's, which wins",
    files: { "iop.yaml": operator("tag: 1.26.3"), "sidelint.yaml": 'istio: {version: "1.24"}\n' },
    release: "1.24",
  },
  {
    name: "that of the values of a ConfigMap",
    files: { "iop.yaml": operator("tag: 1.26.3"), "map.yaml": values("", "1.28.1") },
    release: "1.28.1",
  },
  { name: "the newest where nothing says it", files: {}, release: newestRelease },
];

for (const { name, files, release } of releaseCases)
  istiods(`the release: ${name}`, () => assert.is(knownIstiod(files).release, release));

istiods("platform and compliance policy are read out of the values", () => {
  const map = injector(
    templates,
    '{"global": {"platform": "openshift"}, "pilot": {"env": {"COMPLIANCE_POLICY": "fips-140-2"}}}',
  );
  const { istiod } = knownIstiod({ "map.yaml": map });
  assert.is(istiod.platform, "openshift");
  assert.is(istiod.compliancePolicy, "fips-140-2");
});

interface ProblemCase {
  readonly name: string;
  readonly files: Files;
  /** "place message". */
  readonly problems: readonly string[];
}

const problemCases: readonly ProblemCase[] = [
  {
    name: "values that are no map",
    files: { "map.yaml": injector(templates, "[1]") },
    problems: ["map.yaml:11:3 in data.values, a map is expected"],
  },
  {
    name: "values that are no YAML",
    files: { "map.yaml": injector(templates, '{"global": [}') },
    problems: ["map.yaml:12:17 in data.values, "],
  },
  {
    name: "values of a wrong type",
    files: { "map.yaml": injector(templates, '{"global": {"hub": 1}}') },
    problems: ["map.yaml:12:17 in data.values, global.hub must be text"],
  },
  {
    name: "a configuration without templates",
    files: { "map.yaml": injector("policy: enabled") },
    problems: ["map.yaml:7:3 in data.config, templates are missing"],
  },
  {
    name: "a template that does not parse",
    files: { "map.yaml": injector("templates:\n  sidecar: |\n    spec:\n      {{ if }}") },
    problems: ["map.yaml:11:11 in data.config, template sidecar, line 2: missing value for if"],
  },
  {
    name: "a template in quotes that does not parse",
    files: { "map.yaml": injector('templates:\n  sidecar: "{{ if }}"') },
    problems: ["map.yaml:9:7 in data.config, template sidecar, line 1: missing value for if"],
  },
  {
    name: "a template that is no text",
    files: { "map.yaml": injector("templates:\n  sidecar: [a]") },
    problems: ["map.yaml:9:7 in data.config, template sidecar: has a wrong type"],
  },
  {
    name: "a mesh that istiod refuses",
    files: { "map.yaml": injector(templates), "mesh.yaml": mesh("a: b\nproxyListenPort: 70000") },
    problems: ["mesh.yaml:7:5 in data.mesh, proxyListenPort "],
  },
  {
    name: "an IstioOperator with a profile that nobody has",
    files: { "iop.yaml": operator("profile: demoo") },
    problems: ['iop.yaml:5:3 spec.profile cannot be "demoo": did you mean demo?'],
  },
  {
    name: "a mesh of an IstioOperator that istiod refuses",
    files: { "iop.yaml": operator("meshConfig:\n  proxyListenPort: 70000") },
    problems: ["iop.yaml:6:5 proxyListenPort "],
  },
  {
    name: "several at once",
    files: { "map.yaml": injector("templates: [a]", '{"global": {"hub": 1}}') },
    problems: [
      "map.yaml:8:5 in data.config, templates must be a map",
      "map.yaml:10:17 in data.values, global.hub",
    ],
  },
];

for (const { name, files, problems } of problemCases) {
  istiods(`problems: ${name}`, () => {
    const reading = istiodFor(worldOf(files), "default");
    const found = reading.ok
      ? []
      : reading.problems.map(({ origin, message }) => `${origin.text} ${message}`);
    assert.is(found.length, problems.length, found.join("\n"));
    for (const [index, problem] of problems.entries())
      assert.ok(found[index]?.startsWith(problem), `${found[index]} instead of ${problem}`);
  });
}

istiods.run();
