/** In which order an uninstall is safe, as sentences, and what to do instead of it. */
import type { Uninstall } from "../compare/uninstall.ts";
import type { Demand, Obsolete } from "../compare/uninstall-objects.ts";
import { count } from "./cells.ts";

/** One thing to do, as a sentence, and why it comes there. */
export interface Step {
  readonly do: string;
  readonly why: string;
}

/** What to do, in the order in which no pod is kept from starting and none loses its istiod. */
export function steps(uninstall: Uninstall): readonly Step[] {
  const { taken, unlabelled, objects } = uninstall;
  const webhooks = webhookStep(
    uninstall,
    objects.filter(({ step }) => step === "webhooks"),
  );
  // Pods that no label decides on, and those that go over to another revision, are injected as before while the webhooks are there.
  const isFirst = taken.length > 0 || unlabelled;
  return [
    ...unsureStep(uninstall),
    ...mtlsStep(uninstall),
    ...gatewayStep(uninstall),
    ...namespaceStep(uninstall),
    ...(isFirst ? webhooks : []),
    ...templateStep(uninstall),
    ...restartStep(uninstall),
    ...(isFirst ? [] : webhooks),
    ...istiodStep(objects.filter(({ step }) => step === "istiod")),
    ...cniStep(objects.filter(({ step }) => step === "cni")),
  ];
}

/** How sidecars are kept where other revisions stay, as a paragraph; undefined where there is nothing to keep, or nobody to go to. */
export function insteadOf({ revisions, tags, stays, lost, labels }: Uninstall): string | undefined {
  const [only] = stays;
  if (only === undefined || lost.length === 0) return undefined;
  const isOne = stays.length === 1;
  const revision = isOne ? only : "<revision>";
  const it = isOne ? "it" : "one of them";
  // A tag that is to go is not pointed elsewhere.
  const moves = (revisions.length === 0 ? [] : tags).map(
    (tag) => `istioctl tag set ${tag} --revision ${revision} --overwrite`,
  );
  const todo = [
    ...(moves.length === 0
      ? []
      : [`point the ${tags.length === 1 ? "tag" : "tags"} at ${it} (${moves.join("; ")})`]),
    ...(labels.length > 0 || moves.length === 0 ? [`let labels name ${it} (istio.io/rev=${revision})`] : []),
  ].join(", or ");
  const restart = revisions.length === 0 ? "" : " and restart the workloads";
  return `${isOne ? "Revision" : "Revisions"} ${stays.join(", ")} ${isOne ? "stays" : "stay"}. To keep the sidecars ${todo}${restart}; then ask again what is lost.`;
}

function unsureStep({ unsure }: Uninstall): readonly Step[] {
  if (unsure.length === 0) return [];
  return [
    {
      do: `Find out whether ${count(unsure.length, "workload")} ${unsure.length === 1 ? "has" : "have"} a sidecar to lose: sidelint explain <workload> says what is missing.`,
      why: "What follows does not count them.",
    },
  ];
}

const kindWords = { PeerAuthentication: "to PERMISSIVE", DestinationRule: "to another TLS mode" } as const;
const look = "kubectl get peerauthentications,destinationrules -A";

/** Whether anybody is without a sidecar then, so that it matters who demands mTLS. */
export function areDemandsFelt({ lost, unsure, byHand }: Uninstall): boolean {
  return lost.length + unsure.length + byHand.length > 0;
}

function mtlsStep(uninstall: Uninstall): readonly Step[] {
  if (!areDemandsFelt(uninstall)) return [];
  const { demands } = uninstall;
  const of = (kind: Demand["kind"]) => demands.filter((one) => one.kind === kind).length;
  const todo = Object.entries(kindWords).flatMap(([kind, words]) =>
    of(kind) === 0 ? [] : [`${count(of(kind), kind)} ${words}`],
  );
  const why =
    "A sidecar with PeerAuthentication STRICT refuses callers that have none, and what is sent with ISTIO_MUTUAL is not understood by pods that have none.";
  return [
    todo.length > 0
      ? { do: `Set ${todo.join(", and ")}; the cluster may have more (${look}).`, why }
      : { do: `See to it that the cluster demands no mTLS (${look}); nothing in the repository does.`, why },
  ];
}

function gatewayStep({ counts: { waiting }, gateways }: Uninstall): readonly Step[] {
  const all = waiting + gateways.length;
  if (all === 0) return [];
  const reasons = [
    ...(waiting === 0 ? [] : ["A pod whose proxy is injected cannot start without injection."]),
    ...(gateways.length === 0 ? [] : ["A proxy of its own waits for its istiod when it starts."]),
  ];
  return [{ do: `Replace or delete ${count(all, "gateway")}.`, why: reasons.join(" ") }];
}

function namespaceStep({ labels, revisions }: Uninstall): readonly Step[] {
  if (labels.length === 0) return [];
  const spaces = count(new Set(labels.map(({ namespace }) => namespace)).size, "namespace");
  return [
    {
      do: `Take the labels off ${spaces}${orName(revisions)}.`,
      why: "From then on pods start without a sidecar; those that run keep theirs, and the istiod that serves it.",
    },
  ];
}

function orName(revisions: readonly string[]): string {
  return revisions.length === 0 ? ", or name a revision instead of the tag" : "";
}

function templateStep({ counts: { templates }, revisions }: Uninstall): readonly Step[] {
  if (templates === 0) return [];
  return [
    {
      do: `Take the labels off ${count(templates, "pod template")}${orName(revisions)}.`,
      why: "This restarts their pods, without a sidecar; those of a CronJob start so at its next run.",
    },
  ];
}

function restartStep({ counts: { restarts, recreated }, byHand, revisions }: Uninstall): readonly Step[] {
  const todo = [
    ...(restarts === 0 ? [] : [`restart ${count(restarts, "workload")}`]),
    ...(recreated === 0
      ? []
      : [`delete and create again ${count(recreated, "Job or bare pod", "Jobs and bare pods")}`]),
    ...(byHand.length === 0
      ? []
      : [`take the sidecar out of ${count(byHand.length, "manifest")} (sidelint uninject)`]),
  ].join(", and ");
  if (todo === "") return [];
  const why =
    revisions.length === 0
      ? "Pods that run keep a sidecar until they start again; its istiod stays, and goes on serving it."
      : "A sidecar whose istiod is gone gets no new configuration, and no new certificate when its own expires.";
  return [{ do: `${todo[0]?.toUpperCase()}${todo.slice(1)}.`, why }];
}

function webhookStep({ revisions }: Uninstall, webhooks: readonly Obsolete[]): readonly Step[] {
  if (webhooks.length === 0) return [];
  const names = webhooks.map(({ kind, name, shared, note }) =>
    shared === undefined ? name || `${kind}s, ${note}` : `of ${name} those that go`,
  );
  const why =
    revisions.length === 0
      ? "Nobody answers to the tag any more."
      : "A webhook that stays when its istiod goes keeps pods from starting, and objects of Istio from being changed.";
  return [{ do: `Delete the webhooks: ${names.join(", ")}.`, why }];
}

function istiodStep(rest: readonly Obsolete[]): readonly Step[] {
  if (rest.length === 0) return [];
  const kinds = [...new Set(rest.map(({ kind }) => kind))].join(", ");
  const isInstalled = rest.some(({ isInstalled, kind }) => isInstalled && kind === "Deployment");
  const isHere = isInstalled || rest.some(({ kind, origin }) => kind === "Deployment" && origin);
  const why = isHere
    ? "What installed it goes with it: an operator or a chart would bring istiod and its webhooks back."
    : "Nothing in the repository installs it: istioctl uninstall or helm uninstall istiod does this, whichever installed it.";
  const more = rest.flatMap(({ kind, name, note }) =>
    note !== undefined && kind !== "ConfigMap" ? [` ${kind}${name && `/${name}`} ${note}.`] : [],
  );
  return [{ do: `Delete istiod and what belongs to it: ${kinds}.`, why: `${why}${more.join("")}` }];
}

function cniStep(plugins: readonly Obsolete[]): readonly Step[] {
  if (plugins.length === 0) return [];
  return [
    {
      do: `Delete ${plugins.map(({ kind, name }) => `${kind}/${name}`).join(", ")} once no pod has a sidecar.`,
      why: "Until then every pod that starts with a sidecar needs the CNI plugin.",
    },
  ];
}
