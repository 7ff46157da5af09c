/** The patches of `sidelint inject` for kustomizations: their text, and what to know of them. */
import { dirname, relative, resolve } from "node:path";
import { injectingKustomization, type Patched } from "../fix/patches.ts";
import { at } from "../kube/json.ts";
import { count, plain } from "../report/cells.ts";
import { withSlashes } from "../source/disk.ts";
import { locateResource } from "../world/resource.ts";
import type { Io } from "./io.ts";
import type { WorldSession } from "./session.ts";
import { UsageError } from "./usage.ts";

/** Where a kustomization will stand. */
interface Place {
  readonly output: string | undefined;
  readonly io: Io;
}

/**
 * A kustomization that builds everything that was asked for and adds the sidecars. Throws a UsageError where there is nothing to build, and
 * where one kustomization cannot build all of it.
 */
export function kustomizationText(
  patched: readonly Patched[],
  { scan, input }: WorldSession,
  { output = "kustomization.yaml", io }: Place,
): string {
  if (input.stdin !== undefined)
    throw new UsageError(
      "--output-format kustomization names what it builds, and standard input has no name",
    );
  const { workloads } = scan.world;
  const builds = [...new Set(workloads.map(({ root, resource }) => root ?? resource.document.file.path))];
  if (builds.length === 0)
    throw new UsageError("there is no workload here, so that there is nothing to build");
  mustBeApart(patched);
  const here = dirname(resolve(io.cwd, output));
  const pathOf = (path: string) => withSlashes(relative(here, resolve(io.cwd, path))) || ".";
  const itself = builds.find((build) => pathOf(build) === ".");
  if (itself !== undefined)
    throw new UsageError(
      plain(`a kustomization in ${itself} cannot build ${itself}; write it elsewhere (--output)`),
    );
  const files = workloads
    .filter(({ root }) => root === null)
    .map(({ resource }) => resource.document.file.path);
  const above = files.find((file) => pathOf(file).startsWith("../"));
  if (above !== undefined)
    io.stderr(
      `sidelint: ${plain(above)} is not below the kustomization; kustomize reads it with --load-restrictor LoadRestrictionsNone only\n`,
    );
  return injectingKustomization(patched, builds.map(pathOf));
}

/** Throws a UsageError where two kustomizations build the same object, as one kustomization cannot take both. */
function mustBeApart(patched: readonly Patched[]): void {
  const known = new Map<string, Patched>();
  for (const one of patched) {
    const { kind, metadata } = one.before;
    const id = JSON.stringify([kind, at(metadata, ["namespace"]) ?? "", at(metadata, ["name"]) ?? ""]);
    const other = known.get(id);
    if (other) {
      const builds = [other, one].map(({ root, resource }) => root ?? resource.document.file.path);
      throw new UsageError(
        plain(`one kustomization cannot take what ${builds.join(" and ")} build; name one of them`),
      );
    }
    known.set(id, one);
  }
}

/** What whoever uses the patches should know of them. */
export function tellPatches(patched: readonly Patched[], format: string, io: Io): void {
  const possible = patched.filter(({ patch }) => patch.form !== "impossible");
  const entries = format === "patch" ? possible.filter(({ patch }) => patch.form === "json") : [];
  if (entries.length > 0 && entries.length < possible.length) {
    const are =
      entries.length === 1 ? "is no file but an entry of patches" : "are no files but entries of patches";
    io.stderr(
      `sidelint: ${entries.length} of ${count(possible.length, "patch", "patches")} ${are}, as no strategic merge patch is exact there; --output-format kustomization writes all of them\n`,
    );
  }
  for (const { patch, resource } of patched) {
    if (patch.form !== "impossible") continue;
    const { file, line } = locateResource(resource);
    io.stderr(`sidelint: ${plain(`${file}:${line}: ${resource.kind} gets no patch: ${patch.reason}`)}\n`);
  }
}
