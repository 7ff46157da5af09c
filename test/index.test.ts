/** The public API: one call over any tree of files. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { diff, type FileTree, fix, loadConfig, memoryTree, scan, unifiedDiff } from "../src/index.ts";
import { deployment, enabled, namespace } from "./world/scanned.ts";

const api = suite("scan");

const files = {
  "apps/web.yaml": deployment("web", "namespace: shop"),
  "platform/ns.yaml": namespace("shop", enabled),
};

api("reads the whole tree unless told otherwise", () => {
  const { report, failures } = scan(memoryTree(files));
  assert.is(report.workloads[0]?.verdict, "injected");
  assert.equal(failures, []);
});

api("reads the given paths only", () => {
  assert.is(scan(memoryTree(files), { paths: ["apps"] }).report.workloads[0]?.verdict, "unknown");
  assert.equal(scan(memoryTree(files), { paths: ["platform"] }).report.workloads, []);
});

api("tells which paths are not there, and reads the others", () => {
  const { report, failures } = scan(memoryTree(files), { paths: ["app", "apps"] });
  assert.equal(failures, [{ path: "app", reason: "no such file or directory" }]);
  assert.is(report.workloads.length, 1);
});

api("a dump that is not there is told", () => {
  const { report, failures } = scan(memoryTree(files), { namespaceDumps: ["gone.yaml"] });
  const told = [...failures.map(({ path }) => path), ...report.summary.skipped.map(({ path }) => path)];
  assert.equal(told, ["gone.yaml"]);
});

api("a dump that cannot be read is a failure, and the rest is checked", () => {
  const dump = "apiVersion: v1\nkind: List\nitems: [{\n";
  const { failures, report } = scan(memoryTree({ ...files, "dump.yaml": dump }), {
    paths: ["apps"],
    namespaceDumps: ["dump.yaml"],
  });
  assert.equal(
    failures.map(({ path }) => path),
    ["dump.yaml"],
  );
  assert.is(report.workloads.length, 1);
});

api("a dump that lies among the paths counts once", () => {
  const { report } = scan(memoryTree(files), { namespaceDumps: ["platform/ns.yaml"] });
  assert.is(report.workloads[0]?.verdict, "injected");
  assert.is(report.summary.files.read, 2);
});

api("the configuration's ignore patterns are relative to its directory", () => {
  const config = { ignore: ["/apps/"] };
  assert.equal(scan(memoryTree(files), { config }).report.workloads, []);
  const elsewhere = { config, configPath: "platform/sidelint.yaml" };
  assert.is(scan(memoryTree(files), elsewhere).report.workloads.length, 1);
});

api("the configuration's severities hold, and off is off", () => {
  const text = { "a.yaml": deployment("a", "namespace: shop", "sidecar.istio.io/inject: maybe") };
  const severities = (rules: string) => {
    const reading = loadConfig(rules, "sidelint.yaml");
    assert.ok(reading.ok);
    return scan(memoryTree(text), reading.ok ? { config: reading.config } : {})
      .findings.filter(({ rule }) => rule === "inject-value-invalid")
      .map(({ severity }) => severity);
  };
  assert.is(severities("{}").length, 1);
  assert.equal(severities("rules: {inject-value-invalid: info}"), ["info"]);
  assert.equal(severities("rules: {inject-value-invalid: off}"), []);
});

api("gives back the text of files that findings point into, and of no others", () => {
  const { textOf } = scan(memoryTree({ ...files, "x.yaml": "a: b\n" }));
  assert.is(textOf("apps/web.yaml"), files["apps/web.yaml"]);
  assert.is(textOf("x.yaml"), undefined);
  assert.is(textOf("gone.yaml"), undefined);
});

api("reads every file once", () => {
  const reads: string[] = [];
  const tree = memoryTree({ ...files, "kustomization.yaml": "resources: [apps/web.yaml]\n" });
  const counting: FileTree = {
    ...tree,
    read(path) {
      reads.push(path);
      return tree.read(path);
    },
  };
  scan(counting);
  assert.equal(reads.sort(), ["apps/web.yaml", "kustomization.yaml", "platform/ns.yaml"]);
});

api("an empty tree is nothing to report", () => {
  const { report, findings } = scan(memoryTree({}));
  assert.equal([report.workloads, findings, report.summary.files.read], [[], [], 0]);
});

api("what kustomize refuses to build is an error, and is not among what was skipped", () => {
  const refused = { ...files, "kustomization.yaml": "resources: [apps/web.yaml, gone.yaml]\n" };
  const { report, findings } = scan(memoryTree(refused));
  assert.equal(
    findings
      .filter(({ severity }) => severity === "error")
      .map(({ rule, message, location }) => `${location.line}:${location.column} ${rule}: ${message}`),
    [
      "1:28 unreadable-document: kustomize refuses this build: gone.yaml is neither a file nor a kustomization",
    ],
  );
  assert.equal(report.summary.skipped, []);
  assert.is(report.workloads[0]?.name, "web");
});

api("a patch that is a broken manifest is one error", () => {
  const broken = {
    "kustomization.yaml": "resources: [a.yaml]\npatches: [{path: p.yaml}]\n",
    "a.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n",
    "p.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: a\n",
  };
  const { findings } = scan(memoryTree(broken));
  assert.is(findings.filter(({ severity }) => severity === "error").length, 1);
});

api("a patch for an object in a chart's templates, which are left out, is not refused", () => {
  const pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n";
  const chart = {
    "kustomization.yaml": "resources: [chart/templates/a.yaml]\npatches: [{path: p.yaml}]\n",
    "chart/Chart.yaml": "name: chart\n",
    "chart/templates/a.yaml": pod,
    "p.yaml": pod,
  };
  assert.equal(scan(memoryTree(chart)).findings, []);
});

api("a diff has the byte order mark of its file, without which git refuses it", () => {
  const pod = `\uFEFFapiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {version: 1.0}}\nspec: {containers: [{name: a, image: b}]}\n`;
  const { files: changed } = fix(memoryTree({ "a.yaml": pod }));
  assert.match(unifiedDiff(changed), /^--- a\/a\.yaml\n\+\+\+ b\/a\.yaml\n@@ .*\n \uFEFFapiVersion: v1\n/);
});

api("two scans are compared, with the facts behind what differs", () => {
  const files = (value: string) => ({
    "ns.yaml": `apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {istio-injection: ${value}}}\n`,
    "a.yaml":
      "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop}\nspec: {containers: [{name: a, image: b}]}\n",
  });
  const { changes } = diff(scan(memoryTree(files("enabled"))), scan(memoryTree(files("disabled"))));
  assert.equal(
    changes.map(({ kind, after, causes }) => [kind, after?.label, causes[0]?.after?.value]),
    [["lost", "Pod/a", "disabled"]],
  );
});

api.run();
