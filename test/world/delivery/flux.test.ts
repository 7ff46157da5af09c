import { suite } from "uvu";
import * as assert from "uvu/assert";
import { deployment, flux, namespace, told, worldOf } from "./cases.ts";

const fluxed = suite("Kustomizations of Flux");

const settings = (data: string, kind = "ConfigMap") => `apiVersion: v1
kind: ${kind}
metadata: {name: settings, namespace: flux-system}
${data}
`;
const labelled = namespace("shop", "istio-injection: '${inject}'");

const cases: readonly {
  readonly says: string;
  readonly files: Readonly<Record<string, string>>;
  readonly expected: readonly string[];
}[] = [
  {
    says: "targetNamespace wins over what objects name, and renames Namespaces",
    files: {
      "clusters/a.yaml": flux("web", "path: ./apps, targetNamespace: shop"),
      "apps/a.yaml": deployment("web", ", namespace: other"),
      "apps/ns.yaml": namespace("other", "istio-injection: enabled"),
    },
    expected: ["shop/web injected by Kustomization/web"],
  },
  {
    says: "without a kustomization all that is below counts, directories with one as such",
    files: {
      "clusters/a.yaml": flux("web", "path: ./apps, namePrefix: p-"),
      "apps/a.yaml": deployment("a"),
      "apps/deep/b.yaml": deployment("b"),
      "apps/built/kustomization.yaml": "namespace: built\nresources: [c.yaml]",
      "apps/built/c.yaml": deployment("c"),
      "apps/built/left-out.yaml": deployment("d"),
    },
    expected: [
      "built/p-c unknown by Kustomization/web",
      "null/d unknown",
      "null/p-a unknown by Kustomization/web",
      "null/p-b unknown by Kustomization/web",
    ],
  },
  {
    says: "patches are applied, as texts and as the objects of old versions",
    files: {
      "clusters/a.yaml": flux(
        "web",
        `path: apps, patches: [{patch: "- {op: add, path: /spec/template/spec/hostNetwork, value: true}", target: {name: a}}],
  patchesStrategicMerge: [{apiVersion: apps/v1, kind: Deployment, metadata: {name: b}, spec: {template: {metadata: {labels: {sidecar.istio.io/inject: "false"}}}}}]`,
      ),
      "apps/a.yaml": deployment("a"),
      "apps/b.yaml": deployment("b"),
    },
    expected: ["null/a not-injected by Kustomization/web", "null/b not-injected by Kustomization/web"],
  },
  {
    says: "commonMetadata labels Namespaces, and no pods",
    files: {
      "clusters/a.yaml": flux("web", "path: apps, commonMetadata: {labels: {istio-injection: enabled}}"),
      "apps/a.yaml": deployment("web", ", namespace: shop"),
      "apps/ns.yaml": namespace("shop", "a: b"),
    },
    expected: ["shop/web injected by Kustomization/web"],
  },
  {
    says: "variables come from the order, and from ConfigMaps and Secrets of the repository",
    files: {
      "clusters/a.yaml": flux(
        "web",
        "path: apps, postBuild: {substitute: {ns: shop}, substituteFrom: [{kind: ConfigMap, name: settings}, {kind: Secret, name: settings}]}",
      ),
      "clusters/cm.yaml": settings("data: {ns: overridden, inject: enabled}"),
      "clusters/secret.yaml": settings("data: {app: d2Vi}", "Secret"),
      "apps/a.yaml": deployment("'${app}'", ", namespace: '${ns}'"),
      "apps/ns.yaml": labelled,
    },
    expected: ["shop/web injected by Kustomization/web"],
  },
  {
    says: "a label is not known that waits for a variable of a Secret that nobody shows",
    files: {
      "clusters/a.yaml": flux(
        "web",
        "path: apps, postBuild: {substituteFrom: [{kind: Secret, name: elsewhere}]}",
      ),
      "apps/a.yaml": deployment("web", ", namespace: shop"),
      "apps/ns.yaml": labelled,
    },
    expected: ["shop/web unknown by Kustomization/web"],
  },
  ...Object.entries({
    "a label that asks for it": deployment(
      "web",
      ", namespace: lit",
      ", sidecar.istio.io/inject: '${INJECT}'",
    ),
    "a label with a default, where the variables are not all seen": deployment(
      "web",
      ", namespace: lit",
      ", sidecar.istio.io/inject: '${INJECT:=false}'",
    ),
    "an annotation": deployment("web", ", namespace: lit").replace(
      "metadata: {labels:",
      "metadata: {annotations: {sidecar.istio.io/inject: '${INJECT}'}, labels:",
    ),
    hostNetwork: deployment("web", ", namespace: lit").replace(
      "spec: {containers",
      "spec: {hostNetwork: '${HN}', containers",
    ),
    "the name of a Namespace": deployment("web", ", namespace: '${NS}'"),
  }).map(([what, text]) => ({
    says: `a verdict is not known that waits for a variable nobody shows: ${what}`,
    files: {
      "clusters/a.yaml": flux(
        "web",
        "path: apps, postBuild: {substituteFrom: [{kind: ConfigMap, name: elsewhere}]}",
      ),
      "apps/a.yaml": text,
      "apps/ns.yaml": `${namespace("lit", "istio-injection: enabled")}---\n${namespace("${NS}", "istio-injection: enabled")}`,
    },
    expected: [`${what.endsWith("Namespace") ? "${NS}" : "lit"}/web unknown by Kustomization/web`],
  })),
  {
    says: "a verdict is known that no variable can change",
    files: {
      "clusters/a.yaml": flux(
        "web",
        "path: apps, postBuild: {substituteFrom: [{kind: ConfigMap, name: elsewhere}]}",
      ),
      "apps/a.yaml": deployment("web", ", namespace: lit", ", app.kubernetes.io/version: '${V}'"),
      "apps/off.yaml": deployment(
        "cart",
        ", namespace: dark",
        ", istio.io/rev: '${REV}', sidecar.istio.io/inject: 'false'",
      ),
      "apps/ns.yaml": `${namespace("lit", "istio-injection: enabled")}---\n${namespace("dark", "istio-injection: disabled")}`,
    },
    expected: ["dark/cart not-injected by Kustomization/web", "lit/web injected by Kustomization/web"],
  },
  {
    says: "what forbids it is not filled in",
    files: {
      "clusters/a.yaml": flux("web", "path: apps, postBuild: {substitute: {ns: shop}}"),
      "apps/a.yaml": deployment(
        "web",
        ", namespace: '${ns}', annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}",
      ),
    },
    expected: ["${ns}/web unknown by Kustomization/web"],
  },
  {
    says: "each cluster has its own Namespaces, also through Kustomizations that bring each other",
    files: {
      "clusters/one/flux.yaml": flux("flux-system", "path: ./clusters/one"),
      "clusters/one/apps.yaml": flux("apps", "path: ./apps, namePrefix: one-"),
      "clusters/one/ns.yaml": namespace("shop", "istio-injection: enabled"),
      "clusters/two/flux.yaml": flux("flux-system", "path: ./clusters/two"),
      "clusters/two/apps.yaml": flux("apps", "path: ./apps, namePrefix: two-"),
      "clusters/two/ns.yaml": namespace("shop", "istio-injection: disabled"),
      "apps/a.yaml": deployment("web", ", namespace: shop"),
    },
    expected: [
      "shop/one-web injected by Kustomization/apps",
      "shop/two-web not-injected by Kustomization/apps",
    ],
  },
  {
    says: "artifacts are copies of directories of the repository",
    files: {
      "clusters/a.yaml": `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: web, namespace: flux-system}
spec: {sourceRef: {kind: ExternalArtifact, name: apps}, path: ./production, targetNamespace: shop}
---
apiVersion: source.extensions.fluxcd.io/v1beta1
kind: ArtifactGenerator
metadata: {name: flux-system, namespace: flux-system}
spec:
  sources: [{alias: mono, kind: GitRepository, name: flux-system}]
  artifacts:
  - name: apps
    copy:
    - {from: "@mono/apps/base/**", to: "@artifact/base/"}
    - {from: "@mono/apps/production/**", to: "@artifact/production/"}
`,
      "apps/production/kustomization.yaml": "resources: [../base]",
      "apps/base/kustomization.yaml": "resources: [a.yaml]",
      "apps/base/a.yaml": deployment("web"),
    },
    expected: ["shop/web unknown by Kustomization/web"],
  },
  {
    says: "the source of another repository is left alone",
    files: {
      "clusters/a.yaml": `${flux("own", "path: ./apps, targetNamespace: own")}---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec: {url: "ssh://git@example.com/shop/fleet"}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: team, namespace: flux-system}
spec: {url: "https://example.com/shop/team"}
---
${flux("team", "path: ./apps, targetNamespace: team").replace("name: flux-system}, path", "name: team}, path")}`,
      "apps/a.yaml": deployment("web"),
    },
    expected: ["own/web unknown by Kustomization/own"],
  },
];

for (const { says, files, expected } of cases) {
  fluxed(says, () => {
    const world = worldOf(files);
    assert.equal(told(world), [...expected]);
    assert.equal(world.skipped, []);
  });
}

fluxed("a namespace that wins is placed where it is written", () => {
  const order = flux("web", "path: ./apps, targetNamespace: shop");
  const world = worldOf({ "clusters/a.yaml": order, "apps/a.yaml": deployment("web") });
  const column = (order.split("\n")[3] ?? "").indexOf("targetNamespace") + 1;
  assert.equal(world.workloads[0]?.namespaceOrigin?.text, `Kustomization/web (clusters/a.yaml:4:${column})`);
});

fluxed("releases are deliveries with their chart, namespace and values", () => {
  const world = worldOf({
    "a.yaml": `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: flux-system}
spec:
  chart: {spec: {chart: ./charts/web, sourceRef: {kind: GitRepository, name: flux-system}}}
  targetNamespace: shop
  install: {createNamespace: true}
  values: {podLabels: {a: b}}
`,
    "charts/web/Chart.yaml": "name: web\n",
  });
  const [one] = world.deliveries;
  assert.equal([one?.directory, one?.namespace?.name, one?.makes?.name], ["charts/web", "shop", "shop"]);
  assert.equal(
    [one?.chart?.release, JSON.stringify(one?.chart?.values)],
    ["shop-web", '{"podLabels":{"a":"b"}}'],
  );
});

fluxed("a trace says who brings a workload, and that it is suspended", () => {
  const world = worldOf({
    "clusters/a.yaml": flux("web", "path: ./apps, suspend: true"),
    "apps/a.yaml": deployment("web"),
  });
  assert.is(world.workloads[0]?.delivery?.suspended, true);
});

fluxed.run();
