/** Configurations that extend others: what is merged, what is relative to which file, where values stand, and what is refused. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { memoryTree } from "../../src/source/tree.ts";
import { readConfigFile } from "../../src/world/extended-config.ts";
import { rebasePattern } from "../../src/world/pattern-base.ts";

function read(
  files: Readonly<Record<string, string>>,
  path = "sidelint.yaml",
  isOutside = (_: string) => false,
) {
  return readConfigFile(memoryTree({ "x/y.txt": "", ...files }), path, isOutside);
}

function problems(files: Readonly<Record<string, string>>, isOutside?: (path: string) => boolean) {
  const reading = read(files, "sidelint.yaml", isOutside);
  return reading.ok
    ? []
    : reading.problems.map(({ message, location, hint }) => {
        const place = location ? `${location.file}:${location.line}:${location.column}` : "";
        return `${place} ${message}${hint === undefined ? "" : ` (${hint})`}`;
      });
}

const extending = suite("extends");

extending(
  "maps are merged key by key, lists of settings follow one another, other values are replaced",
  () => {
    const reading = read({
      "base.yaml": `
istio: {version: "1.28", revisions: [{name: a}, {name: b}], values: {global: {hub: x, tag: y}}}
namespaces: {shop: {labels: {a: b, c: d}}, pay: {labels: {}}}
rules: {job-never-completes: off}
require: [{reason: one}]
`,
      "sidelint.yaml": `
extends: ./base.yaml
istio: {revisions: [{name: c}], values: {global: {tag: z}}}
namespaces: {shop: {labels: {a: z}}}
rules: [policies, {job-never-completes: info}]
require: [{reason: two}]
`,
    });
    assert.ok(reading.ok);
    assert.equal(JSON.parse(JSON.stringify(reading.config)), {
      istio: { version: "1.28", revisions: [{ name: "c" }], values: { global: { hub: "x", tag: "z" } } },
      namespaces: { shop: { labels: { a: "z" } }, pay: { labels: {} } },
      rules: [{ "job-never-completes": "off" }, "policies", { "job-never-completes": "info" }],
      require: [{ reason: "one" }, { reason: "two" }],
    });
  },
);

extending("every value keeps the place where it stands", () => {
  const reading = read(
    {
      "base.yaml": 'istio: {version: "1.28"}\nrules: {a: off}\npaths: {x/**: {namespace: travels}}\n',
      "sub/sidelint.yaml": "extends: [../base.yaml]\nrules: {b: info}\nnamespaces: {shop: {labels: {}}}\n",
    },
    "sub/sidelint.yaml",
  );
  assert.ok(reading.ok);
  const place = (...path: (string | number)[]) => {
    const location = reading.locate(path);
    return location && `${location.file}:${location.line}:${location.column}`;
  };
  assert.is(place("istio", "version"), "base.yaml:1:9");
  assert.is(place("rules", 0, "a"), "base.yaml:2:9");
  assert.is(place("rules", 1, "b"), "sub/sidelint.yaml:2:9");
  assert.is(place("namespaces", "shop"), "sub/sidelint.yaml:3:14");
  assert.is(place("defaultNamespace"), undefined);
  assert.match(reading.textOf("base.yaml") ?? "", /1\.28/);
});

extending(
  "patterns and files are relative to the file that names them, of a package to what extends it",
  () => {
    const shared =
      "ignore: [vendor/**, '*.bak', '!/keep']\npaths: {apps/**: {namespace: travels}}\nrules: [rules]\noverrides: [{paths: [x], rules: {a: off}}]\n";
    const reading = read({
      "policies/base.yaml": shared,
      "node_modules/@acme/lint/sidelint.yaml": shared,
      "sidelint.yaml": "extends: [./policies/base.yaml, '@acme/lint']\n",
    });
    assert.ok(reading.ok);
    assert.equal(reading.config.ignore, [
      "/policies/vendor/**",
      "/policies/**/*.bak",
      "!/policies/keep",
      "vendor/**",
      "*.bak",
      "!/keep",
    ]);
    assert.equal(Object.keys(reading.config.paths ?? {}), ["/policies/apps/**", "apps/**"]);
    assert.equal(reading.config.rules, ["policies/rules", "node_modules/@acme/lint/rules"]);
    assert.equal(
      reading.config.overrides?.map(({ paths }) => paths),
      [["/policies/**/x"], ["x"]],
    );
    assert.is(reading.locate(["paths", "/policies/apps/**"])?.file, "policies/base.yaml");
  },
);

extending(
  "packages are found upwards, other files of theirs by name, and files beside them as in any other",
  () => {
    const reading = read(
      {
        "node_modules/lint/sidelint.yaml": "extends: ./more.yaml\n",
        "node_modules/lint/more.yaml": "defaultNamespace: more\n",
        "node_modules/lint/strict/x.yaml": "kubernetes: {version: '1.33'}\n",
        "apps/web/sidelint.yaml": "extends: [lint, lint/strict/x.yaml]\n",
      },
      "apps/web/sidelint.yaml",
    );
    assert.ok(reading.ok);
    assert.is(reading.config.defaultNamespace, "more");
    assert.is(reading.config.kubernetes?.version, "1.33");
  },
);

extending("presets are data, and what comes later wins over them", () => {
  const reading = read({
    "sidelint.yaml": "extends: [sidelint:strict, sidelint:all]\nseverities: {info: off}\n",
  });
  assert.ok(reading.ok);
  assert.equal({ ...reading.config.severities }, { warning: "error", info: "off" });
  assert.is(reading.config.optionalRules, true);
  assert.is(reading.config.suppressions?.requireReason, true);
});

for (const [name, files, expected] of [
  [
    "a circle",
    {
      "sidelint.yaml": "extends: ./a.yaml\n",
      "a.yaml": "extends: [./b.yaml]\n",
      "b.yaml": "extends: ./a.yaml\n",
    },
    ["b.yaml:1:10 extends: a.yaml extends itself (a.yaml → b.yaml → a.yaml)"],
  ],
  [
    "itself",
    { "sidelint.yaml": "extends: ./sidelint.yaml\n" },
    ["sidelint.yaml:1:10 extends: sidelint.yaml extends itself (sidelint.yaml → sidelint.yaml)"],
  ],
  [
    "no such file",
    { "sidelint.yaml": "extends: [./gone.yaml]\n" },
    ["sidelint.yaml:1:11 extends: there is no file gone.yaml"],
  ],
  [
    "no such package",
    { "sidelint.yaml": "extends: policies/base.yaml\n" },
    [
      "sidelint.yaml:1:10 extends: no package policies/base.yaml in node_modules (a file is written ./policies/base.yaml)",
    ],
  ],
  [
    "a way out of a package",
    { "sidelint.yaml": "extends: lint/../../x.yaml\n", "x.yaml": "" },
    [
      "sidelint.yaml:1:10 extends: no package lint/../../x.yaml in node_modules (a file is written ./lint/../../x.yaml)",
    ],
  ],
  [
    "no such preset",
    { "sidelint.yaml": "extends: sidelint:stric\n" },
    ["sidelint.yaml:1:10 extends: there is no preset sidelint:stric (did you mean sidelint:strict?)"],
  ],
  [
    "a mistake in what is extended",
    { "sidelint.yaml": "extends: ./a.yaml\n", "a.yaml": "\nisto: {}\n" },
    ["a.yaml:2:1 unknown key isto (did you mean istio?)"],
  ],
  [
    "what contradicts itself",
    {
      "sidelint.yaml":
        "extends: ./a.yaml\nistio: {revisions: [{name: one, tags: [t]}, {name: two, tags: [t]}]}\n",
      "a.yaml": "",
    },
    [
      "sidelint.yaml:2:64 istio.revisions[1].tags[0] cannot be t: that tag points at one already (a tag points at one revision)",
    ],
  ],
] as const) {
  extending(`refuses ${name}`, () => assert.equal(problems(files), expected));
}

extending("refuses what lies outside of the repository", () => {
  const files = { "sidelint.yaml": "extends: ./a.yaml\n", "a.yaml": "" };
  assert.equal(
    problems(files, (path) => path === "a.yaml"),
    [
      "sidelint.yaml:1:10 extends: a.yaml lies outside of the repository, so that it is not read".replace(
        "a.yaml lies",
        "./a.yaml lies",
      ),
    ],
  );
});

extending("a diamond of files that extend two each ends", () => {
  const files: Record<string, string> = { "a30.yaml": "" };
  for (let n = 0; n < 30; n++) files[`a${n}.yaml`] = `extends: [./a${n + 1}.yaml, ./a${n + 1}.yaml]\n`;
  assert.ok(read(files, "a0.yaml").ok);
});

extending.run();

const patterns = suite("rebasePattern");
for (const [pattern, from, base, expected] of [
  ["x", "/r", "/r", "x"],
  ["x", "/r/a", "/r", "/a/**/x"],
  ["x/", "/r/a", "/r", "/a/**/x/"],
  ["x/y", "/r/a[1]", "/r", "/a\\[1\\]/x/y"],
  ["!/x", "/r/a", "/r", "!/a/x"],
  ["a/b/*.yaml", "/r", "/r/a", "/b/*.yaml"],
  ["a/**", "/r", "/r/a/b", "**"],
  ["**/b.yaml", "/r", "/r/a", "**/b.yaml"],
  ["*/b.yaml", "/r", "/r/a", "/b.yaml"],
  ["/a", "/r", "/r/a/b", "**"],
  ["c/d", "/r", "/r/a", undefined],
  ["x.yaml", "/r", "/r/a", "x.yaml"],
  ["a", "/r", "/r/a", "**"],
  ["x", "/r/a", "/r/b", undefined],
  ["x", "", "/r", "x"],
] as const) {
  patterns(`${pattern} of ${from || "/"} for ${base}`, () =>
    assert.is(rebasePattern(pattern, from, base), expected),
  );
}
patterns.run();
