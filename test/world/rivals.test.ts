/** Injectors of charts that lie in store: none of several is taken for the one that is installed. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { withoutRivals } from "../../src/world/rivals.ts";
import type { Placed } from "../../src/world/world.ts";
import { scanned } from "./scanned.ts";

const hooks = (name: string, revision: string) => `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: ${name}, labels: {istio.io/rev: ${revision}}}
webhooks: []
`;

/** The objects of files, each read for itself, as a world holds one of a name. */
function placedIn(files: Readonly<Record<string, string>>): readonly Placed[] {
  return Object.entries(files).flatMap(
    ([path, text]) => scanned({ [path]: text }).world.webhookConfigurations,
  );
}

function rendered(files: Readonly<Record<string, string>>): readonly Placed[] {
  return placedIn(files).map((one) => ({ ...one, isRendered: true }));
}

const rivals = suite("rivalling installs");

rivals("of charts that render one name differently none is taken, and each is told", () => {
  const placed = rendered({
    "a/templates/h.yaml": hooks("istio", "a"),
    "b/templates/h.yaml": hooks("istio", "b"),
    "c/templates/h.yaml": hooks("other", "c"),
  });
  const left = withoutRivals(placed);
  assert.equal(
    left.placed.map(({ name }) => name),
    ["other"],
  );
  assert.equal(left.skipped, [
    { reason: "rival-install", path: "a", files: 1, detail: "" },
    { reason: "rival-install", path: "b", files: 1, detail: "" },
  ]);
});

rivals("what is the same in all of them is taken, and so is what is no chart's", () => {
  const same = rendered({
    "a/templates/h.yaml": hooks("istio", "a"),
    "b/templates/h.yaml": hooks("istio", "a"),
  });
  assert.equal(withoutRivals(same).skipped, []);
  const written = placedIn({
    "a.yaml": hooks("istio", "a"),
    "b.yaml": hooks("istio", "b"),
  });
  assert.is(withoutRivals(written).placed.length, 2);
});

rivals.run();
