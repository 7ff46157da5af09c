/** Whole injections with a small injector of our own: at admission and into manifests. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { injectObject } from "../../../src/istio/inject/command.ts";
import { type Injector, readInjector } from "../../../src/istio/inject/injector.ts";
import {
  annotationsOf,
  containersOf,
  findSidecar,
  labelsOf,
  type Pod,
} from "../../../src/istio/inject/pod.ts";
import { type Admission, type Istiod, injectAtAdmission } from "../../../src/istio/inject/webhook.ts";
import { applyMeshConfig, defaultMeshConfig, meshDefaultsOf } from "../../../src/istio/mesh-config.ts";
import { nearestFacts } from "../../../src/istio/releases.ts";
import { readValues } from "../../../src/istio/values.ts";
import { decode } from "../../../src/kube/decode.ts";
import type { Json, JsonObject } from "../../../src/kube/json.ts";
import { toValue } from "../../../src/source/node.ts";
import { readYaml } from "../../../src/source/read.ts";

const sidecar = `
metadata:
  labels:
    mesh: {{ .ProxyConfig.InterceptionMode }}
    owner: {{ .TypeMeta.Kind }}-{{ .DeploymentMeta.Name }}
spec:
  {{- if .NativeSidecars }}
  initContainers:
  - name: istio-init
    args: [-u, "{{ .ProxyUID }}"]
  - name: istio-proxy
    restartPolicy: Always
  {{- else }}
  initContainers:
  - name: istio-init
    args: [-u, "{{ .ProxyUID }}"]
  containers:
  - name: istio-proxy
  {{- end }}
    image: {{ .ProxyImage }}
    env:
    - name: PROXY_CONFIG
      value: |
             {{ protoToJSON .ProxyConfig }}
    - name: PORTS
      value: {{ applicationPorts .Spec.Containers | quote }}
    securityContext: {runAsUser: 1337}
`;
const config = {
  policy: "enabled",
  templates: {
    sidecar,
    extra: "metadata: {labels: {extra: yes-it-is}}",
    broken: "{{ .Nope }}",
    list: "[]",
    wrong: "spec: {containers: [{name: 5}]}",
  },
  aliases: { both: ["sidecar", "extra"] },
  injectedAnnotations: { by: "us" },
};

function parse(text: string) {
  const read = readYaml(text);
  return read.ok
    ? ({ ok: true, value: read.root && toValue(read.root) } as const)
    : ({ ok: false, message: read.error.message } as const);
}

function injectorOf(json: Json): Injector {
  const read = readInjector(json, "1.30");
  if (!read.ok) throw new Error(JSON.stringify(read.errors));
  return read.injector;
}

function istiodOf(changes: Partial<Istiod> = {}): Istiod {
  const values = readValues({
    global: { hub: "h", tag: "1" },
    sidecarInjectorWebhook: { rewriteAppHTTPProbe: true },
  });
  if (!values.ok) throw new Error("values");
  return {
    injector: injectorOf(config),
    mesh: defaultMeshConfig,
    values: values.values,
    revision: "canary",
    native: false,
    platform: "",
    compliancePolicy: "",
    facts: nearestFacts("1.30"),
    readYaml: parse,
    ...changes,
  };
}

function podOf(metadata: JsonObject = {}, spec: JsonObject = {}): Pod {
  const containers = [{ name: "app", image: "a", ports: [{ containerPort: 80 }] }];
  const read = decode(
    "Pod",
    { metadata: { name: "p", ...metadata }, spec: { containers, ...spec } },
    { via: "json" },
  );
  if (!read.ok) throw new Error(JSON.stringify(read.errors));
  return read.value;
}

function injected(pod: Pod, istiod = istiodOf(), admission: Partial<Admission> = {}): Pod {
  const answer = injectAtAdmission(istiod, {
    pod,
    namespace: "ns",
    path: "",
    namespaceAnnotations: {},
    ...admission,
  });
  if (!answer.ok) throw new Error(answer.errors.map(({ message }) => message).join("; "));
  if ("skipped" in answer) throw new Error(`skipped: ${answer.skipped.reason}`);
  return answer.pod;
}

const names = (pod: Pod) =>
  [containersOf(pod, "initContainers"), containersOf(pod, "containers")]
    .map((list) => list.map(({ name }) => name).join(" "))
    .join(" | ");

/** Without what only tells where objects come from. */
function plain(json: unknown): unknown {
  return JSON.parse(JSON.stringify(json));
}

const admission = suite("injection at admission");

admission("a sidecar is laid over the pod", () => {
  const pod = injected(
    podOf({
      generateName: "w-",
      ownerReferences: [
        { kind: "StatefulSet", name: "w", uid: "1", apiVersion: "apps/v1", controller: true },
      ],
    }),
  );
  assert.is(names(pod), "istio-init | app istio-proxy");
  assert.equal(plain(labelsOf(pod)), { mesh: "REDIRECT", owner: "StatefulSet-w" });
  assert.is(findSidecar(pod)?.image, "h/proxyv2:1");
  assert.is(
    annotationsOf(pod)["sidecar.istio.io/status"],
    '{"initContainers":["istio-init"],"containers":["istio-proxy"],"volumes":null,"imagePullSecrets":null,"revision":"canary"}',
  );
  assert.is(annotationsOf(pod).by, "us");
  assert.is((pod.metadata as JsonObject).namespace, undefined, "the request's namespace is not written down");
});
admission("as a native sidecar it comes before other init containers", () => {
  const pod = podOf({}, { initContainers: [{ name: "own" }] });
  assert.is(names(injected(pod, istiodOf({ native: true }))), "istio-init istio-proxy own | app");
});
admission("the pod's own proxy configuration is told, in what differs", () => {
  const pod = injected(podOf({ annotations: { "proxy.istio.io/config": "concurrency: 0\nmeshId: m" } }));
  const [variable] = (findSidecar(pod)?.env ?? []) as readonly JsonObject[];
  assert.is(variable?.value, '{"concurrency":0,"meshId":"m"}\n');
});
admission("a second injection gives the same", () => {
  const once = injected(podOf());
  assert.equal(plain(injected(once)), plain(once));
});
admission("the user's container of the same name stays on top, and is recorded", () => {
  const own = { name: "istio-proxy", image: "auto", securityContext: { runAsUser: 7 } };
  const pod = injected(podOf({}, { containers: [{ name: "app" }, own] }));
  assert.is(findSidecar(pod)?.image, "h/proxyv2:1");
  assert.equal(plain(findSidecar(pod)?.securityContext), { runAsUser: 7 });
  assert.equal(containersOf(pod, "initContainers")[0]?.args, ["-u", "7"]);
  assert.is(
    annotationsOf(pod)["proxy.istio.io/overrides"],
    '{"containers":[{"name":"istio-proxy","resources":{},"securityContext":{"runAsUser":7}}]}',
  );
});
admission("templates are chosen by the pod, through aliases", () => {
  const pod = injected(podOf({ annotations: { "inject.istio.io/templates": "both" } }));
  assert.is(labelsOf(pod).extra, "yes-it-is");
});
admission("the application waits where it is asked to", () => {
  const annotations = { "proxy.istio.io/config": "holdApplicationUntilProxyStarts: true" };
  assert.is(names(injected(podOf({ annotations }))), "istio-init | istio-proxy app");
});
admission("the policy may say no", () => {
  const pod = podOf({ labels: { "sidecar.istio.io/inject": "false" } });
  const answer = injectAtAdmission(istiodOf(), { pod, namespace: "ns", path: "", namespaceAnnotations: {} });
  assert.is(answer.ok && "skipped" in answer && answer.skipped.reason, "inject-false");
});
for (const [what, annotations, stage, words] of [
  [
    "every invalid annotation",
    { "sidecar.istio.io/interceptionMode": "X", "status.sidecar.istio.io/port": "x" },
    "annotations annotations",
    /interceptionMode/,
  ],
  [
    "a template nobody has",
    { "inject.istio.io/templates": "nope" },
    "template",
    /there is no template "nope"; there are broken, /,
  ],
  [
    "a template that fails",
    { "inject.istio.io/templates": "broken" },
    "template",
    /^template broken, line 1, at /,
  ],
  ["a template that renders no object", { "inject.istio.io/templates": "list" }, "merge", /template list/],
  [
    "a template that renders no pod",
    { "inject.istio.io/templates": "wrong" },
    "merge",
    /containers.0.name is a number/,
  ],
  ["overrides that are no JSON", { "proxy.istio.io/overrides": "{" }, "overrides", /must be JSON/],
] as const) {
  admission(`${what}: an error`, () => {
    const pod = podOf({ annotations });
    const answer = injectAtAdmission(istiodOf(), {
      pod,
      namespace: "ns",
      path: "",
      namespaceAnnotations: {},
    });
    if (answer.ok) throw new Error("accepted");
    assert.is(answer.errors.map((error) => error.stage).join(" "), stage);
    assert.match(answer.errors[0]?.message ?? "", words);
  });
}

const configs = suite("the injector's configuration");
for (const [what, json, path] of [
  ["no map", "x", ""],
  ["templates that are a list", { templates: [] }, "templates"],
  ["a template that does not parse", { templates: { a: "{{ if }}" } }, "templates.a"],
  ["a function nobody has", { templates: { a: "{{ nope }}" } }, "templates.a"],
  ["an alias that is no list", { aliases: { a: "b" } }, "aliases.a"],
  ["default templates that are a text", { defaultTemplates: "a" }, "defaultTemplates"],
] as const) {
  configs(`${what} is refused`, () => {
    const read = readInjector(json, "1.30");
    assert.equal(read.ok ? [] : read.errors.map((error) => error.path.join(".")), [path]);
  });
}
for (const [name, before, since] of [
  ["omitNil 1", "1.28.5", "1.28.6"],
  ["omitNil 1", "1.29.0", "1.29.1"],
  ["mergeMaps", "1.20", "1.21"],
  ["toJsonMap", "1.17", "1.18"],
] as const) {
  configs(`${name} is a function since ${since}`, () => {
    const templates = { a: `{{ ${name} }}` };
    assert.is(readInjector({ templates }, before).ok, false);
    assert.is(readInjector({ templates }, since).ok, true);
  });
}
configs("without default templates it is the sidecar", () => {
  assert.equal(injectorOf({}).defaultTemplates, ["sidecar"]);
});

const command = suite("injection into manifests");
const template = { metadata: { labels: { app: "w" } }, spec: { containers: [{ name: "app" }] } };
const deployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "w", namespace: "n" },
  spec: { selector: {}, template },
};

function specOf(object: JsonObject | undefined): JsonObject {
  return (object?.spec ?? {}) as JsonObject;
}

function run(json: Json, istiod = istiodOf()) {
  const result = injectObject(istiod, json);
  if (!result.ok) throw new Error(result.errors.map(({ message }) => message).join("; "));
  return result;
}

command("a workload's template is injected", () => {
  const result = run(deployment);
  const object = result.is === "handled" ? result.object : {};
  assert.is(names((object.spec as JsonObject).template as Pod), "istio-init | app istio-proxy");
  assert.is(labelsOf((object.spec as JsonObject).template as Pod).owner, "Deployment-w");
});
command("a cron job has its labels on the job", () => {
  const jobTemplate = { metadata: { labels: { a: "b" } }, spec: { template } };
  const result = run({
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: "c" },
    spec: { schedule: "x", jobTemplate },
  });
  const job = result.is === "handled" ? ((result.object.spec as JsonObject).jobTemplate as JsonObject) : {};
  assert.equal(plain(labelsOf(job)), { a: "b", mesh: "REDIRECT", owner: "CronJob-c" });
  assert.equal(plain(labelsOf((job.spec as JsonObject).template as Pod)), { app: "w" });
});
command("the items of a list, one by one", () => {
  const service = { apiVersion: "v1", kind: "Service", spec: { x: 1 } };
  const result = run({ apiVersion: "v1", kind: "List", items: [service, deployment] });
  const items = result.is === "handled" ? (result.object.items as readonly JsonObject[]) : [];
  assert.is(items[0], service);
  assert.is(names(specOf(items[1]).template as Pod), "istio-init | app istio-proxy");
});
command("other kinds pass through", () =>
  assert.is(run({ apiVersion: "v1", kind: "Service" }).is, "unsupported"),
);
command("an empty document passes through", () => assert.is(run(null).is, "unsupported"));
for (const [what, spec, annotations, reason] of [
  ["host network", { hostNetwork: true }, {}, "host-network"],
  ["the annotation says no", {}, { "sidecar.istio.io/inject": "false" }, "disabled"],
] as const) {
  command(`skipped: ${what}`, () => {
    const pod = { metadata: { annotations }, spec: { ...template.spec, ...spec } };
    const result = run({ ...deployment, spec: { selector: {}, template: pod } });
    assert.equal(result.is === "handled" && result.skipped, [{ kind: "Deployment", name: "n/w", reason }]);
  });
}
command("the pod's proxy configuration moves what points at the agent", () => {
  const annotations = { "proxy.istio.io/config": "statusPort: 15099" };
  const result = run({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", annotations },
    spec: template.spec,
  });
  assert.is(result.is === "handled" && annotationsOf(result.object)["prometheus.io/port"], "15099");
  assert.is(
    annotationsOf(injected(podOf({ annotations })))["prometheus.io/port"],
    "15020",
    "at admission it does not",
  );
});
for (const [what, json, words] of [
  ["a text", "hello", /not an object/],
  ["a field of a wrong type", { ...deployment, spec: { replicas: "x" } }, /spec.replicas/],
  ["no template", { ...deployment, kind: "ReplicationController", spec: {} }, /spec.template is required/],
  [
    "a configuration that cannot be read, even where nothing is injected",
    {
      ...deployment,
      spec: {
        template: {
          ...template,
          metadata: {
            annotations: { "proxy.istio.io/config": "statusPort: x", "sidecar.istio.io/inject": "false" },
          },
        },
      },
    },
    /proxy.istio.io\/config/,
  ],
] as const) {
  command(`refused: ${what}`, () => {
    const result = injectObject(istiodOf(), json);
    if (result.ok) throw new Error("accepted");
    assert.match(result.errors[0]?.message ?? "", words);
  });
}
command("the mesh's own default decides too", () => {
  const mesh = applyMeshConfig({ defaultConfig: { interceptionMode: "TPROXY" } });
  const result = run(deployment, istiodOf({ mesh: mesh.ok ? mesh.value : defaultMeshConfig }));
  const object = result.is === "handled" ? result.object : {};
  assert.is(labelsOf((object.spec as JsonObject).template as Pod).mesh, "TPROXY");
});

const older = suite("older releases");
function inRelease(release: string, text: string, json: Json, environment = {}) {
  const read = readInjector({ templates: { sidecar: text } }, release, environment);
  if (!read.ok) throw new Error(JSON.stringify(read.errors));
  const facts = nearestFacts(release);
  const mesh = applyMeshConfig({}, meshDefaultsOf(facts));
  if (!mesh.ok) throw new Error("mesh");
  const result = run(json, istiodOf({ injector: read.injector, facts, mesh: mesh.value }));
  return result.is === "handled" ? result.object : {};
}
const bare = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "p" },
  spec: { containers: [{ name: "app" }] },
};
function told(text: string) {
  return `metadata: {labels: {told: ${text}}}`;
}
older("templates ask istiod's environment", () => {
  const text = told(`{{ env "ENABLE_NATIVE_SIDECARS" "no" | quote }}`);
  assert.is(labelsOf(inRelease("1.26", text, bare)).told, "no");
  assert.is(labelsOf(inRelease("1.26", text, bare, { ENABLE_NATIVE_SIDECARS: "true" })).told, "true");
});
older("before 1.22 traces go to Zipkin, which the proxy is not told", () => {
  const text = told(`'{{ .ProxyConfig.Tracing.GetZipkin.Address }} {{ protoToJSON .ProxyConfig }}'`);
  assert.is(labelsOf(inRelease("1.21", text, bare)).told, "zipkin.istio-system:9411 {}");
});
older("before 1.29 a field that it does not know is dropped, whatever it holds", () => {
  const annotations = { "proxy.istio.io/config": "{fileFlushInterval: no-time, concurrency: 1}" };
  const pod = { ...bare, metadata: { name: "p", annotations } };
  const text = told("'{{ protoToJSON .ProxyConfig }}'");
  assert.is(labelsOf(inRelease("1.28", text, pod)).told, '{"concurrency":1}');
  assert.throws(() => inRelease("1.29", text, pod), /proxy.istio.io.config/);
});
older("before 1.21 kube-inject looks for no owner", () => {
  const ownerReferences = [
    { apiVersion: "apps/v1", kind: "StatefulSet", name: "db", uid: "u", controller: true },
  ];
  const pod = { ...bare, metadata: { generateName: "db-", ownerReferences } };
  const text = told(`"{{ .TypeMeta.Kind }}-{{ .DeploymentMeta.Name }}"`);
  assert.is(labelsOf(inRelease("1.20", text, pod)).told, "Pod-");
  assert.is(labelsOf(inRelease("1.21", text, pod)).told, "StatefulSet-db");
});
for (const [name, release, has] of [
  ["EstimatedConcurrency", "1.17", true],
  ["EstimatedConcurrency", "1.18", false],
  ["ProxyUID", "1.19", false],
  ["ProxyUID", "1.20", true],
  ["CompliancePolicy", "1.19.7", false],
  ["CompliancePolicy", "1.19.8", true],
  ["InboundTrafficPolicyMode", "1.21", false],
  ["InboundTrafficPolicyMode", "1.22", true],
  ["NativeSidecars", "1.26", false],
  ["NativeSidecars", "1.27", true],
] as const) {
  older(`templates of ${release} ${has ? "have" : "lack"} ${name}`, () => {
    const render = () => inRelease(release, told(`'{{ .${name} }}'`), bare);
    if (has) render();
    else assert.throws(render, /can't evaluate field/);
  });
}
for (const [config, annotations, expected] of [
  ["{}", {}, "2"],
  ["{concurrency: 3}", {}, "3"],
  ["{concurrency: 0}", {}, "2"],
  ["{concurrency: 0}", { "sidecar.istio.io/proxyCPU": "1500m" }, "2"],
  [
    "{concurrency: 0}",
    { "sidecar.istio.io/proxyCPU": "100m", "sidecar.istio.io/proxyCPULimit": "3100m" },
    "4",
  ],
] as const) {
  older(`threads of ${config} ${JSON.stringify(annotations)}`, () => {
    const pod = { ...bare, metadata: { annotations: { ...annotations, "proxy.istio.io/config": config } } };
    assert.is(labelsOf(inRelease("1.16", told("'{{ .EstimatedConcurrency }}'"), pod)).told, expected);
  });
}
const always = `
spec:
  containers: [{name: istio-proxy, securityContext: {runAsUser: 1337}}]
  initContainers: [{name: istio-init, restartPolicy: Always, args: [-u, "1337"]}]`;
older("before 1.19 an init container is no sidecar", () => {
  const init = (release: string) => containersOf(inRelease(release, always, bare), "initContainers")[0];
  assert.is(init("1.18")?.restartPolicy, undefined);
  assert.is(init("1.19")?.restartPolicy, "Always");
});
older("before 1.20.7 the capture is not told of the proxy's user", () => {
  const containers = [
    { name: "app" },
    { name: "istio-proxy", image: "auto", securityContext: { runAsUser: 7 } },
  ];
  const pod = { ...bare, spec: { containers } };
  const args = (release: string) => containersOf(inRelease(release, always, pod), "initContainers")[0]?.args;
  assert.equal(args("1.20.6"), ["-u", "1337"]);
  assert.equal(args("1.20.7"), ["-u", "7"]);
});
older("before 1.19 a container istio-proxy stays where it is among init containers", () => {
  const initContainers = [{ name: "first" }, { name: "istio-proxy", image: "a" }];
  const pod = { ...bare, spec: { containers: [{ name: "app" }], initContainers } };
  const names = (release: string) =>
    containersOf(inRelease(release, always, pod), "initContainers").map(({ name }) => name);
  assert.equal(names("1.18"), ["first", "istio-proxy", "istio-init"]);
  assert.equal(names("1.19"), ["istio-init", "istio-proxy", "first"]);
});
older("before 1.17 kube-inject leaves alone what has been injected", () => {
  const annotations = { "sidecar.istio.io/status": "{}" };
  const pod = {
    ...bare,
    metadata: { annotations },
    spec: { containers: [{ name: "app" }, { name: "istio-proxy" }] },
  };
  assert.is(labelsOf(inRelease("1.16", told("a"), pod)).told, undefined);
  assert.is(labelsOf(inRelease("1.17", told("a"), pod)).told, "a");
});
older("before 1.21 nobody sleeps", () => {
  const lifecycle = { preStop: { sleep: { seconds: 5 } } };
  const pod = { ...bare, spec: { containers: [{ name: "app", lifecycle }] } };
  const app = (release: string) => containersOf(inRelease(release, told("a"), pod), "containers")[0];
  assert.is(JSON.stringify(app("1.20")?.lifecycle), '{"preStop":{}}');
  assert.is(JSON.stringify(app("1.21")?.lifecycle), JSON.stringify(lifecycle));
});

for (const each of [admission, configs, command, older]) each.run();
