/** Taking a sidecar back with the injector at hand: what the injector makes of the result decides what was the user's. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { injectObject } from "../../../src/istio/inject/command.ts";
import { readInjector } from "../../../src/istio/inject/injector.ts";
import { type Checked, uninjectChecked } from "../../../src/istio/inject/uninject-checked.ts";
import type { Istiod } from "../../../src/istio/inject/webhook.ts";
import { injectTemplate } from "../../../src/istio/inject/workload.ts";
import { defaultMeshConfig } from "../../../src/istio/mesh-config.ts";
import { nearestFacts } from "../../../src/istio/releases.ts";
import { readValues } from "../../../src/istio/values.ts";
import { isObject, type Json, type JsonObject } from "../../../src/kube/json.ts";
import { toValue } from "../../../src/source/node.ts";
import { readYaml } from "../../../src/source/read.ts";

function parse(text: string) {
  const read = readYaml(text);
  return read.ok
    ? ({ ok: true, value: read.root && toValue(read.root) } as const)
    : ({ ok: false, message: read.error.message } as const);
}

function yaml(text: string): JsonObject {
  const read = parse(text);
  if (!read.ok || !isObject(read.value)) throw new Error(`no object: ${text}`);
  return read.value;
}

const sidecar = `
metadata:
  labels:
    security.istio.io/tlsMode: {{ index .ObjectMeta.Labels "security.istio.io/tlsMode" | default "istio" }}
spec:
  containers:
  - name: istio-proxy
    image: proxy
    args: [proxy, sidecar]
    env: [{name: PROXY_CONFIG, value: "{}"}]
  volumes: [{name: istio-envoy, emptyDir: {medium: Memory}}]
`;
const extra = `
metadata: {labels: {mesh: "yes"}, annotations: {sidecar: "on"}}
spec: {dnsPolicy: None, hostAliases: [{ip: 10.0.0.1, hostnames: [mesh.test]}]}
`;

function istiodOf(config: JsonObject = {}): Istiod {
  const values = readValues({ sidecarInjectorWebhook: { rewriteAppHTTPProbe: true } });
  const injector = readInjector(
    { policy: "enabled", defaultTemplates: ["sidecar", "extra"], templates: { sidecar, extra }, ...config },
    "1.30",
  );
  if (!values.ok || !injector.ok) throw new Error(JSON.stringify(injector));
  return {
    injector: injector.injector,
    mesh: defaultMeshConfig,
    values: values.values,
    revision: "",
    native: false,
    platform: "",
    compliancePolicy: "",
    facts: nearestFacts("1.30"),
    readYaml: parse,
  };
}

/** The object as istiod's pods of it would be. */
function injected(istiod: Istiod, object: JsonObject): JsonObject {
  const { spec = {}, kind = "", apiVersion = "", metadata = {} } = object as Record<string, JsonObject>;
  const owner = {
    name: String(metadata.name),
    namespace: "",
    kind: String(kind),
    apiVersion: String(apiVersion),
  };
  const result = injectTemplate(istiod, { owner, template: spec.template ?? {} });
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return { ...object, spec: { ...spec, template: result.after } };
}

function checked(istiod: Istiod, object: JsonObject): Checked & { ok: true } {
  const result = uninjectChecked(istiod, object);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result;
}

const plain = (value: Json) => JSON.parse(JSON.stringify(value)) as JsonObject;

const deployment = yaml(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: app
        image: a
        ports: [{name: http, containerPort: 8080}]
        readinessProbe: {httpGet: {path: /, port: 8080}}
        resources: {}
      hostAliases: [{ip: 10.0.0.2, hostnames: [mine.test]}]
`);

const test = suite("uninject with the injector");

test("what the injector's own templates write goes, and the round trip is exact", () => {
  const result = checked(istiodOf(), injected(istiodOf(), deployment));
  assert.is(result.differs, undefined);
  assert.equal(plain(result.object), plain(deployment));
  assert.ok(result.unrecorded.some(({ path }) => path.join("|") === "spec|template|spec|dnsPolicy"));
});

test("without that, the same object comes back with what the injector's own templates wrote", () => {
  const other = istiodOf({ defaultTemplates: ["sidecar"] });
  const { object } = checked(other, injected(istiodOf(), deployment));
  assert.is((object.spec as { template: { spec: JsonObject } }).template.spec.dnsPolicy, "None");
});

test("an object of kube-inject is checked as kube-inject would inject it", () => {
  const result = injectObject(istiodOf(), deployment);
  assert.ok(result.ok && result.is === "handled");
  const back = checked(istiodOf(), result.object);
  assert.is(back.exact, true);
  const { template } = back.object.spec as { template: JsonObject };
  assert.equal(plain(template), plain((deployment.spec as { template: JsonObject }).template));
});

test("the proxy stands among the containers where its ports say that it stood", () => {
  const template = `${sidecar.replace('value: "{}"}', 'value: "{}"}, {name: PORTS, value: {{ includeInboundPorts .Spec.Containers | quote }}}')}`;
  const istiod = istiodOf({ templates: { sidecar: template, extra } });
  const own = yaml(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: a, image: a, ports: [{containerPort: 1}], resources: {}}
      - {name: istio-proxy, image: auto, ports: [{containerPort: 2}]}
      - {name: b, image: b, ports: [{containerPort: 3}], resources: {}}
`);
  const back = checked(istiod, injected(istiod, own));
  assert.is(back.exact, true);
  assert.equal(plain(back.object), plain(own));
  assert.equal(
    back.unrecorded.filter(({ kind }) => kind === "guessed").map(({ path }) => path.slice(3).join("|")),
    ["containers|1", "containers|1|image"],
  );
});

test("a volume that nobody but the injector writes goes, though it holds more than Istio's own", () => {
  const volume = "volumes: [{name: istio-envoy, emptyDir: {medium: Memory, sizeLimit: 1Gi}}]";
  const templates = { sidecar: sidecar.replace(/volumes: .*/, volume), extra };
  const istiod = istiodOf({ templates });
  const back = checked(istiod, injected(istiod, deployment));
  assert.is(back.exact, true);
  assert.equal(plain(back.object), plain(deployment));
});

test("a label that this injector does not write was the user's", () => {
  const bare = istiodOf({ templates: { sidecar: sidecar.slice(sidecar.indexOf("spec:")), extra } });
  const own = yaml(
    JSON.stringify(deployment).replace('"app":"web"', '"app":"web","security.istio.io/tlsMode":"istio"'),
  );
  const back = checked(bare, injected(bare, own));
  assert.is(back.exact, true);
  assert.equal(plain(back.object), plain(own));
  assert.equal(
    back.unrecorded.filter(({ path }) => path.at(-1) === "security.istio.io/tlsMode").map(({ kind }) => kind),
    ["kept"],
  );
});

test("annotations that the injector gives to every pod go", () => {
  const istiod = istiodOf({ injectedAnnotations: { by: "us" } });
  const back = checked(istiod, injected(istiod, deployment));
  assert.is(back.exact, true);
  assert.equal(plain(back.object), plain(deployment));
});

test("with another injector the result is the same as without, and it says what differs", () => {
  const other = istiodOf({ templates: { sidecar: sidecar.replace("image: proxy", "image: newer"), extra } });
  const back = checked(other, injected(istiodOf(), deployment));
  assert.is(back.exact, false);
  assert.match(back.differs ?? "", "spec.template.spec.containers.1.image");
});

test("a List is exact when every item is", () => {
  const list = (...items: JsonObject[]) => ({ apiVersion: "v1", kind: "List", items });
  const other = injected(
    istiodOf({ templates: { sidecar: sidecar.replace("image: proxy", "image: newer"), extra } }),
    deployment,
  );
  assert.is(checked(istiodOf(), list(injected(istiodOf(), deployment), deployment)).exact, true);
  assert.match(checked(istiodOf(), list(deployment, other)).differs ?? "", /^items\.1: /);
});

test("what was not injected is given back itself, and counts as exact", () => {
  const back = checked(istiodOf(), deployment);
  assert.ok(back.exact && back.was === "untouched" && back.object === deployment);
});
test.run();
