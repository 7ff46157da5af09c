/** The stable sort: sorts any length, keeps equals in order, and does as Go does where the comparison is inconsistent. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { stableSort } from "../../src/kube/stable-sort.ts";

const sorts = suite("stable sort");

for (const length of [0, 1, 2, 19, 20, 21, 40, 41, 157, 1000]) {
  sorts(`${length} items come out in order, equals as they stood`, () => {
    const items = Array.from({ length }, (_, index) => ({ rank: (index * 7919) % 13, index }));
    const expected = [...items].sort((a, b) => a.rank - b.rank || a.index - b.index);
    stableSort(items, (a, b) => a.rank < b.rank);
    assert.equal(items, expected);
  });
}

sorts("up to 20 items that each go before any other are turned round", () => {
  const items = Array.from({ length: 20 }, (_, index) => index);
  stableSort(items, () => true);
  assert.equal(
    items,
    Array.from({ length: 20 }, (_, index) => 19 - index),
  );
});

sorts("of 21 the last goes first, before the others turned round", () => {
  const items = Array.from({ length: 21 }, (_, index) => index);
  stableSort(items, () => true);
  assert.equal(items, [20, ...Array.from({ length: 20 }, (_, index) => 19 - index)]);
});
sorts.run();
