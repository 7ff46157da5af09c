/** Keys of Istio's domain that mean nothing, and annotations that are out of date, as rules see them. */
import { outdatedKey } from "../istio/outdated-key.ts";
import { isUnknownKey } from "../istio/unknown-key.ts";
import { isObject, type Json } from "../kube/json.ts";
import type { Path } from "../source/node.ts";
import type { World } from "../world/world.ts";
import { type EntryView, entriesOf, type Holder, isMisspelled } from "./entry.ts";
import { releaseAtLeast } from "./functions.ts";

const read = new WeakMap<World, Map<string, boolean>>();

/**
 * The labels and annotations below a path (`metadata`) in Istio's domain that nothing knows: no release, and no template or selector of the
 * repository's own injectors and webhooks. What misspells a known key is left to misspelled-key.
 */
export function unknownKeysOf(
  world: World,
  holder: Holder,
  path: Path,
  counted: (key: string) => boolean = () => false,
): readonly EntryView[] {
  return entriesOf(
    holder,
    path,
    (key) => isUnknownKey(key) && !isMisspelled(key) && !counted(key) && !isReadBy(world, key),
  );
}

/** Whether an injector or a webhook of the repository names a key. */
function isReadBy(world: World, key: string): boolean {
  const answers = read.get(world) ?? new Map<string, boolean>();
  read.set(world, answers);
  let answer = answers.get(key);
  if (answer === undefined) {
    const placed = [...world.injectorConfigMaps, ...world.webhookConfigurations, ...world.installs];
    answer = placed.some(({ value }) => mentions(value, key));
    answers.set(key, answer);
  }
  return answer;
}

function mentions(value: Json, text: string): boolean {
  if (typeof value === "string") return value.includes(text);
  if (Array.isArray(value)) return value.some((one: Json) => mentions(one, text));
  if (!isObject(value)) return false;
  for (const key in value) if (key.includes(text) || mentions(value[key] ?? null, text)) return true;
  return false;
}

/** An annotation that this release of Istio calls deprecated, or no longer has. */
export class OutdatedView {
  readonly key: string;
  readonly since: string;
  readonly gone: boolean;
  readonly instead: string;

  constructor(key: string, since: string, gone: boolean, instead: string) {
    this.key = key;
    this.since = since;
    this.gone = gone;
    this.instead = instead;
  }
}

/** The annotations of pods that are out of date for a release. */
export function outdatedOf(
  annotations: { readonly [key: string]: string },
  release: string,
): readonly OutdatedView[] {
  const found: OutdatedView[] = [];
  for (const key in annotations) {
    const outdated = outdatedKey(key, (wanted) => releaseAtLeast(release, wanted));
    if (outdated) found.push(new OutdatedView(key, outdated.since, outdated.gone, outdated.instead));
  }
  return found;
}
