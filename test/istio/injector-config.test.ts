import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readInjectorConfig } from "../../src/istio/injector-config.ts";
import type { Json } from "../../src/kube/json.ts";

const config = suite("injector configuration");

function read(given: {
  name?: string;
  namespace?: string;
  labels?: Json;
  config?: Json | undefined;
  values?: Json;
  imagesOf?: (revision: string) => readonly string[];
}) {
  const { name = "istio-sidecar-injector", namespace = "istio-system", labels, values } = given;
  return readInjectorConfig({
    configMap: `${namespace}/${name}`,
    name,
    labels,
    config: "config" in given ? given.config : {},
    values,
    ...(given.imagesOf && { imagesOf: given.imagesOf }),
  });
}

config("policy, selectors, release and resources", () => {
  const injector = read({
    config: {
      policy: "enabled",
      neverInjectSelector: [{ matchLabels: { a: "b" } }],
      alwaysInjectSelector: null,
    },
    values: { global: { tag: "1.26.8-distroless", proxy: { resources: { limits: { cpu: "1" } } } } },
  });
  assert.equal(injector, {
    revision: "default",
    release: "1.26.8",
    policy: "enabled",
    neverInjectSelector: [{ matchLabels: { a: "b" } }],
    alwaysInjectSelector: [],
    proxyResources: { limits: { cpu: "1" } },
    configMap: "istio-system/istio-sidecar-injector",
  });
});

const revisions: readonly (readonly [what: string, given: Parameters<typeof read>[0], revision: string])[] = [
  ["the label", { name: "istio-sidecar-injector-x", labels: { "istio.io/rev": "canary" } }, "canary"],
  ["the values", { values: { revision: "blue" } }, "blue"],
  ["the name", { name: "istio-sidecar-injector-1-29" }, "1-29"],
  ["the name without its namespace", { name: "istio-sidecar-injector-1-29-mesh", namespace: "mesh" }, "1-29"],
  [
    "nothing",
    { name: "istio-sidecar-injector-mesh", namespace: "mesh", values: { revision: "" } },
    "default",
  ],
];
for (const [what, given, revision] of revisions) {
  config(`the revision comes from ${what}`, () => {
    assert.is(read(given)?.revision, revision);
  });
}

const policies: readonly (readonly [written: Json, read: unknown])[] = [
  ["enabled", "enabled"],
  [false, false],
  [null, null],
  [1n, "1"],
  [["x"], '["x"]'],
];
for (const [written, expected] of policies) {
  config(`a policy of type ${written === null ? "null" : typeof written} stays what it is`, () => {
    assert.equal(read({ config: { policy: written } })?.policy, expected);
  });
}
config("a tag that is no release names none", () => {
  assert.is(read({ values: { global: { tag: "latest" } } })?.release, "");
});

const images: readonly (readonly [what: string, images: readonly string[], release: string])[] = [
  ["the image of istiod before the tag", ["docker.io/istio/pilot:1.27.0-distroless"], "1.27.0"],
  ["an image with a digest", ["reg:5000/pilot:v1.27.1@sha256:0a"], "1.27.1"],
  ["two images that agree", ["istio/pilot:1.27.0", "mirror/pilot:1.27.0"], "1.27.0"],
  ["the tag where images differ", ["istio/pilot:1.27.0", "istio/pilot:1.28.0"], "1.26.1"],
  ["the tag where an image does not tell", ["istio/pilot:1.27.0", "istio/pilot@sha256:0a"], "1.26.1"],
  ["the tag where the image is somebody's own", ["mesh/copilot:1.27.0"], "1.26.1"],
  ["the tag where sidelint does not know the image's", ["istio/pilot:7.1.0"], "1.26.1"],
];
for (const [what, seen, release] of images) {
  config(`the release is that of ${what}`, () => {
    const imagesOf = (revision: string) => (revision === "canary" ? seen : []);
    const given = { labels: { "istio.io/rev": "canary" }, values: { global: { tag: "1.26.1" } }, imagesOf };
    assert.is(read(given)?.release, release);
  });
}
config("other ConfigMaps and unreadable ones are none", () => {
  assert.is(read({ name: "istio" }), undefined);
  assert.is(read({ config: undefined }), undefined);
});
config.run();
