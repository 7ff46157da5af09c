import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Injector, PodFacts } from "../../src/istio/facts.ts";
import { askPolicy, preparePolicy } from "../../src/istio/policy.ts";
import { nearestFacts } from "../../src/istio/releases.ts";

const policy = suite("policy");
const key = "sidecar.istio.io/inject";

interface Given {
  readonly release?: string;
  readonly pod?: Partial<PodFacts>;
  readonly namespace?: string | null;
  readonly injector?: Partial<Injector>;
}

function ask({ release = "1.30", pod = {}, namespace = "app", injector = {} }: Given) {
  const facts = {
    labels: {},
    annotations: {},
    hostNetwork: false,
    containers: [],
    initContainers: [],
    ...pod,
  };
  const config = { policy: "enabled", neverInjectSelector: [], alwaysInjectSelector: [], ...injector };
  return askPolicy(facts, namespace, preparePolicy(config, nearestFacts(release)));
}

const web = { labels: { app: "web" } };
const selectsWeb = [{ matchLabels: { app: "web" } }];
const cases: readonly (readonly [what: string, given: Given, required: boolean, reason: string])[] = [
  ["the policy decides where nothing else does", {}, true, "policy-enabled"],
  ["the policy may be disabled", { injector: { policy: "disabled" } }, false, "policy-disabled"],
  [
    "host network comes first",
    { pod: { hostNetwork: true, labels: { [key]: "true" } } },
    false,
    "host-network",
  ],
  [
    "kube-system is ignored",
    { namespace: "kube-system", pod: { labels: { [key]: "true" } } },
    false,
    "ignored-namespace",
  ],
  ["istio-system is not ignored", { namespace: "istio-system" }, true, "policy-enabled"],
  [
    "kube-node-lease is not ignored in 1.8",
    { release: "1.8", namespace: "kube-node-lease" },
    true,
    "policy-enabled",
  ],
  [
    "kube-node-lease is ignored in 1.9",
    { release: "1.9", namespace: "kube-node-lease" },
    false,
    "ignored-namespace",
  ],
  ["an unknown namespace is not ignored", { namespace: null }, true, "policy-enabled"],
  [
    "the label is not read in 1.11",
    { release: "1.11", pod: { labels: { [key]: "false" } } },
    true,
    "policy-enabled",
  ],
  [
    "the label is read in 1.12",
    { release: "1.12", pod: { labels: { [key]: "false" } } },
    false,
    "inject-false",
  ],
  [
    "the label beats the annotation",
    { pod: { labels: { [key]: "true" }, annotations: { [key]: "false" } } },
    true,
    "inject-true",
  ],
  [
    "an empty label hides the annotation",
    { pod: { labels: { [key]: "" }, annotations: { [key]: "false" } } },
    true,
    "policy-enabled",
  ],
  ["Yes injects in 1.26", { release: "1.26", pod: { labels: { [key]: "Yes" } } }, true, "inject-true"],
  [
    "anything odd is a no in 1.26",
    { release: "1.26", pod: { labels: { [key]: "maybe" } } },
    false,
    "inject-false",
  ],
  [
    "anything odd counts as absent in 1.27",
    { release: "1.27", pod: { labels: { [key]: "maybe" } } },
    true,
    "policy-enabled",
  ],
  [
    "True is odd in 1.27",
    { release: "1.27", injector: { policy: "disabled" }, pod: { labels: { [key]: "True" } } },
    false,
    "policy-disabled",
  ],
  ["a never selector", { pod: web, injector: { neverInjectSelector: selectsWeb } }, false, "never-selector"],
  [
    "never beats always",
    { pod: web, injector: { neverInjectSelector: selectsWeb, alwaysInjectSelector: selectsWeb } },
    false,
    "never-selector",
  ],
  [
    "an always selector beats the policy",
    { pod: web, injector: { policy: "disabled", alwaysInjectSelector: selectsWeb } },
    true,
    "always-selector",
  ],
  [
    "an empty selector matches nothing here",
    { pod: web, injector: { neverInjectSelector: [{}] } },
    true,
    "policy-enabled",
  ],
  [
    "a label beats a never selector",
    { pod: { labels: { app: "web", [key]: "true" } }, injector: { neverInjectSelector: selectsWeb } },
    true,
    "inject-true",
  ],
  [
    "an illegal policy beats all",
    { injector: { policy: "Enabled" }, pod: { labels: { [key]: "true" } } },
    false,
    "policy-illegal",
  ],
  ["policy: off is no policy", { injector: { policy: false } }, false, "policy-illegal"],
  ["no policy is none", { injector: { policy: null } }, false, "policy-illegal"],
];
for (const [what, given, required, reason] of cases) {
  policy(what, () => {
    const answer = ask(given);
    assert.equal([answer.required, answer.reason], [required, reason]);
  });
}

policy("an invalid selector is skipped with a warning that says why", () => {
  const { reason, logs } = ask({
    pod: web,
    injector: {
      neverInjectSelector: [{ matchExpressions: [{ key: "app", operator: "Equals" }] }, ...selectsWeb],
    },
  });
  assert.is(reason, "never-selector");
  assert.is(logs.length, 1);
  assert.match(logs[0] ?? "", /^warn: neverInjectSelector\[0\] is invalid: .*Equals/);
});

policy("an odd value and an illegal policy are logged", () => {
  const { logs } = ask({ pod: { annotations: { [key]: "yes" } }, injector: { policy: "on" } });
  assert.is(logs.length, 2);
  assert.match(logs[0] ?? "", /^warn: .*"yes"/);
  assert.match(logs[1] ?? "", /^error: .*"on"/);
});

policy.run();
