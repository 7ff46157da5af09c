/** Label keys, label values and DNS names, valid or not and for how many reasons. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  dnsLabelErrors,
  dnsSubdomainErrors,
  labelKeyErrors,
  labelValueErrors,
} from "../../src/kube/names.ts";

type Table = readonly (readonly [text: string, reasons: number])[];

const long = (length: number): string => "a".repeat(length);

const tables: readonly (readonly [string, (text: string) => readonly string[], Table])[] = [
  [
    "label keys",
    labelKeyErrors,
    [
      ["a", 0],
      ["A.b_c-d", 0],
      ["istio.io/rev", 0],
      ["a/B", 0],
      [long(63), 0],
      [`${long(253)}/a`, 0],
      ["", 2],
      ["a/", 2],
      ["/a", 1],
      ["A/b", 1],
      ["a/b/c", 1],
      [".a", 1],
      ["a b", 1],
      ["a\n", 1],
      ["é", 1],
      [long(64), 1],
      [`${long(254)}/a`, 1],
      ["-/-", 2],
    ],
  ],
  [
    "label values",
    labelValueErrors,
    [
      ["", 0],
      ["1", 0],
      ["enabled", 0],
      ["a..b", 0],
      [long(63), 0],
      [long(64), 1],
      ["enabled ", 1],
      ["-a", 1],
      ["a/b", 1],
      ["é".repeat(32), 2],
      ["é".repeat(31), 1],
    ],
  ],
  [
    "DNS subdomains",
    dnsSubdomainErrors,
    [
      ["a.b-c.1", 0],
      ["", 1],
      ["a..b", 1],
      ["a.-b", 1],
      ["A", 1],
      [long(253), 0],
      [long(254), 1],
      [`${long(254)}.`, 2],
    ],
  ],
  [
    "DNS labels",
    dnsLabelErrors,
    [
      ["shop-1", 0],
      ["", 1],
      ["a.b", 1],
      ["a_b", 1],
      ["-a", 1],
      [long(63), 0],
      [long(64), 1],
    ],
  ],
];

const names = suite("names");

for (const [what, errorsOf, table] of tables) {
  names(`${what} are refused for as many reasons as Kubernetes has`, () => {
    for (const [text, reasons] of table) assert.is(errorsOf(text).length, reasons, JSON.stringify(text));
  });
}

names("a dotted name is told that a label takes no dots", () => {
  assert.equal(dnsLabelErrors("a.b"), ["takes no dots"]);
});

names("a long run of dashes is refused in no time", () => {
  const start = performance.now();
  assert.is(labelValueErrors(`a${"-".repeat(200_000)}`).length, 2);
  assert.ok(performance.now() - start < 200);
});

names.run();
