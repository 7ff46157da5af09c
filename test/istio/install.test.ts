/** What IstioOperators, resources of the Sail operator and Helm values say of an install. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Install, isInstall, readInstall } from "../../src/istio/install.ts";
import { newestRelease } from "../../src/istio/releases.ts";
import type { Json } from "../../src/kube/json.ts";
import { toValue } from "../../src/source/node.ts";
import { readYaml } from "../../src/source/read.ts";

const install = suite("install");

function parsed(text: string): Json | undefined {
  const read = readYaml(text);
  if (!read.ok) throw new Error(read.error.message);
  return read.root && toValue(read.root);
}

/** The same without prototypes and without what is undefined. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

const operator = (spec: string) =>
  `{apiVersion: install.istio.io/v1alpha1, kind: IstioOperator, metadata: {name: a}, spec: {${spec}}}`;
const sail = (spec: string, kind = "Istio", name = "default") =>
  `{apiVersion: sailoperator.io/v1, kind: ${kind}, metadata: {name: ${name}}, spec: {${spec}}}`;

interface Case {
  readonly name: string;
  readonly text: string;
  /** Whose profiles count. */
  readonly as?: string;
  readonly options?: Install["options"];
  readonly release?: string | null;
  readonly revision?: string | null;
  readonly hasIstiod?: boolean;
  readonly environment?: Install["environment"];
}

const requests = { cpu: "10m", memory: "40Mi" };

const cases: readonly Case[] = [
  {
    name: "an empty operator is a stock install",
    text: operator(""),
    options: { cni: false, values: { global: {} } },
    release: null,
    revision: "default",
    hasIstiod: true,
    environment: {},
  },
  {
    name: "hub, tag and revision",
    text: operator("hub: example.test/h, tag: 1.28.3, revision: canary"),
    options: {
      revision: "canary",
      cni: false,
      values: { global: { hub: "example.test/h", tag: "1.28.3" } },
    },
    release: "1.28.3",
    revision: "canary",
  },
  {
    name: "values win over hub and tag",
    text: operator("hub: a, tag: 1.28.3, values: {global: {hub: b, tag: 1.27.1}}"),
    options: { cni: false, values: { global: { hub: "b", tag: "1.27.1" } } },
    release: "1.27.1",
  },
  {
    name: "a tag may be a number, and names no release when it does not look like one",
    text: operator("tag: 7"),
    options: { cni: false, values: { global: { tag: "7" } } },
    release: null,
  },
  {
    name: "values of the mesh's configuration win over the operator's own",
    text: operator(
      "meshConfig: {trustDomain: a, accessLogFile: b}, values: {meshConfig: {trustDomain: c}, global: {network: net}}",
    ),
    options: {
      cni: false,
      values: { global: { network: "net" } },
      mesh: { trustDomain: "c", accessLogFile: "b" },
    },
  },
  {
    name: "unvalidated values win over values",
    text: operator("values: {global: {network: net, meshID: m}}, unvalidatedValues: {global: {network: o}}"),
    options: { cni: false, values: { global: { network: "o", meshID: "m" } } },
  },
  {
    name: "a null in the values stays, so that it takes away what the release has",
    text: operator("values: {global: {proxy: {resources: null}}}"),
    options: { cni: false, values: { global: { proxy: { resources: null } } } },
  },
  {
    name: "the CNI plugin as a component",
    text: operator("components: {cni: {enabled: true}}"),
    options: { cni: true, values: { global: {} } },
  },
  {
    name: "the CNI plugin in the values, which win",
    text: operator("components: {cni: {enabled: true}}, values: {pilot: {cni: {enabled: false}}}"),
    options: { cni: false, values: { global: {}, pilot: { cni: { enabled: false } } } },
  },
  {
    name: "profile demo asks for little",
    text: operator("profile: demo"),
    options: { cni: false, values: { global: { proxy: { resources: { requests } } } } },
  },
  {
    name: "values win over the profile",
    text: operator("profile: demo, values: {global: {proxy: {resources: {requests: {cpu: 1}}}}}"),
    options: {
      cni: false,
      values: { global: { proxy: { resources: { requests: { cpu: 1, memory: "40Mi" } } } } },
    },
  },
  {
    name: "profile openshift brings the CNI plugin along",
    text: operator("profile: openshift"),
    options: {
      cni: true,
      values: { global: { platform: "openshift" }, pilot: { cni: { enabled: true, provider: "multus" } } },
    },
  },
  {
    name: "profile openshift of 1.20 knows another key for the chain of plugins",
    text: operator("profile: openshift"),
    as: "1.20",
    options: { cni: true, values: { global: { platform: "openshift" }, istio_cni: { chained: false } } },
  },
  {
    name: "profile ambient brings variant and variable along",
    text: operator("profile: ambient"),
    options: {
      cni: true,
      values: {
        global: { variant: "distroless" },
        pilot: { env: { PILOT_ENABLE_AMBIENT: "true" }, cni: { ambient: { enabled: true } } },
      },
      mesh: { defaultConfig: { proxyMetadata: { ISTIO_META_ENABLE_HBONE: "true" } } },
    },
  },
  {
    name: "profile ambient of 1.20 brings less along",
    text: operator("profile: ambient, tag: 1.20.8"),
    options: {
      cni: true,
      values: { global: { tag: "1.20.8" } },
      mesh: { defaultConfig: { proxyMetadata: { ISTIO_META_ENABLE_HBONE: "true" } } },
    },
  },
  {
    name: "profile openshift-ambient is both",
    text: operator("profile: openshift-ambient"),
    options: {
      cni: true,
      values: {
        global: { variant: "distroless", platform: "openshift" },
        pilot: {
          env: { PILOT_ENABLE_AMBIENT: "true" },
          cni: { enabled: true, ambient: { enabled: true }, provider: "multus" },
        },
      },
      mesh: { defaultConfig: { proxyMetadata: { ISTIO_META_ENABLE_HBONE: "true" } } },
    },
  },
  {
    name: "profile preview captures DNS",
    text: operator("profile: preview"),
    options: {
      cni: false,
      values: { global: {} },
      mesh: { defaultConfig: { proxyMetadata: { ISTIO_META_DNS_CAPTURE: "true" } } },
    },
  },
  { name: "profile empty installs no istiod", text: operator("profile: empty"), hasIstiod: false },
  {
    name: "profile empty with an istiod",
    text: operator("profile: empty, components: {pilot: {enabled: true}}"),
    hasIstiod: true,
  },
  {
    name: "an operator for gateways alone",
    text: operator("components: {pilot: {enabled: false}}"),
    hasIstiod: false,
  },
  {
    name: "variables of istiod's Deployment",
    text: operator(
      'components: {pilot: {k8s: {env: [{name: ENABLE_NATIVE_SIDECARS, value: "true"}, {name: A, valueFrom: {}}]}}}',
    ),
    environment: { ENABLE_NATIVE_SIDECARS: "true" },
  },
  {
    name: "an older behaviour is asked for",
    text: operator('compatibilityVersion: "1.26"'),
    options: { cni: false, values: { global: {}, pilot: { env: { ENABLE_NATIVE_SIDECARS: "false" } } } },
  },
  {
    name: "an older behaviour that has native sidecars as well",
    text: operator('compatibilityVersion: "1.27"'),
    options: { cni: false, values: { global: {} } },
  },
  {
    name: "values of Helm, where istiod's own stand at the top",
    text: "{cni: {enabled: true}, env: {COMPLIANCE_POLICY: fips-140-2}, global: {tag: 1.29.1}, revision: a}",
    options: {
      revision: "a",
      cni: true,
      values: {
        global: { tag: "1.29.1" },
        pilot: { cni: { enabled: true }, env: { COMPLIANCE_POLICY: "fips-140-2" } },
      },
    },
    release: "1.29.1",
    revision: "a",
    hasIstiod: true,
  },
  {
    name: "values of Helm with a key for istiod's own",
    text: "{pilot: {env: {A: b}}, meshConfig: {trustDomain: a}, profile: demo}",
    options: {
      values: { pilot: { env: { A: "b" } }, global: { proxy: { resources: { requests } } } },
      mesh: { trustDomain: "a" },
    },
  },
  {
    name: "a platform of Helm values brings the CNI plugin along",
    text: "{global: {platform: openshift}}",
    options: {
      cni: true,
      values: { global: { platform: "openshift" }, pilot: { cni: { enabled: true, provider: "multus" } } },
    },
  },
  {
    name: "an operator on a platform that says whether there is a CNI plugin",
    text: operator("profile: openshift, components: {cni: {enabled: false}}"),
    options: {
      cni: false,
      values: { global: { platform: "openshift" }, pilot: { cni: { enabled: false, provider: "multus" } } },
    },
  },
  { name: "no values at all", text: "{}", options: {}, revision: "default", hasIstiod: true },
  {
    name: "a revision that is called default is one of that name",
    text: "{revision: default}",
    options: { revision: "default" },
    revision: "default",
  },
  {
    name: "an Istio that is updated in place has its own name for a revision",
    text: sail("version: v1.27.1, values: {global: {network: net}}", "Istio", "mesh"),
    options: { revision: "mesh", values: { global: { network: "net" } } },
    release: "1.27.1",
    revision: "mesh",
  },
  {
    name: "an Istio of the name default has no revision",
    text: sail("version: v1.27.1"),
    options: {},
    revision: "default",
  },
  {
    name: "an Istio with a revision for each version",
    text: sail("version: v1.27.1, updateStrategy: {type: RevisionBased}"),
    options: { revision: "default-v1-27-1" },
    revision: "default-v1-27-1",
  },
  {
    name: "an alias says the minor release, not the revision",
    text: sail("version: v1.27-latest, updateStrategy: {type: RevisionBased}"),
    options: {},
    release: "1.27",
    revision: null,
  },
  {
    name: "an IstioRevision",
    text: sail("version: v1.27.1, values: {revision: canary}", "IstioRevision", "canary"),
    options: { revision: "canary" },
    revision: "canary",
  },
];

for (const each of cases) {
  install(each.name, () => {
    const reading = readInstall(parsed(each.text), each.as);
    if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
    const found = reading.install;
    if (each.options) assert.equal(plain(found.options), each.options);
    if (each.release !== undefined) assert.is(found.release ?? null, each.release);
    if (each.revision !== undefined) assert.is(found.revision ?? null, each.revision);
    if (each.hasIstiod !== undefined) assert.is(found.hasIstiod, each.hasIstiod);
    if (each.environment) assert.equal(found.environment, each.environment);
  });
}

const refusals: readonly {
  readonly text: string;
  readonly as?: string;
  readonly problems: readonly string[];
}[] = [
  { text: "[1]", problems: [" must be a map"] },
  { text: "{kind: ConfigMap, apiVersion: v1}", problems: ["kind is"] },
  { text: operator("profile: demoo"), problems: ['spec.profile cannot be "demoo": did you mean demo?'] },
  {
    text: operator("profile: ambient"),
    as: "1.14",
    problems: ['spec.profile cannot be "ambient": it is one of'],
  },
  { text: operator("values: [a]"), problems: ["spec.values must be a map"] },
  {
    text: operator("hub: {a: b}, meshConfig: x"),
    problems: ["spec.hub must be text", "spec.meshConfig must be a map"],
  },
  {
    text: operator("components: {cni: {enabled: yep}}"),
    problems: ["spec.components.cni.enabled must be true or"],
  },
  { text: operator("values: {profile: demoo}"), problems: ['spec.values.profile cannot be "demoo"'] },
  {
    text: "{global: {platform: openshit}}",
    problems: ['global.platform cannot be "openshit": did you mean openshift?'],
  },
];

for (const { text, as, problems } of refusals) {
  install(`refused: ${problems.join(", ")}`, () => {
    const reading = readInstall(parsed(text), as);
    const found = reading.ok ? [] : reading.problems.map(({ path, says }) => `${path.join(".")} ${says}`);
    assert.is(found.length, problems.length, found.join("\n"));
    for (const [index, problem] of problems.entries())
      assert.ok(found[index]?.startsWith(problem), `${found[index]} instead of ${problem}`);
  });
}

install("the newest release counts where nothing names one", () => {
  const told = readInstall(parsed(operator("profile: ambient")));
  assert.equal(told, readInstall(parsed(operator("profile: ambient")), newestRelease));
});

install("installs are told by group and kind", () => {
  assert.ok(isInstall("install.istio.io/v1alpha1", "IstioOperator"));
  assert.ok(isInstall("sailoperator.io/v1", "Istio"));
  assert.ok(isInstall("sailoperator.io/v1alpha1", "IstioRevision"));
  assert.not(isInstall("sailoperator.io/v1", "IstioRevisionTag"));
  assert.not(isInstall("example.test/v1", "IstioOperator"));
  assert.not(isInstall("v1", "Istio"));
});

install.run();
