/** Kustomizations with transformers and generators as objects, rules of their own and variables, with what kustomize v5.8.1 builds of them. */
import type { KustomizeCase } from "./kustomize-cases.ts";

const job = `apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec:
  template:
    metadata: {labels: {app: once}}
    spec:
      containers: [{name: once, image: once:1}]
`;
const web = job.replaceAll("once", "web").replace("batch/v1\nkind: Job", "apps/v1\nkind: Deployment");
const service = "apiVersion: v1\nkind: Service\nmetadata: {name: front}\nspec: {ports: [{port: 80}]}\n";
const shop = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n";

const builtin = (kind: string, rest: string) =>
  `apiVersion: builtin\nkind: ${kind}\nmetadata: {name: t}\n${rest}`;
const named = (kind: string, rest: string) => builtin(kind, rest).replace("{name: t}", "{name: u}");

export const pluginCases: readonly KustomizeCase[] = [
  {
    name: "transformers of kustomize's own kinds are carried out, after all else, in their order",
    files: {
      "kustomization.yaml": "resources: [all.yaml]\nnamePrefix: a-\ntransformers: [first.yaml, more]\n",
      "all.yaml": [job, web, shop].join("---\n"),
      "first.yaml": [
        builtin("PrefixTransformer", "prefix: b-\nfieldSpecs: [{path: metadata/name, kind: Job}]\n"),
        builtin(
          "LabelTransformer",
          'labels: {sidecar.istio.io/inject: "true"}\nfieldSpecs: [{path: spec/template/metadata/labels, kind: Deployment}]\n',
        ),
      ].join("---\n"),
      "more/kustomization.yaml": "resources: [namespace.yaml]\n",
      "more/namespace.yaml":
        "apiVersion: builtin\nkind: NamespaceTransformer\nmetadata: {name: n, namespace: pay}\nfieldSpecs: [{path: metadata/name, kind: Namespace, create: true}]\n",
    },
    builds: {
      ".": [
        "Job pay/b-a-once [once] {app=once}",
        "Deployment pay/a-web [web] {app=web,sidecar.istio.io/inject=true}",
        "Namespace -/pay",
      ],
    },
  },
  {
    name: "a namespace for objects without one leaves the others, and the names of Namespaces",
    files: {
      "kustomization.yaml": "resources: [all.yaml]\ntransformers: [n.yaml]\n",
      "all.yaml": [job, web.replace("{name: web}", "{name: web, namespace: own}"), shop].join("---\n"),
      "n.yaml":
        "apiVersion: builtin\nkind: NamespaceTransformer\nmetadata: {name: n, namespace: pay}\nunsetOnly: true\n",
    },
    builds: {
      ".": ["Job pay/once [once] {app=once}", "Deployment own/web [web] {app=web}", "Namespace -/shop"],
    },
  },
  {
    name: "patches and replacements as transformers, inline and by file",
    files: {
      "kustomization.yaml": `resources: [all.yaml]
transformers:
- p.yaml
- |-
  apiVersion: builtin
  kind: PatchTransformer
  metadata: {name: q}
  target: {kind: Job}
  patch: |-
    - {op: add, path: /spec/template/spec/hostNetwork, value: true}
`,
      "all.yaml": [job, web].join("---\n"),
      "p.yaml": [
        builtin("PatchTransformer", "path: sub/merge.yaml\n"),
        named(
          "ReplacementTransformer",
          "replacements:\n- source: {kind: Job, name: once}\n  targets:\n  - select: {kind: Deployment}\n    fieldPaths: [spec.template.metadata.labels.app]\n",
        ),
      ].join("---\n"),
      "sub/merge.yaml": web.replace("{app: web}", '{istio.io/rev: "canary"}'),
    },
    builds: {
      ".": [
        "Job -/once [once] hostNetwork {app=once}",
        "Deployment -/web [web] {app=once,istio.io/rev=canary}",
      ],
    },
  },
  {
    name: "images and numbers of replicas change nothing, what is no transformer of kustomize's own is named",
    files: {
      "kustomization.yaml": "resources: [all.yaml]\ntransformers: [t.yaml, other.yaml]\n",
      "all.yaml": job,
      "t.yaml": builtin("ImageTagTransformer", "imageTag: {name: once, newTag: v2}\nfieldSpecs: []\n"),
      "other.yaml": "apiVersion: example.com/v1\nkind: Magic\nmetadata: {name: m}\n",
    },
    builds: { ".": ["Job -/once [once] {app=once}"] },
    problems: { ".": ["plugin other.yaml"] },
  },
  {
    name: "a generator of kustomize's own kinds is no plugin, and its ConfigMap can be read",
    files: {
      "kustomization.yaml": `resources: [all.yaml]
generators: [g.yaml]
replacements:
- source: {kind: ConfigMap, name: c, fieldPath: data.tier}
  targets:
  - select: {kind: Job}
    fieldPaths: [spec.template.metadata.labels.app]
`,
      "all.yaml": job,
      "g.yaml": "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: c}\nliterals: [tier=gold]\n",
    },
    builds: { ".": ["Job -/once [once] {app=gold}"] },
  },
  {
    name: "rules for labels count for kinds of their own, also above the kustomization that has them",
    files: {
      "base/kustomization.yaml": "resources: [all.yaml]\nconfigurations: [rules.yaml]\n",
      "base/rules.yaml":
        "commonLabels:\n- {path: spec/template/metadata/labels, kind: Rollout, create: true}\ncommonAnnotations:\n- {path: spec/template/metadata/annotations, kind: Rollout, create: true}\n",
      "base/all.yaml": web.replace("apps/v1\nkind: Deployment", "argoproj.io/v1alpha1\nkind: Rollout"),
      "over/kustomization.yaml":
        "resources: [../base]\ncommonLabels: {team: a}\ncommonAnnotations: {note: b}\n",
    },
    builds: { over: ["Rollout -/web [web] {app=web,team=a} {note=b}"] },
  },
  {
    name: "a rule for a field of one kind leaves the others without",
    files: {
      "kustomization.yaml": "resources: [all.yaml]\nnamePrefix: a-\nconfigurations: [rules.yaml]\n",
      "rules.yaml": "namePrefix:\n- {path: metadata/name, kind: Job}\n",
      "all.yaml": [job, web].join("---\n"),
    },
    builds: { ".": ["Job -/a-once [once] {app=once}", "Deployment -/web [web] {app=web}"] },
  },
  {
    name: "variables are filled into annotations, with values of objects that decide nothing and of what is generated",
    files: {
      "base/kustomization.yaml": `resources: [all.yaml, service.yaml]
namePrefix: a-
configMapGenerator:
- name: c
  literals: [tier=gold]
vars:
- {name: FRONT, objref: {kind: Service, name: front, apiVersion: v1}}
- {name: PORT, objref: {kind: Service, name: front, apiVersion: v1}, fieldref: {fieldpath: "spec.ports[0].port"}}
- {name: TIER, objref: {kind: ConfigMap, name: c, apiVersion: v1}, fieldref: {fieldpath: data.tier}}
`,
      "base/service.yaml": service,
      "base/all.yaml": web.replace(
        "{labels: {app: web}}",
        () => '{annotations: {note: "$(FRONT):$(PORT) $$(PORT) $(OTHER)", tier: $(TIER)}}',
      ),
      "over/kustomization.yaml": "resources: [../base]\nnameSuffix: -z\n",
    },
    builds: { over: ["Deployment -/a-web-z [web] {} {note=a-front-z:80 $(PORT) $(OTHER),tier=gold}"] },
  },
  {
    name: "a name that patchesJson6902 replaces is forgotten, one that patches replace is not",
    files: {
      "kustomization.yaml": "resources: [new, old]\npatches:\n- {path: p.yaml}\n",
      "new/kustomization.yaml": `resources: [all.yaml]\npatchesJson6902:\n- target: {version: v1, kind: Job, name: once}\n  patch: '[{"op": "replace", "path": "/metadata/name", "value": "new"}]'\n`,
      "new/all.yaml": job,
      "old/kustomization.yaml": `resources: [all.yaml]\npatches:\n- target: {kind: Job}\n  patch: '[{"op": "replace", "path": "/metadata/name", "value": "old"}]'\n`,
      "old/all.yaml": job,
      "p.yaml": job.replace("{app: once}", "{app: patched}"),
    },
    builds: { ".": ["Job -/new [once] {app=once}", "Job -/old [once] {app=patched}"] },
  },
  {
    name: "a JSON patch that begins with a bracket has to be JSON",
    files: {
      "kustomization.yaml": `resources: [all.yaml]
patches:
- target: {kind: Job}
  patch: '[{op: add, path: /spec/template/metadata/labels/app, value: patched}]'
- target: {kind: Job}
  patch: ' [{"op": "add", "path": "/spec/template/metadata/labels/tier", "value": "json"}]'
`,
      "all.yaml": job,
    },
    builds: { ".": ["Job -/once [once] {app=once,tier=json}"] },
    problems: { ".": ["patch an inline patch"] },
  },
  {
    name: "an annotation can be added to an object without any, as kustomize keeps notes there",
    files: {
      "kustomization.yaml": `resources: [all.yaml]
patches:
- target: {kind: Pod}
  patch: |-
    - {op: add, path: /metadata/annotations/sidecar.istio.io~1inject, value: "false"}
`,
      "all.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: once}\nspec: {containers: [{name: once}]}\n",
    },
    builds: { ".": ["Pod -/once [once] {} {sidecar.istio.io/inject=false}"] },
  },
  {
    name: "an object whose kind a patch changes is one of its new kind",
    files: {
      "kustomization.yaml":
        "resources: [all.yaml]\npatches:\n- target: {kind: Deployment}\n  options: {allowKindChange: true}\n  patch: '{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: web}}'\n",
      "all.yaml": web,
    },
    builds: { ".": ["StatefulSet -/web [web] {app=web}"] },
  },
  {
    name: "a namespace that makes two objects one is a conflict",
    files: {
      "kustomization.yaml": "resources: [all.yaml]\nnamespace: pay\n",
      "all.yaml": [job, job.replace("{name: once}", "{name: once, namespace: shop}")].join("---\n"),
    },
    builds: { ".": ["Job pay/once [once] {app=once}", "Job pay/once [once] {app=once}"] },
    problems: { ".": ["conflict Job/once"] },
  },
  {
    name: "a patch that several objects answer to is refused",
    files: {
      "kustomization.yaml": "resources: [a, b]\npatches: [{path: p.yaml}]\n",
      "a/kustomization.yaml": "resources: [../base]\nnamePrefix: a-\n",
      "b/kustomization.yaml": "resources: [../base]\nnamePrefix: b-\n",
      "base/kustomization.yaml": "resources: [all.yaml]\n",
      "base/all.yaml": job,
      "p.yaml": job,
    },
    builds: { ".": ["Job -/a-once [once] {app=once}", "Job -/b-once [once] {app=once}"] },
    problems: { ".": ["patch Job/once"] },
  },
  {
    name: "rules and data that are not there are named",
    files: {
      "kustomization.yaml":
        "resources: [all.yaml]\nconfigurations: [gone.yaml]\nconfigMapGenerator:\n- {name: c, files: [a=gone.txt, 'https://example.invalid/x'], envs: [gone.env]}\n",
      "all.yaml": job,
    },
    builds: { ".": ["Job -/once [once] {app=once}"] },
    problems: {
      ".": ["missing gone.txt", "missing https://example.invalid/x", "missing gone.env", "missing gone.yaml"],
    },
  },
  {
    name: "a kustomization of another version is refused, and one that says nothing; one of Flux is none",
    files: {
      "version/kustomization.yaml":
        "apiVersion: kustomize.config.k8s.io/v1\nkind: Kustomization\nresources: [all.yaml]\n",
      "version/all.yaml": job,
      "empty/kustomization.yaml": "kind: Kustomization\nnamePrefix: ''\n",
      "flux/kustomization.yaml":
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec: {path: x}\n",
    },
    builds: { version: ["Job -/once [once] {app=once}"], empty: [], flux: [] },
    problems: { version: ["refused apiVersion"], empty: ["refused kind"] },
  },
];
