/** `check --fix`: what is written, printed and returned. */
import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inRepository, namespace } from "./terminal.ts";

const pod = (...metadata: readonly string[]) => `apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
${metadata.map((line) => `  ${line}\n`).join("")}spec:
  containers:
    - {name: web, image: shop/web:1}
`;
const before = pod("annotations:", "  sidecar.istio.io/inject: 'false' # not this one");
const after = pod("labels:", "  sidecar.istio.io/inject: 'false' # not this one");
const odd = namespace.replace("enabled", "'on'");
const diff = `--- a/pod.yaml
+++ b/pod.yaml
@@ -3,7 +3,7 @@
 metadata:
   name: web
   namespace: shop
-  annotations:
+  labels:
     sidecar.istio.io/inject: 'false' # not this one
 spec:
   containers:
`;

const check = suite("check --fix");

check("says what can be fixed, and writes nothing unless asked", () =>
  inRepository({ "pod.yaml": before, "ns.yaml": odd }, async (sidelint, directory) => {
    const { stdout, status } = await sidelint(["check"]);
    assert.is(status, 1);
    assert.match(stdout, /\nFixable {5}1 with --fix \(1 more with --unsafe-fixes\)\n/);
    assert.is(readFileSync(join(directory, "pod.yaml"), "utf8"), before);
    const { findings, summary } = JSON.parse((await sidelint(["check", "--format", "json"])).stdout);
    assert.equal(summary.fixable, { safe: 1, unsafe: 1 });
    assert.equal(
      findings.map(({ fixable }: { fixable: unknown }) => fixable),
      ["unsafe", "safe"],
    );
    assert.equal(findings[0].edits, [
      { file: "ns.yaml", line: 5, column: 29, endLine: 5, endColumn: 33, text: "'enabled'" },
    ]);
  }),
);

check("writes the safe ones, and reports and returns what is left", () =>
  inRepository({ "pod.yaml": before, "ns.yaml": odd }, async (sidelint, directory) => {
    const { stdout, stderr, status } = await sidelint(["check", "--fix"]);
    assert.is(stderr, "sidelint: fixed 1 finding in 1 file\n");
    assert.is(status, 1);
    assert.match(stdout, /^ns\.yaml\n/);
    assert.match(stdout, /\nFixable {5}1 with --fix --unsafe-fixes\n/);
    assert.is(readFileSync(join(directory, "pod.yaml"), "utf8"), after);
    const again = await sidelint(["check", "--fix"]);
    assert.equal([again.stderr, again.status], ["", 1]);
    const all = await sidelint(["check", "--fix", "--unsafe-fixes"]);
    assert.equal([all.stderr, all.status], ["sidelint: fixed 1 finding in 1 file\n", 0]);
    assert.is(readFileSync(join(directory, "ns.yaml"), "utf8"), odd.replace("'on'", "'enabled'"));
  }),
);

check("writes nothing where one file cannot be written, and reports what is there", () =>
  inRepository(
    { "a.yaml": before, "b.yaml": before.replace("name: web", "name: other"), "ns.yaml": namespace },
    async (sidelint, directory) => {
      chmodSync(join(directory, "b.yaml"), 0o444);
      const { stdout, stderr, status } = await sidelint(["check", "--fix"]);
      assert.is(
        stderr,
        "sidelint: b.yaml: it is read-only; allow writing first (chmod u+w)\nsidelint: nothing has been written\n",
      );
      assert.is(status, 2);
      assert.is(readFileSync(join(directory, "a.yaml"), "utf8"), before);
      assert.match(stdout, /^a\.yaml\n/);
      assert.match(stdout, /\nFixable {5}2 with --fix\n/);
      const piped = await sidelint(["check", "--fix", ".", "-"], { stdin: before.replace("web", "third") });
      assert.is(piped.stdout, before.replace("web", "third"));
    },
  ),
);

check("--diff shows it, writes nothing, and returns 1 where something would be fixed", () =>
  inRepository({ "pod.yaml": before, "ns.yaml": namespace }, async (sidelint, directory) => {
    for (const flags of [["--diff"], ["--fix", "--diff"]]) {
      const { stdout, stderr, status } = await sidelint(["check", ...flags]);
      assert.equal([stdout, stderr, status], [diff, "sidelint: would fix 1 finding in 1 file\n", 1]);
    }
    assert.is(readFileSync(join(directory, "pod.yaml"), "utf8"), before);
    writeFileSync(join(directory, "pod.yaml"), after);
    const { stdout, stderr, status } = await sidelint(["check", "--diff"]);
    assert.equal([stdout, stderr, status], ["", "", 0]);
  }),
);

check("counts what other fixes bring to light apart, and goes by path", () =>
  inRepository(
    {
      "z.yaml": pod("annotations:", "  sidecar.istio.io/proxyCpu: 100m"),
      "b.yaml": pod("annotations:", "  sidecar.istio.io/proxyCPU: 100m").replace("name: web", "name: other"),
      "ns.yaml": namespace,
    },
    async (sidelint) => {
      const { stdout: report } = await sidelint(["check"]);
      assert.match(report, /\nFixable {5}3 with --fix\n/);
      const { stdout, stderr } = await sidelint(["check", "--diff"]);
      assert.is(stderr, "sidelint: would fix 3 findings, and 2 that came of it, in 2 files\n");
      assert.equal(stdout.match(/^--- .*/gm), ["--- a/b.yaml", "--- a/z.yaml"]);
    },
  ),
);

check("--diff takes no format of a report", () =>
  inRepository({ "pod.yaml": before }, async (sidelint) => {
    const { stdout, stderr, status } = await sidelint(["check", "--diff", "--format", "json"]);
    const says = "sidelint: --format json is how the report is printed, and with --diff there is none\n";
    assert.equal([stdout, stderr, status], ["", says, 2]);
  }),
);

check("says where and why something is not fixed", () =>
  inRepository(
    { "pod.yaml": pod("annotations:", "  sidecar.istio.io/inject: 'false'", "    # a: b") },
    async (sidelint) => {
      const { stderr, status } = await sidelint(["check", "--fix"]);
      assert.is(status, 0);
      const reason = "inject-annotation-deprecated is not fixed: the comment # a: b would be lost";
      assert.is(stderr, `sidelint: pod.yaml:7:5: ${reason}\n`);
    },
  ),
);

check("of standard input prints the fixed text, and the report on standard error", () =>
  inRepository({ "ns.yaml": namespace }, async (sidelint) => {
    const fixed = await sidelint(["check", "--fix", "-"], { stdin: `\uFEFF${before}` });
    assert.is(fixed.stdout, `\uFEFF${after}`);
    assert.match(fixed.stderr, /^sidelint: fixed 1 finding in 1 file\n1 workload, nothing to report/);
    assert.is(fixed.status, 0);
    const clean = await sidelint(["check", "--fix", "-"], { stdin: after });
    assert.equal([clean.stdout, clean.status], [after, 0]);
    const shown = await sidelint(["check", "--diff", "-", "--stdin-name", "pod.yaml"], { stdin: before });
    assert.equal([shown.stdout, shown.status], [diff, 1]);
  }),
);

check("keeps a byte order mark and the ends of lines", () =>
  inRepository({ "pod.yaml": `\uFEFF${before.replaceAll("\n", "\r\n")}` }, async (sidelint, directory) => {
    await sidelint(["check", "--fix"]);
    const text = readFileSync(join(directory, "pod.yaml"), "utf8");
    assert.is(text, `\uFEFF${after.replaceAll("\n", "\r\n")}`);
  }),
);

check("--diff applies to a file with a byte order mark, and says where it does not", () =>
  inRepository({ "pod.yaml": `\uFEFF${before}`, "ns.yaml": `\uFEFF${odd}` }, async (sidelint, directory) => {
    const { stdout } = await sidelint(["check", "--diff", "--unsafe-fixes"]);
    const { status, stderr } = spawnSync("git", ["apply", "-"], {
      cwd: directory,
      input: stdout,
      encoding: "utf8",
    });
    assert.equal([status, stderr], [0, ""]);
    assert.is(readFileSync(join(directory, "pod.yaml"), "utf8"), `\uFEFF${after}`);
    assert.is(readFileSync(join(directory, "ns.yaml"), "utf8"), `\uFEFF${odd.replace("'on'", "'enabled'")}`);
    writeFileSync(join(directory, "pod.yaml"), Buffer.from(`\uFEFF${before}`, "utf16le"));
    const wide = await sidelint(["check", "--diff"]);
    assert.match(wide.stderr, /^sidelint: pod\.yaml: it is not UTF-8, so its diff is for reading; /);
  }),
);

check("leaves what is hidden, and what a baseline holds", () =>
  inRepository({ "a.yaml": before, "ns.yaml": namespace }, async (sidelint, directory) => {
    await sidelint(["baseline"]);
    writeFileSync(join(directory, "b.yaml"), before.replace("name: web", "name: other"));
    writeFileSync(
      join(directory, "c.yaml"),
      before.replace("# not this one", "# sidelint-ignore inject-annotation-deprecated -- old cluster"),
    );
    const { stderr } = await sidelint(["check", "--fix", "--baseline"]);
    assert.is(stderr, "sidelint: fixed 1 finding in 1 file\n");
    assert.is(readFileSync(join(directory, "a.yaml"), "utf8"), before);
    assert.is(readFileSync(join(directory, "b.yaml"), "utf8"), after.replace("name: web", "name: other"));
  }),
);

const ownRule = (edits: string) => `id: acme/team
severity: warning
summary: a pod without a team
parameters:
  team: {type: string, default: shop, description: Whose it is.}
why: Alerts go there.
fix: Add it.
on: workload
when: '!("team" in pod.labels)'
message: "{workload.label} has no team"
edits:
  - safety: safe
    do:
${edits}bad:
  - manifest: "apiVersion: v1\\nkind: Pod\\nmetadata: {name: a}\\nspec: {containers: [{name: a, image: b}]}\\n"
    fixed: "apiVersion: v1\\nkind: Pod\\nmetadata: {name: a, labels: {team: shop}}\\nspec: {containers: [{name: a, image: b}]}\\n"
    expect:
      - {at: "3:12-3:19", message: Pod/a has no team}
good:
  - manifest: "apiVersion: v1\\nkind: Pod\\nmetadata: {name: a, labels: {team: b}}\\nspec: {containers: [{name: a, image: b}]}\\n"
`;

check("makes the fixes of rules of one's own, with their parameters", () =>
  inRepository(
    {
      "policies/team.yaml": ownRule("      - set: pod.labels.team\n        value: parameters.team\n"),
      "sidelint.yaml": "rules:\n  - policies\n  - acme/team: {parameters: {team: pay}}\n",
      "ns.yaml": namespace,
      "pod.yaml": pod("labels:", "  app: web"),
    },
    async (sidelint, directory) => {
      assert.is((await sidelint(["rules", "test", "policies"])).status, 0);
      const { stderr, status } = await sidelint(["check", "--fix", "pod.yaml"]);
      assert.equal([stderr, status], ["sidelint: fixed 1 finding in 1 file\n", 0]);
      const text = readFileSync(join(directory, "pod.yaml"), "utf8");
      assert.is(text, pod("labels:", "  app: web", "  team: pay"));
    },
  ),
);

check("a fix that changes nothing is told, and keeps nobody waiting", () =>
  inRepository(
    {
      "policies/team.yaml": ownRule("      - set: pod.labels.team\n        value: parameters.team\n").replace(
        /when: .*/,
        "when: 'true'",
      ),
      "sidelint.yaml": "rules: [policies]\n",
      "ns.yaml": namespace,
      "pod.yaml": pod("labels:", "  team: shop", "  version: 1.0"),
    },
    async (sidelint, directory) => {
      const { stderr } = await sidelint(["check", "--fix", "pod.yaml"]);
      assert.match(stderr, /acme\/team is not fixed: what its fix would write is there already\n/);
      const text = readFileSync(join(directory, "pod.yaml"), "utf8");
      assert.is(text, pod("labels:", "  team: shop", '  version: "1.0"'));
    },
  ),
);

check("a fix that cannot be is an error of its rule, at its place", () =>
  inRepository(
    {
      "policies/team.yaml": ownRule("      - set: ns.labels.team\n        value: parameters.team\n"),
      "sidelint.yaml": "rules: [policies]\n",
    },
    async (sidelint) => {
      const { stderr, status } = await sidelint(["check"]);
      assert.is(status, 2);
      const fault = "edits: a place to change starts at pod or workload, and this at ns";
      assert.ok(stderr.startsWith(`sidelint: policies/team.yaml:14:14: ${fault}\n`), stderr);
    },
  ),
);

check("--unsafe-fixes alone asks for nothing", () =>
  inRepository({ "pod.yaml": before }, async (sidelint) => {
    const { stderr, status } = await sidelint(["check", "--unsafe-fixes"]);
    assert.equal(
      [stderr, status],
      ["sidelint: --unsafe-fixes goes with --fix, or with --diff to look at them first\n", 2],
    );
  }),
);

check.run();
