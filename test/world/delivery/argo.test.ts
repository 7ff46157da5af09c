import { suite } from "uvu";
import * as assert from "uvu/assert";
import { application, applicationSet, deployment, namespace, told, url, worldOf } from "./cases.ts";

const argo = suite("Applications of Argo CD");

const to = (name: string, rest = "") => `destination: {namespace: ${name}}${rest}`;
const kustomized = {
  "apps/web/kustomization.yaml": "resources: [web.yaml]",
  "apps/web/web.yaml": deployment("web"),
};

const cases: readonly {
  readonly says: string;
  readonly files: Readonly<Record<string, string>>;
  readonly expected: readonly string[];
}[] = [
  {
    says: "a namespace is filled in where an object names none, and does not win over one that it names",
    files: {
      "argo/a.yaml": application("web", `{source: {${url}, path: apps}, ${to("shop")}}`),
      "apps/a.yaml": deployment("web"),
      "apps/b.yaml": deployment("pay", ", namespace: pay"),
      "apps/below/c.yaml": deployment("below"),
    },
    expected: [
      "null/below unknown",
      "pay/pay unknown by Application/web",
      "shop/web unknown by Application/web",
    ],
  },
  {
    says: "recurse, include and exclude choose files",
    files: {
      "argo/a.yaml": application(
        "web",
        `{source: {${url}, path: apps, directory: {recurse: true, include: '{a,b/*}.yaml', exclude: '*/x*'}}, ${to("shop")}}`,
      ),
      "apps/a.yaml": deployment("a"),
      "apps/b/b.yaml": deployment("b"),
      "apps/b/x.yaml": deployment("x"),
      "apps/c.yaml": deployment("c"),
    },
    expected: [
      "null/c unknown",
      "null/x unknown",
      "shop/a unknown by Application/web",
      "shop/b unknown by Application/web",
    ],
  },
  {
    says: "a kustomization is built once for each Application, and not by itself",
    files: {
      ...kustomized,
      "argo/a.yaml": `${application("one", `{source: {${url}, path: apps/web, kustomize: {namePrefix: one-}}, ${to("one")}}`)}---
${application("two", `{source: {${url}, path: apps/web, kustomize: {namespace: forced, nameSuffix: -two}}, ${to("two")}}`)}`,
    },
    expected: ["forced/web-two unknown by Application/two", "one/one-web unknown by Application/one"],
  },
  {
    says: "labels, patches and components go into the build",
    files: {
      ...kustomized,
      "parts/mesh/kustomization.yaml":
        "kind: Component\npatches: [{target: {kind: Deployment}, patch: '- {op: add, path: /spec/template/metadata/labels/x, value: y}'}]",
      "argo/a.yaml": application(
        "web",
        `{source: {${url}, path: apps/web, kustomize: {components: [../../parts/mesh, ../nothing], ignoreMissingComponents: true, commonLabels: {sidecar.istio.io/inject: "false"}}}, ${to("shop")}}`,
      ),
    },
    expected: ["shop/web not-injected by Application/web"],
  },
  {
    says: "managed labels are those of the namespace, over those that it has elsewhere",
    files: {
      "argo/a.yaml": application(
        "web",
        `{source: {${url}, path: apps}, ${to("shop")}, syncPolicy: {syncOptions: [CreateNamespace=true], managedNamespaceMetadata: {labels: {istio-injection: enabled}}}}`,
      ),
      "apps/a.yaml": deployment("web"),
      "ns.yaml": namespace("shop", "istio-injection: disabled"),
    },
    expected: ["shop/web injected by Application/web"],
  },
  {
    says: "a Namespace object of the Application wins over managed labels",
    files: {
      "argo/a.yaml": application(
        "web",
        `{source: {${url}, path: apps}, ${to("shop")}, syncPolicy: {syncOptions: [CreateNamespace=true], managedNamespaceMetadata: {labels: {istio-injection: enabled}}}}`,
      ),
      "apps/a.yaml": deployment("web"),
      "apps/ns.yaml": namespace("shop", "istio-injection: disabled"),
    },
    expected: ["shop/web not-injected by Application/web"],
  },
  {
    says: "managed labels are nothing without CreateNamespace, and CreateNamespace alone says no labels",
    files: {
      "argo/a.yaml": `${application("web", `{source: {${url}, path: web}, ${to("shop")}, syncPolicy: {managedNamespaceMetadata: {labels: {istio-injection: enabled}}}}`)}---
${application("pay", `{source: {${url}, path: pay}, ${to("pay")}, syncPolicy: {syncOptions: [CreateNamespace=true]}}`)}`,
      "web/a.yaml": deployment("web"),
      "pay/a.yaml": deployment("pay"),
    },
    expected: ["pay/pay unknown by Application/pay", "shop/web unknown by Application/web"],
  },
  {
    says: "managed labels that no webhook asks for say nothing of a namespace that nothing shows",
    files: {
      "argo/a.yaml": application(
        "web",
        `{source: {${url}, path: apps}, ${to("shop")}, syncPolicy: {syncOptions: [CreateNamespace=true], managedNamespaceMetadata: {labels: {team: x}}}}`,
      ),
      "apps/a.yaml": deployment("web"),
    },
    expected: ["shop/web unknown by Application/web"],
  },
  {
    says: "an Application brings Applications, also itself",
    files: {
      "argo/root.yaml": application("root", `{source: {${url}, path: argo}, ${to("argocd")}}`),
      "argo/web.yaml": application("web", `{source: {${url}, path: apps}, ${to("shop")}}`),
      "apps/a.yaml": deployment("web"),
    },
    expected: ["shop/web unknown by Application/web"],
  },
  {
    says: "a set makes an Application of every element and directory",
    files: {
      "argo/set.yaml": applicationSet(
        "set",
        `generators:
- matrix:
    generators:
    - list: {elements: [{team: one}, {team: two}]}
    - git: {${url}, directories: [{path: 'apps/*'}, {path: 'apps/x*', exclude: true}]}
template:
  metadata: {name: '{{team}}-{{path.basename}}'}
  spec: {source: {${url}, path: '{{path}}'}, destination: {namespace: '{{team}}-{{path[1]}}'}}`,
      ),
      "apps/a/a.yaml": deployment("a"),
      "apps/x1/a.yaml": deployment("x"),
    },
    expected: [
      "null/x unknown",
      "one-a/a unknown by Application/one-a of ApplicationSet/set",
      "two-a/a unknown by Application/two-a of ApplicationSet/set",
    ],
  },
  {
    says: "Go templates see paths, values and elements",
    files: {
      "argo/set.yaml": applicationSet(
        "set",
        `goTemplate: true
generators:
- git: {${url}, directories: [{path: 'apps/*'}], values: {ns: '{{.path.basename | upper | lower}}-{{index .path.segments 0}}'}}
- list:
    elements: [{to: {name: b}}]
    template: {spec: {destination: {namespace: 'x-{{.to.name}}'}, source: {path: apps/b}}}
template:
  metadata: {name: 'n'}
  spec: {source: {${url}, path: '{{.path.path}}'}, destination: {namespace: '{{.values.ns}}'}}`,
      ),
      "apps/a/a.yaml": deployment("a"),
      "apps/b/a.yaml": deployment("b"),
    },
    expected: [
      "a-apps/a unknown by Application/n of ApplicationSet/set",
      "b-apps/b unknown by Application/n of ApplicationSet/set",
      "x-b/b unknown by Application/n of ApplicationSet/set",
    ],
  },
  {
    says: "files give parameters, with what they hold",
    files: {
      "argo/set.yaml": applicationSet(
        "set",
        `generators: [{git: {${url}, files: [{path: 'apps/**/config.json'}]}}]
template:
  metadata: {name: made}
  spec: {source: {${url}, path: '{{path}}'}, destination: {namespace: '{{to.namespace}}'}}`,
      ),
      "apps/a/config.json": '{"to": {"namespace": "shop"}}',
      "apps/a/a.yaml": deployment("a"),
    },
    expected: ["shop/a unknown by Application/made of ApplicationSet/set"],
  },
  {
    says: "a star in a pattern of files stands for slashes as well, as git takes it; braces are nothing to it",
    files: {
      "argo/set.yaml": applicationSet(
        "set",
        `generators: [{git: {${url}, files: [{path: "apps/*/config.json"}, {path: "{apps,more}/config.json"}]}}]
template:
  metadata: {name: '{{app}}'}
  spec: {source: {${url}, path: '{{path}}'}, destination: {namespace: '{{app}}'}}`,
      ),
      "apps/a/config.json": '{"app": "near"}',
      "apps/a/a.yaml": deployment("a"),
      "apps/b/c/config.json": '{"app": "deep"}',
      "apps/b/c/b.yaml": deployment("b"),
      "more/config.json": '{"app": "more"}',
      "more/c.yaml": deployment("c"),
    },
    expected: [
      "deep/b unknown by Application/deep of ApplicationSet/set",
      "near/a unknown by Application/near of ApplicationSet/set",
      "null/c unknown",
    ],
  },
  {
    says: "a pattern of directories is no pattern of git: a star stands for no slash, braces for themselves",
    files: {
      "argo/set.yaml": applicationSet(
        "set",
        `generators: [{git: {${url}, directories: [{path: "apps/*"}, {path: "{apps,more}/*/c"}]}}]
template:
  metadata: {name: '{{path.basename}}'}
  spec: {source: {${url}, path: '{{path}}'}, destination: {namespace: '{{path.basename}}'}}`,
      ),
      "apps/a/a.yaml": deployment("a"),
      "more/b/c/b.yaml": deployment("b"),
    },
    expected: ["a/a unknown by Application/a of ApplicationSet/set", "null/b unknown"],
  },
  {
    says: "a directory is applied file by file, also those that a kustomization names",
    files: {
      "argo/a.yaml": `${application("web", `{source: {${url}, path: apps, directory: {include: "*.yaml"}}, ${to("shop")}}`)}---
${application("all", `{source: {${url}, path: more, directory: {recurse: true}}, ${to("pay")}}`)}`,
      "apps/kustomization.yaml": "kind: Kustomization\nresources: [a.yaml]\npatches: [{path: p.yaml}]\n",
      "apps/a.yaml": deployment("web"),
      "apps/p.yaml": deployment("web"),
      "more/deep/kustomization.yaml": "kind: Kustomization\nnamespace: built\nresources: [b.yaml]\n",
      "more/deep/b.yaml": deployment("pay"),
    },
    expected: [
      "built/pay unknown",
      "null/web unknown",
      "pay/pay unknown by Application/all",
      "shop/web unknown by Application/web",
    ],
  },
  {
    says: "a templatePatch that changes nothing of what is delivered is let be",
    files: {
      "argo/set.yaml": applicationSet(
        "set",
        `generators: [{list: {elements: [{at: shop}]}}]
goTemplate: true
template:
  metadata: {name: web}
  spec: {source: {${url}, path: apps}, destination: {namespace: '{{.at}}'}}
templatePatch: |
  spec: {syncPolicy: {automated: {prune: true}}}`,
      ),
      "apps/a.yaml": deployment("web"),
    },
    expected: ["shop/web unknown by Application/web of ApplicationSet/set"],
  },
  {
    says: "where Applications name several repositories, and no remote tells which is this one, nothing is decided",
    files: {
      "argo/a.yaml": `${application("one", `{source: {${url}, path: apps}, ${to("lit")}}`)}---
${application("other", `{source: {repoURL: https://example.com/shop/other, path: apps}, ${to("lit")}}`)}`,
      "apps/a.yaml": deployment("web"),
      "ns.yaml": namespace("lit", "istio-injection: enabled"),
    },
    expected: ["lit/web unknown by Application/one", "lit/web unknown by Application/other"],
  },
  {
    says: "another repository is left alone, as the remotes of this one tell",
    files: {
      ".git/config": '[remote "origin"]\n\turl = git@example.com:me/repo.git\n',
      "argo/a.yaml": `${application("own", `{source: {${url}, path: apps}, ${to("own")}}`)}---
${application("other", `{source: {repoURL: https://example.com/shop/other, path: apps}, ${to("other")}}`)}`,
      "apps/a.yaml": deployment("web"),
    },
    expected: ["own/web unknown by Application/own"],
  },
  {
    says: "a fork is this repository, unless something names this one in full",
    files: {
      ".git/config": '[remote "origin"]\n\turl = https://example.com/me/repo\n',
      "argo/a.yaml": `${application("fork", `{source: {${url}, path: apps}, ${to("fork")}}`)}---
${application("own", `{source: {repoURL: "ssh://git@example.com/Me/repo.git", path: apps}, ${to("own")}}`)}`,
      "apps/a.yaml": deployment("web"),
    },
    expected: ["own/web unknown by Application/own"],
  },
];

for (const { says, files, expected } of cases) {
  argo(says, () => {
    const world = worldOf(files);
    assert.equal(told(world), [...expected]);
    assert.equal(world.skipped, []);
  });
}

argo("the place of a namespace is in the Application", () => {
  const order = application("web", `{source: {${url}, path: apps}, ${to("shop")}}`);
  const [, , , spec = ""] = order.split("\n");
  const world = worldOf({ "argo/a.yaml": order, "apps/a.yaml": deployment("web") });
  const place = `Application/web (argo/a.yaml:4:${spec.indexOf("namespace: shop") + 1})`;
  assert.equal(world.workloads[0]?.namespaceOrigin?.text, place);
});

argo("what is not followed is told", () => {
  const world = worldOf({
    "argo/c.yaml": applicationSet(
      "patched",
      `generators: [{list: {elements: [{at: shop}]}}]
goTemplate: true
template: {metadata: {name: web}, spec: {source: {${url}, path: apps}, destination: {namespace: shop}}}
templatePatch: "spec: {destination: {namespace: other}}"`,
    ),
    "argo/a.yaml": application("web", `{source: {${url}, path: apps, plugin: {name: x}}, ${to("shop")}}`),
    "argo/b.yaml": applicationSet("set", "generators: [{clusters: {}}]\ntemplate: {metadata: {name: a}}"),
    "apps/a.yaml": deployment("web"),
  });
  assert.equal(
    world.skipped.filter(({ reason }) => reason === "delivery").map(({ detail }) => detail),
    [
      "Application/web: its source is rendered by a plugin",
      "ApplicationSet/set: what its generator clusters finds is not in the repository",
      "ApplicationSet/patched: its templatePatch is not applied",
    ],
  );
  assert.equal(told(world), ["null/web unknown"]);
});

argo("charts are deliveries with their release, namespace and values", () => {
  const world = worldOf({
    "argo/a.yaml": application(
      "web",
      `{source: {${url}, path: chart, helm: {releaseName: w, valueFiles: [v.yaml, /top.yaml], valuesObject: {a: 1}}}, ${to("shop")}}`,
    ),
    "chart/Chart.yaml": "name: web\n",
    "chart/v.yaml": "a: 2\n",
  });
  const [delivery] = world.deliveries;
  const { release, values, valueFiles } = delivery?.chart ?? {};
  assert.equal([delivery?.directory, delivery?.namespace?.name], ["chart", "shop"]);
  assert.equal([release, JSON.stringify(values), valueFiles], ["w", '{"a":1}', ["chart/v.yaml", "top.yaml"]]);
});

argo("orders that make no sense bring nothing, and do no harm", () => {
  const specs = [
    "null",
    "[]",
    "{source: 1, sources: [2, null, {}]}",
    `{source: {${url}, path: [apps]}}`,
    `{source: {${url}, path: ../..}}`,
    `{source: {${url}, path: nothing}}`,
    `{source: {${url}, path: apps, directory: 7, kustomize: [], helm: x}, destination: null, syncPolicy: {syncOptions: x}}`,
    "{generators: [null, {}, {list: 3}, {list: {elements: [1]}}, {matrix: {}}, {matrix: {generators: [{git: null}, 1]}}], template: {}}",
    "{goTemplate: true, generators: [{list: {elements: [{}]}}], template: {metadata: {name: '{{.a.b.c}}{{'}}}",
  ];
  const orders = specs.flatMap((spec, index) => [
    application(`a${index}`, spec),
    application(`s${index}`, spec).replace("kind: Application", "kind: ApplicationSet"),
    `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: k${index}}\nspec: ${spec}\n`,
    `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: h${index}}\nspec: ${spec}\n`,
  ]);
  const world = worldOf({ "argo/a.yaml": orders.join("---\n"), "apps/a.yaml": deployment("web") });
  assert.equal(world.faults, []);
  assert.equal(told(world), ["null/web unknown by Application/a6"]);
});

argo("gitops: ignore leaves everything as it stands", () => {
  const files = {
    ...kustomized,
    "argo/a.yaml": application("web", `{source: {${url}, path: apps/web}, ${to("shop")}}`),
  };
  assert.equal(told(worldOf(files, { config: { gitops: "ignore" } })), ["null/web unknown"]);
});

argo.run();
