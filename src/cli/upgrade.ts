/** `sidelint upgrade`: what another release of Istio makes of the same files. */
import { hasAny } from "../compare/changes.ts";
import { compareClusters } from "../compare/compare.ts";
import { injectorRemarks, ownReleases, upgradeRemarks } from "../compare/upgrade.ts";
import { scan } from "../index.ts";
import { newestRelease, releaseFacts } from "../istio/releases.ts";
import { plain } from "../report/cells.ts";
import { findingChanges } from "../report/finding-changes.ts";
import type { ChangesFrame } from "../report/mesh-changes.ts";
import type { Config } from "../world/config.ts";
import { readWorld } from "../world/read.ts";
import type { World } from "../world/world.ts";
import type { Context } from "./context.ts";
import { type ChangesFormat, changesFormat, changesText, failKinds } from "./mesh-changes.ts";
import type { ScanFlags } from "./options.ts";
import { writeOutput } from "./output.ts";
import { openSession } from "./session.ts";
import { UsageError } from "./usage.ts";

export interface UpgradeFlags extends ScanFlags {
  readonly from?: string;
  readonly to?: string;
  readonly failOn?: readonly string[];
  readonly output?: readonly string[];
  readonly verbose?: boolean;
}

/** Prints what differs for the mesh between two releases. Throws a UsageError. */
export async function upgraded(
  paths: readonly string[],
  flags: UpgradeFlags,
  context: Context,
): Promise<void> {
  const { io, version, exit } = context;
  const format = changesFormat(flags.format);
  const failOn = failKinds(flags.failOn);
  const files = (flags.output ?? []).map(wantedFile);
  if (flags.istioVersion !== undefined)
    throw new UsageError("upgrade takes --from and --to, and no --istio-version");
  const to = release("--to", flags.to) ?? newestRelease;
  const from = release("--from", flags.from);
  const session = await openSession(paths, { ...flags, istioVersion: from ?? to }, io, version);
  const { scan: first, input } = session;
  const base = { ...session.options, config: withoutVersions(session.options.config ?? {}) };
  const starting = from ?? shownRelease(paths, session);
  if (starting === to)
    throw new UsageError(`--from and --to are both ${to}: name another release, such as --from 1.26`);
  const before =
    from !== undefined && base.config === session.options.config
      ? first
      : scan(input.tree, { ...base, istioVersion: starting });
  const after = scan(input.tree, { ...base, istioVersion: to, stockInjectors: true });
  const changes = compareClusters(before.worlds, after.worlds);
  const frame: ChangesFrame = {
    before: `Istio ${starting}${injectorOf(before.worlds)}`,
    after: `Istio ${to}`,
    version,
    isByRelease: true,
    leads: remarksOf(injectorRemarks, before.worlds, after.worlds),
    notes: [
      ...pinned(session.options.config ?? {}),
      ...remarksOf(upgradeRemarks, before.worlds, after.worlds),
    ],
    findings: findingChanges(before.findings, after.findings),
  };
  const style = { ...session.presentation, verbose: flags.verbose ?? false };
  let failed = false;
  for (const { format: wanted, path } of files) {
    const text = changesText(wanted, changes, frame, { colour: false, width: 80, verbose: style.verbose });
    const failure = writeOutput(path, text, io.cwd);
    if (failure === undefined) continue;
    failed = true;
    io.stderr(`sidelint: --output ${plain(`${wanted}=${path}: ${failure}`)}\n`);
  }
  await io.stdout(changesText(format, changes, frame, style));
  exit(failed || session.exit === 2 ? 2 : hasAny(changes, failOn) ? 1 : 0);
}

/** What is to be known of each cluster, once. */
function remarksOf(
  remarks: typeof upgradeRemarks,
  before: readonly World[],
  after: readonly World[],
): readonly string[] {
  const told = before.flatMap((world, index) => {
    const other = after[index];
    return other ? remarks(world, other) : [];
  });
  return [...new Set(told)];
}

/** Of which release the injectors are that the repository holds, where that is another. */
function injectorOf(worlds: readonly World[]): string {
  const own = [...new Set(worlds.flatMap(ownReleases))];
  return own.length === 0 ? "" : ` (injector of ${own.join(", ")})`;
}

/** A release as typed. Throws a UsageError when it is none that sidelint knows. */
function release(option: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const facts = releaseFacts(value);
  if (!("unknown" in facts)) return value;
  throw new UsageError(`${option} ${facts.message.replace(/, \S+ is taken instead$/, "")}`);
}

/** The release that the repository or its configuration names. Throws a UsageError where neither does. */
function shownRelease(
  paths: readonly string[],
  { options, input }: Awaited<ReturnType<typeof openSession>>,
): string {
  const { istioVersion: _, onProgress: __, ...plainly } = options;
  const { world } = readWorld(input.tree, plainly);
  const { config } = options;
  const isTold =
    config?.istio?.version !== undefined ||
    world.mesh.injectors.some((one) => one.configMap !== null && one.release !== "") ||
    world.webhooks === "install";
  if (isTold) return world.mesh.release;
  const where = paths.length === 0 ? "here" : `in ${paths.join(", ")}`;
  throw new UsageError(plain(`upgrade needs --from RELEASE: nothing ${where} says which Istio runs`));
}

/** The configuration without the releases of single revisions, as all of them are upgraded. */
function withoutVersions(config: Config): Config {
  const { istio } = config;
  if (!istio?.revisions?.some(({ version }) => version !== undefined)) return config;
  return {
    ...config,
    istio: { ...istio, revisions: istio.revisions.map(({ version: _, ...rest }) => rest) },
  };
}

/** What of the configuration the two releases take the place of. */
function pinned({ istio }: Config): readonly string[] {
  const revisions =
    istio?.revisions?.flatMap(({ name, version }) => (version === undefined ? [] : [name])) ?? [];
  const settings = [
    ...(istio?.version === undefined ? [] : ["istio.version"]),
    ...(revisions.length === 0 ? [] : [`the versions of revisions ${revisions.join(", ")}`]),
  ];
  if (settings.length === 0) return [];
  return [`The two releases take the place of ${settings.join(" and ")} in the configuration.`];
}

interface WantedFile {
  readonly format: ChangesFormat;
  readonly path: string;
}

/** What a value of --output asks for. Throws a UsageError. */
function wantedFile(value: string): WantedFile {
  const [, name, path] = /^(text|markdown|json)=(.+)$/s.exec(value) ?? [];
  if (name === undefined || path === undefined)
    throw new UsageError(
      `--output takes text, markdown or json, and a file, such as markdown=upgrade.md, not ${JSON.stringify(value)}`,
    );
  return { format: changesFormat(name), path };
}
