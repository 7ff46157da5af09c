/** The formats in XML, for GitLab and in Markdown: whatever manifests say stays text, and readers get what they go by. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { checkstyle } from "../../src/report/checkstyle.ts";
import { gitlab } from "../../src/report/gitlab.ts";
import { junit } from "../../src/report/junit.ts";
import { markdown } from "../../src/report/markdown.ts";
import { fenced, markdownCode, markdownText } from "../../src/report/markdown-text.ts";
import type { Report } from "../../src/report/report.ts";
import { findingOn, showing } from "./documents.ts";
import { empty, findings, page, report, seed, web } from "./sample.ts";

const hostile = `"><script>alert(1)</script>&amp;]]>\u0000\u001b[31m\u202e\udc80\ufffe'\n--><!--`;
const file = `a/${hostile}.yaml`;
const shown = showing({ [file]: "name: web\n" });
const attacked: Report = {
  ...report,
  workloads: [{ ...web, name: hostile, namespace: hostile, file, why: hostile }],
  findings: [findingOn(shown, file, "web", { message: hostile, help: hostile, workloads: [hostile] })],
  suppressed: [{ finding: findingOn(shown, file, "web"), kind: "comment", reason: hostile, place: hostile }],
};

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly path: string;
}

/** The elements of a document, which must be well-formed. */
function elements(xml: string): readonly Element[] {
  assert.match(xml, /^<\?xml version="1\.0" encoding="UTF-8"\?>\n/);
  assert.not.match(xml, /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
  const body = xml.slice(xml.indexOf("\n"));
  const found: Element[] = [];
  const open: string[] = [];
  const tag = /<(\/?)([a-z-]+)((?: [a-z-]+="[^"<]*")*)(\/?)>|([^<]+)/gy;
  let end = 0;
  for (const [whole, closing, name = "", attributes = "", single, text] of body.matchAll(tag)) {
    end += whole.length;
    const content = text ?? attributes;
    assert.not.match(content, /&(?!(?:amp|lt|gt|quot|#39);)|>/);
    if (text !== undefined) continue;
    if (closing) assert.is(open.pop(), name);
    else {
      const pairs = [...attributes.matchAll(/ ([a-z-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]);
      found.push({ name, attributes: Object.fromEntries(pairs), path: open.join("/") });
      if (!single) open.push(name);
    }
  }
  assert.is(end, body.length);
  assert.equal(open, []);
  return found;
}

const xml = suite("junit and checkstyle");

for (const [name, format] of Object.entries({ junit, checkstyle })) {
  xml(`${name} is well-formed, whatever manifests say`, () => {
    for (const one of [report, empty, attacked]) elements(format(one, shown));
  });
}

xml(
  "junit: workloads are tests, errors and warnings fail, what is not known is skipped, and the counts agree",
  () => {
    const info = findingOn(page, "apps/web.yaml", "web", { severity: "info" });
    const all = elements(junit({ ...report, workloads: [web, seed], findings: [...findings, info] }, page));
    const of = (wanted: string) => all.filter(({ name }) => name === wanted);
    assert.is(of("testcase").length, 6);
    assert.is(of("failure").length, 3);
    assert.is(of("skipped").length, 1);
    const { tests, failures, skipped, errors } = of("testsuites")[0]?.attributes ?? {};
    assert.equal([tests, failures, skipped, errors], ["6", "3", "1", "0"]);
    const sum = of("testsuite").reduce((total, { attributes }) => total + Number(attributes.tests), 0);
    assert.is(sum, 6);
  },
);

xml("junit: no two tests of a file have the same name", () => {
  const twice = findingOn(page, "apps/web.yaml", "web");
  const names = elements(junit({ ...empty, findings: [twice, twice, twice] }, page))
    .filter(({ name }) => name === "testcase")
    .map(({ attributes }) => attributes.name);
  assert.equal(names, ["a-rule", "a-rule (2)", "a-rule (3)"]);
});

xml("junit: quiet leaves errors alone", () => {
  const all = elements(junit(report, { ...page, quiet: true }));
  assert.is(all.filter(({ name }) => name === "testcase").length, 2);
});

xml("checkstyle: an error is in its file, with line, column, severity and rule", () => {
  const all = elements(checkstyle(report, page)).filter(({ name }) => name === "error");
  assert.equal(
    all.map(({ attributes: { line, column, severity, source } }) => [line, column, severity, source]),
    [
      ["10", "9", "error", "sidelint.proxy-cpu-limit-missing"],
      ["11", "9", "warning", "sidelint.inject-annotation-deprecated"],
      ["6", "22", "error", "sidelint.namespace-label-invalid"],
    ],
  );
  assert.ok(all.every(({ path }) => path === "checkstyle/file"));
});
xml.run();

const quality = suite("gitlab");

quality("an entry has all that the widget wants, and nothing found is an empty list", () => {
  const [first, ...rest] = JSON.parse(gitlab(report, page));
  assert.is(rest.length, 2);
  assert.match(first.fingerprint, /^[0-9a-f]{32}$/);
  const { fingerprint: _, description, ...told } = first;
  assert.match(description, /^proxyCPU is set.*; fix: add .*; Deployment\/web in shop/);
  assert.equal(told, {
    type: "issue",
    categories: ["Bug Risk"],
    check_name: "proxy-cpu-limit-missing",
    severity: "major",
    location: { path: "apps/web.yaml", lines: { begin: 10, end: 10 } },
  });
  assert.is(gitlab(empty, page), "[]\n");
});

quality("no two entries share a fingerprint, of which only one would be shown", () => {
  const files = { "a.yaml": "name: web\n", "b.yaml": "name: web\n" };
  const both = showing(files);
  const same = ["a.yaml", "a.yaml", "b.yaml"].map((path) => findingOn(both, path, "web"));
  const entries = JSON.parse(gitlab({ ...empty, findings: same }, both));
  assert.is(new Set(entries.map((one: { fingerprint: string }) => one.fingerprint)).size, 3);
});

quality("a fingerprint stays when lines move", () => {
  const printOf = (text: string) => {
    const one = showing({ "a.yaml": text });
    return JSON.parse(gitlab({ ...empty, findings: [findingOn(one, "a.yaml", "web")] }, one))[0].fingerprint;
  };
  assert.is(printOf("kind: Pod\nname: web\n"), printOf("# more\n\nkind: Pod\nname: web\n"));
});
quality.run();

const comment = suite("markdown");

const texts: readonly (readonly [string, string])[] = [
  ["a *b* _c_ `d` ~e~", "a \\*b\\* \\_c\\_ \\`d\\` \\~e\\~"],
  ["[x](http://evil.example)", "\\[x\\](http:<!-- -->//evil.example)"],
  ["<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"],
  ["ask @all about #12 and GH-3", "ask @<!-- -->all about #<!-- -->12 and GH<!-- -->-3"],
  ["www.evil.example :tada: $a$", "www<!-- -->.evil.example :<!-- -->tada: <span>$</span>a<span>$</span>"],
  ["1. one", "1\\. one"],
  ["# one", "\\# one"],
  ["- one", "\\- one"],
  ["a | b\\", "a \\| b\\\\"],
  ["a\nb", "a␊b"],
];
for (const [text, expected] of texts)
  comment(`${JSON.stringify(text)} stays what it is`, () => assert.is(markdownText(text), expected));

comment("code is code, also with backticks and bars", () => {
  assert.is(markdownCode("apps/web.yaml"), "`apps/web.yaml`");
  assert.is(markdownCode("a`b|@c"), "<code>a\\`b\\|@<!-- -->c</code>");
  assert.is(fenced("a\n```\nb\n`````\n"), "``````yaml\na\n```\nb\n`````\n``````");
});

comment("the counts come first, the gravest findings next and open, then the verdicts", () => {
  const text = markdown({ ...report, findings }, page);
  assert.match(text, /^## sidelint: 2 errors, 1 warning\n\n104 workloads: 87 injected/);
  assert.match(text, "<summary><code>apps/web.yaml</code>: 2 findings</summary>");
  assert.match(text, "```text\n");
  assert.match(text, "| `shop` | 1 | 1 |  |  |");
  assert.match(text, "| *not known* |  |  |  | 1 |");
});

comment("quiet leaves errors alone", () => {
  const text = markdown(report, { ...page, quiet: true });
  assert.match(text, /^## sidelint: 2 errors\n\n<details open>/);
  assert.not.match(text, /warning|Verdicts/);
});

comment("what does not fit a comment is counted", () => {
  const many = Array.from({ length: 2000 }, (_, index) =>
    findingOn(page, "apps/web.yaml", "web", { message: `number ${index} ${"x".repeat(200)}` }),
  );
  const text = markdown({ ...report, findings: many }, page);
  assert.ok(text.length < 62_000, String(text.length));
  const shown = text.split("**🔴 error**").length - 1;
  assert.ok(shown > 100);
  assert.match(
    text,
    `**${(2000 - shown).toLocaleString("en")} more findings** did not fit into this comment.`,
  );
});

comment("nothing of a manifest becomes a tag", () => {
  const text = markdown(attacked, shown).replace(/```[\s\S]*?```/g, "");
  const tags = new Set([...text.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replace(/ open>$/, ">")));
  assert.equal(
    [...tags].sort(),
    [
      "<!-- -->",
      "</code>",
      "</details>",
      "</sub>",
      "</summary>",
      "<code>",
      "<details>",
      "<sub>",
      "<summary>",
    ].filter((tag) => tags.has(tag)),
  );
  assert.not.match(text, "<script");
});
comment.run();
