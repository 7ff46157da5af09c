import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readWebhookConfiguration, type StockInstall, stockWebhooks } from "../../src/istio/webhook.ts";
import type { Json, JsonObject } from "../../src/kube/json.ts";

const stock = suite("stock webhooks");

const names = (install: StockInstall) =>
  stockWebhooks(install).map(({ configuration, name, revision, answersTo }) =>
    [configuration, name.replace("sidecar-injector.istio.io", ""), revision, answersTo].join(" "),
  );

const installs: readonly (readonly [what: string, install: StockInstall, expected: readonly string[]])[] = [
  ["1.8 has one webhook", { release: "1.8" }, ["istio-sidecar-injector  default default"]],
  [
    "1.30 has four for the default revision",
    { release: "1.30" },
    ["rev.namespace.", "rev.object.", "namespace.", "object."].map(
      (name) => `istio-sidecar-injector ${name} default default`,
    ),
  ],
  [
    "a named revision has the rev. ones only",
    { release: "1.30", revision: "canary" },
    ["rev.namespace.", "rev.object."].map((name) => `istio-sidecar-injector-canary ${name} canary canary`),
  ],
  [
    "the explicit revision default has the rev. ones only",
    { release: "1.30", revision: "default" },
    ["rev.namespace.", "rev.object."].map((name) => `istio-sidecar-injector-default ${name} default default`),
  ],
  [
    "a tag calls its revision and sorts before the install",
    { release: "1.30", revision: "canary", tags: ["prod"] },
    [
      "istio-revision-tag-prod rev.namespace. canary prod",
      "istio-revision-tag-prod rev.object. canary prod",
      "istio-sidecar-injector-canary rev.namespace. canary canary",
      "istio-sidecar-injector-canary rev.object. canary canary",
    ],
  ],
  ["webhooks left to an operator are none", { release: "1.30", operatorManageWebhooks: true }, []],
  ["a namespaced install has none since 1.28", { release: "1.28", resourceScope: "namespace" }, []],
  [
    "another namespace is part of the name",
    { release: "1.8", namespace: "mesh" },
    ["istio-sidecar-injector-mesh  default default"],
  ],
  [
    "namespaces by default add auto.",
    { release: "1.26", revision: "x", tags: ["default"], tagsOnly: true, enableNamespacesByDefault: true },
    ["rev.namespace.", "rev.object.", "namespace.", "object.", "auto."].map(
      (name) => `istio-revision-tag-default ${name} x default`,
    ),
  ],
];
for (const [what, install, expected] of installs) {
  stock(what, () => {
    assert.equal(names(install), expected);
  });
}
stock.run();

const reading = suite("webhook configurations");

const pods = [{ operations: ["CREATE"], apiGroups: [""], apiVersions: ["v1"], resources: ["pods"] }];

function configuration(webhook: JsonObject, labels: JsonObject = {}): JsonObject {
  return { metadata: { name: "c", labels }, webhooks: [{ rules: pods, ...webhook }] };
}
const service = (name: string, path = "/inject"): Json => ({
  service: { name, namespace: "istio-system", path },
});

const istios: readonly (readonly [what: string, value: JsonObject, revision: string, answersTo: string])[] = [
  [
    "istiod",
    configuration({ name: "sidecar-injector.istio.io", clientConfig: service("istiod") }),
    "default",
    "default",
  ],
  ["a named istiod", configuration({ name: "x", clientConfig: service("istiod-1-29") }), "1-29", "1-29"],
  [
    "a tag",
    configuration(
      { name: "rev.object.sidecar-injector.istio.io", clientConfig: service("istiod-canary") },
      { "istio.io/tag": "prod", "istio.io/rev": "canary" },
    ),
    "canary",
    "prod",
  ],
  [
    "an injector outside the cluster",
    configuration(
      { name: "x", clientConfig: { url: "https://mesh.example.com:15017/inject/cluster/a" } },
      { "istio.io/rev": "blue" },
    ),
    "blue",
    "blue",
  ],
  [
    "a webhook that istioctl switched off answers to nothing",
    configuration({
      name: "namespace.sidecar-injector.istio.io",
      clientConfig: service("istiod"),
      namespaceSelector: { matchLabels: { "istio.io/deactivated": "never-match" } },
    }),
    "default",
    "",
  ],
];
for (const [what, value, revision, answersTo] of istios) {
  reading(`reads ${what}`, () => {
    const [webhook, ...others] = readWebhookConfiguration(value);
    assert.is(others.length, 0);
    assert.equal([webhook?.revision, webhook?.answersTo, webhook?.written], [revision, answersTo, true]);
  });
}

const strangers: readonly (readonly [what: string, value: JsonObject])[] = [
  [
    "cert-manager",
    configuration({
      name: "webhook.cert-manager.io",
      clientConfig: service("cert-manager-webhook", "/mutate"),
    }),
  ],
  [
    "knative",
    configuration({ name: "webhook.serving.knative.dev", clientConfig: service("webhook", "/defaulting") }),
  ],
  [
    "linkerd",
    configuration({
      name: "linkerd-proxy-injector.linkerd.io",
      clientConfig: service("linkerd-proxy-injector", "/"),
    }),
  ],
  [
    "somebody's own sidecar injector",
    configuration(
      { name: "sidecar-injector.example.com", clientConfig: service("injector", "/mutate") },
      { app: "sidecar-injector" },
    ),
  ],
  ["a configuration without webhooks", { metadata: { name: "x" } }],
  ["nonsense", { metadata: null, webhooks: [null, "x", 1, []] }],
];
for (const [what, value] of strangers) {
  reading(`leaves out ${what}`, () => {
    assert.equal(readWebhookConfiguration(value), []);
  });
}

const rules: readonly (readonly [what: string, rule: JsonObject, covers: boolean])[] = [
  ["pods", {}, true],
  ["everything", { operations: ["*"], apiGroups: ["*"], apiVersions: ["*"], resources: ["*/*"] }, true],
  ["updates", { operations: ["UPDATE"] }, false],
  ["deployments", { apiGroups: ["apps"], resources: ["deployments"] }, false],
  ["the status of pods", { resources: ["pods/status"] }, false],
  ["cluster-wide objects", { scope: "Cluster" }, false],
];
for (const [what, rule, covers] of rules) {
  reading(`rules for ${what} ${covers ? "cover" : "do not cover"} pod creation`, () => {
    const value = configuration({ name: "sidecar-injector.istio.io", rules: [{ ...pods[0], ...rule }] });
    assert.is(readWebhookConfiguration(value)[0]?.coversPods, covers);
  });
}
reading.run();
