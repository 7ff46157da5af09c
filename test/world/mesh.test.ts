/** The mesh that files and configuration describe: webhooks, revisions, tags, release, the injector's policy. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ScanOptions } from "../../src/index.ts";
import { newestRelease } from "../../src/istio/releases.ts";
import { deployment, enabled, type Files, namespace, places, scanned, verdicts } from "./scanned.ts";

const mesh = suite("mesh");

const web = deployment("web", "namespace: shop");
const labelled = namespace("shop", enabled);
const configuration = (istio: string) => `istio: {${istio}}\n`;

const webhooks = (
  name: string,
  selector: string,
  revision = "default",
) => `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: ${name}, labels: {istio.io/rev: ${revision}}}
webhooks:
  - name: sidecar-injector.istio.io
    clientConfig: {service: {name: istiod, namespace: istio-system, path: /inject}}
    namespaceSelector: {matchLabels: {${selector}}}
    rules: [{operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [pods]}]
`;

const injector = (config: string, values = "", name = "istio-sidecar-injector") => `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
  namespace: istio-system
data:
  config: |-
    ${config.replaceAll("\n", "\n    ")}
${values && `  values: |-\n    ${values.replaceAll("\n", "\n    ")}\n`}`;

/** The Deployment of an istiod. */
const istiod = (image: string, name = "istiod", namespace = "istio-system") =>
  deployment(name, `namespace: ${namespace}`).replace(
    "name: web, image: shop/web:1",
    `name: discovery, image: "${image}"`,
  );
const staleTag = '{"global": {"tag": "1.26.1"}}';

/** The configuration of a revision tag, as `istioctl tag set` writes it. */
const tag = (name: string, revision: string) => `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: istio-revision-tag-${name}, labels: {istio.io/rev: ${revision}, istio.io/tag: ${name}}}
webhooks:
  - name: rev.namespace.sidecar-injector.istio.io
    clientConfig: {service: {name: istiod-${revision}, namespace: istio-system, path: /inject}}
    namespaceSelector: {matchLabels: {istio.io/rev: ${name}}}
    rules: [{operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [pods]}]
`;

interface Case {
  readonly name: string;
  readonly files: Files;
  readonly options?: ScanOptions;
  readonly verdicts?: readonly string[];
  readonly revision?: string | null;
  readonly reason?: string;
  readonly version?: string;
  readonly webhooks?: "stock" | "repository" | "configuration";
  /** Where the last step of the trace looked. */
  readonly where?: string;
  /** What the first missing fact says for sidelint.yaml; "" when nothing is missing. */
  readonly missing?: string;
  /** Whether rule revision-unknown finds something. */
  readonly revisionUnknown?: boolean;
  /** Findings of rule unreadable-document. */
  readonly unreadable?: readonly string[];
}

const configPath = "sidelint.yaml";

const cases: readonly Case[] = [
  {
    name: "without any webhook the stock ones of the newest release are assumed",
    files: { "a.yaml": web, "ns.yaml": labelled },
    verdicts: ["shop Deployment/web injected"],
    revision: "default",
    version: newestRelease,
    webhooks: "stock",
    where: `default of Istio ${newestRelease}`,
  },
  {
    name: "a written webhook replaces the stock ones",
    files: { "a.yaml": web, "ns.yaml": labelled, "hooks.yaml": webhooks("mine", "team: a") },
    verdicts: ["shop Deployment/web not-injected"],
    webhooks: "repository",
    where: "hooks.yaml:7:39",
  },
  {
    name: "a written webhook matches by its own selector",
    files: {
      "a.yaml": web,
      "ns.yaml": namespace("shop", "team: a"),
      "hooks.yaml": webhooks("mine", "team: a"),
    },
    verdicts: ["shop Deployment/web injected"],
    revision: "default",
    webhooks: "repository",
  },
  {
    name: "a webhook configuration that injects nothing leaves the stock ones assumed",
    files: {
      "a.yaml": web,
      "ns.yaml": labelled,
      "hooks.yaml": `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: cert-manager}
webhooks:
  - name: webhook.cert-manager.io
    clientConfig: {service: {name: cert-manager, namespace: cert-manager, path: /mutate}}
    rules: [{operations: [CREATE], apiGroups: [cert-manager.io], apiVersions: [v1], resources: [certificates]}]
`,
    },
    verdicts: ["shop Deployment/web injected"],
    webhooks: "stock",
  },
  {
    name: "istio.webhooks: stock passes over written ones",
    files: {
      "a.yaml": web,
      "ns.yaml": labelled,
      "hooks.yaml": webhooks("mine", "team: a"),
      "sidelint.yaml": configuration("webhooks: stock"),
    },
    options: { configPath },
    verdicts: ["shop Deployment/web injected"],
    webhooks: "stock",
  },
  {
    name: "a revision of the configuration",
    files: {
      "a.yaml": web,
      "ns.yaml": namespace("shop", "istio.io/rev: canary"),
      "sidelint.yaml": configuration("revisions: [{name: canary}]"),
    },
    options: { configPath },
    verdicts: ["shop Deployment/web injected"],
    revision: "canary",
    webhooks: "configuration",
  },
  {
    name: "a revision nobody has",
    files: {
      "a.yaml": web,
      "ns.yaml": namespace("shop", "istio.io/rev: canary"),
      "sidelint.yaml": configuration("revisions: [{name: 1-30}]"),
    },
    options: { configPath },
    verdicts: ["shop Deployment/web not-injected"],
    reason: "no-webhook",
  },
  {
    name: "a tag leads to the revision behind it",
    files: {
      "a.yaml": web,
      "ns.yaml": namespace("shop", "istio.io/rev: prod"),
      "sidelint.yaml": configuration("revisions: [{name: 1-30, tags: [prod]}]"),
    },
    options: { configPath },
    verdicts: ["shop Deployment/web injected"],
    revision: "1-30",
  },
  {
    name: "a tag alone leads to its revision",
    files: {
      "a.yaml": web,
      "ns.yaml": namespace("shop", "istio.io/rev: prod"),
      "tag.yaml": tag("prod", "1-28"),
    },
    verdicts: ["shop Deployment/web injected"],
    revision: "1-28",
    revisionUnknown: false,
  },
  {
    name: "a tag alone shows that webhooks of its revision are elsewhere",
    files: {
      "a.yaml": web,
      "ns.yaml": namespace("shop", "istio.io/rev: 1-28"),
      "tag.yaml": tag("prod", "1-28"),
    },
    verdicts: ["shop Deployment/web unknown"],
    reason: "revision-unknown",
    missing: "istio: {revisions: [{name: 1-28}]}",
    revisionUnknown: false,
    webhooks: "repository",
  },
  {
    name: "with a tag alone the default revision may be there or not",
    files: { "a.yaml": web, "ns.yaml": labelled, "tag.yaml": tag("prod", "1-28") },
    verdicts: ["shop Deployment/web unknown"],
    reason: "revision-unknown",
    missing: "istio: {revisions: [{name: default}]}",
    revisionUnknown: false,
    where: "ns.yaml:3:33",
  },
  {
    name: "a pod that asks by itself asks for the default revision, which a tag alone does not show",
    files: {
      "a.yaml": deployment("web", "namespace: shop", 'sidecar.istio.io/inject: "true"'),
      "ns.yaml": namespace("shop"),
      "tag.yaml": tag("prod", "1-28"),
    },
    verdicts: ["shop Deployment/web unknown"],
    reason: "revision-unknown",
    missing: "istio: {revisions: [{name: default}]}",
  },
  {
    name: "a pod that asks for nothing in a namespace that says nothing gets nothing from any revision",
    files: { "a.yaml": web, "ns.yaml": namespace("shop"), "tag.yaml": tag("prod", "1-28") },
    verdicts: ["shop Deployment/web not-injected"],
    reason: "no-webhook",
    missing: "",
  },
  {
    name: "the tag default alone answers to istio-injection",
    files: {
      "a.yaml": web,
      "ns.yaml": namespace("shop", "istio.io/rev: default"),
      "tag.yaml": tag("default", "1-28"),
    },
    verdicts: ["shop Deployment/web injected"],
    revision: "1-28",
  },
  {
    name: "a tag beside its revision leaves nothing open",
    files: {
      "a.yaml": web,
      "ns.yaml": namespace("shop", "istio.io/rev: 1-29"),
      "tag.yaml": tag("prod", "1-28"),
      "hooks.yaml": webhooks("own", "istio.io/rev: 1-28", "1-28").replace(
        "name: istiod,",
        "name: istiod-1-28,",
      ),
    },
    verdicts: ["shop Deployment/web not-injected"],
    revisionUnknown: true,
  },
  {
    name: "listed revisions leave nothing open beside a tag",
    files: {
      "a.yaml": web,
      "ns.yaml": namespace("shop", "istio.io/rev: 1-29"),
      "tag.yaml": tag("prod", "1-28"),
      "sidelint.yaml": configuration("revisions: [{name: 1-28}]"),
    },
    options: { configPath },
    verdicts: ["shop Deployment/web not-injected"],
    revisionUnknown: true,
  },
  {
    name: "stock webhooks leave nothing open beside a tag",
    files: {
      "a.yaml": web,
      "ns.yaml": namespace("shop", "istio.io/rev: 1-28"),
      "tag.yaml": tag("prod", "1-28"),
      "sidelint.yaml": configuration("webhooks: stock"),
    },
    options: { configPath },
    verdicts: ["shop Deployment/web not-injected"],
    reason: "no-webhook",
  },
  {
    name: "the tag default answers to istio-injection",
    files: {
      "a.yaml": web,
      "ns.yaml": labelled,
      "sidelint.yaml": configuration("revisions: [{name: 1-30, tags: [default]}]"),
    },
    options: { configPath },
    verdicts: ["shop Deployment/web injected"],
    revision: "1-30",
  },
  {
    name: "a named revision alone does not answer to istio-injection",
    files: {
      "a.yaml": web,
      "ns.yaml": labelled,
      "sidelint.yaml": configuration("revisions: [{name: 1-30}]"),
    },
    options: { configPath },
    verdicts: ["shop Deployment/web not-injected"],
  },
  {
    name: "revisions of the configuration stand beside written webhooks of others",
    files: {
      "a.yaml": web,
      "ns.yaml": namespace("shop", "istio.io/rev: canary"),
      "hooks.yaml": webhooks("mine", "team: a"),
      "sidelint.yaml": configuration("revisions: [{name: canary}]"),
    },
    options: { configPath },
    verdicts: ["shop Deployment/web injected"],
    revision: "canary",
  },
  {
    name: "the release of the configuration",
    files: { "a.yaml": web, "sidelint.yaml": configuration('version: "1.20"') },
    options: { configPath },
    version: "1.20",
  },
  {
    name: "--istio-version wins over the configuration",
    files: { "a.yaml": web, "sidelint.yaml": configuration('version: "1.20"') },
    options: { configPath, istioVersion: "1.8" },
    version: "1.8",
  },
  {
    name: "the release of the injector's values",
    files: {
      "a.yaml": web,
      "ns.yaml": labelled,
      "map.yaml": injector("policy: enabled", '{"global": {"tag": "1.26.3"}}'),
    },
    verdicts: ["shop Deployment/web injected"],
    version: "1.26.3",
  },
  {
    name: "the configuration's release wins over the injector's",
    files: {
      "a.yaml": web,
      "map.yaml": injector("policy: enabled", '{"global": {"tag": "1.26.3"}}'),
      "sidelint.yaml": configuration('version: "1.20"'),
    },
    options: { configPath },
    version: "1.20",
  },
  {
    name: "an injector whose policy is disabled",
    files: { "a.yaml": web, "ns.yaml": labelled, "map.yaml": injector("policy: disabled") },
    verdicts: ["shop Deployment/web not-injected"],
    reason: "policy-disabled",
    where: "map.yaml:8:5",
  },
  {
    name: "policy: off is a boolean, which is no policy",
    files: { "a.yaml": web, "ns.yaml": labelled, "map.yaml": injector("policy: off") },
    verdicts: ["shop Deployment/web not-injected"],
    reason: "policy-illegal",
  },
  {
    name: "a policy in quotes is read as its text",
    files: { "a.yaml": web, "ns.yaml": labelled, "map.yaml": injector('policy: "enabled"') },
    verdicts: ["shop Deployment/web injected"],
  },
  {
    name: "the injector's selectors",
    files: {
      "a.yaml": web,
      "ns.yaml": labelled,
      "map.yaml": injector("policy: enabled\nneverInjectSelector:\n  - matchLabels: {app: web}"),
    },
    verdicts: ["shop Deployment/web not-injected"],
    reason: "never-selector",
  },
  {
    name: "an injector of another revision has no say",
    files: {
      "a.yaml": web,
      "ns.yaml": labelled,
      "map.yaml": injector("policy: disabled", "", "istio-sidecar-injector-canary"),
    },
    verdicts: ["shop Deployment/web injected"],
    revision: "default",
  },
  {
    name: "an injector's configuration that cannot be read leaves its policy open",
    files: { "a.yaml": web, "ns.yaml": labelled, "map.yaml": injector("a: b\npolicy: [disabled") },
    verdicts: ["shop Deployment/web unknown"],
    reason: "injector-unreadable",
    where: "map.yaml:7:3",
    unreadable: ["map.yaml:9:22"],
  },
  {
    name: "a configuration that is no map is none",
    files: { "a.yaml": web, "ns.yaml": labelled, "map.yaml": injector("disabled") },
    verdicts: ["shop Deployment/web unknown"],
    unreadable: ["map.yaml:7:3"],
  },
  ...(
    [
      ["that is not there", injector("policy: disabled").replace("config:", "other:"), "map.yaml:6:1"],
      ["that is a map", injector("policy: disabled").replace(" |-", ""), "map.yaml:7:3"],
      ["whose selectors are no list", injector("neverInjectSelector: {app: web}"), "map.yaml:8:5"],
      [
        "with a selector that is no map",
        injector("policy: enabled\nalwaysInjectSelector: [a]"),
        "map.yaml:9:5",
      ],
      ["whose policy is a list", injector("policy: [enabled]"), "map.yaml:8:5"],
    ] as const
  ).map(
    ([what, map, place]): Case => ({
      name: `a configuration ${what} leaves the policy open`,
      files: { "a.yaml": web, "ns.yaml": labelled, "map.yaml": map },
      verdicts: ["shop Deployment/web unknown"],
      reason: "injector-unreadable",
      unreadable: [place],
    }),
  ),
  {
    name: "a configuration that a patch makes unreadable is told at its ConfigMap",
    files: {
      "a.yaml": web,
      "ns.yaml": labelled,
      "map.yaml": injector("policy: enabled"),
      "patch.yaml": injector("policy: enabled\nneverInjectSelector: text"),
      "kustomization.yaml": "resources: [a.yaml, ns.yaml, map.yaml]\npatches: [{path: patch.yaml}]\n",
    },
    verdicts: ["shop Deployment/web unknown (.)"],
    unreadable: ["map.yaml:4:3"],
  },
  {
    name: "values that are no text leave the policy as it is",
    files: {
      "a.yaml": web,
      "ns.yaml": labelled,
      "map.yaml": `${injector("policy: disabled")}  values: {global: {}}\n`,
    },
    verdicts: ["shop Deployment/web not-injected"],
    unreadable: ["map.yaml:9:3"],
  },
  {
    name: "values that cannot be read leave the policy as it is",
    files: {
      "a.yaml": web,
      "ns.yaml": labelled,
      "map.yaml": injector("policy: disabled", '{"global": [}'),
    },
    verdicts: ["shop Deployment/web not-injected"],
    reason: "policy-disabled",
    version: newestRelease,
    unreadable: ["map.yaml:10:17"],
  },
  {
    name: "a ConfigMap without a configuration is no injector's",
    files: { "a.yaml": web, "ns.yaml": labelled, "map.yaml": injector("") },
    verdicts: ["shop Deployment/web injected"],
    unreadable: [],
  },
  {
    name: "a configuration that a patch breaks is told at its ConfigMap",
    files: {
      "a.yaml": web,
      "ns.yaml": labelled,
      "map.yaml": injector("policy: disabled"),
      "patch.yaml": injector("policy: [disabled"),
      "kustomization.yaml": "resources: [a.yaml, ns.yaml, map.yaml]\npatches: [{path: patch.yaml}]\n",
    },
    verdicts: ["shop Deployment/web unknown (.)"],
    where: "patch.yaml:7:3",
    unreadable: ["map.yaml:4:3"],
  },
  {
    name: "a policy that a patch sets is told at the patch",
    files: {
      "a.yaml": web,
      "ns.yaml": labelled,
      "map.yaml": injector("policy: enabled"),
      "patch.yaml": injector("x: y\npolicy: disabled"),
      "kustomization.yaml": "resources: [a.yaml, ns.yaml, map.yaml]\npatches: [{path: patch.yaml}]\n",
    },
    verdicts: ["shop Deployment/web not-injected (.)"],
    where: "patch.yaml:7:3",
  },
  {
    name: "a selector of the configuration is told where it stands in it",
    files: {
      "a.yaml": web,
      "ns.yaml": labelled,
      "map.yaml": injector("policy: enabled\nneverInjectSelector:\n  - matchLabels: {app: web}"),
    },
    verdicts: ["shop Deployment/web not-injected"],
    where: "map.yaml:10:9",
  },
  {
    name: "a condition is told where it stands",
    files: {
      "a.yaml": web,
      "ns.yaml": labelled,
      "hooks.yaml": `${webhooks("mine", enabled)}    matchConditions: [{name: a, expression: "true"}]\n`,
    },
    verdicts: ["shop Deployment/web unknown"],
    reason: "conditions-unknown",
    where: "hooks.yaml:9:5",
  },
  {
    name: "no condition is none",
    files: {
      "a.yaml": web,
      "ns.yaml": labelled,
      "hooks.yaml": `${webhooks("mine", enabled)}    matchConditions: []\n`,
    },
    verdicts: ["shop Deployment/web injected"],
  },
  {
    name: "a mesh's configuration that cannot be read is told, and changes no verdict",
    files: {
      "a.yaml": web,
      "ns.yaml": labelled,
      "mesh.yaml": injector("x: y", "", "istio").replace("  config:", "  mesh: '{'\n  other:"),
      "canary.yaml": injector("x: y", "", "istio-canary").replace("  config:", "  mesh: text\n  other:"),
    },
    verdicts: ["shop Deployment/web injected"],
    unreadable: ["canary.yaml:7:3", "mesh.yaml:7:11"],
  },
  {
    name: "an injector as its kustomization patches it",
    files: {
      "a.yaml": web,
      "ns.yaml": labelled,
      "istio/kustomization.yaml": `resources: [map.yaml]
patches:
  - patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: istio-sidecar-injector, namespace: istio-system}, data: {config: "policy: disabled"}}'
`,
      "istio/map.yaml": injector("policy: enabled"),
    },
    verdicts: ["shop Deployment/web not-injected"],
    reason: "policy-disabled",
  },
  {
    name: "other ConfigMaps with istio in their names are no injectors",
    files: {
      "a.yaml": web,
      "ns.yaml": labelled,
      "map.yaml": injector("policy: disabled", "", "istio"),
      "other.yaml": injector("policy: disabled", "", "my-istio-sidecar-injector"),
    },
    verdicts: ["shop Deployment/web injected"],
    webhooks: "stock",
  },
  {
    name: "the configuration's policy, where no injector is written",
    files: { "a.yaml": web, "ns.yaml": labelled, "sidelint.yaml": configuration("policy: disabled") },
    options: { configPath },
    verdicts: ["shop Deployment/web not-injected"],
    reason: "policy-disabled",
  },
  {
    name: "the release of an injector is that of its istiod, whatever tag the proxy is pinned to",
    files: {
      "d.yaml": istiod("docker.io/istio/pilot:1.27.0"),
      "m.yaml": injector("policy: enabled", staleTag),
    },
    version: "1.27.0",
  },
  {
    name: "the istiod of another revision says nothing of an injector",
    files: {
      "d.yaml": istiod("istio/pilot:1.27.0", "istiod-canary"),
      "m.yaml": injector("policy: enabled", staleTag),
    },
    version: "1.26.1",
  },
  {
    name: "the istiod of another namespace says nothing of an injector",
    files: {
      "d.yaml": istiod("istio/pilot:1.27.0", "istiod", "istio-canary"),
      "m.yaml": injector("policy: enabled", staleTag),
    },
    version: "1.26.1",
  },
  {
    name: "an injector runs with the istiod of its own build",
    files: {
      "a/kustomization.yaml": "resources: [m.yaml, d.yaml]\n",
      "a/d.yaml": istiod("istio/pilot:1.27.0"),
      "a/m.yaml": injector("policy: enabled", staleTag),
      "b/kustomization.yaml": "resources: [d.yaml]\n",
      "b/d.yaml": istiod("istio/pilot:1.28.0"),
    },
    version: "1.27.0",
  },
  {
    name: "a patch that pins the tag of a build leaves its istiod what it is",
    files: {
      "base/kustomization.yaml": "resources: [m.yaml, d.yaml]\n",
      "base/d.yaml": istiod("istio/pilot:1.27.0"),
      "base/m.yaml": injector("policy: enabled", '{"global": {"tag": "1.27.0"}}'),
      "prod/kustomization.yaml": "resources: [../base]\npatches: [path: p.yaml]\n",
      "prod/p.yaml": injector("policy: enabled", staleTag),
    },
    version: "1.27.0",
  },
  {
    name: "where istiods of elsewhere differ, none of them is that of an injector",
    files: {
      "a/d.yaml": istiod("istio/pilot:1.27.0"),
      "a/kustomization.yaml": "resources: [d.yaml]\n",
      "b/d.yaml": istiod("istio/pilot:1.28.0"),
      "b/kustomization.yaml": "resources: [d.yaml]\n",
      "m.yaml": injector("policy: enabled", staleTag),
    },
    version: "1.26.1",
  },
  {
    name: "enableNamespacesByDefault",
    files: {
      "a.yaml": web,
      "ns.yaml": namespace("shop"),
      "sidelint.yaml": configuration("enableNamespacesByDefault: true"),
    },
    options: { configPath },
    verdicts: ["shop Deployment/web injected"],
  },
];

for (const each of cases) {
  mesh(each.name, () => {
    const scan = scanned(each.files, each.options);
    const { report } = scan;
    if (each.unreadable) {
      const found = places(scan).filter((place) => place.endsWith(" unreadable-document"));
      assert.equal(
        found,
        each.unreadable.map((place) => `${place} unreadable-document`),
      );
    }
    if (each.revisionUnknown !== undefined) {
      assert.is(
        places(scan).some((place) => place.endsWith(" revision-unknown")),
        each.revisionUnknown,
      );
    }
    if (each.missing !== undefined) assert.is(report.summary.missing[0]?.line ?? "", each.missing);
    if (each.verdicts) assert.equal(verdicts(each.files, each.options), each.verdicts);
    const [first] = report.workloads;
    if (each.revision !== undefined) assert.is(first?.revision, each.revision);
    if (each.reason !== undefined) assert.is(first?.reason, each.reason);
    if (each.version !== undefined) assert.is(report.istio.version, each.version);
    if (each.webhooks !== undefined) assert.is(report.istio.webhooks, each.webhooks);
    if (each.where !== undefined) assert.is(first?.trace.at(-1)?.where, each.where);
  });
}

mesh("a release is told without a v, and its flavour", () => {
  const version = (istioVersion: string) => scanned({ "a.yaml": web }, { istioVersion }).report.istio.version;
  assert.is(version("v1.29"), "1.29");
  assert.is(version("1.29.1-distroless"), "1.29.1");
});

mesh("the report says what was assumed", () => {
  const { report } = scanned({ "a.yaml": web }, { assume: { "istio-injection": "enabled", a: "b" } });
  assert.equal(report.istio.assumed, ["istio-injection=enabled", "a=b"]);
});

mesh.run();
