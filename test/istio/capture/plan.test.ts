import { suite } from "uvu";
import * as assert from "uvu/assert";
import { captureOf } from "../../../src/istio/capture/captured.ts";
import { capturePlan } from "../../../src/istio/capture/plan.ts";
import { nearestFacts } from "../../../src/istio/releases.ts";
import type { JsonObject } from "../../../src/kube/json.ts";

const facts = nearestFacts("1.30");

function pod(annotations: JsonObject, initContainers: readonly JsonObject[], proxy: JsonObject = {}) {
  const containers = [{ name: "web" }, { name: "istio-proxy", ...proxy }];
  return { metadata: { annotations }, spec: { containers, initContainers } };
}

const validation = { name: "istio-validation", args: ["istio-iptables", "--run-validation"] };
const plans = suite("how a pod's traffic is captured");

plans("by the arguments of istio-init", () => {
  const init = {
    name: "istio-init",
    args: ["istio-iptables", "-p", "15001", "-u", "2000", "-m", "REDIRECT", "-i", "10.0.0.0/8", "-b", "*"],
    env: [{ name: "ISTIO_META_DNS_CAPTURE", value: "true" }],
  };
  const read = capturePlan(pod({}, [init]), facts);
  if (!read?.ok) throw new Error("there is no plan");
  const { by, settings } = read.plan;
  assert.equal(
    [by, settings.users, settings.includedRanges, settings.redirectsDns],
    ["istio-init", "2000", "10.0.0.0/8", true],
  );
});

plans("several users may be left alone", () => {
  const of = (users: string) =>
    captureOf(pod({}, [{ name: "istio-init", args: ["istio-iptables", "-u", users] }]), facts.capture);
  assert.equal([of("1337,0")?.user, of("1337,0")?.users], [undefined, [1337, 0]]);
  assert.equal([of("1500")?.user, of("1500")?.users], [1500, [1500]]);
  assert.is(captureOf(pod({}, []), facts.capture), undefined);
});

plans(
  "what is captured is read as the rules are: long flags, values behind =, the environment, what holds unsaid",
  () => {
    const read = (args: readonly string[], env: readonly JsonObject[] = []) =>
      captureOf(pod({}, [{ name: "istio-init", args: ["istio-iptables", ...args], env }]), facts.capture);
    const capture = read(
      ["--proxy-uid", "1500", "-i=10.0.0.0/8"],
      [{ name: "ISTIO_INBOUND_PORTS", value: "80" }],
    );
    assert.equal(
      [capture?.user, capture?.includedRanges, capture?.includedInboundPorts],
      [1500, "10.0.0.0/8", "80"],
    );
    assert.is(read([])?.user, 1337);
    assert.is(read(["--no-such-flag"]), undefined);
  },
);

plans("flags for the log, which templates tell as well, say nothing of capture", () => {
  const args = [
    "istio-iptables",
    "-b",
    "*",
    "--log_output_level=default:info",
    "--log_target",
    "x",
    "--log_as_json",
  ];
  const read = capturePlan(pod({}, [{ name: "istio-init", args: [...args, "-i", "10.0.0.0/8"] }]), facts);
  if (!read?.ok) throw new Error("there is no plan");
  assert.equal(
    [read.plan.settings.includedInboundPorts, read.plan.settings.includedRanges],
    ["*", "10.0.0.0/8"],
  );
});

plans("by the annotations, where the CNI plugin does it", () => {
  const annotations = {
    "traffic.sidecar.istio.io/excludeInboundPorts": "9000",
    "traffic.sidecar.istio.io/includeOutboundIPRanges": "10.0.0.0/8",
    "sidecar.istio.io/interceptionMode": "TPROXY",
  };
  const proxy = {
    securityContext: { runAsUser: 1500, runAsGroup: 0 },
    env: [{ name: "ISTIO_META_DNS_CAPTURE", value: "true" }],
  };
  const read = capturePlan(pod(annotations, [validation], proxy), facts);
  if (!read?.ok) throw new Error("there is no plan");
  const { by, settings } = read.plan;
  assert.equal(
    { by, ...pick(settings) },
    {
      by: "cni",
      mode: "TPROXY",
      users: "1500",
      groups: "1337",
      includedRanges: "10.0.0.0/8",
      includedInboundPorts: "*",
      excludedInboundPorts: "9000,15020,15021,15090",
      excludedOutboundPorts: "15020",
      capturesAllDns: true,
    },
  );
});

function pick(settings: object): object {
  const wanted = [
    "mode",
    "users",
    "groups",
    "includedRanges",
    "includedInboundPorts",
    "excludedInboundPorts",
    "excludedOutboundPorts",
    "capturesAllDns",
  ];
  return Object.fromEntries(Object.entries(settings).filter(([name]) => wanted.includes(name)));
}

plans("by nobody, where the pod has neither", () => {
  assert.is(capturePlan(pod({}, []), facts), undefined);
});

plans("an istio-init that fails is told", () => {
  const init = { name: "istio-init", args: ["istio-iptables", "-i", "10.0.0.1"] };
  const read = capturePlan(pod({}, [init]), facts);
  assert.is(read && !read.ok ? read.fault.stage : undefined, "run");
});

plans("old plugins are not told what they do not know", () => {
  const read = capturePlan(
    pod({ "traffic.sidecar.istio.io/excludeInterfaces": "net1" }, [validation]),
    nearestFacts("1.6"),
  );
  assert.is(read?.ok, true);
});

plans.run();
