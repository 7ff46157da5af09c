/** `sidelint upgrade`: releases, what stands in for what cannot be upgraded, formats, and the exit status. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { deployment, inRepository, namespace } from "./terminal.ts";

const upgrade = suite("sidelint upgrade");

const annotated = (annotation: string) =>
  deployment.replace("{app: web}", `{app: web}\n      annotations: {${annotation}}`);
const plain = { "web.yaml": deployment, "ns.yaml": namespace };

upgrade("the same files as two releases have them: the image, and what else is new in a sidecar", () =>
  inRepository(plain, async (sidelint) => {
    const { stdout, stderr, status } = await sidelint(["upgrade", "--from", "1.26", "--to", "1.28"]);
    assert.equal({ status, stderr }, { status: 0, stderr: "" });
    assert.is(
      stdout,
      `Mesh changes, Istio 1.26..Istio 1.28                             1 workload of 1
~ image     shop  Deployment/web
            docker.io/istio/proxyv2:1.26.8 → docker.io/istio/proxyv2:1.28.10
~ native    shop  Deployment/web  ordinary container → depends on the nodes
~ other     shop  Deployment/web
            volumes istio-ca-crl: new
            istio-proxy volumeMounts /var/run/secrets/istio/crl: new
`,
    );
  }),
);

upgrade("where every node is new enough, native sidecars are told", () =>
  inRepository(plain, async (sidelint) => {
    const { stdout } = await sidelint([
      "upgrade",
      "--from",
      "1.26",
      "--to",
      "1.28",
      "--kube-version",
      "1.33",
    ]);
    assert.match(stdout, /\n~ native +shop +Deployment\/web +ordinary container → native sidecar\n/);
  }),
);

upgrade("a value of inject that one release takes and the other does not, where it stands", () =>
  inRepository({ ...plain, "web.yaml": annotated('sidecar.istio.io/inject: "no"') }, async (sidelint) => {
    const { stdout, status } = await sidelint([
      "upgrade",
      "--from",
      "1.16",
      "--to",
      "1.30",
      "--fail-on",
      "gained",
    ]);
    assert.is(status, 1);
    assert.match(
      stdout,
      /\n\+ gained {4}shop {2}Deployment\/web\n {12}web\.yaml:10 sidecar\.istio\.io\/inject: /,
    );
    assert.match(stdout.replaceAll(/\s+/g, " "), /Istio 1\.16 injects is told as Istio 1\.20 does it/);
  }),
);

upgrade("an annotation that the later release checks lets no pod be created", () =>
  inRepository(
    { ...plain, "web.yaml": annotated('traffic.sidecar.istio.io/excludeInterfaces: "eth0/1"') },
    async (sidelint) => {
      const { stdout, status } = await sidelint([
        "upgrade",
        "--from",
        "1.28",
        "--to",
        "1.30",
        "--fail-on",
        "lost",
      ]);
      assert.is(status, 1);
      assert.match(stdout, /\n! refused {3}shop {2}Deployment\/web\n {12}injected → refused: /);
      assert.match(stdout, /\nFound with Istio 1\.30 alone \(1\)\n {2}web\.yaml:10 {2}error\n/);
    },
  ),
);

upgrade("a key that Istio lists from some release on is noted with its place", () =>
  inRepository(
    { ...plain, "web.yaml": annotated('sidecar.istio.io/nativeSidecar: "true"') },
    async (sidelint) => {
      const { stdout } = await sidelint(["upgrade", "--from", "1.20", "--to", "1.26"]);
      assert.match(stdout, /\n~ native +shop +Deployment\/web +ordinary container → native sidecar\n/);
      assert.match(
        stdout.replaceAll(/\s+/g, " "),
        /annotation sidecar\.istio\.io\/nativeSidecar is in Istio.s list of annotations from 1\.24 on/,
      );
    },
  ),
);

const injector = `apiVersion: v1
kind: ConfigMap
metadata: {name: istio-sidecar-injector, namespace: istio-system, labels: {release: istio}}
data:
  config: |
    policy: enabled
    templates:
      sidecar: |
        spec:
          containers: [{name: istio-proxy, image: own/proxy}]
  values: '{"global": {"tag": "1.26.8"}}'
`;

upgrade("an injector's configuration is the side it is of, and a stock install the other", () =>
  inRepository({ ...plain, "injector.yaml": injector }, async (sidelint) => {
    const { stdout } = await sidelint(["upgrade", "--from", "1.26", "--to", "1.30"]);
    assert.match(
      stdout,
      /\n~ image {5}shop {2}Deployment\/web\n? +own\/proxy → registry\.istio\.io\/release\/proxyv2:1\.30\.3\n/,
    );
    assert.match(stdout, /injector\.yaml:3: the injector's configuration of Istio 1\.26\.8/);
  }),
);

upgrade("an injector of another release than --from is told in the heading and before the changes", () =>
  inRepository({ ...plain, "injector.yaml": injector }, async (sidelint) => {
    const { stdout } = await sidelint(["upgrade", "--from", "1.24", "--to", "1.28"]);
    const [heading = "", lead = ""] = stdout.split("\n");
    assert.match(heading, "Mesh changes, Istio 1.24 (injector of 1.26.8)..Istio 1.28");
    assert.match(lead, "injector.yaml:3: the injector's configuration");
    assert.is(stdout.split("the injector's configuration of Istio").length, 2);
    assert.not.match(stdout, /injector\.yaml:\d+ value /);
    const json = await sidelint(["upgrade", "--from", "1.24", "--to", "1.28", "--format", "json"]);
    assert.match(JSON.parse(json.stdout).notes[0], "stands for Istio 1.24");
    const markdown = await sidelint(["upgrade", "--from", "1.24", "--to", "1.28", "--format", "markdown"]);
    const place = (text: string) => markdown.stdout.indexOf(text);
    assert.ok(place("stands for Istio 1.24") > 0 && place("stands for Istio 1.24") < place("| "));
  }),
);

upgrade("what the configuration pins is set aside for the two releases, and told", () =>
  inRepository({ ...plain, "sidelint.yaml": 'istio: {version: "1.28", tag: own}\n' }, async (sidelint) => {
    const { stdout } = await sidelint(["upgrade", "--to", "1.30"]);
    assert.match(stdout, /^Mesh changes, Istio 1\.28\.\.Istio 1\.30 /);
    assert.match(stdout, /\nThe two releases take the place of istio\.version in the configuration\.\n/);
    assert.match(
      stdout,
      /\nsidelint\.yaml:1 sets the tag of images, own: it is the same for both releases\.\n/,
    );
  }),
);

upgrade("--output writes a format to a file, and standard output has its own", () =>
  inRepository(plain, async (sidelint, directory) => {
    const { stdout, status } = await sidelint([
      ...["upgrade", "--from", "1.26", "--format", "json"],
      ...["--output", "markdown=upgrade.md"],
    ]);
    assert.is(status, 0);
    assert.is(JSON.parse(stdout).schema, "sidelint.dev/mesh-changes/v1");
    assert.match(
      readFileSync(join(directory, "upgrade.md"), "utf8"),
      /^## sidelint: 1 workload gets another sidecar\n/,
    );
  }),
);

const usage: readonly (readonly [args: readonly string[], message: string])[] = [
  [[], "upgrade needs --from RELEASE: nothing here says which Istio runs"],
  [["--from", "1.30"], "--from and --to are both 1.30: name another release, such as --from 1.26"],
  [["--from", "1.2x"], "--from "],
  [["--from", "1.26", "--format", "yaml"], '--format takes text, markdown or json, not "yaml"'],
  [["--from", "1.26", "--fail-on", "loss"], '--fail-on takes lost, gained, changed or never, not "loss"'],
  [["--from", "1.26", "--istio-version", "1.28"], "upgrade takes --from and --to, and no --istio-version"],
  [
    ["--from", "1.26", "--output", "a.md"],
    "--output takes text, markdown or json, and a file, such as markdown=upgrade.md",
  ],
];

for (const [args, message] of usage) {
  upgrade(`upgrade ${args.join(" ")} is refused with what to do`, () =>
    inRepository(plain, async (sidelint) => {
      const { stdout, stderr, status } = await sidelint(["upgrade", ...args]);
      assert.equal({ status, stdout }, { status: 2, stdout: "" });
      assert.ok(stderr.startsWith(`sidelint: ${message}`), stderr);
    }),
  );
}

upgrade("--help fits 80 columns", () =>
  inRepository({}, async (sidelint) => {
    const { stdout, status } = await sidelint(["upgrade", "--help"]);
    assert.is(status, 0);
    for (const line of stdout.split("\n")) assert.ok(line.length <= 80, line);
  }),
);

upgrade.run();
