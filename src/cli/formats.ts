/** The formats of a report: their names, what makes each, and the files that `--output` asks for. */
import type { UserRule } from "../lint/user-rules.ts";
import type { DescribedRule, Reporter } from "../report/report.ts";
import { guess, oneOf, UsageError } from "./usage.ts";

// What is not asked for in most runs is not loaded in them.
const formats = {
  text: async () => (await import("../report/text.ts")).text,
  json: async () => (await import("../report/json.ts")).json,
  github: async () => (await import("../report/github.ts")).github,
  sarif: async () => (await import("../report/sarif.ts")).sarif,
  "code-scanning": async () => (await import("../report/sarif.ts")).codeScanning,
  junit: async () => (await import("../report/junit.ts")).junit,
  gitlab: async () => (await import("../report/gitlab.ts")).gitlab,
  markdown: async () => (await import("../report/markdown.ts")).markdown,
  checkstyle: async () => (await import("../report/checkstyle.ts")).checkstyle,
  html: async () => (await import("../report/html.ts")).html,
} as const satisfies Readonly<Record<string, () => Promise<Reporter>>>;

export type FormatName = keyof typeof formats;

/** Every format, the one for people first. */
export const formatNames = Object.keys(formats) as readonly FormatName[];

/** The format that `--format` names. Throws a UsageError. */
export function formatOf(value: string): FormatName {
  return oneOf("--format", value, formatNames);
}

/** What makes a report in a format. */
export function reporterOf(name: FormatName): Promise<Reporter> {
  return formats[name]();
}

/** A report that is asked for as a file. */
export interface WantedFile {
  readonly format: FormatName;
  readonly path: string;
}

/** What the values of `--output` ask for. Throws a UsageError. */
export function wantedFiles(values: readonly string[] = []): readonly WantedFile[] {
  const wanted = values.map((value) => {
    const equals = value.indexOf("=");
    const name = equals < 0 ? value : value.slice(0, equals);
    const path = value.slice(equals + 1);
    const format = formatNames.find((one) => one === name);
    if (equals < 0 || format === undefined || path === "") {
      const meant = equals < 0 || format !== undefined ? "" : guess(name, formatNames);
      throw new UsageError(
        `--output takes FORMAT=FILE, such as sarif=sidelint.sarif, not ${JSON.stringify(value)}${meant || `; formats are ${formatNames.join(", ")}`}`,
      );
    }
    return { format, path };
  });
  const twice = wanted.find(({ path }, index) => wanted.findIndex((one) => one.path === path) < index);
  if (twice) throw new UsageError(`--output names ${JSON.stringify(twice.path)} twice`);
  return wanted;
}

const telling: ReadonlySet<FormatName> = new Set(["sarif", "code-scanning", "html"]);

/** Reads up on rules where one of the formats tells about them. */
export async function ruleReader(
  wanted: readonly FormatName[],
  userRules: readonly UserRule[],
): Promise<((id: string) => DescribedRule | undefined) | undefined> {
  if (!wanted.some((format) => telling.has(format))) return undefined;
  const { ruleCatalogue } = await import("../lint/catalogue.ts");
  const rules = new Map<string, DescribedRule>(ruleCatalogue().map((rule) => [rule.id, rule]));
  for (const { file } of userRules) rules.set(file.id, file);
  return (id) => rules.get(id);
}
