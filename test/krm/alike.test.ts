/** Items that are alike are injected once: what comes out is what comes out when each is injected on its own. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Way } from "../../src/fix/inject.ts";
import { injectionWay } from "../../src/fix/way.ts";
import { memoryTree, scan } from "../../src/index.ts";
import { alikeItems } from "../../src/krm/alike.ts";
import { markerOf, markerStem, watchMarkers } from "../../src/krm/markers.ts";
import { readList } from "../../src/krm/resource-list.ts";
import { readDocuments } from "../../src/source/document.ts";
import { indented, inMesh, listWith, runOn } from "./function.ts";

interface App {
  readonly name?: string;
  readonly app?: string;
  readonly tier?: string;
  readonly container?: string;
  readonly image?: string;
  readonly path?: string;
  readonly replicas?: string;
  readonly note?: string;
}

function item({ name, app, tier, container, image, path, replicas, note }: App): string {
  return `- apiVersion: apps/v1
  kind: Deployment
  metadata:
    name: ${name ?? "web"} # who
    namespace: shop
    annotations:
      kustomize.config.k8s.io/id: |
        kind: Deployment
        name: ${name ?? "web"}
      own: |-
        ${note?.startsWith("|") ? " deeper" : `of ${app ?? "web"}`}
  spec:
    replicas: ${replicas ?? "1"}
    template:
      metadata:
        labels:
          app: ${app ?? "web"}
          tier: ${tier ?? "backend"}
        annotations: # notes
          note: ${note ?? "'some words'"}
      spec:
        containers:
        - name: ${container ?? "app"}
          image: ${image ?? "registry.example.com/web:1.2"}
          ports:
          - containerPort: 8080
          readinessProbe:
            httpGet:
              path: ${path ?? "/ready"}
              port: 8080
`;
}

const alike = suite("items that are alike");

const variants: readonly App[] = [
  {},
  { name: "api-7", app: "api", container: "api", image: "registry.example.com/api:3", replicas: "12" },
  { name: "cart", tier: "frontend", path: "/healthz/ready" },
  ...["'1.10'", "'true'", "yes", "v1", "e5", '"0x1f"', "web # comment", "'a b'", "n"].map((app) => ({ app })),
  ...["istio-proxy", "istio-init", "sidecar", "'12'", "a"].map((container) => ({ container })),
  ...["auto", "'auto'", "registry.example.com:5000/web@sha256:abc", '"x"'].map((image) => ({ image })),
  ...["/app-health/app/readyz", "'/app-health/app/readyz'", "/", '"/a b"', "/é"].map((path) => ({ path })),
  ...["frontend", "'frontend'", "7a"].map((tier) => ({ tier })),
  ...["'it''s'", '"\\n"', "{}", "|\n            two\n            lines"].map((note) => ({ note })),
  ...["12", "'frontend'", "a.b"].map((name) => ({ name })),
  { replicas: "null" },
];

/** A template of the user's own, around what it does with the pod. */
function templateOf(does: string): string {
  return `${inMesh}
inputs:
  injectConfig:
    inline:
      policy: enabled
      defaultTemplates: [own]
      templates:
        own: |
${indented(does, 10)}
`;
}

function container(value: string): string {
  return `spec:\n  containers:\n  - name: istio-proxy\n    image: proxy\n    env:\n    - name: A\n      value: ${value}\n`;
}

const specs: Readonly<Record<string, string>> = {
  "the stock sidecar": inMesh,
  "a label that decides": templateOf(
    container('{{ if eq (index .ObjectMeta.Labels "tier") "frontend" }}yes-it-is{{ else }}no-it-is{{ end }}'),
  ),
  "a label that is a number or a text": templateOf(container('x{{ index .ObjectMeta.Labels "app" }}')),
  "a part of a name": templateOf(container('"{{ trunc 2 .DeploymentMeta.Name }}"')),
  "how long a name is": templateOf(container('"{{ len .DeploymentMeta.Name }}"')),
  "a name in capitals": templateOf(container('"{{ upper .DeploymentMeta.Name }}"')),
  "a name as a key": templateOf(
    `metadata:\n  labels:\n    {{ .DeploymentMeta.Name | quote }}: set\n${container("b")}`,
  ),
  "a label over one that is there": templateOf(
    `metadata:\n  labels:\n    tier: {{ .DeploymentMeta.Name | quote }}\n${container("b")}`,
  ),
  "an annotation that the injection reads": templateOf(
    `metadata:\n  annotations:\n    prometheus.io/path: {{ index .ObjectMeta.Labels "app" | quote }}\n${container("b")}`,
  ),
  "a container of the application's name": templateOf(
    `spec:\n  containers:\n  {{- range .Spec.Containers }}\n  - name: {{ .Name | quote }}\n    image: auto\n  {{- end }}\n`,
  ),
  "a container of a fixed name": templateOf(
    "spec:\n  containers:\n  - name: sidecar\n    image: proxy\n    env:\n    - {name: A, value: b}\n",
  ),
  "all containers as JSON": templateOf(container("'{{ toJson .Spec.Containers }}'")),
};

/** The same list, in which a comment keeps all items from being handled together. */
const apart = (text: string) => `# ${markerStem}\n${text}`;

for (const [what, spec] of Object.entries(specs)) {
  alike(`come out as each on its own: ${what}`, () => {
    // The first of its kind is the one that is injected.
    for (const items of [variants, variants.toReversed()]) {
      const text = listWith("SidecarInject", spec, items.map(item).join(""));
      const { stdout, exit } = runOn(text);
      const each = runOn(apart(text));
      assert.is(apart(stdout), each.stdout);
      assert.is(exit, each.exit);
    }
  });
}

/** How many of the items are handled with others, and how often something is injected for that. */
function countsOf(items: string): { readonly handled: number; readonly injections: number } {
  const text = listWith("SidecarInject", inMesh, items);
  const config = {
    istio: { version: "1.30" },
    namespaces: { shop: { labels: { "istio-injection": "enabled" } } },
  };
  const { world } = scan(memoryTree({ "list.yaml": text }), { paths: ["list.yaml"], config });
  const [document] = readDocuments({ path: "list.yaml", text });
  const list = document && readList(document);
  const reading = injectionWay(world, { by: "gates" });
  if (!list?.ok || !reading.ok || reading.way.by !== "gates") throw new Error("no list, or no way");
  let injections = 0;
  const { istiodOf } = reading.way;
  const way: Way = {
    ...reading.way,
    istiodOf: (revision) => {
      injections++;
      return istiodOf(revision);
    },
  };
  const edit = alikeItems(text, way);
  const handled = world.workloads.filter((workload, index) => {
    const node = list.list.items[index];
    return node && edit(workload, node);
  });
  return { handled: handled.length, injections };
}

alike("are injected once", () => {
  const apps = Array.from({ length: 20 }, (_, index) => ({
    name: `app-${index}`,
    app: `app-${index}`,
    container: `c${index}`,
    image: `registry.example.com/app-${index}:1.${index}`,
    replicas: String(index),
    note: `"${index} words"`,
  }));
  const { handled, injections } = countsOf(apps.map(item).join(""));
  assert.is(handled, 20);
  // Once with markers; twice, as the gates' answer and the watched one.
  assert.ok(injections <= 2, `${injections} injections`);
});

alike("are told apart by what a slot may not hold", () => {
  const { handled } = countsOf([{}, { container: "istio-proxy" }, { image: "auto" }].map(item).join(""));
  assert.is(handled, 1);
});

alike.run();

const marked = suite("markers in templates");

const calls: readonly {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly result?: unknown;
  readonly decisive?: readonly number[];
  readonly unequal?: readonly string[];
}[] = [
  { name: "quote", args: [markerOf(1)] },
  { name: "index", args: [{ a: markerOf(1) }, "a"] },
  { name: "index", args: [{ a: "b" }, markerOf(2)], decisive: [2] },
  { name: "annotation", args: [{ annotations: { a: markerOf(1) } }, "b", ""] },
  { name: "annotation", args: [{}, markerOf(1), ""], decisive: [1] },
  { name: "eq", args: [markerOf(1), "web"], unequal: ["web"] },
  { name: "ne", args: ["web", markerOf(1)], unequal: ["web"] },
  { name: "eq", args: [markerOf(1), markerOf(2)], decisive: [1, 2] },
  { name: "eq", args: [`${markerOf(1)}-x`, "web"], decisive: [1] },
  { name: "eq", args: [markerOf(1), "web", "api"], decisive: [1] },
  { name: "trunc", args: [63, markerOf(1)] },
  { name: "trunc", args: [10, markerOf(1)], decisive: [1] },
  { name: "trimSuffix", args: ["-", markerOf(1)] },
  { name: "trimSuffix", args: ["z", markerOf(1)], decisive: [1] },
  { name: "otelResourceAttributes", args: [{}, { a: markerOf(1) }], result: "" },
  { name: "otelResourceAttributes", args: [{}, { a: markerOf(1) }], result: "a=b", decisive: [1] },
  { name: "toString", args: [{ deep: [{ in: `a ${markerOf(4)} b` }] }], decisive: [4] },
  { name: "constructor", args: [markerOf(1)], decisive: [1] },
];
for (const { name, args, result = "", decisive = [], unequal = [] } of calls) {
  marked(`${name} ${JSON.stringify(args)} decides by ${decisive.join() || "none"}`, () => {
    const watched = watchMarkers();
    watched.watch.called(name, args, result);
    assert.equal([...watched.decisive], decisive);
    assert.equal([...watched.unequal], unequal);
  });
}

const rendered = (env: unknown) => ({ spec: { containers: [{ name: "istio-proxy", env: [env] }] } });
const results: readonly { readonly says: string; readonly value: unknown; readonly isCopy: boolean }[] = [
  { says: "a value", value: rendered({ name: "A", value: markerOf(0) }), isCopy: true },
  { says: "a part of a path", value: rendered({ name: "A", value: `/apps/${markerOf(0)}` }), isCopy: true },
  { says: "what may be a number", value: rendered({ name: "A", value: `1${markerOf(0)}` }), isCopy: false },
  {
    says: "what may be a time",
    value: rendered({ name: "A", value: `10:10:${markerOf(0)}` }),
    isCopy: false,
  },
  { says: "a name", value: rendered({ name: markerOf(0) }), isCopy: false },
  { says: "a key", value: { metadata: { labels: { [markerOf(0)]: "a" } } }, isCopy: false },
  { says: "a label", value: { metadata: { labels: { "service.istio.io/x": markerOf(0) } } }, isCopy: true },
  {
    says: "a setting",
    value: { metadata: { annotations: { "sidecar.istio.io/x": markerOf(0) } } },
    isCopy: false,
  },
];
for (const { says, value, isCopy } of results) {
  marked(`${says} is ${isCopy ? "a copy" : "no copy"}`, () => {
    const watched = watchMarkers();
    watched.watch.rendered(value as Parameters<typeof watched.watch.rendered>[0]);
    assert.is(watched.decisive.has(0), !isCopy);
  });
}

marked.run();
