/** The cheap model of a sidecar's resources is that of every stock template, and an injector of another mind is found out. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type ProxyResources, proxyResources, resourceAnnotations } from "../../src/istio/proxy-resources.ts";
import { at, isObject } from "../../src/kube/json.ts";
import { isPlain, likeSidecar } from "../../src/world/calibration.ts";
import { istiodOf, sidecarOf } from "../../src/world/sidecar.ts";
import { configured, enabled, namespace, scanned } from "./scanned.ts";

const shop = namespace("shop", enabled);
const { requests, limits } = resourceAnnotations;
const keys = [requests.cpu, requests.memory, limits.cpu, limits.memory];
const amounts: Readonly<Record<string, string>> = {
  [requests.cpu]: "11m",
  [requests.memory]: "22Mi",
  [limits.cpu]: "3333m",
  [limits.memory]: "4444Mi",
};

/** A Pod with those annotations whose bits are set in a number. */
function pod(name: string, chosen: number, own = ""): string {
  const annotations = keys.filter((_, bit) => chosen & (1 << bit)).map((key) => `${key}: ${amounts[key]}`);
  return `---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop, annotations: {${annotations.join(", ")}}}
spec: {containers: [{name: web, image: "shop/web:1"}${own}]}
`;
}

const values = ({ requests: asked, limits: limited }: ProxyResources) =>
  [asked.cpu, asked.memory, limited.cpu, limited.memory].map(({ value }) => value);

const model = suite("the model of a sidecar's resources");

for (const release of ["1.20", "1.24", "1.26", "1.28", "1.30"]) {
  model(`is what the templates of ${release} give, for all annotations and containers`, () => {
    const owns = [
      "",
      ", {name: istio-proxy, image: auto, resources: {limits: {cpu: 7777m}}}",
      ", {name: istio-proxy, image: auto, resources: {requests: {memory: 55Mi}, limits: {memory: 66Mi}}}",
    ];
    const pods = owns.flatMap((own, n) =>
      Array.from({ length: 16 }, (_, bits) => pod(`p${n}-${bits}`, bits, own)),
    );
    const { world } = scanned(
      { "ns.yaml": shop, "pods.yaml": pods.join("") },
      { config: configured(`istio: {version: "${release}"}`) },
    );
    assert.is(world.workloads.length, 48);
    for (const workload of world.workloads) {
      const made = sidecarOf(world, workload);
      const istiod = istiodOf(world, workload);
      if (made.state !== "injected" || !made.sidecar || !istiod?.ok) throw new Error(made.state);
      const mesh = at(istiod.istiod.values.all, ["global", "proxy", "resources"]);
      const modelled = proxyResources(workload.pod, isObject(mesh) ? mesh : undefined);
      assert.equal(values(made.sidecar.resources), values(modelled), workload.name);
    }
  });
}

const injector = (resources: string) => `apiVersion: v1
kind: ConfigMap
metadata: {name: istio-sidecar-injector, namespace: istio-system}
data:
  config: |
    policy: enabled
    templates:
      sidecar: |
        spec:
          containers:
          - name: istio-proxy
            image: proxy
            resources:
              ${resources}
  values: |
    global: {proxy: {resources: {requests: {cpu: 100m}}}}
`;

/** Which of some pods are as the model says, by an injector with these resources in its template. */
function plain(resources: string, pods: readonly string[]): readonly boolean[] {
  const files = { "istio.yaml": injector(resources), "ns.yaml": shop, "pods.yaml": pods.join("") };
  const { world } = scanned(files);
  return world.workloads.map((workload) => {
    const reading = istiodOf(world, workload);
    return reading?.ok ? isPlain(world, workload, reading) : false;
  });
}

model("holds for a template of the repository that does as the stock one", () => {
  const like =
    '{{ with index .ObjectMeta.Annotations "sidecar.istio.io/proxyCPU" }}{requests: {cpu: {{ . }}}}{{ else }}{{ toJson .Values.global.proxy.resources }}{{ end }}';
  assert.equal(plain(like, [pod("a", 0), pod("b", 1), pod("c", 0)]), [true, true, true]);
});

model("does not hold for one with resources of its own, and only where it has them", () => {
  assert.equal(plain("{limits: {cpu: 1}}", [pod("a", 0)]), [false]);
  const some =
    '{requests: {cpu: {{ if isset .ObjectMeta.Annotations "sidecar.istio.io/proxyCPU" }}50m{{ else }}100m{{ end }}}}';
  assert.equal(plain(some, [pod("a", 0), pod("b", 1)]), [true, false]);
});

model("does not hold where a label that the template names decides", () => {
  const tier =
    '{requests: {cpu: {{ if eq (index .ObjectMeta.Labels "tier") "gold" }}1{{ else }}100m{{ end }}}}';
  const labelled = (name: string, value: string) =>
    pod(name, 0).replace("namespace: shop", `namespace: shop, labels: {tier: ${value}}`);
  assert.equal(plain(tier, [labelled("a", "tin"), labelled("b", "gold")]), [true, false]);
});

model("does not hold where the namespace, the name, the kind or the spec decides", () => {
  for (const asked of [
    'eq .DeploymentMeta.Name "b"',
    'eq .ObjectMeta.Name "b"',
    'hasPrefix "bronze" .Spec.PriorityClassName',
  ]) {
    const own = `{requests: {cpu: {{ if ${asked} }}1{{ else }}100m{{ end }}}}`;
    const other = pod("b", 0).replace("spec: {", "spec: {priorityClassName: bronze-1, ");
    assert.equal(plain(own, [pod("a", 0), other]), [true, false], asked);
  }
  const byKind = '{requests: {cpu: {{ if eq .TypeMeta.Kind "Job" }}1{{ else }}100m{{ end }}}}';
  const job = `---
apiVersion: batch/v1
kind: Job
metadata: {name: j, namespace: shop}
spec: {template: {spec: {containers: [{name: web, image: "shop/web:1"}]}}}
`;
  assert.equal(plain(byKind, [pod("a", 0), job]), [true, false]);
  const byNamespace =
    '{requests: {cpu: {{ if eq .DeploymentMeta.Namespace "prod" }}1{{ else }}100m{{ end }}}}';
  const prod = `---\n${namespace("prod", enabled)}${pod("a", 0).replace("namespace: shop", "namespace: prod")}`;
  assert.equal(plain(byNamespace, [pod("a", 0), prod]), [true, false]);
});

model("of workloads of one kind one is rendered, and what it has is what each of them has", () => {
  const own =
    '{requests: {cpu: 5m}, limits: {cpu: {{ index .ObjectMeta.Annotations "sidecar.istio.io/proxyCPULimit" | default "9" }}}}';
  const other = pod("d", 4).replace("3333m", "4444m");
  const files = {
    "istio.yaml": injector(own),
    "ns.yaml": shop,
    "pods.yaml": [pod("a", 0), pod("b", 0), pod("c", 4), other].join(""),
  };
  const { world } = scanned(files);
  const read = world.workloads.map((workload) => {
    const reading = istiodOf(world, workload);
    if (!reading?.ok) throw new Error("no istiod");
    const { made, sidecar } = likeSidecar(world, workload, reading);
    const exact = sidecarOf(world, workload);
    assert.ok(made && exact.state === "injected");
    assert.equal(sidecar?.resources, exact.state === "injected" && exact.sidecar?.resources);
    return sidecar;
  });
  assert.is(read[0], read[1]);
  assert.is.not(read[2], read[3]);
});

model.run();
