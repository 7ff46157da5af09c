/** What changed in the rules from release to release: each line is there from one release on, or up to one. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { restoreText, rulesOf } from "../../../src/istio/capture/rule.ts";
import { captureRules } from "../../../src/istio/capture/rules.ts";
import { readCaptureSettings } from "../../../src/istio/capture/settings.ts";
import { walk } from "../../../src/istio/capture/walk.ts";
import { nearestFacts } from "../../../src/istio/releases.ts";

const machine = { addresses: ["2001:db8::7", "10.0.0.7"], nameservers: ["10.96.0.10", "fd00::a"] };
const usual = ["-m", "REDIRECT", "-i", "*", "-b", "*", "-u", "1337", "-g", "1337"];
const tproxy = ["-m", "TPROXY", ...usual.slice(2)];
const ranges = ["-m", "REDIRECT", "-i", "10.1.2.3/8", "-b", "*", "-u", "1337", "-g", "1337"];
const minors = Array.from({ length: 25 }, (_, index) => index + 6);

interface Change {
  /** Minor releases from and to which the line is there. */
  readonly from?: number;
  readonly to?: number;
  readonly line: string;
  readonly given?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly family?: 4 | 6;
}

const dns = { ISTIO_META_DNS_CAPTURE: "true" };
const query = "-p udp --dport 53";
const changes: readonly Change[] = [
  { to: 12, line: "-A ISTIO_INBOUND -p tcp --dport 22 -j RETURN" },
  { from: 7, line: "-A ISTIO_INBOUND -p tcp --dport 15008 -j RETURN" },
  { from: 7, line: "-A ISTIO_INBOUND -p tcp --dport 15008 -j RETURN", family: 6 },
  { from: 7, line: "-A ISTIO_OUTPUT -p tcp --dport 443 -j ISTIO_REDIRECT", given: [...usual, "-q", "443"] },
  {
    from: 9,
    line: "-A ISTIO_OUTPUT -p tcp --dport 443 -j ISTIO_REDIRECT",
    given: [...usual, "-q", "443"],
    family: 6,
  },
  {
    to: 8,
    line: "-A ISTIO_TPROXY ! -d 127.0.0.1/32 -p tcp -j TPROXY --tproxy-mark 1337/0xffffffff --on-port 15001",
    given: tproxy,
  },
  {
    from: 12,
    line: "-A ISTIO_TPROXY ! -d ::1/128 -p tcp -j TPROXY --tproxy-mark 1337/0xffffffff --on-port 15006",
    given: tproxy,
    family: 6,
  },
  {
    from: 9,
    line: "-A PREROUTING -p tcp -m mark --mark 1337 -j CONNMARK --save-mark",
    given: tproxy,
  },
  { from: 11, line: "-A OUTPUT -p tcp -o lo -m mark --mark 1337 -j RETURN", given: tproxy },
  {
    from: 11,
    line: "-A PREROUTING -i net1 -j RETURN",
    given: [...usual, "--istio-exclude-interfaces", "net1"],
  },
  {
    from: 14,
    line: "-A ISTIO_OUTPUT -m owner ! --gid-owner 202 -j RETURN",
    environment: { ISTIO_OUTBOUND_OWNER_GROUPS: "202" },
  },
  { to: 15, line: "-A ISTIO_OUTPUT -d 10.0.0.0/8 -j ISTIO_REDIRECT", given: ranges },
  { from: 16, line: "-A ISTIO_OUTPUT -d 10.1.2.3/8 -j ISTIO_REDIRECT", given: ranges },
  { to: 22, line: "-A ISTIO_OUTPUT -j RETURN", given: ranges },
  {
    to: 17,
    line: "-A ISTIO_OUTPUT -o lo ! -d 127.0.0.1/32 -m owner --uid-owner 1337 -j ISTIO_IN_REDIRECT",
  },
  {
    from: 18,
    line: "-A ISTIO_OUTPUT -o lo ! -d 127.0.0.1/32 -p tcp ! --dport 15008 -m owner --uid-owner 1337 -j ISTIO_IN_REDIRECT",
  },
  {
    from: 21,
    line: "-A ISTIO_OUTPUT -d 127.0.0.1/8 -j RETURN",
    environment: { ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR: "127.0.0.1/8" },
  },
  {
    from: 12,
    to: 23,
    line: "-A PREROUTING -m conntrack --ctstate INVALID -j DROP",
    environment: { INVALID_DROP: "true" },
  },
  {
    from: 24,
    line: "-A PREROUTING -m conntrack --ctstate INVALID -j ISTIO_DROP",
    environment: { INVALID_DROP: "true" },
  },
  { to: 24, line: "-A OUTPUT -p tcp -j ISTIO_OUTPUT" },
  { from: 25, line: "-A OUTPUT -j ISTIO_OUTPUT" },
  { line: "-A ISTIO_OUTPUT -p tcp --dport 9 -j RETURN", given: [...usual, "-o", "9"] },
  { from: 25, line: "-A ISTIO_OUTPUT -p udp --dport 9 -j RETURN", given: [...usual, "-o", "9"] },
  { from: 8, to: 8, line: `-A OUTPUT ${query} -j DNAT --to-destination 127.0.0.1:15053`, environment: dns },
  {
    from: 9,
    to: 22,
    line: `-A OUTPUT ${query} -d 10.96.0.10/32 -j REDIRECT --to-port 15053`,
    environment: dns,
  },
  {
    from: 12,
    to: 22,
    line: `-A OUTPUT ${query} -d fd00::a/128 -j REDIRECT --to-port 15053`,
    environment: dns,
    family: 6,
  },
  {
    from: 23,
    to: 24,
    line: `-A ISTIO_OUTPUT ${query} -d 10.96.0.10/32 -j REDIRECT --to-port 15053`,
    environment: dns,
  },
  {
    from: 25,
    line: `-A ISTIO_OUTPUT_DNS ${query} -d 10.96.0.10/32 -j REDIRECT --to-port 15053`,
    environment: dns,
  },
  {
    from: 11,
    to: 19,
    line: "-A PREROUTING -p udp --sport 53 -d 10.96.0.10/32 -j CT --zone 1",
    environment: dns,
  },
  {
    from: 20,
    to: 24,
    line: "-A PREROUTING -p udp --sport 53 -s 10.96.0.10/32 -j CT --zone 1",
    environment: dns,
  },
];

function rulesIn(
  minor: number,
  given: readonly string[],
  environment: Readonly<Record<string, string>> = {},
) {
  const { capture } = nearestFacts(`1.${minor}`);
  const read = readCaptureSettings(given, environment, machine, capture);
  return { capture, made: read.ok ? captureRules(read.settings, capture) : read };
}

const releases = suite("rules of capture by release");

for (const { from = 6, to = 30, line, given = usual, environment, family = 4 } of changes) {
  releases(`1.${from} to 1.${to}, IPv${family}: ${line}`, () => {
    const having = minors.filter((minor) => {
      const { capture, made } = rulesIn(minor, given, environment);
      if (!made.ok) return false;
      return restoreText(rulesOf(made.rules, family), capture.makesChainsJumpedTo).split("\n").includes(line);
    });
    assert.equal(
      having,
      minors.filter((minor) => minor >= from && minor <= to),
    );
  });
}

releases("what is no range is passed over up to 1.26, and fails the pod from then on", () => {
  for (const minor of minors) assert.is(rulesIn(minor, ["-i", "10.0.0.1"]).made.ok, minor < 27, `1.${minor}`);
});

releases("whoever calls port 22 of a pod gets to the proxy since 1.13", () => {
  for (const minor of minors) {
    const { made } = rulesIn(minor, usual);
    assert.ok(made.ok);
    if (!made.ok) return;
    const { verdict } = walk(made.rules, {
      direction: "in",
      protocol: "tcp",
      source: "192.0.2.1",
      destination: "10.0.0.7",
      sourcePort: 40_000,
      destinationPort: 22,
      user: null,
      group: null,
      by: "eth0",
      mark: 0,
      isNew: true,
    });
    assert.is(verdict, minor < 13 ? "none" : "redirect", `1.${minor}`);
  }
});

releases.run();
