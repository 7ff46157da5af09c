/** Objects of every notation, at their exact places: lists of all kinds, JSON, flow style, anchors, line ends. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { memoryTree, scan } from "../../src/index.ts";
import { placeText, startOf } from "../../src/world/resource.ts";
import { type Files, places, scanned, verdicts } from "./scanned.ts";

const resources = suite("notations");

interface Case {
  readonly name: string;
  readonly files: Files;
  /** "file:line:column" where each workload begins, its name, and where the label `sidecar.istio.io/inject` stands. */
  readonly workloads: readonly string[];
  /** "file:line:column rule" of findings other than unknown verdicts. */
  readonly findings?: readonly string[];
}

const label = 'sidecar.istio.io/inject: "maybe"';

const cases: readonly Case[] = [
  {
    name: "a List of the core group",
    files: {
      "a.yaml": `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  metadata:
    name: a
    labels:
      ${label}
- apiVersion: v1
  kind: Pod
  metadata: {name: b, labels: {${label}}}
`,
    },
    workloads: ["a.yaml:4:3 Pod/a a.yaml:9:7", "a.yaml:10:3 Pod/b a.yaml:12:32"],
    findings: ["a.yaml:9:7 inject-value-invalid", "a.yaml:12:32 inject-value-invalid"],
  },
  {
    name: "a typed list, whose items need not say what they are",
    files: {
      "a.yaml": `apiVersion: apps/v1
kind: DeploymentList
items:
  - metadata: {name: a}
    spec:
      template:
        metadata:
          labels:
            ${label}
`,
    },
    workloads: ["a.yaml:4:5 Deployment/a a.yaml:9:13"],
    findings: ["a.yaml:9:13 inject-value-invalid"],
  },
  {
    name: "Lists inside Lists",
    files: {
      "a.yaml": `apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: List
    items:
      - apiVersion: v1
        kind: PodList
        items:
          - metadata:
              name: deep
              labels: {${label}}
`,
    },
    workloads: ["a.yaml:10:13 Pod/deep a.yaml:12:24"],
    findings: ["a.yaml:12:24 inject-value-invalid"],
  },
  {
    name: "flow style on one line",
    files: {
      "a.yaml": `{apiVersion: v1, kind: Pod, metadata: {name: a, labels: {${label}}}}\n`,
    },
    workloads: ["a.yaml:1:1 Pod/a a.yaml:1:58"],
    findings: ["a.yaml:1:58 inject-value-invalid"],
  },
  {
    name: "a JSON file",
    files: {
      "a.json": `{
  "kind": "Pod", "apiVersion": "v1",
  "metadata": {
    "name": "a",
    "labels": {"sidecar.istio.io/inject": "maybe"}
  }
}
`,
    },
    workloads: ["a.json:1:1 Pod/a a.json:5:16"],
    findings: ["a.json:5:16 inject-value-invalid"],
  },
  {
    name: "labels behind an alias, which stand where they are aliased to",
    files: {
      "a.yaml": `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  metadata:
    name: a
    labels: &shared
      ${label}
- apiVersion: v1
  kind: Pod
  metadata:
    name: b
    labels: *shared
`,
    },
    workloads: ["a.yaml:4:3 Pod/a a.yaml:9:7", "a.yaml:10:3 Pod/b a.yaml:9:7"],
    findings: ["a.yaml:9:7 inject-value-invalid"],
  },
  {
    name: "labels through a merge key",
    files: {
      "a.yaml": `apiVersion: v1
kind: Pod
metadata:
  name: a
  annotations: &common
    ${label}
  labels:
    <<: *common
`,
    },
    workloads: ["a.yaml:1:1 Pod/a a.yaml:6:5"],
    findings: ["a.yaml:6:5 inject-value-invalid"],
  },
  {
    name: "line ends of Windows",
    files: {
      "a.yaml": `# first\r\napiVersion: v1\r\nkind: Pod\r\nmetadata:\r\n  name: a\r\n  labels:\r\n    ${label}\r\n`,
    },
    workloads: ["a.yaml:2:1 Pod/a a.yaml:7:5"],
    findings: ["a.yaml:7:5 inject-value-invalid"],
  },
  {
    name: "a byte order mark, which is no column",
    files: { "a.yaml": `\uFEFF{apiVersion: v1, kind: Pod, metadata: {name: a, labels: {${label}}}}\n` },
    workloads: ["a.yaml:1:1 Pod/a a.yaml:1:58"],
    findings: ["a.yaml:1:58 inject-value-invalid"],
  },
  {
    name: "several documents, some empty, some with comments only",
    files: {
      "a.yaml": `---
---
# nothing
---
apiVersion: v1
kind: Pod
metadata: {name: a, labels: {${label}}}
...
---
apiVersion: v1
kind: Pod
metadata: {name: b, labels: {${label}}}
`,
    },
    workloads: ["a.yaml:5:1 Pod/a a.yaml:7:30", "a.yaml:10:1 Pod/b a.yaml:12:30"],
    findings: ["a.yaml:7:30 inject-value-invalid", "a.yaml:12:30 inject-value-invalid"],
  },
  {
    name: "a kind written with escapes and quotes",
    files: {
      "a.yaml": `"apiVersion": "v1"\n"kind": "P\\u006Fd"\nmetadata: {name: a, labels: {${label}}}\n`,
    },
    workloads: ["a.yaml:1:1 Pod/a a.yaml:3:30"],
    findings: ["a.yaml:3:30 inject-value-invalid"],
  },
  {
    name: "generateName stands for a name",
    files: { "a.yaml": `apiVersion: v1\nkind: Pod\nmetadata:\n  generateName: run-\n  labels: {${label}}\n` },
    workloads: ["a.yaml:1:1 Pod/run- a.yaml:5:12"],
  },
  {
    name: "an object without a name",
    files: { "a.yaml": `apiVersion: v1\nkind: Pod\nmetadata:\n  labels: {${label}}\n` },
    workloads: ["a.yaml:1:1 Pod/ a.yaml:4:12"],
  },
  {
    name: "a name that YAML takes for a number",
    files: { "a.yaml": `apiVersion: v1\nkind: Pod\nmetadata:\n  name: 1\n  labels: {${label}}\n` },
    workloads: ["a.yaml:1:1 Pod/1 a.yaml:5:12"],
  },
];

for (const { name, files, workloads, findings } of cases) {
  resources(name, () => {
    const result = scanned(files);
    assert.equal(
      result.world.workloads.map((one) => {
        const place = one.originOf({ of: "pod", path: ["metadata", "labels", "sidecar.istio.io/inject"] });
        return `${placeText(one.start())} ${one.label} ${place.text}`;
      }),
      workloads,
    );
    if (findings)
      assert.equal(
        places(result).filter((place) => !place.endsWith("verdict-unknown")),
        findings,
      );
  });
}

const silent: readonly (readonly [name: string, text: string])[] = [
  [
    "a List of another group",
    "apiVersion: example.com/v1\nkind: List\nitems: [{apiVersion: v1, kind: Pod}]\n",
  ],
  ["items of a kind that is no list", "apiVersion: v1\nkind: Playlist\nitems: 3\n"],
  ["no apiVersion", "kind: Pod\nmetadata: {name: a}\n"],
  [
    "a Deployment of a group that has none",
    "apiVersion: example.com/v1\nkind: Deployment\nspec: {template: {}}\n",
  ],
  ["a template that is no object", "apiVersion: apps/v1\nkind: Deployment\nspec: {template: text}\n"],
  ["a list at the top", "- apiVersion: v1\n  kind: Pod\n"],
  ["a scalar at the top", "kind Pod apiVersion v1\n"],
];

for (const [name, text] of silent) {
  resources(`no workload: ${name}`, () => assert.equal(verdicts({ "a.yaml": text }), []));
}

resources("a place covers the whole object", () => {
  const { world } = scan(
    memoryTree({ "a.yaml": "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n---\nother: true\n" }),
  );
  const [workload] = world.workloads;
  const start = workload && startOf(workload.resource);
  assert.equal(start && [start.line, start.column, start.endLine, start.endColumn], [1, 1, 4, 10]);
});

resources.run();
