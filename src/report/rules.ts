/** The catalogue of rules as a table, and one rule as a page. */
import type { RulePage } from "../lint/catalogue.ts";
import type { ParameterValue } from "../lint/rule.ts";
import type { Value } from "../source/node.ts";
import { writeYaml } from "../source/write-yaml.ts";
import { padEnd, plain, wrap } from "./cells.ts";
import type { Paint } from "./paint.ts";
import { paintOf } from "./paint.ts";
import type { Presentation } from "./report.ts";
import { fixSentence, ignoreComment, releasesOf, settingOf } from "./rule-facts.ts";
import { unifiedDiff } from "./unified-diff.ts";

/** A table of all rules: id, severity, summary; ends in a line end. */
export function catalogue(rules: readonly RulePage[], presentation: Presentation): string {
  const paint = paintOf(presentation.colour);
  const ids = Math.max("RULE".length, ...rules.map((rule) => rule.id.length)) + 2;
  const grades = "SEVERITY".length + 2;
  const room = presentation.width - ids - grades;
  const lines = rules.flatMap((rule) =>
    wrap(plain(rule.summary), room).map((line, index) =>
      index === 0
        ? padEnd(rule.id, ids) +
          paint.severity[rule.severity](rule.severity) +
          " ".repeat(grades - rule.severity.length) +
          line
        : " ".repeat(ids + grades) + line,
    ),
  );
  const head = paint.heading(`${padEnd("RULE", ids)}${padEnd("SEVERITY", grades)}FINDS`);
  return `${[head, ...lines, "", "One of them with examples: sidelint rules <id>"].join("\n")}\n`;
}

/** How a configuration sets a rule. */
export interface RuleSetting {
  /** The file that does. */
  readonly config: string;
  readonly severity: string;
  readonly parameters: Readonly<Record<string, ParameterValue>> | undefined;
  /** Whether overrides set it otherwise for some paths or namespaces. */
  readonly elsewhere: boolean;
}

/** All that there is to say of one rule, and how it is set; ends in a line end. */
export function rulePage(rule: RulePage, presentation: Presentation, setting?: RuleSetting): string {
  const paint = paintOf(presentation.colour);
  const width = Math.min(presentation.width, 100);
  const blocks = [
    [
      `${paint.heading(rule.id)}  ${paint.severity[rule.severity](rule.severity)}`,
      ...wrap([about(rule), ...settingOfFile(rule, setting)].join("; "), width),
    ].join("\n"),
    wrap(plain(rule.summary), width).join("\n"),
    section("Why", rule.why, width, paint),
    section("What to do", `${rule.fix.trim()}\n\n${fixSentence(rule)}`, width, paint),
    ...parameters(rule, setting, width, paint),
    ...rule.bad.map((example) => exampleBlock("Bad", example, width, paint)),
    ...rule.good.map((example) => exampleBlock("Good", example, width, paint)),
    [
      paint.heading("Not here"),
      "  In a comment on the line, or above it:",
      `    ${ignoreComment(rule)}`,
      rule.optional ? "  It is off until sidelint.yaml names it:" : "  Nowhere, by sidelint.yaml:",
      `    ${settingOf(rule)}`,
    ].join("\n"),
  ];
  return `${blocks.join("\n\n")}\n`;
}

/** "Istio 1.12 and newer; istioctl analyze calls it IST0135". */
function about(rule: RulePage): string {
  const codes = rule.aliases.length > 0 ? [`istioctl analyze calls it ${rule.aliases.join(", ")}`] : [];
  return [releasesOf(rule), ...(rule.optional ? ["off until it is named"] : []), ...codes].join("; ");
}

/** "sidelint.yaml sets it to error". */
function settingOfFile(rule: RulePage, setting: RuleSetting | undefined): readonly string[] {
  if (!setting) return [];
  const { config, severity, elsewhere } = setting;
  const usual = rule.optional ? "off" : rule.severity;
  const set =
    severity === usual
      ? []
      : [`${plain(config)} ${severity === "off" ? "switches it off" : `sets it to ${severity}`}`];
  return [...set, ...(elsewhere ? [`overrides in ${plain(config)} set it for some places`] : [])];
}

/** What sidelint.yaml may set for a rule besides its severity, and what it does set. */
function parameters(
  { parameters = {} }: RulePage,
  setting: RuleSetting | undefined,
  width: number,
  paint: Paint,
): readonly string[] {
  const items = Object.entries(parameters).map(([name, { type, default: usual, description }]) => {
    const here = setting?.parameters?.[name] ?? usual;
    const set = setting && shown(here) !== shown(usual) ? `, ${shown(here)} by ${plain(setting.config)}` : "";
    return `- ${name} (${type}, ${shown(usual)} unless set${set}): ${description}`;
  });
  return items.length === 0 ? [] : [section("Parameters", items.join("\n"), width, paint)];
}

function shown(value: ParameterValue): string {
  return typeof value === "bigint" ? String(value) : JSON.stringify(value);
}

function section(title: string, markdown: string, width: number, paint: Paint): string {
  return [paint.heading(title), ...paragraphs(markdown, width - 2).map((line) => `  ${line}`.trimEnd())].join(
    "\n",
  );
}

/** Markdown as wrapped text: paragraphs and list items flow, indented code stays as it is. */
function paragraphs(markdown: string, width: number): readonly string[] {
  const lines: string[] = [];
  let flowing = "";
  const flush = (): void => {
    if (flowing === "") return;
    const item = flowing.startsWith("- ");
    const wrapped = wrap(item ? flowing.slice(2) : flowing, item ? width - 2 : width);
    lines.push(...wrapped.map((line, index) => (item ? `${index === 0 ? "- " : "  "}${line}` : line)));
    flowing = "";
  };
  const text = markdown.trim().replace(/\[([^\]]+)\]\(([^)]+)\)/g, "$1 ($2)");
  for (const line of text.split("\n").map(plain)) {
    if (line.startsWith("    ") && flowing === "") lines.push(line);
    else if (line.trim() === "") {
      flush();
      lines.push("");
    } else {
      if (line.startsWith("- ")) flush();
      flowing = flowing === "" ? line.trim() : `${flowing} ${line.trim()}`;
    }
  }
  flush();
  return lines;
}

type Example = RulePage["good"][number] & Partial<Pick<RulePage["bad"][number], "expect" | "fixed">>;

function exampleBlock(title: string, example: Example, width: number, paint: Paint): string {
  const about = example.title === undefined ? "" : `: ${plain(example.title)}`;
  const manifest = example.manifest
    .trimEnd()
    .split("\n")
    .map((line) => `  ${plain(line)}`.trimEnd());
  const config =
    example.config === undefined
      ? []
      : [
          "  # sidelint.yaml:",
          ...writeYaml(example.config as Value)
            .trimEnd()
            .split("\n")
            .map((line) => `  #   ${line}`),
        ];
  const found = (example.expect ?? []).flatMap(({ at, message, help }) =>
    foundLines(at, message, help, width),
  );
  return [paint.heading(title) + about, ...config, ...manifest, ...found, ...fixedLines(example)].join("\n");
}

/** What is found in a bad example: where, the message, the help. */
function foundLines(at: string, message: string, help: string | undefined, width: number): readonly string[] {
  const place = at.slice(0, at.indexOf("-"));
  const indent = " ".repeat(place.length + 6);
  const room = width - indent.length;
  const told = wrap(plain(message), room).map((line, index) =>
    index === 0 ? `  → ${place}  ${line}` : indent + line,
  );
  return [...told, ...(help ? wrap(plain(`fix: ${help}`), room).map((line) => indent + line) : [])];
}

/** What its fix changes. */
function fixedLines({ manifest, fixed }: Example): readonly string[] {
  if (fixed === undefined) return [];
  const [, , ...hunks] = unifiedDiff("", manifest, fixed).trimEnd().split("\n");
  return ["  fixed:", ...hunks.map((line) => `    ${plain(line)}`)];
}
