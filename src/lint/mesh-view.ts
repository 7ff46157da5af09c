/** The mesh as rules see it. */
import { knownRevisions } from "../istio/cases.ts";
import { nearestFacts, type ReleaseFacts } from "../istio/releases.ts";
import type { World } from "../world/world.ts";

/** The mesh, as the release that judges the subject. */
export class MeshView {
  readonly release: string;
  readonly facts: ReleaseFacts;
  readonly world: World;
  #revisions: readonly string[] | undefined;

  constructor(world: World, release: string) {
    this.world = world;
    this.release = release;
    this.facts = nearestFacts(release);
  }

  get revisions(): readonly string[] {
    this.#revisions ??= knownRevisions(this.world.mesh.webhooks);
    return this.#revisions;
  }

  get webhooksKnown(): boolean {
    return this.world.webhooks !== "stock" && !this.world.mesh.revisionsAssumed;
  }

  get ignoredNamespaces(): readonly string[] {
    return this.facts.ignoredNamespaces;
  }

  get readsInjectLabel(): boolean {
    return this.facts.injectLabel;
  }
}
