import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  nearestFacts,
  newestRelease,
  type ReleaseFacts,
  releaseFacts,
  releaseName,
} from "../../src/istio/releases.ts";

const table = suite("releases");

type Fact = Exclude<keyof ReleaseFacts, "validated">;

const changes: readonly (readonly [version: string, fact: Fact, value: unknown])[] = [
  ["1.6.0", "revisionMark", "none"],
  ["1.6.1", "revisionMark", "label"],
  ["1.8.6", "webhooks", "single"],
  ["1.8.6", "ignoredNamespaces", ["kube-system", "kube-public"]],
  ["1.7.8", "kubeInjectObeysPolicy", false],
  ["1.8.0", "kubeInjectObeysPolicy", true],
  ["1.9.0", "webhooks", "by-label"],
  ["1.9.9", "useLegacySelectors", true],
  ["1.10.0", "webhooks", "by-revision"],
  ["1.10.6", "useLegacySelectors", false],
  ["1.11.0", "useLegacySelectors", null],
  ["1.11.8", "injectLabel", false],
  ["1.12.0", "injectLabel", true],
  ["1.15.7", "autoLeavesOut", []],
  ["1.16.0", "autoLeavesOut", ["kube-system", "kube-public", "kube-node-lease", "local-path-storage"]],
  ["1.18.7", "nativeSidecars", undefined],
  ["1.26.8", "nativeSidecars", "false"],
  ["1.27.0", "nativeSidecars", "auto"],
  ["1.26.8", "inject", "lenient"],
  ["1.27.0", "inject", "strict"],
  ["1.27.9", "resourceScope", false],
  ["1.28.0", "resourceScope", true],
  ["1.20.8", "sleepHandlers", false],
  ["1.21.0", "sleepHandlers", true],
  ["1.20.8", "kubeInjectOwners", false],
  ["1.21.0", "kubeInjectOwners", true],
  ["1.21.6", "proxyDefaults", { tracing: { zipkin: { address: "zipkin.istio-system:9411" } } }],
  ["1.22.0", "proxyDefaults", {}],
  ["1.23.5", "multusNamespaces", false],
  ["1.23.6", "multusNamespaces", true],
  ["1.25.0", "multusNamespaces", false],
  ["1.25.1", "multusNamespaces", true],
  ["1.24.6", "lifecycleHandlers", false],
  ["1.25.0", "lifecycleHandlers", true],
  ["1.16.7", "probesAfterStatus", "added"],
  ["1.26.8", "probesAfterStatus", "merged"],
  ["1.27.0", "probesAfterStatus", "merged-or-added"],
  ["1.16.7", "kubeInjectSkipsInjected", true],
  ["1.17.0", "kubeInjectSkipsInjected", false],
  ["1.18.7", "initProbes", false],
  ["1.19.0", "initProbes", true],
  ["1.18.7", "containerRestart", false],
  ["1.19.0", "containerRestart", true],
  ["1.20.6", "followsProxyUser", false],
  ["1.20.7", "followsProxyUser", true],
  ["1.21.2", "followsProxyUser", false],
  ["1.22.0", "followsProxyUser", true],
  ["1.10.6", "mergesProxyMetadata", false],
  ["1.11.0", "mergesProxyMetadata", true],
  ["1.6.14", "plainConcurrency", true],
  ["1.7.8", "plainConcurrency", false],
  ["1.11.8", "statefulSetAvailability", false],
  ["1.12.0", "statefulSetAvailability", true],
  ["1.7.8", "bareInjection", "appended"],
  ["1.8.6", "bareInjection", "patched"],
  ["1.9.0", "bareInjection", null],
  ["1.30", "minor", "1.30"],
];
for (const [version, fact, value] of changes) {
  table(`${fact} of ${version} is ${JSON.stringify(value)}`, () => {
    assert.equal(nearestFacts(version)[fact], value);
  });
}

const cpu = "sidecar.istio.io/proxyCPU";
const validated: readonly (readonly [version: string, annotation: string, is: boolean])[] = [
  ["1.26.8", cpu, false],
  ["1.27.5", cpu, false],
  ["1.27.6", cpu, true],
  ["1.27", cpu, true],
  ["1.28.3", cpu, false],
  ["1.28.4", cpu, true],
  ["1.29.0", cpu, true],
  ["1.6.0", "proxy.istio.io/config", false],
  ["1.6.1", "proxy.istio.io/config", true],
  ["1.24.6", "sidecar.istio.io/enableCoreDump", true],
  ["1.25.0", "sidecar.istio.io/enableCoreDump", false],
  ["1.29.6", "traffic.sidecar.istio.io/excludeInterfaces", false],
  ["1.30.0", "traffic.sidecar.istio.io/excludeInterfaces", true],
];
for (const [version, annotation, is] of validated) {
  table(`${annotation} is ${is ? "" : "not "}validated in ${version}`, () => {
    assert.is(Object.hasOwn(nearestFacts(version).validated, annotation), is);
  });
}

for (const version of ["1.30", "v1.30.3", "1.30.3-distroless", "1.30.99", "1.26.2+vendor"]) {
  table(`${version} is known`, () => {
    assert.not("unknown" in releaseFacts(version));
  });
}

const strangers: readonly (readonly [version: string, nearest: string, says: RegExp])[] = [
  ["1.99", newestRelease, /1\.99 is newer/],
  ["2.0", newestRelease, /2\.0 is newer/],
  ["1.5.10", "1.6", /older/],
  ["0.8", "1.6", /older/],
  ["latest", newestRelease, /latest is not a release/],
  ["1", newestRelease, /not a release/],
];
for (const [version, nearest, says] of strangers) {
  table(`${version} is unknown and counts as ${nearest}`, () => {
    const facts = releaseFacts(version);
    assert.ok("unknown" in facts);
    assert.is(facts.nearest, nearest);
    assert.match(facts.message, says);
    assert.is(nearestFacts(version).minor, nearest);
  });
}

const names: Readonly<Record<string, string>> = {
  "v1.30": "1.30",
  "1.30": "1.30",
  "v1.26.8-distroless": "1.26.8",
  "2.0": "2.0",
  latest: "latest",
};
for (const [written, told] of Object.entries(names)) {
  table(`${written} is told as ${told}`, () => assert.is(releaseName(written), told));
}

table.run();
