/** `check --format` and `check --output`, as a person sees them. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { formatNames } from "../../src/cli/formats.ts";
import { deployment, inRepository, namespace } from "./terminal.ts";

const repository = {
  "apps/web.yaml": deployment.replace("{app: web}", "{app: web, sidecar.istio.io/inject: yes please}"),
  "ns.yaml": namespace,
};

/** How the text of each format begins. */
const beginnings: Readonly<Record<(typeof formatNames)[number], RegExp>> = {
  text: /^apps\/web\.yaml\n/,
  json: /^\{\n {2}"schema": "sidelint\.dev\/report\/v1"/,
  github: /^::error file=apps\/web\.yaml,/,
  sarif: /^\{\n {2}"\$schema": .*\n {2}"version": "2\.1\.0"/,
  "code-scanning": /^\{\n {2}"\$schema": .*\n {2}"version": "2\.1\.0"/,
  junit: /^<\?xml .*\n<testsuites name="sidelint"/,
  gitlab: /^\[\n {2}\{/,
  markdown: /^## sidelint: 1 error\n/,
  checkstyle: /^<\?xml .*\n<checkstyle /,
  html: /^<!doctype html>\n/,
};

const outputs = suite("check --format and --output");

for (const name of formatNames) {
  outputs(`--format ${name} prints it, and --output ${name}=FILE writes the same`, () =>
    inRepository(repository, async (sidelint, directory) => {
      const printed = await sidelint(["check", "--format", name]);
      assert.is(printed.status, 1);
      assert.is(printed.stderr, "");
      assert.match(printed.stdout, beginnings[name]);
      assert.ok(printed.stdout.endsWith("\n"));
      const { stdout, status } = await sidelint(["check", "--output", `${name}=report.out`]);
      assert.is(status, 1);
      assert.match(stdout, beginnings.text);
      const written = readFileSync(join(directory, "report.out"), "utf8");
      const timeless = (text: string) => text.replace(/ in \d+ ms/g, "");
      assert.is(timeless(written), timeless(printed.stdout));
    }),
  );
}

outputs("--output may be repeated, and overwrites what is there", () =>
  inRepository(repository, async (sidelint, directory) => {
    mkdirSync(join(directory, "out"));
    writeFileSync(join(directory, "out/r.html"), "old");
    const argv = ["check", "-o", "sarif=out/r.sarif", "--output=html=out/r.html", "--format", "junit"];
    const { status, stdout, stderr } = await sidelint(argv);
    assert.equal([status, stderr], [1, ""]);
    assert.match(stdout, beginnings.junit);
    assert.equal(readdirSync(join(directory, "out")).sort(), ["r.html", "r.sarif"]);
    assert.match(readFileSync(join(directory, "out/r.html"), "utf8"), beginnings.html);
  }),
);

outputs("a text report in a file has no colours", () =>
  inRepository(repository, async (sidelint, directory) => {
    const { stdout } = await sidelint(["check", "--color", "--output", "text=report.txt"]);
    assert.match(stdout, "\u001b[");
    assert.not.match(readFileSync(join(directory, "report.txt"), "utf8"), "\u001b[");
  }),
);

outputs("a file that cannot be written is told, the others are, and the exit status is 2", () =>
  inRepository(repository, async (sidelint, directory) => {
    const argv = ["check", "--output", "sarif=no/such/r.sarif", "--output", "gitlab=r.json"];
    const { status, stdout, stderr } = await sidelint(argv);
    assert.is(status, 2);
    assert.is(stderr, "sidelint: --output sarif=no/such/r.sarif: its directory does not exist\n");
    assert.match(stdout, beginnings.text);
    assert.ok(existsSync(join(directory, "r.json")));
  }),
);

const wrong: readonly (readonly [readonly string[], RegExp])[] = [
  [
    ["--output", "report.html"],
    /--output takes FORMAT=FILE, such as sarif=sidelint\.sarif, not "report\.html"; formats are text, json/,
  ],
  [["--output", "sarf=x"], /not "sarf=x" \(did you mean sarif\?\)/],
  [["--output", "sarif="], /not "sarif="; formats are/],
  [["--output", "sarif=x", "--output", "html=x"], /--output names "x" twice/],
  [["--diff", "--output", "sarif=x"], /--output writes the report, and with --diff there is none/],
  [["--format", "htm"], /--format takes text, json, .* or html, not "htm" \(did you mean html\?\)/],
];
for (const [flags, message] of wrong) {
  outputs(`${flags.join(" ")} is refused before anything is read or written`, () =>
    inRepository(repository, async (sidelint, directory) => {
      const before = readdirSync(directory).sort();
      const { status, stdout, stderr } = await sidelint(["check", ...flags]);
      assert.equal([status, stdout], [2, ""]);
      assert.match(stderr, message);
      assert.equal(readdirSync(directory).sort(), before);
    }),
  );
}

outputs("with --fix the files say what is left", () =>
  inRepository(
    {
      "a.yaml": deployment.replace("{app: web}", "{app: web, istio-injecton: enabled}"),
      "ns.yaml": namespace.replace("enabled", "enable"),
    },
    async (sidelint, directory) => {
      await sidelint(["check", "--output", "gitlab=before.json"]);
      const before = JSON.parse(readFileSync(join(directory, "before.json"), "utf8"));
      await sidelint(["check", "--fix", "--output", "gitlab=after.json"]);
      const after = JSON.parse(readFileSync(join(directory, "after.json"), "utf8"));
      const rules = (list: readonly { check_name: string }[]) => list.map(({ check_name }) => check_name);
      assert.ok(rules(before).includes("namespace-label-invalid"));
      assert.not.ok(rules(after).includes("namespace-label-invalid"));
    },
  ),
);

outputs("with --baseline the files hold what is new, and suppressed findings go to sarif alone", () =>
  inRepository(repository, async (sidelint, directory) => {
    await sidelint(["baseline"]);
    await sidelint(["check", "--baseline", "-o", "gitlab=new.json"]);
    assert.is(readFileSync(join(directory, "new.json"), "utf8"), "[]\n");
    const hidden = repository["apps/web.yaml"].replace(
      "apiVersion",
      "# sidelint-ignore-file -- known\napiVersion",
    );
    writeFileSync(join(directory, "apps/web.yaml"), hidden);
    await sidelint(["check", "-o", "sarif=all.sarif", "-o", "code-scanning=shown.sarif"]);
    const resultsOf = (name: string) =>
      JSON.parse(readFileSync(join(directory, name), "utf8")).runs[0].results;
    assert.is(resultsOf("all.sarif")[0].suppressions[0].justification, "known");
    assert.equal(resultsOf("shown.sarif"), []);
  }),
);

outputs("rules of the user's own are described like the built-in ones", () =>
  inRepository(
    {
      ...repository,
      "sidelint.yaml": "rules: [own.yaml]\n",
      "own.yaml": `id: acme/team-label-missing
severity: warning
summary: a pod without the label that names its team
why: Alerts go to the team.
fix: Add the label.
on: workload
when: '!("team" in pod.labels)'
at: pod.labels
message: "{workload.label} has no label team"
bad: []
good: []
`,
    },
    async (sidelint) => {
      const { stdout } = await sidelint(["check", "--format", "sarif"]);
      const { results, tool } = JSON.parse(stdout).runs[0];
      const { ruleIndex } = results.find(({ ruleId }: { ruleId: string }) => ruleId.startsWith("acme/"));
      const { id, help } = tool.driver.rules[ruleIndex];
      assert.is(id, "acme/team-label-missing");
      assert.match(help.text, "Alerts go to the team.");
    },
  ),
);
const slip = "kind: Config\nrequire:\n  - {reason: r, namespaces: [shoop]}\n";
const idle = "require[0] fits no workload: there is no namespace shoop; did you mean shop?";

outputs("settings that fit nothing are in the reports that tell more than findings", () =>
  inRepository({ ...repository, "sidelint.yaml": slip }, async (sidelint, directory) => {
    const formats = ["json", "sarif", "code-scanning", "markdown", "html"];
    await sidelint(["check", ...formats.map((name) => `--output=${name}=r.${name}`)]);
    const read = (name: string) => readFileSync(join(directory, `r.${name}`), "utf8");
    assert.equal(JSON.parse(read("json")).summary.idleSettings, [{ place: "sidelint.yaml:3:5", says: idle }]);
    for (const name of ["sarif", "code-scanning"])
      assert.equal(JSON.parse(read(name)).runs[0].invocations[0].toolExecutionNotifications, [
        { level: "warning", message: { text: `without effect: sidelint.yaml:3:5: ${idle}` } },
      ]);
    assert.match(read("markdown"), "<summary>1 setting of the configuration without effect</summary>");
    assert.match(read("html"), `Without effect: sidelint.yaml:3:5: ${idle}`);
  }),
);

outputs("where a part was looked at, or something could not be read, no setting is told as idle", () =>
  inRepository({ ...repository, "sidelint.yaml": slip }, async (sidelint) => {
    for (const paths of [["apps"], [".", "nowhere"]]) {
      const { stdout } = await sidelint(["check", "--format", "json", ...paths]);
      if (stdout !== "") assert.equal(JSON.parse(stdout).summary.idleSettings, [], paths.join(" "));
    }
  }),
);

outputs.run();
