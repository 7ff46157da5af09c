/** The small steps of an injection, each by a table. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  applyVariables,
  clusterVariables,
  labelNetwork,
  parseInjectPath,
} from "../../../src/istio/inject/cluster.ts";
import { proxyImage } from "../../../src/istio/inject/image.ts";
import { appendMultusNetwork } from "../../../src/istio/inject/multus.ts";
import { detectNative, moveToInit, supportsNative } from "../../../src/istio/inject/native.ts";
import { omitNil } from "../../../src/istio/inject/omit-nil.ts";
import { proxyIds, resetProxyUser } from "../../../src/istio/inject/openshift.ts";
import { moveContainer, orderContainers } from "../../../src/istio/inject/order.ts";
import { imageVersion, otelResourceAttributes } from "../../../src/istio/inject/otel.ts";
import { ownerOf } from "../../../src/istio/inject/owner.ts";
import { containersOf, findSidecar, labelsOf, type Pod } from "../../../src/istio/inject/pod.ts";
import { injectionStatus, parseStatus, previousStatus } from "../../../src/istio/inject/status.ts";
import { chooseTemplates } from "../../../src/istio/inject/templates.ts";
import { readValues, type Values } from "../../../src/istio/values.ts";
import type { Json, JsonObject } from "../../../src/kube/json.ts";

function valuesOf(json: Json): Values {
  const read = readValues(json);
  if (!read.ok) throw new Error(JSON.stringify(read.errors));
  return read.values;
}

function named(names: string): readonly JsonObject[] {
  return names === "" ? [] : names.split(" ").map((name, index) => ({ name, image: `${index}` }));
}

function names(containers: readonly JsonObject[]): string {
  return containers.map(({ name }) => name).join(" ");
}

const image = suite("the proxy's image");
for (const [tag, variant, own, annotation, expected] of [
  ["1.2", "", undefined, undefined, "h/proxyv2:1.2"],
  ["1.2", "debug", undefined, undefined, "h/proxyv2:1.2-debug"],
  ["1.2", "debug", "distroless", undefined, "h/proxyv2:1.2-distroless"],
  ["1.2", "debug", "", undefined, "h/proxyv2:1.2"],
  ["1.2-debug", "", "distroless", undefined, "h/proxyv2:1.2-distroless"],
  ["1.2-debug-distroless", "", "default", undefined, "h/proxyv2:1.2-debug"],
  ["1.2", "debug", "distroless", "", "h/proxyv2:1.2"],
  ["1.2-own", "", undefined, "fips", "h/proxyv2:1.2-own-fips"],
] as const) {
  image(`${tag} ${variant} ${own} ${annotation}`, () => {
    const values = valuesOf({ global: { hub: "h", tag, variant } });
    const config = own === undefined ? {} : { image: own === "" ? {} : { imageType: own } };
    const annotations = annotation === undefined ? {} : { "sidecar.istio.io/proxyImageType": annotation };
    assert.is(proxyImage(values, config, annotations), expected);
  });
}

const templates = suite("the templates");
for (const [annotation, expected] of [
  [undefined, "sidecar"],
  ["gateway", "gateway"],
  [" a , b", "a b"],
  ["both,x", "sidecar gateway x"],
  ["twice", "both"],
  ["", ""],
] as const) {
  templates(`${annotation}`, () => {
    const pod = {
      metadata: annotation === undefined ? {} : { annotations: { "inject.istio.io/templates": annotation } },
    };
    const aliases = { both: ["sidecar", "gateway"], twice: ["both"] };
    assert.is(chooseTemplates(pod, ["sidecar"], aliases).join(" "), expected);
  });
}

const order = suite("the order of containers");
for (const [what, containers, init, hold, expected] of [
  ["the proxy last", "istio-proxy a b", "", false, "a b istio-proxy | "],
  ["or first", "a b istio-proxy", "", true, "istio-proxy a b | "],
  ["capture last", "a", "istio-init i istio-validation", false, "a | istio-validation i istio-init"],
  ["core dumps behind it", "a", "enable-core-dump istio-init i", false, "a | i istio-init enable-core-dump"],
  [
    "a native proxy behind capture",
    "a",
    "i enable-core-dump istio-proxy istio-validation istio-init",
    false,
    "a | istio-init istio-validation istio-proxy enable-core-dump i",
  ],
] as const) {
  order(what, () => {
    const pod = orderContainers(
      { spec: { containers: named(containers), initContainers: named(init) } },
      hold,
    );
    assert.is(
      `${names(containersOf(pod, "containers"))} | ${names(containersOf(pod, "initContainers"))}`,
      expected,
    );
  });
}
order("of several of one name the last stays", () => {
  assert.equal(moveContainer(named("x a x"), "x", "first"), [
    { name: "x", image: "2" },
    { name: "a", image: "1" },
  ]);
  assert.is(names(moveContainer(named("x a x"), "x", "remove")), "a");
});

const native = suite("native sidecars");
for (const [version, expected] of [
  ["v1.33.0", true],
  ["1.33", true],
  ["v1.33.4-gke.1036000", true],
  ["v1.34.1+k3s1", true],
  ["v1.32.9", false],
  ["v2.1.0", false],
  ["1", false],
  ["", false],
  ["junk", false],
] as const) {
  native(`kubelet ${JSON.stringify(version)}`, () => assert.is(supportsNative(version), expected));
}
native("the pod's own node counts alone", () => {
  const nodes = [
    { name: "old", kubeletVersion: "v1.32.0" },
    { name: "new", kubeletVersion: "v1.33.0" },
  ];
  assert.is(detectNative("auto", nodes, "new"), true);
  assert.is(detectNative("auto", nodes, "gone"), false);
  assert.is(detectNative("auto", [], ""), true);
  assert.is(detectNative("auto", undefined), false);
  assert.is(detectNative("true", undefined), true);
  assert.is(detectNative("true", nodes), true);
  assert.is(detectNative("false", []), false);
});
native("before 1.24 the annotation means nothing", () => {
  const annotations = { "sidecar.istio.io/nativeSidecar": "false" };
  const pod = { metadata: { annotations }, spec: { containers: [{ name: "istio-proxy" }] } };
  const rendered = { spec: { initContainers: [{ name: "istio-proxy" }] } };
  const moved = (nativeSidecarAnnotation: boolean) =>
    containersOf(moveToInit(pod, rendered, true, { nativeSidecarAnnotation }), "initContainers").length;
  assert.is(moved(false), 1);
  assert.is(moved(true), 0);
});
for (const [annotation, detected, expected] of [
  [undefined, true, "a | istio-proxy"],
  [undefined, false, "a istio-proxy | "],
  ["true", false, "a | istio-proxy"],
  ["false", true, "a istio-proxy | "],
  ["yes", false, "a istio-proxy | "],
] as const) {
  native(`the user's istio-proxy: ${annotation} ${detected}`, () => {
    const annotations = annotation === undefined ? {} : { "sidecar.istio.io/nativeSidecar": annotation };
    const pod: Pod = { metadata: { annotations }, spec: { containers: named("a istio-proxy") } };
    const moved = moveToInit(pod, { spec: { initContainers: named("istio-proxy") } }, detected);
    assert.is(
      `${names(containersOf(moved, "containers"))} | ${names(containersOf(moved, "initContainers"))}`,
      expected,
    );
    assert.is(moveToInit(pod, { spec: { containers: named("istio-proxy") } }, true), pod);
  });
}

const status = suite("the status");
status("lists without names are null, the revision has a default", () => {
  const spec = { containers: named("a<b>"), volumes: named("v w") };
  assert.is(
    injectionStatus({ spec }, ""),
    '{"initContainers":null,"containers":["a\\u003cb\\u003e"],"volumes":["v","w"],"imagePullSecrets":null,"revision":"default"}',
  );
});
for (const [text, expected] of [
  ["{}", []],
  ["null", []],
  ['{"containers":["a"],"initContainers":null}', ["a"]],
  ['{"containers":"a"}', undefined],
  ['{"revision":5}', undefined],
  ["[]", undefined],
  ["{", undefined],
] as const) {
  status(`before: ${text}`, () => {
    const pod = { metadata: { annotations: { "sidecar.istio.io/status": text } } };
    assert.equal(previousStatus(pod)?.containers, expected);
  });
}
status("a pod without one was not injected", () => assert.is(previousStatus({}), undefined));
status("what cannot be read lists nothing", () => assert.equal(parseStatus("x").containers, []));

const cluster = suite("cluster and network");
for (const [path, expected] of [
  ["", {}],
  ["/inject/", {}],
  ["/inject/cluster/c/net/n/", { ISTIO_META_CLUSTER_ID: "c", ISTIO_META_NETWORK: "n" }],
  ["/inject/own/a--slash--b/odd", { OWN: "a/b" }],
  ["/inject/:ENV:a=b:ENV:=x:ENV:c=", { A: "b", C: "" }],
] as const) {
  cluster(`path ${path}`, () => assert.equal(parseInjectPath(path), expected));
}
cluster("the label wins over the path, the path over the values", () => {
  const values = valuesOf({ global: { network: "v", multiCluster: { clusterName: "v" } } });
  const pod = { metadata: { labels: { "topology.istio.io/network": "l" } } };
  assert.equal(clusterVariables(pod, values, { ISTIO_META_CLUSTER_ID: "p" }), {
    ISTIO_META_CLUSTER_ID: "p",
    ISTIO_META_NETWORK: "l",
  });
  assert.equal(clusterVariables({}, values, {}), { ISTIO_META_CLUSTER_ID: "v", ISTIO_META_NETWORK: "v" });
});
cluster("variables go to the end in the order of their names", () => {
  const env = [{ name: "B", value: "old" }, { name: "X" }];
  const pod = applyVariables({ spec: { containers: [{ name: "istio-proxy", env }] } }, { C: "", B: "new" });
  assert.equal(findSidecar(pod)?.env, [{ name: "X" }, { name: "B", value: "new" }, { name: "C" }]);
});
cluster("the network is a label", () => {
  assert.equal(labelsOf(labelNetwork({ metadata: { labels: { a: "b" } } }, { ISTIO_META_NETWORK: "n" })), {
    a: "b",
    "topology.istio.io/network": "n",
  });
});

const openshift = suite("OpenShift");
const uids = "openshift.io/sa.scc.uid-range";
const groups = "openshift.io/sa.scc.supplemental-groups";
for (const [annotations, uid, gid] of [
  [{}, 1337, 1337],
  [{ [uids]: "1000/100" }, 1099, 1099],
  [{ [uids]: "1000-1999", [groups]: "5/1,7/1" }, 1999, 5],
  [{ [uids]: "1000/0" }, 999, 999],
  [{ [uids]: "4294967295/2" }, 0, 0],
  [{ [uids]: "1/2", [groups]: "" }, 2, 1337],
  [{ [uids]: "x", [groups]: "5/1,y" }, 1337, 1337],
] as const) {
  openshift(JSON.stringify(annotations), () => assert.equal(proxyIds(annotations), { uid, gid }));
}
openshift("a user that is the application's is not the proxy's", () => {
  const container = (name: string, runAsUser: number) => ({
    name,
    securityContext: { runAsUser, runAsGroup: 1, privileged: true },
  });
  const reset = resetProxyUser({ spec: { containers: [container("a", 7), container("istio-proxy", 7)] } });
  assert.equal(findSidecar(reset)?.securityContext, { privileged: true });
  const other = { spec: { containers: [container("a", 7), container("istio-proxy", 8)] } };
  assert.is(resetProxyUser(other), other);
});

const owner = suite("the owner");
function controlled(kind: string, name: string, labels: JsonObject = {}): string {
  const reference = { apiVersion: "g/v1", kind, name, controller: true };
  const found = ownerOf({
    metadata: {
      name: "p",
      generateName: "p-",
      labels,
      ownerReferences: [{ kind: "Other", name: "o" }, reference],
    },
  });
  return `${found.apiVersion} ${found.kind} ${found.name}`;
}
for (const [what, found, expected] of [
  ["a controller", controlled("StatefulSet", "db"), "g/v1 StatefulSet db"],
  [
    "a deployment",
    controlled("ReplicaSet", "web-5d4", { "pod-template-hash": "5d4" }),
    "g/v1 Deployment web",
  ],
  [
    "a rollout",
    controlled("ReplicaSet", "web-5d4", { "rollouts-pod-template-hash": "5d4" }),
    "v1alpha1 Rollout web",
  ],
  [
    "another hash",
    controlled("ReplicaSet", "web-5d4", { "pod-template-hash": "zzz" }),
    "g/v1 ReplicaSet web-5d4",
  ],
  [
    "a deployment config",
    controlled("ReplicationController", "web-1", { deploymentconfig: "web" }),
    "g/v1 DeploymentConfig web",
  ],
  ["a cron job", controlled("Job", "nightly-28400000"), "batch/v1 CronJob nightly"],
  ["a job with a short number", controlled("Job", "nightly-2840000"), "g/v1 Job nightly-2840000"],
] as const) {
  owner(what, () => assert.is(found, expected));
}
owner("a pod with a name of its own", () => {
  const ownerReferences = [{ kind: "ReplicaSet", name: "r", controller: true }];
  assert.is(ownerOf({ metadata: { name: "p", ownerReferences } }).name, "p");
});

const others = suite("what templates ask");
for (const [existing, network, expected] of [
  ["", "n", "n"],
  ["a", "ns/n", "a, ns/n"],
  ["a, ns/n", "ns/n", "a, ns/n"],
  ['[{"name":"a"}]', "ns/n", '[{"name":"a"}, {"name": "n", "namespace": "ns"}]'],
  ['[{"name":"n"}]', "n", '[{"name":"n"}]'],
  ["[bad]", "n", "[bad]"],
  ["[1]", "n", "[1]"],
] as const) {
  others(`networks ${existing} + ${network}`, () =>
    assert.is(appendMultusNetwork(existing, network), expected),
  );
}
others("before 1.23.6 a network has no namespace in JSON", () => {
  const facts = { multusNamespaces: false };
  assert.is(appendMultusNetwork("[]", "a/n", facts), '[, {"name": "a/n"}]');
  assert.is(
    appendMultusNetwork('[{"name":"n","namespace":"b"}]', "n", facts),
    '[{"name":"n","namespace":"b"}]',
  );
});
for (const [image, tag, digest] of [
  ["nginx", "", ""],
  ["nginx:1", "1", ""],
  ["host:5000/nginx", "", ""],
  ["host:5000/nginx:1@sha256:a", "1", "sha256:a"],
] as const) {
  others(`version of ${image}`, () => assert.equal(imageVersion(image), { tag, digest }));
}
others("attributes only where the mesh asks for them", () => {
  const opentelemetry = { serviceAttributeEnrichment: "OTEL_SEMANTIC_CONVENTIONS" };
  const mesh = { extensionProviders: [{ name: "o", opentelemetry }] };
  const app = [{ name: "c", image: "i:1" }];
  assert.is(otelResourceAttributes({}, {}, {}, "ns", app), "");
  assert.is(
    otelResourceAttributes(mesh, {}, {}, "ns", app),
    "service.namespace=ns,service.version=1,service.instance.id=ns.$(POD_NAME).c",
  );
});
for (const [given, expected] of [
  [{ a: null }, null],
  [{ a: {} }, { a: {} }],
  [{ a: [null, { b: null }, 3] }, { a: [3] }],
  ["s", "s"],
] as const) {
  others(`without nulls: ${JSON.stringify(given)}`, () => assert.equal(omitNil(given), expected));
}

for (const each of [image, templates, order, native, status, cluster, openshift, owner, others]) each.run();
