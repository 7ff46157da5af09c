/** The report of `check`, pinned as it appears on a page of 80 columns. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { columns } from "../../src/report/cells.ts";
import type { Report } from "../../src/report/report.ts";
import { text } from "../../src/report/text.ts";
import { loadConfig } from "../../src/world/config.ts";
import { empty, findingAt, page, report } from "./sample.ts";

const whole = `apps/web.yaml
  10:9  error    proxyCPU is set, proxyCPULimit is not: the sidecar's CPU has no
                 limit (the mesh's 2000m does not apply once any proxy resource
                 is set)
                  9 │       annotations:
                 10 │         sidecar.istio.io/proxyCPU: 100m
                    │         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                 fix: add sidecar.istio.io/proxyCPULimit: "2"
                 Deployment/web in shop, Deployment/web in pay,
                 Deployment/web in a and 2 more          proxy-cpu-limit-missing

  11:9  warning  the annotation sidecar.istio.io/inject is deprecated
                 10 │         sidecar.istio.io/proxyCPU: 100m
                 11 │         sidecar.istio.io/inject: "true"
                    │         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                 fix: move it to the labels of the pod template
                 Deployment/web in shop             inject-annotation-deprecated

platform/namespaces.yaml
  6:22  error    istio-injection is "enable", neither enabled nor disabled: it
                 shuts injection for all 12 workloads in shop
                 5 │   labels:
                 6 │     istio-injection: enable
                   │                      ^^^^^^
                 fix: write istio-injection: enabled     namespace-label-invalid

Workloads   87 injected, 14 not injected, 3 unknown
Findings    2 errors, 1 warning
Read        104 workloads in 61 of 1,210 files in 212 ms
Istio       1.30, stock webhooks assumed, as none were found
Skipped     4 Helm templates: charts/api
            1 remote kustomize base: overlays/dev (github.com/x/y?ref=v1)

Missing facts: 2 would decide 3 workloads, a namespace together with its labels.
In sidelint.yaml, with your values:

namespaces:
  default: {labels: {istio-injection: enabled}}  # decides 2
paths:
  travels/**: {namespace: <namespace>}           # decides 1

Or take the labels of all namespaces from a cluster:
  mkdir -p .sidelint && kubectl get ns -o yaml > .sidelint/namespaces.yaml
Or assume the same of every namespace that is not known:
  sidelint check --assume istio-injection=enabled
`;

const check = suite("text");

check("a report has findings by file, a summary and the missing facts", () => {
  assert.is(text(report, page), whole);
});

check("no line is wider than the page but those to be copied, in any width from 60 on", () => {
  for (let width = 60; width <= 120; width++) {
    const out = text(report, { ...page, width });
    for (const line of out.split("\n")) {
      if (!/kubectl/.test(line)) assert.ok(columns(line) <= width, `${width}: ${line}`);
    }
  }
});

check("a narrow terminal gets no frames", () => {
  assert.not.match(text(report, { ...page, width: 59 }), /│/);
});

check("colour changes nothing but colour", () => {
  const coloured = text(report, { ...page, colour: true });
  assert.is.not(coloured, whole);
  assert.is(coloured.replace(/\u001b\[\d+m/g, ""), whole);
});

check("an error is bold and red, its carets too", () => {
  const only = { ...report, findings: report.findings.slice(0, 1) };
  const lines = text(only, { ...page, colour: true }).split("\n");
  assert.is(lines[0], "\u001b[4mplatform/namespaces.yaml\u001b[24m");
  assert.match(lines[1] ?? "", "\u001b[1m\u001b[31merror");
  assert.match(lines[5] ?? "", "\u001b[1m\u001b[31m^^^^^^");
});

check("quiet prints errors and nothing else", () => {
  const out = text(report, { ...page, quiet: true });
  assert.match(out, "proxy-cpu-limit-missing");
  assert.not.match(out, "inject-annotation-deprecated");
  assert.not.match(out, "Workloads");
  assert.not.match(out, "Missing facts");
});

check("quiet without errors prints nothing", () => {
  assert.is(text({ ...report, findings: [] }, { ...page, quiet: true }), "");
});

check("a file whose text is gone still has its findings", () => {
  const out = text(report, { ...page, textOf: () => undefined });
  assert.not.match(out, /│/);
  assert.match(out, "namespace-label-invalid");
});

check("what a manifest says cannot steer the terminal", () => {
  const finding = findingAt("apps/web.yaml", "web", {
    message: "named \u001b[2J\u202eweb\r\n",
    help: "\u0007",
  });
  const out = text({ ...report, findings: [finding] }, page);
  assert.not.match(out, /[\u0000-\u0009\u000b-\u001f\u202e]/);
});

check("findings of the same file are in the order of their positions", () => {
  const findings = ["kind", "metadata", "apiVersion"].map((piece) =>
    findingAt("apps/web.yaml", piece, { message: `about ${piece}` }),
  );
  const out = text({ ...report, findings }, { ...page, textOf: () => undefined });
  assert.equal(out.match(/about \w+/g), ["about apiVersion", "about kind", "about metadata"]);
});

check("an unknown verdict is told as the fact that is missing, not for every workload", () => {
  const finding = findingAt("apps/web.yaml", "web", { rule: "verdict-unknown", severity: "info" });
  assert.not.match(text({ ...report, findings: [finding] }, page), "verdict-unknown");
  const nothingMissing = { ...report, findings: [finding], summary: { ...report.summary, missing: [] } };
  assert.match(text(nothingMissing, page), "verdict-unknown");
});

const quietSummary = {
  ...report.summary,
  missing: [],
  skipped: [],
  findings: { error: 0, warning: 0, info: 0 },
};

const last: readonly (readonly [name: string, output: string, expected: string])[] = [
  [
    "nothing to report has the verdicts and what they rest on",
    text(
      {
        ...report,
        findings: [],
        summary: {
          ...quietSummary,
          workloads: { total: 104, injected: 90, notInjected: 14, refused: 0, unknown: 0 },
        },
      },
      page,
    ),
    "104 workloads, nothing to report: 90 injected, 14 not injected.\nIstio 1.30, stock webhooks assumed, as none were found\n",
  ],
  [
    "what is unknown is counted too",
    text({ ...report, findings: [], summary: quietSummary }, page),
    "104 workloads, nothing to report: 87 injected, 14 not injected, 3 unknown.\nIstio 1.30, stock webhooks assumed, as none were found\n",
  ],
  [
    "nothing to report names what was assumed and not looked at",
    text(
      {
        ...report,
        istio: { ...report.istio, assumed: ["istio-injection=enabled"] },
        findings: [],
        summary: {
          ...quietSummary,
          workloads: { total: 1, injected: 1, notInjected: 0, refused: 0, unknown: 0 },
          skipped: [{ reason: "helm-template", path: "chart", files: 1, detail: "" }],
        },
      },
      page,
    ),
    "1 workload, nothing to report: 1 injected.\nNot looked at: 1 Helm template: chart.\nIstio 1.30, stock webhooks assumed, as none were found; namespaces that are not\nknown are assumed to have istio-injection=enabled\n",
  ],
  [
    "what was skipped here is not told with two dots",
    text(
      {
        ...empty,
        summary: {
          ...empty.summary,
          files: { read: 1, withWorkloads: 0 },
          skipped: [{ reason: "helm-template", path: ".", files: 1, detail: "" }],
        },
      },
      page,
    ),
    "No workloads found: 1 file read, and no workload of a known kind (workloads: in\nsidelint.yaml names further kinds).\nNot looked at: 1 Helm template: this directory.\n",
  ],
  [
    "an empty directory has no manifests",
    text(empty, page),
    "No manifests found: there is no *.yaml, *.yml or *.json file here.\n",
  ],
  [
    "manifests without workloads are said to have none",
    text({ ...empty, summary: { ...empty.summary, files: { read: 3, withWorkloads: 0 } } }, page),
    "No workloads found: 3 files read, and no workload of a known kind (workloads: in\nsidelint.yaml names further kinds).\n",
  ],
];
for (const [name, output, expected] of last) check(name, () => assert.is(output, expected));

check("refused workloads, assumptions and long lists of directories are counted out", () => {
  const skipped = Array.from({ length: 15 }, (_, index) => ({
    reason: "helm-template" as const,
    path: `charts/c${String(index).padStart(2, "0")}`,
    files: 2,
    detail: "",
  }));
  const workloads = { total: 4, injected: 1, notInjected: 1, refused: 2, unknown: 0 };
  const out = text(
    {
      ...report,
      istio: { version: "1.20", webhooks: "repository", assumed: ["istio-injection=enabled"] },
      findings: report.findings.slice(0, 1),
      summary: { ...report.summary, workloads, skipped, missing: [] },
    },
    { ...page, milliseconds: 61_200, textOf: () => undefined },
  );
  assert.is(
    out.slice(out.indexOf("Workloads ")),
    `Workloads   1 injected, 1 not injected, 2 refused by the API server
Findings    2 errors, 1 warning
Read        4 workloads in 61 of 1,210 files in 61.2 s
Istio       1.20, webhooks as the repository has them; namespaces that are not
            known are assumed to have istio-injection=enabled
Skipped     30 Helm templates: charts/c00, charts/c01, charts/c02 and 12 more
`,
  );
});

check("paths of what was skipped break behind a slash", () => {
  const path = "platform/clusters/production-europe-west/applications/monitoring-and-alerting";
  const skipped = [{ reason: "helm-template" as const, path, files: 1, detail: "" }];
  const out = text({ ...report, summary: { ...report.summary, skipped, missing: [] } }, page);
  assert.match(
    out,
    /\nSkipped {5}1 Helm template:\n {12}platform\/clusters\/production-europe-west\/applications\/\n {12}monitoring-and-alerting\n/,
  );
});

check("infos that are listed as missing facts are said to be", () => {
  const [finding] = report.findings;
  if (!finding) throw new Error("there is none");
  const unknown = { ...finding, rule: "verdict-unknown", severity: "info" as const };
  const of = (info: number) => ({
    ...report,
    findings: [...report.findings, unknown, unknown],
    summary: { ...report.summary, findings: { ...report.summary.findings, info } },
  });
  assert.match(text(of(2), page), /\nFindings {4}2 errors, 1 warning, 2 info \(the missing facts\)\n/);
  assert.match(text(of(3), page), /, 3 info \(2 of them the missing facts\)\n/);
});

const assumingNone = { ...report, istio: { ...report.istio, assumed: ["none"] } };
check("that unknown namespaces have no labels is said as an assumption", () => {
  assert.match(text(assumingNone, page), "known are assumed to have no labels\n");
  assert.match(text({ ...assumingNone, findings: [] }, page), "known are assumed to have no labels\n");
});

const labels = (subject: string, decides: number) => ({
  what: "namespace-labels" as const,
  subject,
  decides,
  line: `namespaces: {${subject}: {labels: {istio-injection: enabled}}}`,
});
const place = (pattern: string, decides: number) => ({
  what: "namespace" as const,
  subject: pattern,
  decides,
  line: `paths: {${pattern}: {namespace: <namespace>}}`,
});
const lacking = (missing: Report["summary"]["missing"]) =>
  text({ ...report, findings: [], summary: { ...report.summary, missing } }, page);

check("of many missing facts the ones that decide most are named", () => {
  const out = lacking(Array.from({ length: 12 }, (_, index) => labels(`n${index}`, index + 1)));
  assert.match(out, "\n  n11: {labels: {istio-injection: enabled}}  # decides 12\n");
  assert.match(
    out,
    "\n  n4: {labels: {istio-injection: enabled}}   # decides  5\n# and 4 more: --format json has all of them\n",
  );
});

check("the missing facts can be pasted as they stand, long names too", () => {
  const long = `${"a-directory-with-a-name/".repeat(4)}**`;
  const out = lacking([labels("shop", 30), place(long, 7), place("b/**", 2), labels('"1"', 2)]);
  const block = /\n\n(namespaces:\n[\s\S]*?)\n\n/.exec(out)?.[1] ?? "";
  const reading = loadConfig(block.replaceAll("<namespace>", "somewhere"), "sidelint.yaml");
  assert.ok(reading.ok, block);
  assert.equal(Object.keys(reading.config.namespaces ?? {}), ["1", "shop"]);
  assert.equal(Object.keys(reading.config.paths ?? {}), [long, "b/**"]);
  assert.match(out, "--namespace NAME");
  assert.not.match(lacking([place("b/**", 2)]), "--namespace NAME");
});

check.run();
