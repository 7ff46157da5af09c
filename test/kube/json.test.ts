/** JSON text of plain data. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { jsonTextOf } from "../../src/kube/json.ts";

const json = suite("JSON text");

json("integers of any size are written in digits, and texts that look like them are not", () => {
  assert.is(
    jsonTextOf({ a: 12345678901234567890n, b: [1n, 2, "3"], c: "1n" }),
    '{"a":12345678901234567890,"b":[1,2,"3"],"c":"1n"}',
  );
  assert.is(jsonTextOf([1n, "\u00007"]), '[1,"\\u00007"]');
  assert.is(jsonTextOf({ a: 1n }, 2), '{\n  "a": 1\n}');
});

json.run();
