/** Releases up to 1.8 from the command line: their files, our own profile, explain, and back again. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isObject } from "../../src/kube/json.ts";
import { readPlain } from "../../src/source/read-plain.ts";
import { asPrinted, inTheirQuotes } from "../conformance/printed.ts";
import { inRepository, namespace } from "./terminal.ts";

const web = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: shop/web:1
        ports:
        - containerPort: 8080
        readinessProbe:
          httpGet: {path: /ready, port: 8080}
`;
const template = `rewriteAppHTTPProbe: true
containers:
- name: istio-proxy
  image: "{{ .Values.global.hub }}/proxyv2:{{ .Values.global.tag }}"
  args: [proxy, sidecar]
volumes:
- name: istio-envoy
  emptyDir: {}
`;
const config = `policy: enabled\ntemplate: |\n${template.replaceAll(/^/gm, "  ").trimEnd()}\n`;
const values = "global: {hub: registry.example.com, tag: 1.6.5, proxy: {}}\n";
const mesh = "defaultConfig: {discoveryAddress: istiod.istio-system.svc:15012}\n";
const files = { "web.yaml": web, "config.yaml": config, "values.yaml": values, "mesh.yaml": mesh };
const flags = ["--valuesFile", "values.yaml", "--meshConfigFile", "mesh.yaml", "-f", "web.yaml"];

const injected = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
        istio.io/rev: REVISION
        security.istio.io/tlsMode: istio
      annotations:
        sidecar.istio.io/status: '{"version":"HASH","initContainers":null,"containers":["istio-proxy"],"volumes":["istio-envoy"],"imagePullSecrets":null}'
    spec:
      containers:
      - name: web
        image: shop/web:1
        ports:
        - containerPort: 8080
        readinessProbe:
          httpGet:
            path: /app-health/web/readyz
            port: 15020
      - name: istio-proxy
        image: registry.example.com/proxyv2:1.6.5
        args:
        - proxy
        - sidecar
        env:
        - name: ISTIO_KUBE_APP_PROBERS
          value: '{"/app-health/web/readyz":{"httpGet":{"path":"/ready","port":8080}}}'
      securityContext:
        fsGroup: 1337
      volumes:
      - name: istio-envoy
        emptyDir: {}
`;

/** The same as kube-inject printed it. */
const printed = `apiVersion: apps/v1
kind: Deployment
metadata:
  creationTimestamp: null
  name: web
  namespace: shop
spec:
  selector:
    matchLabels:
      app: web
  strategy: {}
  template:
    metadata:
      annotations:
        sidecar.istio.io/status: '{"version":"HASH","initContainers":null,"containers":["istio-proxy"],"volumes":["istio-envoy"],"imagePullSecrets":null}'
      creationTimestamp: null
      labels:
        app: web
        istio.io/rev: ""
        security.istio.io/tlsMode: istio
    spec:
      containers:
      - image: shop/web:1
        name: web
        ports:
        - containerPort: 8080
        readinessProbe:
          httpGet:
            path: /app-health/web/readyz
            port: 15020
        resources: {}
      - args:
        - proxy
        - sidecar
        env:
        - name: ISTIO_KUBE_APP_PROBERS
          value: '{"/app-health/web/readyz":{"httpGet":{"path":"/ready","port":8080}}}'
        image: registry.example.com/proxyv2:1.6.5
        name: istio-proxy
        resources: {}
      securityContext:
        fsGroup: 1337
      volumes:
      - emptyDir: {}
        name: istio-envoy
status: {}
`;

const old = suite("old Istio");

old(
  "what comes out is the text of kube-inject but for five empty keys, the order of keys and the kind of quotes",
  () =>
    inRepository(files, async (sidelint) => {
      const { stdout } = await sidelint(["inject", "--injectConfigFile", "config.yaml", ...flags]);
      const read = readPlain(stdout.replace(/---\n$/, ""));
      if (!read.ok || !isObject(read.value)) throw new Error(stdout);
      const text = asPrinted(read.value).replace(/"version":"[0-9a-f]{64}"/, '"version":"HASH"');
      assert.is(text, inTheirQuotes(printed));
      assert.not.match(stdout, /creationTimestamp|strategy|resources|status: \{\}/);
    }),
);

old("a file with the one template injects as kube-inject of its time", () =>
  inRepository(files, async (sidelint) => {
    for (const [asked, revision] of [
      [[], '""'],
      [["--revision", "canary"], "canary"],
    ] as const) {
      const { status, stdout, stderr } = await sidelint([
        "inject",
        ...asked,
        "--injectConfigFile",
        "config.yaml",
        ...flags,
      ]);
      assert.equal({ status, stderr }, { status: 0, stderr: "" });
      const told = stdout.replace(/"version":"[0-9a-f]{64}"/, '"version":"HASH"');
      assert.is(told, `${injected.replace("REVISION", revision)}---\n`);
    }
  }),
);

old("the text of the template itself is taken as well, and hashed alike", () =>
  inRepository({ ...files, "template.yaml": template }, async (sidelint) => {
    const [one, other] = await Promise.all(
      ["config.yaml", "template.yaml"].map((file) =>
        sidelint(["inject", "--istio-version", "1.6", "--injectConfigFile", file, ...flags]),
      ),
    );
    assert.is(one?.stdout, other?.stdout);
    assert.match(one?.stdout ?? "", "istio-proxy");
  }),
);

old("a template of another time is refused, with what to do", () =>
  inRepository(
    {
      ...files,
      "template.yaml": template,
      "new.yaml": "templates:\n  sidecar: |\n    spec: {containers: [{name: istio-proxy}]}\n",
      "new-text.yaml": "spec: {containers: [{name: istio-proxy}]}\n",
    },
    async (sidelint) => {
      for (const [file, release, says] of [
        ["config.yaml", "1.9", "config.yaml:2:1: this is a template of Istio 1.8 or older; which"],
        ["template.yaml", "1.30", "template.yaml:1:1: this is a template of Istio 1.8 or older; which"],
        ["new.yaml", "1.6", "new.yaml:1:1: these are templates of Istio 1.9 and later; the one of Istio 1.6"],
        ["new-text.yaml", "1.8", "new-text.yaml:1:1: these are templates of Istio 1.9 and later; the one"],
      ] as const) {
        const { status, stderr } = await sidelint([
          "inject",
          "--istio-version",
          release,
          "--injectConfigFile",
          file,
          "web.yaml",
        ]);
        assert.is(status, 2, file);
        assert.ok(stderr.startsWith(`sidelint: ${says}`), stderr);
      }
    },
  ),
);

old("what asks for nothing is told as it was then: 1.6 injects it, 1.8 does not", () =>
  inRepository(
    {
      "web.yaml": web.replace(
        "labels: {app: web}\n    spec",
        'labels: {app: web}\n      annotations: {sidecar.istio.io/inject: "false"}\n    spec',
      ),
    },
    async (sidelint) => {
      const [six, eight] = await Promise.all(
        ["1.6", "1.8"].map((release) => sidelint(["inject", "--istio-version", release, "-f", "web.yaml"])),
      );
      assert.match(six?.stdout ?? "", "name: istio-proxy");
      assert.not.match(eight?.stdout ?? "", "name: istio-proxy");
      assert.match(eight?.stderr ?? "", "Deployment/web");
    },
  ),
);

for (const release of ["1.6", "1.7", "1.8", "1.9", "1.16"])
  old(`inject by the gates and back again, as Istio ${release} does it without files`, () =>
    inRepository({ "web.yaml": web, "ns.yaml": namespace }, async (sidelint, directory) => {
      const asked = ["--istio-version", release];
      const { status, stderr } = await sidelint(["inject", "--in-place", ...asked, "."]);
      assert.equal({ status, stderr }, { status: 0, stderr: "sidelint: injected 1 workload in 1 file\n" });
      const text = () => readFileSync(join(directory, "web.yaml"), "utf8");
      assert.match(text(), `docker.io/istio/proxyv2:${release}.`);
      const again = await sidelint(["inject", "--check", ...asked, "."]);
      assert.equal([again.status, again.stdout], [0, ""]);
      const back = await sidelint(["uninject", "--in-place", ...asked, "."]);
      assert.is(back.status, 0, back.stderr);
      assert.is(text(), web);
    }),
  );

old("explain shows the sidecar of 1.6 and 1.8: its one template, its ports, what it captures", () =>
  inRepository({ "web.yaml": web, "ns.yaml": namespace }, async (sidelint) => {
    for (const release of ["1.6", "1.8"]) {
      const { stdout } = await sidelint(["explain", "web", "--istio-version", release]);
      assert.match(stdout, `The sidecar, by template sidecar of Istio ${release}`);
      assert.match(stdout, `proxyv2:${release}.`);
      for (const port of ["15001", "15006", "15020", "15021", "15090"]) assert.match(stdout, port);
      assert.match(stdout, "istio-init");
    }
  }),
);

old("check of an old release finds nothing wrong with what a stock install makes", () =>
  inRepository({ "web.yaml": web, "ns.yaml": namespace }, async (sidelint) => {
    for (const release of ["1.6", "1.7", "1.8"]) {
      const { status, stdout } = await sidelint(["check", "--istio-version", release]);
      assert.is(status, 0, stdout);
      assert.match(stdout, "1 workload, nothing to report: 1 injected.");
    }
  }),
);

old.run();
