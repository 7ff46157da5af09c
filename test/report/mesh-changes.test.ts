/** What differs between two states, as text, as a comment and as JSON. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { diff, type MeshChanges } from "../../src/index.ts";
import { columns } from "../../src/report/cells.ts";
import { type ChangesFrame, meshChangesJson } from "../../src/report/mesh-changes.ts";
import { meshChangesMarkdown } from "../../src/report/mesh-changes-markdown.ts";
import { meshChangesText } from "../../src/report/mesh-changes-text.ts";
import { deployment, enabled, type Files, namespace, scanned } from "../world/scanned.ts";

const page = suite("mesh changes");

const frame: ChangesFrame = { before: "main", after: "working tree", version: "1.2.3" };
const style = { colour: false, width: 80 };

const before: Files = {
  "platform/shop.yaml": namespace("shop", enabled),
  "platform/pay.yaml": namespace("pay", enabled),
  "web.yaml": deployment("web", "namespace: shop"),
  "cart.yaml": deployment("cart", "namespace: shop"),
  "api.yaml": deployment("api", "namespace: pay"),
};
const annotated = deployment("api", "namespace: pay").replace(
  "{labels: {app: web}}",
  "{labels: {app: web}, annotations: {sidecar.istio.io/proxyCPU: 200m}}",
);
const after: Files = {
  ...before,
  "platform/shop.yaml": namespace("shop", "istio-injection: enable"),
  "api.yaml": annotated,
  "new.yaml": deployment("new", "namespace: pay"),
};
const changes = diff(scanned(before), scanned(after));
const nothing = diff(scanned(before), scanned(before));

page("a fact that changed several workloads is one entry that names them", () => {
  assert.is(
    meshChangesText(changes, frame, style),
    `Mesh changes, main..working tree                                3 workloads of 4
- lost      shop  Deployment/cart, Deployment/web
            platform/shop.yaml:3 istio-injection: enabled → enable
~ requests  pay  Deployment/api
            cpu 100m → 200m
            memory 128Mi → none
            api.yaml:6 sidecar.istio.io/proxyCPU: none → 200m
~ limits    pay  Deployment/api
            cpu 2000m → unlimited
            memory 1024Mi → unlimited
            api.yaml:6 sidecar.istio.io/proxyCPU: none → 200m
  added     1 workload (1 injected): Deployment/new
`,
  );
});

page("nothing is said in one line", () => {
  assert.is(
    meshChangesText(nothing, frame, style),
    "Mesh changes, main..working tree                             none in 3 workloads\n",
  );
});

page("no line is wider than it may be", () => {
  for (const width of [40, 60, 80]) {
    const text = meshChangesText(
      changes,
      { ...frame, notes: ["a note of many words ".repeat(9)] },
      { ...style, width },
    );
    for (const line of text.split("\n")) assert.ok(columns(line) <= width, line);
  }
});

page("what a manifest says steers no terminal", () => {
  const odd = { ...after, "platform/shop.yaml": namespace("shop", 'istio-injection: "\\e[31mred"') };
  assert.not.match(meshChangesText(diff(scanned(before), scanned(odd)), frame, style), /\u001b/);
});

page("a comment has a line that sums up, and a table", () => {
  assert.is(
    meshChangesMarkdown(changes, frame),
    `## sidelint: 2 workloads lose their sidecars, 1 gets another sidecar

main → working tree: 3 → 4 workloads, 3 → 2 of them injected.

| | | Workloads | What | Because of |
|---|---|---|---|---|
| 🔴 | lost | \`shop\` Deployment/cart, Deployment/web |  | \`platform/shop.yaml:3\` istio-injection: enabled → enable |
| 🔵 | requests | \`pay\` Deployment/api | cpu 100m → 200m<br>memory 128Mi → none | \`api.yaml:6\` sidecar.istio.io/proxyCPU: none → 200m |
| 🔵 | limits | \`pay\` Deployment/api | cpu 2000m → unlimited<br>memory 1024Mi → unlimited | \`api.yaml:6\` sidecar.istio.io/proxyCPU: none → 200m |

<details>
<summary>Workloads that came and went</summary>

| | | Workloads | What | Because of |
|---|---|---|---|---|
| ⚪ | added | \`pay\` Deployment/new | injected |  |

</details>
`,
  );
  assert.match(meshChangesMarkdown(nothing, frame), /^## sidelint: no sidecar changes\n/);
});

page("a comment mentions nobody and stays within its table", () => {
  const odd = { ...after, "platform/shop.yaml": namespace("shop", 'istio-injection: "@all | <b> `x`"') };
  const text = meshChangesMarkdown(diff(scanned(before), scanned(odd)), frame);
  assert.match(text, /@<!-- -->all \\\| &lt;b&gt; \\`x\\`/);
});

page("a comment fits, and says what was cut", () => {
  const many = (label: string): Files =>
    Object.fromEntries(
      Array.from({ length: 900 }, (_, index) => [
        `${index}.yaml`,
        `${namespace(`shop-${index}`, `istio-injection: ${label}`)}---\n${deployment(`web-${index}`, `namespace: shop-${index}`)}`,
      ]),
    );
  const text = meshChangesMarkdown(diff(scanned(many("enabled")), scanned(many("disabled"))), frame);
  assert.ok(text.length < 65_536, `${text.length} characters`);
  assert.match(text, /\*\*\d+ more changes\*\* did not fit into this comment\./);
});

const schema = JSON.parse(
  readFileSync(new URL("../../schemas/mesh-changes.schema.json", import.meta.url), "utf8"),
);
const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);

page("the schema describes every field of the JSON and no other", () => {
  const breaches = (given: MeshChanges, around: ChangesFrame) => {
    validate(JSON.parse(meshChangesJson(given, around)));
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };
  const { findings } = scanned(after);
  assert.ok(findings.length > 0);
  assert.equal(
    breaches(changes, { ...frame, notes: ["a note"], findings: { appear: findings, vanish: [] } }),
    [],
  );
  assert.equal(breaches(diff(scanned(after), scanned(before)), frame), []);
  validate({ ...JSON.parse(meshChangesJson(changes, frame)), extra: 1 });
  assert.is(validate.errors?.length, 1);
});

page("JSON has each fact with its value and place on both sides", () => {
  const [lost] = JSON.parse(meshChangesJson(changes, frame)).changes;
  assert.equal(lost.causes, [
    {
      about: "label istio-injection of namespace shop",
      before: {
        value: "enabled",
        where: "platform/shop.yaml:3:33",
        file: "platform/shop.yaml",
        line: 3,
        column: 33,
      },
      after: {
        value: "enable",
        where: "platform/shop.yaml:3:33",
        file: "platform/shop.yaml",
        line: 3,
        column: 33,
      },
    },
  ]);
});

page.run();
