/** The workflows of examples/ and of docs/github-action.md use the action as action.yml has it; actionlint looks at them where it is on PATH. */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";

const top = fileURLToPath(new URL("../..", import.meta.url));
const examples = join(top, "examples/workflows");
const page = readFileSync(join(top, "docs/github-action.md"), "utf8");
const reports = readFileSync(join(top, "docs/reports.md"), "utf8");
const action = readFileSync(join(top, "action.yml"), "utf8");
const { inputs, outputs } = parse(action) as Readonly<
  Record<
    "inputs" | "outputs",
    Readonly<Record<string, { readonly description: string; readonly default?: string }>>
  >
>;
const { version } = JSON.parse(readFileSync(join(top, "package.json"), "utf8")) as {
  readonly version: string;
};
const uses = `example/sidelint@v${version}`;

const workflows: readonly (readonly [name: string, text: string])[] = [
  ...readdirSync(examples).map((name) => [name, readFileSync(join(examples, name), "utf8")] as const),
  ...[page, reports].flatMap((text, of) =>
    [...text.matchAll(/^```yaml \.github\/workflows\/(\S+)\n([\s\S]*?)^```$/gm)].map(
      ([, name = "", workflow = ""], index) => [`page-${of}-${index}-${name}`, workflow] as const,
    ),
  ),
];

const suiteOf = suite("workflows");

suiteOf("there are workflows in examples/ and on the page", () => {
  assert.ok(workflows.some(([name]) => name === "check.yml"));
  assert.ok(workflows.some(([name]) => name.startsWith("page-")));
});

for (const [name, text] of workflows) {
  suiteOf(`${name} uses the action of this version, with inputs that it has`, () => {
    const { jobs } = parse(text) as {
      readonly jobs: Readonly<
        Record<string, { readonly steps: readonly { readonly uses?: string; readonly with?: object }[] }>
      >;
    };
    const ours = Object.values(jobs)
      .flatMap(({ steps }) => steps)
      .filter((step) => step.uses?.startsWith("example/sidelint"));
    const commands = [...text.matchAll(/npx --yes sidelint@(\S+)/g)];
    for (const [, asked] of commands) assert.is(asked, version);
    if (commands.length > 0) return;
    assert.is(ours.length, 1);
    assert.is(ours[0]?.uses, uses);
    for (const input of Object.keys(ours[0]?.with ?? {})) assert.ok(input in inputs, input);
  });
}

suiteOf("the page names every input with its default, and every output", () => {
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name = ""]) => name);
  assert.equal(rows, [...Object.keys(inputs), ...Object.keys(outputs)]);
  for (const [name, { default: value = "" }] of Object.entries(inputs)) {
    const told = new RegExp(`^\\| \`${name}\` \\|([^|]*)\\|`, "m").exec(page)?.[1]?.trim();
    assert.is(told, value === "" ? "" : `\`${value}\``, name);
  }
});

type Comments = readonly {
  readonly id: number;
  readonly user: { readonly type: string };
  readonly body: string;
}[];

/** Runs the script of mesh-changes.yml over a pull request with some comments: what it writes. */
async function commentedOn(comments: Comments): Promise<readonly object[]> {
  const { jobs } = parse(readFileSync(join(examples, "mesh-changes.yml"), "utf8")) as {
    readonly jobs: Readonly<
      Record<string, { readonly steps: readonly { readonly with?: { readonly script?: string } }[] }>
    >;
  };
  const script = Object.values(jobs)
    .flatMap(({ steps }) => steps)
    .flatMap((step) => step.with?.script ?? [])[0];
  assert.ok(script);
  const written: object[] = [];
  const write = (what: string) => async (args: object) => written.push({ what, ...args });
  const issues = { listComments: {}, createComment: write("create"), updateComment: write("update") };
  const github = { paginate: async () => comments, rest: { issues } };
  const context = { repo: { owner: "o", repo: "r" }, issue: { number: 7 } };
  const run = Object.getPrototypeOf(async () => undefined).constructor as FunctionConstructor;
  await run(
    "github",
    "context",
    "require",
    script,
  )(github, context, () => ({ readFileSync: () => "| changes |" }));
  return written;
}

suiteOf("the comment of mesh-changes.yml is written once, and then kept current", async () => {
  const body = "<!-- sidelint diff -->\n| changes |";
  const others: Comments = [
    { id: 1, user: { type: "User" }, body: "<!-- sidelint diff --> quoted by a person" },
    { id: 2, user: { type: "Bot" }, body: "something else" },
  ];
  assert.equal(await commentedOn(others), [{ what: "create", owner: "o", repo: "r", issue_number: 7, body }]);
  const mine = { id: 3, user: { type: "Bot" }, body: "<!-- sidelint diff -->\nof yesterday" };
  assert.equal(await commentedOn([...others, mine]), [
    { what: "update", owner: "o", repo: "r", comment_id: 3, body },
  ]);
});

const hasActionlint = spawnSync("actionlint", ["-version"]).status === 0;
if (!hasActionlint)
  console.log(
    "skipped: actionlint is not on PATH (go install github.com/rhysd/actionlint/cmd/actionlint@latest)",
  );

(hasActionlint ? suiteOf : suiteOf.skip)("actionlint finds nothing, and does look at action.yml", () => {
  const directory = mkdtempSync(join(tmpdir(), "sidelint-workflows-"));
  try {
    const below = join(directory, ".github/workflows");
    mkdirSync(below, { recursive: true });
    mkdirSync(join(directory, ".git"));
    mkdirSync(join(directory, "dist-action"));
    copyFileSync(join(top, "action.yml"), join(directory, "action.yml"));
    writeFileSync(join(directory, "dist-action/index.cjs"), "");
    const lint = () => spawnSync("actionlint", ["-no-color"], { cwd: directory, encoding: "utf8" });
    for (const [name, text] of workflows) writeFileSync(join(below, name), text.replaceAll(uses, "./"));
    const { status, stdout, stderr } = lint();
    assert.is(status, 0, stdout + stderr);
    const wrong = (workflows[0]?.[1] ?? "")
      .replaceAll(uses, "./")
      .replace("uses: ./\n", "uses: ./\n        with: {pats: a}\n");
    writeFileSync(join(below, "check.yml"), wrong.includes("pats") ? wrong : "");
    assert.match(lint().stdout, '"pats"');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

suiteOf.run();
