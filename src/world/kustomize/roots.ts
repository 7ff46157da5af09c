/** How kustomizations hang together: which nobody else includes, and which files they take for themselves. */
import { once } from "../../source/once.ts";
import { type Kustomization, partsOf } from "./kustomization.ts";
import { isRemote } from "./path.ts";
import { remembered } from "./workshop.ts";

/**
 * Those that no other one includes; of a ring that only includes itself, the first.
 * @param identityOf what a path is after following links, so that a link to a directory includes it; default: there are no links
 */
export function rootsOf(
  all: readonly Kustomization[],
  identityOf: (path: string) => string | undefined = () => undefined,
): readonly Kustomization[] {
  const known = new Map(all.map((one) => [one.directory, one]));
  const byIdentity = once(() => new Map(all.map(({ directory }) => [identityOf(directory), directory])));
  const behindLink = remembered((path: string) => {
    const identity = identityOf(path);
    return identity === undefined ? path : (byIdentity().get(identity) ?? path);
  });
  const directoriesOf = (one: Kustomization) =>
    partsOf(one).map((path) => (known.has(path) || /\.ya?ml$/.test(path) ? path : behindLink(path)));
  const included = new Set(all.flatMap((one) => directoriesOf(one).filter((path) => path !== one.directory)));
  const reached = new Set<string>();
  const reach = (start: Kustomization) => {
    const open = [start];
    for (let one = open.pop(); one; one = open.pop()) {
      if (reached.has(one.directory)) continue;
      reached.add(one.directory);
      open.push(...directoriesOf(one).flatMap((path) => known.get(path) ?? []));
    }
  };
  const roots = all.filter(({ directory }) => !included.has(directory));
  roots.forEach(reach);
  for (const one of all) {
    if (reached.has(one.directory)) continue;
    roots.push(one);
    reach(one);
  }
  return roots;
}

/** The files that kustomizations name, as resources, patches, data or configuration of any kind; `known`: their directories. */
export function pulledInBy(
  all: readonly Kustomization[],
  known: ReadonlyMap<string, unknown>,
): ReadonlySet<string> {
  const files = new Set<string>();
  for (const { resources, plugins, reads } of all) {
    for (const { value, path } of [...resources, ...plugins.filter(({ inline }) => !inline)]) {
      if (!isRemote(value) && !known.has(path)) files.add(path);
    }
    for (const path of reads) files.add(path);
  }
  return files;
}
