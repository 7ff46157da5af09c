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
    readonly isInstalled: boolean;
    readonly note: string | null;
  }[];
  readonly steps: readonly { readonly do: string; readonly why: string }[];
  readonly blocked: { readonly certain: number; readonly perhaps: number };
  readonly validators: readonly { readonly name: string; readonly isInstalled: boolean }[];
  readonly demands: readonly { readonly name: string; readonly mode: string; readonly where: string }[];
  readonly instead: string | null;
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
      ["See to it", "Take the labels", "Restart 2 workloads,", "Delete the webhooks", "Delete istiod and"],
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
        " null",
        "istiod-canary null",
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
    assert.ok(tag.steps[1]?.do.endsWith("or name a revision instead of the tag."));
    assert.not.match(tag.steps.map(({ why }) => why).join(" "), "istiod is gone");
    assert.is(
      tag.instead,
      "Revisions canary, default stay. To keep the sidecars let labels name one of them (istio.io/rev=<revision>); then ask again what is lost.",
    );
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
      assert.ok(gone.steps[1]?.do.startsWith("Delete the webhooks"));
      assert.ok(gone.steps[2]?.do.startsWith("Restart 1 workload"));
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
      assert.is(own.steps[1]?.do, "Take the labels off 1 pod template.");
      assert.match(own.steps[1]?.why ?? "", "This restarts their pods");
      assert.not.ok(own.steps.some((step) => step.do.startsWith("Restart")));
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

const job = (kind: string, name: string, template: (pod: string) => string) =>
  `apiVersion: batch/v1
kind: ${kind}
metadata: {name: ${name}, namespace: edge}
spec: ${template('{metadata: {labels: {sidecar.istio.io/inject: "true"}}, spec: {containers: [{name: a, image: "b:1"}]}}')}
`;
const peerAuthentication = (name: string, spec: string) => `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: ${name}, namespace: istio-system}
spec: ${spec}
`;
const validator = (name: string, service: string) => `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: ${name}}
webhooks:
- {name: validation.istio.io, failurePolicy: Ignore, clientConfig: {service: {name: ${service}, namespace: istio-system}}}
`;
const waiting = `apiVersion: apps/v1
kind: Deployment
metadata: {name: gw, namespace: edge}
spec:
  template:
    metadata: {labels: {sidecar.istio.io/inject: "true"}, annotations: {inject.istio.io/templates: gateway}}
    spec: {containers: [{name: istio-proxy, image: auto}]}
`;

uninstall(
  "a gateway that waits is replaced first; Jobs are made anew, and a CronJob only loses its labels",
  () =>
    inRepository(
      {
        "ns.yaml": [namespace, labelled("edge", "team: x")].join("---\n"),
        "gw.yaml": waiting,
        "jobs.yaml": [
          job("Job", "once", (pod) => `{template: ${pod}}`),
          job(
            "CronJob",
            "often",
            (pod) => `{schedule: "0 1 * * *", jobTemplate: {spec: {template: ${pod}}}}`,
          ),
        ].join("---\n"),
        "web.yaml": workload("web", "shop"),
      },
      async (sidelint) => {
        const all = told(await sidelint(["explain", "--uninstall", ...json]));
        assert.equal(
          all.steps.slice(1, -1).map((step) => step.do.replace(/: istio-.*$/, "")),
          [
            "Replace or delete 1 gateway.",
            "Take the labels off 1 namespace.",
            "Take the labels off 1 pod template.",
            "Restart 1 workload, and delete and create again 1 Job or bare pod.",
            "Delete the webhooks",
          ],
        );
      },
    ),
);

uninstall("what demands mTLS is relaxed before anything else, and found in every place that may say it", () =>
  inRepository(
    {
      "ns.yaml": namespace,
      "web.yaml": workload("web", "shop"),
      "mtls.yaml": [
        peerAuthentication("all", "{mtls: {mode: STRICT}}"),
        peerAuthentication("port", "{portLevelMtls: {8080: {mode: STRICT}}}"),
        peerAuthentication("open", "{mtls: {mode: PERMISSIVE}}"),
        "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: web, namespace: shop}\nspec: {host: web, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}\n",
        "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: api, namespace: shop}\nspec: {host: api, trafficPolicy: {tls: {mode: SIMPLE}}}\n",
      ].join("---\n"),
    },
    async (sidelint) => {
      const all = told(await sidelint(["explain", "--uninstall", ...json]));
      assert.equal(
        all.demands.map(({ name, mode, where }) => `${name} ${mode} ${where}`),
        ["all STRICT mtls.yaml:4:15", "port STRICT mtls.yaml:9:31", "web ISTIO_MUTUAL mtls.yaml:19:41"],
      );
      assert.match(
        all.steps[0]?.do ?? "",
        "Set 2 PeerAuthentications to PERMISSIVE, and 1 DestinationRule to another TLS mode;",
      );
      const { stdout } = await sidelint(["explain", "--uninstall"]);
      assert.match(stdout, "  istio-system  PeerAuthentication/all  STRICT");
    },
  ),
);

uninstall(
  "pods are counted that the webhooks are asked about, whatever the injector would say; the unknown apart",
  () =>
    inRepository(
      {
        "ns.yaml": namespace,
        "web.yaml": workload("web", "shop"),
        "host.yaml": workload("host", "shop", "", "      hostNetwork: true\n"),
        "off.yaml": workload("off", "shop").replace(
          "    spec:\n      containers",
          '      annotations: {sidecar.istio.io/inject: "false"}\n    spec:\n      containers',
        ),
        "label.yaml": workload("label", "shop", ', sidecar.istio.io/inject: "false"'),
        "else.yaml": workload("else", "elsewhere"),
      },
      async (sidelint) => {
        const all = told(await sidelint(["explain", "--uninstall", ...json]));
        assert.equal([names(all.lost), names(all.unsure)], [["web"], ["else"]]);
        assert.equal(all.blocked, { certain: 3, perhaps: 1 });
        const { stdout } = await sidelint(["explain", "--uninstall"]);
        assert.match(stdout, "! No pod of 3 workloads, and perhaps of 1 more, starts while istiod is gone");
        assert.ok(all.steps[0]?.do.startsWith("Find out whether 1 workload has a sidecar to lose"));
      },
    ),
);

uninstall("webhooks that are asked about no pod are no alarm", () =>
  inRepository(
    { "ns.yaml": labelled("attic", "istio-injection: disabled"), "old.yaml": workload("old", "attic") },
    async (sidelint) => {
      const { stdout } = await sidelint(["explain", "--uninstall"]);
      assert.match(stdout, "0 workloads of 1 lose it");
      assert.not.match(stdout, "No pod of");
    },
  ),
);

uninstall("validators that ask the istiod go with it, as does what the install brings besides", () =>
  inRepository(
    {
      "hooks.yaml": [
        validator("istiod-default-validator", "istiod"),
        validator("istio-validator-canary-istio-system", "istiod-canary"),
        validator("cert-manager", "cert-manager").replace("validation.istio.io", "webhook.cert-manager.io"),
      ].join("---\n"),
      "istio.yaml": `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: {name: istio}
spec: {tag: 1.26.2, components: {cni: {enabled: true}, egressGateways: [{name: out, enabled: true}]}}
`,
      "maps.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: values, namespace: istio-system, labels: {istio.io/rev: default}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: istio-ca-root-cert, namespace: shop}
`,
    },
    async (sidelint) => {
      const all = told(await sidelint(["explain", "--uninstall", ...json]));
      assert.equal(
        all.validators.map(({ name }) => name),
        ["istiod-default-validator"],
      );
      assert.equal(
        all.objects.map(({ name, where, isInstalled, note }) =>
          [name, where ?? (isInstalled ? "install" : "cluster"), ...(note === null ? [] : [note])].join(" "),
        ),
        [
          "istio-sidecar-injector install",
          "istiod-default-validator hooks.yaml:1",
          "istio istio.yaml:1 takes along gateway istio-ingressgateway, gateway out, the CNI plugin",
          "istiod install",
          "istio-sidecar-injector install",
          "istio install",
          "values maps.yaml:1",
          "istio-ca-root-cert maps.yaml:5",
          "istio-ca-root-cert cluster which istiod made in every namespace",
        ],
      );
      const { stdout } = await sidelint(["explain", "--uninstall"]);
      assert.match(stdout, "! No object of Istio that these check can be created or changed");
    },
  ),
);

uninstall("where another revision stays the tags can go over to it", () =>
  inRepository(
    {
      "sidelint.yaml": 'istio: {version: "1.28", revisions: [{name: 1-28, tags: [prod]}, {name: 1-29}]}\n',
      "ns.yaml": labelled("shop", "istio.io/rev: prod"),
      "web.yaml": workload("web", "shop"),
    },
    async (sidelint) => {
      const all = told(await sidelint(["explain", "--uninstall=1-28", ...json]));
      assert.is(
        all.instead,
        "Revision 1-29 stays. To keep the sidecars point the tag at it (istioctl tag set prod --revision 1-29 --overwrite), or let labels name it (istio.io/rev=1-29) and restart the workloads; then ask again what is lost.",
      );
      assert.not.ok(
        all.objects.some(({ name }) => name === "istio-ca-root-cert"),
        "1-29 still needs it",
      );
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
    for (const [argv, says] of [
      [["--traffic", "--uninstall"], "--uninstall and --traffic exclude one another"],
      [["--uninstall", "--traffic"], "--uninstall and --traffic exclude one another"],
      [["--uninstall", "--built-by", "."], "--uninstall and --built-by exclude one another"],
      [["--uninstall="], "--uninstall= names no revision; --uninstall alone is about all of Istio"],
    ] as const) {
      const refused = await sidelint(["explain", "web", ...argv]);
      assert.equal([refused.status, refused.stderr], [2, `sidelint: ${says}\n`]);
    }
    const nothing = await sidelint(["explain"]);
    assert.is(nothing.status, 2);
    assert.match(nothing.stderr, "explain needs a workload");
  }),
);

uninstall.run();
