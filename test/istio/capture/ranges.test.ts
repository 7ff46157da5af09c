import { suite } from "uvu";
import * as assert from "uvu/assert";
import { rangesCover } from "../../../src/istio/capture/ranges.ts";

const cover = suite("excluded ranges");

const cases: readonly (readonly [excluded: string, included: string, covered: boolean])[] = [
  ["0.0.0.0/0", "*", true],
  ["0.0.0.0/1,128.0.0.0/1", "*", true],
  ["128.0.0.0/1, 0.0.0.0/1", "*", true],
  ["0.0.0.0/1,128.0.0.0/2", "*", false],
  ["10.0.0.0/8", "*", false],
  ["10.0.0.0/8", "10.96.0.0/12", true],
  ["10.96.0.0/12", "10.0.0.0/8", false],
  ["10.0.0.0/9,10.128.0.0/9", "10.0.0.0/8", true],
  ["10.0.0.0/9,10.129.0.0/16", "10.0.0.0/8", false],
  ["10.0.0.1/8", "10.9.9.9/32", true],
  ["10.0.0.0/8", "10.0.0.0/8,fd00::/8", false],
  ["10.0.0.0/8,fd00::/8", "10.0.0.0/8,fd00:1::/32", true],
  ["::/0", "2001:db8::1/128,::ffff:1.2.3.4/128", true],
  ["::/0", "*", false],
  ["", "*", false],
  ["0.0.0.0/0", "", false],
  ["*", "*", false],
  ["$" + "{RANGES}", "*", false],
];
for (const [excluded, included, covered] of cases) {
  cover(
    `${JSON.stringify(excluded)} ${covered ? "cover" : "do not cover"} ${JSON.stringify(included)}`,
    () => {
      assert.is(rangesCover(excluded, included), covered);
    },
  );
}

cover.run();
