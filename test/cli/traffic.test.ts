/** `sidelint traffic` and `sidelint explain --traffic`: the rules of a pod, told to people. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inRepository, namespace } from "./terminal.ts";

/** A Deployment whose pod has these annotations. */
function deployment(annotations: Readonly<Record<string, string>>): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata:
      annotations: ${JSON.stringify(annotations)}
    spec:
      containers:
        - {name: web, image: shop/web:1}
        - {name: agent, image: shop/agent:1, securityContext: {runAsUser: 1337}}
`;
}

const key = "traffic.sidecar.istio.io/";
const usual = deployment({
  [`${key}excludeInboundPorts`]: "9090, 9091",
  [`${key}excludeOutboundPorts`]: "3306",
  [`${key}excludeOutboundIPRanges`]: "10.9.0.0/16",
});

interface Answer {
  readonly state: string;
  readonly verdict: string;
  readonly port: number | null;
  readonly says: string;
  readonly because: string;
  readonly by: string | null;
  readonly where: string;
  readonly decided: number | null;
  readonly way: readonly { readonly rule: string }[];
  readonly change: string | null;
  readonly assumes: readonly string[];
}

async function ask(
  argv: readonly string[],
  web = usual,
  config = "{}",
): Promise<{ readonly answer: Answer; readonly status: number; readonly stderr: string }> {
  let result: { answer: Answer; status: number; stderr: string } | undefined;
  await inRepository({ "ns.yaml": namespace, "web.yaml": web, "sidelint.yaml": config }, async (sidelint) => {
    const { status, stdout, stderr } = await sidelint(["traffic", "web", ...argv, "--format", "json"]);
    result = { answer: stdout === "" ? undefined : JSON.parse(stdout).answers[0].answer, status, stderr };
  });
  if (!result) throw new Error("nothing was asked");
  return result;
}

const packets = suite("sidelint traffic");

const cases: readonly [string, argv: readonly string[], is: string, by: string | null, where: RegExp][] = [
  ["what the app sends", ["--to", "192.0.2.5:443"], "redirect 15001", null, /default of/],
  ["an excluded port", ["--to", "192.0.2.5:3306"], "none", `${key}excludeOutboundPorts`, /web.yaml:7:/],
  ["an excluded range", ["--to", "10.9.8.7:443"], "none", `${key}excludeOutboundIPRanges`, /web.yaml:7:/],
  [
    "an excluded port that comes in",
    ["--from", "192.0.2.9", "--port", "9091"],
    "none",
    `${key}excludeInboundPorts`,
    /web.yaml:7/,
  ],
  ["a port that comes in", ["--from", "192.0.2.9", "--port", "8080"], "redirect 15006", null, /default of/],
  ["a port of the sidecar", ["--from", "192.0.2.9", "--port", "15021"], "none", null, /default of/],
  ["UDP that comes in", ["--from", "192.0.2.9", "--port", "8080", "--udp"], "none", null, /default of/],
  ["the proxy's user", ["--to", "192.0.2.5:443", "--uid", "1337"], "none", null, /default of/],
  ["the proxy's group", ["--to", "192.0.2.5:443", "--gid", "1337"], "none", null, /default of/],
  ["another user", ["--to", "192.0.2.5:443", "--uid", "0"], "redirect 15001", null, /default of/],
  [
    "a container of the proxy's user",
    ["--to", "192.0.2.5:443", "--container", "agent"],
    "none",
    null,
    /default of/,
  ],
  ["a container", ["--to", "192.0.2.5:443", "--container", "web"], "redirect 15001", null, /default of/],
  ["the proxy", ["--to", "192.0.2.5:443", "--from-proxy"], "none", null, /default of/],
  ["the proxy, to its own pod", ["--to", "self:8080", "--from-proxy"], "redirect 15006", null, /default of/],
  [
    "the proxy, to the app",
    ["--to", "self:8080", "--from-proxy", "--from", "127.0.0.6"],
    "none",
    null,
    /default of/,
  ],
  ["the app, to itself", ["--to", "self:8080"], "none", null, /default of/],
  ["localhost", ["--to", "localhost:8080"], "none", null, /default of/],
  ["IPv6", ["--to", "[2001:db8::5]:443"], "redirect 15001", null, /default of/],
  ["localhost over IPv6", ["--to", "localhost:8080", "--ipv6"], "none", null, /default of/],
  ["a DNS query", ["--to", "10.96.0.10:53", "--udp"], "none", null, /default of/],
];
for (const [title, argv, is, by, where] of cases) {
  packets(`${title}: ${is}`, async () => {
    const { answer, status } = await ask(argv);
    assert.is(status, 0);
    assert.is(answer.port === null ? answer.verdict : `${answer.verdict} ${answer.port}`, is);
    assert.is(answer.by, by);
    assert.match(answer.where, where);
  });
}

packets("the rule that decided is one of the way, and says what was asked", async () => {
  const { answer } = await ask(["--to", "192.0.2.5:3306"]);
  assert.is(answer.way[answer.decided ?? -1]?.rule, "-A ISTIO_OUTPUT -p tcp --dport 3306 -j RETURN");
  assert.is(answer.change, "to capture it, take 3306 out of the excluded ports");
});

packets(
  "queries go to the agent where the mesh says so; the name server is taken for granted unless it is named",
  async () => {
    const config = 'istio: {meshConfig: {defaultConfig: {proxyMetadata: {ISTIO_META_DNS_CAPTURE: "true"}}}}';
    const { answer } = await ask(["--to", "10.96.0.10:53", "--udp"], usual, config);
    assert.is(`${answer.verdict} ${answer.port}`, "redirect 15053");
    assert.is(answer.by, "defaultConfig.proxyMetadata.ISTIO_META_DNS_CAPTURE");
    assert.match(answer.where, /^sidelint\.yaml:1/);
    assert.equal(answer.assumes, ["the pod's name server is 10.96.0.10 (--nameserver)"]);
    const other = await ask(["--to", "10.96.0.10:53", "--udp", "--nameserver", "192.0.2.1"], usual, config);
    assert.is(other.answer.verdict, "none");
    assert.equal(other.answer.assumes, []);
  },
);

packets("an address in no included range, and what to do", async () => {
  const { answer } = await ask(
    ["--to", "192.0.2.5:443"],
    deployment({ [`${key}includeOutboundIPRanges`]: "10.0.0.0/8" }),
  );
  assert.is(answer.because, "192.0.2.5 is in no range that is included");
  assert.is(answer.by, `${key}includeOutboundIPRanges`);
  assert.match(answer.change ?? "", /includeOutboundIPRanges/);
});

packets("values of the install are named as such", async () => {
  const config = "istio: {values: {global: {proxy: {excludeOutboundPorts: '5432'}}}}";
  const { answer } = await ask(["--to", "192.0.2.5:5432"], deployment({}), config);
  assert.is(answer.by, "global.proxy.excludeOutboundPorts");
  assert.match(answer.where, /^sidelint\.yaml:1/);
});

packets("interception mode NONE captures nothing, and neither does a pod without a sidecar", async () => {
  const none = await ask(
    ["--to", "192.0.2.5:443"],
    deployment({ "sidecar.istio.io/interceptionMode": "NONE" }),
  );
  assert.is(none.answer.state, "none");
  assert.match(none.answer.where, /^web\.yaml:7/);
  const out = usual.replace(
    "metadata:\n      annotations",
    'metadata:\n      labels: {sidecar.istio.io/inject: "false"}\n      annotations',
  );
  assert.is((await ask(["--to", "192.0.2.5:443"], out)).answer.state, "none");
});

packets("releases differ: SSH was never captured once", async () => {
  const argv = ["--from", "192.0.2.9", "--port", "22", "--istio-version"];
  assert.is((await ask([...argv, "1.12"], deployment({}))).answer.verdict, "none");
  assert.is((await ask([...argv, "1.13"], deployment({}))).answer.verdict, "redirect");
});

const early = deployment({}).replace(
  "      containers:",
  "      initContainers:\n        - {name: migrate, image: shop/m:1}\n        - {name: side, image: shop/s:1, restartPolicy: Always}\n      containers:",
);
const toIt = ["--to", "192.0.2.5:443", "--container"];
const starts: readonly [
  title: string,
  container: string,
  config: string,
  says: RegExp,
  assumes: RegExp | null,
][] = [
  ["before istio-init", "migrate", 'istio: {version: "1.24"}', /^NOT CAPTURED/, null],
  [
    "with the CNI plugin",
    "migrate",
    'istio: {version: "1.24", cni: true}',
    /^CAPTURED: .*which does not run yet$/,
    /image/,
  ],
  [
    "that keeps running",
    "side",
    'istio: {version: "1.24"}',
    /^CAPTURED: it goes to the proxy \(its port 15001\)$/,
    /image/,
  ],
  [
    "of a native sidecar",
    "migrate",
    'istio: {version: "1.30", values: {pilot: {env: {ENABLE_NATIVE_SIDECARS: "true"}}}}',
    /^CAPTURED: it goes to the proxy \(its port 15001\)$/,
    /image/,
  ],
  [
    "that nodes decide on",
    "migrate",
    'istio: {version: "1.30"}',
    /^CAPTURED, if the sidecar is a native one/,
    /else migrate runs before it/,
  ],
  ["that makes the rules", "istio-init", 'istio: {version: "1.24"}', /^NOT CAPTURED/, null],
];
for (const [title, container, config, says, assumes] of starts) {
  packets(`an init container ${title}`, async () => {
    const { answer } = await ask([...toIt, container], early, config);
    assert.match(answer.says, says);
    if (assumes)
      assert.ok(
        answer.assumes.some((one) => assumes.test(one)),
        answer.assumes.join("\n"),
      );
    else assert.equal([answer.assumes, answer.way, answer.verdict], [[], [], "none"]);
  });
}

const meta = (name: string, value: string) => ({
  "proxy.istio.io/config": `proxyMetadata: {${name}: "${value}"}`,
});
const ownersAre = (value: string) => deployment(meta("ISTIO_OUTBOUND_OWNER_GROUPS", value));
const granted: readonly [
  title: string,
  argv: readonly string[],
  web: string,
  verdict: string,
  assumes: readonly RegExp[],
][] = [
  [
    "a group that is not known",
    ["--to", "192.0.2.5:443"],
    ownersAre("202"),
    "none",
    [/does not run as group 202 \(--gid\)/],
  ],
  [
    "a group with a name",
    ["--to", "192.0.2.5:443", "--gid", "5"],
    ownersAre("202,java"),
    "none",
    [/group java has another number than 5/],
  ],
  [
    "a group that is captured",
    ["--to", "192.0.2.5:443", "--gid", "202"],
    ownersAre("202,java"),
    "redirect",
    [],
  ],
  [
    "an interface that is excluded",
    ["--to", "192.0.2.5:443"],
    deployment({ [`${key}excludeInterfaces`]: "eth0" }),
    "none",
    [/leaves by interface eth0 \(--interface\)/],
  ],
  [
    "the pod's address, where ranges may hold it",
    ["--to", "self:8080", "--interface", "eth0"],
    deployment({ [`${key}excludeOutboundIPRanges`]: "10.0.0.0/8" }),
    "none",
    [/the pod's address is 10\.0\.0\.1/],
  ],
  ["IPv6 of the pod", ["--to", "[2001:db8::5]:443"], usual, "redirect", [/first address of the pod is IPv6/]],
  ["nothing where it is told", ["--to", "[2001:db8::5]:443", "--ipv6"], usual, "redirect", []],
];
for (const [title, argv, web, verdict, assumes] of granted) {
  packets(`takes for granted: ${title}`, async () => {
    const { answer } = await ask(argv, web);
    assert.is(answer.verdict, verdict);
    assert.is(answer.assumes.length, assumes.length, answer.assumes.join("\n"));
    assumes.forEach((one, index) => {
      assert.match(answer.assumes[index] ?? "", one);
    });
  });
}

packets("a pod that may not be injected is captured if it is", async () => {
  const { answer } = await ask(
    ["--to", "192.0.2.5:443"],
    usual.replace("namespace: shop", "namespace: elsewhere"),
  );
  assert.match(answer.says, /^CAPTURED, if the pod is injected: /);
});

packets("the sidecar answers on its own ports, and not the app", async () => {
  for (const port of ["15008", "15020", "15021", "15090"]) {
    const { answer } = await ask(["--from", "192.0.2.9", "--port", port]);
    assert.is(answer.says, "NOT CAPTURED: the sidecar itself answers it");
    assert.is(answer.change, null);
  }
});

packets("a packet to the loopback network comes from 127.0.0.1, and one to ::ffff:… is of IPv4", async () => {
  const source = async (to: string) => JSON.stringify((await ask(["--to", to])).answer);
  assert.match(await source("127.0.0.6:80"), '"source":"127.0.0.1"');
  assert.match(await source("[::ffff:10.9.8.7]:443"), '"destination":"10.9.8.7"');
});

packets("what a virtual machine sends is asked for by its interface", async () => {
  const web = deployment({ [`${key}kubevirtInterfaces`]: "net1" });
  const { answer } = await ask(["--to", "192.0.2.5:443", "--interface", "net1"], web);
  assert.equal([answer.verdict, answer.way[0]?.rule.includes("-i net1")], ["redirect", true]);
  assert.is(answer.change, null);
});

packets("name servers of the pod count", async () => {
  const config = 'istio: {meshConfig: {defaultConfig: {proxyMetadata: {ISTIO_META_DNS_CAPTURE: "true"}}}}';
  const web = usual.replace(
    "      containers:",
    "      dnsPolicy: None\n      dnsConfig: {nameservers: [192.0.2.53]}\n      containers:",
  );
  const own = await ask(["--to", "192.0.2.53:53", "--udp"], web, config);
  assert.equal([own.answer.port, own.answer.assumes], [15_053, []]);
  const other = await ask(["--to", "10.96.0.10:53", "--udp"], web, config);
  assert.is(other.answer.verdict, "none");
});

packets("advice is given where somebody can follow it", async () => {
  const of = async (argv: readonly string[], config = "{}") =>
    (await ask(argv, deployment({}), config)).answer.change;
  assert.is(await of(["--to", "192.0.2.5:443", "--container", "istio-proxy"]), null);
  assert.match((await of(["--to", "192.0.2.5:443", "--gid", "1337"])) ?? "", "as another user and group");
  assert.is(await of(["--to", "192.0.2.5:15020"], "istio: {cni: true}"), null);
});

packets("without a container, who all containers of the application run as is the sender", async () => {
  const of = (spec: string) =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec:\n  template:\n    spec: ${spec}\n`;
  const to = ["--to", "192.0.2.5:443"];
  const all = of("{securityContext: {runAsUser: 1337}, containers: [{name: web, image: x}]}");
  assert.is((await ask(to, all)).answer.verdict, "none");
  const some = of(
    "{containers: [{name: a, image: x, securityContext: {runAsUser: 1337}}, {name: b, image: x}]}",
  );
  assert.is((await ask(to, some)).answer.verdict, "redirect");
});

packets("the proxy sends as its container runs: with TPROXY as root", async () => {
  const web = deployment({ "sidecar.istio.io/interceptionMode": "TPROXY" });
  const { answer } = await ask(["--to", "192.0.2.5:443", "--from-proxy"], web);
  assert.is(answer.verdict, "none");
  assert.match(answer.because, /group 1337/);
});

const errors: readonly [argv: readonly string[], says: RegExp][] = [
  [[], /traffic needs --to ADDRESS:PORT, or --from ADDRESS and --port/],
  [
    ["--to", "example.com:443"],
    /--to takes an address, not the name "example\.com": sidelint looks no names up/,
  ],
  [["--to", "10.0.0.5"], /--to needs a port, as in --to 10\.0\.0\.5:443/],
  [["--to", "0.0.0.0:443"], /0\.0\.0\.0 is none, and Linux takes it for the pod itself: --to localhost:443/],
  [["--to", "[::]:443"], /\[::\] is none/],
  [
    ["--to", "2001:db8::5:443"],
    /IPv6 in brackets, and a port: \[2001:db8::5\]:443, or \[2001:db8::5:443\]:443/,
  ],
  [["--to", "[2001:db8::5]"], /--to needs a port, as in --to \[2001:db8::5\]:443/],
  [["--to", "http://10.0.0.5:443/a"], /not a URL: --to 10\.0\.0\.5:443$/m],
  [["--to", "[fe80::1%eth0]:443"], /without its interface: --to \[fe80::1\]:443 --interface eth0/],
  [["--from", "[2001:db8::9]", "--port", "80"], /without brackets: --from 2001:db8::9/],
  [["--to", "10.0.0.5:1", "--to", "10.0.0.6:1"], /--to is given twice, and there is one packet/],
  [
    ["--to", "10.0.0.5:1", "--interface", "a b"],
    /--interface takes the name of an interface, up to 15 characters/,
  ],
  [["--to", "2001:db8::5"], /--to needs a port, as in --to \[2001:db8::5\]:443/],
  [["--to", "10.0.0.5:0"], /--to takes a port from 1 to 65535, not "0"/],
  [["--to", "10.0.0.500:1"], /--to takes an address such as 10\.0\.0\.5, not "10\.0\.0\.500"/],
  [["--from", "10.0.0.5"], /--from needs --port/],
  [["--from", "10.0.0.5", "--port", "80", "--uid", "0"], /--uid says who sends: it goes with --to/],
  [["--to", "10.0.0.5:80", "--port", "80"], /--port goes with --from/],
  [["--to", "10.0.0.5:80", "--uid", "root"], /--uid takes a number up to 4294967294, not "root"/],
  [["--to", "10.0.0.5:80", "--gid", "9999999999"], /--gid takes a number up to 4294967294/],
  [["--to", "10.0.0.5:80", "--container", "wbe"], /web: it has no container wbe; there are web, agent, /],
  [["--to", "10.0.0.5:80", "--from-proxy", "--uid", "0"], /--from-proxy says who sends/],
  [["--to", "10.0.0.5:80", "--from", "::1"], /different families/],
];
for (const [argv, says] of errors) {
  packets(`refuses ${argv.join(" ") || "no packet"}`, async () => {
    const { status, stderr } = await ask(argv);
    assert.is(status, 2);
    assert.match(stderr, says);
    assert.is(stderr.split("\n").length, 2);
  });
}

packets("a pod that was injected by hand for the CNI plugin goes by its annotations", async () => {
  let injected = "";
  const cni = "istio: {cni: true}";
  await inRepository({ "ns.yaml": namespace, "web.yaml": usual, "sidelint.yaml": cni }, async (sidelint) => {
    injected = (await sidelint(["inject", "web.yaml"])).stdout;
  });
  assert.match(injected, "istio-validation");
  const off = namespace.replace("enabled", "disabled");
  await inRepository({ "ns.yaml": off, "web.yaml": injected }, async (sidelint) => {
    const ask = ["traffic", "web", "--to", "192.0.2.5:3306", "--format", "json"];
    const [{ answer }] = JSON.parse((await sidelint(ask)).stdout).answers;
    assert.equal([answer.verdict, answer.by], ["none", `${key}excludeOutboundPorts`]);
  });
});

packets("a pod that was injected by hand is asked as it is written", async () => {
  let injected = "";
  await inRepository({ "web.yaml": usual }, async (sidelint) => {
    injected = (await sidelint(["inject", "web.yaml"])).stdout;
  });
  assert.match(injected, "istio-init");
  const off = namespace.replace("enabled", "disabled");
  await inRepository({ "ns.yaml": off, "web.yaml": injected }, async (sidelint) => {
    const ask = ["traffic", "web", "--to", "192.0.2.5:3306", "--format", "json"];
    const [{ answer }] = JSON.parse((await sidelint(ask)).stdout).answers;
    assert.equal([answer.verdict, answer.by], ["none", "the arguments of istio-init"]);
    assert.match(answer.change, "change the arguments of istio-init");
    assert.match(answer.where, /^web\.yaml:/);
    const shown = (await sidelint(["explain", "web", "--traffic"])).stdout;
    assert.match(shown.replace(/\s+/g, " "), "port 3306 of any address (the arguments of istio-init)");
    assert.match(shown, "ports 9090 and 9091: they reach the app directly");
  });
});

packets("a name of several workloads is refused as by explain", () =>
  inRepository(
    {
      "ns.yaml": namespace,
      "web.yaml": usual,
      "other.yaml": usual.replace("namespace: shop", "namespace: pay"),
    },
    async (sidelint) => {
      const { stderr, status } = await sidelint(["traffic", "web", "--to", "10.0.0.5:80"]);
      assert.is(status, 2);
      assert.is(stderr, (await sidelint(["explain", "web"])).stderr);
    },
  ),
);

packets.run();

const pages = suite("sidelint explain --traffic");

async function page(argv: readonly string[], web = usual, config = "{}"): Promise<string> {
  let text = "";
  await inRepository({ "ns.yaml": namespace, "web.yaml": web, "sidelint.yaml": config }, async (sidelint) => {
    const { stdout, status, stderr } = await sidelint(["explain", "web", "--traffic", ...argv]);
    assert.equal({ status, stderr }, { status: 0, stderr: "" });
    text = stdout;
  });
  return text;
}

pages("says what goes in and out and who said so, in 80 columns", async () => {
  const text = await page([]);
  for (const said of [
    "captured by istio-init of Istio 1.30 (REDIRECT)",
    "ports 9090 and 9091: they reach the app directly",
    "ports 15008, 15020, 15021 and 15090, on which the sidecar itself answers",
    "port 3306 of any address",
    "10.9.0.0/16",
    "web.yaml:7:",
  ])
    assert.ok(text.includes(said), said);
  for (const line of text.split("\n")) assert.ok(line.length <= 80, line);
});

pages("the rules are those that the program is handed", async () => {
  const text = await page(["--rules"]);
  assert.match(text, "\n* nat\n-N ISTIO_INBOUND\n");
  assert.not.match(text, "ip6tables-restore");
  assert.match(await page(["--rules", "--ipv6"]), "-A ISTIO_OUTPUT -d ::1/128 -j RETURN");
  const nft = await page(["--rules"], usual, "istio: {values: {global: {nativeNftables: true}}}");
  assert.match(nft, "add table inet istio-proxy-nat");
  assert.not.match(nft, "iptables-restore");
});

pages("excluded ports beside a list of included ones do not count, which is said", async () => {
  const text = await page(
    [],
    deployment({ [`${key}includeInboundPorts`]: "80", [`${key}excludeInboundPorts`]: "9090" }),
  );
  assert.match(text.replace(/\s+/g, " "), "port 9090 excluded, which counts only where all are included");
  assert.match(text, "every other port reaches the app directly");
});

pages("nothing captured is said as such", async () => {
  const none = await page([], deployment({ "sidecar.istio.io/interceptionMode": "NONE" }));
  assert.match(none, "Nothing of its traffic goes through a proxy: its interception mode is NONE");
  const out = await page([], deployment({ [`${key}includeOutboundIPRanges`]: "" }));
  assert.match(out, "nothing: everything leaves the pod as it is");
  const inbound = await page([], deployment({ [`${key}includeInboundPorts`]: "" }));
  assert.match(inbound, "nothing: every port reaches the app directly");
});

pages("with the CNI plugin it goes by the annotations", async () => {
  const text = await page([], deployment({ [`${key}excludeOutboundPorts`]: "3306" }), "istio: {cni: true}");
  assert.match(text, "captured by the CNI plugin");
  assert.match(text, "port 3306 of any address");
});

pages("as JSON each line names its setting's place; options go with --traffic alone", async () => {
  const { explanations } = JSON.parse(await page(["--rules", "--format", "json"]));
  const [{ traffic }] = explanations;
  const line = traffic.lines.find(({ by }: { readonly by: string }) => by === `${key}excludeOutboundPorts`);
  assert.equal([line.about, line.captured], ["out", false]);
  assert.match(traffic.rules.iptables, /^\* nat\n/);
  await inRepository({ "ns.yaml": namespace, "web.yaml": usual }, async (sidelint) => {
    const { status, stderr } = await sidelint(["explain", "web", "--rules"]);
    assert.equal({ status, stderr }, { status: 2, stderr: "sidelint: --rules goes with --traffic\n" });
  });
});

pages.run();
