/** The table of `list`, and how a person names a workload in it. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { columns } from "../../src/report/cells.ts";
import { list } from "../../src/report/list.ts";
import { findTarget } from "../../src/report/target.ts";
import { api, empty, page, report, seed, web } from "./sample.ts";

const table = suite("list");

table("in a pipe every value is whole", () => {
  assert.is(
    list(report, { ...page, width: Number.POSITIVE_INFINITY }),
    `VERDICT   NAMESPACE  WORKLOAD        REVISION  WHY                                     WHERE              BUILT BY
no        shop       Deployment/web  -         no webhook matches in namespace shop    apps/web.yaml:1    -
injected  shop       Deployment/api  default   namespace label istio-injection         base/api.yaml:3    overlays/prod
unknown   ?          Job/seed        -         its namespace is not in the repository  jobs/seed.yaml:12  -
`,
  );
});

table(
  "on a terminal the builds give way that tell nothing apart, then the default revision, then the reason",
  () => {
    assert.is(
      list(report, page),
      `VERDICT   NAMESPACE  WORKLOAD        WHY                       WHERE
no        shop       Deployment/web  no webhook matches in n…  apps/web.yaml:1
injected  shop       Deployment/api  namespace label istio-i…  base/api.yaml:3
unknown   ?          Job/seed        its namespace is not in…  jobs/seed.yaml:12
`,
    );
  },
);

table("where that does not help a workload has several lines, and nothing of it is cut", () => {
  const revised = { ...web, name: "a-name-of-some-length-that-tells-nothing", revision: "1-30" };
  const builds = ["overlays/staging/of/the/shop", "overlays/production/of/the/shop"];
  const workloads = [revised, seed, ...builds.map((root) => ({ ...api, root }))];
  assert.is(
    list({ ...report, workloads }, page),
    `VERDICT   NAMESPACE  WORKLOAD
no        shop
          Deployment/a-name-of-some-length-that-tells-nothing  revision 1-30
          no webhook matches in namespace shop  apps/web.yaml:1
injected  shop       Deployment/api
          namespace label istio-injection  base/api.yaml:3
          built by overlays/production/of/the/shop
injected  shop       Deployment/api
          namespace label istio-injection  base/api.yaml:3
          built by overlays/staging/of/the/shop
unknown   ?          Job/seed
          its namespace is not in the repository  jobs/seed.yaml:12
`,
  );
});

table("no two builds of one manifest look alike", () => {
  for (let width = 60; width < 200; width++) {
    const workloads = ["overlays/dev", "overlays/prod"].map((root) => ({ ...api, root }));
    const lines = list({ ...report, workloads }, { ...page, width });
    assert.match(lines, "overlays/dev");
    assert.match(lines, "overlays/prod");
  }
});

table("templates of one object are told apart", () => {
  const workloads = ["spec.a.template", "spec.b.template"].map((template) => ({ ...web, template }));
  assert.match(list({ ...report, workloads }, { ...page, width: 200 }), "Deployment/web (spec.b.template)  ");
});

table("without kustomizations there is no column for them", () => {
  const out = list({ ...report, workloads: [web] }, { ...page, width: 200 });
  assert.not.match(out, "BUILT BY");
});

table("no line is wider than a terminal of 80 columns or more", () => {
  const long = { ...web, name: "w".repeat(63), namespace: "n".repeat(63), file: `${"d/".repeat(60)}x.yaml` };
  for (let width = 80; width < 130; width += 7) {
    for (const line of list({ ...report, workloads: [long, seed, api] }, { ...page, width }).split("\n")) {
      assert.ok(columns(line) <= width, line);
    }
  }
});

table("colour marks the verdict alone", () => {
  const [, first] = list({ ...report, workloads: [api] }, { ...page, colour: true }).split("\n");
  assert.ok(first?.startsWith("\u001b[32minjected\u001b[39m  shop"), first);
});

table("nothing to list is said", () => {
  assert.match(list(empty, page), "No manifests found");
});
table.run();

const other = { ...web, namespace: "pay", file: "apps/pay.yaml" };
const second = { ...web, name: "cart", line: 40 };
const overlay = { ...api, root: "overlays/dev", namespace: "dev" };
const many = { ...report, workloads: [web, second, other, seed, api, overlay] };

const targets = suite("findTarget");
const cases: readonly (readonly [asked: string, found: string, files: readonly string[]])[] = [
  ["Job/seed", "one", ["jobs/seed.yaml:12"]],
  ["job/seed", "one", ["jobs/seed.yaml:12"]],
  ["jobs/seed", "one", ["jobs/seed.yaml:12"]],
  ["seed", "one", ["jobs/seed.yaml:12"]],
  ["deploy/cart", "one", ["apps/web.yaml:40"]],
  ["Deployment/web", "several", ["apps/pay.yaml:1", "apps/web.yaml:1"]],
  ["apps/web.yaml", "several", ["apps/web.yaml:1", "apps/web.yaml:40"]],
  ["./apps/web.yaml:39", "one", ["apps/web.yaml:1"]],
  ["apps/web.yaml:40", "one", ["apps/web.yaml:40"]],
  ["apps\\web.yaml:45:3", "one", ["apps/web.yaml:40"]],
  ["Deployment/api", "one", ["base/api.yaml:3", "base/api.yaml:3"]],
  ["pay/web", "one", ["apps/pay.yaml:1"]],
  ["Deployment/pay/web", "one", ["apps/pay.yaml:1"]],
  ["deploy/shop/web", "one", ["apps/web.yaml:1"]],
  ["deployment.apps/cart", "one", ["apps/web.yaml:40"]],
  ["deployments.v1.apps/cart", "one", ["apps/web.yaml:40"]],
];
for (const [asked, found, files] of cases) {
  targets(`${asked} is ${found}`, () => {
    const target = findTarget(many, asked);
    assert.is(target.found, found);
    assert.equal(
      target.found === "none" ? [] : target.workloads.map((one) => `${one.file}:${one.line}`),
      files,
    );
  });
}

for (const builtBy of ["overlays/dev", "./overlays/dev/", "overlays/dev/kustomization.yaml"]) {
  targets(`what ${builtBy} builds can be asked for alone`, () => {
    const target = findTarget(many, "Deployment/api", builtBy);
    assert.equal(target.found === "none" ? [] : target.workloads.map(({ namespace }) => namespace), ["dev"]);
    assert.is(findTarget(many, "Deployment/web", builtBy).found, "none");
  });
}

targets("the templates of one object are asked for together", () => {
  const workloads = ["a", "b"].map((template) => ({ ...web, template }));
  const target = findTarget({ ...report, workloads }, "Deployment/web");
  assert.equal([target.found, target.found === "one" && target.workloads.length], ["one", 2]);
});

const near: readonly (readonly [asked: string, names: readonly string[]])[] = [
  ["Deployment/seed", ["Job/seed"]],
  ["Deploymnet/cart", ["Deployment/cart"]],
  ["crat", ["Deployment/cart"]],
  ["app/web.yaml", ["apps/web.yaml", "apps/pay.yaml"]],
  ["base/api.yaml:1", ["base/api.yaml"]],
  ["Deployment/completely-different", []],
  ["Deployment/nope", []],
  ["deployment.batch/cart", ["Deployment/cart"]],
  ["Deployment/nowhere/cart", ["Deployment/cart"]],
];
for (const [asked, names] of near) {
  targets(`${asked} is none, near are: ${names.join(", ") || "none"}`, () => {
    assert.equal(findTarget(many, asked), { found: "none", near: names });
  });
}
targets.run();
