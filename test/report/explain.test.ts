/** The page of `explain`, and those of `rules`. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { RulePage } from "../../src/lint/catalogue.ts";
import type { SidecarResource } from "../../src/lint/sidecar-resources.ts";
import { columns } from "../../src/report/cells.ts";
import { explain, explainAll } from "../../src/report/explain.ts";
import type { ExplainedSidecar } from "../../src/report/explanation.ts";
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

const sidecar: ExplainedSidecar = {
  state: "injected",
  release: "1.30",
  templates: [{ name: "sidecar", where: "istio/injector.yaml:12:7" }],
  image: {
    value: "registry.example.com/a/rather/long/path/of/folders/proxyv2:1.30.3",
    where: "istio.yaml:3:1",
  },
  list: "containers",
  index: 1,
  native: null,
  user: 1337,
  group: null,
  ports: [
    { number: 15001, purpose: "outbound traffic" },
    { number: 15006, purpose: "inbound traffic" },
    { number: 15020, purpose: "merged metrics and probes" },
  ],
  capture: {
    by: "istio-init",
    mode: "REDIRECT",
    includedRanges: "*",
    excludedRanges: "10.0.0.0/8,172.16.0.0/12",
    includedOutboundPorts: "",
    excludedOutboundPorts: "3306",
    includedInboundPorts: "",
    excludedInboundPorts: "15090,15021,15020",
    user: 1337,
    users: [1337],
  },
  probes: [
    {
      container: "web",
      probe: "readinessProbe",
      from: "HTTP :http/ready",
      to: "/app-health/web/readyz",
      port: 15020,
      unresolved: "http",
    },
  ],
  adds: { containers: [], initContainers: ["istio-init"], volumes: ["istio-data", "istio-token"] },
  environment: [
    { name: "PROXY_CONFIG", value: "{}\n" },
    { name: "CA_ADDR", value: "istiod.istio-system.svc:15012" },
  ],
  refusals: [],
  open: [],
};

const pages = suite("explain");

pages("the sidecar: each setting, with its origin where it has one", () => {
  const out = explain({ workload: { ...api, trace: [] }, resources, sidecar }, report, page);
  assert.is(
    out.slice(out.indexOf("The sidecar")),
    `The sidecar, by template sidecar of Istio 1.30 (istio/injector.yaml:12:7)
  image           registry.example.com/a/rather/long/path/of/folders/
                  proxyv2:1.30.3  istio.yaml:3:1
  cpu request     100m       apps/web.yaml:10:9
  cpu limit       unlimited  the mesh's defaults are lost once any proxy
                             annotation is set
  memory request  none       not set
  memory limit    1Gi        default of Istio 1.30
  runs as         an ordinary container; where every node has Kubernetes 1.33 or
                  newer, a native sidecar (kubernetes.version in sidelint.yaml
                  says so)
  user            1337
  ports           15001 outbound traffic, 15006 inbound traffic, 15020 merged
                  metrics and probes
  capture         REDIRECT by istio-init, but for user 1337
    outbound      all addresses, not 10.0.0.0/8, 172.16.0.0/12, not ports 3306
    inbound       no ports
  probes          readinessProbe of web: HTTP :http/ready is now
                  :15020/app-health/web/readyz; no port is called http, so it
                  fails
  adds            init containers istio-init
                  volumes istio-data, istio-token
  environment     CA_ADDR=istiod.istio-system.svc:15012
`,
  );
});

pages("a pod that is refused: by whom, why and where", () => {
  const refusals = [
    { by: "injector", message: "sidecar.istio.io/proxyCPU must be a quantity", where: "apps/web.yaml:8:9" },
  ] as const;
  const refused = { state: "refused", refusals } as const;
  const out = explain(
    { workload: { ...api, trace: [] }, resources: undefined, sidecar: refused },
    report,
    page,
  );
  assert.match(
    out,
    `No pod is created
  ✗ the injector refuses it: sidecar.istio.io/proxyCPU must be a quantity
    apps/web.yaml:8:9
`,
  );
});

pages("an injection that is not known says why, and the resources all the same", () => {
  const unknown = { state: "unknown", why: "istio.yaml:7:3: templates are missing" } as const;
  const out = explain({ workload: seed, resources, sidecar: unknown }, report, page);
  assert.match(out, "Resources of the sidecar it would get\n  cpu request     100m");
  assert.match(out, "  What else is in it is not known: istio.yaml:7:3: templates are missing\n");
});

pages("a workload that is not injected: the trace, and what would open the gate", () => {
  assert.is(
    explain({ workload: web, resources: undefined, sidecar: undefined }, report, page),
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
    explain({ workload: { ...api, trace: [] }, resources, sidecar: undefined }, report, page),
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
  const out = explain({ workload: web, resources: [unread], sidecar: undefined }, report, page);
  assert.match(out, /cpu limit +not known +the injector's values/);
});

pages("an unknown one: what it would be in each case", () => {
  const out = explain(
    { workload: { ...seed, ambient: true }, resources: undefined, sidecar: undefined },
    report,
    page,
  );
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
    explain({ workload: { ...seed, trace }, resources: undefined, sidecar: undefined }, report, page),
    `Job/seed in a namespace not known                              jobs/seed.yaml:12
UNKNOWN: its namespace is not in the repository

1 Namespace
  · Nothing says which namespace it goes to                           a.yaml:3:1
2 Webhooks and policy, by what the namespace may be
  ✓ istio-injection=enabled: injected
  ✗ unlabelled: not injected
`,
  );
});

pages("no line is wider than a page of 60 columns or more", () => {
  for (const workload of [web, seed, api]) {
    for (let width = 60; width < 120; width++) {
      for (const line of explain({ workload, resources, sidecar }, report, { ...page, width }).split("\n")) {
        assert.ok(columns(line) <= width, `${width}: ${line}`);
      }
    }
  }
});

pages("colour changes nothing but colour", () => {
  const coloured = explain({ workload: web, resources, sidecar }, report, { ...page, colour: true });
  assert.match(coloured, "\u001b[31mNOT INJECTED\u001b[39m");
  assert.is(
    coloured.replace(/\u001b\[\d+m/g, ""),
    explain({ workload: web, resources, sidecar }, report, page),
  );
});
pages("builds of which the same is to be told have one heading, which names them", () => {
  const builds = ["prod", "stage"].map((root) => ({
    workload: { ...web, root },
    resources: [],
    sidecar: undefined,
  }));
  const text = explainAll(builds, report, page);
  assert.match(text, "built by the kustomizations in\n  prod\n  stage\nNOT INJECTED");
  assert.is(text.split("NOT INJECTED").length, 2);
  const other = explainAll(
    [
      ...builds.slice(0, 1),
      { workload: { ...web, root: "stage", why: "else" }, resources: [], sidecar: undefined },
    ],
    report,
    page,
  );
  assert.is(other.split("NOT INJECTED").length, 3);
});

pages("where no pod of it is created the heading says so", () => {
  const injected = { ...web, verdict: "injected", revision: "default" } as const;
  const refusals = [{ by: "injector", message: "a port is no number", where: "apps/web.yaml:9:9" }] as const;
  const text = explain(
    { workload: injected, resources: undefined, sidecar: { state: "refused", refusals } },
    report,
    page,
  );
  assert.match(text, "REFUSED: no pod is created; injected by revision");
  assert.not.match(text, "INJECTED");
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
    `proxy-cpu-limit-missing  error
Istio 1.12 and newer; istioctl analyze calls it IST0999

proxyCPU without proxyCPULimit leaves the sidecar's CPU without any limit at all

Why
  Once any of them is set, the mesh's own do not count:

  - the limit of CPU is gone, and the sidecar may take all that the node has to
    give
  - so is memory

What to do
  Add the limit.

  No command fixes it: what is meant is yours to say.

Bad: only a request
  # sidelint.yaml:
  #   istio:
  #     version: "1.30"
  kind: Pod

  spec: {}

Good
  kind: Pod

Not here
  In a comment on the line, or above it:
    # sidelint-ignore proxy-cpu-limit-missing -- reason
  Nowhere, by sidelint.yaml:
    rules: {proxy-cpu-limit-missing: off}
`,
  );
});
rules.run();
