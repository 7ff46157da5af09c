/** Makes docs/rules/: one page for each rule, with what `sidelint check` really prints of its examples, and an index. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { run } from "../src/cli/run.ts";
import { type Config, type Finding, fix, memoryTree, type Scan } from "../src/index.ts";
import { type RulePage, ruleCatalogue } from "../src/lint/catalogue.ts";
import type { Parameter, ParameterValue } from "../src/lint/rule.ts";
import { fixKind, fixSentence, ignoreComment, releasesOf } from "../src/report/rule-facts.ts";
import { unifiedDiff } from "../src/report/unified-diff.ts";

type Example = RulePage["bad"][number];

/** The pages by their names in docs/rules/. */
export async function ruleDocs(
  rules: readonly RulePage[] = ruleCatalogue(),
): Promise<ReadonlyMap<string, string>> {
  const pages = new Map([["README.md", indexPage(rules)]]);
  for (const rule of rules) pages.set(`${rule.id}.md`, await rulePage(rule));
  return pages;
}

const notice = "<!-- Made by `npm run generate` from rules/; change the rule instead. -->";

function indexPage(rules: readonly RulePage[]): string {
  const rows = rules.map((rule) => {
    const codes = rule.aliases.length > 0 ? rule.aliases.join(", ") : "";
    return `| [${rule.id}](${rule.id}.md) | ${rule.severity} | ${cell(rule.summary)} | ${fixWords[fixKind(rule)]} | ${codes} |`;
  });
  return `${notice}

# The rules

${rules.length} rules look at what Istio would really do with a manifest. **error**: the pod breaks, is refused, or is in or out of the mesh against
what its author wrote. **warning**: risky or deprecated. **info**: worth knowing. A fix that is _safe_ is made by
\`sidelint check --fix\`, an _unsafe_ one with \`--unsafe-fixes\` too. The codes are those of \`istioctl analyze\`; settings and comments take
them in place of an id.

| rule | severity | finds | fix | code |
| ---- | -------- | ----- | --- | ---- |
${rows.join("\n")}

\`sidelint rules\` prints the table, \`sidelint rules <id>\` one of them. Severities and switches: [configuration.md](../configuration.md). To hide single
findings, with a reason: [suppressions.md](../suppressions.md). What conditions of rules can ask: [rules-environment.md](../rules-environment.md).
`;
}

const fixWords = { none: "", safe: "safe", unsafe: "unsafe", either: "safe or unsafe" } as const;

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

async function rulePage(rule: RulePage): Promise<string> {
  const bad: string[] = [];
  for (const example of rule.bad) bad.push(await badExample(rule, example));
  const good = rule.good.flatMap((example) => [titled(example), ...filesOf(example)]);
  const blocks = [
    notice,
    `# ${rule.id}`,
    `${capital(rule.summary)}.`,
    factTable(rule),
    "## Why",
    rule.why.trim(),
    "## What to do",
    rule.fix.trim(),
    fixSentence(rule),
    ...parameterTable(rule),
    rule.bad.length > 1 ? "## Bad examples" : "## Bad",
    ...bad,
    rule.good.length > 1 ? "## Good examples" : "## Good",
    ...good,
    "## Not here",
    switching(rule),
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function factTable(rule: RulePage): string {
  const rows: readonly (readonly [string, string])[] = [
    ["severity", rule.optional ? `${rule.severity}; off until it is named` : rule.severity],
    ["releases", releasesOf(rule)],
    ["fix", fixWords[fixKind(rule)] || "by hand"],
    ...(rule.aliases.length > 0 ? [["istioctl analyze", rule.aliases.join(", ")] as const] : []),
  ];
  return ["| | |", "|-|-|", ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join("\n");
}

function capital(text: string): string {
  // What begins with a name of the field, such as proxyCPU, is left as it is spelled.
  return /^[a-z]+[ ,]/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

function parameterTable({ parameters = {}, id }: RulePage): readonly string[] {
  const rows = Object.entries(parameters).map(
    ([name, one]) => `| \`${name}\` | ${one.type} | ${shown(one)} | ${cell(one.description)} |`,
  );
  if (rows.length === 0) return [];
  return [
    ["## Parameters", "", "| name | type | default | |", "|-|-|-|-|", ...rows].join("\n"),
    `They are set in sidelint.yaml: \`rules: {${id}: {parameters: {…}}}\`.`,
  ];
}

function shown({ default: value }: Parameter): string {
  const text = (one: ParameterValue): string =>
    typeof one === "object" ? `[${one.join(", ")}]` : String(one);
  return `\`${text(value)}\``;
}

async function badExample(rule: RulePage, example: Example): Promise<string> {
  return [
    titled(example),
    ...filesOf(example),
    fence("console", `$ sidelint check\n${await printed(example)}`),
    ...fixOf(rule, example),
  ]
    .filter((block) => block !== "")
    .join("\n\n");
}

/** What the rule's fix changes, and the command that does it. */
function fixOf({ id }: RulePage, { manifest, config, fixed }: Example): readonly string[] {
  if (fixed === undefined) return [];
  const after = (unsafe: boolean, select: (scan: Scan) => readonly Finding[]) => {
    const files = memoryTree({ "manifest.yaml": manifest });
    return fix(files, { config: (config ?? {}) as Config }, { unsafe, select }).files[0]?.after;
  };
  const isSafe = after(false, ({ findings }) => findings.filter(({ rule }) => rule === id)) === fixed;
  const isAll = after(!isSafe, ({ findings }) => findings) === fixed;
  const command = `\`sidelint check --fix${isSafe ? "" : " --unsafe-fixes"}\``;
  return [
    `${command} changes this${isAll ? "" : ", besides what it does about the other findings"}:`,
    fence("diff", unifiedDiff("manifest.yaml", manifest, fixed)),
  ];
}

function titled({ title }: Pick<Example, "title">): string {
  return title === undefined ? "" : `### ${title}`;
}

/** The manifest, and the configuration where there is one. */
function filesOf(example: RulePage["good"][number]): readonly string[] {
  const { "manifest.yaml": manifest = "", "sidelint.yaml": config } = textsOf(example);
  const written = fence("yaml", manifest);
  return config === undefined ? [written] : [written, "with this `sidelint.yaml`:", fence("yaml", config)];
}

function textsOf({ manifest, config }: RulePage["good"][number]): Readonly<Record<string, string>> {
  if (config === undefined) return { "manifest.yaml": manifest };
  return { "manifest.yaml": manifest, "sidelint.yaml": stringify(config) };
}

/** Longer than any run of backticks in the text. */
function fence(language: string, text: string): string {
  const marks = "`".repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return `${marks}${language}\n${text.trimEnd()}\n${marks}`;
}

/** What `sidelint check` prints of an example, 80 columns wide; how long it took differs and is left out. */
async function printed(example: Example): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "sidelint-rules-"));
  try {
    mkdirSync(join(directory, ".git"));
    for (const [name, text] of Object.entries(textsOf(example))) writeFileSync(join(directory, name), text);
    let output = "";
    await run(["check", "--no-color"], {
      cwd: directory,
      today: "2026-01-31",
      env: {},
      columns: 80,
      stderrIsTerminal: false,
      readStdin: async () => new Uint8Array(),
      stdout: async (text) => {
        output += text;
      },
      stderr: (text) => {
        output += text;
      },
    });
    return output.replace(/ in \d+ ms/g, "").replaceAll(`${directory}/`, "");
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function switching(rule: RulePage): string {
  const by = rule.aliases.length > 0 ? `; \`${rule.aliases[0]}\` may stand for the id` : "";
  const setting = rule.optional
    ? [
        "The rule is off until sidelint.yaml names it:",
        fence("yaml", `rules:\n  ${rule.id}: ${rule.severity}`),
      ]
    : [
        "For the whole repository, in sidelint.yaml (`overrides` does the same for some paths or namespaces):",
        fence("yaml", `rules:\n  ${rule.id}: off`),
      ];
  return [
    `At one place, in a comment on the line or above it${by}:`,
    fence("yaml", ignoreComment(rule)),
    ...setting,
    "More ways, each with a reason: [suppressions.md](../suppressions.md).",
  ].join("\n\n");
}
