/** `sidelint baseline` and `check --baseline`, as a person sees them. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inRepository, namespace } from "./terminal.ts";

const pod = (name: string, value = "yes please") => `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  namespace: shop
  labels:
    sidecar.istio.io/inject: ${value}
spec:
  containers:
    - {name: web, image: shop/web:1}
`;

const repository = { "apps/web.yaml": pod("web"), "apps/api.yaml": pod("api"), "ns.yaml": namespace };
const name = "sidelint-baseline.json";

const baseline = suite("baseline");

baseline("leaves out the facts that were missing before, until one more is", () =>
  inRepository({ "a.yaml": pod("a", '"true"') }, async (sidelint, directory) => {
    const plain = pod("a").replace(/ {2}labels:\n.*\n/, "");
    writeFileSync(join(directory, "a.yaml"), plain);
    assert.match((await sidelint(["check"])).stdout, /Missing facts/);
    await sidelint(["baseline"]);
    assert.not.match((await sidelint(["check", "--baseline"])).stdout, /Missing facts/);
    writeFileSync(join(directory, "b.yaml"), plain.replace("shop", "pay"));
    assert.match((await sidelint(["check", "--baseline"])).stdout, /Missing facts/);
  }),
);

baseline("is written, and then nothing is new", () =>
  inRepository(repository, async (sidelint, directory) => {
    const written = await sidelint(["baseline"]);
    assert.equal(written, { status: 0, stdout: `${name}: 2 findings\n`, stderr: "" });
    assert.is(
      readFileSync(join(directory, name), "utf8"),
      `{
  "schema": "sidelint.dev/baseline/v1",
  "findings": [
${["api", "web"]
  .map(
    (pod) =>
      `    { "rule": "inject-value-invalid", "object": "Pod/${pod} in shop", "path": "metadata.labels['sidecar.istio.io/inject']", "message": "sidecar.istio.io/inject: \\"yes please\\" is neither \\"true\\" nor \\"false\\": Istio <release> passes it over, and the pod gets what its namespace gives", "file": "apps/${pod}.yaml" }`,
  )
  .join(",\n")}
  ]
}
`,
    );
    const { status, stdout } = await sidelint(["check", "--baseline"]);
    assert.is(status, 0);
    assert.match(
      stdout,
      /^2 workloads, nothing new to report: 2 injected\.\nBaseline: 2 old findings left\.\n/,
    );
    assert.is((await sidelint(["check"])).status, 1);
  }),
);

baseline("leaves what is new, and names what is gone", () =>
  inRepository(repository, async (sidelint, directory) => {
    await sidelint(["baseline"]);
    renameSync(join(directory, "apps/web.yaml"), join(directory, "web.yaml"));
    rmSync(join(directory, "apps/api.yaml"));
    writeFileSync(join(directory, "new.yaml"), pod("new"));
    const { status, stdout } = await sidelint(["check", "--baseline"]);
    assert.is(status, 1);
    assert.match(stdout, /^new\.yaml\n {2}7:5 {2}error/);
    assert.match(stdout, /\nFindings {4}1 error\nBaseline {4}1 old finding left, 1 gone\n/);
    assert.match(
      stdout,
      /\n1 finding of sidelint-baseline\.json is gone\n {2}inject-value-invalid {2}Pod\/api in shop\n {2}drop it from the file: sidelint baseline --prune\n/,
    );
    assert.not.match(stdout, /\nweb\.yaml/);
    const { stdout: data } = await sidelint(["check", "--baseline", "--format", "json"]);
    const { findings, summary, baseline: told } = JSON.parse(data);
    assert.is(findings.length, 1);
    assert.equal(summary.findings, { error: 1, warning: 0, info: 0 });
    assert.equal([told.file, told.known, told.gone.length], [name, 1, 1]);
    const { stdout: annotations } = await sidelint(["check", "--baseline", "--format", "github"]);
    assert.match(annotations, /1 error; baseline: 1 old finding left, 1 gone\n$/);
  }),
);

baseline("holds for a part of the repository, whose Namespace lies elsewhere", () => {
  const sized = (name: string) =>
    pod(name).replace(/ {2}labels:\n.*\n/, '  annotations: {sidecar.istio.io/proxyCPU: "1"}\n');
  const files = { "apps/a.yaml": sized("a"), "jobs/b.yaml": sized("b"), "ns.yaml": namespace };
  return inRepository(files, async (sidelint, directory) => {
    assert.is((await sidelint(["baseline"])).stdout, `${name}: 4 findings\n`);
    const { status, stdout } = await sidelint(["check", "apps", "--baseline"]);
    assert.is(status, 0);
    assert.match(stdout, /^Baseline:? +2 old findings left\.?$/m);
    const rules = (text: string) => text.match(/"rule": "proxy-[^}]*/g);
    const before = rules(readFileSync(join(directory, name), "utf8"));
    await sidelint(["baseline", "apps"]);
    assert.equal(rules(readFileSync(join(directory, name), "utf8")), before);
    assert.is(before?.length, 4);
  });
});

baseline("of another name is named in the command that drops what is gone", () =>
  inRepository(repository, async (sidelint, directory) => {
    await sidelint(["baseline", "-o", "old.json"]);
    rmSync(join(directory, "apps/api.yaml"));
    const { stdout } = await sidelint(["check", "--baseline=old.json"]);
    assert.match(stdout, / {2}drop it from the file: sidelint baseline --prune -o old\.json\n/);
  }),
);

baseline("is pruned of what is gone, and of nothing else", () =>
  inRepository(repository, async (sidelint, directory) => {
    await sidelint(["baseline"]);
    const file = join(directory, name);
    writeFileSync(
      file,
      readFileSync(file, "utf8").replace('web.yaml" }', 'web.yaml", "reason": "goes in May" }'),
    );
    writeFileSync(join(directory, "new.yaml"), pod("new"));
    rmSync(join(directory, "apps/api.yaml"));
    assert.is(
      (await sidelint(["baseline", "--prune"])).stdout,
      `${name}: 1 finding gone and dropped, 1 left\n`,
    );
    assert.is((await sidelint(["baseline", "--prune"])).stdout, `${name}: nothing is gone, 1 left\n`);
    assert.match(readFileSync(file, "utf8"), /"reason": "goes in May"/);
    assert.is((await sidelint(["baseline"])).stdout, `${name}: 2 findings (1 new, 1 known, 0 gone)\n`);
    assert.match(readFileSync(file, "utf8"), /"reason": "goes in May"/);
  }),
);

baseline("holds an entry until its day, and then says so", () =>
  inRepository(repository, async (sidelint, directory) => {
    await sidelint(["baseline"]);
    const file = join(directory, name);
    writeFileSync(
      file,
      readFileSync(file, "utf8").replace('api.yaml" }', 'api.yaml", "expires": "2026-12-31" }'),
    );
    assert.is((await sidelint(["check", "--baseline"], { today: "2026-12-31" })).status, 0);
    const { status, stdout } = await sidelint(["check", "--baseline"], { today: "2027-01-01" });
    assert.is(status, 1);
    assert.match(stdout.replace(/\s+/g, " "), /the baseline held it until 2026-12-31/);
  }),
);

baseline("says of an entry past its day whether it can be fixed", () =>
  inRepository({ "a.yaml": pod("a", '"True"'), "ns.yaml": namespace }, async (sidelint, directory) => {
    await sidelint(["baseline"]);
    const file = join(directory, name);
    const held = readFileSync(file, "utf8");
    assert.not.match((await sidelint(["check", "--baseline"])).stdout, /Fixable/);
    writeFileSync(file, held.replace('a.yaml" }', 'a.yaml", "expires": "2020-01-01" }'));
    assert.match((await sidelint(["check", "--baseline"])).stdout, /Fixable +1 with --fix/);
  }),
);

baseline("of some of the paths leaves alone what it holds of others", () =>
  inRepository({ ...repository, "jobs/seed.yaml": pod("seed") }, async (sidelint, directory) => {
    await sidelint(["baseline"]);
    rmSync(join(directory, "apps/api.yaml"));
    const { stdout } = await sidelint(["check", "apps", "ns.yaml", "--baseline"]);
    assert.match(stdout, /Baseline: 1 old finding left, 1 gone\./);
    const { stdout: alone } = await sidelint(["check", "ns.yaml", "--baseline"]);
    assert.match(alone, /Baseline: 0 old findings left, 1 gone\./);
    assert.is(
      (await sidelint(["baseline", "apps", "ns.yaml"])).stdout,
      `${name}: 2 findings (0 new, 1 known, 1 gone)\n`,
    );
  }),
);

baseline("is found from below, and its paths are its own", () =>
  inRepository(repository, async (sidelint, directory) => {
    mkdirSync(join(directory, "ci"));
    assert.is((await sidelint(["baseline", "-o", "ci/old.json"])).status, 0);
    assert.ok(existsSync(join(directory, "ci/old.json")));
    assert.match(readFileSync(join(directory, "ci/old.json"), "utf8"), /"file": "\.\.\/apps\/web\.yaml"/);
    const { stdout } = await sidelint(["check", "--baseline=ci/old.json"]);
    assert.match(stdout, /Baseline: 2 old findings left\./);
    await sidelint(["baseline"]);
    assert.match((await sidelint(["check", "apps", "--baseline"])).stdout, /2 old findings left\./);
  }),
);

for (const [what, argv, files, says] of [
  [
    "that is missing says how to make it",
    ["check", "--baseline"],
    {},
    /^sidelint: sidelint-baseline\.json: there is no baseline; sidelint baseline writes one\n$/,
  ],
  ["that is missing cannot be pruned", ["baseline", "--prune"], {}, /there is no baseline/],
  [
    "that is a directory was meant as a path",
    ["check", "--baseline", "apps"],
    {},
    /--baseline apps: that is a directory; write --baseline behind the paths/,
  ],
  [
    "that is broken is told once, where",
    ["check", "--baseline"],
    { [name]: '{\n  "schema": "sidelint.dev/baseline/v1",\n  "findings": [{ "rle": "x" }]\n}\n' },
    /^sidelint: sidelint-baseline\.json:3:18: unknown key rle in findings\[0\]; did you mean rule\?\n {2}2 │/,
  ],
  [
    "that is broken is not written over",
    ["baseline"],
    { [name]: '{\n  "schema": "sidelint.dev/baseline/v1",\n  "findings": [\n' },
    /\n {2}restore the file from git, or remove it and run sidelint baseline, which writes today's findings\n$/,
  ],
  [
    "with both sides of a conflict names them, and the way out",
    ["check", "--baseline"],
    {
      [name]:
        '{\n  "schema": "sidelint.dev/baseline/v1",\n  "findings": [\n<<<<<<< HEAD\n=======\n>>>>>>> other\n  ]\n}\n',
    },
    /^sidelint: sidelint-baseline\.json:4:1: git left the two sides of a conflict here; take either side \(git checkout --ours or --theirs\), then run sidelint baseline\n/,
  ],
] as const) {
  baseline(`one ${what}`, () =>
    inRepository({ ...repository, ...files }, async (sidelint) => {
      const { status, stdout, stderr } = await sidelint(argv);
      assert.equal([status, stdout], [2, ""]);
      assert.match(stderr, says);
    }),
  );
}

baseline("is written anew over an empty file, which holds nothing to lose", () =>
  inRepository({ ...repository, [name]: "\n" }, async (sidelint, directory) => {
    const { status, stderr } = await sidelint(["baseline"]);
    assert.equal([status, stderr], [0, ""]);
    assert.match(readFileSync(join(directory, name), "utf8"), '"schema": "sidelint.dev/baseline/v1"');
  }),
);

baseline("is not written when not everything could be read", () =>
  inRepository(repository, async (sidelint, directory) => {
    const { status } = await sidelint(["baseline", "--namespaces", "apps/web.yaml"]);
    assert.is(status, 2);
    assert.not.ok(existsSync(join(directory, name)));
  }),
);

baseline.run();
