/** Findings that somebody hides: by comments, by the annotation, by the configuration; and wishes that hide nothing. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Config, loadConfig, memoryTree, type Scan, type ScanOptions, scan } from "../../src/index.ts";
import { rulesNamed } from "../../src/lint/catalogue.ts";

/** Scans files, of which sidelint.yaml is the configuration. */
function scanned(files: Readonly<Record<string, string>>, options: ScanOptions = {}): Scan {
  const text = files["sidelint.yaml"];
  const assume = { "istio-injection": "enabled" };
  if (text === undefined) return scan(memoryTree(files), { assume, ...options });
  const read = loadConfig(text, "sidelint.yaml");
  assert.ok(read.ok, JSON.stringify(read));
  if (!read.ok) throw new Error("unreachable");
  const { config, locate } = read;
  const configured = { config, configPath: "sidelint.yaml", locateInConfig: locate };
  return scan(memoryTree(files), { assume, ...configured, ...options });
}

/** "3:5 rule" for each finding that is left. */
function left({ findings }: Scan): readonly string[] {
  return findings.map(({ rule, location }) => `${location.line}:${location.column} ${rule}`);
}

/** "rule by kind at place: reason" for each finding that is hidden. */
function hidden({ suppressed }: Scan): readonly string[] {
  return suppressed.map(
    ({ finding, kind, place, reason }) => `${finding.rule} by ${kind} at ${place}: ${reason}`,
  );
}

/** A pod whose label and whose `hostNetwork` are found; the lines of comments go where their marks stand. */
const pod = (at: Readonly<Record<string, string>> = {}): string =>
  [
    at.head,
    "apiVersion: v1",
    "kind: Pod",
    at.aboveMetadata,
    "metadata:",
    "  name: web",
    "  namespace: shop",
    at.aboveLabels,
    `  labels:${at.besideLabels ?? ""}`,
    at.above,
    `    sidecar.istio.io/inject: yes please${at.beside ?? ""}`,
    at.below,
    "spec:",
    "  containers:",
    "    - {name: web, image: shop/web:1}",
    "",
  ]
    .filter((line) => line !== undefined)
    .join("\n");

const ignoreIt = "# sidelint-ignore inject-value-invalid -- mapped by a policy";
const invalid = "inject-value-invalid";

const comments = suite("comments");

for (const [name, at, by] of [
  ["on the line", { beside: ` ${ignoreIt}` }, "7:41"],
  ["on the line above", { above: `    ${ignoreIt}` }, "7:5"],
  ["above, whatever the indentation is", { above: ignoreIt }, "7:1"],
  ["above another comment", { above: `    ${ignoreIt}\n    # another` }, "7:5"],
  ["above the entry that holds it", { aboveLabels: `  ${ignoreIt}` }, "6:3"],
  ["above the entry that holds that one", { aboveMetadata: ignoreIt }, "3:1"],
  ["above the object", { head: ignoreIt }, "1:1"],
  ["for the file", { head: "# sidelint-ignore-file inject-value-invalid -- mapped by a policy" }, "1:1"],
  ["for the file and all rules", { head: "# sidelint-ignore-file -- mapped by a policy" }, "1:1"],
  ["behind other words at the head", { head: `# Web.\n#\n${ignoreIt}` }, "3:1"],
  ["with a colon", { beside: " # sidelint-ignore: inject-value-invalid -- mapped by a policy" }, "7:41"],
  ["with one dash", { beside: " # sidelint-ignore inject-value-invalid - mapped by a policy" }, "7:41"],
  ["with a long dash", { beside: " # sidelint-ignore inject-value-invalid — mapped by a policy" }, "7:41"],
  ["in capitals", { beside: " # SIDELINT-IGNORE inject-value-invalid -- mapped by a policy" }, "7:41"],
] as const) {
  comments(`hide a finding: ${name}`, () => {
    const result = scanned({ "a.yaml": pod(at) });
    assert.equal(left(result), []);
    assert.equal(hidden(result), [`${invalid} by comment at a.yaml:${by}: mapped by a policy`]);
  });
}

for (const [name, at] of [
  ["below the line", { below: `    ${ignoreIt}` }],
  ["on the line of the map around it", { besideLabels: ` ${ignoreIt}` }],
  ["above, with an empty line between", { above: `    ${ignoreIt}\n` }],
] as const) {
  comments(`hide nothing and say so: ${name}`, () => {
    const result = scanned({ "a.yaml": pod(at) });
    assert.equal(
      left(result)
        .map((one) => one.split(" ")[1])
        .sort(),
      [invalid, "suppression-unused"],
    );
    assert.equal(hidden(result), []);
  });
}

comments("a # inside of a string is none", () => {
  const text = pod().replace("name: web\n", `name: web\n  annotations: {note: "x\n    ${ignoreIt}\n    "}\n`);
  assert.ok(text.includes(ignoreIt));
  const result = scanned({ "a.yaml": text });
  assert.equal(left(result), [`10:5 ${invalid}`]);
  const literal = pod({ above: `    note: |\n      ${ignoreIt}` });
  assert.equal(left(scanned({ "a.yaml": literal })), [`9:5 ${invalid}`]);
});

comments("the one behind a block scalar's | is one", () => {
  const text = pod({ above: "    note: | # sidelint-ignore double-injection\n      x" });
  assert.equal(left(scanned({ "a.yaml": text })), ["7:31 suppression-unused", `9:5 ${invalid}`]);
});

comments("above the dash of an item covers the item and no other", () => {
  const item = (comment: string) =>
    `  - apiVersion: v1
    kind: Pod
    metadata:
      name: web
      labels: {sidecar.istio.io/inject: yes please}
    spec: {containers: []}
`.replace("  - ", `${comment}  - `);
  const list = `apiVersion: v1\nkind: List\nitems:\n${item(`  ${ignoreIt}\n`)}${item("")}`;
  const result = scanned({ "a.yaml": list });
  assert.equal(left(result), [`15:16 ${invalid}`]);
  assert.equal(hidden(result).length, 1);
});

comments("above the first entry of a map covers that entry, not the map", () => {
  const text = pod({ above: `    ${ignoreIt}\n    app: web` });
  assert.equal(left(scanned({ "a.yaml": text })), ["7:23 suppression-unused", `9:5 ${invalid}`]);
});

comments("name several rules, and codes of istioctl in either case", () => {
  const text = pod({ beside: " # sidelint-ignore inject-value-invalid,double-injection" });
  assert.equal(left(scanned({ "a.yaml": text })), ["7:80 suppression-unused"]);
  const deprecated = pod().replace("  labels:", "  annotations:").replace("yes please", '"true"');
  assert.equal(left(scanned({ "a.yaml": deprecated })), ["7:5 inject-annotation-deprecated"]);
  const [rule] = rulesNamed("inject-annotation-deprecated");
  for (const code of rule?.aliases ?? []) {
    for (const name of [code, code.toLowerCase()])
      assert.equal(left(scanned({ "a.yaml": `# sidelint-ignore ${name}\n${deprecated}` })), []);
  }
});

comments("at the head of a later document count there alone", () => {
  const second = "# sidelint-ignore-file -- mapped by a policy";
  const text = `${pod()}---\n${second}\n${pod()}---\n${pod()}`;
  const result = scanned({ "a.yaml": text });
  assert.equal(
    left(result).map((one) => one.split(" ")[1]),
    [invalid, invalid],
  );
  assert.equal(hidden(result), [`${invalid} by comment at a.yaml:12:1: mapped by a policy`]);
});

comments("at the head of the file count for all of its documents", () => {
  const text = `# sidelint-ignore-file -- mapped by a policy\n---\n${pod()}---\n${pod()}`;
  const result = scanned({ "a.yaml": text });
  assert.equal(left(result), []);
  assert.equal(hidden(result).length, 2);
});

comments("in a patch count for what the patch sets", () => {
  const files = {
    "base/pod.yaml": pod().replace(/ {2}labels:\n.*\n/, ""),
    "base/kustomization.yaml": "resources: [pod.yaml]\n",
    "prod/kustomization.yaml": "resources: [../base]\npatches: [{path: patch.yaml}]\n",
  };
  const patch = (comment: string) =>
    `apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  namespace: shop\n  labels:\n    sidecar.istio.io/inject: yes please${comment}\n`;
  assert.equal(left(scanned({ ...files, "prod/patch.yaml": patch("") })), [`7:5 ${invalid}`]);
  const result = scanned({ ...files, "prod/patch.yaml": patch(` ${ignoreIt}`) });
  assert.equal(left(result), []);
  assert.equal(hidden(result), [`${invalid} by comment at prod/patch.yaml:7:41: mapped by a policy`]);
});

comments("in a document that cannot be read hide that", () => {
  const text =
    "# sidelint-ignore-file unreadable-document -- made whole by a script\napiVersion: v1\nkind: Pod\nmetadata: {\n";
  const result = scanned({ "a.yaml": text });
  assert.equal(left(result), []);
  assert.equal(hidden(result).length, 1);
});

comments("in a template, which is not read, are not unused", () => {
  const text =
    'apiVersion: v1\nkind: Pod # sidelint-ignore verdict-unknown\nmetadata:\n  {{ include "meta" . }}\n';
  assert.equal(left(scanned({ "a.yaml": text })), []);
});

comments("in files that hold nothing of interest are unused", () => {
  const text = "apiVersion: v1\nkind: Service # sidelint-ignore verdict-unknown\nmetadata: {name: web}\n";
  assert.equal(left(scanned({ "a.yaml": text, "b.yaml": pod({ above: ignoreIt }) })), [
    "2:33 suppression-unused",
  ]);
});

comments("are not unused for rules that are off, nor in files that are checked alone", () => {
  const text = pod({ beside: " # sidelint-ignore inject-value-invalid double-injection" });
  const off = { config: { rules: { "double-injection": "off" } } as Config };
  assert.equal(left(scanned({ "a.yaml": text })), ["7:80 suppression-unused"]);
  assert.equal(left(scanned({ "a.yaml": text }, off)), []);
  assert.equal(left(scanned({ "a.yaml": text }, { paths: ["a.yaml"] })), []);
});

comments("read with CR LF, tabs before them and letters beyond the BMP as well", () => {
  const text = pod({ beside: `\t${ignoreIt}`, head: "# 😀" }).replaceAll("\n", "\r\n");
  const result = scanned({ "a.yaml": text });
  assert.equal(left(result), []);
  assert.equal(hidden(result).length, 1);
});

comments.run();

const annotations = suite("the annotation");

/** A Deployment of that pod, with the annotation on itself or on its pod template. */
const annotated = (value: string, on: "itself" | "template" = "itself"): string => {
  const said = `annotations: {sidelint.dev/ignore: ${JSON.stringify(value)}}\n`;
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
${on === "itself" ? `  ${said}` : ""}spec:
  template:
    metadata:
${on === "template" ? `      ${said}` : ""}      labels:
        sidecar.istio.io/inject: yes please
    spec:
      containers:
        - {name: web, image: shop/web:1}
`;
};

for (const on of ["itself", "template"] as const) {
  annotations(`hides findings of its workload: on ${on}`, () => {
    const result = scanned({ "a.yaml": annotated("inject-value-invalid=mapped by a policy", on) });
    assert.equal(left(result), []);
    assert.match(
      hidden(result).join(),
      /^inject-value-invalid by annotation at a\.yaml:\d+:\d+: mapped by a policy$/,
    );
  });
}

annotations("names several rules, each with its reason, and says which are in vain", () => {
  const value = "double-injection=once; inject-value-invalid=a = b";
  const result = scanned({ "a.yaml": annotated(value) });
  assert.equal(left(result), ["6:39 suppression-unused"]);
  assert.match(hidden(result).join(), /: a = b$/);
});

annotations("on a Namespace hides findings of its workloads and its own", () => {
  const namespace = `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels: {istio-injection: enable}
  annotations: {sidelint.dev/ignore: "inject-value-invalid=mapped; namespace-label-invalid=being renamed"}
`;
  const other = pod().replace("shop", "pay");
  const result = scanned({ "ns.yaml": namespace, "a.yaml": pod(), "b.yaml": other });
  assert.equal(left(result), [`7:5 ${invalid}`]);
  assert.equal(result.findings[0]?.location.file, "b.yaml");
  assert.equal(
    result.suppressed.map(({ finding }) => finding.rule),
    [invalid, "namespace-label-invalid"],
  );
});

annotations("of one workload of several leaves the finding for the others", () => {
  const files = {
    "base/pod.yaml": pod().replace("  namespace: shop\n", ""),
    "base/kustomization.yaml": "resources: [pod.yaml]\n",
    "a/kustomization.yaml":
      'resources: [../base]\nnamespace: a\ncommonAnnotations: {sidelint.dev/ignore: "inject-value-invalid=mapped"}\n',
    "b/kustomization.yaml": "resources: [../base]\nnamespace: b\n",
  };
  const result = scanned(files);
  assert.equal(left(result), [`6:5 ${invalid}`]);
  assert.equal(result.findings[0]?.workloads, ["Pod/web in b"]);
});

annotations("of a base hides the finding in everything that is built of it", () => {
  const base = annotated("inject-value-invalid=mapped");
  const result = scanned({
    "base/web.yaml": base,
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "a/kustomization.yaml": "resources: [../base]\n",
    "b/kustomization.yaml": "resources: [../base]\n",
  });
  assert.is(result.world.workloads.length, 2);
  assert.equal(left(result), []);
});

annotations("without any rule says so", () => {
  assert.equal(left(scanned({ "a.yaml": annotated("") })), ["6:38 suppression-invalid", `11:9 ${invalid}`]);
});

annotations.run();

const configured = suite("ignore in the configuration");

const entry = (text: string) => `ignore:\n  - ${text}\n`;

for (const [name, text, hides] of [
  ["a rule", "rules: [inject-value-invalid]", true],
  ["a path", 'paths: ["apps/**"]', true],
  ["another path", 'paths: ["platform/**"]', false],
  ["a namespace", "namespaces: [shop]", true],
  ["a pattern of namespaces", 'namespaces: ["s*p"]', true],
  ["another pattern", 'namespaces: ["s*pp", "pay"]', false],
  ["all that it names", 'rules: [inject-value-invalid]\n    paths: [apps]\n    namespaces: ["*"]', true],
  [
    "not all that it names",
    'rules: [inject-value-invalid]\n    paths: [apps]\n    namespaces: ["pay"]',
    false,
  ],
] as const) {
  configured(`hides by ${name}`, () => {
    const result = scanned({ "apps/a.yaml": pod(), "sidelint.yaml": entry(text) });
    assert.is(hidden(result).length, hides ? 1 : 0);
    assert.equal(
      result.findings.map(({ rule }) => rule),
      hides ? [] : [invalid, "suppression-unused"],
    );
  });
}

configured("a string is a path that is not read, as ever", () => {
  const result = scanned({ "apps/a.yaml": pod(), "sidelint.yaml": entry("apps") });
  assert.equal(result.files, ["sidelint.yaml"]);
  assert.equal(left(result), []);
});

configured("its last day counts; from the next the finding is back and says so", () => {
  const files = {
    "a.yaml": pod(),
    "sidelint.yaml": entry('rules: [inject-value-invalid]\n    until: "2026-12-31"\n    reason: moving'),
  };
  assert.equal(hidden(scanned(files, { today: "2026-12-31" })), [
    `${invalid} by config at sidelint.yaml:2:5: moving`,
  ]);
  assert.equal(left(scanned(files)), []);
  const after = scanned(files, { today: "2027-01-01" });
  assert.equal(left(after), [`7:5 ${invalid}`]);
  assert.equal(
    after.findings[0]?.help,
    'write "true" or "false"; it was ignored until 2026-12-31 (sidelint.yaml:2:5)',
  );
  assert.equal(hidden(after), []);
});

configured("what has expired and would hide nothing is unused", () => {
  const files = {
    "a.yaml": pod({ beside: ` ${ignoreIt}` }),
    "sidelint.yaml": entry('rules: [double-injection]\n    until: "2026-01-01"'),
  };
  assert.equal(left(scanned(files, { today: "2027-01-01" })), ["2:13 suppression-unused"]);
});

configured("is judged unused only where everything around the file is checked", () => {
  const files = { "a/a.yaml": pod(), "b/b.yaml": "", "sidelint.yaml": entry('paths: ["a"]') };
  assert.equal(left(scanned(files, { paths: ["b"] })), []);
  assert.equal(left(scanned({ ...files, "a/a.yaml": "" })), ["2:5 suppression-unused"]);
});

configured("hides what is said of suppressions too, when it names them", () => {
  const files = {
    "a.yaml": pod({ beside: " # sidelint-ignore double-injection inject-value-invalid" }),
    "sidelint.yaml": entry("rules: [suppression-unused]"),
  };
  const result = scanned(files);
  assert.equal(left(result), []);
  assert.equal(
    result.suppressed.map(({ finding }) => finding.rule),
    [invalid, "suppression-unused"],
  );
  const idle = { ...files, "a.yaml": pod({ beside: ` ${ignoreIt}` }) };
  assert.equal(left(scanned(idle)), ["2:13 suppression-unused"]);
});

configured.run();

const reasons = suite("reasons");

const mandatory = "suppressions: {requireReason: true}\n";

reasons("without their dashes are one slip, and rules that are misspelled are each told", () => {
  const bare = (words: string) => `# sidelint-ignore ${words}`;
  assert.equal(left(scanned({ "a.yaml": pod({ above: bare("inject-value-invalid because of this") }) })), [
    "7:40 suppression-invalid",
  ]);
  assert.equal(
    left(scanned({ "a.yaml": pod({ above: bare("inject-value-invaild, dns-policy-not-cluster-frist") }) })),
    ["7:19 suppression-invalid", "7:41 suppression-invalid", `8:5 ${invalid}`],
  );
});

reasons("are missed where they are mandatory, and without one nothing is hidden", () => {
  const bare = "# sidelint-ignore inject-value-invalid";
  const result = scanned({ "a.yaml": pod({ above: bare }), "sidelint.yaml": mandatory });
  assert.equal(left(result), ["7:19 suppression-invalid", `8:5 ${invalid}`]);
  assert.equal(left(scanned({ "a.yaml": pod({ above: bare }) })), []);
});

reasons("are missed in the annotation and in the configuration too", () => {
  const files = {
    "a.yaml": annotated("inject-value-invalid"),
    "sidelint.yaml": `${mandatory}${entry("rules: [inject-value-invalid]")}`,
  };
  assert.equal(left(scanned(files)), [
    "6:39 suppression-invalid",
    `11:9 ${invalid}`,
    "3:13 suppression-invalid",
  ]);
});

reasons("that are given suffice", () => {
  const result = scanned({ "a.yaml": pod({ above: ignoreIt }), "sidelint.yaml": mandatory });
  assert.equal(left(result), []);
});

reasons.run();

const reports = suite("reports");

reports("count what is hidden, and list it", () => {
  const { report } = scanned({ "a.yaml": pod({ above: ignoreIt }) });
  assert.is(report.summary.suppressed, 1);
  assert.equal(report.summary.findings, { error: 0, warning: 0, info: 0 });
  assert.is(report.suppressed[0]?.finding.rule, invalid);
});

reports.run();
