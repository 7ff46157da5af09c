/** Whether an istiod injects native sidecars where pods do not say. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { areNative } from "../../src/istio/native-sidecars.ts";
import { nearestFacts } from "../../src/istio/releases.ts";

const native = suite("native sidecars");

const cases: readonly (readonly [
  release: string,
  setting: string | undefined,
  kubernetes: string | undefined,
  native: boolean | undefined,
])[] = [
  ["1.18", undefined, "1.33", false],
  ["1.18", "true", "1.33", false],
  ["1.19", undefined, "1.33", false],
  ["1.19", "true", undefined, true],
  ["1.26", "1", undefined, true],
  ["1.26", "TRUE", undefined, true],
  ["1.26", "False", undefined, false],
  ["1.26", "auto", "1.33", false],
  ["1.26", "", "1.33", false],
  ["1.27", undefined, undefined, undefined],
  ["1.27", undefined, "1.33", true],
  ["1.27", undefined, "1.32", false],
  ["1.27", undefined, "v1.33.1-eks-1a2b", true],
  ["1.27", undefined, "1.32.99", false],
  ["1.27", undefined, "2.0", false],
  ["1.27", undefined, "newest", undefined],
  ["1.27", "auto", "1.34", true],
  ["1.27", "auto", undefined, undefined],
  ["1.27", "true", "1.20", true],
  ["1.27", "false", "1.34", false],
  ["1.27", "1", "1.34", false],
  ["1.27", "", "1.34", false],
  ["1.30", "True", "1.34", false],
];

for (const [release, setting, kubernetesVersion, expected] of cases) {
  native(`of ${release}, set to ${setting}, on ${kubernetesVersion}`, () => {
    assert.is(areNative({ release: nearestFacts(release), setting, kubernetesVersion }), expected);
  });
}

native.run();
