import { suite } from "uvu";
import * as assert from "uvu/assert";
import { captureCommands } from "../../../src/istio/capture/commands.ts";
import { nftText } from "../../../src/istio/capture/nft.ts";
import { restoreText, rulesOf } from "../../../src/istio/capture/rule.ts";
import { captureRules } from "../../../src/istio/capture/rules.ts";
import { type CaptureSettings, readCaptureSettings } from "../../../src/istio/capture/settings.ts";
import { nearestFacts } from "../../../src/istio/releases.ts";

/** The oldest and the newest program. */
const captureFacts = {
  families: nearestFacts("1.30").capture,
  "addresses-v4": nearestFacts("1.6").capture,
};
type CaptureProgram = keyof typeof captureFacts;

const machine = { addresses: ["127.0.0.1", "10.0.0.7"], nameservers: ["10.96.0.10"] };
const usual = ["-m", "REDIRECT", "-i", "*", "-b", "*"];

function settings(
  given: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  program: CaptureProgram = "families",
  addresses: readonly string[] = machine.addresses,
): CaptureSettings {
  const read = readCaptureSettings(given, environment, { ...machine, addresses }, captureFacts[program]);
  if (!read.ok) throw new Error(read.fault.says);
  return read.settings;
}

/** The lines of the rules of a chain. */
function chain(
  name: string,
  given: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  program: CaptureProgram = "families",
  family: 4 | 6 = 4,
): readonly string[] {
  const made = captureRules(settings(given, environment, program), captureFacts[program]);
  if (!made.ok) throw new Error(made.fault.says);
  const text = restoreText(rulesOf(made.rules, family), captureFacts[program].makesChainsJumpedTo);
  return text
    .split("\n")
    .filter((line) => line.startsWith(`-A ${name} `) || line.startsWith(`-I ${name} `))
    .map((line) => line.slice(4 + name.length));
}

const reading = suite("settings of the program that captures");

reading("arguments win over the environment", () => {
  assert.is(settings(["-z", "7"], { INBOUND_CAPTURE_PORT: "8" }).inboundPort, "7");
  assert.is(settings([], { INBOUND_CAPTURE_PORT: "8" }).inboundPort, "8");
});

reading("every way to write a flag is the same", () => {
  for (const given of [["-u", "5"], ["-u5"], ["-u=5"], ["--proxy-uid", "5"], ["--proxy-uid=5"]])
    assert.is(settings(given).users, "5", given.join(" "));
});

reading("switches need no value, and take one", () => {
  assert.is(settings(["--redirect-dns"]).redirectsDns, true);
  assert.is(settings(["--redirect-dns=false"]).redirectsDns, false);
  assert.is(settings([], { ISTIO_META_DNS_CAPTURE: "true" }).redirectsDns, true);
  assert.is(settings([], { REDIRECT_DNS: "true", ISTIO_META_DNS_CAPTURE: "perhaps" }).redirectsDns, false);
});

reading("old programs pass over empty variables, and capture DNS whatever theirs says", () => {
  assert.is(settings([], { ISTIO_INBOUND_PORTS: "" }, "addresses-v4").includedInboundPorts, "");
  assert.is(settings([], { ENVOY_PORT: "9" }, "addresses-v4").proxyPort, "9");
  assert.is(settings([], { ENVOY_PORT: "9" }).proxyPort, "15001");
  assert.is(settings([], { DNS_CAPTURE: "no" }, "addresses-v4").redirectsDns, true);
});

reading("groups are those of the users where nothing says them", () => {
  assert.equal([settings([]).users, settings([]).groups], ["1337", "1337"]);
  assert.is(settings([], {}, "addresses-v4").groups, "1337,0");
  assert.is(settings(["-u", "7"]).groups, "7");
});

reading("the first address that says something decides on IPv6", () => {
  assert.is(settings([], {}, "families", ["::1", "fe80::1", "2001:db8::7"]).ipv6, true);
  assert.is(settings([], {}, "families", ["10.0.0.7", "2001:db8::7"]).ipv6, false);
  assert.is(settings(["--dual-stack"], {}, "families", ["10.0.0.7", "2001:db8::7"]).ipv6, true);
  assert.is(settings([], {}, "addresses-v4", ["fe80::1", "10.0.0.7"]).ipv6, true);
});

const faults: readonly [string, readonly string[], Readonly<Record<string, string>>, string, RegExp][] = [
  ["a flag that nobody knows", ["--no-flag"], {}, "flags", /--no-flag is no flag/],
  ["a flag of newer programs", ["-q", "80"], {}, "flags", /-q is no flag/],
  ["a value of another type", ["--probe-timeout", "soon"], {}, "flags", /"soon" is no value/],
  ["a flag without its value", ["-p"], {}, "flags", /without a value/],
  [
    "a loopback range that is none",
    [],
    { ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR: "10.0.0.0/8" },
    "validate",
    /no range of IPv4 loopback/,
  ],
  [
    "a loopback range that is too wide",
    [],
    { ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR: "127.0.0.1/7" },
    "validate",
    /wider than/,
  ],
  ["a binary that is none", ["--force-iptables-binary", "x"], {}, "validate", /legacy and nft/],
];
for (const [title, given, environment, stage, says] of faults) {
  reading(`${title} ends the program`, () => {
    const program = title.includes("newer") ? "addresses-v4" : "families";
    const read = readCaptureSettings(given, environment, machine, captureFacts[program]);
    assert.is(read.ok, false);
    if (read.ok) return;
    assert.is(read.fault.stage, stage);
    assert.match(read.fault.says, says);
  });
}

reading("a pod without an address ends the program", () => {
  const read = readCaptureSettings(
    [],
    {},
    { addresses: ["127.0.0.1"], nameservers: [] },
    captureFacts.families,
  );
  assert.is(read.ok ? undefined : read.fault.stage, "environment");
});

reading.run();

const rules = suite("rules that capture");

rules("inbound: excluded ports, then all others", () => {
  assert.equal(chain("ISTIO_INBOUND", [...usual, "-d", "15090,,22"]), [
    "-p tcp --dport 15008 -j RETURN",
    "-p tcp --dport 15090 -j RETURN",
    "-p tcp --dport 22 -j RETURN",
    "-p tcp -j ISTIO_IN_REDIRECT",
  ]);
});

rules("inbound: of listed ports, those alone", () => {
  assert.equal(chain("ISTIO_INBOUND", ["-b", "80,443", "-d", "22"]).slice(1), [
    "-p tcp --dport 80 -j ISTIO_IN_REDIRECT",
    "-p tcp --dport 443 -j ISTIO_IN_REDIRECT",
  ]);
});

rules("old programs leave SSH alone, and know no tunnel", () => {
  assert.equal(chain("ISTIO_INBOUND", usual, {}, "addresses-v4"), [
    "-p tcp --dport 22 -j RETURN",
    "-p tcp -j ISTIO_IN_REDIRECT",
  ]);
});

rules("outbound: ranges are as written, and come behind what is excluded", () => {
  const lines = chain("ISTIO_OUTPUT", ["-i", "10.1.2.3/8,2001:DB8::/32", "-x", "10.9.0.0/16"]);
  assert.equal(lines.slice(-2), ["-d 10.9.0.0/16 -j RETURN", "-d 10.1.2.3/8 -j ISTIO_REDIRECT"]);
  const v6 = chain("ISTIO_OUTPUT", ["-i", "2001:DB8:0:0::/32"], {}, "families", 6);
  assert.is(v6.at(-1), "-d 2001:db8::/32 -j ISTIO_REDIRECT");
});

rules("old programs round ranges down, pass over what is none, and return at the end", () => {
  const lines = chain("ISTIO_OUTPUT", ["-i", "10.1.2.3/8,bogus"], {}, "addresses-v4");
  assert.equal(lines.slice(-2), ["-d 10.0.0.0/8 -j ISTIO_REDIRECT", "-j RETURN"]);
});

rules("a loopback range among the included ones lets the application reach itself through the proxy", () => {
  const returns = (given: readonly string[]) =>
    chain("ISTIO_OUTPUT", given).some((line) => line === "-o lo -m owner ! --uid-owner 1337 -j RETURN");
  assert.is(returns(["-i", "*"]), true);
  assert.is(returns(["-i", "127.0.0.2/32"]), false);
});

rules("excluded outbound ports leave TCP and UDP alone; old programs TCP alone", () => {
  const of = (program: CaptureProgram) =>
    chain("ISTIO_OUTPUT", [...usual, "-o", "9"], {}, program).filter((line) => line.includes("--dport 9 "));
  assert.equal(of("families"), ["-p tcp --dport 9 -j RETURN", "-p udp --dport 9 -j RETURN"]);
  assert.equal(of("addresses-v4"), ["-p tcp --dport 9 -j RETURN"]);
});

rules("groups: one rule for those that are captured, one each for those that are not", () => {
  const of = (environment: Readonly<Record<string, string>>) =>
    chain("ISTIO_OUTPUT", usual, environment).filter((line) => /^-m owner .*gid-owner [234]/.test(line));
  assert.equal(of({ ISTIO_OUTBOUND_OWNER_GROUPS: "2,3" }), [
    "-m owner ! --gid-owner 2 -m owner ! --gid-owner 3 -j RETURN",
  ]);
  assert.equal(of({ ISTIO_OUTBOUND_OWNER_GROUPS_EXCLUDE: "2,4" }), [
    "-m owner --gid-owner 2 -j RETURN",
    "-m owner --gid-owner 4 -j RETURN",
  ]);
});

rules("DNS goes to the agent where there is a server that it could be asked of", () => {
  assert.ok(
    chain("ISTIO_OUTPUT_DNS", [...usual, "--redirect-dns"]).includes(
      "-p udp --dport 53 -d 10.96.0.10/32 -j REDIRECT --to-port 15053",
    ),
  );
  assert.ok(
    chain("ISTIO_OUTPUT_DNS", [...usual, "--redirect-dns", "--capture-all-dns"]).includes(
      "-p tcp --dport 53 -j REDIRECT --to-ports 15053",
    ),
  );
  const without = { ...machine, nameservers: [] };
  const read = readCaptureSettings([...usual, "--redirect-dns"], {}, without, captureFacts.families);
  const made = read.ok ? captureRules(read.settings, captureFacts.families) : undefined;
  assert.is(made?.ok && made.rules.some(({ chain: name }) => name === "ISTIO_OUTPUT_DNS"), false);
});

rules("virtual interfaces come first", () => {
  assert.equal(chain("PREROUTING", [...usual, "-k", "eth1"]), [
    "1 -i eth1 -j RETURN",
    "-p tcp -j ISTIO_INBOUND",
    "1 -i eth1 -j ISTIO_REDIRECT",
  ]);
});

rules("nothing can be excluded wholly, and what is no range fails newer programs", () => {
  for (const program of ["families", "addresses-v4"] as const) {
    const made = captureRules(settings(["-x", "*"], {}, program), captureFacts[program]);
    assert.is(made.ok, false, program);
  }
  const made = captureRules(settings(["-i", "10.0.0.1"]), captureFacts.families);
  assert.match(made.ok ? "" : made.fault.says, /"10\.0\.0\.1" is no range of addresses/);
});

rules("nftables: a rule of both families is one, and inserts behind the end are additions", () => {
  const made = captureRules(settings([...usual, "-k", "eth1,eth2"]), captureFacts.families);
  if (!made.ok) throw new Error(made.fault.says);
  const lines = nftText(made.rules, settings(usual)).split("\n");
  assert.is(lines.filter((line) => line.endsWith("istio-output counter jump istio-redirect")).length, 1);
  assert.ok(lines.includes("add rule inet istio-proxy-nat prerouting iifname eth1 counter return"));
  assert.ok(
    lines.includes("insert rule inet istio-proxy-nat prerouting index 0 iifname eth2 counter return"),
  );
  assert.is(
    lines.some((line) => line.includes("ip6")),
    false,
  );
});

rules("commands: rules are restored, one by one where the old program is told so, or taken away", () => {
  const of = (given: readonly string[], program: CaptureProgram) => {
    const told = settings(given, {}, program);
    const made = captureRules(told, captureFacts[program]);
    return made.ok ? captureCommands(made.rules, told, captureFacts[program]) : [];
  };
  assert.is(of(usual, "families")[2], "iptables-restore --noflush");
  assert.is(of([...usual, "-f=false"], "addresses-v4")[0], "iptables -t nat -N ISTIO_REDIRECT");
  assert.is(of([...usual, "--cleanup-only"], "families").at(-2), "iptables -t nat -X ISTIO_REDIRECT");
  assert.equal(of(["--skip-rule-apply"], "families"), []);
  assert.is(of([...usual, "-m", "TPROXY"], "addresses-v4")[0], "ip -f inet rule add fwmark 1337 lookup 133");
});

rules.run();
