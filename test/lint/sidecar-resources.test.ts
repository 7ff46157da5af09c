/** The resources of a sidecar are told with the place that each value comes from. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { injectedByHand } from "../../src/lint/by-hand.ts";
import { sidecarResources } from "../../src/lint/sidecar-resources.ts";
import { deployment, enabled, type Files, namespace, scanned } from "../world/scanned.ts";

const injectorMap = `apiVersion: v1
kind: ConfigMap
metadata: {name: istio-sidecar-injector, namespace: istio-system}
data:
  config: |
    policy: enabled
  values: |
    {"global": {"proxy": {"resources": {"requests": {"cpu": "10m"}}}}}
`;
const webhooks = `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: istio-sidecar-injector}
webhooks:
  - name: namespace.sidecar-injector.istio.io
    clientConfig: {service: {name: istiod, namespace: istio-system, path: /inject}}
    namespaceSelector: {matchLabels: {istio-injection: enabled}}
    rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
`;

const basics: Files = {
  "shop.yaml": `${namespace("shop", enabled)}---\n${deployment("web", "namespace: shop")}`,
};

function resources(files: Files, configPath?: string): readonly string[] {
  const { world } = scanned({ ...basics, ...files }, configPath === undefined ? {} : { configPath });
  const [workload] = world.workloads;
  const rows = (workload && sidecarResources(workload, world)) ?? [];
  return rows.map(({ resource, bound, value, where }) => `${resource} ${bound} ${value}: ${where}`);
}

const origins = suite("origins of the sidecar's resources");

origins("the release's, where nobody says anything", () => {
  assert.is(resources({})[0], "cpu request 100m: default of Istio 1.30");
});

origins("the values in the injector's ConfigMap", () => {
  assert.equal(resources({ "istio.yaml": `${injectorMap}---\n${webhooks}` }).slice(0, 2), [
    "cpu request 10m: istio.yaml:8:54",
    "cpu limit null: set neither by the pod nor by the mesh",
  ]);
});

const ofRevision = (revision: string, cpu: string) => `${injectorMap
  .replace("istio-sidecar-injector", `istio-sidecar-injector-${revision}`)
  .replace("10m", cpu)}---
${webhooks
  .replace("name: istio-sidecar-injector}", `name: istio-sidecar-injector-${revision}}`)
  .replace("name: istiod,", `name: istiod-${revision},`)
  .replace("istio-injection: enabled", `istio.io/rev: ${revision}`)}`;
const unlabelled = { "shop.yaml": deployment("web", "namespace: shop") };
const several = { "a.yaml": ofRevision("a", "11m"), "b.yaml": ofRevision("b", "12m") };

origins("the injector of the revision that injects", () => {
  const shop = {
    "shop.yaml": `${namespace("shop", "istio.io/rev: b")}---\n${deployment("web", "namespace: shop")}`,
  };
  assert.is(resources({ ...several, ...shop })[0], "cpu request 12m: b.yaml:8:54");
});

origins("the default injector, where several may inject", () => {
  const istio = `${injectorMap}---\n${webhooks}`;
  assert.is(resources({ ...unlabelled, ...several, "z.yaml": istio })[0], "cpu request 10m: z.yaml:8:54");
});

origins("the only injector that may inject", () => {
  const istio = ofRevision("b", "12m");
  assert.is(resources({ ...unlabelled, "b.yaml": istio })[0], "cpu request 12m: b.yaml:8:54");
});

origins("the release's, where several may inject and none is the default", () => {
  assert.is(resources({ ...unlabelled, ...several })[0], "cpu request 100m: default of Istio 1.30");
});

origins("the release's, where the ConfigMap says nothing of resources", () => {
  const istio = `${injectorMap.replace('"resources"', '"other"')}---\n${webhooks}`;
  assert.is(resources({ "istio.yaml": istio })[0], "cpu request 100m: default of Istio 1.30");
});

const unreadableValues = `${injectorMap.replace('{"global"', '["global"')}---\n${webhooks}`;

origins("nobody's, where the injector's values cannot be read", () => {
  assert.equal(resources({ "istio.yaml": unreadableValues }).slice(0, 2), [
    "cpu request null: the injector's values cannot be read: istio.yaml:7:3",
    "cpu limit null: the injector's values cannot be read: istio.yaml:7:3",
  ]);
});

origins("the annotations alone, where the injector's values cannot be read", () => {
  const annotated = deployment("web", "namespace: shop").replace(
    "metadata: {labels",
    "metadata: {annotations: {sidecar.istio.io/proxyCPU: 100m}, labels",
  );
  const files = {
    "shop.yaml": `${namespace("shop", enabled)}---\n${annotated}`,
    "istio.yaml": unreadableValues,
  };
  assert.equal(resources(files).slice(2), [
    "memory request null: not set: annotations replace the mesh's defaults",
    "memory limit null: not set: annotations replace the mesh's defaults",
  ]);
  const { findings } = scanned(files);
  const told = findings.filter(({ rule }) => rule.startsWith("proxy-")).map(({ message }) => message);
  assert.equal(told, ["proxyCPU is set, proxyCPULimit is not: the sidecar's CPU has no limit"]);
});

origins("a container's limit alone says nothing of what the mesh sets, where that cannot be read", () => {
  const own = deployment("web", "namespace: shop").replace(
    "containers: [",
    "containers: [{name: istio-proxy, image: auto, resources: {requests: {memory: 1Gi}, limits: {cpu: 1}}}, ",
  );
  const files = { "shop.yaml": `${namespace("shop", enabled)}---\n${own}`, "istio.yaml": unreadableValues };
  assert.is(resources(files)[0], "cpu request null: the injector's values cannot be read: istio.yaml:7:3");
  assert.equal(
    scanned(files).findings.filter(({ rule }) => rule.startsWith("proxy-")),
    [],
  );
});

origins("the configuration", () => {
  const text = "istio:\n  proxy:\n    resources: {requests: {cpu: 50m}}\n";
  assert.is(resources({ "sidelint.yaml": text }, "sidelint.yaml")[0], "cpu request 50m: sidelint.yaml:3:5");
});

const operator = (spec: string) => `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: {name: istio}
spec: {${spec}}
`;

origins("the values of an IstioOperator", () => {
  const text = operator("values: {global: {proxy: {resources: {limits: {cpu: 1}}}}}");
  assert.equal(resources({ "iop.yaml": text }).slice(0, 2), [
    "cpu request 100m: default of Istio 1.30",
    "cpu limit 1: iop.yaml:4:55",
  ]);
});

origins("the profile of an IstioOperator", () => {
  assert.is(resources({ "iop.yaml": operator("profile: demo") })[0], "cpu request 10m: iop.yaml:4:8");
});

origins("the configuration's policy is told as its own", () => {
  const files = { ...basics, "sidelint.yaml": "istio:\n  policy: disabled\n" };
  const { report } = scanned(files, { configPath: "sidelint.yaml" });
  assert.is(report.workloads[0]?.trace.at(-1)?.where, "sidelint.yaml:2:3");
});

/** A pod with a container istio-proxy of its own, in a namespace that is labelled or is known not to be. */
function withProxy(image: string, labels: string, status = ""): Record<string, string> {
  const pod = `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop${status}}
spec:
  containers:
    - {name: web, image: shop/web:1}
    - {name: istio-proxy, image: ${image}, resources: {requests: {cpu: "3"}, limits: {cpu: "1"}}}
`;
  return {
    "pod.yaml": pod,
    "ns.yaml": `apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: ${labels}}\n`,
  };
}

const labelled = "{istio-injection: enabled}";
const byHand: readonly (readonly [name: string, files: Record<string, string>, byHand: boolean])[] = [
  ["settings for the injected container", withProxy("auto", labelled), false],
  ["settings with an image of their own, in a pod that is injected", withProxy("proxyv2:1", labelled), false],
  ["the same container where nothing is injected", withProxy("proxyv2:1", "{}"), true],
  [
    "what an injector left there",
    withProxy("proxyv2:1", labelled, ", annotations: {sidecar.istio.io/status: '{}'}"),
    true,
  ],
];
for (const [name, files, expected] of byHand) {
  origins(`injected by hand or not: ${name}`, () => {
    const { world, findings } = scanned(files);
    const [workload] = world.workloads;
    assert.is(workload && injectedByHand(workload), expected);
    assert.is(
      findings.some(({ rule }) => rule === "proxy-request-above-limit"),
      !expected,
    );
  });
}

origins.run();
