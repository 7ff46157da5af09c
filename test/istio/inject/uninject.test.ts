/** An injected sidecar taken back: what was recorded comes back as it was, and what was not is named. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Uninjected, type Unrecorded, uninject } from "../../../src/istio/inject/uninject.ts";
import { isObject, type JsonObject } from "../../../src/kube/json.ts";
import { toValue } from "../../../src/source/node.ts";
import { readYaml } from "../../../src/source/read.ts";

function yaml(text: string): JsonObject {
  const read = readYaml(text);
  const value = read.ok && read.root ? toValue(read.root) : undefined;
  if (!isObject(value)) throw new Error(`no object: ${text}`);
  return value;
}

function taken(text: string): Uninjected & { ok: true } {
  const result = uninject(yaml(text));
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result;
}

const notes = (unrecorded: readonly Unrecorded[]) =>
  unrecorded.map(({ path, kind }) => `${kind} ${path.join("|")}`);

/** A pod with a sidecar; what a case adds stands in the places that it names. */
function pod(parts: {
  annotations?: string;
  labels?: string;
  status?: string;
  containers?: string;
  initContainers?: string;
  env?: string;
  spec?: string;
}): string {
  const { annotations = "", labels = "", containers = "", initContainers = "", env = "", spec = "" } = parts;
  const status =
    parts.status ??
    `{"containers":["istio-proxy"],"initContainers":["istio-init"],"volumes":["istio-envoy"],"revision":"default"}`;
  return `
apiVersion: v1
kind: Pod
metadata:
  name: web
  labels: {team: shop, ${labels}}
  annotations:
    own: "yes"
    sidecar.istio.io/status: '${status}'
${annotations}
spec:
  containers:
  - {name: app, image: a}
${containers}
  - name: istio-proxy
    image: proxyv2
    args: [proxy, sidecar]
    env:
    - {name: PROXY_CONFIG, value: "{}"}
${env}
  initContainers:
${initContainers}
  - {name: istio-init, args: [istio-iptables]}
  volumes:
  - {name: istio-envoy, emptyDir: {medium: Memory}}
${spec}
`;
}

/** Maps without a prototype, as a document's are, count as any others. */
function same(actual: unknown, expected: unknown): void {
  assert.equal(actual === undefined ? undefined : JSON.parse(JSON.stringify(actual)), expected);
}

const metadata = suite("uninject: labels and annotations");

metadata("an object without a status is given back itself", () => {
  const object = yaml(
    "{apiVersion: apps/v1, kind: Deployment, spec: {template: {metadata: {creationTimestamp: null}}}}",
  );
  const result = uninject(object);
  assert.ok(result.ok && result.was === "untouched" && result.object === object);
});

metadata(
  "what injection wrote goes, maps that are left empty too, and everything else stays in its order",
  () => {
    const { object, was } = taken(`
kind: Deployment
apiVersion: apps/v1
metadata: {name: web, creationTimestamp: null}
spec:
  replicas: 2
  template:
    metadata:
      creationTimestamp: null
      annotations: {sidecar.istio.io/status: '{"containers":["istio-proxy"],"volumes":["istio-data"]}'}
      labels: {app: web}
    spec:
      containers: [{name: istio-proxy, image: p}, {image: a, name: app}]
      volumes: [{name: istio-data, emptyDir: {}}]
      dnsPolicy: Default
`);
    assert.is(was, "injected");
    assert.is(
      JSON.stringify(object),
      JSON.stringify(
        yaml(`
kind: Deployment
apiVersion: apps/v1
metadata: {name: web}
spec:
  replicas: 2
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{image: a, name: app}]
      dnsPolicy: Default
`),
      ),
    );
  },
);

const derived: readonly { says: string; labels: string; left: readonly string[]; told: number }[] = [
  {
    says: "labels with the value that injection derives go",
    labels:
      "service.istio.io/canonical-name: web, service.istio.io/canonical-revision: latest, security.istio.io/tlsMode: istio",
    left: ["team"],
    told: 3,
  },
  {
    says: "labels with another value are the user's",
    labels:
      "service.istio.io/canonical-name: other, service.istio.io/canonical-revision: v1, security.istio.io/tlsMode: disabled",
    left: [
      "team",
      "service.istio.io/canonical-name",
      "service.istio.io/canonical-revision",
      "security.istio.io/tlsMode",
    ],
    told: 0,
  },
  {
    says: "the canonical name follows the label app",
    labels: "app: shop, service.istio.io/canonical-name: shop",
    left: ["team", "app"],
    told: 1,
  },
  {
    says: "the canonical name of the workload is the user's where the label app says something else",
    labels: "app: shop, service.istio.io/canonical-name: web",
    left: ["team", "app", "service.istio.io/canonical-name"],
    told: 0,
  },
];
for (const { says, labels, left, told } of derived) {
  metadata(says, () => {
    const { object, unrecorded } = taken(pod({ labels }));
    assert.equal(Object.keys((object.metadata as JsonObject).labels as JsonObject), left);
    assert.is(unrecorded.length, told);
  });
}

metadata("the network's label goes where the proxy was told the same", () => {
  const env = "    - {name: ISTIO_META_NETWORK, value: net1}";
  const told = taken(pod({ labels: "topology.istio.io/network: net1", env }));
  same((told.object.metadata as JsonObject).labels, { team: "shop" });
  assert.equal(notes(told.unrecorded), ["removed metadata|labels|topology.istio.io/network"]);
});

const annotationCases: readonly {
  says: string;
  given: string;
  env?: string;
  status?: string;
  containers?: string;
  back: JsonObject;
  told: readonly string[];
}[] = [
  {
    says: "revision and default containers go when they are what injection writes",
    given: `    istio.io/rev: default
    kubectl.kubernetes.io/default-container: app
    kubectl.kubernetes.io/default-logs-container: mine`,
    back: { own: "yes", "kubectl.kubernetes.io/default-logs-container": "mine" },
    told: [
      "removed metadata|annotations|istio.io/rev",
      "removed metadata|annotations|kubectl.kubernetes.io/default-container",
    ],
  },
  {
    says: "settings of Prometheus come back from the proxy's environment",
    given: `    prometheus.io/scrape: "true"
    prometheus.io/path: /stats/prometheus
    prometheus.io/port: "15020"`,
    env: `    - {name: ISTIO_PROMETHEUS_ANNOTATIONS, value: '{"scrape":"true","path":"","port":"8080"}'}`,
    back: { own: "yes", "prometheus.io/scrape": "true", "prometheus.io/port": "8080" },
    told: ["removed metadata|annotations|prometheus.io/path"],
  },
  {
    says: "settings of Prometheus that do not point at the agent are the user's",
    given: `    prometheus.io/scrape: "true"
    prometheus.io/path: /stats/prometheus
    prometheus.io/port: "15090"`,
    back: {
      own: "yes",
      "prometheus.io/scrape": "true",
      "prometheus.io/path": "/stats/prometheus",
      "prometheus.io/port": "15090",
    },
    told: [],
  },
  {
    says: "without a CNI plugin settings of the capture are the user's",
    given: `    sidecar.istio.io/interceptionMode: REDIRECT
    traffic.sidecar.istio.io/includeInboundPorts: "*"`,
    back: {
      own: "yes",
      "sidecar.istio.io/interceptionMode": "REDIRECT",
      "traffic.sidecar.istio.io/includeInboundPorts": "*",
    },
    told: [],
  },
  {
    says: "with a CNI plugin usual settings of the capture go, others stay and are named",
    status: `{"containers":["istio-proxy"],"initContainers":["istio-init","istio-validation"],"volumes":["istio-envoy"]}`,
    given: `    sidecar.istio.io/interceptionMode: REDIRECT
    traffic.sidecar.istio.io/includeInboundPorts: "*"
    traffic.sidecar.istio.io/includeOutboundIPRanges: 10.0.0.0/8
    traffic.sidecar.istio.io/excludeInboundPorts: "8080,15020"
    k8s.v1.cni.cncf.io/networks: mine, default/istio-cni`,
    back: {
      own: "yes",
      "traffic.sidecar.istio.io/includeOutboundIPRanges": "10.0.0.0/8",
      "traffic.sidecar.istio.io/excludeInboundPorts": "8080",
      "k8s.v1.cni.cncf.io/networks": "mine",
    },
    told: [
      "removed metadata|annotations|sidecar.istio.io/interceptionMode",
      "kept metadata|annotations|traffic.sidecar.istio.io/includeOutboundIPRanges",
      "removed metadata|annotations|traffic.sidecar.istio.io/includeInboundPorts",
      "guessed metadata|annotations|traffic.sidecar.istio.io/excludeInboundPorts",
      "guessed metadata|annotations|k8s.v1.cni.cncf.io/networks",
    ],
  },
  {
    says: "ports that an injector up to 1.8 reads from the containers go",
    status: `{"version":"ab","containers":["istio-proxy"],"initContainers":["istio-init"],"volumes":["istio-envoy"]}`,
    given: `    traffic.sidecar.istio.io/includeInboundPorts: "8080,9090"`,
    containers:
      "  - {name: b, ports: [{containerPort: 8080}, {containerPort: 53, protocol: UDP}, {containerPort: 9090}]}",
    back: { own: "yes" },
    told: [
      "removed metadata|annotations|traffic.sidecar.istio.io/includeInboundPorts",
      "guessed spec|dnsConfig",
    ],
  },
  {
    says: "ports that no container has are the pod's own",
    status: `{"version":"ab","containers":["istio-proxy"],"initContainers":["istio-init"],"volumes":["istio-envoy"]}`,
    given: `    traffic.sidecar.istio.io/includeInboundPorts: "8080"`,
    containers: "  - {name: b, ports: [{containerPort: 9090}]}",
    back: { own: "yes", "traffic.sidecar.istio.io/includeInboundPorts": "8080" },
    told: [
      "kept metadata|annotations|traffic.sidecar.istio.io/includeInboundPorts",
      "guessed spec|dnsConfig",
    ],
  },
  {
    says: "a list of networks in JSON loses Istio's alone",
    status: `{"containers":["istio-proxy"],"initContainers":["istio-init","istio-validation"],"volumes":["istio-envoy"]}`,
    given: `    k8s.v1.cni.cncf.io/networks: '[{"name": "a"}, {"name": "istio-cni", "namespace": "default"}]'`,
    back: { own: "yes", "k8s.v1.cni.cncf.io/networks": '[{"name": "a"}]' },
    told: ["guessed metadata|annotations|k8s.v1.cni.cncf.io/networks"],
  },
  {
    says: "annotations about a container that is gone go, as no pod may have them",
    given:
      "    container.apparmor.security.beta.kubernetes.io/istio-proxy: runtime/default\n    container.apparmor.security.beta.kubernetes.io/app: runtime/default",
    back: { own: "yes", "container.apparmor.security.beta.kubernetes.io/app": "runtime/default" },
    told: ["removed metadata|annotations|container.apparmor.security.beta.kubernetes.io/istio-proxy"],
  },
];
for (const { says, given, env, status, containers, back, told } of annotationCases) {
  metadata(says, () => {
    const { object, unrecorded } = taken(
      pod({
        annotations: given,
        ...(env && { env }),
        ...(status && { status }),
        ...(containers && { containers }),
      }),
    );
    same((object.metadata as JsonObject).annotations, back);
    assert.equal(notes(unrecorded), told);
  });
}
metadata.run();

const spec = suite("uninject: containers, volumes and probes");

spec(
  "recorded containers come back where they stand, the proxy behind the others with the image auto",
  () => {
    const { object, unrecorded } = taken(
      pod({
        status: `{"containers":["istio-proxy","app"],"initContainers":["istio-init"],"volumes":["istio-envoy"]}`,
        annotations: `    proxy.istio.io/overrides: '{"containers":[{"name":"app","image":"mine","resources":{}},{"name":"istio-proxy","resources":{"limits":{"cpu":"1"}}}]}'`,
        containers: "  - {name: other, image: b}",
      }),
    );
    same(object.spec, {
      containers: [
        { name: "app", image: "mine" },
        { name: "other", image: "b" },
        { name: "istio-proxy", image: "auto", resources: { limits: { cpu: "1" } } },
      ],
    });
    assert.equal(notes(unrecorded), ["guessed spec|containers|2", "guessed spec|containers|2|image"]);
  },
);

spec(
  "a proxy that was recorded for the init containers comes back as a container unless it is a native one itself",
  () => {
    const native = (more: string) =>
      taken(
        pod({
          status: `{"containers":null,"initContainers":["istio-init","istio-proxy"],"volumes":["istio-envoy"]}`,
          annotations: `    proxy.istio.io/overrides: '{"initContainers":[{"name":"istio-proxy","image":"p","resources":{}${more}}]}'`,
        }),
      ).object.spec as JsonObject;
    same(native("").containers, [
      { name: "app", image: "a" },
      { name: "istio-proxy", image: "p" },
    ]);
    same(native("").initContainers, undefined);
    const own = native(`,"restartPolicy":"Always"`);
    same(own.initContainers, [{ name: "istio-proxy", image: "p", restartPolicy: "Always" }]);
    same(own.containers, [{ name: "app", image: "a" }]);
  },
);

spec("a volume that a container of the user mounts stays, and of one that holds more the user's part", () => {
  const { object, unrecorded } = taken(
    pod({
      status: `{"containers":["istio-proxy"],"initContainers":["istio-init"],"volumes":["istio-envoy","istio-certs","workload-socket","custom"]}`,
      containers: "  - {name: b, volumeMounts: [{name: istio-certs, mountPath: /c}]}",
      spec: `  - {name: istio-certs, secret: {secretName: s}}
  - {name: workload-socket, hostPath: {path: /run}}
  - {name: custom, emptyDir: {}}
  - {name: data, emptyDir: {}}`,
    }),
  );
  const { volumes } = object.spec as JsonObject;
  same(volumes, [
    { name: "istio-certs", secret: { secretName: "s" } },
    { name: "workload-socket", hostPath: { path: "/run" } },
    { name: "data", emptyDir: {} },
  ]);
  assert.equal(notes(unrecorded), ["kept spec|volumes|0", "kept spec|volumes|1"]);
});

spec("secrets that the status names go and are named", () => {
  const { object, unrecorded } = taken(
    pod({
      status: `{"containers":["istio-proxy"],"volumes":["istio-envoy"],"imagePullSecrets":["mesh"]}`,
      spec: "  imagePullSecrets: [{name: mesh}, {name: mine}]",
    }),
  );
  same((object.spec as JsonObject).imagePullSecrets, [{ name: "mine" }]);
  assert.equal(notes(unrecorded), ["removed spec|imagePullSecrets"]);
});

spec("the sysctl that a gateway is given goes, with what is empty then", () => {
  const { object, unrecorded } = taken(
    pod({
      annotations: "    inject.istio.io/templates: gateway",
      spec: `  securityContext: {sysctls: [{name: net.ipv4.ip_unprivileged_port_start, value: "0"}]}`,
    }),
  );
  same((object.spec as JsonObject).securityContext, undefined);
  assert.equal(notes(unrecorded), ["removed spec|securityContext|sysctls"]);
});

const probers = {
  "/app-health/b/readyz": { httpGet: { path: "/ready", port: 8080, scheme: "HTTPS" }, timeoutSeconds: 3 },
  "/app-health/b/livez": { tcpSocket: { port: 9000 } },
  "/app-health/b/startupz": { grpc: { port: 9001, service: null } },
  "/app-lifecycle/b/prestopz": { httpGet: { path: "/stop", port: 9000 } },
};

spec(
  "probes and handlers point at the application again and keep their other fields; ports with a name are named",
  () => {
    const agent = (path: string) => `httpGet: {path: ${path}, port: 15020, scheme: HTTP}`;
    const { object, unrecorded } = taken(
      pod({
        env: `    - {name: ISTIO_KUBE_APP_PROBERS, value: '${JSON.stringify(probers)}'}`,
        containers: `  - name: b
    ports: [{name: tcp, containerPort: 9000}]
    readinessProbe: {periodSeconds: 7, ${agent("/app-health/b/readyz")}, timeoutSeconds: 3}
    livenessProbe: {${agent("/app-health/b/livez")}}
    startupProbe: {${agent("/app-health/b/startupz")}}
    lifecycle: {preStop: {${agent("/app-lifecycle/b/prestopz")}}, postStart: {exec: {command: [x]}}}`,
      }),
    );
    const [, restored] = (object.spec as { containers: JsonObject[] }).containers;
    assert.is(
      JSON.stringify(restored),
      JSON.stringify({
        name: "b",
        ports: [{ name: "tcp", containerPort: 9000 }],
        readinessProbe: {
          periodSeconds: 7,
          httpGet: { path: "/ready", port: 8080, scheme: "HTTPS" },
          timeoutSeconds: 3,
        },
        livenessProbe: { tcpSocket: { port: 9000 } },
        startupProbe: { grpc: { port: 9001 } },
        lifecycle: {
          preStop: { httpGet: { path: "/stop", port: 9000 } },
          postStart: { exec: { command: ["x"] } },
        },
      }),
    );
    assert.equal(notes(unrecorded), [
      "guessed spec|containers|1|livenessProbe|tcpSocket|port",
      "guessed spec|containers|1|lifecycle|preStop|httpGet|port",
    ]);
  },
);

spec("probes that two webhooks recorded one after the other all come back", () => {
  const records = [
    '{"/app-health/b/livez":{"httpGet":{"path":"/l","port":1}}}',
    '{"/app-health/b/readyz":{"tcpSocket":{"port":2}}}',
  ];
  const { object } = taken(
    pod({
      env: records.map((value) => `    - {name: ISTIO_KUBE_APP_PROBERS, value: '${value}'}`).join("\n"),
      containers: `  - name: b
    livenessProbe: {httpGet: {path: /app-health/b/livez, port: 15020}}
    readinessProbe: {httpGet: {path: /app-health/b/readyz, port: 15020}}`,
    }),
  );
  same((object.spec as { containers: JsonObject[] }).containers[1], {
    name: "b",
    livenessProbe: { httpGet: { path: "/l", port: 1 } },
    readinessProbe: { tcpSocket: { port: 2 } },
  });
});

spec("a probe at the agent that nobody recorded stays and is named", () => {
  const { object, unrecorded } = taken(
    pod({ containers: "  - {name: b, livenessProbe: {httpGet: {path: /app-health/b/livez, port: 15020}}}" }),
  );
  const [, kept] = (object.spec as { containers: JsonObject[] }).containers;
  same(kept?.livenessProbe, { httpGet: { path: "/app-health/b/livez", port: 15020 } });
  assert.equal(notes(unrecorded), ["kept spec|containers|1|livenessProbe"]);
});

spec(
  "the label and the group that injectors up to 1.8 wrote go, and what they may have replaced is named",
  () => {
    const { object, unrecorded } = taken(
      pod({
        labels: 'istio.io/rev: "", security.istio.io/tlsMode: istio',
        annotations: "    sidecar.istio.io/interceptionMode: REDIRECT",
        status: `{"version":"ab","containers":["istio-proxy"],"initContainers":["istio-init"],"volumes":["istio-envoy"]}`,
        spec: "  securityContext: {fsGroup: 1337, runAsUser: 5}",
      }),
    );
    same(object.metadata, { name: "web", labels: { team: "shop" }, annotations: { own: "yes" } });
    same((object.spec as JsonObject).securityContext, { runAsUser: 5 });
    assert.equal(notes(unrecorded), [
      "removed metadata|labels|security.istio.io/tlsMode",
      "removed metadata|labels|istio.io/rev",
      "removed metadata|annotations|sidecar.istio.io/interceptionMode",
      "guessed spec|securityContext|fsGroup",
      "guessed spec|dnsConfig",
    ]);
  },
);

spec("of an injector that leaves the dnsConfig alone nothing is said of it", () => {
  const text = pod({
    status: `{"version":"ab","containers":["istio-proxy"],"initContainers":null,"volumes":["istio-envoy"]}`,
  });
  const told = [undefined, true].map((keepsDns) => {
    const result = uninject(yaml(text), keepsDns === undefined ? {} : { keepsDns });
    return result.ok ? notes(result.unrecorded) : [];
  });
  assert.equal(told, [["guessed spec|dnsConfig"], []]);
});

spec("init containers that older injectors dropped with a capture that is off are named", () => {
  const text = pod({
    status: `{"containers":["istio-proxy"],"initContainers":null,"volumes":["istio-envoy"]}`,
    env: "    - {name: ISTIO_META_INTERCEPTION_MODE, value: NONE}",
  });
  assert.equal(notes(taken(text).unrecorded), ["guessed spec|initContainers"]);
});
spec.run();

const objects = suite("uninject: objects");

const status = `{sidecar.istio.io/status: '{"containers":["istio-proxy"]}'}`;
const both = "[{name: app}, {name: istio-proxy}]";
const kinds: readonly { says: string; given: string; back: string; told?: readonly string[] }[] = [
  {
    says: "a CronJob that kube-inject marked at its jobs",
    given: `{apiVersion: batch/v1, kind: CronJob, spec: {jobTemplate: {metadata: {creationTimestamp: null, annotations: ${status}}, spec: {template: {metadata: {creationTimestamp: null}, spec: {containers: ${both}}}}}}}`,
    back: "{apiVersion: batch/v1, kind: CronJob, spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: app}]}}}}}}",
  },
  {
    says: "a CronJob that is marked at its pods",
    given: `{apiVersion: batch/v1, kind: CronJob, spec: {jobTemplate: {spec: {template: {metadata: {annotations: ${status}}, spec: {containers: ${both}}}}}}}`,
    back: "{apiVersion: batch/v1, kind: CronJob, spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: app}]}}}}}}",
  },
  {
    says: "a kind of another API",
    given: `{apiVersion: argoproj.io/v1alpha1, kind: Rollout, spec: {template: {metadata: {annotations: ${status}}, spec: {containers: ${both}}}}}`,
    back: "{apiVersion: argoproj.io/v1alpha1, kind: Rollout, spec: {template: {spec: {containers: [{name: app}]}}}}",
  },
  {
    says: "a kind in a group that kube-inject does not look at",
    given: `{apiVersion: apps/v1beta2, kind: StatefulSet, spec: {template: {metadata: {annotations: ${status}}, spec: {containers: ${both}}}}}`,
    back: "{apiVersion: apps/v1beta2, kind: StatefulSet, spec: {template: {spec: {containers: [{name: app}]}}}}",
  },
  {
    says: "the items of a List that were injected, with their place in it",
    given: `{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Service, metadata: {creationTimestamp: null}}, {apiVersion: v1, kind: Pod, metadata: {name: p, annotations: ${status}}, spec: {containers: ${both}, imagePullSecrets: [{name: s}]}}]}`,
    back: "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Service, metadata: {creationTimestamp: null}}, {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: app}], imagePullSecrets: [{name: s}]}}]}",
  },
  {
    says: "a status with the hash of the template instead of a revision",
    given: `{apiVersion: v1, kind: Pod, metadata: {name: p, annotations: {istio.io/rev: x, sidecar.istio.io/status: '{"version":"ab12","containers":["istio-proxy"],"initContainers":null,"volumes":null,"imagePullSecrets":null}'}}, spec: {containers: ${both}}}`,
    back: "{apiVersion: v1, kind: Pod, metadata: {name: p, annotations: {istio.io/rev: x}}, spec: {containers: [{name: app}]}}",
  },
];
for (const { says, given, back } of kinds) {
  objects(`comes back: ${says}`, () => {
    const result = taken(given);
    assert.is(JSON.stringify(result.object), JSON.stringify(yaml(back)));
    assert.is(result.was, "injected");
  });
}

objects("what is unrecorded in an item of a List has its path there", () => {
  const { unrecorded } = taken(
    `{apiVersion: v1, kind: List, items: [1, ${JSON.stringify(yaml(pod({ labels: "security.istio.io/tlsMode: istio" })))}]}`,
  );
  assert.equal(notes(unrecorded), ["removed items|1|metadata|labels|security.istio.io/tlsMode"]);
});

const broken: readonly { says: string; annotations: string; path: string }[] = [
  {
    says: "a status that is no JSON",
    annotations: "{sidecar.istio.io/status: replaced}",
    path: "spec.template.metadata.annotations",
  },
  {
    says: "a status that lists no names",
    annotations: `{sidecar.istio.io/status: '{"containers":[1]}'}`,
    path: "spec.template.metadata.annotations",
  },
  {
    says: "a record that is no JSON",
    annotations: `{sidecar.istio.io/status: '{}', proxy.istio.io/overrides: x}`,
    path: "spec.template.metadata.annotations",
  },
];
for (const { says, annotations, path } of broken) {
  objects(`is an error at its place: ${says}`, () => {
    const result = uninject(
      yaml(
        `{apiVersion: apps/v1, kind: Deployment, spec: {template: {metadata: {annotations: ${annotations}}, spec: {}}}}`,
      ),
    );
    assert.is(result.ok, false);
    assert.equal(!result.ok && result.errors.map((error) => error.path.join(".")), [path]);
  });
}

objects("kinds of the configuration are looked into, others are not", () => {
  const object = yaml(
    `{apiVersion: x.test/v1, kind: Thing, pod: {metadata: {annotations: ${status}}, spec: {containers: ${both}}}}`,
  );
  const without = uninject(object);
  assert.ok(without.ok && without.was === "untouched");
  const known = uninject(object, { kinds: [{ kind: "Thing", group: "x.test", templates: [["pod"]] }] });
  assert.ok(known.ok && known.was === "injected");
});
objects.run();
