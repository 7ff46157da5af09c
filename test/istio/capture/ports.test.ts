/** Ports that iptables refuses. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { capturePlan } from "../../../src/istio/capture/plan.ts";
import { unusablePorts } from "../../../src/istio/capture/ports.ts";
import { nearestFacts } from "../../../src/istio/releases.ts";

const ports = suite("ports that iptables takes for none");

const cases: readonly [list: string, are: readonly string[]][] = [
  ["", []],
  ["80, 443,8000:9000", []],
  ["8000:,:80", []],
  ["http", []],
  ["8000-9000,443", ["8000-9000"]],
  ["80;443,70000,1:2:3", ["80;443", "70000", "1:2:3"]],
];
for (const [list, are] of cases) {
  ports(`${JSON.stringify(list)}: ${are.join(" ") || "none"}`, () => {
    assert.equal(unusablePorts(list), are);
  });
}

ports("istio-init fails of them, unless it makes rules for nft", () => {
  const plan = (...more: readonly string[]) => {
    const args = ["istio-iptables", "-b", "*", "-q", "8000-9000", ...more];
    const initContainers = [{ name: "istio-init", args }];
    return capturePlan({ spec: { containers: [], initContainers } }, nearestFacts("1.30"));
  };
  const read = plan();
  assert.equal(read && !read.ok && read.fault, {
    stage: "run",
    of: "includedOutboundPorts",
    says: 'iptables takes "8000-9000" for no port, and refuses the rules',
  });
  assert.is(plan("--native-nftables")?.ok, true);
});

ports.run();
