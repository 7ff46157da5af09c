/** explain --uninstall end to end: who loses the sidecar, what stays, what is deleted, and in which order. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inRepository, namespace, type Outcome } from "./terminal.ts";

const workload = (name: string, space: string, labels = "", spec = "") => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: ${space}}
spec:
  template:
    metadata:
      labels: {app: ${name}${labels}}
    spec:
      containers:
      - {name: ${name}, image: "${name}:1"}
${spec}`;
const written = `      - name: istio-proxy
        image: docker.io/istio/proxyv2:1.26.2
        env:
        - {name: CA_ADDR, value: "istiod.istio-system.svc:15012"}
`;
const webhook = (configuration: string, revision: string, tag: string, policy: string, label: string) =>
  `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata:
  name: ${configuration}
  labels: {app: sidecar-injector, istio.io/rev: ${revision}${tag && `, istio.io/tag: ${tag}`}}
webhooks:
- name: namespace.sidecar-injector.istio.io
  failurePolicy: ${policy}
  clientConfig:
    service: {name: istiod${revision === "default" ? "" : `-${revision}`}, namespace: istio-system, path: /inject}
  rules:
  - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}
  namespaceSelector:
    matchLabels: {${label}}
`;
const labelled = (name: string, label: string) => `apiVersion: v1
kind: Namespace
metadata: {name: ${name}, labels: {${label}}}
`;

/** Two revisions, each with a webhook of its own, and a tag of the second. */
const files = {
  "ns.yaml": [namespace, labelled("pay", "istio.io/rev: stable"), labelled("attic", "team: x")].join("---\n"),
  "web.yaml": workload("web", "shop"),
  "pay.yaml": workload("pay", "pay"),
  "old.yaml": workload("old", "attic", "", written),
  "plain.yaml": workload("plain", "attic"),
  "hooks/a.yaml": webhook("istio-sidecar-injector", "default", "", "Fail", "istio-injection: enabled"),
  "hooks/b.yaml": webhook("istio-sidecar-injector-canary", "canary", "", "Ignore", "istio.io/rev: canary"),
  "hooks/c.yaml": webhook("istio-revision-tag-stable", "canary", "stable", "Fail", "istio.io/rev: stable"),
};

interface Told {
  readonly revisions: readonly string[];
  readonly tags: readonly string[];
  readonly failing: readonly { readonly name: string }[];
  readonly lost: readonly { readonly workload: string }[];
  readonly taken: readonly { readonly workload: string; readonly revision: string }[];
  readonly unsure: readonly { readonly workload: string }[];
  readonly byHand: readonly { readonly workload: string; readonly istiod?: string }[];
  readonly labels: readonly { readonly label: string; readonly where: string }[];
  readonly objects: readonly {
    readonly name: string;
    readonly where: string | null;
    readonly shared: string | null;
  }[];
  readonly steps: readonly { readonly do: string }[];
}

function told({ stdout, stderr }: Outcome): Told {
  const [only] = (JSON.parse(stdout) as { uninstalls: readonly Told[] }).uninstalls;
  if (!only) throw new Error(stderr);
  return only;
}

const names = (all: readonly { readonly workload: string }[]) => all.map((one) => one.workload.slice(11));
const json = ["--format", "json"];

const uninstall = suite("explain --uninstall");

uninstall("everything goes: who loses it, who keeps one that looks for nobody, which labels are left", () =>
  inRepository(files, async (sidelint) => {
    const all = told(await sidelint(["explain", "--uninstall", ...json]));
    assert.equal([all.revisions, all.tags], [["canary", "default"], ["stable"]]);
    assert.equal([names(all.lost), names(all.taken), names(all.unsure)], [["pay", "web"], [], []]);
    assert.equal(all.byHand, [
      {
        workload: "Deployment/old",
        namespace: "attic",
        file: "old.yaml",
        line: 1,
        column: 1,
        istiod: "istiod.istio-system.svc:15012",
      },
    ]);
    assert.equal(
      all.labels.map(({ label, where }) => `${label} ${where}`),
      ["istio-injection=enabled ns.yaml:5:12", "istio.io/rev=stable ns.yaml:9:32"],
    );
    assert.equal(
      all.failing.map(({ name }) => name),
      ["istio-revision-tag-stable", "istio-sidecar-injector"],
      "a webhook that may be ignored blocks nothing",
    );
    assert.equal(
      all.steps.map((step) => step.do.split(/[ :]/).slice(0, 3).join(" ")),
      ["Take the labels", "Restart 2 workloads,", "Delete the webhooks", "Delete istiod and"],
    );
  }),
);

uninstall("a revision goes with its tags, and what others inject stays", () =>
  inRepository(files, async (sidelint) => {
    const canary = told(await sidelint(["explain", "--uninstall", "canary", ...json]));
    assert.equal([canary.revisions, canary.tags], [["canary"], ["stable"]]);
    assert.equal([names(canary.lost), names(canary.byHand)], [["pay"], []]);
    assert.equal(
      canary.objects.map(({ name, where }) => `${name} ${where}`),
      [
        "istio-revision-tag-stable hooks/c.yaml:1",
        "istio-sidecar-injector-canary hooks/b.yaml:1",
        "istio-sidecar-injector-canary null",
        "istio-canary null",
      ],
    );
  }),
);

uninstall("a tag goes alone: its istiod stays, and nothing of it is deleted", () =>
  inRepository(files, async (sidelint) => {
    const tag = told(await sidelint(["explain", "--uninstall=stable", ...json]));
    assert.equal([tag.revisions, tag.tags, tag.failing], [[], ["stable"], []]);
    assert.equal(
      tag.objects.map(({ name }) => name),
      ["istio-revision-tag-stable"],
    );
    assert.ok(tag.steps[0]?.do.endsWith("or name a revision instead of the tag."));
  }),
);

uninstall("workloads that another revision takes need the webhooks gone before they are restarted", () =>
  inRepository(
    {
      ...files,
      "hooks/d.yaml": webhook("zzz-other", "other", "", "Fail", "istio-injection: enabled"),
    },
    async (sidelint) => {
      const gone = told(await sidelint(["explain", "--uninstall", "default", ...json]));
      assert.equal([names(gone.lost), names(gone.taken)], [[], ["web"]]);
      assert.is(gone.taken[0]?.revision, "other");
      assert.equal(gone.labels, [], "the label still means something");
      assert.ok(gone.steps[0]?.do.startsWith("Delete the webhooks"));
      assert.ok(gone.steps[1]?.do.startsWith("Restart 1 workload"));
    },
  ),
);

uninstall("pods that ask by labels of their own are told of, and configurations that others share stay", () =>
  inRepository(
    {
      "api.yaml": workload("api", "api", ', sidecar.istio.io/inject: "true"'),
      "ns.yaml": labelled("api", "team: x"),
      "istio.yaml":
        "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: istio}\nspec: {tag: 1.26.2}\n",
    },
    async (sidelint) => {
      const own = told(await sidelint(["explain", "--uninstall", ...json]));
      assert.equal(names(own.lost), ["api"]);
      assert.is(own.steps[0]?.do, "Take the labels off 1 pod template.");
      assert.ok(own.objects.some(({ name, where }) => name === "istio" && where === "istio.yaml:1"));
    },
  ),
);

uninstall(
  "gateways with a proxy of their own are told apart, and pods that are nothing without injection",
  () =>
    inRepository(
      {
        "ns.yaml": namespace,
        "gateway.yaml": workload("gateway", "shop", "", "      - {name: istio-proxy, image: auto}\n"),
        "ingress.yaml": workload(
          "ingress",
          "shop",
          "",
          written.replace("env:", "args: [proxy, router]\n        env:"),
        ),
      },
      async (sidelint) => {
        const { stdout } = await sidelint(["explain", "--uninstall"]);
        assert.match(stdout, "  shop  Deployment/gateway  cannot start without one");
        assert.match(
          stdout,
          /^Gateways and other proxies of their own, .*\n {2}shop {2}Deployment\/ingress/m,
        );
        assert.not.match(stdout, "Injected by hand");
      },
    ),
);

uninstall("the page says first what blocks pods, and fits 80 columns", () =>
  inRepository(files, async (sidelint) => {
    const { status, stdout } = await sidelint(["explain", "--uninstall", "default", "."]);
    assert.is(status, 0);
    const [head = "", , warning = ""] = stdout.split("\n");
    assert.match(head, /^Without revision default, Istio \S+ +1 workload of 4 loses it$/);
    assert.match(warning, "! No pod of 1 workload starts while istiod is gone");
    for (const line of stdout.split("\n")) assert.ok(line.length <= 80, line);
  }),
);

uninstall("several clusters are told one after the other", () =>
  inRepository(
    { ...files, "east.yaml": namespace, "west.yaml": labelled("shop", "team: x") },
    async (sidelint) => {
      const { stdout } = await sidelint([
        "explain",
        "--uninstall=default",
        "--cluster",
        "east=east.yaml",
        "--cluster",
        "west=west.yaml",
      ]);
      assert.match(stdout, /of cluster east, Istio \S+ +1 workload of 4 loses it\n/);
      assert.match(stdout, "of cluster west");
    },
  ),
);

uninstall("a revision that nobody has is a usage error, as is no workload", () =>
  inRepository(files, async (sidelint) => {
    const { status, stderr } = await sidelint(["explain", "--uninstall", "canry"]);
    assert.is(status, 2);
    assert.is(
      stderr,
      "sidelint: --uninstall canry: there is no such revision or tag (did you mean canary?); paths go before --uninstall\n",
    );
    const [before, behind] = await Promise.all([
      sidelint(["explain", "ns.yaml", "--uninstall"]),
      sidelint(["explain", "--uninstall", "./ns.yaml"]),
    ]);
    assert.is(before?.status, 0);
    assert.is(before?.stdout, behind?.stdout);
    const nothing = await sidelint(["explain"]);
    assert.is(nothing.status, 2);
    assert.match(nothing.stderr, "explain needs a workload");
  }),
);

uninstall.run();
