import { suite } from "uvu";
import * as assert from "uvu/assert";
import { addressText, isWithin, parseAddress, parseRange, rangeText } from "../../../src/istio/capture/ip.ts";
import { captureRules } from "../../../src/istio/capture/rules.ts";
import { readCaptureSettings } from "../../../src/istio/capture/settings.ts";
import { type Packet, walk } from "../../../src/istio/capture/walk.ts";
import { nearestFacts } from "../../../src/istio/releases.ts";

/** The oldest and the newest program. */
const captureFacts = {
  families: nearestFacts("1.30").capture,
  "addresses-v4": nearestFacts("1.6").capture,
};
type CaptureProgram = keyof typeof captureFacts;

const machine = { addresses: ["10.0.0.7"], nameservers: ["10.96.0.10"] };
const usual = ["-m", "REDIRECT", "-i", "*", "-b", "*", "-d", "15090,15021,15020"];

const sent: Packet = {
  direction: "out",
  protocol: "tcp",
  source: "10.0.0.7",
  destination: "192.0.2.8",
  sourcePort: 40000,
  destinationPort: 443,
  user: 1000,
  group: 1000,
  by: "eth0",
  mark: 0,
  isNew: true,
};
const arriving: Packet = {
  ...sent,
  direction: "in",
  source: "192.0.2.8",
  destination: "10.0.0.7",
  destinationPort: 8080,
  user: null,
  group: null,
};

function way(packet: Packet, given: readonly string[] = usual, program: CaptureProgram = "families") {
  const read = readCaptureSettings(given, {}, machine, captureFacts[program]);
  if (!read.ok) throw new Error(read.fault.says);
  const made = captureRules(read.settings, captureFacts[program]);
  if (!made.ok) throw new Error(made.fault.says);
  const { verdict, port, steps } = walk(made.rules, packet);
  return { is: port === undefined ? verdict : `${verdict} ${port}`, last: steps.at(-1)?.rule.from };
}

const packets = suite("packets under the rules");

const cases: readonly [string, Packet, readonly string[], string][] = [
  ["what the application sends goes to the proxy", sent, usual, "redirect 15001"],
  ["what the proxy sends leaves", { ...sent, user: 1337 }, usual, "none"],
  ["what the proxy's group sends leaves", { ...sent, group: 1337 }, usual, "none"],
  ["UDP leaves", { ...sent, protocol: "udp" }, usual, "none"],
  ["localhost stays", { ...sent, destination: "127.0.0.1", by: "lo" }, usual, "none"],
  [
    "the application reaches its own address as it is",
    { ...sent, destination: "10.0.0.7", by: "lo" },
    usual,
    "none",
  ],
  [
    "the proxy reaches the application's address through itself",
    { ...sent, destination: "10.0.0.7", by: "lo", user: 1337 },
    usual,
    "redirect 15006",
  ],
  ["passed on connections stay", { ...sent, source: "127.0.0.6", by: "lo", user: 1337 }, usual, "none"],
  ["excluded ranges leave", sent, [...usual, "-x", "192.0.2.0/24"], "none"],
  ["excluded ports leave", sent, [...usual, "-o", "443"], "none"],
  ["ports of a range are excluded", sent, [...usual, "-o", "400:500"], "none"],
  ["of included ranges, those alone are captured", sent, ["-i", "10.0.0.0/8", "-b", "*"], "none"],
  ["included ports are captured whatever the address", sent, ["-i", "", "-q", "443"], "redirect 15001"],
  ["connections that are known are not asked again", { ...sent, isNew: false }, usual, "none"],
  ["what arrives goes to the proxy", arriving, usual, "redirect 15006"],
  ["what arrives at the agent does not", { ...arriving, destinationPort: 15020 }, usual, "none"],
  ["what arrives at the tunnel does not", { ...arriving, destinationPort: 15008 }, usual, "none"],
  ["without inbound ports nothing that arrives is captured", arriving, ["-i", "*"], "none"],
  ["TPROXY keeps addresses", arriving, [...usual, "-m", "TPROXY"], "tproxy 15006"],
  ["TPROXY diverts known connections", { ...arriving, isNew: false }, [...usual, "-m", "TPROXY"], "divert"],
  ["excluded interfaces are left alone", { ...arriving, by: "net1" }, [...usual, "-c", "net1"], "none"],
  ["interfaces may end in a plus", { ...arriving, by: "net1" }, [...usual, "-c", "net+"], "none"],
  [
    "virtual interfaces count as outbound",
    { ...arriving, by: "eth1" },
    [...usual, "-k", "eth1"],
    "redirect 15001",
  ],
  [
    "DNS goes to the agent",
    { ...sent, protocol: "udp", destination: "10.96.0.10", destinationPort: 53 },
    [...usual, "--redirect-dns"],
    "redirect 15053",
  ],
  [
    "DNS of other servers leaves",
    { ...sent, protocol: "udp", destinationPort: 53 },
    [...usual, "--redirect-dns"],
    "none",
  ],
  [
    "IPv6 has rules of its own",
    { ...sent, source: "2001:db8::7", destination: "2001:db8::8" },
    usual,
    "redirect 15001",
  ],
];
for (const [title, packet, given, is] of cases) packets(title, () => assert.is(way(packet, given).is, is));

packets("old programs: TPROXY goes to the proxy's port, SSH stays", () => {
  assert.is(way(arriving, [...usual, "-m", "TPROXY"], "addresses-v4").is, "tproxy 15001");
  assert.is(way({ ...arriving, destinationPort: 22 }, usual, "addresses-v4").is, "none");
});

packets("the last rule names the setting that decided", () => {
  assert.is(way(sent, [...usual, "-x", "192.0.2.0/24"]).last, "excludedRanges");
  assert.is(way({ ...arriving, destinationPort: 15020 }).last, "excludedInboundPorts");
  assert.is(way({ ...sent, user: 1337 }).last, "users");
});

packets.run();

const addresses = suite("addresses and ranges");

const texts: readonly [string, string][] = [
  ["10.1.2.3", "10.1.2.3"],
  ["2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
  ["0:0:0:0:0:0:0:0", "::"],
  ["::1", "::1"],
  ["1:0:2:0:3:0:4:0", "1:0:2:0:3:0:4:0"],
];
for (const [given, text] of texts) {
  addresses(`${given} is ${text}`, () => {
    const address = parseAddress(given);
    assert.is(address && addressText(address), text);
  });
}

addresses("mapped addresses are IPv4, mapped ranges stay what they are to newer readers", () => {
  assert.equal(parseAddress("::ffff:10.0.0.1"), parseAddress("10.0.0.1"));
  const [range, old] = (["netip", "net"] as const).map((parser) => parseRange("::ffff:10.0.0.1/120", parser));
  assert.is(range && rangeText(range), "::ffff:10.0.0.1/120");
  assert.is(old && rangeText(old), "10.0.0.1/24");
});

addresses("a range holds what its bits cover, and no other family", () => {
  const range = parseRange("10.1.2.3/8", "netip");
  const holds = (text: string) => {
    const address = parseAddress(text);
    return range && address && isWithin(address, range);
  };
  assert.is(holds("10.255.0.1"), true);
  assert.is(holds("11.0.0.1"), false);
  assert.is(holds("::a01:203"), false);
});

addresses.run();
