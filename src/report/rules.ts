/** The catalogue of rules as a table, and one rule as a page. */
import type { RulePage } from "../lint/catalogue.ts";
import { padEnd, plain, wrap } from "./cells.ts";
import type { Paint } from "./paint.ts";
import { paintOf } from "./paint.ts";
import type { Presentation } from "./report.ts";

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

/** All that there is to say of one rule; ends in a line end. */
export function rulePage(rule: RulePage, presentation: Presentation): string {
  const paint = paintOf(presentation.colour);
  const width = Math.min(presentation.width, 100);
  const also =
    rule.aliases && rule.aliases.length > 0 ? `, istioctl calls it ${rule.aliases.join(", ")}` : "";
  const blocks = [
    `${paint.heading(rule.id)}  ${paint.severity[rule.severity](rule.severity)}${also}${releases(rule)}`,
    wrap(plain(rule.summary), width).join("\n"),
    section("Why", rule.why, width, paint),
    section("Fix", rule.fix, width, paint),
    ...rule.bad.map((example) => exampleBlock("Bad", example, paint)),
    ...rule.good.map((example) => exampleBlock("Good", example, paint)),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function releases(rule: RulePage): string {
  if (rule.since && rule.until) return `, Istio ${rule.since} to ${rule.until}`;
  if (rule.since) return `, since Istio ${rule.since}`;
  return rule.until ? `, up to Istio ${rule.until}` : "";
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
  for (const line of markdown.trim().split("\n").map(plain)) {
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

function exampleBlock(title: string, example: RulePage["good"][number], paint: Paint): string {
  const about = example.title === undefined ? "" : `: ${plain(example.title)}`;
  const manifest = example.manifest
    .trimEnd()
    .split("\n")
    .map((line) => `  ${plain(line)}`.trimEnd());
  const config =
    example.config === undefined ? [] : [`  # sidelint.yaml: ${plain(JSON.stringify(example.config))}`];
  return [paint.heading(title) + about, ...config, ...manifest].join("\n");
}
