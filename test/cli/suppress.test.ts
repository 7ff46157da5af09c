/** What `check` says of findings that somebody hides. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inRepository, namespace } from "./terminal.ts";

const pod = (comment: string) => `apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
  labels:
    sidecar.istio.io/inject: yes please${comment}
spec:
  containers:
    - {name: web, image: shop/web:1}
`;

const hidden = pod(" # sidelint-ignore inject-value-invalid -- mapped by a policy");

const check = suite("check and what is hidden");

check("counts it, and lists it for programs", () =>
  inRepository({ "a.yaml": hidden, "ns.yaml": namespace }, async (sidelint) => {
    const { status, stdout } = await sidelint(["check"]);
    assert.is(status, 0);
    assert.match(stdout, /^1 workload, nothing to report: 1 injected; 1 suppressed\.\n/);
    const { suppressed, findings, summary } = JSON.parse(
      (await sidelint(["check", "--format", "json"])).stdout,
    );
    assert.equal([findings, summary.suppressed], [[], 1]);
    const [{ finding, ...by }] = suppressed;
    assert.equal([finding.rule, finding.line], ["inject-value-invalid", 7]);
    assert.equal(by, { kind: "comment", reason: "mapped by a policy", place: "a.yaml:7:41" });
    const { stdout: annotations } = await sidelint(["check", "--format", "github"]);
    assert.is(annotations, "1 workload, nothing to report, 1 suppressed\n");
  }),
);

check("counts it beside what is left", () =>
  inRepository({ "a.yaml": hidden, "b.yaml": pod(""), "ns.yaml": namespace }, async (sidelint) => {
    const { status, stdout } = await sidelint(["check"]);
    assert.is(status, 1);
    assert.match(stdout, /\nFindings {4}1 error, 1 suppressed\n/);
  }),
);

check("is back after the day that sidelint.yaml names, which is framed like any other place", () =>
  inRepository(
    {
      "a.yaml": pod(""),
      "ns.yaml": namespace,
      "sidelint.yaml":
        'ignore:\n  - {rules: [inject-value-invalid], until: "2026-12-31"}\n  - {rules: [double-injection]}\n',
    },
    async (sidelint) => {
      const before = await sidelint(["check"], { today: "2026-12-31" });
      assert.is(before.status, 0);
      assert.match(
        before.stdout,
        /sidelint\.yaml\n {2}3:14 {2}warning {2}the ignore entry for double-injection/,
      );
      assert.match(before.stdout, /3 │ {3}- \{rules: \[double-injection\]\}/);
      const after = await sidelint(["check"], { today: "2027-01-01" });
      assert.is(after.status, 1);
      assert.match(
        after.stdout.replace(/\s+/g, " "),
        /it was ignored until 2026-12-31 \(sidelint\.yaml:2:5\)/,
      );
    },
  ),
);

check("frames what stands in a configuration that is extended, and in a patch", () =>
  inRepository(
    {
      "a.yaml": pod("").replace("labels:", "annotations: {c: d}\n  labels:"),
      "ns.yaml": namespace,
      "kustomization.yaml": "resources: [a.yaml]\npatches: [{target: {kind: Pod}, path: p.yaml}]\n",
      "p.yaml": "- {op: add, path: /metadata/annotations/sidecar.istio.io~1proxyCpu, value: 1m}\n",
      "sidelint.yaml": "extends: ./policies/base.yaml\n",
      "policies/base.yaml": "ignore:\n  - {rules: [double-injection]}\n",
    },
    async (sidelint) => {
      const { stdout } = await sidelint(["check"]);
      assert.match(stdout, /2 │ {3}- \{rules: \[double-injection\]\}/);
      assert.match(stdout, /1 │ .*sidecar\.istio\.io~1proxyCpu/);
    },
  ),
);

check("takes no day that no month has", () =>
  inRepository(
    { "sidelint.yaml": 'ignore:\n  - {rules: [double-injection], until: "2026-02-30"}\n' },
    async (sidelint) => {
      const { status, stderr } = await sidelint(["check"]);
      assert.is(status, 2);
      assert.match(
        stderr,
        /^sidelint: sidelint\.yaml:2:40: ignore\[0\]\.until cannot be 2026-02-30: there is no such day/,
      );
    },
  ),
);

check("says what does not count, as a warning of its own", () =>
  inRepository(
    { "a.yaml": pod(" # sidelint-ignore inject-value"), "ns.yaml": namespace },
    async (sidelint) => {
      const { stdout } = await sidelint(["check"]);
      assert.match(stdout, /there is no rule inject-value/);
      assert.match(stdout, /suppression-invalid\n/);
      const { stdout: page } = await sidelint(["rules", "suppression-invalid"]);
      assert.match(page, /suppression-invalid/);
    },
  ),
);

check.run();
