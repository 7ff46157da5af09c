import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Command, injectObject } from "../../../src/istio/inject/command.ts";
import { readInjector } from "../../../src/istio/inject/injector.ts";
import { injectAtAdmission } from "../../../src/istio/inject/webhook.ts";
import { applyMeshConfig, meshDefaultsOf } from "../../../src/istio/mesh-config.ts";
import { nearestFacts } from "../../../src/istio/releases.ts";
import { readValues } from "../../../src/istio/values.ts";
import { at, type Json, type JsonObject } from "../../../src/kube/json.ts";
import { readPlain } from "../../../src/source/read-plain.ts";

const template = `
rewriteAppHTTPProbe: true
initContainers:
- name: istio-init
  image: init
containers:
- name: istio-proxy
  image: {{ .Values.global.hub }}/proxy
  resources:
    limits: {cpu: 1500m}
  env:
  - name: NAME
    value: "{{ .DeploymentMeta.Name }}"
  - name: CONCURRENCY
    value: "{{ .ProxyConfig.Concurrency }}"
volumes:
- name: istio-envoy
  emptyDir: {}
podRedirectAnnot:
  sidecar.istio.io/interceptionMode: "{{ annotation .ObjectMeta \`sidecar.istio.io/interceptionMode\` \`REDIRECT\` }}"
  traffic.sidecar.istio.io/includeOutboundIPRanges: ""
  example.com/unknown: "yes"
`;

function command(release: string, text = template, mesh: Json = {}): Command & { platform: "" } {
  const facts = nearestFacts(release);
  const injector = readInjector({ template: text, policy: "enabled" }, release);
  const read = applyMeshConfig(mesh, meshDefaultsOf(facts), facts);
  const values = readValues({ global: { hub: "hub", network: "net-1" } });
  if (!injector.ok || !read.ok || !values.ok) throw new Error("the configuration cannot be read");
  return {
    injector: injector.injector,
    mesh: read.value,
    values: values.values,
    revision: "",
    native: false,
    platform: "",
    compliancePolicy: "",
    facts,
    readYaml: (one) => readPlain(one),
  };
}

const container = {
  name: "web",
  image: "shop/web",
  ports: [{ containerPort: 8080, name: "http" }],
  readinessProbe: { httpGet: { path: "/ready", port: "http" } },
  startupProbe: { httpGet: { path: "/started", port: 8080 } },
};

function deployment(annotations: JsonObject = {}, spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: { template: { metadata: { annotations }, spec: { containers: [container], ...spec } } },
  };
}

function injected(release: string, object: JsonObject, text?: string, mesh?: Json): JsonObject {
  const made = injectObject(command(release, text, mesh), object);
  if (!made.ok || made.is !== "handled") throw new Error(made.ok ? made.is : made.errors[0]?.message);
  return made.object;
}

const pod = ["spec", "template"] as const;
const of = (object: JsonObject, ...path: (string | number)[]) => at(object, [...pod, ...path]);
const old = suite("injection up to 1.8");

old("what the template renders is added behind what is there", () => {
  for (const release of ["1.6", "1.8"]) {
    const names = (of(injected(release, deployment()), "spec", "containers") as JsonObject[]).map(
      ({ name }) => name,
    );
    assert.equal(names, ["web", "istio-proxy"], release);
  }
});

old("the status names the template by its checksum", () => {
  const status = of(injected("1.6", deployment()), "metadata", "annotations", "sidecar.istio.io/status");
  const { version, ...names } = JSON.parse(String(status)) as JsonObject;
  assert.match(String(version), /^[0-9a-f]{64}$/);
  assert.equal(names, {
    initContainers: ["istio-init"],
    containers: ["istio-proxy"],
    volumes: ["istio-envoy"],
    imagePullSecrets: null,
  });
});

old("a list of init containers that holds none any more is not written", () => {
  const text =
    template.slice(0, template.indexOf("initContainers:")) +
    template.slice(template.indexOf("containers:\n- name: istio-proxy"));
  const earlier = { initContainers: [{ name: "istio-init", image: "init" }] };
  for (const spec of [{}, { initContainers: [] }, earlier]) {
    const made = of(injected("1.8", deployment({}, spec), text), "spec");
    assert.is(at(made, ["initContainers"]), undefined, JSON.stringify(spec));
    assert.is(at(made, ["containers", 1, "name"]), "istio-proxy");
  }
});

old("the proxy gets a thread for each CPU that it may use, unless its arguments say it", () => {
  const proxy = (text: string) => of(injected("1.6", deployment(), text), "spec", "containers", 1, "args");
  assert.equal(proxy(template), ["--concurrency", "2"]);
  const told = template.replace("  image: {{", "  args: [--concurrency=3]\n  image: {{");
  assert.equal(proxy(told), ["--concurrency=3"]);
});

old(
  "1.6 tells a CNI plugin by annotations, of names that it knows, and labels the revision even where it is empty",
  () => {
    const made = injected("1.6", deployment());
    assert.is(of(made, "metadata", "annotations", "sidecar.istio.io/interceptionMode"), "REDIRECT");
    assert.is(
      of(made, "metadata", "annotations", "traffic.sidecar.istio.io/includeOutboundIPRanges"),
      undefined,
    );
    assert.is(of(made, "metadata", "annotations", "example.com/unknown"), undefined);
    assert.equal(of(made, "metadata", "labels"), {
      "istio.io/rev": "",
      "security.istio.io/tlsMode": "istio",
    });
  },
);

old("1.8 labels services and revisions, and the network", () => {
  const made = injected("1.8", { ...deployment(), metadata: { name: "web" } });
  assert.equal(of(made, "metadata", "labels"), {
    "istio.io/rev": "",
    "security.istio.io/tlsMode": "istio",
    "service.istio.io/canonical-name": "web",
    "service.istio.io/canonical-revision": "latest",
    "topology.istio.io/network": "net-1",
  });
});

old("probes are asked of the agent: those of the start since 1.8", () => {
  const port = (release: string, probe: string) =>
    of(injected(release, deployment()), "spec", "containers", 0, probe, "httpGet", "port");
  assert.equal([port("1.6", "readinessProbe"), port("1.6", "startupProbe")], [15020, 8080]);
  assert.equal([port("1.8", "readinessProbe"), port("1.8", "startupProbe")], [15020, 15020]);
  const env = of(injected("1.6", deployment()), "spec", "containers", 1, "env") as JsonObject[];
  assert.is(
    env.find(({ name }) => name === "ISTIO_KUBE_APP_PROBERS")?.value,
    '{"/app-health/web/readyz":{"httpGet":{"path":"/ready","port":8080}}}',
  );
});

old("files belong to the proxy's group: in 1.6 where secrets are served by a socket", () => {
  const group = (release: string, mesh: Json) =>
    of(injected(release, deployment(), template, mesh), "spec", "securityContext", "fsGroup");
  assert.is(group("1.6", {}), 1337);
  assert.is(group("1.6", { sdsUdsPath: "" }), undefined);
  assert.is(group("1.8", {}), 1337);
});

old("1.6 takes the pod's DNS away, 1.8 leaves it", () => {
  const dns = (release: string) =>
    of(injected(release, deployment({}, { dnsConfig: { nameservers: ["192.0.2.1"] } })), "spec", "dnsConfig");
  assert.is(dns("1.6"), undefined);
  assert.equal(dns("1.8"), { nameservers: ["192.0.2.1"] });
});

old("a concurrency of 0 is none in 1.6, and 0 afterwards", () => {
  const env = (release: string) =>
    (
      of(
        injected(release, deployment({ "proxy.istio.io/config": "concurrency: 0" })),
        "spec",
        "containers",
        1,
        "env",
      ) as JsonObject[]
    ).find(({ name }) => name === "CONCURRENCY")?.value;
  assert.is(env("1.6"), "0");
  assert.match(String(env("1.8")), /0/);
});

old("kube-inject of 1.6 injects whatever the annotation says, that of 1.8 does not", () => {
  const count = (release: string) =>
    (
      of(
        injected(release, deployment({ "sidecar.istio.io/inject": "false" })),
        "spec",
        "containers",
      ) as Json[]
    ).length;
  assert.equal([count("1.6"), count("1.8")], [2, 1]);
});

old("a proxy beside others is left alone, recorded or not", () => {
  const twice = deployment({}, { containers: [container, { name: "istio-proxy", image: "mine" }] });
  assert.is((of(injected("1.6", twice), "spec", "containers") as Json[]).length, 2);
});

old("the webhook takes away what was injected before", () => {
  const istiod = command("1.8");
  const sent = {
    metadata: { name: "web", namespace: "shop" },
    spec: { containers: [container], volumes: [{ name: "istio-envoy", emptyDir: {} }] },
  };
  const answer = injectAtAdmission(istiod, {
    pod: sent,
    namespace: "shop",
    path: "/inject",
    namespaceAnnotations: {},
  });
  if (!answer.ok || "skipped" in answer) throw new Error("not injected");
  assert.is((at(answer.pod, ["spec", "volumes"]) as Json[]).length, 1);
});

old("templates inside values are rendered by 1.6, and what cannot be is empty", () => {
  const with6 = (value: string) =>
    of(
      injected("1.6", deployment(), `containers:\n- name: x\n  image: "{{ render \`${value}\` }}"\n`),
      "spec",
      "containers",
      1,
      "image",
    );
  assert.is(with6("{{ .DeploymentMeta.Name }}"), "web");
  assert.is(with6("{{ nothing }}") ?? "", "");
});

old("sprig came with 1.8", () => {
  const text = 'containers:\n- name: x\n  image: {{ upper "a" }}\n';
  assert.is(readInjector({ template: text }, "1.6").ok, false);
  assert.is(readInjector({ template: text }, "1.8").ok, true);
});

old("newer releases have no bare template", () => {
  const read = readInjector({ template: "{{ broken", templates: {} }, "1.16");
  assert.is(read.ok && read.injector.bare, undefined);
});

old.run();
