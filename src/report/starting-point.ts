/** The text of a first sidelint.yaml: what a repository shows, and what it leaves open as settings to be uncommented. */
import type { Finding, Severity } from "../lint/finding.ts";
import type { Rule } from "../lint/rule.ts";
import { settingProblems } from "../lint/settings.ts";
import { loadConfig } from "../world/config.ts";
import type { Destination, Seen } from "../world/layout.ts";
import type { SeenRelease, Survey } from "../world/survey.ts";
import type { MissingFact, World } from "../world/world.ts";
import { columns, count, padEnd, plain, wrap } from "./cells.ts";
import { compare } from "./findings.ts";
import { partsOf } from "./missing.ts";

export interface StartingSources {
  readonly world: World;
  readonly survey: Survey;
  readonly findings: readonly Finding[];
  /** The rules that there are. */
  readonly rules: readonly Rule[];
  /** Whether just a part of the repository was looked at. */
  readonly isPart?: boolean;
}

/** A setting of the file; its lines stand in it whether or not it holds. */
export interface Setting {
  /** The key of the file that it belongs below; "": it is one itself. */
  readonly section: string;
  /** What is said before it. */
  readonly about: readonly string[];
  readonly lines: readonly string[];
  /** It tells what is so and what check does not find out by itself: it may hold from the start where that changes no finding. */
  readonly isFact: boolean;
}

/** A configuration to start from. */
export interface StartingPoint {
  readonly settings: readonly Setting[];
  /** The text in which these settings hold and all others are comments. */
  textWith(holding: readonly Setting[]): string;
  /** How many missing facts are left out because there are too many. */
  readonly leftOut: number;
}

/** Where editors find what may be written, beside a configuration where the package is installed. */
export const schemaPath = "node_modules/sidelint/dist/schemas/config.schema.json";
const schemaLine = `# yaml-language-server: $schema=${schemaPath}`;
const header = ["apiVersion: sidelint.dev/v1alpha1", "kind: Config"];
const guide =
  'To switch a setting on, take away the "#" before it and before the key above it. "# " and a word begin a remark.';
const partly =
  "Just a part of the repository was looked at: what is asked for below may be said in the rest of it.";
/** Facts beyond these are many directories with little in them. */
const mostFacts = 24;
const lineWidth = 78;
const widestAligned = 60;
/** Releases that are named with their places; more are rather charts in store than one that runs. */
const MOST_RELEASES = 3;

/**
 * Writes the text. Every setting in it is one that loadConfig accepts, alone and with all others; what it would not accept is left out.
 * Prose begins with "# " and a word, a setting with "#" and its own text, so that uncommenting is taking away one character.
 */
export function startingPoint(sources: StartingSources): StartingPoint {
  const { settings, leftOut } = settingsFor(sources);
  const passes = (given: readonly Setting[], holds: (one: Setting) => boolean) =>
    isAccepted(written(given, holds), sources);
  const kept: Setting[] = [];
  for (const setting of settings) {
    const alone = passes(settings, (one) => one === setting);
    if (alone && passes([...kept, setting], () => true)) kept.push(setting);
  }
  return {
    settings: kept,
    textWith: (holding) => written(kept, (one) => holding.includes(one), sources.isPart),
    leftOut,
  };
}

function isAccepted(text: string, { rules }: StartingSources): boolean {
  const reading = loadConfig(text, "sidelint.yaml");
  return reading.ok && settingProblems(reading.config, rules).length === 0;
}

function written(
  settings: readonly Setting[],
  holds: (setting: Setting) => boolean,
  isPart: boolean = false,
): string {
  const blocks: string[] = [];
  const sections = new Set(settings.map(({ section, lines }) => section || (lines[0] ?? "")));
  for (const section of sections) {
    const inside = settings.filter((one) => (one.section || (one.lines[0] ?? "")) === section);
    const isOpen = inside.some(holds);
    const lines: string[] = [];
    inside.forEach((setting, index) => {
      const mark = holds(setting) ? "" : "#";
      lines.push(...setting.about.flatMap((one) => wrap(one, lineWidth)).map((one) => `# ${one}`));
      if (index === 0 && setting.section !== "") lines.push(`${isOpen ? "" : "#"}${setting.section}:`);
      lines.push(...setting.lines.map((line) => `${mark}${line}`));
    });
    blocks.push(lines.join("\n"));
  }
  const guides = [guide, ...(isPart ? [partly] : [])].flatMap((one) => wrap(one, lineWidth));
  const prose = blocks.length === 0 ? [] : guides.map((line) => `# ${line}`);
  return `${[[schemaLine, ...header].join("\n"), ...(prose.length > 0 ? [prose.join("\n")] : []), ...blocks].join("\n\n")}\n`;
}

function settingsFor(sources: StartingSources): {
  readonly settings: readonly Setting[];
  readonly leftOut: number;
} {
  const { world, survey } = sources;
  const facts = world.missing.filter(({ what }) => what !== "revision");
  const named = facts.slice(0, mostFacts);
  const where = placesIn(world);
  const namespaces = labelled(named);
  const paths = placed(facts, named, sources, where);
  return {
    settings: [
      version(survey, where),
      ...revisions(sources, where),
      // The section with the fact that decides most comes first, and its settings stay together.
      ...(named[0]?.what === "namespace" ? [...paths, ...namespaces] : [...namespaces, ...paths]),
      ...vendored(survey, where),
      ...severities(sources),
    ],
    leftOut: facts.length - named.length,
  };
}

type Places = (seen: Pick<Seen<unknown>, "file" | "line">) => string;

/** Places relative to the configuration's directory. */
function placesIn({ configuration }: World): Places {
  return ({ file, line }) => `${plain(configuration.belowConfig(file) ?? file)}:${line}`;
}

const namers: Readonly<Record<SeenRelease["by"], string>> = {
  injector: "the values of its injector",
  install: "what installs it",
  istiod: "the image of istiod",
  chart: "the chart istiod",
};

function version({ releases, judgedBy, isReleaseRead }: Survey, where: Places): Setting {
  const setting = (about: string, value: string, isFact = false): Setting => ({
    section: "istio",
    about: [about],
    lines: [`  version: "${value}"`],
    isFact,
  });
  const [first] = releases;
  if (!first) {
    const about = isReleaseRead
      ? `What installs Istio here says its release; it is judged by ${judgedBy}. Write it down only to judge by another.`
      : `Nothing here says which release of Istio runs; it is judged by ${judgedBy}, the newest that sidelint knows.`;
    return setting(about, judgedBy);
  }
  const shown = releases.length > MOST_RELEASES + 1 ? releases.slice(0, MOST_RELEASES) : releases;
  const rest = releases.length - shown.length;
  const named = shown.map((one) => `${one.value} (${namers[one.by]}, ${where(one)})`).join(", ");
  const list = rest > 0 ? `${named} and ${rest} more` : named;
  if (new Set(releases.map(({ value }) => minorOf(value))).size > 1) {
    const about = `Several releases of Istio are named here: ${list}. It is judged by ${judgedBy}.`;
    return setting(about, judgedBy);
  }
  if (isReleaseRead) {
    return setting(
      `The release of Istio is read from here: ${list}. Write it down only to judge by another.`,
      first.value,
    );
  }
  return setting(
    `The release of Istio: ${list}. Without this line check judges by ${judgedBy}.`,
    first.value,
    minorOf(first.value) !== minorOf(judgedBy),
  );
}

function minorOf(release: string): string {
  return release.split(".", 2).join(".");
}

/**
 * The whole list of revisions, as a list that leaves one out says that it does not run; none where all that is asked for is known, as the
 * repository says that itself.
 */
function revisions({ world, survey }: StartingSources, where: Places): readonly Setting[] {
  const { revisions: shown, asked, assumesDefault } = survey;
  const open = world.missing.filter(({ what }) => what === "revision");
  if (open.length === 0 && asked.length === 0) return [];
  const decides = (name: string) => {
    const fact = open.find(({ subject }) => subject === name);
    return fact ? `, decides ${count(fact.decides, "workload")}` : "";
  };
  const rows = shown.map(({ value, tags, ...place }) => {
    const list = tags.length > 0 ? `, tags: [${tags.map(scalar).join(", ")}]` : "";
    return { text: `    - {name: ${scalar(value)}${list}}`, note: where(place) + decides(value) };
  });
  const isShown = shown.some(({ value, tags }) => value === "default" || tags.includes("default"));
  if (assumesDefault && !isShown)
    rows.unshift({
      text: "    - {name: default}",
      note: "taken for granted: take it out if it does not run",
    });
  for (const { value, ...place } of asked)
    rows.push({
      text: `    - {name: ${scalar(value)}}`,
      note: `${where(place)} asks for it${decides(value)}`,
    });
  const listed = new Set([
    ...shown.flatMap(({ value, tags }) => [value, ...tags]),
    ...asked.map(({ value }) => value),
  ]);
  for (const { subject, decides: number } of open)
    if (!listed.has(subject))
      rows.push({
        text: `    - {name: ${scalar(subject)}}`,
        note: `nothing shows it, decides ${count(number, "workload")}`,
      });
  const about =
    "The revisions that run. The list is the whole list: one that is not in it does not run." +
    (asked.length > 0 ? " Where a name is a tag, write it into the tags of its revision instead." : "");
  return [{ section: "istio", about: [about], lines: ["  revisions:", ...noted(rows)], isFact: false }];
}

function labelled(named: readonly MissingFact[]): readonly Setting[] {
  const facts = named.filter(({ what }) => what === "namespace-labels");
  const lines = noted(
    facts.map((fact) => {
      const { key, value } = partsOf(fact);
      return { text: `  ${key}: {${value}}`, note: `decides ${count(fact.decides, "workload")}` };
    }),
  );
  return settingsOf("namespaces", lines, [
    "Namespaces that are labelled elsewhere: their labels, or {} where they have none. All of them at once, from a cluster:",
    "mkdir -p .sidelint && kubectl get ns -o yaml > .sidelint/namespaces.yaml",
  ]);
}

/** Where files go whose objects name no namespace: one by one, and all at once. */
function placed(
  all: readonly MissingFact[],
  named: readonly MissingFact[],
  { world, survey }: StartingSources,
  where: Places,
): readonly Setting[] {
  const facts = named.filter(({ what }) => what === "namespace");
  const lines = noted(
    facts.map((fact) => {
      const known = destinationOf(fact.subject, world, survey.layout.destinations);
      return {
        text: `  ${partsOf(fact).key}: {namespace: ${scalar(known?.value.namespace ?? "default")}}`,
        note: `${known ? `${where(known)} says so, ` : ""}decides ${count(fact.decides, "workload")} with its labels`,
      };
    }),
  );
  const settings = settingsOf("paths", lines, [
    "Where objects go that name no namespace. Write the namespace that they are applied to in the place of `default`, which is what kubectl takes when nobody tells it. The labels of that namespace are asked for next, unless they are known.",
  ]);
  if (facts.length < 2) return settings;
  const decides = all.reduce((sum, fact) => sum + (fact.what === "namespace" ? fact.decides : 0), 0);
  const about = [
    `Or one namespace for all of these, which decides ${count(decides, "workload")} with its labels:`,
  ];
  return [...settings, { section: "", about, lines: ["defaultNamespace: default"], isFact: false }];
}

/** Settings of one line each below one key. */
function settingsOf(
  section: string,
  lines: readonly string[],
  about: readonly string[],
  isFact = false,
): readonly Setting[] {
  return lines.map((line, index) => ({ section, about: index === 0 ? about : [], lines: [line], isFact }));
}

/** The deepest directory that Argo CD or Flux deploys and that holds the files. */
function destinationOf(
  subject: string,
  { configuration }: World,
  destinations: readonly Seen<Destination>[],
): Seen<Destination> | undefined {
  const below = subject.replace(/\/?\*\*$/, "");
  const directory = configuration.belowConfig(below) ?? below;
  return destinations
    .filter(({ value }) => directory === value.directory || directory.startsWith(`${value.directory}/`))
    .sort((a, b) => b.value.directory.length - a.value.directory.length)[0];
}

function vendored({ layout }: Survey, where: Places): readonly Setting[] {
  const lines = layout.vendored.map((directory) => `  - ${scalar(patternFor(directory, where))}`);
  return settingsOf(
    "ignore",
    lines,
    ["Charts that come with other charts, or from elsewhere; they need not be looked at."],
    true,
  );
}

/** A directory as `.gitignore` names it. */
function patternFor(directory: string, where: Places): string {
  const below = where({ file: directory, line: 0 }).replace(/:0$/, "");
  return `/${below.replace(/[\\*?[\]!#]/g, (sign) => `\\${sign}`)}/`;
}

/** The rules that found something, the gravest first. */
function severities({ findings, rules }: StartingSources): readonly Setting[] {
  const known = new Set(rules.map(({ id }) => id));
  const found = new Map<string, { readonly severity: Severity; readonly times: number }>();
  for (const { rule, severity } of findings) {
    if (known.has(rule)) found.set(rule, { severity, times: (found.get(rule)?.times ?? 0) + 1 });
  }
  const order = ["error", "warning", "info"];
  const sorted = [...found].sort(
    ([a, one], [b, other]) => order.indexOf(one.severity) - order.indexOf(other.severity) || compare(a, b),
  );
  const lines = noted(
    sorted.map(([rule, { severity, times }]) => ({
      text: `  ${rule}: ${severity}`,
      note: count(times, "finding"),
    })),
  );
  return settingsOf("rules", lines, [
    "The rules that found something, as they are graded: off, info, warning or error. `sidelint rules ID` tells what one is for.",
  ]);
}

/** Lines with remarks behind them, which stand below each other where no line is long. */
function noted(rows: readonly { readonly text: string; readonly note: string }[]): readonly string[] {
  const widest = Math.max(0, ...rows.map(({ text }) => columns(text)));
  const width = widest <= widestAligned ? widest : 0;
  return rows.map(({ text, note }) => `${padEnd(text, width)}  # ${note}`);
}

/** A text as a scalar that YAML reads back as that text. */
function scalar(text: string): string {
  const isPlain = /^[a-zA-Z][\w./-]*$/.test(text) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(text);
  return isPlain || /^\d{1,3}(?:-\d{1,3})+$/.test(text) || /^\/[\w./-]+$/.test(text)
    ? text
    : JSON.stringify(text);
}
