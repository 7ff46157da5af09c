/** Manifests that look wrong and are not: rules keep quiet, or say the one thing that is true. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Config, memoryTree, scan } from "../../src/index.ts";

const traps = suite("traps");

function rulesOf(files: Readonly<Record<string, string>>, config: Config = {}): readonly string[] {
  return scan(memoryTree(files), { config }).findings.map(({ rule }) => rule);
}

const namespace = (name: string, labels = "{}") => `apiVersion: v1
kind: Namespace
metadata: {name: ${name}, labels: ${labels}}
---
`;

const pod = (metadata: string, spec = "containers: [{name: web, image: shop/web:1}]") => `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, ${metadata}}
spec: {${spec}}
`;

const cases: readonly (readonly [name: string, text: string, rules: readonly string[], config?: Config])[] = [
  [
    "an annotation on a custom resource is its controller's business",
    `${namespace("shop")}apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: model, namespace: shop, annotations: {sidecar.istio.io/inject: "true"}}
spec: {predictor: {}}
`,
    [],
  ],
  [
    "a custom workload kind may copy its own metadata to its pods",
    `${namespace("shop")}apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata: {name: job, namespace: shop, annotations: {sidecar.istio.io/inject: "false"}}
spec: {driver: {metadata: {}, spec: {containers: [{name: a, image: b}]}}}
`,
    [],
    {
      workloads: [{ kind: "SparkApplication", group: "sparkoperator.k8s.io", podTemplate: ["spec.driver"] }],
    },
  ],
  [
    "in a member roll of OpenShift Service Mesh 2 the annotation is the way in",
    `${namespace("shop")}apiVersion: maistra.io/v1
kind: ServiceMeshMemberRoll
metadata: {name: default, namespace: istio-system}
spec: {members: [shop]}
---
${pod('annotations: {sidecar.istio.io/inject: "true"}')}`,
    [],
  ],
  [
    "so it is where the namespace says it is a member",
    `${namespace("shop", "{maistra.io/member-of: istio-system}")}${pod('annotations: {sidecar.istio.io/inject: "true"}')}`,
    [],
  ],
  [
    "a value that another program fills in",
    `${namespace("shop", "{istio-injection: '${INJECTION}'}")}${pod("labels: {sidecar.istio.io/inject: '${INJECT}'}")}`,
    [],
  ],
  [
    "a namespace label that another program fills in decides nothing",
    `${namespace("shop", "{istio-injection: '${INJECTION}'}")}${pod('annotations: {sidecar.istio.io/inject: "true"}')}`,
    ["inject-annotation-deprecated"],
  ],
  [
    "a port that kustomize replaces",
    pod(
      'labels: {sidecar.istio.io/inject: "true"}, annotations: {traffic.sidecar.istio.io/excludeOutboundPorts: DB_PORT}',
    ),
    [],
    { namespaces: { shop: {} } },
  ],
  [
    "a patch lacks what its object has",
    `${namespace("shop")}apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {istio.io/rev: prod}}
spec: {template: {metadata: {annotations: {sidecar.istio.io/inject: "true"}}, spec: {containers: [{name: web, ports: [{containerPort: 8080}]}]}}}
`,
    [],
  ],
  [
    "a gateway waits for its image and is a proxy itself",
    `${namespace("shop")}${pod(
      'labels: {sidecar.istio.io/inject: "true"}, annotations: {inject.istio.io/templates: gateway}',
      "securityContext: {runAsUser: 1337}, containers: [{name: istio-proxy, image: auto, ports: [{containerPort: 15021}], resources: {requests: {cpu: 100m}, limits: {memory: 1Gi}}}]",
    )}`,
    [],
  ],
  [
    "a pod that carries its sidecar already",
    `${namespace("shop")}${pod(
      `annotations: {sidecar.istio.io/inject: "true", sidecar.istio.io/proxyCPU: 100m, sidecar.istio.io/status: '{"containers":["istio-proxy"]}'}`,
      "containers: [{name: web, image: shop/web:1}, {name: istio-proxy, image: 'istio/proxyv2:1.30.3', securityContext: {runAsUser: 1337}, ports: [{containerPort: 15090}]}]",
    )}`,
    [],
  ],
  [
    "before 1.12 the annotation is the API, and the label is not read",
    `${namespace("shop", "{istio-injection: enabled}")}${pod(
      'annotations: {sidecar.istio.io/inject: "true"}, labels: {sidecar.istio.io/inject: "maybe"}',
    )}`,
    [],
    { istio: { version: "1.11" } },
  ],
  [
    "a revision that nothing shows is not unknown while no webhook is known",
    `${namespace("shop", "{istio.io/rev: prod}")}${pod("labels: {istio.io/rev: prod}")}`,
    [],
  ],
  [
    "host network and a request for a sidecar are one mistake",
    `${namespace("shop")}${pod(
      'annotations: {sidecar.istio.io/inject: "true"}',
      "hostNetwork: true, containers: [{name: web, image: shop/web:1}]",
    )}`,
    ["host-network-not-injected"],
  ],
  [
    "an annotation that cannot work is told once",
    `${namespace("shop")}${pod('annotations: {sidecar.istio.io/inject: "true"}')}`,
    ["inject-has-no-effect"],
  ],
  [
    "a namespace that shuts injection by a slip is told once, not at each pod",
    `${namespace("shop", "{istio-injection: enable}")}${pod('labels: {sidecar.istio.io/inject: "true"}')}`,
    ["namespace-label-invalid"],
  ],
  [
    "a gateway that is not injected is told once, at its image",
    `${namespace("shop")}${pod(
      "annotations: {sidecar.istio.io/inject: 'true', inject.istio.io/templates: gateway}",
      "containers: [{name: istio-proxy, image: auto}]",
    )}`,
    ["image-auto-not-injected"],
  ],
  [
    "an invalid quantity is told once, not by the check of annotations too",
    pod(
      "annotations: {sidecar.istio.io/proxyCPU: a lot, sidecar.istio.io/proxyCPULimit: '2', sidecar.istio.io/proxyMemory: 1Gi, sidecar.istio.io/proxyMemoryLimit: 1Gi}",
    ),
    ["proxy-quantity-invalid"],
    { namespaces: { shop: { labels: { "istio-injection": "enabled" } } } },
  ],
  [
    "labels of the ambient mesh beside injection that is off",
    namespace("shop", "{istio-injection: disabled, istio.io/dataplane-mode: ambient}"),
    [],
  ],
  [
    "labels of the ambient mesh in a namespace that the configuration says is not injected",
    namespace("shop", "{istio-injection: enabled, istio.io/dataplane-mode: ambient}"),
    [],
    { namespaces: { shop: { labels: { "istio-injection": "disabled" } } } },
  ],
  [
    "istio-injection in a mesh of revisions is told once, not at pods that say nothing",
    `${namespace("shop", "{istio-injection: enabled}")}${pod("labels: {app: web}")}`,
    ["revision-unknown"],
    { istio: { revisions: [{ name: "1-28" }] } },
  ],
  [
    "a webhook of one's own that takes the namespace is an answer to istio-injection",
    `${namespace("shop", "{istio-injection: enabled}")}apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: own, labels: {istio.io/rev: 1-28}}
webhooks:
  - name: own.istio.io
    clientConfig: {service: {name: istiod-1-28, namespace: istio-system, path: /inject}}
    namespaceSelector: {matchExpressions: [{key: istio-injection, operator: Exists}]}
    rules: [{operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [pods]}]
`,
    [],
  ],
  [
    "a Namespace label that a webhook of one's own asks for is no stray",
    `${namespace("shop", '{sidecar.istio.io/inject: "true"}')}apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: own, labels: {istio.io/rev: default}}
webhooks:
  - name: own.istio.io
    clientConfig: {service: {name: istiod, namespace: istio-system, path: /inject}}
    namespaceSelector: {matchLabels: {sidecar.istio.io/inject: "true"}}
    rules: [{operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [pods]}]
`,
    [],
  ],
  [
    "a label in the wrong map and again in the right one is no mistake",
    `${namespace("shop", "{istio-injection: enabled}").replace("labels:", "annotations: {istio-injection: enabled}, labels:")}${pod(
      'labels: {istio.io/rev: default}, annotations: {istio.io/rev: default, sidecar.istio.io/inject: "true"}',
    )}`,
    ["inject-annotation-deprecated"],
    { istio: { revisions: [{ name: "other" }, { name: "default" }] } },
  ],
  [
    "a Deployment without a selector is whole as long as its containers are",
    `${namespace("shop")}apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {annotations: {sidecar.istio.io/inject: "true"}}, spec: {containers: [{name: web, image: shop/web:1}]}}}
`,
    ["inject-has-no-effect"],
  ],
  [
    "an empty quantity is told once",
    pod('annotations: {sidecar.istio.io/proxyCPU: ""}'),
    ["proxy-quantity-invalid"],
    { namespaces: { shop: { labels: { "istio-injection": "enabled" } } } },
  ],
  [
    "image auto is replaced by OpenShift's triggers",
    pod("annotations: {image.openshift.io/triggers: '[]'}", "containers: [{name: web, image: auto}]"),
    [],
  ],
  [
    "a template of one's own may fill in any container",
    pod("annotations: {inject.istio.io/templates: own}", "containers: [{name: web, image: auto}]"),
    [],
  ],
  [
    "a null among the names is none",
    pod("labels: {}").replace("namespace: shop", "namespace: null, generateName: null"),
    [],
  ],
  [
    "istio.io/rev as an annotation of a gateway is what injection leaves",
    pod(
      "annotations: {istio.io/rev: default, inject.istio.io/templates: gateway}, labels: {sidecar.istio.io/inject: 'true'}",
      "containers: [{name: istio-proxy, image: auto}]",
    ),
    [],
  ],
  [
    "labels of the ambient mesh on a pod are where they belong",
    pod(
      "labels: {istio.io/dataplane-mode: ambient, istio.io/use-waypoint: none, istio.io/use-waypoint-namespace: shop}",
    ),
    [],
  ],
  [
    "resources that the pod never uses",
    pod('labels: {sidecar.istio.io/inject: "false"}, annotations: {sidecar.istio.io/proxyCPU: "100"}'),
    [],
  ],
];

for (const [name, text, rules, config] of cases) {
  traps(name, () => {
    const found = rulesOf({ "a.yaml": text }, config).filter((rule) => rule !== "verdict-unknown");
    assert.equal(found, rules);
  });
}

traps("labels that are assumed wrongly have no finding of their own, so the pods have", () => {
  const asking = `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {sidecar.istio.io/inject: "true"}}
spec: {containers: [{name: web, image: shop/web:1}]}
`;
  const { findings } = scan(memoryTree({ "a.yaml": asking }), { assume: { "istio-injection": "enable" } });
  assert.equal(
    findings.map(({ rule }) => rule),
    ["inject-has-no-effect"],
  );
});

traps("a label that a kustomization sets is mended in the kustomization", () => {
  const { findings } = scan(
    memoryTree({
      "kustomization.yaml":
        'resources: [web.yaml]\nlabels:\n  - pairs:\n      sidecar.istio.io/inject: "true"\n',
      "web.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: shop/web:1}]}}
`,
    }),
  );
  const found = findings.filter(({ rule }) => rule === "inject-on-workload-not-pod");
  assert.equal(
    found.map(({ location, help }) => [location.file, help]),
    [
      [
        "kustomization.yaml",
        "say includeTemplates: true beside these labels of the kustomization, or set it in spec.template.metadata.labels",
      ],
    ],
  );
});

traps("a value that a patch sets is quoted only where its spelling is known", () => {
  const { findings } = scan(
    memoryTree({
      "kustomization.yaml": "resources: [web.yaml]\npatches: [{path: patch.yaml}]\n",
      "patch.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {country: no}}\n",
      "web.yaml":
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: shop/web:1}]}\n",
    }),
  );
  const found = findings.filter(({ rule }) => rule === "non-string-metadata");
  assert.equal(
    found.map(({ message, help }) => [message, help]),
    [["country is a boolean, not a string: the API server refuses the Pod", "put the value in quotes"]],
  );
});

traps("the injector's own deployment and its pods carry their revision", () => {
  const found = rulesOf(
    {
      "istiod.yaml": `${namespace("istio-system", "{istio-injection: disabled}")}apiVersion: apps/v1
kind: Deployment
metadata:
  name: istiod
  namespace: istio-system
  labels: {app: istiod, istio.io/rev: default, operator.istio.io/component: Pilot}
spec:
  selector: {matchLabels: {app: istiod}}
  template:
    metadata:
      labels: {app: istiod, sidecar.istio.io/inject: "false"}
      annotations: {sidecar.istio.io/inject: "false"}
    spec: {containers: [{name: discovery, image: istio/pilot:1.30.3, ports: [{containerPort: 15010}, {containerPort: 15017}]}]}
`,
    },
    { istio: { revisions: [{ name: "canary" }] } },
  );
  assert.equal(found, []);
});

traps.run();
