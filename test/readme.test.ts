/** What README and the documents say of this repository is so: commands, links, scripts and the picture. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { picture, pictured, picturedOutput } from "../scripts/picture.ts";
import { loadConfig, memoryTree, scan } from "../src/index.ts";
import { defaultRules } from "../src/lint/run.ts";

const top = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(join(top, path), "utf8");
const { scripts } = JSON.parse(read("package.json")) as {
  readonly scripts: Readonly<Record<string, string>>;
};

const documents = ["README.md", "CONTRIBUTING.md", ...below("docs"), ...below("examples")].filter((path) =>
  path.endsWith(".md"),
);

function below(directory: string): readonly string[] {
  return readdirSync(join(top, directory), { recursive: true, encoding: "utf8" })
    .map((path) => `${directory}/${path.replaceAll("\\", "/")}`)
    .sort();
}

/** The targets of links and pictures that lie in this repository, without their anchors. */
function localLinks(text: string): readonly string[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? "");
  return targets
    .filter((target) => !/^(?:[a-z]+:|#)/.test(target))
    .map((target) => target.replace(/#.*$/, ""));
}

const readme = suite("README and documents");

readme("README holds two commands between its markers, and nothing else is taken for one", () => {
  const [, between = ""] = /<!-- commands -->\n([\s\S]*?)<!-- \/commands -->/.exec(read("README.md")) ?? [];
  const commands = between.split("\n").filter((line) => line.startsWith("    "));
  assert.equal(
    commands.map((line) => line.trim()),
    ["npm ci && npm run check:examples", "npm ci && npm test"],
  );
  assert.is(commands.length, between.trimEnd().split("\n").length);
});

readme("README says how to adopt it, with commands and rules that there are", () => {
  const [, section = ""] = /^## Adopting it\n([\s\S]*?)^## /m.exec(read("README.md")) ?? [];
  for (const word of [
    "sidelint init",
    "sidelint baseline",
    "check --baseline",
    "sidelint rules new",
    "`require`",
  ])
    assert.match(section, word);
  const [, rule = ""] = /# sidelint-ignore (\S+) -- /.exec(section) ?? [];
  assert.ok(defaultRules().some(({ id }) => id === rule));
});

readme("CI takes its commands from the README", () => {
  const ci = read(".ci/run");
  assert.match(ci, "README.md");
  assert.match(ci, "<!-- commands -->");
  assert.not.match(ci, /npm ci\b/);
});

readme("the configuration in README makes a plain Deployment in shop injected", () => {
  const [, yaml = ""] = /^```yaml\n([\s\S]*?)^```/m.exec(read("README.md")) ?? [];
  const reading = loadConfig(yaml, "sidelint.yaml");
  assert.ok(reading.ok, JSON.stringify(reading));
  const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {spec: {containers: [{name: web, image: "shop/web:1"}]}}}
`;
  const { workloads } = scan(memoryTree({ "web.yaml": deployment }), { config: reading.config }).report;
  assert.equal(
    workloads.map(({ verdict, revision }) => [verdict, revision]),
    [["injected", "default"]],
  );
});

for (const path of documents) {
  readme(`${path} links to what is there`, () => {
    const dead = localLinks(read(path)).filter((target) => !existsSync(join(top, dirname(path), target)));
    assert.equal(dead, []);
  });

  readme(`${path} names npm scripts that exist`, () => {
    const named = [...read(path).matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map((match) => match[1] ?? "");
    assert.equal(
      named.filter((name) => !Object.hasOwn(scripts, name)),
      [],
    );
  });
}

readme("the picture shows what the command prints now; `npm run picture` draws it anew", async () => {
  assert.fixture(picture(`sidelint ${pictured.join(" ")}`, await picturedOutput()), read("docs/check.svg"));
});

readme("no line of the picture is wider than its terminal", async () => {
  const lines = (await picturedOutput()).replaceAll(/\x1b\[[\d;]*m/g, "").split("\n");
  assert.equal(
    lines.filter((line) => line.length > 80),
    [],
  );
});

readme.run();
