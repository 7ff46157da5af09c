/** The formats for programs: JSON, and GitHub's workflow commands. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { github } from "../../src/report/github.ts";
import { json } from "../../src/report/json.ts";
import { empty, files, findingAt, page, report } from "./sample.ts";

const asJson = suite("json");

asJson("a finding is flat, sorted, and says null for what it lacks", () => {
  const { findings } = JSON.parse(json(report, page));
  assert.is(findings.length, 3);
  assert.equal(findings[2], {
    rule: "namespace-label-invalid",
    severity: "error",
    message:
      'istio-injection is "enable", neither enabled nor disabled: it shuts injection for all 12 workloads in shop',
    help: "write istio-injection: enabled",
    file: "platform/namespaces.yaml",
    line: 6,
    column: 22,
    endLine: 6,
    endColumn: 28,
    workloads: [],
    workload: null,
    count: 0,
    fixable: null,
    edits: [],
  });
  assert.is(findings[0].workload, "Deployment/web in shop");
});

asJson("a finding that can be fixed comes with its edits, in lines and columns", () => {
  const [first] = report.findings;
  assert.ok(first);
  const { file, start, end } = first.location;
  const edit = { file: { path: file, text: files[file] ?? "" }, start, end, text: "enabled" };
  const fixes = new Map([[first, { safety: "safe" as const, edits: [edit] }]]);
  const { findings, summary } = JSON.parse(json({ ...report, fixes }, page));
  const told = findings.find(({ fixable }: { fixable: unknown }) => fixable !== null);
  assert.is(told.fixable, "safe");
  const { line, column, endLine, endColumn } = first.location;
  assert.equal(told.edits, [{ file, line, column, endLine, endColumn, text: "enabled" }]);
  assert.equal(summary.fixable, { safe: 1, unsafe: 0 });
});

asJson("everything else is the report, word for word", () => {
  const { findings: _, ...rest } = JSON.parse(json(report, page));
  const { findings: __, ...expected } = report;
  const summary = { ...expected.summary, fixable: { safe: 0, unsafe: 0 } };
  assert.equal(rest, JSON.parse(JSON.stringify({ ...expected, summary })));
  assert.equal(Object.keys(JSON.parse(json(report, page))), [
    "schema",
    "version",
    "istio",
    "workloads",
    "findings",
    "suppressed",
    "summary",
  ]);
});

asJson("quiet leaves only errors among the findings", () => {
  const { findings } = JSON.parse(json(report, { ...page, quiet: true }));
  assert.equal(
    findings.map((one: { readonly severity: string }) => one.severity),
    ["error", "error"],
  );
});

asJson("the text ends in one line end", () => assert.match(json(empty, page), /\}\n$/));
asJson.run();

const commands = suite("github");

commands("a finding is a command on its lines and columns, then the log has the counts", () => {
  assert.is(
    github(report, page),
    `::error file=apps/web.yaml,line=10,endLine=10,col=9,endColumn=40,title=sidelint%3A proxy-cpu-limit-missing::proxyCPU is set, proxyCPULimit is not: the sidecar's CPU has no limit (the mesh's 2000m does not apply once any proxy resource is set)%0Afix: add sidecar.istio.io/proxyCPULimit: "2"%0ADeployment/web in shop, Deployment/web in pay, Deployment/web in a, Deployment/web in b, Deployment/web in c
::warning file=apps/web.yaml,line=11,endLine=11,col=9,endColumn=40,title=sidelint%3A inject-annotation-deprecated::the annotation sidecar.istio.io/inject is deprecated%0Afix: move it to the labels of the pod template%0ADeployment/web in shop
::error file=platform/namespaces.yaml,line=6,endLine=6,col=22,endColumn=28,title=sidelint%3A namespace-label-invalid::istio-injection is "enable", neither enabled nor disabled: it shuts injection for all 12 workloads in shop%0Afix: write istio-injection: enabled
104 workloads, 3 unknown, 2 errors, 1 warning
`,
  );
});

commands("what would end a command or a property is escaped", () => {
  const finding = findingAt("apps/web.yaml", "web", { message: "100%\r\n::error::x", severity: "info" });
  const odd = { ...finding, location: { ...finding.location, file: "a,b:c%.yaml" } };
  const [first] = github({ ...report, findings: [odd] }, page).split("\n");
  assert.is(
    first,
    "::notice file=a%2Cb%3Ac%25.yaml,line=4,endLine=4,col=9,endColumn=12,title=sidelint%3A a-rule::100%25%0D%0A::error::x",
  );
});

commands("a finding over several lines has no columns", () => {
  const finding = findingAt("apps/web.yaml", "metadata:\n  name: web", {});
  const [first] = github({ ...report, findings: [finding] }, page).split("\n");
  assert.is(
    first,
    "::error file=apps/web.yaml,line=3,endLine=4,title=sidelint%3A a-rule::something is wrong",
  );
});

commands("quiet prints errors alone", () => {
  const lines = github(report, { ...page, quiet: true })
    .trimEnd()
    .split("\n");
  assert.is(lines.length, 2);
  assert.ok(lines.every((line) => line.startsWith("::error ")));
});

commands("nothing found is one line", () =>
  assert.is(github(empty, page), "0 workloads, nothing to report\n"),
);
commands.run();
