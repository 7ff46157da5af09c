/** The real `kustomize build` beside our own: what each makes of a kustomization, and how that differs. */
import { execFile } from "node:child_process";
import { type FileTree, memoryTree, type Scan, scan, type Workload } from "../../src/index.ts";
import { joinPath } from "../../src/world/kustomize/path.ts";

/** What the program said: its objects as one text, or why it refuses. */
export type RealBuild =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly error: string };

export type Comparison =
  /** Both build: `workloads` were compared, `told` is what ours says it left out. */
  | {
      readonly is: "built";
      readonly workloads: number;
      readonly told: readonly string[];
      readonly differences: readonly string[];
    }
  /** The program refuses; `told` is what ours says of it, nothing where it does not see why. */
  | {
      readonly is: "refused";
      readonly error: string;
      readonly told: readonly string[];
      readonly workloads: number;
      /** Whether it refuses for objects that decide nothing, which are not built here. */
      readonly beyond: boolean;
    };

/** Nothing is fetched: there is no git on the path, and no way out. */
const alone = {
  PATH: "/nonexistent",
  HOME: "/nonexistent",
  HTTPS_PROXY: "http://127.0.0.1:9",
  HTTP_PROXY: "http://127.0.0.1:9",
};

/** Runs the real program on a directory. */
export function realBuild(program: string, directory: string): Promise<RealBuild> {
  const options = { env: alone, maxBuffer: 1 << 28, timeout: 120_000 };
  return new Promise((resolve) => {
    execFile(
      program,
      ["build", "--load-restrictor", "LoadRestrictionsNone", directory],
      options,
      (error, out, err) =>
        resolve(error ? { ok: false, error: firstLine(err || String(error)) } : { ok: true, text: out }),
    );
  });
}

function firstLine(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !/^# Warning/.test(line));
  const [line = "no reason given"] = lines;
  // What it was about stands in front, and what was wrong at the end.
  return line.length > 600 ? `${line.slice(0, 400)} … ${line.slice(-200)}` : line;
}

const options = { config: { istio: { webhooks: "stock", version: "1.30" } } } as const;

/** Compares what ours makes of the kustomization file of a directory with what the program made of it. */
export function compareBuild(tree: FileTree, directory: string, file: string, real: RealBuild): Comparison {
  const ours = scan(tree, { ...options, paths: [joinPath(directory, file)] });
  const told = problemsOf(ours);
  const built = ours.world.workloads.filter(({ root }) => root === directory);
  if (!real.ok) {
    const beyond = others.test(real.error);
    return { is: "refused", error: real.error, told, workloads: built.length, beyond };
  }
  const theirs = scan(memoryTree({ "build.yaml": real.text }), options);
  const differences = [
    ...differencesOf(facts(built), facts(theirs.world.workloads)),
    ...differencesOf(namespacesOf(ours), namespacesOf(theirs)),
  ];
  const refused = ours.world.refused.map(({ error }) => `refused without need: ${error.message}`);
  return {
    is: "built",
    workloads: theirs.world.workloads.length,
    told,
    differences: [...differences, ...refused],
  };
}

/**
 * Refusals that hang on objects of kinds that decide nothing: patches of them, their names where others refer to them, data that
 * is generated, and sources of replacements that have no target among those that decide something.
 */
const others =
  /nothing selected by|merging from generator|updating name reference|merging vars|strategic merge patch "(?!(?:Deployment|StatefulSet|DaemonSet|ReplicaSet|Job|CronJob|Pod|Namespace)\.)/;

function problemsOf({ world, findings }: Scan): readonly string[] {
  return [
    ...world.skipped.map(({ reason, detail }) => `${reason}: ${detail}`),
    ...world.refused.map(({ error }) => `refused: ${error.message}`),
    ...findings.flatMap(({ rule, message }) =>
      rule === "unreadable-document" ? [`unreadable: ${message}`] : [],
    ),
  ];
}

type Facts = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

function facts(workloads: readonly Workload[]): Facts {
  const found = new Map<string, Readonly<Record<string, unknown>>>();
  for (const workload of workloads) {
    const { resource, namespace, name, pod, decision, value } = workload;
    const key = `${String(value.kind)}/${namespace.name ?? ""}/${name}`;
    found.set(found.has(key) ? `${key} again` : key, {
      apiVersion: value.apiVersion ?? resource.apiVersion,
      podLabels: pod.labels,
      podAnnotations: pod.annotations,
      hostNetwork: pod.hostNetwork,
      containers: pod.containers.map((one) => one.name),
      initContainers: pod.initContainers.map((one) => one.name),
      verdict: decision.verdict,
      reason: decision.reason,
      cases: decision.possibilities.map(({ labels, verdict }) => `${canonical(labels)}: ${verdict}`).sort(),
    });
  }
  return found;
}

function namespacesOf({ world }: Scan): Facts {
  return new Map(
    world.namespaces.flatMap(({ placed, name, labels }) =>
      placed ? [[`Namespace/${name}`, { labels }]] : [],
    ),
  );
}

function differencesOf(ours: Facts, theirs: Facts): readonly string[] {
  const different: string[] = [];
  for (const [key, wanted] of theirs) {
    const one = ours.get(key);
    if (!one) different.push(`${key} is missing`);
    else
      for (const field of Object.keys(wanted)) {
        const [a, b] = [canonical(one[field]), canonical(wanted[field])];
        if (a !== b) different.push(`${key}: ${field} is ${a}, kustomize has ${b}`);
      }
  }
  for (const key of ours.keys()) if (!theirs.has(key)) different.push(`${key} is one too many`);
  return different;
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
