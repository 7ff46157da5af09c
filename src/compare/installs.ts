/** Whether two worlds inject with the same configuration, and if not, which settings of it differ. */
import type { Json, JsonObject } from "../kube/json.ts";
import { isObject, jsonTextOf } from "../kube/json.ts";
import { sameJson } from "../kube/json-patch.ts";
import { type IstiodReading, istiodFor } from "../world/istiods.ts";
import { embeddedMap } from "../world/mesh.ts";
import type { Placed, World } from "../world/world.ts";
import type { AspectKind, Cause, Fact } from "./changes.ts";

/** Whether all that injectors are made of is the same, so that equal pods get equal sidecars. */
export function areSameInstalls(before: World, after: World): boolean {
  return sameJson(installFacts(before), installFacts(after));
}

function installFacts(world: World): Json {
  const { config, istioVersion } = world.configuration;
  const { mesh } = world;
  const values = (placed: readonly Placed[]) =>
    placed.map(({ name, namespace, value, charts = [] }): Json => {
      const told = charts.map(({ values }) => values?.values ?? null);
      return [name, namespace, value, told];
    });
  const istiods = world.workloads.filter(
    ({ name, resource }) => resource.kind === "Deployment" && name.startsWith("istiod"),
  );
  return [
    (config.istio ?? null) as Json,
    (config.kubernetes ?? null) as Json,
    istioVersion ?? null,
    mesh.release,
    mesh.injectors.map(({ revision, release, configMap }): Json => [revision, release, configMap]),
    values(world.injectorConfigMaps),
    values(world.meshConfigMaps),
    values(world.installs),
    istiods.map(({ name, namespace, value }): Json => [name, namespace.name, value]),
  ];
}

type Readable = IstiodReading & { readonly ok: true };

/** What of the configuration of the injectors of two revisions differs: the release, or settings with their places. */
export function installCauses(
  before: World,
  revisionBefore: string,
  after: World,
  revisionAfter: string,
): readonly Cause[] {
  const left = istiodFor(before, revisionBefore);
  const right = istiodFor(after, revisionAfter);
  if (!left.ok || !right.ok) return [];
  const isOther = left.release !== right.release;
  const settings = settingCauses(left, right);
  // Values of stock installs differ with the release alone, and in nothing that anybody wrote.
  const written = isOther
    ? settings.filter((one) => isWritten(one.before) || isWritten(one.after))
    : settings;
  return [...(isOther ? [releaseOf(left, right)] : []), ...written];
}

function isWritten(fact: Fact | undefined): boolean {
  return fact?.origin.location !== undefined;
}

function releaseOf(left: Readable, right: Readable): Cause {
  const fact = ({ release, origins }: Readable): Fact => ({
    origin: origins.config.originOf(["templates"]),
    value: release,
  });
  return { about: "release of Istio", before: fact(left), after: fact(right) };
}

function settingCauses(left: Readable, right: Readable): readonly Cause[] {
  const found: Cause[] = [];
  const compare = (name: "config" | "values" | "mesh", one: Json, other: Json) => {
    for (const path of differingPaths([], one, other)) {
      const fact = ({ origins }: Readable, value: Json): Fact => ({
        origin: origins[name].originOf(path),
        value: textAt(value, path),
      });
      const about = aboutOf(name, path);
      found.push({ about, before: fact(left, one), after: fact(right, other), ...concerned(name, path) });
    }
  };
  compare("values", left.istiod.values.all, right.istiod.values.all);
  compare("mesh", left.istiod.mesh as JsonObject, right.istiod.mesh as JsonObject);
  const [one, other] = [configOf(left), configOf(right)];
  if (one && other) compare("config", one, other);
  else if (one || other) found.push(ownConfigCause(left, right));
  if (found.length === 0 && left.native !== right.native) found.push(nativeCause(left, right));
  return found;
}

const concerns: readonly (readonly [RegExp, AspectKind])[] = [
  [/^global\.(?:hub|tag|variant|proxy\.image)$/, "image"],
  [/^global\.proxy\.resources/, "resources"],
  [/ENABLE_NATIVE_SIDECARS/, "native"],
  [/cni|IPRanges|(?:In|Out)boundPorts|interceptionMode/, "capture"],
  [/rewriteAppHTTPProbe|statusPort/i, "probes"],
];

/** What a setting can have to do with; a template with everything. */
function concerned(name: string, path: readonly string[]): Pick<Cause, "of"> {
  if (name === "config") return {};
  const setting = path.join(".");
  const kinds = concerns.flatMap(([pattern, kind]) => (pattern.test(setting) ? [kind] : []));
  return { of: kinds.length > 0 ? kinds : ["other"] };
}

/** The injector's own texts, where a ConfigMap of the repository has them. */
function configOf({ origins }: Readable): JsonObject | undefined {
  const { placed } = origins.config;
  const value = placed && embeddedMap(placed, "config").value;
  return isObject(value) ? value : undefined;
}

/** A configuration of the repository's own on one side, and that of a stock install on the other. */
function ownConfigCause(left: Readable, right: Readable): Cause {
  const fact = ({ origins, source }: Readable): Fact => ({
    origin: origins.config.originOf(["templates"]),
    value: source === "config-map" ? "own" : "stock",
  });
  return { about: "injector's configuration", before: fact(left), after: fact(right) };
}

function nativeCause(left: Readable, right: Readable): Cause {
  const fact = ({ native, origins }: Readable): Fact => ({
    origin: origins.values.originOf(["pilot", "env", "ENABLE_NATIVE_SIDECARS"]),
    value: native === undefined ? "depends on the nodes" : String(native),
  });
  return { about: "native sidecars", before: fact(left), after: fact(right), of: ["native"] };
}

function aboutOf(name: "config" | "values" | "mesh", path: readonly string[]): string {
  const what = { config: "injector's", values: "value", mesh: "mesh's" }[name];
  return `${what} ${path.join(".")}`;
}

function differingPaths(path: readonly string[], one: Json | undefined, other: Json | undefined): string[][] {
  if (sameJson(one, other)) return [];
  if (!isObject(one) || !isObject(other)) return [[...path]];
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].flatMap((key) => differingPaths([...path, key], one[key], other[key]));
}

function textAt(value: Json, path: readonly string[]): string | null {
  let here: Json | undefined = value;
  for (const key of path) here = isObject(here) ? here[key] : undefined;
  if (here === undefined || here === null) return null;
  if (typeof here !== "object") return String(here);
  return jsonTextOf(here);
}
