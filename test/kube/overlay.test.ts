/** Overlays on typed objects: what the merge makes of them once it is read back. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decode } from "../../src/kube/decode.ts";
import type { Json, JsonObject } from "../../src/kube/json.ts";
import { type Overlaid, overlay } from "../../src/kube/overlay.ts";

function typed(json: Json): JsonObject {
  const decoded = decode("PodSpec", json, { via: "json" });
  assert.ok(decoded.ok);
  return decoded.value;
}

function laid(original: Json, patch: Json): Overlaid {
  return overlay("PodSpec", typed(original), patch);
}

const overlays = suite("overlay");

const cases: readonly (readonly [what: string, original: Json, patch: Json, expected: unknown])[] = [
  [
    "what is added is printed as the type prints it",
    { containers: [{ name: "app" }] },
    { containers: [{ name: "istio-proxy", resources: { limits: { memory: "1024Mi" } }, own: 1 }] },
    {
      containers: [
        { name: "istio-proxy", resources: { limits: { memory: "1Gi" } } },
        { name: "app", resources: {} },
      ],
    },
  ],
  [
    "a directive left in an added item is gone",
    { containers: [] },
    { containers: [{ name: "a", env: [{ name: "E", $patch: "delete" }] }] },
    { containers: [{ name: "a", env: [{ name: "E" }], resources: {} }] },
  ],
  [
    "names of fields are read without regard to case",
    { containers: [] },
    { HostNetwork: true },
    { containers: [], hostNetwork: true },
  ],
  [
    "large integers lose precision",
    { containers: [], activeDeadlineSeconds: 1 },
    { activeDeadlineSeconds: 9007199254740993n },
    { containers: [], activeDeadlineSeconds: "9007199254740992n" },
  ],
];
for (const [what, original, patch, expected] of cases) {
  overlays(what, () => {
    const result = laid(original, patch);
    assert.ok(result.ok);
    const text = JSON.stringify(result.value, (_, value) =>
      typeof value === "bigint" ? `${value}n` : value,
    );
    assert.is(text, JSON.stringify(expected));
  });
}

overlays("a merge that fails says where in the overlay", () => {
  const result = laid({ containers: [{ name: "a" }] }, { containers: [{ image: "x" }] });
  assert.ok(!result.ok);
  assert.is(result.stage, "merge");
  assert.equal(result.errors[0]?.path, ["containers", 0]);
});

overlays("a result that is no object of the type says where in the result", () => {
  const result = laid({ containers: [{ name: "a" }] }, { containers: [{ name: "b", tty: "yes" }] });
  assert.ok(!result.ok);
  assert.is(result.stage, "result");
  assert.equal(
    result.errors.map(({ path, message }) => `${path.join(".")} ${message}`),
    ["containers.0.tty is a string, not a boolean"],
  );
});

overlays("a boolean does not become a string on the way back", () => {
  const result = overlay("ObjectMeta", {}, { labels: { a: true } });
  assert.ok(!result.ok);
  assert.equal(result.errors[0]?.path, ["labels", "a"]);
});
overlays.run();
