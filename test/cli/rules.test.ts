/** Rules of the user on the command line: written, tested, run, and told where they are wrong. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ruleTemplate } from "../../src/cli/rules-new.ts";
import { deployment, inRepository, namespace } from "./terminal.ts";

const commands = suite("rules of the user");

const rule = (text = "") => ruleTemplate("acme/team-label-missing") + text;

commands("rules new writes a rule whose examples hold, and says how to name it", () =>
  inRepository({}, async (sidelint, directory) => {
    const written = await sidelint(["rules", "new", "acme/team-label-missing"]);
    assert.is(written.status, 0, written.stderr);
    assert.is(
      written.stdout,
      "rules/team-label-missing.yaml is written; its examples run with: sidelint rules test rules/team-label-missing.yaml\n" +
        "name it in sidelint.yaml: rules: [rules/team-label-missing.yaml]\n",
    );
    assert.is(readFileSync(join(directory, "rules/team-label-missing.yaml"), "utf8"), rule());
    const tested = await sidelint(["rules", "test", "rules"]);
    assert.equal([tested.status, tested.stdout], [0, "2 examples of 1 rule: all hold\n"]);
  }),
);

commands("rules new refuses to overwrite, and ids that are not the user's", () =>
  inRepository({ "rules/x.yaml": "mine\n" }, async (sidelint, directory) => {
    for (const [argv, reason] of [
      [["acme/x"], "rules/x.yaml: it is there already, and is left as it is"],
      [["x"], "it has no prefix (rules of your own have a prefix, such as acme/x)"],
      [["sidelint/x"], "the prefix sidelint is taken"],
      [["acme/X"], "lower case words joined by dashes"],
    ] as const) {
      const refused = await sidelint(["rules", "new", ...argv]);
      assert.is(refused.status, 2);
      assert.ok(refused.stderr.includes(reason), refused.stderr);
    }
    assert.is(readFileSync(join(directory, "rules/x.yaml"), "utf8"), "mine\n");
  }),
);

commands("rules new writes where the configuration has its rules", () =>
  inRepository({ "sidelint.yaml": "rules: [policies]\n", "policies/a.txt": "" }, async (sidelint) => {
    const written = await sidelint(["rules", "new", "acme/x"]);
    assert.is(
      written.stdout,
      "policies/x.yaml is written; its examples run with: sidelint rules test policies/x.yaml\n",
    );
  }),
);

commands("rules test prints what was expected and found, and exits 1", () =>
  inRepository(
    { "sidelint.yaml": "rules: [policies]\n", "policies/a.yaml": rule().replace("no label team", "none") },
    async (sidelint) => {
      const { status, stdout } = await sidelint(["rules", "test"]);
      assert.is(status, 1);
      assert.is(
        stdout,
        "acme/team-label-missing  bad 1  policies/a.yaml:26\n" +
          "  expected\n    4:3-4:12 Pod/web has none\n  found\n    4:3-4:12 Pod/web has no label team\n\n" +
          "2 examples of 1 rule: 1 failed\n",
      );
    },
  ),
);

commands("rules test says so when the configuration of an example is none", () =>
  inRepository(
    { "a.yaml": rule().replace("config: {namespaces", "config: {namspaces") },
    async (sidelint) => {
      const { status, stdout } = await sidelint(["rules", "test", "a.yaml"]);
      assert.is(status, 1);
      assert.match(
        stdout,
        "bad 1  a.yaml:26\n  its config is none: unknown key namspaces (did you mean namespaces?)\n",
      );
    },
  ),
);

commands("rules test fails for a rule without examples", () =>
  inRepository({ "a.yaml": rule().replace(/bad:[\s\S]*/, "bad: []\ngood: []\n") }, async (sidelint) => {
    const { status, stdout } = await sidelint(["rules", "test", "a.yaml"]);
    assert.is(status, 1);
    assert.match(stdout, "no example expects a finding");
    assert.match(stdout, "\n0 examples of 1 rule: 1 failed\n");
  }),
);

for (const [name, change, failure] of [
  ["cannot be read", ["metadata:", "metadata: ["], "its manifest cannot be read: "],
  ["holds no workload", ["kind: Pod", "kind: Podd"], "its manifest holds no workload"],
] as const) {
  commands(`rules test says of an example that its manifest ${name}`, () =>
    inRepository({ "a.yaml": rule().replace(change[0], change[1]) }, async (sidelint) => {
      const { status, stdout } = await sidelint(["rules", "test", "a.yaml"]);
      assert.is(status, 1);
      assert.match(stdout, `bad 1  a.yaml:26\n  ${failure}`);
    }),
  );
}

commands("rules test says of a broken good example that it shows nothing", () =>
  inRepository({ "a.yaml": rule().replace("labels: {team", "labels: [team") }, async (sidelint) => {
    const { status, stdout } = await sidelint(["rules", "test", "a.yaml"]);
    assert.is(status, 1);
    assert.match(stdout, /good 1 {2}a.yaml:\d+\n {2}its manifest cannot be read/);
  }),
);

commands("rules test without rules is an error of usage", () =>
  inRepository({}, async (sidelint) => {
    const { status, stderr } = await sidelint(["rules", "test"]);
    assert.is(status, 2);
    assert.match(stderr, /there are no rules to test/);
  }),
);

const repository = { "apps/web.yaml": deployment, "ns.yaml": namespace, "policies/team.yaml": rule() };

async function findings(config: string, files: Readonly<Record<string, string>> = repository) {
  let found: readonly string[] = [];
  await inRepository({ ...files, "sidelint.yaml": config }, async (sidelint) => {
    const { stdout, stderr } = await sidelint(["check", "--format", "json"]);
    assert.is(stderr, "");
    const report = JSON.parse(stdout) as {
      findings: { rule: string; severity: string; message: string; file: string; line: number }[];
    };
    found = report.findings.map(
      (one) => `${one.file}:${one.line} ${one.severity} ${one.rule} ${one.message}`,
    );
  });
  return found;
}

const found = (severity: string, label = "team") => [
  `apps/web.yaml:9 ${severity} acme/team-label-missing Deployment/web has no label ${label}`,
];

for (const [config, expected] of [
  ["rules: [policies]", found("warning")],
  ["rules: [policies/team.yaml, {acme/team-label-missing: error}]", found("error")],
  ["rules: [policies, {acme/team-label-missing: off}]", []],
  ["rules: [policies, {acme/team-label-missing: {parameters: {label: owner}}}]", found("warning", "owner")],
  ["rules: [policies, {acme/team-label-missing: {severity: info, parameters: {label: app}}}]", []],
  ["extends: sidelint:strict\nrules: [policies]", found("error")],
  [
    "rules: [policies]\noverrides: [{paths: [apps], rules: {acme/team-label-missing: error}}]",
    found("error"),
  ],
  [
    "rules: [policies]\noverrides: [{namespaces: [s*], rules: {acme/team-label-missing: {parameters: {label: owner}}}}]",
    found("warning", "owner"),
  ],
  [
    "rules: [policies]\noverrides: [{paths: [ns.yaml], namespaces: [shop], rules: {acme/team-label-missing: off}}]",
    found("warning"),
  ],
] as const) {
  commands(`check under ${JSON.stringify(config)}`, async () =>
    assert.equal(await findings(config), expected),
  );
}

for (const [name, files, lines] of [
  [
    "a typo in an expression",
    { "policies/team.yaml": rule().replace("decision.verdict ==", "decision.verdit ==") },
    ["sidelint: policies/team.yaml:18:16: when: a Decision has no verdit (did you mean verdict?)"],
  ],
  [
    "a hole in a message",
    {
      "policies/team.yaml": rule().replace(
        'label {parameters.label}"\nhelp',
        'label {parameters.lable}"\nhelp',
      ),
    },
    ["sidelint: policies/team.yaml:21:53: message: the rule has no parameter lable (did you mean label?)"],
  ],
  [
    "a folded expression",
    { "policies/team.yaml": rule().replace(/when: .*/, "when: >-\n  true &&\n  pod.lables.size() > 0") },
    ["sidelint: policies/team.yaml:20:7: when: a Pod has no lables (did you mean labels?)"],
  ],
  [
    "an unknown key",
    { "policies/team.yaml": rule().replace("severity: warning", "sevrity: warning") },
    [
      "sidelint: policies/team.yaml:3:1: the rule has no severity",
      "policies/team.yaml:4:1: unknown key sevrity",
    ],
  ],
  [
    "an id without a prefix",
    { "policies/team.yaml": rule().replace("id: acme/", "id: ") },
    ["sidelint: policies/team.yaml:3:5: team-label-missing cannot be the id of your rule: it has no prefix"],
  ],
  [
    "an id twice",
    { "policies/b.yaml": rule(), "policies/a.yaml": rule() },
    ["sidelint: policies/b.yaml:3:1: a second rule with the id acme/team-label-missing"],
  ],
  ["no YAML", { "policies/team.yaml": "id: [\n" }, ["sidelint: policies/team.yaml:2:1: "]],
  [
    "a default that is none",
    { "policies/team.yaml": rule().replace("default: team", "default: 3") },
    ["sidelint: policies/team.yaml:9:34: the default of the parameter label is no string"],
  ],
  [
    "nothing there",
    {},
    ["sidelint: sidelint.yaml:1:9: there are no rules in policies: no such file or directory"],
  ],
] as const) {
  commands(`a broken rule is told at its place, exit 2: ${name}`, () =>
    inRepository({ "sidelint.yaml": "rules: [policies]\n", ...files }, async (sidelint) => {
      const { status, stderr } = await sidelint(["check"]);
      assert.is(status, 2);
      const told = stderr
        .split("\n")
        .filter((line) => line.includes("policies/") || line.startsWith("sidelint:"));
      lines.forEach((line, index) => {
        assert.ok(told[index]?.startsWith(line), `${told[index]} is not ${line}`);
      });
    }),
  );
}

commands("settings of rules that there are not, and of parameters, are told at their place", () =>
  inRepository(
    {
      ...repository,
      "sidelint.yaml": `rules:
  - policies
  - acme/team-label-mising: off
    acme/team-label-missing: {parameters: {lable: x, label: 3}}
overrides:
  - rules: {nothing-like-it: off}
`,
    },
    async (sidelint) => {
      const { status, stderr } = await sidelint(["check"]);
      assert.is(status, 2);
      const told = stderr.split("\n").filter((line) => line.includes("sidelint.yaml:"));
      assert.equal(told, [
        "sidelint: sidelint.yaml:3:5: there is no rule acme/team-label-mising",
        "sidelint.yaml:4:44: the rule acme/team-label-missing has no parameter lable",
        "sidelint.yaml:4:61: the parameter label of acme/team-label-missing cannot be 3",
        "sidelint.yaml:6:13: there is no rule nothing-like-it",
      ]);
    },
  ),
);

commands("parameters of every type are shown with their defaults, as text and as JSON", () => {
  const parameters = [
    "  most: {type: int, default: 3, description: D.}",
    "  names: {type: list, default: [a], description: D.}",
  ];
  const text = rule().replace("parameters:\n", `parameters:\n${parameters.join("\n")}\n`);
  const files = { ...repository, "policies/team.yaml": text, "sidelint.yaml": "rules: [policies]\n" };
  return inRepository(files, async (sidelint) => {
    const page = await sidelint(["rules", "acme/team-label-missing"]);
    assert.match(
      page.stdout,
      /- most \(int, 3 unless set\): D\.\n +- names \(list, \["a"\] unless set\): D\./,
    );
    const { stdout, status } = await sidelint(["rules", "acme/team-label-missing", "--format", "json"]);
    assert.is(status, 0);
    assert.equal(JSON.parse(stdout).parameters.most, { type: "int", default: 3, description: "D." });
  });
});

commands("an optional rule is off until it is named, or a preset turns all on", async () => {
  const optional = {
    ...repository,
    "policies/team.yaml": rule().replace("severity:", "optional: true\nseverity:"),
  };
  assert.equal(await findings("rules: [policies]", optional), []);
  assert.equal(
    await findings("rules: [policies, {acme/team-label-missing: error}]", optional),
    found("error"),
  );
  assert.equal(await findings("extends: sidelint:all\nrules: [policies]", optional), found("warning"));
});

commands("rules and overrides of an extended file are relative to it", async () => {
  const base = "rules: [team.yaml]\noverrides: [{paths: [../apps], rules: {acme/team-label-missing: off}}]\n";
  const files = { ...repository, "policies/base.yaml": base };
  assert.equal(await findings("extends: ./policies/base.yaml", files), found("warning"));
  const inApps = {
    ...repository,
    "apps/base.yaml":
      "rules: [../policies]\noverrides: [{paths: [web.yaml], rules: {acme/team-label-missing: info}}]\n",
  };
  assert.equal(await findings("extends: ./apps/base.yaml", inApps), found("info"));
});

commands("a mistake in an extended file is shown there", () =>
  inRepository(
    {
      "sidelint.yaml": "extends: [./policies/base.yaml]\n",
      "policies/base.yaml": "rules: {nothing-like-it: off}\n",
    },
    async (sidelint) => {
      const { status, stderr } = await sidelint(["check"]);
      assert.is(status, 2);
      assert.is(
        stderr,
        "sidelint: policies/base.yaml:1:9: there is no rule nothing-like-it\n" +
          "  1 │ rules: {nothing-like-it: off}\n    │         ^^^^^^^^^^^^^^^\n  `sidelint rules` lists them\n",
      );
    },
  ),
);

commands("check --fix does what edits of the user's rules say", () =>
  inRepository(
    {
      ...repository,
      "sidelint.yaml": "rules: [policies]\n",
      "policies/team.yaml": rule().replace(
        "help:",
        "edits: [{safety: safe, do: [{set: 'pod.labels[\"team\"]', value: '\"unowned\"'}]}]\nhelp:",
      ),
    },
    async (sidelint, directory) => {
      const { status, stderr } = await sidelint(["check", "--fix"]);
      assert.is(status, 0, stderr);
      assert.match(
        readFileSync(join(directory, "apps/web.yaml"), "utf8"),
        "labels: {app: web, team: unowned}",
      );
    },
  ),
);

commands("rules lists the rules of the user after the others, and shows one", () =>
  inRepository({ ...repository, "sidelint.yaml": "rules: [policies]\n" }, async (sidelint) => {
    const all = await sidelint(["rules"]);
    assert.is(all.status, 0, all.stderr);
    assert.match(all.stdout, /\nacme\/team-label-missing +warning +a pod in the mesh/);
    const one = await sidelint(["rules", "acme/team-label-missing"]);
    assert.match(one.stdout, /^acme\/team-label-missing {2}warning\n/);
    assert.match(one.stdout, /label/);
    const none = await sidelint(["rules", "acme/team-label-missing", "--no-config"]);
    assert.is(none.status, 2);
  }),
);

commands("rules shows how the configuration sets a rule", () =>
  inRepository(
    {
      ...repository,
      "sidelint.yaml":
        "rules: [policies, {acme/team-label-missing: {severity: error, parameters: {label: owner}}}]\n" +
        "overrides: [{paths: [apps], rules: {verdict-unknown: off}}]\n",
    },
    async (sidelint) => {
      const { stdout } = await sidelint(["rules", "acme/team-label-missing"]);
      assert.match(stdout, "every release of Istio; sidelint.yaml sets it to error\n");
      assert.match(stdout, '- label (string, "team" unless set, "owner" by sidelint.yaml)');
      const other = await sidelint(["rules", "verdict-unknown"]);
      assert.match(other.stdout, "overrides in sidelint.yaml set it for some places");
      const plain = await sidelint(["rules", "verdict-unknown", "--no-config"]);
      assert.not.match(plain.stdout, "sidelint.yaml set");
    },
  ),
);

commands("rules says what rule-failed is, and that a command was meant", () =>
  inRepository({}, async (sidelint) => {
    const failed = await sidelint(["rules", "rule-failed"]);
    assert.is(failed.status, 0);
    assert.match(failed.stdout, /^rule-failed {2}error\na rule that could not be evaluated/);
    const json = await sidelint(["rules", "rule-failed", "--format", "json"]);
    assert.is(JSON.parse(json.stdout).id, "rule-failed");
    const meant = await sidelint(["rules", "tset"]);
    assert.is(meant.stderr, "sidelint: there is no rule tset (did you mean sidelint rules test?)\n");
    const unlike = await sidelint(["rules", "IST0999"]);
    assert.is(unlike.stderr, "sidelint: there is no rule IST0999; see sidelint rules\n");
    const missing = await sidelint(["rules", "new"]);
    assert.is(
      missing.stderr,
      "sidelint: rules new needs an id (its id, with a prefix of your own: acme/team-label-missing); see sidelint rules new --help\n",
    );
  }),
);

commands("a rule that fails names its line", () =>
  inRepository(
    {
      ...repository,
      "sidelint.yaml": "rules: [policies]\n",
      "policies/team.yaml": rule().replace(/when: .*/, "when: pod.spec.nothing.here == 1"),
    },
    async (sidelint) => {
      const { stdout } = await sidelint(["check"]);
      assert.match(stdout, /rule-failed/);
      assert.match(stdout, "mend the rule: policies/team.yaml:18");
    },
  ),
);

commands("rules outside of the repository are not read", () =>
  inRepository({ "sidelint.yaml": "rules: [../elsewhere]\n" }, async (sidelint) => {
    const { status, stderr } = await sidelint(["check"]);
    assert.is(status, 2);
    assert.match(stderr, /elsewhere lies outside of the repository/);
  }),
);

commands("a rule that asks for too much is told once as failed, and quickly", async () => {
  const loop = "pod.containers.exists(a, big(a.name))".replace("big(a.name)", "bytes(a.image).size() > 0");
  const greedy = `'${"x,".repeat(3000)}'.split(",").exists(a, '${"y,".repeat(3000)}'.split(",").exists(b, a + b == ""))`;
  const hostile = rule().replace(/when: .*/, `when: ${JSON.stringify(`${loop} && ${greedy}`)}`);
  const started = performance.now();
  assert.equal(await findings("rules: [policies]", { ...repository, "policies/team.yaml": hostile }), [
    "apps/web.yaml:4 error rule-failed the rule acme/team-label-missing could not be evaluated here: when: it takes more than 1000000 steps",
  ]);
  assert.ok(performance.now() - started < 5000);
});

commands.run();
