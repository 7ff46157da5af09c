/** What is said of keys between two releases: it holds against what the releases do with them. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { upgradeRemarks } from "../../src/compare/upgrade.ts";
import { knownKey, knownKeys } from "../../src/istio/catalogue.ts";
import { deployment, enabled, namespace, scanned } from "../world/scanned.ts";

const upgrade = suite("what is known of an upgrade");

const releases = [
  "1.9",
  "1.10",
  "1.11",
  "1.12",
  "1.14",
  "1.16",
  "1.18",
  "1.20",
  "1.22",
  "1.24",
  "1.26",
  "1.28",
  "1.30",
];
const values = ["true", "false", "canary"];

/** A workload with a label or an annotation, in a namespace without a webhook of its own. */
function filesWith(kind: string, key: string, value: string) {
  const text =
    kind === "label"
      ? deployment("web", "namespace: shop", `"${key}": "${value}"`)
      : deployment("web", "namespace: shop").replace(
          "metadata: {labels",
          `metadata: {annotations: {"${key}": "${value}"}, labels`,
        );
  return { "web.yaml": text };
}

const config = { istio: { revisions: [{ name: "default" }, { name: "canary" }] } };

function verdictIn(files: Readonly<Record<string, string>>, labels: string, istioVersion: string): string {
  const { report } = scanned({ ...files, "ns.yaml": namespace("shop", labels) }, { istioVersion, config });
  return report.workloads.map(({ verdict, revision }) => `${verdict} ${revision}`).join();
}

upgrade("no key is told to be new or gone that decides in the release which is said not to have it", () => {
  const keys = knownKeys().flatMap((key) =>
    knownKey(key)
      .filter(({ resources }) => resources.includes("Pod"))
      .map(({ kind }) => ({ key, kind })),
  );
  assert.ok(keys.length > 20);
  const bare = { "web.yaml": deployment("web", "namespace: shop") };
  for (const { key, kind } of keys) {
    // Where a key decides at all, it does so with one of these values and labels.
    const decides = new Set(
      releases.filter((release) =>
        ["", enabled, "istio.io/rev: canary"].some((labels) =>
          values.some(
            (value) =>
              verdictIn(filesWith(kind, key, value), labels, release) !== verdictIn(bare, labels, release),
          ),
        ),
      ),
    );
    if (decides.size === 0) continue;
    for (const [index, from] of releases.entries()) {
      const to = releases[index + 1];
      if (to === undefined) continue;
      const scan = (istioVersion: string) => scanned(filesWith(kind, key, "true"), { istioVersion }).world;
      const remarks = upgradeRemarks(scan(from), scan(to)).filter((line) =>
        line.startsWith(`${kind} ${key} `),
      );
      assert.equal(
        remarks.filter((line) => !line.includes("deprecated")),
        [],
        `${kind} ${key} decides in ${[...decides]}`,
      );
    }
  }
});

upgrade("a key that Istio lists from a release on is told with its place", () => {
  const scan = (istioVersion: string) =>
    scanned(filesWith("annotation", "sidecar.istio.io/nativeSidecar", "true"), { istioVersion }).world;
  assert.equal(
    upgradeRemarks(scan("1.20"), scan("1.26")).filter((line) => line.startsWith("annotation ")),
    [
      "annotation sidecar.istio.io/nativeSidecar is in Istio's list of annotations from 1.24 on (web.yaml:6).",
    ],
  );
});

upgrade.run();
