/** `sidelint explain --uninstall`: what would change if the injector, or a revision of it, were removed. */
import { namesOf, uninstallOf } from "../compare/uninstall.ts";
import { uninstallKinds } from "../compare/uninstall-objects.ts";
import { dnsLabelErrors } from "../kube/names.ts";
import { meantBy } from "../kube/nearest.ts";
import { plain } from "../report/cells.ts";
import { jsonText } from "../report/json.ts";
import { uninstallData, uninstallPage } from "../report/uninstall.ts";
import type { Context } from "./context.ts";
import type { ScanFlags } from "./options.ts";
import { openWorld } from "./session.ts";
import { tellUnreadable } from "./unreadable.ts";
import { oneOf, UsageError } from "./usage.ts";

/** Prints what an uninstall does, cluster by cluster. Throws a UsageError for a revision that no cluster has. */
export async function uninstallExplained(
  value: string | true,
  given: readonly string[],
  flags: ScanFlags,
  { io, version, exit }: Context,
): Promise<void> {
  const format = oneOf("--format", flags.format, ["text", "json"]);
  // What no revision can be called is the first of the paths.
  const isPath = value !== true && dnsLabelErrors(value).length > 0;
  const paths = isPath ? [value, ...given] : given;
  const name = value === true || isPath ? undefined : value;
  const { scan, presentation, exit: opened } = await openWorld(paths, flags, io, version, uninstallKinds);
  const status = tellUnreadable(scan, io) || opened;
  const all = scan.worlds.map((world) => ({ world, names: namesOf(world.mesh) }));
  const knows = ({ revisions, tags }: ReturnType<typeof namesOf>) =>
    name === undefined || [...revisions, ...tags].includes(name);
  const found = all.filter(({ names }) => knows(names));
  if (found.length === 0 && name !== undefined) {
    const known = [...new Set(all.flatMap(({ names: { revisions, tags } }) => [...revisions, ...tags]))];
    const meant = meantBy(name, known);
    const hint = meant === undefined ? `there are ${known.join(", ") || "none"}` : `did you mean ${meant}?`;
    throw new UsageError(
      plain(`--uninstall ${name}: there is no such revision or tag (${hint}); paths go before --uninstall`),
    );
  }
  const uninstalls = found.map(({ world }) => uninstallOf(world, name));
  await io.stdout(
    format === "json"
      ? jsonText({ uninstalls: uninstalls.map(uninstallData) })
      : uninstalls.map((one) => uninstallPage(one, presentation)).join("\n"),
  );
  exit(status);
}
