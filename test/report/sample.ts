/** A small report made by hand, and the parts to make others from, for the tests of the reporters. */
import type { Finding } from "../../src/lint/finding.ts";
import type { Presentation, Report, ReportedWorkload } from "../../src/report/report.ts";
import { locationOf } from "../../src/source/locate.ts";

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  template:
    metadata:
      annotations:
        sidecar.istio.io/proxyCPU: 100m
        sidecar.istio.io/inject: "true"
    spec:
      containers:
        - {name: web, image: shop/web:1}
`;

const namespaces = `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    istio-injection: enable
`;

export const files: Readonly<Record<string, string>> = {
  "apps/web.yaml": deployment,
  "platform/namespaces.yaml": namespaces,
};

/** A finding that covers the first occurrence of a piece of a file's text. */
export function findingAt(file: string, piece: string, rest: Partial<Finding>): Finding {
  const text = files[file] ?? "";
  const start = text.indexOf(piece);
  return {
    rule: "a-rule",
    severity: "error",
    message: "something is wrong",
    location: locationOf({ path: file, text }, { start, end: start + piece.length }),
    workloads: [],
    help: undefined,
    ...rest,
  };
}

export const findings: readonly Finding[] = [
  findingAt("platform/namespaces.yaml", "enable", {
    rule: "namespace-label-invalid",
    message:
      'istio-injection is "enable", neither enabled nor disabled: it shuts injection for all 12 workloads in shop',
    help: "write istio-injection: enabled",
  }),
  findingAt("apps/web.yaml", 'sidecar.istio.io/inject: "true"', {
    rule: "inject-annotation-deprecated",
    severity: "warning",
    message: "the annotation sidecar.istio.io/inject is deprecated",
    help: "move it to the labels of the pod template",
    workloads: ["Deployment/web in shop"],
  }),
  findingAt("apps/web.yaml", "sidecar.istio.io/proxyCPU: 100m", {
    rule: "proxy-cpu-limit-missing",
    message:
      "proxyCPU is set, proxyCPULimit is not: the sidecar's CPU has no limit (the mesh's 2000m does not apply once any proxy resource is set)",
    help: 'add sidecar.istio.io/proxyCPULimit: "2"',
    workloads: [
      "Deployment/web in shop",
      "Deployment/web in pay",
      "Deployment/web in a",
      "Deployment/web in b",
      "Deployment/web in c",
    ],
  }),
];

export const web: ReportedWorkload = {
  id: "apps/web.yaml/0/spec/template",
  cluster: null,
  apiVersion: "apps/v1",
  kind: "Deployment",
  namespace: "shop",
  name: "web",
  template: null,
  file: "apps/web.yaml",
  line: 1,
  root: null,
  verdict: "not-injected",
  reason: "no-webhook",
  why: "no webhook matches in namespace shop",
  whyWhere: "platform/namespaces.yaml:6:5",
  revision: null,
  possibilities: [],
  trace: [
    {
      gate: "namespace",
      outcome: "passed",
      says: "namespace shop has istio-injection=enable",
      where: "platform/namespaces.yaml:6:5",
    },
    {
      gate: "webhook",
      outcome: "shut",
      says: "rev.namespace.sidecar-injector.istio.io wants istio.io/rev in [default] on the namespace, which does not have it",
      where: "default of Istio 1.30",
    },
    {
      gate: "webhook",
      outcome: "shut",
      says: 'namespace.sidecar-injector.istio.io wants istio-injection in [enabled], it is "enable"',
      where: "default of Istio 1.30",
    },
  ],
  remedy: "It would be injected if platform/namespaces.yaml:6 said istio-injection: enabled",
  ambient: false,
};

export const seed: ReportedWorkload = {
  ...web,
  id: "jobs/seed.yaml/0/spec/template",
  apiVersion: "batch/v1",
  kind: "Job",
  namespace: null,
  name: "seed",
  file: "jobs/seed.yaml",
  line: 12,
  verdict: "unknown",
  reason: "namespace-unknown",
  why: "its namespace is not in the repository",
  whyWhere: "jobs/seed.yaml:12",
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
  trace: [],
  remedy: null,
};

export const api: ReportedWorkload = {
  ...web,
  name: "api",
  file: "base/api.yaml",
  line: 3,
  root: "overlays/prod",
  verdict: "injected",
  reason: "policy-enabled",
  why: "namespace label istio-injection",
  revision: "default",
  remedy: null,
};

export const report: Report = {
  schema: "sidelint.dev/report/v1",
  version: "0.1.0",
  istio: { version: "1.30", webhooks: "stock", assumed: [] },
  workloads: [web, seed, api],
  findings,
  suppressed: [],
  summary: {
    workloads: { total: 104, injected: 87, notInjected: 14, refused: 0, unknown: 3 },
    findings: { error: 2, warning: 1, info: 0 },
    suppressed: 0,
    files: { read: 1210, withWorkloads: 61 },
    documents: 2400,
    missing: [
      {
        what: "namespace",
        subject: "travels/*.yaml",
        decides: 1,
        line: "paths: {travels/**: {namespace: <namespace>}}",
      },
      {
        what: "namespace-labels",
        subject: "default",
        decides: 2,
        line: "namespaces: {default: {labels: {istio-injection: enabled}}}",
      },
    ],
    configuration: `paths:
  travels/**: {namespace: <namespace>}  # decides 1
namespaces:
  default: {labels: {istio-injection: enabled}}  # decides 2
`,
    idleSettings: [{ place: "sidelint.yaml:2:5", says: "no workload is in the namespace shoop" }],
    skipped: [
      { reason: "helm-template", path: "charts/api", files: 4, detail: "" },
      { reason: "remote-base", path: "overlays/dev", files: 1, detail: "github.com/x/y?ref=v1" },
    ],
  },
};

/** The report of a repository with nothing in it. */
export const empty: Report = {
  ...report,
  workloads: [],
  findings: [],
  summary: {
    workloads: { total: 0, injected: 0, notInjected: 0, refused: 0, unknown: 0 },
    findings: { error: 0, warning: 0, info: 0 },
    suppressed: 0,
    files: { read: 0, withWorkloads: 0 },
    documents: 0,
    missing: [],
    configuration: "",
    idleSettings: [],
    skipped: [],
  },
};

export const page: Presentation = {
  colour: false,
  width: 80,
  quiet: false,
  milliseconds: 212,
  textOf: (file) => files[file],
};
