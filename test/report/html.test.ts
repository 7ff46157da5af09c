/** The HTML report: nothing of a manifest runs, and in real Chromium the page reads well, filters and needs no script. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { html } from "../../src/report/html.ts";
import type { Report } from "../../src/report/report.ts";
import { type Browser, chromiumPath, startBrowser } from "./browser.ts";
import { findingOn, showing } from "./documents.ts";
import { api, empty, page, report, seed, web } from "./sample.ts";

const bad = `</script></style></title></pre><script>document.title="owned"</script><img src=x onerror="document.title='owned'">"'\u0001\u0002\u0003`;
const file = `a/${bad}.yaml`;
const shown = { ...showing({ [file]: `name: ${bad}\n` }), ruleOf: () => rule };
const rule = { severity: "error" as const, summary: bad, why: `\`${bad}\``, fix: bad, bad: [], good: [] };
const attacked: Report = {
  ...report,
  workloads: [
    {
      ...web,
      name: bad,
      namespace: bad,
      file,
      why: bad,
      root: bad,
      remedy: bad,
      trace: [{ gate: "webhook", outcome: "shut", says: bad, where: bad }],
    },
    { ...seed, possibilities: seed.possibilities.map((one) => ({ ...one, when: bad, revision: bad })) },
  ],
  findings: [
    findingOn(shown, file, bad.slice(0, 20), { rule: bad, message: bad, help: bad, workloads: [bad] }),
  ],
  suppressed: [{ finding: findingOn(shown, file, "name"), kind: "config", reason: bad, place: bad }],
  summary: {
    ...report.summary,
    configuration: bad,
    skipped: [{ reason: "template", path: bad, files: 1, detail: bad }],
  },
};

const markup = suite("html");

markup("what manifests say is text: the page's own tags are all there are", () => {
  const text = html(attacked, shown);
  const own = html({ ...report, findings: [], workloads: [] }, page);
  const countOf = (of: string, tag: string) => of.split(tag).length - 1;
  assert.is(countOf(text, "<script"), 1);
  assert.is(countOf(text, "</script"), countOf(own, "</script"));
  assert.is(countOf(text, "<style"), 1);
  assert.not.match(text, "<img");
  assert.not.match(
    text.replace(/<style>[\s\S]*?<\/style>|<script>[\s\S]*?<\/script>/g, ""),
    /[\u0000-\u0009\u000b-\u001f]/,
  );
});

markup("nothing is loaded, and no style or script but its own is allowed", () => {
  const text = html(report, page);
  assert.match(
    text,
    /content="default-src 'none'; style-src 'sha256-[\w+/]{43}='; script-src 'sha256-[\w+/]{43}='; /,
  );
  assert.not.match(text, /\b(?:src|href)="(?!#)/);
  assert.not.match(text, / (?:style|on[a-z]+)="/);
});

markup("findings have their code, workloads their verdict and the way to it", () => {
  const text = html(report, page);
  assert.match(text, '<span class="badge error">error</span> <span class="place">10:9</span>');
  assert.match(text, "sidecar.istio.io/proxyCPU: 100m");
  assert.match(text, '<span class="carets on-error">^^^');
  assert.match(text, '<summary>shop <span class="badge injected">1 injected</span>');
  assert.match(text, "rev.namespace.sidecar-injector.istio.io wants istio.io/rev in [default]");
  assert.match(text, "where the namespace has istio-injection=enabled");
  assert.match(html(empty, page), "No workloads found");
});

markup("quiet leaves errors alone", () => {
  const text = html(report, { ...page, quiet: true });
  assert.match(text, "<h1>sidelint: 2 errors</h1>\n</header>");
  assert.is(text.split('<article class="finding"').length - 1, 2);
  assert.not.match(text, "<h2>Workloads</h2>");
});

markup("very many findings and workloads are cut, and that is said", () => {
  const many = Array.from({ length: 5010 }, () => findingOn(page, "apps/web.yaml", "web"));
  const workloads = Array.from({ length: 2500 }, () => ({ ...web }));
  const text = html({ ...report, findings: many, workloads }, page);
  assert.match(text, "10 more findings: the JSON report has all of them.");
  assert.is(text.split('<li class="workload"').length - 1, 2500);
  assert.match(text, "The way to the verdict is told of 2,000 workloads");
});
markup.run();

const program = chromiumPath();
const real = suite("html in Chromium");
const check = program === undefined ? real.skip : real;
if (program === undefined) console.log("html in Chromium: skipped, there is no chromium on the PATH");

let browser: Browser | undefined;
const directory = mkdtempSync(join(tmpdir(), "sidelint-html-"));
real.after(async () => {
  await browser?.close();
  rmSync(directory, { recursive: true });
});

/** Opens a report in the browser, as a page that nobody has touched yet. */
async function opened(text: string, use: (browser: Browser) => Promise<void>): Promise<void> {
  const path = join(directory, "report.html");
  writeFileSync(path, text);
  browser ??= await startBrowser(program ?? "");
  await browser.send("Emulation.setScriptExecutionDisabled", { value: false });
  await browser.send("Emulation.clearDeviceMetricsOverride");
  await browser.open("about:blank");
  await browser.open(pathToFileURL(path).href);
  await use(browser);
}

check("a hostile manifest runs nothing, and is shown as it is", () =>
  opened(html(attacked, shown), async ({ evaluate }) => {
    assert.is(await evaluate("document.title"), "sidelint: 2 errors, 1 warning");
    assert.is(await evaluate("document.querySelectorAll('img').length"), 0);
    assert.is(await evaluate("document.querySelectorAll('script').length"), 1);
    const name = await evaluate("document.querySelector('.workload strong').textContent");
    assert.match(String(name), "</title></pre><script>");
    // The page's own script runs: its policy allows that one.
    assert.is(await evaluate("document.querySelector('nav').hidden"), false);
    const late =
      "document.body.append(Object.assign(document.createElement('script'),{text:'document.title=1'}))";
    await evaluate(late);
    assert.is(await evaluate("document.title"), "sidelint: 2 errors, 1 warning");
  }),
);

check("the filter leaves what has all of its words, and says how much that is", () =>
  opened(html(report, page), async ({ evaluate }) => {
    const type = async (words: string) => {
      await evaluate(`filter.value=${JSON.stringify(words)};filter.dispatchEvent(new Event("input"))`);
      await evaluate("new Promise((done) => setTimeout(done, 200))");
      return evaluate("[...document.querySelectorAll('[data-thing]:not([hidden])')].length");
    };
    assert.is(await type(""), 6);
    assert.is(await type("PROXYCPU limit"), 1);
    assert.is(await evaluate("told.textContent"), "1 of 6 shown");
    assert.is(await type("job/seed"), 1);
    assert.is(await evaluate("document.querySelectorAll('[data-group]:not([hidden])').length"), 1);
    assert.is(await type("no such thing"), 0);
    assert.is(await type(""), 6);
    assert.is(await evaluate("told.textContent"), "");
  }),
);

check("no script is needed to read it", () =>
  opened(html(report, page), async ({ send, evaluate }) => {
    await send("Emulation.setScriptExecutionDisabled", { value: true });
    await send("Page.reload");
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.is(await evaluate("document.querySelector('nav').checkVisibility()"), false);
    assert.match(String(await evaluate("document.body.innerText")), "proxyCPU is set");
    assert.is(await evaluate("document.querySelector('.workload').checkVisibility()"), true);
  }),
);

for (const width of [1280, 400]) {
  for (const mode of ["light", "dark"]) {
    check(`${mode}, ${width} wide: nothing sticks out, and text stands off its background`, () =>
      opened(html({ ...report, workloads: [web, seed, api] }, page), async ({ send, evaluate }) => {
        const size = { width, height: 900, deviceScaleFactor: 1, mobile: false };
        await send("Emulation.setDeviceMetricsOverride", size);
        await send("Emulation.setEmulatedMedia", {
          features: [{ name: "prefers-color-scheme", value: mode }],
        });
        await evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })");
        assert.is(await evaluate("document.documentElement.scrollWidth"), width);
        assert.equal(await evaluate(faint), []);
      }),
    );
  }
}

/** The texts of a page with less contrast than WCAG asks for (4.5). */
const faint = `(() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (text) => {
    const [r, g, b] = rgb(text).map((part) => (part / 255 <= 0.03928 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const back = (one) => {
    for (; one; one = one.parentElement) {
      const { backgroundColor } = getComputedStyle(one);
      if (rgb(backgroundColor)[3] !== 0) return backgroundColor;
    }
    return "rgb(255, 255, 255)";
  };
  return [...document.querySelectorAll("body *:not(script)")].flatMap((one) => {
    if (![...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) return [];
    const [a, b] = [light(getComputedStyle(one).color), light(back(one))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05) < 4.5 ? [one.className + ": " + one.textContent.slice(0, 20)] : [];
  });
})()`;
real.run();
