/** Templates that a pod asks for and its injector lacks. */
import { nearest } from "../kube/nearest.ts";
import { istiodFor } from "../world/istiods.ts";
import { isSlipOfStock } from "../world/unshown-template.ts";
import type { Workload, World } from "../world/world.ts";
import { injectorFor } from "./mesh-resources.ts";

/** A template that an injector lacks. */
export class TemplateView {
  readonly name: string;
  readonly known: readonly string[];
  readonly meant: string;
  /** Whether the injector's configuration is there to be read, not that of a stock install. */
  readonly shown: boolean;

  constructor(name: string, known: readonly string[], meant: string, shown: boolean) {
    this.name = name;
    this.known = known;
    this.meant = meant;
    this.shown = shown;
  }
}

const none: readonly never[] = [];

/**
 * Those of the names that a workload's injector certainly lacks: where nothing shows its configuration it may have templates of its own,
 * so only names that are empty or nearly a stock template's count.
 */
export function unknownTemplates(
  asked: readonly string[] | undefined,
  workload: Workload,
  world: World,
): readonly TemplateView[] {
  const injector = asked && injectorFor(workload, world);
  const reading = injector && istiodFor(world, injector.revision);
  if (!reading?.ok) return none;
  const { templates, aliases, bare } = reading.istiod.injector;
  if (bare) return none;
  const known = [...templates.keys(), ...Object.keys(aliases)].sort();
  const shown = reading.source === "config-map";
  return (asked ?? none)
    .flatMap((name) => (Object.hasOwn(aliases, name) ? (aliases[name] ?? []) : [name]))
    .filter((name) => !templates.has(name))
    .map((name) => new TemplateView(name, known, nearest(name, known)[0] ?? "", shown))
    .filter(({ name }) => shown || isSlipOfStock(name, known));
}
