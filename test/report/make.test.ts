/** From a scan to the report: order, counts, reasons in words, places. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { memoryTree, type ScanOptions, scan } from "../../src/index.ts";
import { verdicts } from "../../src/report/summary.ts";
import { deployment, disabled, enabled, namespace, scanned } from "../world/scanned.ts";

const making = suite("making a report");

const web = deployment("web", "namespace: shop");
const hooks = `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: broken}
webhooks:
  - name: sidecar-injector.istio.io
    clientConfig: {service: {name: istiod, namespace: istio-system, path: /inject}}
    namespaceSelector: {matchExpressions: [{key: a, operator: Near, values: [b]}]}
    rules: [{operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [pods]}]
`;

interface Case {
  readonly reason: string;
  readonly why: string;
  readonly where: string;
  readonly files: Readonly<Record<string, string>>;
  readonly options?: ScanOptions;
}

const inShop = (pod: string, ns = enabled) => ({ "a.yaml": pod, "n.yaml": namespace("shop", ns) });
const asking = (value: string) => deployment("web", "namespace: shop", `sidecar.istio.io/inject: "${value}"`);

const cases: readonly Case[] = [
  {
    reason: "policy-enabled",
    why: "namespace label istio-injection",
    where: "default of Istio 1.30",
    files: inShop(web),
  },
  {
    reason: "policy-enabled",
    why: "namespace label istio.io/rev",
    where: "default of Istio 1.30",
    files: inShop(web, "istio.io/rev: default"),
  },
  {
    reason: "inject-true",
    why: "sidecar.istio.io/inject asks for it",
    where: "a.yaml:6:25",
    files: inShop(asking("true"), ""),
  },
  {
    reason: "no-webhook",
    why: "pod label sidecar.istio.io/inject is false",
    where: "a.yaml:6:25",
    files: inShop(asking("false")),
  },
  {
    reason: "no-webhook",
    why: "namespace label istio-injection is disabled",
    where: "n.yaml:3:33",
    files: inShop(web, disabled),
  },
  {
    reason: "no-webhook",
    why: "namespace shop has no injection label",
    where: "n.yaml:3:24",
    files: inShop(web, ""),
  },
  {
    reason: "no-webhook",
    why: "no webhook matches namespace label istio-injection=enabled",
    where: "n.yaml:3:33",
    files: inShop(web),
    options: { config: { istio: { revisions: [{ name: "canary" }] } } },
  },
  {
    reason: "no-webhook",
    why: "no webhook answers to revision canary",
    where: "a.yaml:6:25",
    files: inShop(deployment("web", "namespace: shop", "istio.io/rev: canary"), ""),
    options: { config: { istio: { webhooks: "stock" } } },
  },
  {
    reason: "revision-unknown",
    why: "nothing says whether revision canary is installed",
    where: "a.yaml:6:25",
    files: inShop(deployment("web", "namespace: shop", "istio.io/rev: canary"), ""),
  },
  {
    reason: "host-network",
    why: "hostNetwork: true",
    where: "a.yaml:7:12",
    files: inShop(web.replace("spec: {containers", "spec: {hostNetwork: true, containers")),
  },
  {
    reason: "ignored-namespace",
    why: "namespace kube-system is never injected",
    where: "default of Istio 1.30",
    files: {
      "a.yaml": deployment("web", "namespace: kube-system"),
      "n.yaml": namespace("kube-system", enabled),
    },
  },
  {
    reason: "namespace-unknown",
    why: "its namespace is not in the repository",
    where: "a.yaml:3:1",
    files: { "a.yaml": deployment("web") },
  },
  {
    reason: "namespace-labels-unknown",
    why: "the labels of namespace shop are not known",
    where: "a.yaml:3:23",
    files: { "a.yaml": web },
  },
  {
    reason: "namespace-labels-differ",
    why: "namespace shop is labelled in two ways",
    where: "n2.yaml:3:24",
    files: { "a.yaml": web, "n1.yaml": namespace("shop", enabled), "n2.yaml": namespace("shop", disabled) },
  },
  {
    reason: "selector-invalid",
    why: "a webhook's selector is invalid",
    where: "hooks.yaml:7:5",
    files: { ...inShop(web), "hooks.yaml": hooks },
  },
];

for (const { reason, why, where, files, options = {} } of cases) {
  making(`${reason}: ${why}`, () => {
    const [workload] = scanned(files, { istioVersion: "1.30", ...options }).report.workloads;
    assert.equal([workload?.reason, workload?.why, workload?.whyWhere], [reason, why, where]);
  });
}

const injected = "{name: istio-proxy, image: istio/proxyv2:1.26.0}";
making("a sidecar that the manifest brings along is told as injected by hand", () => {
  const byHand = web.replace("containers: [", `containers: [${injected}, `);
  assert.is.not(byHand, web);
  const whys = [inShop(byHand, ""), inShop(byHand), inShop(web, "")].map(
    (files) => scanned(files).report.workloads[0]?.why,
  );
  assert.equal(whys, [
    "injected by hand; namespace shop has no injection label",
    "namespace label istio-injection",
    "namespace shop has no injection label",
  ]);
});

making("the templates of one object are named", () => {
  const twins = `apiVersion: x.io/v1
kind: Twins
metadata: {name: t}
a: {spec: {}}
b: {spec: {}}
`;
  const kind = { kind: "Twins", group: "x.io" };
  const templates = (podTemplate: readonly [string, ...string[]]) =>
    scanned({ "a.yaml": twins }, { config: { workloads: [{ ...kind, podTemplate }] } }).report.workloads.map(
      ({ template }) => template,
    );
  assert.equal(templates(["a", "b"]), ["a", "b"]);
  assert.equal(templates(["a"]), [null]);
});

making("workloads stand in the order of files, documents and builds", () => {
  const { report } = scanned({
    "b.yaml": `${deployment("z")}---\n${deployment("a")}`,
    "a/x.yaml": deployment("m"),
    "k2/kustomization.yaml": "resources: [../c.yaml]\n",
    "k1/kustomization.yaml": "resources: [../c.yaml]\n",
    "c.yaml": deployment("c"),
  });
  assert.equal(
    report.workloads.map(({ file, line, name, root }) => `${file}:${line} ${name} ${root}`),
    ["a/x.yaml:1 m null", "b.yaml:1 z null", "b.yaml:9 a null", "c.yaml:1 c k1", "c.yaml:1 c k2"],
  );
});

making("workloads of one document stand in the order they are written", () => {
  const items = ["c", "a", "b"].map((name) => `{apiVersion: v1, kind: Pod, metadata: {name: ${name}}}`);
  const { report } = scanned({ "a.yaml": `apiVersion: v1\nkind: List\nitems:\n- ${items.join("\n- ")}\n` });
  assert.equal(
    report.workloads.map(({ name, line }) => `${name} ${line}`),
    ["c 4", "a 5", "b 6"],
  );
});

making("the summary counts every verdict and severity", () => {
  const { report } = scanned({
    ...inShop(web),
    "b.yaml": deployment("b", "namespace: shop", 'sidecar.istio.io/inject: "false"'),
    "c.yaml": deployment("c"),
    "d.yaml": deployment("d", "namespace: shop", "sidecar.istio.io/inject: maybe"),
  });
  const { workloads, findings, files } = report.summary;
  assert.equal(workloads, { total: 4, injected: 2, notInjected: 1, refused: 0, unknown: 1 });
  assert.is(findings.error + findings.warning + findings.info, report.findings.length);
  assert.equal(files, { read: 5, withWorkloads: 4 });
});

making("the summary counts sidecars that were put in by hand where nobody injects", () => {
  const byHand = deployment("web", "namespace: shop").replace(
    "containers: [",
    "containers: [{name: istio-proxy, image: istio/proxyv2:1.20.0, args: [proxy, sidecar]}, ",
  );
  const { report } = scanned(inShop(byHand, disabled));
  const { workloads } = report.summary;
  assert.equal(workloads, { total: 1, injected: 0, notInjected: 1, byHand: 1, refused: 0, unknown: 0 });
  assert.is(verdicts(report), "1 not injected (1 with a sidecar put in by hand)");
  const gateway = scanned(inShop(byHand.replace("[proxy, sidecar]", "[proxy, router]"), disabled));
  assert.is(verdicts(gateway.report), "1 not injected");
});

making("a trace says where each step looked", () => {
  const [workload] = scanned(inShop(web), { istioVersion: "1.30" }).report.workloads;
  assert.equal(
    workload?.trace.map(({ gate, outcome, where }) => `${gate} ${outcome} ${where}`),
    [
      "namespace passed n.yaml:3:33",
      "webhook shut stock webhook of Istio 1.30",
      "webhook shut stock webhook of Istio 1.30",
      "webhook open stock webhook of Istio 1.30",
      "webhook shut stock webhook of Istio 1.30",
      "policy open default of Istio 1.30",
    ],
  );
});

making("everything is plain data that survives JSON", () => {
  const { report } = scan(memoryTree({ ...inShop(web), "c.yaml": deployment("c") }), { version: "9.9.9" });
  const copy = JSON.parse(JSON.stringify(report));
  assert.is(copy.version, "9.9.9");
  assert.is(copy.workloads[0].line, 1);
  assert.ok(copy.workloads[0].trace.length > 0);
});

making.run();
