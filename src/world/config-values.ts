/** What the schema of the configuration cannot say: values of the right form that cannot be, or that contradict each other. */
import { readInstall } from "../istio/install.ts";
import { applyMeshConfig, meshDefaultsOf } from "../istio/mesh-config.ts";
import { nearestFacts, newestRelease, releaseFacts } from "../istio/releases.ts";
import { readValues } from "../istio/values.ts";
import { isObject, type Json } from "../kube/json.ts";
import { compareQuantities, parseQuantity, type Quantity, signOf } from "../kube/quantity.ts";
import { validateSelector } from "../kube/selector.ts";
import type { Path } from "../source/node.ts";
import type { Config } from "./config.ts";

/** A value that cannot be: where it stands, why not, as a clause after its name, and what to write instead. */
export interface ImpossibleValue {
  readonly path: Path;
  readonly says: string;
  readonly hint: string;
}

/** The values of a configuration that passes its schema and that cannot be all the same. */
export function impossibleValues(config: Config): readonly ImpossibleValue[] {
  return [
    ...unknownReleases(config),
    ...boundlessEntries(config),
    ...impossibleDays(config),
    ...repeatedRevisions(config),
    ...wrongQuantities(config),
    ...wrongFixes(config),
    ...wrongInstalls(config),
    ...wrongSelectors(config),
    ...Object.entries(config.clusters ?? {}).flatMap(([name, { istio }]) =>
      (istio ? impossibleValues({ istio }) : []).map((one) => ({
        ...one,
        path: ["clusters", name, ...one.path],
      })),
    ),
  ];
}

/** Label selectors of policies that Kubernetes would refuse. */
function wrongSelectors(config: Config): readonly ImpossibleValue[] {
  return (["require", "forbid"] as const).flatMap((key) =>
    (config[key] ?? []).flatMap(({ labels }, index): readonly ImpossibleValue[] => {
      const [fault] = labels ? validateSelector(labels as Json) : [];
      if (fault === undefined) return [];
      const hint = "such as {matchLabels: {tier: gold}}";
      return [{ path: [key, index, "labels"], says: `is no selector: ${fault}`, hint }];
    }),
  );
}

/** Releases of the right form that the table of releases does not cover. */
function unknownReleases({ istio }: Config): readonly ImpossibleValue[] {
  const revisions = istio?.revisions ?? [];
  const written: readonly (readonly [Path, string | undefined])[] = [
    [["istio", "version"], istio?.version],
    ...revisions.map(({ version }, index) => [["istio", "revisions", index, "version"], version] as const),
  ];
  return written.flatMap(([path, version]) => {
    const facts = version === undefined ? undefined : releaseFacts(version);
    if (!facts || !("unknown" in facts)) return [];
    const says = `cannot be ${version}: sidelint does not know that release`;
    return [{ path, says, hint: `the nearest it knows is "${facts.nearest}"` }];
  });
}

/** Entries of `ignore` that would hide everything, mostly for an indentation that went wrong. */
function boundlessEntries({ ignore = [] }: Config): readonly ImpossibleValue[] {
  return ignore.flatMap((entry, index): readonly ImpossibleValue[] => {
    if (typeof entry === "string" || entry.rules || entry.paths || entry.namespaces) return [];
    const says = "names no rules, paths or namespaces, and would hide every finding";
    return [
      { path: ["ignore", index], says, hint: 'such as rules: [host-network-not-injected], or paths: ["**"]' },
    ];
  });
}

/** Days of the right form that no month has. */
function impossibleDays({ ignore = [] }: Config): readonly ImpossibleValue[] {
  return ignore.flatMap((entry, index): readonly ImpossibleValue[] => {
    const until = typeof entry === "string" ? undefined : entry.until;
    if (until === undefined || isDay(until)) return [];
    const hint = `such as "${until.slice(0, 8)}28"`;
    return [{ path: ["ignore", index, "until"], says: `cannot be ${until}: there is no such day`, hint }];
  });
}

/** Whether a text of the form 2026-12-31 is a day. */
function isDay(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.split("-").map(Number);
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Names of revisions and tags that are given twice: a name has one control plane behind it. */
function repeatedRevisions({ istio }: Config): readonly ImpossibleValue[] {
  const names = new Map<string, number>();
  const tagged = new Map<string, string>();
  return (istio?.revisions ?? []).flatMap(({ name, tags = [] }, index) => {
    const found: ImpossibleValue[] = [];
    const above: Path = ["istio", "revisions", index];
    const first = names.get(name);
    if (first === undefined) names.set(name, index);
    else {
      const says = `cannot be ${name}: istio.revisions[${first}] has that name`;
      found.push({ path: [...above, "name"], says, hint: "list each revision once, with all its tags" });
    }
    tags.forEach((tag, nth) => {
      const owner = tagged.get(tag);
      if (owner === undefined) {
        tagged.set(tag, name);
        return;
      }
      const says = `cannot be ${tag}: that tag points at ${owner} already`;
      found.push({ path: [...above, "tags", nth], says, hint: "a tag points at one revision" });
    });
    return found;
  });
}

const examples = { cpu: "100m", memory: "128Mi" } as const;

/** Requests and limits of the sidecar that Kubernetes would refuse. */
function wrongQuantities({ istio }: Config): readonly ImpossibleValue[] {
  const { requests, limits } = istio?.proxy?.resources ?? {};
  const above: Path = ["istio", "proxy", "resources"];
  return (["cpu", "memory"] as const).flatMap((name) => {
    const request = requests?.[name];
    const limit = limits?.[name];
    const says = {
      requests: request === undefined ? undefined : quantityFault(String(request)),
      limits: limit === undefined ? undefined : quantityFault(String(limit)),
    };
    const found = (["requests", "limits"] as const).flatMap((kind): readonly ImpossibleValue[] => {
      const fault = says[kind];
      return fault ? [{ path: [...above, kind, name], says: fault, hint: `such as ${examples[name]}` }] : [];
    });
    const most = limit === undefined ? undefined : quantityOf(String(limit));
    const least = request === undefined ? undefined : quantityOf(String(request));
    if (found.length > 0 || !most || !least || compareQuantities(least, most) <= 0) return found;
    const path = [...above, "requests", name];
    const hint = "Kubernetes refuses a request above its limit";
    return [{ path, says: `cannot be ${request}: the limit is ${limit}`, hint }];
  });
}

/** What fixes would write, where Kubernetes would refuse it. */
function wrongFixes({ fixes = {} }: Config): readonly ImpossibleValue[] {
  const pairs = [
    ["proxyCPU", "proxyCPULimit", examples.cpu],
    ["proxyMemory", "proxyMemoryLimit", examples.memory],
  ] as const;
  return pairs.flatMap(([request, limit, example]) => {
    const found = [request, limit].flatMap((name): readonly ImpossibleValue[] => {
      const value = fixes[name];
      const fault = value === undefined ? undefined : quantityFault(String(value));
      return fault ? [{ path: ["fixes", name], says: fault, hint: `such as ${example}` }] : [];
    });
    const least = fixes[request] === undefined ? undefined : quantityOf(String(fixes[request]));
    const most = fixes[limit] === undefined ? undefined : quantityOf(String(fixes[limit]));
    if (found.length > 0 || !most || !least || compareQuantities(least, most) <= 0) return found;
    const hint = "Kubernetes refuses a request above its limit";
    return [
      {
        path: ["fixes", request],
        says: `cannot be ${fixes[request]}: fixes.${limit} is ${fixes[limit]}`,
        hint,
      },
    ];
  });
}

function quantityOf(text: string): Quantity | undefined {
  const parsed = parseQuantity(text);
  return parsed.ok ? parsed.quantity : undefined;
}

function quantityFault(text: string): string | undefined {
  if (text === "") return "is empty";
  const quantity = quantityOf(text);
  if (!quantity) return `cannot be ${text}: that is no quantity`;
  return signOf(quantity) < 0 ? `cannot be ${text}: that is negative` : undefined;
}

/** Helm values and configurations of the mesh that istioctl or istiod would refuse. */
function wrongInstalls({ istio }: Config): readonly ImpossibleValue[] {
  const revisions = istio?.revisions ?? [];
  const release = istio?.version ?? newestRelease;
  return [
    ...wrongInstall(istio, ["istio"], release),
    ...revisions.flatMap((one, index) =>
      wrongInstall(one, ["istio", "revisions", index], one.version ?? release),
    ),
  ];
}

interface WrittenInstall {
  readonly values?: unknown;
  readonly meshConfig?: unknown;
}

function wrongInstall(
  { values, meshConfig }: WrittenInstall = {},
  above: Path,
  release: string,
): readonly ImpossibleValue[] {
  const refused =
    (key: string, hint: string) => (error: { readonly path: Path; readonly message: string }) => ({
      path: [...above, key, ...error.path],
      says: error.message,
      hint,
    });
  const ofValues = isObject(values as Json) ? valueErrors(values as Json, release) : [];
  const mesh = meshConfig === undefined ? undefined : readMesh(meshConfig as Json, release);
  return [
    ...ofValues.map(refused("values", "istiod would not read such values")),
    ...(mesh?.ok === false ? mesh.errors : []).map(refused("meshConfig", "istiod refuses such a mesh")),
  ];
}

function readMesh(mesh: Json, release: string): ReturnType<typeof applyMeshConfig> {
  return applyMeshConfig(mesh, meshDefaultsOf(nearestFacts(release)));
}

function valueErrors(
  values: Json,
  release: string,
): readonly { readonly path: Path; readonly message: string }[] {
  const install = readInstall(values, release);
  if (!install.ok) return install.problems.map(({ path, says }) => ({ path, message: says }));
  const read = readValues(values);
  return read.ok ? [] : read.errors;
}
