/** Durations as Go and protobuf write them. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { durationText, goDurationText, parseDuration } from "../../src/istio/duration.ts";

const durations = suite("durations");

const cases: readonly (readonly [text: string, protobuf: string, go: string])[] = [
  ["0", "0s", "0s"],
  ["45s", "45s", "45s"],
  ["1m", "60s", "1m0s"],
  ["1h1s", "3601s", "1h0m1s"],
  ["1.5h", "5400s", "1h30m0s"],
  ["500ms", "0.500s", "500ms"],
  ["1500us", "0.001500s", "1.5ms"],
  ["1500ns", "0.000001500s", "1.5µs"],
  ["7ns", "0.000000007s", "7ns"],
  ["-1.25s", "-1.250s", "-1.25s"],
  ["-1ms", "-0.001s", "-1ms"],
];
for (const [text, protobuf, go] of cases) {
  durations(text, () => {
    const duration = parseDuration(text);
    assert.is(typeof duration, "bigint");
    assert.is(durationText(duration ?? 0n), protobuf);
    assert.is(goDurationText(duration ?? 0n), go);
  });
}
for (const text of ["", "s", "5", "1 s", "1d", ".s", "3000000h", "1s ", "--1s"]) {
  durations(`${JSON.stringify(text)} is none`, () => assert.is(parseDuration(text), undefined));
}

durations.run();
