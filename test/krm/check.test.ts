/** SidecarCheck: findings become results that say which object, which field, which file and what instead. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { dataIn, inMesh, listWith, runOn, web } from "./function.ts";

const check = suite("SidecarCheck");

const annotated = (lines: string) =>
  web.replace("        labels: {app: web}\n", `        labels: {app: web}\n        annotations:\n${lines}`);
const misspelled = annotated("          sidecar.istio.io/proxyCpuLimit: '1'\n");
const halfSet = annotated(
  "          sidecar.istio.io/proxyCPU: 100m\n          sidecar.istio.io/proxyMemory: 1Gi\n          sidecar.istio.io/proxyMemoryLimit: 1Gi\n",
);

check("passes a list on as it is when nothing is wrong", () => {
  const text = listWith("SidecarCheck", inMesh, web);
  const { stdout, stderr, exit } = runOn(text);
  assert.is(stdout, text);
  assert.is(stderr, "");
  assert.is(exit, 0);
});

check("says of a finding which object, field and file it is about, and fails", () => {
  const text = listWith("SidecarCheck", inMesh, misspelled);
  const { stdout, stderr, exit, results } = runOn(text);
  assert.is(exit, 1);
  assert.ok(stdout.startsWith(text), "what went in comes out, character by character");
  assert.equal(results, [
    {
      message:
        "Istio knows no sidecar.istio.io/proxyCpuLimit: it has no effect; fix: write sidecar.istio.io/proxyCPULimit",
      severity: "error",
      resourceRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web", namespace: "shop" },
      file: { path: "apps/web.yaml", index: 2 },
      field: {
        path: "spec.template.metadata.annotations['sidecar.istio.io/proxyCpuLimit']",
        currentValue: "1",
      },
      tags: { rule: "misspelled-key" },
    },
  ]);
  assert.match(stderr, /^sidelint: error: Deployment\/web in shop spec\.template.*misspelled-key\)\n$/);
});

check("proposes the value where a fix is one field", () => {
  const { results } = runOn(listWith("SidecarCheck", inMesh, halfSet));
  assert.equal(
    results.map(({ field }) => field),
    [
      {
        path: "spec.template.metadata.annotations['sidecar.istio.io/proxyCPULimit']",
        proposedValue: "2000m",
      },
    ],
  );
});

check("proposes quotes where a value is no string", () => {
  const unquoted = annotated("          sidecar.istio.io/inject: true\n");
  const { results } = runOn(listWith("SidecarCheck", inMesh, unquoted));
  const found = results.find(({ tags }) => tags?.rule === "non-string-metadata");
  assert.equal(found?.field, {
    path: "spec.template.metadata.annotations['sidecar.istio.io/inject']",
    currentValue: true,
    proposedValue: "true",
  });
});

check("says nothing of a file that no annotation names", () => {
  const bare = misspelled.replace(/ {4}annotations:\n(?: {6}.*\n)+/, "");
  const { results } = runOn(listWith("SidecarCheck", inMesh, bare));
  assert.equal(
    results.map(({ file }) => file),
    [undefined],
  );
});

check("takes the file from the annotations of before as well", () => {
  const legacy = misspelled.replace(/ {6}internal\.config.*\n/g, "");
  const { results } = runOn(listWith("SidecarCheck", inMesh, legacy));
  assert.equal(results[0]?.file, { path: "apps/web.yaml", index: 2 });
});

const grades: readonly { readonly spec: string; readonly exit: number; readonly severities: string }[] = [
  { spec: "failOn: never", exit: 0, severities: "error" },
  { spec: "rules: {misspelled-key: warning}", exit: 0, severities: "warning" },
  { spec: "rules: {misspelled-key: warning}\nfailOn: warning", exit: 1, severities: "warning" },
  { spec: "rules: {misspelled-key: info}\nfailOn: info", exit: 1, severities: "info" },
  { spec: "rules: {misspelled-key: off}", exit: 0, severities: "" },
  { spec: 'rules: {misspelled-key: "off"}', exit: 0, severities: "" },
  { spec: "severities: {error: warning}", exit: 0, severities: "warning" },
  { spec: "ignore: [{rules: [misspelled-key], reason: known}]", exit: 0, severities: "" },
];
for (const { spec, exit, severities } of grades) {
  check(`${JSON.stringify(spec)} gives ${severities || "nothing"} and exit ${exit}`, () => {
    const outcome = runOn(listWith("SidecarCheck", `${inMesh}\n${spec}`, misspelled));
    assert.is(outcome.results.map(({ severity }) => severity).join(" "), severities);
    assert.is(outcome.exit, exit);
  });
}

check("says what the functionConfig leaves open, in its own words", () => {
  const { results, exit } = runOn(listWith("SidecarCheck", 'istio: {version: "1.30"}', web));
  assert.is(exit, 0);
  assert.match(results[0]?.message ?? "", "in the functionConfig, below spec: namespaces: {shop: ");
  const nowhere = web.replace("    namespace: shop\n", "");
  const [result] = runOn(listWith("SidecarCheck", inMesh, nowhere)).results;
  assert.match(result?.message ?? "", "in the functionConfig: spec.defaultNamespace");
});

check("names objects, not places in the list", () => {
  const namespace = `- apiVersion: v1
  kind: Namespace
  metadata: {name: shop, labels: {istio-injection: enable}}
`;
  const { results, stderr } = runOn(listWith("SidecarCheck", 'istio: {version: "1.30"}', namespace + web));
  assert.ok(results.length > 0);
  assert.not.match(JSON.stringify(results) + stderr, "resource-list");
  assert.equal(results[0]?.resourceRef, { apiVersion: "v1", kind: "Namespace", name: "shop" });
});

check("takes facts of the items before anything else", () => {
  const namespace =
    "- {apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {istio-injection: enabled}}}\n";
  const { results } = runOn(listWith("SidecarCheck", 'istio: {version: "1.30"}', web + namespace));
  assert.equal(results, []);
});

check("looks at an object that is there twice each time, and says so", () => {
  const again = misspelled.replaceAll("apps/web.yaml", "other/web.yaml");
  const { results } = runOn(listWith("SidecarCheck", inMesh, misspelled + again));
  assert.equal(
    results.map(({ tags, file }) => `${tags?.rule} ${file?.path}`),
    ["misspelled-key apps/web.yaml", "misspelled-key other/web.yaml", "duplicate-item other/web.yaml"],
  );
});

check("passes on what is no object, with a word", () => {
  const text = listWith("SidecarCheck", inMesh, `${web}- just text\n- {kind: Odd}\n`);
  const { results, stdout, exit } = runOn(text);
  assert.is(exit, 0);
  assert.ok(stdout.startsWith(text));
  assert.equal(
    results.map(({ message, severity }) => `${severity} ${message}`),
    [
      "info item 2 of the list is no object: it is passed on as it is",
      "info item 3 of the list has no apiVersion: it is passed on as it is",
    ],
  );
});

check("writes JSON where it was given JSON", () => {
  const text = JSON.stringify(dataIn(listWith("SidecarCheck", inMesh, misspelled)));
  const { stdout, exit } = runOn(text);
  assert.is(exit, 1);
  assert.is(JSON.parse(stdout).results.length, 1);
  assert.is(JSON.parse(stdout).results[0].tags.rule, "misspelled-key");
});

check("keeps the results of functions before it", () => {
  const text = `${listWith("SidecarCheck", inMesh, misspelled)}results:\n- message: before\n  severity: info\n`;
  const { results } = runOn(text);
  assert.equal(
    results.map(({ message }) => message.slice(0, 6)),
    ["before", "Istio "],
  );
});

check("adds results to a list that does not end with its line", () => {
  const text = listWith("SidecarCheck", inMesh, misspelled).replace(/\n$/, "");
  assert.is(runOn(text).results.length, 1);
});

check.run();
