/** The world put together: what files, builds and configuration make of each other. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { deployment, enabled, namespace, scanned, verdicts } from "./scanned.ts";

const building = suite("the world");

const web = deployment("web", "namespace: shop");

building("a file that a kustomization names is no manifest of its own", () => {
  assert.equal(
    verdicts({
      "k/kustomization.yaml": "resources: [a.yaml]\n",
      "k/a.yaml": web,
      "k/b.yaml": deployment("b"),
    }),
    ["shop Deployment/web unknown (k)", "? Deployment/b unknown"],
  );
});

building("a patch beside a kustomization that does not name it is no workload", () => {
  const patch = deployment("web").replace(", image: shop/web:1", "");
  const kustomization = "resources: [web.yaml]\n";
  const files = { "k/kustomization.yaml": kustomization, "k/web.yaml": web, "k/web_patch.yaml": patch };
  assert.equal(verdicts(files), ["shop Deployment/web unknown (k)"]);
  assert.is(verdicts({ ...files, "k/web_patch.yaml": deployment("web") }).length, 2);
  assert.is(verdicts({ "web_patch.yaml": patch }).length, 1);
});

building("what a component alone has no object for is no part that was left out", () => {
  const patch =
    "patches: [{patch: '{kind: Deployment, apiVersion: apps/v1, metadata: {name: cart}, spec: {replicas: 2}}'}]\n";
  const component = `apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n${patch}`;
  assert.equal(scanned({ "c/kustomization.yaml": component }).report.summary.skipped, []);
  const overlay = scanned({ "o/kustomization.yaml": patch });
  assert.ok(overlay.report.summary.skipped.length + overlay.report.findings.length > 0);
});

building("a base that an overlay includes is not built on its own", () => {
  assert.equal(
    verdicts({
      "base/kustomization.yaml": "resources: [a.yaml]\n",
      "base/a.yaml": web,
      "prod/kustomization.yaml": "resources: [../base]\nnamespace: prod\n",
    }),
    ["prod Deployment/web unknown (prod)"],
  );
});

building("a base that was not asked for is read for the overlay that was", () => {
  const files = {
    "base/kustomization.yaml": "resources: [a.yaml]\n",
    "base/a.yaml": web,
    "prod/kustomization.yaml": "resources: [../base]\nnamespace: prod\n",
  };
  assert.equal(verdicts(files, { paths: ["prod"] }), ["prod Deployment/web unknown (prod)"]);
});

building("remote bases are named, and the build goes on without them", () => {
  const { report } = scanned({
    "k/kustomization.yaml": "resources: [a.yaml, 'https://github.com/example/base?ref=v1']\n",
    "k/a.yaml": web,
  });
  assert.equal(report.summary.skipped, [
    {
      reason: "remote-base",
      path: "k/kustomization.yaml",
      files: 1,
      detail: "https://github.com/example/base?ref=v1",
    },
  ]);
  assert.is(report.summary.workloads.total, 1);
});

building("objects for local tools only are not deployed", () => {
  const local = web.replace(
    "namespace: shop}",
    "namespace: shop, annotations: {config.kubernetes.io/local-config: 'true'}}",
  );
  assert.equal(verdicts({ "k/kustomization.yaml": "resources: [a.yaml]\n", "k/a.yaml": local }), []);
});

building("of two objects with one name the first counts for the mesh", () => {
  const hooks = (selector: string) => `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: istio-sidecar-injector}
webhooks:
  - name: sidecar-injector.istio.io
    clientConfig: {service: {name: istiod, namespace: istio-system, path: /inject}}
    namespaceSelector: {matchLabels: {${selector}}}
    rules: [{operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [pods]}]
`;
  const files = {
    "1.yaml": hooks("a: b"),
    "2.yaml": hooks("c: d"),
    "a.yaml": web,
    "n.yaml": namespace("shop", "c: d"),
  };
  const { world } = scanned(files);
  assert.is(world.webhookConfigurations.length, 1);
  assert.equal(verdicts(files), ["shop Deployment/web not-injected"]);
});

building("members of OpenShift Service Mesh 2", () => {
  const { world } = scanned({
    "a.yaml": `apiVersion: maistra.io/v1
kind: ServiceMeshMemberRoll
metadata: {name: default, namespace: istio-system}
spec: {members: [shop, 5, pay]}
---
apiVersion: maistra.io/v1
kind: ServiceMeshMember
metadata: {name: default, namespace: own}
---
apiVersion: example.com/v1
kind: ServiceMeshMember
metadata: {name: default, namespace: other}
`,
  });
  assert.equal(world.memberNamespaces, ["shop", "pay", "own"]);
});

building("namespaces are listed by authority", () => {
  const { world } = scanned(
    {
      "n.yaml": namespace("shop", enabled),
      "d.yaml": namespace("shop"),
      "sidelint.yaml": "namespaces: {shop: {labels: {a: b}}}\n",
    },
    { configPath: "sidelint.yaml", paths: ["n.yaml"], namespaceDumps: ["d.yaml"] },
  );
  assert.equal(
    world.namespaces.map(({ name, origin }) => `${name} ${origin.text}`),
    ["shop sidelint.yaml:1:21", "shop n.yaml:3:24", "shop d.yaml:3:24"],
  );
});

building("the same input gives the same world", () => {
  const files = {
    "a.yaml": web,
    "n.yaml": namespace("shop", enabled),
    "k/kustomization.yaml": "resources: [../a.yaml]\n",
  };
  const once = JSON.stringify(scanned(files).report);
  assert.is(JSON.stringify(scanned(files).report), once);
});

building.run();
