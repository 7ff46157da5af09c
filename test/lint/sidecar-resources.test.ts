/** The resources of a sidecar are told with the place that each value comes from. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { handInjection, sidecarResources } from "../../src/lint/sidecar-resources.ts";
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
    "cpu request 10m: istio.yaml:7:3",
    "cpu limit null: set neither by the pod nor by the mesh",
  ]);
});

origins("the configuration", () => {
  const text = "istio:\n  proxy:\n    resources: {requests: {cpu: 50m}}\n";
  assert.is(resources({ "sidelint.yaml": text }, "sidelint.yaml")[0], "cpu request 50m: sidelint.yaml:3:5");
});

origins("the configuration's policy is told as its own", () => {
  const files = { ...basics, "sidelint.yaml": "istio:\n  policy: disabled\n" };
  const { report } = scanned(files, { configPath: "sidelint.yaml" });
  assert.is(report.workloads[0]?.trace.at(-1)?.where, "sidelint.yaml:2:3");
});

const byHand: readonly (readonly [name: string, pod: string, expected: unknown])[] = [
  ["nothing", "spec: {containers: [{name: web, image: shop/web:1}]}", undefined],
  ["a placeholder", "spec: {containers: [{name: istio-proxy, image: auto}]}", undefined],
  [
    "a container",
    "spec: {containers: [{name: istio-proxy, image: 'proxyv2:1'}]}",
    { by: "container", image: "proxyv2:1", where: "pod.yaml:4:21" },
  ],
  [
    "the status alone",
    "spec: {containers: [{name: web, image: shop/web:1}]}",
    { by: "status", image: "", where: "pod.yaml:3:37" },
  ],
];
for (const [name, spec, expected] of byHand) {
  origins(`a sidecar committed with the manifest: ${name}`, () => {
    const status = name === "the status alone" ? ", annotations: {sidecar.istio.io/status: '{}'}" : "";
    const pod = `apiVersion: v1\nkind: Pod\nmetadata: {name: web${status}}\n${spec}\n`;
    const [workload] = scanned({ "pod.yaml": pod }).world.workloads;
    assert.ok(workload);
    assert.equal(handInjection(workload), expected);
  });
}

origins.run();
