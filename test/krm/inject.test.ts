/** SidecarInject: items get their sidecar as edits, and nothing else of the list changes. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { dataIn, inMesh, listWith, runOn, web } from "./function.ts";

const inject = suite("SidecarInject");

interface Item {
  readonly metadata: {
    readonly name: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, unknown>>;
}

function itemsOf(text: string): readonly Item[] {
  return (dataIn(text) as { readonly items: readonly Item[] }).items;
}

const service =
  "- {apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [{port: 80}]}} # as it was\n";

inject("only adds lines: comments, order, unknown fields and annotations stay", () => {
  const text = listWith("SidecarInject", inMesh, web + service);
  const { stdout, exit, results } = runOn(text);
  assert.is(exit, 0);
  assert.equal(
    results.map(({ message, severity }) => `${severity}: ${message}`),
    ["info: injected 1 workload"],
  );
  const written = new Set(stdout.split("\n"));
  const lost = text.split("\n").filter((line) => !written.has(line) && !line.includes("labels: {app: web}"));
  assert.equal(lost, []);
  assert.match(stdout, "- name: istio-proxy");
  assert.is(Object.keys(itemsOf(stdout)[0]?.metadata.annotations ?? {}).length, 5);
});

inject("changes nothing the second time", () => {
  const once = runOn(listWith("SidecarInject", inMesh, web)).stdout.replace(/^results:\n[\s\S]*/m, "");
  const { stdout, results } = runOn(once);
  assert.is(stdout, once);
  assert.equal(results, []);
});

const pod = `- apiVersion: v1
  kind: Pod
  metadata:
    name: p
    namespace: shop
    annotations:
      internal.config.kubernetes.io/path: 'p.yaml'
      own: "1"
      kustomize.config.k8s.io/id: |
        kind: Pod
        name: p
      config.k8s.io/id: '7'
  spec: {containers: [{name: a, image: b}]}
`;

inject("a pod's sidecar knows nothing of who runs the function", () => {
  const bare = pod.replace(/ {6}internal.*\n/, "").replace(/ {6}kustomize[\s\S]*'7'\n/, "");
  const [injected] = itemsOf(runOn(listWith("SidecarInject", inMesh, pod)).stdout);
  const [expected] = itemsOf(runOn(listWith("SidecarInject", inMesh, bare)).stdout);
  assert.equal(injected?.spec, expected?.spec);
  assert.equal(injected?.metadata.annotations, {
    ...expected?.metadata.annotations,
    "internal.config.kubernetes.io/path": "p.yaml",
    "kustomize.config.k8s.io/id": "kind: Pod\nname: p\n",
    "config.k8s.io/id": "7",
  });
});

inject(
  "a pod with no annotations but those of whoever runs the function is injected as one without any",
  () => {
    const bare = pod.replace(/ {6}own.*\n/, "");
    const [injected] = itemsOf(runOn(listWith("SidecarInject", inMesh, bare)).stdout);
    assert.match(JSON.stringify(injected?.spec), "istio-proxy");
    assert.not.match(JSON.stringify(injected?.spec), "p.yaml");
  },
);

inject("the same comes out of every way to write the list", () => {
  const text = listWith("SidecarInject", inMesh, web + pod);
  const expected = itemsOf(runOn(text).stdout);
  const json = JSON.stringify(dataIn(text));
  const wide = text.replace(
    /^items:\n([\s\S]*)/m,
    (_, items: string) => `items:\n${items.replace(/^(?=.)/gm, "    ")}`,
  );
  const crlf = text.replaceAll("\n", "\r\n");
  for (const [name, other] of Object.entries({ json, wide, crlf })) {
    assert.equal(itemsOf(runOn(other).stdout), expected, name);
  }
});

inject("what another item repeats stays what it was there", () => {
  const anchored = web.replace("labels: {app: web}", "labels: &labels {app: web}");
  const alias = `- apiVersion: v1
  kind: ConfigMap
  metadata: {name: c, labels: *labels}
`;
  const { stdout, exit } = runOn(listWith("SidecarInject", inMesh, anchored + alias));
  assert.is(exit, 0);
  const [first, second] = itemsOf(stdout);
  assert.match(JSON.stringify(first), "istio-proxy");
  assert.equal(second?.metadata, { name: "c", labels: { app: "web" } });
});

inject("only: decided leaves what the cluster would leave, all takes everything", () => {
  const elsewhere = web.replace("namespace: shop", "namespace: other");
  const spec = `${inMesh.replace("}}}", "}}, other: {labels: {}}}")}\n`;
  const decided = runOn(listWith("SidecarInject", `${spec}only: decided`, web + elsewhere));
  assert.is(decided.stdout.split("- name: istio-proxy").length - 1, 1);
  const all = runOn(listWith("SidecarInject", `${spec}only: all`, web + elsewhere));
  assert.is(all.stdout.split("- name: istio-proxy").length - 1, 2);
});

inject("says which workloads it cannot decide on", () => {
  const text = listWith("SidecarInject", 'istio: {version: "1.30"}', web);
  const { results, exit, stdout } = runOn(text);
  assert.is(exit, 0);
  assert.ok(stdout.startsWith(text));
  const [result, ...others] = results;
  assert.equal([result?.severity, result?.resourceRef?.name, others.length], ["warning", "web", 0]);
  assert.match(result?.message ?? "", /^gets no sidecar: .*\(spec\.namespaces of the functionConfig\)$/);
});

inject("what cannot be injected fails the function, and nothing is changed", () => {
  const wrong = web.replace(
    "labels: {app: web}",
    "annotations: {traffic.sidecar.istio.io/includeInboundPorts: none}",
  );
  const text = listWith("SidecarInject", inMesh, wrong + pod);
  const { results, exit, stdout } = runOn(text);
  assert.is(exit, 1);
  assert.ok(stdout.startsWith(text));
  assert.equal(
    results.map(({ severity, resourceRef }) => [severity, resourceRef?.name]),
    [["error", "web"]],
  );
});

const values = 'global:\n  proxy:\n    image: "registry.example.com/own-proxy:1"\n';
const inputs: Readonly<Record<string, { readonly spec: string; readonly files?: Record<string, string> }>> = {
  "data that stands there": {
    spec: "inputs: {operator: {inline: {global: {hub: registry.example.com, tag: own}}}}",
  },
  "a text that stands there": {
    spec: "inputs:\n  operator:\n    inline: |\n      global: {hub: registry.example.com, tag: own}",
  },
  "a file": {
    spec: "inputs: {operator: {file: istio/values.yaml}}",
    files: { "istio/values.yaml": "global: {hub: registry.example.com, tag: own}\n" },
  },
};
for (const [name, { spec, files }] of Object.entries(inputs)) {
  inject(`takes the injector's inputs from ${name}`, () => {
    const { stdout, exit } = runOn(listWith("SidecarInject", `${inMesh}\n${spec}`, web), files);
    assert.is(exit, 0);
    assert.match(stdout, "image: registry.example.com/proxyv2:own");
  });
}

inject("an input that names no release is read as one of istio.version", () => {
  for (const only of ["decided", "all"]) {
    const spec = inMesh.replace("1.30", "1.26");
    const input = "inputs: {operator: {inline: {global: {hub: registry.example.com}}}}";
    const { stdout } = runOn(listWith("SidecarInject", `${spec}\n${input}\nonly: ${only}`, web));
    assert.match(stdout, /image: registry\.example\.com\/proxyv2:1\.26\./);
  }
});

const refused: readonly (readonly [spec: string, says: RegExp])[] = [
  ["inputs: {values: {file: ../values.yaml}}", /only in the directory in which the function runs/],
  ["inputs: {values: {file: /etc/passwd}}", /only in the directory in which the function runs/],
  ["inputs: {values: {file: none.yaml}}", /spec\.inputs\.values: none\.yaml: no such file/],
  ["inputs: {values: {file: bad.yaml}}", /bad\.yaml:1:/],
];
for (const [spec, says] of refused) {
  inject(`${spec} is an error`, () => {
    const text = listWith("SidecarInject", `${inMesh}\n${spec}`, web);
    const { results, exit } = runOn(text, { "bad.yaml": "[a", "values.yaml": values });
    assert.is(exit, 1);
    assert.match(results[0]?.message ?? "", says);
  });
}

inject.run();
