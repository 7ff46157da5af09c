/** Errors of usage: exit status 2, nothing on standard output, one clear message on standard error. */
import { chmodSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { deployment, inRepository, namespace } from "./terminal.ts";

const files = { "apps/web.yaml": deployment, "ns.yaml": namespace };

const usage = suite("usage errors");
const cases: readonly (readonly [argv: readonly string[], stderr: string])[] = [
  [
    ["check", "--formt", "json"],
    "sidelint: unknown option --formt (did you mean --format?); see sidelint check --help\n",
  ],
  [["check", "--zzzzzz"], "sidelint: unknown option --zzzzzz; see sidelint check --help\n"],
  [["--quiet", "check"], "sidelint: --quiet goes after the command, as in sidelint check --quiet\n"],
  [["--formatt"], "sidelint: unknown option --formatt; see sidelint --help\n"],
  [
    ["chek"],
    "sidelint: unknown command chek (did you mean check?); there are check, baseline, list, explain, traffic, diff, upgrade, init, inject, uninject, rules, krm, completion\n",
  ],
  [
    ["./apps"],
    "sidelint: unknown command ./apps (did you mean sidelint check ./apps?); there are check, baseline, list, explain, traffic, diff, upgrade, init, inject, uninject, rules, krm, completion\n",
  ],
  [["check", "--format"], "sidelint: --format needs a value; see sidelint check --help\n"],
  [
    ["check", "--format", "jsn"],
    'sidelint: --format takes text, json, github, sarif, code-scanning, junit, gitlab, markdown, checkstyle or html, not "jsn" (did you mean json?)\n',
  ],
  [["list", "--format", "github"], 'sidelint: --format takes text or json, not "github"\n'],
  [
    ["check", "--fail-on", "warn"],
    'sidelint: --fail-on takes error, warning, info or never, not "warn" (did you mean warning?)\n',
  ],
  [
    ["check", "--fail-on", "eror"],
    'sidelint: --fail-on takes error, warning, info or never, not "eror" (did you mean error?)\n',
  ],
  [
    ["check", "--assume", "none", "--assume", "istio-injection=enabled"],
    "sidelint: --assume none says that no namespace has labels: drop it, or the other --assume\n",
  ],
  [
    ["check", "--assume", "istio-injection"],
    'sidelint: --assume takes LABEL=VALUE, such as istio-injection=enabled, or none, not "istio-injection"\n',
  ],
  [
    ["check", "--istio-version", "latest"],
    "sidelint: --istio-version latest is not a release of Istio: known are 1.6 to 1.30\n",
  ],
  [
    ["check", "--kube-version", "newest"],
    'sidelint: --kube-version takes a release of Kubernetes, such as 1.33, not "newest"\n',
  ],
  [["check", "app"], "sidelint: app: no such file or directory (did you mean apps?)\n"],
  [
    ["check", "apps/wbe.yaml"],
    "sidelint: apps/wbe.yaml: no such file or directory (did you mean apps/web.yaml?)\n",
  ],
  [["check", "apps/*.json"], "sidelint: apps/*.json matches no file\n"],
  [
    ["check", "--namespaces", "nss.yaml"],
    "sidelint: --namespaces nss.yaml: no such file or directory (did you mean ns.yaml?)\n",
  ],
  [
    ["check", "--namespaces", "apps"],
    "sidelint: --namespaces apps: that is a directory; name the file that kubectl get ns -o yaml wrote\n",
  ],
  [["check", "--config", "nope.yaml"], "sidelint: --config nope.yaml: no such file or directory\n"],
  [
    ["check", "--stdin-name", "a.yaml"],
    "sidelint: --stdin-name names what is read from standard input; add - to the paths\n",
  ],
  [["check", ""], "sidelint: a path is empty; the directory here is .\n"],
  [["check", "-"], "sidelint: standard input (-) is empty; did the command before it fail?\n"],
  [
    ["help", "foo"],
    "sidelint: unknown command foo; there are check, baseline, list, explain, traffic, diff, upgrade, init, inject, uninject, rules, krm, completion\n",
  ],
  [
    ["help", "chek"],
    "sidelint: unknown command chek (did you mean check?); there are check, baseline, list, explain, traffic, diff, upgrade, init, inject, uninject, rules, krm, completion\n",
  ],
  [["check", "--revision", "1.30"], 'sidelint: --revision "1.30": a name takes no dots\n'],
  [
    ["check", "--namespace", "Shop"],
    "sidelint: --namespace \"Shop\": a name takes lower-case letters, digits and '-', and starts and ends with a letter or digit\n",
  ],
  [
    ["explain"],
    "sidelint: explain needs a workload (kind/name, namespace/name, name, file or file:line); see sidelint explain --help\n",
  ],
  [["rules", "a", "b"], "sidelint: too many arguments: a b; see sidelint rules --help\n"],
  [
    ["explain", "Deployment/wbe"],
    "sidelint: no workload Deployment/wbe here (did you mean Deployment/web?)\n",
  ],
  [
    ["explain", "Job/unlike-anything"],
    "sidelint: no workload Job/unlike-anything here (there is 1, see sidelint list)\n",
  ],
];
for (const [argv, stderr] of cases) {
  usage(`sidelint ${argv.join(" ")}`, () =>
    inRepository(files, async (sidelint) => {
      assert.equal(await sidelint(argv), { status: 2, stdout: "", stderr });
    }),
  );
}

usage("a link that leads nowhere is told as such", () =>
  inRepository(files, async (sidelint, directory) => {
    symlinkSync("loop", join(directory, "loop"));
    symlinkSync("nowhere", join(directory, "dangling.yaml"));
    assert.is((await sidelint(["check", "loop"])).stderr, "sidelint: loop: a link that leads in circles\n");
    const dangling = await sidelint(["check", "dangling.yaml"]);
    assert.is(dangling.stderr, "sidelint: dangling.yaml: a link that leads nowhere\n");
  }),
);

usage("what may not be read is told, and nothing else", () =>
  inRepository({ ...files, "secret/a.yaml": deployment }, async (sidelint, directory) => {
    if (process.getuid?.() === 0) return;
    chmodSync(join(directory, "secret"), 0);
    const outcomes = [];
    for (const argv of [
      ["check", "secret"],
      ["check", "secret/a.yaml"],
      ["check", "--config", "secret/a.yaml"],
    ])
      outcomes.push(await sidelint(argv));
    chmodSync(join(directory, "secret"), 0o755);
    assert.equal(
      outcomes.map(({ status, stdout, stderr }) => [status, stdout, stderr]),
      ["secret", "secret/a.yaml", "--config secret/a.yaml"].map((asked) => [
        2,
        "",
        `sidelint: ${asked}: permission denied\n`,
      ]),
    );
  }),
);

usage(
  "what is no workload is told with what comes near: a longer name, a namespace that has it, a file",
  () =>
    inRepository(
      { "ns.yaml": namespace, "apps/web.yaml": deployment.replaceAll("web", "web-v1") },
      async (sidelint) => {
        for (const [asked, says] of [
          ["web", "no workload web here (did you mean Deployment/web-v1?)"],
          ["foo/web-v1", "no workload web-v1 in namespace foo (it is in shop)"],
          ["pod/web-v1", "no workload pod/web-v1 here (did you mean Deployment/web-v1?)"],
          ["apps/wbe.yaml", "no file apps/wbe.yaml among what is read here (did you mean apps/web.yaml?)"],
          ["other/thing.yaml:4", "no file other/thing.yaml among what is read here"],
        ] as const) {
          const told = await sidelint(["explain", asked]);
          assert.equal([told.status, told.stderr], [2, `sidelint: ${says}\n`]);
        }
      },
    ),
);

usage("a name that several workloads have is shown with their places", () =>
  inRepository({ ...files, "pay/web.yaml": deployment.replace("shop", "pay") }, async (sidelint) => {
    assert.equal(await sidelint(["explain", "Deployment/web"]), {
      status: 2,
      stdout: "",
      stderr: `sidelint: Deployment/web is the name of several workloads; name one by its place or its namespace (NAMESPACE/NAME):
  apps/web.yaml:1  Deployment/web in shop
  pay/web.yaml:1  Deployment/web in pay
`,
    });
  }),
);

const overlays = Object.fromEntries(
  ["a", "b"].flatMap((name) => [
    [`${name}/kustomization.yaml`, `namespace: ${name}\nresources: [web.yaml]\n`],
    [`${name}/web.yaml`, deployment],
  ]),
);
usage("what several kustomizations build can be told apart by its builder", () =>
  inRepository(overlays, async (sidelint) => {
    const { stderr } = await sidelint(["explain", "web"]);
    assert.match(stderr, "name one by its place, its namespace (NAMESPACE/NAME) or --built-by DIRECTORY:\n");
    assert.match(stderr, "  a/web.yaml:1  Deployment/web in a built by a\n");
    const one = await sidelint(["explain", "web", "--built-by", "b/"]);
    assert.is(one.status, 0);
    assert.match(one.stdout, /^Deployment\/web in namespace b /);
    assert.is(
      (await sidelint(["explain", "web", "--built-by", "c"])).stderr,
      "sidelint: web is not built by c, but by a, b\n",
    );
  }),
);

usage("of a file with several workloads the lines are shown", () =>
  inRepository({ "all.yaml": `${deployment}---\n${deployment.replace("web", "api")}` }, async (sidelint) => {
    assert.equal(await sidelint(["explain", "./all.yaml"]), {
      status: 2,
      stdout: "",
      stderr: `sidelint: all.yaml holds several workloads; name one by its line:
  all.yaml:1  Deployment/web in shop
  all.yaml:14  Deployment/api in shop
`,
    });
  }),
);

usage("a Namespace is no workload: those that live there are named", () =>
  inRepository(files, async (sidelint) => {
    for (const asked of ["ns.yaml:1", "ns.yaml", "Namespace/shop", "ns/shop"]) {
      assert.equal(await sidelint(["explain", asked]), {
        status: 2,
        stdout: "",
        stderr: `sidelint: ${asked} is the namespace shop; explain one of the workloads that live there:
  apps/web.yaml:1  Deployment/web in shop
`,
      });
    }
    assert.match((await sidelint(["explain", "shop"])).stderr, "sidelint: shop is a namespace; ");
  }),
);

usage("a mistake in the configuration is shown where it stands", () =>
  inRepository({ ...files, "sidelint.yaml": "istio:\n  verion: '1.30'\n" }, async (sidelint) => {
    const { status, stdout, stderr } = await sidelint(["check"]);
    assert.is(status, 2);
    assert.is(stdout, "");
    assert.is(
      stderr,
      `sidelint: sidelint.yaml:2:3: unknown key verion in istio
  1 │ istio:
  2 │   verion: '1.30'
    │   ^^^^^^
  did you mean version?
`,
    );
  }),
);

usage("without the configuration its mistakes do not matter", () =>
  inRepository({ ...files, "sidelint.yaml": "istio: 3\n" }, async (sidelint) => {
    assert.is((await sidelint(["check", "--no-config"])).status, 0);
  }),
);

usage("an error of ours is one line, and the stack is for those who ask", () =>
  inRepository(files, async (_, directory) => {
    const { run } = await import("../../src/cli/run.ts");
    const broken = (env: Readonly<Record<string, string>>) => {
      const said: string[] = [];
      const fault = () => Promise.reject(new Error("the stream is upside down\nand more"));
      const io = { cwd: directory, env, columns: undefined, stderrIsTerminal: false, readStdin: fault };
      return run(["check", "-"], {
        ...io,
        stdout: async () => undefined,
        stderr: (text) => said.push(text),
      }).then((status) => ({ status, stderr: said.join("") }));
    };
    assert.equal(await broken({}), {
      status: 2,
      stderr: "sidelint: internal error: the stream is upside down (SIDELINT_DEBUG=1 shows where)\n",
    });
    assert.match((await broken({ SIDELINT_DEBUG: "1" })).stderr, /upside down\n(?:.*\n)+ +at /);
  }),
);

usage("on a terminal a long message is broken between words", () =>
  inRepository(files, async (sidelint) => {
    const { stderr } = await sidelint(["chek-everything"], { stderrIsTerminal: true });
    const lines = stderr.trimEnd().split("\n");
    assert.ok(lines.length > 1 && lines.every((line) => line.length <= 80), stderr);
    const plain = await sidelint(["chek-everything"]);
    assert.is(lines.map((line) => line.trim()).join(" "), plain.stderr.trimEnd());
  }),
);

usage.run();
