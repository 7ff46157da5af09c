/** The decision on a pod of which something is not known: every value that matters is tried. */
import { decide } from "./decide.ts";
import type { Decision, Possibility, Step } from "./decision.ts";
import type { Labels, Mesh, NamespaceFacts, Path, PodFacts, Selector } from "./facts.ts";
import { injectKey } from "./webhook.ts";

/** Something of a pod that is not known; the text that stands there now counts as a value that nobody asks for. */
export interface OpenValue {
  /** A label, an annotation or `spec.hostNetwork` of the pod; empty where anything of it may be different. */
  readonly path: Path;
  /** Why, as a sentence without a full stop. */
  readonly says: string;
}

/** More pods than these are not tried. */
const mostCases = 64;

/**
 * Whether a pod gets a sidecar whose `open` values are not known: unknown, and for them, unless the verdict is the same whatever they are.
 */
export function decideOpen(
  pod: PodFacts,
  namespace: NamespaceFacts,
  mesh: Mesh,
  open: readonly OpenValue[],
): Decision {
  const written = decide(pod, namespace, mesh);
  if (open.length === 0) return written;
  const asked = open.filter((one) => one.path.length === 0 || choicesOf(one, mesh).length > 1);
  if (asked.length === 0) return written;
  const pods = asked.some(({ path }) => path.length === 0) ? undefined : podsOf(pod, asked, mesh);
  const answers = pods?.map((one) => ({ ...one, decision: decide(one.pod, namespace, mesh) })) ?? [];
  const isSame = answers.every(({ decision }) => decision.verdict === written.verdict);
  const isOfNamespace = written.reason.startsWith("namespace-");
  if (pods && isSame && (written.verdict !== "unknown" || isOfNamespace)) return written;
  const cases = answers.flatMap(({ when, decision }) =>
    decision.possibilities.map(
      (one): Possibility => ({
        ...one,
        when: decision.possibilities.length > 1 ? `${when}, ${one.when}` : when,
      }),
    ),
  );
  const possibilities = cases.length > 0 ? cases : written.possibilities;
  return {
    verdict: "unknown",
    reason: "pod-unknown",
    revision: null,
    injectedBy: [],
    calls: [],
    possibilities,
    revisionsInDoubt: [],
    ambient: written.ambient,
    remedy: undefined,
    get steps() {
      return [...asked.map(openStep), ...cases.map((one) => caseStep(one, asked))];
    },
  };
}

function openStep({ says, path }: OpenValue): Step {
  return { gate: "policy", outcome: "passed", says, place: { of: "pod", path } };
}

function caseStep({ when, verdict }: Possibility, [first]: readonly OpenValue[]): Step {
  const outcome = verdict === "injected" ? "open" : "shut";
  const says = `${when}: ${verdict === "not-injected" ? "not injected" : verdict}`;
  return { gate: "policy", outcome, says, place: { of: "pod", path: first?.path ?? [] } };
}

interface Case {
  readonly when: string;
  readonly pod: PodFacts;
}

/** The pod with each combination of what its open values may be; undefined where there are too many. */
function podsOf(pod: PodFacts, open: readonly OpenValue[], mesh: Mesh): readonly Case[] | undefined {
  let cases: readonly Case[] = [{ when: "", pod }];
  for (const one of open) {
    const choices = choicesOf(one, mesh);
    if (cases.length * choices.length > mostCases) return undefined;
    cases = cases.flatMap((before) =>
      choices.map((choice) => ({
        when: [before.when, describe(one, choice)].filter(Boolean).join(", "),
        pod: withValue(before.pod, one.path, choice),
      })),
    );
  }
  return cases;
}

/** What a value may be as far as anything asks for it; undefined stands for any other. */
function choicesOf({ path }: OpenValue, mesh: Mesh): readonly (string | undefined)[] {
  const [first, second, key] = path;
  if (first === "spec") return ["true", "false"];
  if (typeof key !== "string") return [undefined];
  const asked = new Set(key === injectKey ? ["true", "false"] : []);
  if (second === "labels") for (const value of askedOf(mesh).get(key) ?? []) asked.add(value);
  return [...asked, undefined];
}

function describe({ path }: OpenValue, choice: string | undefined): string {
  if (path[0] === "spec") return choice === "true" ? "with hostNetwork: true" : "without hostNetwork";
  const key = String(path[2]);
  return choice === undefined ? `${key} is anything else` : `${key} is ${JSON.stringify(choice)}`;
}

function withValue(pod: PodFacts, path: Path, choice: string | undefined): PodFacts {
  if (path[0] === "spec") return { ...pod, hostNetwork: choice === "true" };
  if (choice === undefined) return pod;
  const map = path[1] === "labels" ? "labels" : "annotations";
  const values: Labels = { ...pod[map], [String(path[2])]: choice };
  return { ...pod, [map]: values };
}

const known = new WeakMap<Mesh, ReadonlyMap<string, ReadonlySet<string>>>();

/** The labels of pods that selectors of the mesh look at, and the values that they ask for. */
function askedOf(mesh: Mesh): ReadonlyMap<string, ReadonlySet<string>> {
  const before = known.get(mesh);
  if (before) return before;
  const asked = new Map<string, Set<string>>();
  const ask = (key: string, values: readonly unknown[]) => {
    const all = asked.get(key) ?? new Set();
    asked.set(key, all);
    for (const value of values) if (typeof value === "string") all.add(value);
  };
  const selectors: readonly Selector[] = [
    ...mesh.webhooks.map(({ objectSelector }) => objectSelector),
    ...mesh.injectors.flatMap((one) => [...one.neverInjectSelector, ...one.alwaysInjectSelector]),
  ];
  for (const selector of selectors) {
    const { matchLabels, matchExpressions } = selector ?? {};
    if (isMap(matchLabels)) for (const [key, value] of Object.entries(matchLabels)) ask(key, [value]);
    for (const one of Array.isArray(matchExpressions) ? matchExpressions : [])
      if (isMap(one) && typeof one.key === "string")
        ask(one.key, Array.isArray(one.values) ? one.values : []);
  }
  known.set(mesh, asked);
  return asked;
}

function isMap(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
