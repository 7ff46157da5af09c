/** Real repositories: what a scan says of their plain files and kustomizations, against the real programs (its README). */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { memoryTree, type Scan, scan, type Workload } from "../../src/index.ts";
import { diskTree } from "../../src/source/disk.ts";
import { locationOf } from "../../src/source/locate.ts";
import { type Case, type Data, type Family, jsonLines } from "./family.ts";

interface Repository {
  readonly repo: string;
  readonly commit: string;
  /** The part of the repository that counts; all of it when absent. */
  readonly only?: readonly string[];
}

interface ExpectedPossibility {
  readonly namespace: string;
  readonly verdict: string;
  readonly reason: string | null;
  readonly webhook: string | null;
}

interface KnownCase {
  readonly labels: Labels;
  readonly verdict: string;
  readonly reason: string | null;
  readonly webhook: string | null;
}

interface ExpectedWorkload {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly generateName?: string;
  readonly podLabels: Labels;
  readonly podAnnotations: Labels;
  readonly hostNetwork: boolean;
  readonly containers: readonly string[];
  readonly initContainers: readonly string[];
  readonly origin?: string;
  readonly verdict: string;
  readonly reason: string | null;
  readonly namespaceFrom: "build" | "file" | "none";
  readonly possibilities?: readonly ExpectedPossibility[];
  /** The answers for Namespaces of that name anywhere in the repository, where their labels differ. */
  readonly verdicts?: readonly KnownCase[];
  readonly withWholeRepository?: {
    readonly verdict: string;
    readonly reason: string | null;
    readonly verdicts?: readonly KnownCase[];
  };
}

type Labels = Readonly<Record<string, string>>;

interface PlainPlace {
  readonly id: string;
  readonly repo: string;
  readonly file: string;
  readonly document: number;
  readonly line: number;
  readonly item?: readonly number[];
}

type PlainRow = PlainPlace &
  (
    | ({ readonly what: "workload" } & ExpectedWorkload)
    | { readonly what: "namespace"; readonly namespaceName: string; readonly labels?: Labels }
    | { readonly what: "unreadable"; readonly looksLikeManifest?: boolean }
  );

interface BuildRow {
  readonly id: string;
  readonly repo: string;
  readonly path: string;
  readonly root: boolean;
  readonly ok: boolean;
  readonly error?: { readonly class: string };
  readonly remote?: readonly string[];
  readonly workloads?: readonly ExpectedWorkload[];
  readonly namespaces?: readonly { readonly name: string; readonly labels?: Labels }[];
  readonly inputs?: readonly string[];
}

interface FileRow {
  readonly repo: string;
  readonly file: string;
}

/** The family judges builds alone, by the stock webhooks of this release, whatever a repository brings. */
const options = { config: { gitops: "ignore", istio: { webhooks: "stock", version: "1.30" } } } as const;

/** Needs `--repos DIR` with a checkout of each repository at its commit, as DIR/<owner>+<name> or DIR/<owner>/<name>. */
export const family: Family = async function* (data: Data): AsyncGenerator<Case> {
  const repositories = JSON.parse(
    readFileSync(join(data.directory, "repositories.json"), "utf8"),
  ) as Repository[];
  const plain = await byRepository<PlainRow>(join(data.directory, "plain.jsonl"));
  const builds = await byRepository<BuildRow>(join(data.directory, "kustomize.jsonl"));
  const files = await byRepository<FileRow>(join(data.directory, "files.jsonl"));
  for (const repository of repositories) {
    const { repo, only } = repository;
    const checkout = checkoutOf(repository, data.repos);
    const absence = checkout
      ? incomplete(checkout, repository, files.get(repo) ?? [])
      : "there is no checkout";
    yield result(repo, "repositories", absence && `${absence}; ${howToFetch(repository, data.repos)}`);
    if (!checkout) continue;
    const whole = scan(diskTree(checkout), { ...options, ...(only ? { paths: only } : undefined) });
    yield* plainCases(whole, plain.get(repo) ?? [], repo);
    for (const build of builds.get(repo) ?? []) yield* buildCases(build, whole, checkout);
  }
};

async function byRepository<T extends { readonly repo: string }>(
  file: string,
): Promise<ReadonlyMap<string, readonly T[]>> {
  const rows = new Map<string, T[]>();
  for await (const row of jsonLines<T>(file)) {
    const known = rows.get(row.repo);
    if (known) known.push(row);
    else rows.set(row.repo, [row]);
  }
  return rows;
}

function checkoutOf({ repo }: Repository, repos: string | undefined): string | undefined {
  const candidates = repos === undefined ? [] : [join(repos, repo.replace("/", "+")), join(repos, repo)];
  return candidates.find((directory) => existsSync(directory));
}

function incomplete(checkout: string, { commit }: Repository, files: readonly FileRow[]): string | undefined {
  const lacking = files.filter(({ file }) => !existsSync(join(checkout, file)));
  const [first] = lacking;
  return first && `${checkout} is not at ${commit}: it lacks ${lacking.length} files, such as ${first.file}`;
}

function howToFetch({ repo, commit }: Repository, repos: string | undefined): string {
  const directory = join(repos ?? "REPOS", repo.replace("/", "+"));
  const option = repos === undefined ? " and pass --repos REPOS" : "";
  return `git clone https://github.com/${repo} ${directory} && git -C ${directory} checkout ${commit}${option}`;
}

function result(id: string, group: string, failure: string | undefined): Case {
  return { id, group, failure };
}

// Plain files.

function* plainCases(whole: Scan, rows: readonly PlainRow[], repo: string): Generator<Case> {
  const found = new Map<string, Workload>();
  for (const workload of whole.world.workloads) {
    if (workload.root !== null) continue;
    const key = plainKey(workload);
    if (found.has(key)) yield result(`${repo}/${key}`, "plain", "the workload is found twice");
    found.set(key, workload);
  }
  for (const row of rows) {
    if (row.what === "workload") {
      const key = expectedPlainKey(row);
      const workload = found.get(key);
      found.delete(key);
      yield result(row.id, "plain", workload ? plainFailure(workload, row) : "the workload is not found");
    } else if (row.what === "namespace") {
      yield result(row.id, "plain-namespaces", namespaceFailure(whole, row));
    } else if (row.looksLikeManifest) {
      const reported = whole.findings.some(
        ({ rule, location }) => rule === "unreadable-document" && location.file === row.file,
      );
      yield result(
        row.id,
        "plain-unreadable",
        reported ? undefined : "no unreadable-document finding in the file",
      );
    }
  }
  for (const key of found.keys())
    yield result(`${repo}/plain/${key}`, "plain", "a workload that is not expected");
}

function plainKey({ resource, name }: Workload): string {
  const item = resource.path.filter((step) => typeof step === "number");
  return placeKey(resource.document.file.path, resource.document.index, item, resource.kind, name);
}

function expectedPlainKey(row: PlainPlace & ExpectedWorkload): string {
  return placeKey(row.file, row.document, row.item ?? [], row.kind, row.name || (row.generateName ?? ""));
}

function placeKey(
  file: string,
  document: number,
  item: readonly (string | number)[],
  kind: string,
  name: string,
): string {
  return `${file}#${[document, ...item].join(".")}/${kind}/${name}`;
}

function plainFailure(workload: Workload, row: PlainPlace & ExpectedWorkload): string | undefined {
  const built = differences(
    { ...asBuilt(workload), line: firstLine(workload), start: startsAsReported(workload) },
    { ...expectedBuilt(row), line: row.line, start: true },
  );
  return [built, decisionFailure(workload, row)].filter((one) => one !== undefined).join("; ") || undefined;
}

/** Whether the line that reports give is that of the object: the document's first, or further down for an item of a List. */
function startsAsReported(workload: Workload): boolean {
  const { line } = workload.start();
  const first = firstLine(workload);
  return workload.resource.path.length === 0 ? line === first : line > first;
}

/** The line of a workload's document where its content begins. */
function firstLine({ resource: { document } }: Workload): number {
  const reading = document.read();
  return reading.ok && reading.root ? locationOf(document.file, reading.root).line : 0;
}

function namespaceFailure(
  { world }: Scan,
  {
    file,
    line,
    namespaceName,
    labels,
  }: PlainPlace & { readonly namespaceName: string; readonly labels?: Labels },
): string | undefined {
  const record = world.namespaces.find(
    ({ name, root, placed }) =>
      root === null && name === namespaceName && placed?.resource.document.file.path === file,
  );
  if (!record?.placed) return "the namespace is not found";
  const { document } = record.placed.resource;
  const reading = document.read();
  const start = reading.ok && reading.root ? locationOf(document.file, reading.root).line : 0;
  return differences({ labels: record.labels, line: start }, { labels: labels ?? {}, line });
}

// Kustomizations.

function* buildCases(build: BuildRow, whole: Scan, checkout: string): Generator<Case> {
  if (!build.ok) {
    if (build.root) yield result(build.id, "kustomize-failed", unreported(build, whole));
    return;
  }
  // A part of a root that fails is no root itself: it is held against a scan of the files that its build read.
  const { world } = build.root ? whole : partScan(build, checkout);
  const found = new Map<string, Workload>();
  for (const workload of world.workloads) {
    if (workload.root !== build.path) continue;
    const key = builtKey(workload);
    if (found.has(key)) yield result(`${build.id}/${key}`, "kustomize", "the workload is found twice");
    found.set(key, workload);
  }
  for (const expected of build.workloads ?? []) {
    const key = `${expected.kind}/${expected.namespace ?? ""}/${expected.name}`;
    const id = `${build.id}/${key}`;
    const workload = found.get(key);
    found.delete(key);
    const known = build.root ? expected : withoutRepository(expected);
    const decided = workload && decisionFailure(workload, known);
    yield result(id, "kustomize", workload ? decided : "the workload is not found");
    const built = workload && differences(asBuilt(workload), expectedBuilt(expected));
    yield result(id, "kustomize-metadata", workload ? built : "the workload is not found");
  }
  for (const key of found.keys())
    yield result(`${build.id}/${key}`, "kustomize", "a workload that is not expected");
  for (const { name, labels } of build.namespaces ?? []) {
    const record = world.namespaces.find((one) => one.root === build.path && one.name === name);
    const failure = record ? differences(record.labels, labels ?? {}) : "the namespace is not found";
    yield result(`${build.id}/Namespace/${name}`, "kustomize-namespaces", failure);
  }
}

function partScan({ inputs = [] }: BuildRow, checkout: string): Scan {
  const files = inputs.map((path) => [path, readFileSync(join(checkout, path))] as const);
  return scan(memoryTree(Object.fromEntries(files)), options);
}

/** What is expected of a workload where only the files of its build are known. */
function withoutRepository(expected: ExpectedWorkload): ExpectedWorkload {
  const { withWholeRepository: _, ...rest } = expected;
  return rest;
}

function builtKey({ resource, namespace, name }: Workload): string {
  return `${resource.kind}/${namespace.name ?? ""}/${name}`;
}

/** A build that fails must show up among what is refused or was skipped, with its reason. */
function unreported({ path, error, remote = [] }: BuildRow, { world }: Scan): string | undefined {
  if (error?.class === "remote") {
    const known = new Set(
      world.skipped.filter(({ reason }) => reason === "remote-base").map(({ detail }) => detail),
    );
    const silent = remote.filter((url) => !known.has(url));
    return silent.length === 0 ? undefined : `not reported as remote: ${silent.join(", ")}`;
  }
  const isMissing = error?.class === "missing-file";
  const reported = isMissing
    ? world.refused.some(({ file }) => file.path.startsWith(path))
    : world.skipped.some((one) => one.reason === "plugin" && one.path.startsWith(path));
  return reported ? undefined : `no ${isMissing ? "missing file" : "plugin"} of ${path} is reported`;
}

// What is compared.

function asBuilt({ resource, pod }: Workload): Record<string, unknown> {
  return {
    apiVersion: resource.apiVersion,
    podLabels: pod.labels,
    podAnnotations: pod.annotations,
    hostNetwork: pod.hostNetwork,
    containers: pod.containers.map(({ name }) => name),
    initContainers: pod.initContainers.map(({ name }) => name),
    file: resource.document.file.path,
  };
}

function expectedBuilt(row: ExpectedWorkload & { readonly file?: string }): Record<string, unknown> {
  const { apiVersion, podLabels, podAnnotations, hostNetwork, containers, initContainers } = row;
  const file = row.file ?? row.origin;
  return { apiVersion, podLabels, podAnnotations, hostNetwork, containers, initContainers, file };
}

/** Compares a decision. A reason is compared where one is expected: it is left open where the cases differ. */
function decisionFailure(workload: Workload, expected: ExpectedWorkload): string | undefined {
  const { namespace, decision } = workload;
  const { verdict, reason } = expected.withWholeRepository ?? expected;
  return differences(
    {
      namespace: namespace.name,
      verdict: decision.verdict,
      reason: reason === null ? null : decision.reason,
      ...caseAnswers(decision.possibilities, expected, namespace.labels === null),
    },
    { namespace: expected.namespace, verdict, reason, ...expectedAnswers(workload, expected) },
  );
}

/** The answers by case: for an unknown namespace by the case's name, else by its labels. */
function caseAnswers(
  possibilities: Workload["decision"]["possibilities"],
  expected: ExpectedWorkload,
  unknown: boolean,
): Record<string, unknown> {
  if (unknown && !expected.possibilities) return {};
  const wanted = unknown ? undefined : new Set(knownCases(expected).map(({ labels }) => canonical(labels)));
  return Object.fromEntries(
    possibilities
      .map((one) => [unknown ? one.when : canonical(one.labels), answer(one)] as const)
      .filter(([name]) => !wanted || wanted.has(name)),
  );
}

/** Of known cases only those count that both sides have: builds that fail bring Namespaces here, parts of them bring some there. */
function expectedAnswers(
  { namespace, decision }: Workload,
  expected: ExpectedWorkload,
): Record<string, unknown> {
  if (namespace.labels === null) {
    return Object.fromEntries((expected.possibilities ?? []).map((one) => [one.namespace, answer(one)]));
  }
  const found = new Set(decision.possibilities.map(({ labels }) => canonical(labels)));
  const cases = knownCases(expected).map((one) => [canonical(one.labels), answer(one)] as const);
  const shared = cases.filter(([name]) => found.has(name));
  if (cases.length > 0 && shared.length === 0) return { "a case that both sides know": "none" };
  return Object.fromEntries(shared);
}

function knownCases({
  namespaceFrom,
  verdicts,
  withWholeRepository,
}: ExpectedWorkload): readonly KnownCase[] {
  return (namespaceFrom === "none" && (verdicts ?? withWholeRepository?.verdicts)) || [];
}

function answer({ verdict, reason, webhook }: Omit<KnownCase, "labels">): Omit<KnownCase, "labels"> {
  return { verdict, reason, webhook };
}

function differences(
  actual: Readonly<Record<string, unknown>>,
  expected: Readonly<Record<string, unknown>>,
): string | undefined {
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
  const different = keys.filter((key) => canonical(actual[key]) !== canonical(expected[key]));
  if (different.length === 0) return undefined;
  return different
    .map((key) => `${key} is ${canonical(actual[key])}, expected ${canonical(expected[key])}`)
    .join("; ");
}

function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, item: unknown) =>
      typeof item === "object" && item !== null && !Array.isArray(item)
        ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
        : item,
    ) ?? "absent"
  );
}
