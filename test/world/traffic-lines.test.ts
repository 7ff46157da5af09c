/** `explain --traffic`: its lines say of packets what becomes of them by the rules, whatever the settings are. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isWithin, parseAddress, parseRange } from "../../src/istio/capture/ip.ts";
import { usualMachine } from "../../src/istio/capture/plan.ts";
import { captureRules } from "../../src/istio/capture/rules.ts";
import { readCaptureSettings } from "../../src/istio/capture/settings.ts";
import { isPort, type Packet, walk } from "../../src/istio/capture/walk.ts";
import { nearestFacts } from "../../src/istio/releases.ts";
import type { CapturedTraffic } from "../../src/world/traffic.ts";
import { type TrafficLine, trafficLines } from "../../src/world/traffic-lines.ts";

/** What a pod has captured by these arguments; undefined where that fails. */
function trafficBy(
  given: readonly string[],
  release: string,
  environment: Readonly<Record<string, string>> = {},
): CapturedTraffic | undefined {
  const facts = nearestFacts(release);
  const read = readCaptureSettings(given, environment, usualMachine, facts.capture);
  const made = read.ok ? captureRules(read.settings, facts.capture) : read;
  if (!read.ok || !made.ok) return undefined;
  return {
    state: "captured",
    plan: { by: "istio-init", settings: read.settings, rules: made.rules },
    release,
    facts,
    nftables: false,
    pod: {},
    byHand: false,
    isCertain: true,
    native: true,
    machine: usualMachine,
    assumesNameserver: true,
    sourceOf: (setting) => ({ by: setting, where: "" }),
  };
}

function texts(given: readonly string[], release = "1.30", environment: Record<string, string> = {}) {
  const traffic = trafficBy(given, release, environment);
  if (!traffic) throw new Error("the program fails");
  return trafficLines(traffic).map(
    ({ about, captured, says }) => `${about} ${captured === null ? "·" : captured ? "✓" : "✗"} ${says}`,
  );
}

const all = ["-i", "*", "-b", "*", "-d", "15020,15021,15090"];
const told = suite("what explain says of settings");

const cases: readonly [
  title: string,
  given: readonly string[],
  says: readonly string[],
  not?: readonly RegExp[],
][] = [
  [
    "with TPROXY the port of the tunnel is captured as any other",
    [...all, "-m", "TPROXY"],
    ["in ✗ ports 15020, 15021 and 15090, on which the sidecar itself answers"],
  ],
  [
    "the port of the tunnel stays the sidecar's own where it is included",
    ["-i", "*", "-b", "15008,8080"],
    [
      "in ✓ TCP to port 8080 goes through the proxy (its port 15006)",
      "in ✗ port 15008, on which the sidecar itself answers",
    ],
  ],
  [
    "included ports that are excluded by all ranges come to nothing",
    ["-q", "443", "-x", "0.0.0.0/0"],
    ["out ✗ nothing: everything leaves the pod as it is"],
    [/any address/],
  ],
  [
    "ranges beside ports leave the rest alone",
    ["-i", "10.0.0.0/8", "-q", "443"],
    ["out ✗ every other port of every other address"],
  ],
  [
    "excluded ranges are said before ports of any address are",
    ["-q", "443", "-x", "10.0.0.0/8"],
    [
      "out ✓ TCP to port 443 of any address goes through the proxy (its port 15001), but for what is below",
      "out ✗ 10.0.0.0/8",
    ],
  ],
  [
    "excluding port 53 excludes queries",
    [...all, "-o", "53", "--redirect-dns"],
    ["dns ✗ queries go to the pod's name server, not to the agent"],
    [/dns ✓/],
  ],
  [
    "queries of all go to the agent",
    [...all, "--redirect-dns", "--capture-all-dns"],
    ["dns ✓ queries go to the agent (its port 15053)"],
  ],
  [
    "a virtual machine's traffic leaves as it is where no range is included",
    ["-b", "*", "-q", "443", "-k", "net1"],
    ["out ✗ what comes in by interface net1, of a virtual machine, leaves the pod as it is"],
  ],
  [
    "a virtual machine's traffic to included ranges goes through the proxy",
    ["-i", "10.0.0.0/8", "-k", "net1"],
    [
      "out ✓ what comes in by interface net1, of a virtual machine, goes out through the proxy to 10.0.0.0/8, and elsewhere as it is",
    ],
  ],
  [
    "excluding the usual interface",
    [...all, "-c", "eth0"],
    ["in ✗ what comes by interface eth0 is left alone", "out ✗ what leaves by interface eth0"],
  ],
];
for (const [title, given, says, not = []] of cases) {
  told(title, () => {
    const lines = texts(given);
    for (const one of says) assert.ok(lines.includes(one), `${one}\n${lines.join("\n")}`);
    for (const one of not)
      assert.not.ok(
        lines.some((line) => one.test(line)),
        lines.join("\n"),
      );
  });
}

told("groups are told by number and by name", () => {
  const lines = texts(all, "1.30", { ISTIO_OUTBOUND_OWNER_GROUPS: "202,java" });
  assert.ok(lines.includes("out ✗ what others send than groups 202 or java"), lines.join("\n"));
  assert.ok(lines.some((line) => line.startsWith("out ✓ all TCP")));
});

told("over UDP alone where a release excludes port 53 for TCP", () => {
  const lines = texts([...all, "-o", "53", "--redirect-dns"], "1.20");
  assert.ok(
    lines.includes("dns ✓ queries over UDP to the pod's name servers go to the agent (its port 15053)"),
  );
});

told.run();

/** Numbers that look random and are the same each time. */
function dice(seed: number): <T>(list: readonly T[]) => T {
  let state = seed;
  return (list) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const one = list[Math.floor(state / 65_536) % list.length];
    if (one === undefined) throw new Error("an empty list");
    return one;
  };
}

const ports = ["", "80", "443,8080", "8000:9000", "15008", "15008,8080", "15000:15030", "53,443"];
const ranges = ["", "10.0.0.0/8", "10.0.0.0/8,192.168.0.0/16", "172.16.5.4/32", "0.0.0.0/0"];

function settingsBy(pick: ReturnType<typeof dice>, release: string): readonly string[] {
  const unknown: readonly string[] = nearestFacts(release).capture.unknownFlags;
  const ifKnown = (name: string, given: readonly string[]) => (unknown.includes(name) ? [] : given);
  return [
    ...[
      "-m",
      pick(["REDIRECT", "TPROXY"]),
      "-b",
      pick(["*", "*", ...ports]),
      "-d",
      pick(["15020,15021", ...ports]),
    ],
    ...["-i", pick(["*", "*", ...ranges]), "-x", pick(["", ...ranges])],
    ...ifKnown("includedOutboundPorts", ["-q", pick(["", ...ports])]),
    ...["-o", pick(["", ...ports]), "-u", "1337", "-g", "1337"],
    ...ifKnown("excludedInterfaces", ["-c", pick(["", "", "net3"])]),
    ...ifKnown("redirectsDns", pick([[], ["--redirect-dns"]])),
  ];
}

/** What lines say of a port of the pod: the last to be about it counts, the narrower being below. */
function saidInbound(lines: readonly TrafficLine[], port: number): boolean | undefined {
  const own = lines.filter((line) => line.about === "in" && line.captured !== null);
  const isNamed = ({ says }: TrafficLine) =>
    /\bports? (\d[\d, and]*(?: to \d+)?[\d, andto]*)/.test(says.replace(/\(its port \d+\)/, "")) &&
    namedPorts(says).some((one) => isPort(one, port));
  const shut = own.find((line) => line.captured === false && isNamed(line));
  if (shut) return false;
  if (own.some((line) => line.captured && isNamed(line))) return true;
  return own.find(({ says }) => /every port|every other port|^nothing/.test(says))?.captured ?? undefined;
}

function namedPorts(says: string): readonly string[] {
  const list =
    /\bports? ((?:\d+(?: to \d+)?(?:, | and )?)+)/.exec(says.replace(/\(its port \d+\)/, ""))?.[1] ?? "";
  return list
    .split(/, | and /)
    .map((one) => one.trim().replace(" to ", ":"))
    .filter((one) => one !== "");
}

/** What lines say of a connection that the app makes. */
function saidOutbound(lines: readonly TrafficLine[], address: string, port: number): boolean | undefined {
  const own = lines.filter((line) => line.about === "out" && line.captured !== null);
  const known = parseAddress(address);
  const holds = ({ says }: TrafficLine) => {
    const named = says.match(/\d+\.\d+\.\d+\.\d+\/\d+/g) ?? [];
    return named.some((text) => {
      const range = parseRange(text, "netip");
      return known !== undefined && range !== undefined && isWithin(known, range);
    });
  };
  const isNamed = (line: TrafficLine) =>
    line.says.includes("of any address") && namedPorts(line.says).some((one) => isPort(one, port));
  const about = own.filter(({ says }) => !/stays in the pod|interface|sends|^UDP/.test(says));
  if (about.some((line) => !line.captured && (isNamed(line) || holds(line)))) return false;
  if (about.some((line) => line.captured && (isNamed(line) || holds(line)))) return true;
  return about.find(({ says }) => /^all TCP|^every other|^nothing/.test(says))?.captured ?? undefined;
}

const packet: Packet = {
  direction: "in",
  protocol: "tcp",
  source: "192.0.2.1",
  destination: "10.0.0.1",
  sourcePort: 40_000,
  destinationPort: 0,
  user: null,
  group: null,
  by: "eth0",
  mark: 0,
  isNew: true,
};

const agreement = suite("the lines of explain and a walk through the rules");
const destinations = ["10.1.2.3", "192.168.7.7", "172.16.5.4", "198.51.100.9", "11.0.0.1"];
const numbers = [80, 443, 8080, 8500, 15_008, 15_021, 15_020, 53, 3306];

for (const release of ["1.6", "1.9", "1.12", "1.16", "1.20", "1.24", "1.26", "1.30"]) {
  agreement(`agree for random settings of ${release}`, () => {
    const pick = dice(Number(release.replace(".", "")));
    let asked = 0;
    for (let round = 0; round < 150; round++) {
      const given = settingsBy(pick, release);
      const traffic = trafficBy(given, release);
      if (!traffic) continue;
      const { rules } = traffic.plan;
      const lines = trafficLines(traffic);
      const why = (what: string) =>
        `${what} with ${given.join(" ")}\n${lines.map(({ about, captured, says }) => `${about} ${captured} ${says}`).join("\n")}`;
      for (const destinationPort of numbers) {
        const isIn = walk(rules, { ...packet, destinationPort }).verdict !== "none";
        assert.is(saidInbound(lines, destinationPort), isIn, why(`in ${destinationPort}`));
        for (const destination of destinations) {
          const sent = {
            ...packet,
            direction: "out",
            source: "10.0.0.1",
            destination,
            destinationPort,
          } as const;
          const isOut = walk(rules, sent).verdict !== "none";
          assert.is(
            saidOutbound(lines, destination, destinationPort),
            isOut,
            why(`out ${destination} ${destinationPort}`),
          );
          asked++;
        }
      }
    }
    assert.ok(asked > 4_000, `only ${asked} packets were asked`);
  });
}

agreement.run();
