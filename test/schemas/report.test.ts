/** The schema of the report fits what the JSON reporter prints, field by field. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Reason, Verdict } from "../../src/istio/decision.ts";
import { json } from "../../src/report/json.ts";
import type { Presentation, Report, ReportedWorkload } from "../../src/report/report.ts";
import type { Skipped } from "../../src/world/world.ts";

const schema = JSON.parse(readFileSync(new URL("../../schemas/report.schema.json", import.meta.url), "utf8"));
const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);

// The compiler holds these lists complete; the schema must allow the very same words.
const reasons: Readonly<Record<Reason, true>> = {
  "no-webhook": true,
  "selector-invalid": true,
  "host-network": true,
  "ignored-namespace": true,
  "inject-true": true,
  "inject-false": true,
  "never-selector": true,
  "always-selector": true,
  "policy-enabled": true,
  "policy-disabled": true,
  "policy-illegal": true,
  "namespace-unknown": true,
  "namespace-labels-unknown": true,
  "namespace-labels-differ": true,
  "revision-unknown": true,
  "conditions-unknown": true,
  "injector-unreadable": true,
  "pod-unknown": true,
};
const verdicts: Readonly<Record<Verdict, true>> = {
  injected: true,
  "not-injected": true,
  refused: true,
  unknown: true,
};
const skips: Readonly<Record<Skipped["reason"], true>> = {
  "helm-template": true,
  template: true,
  "outside-link": true,
  "remote-base": true,
  "outside-base": true,
  plugin: true,
  unreadable: true,
  "incomplete-build": true,
  "rival-install": true,
  delivery: true,
};

const workload: ReportedWorkload = {
  id: "a.yaml/0/spec/template",
  cluster: null,
  apiVersion: "apps/v1",
  kind: "Deployment",
  namespace: null,
  name: "web",
  template: "spec.worker.template",
  file: "apps/web.yaml",
  line: 1,
  root: "overlays/prod",
  verdict: "unknown",
  reason: "namespace-unknown",
  why: "its namespace is not in the repository",
  whyWhere: "apps/web.yaml:1:1",
  revision: null,
  possibilities: [
    {
      when: "unlabelled",
      labels: {},
      verdict: "not-injected",
      reason: "no-webhook",
      revision: null,
      webhook: null,
    },
    {
      when: "istio-injection=enabled",
      labels: { "istio-injection": "enabled" },
      verdict: "injected",
      reason: "policy-enabled",
      revision: "default",
      webhook: "namespace.sidecar-injector.istio.io",
    },
  ],
  trace: [{ gate: "webhook", outcome: "shut", says: "no webhook matches", where: "default of Istio 1.30" }],
  remedy: null,
  ambient: false,
};

const report: Report = {
  schema: "sidelint.dev/report/v1",
  version: "0.1.0",
  istio: { version: "1.30", webhooks: "stock", assumed: ["istio-injection=enabled"] },
  workloads: [workload],
  findings: [
    {
      rule: "verdict-unknown",
      severity: "info",
      message: "it hinges on its namespace",
      help: undefined,
      location: { file: "a.yaml", start: 0, end: 4, line: 1, column: 1, endLine: 1, endColumn: 5 },
      workloads: ["Deployment/web"],
    },
  ],
  suppressed: [
    {
      finding: {
        rule: "verdict-unknown",
        severity: "info",
        message: "it hinges on its namespace",
        help: undefined,
        location: { file: "a.yaml", start: 0, end: 4, line: 1, column: 1, endLine: 1, endColumn: 5 },
        workloads: ["Deployment/web"],
      },
      kind: "comment",
      reason: null,
      place: "a.yaml:1:6",
    },
  ],
  summary: {
    workloads: { total: 1, injected: 0, notInjected: 0, refused: 0, unknown: 1 },
    findings: { error: 0, warning: 0, info: 1 },
    suppressed: 1,
    files: { read: 1, withWorkloads: 1 },
    documents: 1,
    missing: [
      {
        what: "namespace",
        subject: "apps/**",
        decides: 1,
        line: "paths: {apps/**: {namespace: <namespace>}}",
      },
    ],
    configuration: "paths:\n  apps/**: {namespace: <namespace>}  # decides 1\n",
    skipped: [{ reason: "remote-base", path: "overlays/dev", files: 1, detail: "github.com/x/y" }],
    idleSettings: [{ place: "sidelint.yaml:3:5", says: "no workload is in the namespace shoop" }],
  },
};

const presentation: Presentation = {
  colour: false,
  width: 80,
  quiet: false,
  milliseconds: undefined,
  textOf: () => undefined,
};

/** Where a report breaks the schema. */
function breaches(subject: Report): readonly string[] {
  validate(JSON.parse(json(subject, presentation)));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const schemas = suite("report.schema.json");

schemas("describes what the reporter prints", () => assert.equal(breaches(report), []));

schemas("describes every field of it and no other", () => {
  const extra = { ...report, workloads: [{ ...workload, extra: 1 }] };
  assert.equal(breaches(extra), ["/workloads/0 must NOT have additional properties"]);
  const { ambient: _, ...less } = workload;
  assert.equal(breaches({ ...report, workloads: [less as ReportedWorkload] }), [
    "/workloads/0 must have required property 'ambient'",
  ]);
});

schemas("allows the reasons, verdicts and skips that there are, and no others", () => {
  const { workload: described, skipped } = schema.$defs;
  assert.equal([...described.properties.reason.enum].sort(), Object.keys(reasons).sort());
  assert.equal([...described.properties.verdict.enum].sort(), Object.keys(verdicts).sort());
  assert.equal([...skipped.properties.reason.enum].sort(), Object.keys(skips).sort());
});

schemas.run();
