import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decide } from "../../src/istio/decide.ts";
import type { Injector, Labels, Mesh, NamespaceFacts, PodFacts, Webhook } from "../../src/istio/facts.ts";
import { findOpeners, opensByLabel } from "../../src/istio/remedy.ts";
import { stockWebhooks } from "../../src/istio/webhook.ts";

const inject = "sidecar.istio.io/inject";
const rev = "istio.io/rev";
const enabled = { "istio-injection": "enabled" };

function mesh(given: Partial<Mesh> = {}): Mesh {
  return { release: "1.30", webhooks: stockWebhooks({ release: "1.30" }), injectors: [], ...given };
}
function pod(given: Partial<PodFacts> = {}): PodFacts {
  return { labels: {}, annotations: {}, hostNetwork: false, containers: [], initContainers: [], ...given };
}
function namespace(labels: Labels | null = {}, name: string | null = "shop"): NamespaceFacts {
  return { name, labels: labels && [labels] };
}

/** A namespace that several places label differently. */
function differing(...labels: readonly Labels[]): NamespaceFacts {
  return { name: "shop", labels };
}
function injector(given: Partial<Injector>): Injector {
  return {
    revision: "default",
    release: "1.30",
    policy: "enabled",
    neverInjectSelector: [],
    alwaysInjectSelector: [],
    proxyResources: undefined,
    configMap: "istio-system/istio-sidecar-injector",
    ...given,
  };
}
function written(given: Partial<Webhook>): Webhook {
  return {
    configuration: "own",
    name: "own.sidecar-injector.istio.io",
    index: 0,
    namespaceSelector: undefined,
    objectSelector: undefined,
    coversPods: true,
    revision: "default",
    answersTo: "default",
    written: true,
    ...given,
  };
}

const certain = suite("a namespace whose labels are known");
const both = mesh({
  webhooks: [
    ...stockWebhooks({ release: "1.30" }),
    ...stockWebhooks({ release: "1.30", revision: "canary" }),
  ],
});

type Row = readonly [what: string, pod: PodFacts, namespace: NamespaceFacts, mesh: Mesh, expected: string];
const rows: readonly Row[] = [
  ["an enabled one injects", pod(), namespace(enabled), mesh(), "injected policy-enabled default"],
  ["an unlabelled one does not", pod(), namespace(), mesh(), "not-injected no-webhook null"],
  [
    "the pod's label injects there",
    pod({ labels: { [inject]: "true" } }),
    namespace(),
    mesh(),
    "injected inject-true default",
  ],
  [
    "the annotation does not",
    pod({ annotations: { [inject]: "true" } }),
    namespace(),
    mesh(),
    "not-injected no-webhook null",
  ],
  [
    "a misspelled value shuts",
    pod({ labels: { [inject]: "true" } }),
    namespace({ "istio-injection": "enable" }),
    mesh(),
    "not-injected no-webhook null",
  ],
  [
    "a revision label calls that revision",
    pod(),
    namespace({ [rev]: "canary" }),
    both,
    "injected policy-enabled canary",
  ],
  [
    "istio-injection beats the revision",
    pod(),
    namespace({ ...enabled, [rev]: "canary" }),
    both,
    "injected policy-enabled default",
  ],
  [
    "kube-system is refused by the injector",
    pod(),
    namespace(enabled, "kube-system"),
    mesh(),
    "not-injected ignored-namespace default",
  ],
  [
    "the injector is found by revision",
    pod(),
    namespace(enabled),
    mesh({
      injectors: [injector({ revision: "canary", policy: "disabled" }), injector({ policy: "disabled" })],
    }),
    "not-injected policy-disabled default",
  ],
  [
    "each injector reads as its own release does",
    pod({ labels: { [inject]: "yes" } }),
    namespace(enabled),
    mesh({ injectors: [injector({ release: "1.26.8", policy: "disabled" })] }),
    "injected inject-true default",
  ],
  [
    "an invalid selector has the pod refused",
    pod(),
    namespace(enabled),
    mesh({ webhooks: [written({ objectSelector: { matchExpressions: [{ key: "a", operator: "Like" }] } })] }),
    "refused selector-invalid null",
  ],
  [
    "an invalid selector beside one that misses does no harm",
    pod(),
    namespace(),
    mesh({
      webhooks: [
        written({
          namespaceSelector: { matchLabels: enabled },
          objectSelector: { matchExpressions: [{ key: "a", operator: "Like" }] },
        }),
      ],
    }),
    "not-injected no-webhook null",
  ],
  [
    "the namespace's name is a label",
    pod(),
    namespace({}, "shop"),
    mesh({
      webhooks: [written({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "shop" } } })],
    }),
    "injected policy-enabled default",
  ],
];
for (const [what, given, place, world, expected] of rows) {
  certain(what, () => {
    const { verdict, reason, revision, possibilities } = decide(given, place, world);
    assert.is(`${verdict} ${reason} ${revision}`, expected);
    assert.is(possibilities.length, 1);
  });
}

certain("webhooks of two revisions inject twice", () => {
  const twice = mesh({
    webhooks: [
      ...stockWebhooks({ release: "1.30", revision: "canary", tags: ["default"], tagsOnly: true }),
      ...stockWebhooks({ release: "1.30" }),
    ],
  });
  assert.equal(decide(pod(), namespace(enabled), twice).injectedBy, ["canary", "default"]);
});
certain.run();

const doubtful = suite("a namespace whose labels are not known");

doubtful("five cases for a stock mesh", () => {
  const { verdict, reason, possibilities } = decide(pod(), namespace(null), mesh());
  assert.equal([verdict, reason], ["unknown", "namespace-labels-unknown"]);
  assert.equal(
    possibilities.map((each) => `${each.when}: ${each.verdict} ${each.reason} ${each.webhook}`),
    [
      "unlabelled: not-injected no-webhook null",
      "istio-injection=enabled: injected policy-enabled namespace.sidecar-injector.istio.io",
      "istio-injection=disabled: not-injected no-webhook null",
      "istio.io/rev=default: injected policy-enabled rev.namespace.sidecar-injector.istio.io",
      "istio.io/rev=other: not-injected no-webhook null",
    ],
  );
});
doubtful("without a name the name is what is missing", () => {
  assert.is(decide(pod(), namespace(null, null), mesh()).reason, "namespace-unknown");
});
doubtful("every revision and tag is a case", () => {
  const tagged = mesh({ webhooks: stockWebhooks({ release: "1.30", revision: "1-30", tags: ["prod"] }) });
  const { possibilities } = decide(pod(), namespace(null), tagged);
  assert.equal(
    possibilities.map(({ when }) => when),
    [
      "unlabelled",
      "istio-injection=enabled",
      "istio-injection=disabled",
      "istio.io/rev=prod",
      "istio.io/rev=1-30",
      "istio.io/rev=other",
    ],
  );
});
doubtful("labels that only a written webhook looks at are cases too", () => {
  const own = mesh({
    webhooks: [
      written({
        namespaceSelector: {
          matchLabels: { mesh: "on" },
          matchExpressions: [
            { key: "team", operator: "In", values: ["a", "b"] },
            { key: "legacy", operator: "DoesNotExist" },
          ],
        },
      }),
    ],
  });
  const { verdict, possibilities } = decide(pod(), namespace(null), own);
  assert.is(verdict, "unknown");
  assert.equal(
    possibilities.slice(5).map(({ when, verdict }) => `${when} ${verdict}`),
    ["mesh=on,team=a injected", "mesh=on,team=b injected", 'legacy="" not-injected'],
  );
});

const nameKey = "kubernetes.io/metadata.name";
const inProd = mesh({
  webhooks: [
    written({
      namespaceSelector: { matchExpressions: [{ key: nameKey, operator: "In", values: ["prod"] }] },
    }),
  ],
});
doubtful("the names that a selector lists are cases where the name is not known", () => {
  const { verdict, reason, remedy, possibilities, steps } = decide(pod(), namespace(null, null), inProd);
  assert.equal([verdict, reason, remedy], ["unknown", "namespace-unknown", undefined]);
  assert.equal(
    possibilities.map(({ when, verdict }) => `${when} ${verdict}`),
    [`${nameKey}=prod injected`, `${nameKey}=other not-injected`],
  );
  assert.is(steps[0]?.says, "Nothing says which namespace it goes to");
});
doubtful("names and labels that both decide are told together", () => {
  const enabledInProd = mesh({
    webhooks: [written({ namespaceSelector: { matchLabels: { [nameKey]: "prod", ...enabled } } })],
  });
  const { possibilities } = decide(pod(), namespace(null, null), enabledInProd);
  assert.equal(
    possibilities.slice(0, 3).map(({ when, verdict }) => `${when} ${verdict}`),
    [
      "unlabelled not-injected",
      `istio-injection=enabled,${nameKey}=prod injected`,
      `istio-injection=enabled,${nameKey}=other not-injected`,
    ],
  );
});
doubtful("a known name is no case, whatever its labels", () => {
  assert.is(decide(pod(), namespace(null, "prod"), inProd).verdict, "injected");
  assert.is(decide(pod(), namespace(null, "shop"), inProd).verdict, "not-injected");
});
doubtful("labels that are assumed of a namespace leave its name open", () => {
  const { verdict, reason, steps } = decide(pod(), namespace({}, null), inProd);
  assert.equal([verdict, reason], ["unknown", "namespace-unknown"]);
  assert.is(steps[0]?.says, "Nothing says which namespace it goes to");
});
doubtful("a name that the injector ignores is a no of its own", () => {
  const everywhere = mesh({
    webhooks: [
      written({
        namespaceSelector: {
          matchExpressions: [{ key: nameKey, operator: "NotIn", values: ["kube-system"] }],
        },
      }),
      written({ index: 1, namespaceSelector: { matchLabels: { [nameKey]: "kube-system" } } }),
    ],
  });
  const { verdict, possibilities } = decide(pod(), namespace({}, null), everywhere);
  assert.is(verdict, "unknown");
  assert.equal(
    possibilities.map(({ when, reason }) => `${when} ${reason}`),
    [`${nameKey}=kube-system ignored-namespace`, `${nameKey}=other policy-enabled`],
  );
});
doubtful("names that make no difference are not told", () => {
  const { verdict, possibilities } = decide(pod({ hostNetwork: true }), namespace({}, null), inProd);
  assert.is(verdict, "not-injected");
  const listed = decide(pod({ labels: { [inject]: "false" } }), namespace({}, null), {
    ...inProd,
    webhooks: stockWebhooks({ release: "1.30", enableNamespacesByDefault: true }),
  });
  assert.equal(
    listed.possibilities.map(({ when }) => when),
    ["unlabelled"],
  );
  assert.equal(
    possibilities.map(({ when }) => when),
    [`${nameKey}=prod`, `${nameKey}=other`],
  );
});

const values = Array.from({ length: 80 }, (_, nth) => `v${nth}`);
const many = mesh({
  webhooks: [
    ...values.map((value, index) =>
      written({
        index,
        namespaceSelector: { matchExpressions: [{ key: "team", operator: "In", values: [value] }] },
      }),
    ),
  ],
});
doubtful("a case that is cut off is not passed over", () => {
  const all = { matchExpressions: [{ key: "istio-injection", operator: "DoesNotExist" }] };
  const teams = {
    matchExpressions: [
      { key: "team", operator: "In", values },
      { key: inject, operator: "In", values: ["a", "b"] },
    ],
  };
  const first = written({ namespaceSelector: undefined });
  assert.is(decide(pod(), namespace(null), mesh({ webhooks: [first] })).verdict, "injected");
  const cut = mesh({ webhooks: [first, written({ index: 1, namespaceSelector: teams })] });
  assert.is(decide(pod(), namespace(null), cut).verdict, "unknown");
  const names = written({ index: 1, namespaceSelector: { matchLabels: { [nameKey]: "x" } } });
  const named = values.map((value, nth) => ({
    ...names,
    index: nth + 2,
    namespaceSelector: { matchLabels: { [nameKey]: value } },
  }));
  const nameless = mesh({ webhooks: [first, written({ index: 1, namespaceSelector: all }), ...named] });
  assert.is(decide(pod(), namespace(null, null), nameless).verdict, "unknown");
});
doubtful("what no webhook wants is a no however many cases there are", () => {
  const { verdict, reason, remedy } = decide(pod({ hostNetwork: true }), namespace(null), many);
  assert.equal([verdict, reason, remedy], ["not-injected", "host-network", undefined]);
});

const agreed: readonly (readonly [what: string, pod: PodFacts, namespace: NamespaceFacts, reason: string])[] =
  [
    ["host network", pod({ hostNetwork: true }), namespace(null), "host-network"],
    ["the label false", pod({ labels: { [inject]: "false" } }), namespace(null), "no-webhook"],
    ["an ignored namespace", pod(), namespace(null, "kube-system"), "ignored-namespace"],
  ];
for (const [what, given, place, reason] of agreed) {
  doubtful(`${what} is a no in every case`, () => {
    const decision = decide(given, place, mesh());
    assert.equal([decision.verdict, decision.reason], ["not-injected", reason]);
  });
}

doubtful("sources that disagree are the cases", () => {
  const differ = { name: "shop", labels: [enabled, { team: "a" }] };
  const { verdict, reason, possibilities } = decide(pod(), differ, mesh());
  assert.equal([verdict, reason], ["unknown", "namespace-labels-differ"]);
  assert.equal(
    possibilities.map(({ when, verdict }) => `${when} ${verdict}`),
    ["istio-injection=enabled injected", "unlabelled not-injected"],
  );
  const same = { name: "shop", labels: [enabled, { ...enabled, team: "a" }] };
  assert.is(decide(pod(), same, mesh()).verdict, "injected");
});
doubtful.run();

const unshown = suite("revisions that nobody shows");
const assumed = mesh({ revisionsAssumed: true });
const canary = { [rev]: "canary" };

unshown("a namespace's revision may be installed or not", () => {
  const { verdict, reason, revision, revisionsInDoubt, possibilities, steps, remedy } = decide(
    pod(),
    namespace(canary),
    assumed,
  );
  assert.equal([verdict, reason, revision, remedy], ["unknown", "revision-unknown", null, undefined]);
  assert.equal(revisionsInDoubt, ["canary"]);
  assert.equal(
    possibilities.map(({ when, verdict, revision }) => `${when}: ${verdict} ${revision}`),
    ["revision canary is installed: injected canary", "no webhook answers to canary: not-injected null"],
  );
  const path = ["metadata", "labels", rev];
  assert.equal(
    steps.map(({ says, place }) => [says, place]),
    [
      ["Namespace shop has istio.io/rev=canary", { of: "namespace", path }],
      ["Nothing says whether revision canary is installed", { of: "namespace", path, nth: 0 }],
      [
        "revision canary is installed: injected by revision canary, the policy is enabled (rev.namespace.sidecar-injector.istio.io)",
        { of: "namespace", path, nth: 0 },
      ],
      ["no webhook answers to canary: not injected, no webhook matches", { of: "namespace", path, nth: 0 }],
    ],
  );
});

const asked: readonly (readonly [what: string, PodFacts, NamespaceFacts, Mesh, expected: string])[] = [
  ["a pod's revision", pod({ labels: canary }), namespace(), assumed, "unknown revision-unknown"],
  ["in a mesh that is known", pod(), namespace(canary), mesh(), "not-injected no-webhook"],
  ["the default one", pod(), namespace({ [rev]: "default" }), assumed, "injected policy-enabled"],
  ["host network", pod({ hostNetwork: true }), namespace(canary), assumed, "not-injected host-network"],
  [
    "the label false",
    pod({ labels: { [inject]: "false" } }),
    namespace(canary),
    assumed,
    "not-injected no-webhook",
  ],
  ["beside istio-injection", pod(), namespace({ ...canary, ...enabled }), assumed, "injected policy-enabled"],
  [
    "a pod's where the namespace has istio-injection",
    pod({ labels: canary }),
    namespace({ "istio-injection": "disabled" }),
    assumed,
    "not-injected no-webhook",
  ],
  [
    "a name that no revision can have",
    pod(),
    namespace({ [rev]: "1.28.1" }),
    assumed,
    "not-injected no-webhook",
  ],
  ["an empty one", pod(), namespace({ [rev]: "" }), assumed, "not-injected no-webhook"],
  ["one of several labels", pod(), differing(canary, { a: "b" }), assumed, "unknown revision-unknown"],
  [
    "where other labels differ",
    pod(),
    differing(canary, enabled),
    assumed,
    "unknown namespace-labels-differ",
  ],
  [
    "a pod's without a namespace",
    pod({ labels: canary }),
    namespace(null),
    assumed,
    "unknown namespace-labels-unknown",
  ],
];
for (const [what, given, place, world, expected] of asked) {
  unshown(`${what}: ${expected}`, () => {
    const { verdict, reason, revisionsInDoubt } = decide(given, place, world);
    assert.is(`${verdict} ${reason}`, expected);
    const inDoubt = reason === "revision-unknown" || reason === "host-network";
    assert.equal(revisionsInDoubt, inDoubt ? ["canary"] : []);
  });
}

unshown("the injector of such a revision is as those that are assumed", () => {
  const disabled = mesh({ ...assumed, injectors: [injector({ configMap: null, policy: "disabled" })] });
  assert.is(decide(pod(), namespace(canary), disabled).verdict, "not-injected");
  const own = mesh({ ...assumed, injectors: [injector({ revision: "canary", policy: "disabled" })] });
  assert.is(decide(pod(), namespace(canary), own).verdict, "not-injected");
});

unshown("a remedy keeps the revision, and says what it takes for granted", () => {
  assert.is(
    decide(pod({ hostNetwork: true }), namespace(canary), assumed).remedy,
    "It would be injected if the pod did not use hostNetwork and revision canary is installed",
  );
});
unshown.run();

const unread = suite("what of the mesh is not known");

const conditional = (given: Partial<Webhook> = {}) => written({ conditional: true, ...given });
const disabledMap = injector({ policy: "disabled" });
const unreadable = injector({ unreadable: true });
const meshes: readonly (readonly [what: string, PodFacts, NamespaceFacts, Mesh, expected: string])[] = [
  [
    "conditions that decide",
    pod(),
    namespace(),
    mesh({ webhooks: [conditional()] }),
    "unknown conditions-unknown",
  ],
  [
    "conditions of a webhook that does not match",
    pod(),
    namespace(),
    mesh({ webhooks: [conditional({ namespaceSelector: { matchLabels: enabled } })] }),
    "not-injected no-webhook",
  ],
  [
    "conditions beside a webhook that injects",
    pod(),
    namespace(),
    mesh({ webhooks: [written({}), conditional({ index: 1 })] }),
    "injected policy-enabled",
  ],
  [
    "conditions before an injector that would not",
    pod(),
    namespace(),
    mesh({ webhooks: [conditional()], injectors: [disabledMap] }),
    "not-injected policy-disabled",
  ],
  [
    "conditions do not save a pod from an invalid selector",
    pod(),
    namespace(),
    mesh({
      webhooks: [conditional({ objectSelector: { matchExpressions: [{ key: "a", operator: "Like" }] } })],
    }),
    "refused selector-invalid",
  ],
  [
    "conditions where labels are not known",
    pod(),
    namespace(null),
    mesh({ webhooks: [conditional()] }),
    "unknown conditions-unknown",
  ],
  [
    "conditions and labels that both decide",
    pod(),
    namespace(null),
    mesh({ webhooks: [conditional({ namespaceSelector: { matchLabels: enabled } })] }),
    "unknown namespace-labels-unknown",
  ],
  [
    "a policy that decides",
    pod(),
    namespace(enabled),
    mesh({ injectors: [unreadable] }),
    "unknown injector-unreadable",
  ],
  [
    "an injector that is not called",
    pod(),
    namespace(),
    mesh({ injectors: [unreadable] }),
    "not-injected no-webhook",
  ],
  [
    "a pod that asks for it",
    pod({ annotations: { [inject]: "true" } }),
    namespace(enabled),
    mesh({ injectors: [unreadable] }),
    "injected inject-true",
  ],
  [
    "a pod that declines",
    pod({ annotations: { [inject]: "false" } }),
    namespace(enabled),
    mesh({ injectors: [unreadable] }),
    "not-injected inject-false",
  ],
  [
    "host network and an unreadable policy",
    pod({ hostNetwork: true }),
    namespace(enabled),
    mesh({ injectors: [unreadable] }),
    "not-injected host-network",
  ],
  [
    "the injector of another revision",
    pod(),
    namespace(enabled),
    mesh({ injectors: [injector({ revision: "canary", unreadable: true })] }),
    "injected policy-enabled",
  ],
];
for (const [what, given, place, world, expected] of meshes) {
  unread(`${what}: ${expected}`, () => {
    const { verdict, reason } = decide(given, place, world);
    assert.is(`${verdict} ${reason}`, expected);
  });
}

unread("the steps say what is not evaluated, where, and what then", () => {
  const { steps, possibilities } = decide(
    pod(),
    namespace(),
    mesh({ webhooks: [conditional({ index: 3 })] }),
  );
  const place = { of: "webhook", configuration: "own", index: 3, path: ["matchConditions"] };
  assert.equal(
    steps.slice(1).map((step) => [step.says, step.place]),
    [
      ["own.sidecar-injector.istio.io has matchConditions, which are not evaluated", place],
      [
        "unlabelled, matchConditions hold: injected by revision default, the policy is enabled (own.sidecar-injector.istio.io)",
        place,
      ],
      ["unlabelled, matchConditions do not hold: not injected, no webhook matches", place],
    ],
  );
  assert.equal(
    possibilities.map(({ verdict }) => verdict),
    ["injected", "not-injected"],
  );
});
unread("the steps say whose configuration cannot be read", () => {
  const { steps } = decide(pod(), namespace(enabled), mesh({ injectors: [unreadable] }));
  assert.equal(steps[1], {
    gate: "policy",
    outcome: "passed",
    says: "The configuration of the injector of revision default cannot be read",
    place: { of: "injector", revision: "default", path: [] },
  });
});
unread("what comes to the same is one possibility, as if the conditions held", () => {
  const { possibilities, steps } = decide(
    pod(),
    namespace(),
    mesh({ webhooks: [conditional()], injectors: [disabledMap] }),
  );
  assert.equal(
    possibilities.map(({ when }) => when),
    ["unlabelled"],
  );
  assert.is(steps[1]?.says, "own.sidecar-injector.istio.io matches, if its matchConditions hold");
});
unread("the revision is open where conditions decide on it", () => {
  const hooks = [conditional({ revision: "canary" }), written({ index: 1 })];
  const { verdict, revision } = decide(pod(), namespace(), mesh({ webhooks: hooks }));
  assert.equal([verdict, revision], ["injected", null]);
});
unread("a remedy does not rely on conditions", () => {
  const shut = conditional({ namespaceSelector: { matchLabels: enabled } });
  const found = decide(pod(), namespace(), mesh({ webhooks: [shut] }));
  assert.equal([found.verdict, found.remedy], ["not-injected", undefined]);
  const open = mesh({ webhooks: [{ ...shut, conditional: false }] });
  assert.ok(decide(pod(), namespace(), open).remedy);
});
unread.run();

const telling = suite("steps and remedies");

telling("a miss says which requirement failed, and where it stands", () => {
  const { steps } = decide(pod(), namespace({ "istio-injection": "enable" }), mesh());
  assert.equal(
    steps.map(({ outcome, says }) => `${outcome} ${says.replaceAll("sidecar-injector.istio.io ", "")}`),
    [
      "passed Namespace shop has istio-injection=enable",
      "shut rev.namespace.wants istio.io/rev in [default]",
      'shut rev.object.wants istio-injection absent, is "enable"',
      'shut namespace.wants istio-injection in [enabled], is "enable"',
      'shut object.wants istio-injection absent, is "enable"',
    ],
  );
  assert.equal(steps[3]?.place, {
    of: "webhook",
    configuration: "istio-sidecar-injector",
    index: 2,
    path: ["namespaceSelector", "matchExpressions", 0],
  });
});
telling("the policy's steps end with what decided", () => {
  const { steps } = decide(pod({ labels: { [inject]: "maybe" } }), namespace(enabled), mesh());
  assert.equal(
    steps.slice(-2).map(({ outcome, says }) => `${outcome} ${says}`),
    [`passed label ${inject} is "maybe": not a value it takes`, "open policy is enabled"],
  );
});

telling("a selector that decides is named with its place", () => {
  const world = mesh({
    injectors: [injector({ neverInjectSelector: [{}, { matchLabels: { app: "web" } }] })],
  });
  const step = decide(pod({ labels: { app: "web" } }), namespace(enabled), world).steps.at(-1);
  assert.equal([step?.outcome, step?.says], ["shut", "neverInjectSelector[1] matches the pod's labels"]);
  assert.equal(step?.place, { of: "injector", revision: "default", path: ["neverInjectSelector", 1] });
});
telling("with several injectors each step says whose it is", () => {
  const twice = mesh({
    webhooks: [...stockWebhooks({ release: "1.30" }), written({ configuration: "z", revision: "z" })],
  });
  const { steps } = decide(pod(), namespace(enabled), twice);
  assert.equal(
    steps.slice(-2).map(({ subject, says }) => `${subject} | ${says}`),
    ["default | default: policy is enabled", "z | z: policy is enabled"],
  );
});
telling("an illegal policy is what would have to change", () => {
  const { steps, remedy } = decide(
    pod(),
    namespace(enabled),
    mesh({ injectors: [injector({ policy: false })] }),
  );
  assert.match(steps.at(-1)?.says ?? "", /^policy is "false", neither enabled nor disabled/);
  assert.is(remedy, "It would be injected if the injector of revision default had the policy enabled");
});
telling("where labels are not known, the steps are the cases", () => {
  const { steps } = decide(pod(), namespace(null), mesh());
  assert.equal(
    steps.slice(0, 3).map(({ says }) => says),
    [
      "Nothing says how namespace shop is labelled",
      "unlabelled: not injected, no webhook matches",
      "istio-injection=enabled: injected by revision default, the policy is enabled (namespace.sidecar-injector.istio.io)",
    ],
  );
});

telling("labels that differ where it does not matter are one step, at the first place", () => {
  const { steps } = decide(pod(), differing({ team: "a" }, { team: "b" }, enabled), mesh());
  assert.equal(
    steps.map(({ says, place }) => [says.replace(/:.*/, ""), place.of === "namespace" && place.nth]),
    [
      ["Namespace shop has different labels in different places", undefined],
      ["unlabelled", 0],
      ["istio-injection=enabled", 2],
    ],
  );
});

telling("labels that differ only where it does not matter are called alike", () => {
  const { steps } = decide(pod(), differing({ team: "a" }, { team: "b" }), mesh());
  assert.equal(
    steps.map(({ says }) => says),
    [
      "Namespace shop has different labels in different places, alike for injection",
      "unlabelled: not injected, no webhook matches",
    ],
  );
});

const remedies: readonly (readonly [
  what: string,
  pod: PodFacts,
  namespace: NamespaceFacts,
  mesh: Mesh,
  remedy: string | undefined,
])[] = [
  [
    "a misspelled namespace label",
    pod(),
    namespace({ "istio-injection": "enable" }),
    mesh(),
    "It would be injected if namespace shop had the label istio-injection: enabled instead of enable",
  ],
  [
    "an annotation that cannot open the gate",
    pod({ annotations: { [inject]: "true" } }),
    namespace(),
    mesh(),
    `It would be injected if the pod template had the label ${inject}: "true" instead of the annotation, or if namespace shop had the label istio-injection: enabled`,
  ],
  [
    "host network",
    pod({ hostNetwork: true }),
    namespace(enabled),
    mesh(),
    "It would be injected if the pod did not use hostNetwork",
  ],
  [
    "two things at once",
    pod({ hostNetwork: true }),
    namespace(),
    mesh(),
    "It would be injected if the pod did not use hostNetwork and namespace shop had the label istio-injection: enabled",
  ],
  [
    "a label that declines",
    pod({ labels: { [inject]: "false" } }),
    namespace(enabled),
    mesh(),
    `It would be injected if the pod template had no label ${inject}: "false"`,
  ],
  [
    "a namespace of which nothing is known",
    pod({ hostNetwork: true }),
    namespace(null),
    mesh(),
    "It would be injected if the pod did not use hostNetwork and namespace shop had the label istio-injection: enabled",
  ],
  [
    "a namespace labelled by revision elsewhere",
    pod({ hostNetwork: true }),
    differing({ [rev]: "old" }, { [rev]: "older" }),
    mesh(),
    "It would be injected if the pod did not use hostNetwork and namespace shop had the label istio.io/rev: default",
  ],
  ["an ignored namespace", pod(), namespace({}, "kube-system"), mesh(), undefined],
  ["a pod that is injected", pod(), namespace(enabled), mesh(), undefined],
  ["a mesh without webhooks", pod(), namespace(enabled), mesh({ webhooks: [] }), undefined],
];
for (const [what, given, place, world, remedy] of remedies) {
  telling(`${what}: ${remedy ?? "no remedy"}`, () => {
    assert.is(decide(given, place, world).remedy, remedy);
  });
}
telling("only what really opens the gates is offered", () => {
  const named = mesh({ webhooks: stockWebhooks({ release: "1.30", revision: "1-30" }) });
  const offered = findOpeners(pod(), namespace(), named).flatMap(({ changes }) => changes);
  assert.equal(offered, [
    { what: "namespace-label", key: rev, value: "1-30" },
    { what: "pod-label", key: rev, value: "1-30" },
  ]);
});
telling("whether the label in the place of the annotation opens the gates", () => {
  const asking = pod({ annotations: { [inject]: "true" } });
  const opens = (where: NamespaceFacts, given: Mesh = mesh()) => opensByLabel(asking, where, given);
  assert.is(opens(namespace()), true);
  assert.is(opens(namespace({ "istio-injection": "disabled" })), false);
  assert.is(opens({ name: "shop", labels: null }), false);
  assert.is(
    opens(namespace(), mesh({ webhooks: stockWebhooks({ release: "1.30", revision: "1-30" }) })),
    false,
  );
  assert.is(opensByLabel({ ...asking, hostNetwork: true }, namespace(), mesh()), false);
});
telling.run();

const ambient = suite("ambient");
const mode = "istio.io/dataplane-mode";
const modes: readonly (readonly [
  what: string,
  pod: PodFacts,
  labels: Labels,
  release: string,
  is: boolean,
])[] = [
  ["the namespace asks", pod(), { [mode]: "ambient" }, "1.30", true],
  ["the pod asks", pod({ labels: { [mode]: "ambient" } }), {}, "1.30", true],
  ["the pod opts out", pod({ labels: { [mode]: "none" } }), { [mode]: "ambient" }, "1.30", false],
  ["host network", pod({ hostNetwork: true }), { [mode]: "ambient" }, "1.30", false],
  ["nobody asks", pod(), {}, "1.30", false],
  ["a release before ambient", pod(), { [mode]: "ambient" }, "1.16", false],
];
for (const [what, given, labels, release, is] of modes) {
  ambient(`${what}: ${is}`, () => {
    assert.is(decide(given, namespace(labels), mesh({ release })).ambient, is);
  });
}
ambient.run();
