/** What differs between two states of a repository: kinds, aspects and causes, each case two sets of files. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { MeshChanges } from "../../src/compare/changes.ts";
import { hasAny } from "../../src/compare/changes.ts";
import { compareClusters } from "../../src/compare/compare.ts";
import { diff, type ScanOptions } from "../../src/index.ts";
import { deployment, disabled, enabled, type Files, namespace, scanned } from "../world/scanned.ts";

const compare = suite("compare");

const shop = "namespace: shop";
const base: Files = { "ns.yaml": namespace("shop", enabled), "web.yaml": deployment("web", shop) };
const annotated = (
  annotations: string,
  spec = "containers: [{name: web, image: shop/web:1}]",
) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata:
      labels: {app: web}
      annotations: {${annotations}}
    spec: {${spec}}
`;

/** An injector whose templates cannot be read. */
const unreadable = `apiVersion: v1
kind: ConfigMap
metadata: {name: istio-sidecar-injector, namespace: istio-system}
data:
  config: |
    policy: enabled
    templates:
      sidecar: "{{ if }}"
  values: "{}"
`;

/** One line a change: kind, workload, aspects, causes. */
function told({ changes }: MeshChanges): readonly string[] {
  return changes.map(({ kind, before, after, aspects, causes }) =>
    [
      `${kind} ${(after ?? before)?.label}`,
      ...aspects.map(
        ({ what, path, before: was, after: is }) => `${what}${path ? ` ${path}` : ""}: ${was} -> ${is}`,
      ),
      ...causes.map(
        (one) =>
          `by ${one.about} ${one.before?.origin.text}=${one.before?.value} ${one.after?.origin.text}=${one.after?.value}`,
      ),
    ].join("; "),
  );
}

function changesOf(before: Files, after: Files, options: ScanOptions = {}, then = options): MeshChanges {
  return diff(scanned(before, options), scanned(after, then));
}

interface Case {
  readonly name: string;
  readonly before?: Files;
  readonly after: Files;
  readonly says: readonly string[];
}

const cases: readonly Case[] = [
  { name: "nothing changes", after: base, says: [] },
  {
    name: "a label with a wrong value loses the sidecar",
    after: { ...base, "ns.yaml": namespace("shop", "istio-injection: enable") },
    says: [
      "lost Deployment/web; verdict: injected -> not injected; " +
        "by label istio-injection of namespace shop ns.yaml:3:33=enabled ns.yaml:3:33=enable",
    ],
  },
  {
    name: "a pod label declines the sidecar",
    after: { ...base, "web.yaml": deployment("web", shop, 'app: shop, sidecar.istio.io/inject: "false"') },
    says: [
      "lost Deployment/web; verdict: injected -> not injected; " +
        "by pod label sidecar.istio.io/inject web.yaml:6:16=null web.yaml:6:36=false",
    ],
  },
  {
    name: "hostNetwork loses the sidecar",
    before: { ...base, "web.yaml": annotated("") },
    after: {
      ...base,
      "web.yaml": annotated("", "hostNetwork: true, containers: [{name: web, image: shop/web:1}]"),
    },
    says: [
      "lost Deployment/web; verdict: injected -> not injected; by hostNetwork web.yaml:9:5=false web.yaml:9:12=true",
    ],
  },
  {
    name: "a namespace that goes makes the answer unknown",
    after: { "web.yaml": deployment("web", shop) },
    says: [
      "undecided Deployment/web; verdict: injected -> unknown; " +
        "by labels of namespace shop ns.yaml:3:24=istio-injection=enabled web.yaml:3:23=not known",
    ],
  },
  {
    name: "a workload that moves and gets what it got is no change",
    after: { "ns.yaml": namespace("shop", enabled), "apps/web/deployment.yaml": deployment("web", shop) },
    says: [],
  },
  {
    name: "a workload that is new is told with its verdict",
    after: { ...base, "cart.yaml": deployment("cart", shop) },
    says: ["added Deployment/cart; verdict: null -> injected"],
  },
  {
    name: "a workload that goes is told with its verdict",
    after: { "ns.yaml": namespace("shop", enabled) },
    says: ["removed Deployment/web; verdict: injected -> null"],
  },
  {
    name: "another image of the application is no mesh change",
    after: { ...base, "web.yaml": deployment("web", shop).replace("web:1", "web:2") },
    says: [],
  },
  {
    name: "another container, port and version of the application are no mesh change",
    before: { ...base, "web.yaml": annotated("", "containers: [{name: web, image: shop/web:1}]") },
    after: {
      ...base,
      "web.yaml": annotated(
        "",
        "containers: [{name: web, image: shop/web:1, ports: [{containerPort: 80}]}, {name: log, image: log, readinessProbe: {httpGet: {port: 1}}}]",
      ).replace("app: web", 'app: web, version: "2"'),
    },
    says: [],
  },
  {
    name: "one annotation drops the mesh's limits",
    before: { ...base, "web.yaml": annotated("") },
    after: { ...base, "web.yaml": annotated("sidecar.istio.io/proxyCPU: 200m") },
    says: [
      "changed Deployment/web; resources requests.cpu: 100m -> 200m; resources requests.memory: 128Mi -> none; " +
        "resources limits.cpu: 2000m -> unlimited; resources limits.memory: 1024Mi -> unlimited; " +
        "by annotation sidecar.istio.io/proxyCPU web.yaml:8:7=null web.yaml:8:21=200m",
    ],
  },
  {
    name: "the same quantity in other words is no change",
    before: { ...base, "web.yaml": annotated('sidecar.istio.io/proxyCPU: "1"') },
    after: { ...base, "web.yaml": annotated("sidecar.istio.io/proxyCPU: 1000m") },
    says: [],
  },
  {
    name: "ports that are not captured",
    before: { ...base, "web.yaml": annotated("") },
    after: { ...base, "web.yaml": annotated('traffic.sidecar.istio.io/excludeOutboundPorts: "5432"') },
    says: [
      "changed Deployment/web; capture excludedOutboundPorts: null -> 5432; " +
        "by annotation traffic.sidecar.istio.io/excludeOutboundPorts web.yaml:8:7=null web.yaml:8:21=5432",
    ],
  },
  {
    name: "the same ports and ranges in another order are no change",
    before: {
      ...base,
      "web.yaml": annotated(
        'traffic.sidecar.istio.io/excludeOutboundPorts: "1,2", traffic.sidecar.istio.io/includeOutboundIPRanges: "10.0.0.0/8,1.2.3.4/32"',
      ),
    },
    after: {
      ...base,
      "web.yaml": annotated(
        'traffic.sidecar.istio.io/excludeOutboundPorts: "2,1", traffic.sidecar.istio.io/includeOutboundIPRanges: "1.2.3.4/32,10.0.0.0/8"',
      ),
    },
    says: [],
  },
  {
    name: "settings that pods ask for are compared where no sidecar can be made, wherever it says why",
    before: {
      ...base,
      "injector.yaml": unreadable,
      "web.yaml": annotated("sidecar.istio.io/proxyCPU: 100m"),
    },
    after: {
      ...base,
      "injector.yaml": `# another line\n${unreadable}`,
      "web.yaml": annotated("sidecar.istio.io/proxyCPU: 200m"),
    },
    says: [
      "changed Deployment/web; other sidecar.istio.io/proxyCPU: 100m -> 200m; " +
        "by annotation sidecar.istio.io/proxyCPU web.yaml:8:21=100m web.yaml:8:21=200m",
    ],
  },
  {
    name: "equal settings are no change where no sidecar can be made",
    before: {
      ...base,
      "injector.yaml": unreadable,
      "web.yaml": annotated(
        'sidecar.istio.io/proxyCPU: "1", traffic.sidecar.istio.io/excludeOutboundPorts: "1,2"',
      ),
    },
    after: {
      ...base,
      "injector.yaml": `# another line\n${unreadable}`,
      "web.yaml": annotated(
        'sidecar.istio.io/proxyCPU: 1000m, traffic.sidecar.istio.io/excludeOutboundPorts: "2,1"',
      ),
    },
    says: [],
  },
  {
    name: "probes that are not rewritten any more",
    before: {
      ...base,
      "web.yaml": annotated(
        "",
        "containers: [{name: web, image: a, readinessProbe: {httpGet: {port: 80, path: /r}}}]",
      ),
    },
    after: {
      ...base,
      "web.yaml": annotated(
        'sidecar.istio.io/rewriteAppHTTPProbers: "false"',
        "containers: [{name: web, image: a, readinessProbe: {httpGet: {port: 80, path: /r}}}]",
      ),
    },
    says: [
      "changed Deployment/web; probes web readinessProbe: :15020/app-health/web/readyz -> as written; " +
        "by annotation sidecar.istio.io/rewriteAppHTTPProbers web.yaml:8:7=null web.yaml:8:21=false",
    ],
  },
  {
    name: "a native sidecar",
    before: { ...base, "web.yaml": annotated('sidecar.istio.io/nativeSidecar: "false"') },
    after: { ...base, "web.yaml": annotated('sidecar.istio.io/nativeSidecar: "true"') },
    says: [
      "changed Deployment/web; native: ordinary container -> native sidecar; " +
        "other istio-proxy lifecycle: null -> " +
        '{"preStop":{"exec":{"command":["pilot-agent","request","--debug-port=15020","POST","drain"]}}}; ' +
        "by annotation sidecar.istio.io/nativeSidecar web.yaml:8:21=false web.yaml:8:21=true",
    ],
  },
  {
    name: "an annotation that the injector refuses lets no pod be created",
    before: { ...base, "web.yaml": annotated("") },
    after: { ...base, "web.yaml": annotated('status.sidecar.istio.io/port: "many"') },
    says: ["refused"],
  },
];

for (const { name, before = base, after, says } of cases) {
  compare(name, () => {
    const lines = told(changesOf(before, after));
    if (says[0] === "refused")
      assert.match(lines[0] ?? "", /^refused Deployment\/web; verdict: injected -> refused: /);
    else assert.equal(lines, says);
  });
}

compare("a release that reads inject otherwise is told where the value stands", () => {
  const files = { ...base, "web.yaml": annotated('sidecar.istio.io/inject: "no"') };
  assert.equal(told(changesOf(files, files, { istioVersion: "1.20" }, { istioVersion: "1.30" })), [
    "gained Deployment/web; verdict: not injected -> injected; " +
      'by sidecar.istio.io/inject web.yaml:8:21="no": do not inject web.yaml:8:21="no": not a value it takes',
  ]);
});

compare("what a configuration sets for every sidecar is told for each, with its place", () => {
  const config = (tag: string) => ({ "sidelint.yaml": `istio: {version: "1.30", tag: ${tag}}\n` });
  const options = { configPath: "sidelint.yaml" };
  assert.equal(told(changesOf({ ...base, ...config("a") }, { ...base, ...config("b") }, options)), [
    "changed Deployment/web; image: registry.istio.io/release/proxyv2:a -> registry.istio.io/release/proxyv2:b; " +
      "by value global.tag sidelint.yaml:1:26=a sidelint.yaml:1:26=b",
  ]);
});

compare("a namespace that goes to another revision is told with the revisions", () => {
  const options = { config: { istio: { revisions: [{ name: "blue" }, { name: "green" }] } } };
  const at = (revision: string) => ({ ...base, "ns.yaml": namespace("shop", `istio.io/rev: ${revision}`) });
  const [line = ""] = told(changesOf(at("blue"), at("green"), options));
  assert.match(line, /^changed Deployment\/web; revision: blue -> green; /);
  assert.match(line, /; by label istio\.io\/rev of namespace shop ns\.yaml:3:33=blue ns\.yaml:3:33=green$/);
});

compare("workloads that are alike are matched in their order, and the same way every time", () => {
  const twice = {
    "ns.yaml": namespace("shop", enabled),
    "a.yaml": deployment("web", shop),
    "b.yaml": deployment("web", shop),
  };
  assert.equal(told(changesOf(twice, twice)), []);
  const moved = {
    "ns.yaml": namespace("shop", enabled),
    "c.yaml": deployment("web", shop),
    "d.yaml": deployment("web", shop),
  };
  assert.equal(told(changesOf(twice, moved)), []);
});

compare("a kustomization that is renamed is no change", () => {
  const root = (directory: string) => ({
    [`${directory}/kustomization.yaml`]: "namespace: shop\nresources: [web.yaml]\n",
    [`${directory}/web.yaml`]: deployment("web"),
    "ns.yaml": namespace("shop", enabled),
  });
  assert.equal(told(changesOf(root("prod"), root("production"))), []);
});

compare("counts are those of both sides", () => {
  const { workloads, injected } = changesOf(base, { ...base, "ns.yaml": namespace("shop", disabled) });
  assert.equal(
    { workloads, injected },
    { workloads: { before: 1, after: 1 }, injected: { before: 1, after: 0 } },
  );
});

compare("a setting of the user's own container istio-proxy is told, with its place", () => {
  const own = (value: string) => ({
    ...base,
    "web.yaml": annotated(
      "",
      `containers: [{name: web, image: shop/web:1}, {name: istio-proxy, image: auto, env: [{name: A, value: ${value}}]}]`,
    ),
  });
  assert.equal(told(changesOf(own("one"), own("two"))), [
    "changed Deployment/web; other istio-proxy env A: one -> two; " +
      "by container istio-proxy web.yaml:9:57=null web.yaml:9:57=null",
  ]);
});

compare("an aspect is told with the settings that can have to do with it", () => {
  const config = (tag: string, cpu: string) => ({
    "sidelint.yaml": `istio:\n  version: "1.30"\n  tag: ${tag}\n  proxy: {resources: {requests: {cpu: ${cpu}}}}\n`,
  });
  const options = { configPath: "sidelint.yaml" };
  const { changes } = changesOf(
    { ...base, ...config("a", "1m") },
    { ...base, ...config("b", "2m") },
    options,
  );
  assert.equal(
    changes[0]?.causes.map(({ about, of }) => [about, of]),
    [
      ["value global.proxy.resources.requests.cpu", ["resources"]],
      ["value global.tag", ["image"]],
    ],
  );
});

compare("clusters are compared by name, and what only one state has came or went", () => {
  const world = (files: Files, cluster: string) => ({ ...scanned(files).world, cluster });
  const shut = { ...base, "ns.yaml": namespace("shop", disabled) };
  const { changes, workloads, injected } = compareClusters(
    [world(base, "east"), world(base, "south")],
    [world(shut, "east"), world(base, "west")],
  );
  assert.equal(
    changes.map(({ kind, cluster }) => `${kind} ${cluster}`),
    ["lost east", "added west", "removed south"],
  );
  assert.equal(
    { workloads, injected },
    { workloads: { before: 2, after: 2 }, injected: { before: 2, after: 1 } },
  );
});

compare("an exit status asks for kinds", () => {
  const lost = changesOf(base, { ...base, "ns.yaml": namespace("shop", disabled) });
  assert.ok(hasAny(lost, ["lost"]));
  assert.not.ok(hasAny(lost, ["gained", "changed"]));
  const gained = changesOf({ ...base, "ns.yaml": namespace("shop", disabled) }, base);
  assert.ok(hasAny(gained, ["changed", "gained"]));
  assert.not.ok(hasAny(gained, ["lost", "changed"]));
});

compare.run();
