/** problem-matcher.json over the text report, matched as GitHub's runner matches: actions/runner, Runner.Worker/IssueMatcher.cs and OutputManager.cs. */
import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { deployment, inRepository, namespace } from "../cli/terminal.ts";

type Part = "file" | "line" | "column" | "severity" | "message";
type Pattern = { readonly regexp: string; readonly loop?: boolean } & Readonly<Partial<Record<Part, number>>>;
type Match = Readonly<Partial<Record<Part, string>>>;

const text = readFileSync(new URL("../../problem-matcher.json", import.meta.url), "utf8");
const page = readFileSync(new URL("../../docs/github-action.md", import.meta.url), "utf8");
const { problemMatcher } = JSON.parse(text) as {
  readonly problemMatcher: readonly {
    readonly owner: string;
    readonly severity: string;
    readonly pattern: readonly [Pattern, Pattern];
  }[];
};
const parts = ["file", "line", "column", "severity", "message"] as const;

/** What a pattern finds in a line, with what the pattern before it found. */
function found(pattern: Pattern, line: string, before: Match = {}): Match | undefined {
  const groups = new RegExp(pattern.regexp).exec(line);
  if (!groups) return undefined;
  const own = parts.map((part) => [
    part,
    pattern[part] === undefined ? undefined : (groups[pattern[part]] ?? ""),
  ]);
  const known = Object.fromEntries(own.filter(([, value]) => value !== undefined));
  return { ...known, ...before };
}

/** The annotations of a log: `error apps/web.yaml 9:21 the message`. */
function annotated(log: string): readonly string[] {
  const [matcher] = problemMatcher;
  assert.ok(matcher);
  const [first, last] = matcher.pattern;
  let running: Match | undefined;
  return stripVTControlCharacters(log)
    .split("\n")
    .flatMap((line) => {
      const match = running && found(last, line, running);
      if (!match) {
        running = found(first, line);
        return [];
      }
      // As the last pattern loops, what the first one found stays. A match without a message is none.
      if (!match.message?.trim()) return [];
      return [
        `${match.severity || matcher.severity} ${match.file} ${match.line}:${match.column} ${match.message}`,
      ];
    });
}

const broken = deployment.replace(
  "      labels:",
  '      annotations: {sidecar.istio.io/proxyCPU: "1", sidecar.istio.io/proxyCpuLimit: "2"}\n      labels:',
);
const files = {
  "apps/web.yaml": broken,
  "apps/with blanks/api.yaml": broken.replaceAll("web", "api"),
  "sidelint.yaml": "rules: {proxy-resources-dropped: info, misspelled-key: warning}\n",
  "ns.yaml": namespace,
  "unlabelled.yaml": deployment.replace("namespace: shop", "namespace: elsewhere").replaceAll("web", "other"),
};

const matcher = suite("problem-matcher.json");

for (const colour of ["--color", "--no-color"]) {
  matcher(`finds every finding of the text report with ${colour}, and nothing else`, () =>
    inRepository(files, async (sidelint) => {
      const { stdout } = await sidelint(["check", colour]);
      const json = JSON.parse((await sidelint(["check", "--format", "json"])).stdout) as {
        readonly findings: readonly {
          readonly rule: string;
          readonly severity: string;
          readonly file: string;
          readonly line: number;
          readonly column: number;
          readonly message: string;
        }[];
      };
      // A verdict that is not known is told as the fact that is missing, which stands nowhere.
      const told = json.findings.filter(({ rule }) => rule !== "verdict-unknown");
      assert.ok(new Set(told.map(({ severity }) => severity)).size === 3, JSON.stringify(told));
      const annotations = annotated(stdout);
      assert.is(annotations.length, told.length, annotations.join("\n"));
      for (const [index, { severity, file, line, column, message }] of told.entries()) {
        const place = `${severity === "info" ? "notice" : severity} ${file} ${line}:${column} `;
        const annotation = annotations[index] ?? "";
        assert.ok(annotation.startsWith(place), `${annotation} is not ${place}`);
        assert.ok(message.startsWith(annotation.slice(place.length)), annotation);
        assert.ok(annotation.length > place.length + 20, annotation);
      }
    }),
  );
}

matcher("finds nothing in a report without findings", () =>
  inRepository({ "web.yaml": deployment, "ns.yaml": namespace }, async (sidelint) => {
    const { stdout } = await sidelint(["check"]);
    assert.match(stdout, "nothing to report");
    assert.equal(annotated(stdout), []);
  }),
);

matcher("docs/github-action.md has it word for word", () => {
  const shown = /^```json \.github\/sidelint-matcher\.json\n([\s\S]*?)^```$/m.exec(page)?.[1];
  assert.is(shown, text);
});

matcher.run();
