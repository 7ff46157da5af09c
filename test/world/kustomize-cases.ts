/** Small kustomizations with what kustomize v5.8.1 builds of them; where it refuses to, with what is wrong. */

export interface KustomizeCase {
  readonly name: string;
  /** Files that all begin with `resources:` and the like are kustomizations; `---` is added nowhere. */
  readonly files: Readonly<Record<string, string>>;
  /** One line an object, by root: kind, namespace/name, containers, then labels and annotations of the pod template. */
  readonly builds: Readonly<Record<string, readonly string[]>>;
  /** Kinds and subjects of what is wrong, by root; kustomize refuses these roots. */
  readonly problems?: Readonly<Record<string, readonly string[]>>;
}

const web = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - name: web
        image: web:1
      - name: log
        image: log:1
`;

const inShop = web.replace("name: web\n", "name: web\n  namespace: shop\n");
const pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: once\nspec:\n  containers:\n  - name: once\n";
const shop =
  "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels:\n    istio-injection: enabled\n";

export const cases: readonly KustomizeCase[] = [
  {
    name: "an object keeps its namespace, and has none when nothing names one",
    files: { "kustomization.yaml": "resources: [web.yaml, pod.yaml]\n", "web.yaml": inShop, "pod.yaml": pod },
    builds: { ".": ["Deployment shop/web [web,log] {app=web}", "Pod -/once [once]"] },
  },
  {
    name: "namespace replaces what objects say, and renames Namespaces",
    files: {
      "kustomization.yaml": "namespace: pay\nresources: [web.yaml, ns.yaml]\n",
      "web.yaml": inShop,
      "ns.yaml": shop,
    },
    builds: { ".": ["Deployment pay/web [web,log] {app=web}", "Namespace -/pay {istio-injection=enabled}"] },
  },
  {
    name: "an outer namespace wins over an inner one, also where files are called kustomization.yml and Kustomization",
    files: {
      "base/kustomization.yml": "namespace: inner\nresources:\n- web.yaml\n",
      "base/web.yaml": web,
      "middle/Kustomization": "resources:\n- ../base\n",
      "outer/kustomization.yaml": "namespace: outer\nresources:\n- ../middle\n",
    },
    builds: { outer: ["Deployment outer/web [web,log] {app=web}"] },
  },
  {
    name: "two overlays of one base are two builds",
    files: {
      "base/kustomization.yaml": "resources: [web.yaml]\n",
      "base/web.yaml": web,
      "overlays/a/kustomization.yaml": "namespace: a\nresources: [../../base]\n",
      "overlays/b/kustomization.yaml": "namespace: b\nnamePrefix: b-\nbases: [../../base]\n",
    },
    builds: {
      "overlays/a": ["Deployment a/web [web,log] {app=web}"],
      "overlays/b": ["Deployment b/b-web [web,log] {app=web}"],
    },
  },
  {
    name: "cluster-scoped kinds get no namespace, kinds nobody knows do",
    files: {
      "kustomization.yaml": "namespace: pay\nresources: [all.yaml]\n",
      "all.yaml": `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata:
  name: injector
---
apiVersion: example.com/v1
kind: Namespace
metadata:
  name: other
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata:
  name: canary
`,
    },
    builds: {
      ".": ["MutatingWebhookConfiguration -/injector", "Namespace pay/other", "Rollout pay/canary"],
    },
  },
  {
    name: "prefixes and suffixes go on from the inside out, and never on Namespaces",
    files: {
      "base/kustomization.yaml": "namePrefix: in-\nnameSuffix: -in\nresources: [web.yaml, ns.yaml]\n",
      "base/web.yaml": web,
      "base/ns.yaml": shop,
      "over/kustomization.yaml": "namePrefix: out-\nnameSuffix: -out\nresources: [../base]\n",
    },
    builds: {
      over: [
        "Deployment -/out-in-web-in-out [web,log] {app=web}",
        "Namespace -/shop {istio-injection=enabled}",
      ],
    },
  },
  {
    name: "Lists are opened",
    files: {
      "kustomization.yaml": "namespace: pay\nresources: [list.yaml]\n",
      "list.yaml": `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  metadata:
    name: one
  spec:
    containers:
    - name: c
- apiVersion: v1
  kind: Pod
  metadata:
    name: two
  spec:
    containers:
    - name: c
`,
    },
    builds: { ".": ["Pod pay/one [c]", "Pod pay/two [c]"] },
  },
  {
    name: "components change what is there already, before the kustomization that includes them",
    files: {
      "comp/kustomization.yaml":
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: c-\nnamespace: comp\nresources: [pod.yaml]\n",
      "comp/pod.yaml": pod,
      "app/kustomization.yaml": "namePrefix: a-\nresources: [web.yaml]\ncomponents: [../comp]\n",
      "app/web.yaml": web,
    },
    builds: { app: ["Deployment comp/a-c-web [web,log] {app=web}", "Pod comp/a-c-once [once]"] },
  },
  {
    name: "a component that nobody includes is a root",
    files: {
      "kustomization.yaml": "kind: Component\nnamespace: alone\nresources: [pod.yaml]\n",
      "pod.yaml": pod,
    },
    builds: { ".": ["Pod alone/once [once]"] },
  },
  {
    name: "objects for local tools are left out",
    files: {
      "kustomization.yaml": "resources: [pod.yaml, web.yaml]\n",
      "pod.yaml": pod.replace(
        "name: once\n",
        'name: once\n  annotations: {config.kubernetes.io/local-config: "true"}\n',
      ),
      "web.yaml": web,
    },
    builds: { ".": ["Deployment -/web [web,log] {app=web}"] },
  },
  {
    name: "commonLabels and commonAnnotations reach pod templates and Namespaces",
    files: {
      "kustomization.yaml":
        'commonLabels: {team: a}\ncommonAnnotations: {note: "1"}\nresources: [web.yaml, ns.yaml, cron.yaml, rollout.yaml]\n',
      "web.yaml": web,
      "ns.yaml": shop,
      "cron.yaml": `apiVersion: batch/v1
kind: CronJob
metadata:
  name: tick
spec:
  jobTemplate:
    spec:
      template:
        spec:
          containers:
          - name: tick
`,
      "rollout.yaml": web.replace("apps/v1", "argoproj.io/v1alpha1").replace("Deployment", "Rollout"),
    },
    builds: {
      ".": [
        "CronJob -/tick [tick] {team=a} {note=1}",
        "Deployment -/web [web,log] {app=web,team=a} {note=1}",
        "Namespace -/shop {istio-injection=enabled,team=a} {note=1}",
        "Rollout -/web [web,log] {app=web}",
      ],
    },
  },
  {
    name: "labels reach pod templates only when told to, or where their fields say",
    files: {
      "kustomization.yaml": `labels:
- pairs: {meta: "1"}
- pairs: {sidecar.istio.io/inject: "false"}
  includeTemplates: true
- pairs: {sel: "1"}
  includeSelectors: true
- pairs: {own: "1"}
  fields:
  - {path: spec/template/metadata/labels, kind: Rollout, create: true}
resources: [web.yaml, ns.yaml, rollout.yaml]
`,
      "web.yaml": web,
      "ns.yaml": shop,
      "rollout.yaml": web.replace("apps/v1", "argoproj.io/v1alpha1").replace("Deployment", "Rollout"),
    },
    builds: {
      ".": [
        "Deployment -/web [web,log] {app=web,sel=1,sidecar.istio.io/inject=false}",
        "Namespace -/shop {istio-injection=enabled,meta=1,own=1,sel=1,sidecar.istio.io/inject=false}",
        "Rollout -/web [web,log] {app=web,own=1}",
      ],
    },
  },
  {
    name: "a label that was added to object and pod template together is one: an overlay that sets the first sets both",
    files: {
      "base/kustomization.yaml":
        'commonLabels: {sidecar.istio.io/inject: "true"}\nresources: [web.yaml, pod.yaml]\n',
      "base/web.yaml": web,
      "base/pod.yaml": pod,
      "over/kustomization.yaml":
        'labels: [{pairs: {sidecar.istio.io/inject: "false"}}]\nresources: [../base]\n',
    },
    builds: {
      over: [
        "Deployment -/web [web,log] {app=web,sidecar.istio.io/inject=false}",
        "Pod -/once [once] {sidecar.istio.io/inject=false}",
      ],
    },
  },
  {
    name: "a label that the pod template had before stays its own",
    files: {
      "base/kustomization.yaml": "commonLabels: {app: base}\nresources: [web.yaml]\n",
      "base/web.yaml": web,
      "over/kustomization.yaml": "labels: [{pairs: {app: over}}]\nresources: [../base]\n",
    },
    builds: { over: ["Deployment -/web [web,log] {app=base}"] },
  },
  {
    name: "a JSON patch unties labels",
    files: {
      "base/kustomization.yaml": `commonLabels: {x: "1"}
resources: [web.yaml]
patchesJson6902:
- target: {kind: Deployment, name: web}
  patch: |-
    - {op: test, path: /metadata/name, value: web}
`,
      "base/web.yaml": web,
      "over/kustomization.yaml": 'labels: [{pairs: {x: "2"}}]\nresources: [../base]\n',
    },
    builds: { over: ["Deployment -/web [web,log] {app=web,x=1}"] },
  },
  {
    name: "a strategic merge patch merges maps, removes nulls and matches containers by name",
    files: {
      "kustomization.yaml": "resources: [web.yaml]\npatches:\n- path: patch.yaml\n",
      "web.yaml": web,
      "patch.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    metadata:
      labels:
        app: null
        sidecar.istio.io/inject: "true"
      annotations:
        a: b
        gone: null
    spec:
      hostNetwork: true
      containers:
      - name: proxy
        image: proxy:1
      - name: log
        image: log:2
`,
    },
    builds: { ".": ["Deployment -/web [proxy,log,web] hostNetwork {sidecar.istio.io/inject=true} {a=b}"] },
  },
  {
    name: "directives of a strategic merge patch delete and replace",
    files: {
      "kustomization.yaml": `resources: [web.yaml, pod.yaml]
patches:
- patch: |-
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      template:
        metadata:
          labels: {$patch: replace, only: "1"}
        spec:
          containers:
          - {name: log, $patch: delete}
- patch: |-
    $patch: delete
    apiVersion: v1
    kind: Pod
    metadata: {name: once}
`,
      "web.yaml": web,
      "pod.yaml": pod,
    },
    builds: { ".": ["Deployment -/web [web] {only=1}"] },
  },
  {
    name: "a label set to null is removed, but with a target, or in patchesStrategicMerge, it is the text null",
    files: {
      "a/kustomization.yaml": `resources: [ns.yaml]
patches:
- patch: |-
    apiVersion: v1
    kind: Namespace
    metadata: {name: shop, labels: {istio-injection: null}}
`,
      "a/ns.yaml": shop,
      "b/kustomization.yaml": `resources: [ns.yaml]
patches:
- target: {kind: Namespace}
  patch: |-
    apiVersion: v1
    kind: Namespace
    metadata: {name: any, labels: {istio-injection: null, num: 1}}
`,
      "b/ns.yaml": shop,
      "c/kustomization.yaml": `resources: [ns.yaml]
patchesStrategicMerge:
- |-
  apiVersion: v1
  kind: Namespace
  metadata: {name: shop, labels: {istio-injection: null}, annotations: null}
`,
      "c/ns.yaml": shop,
    },
    builds: {
      a: ["Namespace -/shop"],
      b: ["Namespace -/shop {istio-injection=null,num=1}"],
      c: ["Namespace -/shop {istio-injection=null}"],
    },
  },
  {
    name: "a list item that is to be replaced only moves to the front",
    files: {
      "kustomization.yaml": `resources: [web.yaml]
patches:
- patch: |-
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec: {template: {spec: {containers: [{name: log, $patch: replace, env: []}, {name: new, $patch: replace}]}}}
`,
      "web.yaml": web,
    },
    builds: { ".": ["Deployment -/web [log,new,web] {app=web}"] },
  },
  {
    name: "lists of kinds that Kubernetes does not define are replaced",
    files: {
      "kustomization.yaml": `resources: [rollout.yaml]
patches:
- patch: |-
    apiVersion: argoproj.io/v1alpha1
    kind: Rollout
    metadata: {name: web}
    spec: {template: {spec: {containers: [{name: proxy}]}}}
`,
      "rollout.yaml": web.replace("apps/v1", "argoproj.io/v1alpha1").replace("Deployment", "Rollout"),
    },
    builds: { ".": ["Rollout -/web [proxy] {app=web}"] },
  },
  {
    name: "patchesStrategicMerge by path and inline find objects by the names they had",
    files: {
      "base/kustomization.yaml": "namePrefix: p-\nnamespace: base\nresources: [web.yaml]\n",
      "base/web.yaml": web,
      "over/kustomization.yaml": `resources: [../base]
patchesStrategicMerge:
- patch.yaml
- |-
  apiVersion: apps/v1
  kind: Deployment
  metadata: {name: p-web, namespace: base}
  spec: {template: {metadata: {labels: {inline: "1"}}}}
`,
      "over/patch.yaml":
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {metadata: {labels: {old: "1"}}}}\n',
    },
    builds: { over: ["Deployment base/p-web [web,log] {app=web,inline=1,old=1}"] },
  },
  {
    name: "a JSON patch adds, replaces, removes and inserts in the objects its target means",
    files: {
      "kustomization.yaml": `namespace: pay
resources: [web.yaml, pod.yaml, ns.yaml]
patches:
- target: {kind: Deploy.*, name: w.b, labelSelector: "!x"}
  patch: |-
    - {op: add, path: /spec/template/metadata/annotations, value: {}}
    - {op: add, path: /spec/template/metadata/annotations/sidecar.istio.io~1inject, value: "false"}
    - {op: replace, path: /spec/template/metadata/labels/new, value: "1"}
    - {op: remove, path: /spec/template/metadata/labels/app}
    - {op: add, path: /spec/template/spec/containers/0, value: {name: first}}
    - {op: add, path: /spec/template/spec/containers/-, value: {name: last}}
- target: {kind: Deploy, name: web}
  patch: |-
    - {op: add, path: /spec/template/metadata/labels/partial, value: "1"}
patchesJson6902:
- target: {version: v1, kind: Namespace, name: pay}
  path: ns-patch.json
`,
      "web.yaml": web,
      "pod.yaml": pod,
      "ns.yaml": shop,
      "ns-patch.json": '[{"op": "replace", "path": "/metadata/labels/istio-injection", "value": "disabled"}]',
    },
    builds: {
      ".": [
        "Deployment pay/web [first,web,log,last] {new=1} {sidecar.istio.io/inject=false}",
        "Namespace -/pay {istio-injection=disabled}",
        "Pod pay/once [once]",
      ],
    },
  },
  {
    name: "a merge patch with a target changes all it selects, and no names, kinds and namespaces",
    files: {
      "kustomization.yaml": `resources: [web.yaml, pod.yaml]
patches:
- target: {kind: Deployment|Pod, annotationSelector: "!skip"}
  patch: |-
    apiVersion: x/v1
    kind: Whatever
    metadata: {name: other, namespace: elsewhere, labels: {l: "1"}}
    spec: {hostNetwork: true}
`,
      "web.yaml": inShop,
      "pod.yaml": pod,
    },
    builds: { ".": ["Deployment shop/web [web,log] {app=web}", "Pod -/once [once] hostNetwork {l=1}"] },
  },
  {
    name: "a patch may change the name when it is allowed to",
    files: {
      "kustomization.yaml": `resources: [pod.yaml]
patches:
- target: {kind: Pod}
  options: {allowNameChange: true}
  patch: |-
    apiVersion: v1
    kind: Pod
    metadata: {name: renamed}
`,
      "pod.yaml": pod,
    },
    builds: { ".": ["Pod -/renamed [once]"] },
  },
  {
    name: "a remote base is named and the rest still built",
    files: {
      "kustomization.yaml":
        "namespace: pay\nresources:\n- web.yaml\n- github.com/example/repo/config?ref=v1\n- https://example.invalid/all.yaml\n",
      "web.yaml": web,
    },
    builds: { ".": ["Deployment pay/web [web,log] {app=web}"] },
    problems: {
      ".": ["remote github.com/example/repo/config?ref=v1", "remote https://example.invalid/all.yaml"],
    },
  },
  {
    name: "what is missing is named and the rest still built",
    files: {
      "kustomization.yaml": "resources:\n- web.yaml\n- gone.yaml\n- ../outside\ncomponents:\n- nowhere\n",
      "web.yaml": web,
    },
    builds: { ".": ["Deployment -/web [web,log] {app=web}"] },
    problems: { ".": ["missing gone.yaml", "missing ../outside", "missing nowhere"] },
  },
  {
    name: "a ring is broken where it closes, and one of it is the root",
    files: {
      "a/kustomization.yaml": "resources: [../b, pod.yaml]\n",
      "a/pod.yaml": pod,
      "b/kustomization.yaml": "resources: [../a]\n",
    },
    builds: { a: ["Pod -/once [once]"] },
    problems: { a: ["cycle ../a"] },
  },
  {
    name: "a base above the kustomization is a ring",
    files: {
      "kustomization.yaml": "resources: [pod.yaml]\n",
      "pod.yaml": pod,
      "over/kustomization.yaml": "resources: [..]\n",
    },
    builds: { over: [] },
    problems: { over: ["cycle .."] },
  },
  {
    name: "the same object twice is a conflict and counts once",
    files: {
      "kustomization.yaml": "resources: [pod.yaml, again.yaml]\n",
      "pod.yaml": pod,
      "again.yaml": pod,
    },
    builds: { ".": ["Pod -/once [once]"] },
    problems: { ".": ["conflict Pod/once"] },
  },
  {
    name: "components under resources, and bases under components, are refused",
    files: {
      "kustomization.yaml": "resources: [comp, pod.yaml]\ncomponents: [base]\n",
      "pod.yaml": pod,
      "comp/kustomization.yaml": "kind: Component\nnamePrefix: c-\n",
      "base/kustomization.yaml": "namePrefix: b-\n",
    },
    builds: { ".": ["Pod -/once [once]"] },
    problems: { ".": ["invalid comp", "invalid base"] },
  },
  {
    name: "charts and plugins are named and not run",
    files: {
      "kustomization.yaml":
        "resources: [pod.yaml]\nhelmCharts:\n- {name: api, repo: 'https://example.invalid'}\ngenerators: [gen.yaml]\n",
      "pod.yaml": pod,
      "gen.yaml": "apiVersion: example.com/v1\nkind: Made\nmetadata: {name: made}\n",
    },
    builds: { ".": ["Pod -/once [once]"] },
    problems: { ".": ["helm api", "plugin gen.yaml"] },
  },
  {
    name: "a patch that does not apply is named and leaves the object as it was",
    files: {
      "kustomization.yaml": `resources: [pod.yaml]
patches:
- target: {kind: Pod}
  patch: |-
    - {op: add, path: /metadata/labels, value: {half: "1"}}
    - {op: remove, path: /metadata/nothing}
- path: gone.yaml
`,
      "pod.yaml": pod,
    },
    builds: { ".": ["Pod -/once [once]"] },
    problems: { ".": ["patch an inline patch", "missing gone.yaml"] },
  },
];
