/** The page of `explain`, and those of `rules`. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { RulePage } from "../../src/lint/catalogue.ts";
import type { SidecarResource } from "../../src/lint/sidecar-resources.ts";
import { columns } from "../../src/report/cells.ts";
import { explain } from "../../src/report/explain.ts";
import { catalogue, rulePage } from "../../src/report/rules.ts";
import { api, page, report, seed, web } from "./sample.ts";

const resources: readonly SidecarResource[] = [
  { resource: "cpu", bound: "request", value: "100m", where: "apps/web.yaml:10:9" },
  {
    resource: "cpu",
    bound: "limit",
    value: null,
    where: "the mesh's defaults are lost once any proxy annotation is set",
  },
  { resource: "memory", bound: "request", value: null, where: "not set" },
  { resource: "memory", bound: "limit", value: "1Gi", where: "default of Istio 1.30" },
];

const pages = suite("explain");

pages("a workload that is not injected: the trace, and what would open the gate", () => {
  assert.is(
    explain({ workload: web, resources: undefined }, report, page),
    `Deployment/web in namespace shop                                 apps/web.yaml:1
NOT INJECTED: no webhook matches in namespace shop

1 Namespace
  · namespace shop has istio-injection=enable       platform/namespaces.yaml:6:5
2 Webhooks of Istio 1.30 (stock, the repository has none)
  ✗ rev.namespace.sidecar-injector.istio.io wants istio.io/rev in [default] on
    the namespace, which does not have it
  ✗ namespace.sidecar-injector.istio.io wants istio-injection in [enabled], it
    is "enable"
3 Policy of the injector: not asked

It would be injected if platform/namespaces.yaml:6 said istio-injection:
enabled.
`,
  );
});

pages("an injected one: its revision, its build, and what the sidecar may use", () => {
  assert.is(
    explain({ workload: { ...api, trace: [] }, resources }, report, page),
    `Deployment/api in namespace shop                                 base/api.yaml:3
built by the kustomization in overlays/prod
INJECTED by revision default: namespace label istio-injection

1 Namespace: not asked
2 Webhooks: not asked
3 Policy of the injector: not asked

Resources of the sidecar
  cpu request     100m       apps/web.yaml:10:9
  cpu limit       unlimited  the mesh's defaults are lost once any proxy
                             annotation is set
  memory request  none       not set
  memory limit    1Gi        default of Istio 1.30
`,
  );
});

pages("what cannot be read is not known, which is not none", () => {
  const where = "the injector's values cannot be read: istio.yaml:7:3";
  const unread: SidecarResource = { resource: "cpu", bound: "limit", value: null, where, unknown: true };
  const out = explain({ workload: web, resources: [unread] }, report, page);
  assert.match(out, /cpu limit +not known +the injector's values/);
});

pages("an unknown one: what it would be in each case", () => {
  const out = explain({ workload: { ...seed, ambient: true }, resources: undefined }, report, page);
  assert.match(
    out,
    `Job/seed in a namespace not known                              jobs/seed.yaml:12
UNKNOWN: its namespace is not in the repository
Without a sidecar it is in the ambient mesh.
`,
  );
  assert.match(
    out,
    `It would be
  not injected  where the namespace is unlabelled
  injected      where the namespace has istio-injection=enabled (revision
                default)
`,
  );
});

pages("the answers by case are told once", () => {
  const trace = [
    {
      gate: "namespace",
      outcome: "passed",
      says: "Nothing says which namespace it goes to",
      where: "a.yaml:3:1",
    },
    { gate: "policy", outcome: "open", says: "istio-injection=enabled: injected", where: "a.yaml:3:1" },
    { gate: "webhook", outcome: "shut", says: "unlabelled: not injected", where: "a.yaml:3:1" },
  ] as const;
  assert.is(
    explain({ workload: { ...seed, trace }, resources: undefined }, report, page),
    `Job/seed in a namespace not known                              jobs/seed.yaml:12
UNKNOWN: its namespace is not in the repository

1 Namespace
  · Nothing says which namespace it goes to                           a.yaml:3:1
2 Webhooks and policy, by what the namespace may be                   a.yaml:3:1
  ✓ istio-injection=enabled: injected
  ✗ unlabelled: not injected
`,
  );
});

pages("no line is wider than a page of 60 columns or more", () => {
  for (const workload of [web, seed, api]) {
    for (let width = 60; width < 120; width++) {
      for (const line of explain({ workload, resources }, report, { ...page, width }).split("\n")) {
        assert.ok(columns(line) <= width, `${width}: ${line}`);
      }
    }
  }
});

pages("colour changes nothing but colour", () => {
  const coloured = explain({ workload: web, resources }, report, { ...page, colour: true });
  assert.match(coloured, "\u001b[31mNOT INJECTED\u001b[39m");
  assert.is(coloured.replace(/\u001b\[\d+m/g, ""), explain({ workload: web, resources }, report, page));
});
pages.run();

const limit: RulePage = {
  id: "proxy-cpu-limit-missing",
  severity: "error",
  aliases: ["IST0999"],
  since: "1.12",
  until: undefined,
  checks: [],
  summary: "proxyCPU without proxyCPULimit leaves the sidecar's CPU without any limit at all",
  why: "Once any of them is set,\nthe mesh's own do not count:\n\n- the limit of CPU is gone, and the sidecar may take all that the node has to give\n- so is memory\n",
  fix: "Add the limit.",
  bad: [
    {
      title: "only a request",
      config: { istio: { version: "1.30" } },
      manifest: "kind: Pod\n\nspec: {}\n",
      expect: [],
    },
  ],
  good: [{ manifest: "kind: Pod\n" }],
};
const other: RulePage = { ...limit, id: "reserved-port", severity: "info", summary: "a short one" };

const rules = suite("rules");

rules("the catalogue is a table", () => {
  assert.is(
    catalogue([limit, other], page),
    `RULE                     SEVERITY  FINDS
proxy-cpu-limit-missing  error     proxyCPU without proxyCPULimit leaves the
                                   sidecar's CPU without any limit at all
reserved-port            info      a short one

One of them with examples: sidelint rules <id>
`,
  );
});

rules("a rule has its reasons, its fix and its examples", () => {
  assert.is(
    rulePage(limit, page),
    `proxy-cpu-limit-missing  error, istioctl calls it IST0999, since Istio 1.12

proxyCPU without proxyCPULimit leaves the sidecar's CPU without any limit at all

Why
  Once any of them is set, the mesh's own do not count:

  - the limit of CPU is gone, and the sidecar may take all that the node has to
    give
  - so is memory

Fix
  Add the limit.

Bad: only a request
  # sidelint.yaml: {"istio":{"version":"1.30"}}
  kind: Pod

  spec: {}

Good
  kind: Pod
`,
  );
});
rules.run();
