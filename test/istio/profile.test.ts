/** Our own injector: what it injects in each family of releases, and what an install may change about it. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Labels } from "../../src/istio/facts.ts";
import { type Injector, readInjector } from "../../src/istio/inject/injector.ts";
import { containersOf, findContainer, metadataOf, objectsOf, type Pod } from "../../src/istio/inject/pod.ts";
import { type Answer, injectAtAdmission } from "../../src/istio/inject/webhook.ts";
import { applyMeshConfig, defaultMeshConfig, meshDefaultsOf } from "../../src/istio/mesh-config.ts";
import { laterProfile, type ProfileOptions, profileOf } from "../../src/istio/profile.ts";
import { nearestFacts, newestRelease } from "../../src/istio/releases.ts";
import { readValues } from "../../src/istio/values.ts";
import { decode } from "../../src/kube/decode.ts";
import { at, type Json, type JsonObject } from "../../src/kube/json.ts";
import { toValue } from "../../src/source/node.ts";
import { readYaml } from "../../src/source/read.ts";

function parse(text: string) {
  const read = readYaml(text);
  return read.ok
    ? { ok: true as const, value: read.root && toValue(read.root) }
    : { ok: false as const, message: read.error.message };
}

function injectorOf(options: ProfileOptions, environment: Labels = {}): Injector {
  const read = readInjector(profileOf(options).config, options.release, environment);
  if (!read.ok) throw new Error(`${options.release}: ${read.errors[0]?.message}`);
  return read.injector;
}

interface Situation {
  readonly native?: boolean;
  readonly annotations?: Labels;
  readonly labels?: Labels;
  readonly spec?: JsonObject;
}

const app = { name: "app", image: "app:1", ports: [{ name: "http", containerPort: 8080 }] };

function answerOf(options: ProfileOptions, { native = false, ...given }: Situation = {}): Answer {
  const facts = nearestFacts(options.release);
  const { values, mesh } = profileOf(options);
  const readable = readValues(values);
  const message = applyMeshConfig(mesh, meshDefaultsOf(facts));
  if (!readable.ok || !message.ok) throw new Error(`${options.release}: values or mesh cannot be read`);
  const metadata = { name: "web", namespace: "shop", annotations: given.annotations, labels: given.labels };
  const pod = decode(
    "Pod",
    { metadata: JSON.parse(JSON.stringify(metadata)), spec: given.spec ?? { containers: [app] } },
    { via: "json" },
  );
  if (!pod.ok) throw new Error("the pod of the test is none");
  const istiod = {
    injector: injectorOf(options, { ENABLE_NATIVE_SIDECARS: String(native) }),
    values: readable.values,
    mesh: message.value ?? defaultMeshConfig,
    revision: options.revision ?? "default",
    native,
    platform: "" as const,
    compliancePolicy: "",
    facts,
    readYaml: parse,
  };
  return injectAtAdmission(istiod, {
    pod: pod.value,
    namespace: "shop",
    path: "/inject",
    namespaceAnnotations: {},
  });
}

/** Without the prototypes that the engine's objects lack. */
function plain(value: Json | undefined): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function inject(options: ProfileOptions, situation?: Situation): Pod {
  const answer = answerOf(options, situation);
  if (!answer.ok) throw new Error(`${options.release}: ${answer.errors[0]?.message}`);
  if ("skipped" in answer) throw new Error(`${options.release}: not injected`);
  return answer.pod;
}

function proxyOf(pod: Pod): JsonObject {
  const all = [...containersOf(pod, "containers"), ...containersOf(pod, "initContainers")];
  return findContainer(all, "istio-proxy") ?? {};
}

function namesOf(list: Json | undefined): readonly Json[] {
  return objectsOf(list).map(({ name = "" }) => name);
}

function initNames(pod: Pod): readonly Json[] {
  return namesOf(containersOf(pod, "initContainers") as Json);
}

function variable(pod: Pod, name: string): Json | undefined {
  return objectsOf(proxyOf(pod).env).find((one) => one.name === name);
}

function annotation(pod: Pod, name: string): Json | undefined {
  return at(metadataOf(pod), ["annotations", name]);
}

const releases = suite("profile: releases");

releases("every release gives an injector that injects", () => {
  const minors = Array.from({ length: 25 }, (_, index) => `1.${index + 6}`);
  // Where patch releases changed what templates may use
  const patches = ["1.19.7", "1.19.8", "1.20.0", "1.20.4", "1.28.5", "1.28.6", "1.29.0", "1.30.0", "1.30.99"];
  for (const release of [...minors, ...patches, "1.99", "nonsense"]) {
    assert.is(proxyOf(inject({ release })).name, "istio-proxy", release);
  }
});

releases("each family has what its releases brought", () => {
  const table = [
    { release: "1.20.8", hub: "docker.io/istio", divisor: "0", jwt: true, crl: false, tracing: true },
    { release: "1.21.3", hub: "docker.io/istio", divisor: "0", jwt: true, crl: false, tracing: true },
    { release: "1.24.6", hub: "docker.io/istio", divisor: "0", jwt: false, crl: false, tracing: false },
    { release: "1.26.8", hub: "docker.io/istio", divisor: "0", jwt: false, crl: false, tracing: false },
    { release: "1.28.10", hub: "docker.io/istio", divisor: "0", jwt: false, crl: true, tracing: false },
    {
      release: "1.30.3",
      hub: "registry.istio.io/release",
      divisor: "1",
      jwt: false,
      crl: true,
      tracing: false,
    },
  ];
  for (const { release, hub, divisor, jwt, crl, tracing } of table) {
    const pod = inject({ release });
    assert.is(proxyOf(pod).image, `${hub}/proxyv2:${release}`, release);
    assert.is(
      at(variable(pod, "GOMAXPROCS"), ["valueFrom", "resourceFieldRef", "divisor"]),
      divisor,
      release,
    );
    assert.is(variable(pod, "JWT_POLICY") !== undefined, jwt, release);
    assert.is(namesOf(at(pod.spec, ["volumes"])).includes("istio-ca-crl"), crl, release);
    assert.is(at(profileOf({ release }).mesh, ["defaultConfig", "tracing"]) !== undefined, tracing, release);
  }
});

releases("a release without a patch is its last patch release", () => {
  assert.is(at(profileOf({ release: "1.30" }).values, ["global", "tag"]), "1.30.3");
  assert.is(at(profileOf({ release: "v1.24.1" }).values, ["global", "tag"]), "1.24.1");
});

releases("without capture the pod's own init containers stay, up to 1.24 they are lost", () => {
  const spec = { containers: [app], initContainers: [{ name: "setup", image: "setup:1" }] };
  const annotations = { "sidecar.istio.io/interceptionMode": "NONE" };
  assert.equal(initNames(inject({ release: "1.26" }, { spec, annotations })), ["setup"]);
  assert.equal(initNames(inject({ release: "1.24" }, { spec, annotations })), []);
});

releases("annotations and labels count from the release on that knows them", () => {
  const annotations = {
    "istio.io/reroute-virtual-interfaces": "net1",
    "sidecar.istio.io/enableCoreDump": "true",
  };
  const labels = { "service.istio.io/workload-name": "web-v2", app: "a".repeat(63).concat("-") };
  const capture = (release: string) => {
    const pod = inject({ release }, { annotations, labels: { "service.istio.io/workload-name": "web-v2" } });
    const { args } = findContainer(containersOf(pod, "initContainers"), "istio-init") ?? {};
    return [
      (args as Json[]).includes("-k"),
      at(variable(pod, "ISTIO_META_WORKLOAD_NAME"), ["value"]),
      initNames(pod),
    ];
  };
  assert.equal(capture("1.20"), [false, "web", ["istio-init", "enable-core-dump"]]);
  assert.equal(capture("1.24"), [false, "web", ["istio-init"]]);
  assert.equal(capture("1.26"), [true, "web-v2", ["istio-init"]]);
  const canonical = (release: string) =>
    at(metadataOf(inject({ release }, { labels })), ["labels", "service.istio.io/canonical-name"]);
  assert.is(canonical("1.20"), `${"a".repeat(63)}-`);
  assert.is(canonical("1.24"), "a".repeat(63));
});

releases("native sidecars: as istiod finds, unless the pod says otherwise from 1.24 on", () => {
  const isNative = (release: string, native: boolean, asked?: string) => {
    const annotations = asked === undefined ? {} : { "sidecar.istio.io/nativeSidecar": asked };
    return initNames(inject({ release }, { native, annotations })).includes("istio-proxy");
  };
  for (const release of ["1.20", "1.24", "1.26", "1.27", "1.28", "1.30"]) {
    assert.is(isNative(release, true), true, release);
    assert.is(isNative(release, false), false, release);
    assert.is(isNative(release, false, "true"), release !== "1.20", release);
    assert.is(isNative(release, true, "false"), release === "1.20", release);
  }
  const drain = ["pilot-agent", "request", "--debug-port=15020", "POST", "drain"];
  const preStop = (release: string) =>
    at(proxyOf(inject({ release }, { native: true })), ["lifecycle", "preStop", "exec", "command"]);
  assert.is(preStop("1.20"), undefined);
  assert.equal(preStop("1.24"), drain);
});

releases("templates that make Deployments are known by name and fail for pods", () => {
  for (const [release, template] of [
    ["1.30", "agentgateway"],
    ["1.20", "waypoint"],
    ["1.28", "kube-gateway"],
  ] as const) {
    const answer = answerOf({ release }, { annotations: { "inject.istio.io/templates": template } });
    assert.not.ok(answer.ok, template);
    assert.match(answer.ok ? "" : (answer.errors[0]?.message ?? ""), "it is none for pods");
  }
  assert.not.ok(injectorOf({ release: "1.28" }).templates.has("agentgateway"));
});

releases("the other templates inject in every family", () => {
  for (const release of ["1.18", "1.20", "1.24", "1.26", "1.28", "1.30"]) {
    for (const template of ["gateway", "grpc-agent", "grpc-simple"]) {
      const pod = inject({ release }, { annotations: { "inject.istio.io/templates": template } });
      const added =
        template === "grpc-simple" ? initNames(pod) : namesOf(containersOf(pod, "containers") as Json);
      assert.is(added.length, template === "grpc-simple" ? 1 : 2, `${release} ${template}`);
    }
  }
});

releases("up to 1.8 there is one template, whose defaults are those of its release", () => {
  const tags = { "1.6": "1.6.14", "1.7": "1.7.8", "1.8": "1.8.6" };
  for (const [release, tag] of Object.entries(tags)) {
    const { config, values, mesh } = profileOf({ release });
    assert.equal([typeof config.template, config.templates], ["string", undefined], release);
    assert.is(at(values, ["global", "tag"]), tag);
    assert.is(mesh.enablePrometheusMerge, release !== "1.6", release);
    assert.is(laterProfile(release), undefined);
  }
  const { config } = profileOf({ release: "1.9" });
  assert.equal([config.template, typeof config.templates], [undefined, "object"]);
  assert.equal(["1.9", "1.19", "1.20", "1.30"].map(laterProfile), ["1.20", "1.20", undefined, undefined]);
});

releases.run();

const options = suite("profile: options");

options("a revision has its own control plane", () => {
  const pod = inject({ release: "1.30", revision: "canary" });
  assert.is(annotation(pod, "istio.io/rev"), "canary");
  assert.is(at(variable(pod, "CA_ADDR"), ["value"]), "istiod-canary.istio-system.svc:15012");
  const { mesh, values } = profileOf({ release: "1.30", revision: "canary" });
  assert.is(at(mesh, ["defaultConfig", "discoveryAddress"]), "istiod-canary.istio-system.svc:15012");
  assert.is(values.revision, "canary");
  assert.is(profileOf({ release: "1.30", revision: "default" }).values.revision, "");
});

options("the CNI plugin validates instead of capturing, in every family", () => {
  for (const release of ["1.20", "1.24", "1.26", "1.28", "1.30"]) {
    const pod = inject({ release, cni: true });
    assert.equal(initNames(pod), ["istio-validation"], release);
    assert.is(annotation(pod, "traffic.sidecar.istio.io/excludeInboundPorts"), "15020", release);
    assert.equal(initNames(inject({ release, cni: false })), ["istio-init"], release);
  }
});

options("values change what the stock templates let them change", () => {
  const global = (values: JsonObject) => inject({ release: "1.30", values: { global: values } });
  const secrets = global({ imagePullSecrets: ["key"], imagePullPolicy: "Always" });
  assert.equal(plain(at(secrets.spec, ["imagePullSecrets"])), [{ name: "key" }]);
  assert.is(proxyOf(secrets).imagePullPolicy, "Always");
  assert.is(proxyOf(global({ hub: "my.hub", tag: "v9" })).image, "my.hub/proxyv2:v9");
  assert.is(
    proxyOf(global({ hub: "my.hub", variant: "distroless" })).image,
    "my.hub/proxyv2:1.30.3-distroless",
  );
  assert.is(proxyOf(global({ proxy: { image: "my.hub/team/proxy:v7" } })).image, "my.hub/team/proxy:v7");
  const resources = proxyOf(
    global({ proxy: { resources: { limits: { cpu: null }, requests: { cpu: "5m" } } } }),
  ).resources;
  assert.equal(plain(resources), { limits: { memory: "1Gi" }, requests: { cpu: "5m", memory: "128Mi" } });
  assert.equal(plain(proxyOf(global({ proxy: { resources: null } })).resources), {});
  assert.is(proxyOf(global({ proxy: { startupProbe: { enabled: false } } })).startupProbe, undefined);
  assert.ok((proxyOf(global({ logAsJson: true })).args as Json[]).includes("--log_as_json"));
  assert.is(at(proxyOf(global({ proxy: { privileged: true } })), ["securityContext", "privileged"]), true);
  assert.is(at(variable(global({ network: "net" }), "ISTIO_META_NETWORK"), ["value"]), "net");
  assert.is(at(variable(global({ caAddress: "ca:1" }), "CA_ADDR"), ["value"]), "ca:1");
  assert.is(at(variable(global({ istioNamespace: "mesh" }), "CA_ADDR"), ["value"]), "istiod.mesh.svc:15012");
  assert.ok(namesOf(at(global({ mountMtlsCerts: true }).spec, ["volumes"])).includes("istio-certs"));
});

options("annotations win over values; any of resources takes all of the values' away", () => {
  const annotations = { "sidecar.istio.io/proxyMemory": "64Mi", "sidecar.istio.io/logLevel": "debug" };
  const proxy = proxyOf(inject({ release: "1.30" }, { annotations }));
  assert.equal(plain(proxy.resources), { requests: { memory: "64Mi" } });
  assert.ok((proxy.args as Json[]).includes("--proxyLogLevel=debug"));
});

options(
  "the mesh configuration is the chart's, with what the values say and the install's own over it",
  () => {
    const mesh = (given: Partial<ProfileOptions>) => profileOf({ release: "1.30", ...given }).mesh;
    assert.equal(plain(mesh({})), {
      defaultConfig: { discoveryAddress: "istiod.istio-system.svc:15012" },
      defaultProviders: { metrics: ["prometheus"] },
      enablePrometheusMerge: true,
      rootNamespace: "istio-system",
      trustDomain: "cluster.local",
    });
    const told = mesh({
      values: {
        global: { meshID: "m", variant: "debug", proxy: { tracer: "datadog" } },
        meshConfig: { trustDomain: "td", accessLogFile: "/dev/stdout" },
      },
      mesh: { trustDomain: "mine", defaultConfig: { tracing: { sampling: 5 } } },
    });
    assert.equal(plain(told.defaultConfig), {
      discoveryAddress: "istiod.istio-system.svc:15012",
      meshId: "m",
      image: { imageType: "debug" },
      tracing: { datadog: { address: "$(HOST_IP):8126" }, sampling: 5 },
    });
    assert.is(told.trustDomain, "mine");
    assert.is(told.accessLogFile, "/dev/stdout");
  },
);

options("the injector is told its part of the values alone", () => {
  const given = {
    pilot: { image: "p", env: { A: "b" } },
    cni: { provider: "multus" },
    meshConfig: {},
    replicas: 3,
  };
  const { values } = profileOf({ release: "1.30", values: given });
  assert.equal(plain(values.pilot), { cni: { enabled: false, provider: "multus" }, env: { A: "b" } });
  assert.equal(Object.keys(values).sort(), [
    "gateways",
    "global",
    "pilot",
    "revision",
    "sidecarInjectorWebhook",
  ]);
});

options("policy, selectors, annotations and templates of the webhook's values are the injector's", () => {
  const webhook = {
    neverInjectSelector: [{ matchLabels: { never: "yes" } }],
    injectedAnnotations: { by: "us" },
    defaultTemplates: ["sidecar", "mine"],
    templates: { mine: "metadata: {labels: {mine: yes-it-is}}" },
  };
  const values = { sidecarInjectorWebhook: webhook };
  const pod = inject({ release: "1.30", values });
  assert.is(annotation(pod, "by"), "us");
  assert.is(at(metadataOf(pod), ["labels", "mine"]), "yes-it-is");
  const never = answerOf({ release: "1.30", values }, { labels: { never: "yes" } });
  assert.ok(never.ok && "skipped" in never);
  const off = answerOf({ release: "1.30", values: { global: { proxy: { autoInject: "disabled" } } } });
  assert.ok(off.ok && "skipped" in off);
});

options("what is given and what another profile was made of stay as they are", () => {
  const values = { global: { proxy: { resources: { limits: { cpu: "1" } } } } };
  const before = JSON.stringify(profileOf({ release: "1.30" }));
  profileOf({
    release: "1.30",
    values,
    cni: true,
    revision: "r",
    mesh: { defaultConfig: { concurrency: 1 } },
  });
  assert.equal(values, { global: { proxy: { resources: { limits: { cpu: "1" } } } } });
  assert.is(JSON.stringify(profileOf({ release: "1.30" })), before);
});

options("our own templates are parsed when they are used, and all of them parse in every release", () => {
  for (let minor = 6; minor <= Number(newestRelease.split(".")[1]); minor++) {
    const release = `1.${minor}`;
    const { config } = profileOf({ release });
    const read = [true, false].map((isStock) => readInjector(config, release, {}, isStock));
    const [later, now] = read.map((one) => (one.ok ? one.injector : undefined));
    if (!later || !now) throw new Error(`the templates of ${release} do not parse`);
    const trees = (one: Injector) => [...one.templates].map(([name, { trees }]) => [name, [...trees.keys()]]);
    assert.equal(trees(later), trees(now), release);
  }
});

options("a template of one's own is parsed at once", () => {
  const values = { sidecarInjectorWebhook: { templates: { own: "{{ if }}" } } };
  const read = readInjector(profileOf({ release: "1.30", values }).config, "1.30", {}, true);
  assert.equal(!read.ok && read.errors.map(({ path }) => path), [["templates", "own"]]);
});

options.run();
