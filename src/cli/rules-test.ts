/** `sidelint rules test`: the examples of rules, run as their tests. */
import { fix, loadConfig, memoryTree, type Scan, scan } from "../index.ts";
import { type ExampleResult, type RuleExamples, runExamples } from "../lint/examples.ts";
import type { Rule } from "../lint/rule.ts";
import { readRules, type UserRule } from "../lint/user-rules.ts";
import { count, plain } from "../report/cells.ts";
import { paintOf } from "../report/paint.ts";
import { locationOf } from "../source/locate.ts";
import { outsideOf } from "../source/reach.ts";
import type { Config } from "../world/config.ts";
import { readConfig, told } from "./config.ts";
import type { Context } from "./context.ts";
import { openInput } from "./input.ts";
import { presentationFor } from "./session.ts";
import { UsageError } from "./usage.ts";

export interface TestFlags {
  readonly config?: string | false;
  readonly builtin?: boolean;
  readonly color?: boolean;
}

/** Runs the examples of rules and tells which do not hold. Throws a UsageError. */
export async function testedRules(
  paths: readonly string[],
  flags: TestFlags,
  context: Context,
): Promise<void> {
  const { io } = context;
  const own = await rulesOf(paths, flags, context);
  if (own.length === 0 && !flags.builtin) {
    throw new UsageError(
      "there are no rules to test: name files, or list them under rules in sidelint.yaml; --builtin tests the built-in ones",
    );
  }
  const { ruleCatalogue } = await import("../lint/catalogue.ts");
  const tested: readonly TestedRule[] = [
    ...own.map(({ file, rule }) => ({ ...file, checks: rule.checks })),
    ...(flags.builtin ? ruleCatalogue() : []),
  ];
  const results = testRules(
    tested,
    own.map(({ rule }) => rule),
  );
  const { colour } = presentationFor(flags, io);
  await io.stdout(testReport(results, tested, placesOf(own), colour));
  context.exit(results.some(({ failure }) => failure !== undefined) ? 1 : 0);
}

/** The rules of the paths, or else of the configuration. Throws a UsageError that shows every mistake in them. */
async function rulesOf(
  paths: readonly string[],
  flags: TestFlags,
  { io }: Context,
): Promise<readonly UserRule[]> {
  const input = await openInput(paths, { ...(flags.config !== undefined && { config: flags.config }) }, io);
  const style = presentationFor(flags, io);
  if (paths.length === 0) return (await readConfig(flags.config, input.tree, ["."], style)).userRules;
  const sources = input.paths.map((path) => ({ path, fault: (message: string) => ({ message }) }));
  const reading = readRules(input.tree, sources, outsideOf(input.tree, input.paths, []));
  if (reading.problems.length > 0) throw told(reading.problems, undefined, reading.textOf, style);
  return reading.rules;
}

/** A rule with its examples, and what it looks at. */
export type TestedRule = RuleExamples & Pick<Rule, "checks">;

/** Where an example of a rule stands, by the rule's id and the example's name. */
function placesOf(own: readonly UserRule[]): (rule: string, example: string) => string | undefined {
  const byId = new Map(own.map((one) => [one.rule.id, one]));
  return (rule, example) => {
    const known = byId.get(rule);
    if (!known) return undefined;
    const [, kind, nth] = /^(bad|good) (\d+)/.exec(example) ?? [];
    const path = kind === undefined ? [example] : [kind, Number(nth) - 1];
    return `${known.path}:${known.lineOf(path)}`;
  };
}

/** Runs the examples of rules, each as a repository of one file; `own` are the rules besides the built-in ones. */
export function testRules(tested: readonly TestedRule[], own: readonly Rule[]): readonly ExampleResult[] {
  const optionsFor = (config: object) => ({ config: configOf(config), rules: own });
  const repository = (manifest: string) => memoryTree({ "manifest.yaml": manifest });
  return tested.flatMap((rule) => {
    const broken = brokenConfigs(rule);
    if (broken.length > 0) return broken;
    const unshown = untested(rule);
    if (unshown) return [unshown];
    const unread = unreadExamples(rule, (manifest, config) => scan(repository(manifest), optionsFor(config)));
    if (unread.length > 0) return unread;
    return runExamples(
      [rule],
      (manifest, config) => scan(repository(manifest), optionsFor(config)).findings,
      (manifest, config, id) => {
        const select = ({ findings }: Scan) => findings.filter(({ rule }) => rule === id);
        const { files } = fix(repository(manifest), optionsFor(config), { unsafe: true, select });
        return files[0]?.after ?? manifest;
      },
    );
  });
}

/** A rule of which nothing shows what it finds, or what it leaves alone. */
function untested({ id, bad, good }: RuleExamples): ExampleResult | undefined {
  if (!bad.some(({ expect }) => expect.length > 0))
    return {
      rule: id,
      example: "bad",
      failure: "no example expects a finding: nothing shows that it finds anything",
    };
  if (good.length === 0)
    return { rule: id, example: "good", failure: "there is no example in which it finds nothing" };
  return undefined;
}

/** Examples that show nothing, because their manifests are not what the rule looks at. */
function unreadExamples(
  { id, bad, good, checks }: TestedRule,
  scanned: (manifest: string, config: object) => Scan,
): readonly ExampleResult[] {
  if (checks.some(({ on }) => on === "document")) return [];
  const wantsWorkload = checks.every(({ on }) => on === "workload");
  const all = [
    ...bad.map((example, index) => ({ ...example, name: `bad ${index + 1}` })),
    ...good.map((example, index) => ({ ...example, expect: [], name: `good ${index + 1}` })),
  ];
  return all.flatMap(({ manifest, config = {}, expect, name }): readonly ExampleResult[] => {
    const { unreadable, world } = scanned(manifest, config);
    const [broken] = unreadable;
    if (broken) {
      const { offset } = broken.error;
      const { line, column } = locationOf(broken.file, { start: offset, end: offset });
      const failure = `its manifest cannot be read: ${line}:${column} ${broken.error.message}`;
      return [{ rule: id, example: name, failure }];
    }
    if (!wantsWorkload || expect.length === 0 || world.workloads.length > 0) return [];
    return [
      { rule: id, example: name, failure: "its manifest holds no workload, and nothing else is looked at" },
    ];
  });
}

/** The configuration of an example; one that is none was told before. */
function configOf(config: object): Config {
  const reading = loadConfig(JSON.stringify(config), "config");
  return reading.ok ? reading.config : {};
}

function brokenConfigs({ id, bad, good }: RuleExamples): readonly ExampleResult[] {
  const all = [
    ...bad.map(({ config }, index) => ({ config, example: `bad ${index + 1}` })),
    ...good.map(({ config }, index) => ({ config, example: `good ${index + 1}` })),
  ];
  return all.flatMap(({ config, example }) => {
    const reading = loadConfig(JSON.stringify(config ?? {}), "config");
    if (reading.ok) return [];
    const reasons = reading.problems.map(({ message, hint }) => (hint ? `${message} (${hint})` : message));
    return [{ rule: id, example, failure: `its config is none: ${reasons.join("; ")}` }];
  });
}

/** What failed, and how many examples there are; ends in a line end. */
function testReport(
  results: readonly ExampleResult[],
  rules: readonly RuleExamples[],
  placeOf: (rule: string, example: string) => string | undefined,
  colour: boolean,
): string {
  const paint = paintOf(colour);
  const failed = results.filter(({ failure }) => failure !== undefined);
  const blocks = failed.map(({ rule, example, failure = "" }) => {
    const place = placeOf(rule, example);
    const head = `${paint.heading(rule)}  ${plain(example)}${place ? `  ${plain(place)}` : ""}`;
    const lines = failure.split("\n").map((line) => `  ${plain(line)}`.trimEnd());
    return `${head}\n${lines.join("\n")}\n\n`;
  });
  const examples = rules.reduce((sum, { bad, good }) => sum + bad.length + good.length, 0);
  const tally = `${count(examples, "example")} of ${count(rules.length, "rule")}`;
  const verdict = failed.length === 0 ? `${tally}: all hold` : `${tally}: ${failed.length} failed`;
  return `${blocks.join("")}${verdict}\n`;
}
