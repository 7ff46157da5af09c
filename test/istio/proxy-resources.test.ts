import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ContainerFacts, Labels } from "../../src/istio/facts.ts";
import {
  meshResources,
  ownProxy,
  type ProxyResources,
  proxyResources,
} from "../../src/istio/proxy-resources.ts";
import { nearestFacts } from "../../src/istio/releases.ts";
import type { JsonObject } from "../../src/kube/json.ts";

const resources = suite("proxy resources");
const mesh = nearestFacts("1.30").proxyResources;

function proxy(spec: JsonObject): ContainerFacts {
  return { name: "istio-proxy", image: "auto", spec };
}
function effective(annotations: Labels, own?: JsonObject): string {
  const containers = own ? [{ name: "app", image: "x", spec: {} }, proxy(own)] : [];
  return show(
    proxyResources({ labels: {}, annotations, hostNetwork: false, containers, initContainers: [] }, mesh),
  );
}
function show({ requests, limits }: ProxyResources): string {
  return [requests.cpu, requests.memory, limits.cpu, limits.memory]
    .map(({ value, from }) => (value === undefined ? "-" : `${value}/${from}`))
    .join(" ");
}

const cases: readonly (readonly [
  what: string,
  annotations: Labels,
  own: JsonObject | undefined,
  expected: string,
])[] = [
  ["the mesh's where nobody says anything", {}, undefined, "100m/mesh 128Mi/mesh 2000m/mesh 1024Mi/mesh"],
  [
    "one annotation drops all of the mesh's",
    { "sidecar.istio.io/proxyCPU": "50m" },
    undefined,
    "50m/annotation - - -",
  ],
  [
    "a limit without a request becomes the request",
    { "sidecar.istio.io/proxyMemoryLimit": "5Gi" },
    undefined,
    "- 5Gi/limit - 5Gi/annotation",
  ],
  [
    "a container overrides value by value",
    {},
    { resources: { requests: { cpu: 1 }, limits: { memory: "2Gi" } } },
    "1/container 128Mi/mesh 2000m/mesh 2Gi/container",
  ],
  [
    "a container overrides annotations",
    { "sidecar.istio.io/proxyCPU": "50m", "sidecar.istio.io/proxyCPULimit": "1" },
    { resources: { limits: { cpu: "3" } } },
    "50m/annotation - 3/container -",
  ],
  ["an empty annotation counts as one", { "sidecar.istio.io/proxyCPU": "" }, undefined, "/annotation - - -"],
];
for (const [what, annotations, own, expected] of cases) {
  resources(what, () => {
    assert.is(effective(annotations, own), expected);
  });
}
resources("without anything there is nothing", () => {
  assert.is(show(meshResources(undefined)), "- - - -");
});
resources("a native sidecar is found among the init containers", () => {
  const own = ownProxy({
    labels: {},
    annotations: {},
    hostNetwork: false,
    containers: [],
    initContainers: [proxy({})],
  });
  assert.equal([own?.list, own?.index], ["initContainers", 0]);
});
resources.run();
