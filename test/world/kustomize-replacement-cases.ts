/** Replacements and what kustomize v5.8.1 makes of them; where it refuses to, with what is wrong. */
import type { KustomizeCase } from "./kustomize-cases.ts";

const web = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  template:
    metadata:
      labels:
        app: web
      annotations:
        ports: PORTS
        host: a.b.c
    spec:
      hostNetwork: false
      containers:
      - name: web
      - name: web-log
`;
const pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: once\nspec:\n  containers:\n  - name: once\n";
const service = `apiVersion: v1
kind: Service
metadata:
  name: api
  labels:
    tier: back
spec:
  ports:
  - name: http
    port: 0x50
  - name: grpc
    port: 9000
`;
const ports = "spec.template.metadata.annotations.ports";

/** A replacement of one field of Deployments. */
function replacement(source: string, fieldPaths: string, options = "{}"): string {
  return `replacements:\n- source: ${source}\n  targets:\n  - select: {kind: Deployment}\n    options: ${options}\n    fieldPaths: ${fieldPaths}\n`;
}

export const replacementCases: readonly KustomizeCase[] = [
  {
    name: "a value comes from a generated ConfigMap: literals, env files and whole files",
    files: {
      "kustomization.yaml": `resources: [web.yaml]
configMapGenerator:
- name: params
  literals: [a=1, 'b="two words"', c=x=y]
  envs: [p.env]
  files: [f.txt, other=sub/g.txt]
replacements:
- source: {kind: ConfigMap, name: params, fieldPath: data.PORT}
  targets:
  - select: {name: web}
    fieldPaths: [${ports}]
- source: {kind: ConfigMap, name: params, fieldPath: data.b}
  targets:
  - select: {name: web}
    options: {create: true}
    fieldPaths: [spec.template.metadata.annotations.b]
- source: {kind: ConfigMap, name: params, fieldPath: data.c}
  targets:
  - select: {name: web}
    options: {create: true}
    fieldPaths: [spec.template.metadata.annotations.c]
- source: {kind: ConfigMap, name: params, fieldPath: 'data.f\\.txt'}
  targets:
  - select: {name: web}
    options: {create: true}
    fieldPaths: [spec.template.metadata.annotations.f]
- source: {kind: ConfigMap, name: params, fieldPath: data.other}
  targets:
  - select: {name: web}
    options: {create: true}
    fieldPaths: [spec.template.metadata.annotations.g]
`,
      "p.env": "# ports\n\n  PORT=3306\r\nEMPTY\n",
      "f.txt": "file",
      "sub/g.txt": "other",
      "web.yaml": web,
    },
    builds: {
      ".": [
        "Deployment -/web [web,web-log] {app=web} {b=two words,c=x=y,f=file,g=other,host=a.b.c,ports=3306}",
      ],
    },
  },
  {
    name: "a generated Secret gives base64",
    files: {
      "kustomization.yaml": `resources: [web.yaml]\nsecretGenerator:\n- {name: s, literals: [k=väl]}\n${replacement("{kind: Secret, name: s, fieldPath: data.k}", `[${ports}]`)}`,
      "web.yaml": web,
    },
    builds: { ".": ["Deployment -/web [web,web-log] {app=web} {host=a.b.c,ports=dsOkbA==}"] },
  },
  {
    name: "generators merge into and replace what bases generate",
    files: {
      "base/kustomization.yaml":
        "configMapGenerator:\n- {name: m, literals: [a=1, b=2]}\n- {name: r, literals: [a=1]}\n",
      "kustomization.yaml": `resources: [base, web.yaml]
configMapGenerator:
- {name: m, behavior: merge, literals: [b=3]}
- {name: r, behavior: replace, literals: [a=9]}
replacements:
- source: {kind: ConfigMap, name: m, fieldPath: data.a}
  targets:
  - {select: {kind: Deployment}, options: {delimiter: ".", index: 0}, fieldPaths: [spec.template.metadata.annotations.host]}
- source: {kind: ConfigMap, name: m, fieldPath: data.b}
  targets:
  - {select: {kind: Deployment}, options: {delimiter: ".", index: 1}, fieldPaths: [spec.template.metadata.annotations.host]}
- source: {kind: ConfigMap, name: r, fieldPath: data.a}
  targets:
  - {select: {kind: Deployment}, options: {delimiter: ".", index: 2}, fieldPaths: [spec.template.metadata.annotations.host]}
`,
      "web.yaml": web,
    },
    builds: { ".": ["Deployment -/web [web,web-log] {app=web} {host=1.3.9,ports=PORTS}"] },
  },
  {
    name: "a value comes from an object that decides nothing, with what its base and this kustomization made of it",
    files: {
      "base/kustomization.yaml": "namePrefix: in-\nresources: [service.yaml]\n",
      "base/service.yaml": service,
      "kustomization.yaml": `namespace: shop\nnamePrefix: out-\nresources: [base, web.yaml]
replacements:
- source: {kind: Service, name: api}
  targets:
  - {select: {kind: Deployment}, options: {delimiter: ".", index: 0}, fieldPaths: [spec.template.metadata.annotations.host]}
- source: {kind: Service, name: in-api, version: v1, fieldPath: metadata.namespace}
  targets:
  - {select: {kind: Deployment, name: out-web}, options: {delimiter: ".", index: 1}, fieldPaths: [spec.template.metadata.annotations.host]}
`,
      "web.yaml": web,
    },
    builds: { ".": ["Deployment shop/out-web [web,web-log] {app=web} {host=out-in-api.shop.c,ports=PORTS}"] },
  },
  {
    name: "a number keeps its text in a text, and its value where a field is made",
    files: {
      "kustomization.yaml": `resources: [web.yaml, service.yaml]\n${replacement("{kind: Service, fieldPath: 'spec.ports.[name=http].port'}", `[${ports}, spec.template.metadata.annotations.made]`, "{create: true}")}`,
      "web.yaml": web,
      "service.yaml": service,
    },
    builds: { ".": ["Deployment -/web [web,web-log] {app=web} {host=a.b.c,made=80,ports=0x50}"] },
  },
  {
    name: "a number stays a number, and a text that is none does not fit",
    files: {
      "good/kustomization.yaml": `resources: [web.yaml]
replacements:
- sourceValue: "true"
  targets:
  - {select: {kind: Deployment}, fieldPaths: [spec.template.spec.hostNetwork]}
`,
      "good/web.yaml": web,
      "bad/kustomization.yaml": `resources: [web.yaml]
replacements:
- sourceValue: "word"
  targets:
  - {select: {kind: Deployment}, fieldPaths: [spec.replicas]}
`,
      "bad/web.yaml": web,
    },
    builds: {
      good: ["Deployment -/web [web,web-log] hostNetwork {app=web} {host=a.b.c,ports=PORTS}"],
      bad: ["Deployment -/web [web,web-log] {app=web} {host=a.b.c,ports=PORTS}"],
    },
    problems: { bad: ["replacement an inline replacement"] },
  },
  {
    name: "keys with dots stand in brackets, items are picked by an expression, * is all of them",
    files: {
      "kustomization.yaml": `resources: [web.yaml]
replacements:
- sourceValue: "8080"
  targets:
  - select: {kind: Deployment}
    options: {create: true}
    fieldPaths: ['spec.template.metadata.annotations.[traffic.sidecar.istio.io/excludeOutboundPorts]']
- sourceValue: renamed
  targets:
  - {select: {kind: Deployment}, fieldPaths: ['spec.template.spec.containers.[name=log$].name']}
- sourceValue: more
  targets:
  - select: {kind: Deployment}
    options: {delimiter: "-", index: 99}
    fieldPaths: ['spec.template.spec.containers.*.name']
`,
      "web.yaml": web,
    },
    builds: {
      ".": [
        "Deployment -/web [web-more,renamed-more] {app=web} {host=a.b.c,ports=PORTS,traffic.sidecar.istio.io/excludeOutboundPorts=8080}",
      ],
    },
  },
  {
    name: "items are made at the end of lists",
    files: {
      "kustomization.yaml": `resources: [web.yaml]
replacements:
- sourceValue: made:1
  targets:
  - select: {kind: Deployment}
    options: {create: true}
    fieldPaths: ['spec.template.spec.containers.[name=made].image', spec.template.spec.containers.3.name]
`,
      "web.yaml": web,
    },
    builds: { ".": ["Deployment -/web [web,web-log,made,made:1] {app=web} {host=a.b.c,ports=PORTS}"] },
  },
  {
    name: "parts of a text are put before, into and behind it",
    files: {
      "kustomization.yaml": `resources: [web.yaml]
replacements:
- sourceValue: x/y/z
  targets:
  - {select: {kind: Deployment}, options: {delimiter: ".", index: -1}, fieldPaths: [spec.template.metadata.annotations.host]}
  - {select: {kind: Deployment}, options: {delimiter: ",", index: 7}, fieldPaths: [${ports}]}
- source: {kind: Deployment, fieldPath: spec.template.metadata.annotations.host, options: {delimiter: /, index: 1}}
  targets:
  - {select: {kind: Deployment}, options: {delimiter: ",", index: 0}, fieldPaths: [${ports}]}
`,
      "web.yaml": web,
    },
    builds: { ".": ["Deployment -/web [web,web-log] {app=web} {host=x/y/z.a.b.c,ports=y,x/y/z}"] },
  },
  {
    name: "targets are selected by expressions and labels, and rejected",
    files: {
      "kustomization.yaml": `resources: [web.yaml, pod.yaml, all.yaml]
namespace: shop
replacements:
- sourceValue: "true"
  targets:
  - select: {kind: "Pod|Namespace", version: v.}
    reject:
    - {name: tw.}
    - {labelSelector: skip}
    options: {create: true}
    fieldPaths: ['metadata.annotations.picked']
`,
      "web.yaml": web,
      "pod.yaml": pod,
      "all.yaml": [
        "apiVersion: v1\nkind: Pod\nmetadata: {name: two}\nspec: {containers: [{name: a}]}\n",
        'apiVersion: v1\nkind: Pod\nmetadata: {name: three, labels: {skip: "1"}}\nspec: {containers: [{name: a}]}\n',
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n",
      ].join("---\n"),
    },
    builds: {
      ".": [
        "Deployment shop/web [web,web-log] {app=web} {host=a.b.c,ports=PORTS}",
        "Namespace -/shop {} {picked=true}",
        "Pod shop/once [once] {} {picked=true}",
        "Pod shop/three [a] {skip=1}",
        "Pod shop/two [a]",
      ],
    },
  },
  {
    name: "labels and namespaces are replaced: what is made of the text true is no text",
    files: {
      "kustomization.yaml": `resources: [web.yaml]
configMapGenerator: [{name: p, literals: [inject=true, ns=shop]}]
replacements:
- source: {kind: ConfigMap, name: p, fieldPath: data.inject}
  targets:
  - {select: {kind: Deployment}, options: {create: true}, fieldPaths: ['spec.template.metadata.labels.[sidecar.istio.io/inject]']}
- source: {kind: ConfigMap, name: p, fieldPath: data.ns}
  targets:
  - {select: {kind: Deployment}, options: {create: true}, fieldPaths: [metadata.namespace]}
`,
      "web.yaml": web,
    },
    builds: {
      ".": [
        "Deployment shop/web [web,web-log] {app=web,sidecar.istio.io/inject=true} {host=a.b.c,ports=PORTS}",
      ],
    },
  },
  {
    name: "replacements stand in files, one or a list, and a later one sees what an earlier one wrote",
    files: {
      "kustomization.yaml": "resources: [web.yaml]\nreplacements:\n- path: one.yaml\n- path: more.yaml\n",
      "one.yaml": `sourceValue: first\ntargets:\n- {select: {kind: Deployment}, fieldPaths: [${ports}]}\n`,
      "more.yaml": `- source: {kind: Deployment, name: web, fieldPath: ${ports}}
  targets:
  - {select: {kind: Deployment}, options: {create: true}, fieldPaths: [spec.template.metadata.annotations.copy]}
`,
      "web.yaml": web,
    },
    builds: { ".": ["Deployment -/web [web,web-log] {app=web} {copy=first,host=a.b.c,ports=first}"] },
  },
  {
    name: "a chain of replacements goes through objects that decide nothing",
    files: {
      "kustomization.yaml": `resources: [web.yaml, service.yaml]
configMapGenerator: [{name: p, literals: [a=start]}]
replacements:
- source: {kind: ConfigMap, name: p, fieldPath: data.a}
  targets:
  - {select: {kind: Service}, fieldPaths: [metadata.labels.tier]}
- source: {kind: Service, fieldPath: metadata.labels.tier}
  targets:
  - {select: {kind: ConfigMap}, fieldPaths: [data.a], options: {delimiter: "-", index: 1}}
- source: {kind: ConfigMap, name: p, fieldPath: data.a}
  targets:
  - {select: {kind: Deployment}, fieldPaths: [${ports}]}
`,
      "web.yaml": web,
      "service.yaml": service,
    },
    builds: { ".": ["Deployment -/web [web,web-log] {app=web} {host=a.b.c,ports=start-start}"] },
  },
  {
    name: "replacements of a component read what its includer has",
    files: {
      "comp/kustomization.yaml": `apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n${replacement("{kind: Service, fieldPath: metadata.labels.tier}", `[${ports}]`)}`,
      "app/kustomization.yaml": "resources: [web.yaml, service.yaml]\ncomponents: [../comp]\n",
      "app/web.yaml": web,
      "app/service.yaml": service,
    },
    builds: { app: ["Deployment -/web [web,web-log] {app=web} {host=a.b.c,ports=back}"] },
  },
  {
    name: "maps are copied whole",
    files: {
      "kustomization.yaml": `resources: [web.yaml, service.yaml]\n${replacement("{kind: Service, fieldPath: metadata.labels}", "[spec.template.metadata.labels]")}`,
      "web.yaml": web,
      "service.yaml": service,
    },
    builds: { ".": ["Deployment -/web [web,web-log] {tier=back} {host=a.b.c,ports=PORTS}"] },
  },
  {
    name: "a source that is not there, or there twice, is named",
    files: {
      "none/kustomization.yaml": `resources: [web.yaml]\n${replacement("{kind: ConfigMap, name: gone, fieldPath: data.a}", `[${ports}]`)}`,
      "none/web.yaml": web,
      "twice/kustomization.yaml": `resources: [web.yaml]\nconfigMapGenerator: [{name: a, literals: [a=1]}, {name: b, literals: [a=1]}]\n${replacement("{kind: ConfigMap, fieldPath: data.a}", `[${ports}]`)}`,
      "twice/web.yaml": web,
      "field/kustomization.yaml": `resources: [web.yaml]\nconfigMapGenerator: [{name: a, literals: [a=1]}]\n${replacement("{kind: ConfigMap, fieldPath: data.b}", `[${ports}]`)}`,
      "field/web.yaml": web,
      "place/kustomization.yaml": `resources: [web.yaml]\n${replacement("{kind: Deployment}", "[spec.template.metadata.annotations.gone]")}`,
      "place/web.yaml": web,
    },
    builds: {
      none: ["Deployment -/web [web,web-log] {app=web} {host=a.b.c,ports=PORTS}"],
      twice: ["Deployment -/web [web,web-log] {app=web} {host=a.b.c,ports=PORTS}"],
      field: ["Deployment -/web [web,web-log] {app=web} {host=a.b.c,ports=PORTS}"],
      place: ["Deployment -/web [web,web-log] {app=web} {host=a.b.c,ports=PORTS}"],
    },
    problems: {
      none: ["replacement an inline replacement"],
      twice: ["replacement an inline replacement"],
      field: ["replacement an inline replacement"],
      place: ["replacement an inline replacement"],
    },
  },
];
