/** What the configuration requires of workloads and forbids them, and what decides whether they have a sidecar, for rules. */
import ignore from "ignore";
import { injectValue, readInject } from "../istio/policy.ts";
import { nearestFacts } from "../istio/releases.ts";
import type { JsonObject } from "../kube/json.ts";
import { compileSelector, matches } from "../kube/selector.ts";
import type { Config } from "../world/config.ts";
import { placeText } from "../world/resource.ts";
import type { Workload, World } from "../world/world.ts";
import { namesMatching } from "./names.ts";
import { releaseFor } from "./workload-state.ts";

/** One entry of `require` or `forbid`. */
export class PolicyEntryView {
  readonly reason: string;
  /** Where it stands: "sidelint.yaml:12:5". */
  readonly where: string;

  constructor(reason: string, where: string) {
    this.reason = reason;
    this.where = where;
  }
}

interface Entry {
  readonly view: PolicyEntryView;
  covers(workload: Workload): boolean;
}

interface Policies {
  readonly require: readonly Entry[];
  readonly forbid: readonly Entry[];
}

const known = new WeakMap<World, Policies>();

function policiesOf(world: World): Policies {
  let policies = known.get(world);
  if (!policies) {
    policies = { require: entriesOf(world, "require"), forbid: entriesOf(world, "forbid") };
    known.set(world, policies);
  }
  return policies;
}

function entriesOf({ configuration }: World, key: "require" | "forbid"): readonly Entry[] {
  return (configuration.config[key] ?? []).map((policy, index): Entry => {
    const location = configuration.locateInConfig([key, index]);
    const where = location ? placeText(location) : (configuration.configPath ?? "the configuration");
    return {
      view: new PolicyEntryView(policy.reason, where),
      covers: coversWorkload(policy, configuration.belowConfig),
    };
  });
}

type Policy = NonNullable<Config["require"]>[number];

/** Whether a workload fits all that a policy asks for. One whose namespace is not known fits no namespace. */
export function coversWorkload(
  { namespaces, paths, labels, kinds, names }: Policy,
  belowConfig: (path: string) => string | undefined,
): (workload: Workload) => boolean {
  const isInNamespace = namespaces && namesMatching(namespaces);
  const isKind = kinds && namesMatching(kinds);
  const isName = names && namesMatching(names);
  const matcher = paths && ignore().add([...paths]);
  const isPath = (path: string) => {
    const below = belowConfig(path);
    return below !== undefined && matcher?.ignores(below) === true;
  };
  const compiled = labels && compileSelector(labels as JsonObject);
  return (workload) => {
    const { resource, root, pod, name, namespace } = workload;
    if (isInNamespace && (namespace.name === null || !isInNamespace(namespace.name))) return false;
    if (isKind && !isKind(resource.kind)) return false;
    if (isName && !isName(name)) return false;
    if (compiled && !(compiled.ok && matches(compiled.selector, pod.labels))) return false;
    return (
      !matcher ||
      isPath(resource.document.file.path) ||
      (root !== null && isPath(`${root}/kustomization.yaml`))
    );
  };
}

const none: readonly PolicyEntryView[] = [];

/** What the configuration asks of one workload. */
export class PolicyView {
  readonly #workload: Workload;
  readonly #world: World;

  constructor(workload: Workload, world: World) {
    this.#workload = workload;
    this.#world = world;
  }

  get required(): readonly PolicyEntryView[] {
    return this.#covering(policiesOf(this.#world).require);
  }

  get forbidden(): readonly PolicyEntryView[] {
    return this.#covering(policiesOf(this.#world).forbid);
  }

  /** What decides on the sidecar, and where it stands: `namespace shop has istio-injection=disabled (ns.yaml:5:5)`. */
  get because(): string {
    const { decision } = this.#workload;
    const [says, where] = this.#optOut() ?? this.#decisive();
    const clause = says.charAt(0).toLowerCase() + says.slice(1);
    return decision.steps.length === 0 ? "" : `${clause} (${where})`;
  }

  #covering(entries: readonly Entry[]): readonly PolicyEntryView[] {
    if (entries.length === 0) return none;
    return entries.filter((entry) => entry.covers(this.#workload)).map(({ view }) => view);
  }

  /** A label of the pod that keeps all webhooks away. */
  #optOut(): readonly [says: string, where: string] | undefined {
    const { decision, pod } = this.#workload;
    if (decision.reason !== "no-webhook") return undefined;
    const facts = nearestFacts(releaseFor(this.#workload, this.#world));
    const { from, value } = injectValue(pod, facts.injectLabel);
    if (from !== "label" || readInject(value, facts.inject) !== "skip") return undefined;
    const path = ["metadata", "labels", "sidecar.istio.io/inject"];
    const { text } = this.#workload.originOf({ of: "pod", path });
    return [`label sidecar.istio.io/inject is ${JSON.stringify(value)}`, text];
  }

  /** The last step of the way, unless it says no more than that the policy is the usual one. */
  #decisive(): readonly [says: string, where: string] {
    const { decision } = this.#workload;
    const { steps, reason } = decision;
    const isUsual = reason === "no-webhook" || reason === "policy-enabled";
    const step = isUsual ? steps[0] : (steps.findLast(({ gate }) => gate === "policy") ?? steps[0]);
    return step ? [step.says, this.#workload.originOf(step.place).text] : ["", ""];
  }
}
