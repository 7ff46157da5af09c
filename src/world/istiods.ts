/** The istiod of a revision as the injection engine takes it: from the repository's ConfigMaps, else as a stock install has it. */
import type { ReadYaml } from "../istio/annotations.ts";
import type { Labels } from "../istio/facts.ts";
import {
  type Injector,
  type InjectorReading,
  readInjector,
  templatePath,
  templatesOf,
} from "../istio/inject/injector.ts";
import { templateFault, templateLineOf } from "../istio/inject/template-fault.ts";
import type { Istiod } from "../istio/inject/webhook.ts";
import { readInstall } from "../istio/install.ts";
import { layOver, nestAt } from "../istio/lay-over.ts";
import { applyMeshConfig, meshDefaultsOf } from "../istio/mesh-config.ts";
import type { MessageProblem } from "../istio/message.ts";
import { areNative } from "../istio/native-sidecars.ts";
import { type Profile, profileOf } from "../istio/profile.ts";
import { nearestFacts } from "../istio/releases.ts";
import { readValues } from "../istio/values.ts";
import { defaultRevision } from "../istio/webhook.ts";
import { at, isObject, type Json, type JsonObject } from "../kube/json.ts";
import { type Location, locationOf } from "../source/locate.ts";
import type { Path } from "../source/node.ts";
import { deepestDocument } from "../source/read.ts";
import { readPlain } from "../source/read-plain.ts";
import {
  type ConfiguredInstall,
  configuredInstall,
  type InstallLayer,
  laidTogether,
  originInLayers,
} from "./configured.ts";
import { lineInside, originInside } from "./embedded.ts";
import { deployedEnvironment, installOf, type RepositoryInstall } from "./installs.ts";
import { embeddedMap } from "./mesh.ts";
import { placeText } from "./resource.ts";
import type { Origin, Placed, World } from "./world.ts";

/** The three texts that an istiod injects by: keys `config` and `values` of one ConfigMap, `mesh` of another. */
export type InputName = "config" | "values" | "mesh";

/** Where one of them comes from. */
export interface InputSource {
  /** The ConfigMap that holds it; undefined when it is that of a stock install, with what the configuration says of it. */
  readonly placed: Placed | undefined;
  /** Where what stands at a path of it was set: the deepest part of the path that is written anywhere. */
  originOf(path: Path): Origin;
}

/** What is wrong with an input, for people, and where. */
export interface InputProblem {
  readonly input: InputName;
  readonly message: string;
  readonly origin: Origin;
}

export type IstiodReading =
  | {
      readonly ok: true;
      readonly istiod: Istiod;
      /** Whether the sidecar is a native one where a pod does not say; undefined where that depends on kubelets that nobody tells. */
      readonly native: boolean | undefined;
      /** The release of the istiod, such as "1.30". */
      readonly release: string;
      /** Where its templates come from. */
      readonly source: "config-map" | "profile";
      readonly origins: { readonly [input in InputName]: InputSource };
    }
  | { readonly ok: false; readonly problems: readonly InputProblem[] };

const known = new WeakMap<World, Map<string, IstiodReading>>();

/**
 * The istiod behind a revision (`default` for the one without a name), read once and only when asked for. What no ConfigMap of the
 * repository holds is as a stock install of its release has it, with what sidelint.yaml says. Everything that cannot be read is a problem.
 */
export function istiodFor(world: World, revision: string): IstiodReading {
  const ofWorld = known.get(world) ?? new Map<string, IstiodReading>();
  known.set(world, ofWorld);
  const read = ofWorld.get(revision) ?? readIstiod(world, revision);
  ofWorld.set(revision, read);
  return read;
}

/** One of the three texts, parsed. */
interface Input {
  readonly name: InputName;
  readonly json: Json | undefined;
  readonly source: InputSource;
}

function readIstiod(world: World, revision: string): IstiodReading {
  const told = toldRelease(world, revision);
  const shown = installOf(world, revision, told);
  if (!shown.ok) return { ok: false, problems: shown.faults.map((fault) => ({ input: "values", ...fault })) };
  const install = together(world, revision, shown.install);
  const release = told ?? shown.install?.release ?? world.mesh.release;
  const facts = nearestFacts(release);
  const { inputs, problems } = inputsOf(world, revision, release, install);
  if (problems.length > 0) return { ok: false, problems };
  const { config, values, mesh } = inputs;
  const environment = isObject(values.json) ? environmentOf(values.json, install) : ({} as Labels);
  const read = {
    injector: injectorOf(config, release, environment),
    values: readInput(values, readValues(values.json), (reading) => reading.values),
    mesh: readInput(
      mesh,
      applyMeshConfig(mesh.json, meshDefaultsOf(facts), facts),
      (reading) => reading.value,
    ),
  };
  const { injector, values: readable, mesh: message } = read;
  if (!injector.ok || !readable.ok || !message.ok) {
    const wrong = [injector, readable, message].flatMap((each) => (each.ok ? [] : each.problems));
    return { ok: false, problems: wrong };
  }
  const native = areNative({
    release: facts,
    setting: environment.ENABLE_NATIVE_SIDECARS,
    kubernetesVersion: world.configuration.config.kubernetes?.version,
  });
  return {
    ok: true,
    istiod: {
      injector: injector.value,
      values: readable.value,
      mesh: message.value,
      revision,
      native: native ?? false,
      platform:
        (environment.PLATFORM ?? at(values.json, ["global", "platform"])) === "openshift" ? "openshift" : "",
      compliancePolicy: environment.COMPLIANCE_POLICY ?? "",
      facts,
      readYaml: parseYaml,
    },
    native,
    release,
    source: config.source.placed ? "config-map" : "profile",
    origins: { config: config.source, values: values.source, mesh: mesh.source },
  };
}

/** YAML as the engine is given it; what is nested too deeply for it is refused. */
export const parseYaml: ReadYaml = (text) => readPlain(text, { maxDepth: deepestDocument });

/** The release of an istiod where the command line, the configuration or its values say it. */
function toldRelease({ mesh, configuration }: World, revision: string): string | undefined {
  const { config, istioVersion } = configuration;
  const shown = mesh.injectors.find((one) => one.revision === revision);
  if (shown?.configMap && shown.release !== "") return shown.release;
  const own = config.istio?.revisions?.find(({ name }) => name === revision)?.version;
  return (
    own ?? (istioVersion === undefined && config.istio?.version === undefined ? undefined : mesh.release)
  );
}

/** All that is told of an install besides ConfigMaps. */
interface Told extends ConfiguredInstall {
  /** Variables of istiod besides those in the values. */
  readonly environment: Labels;
}

/** What the configuration says over what the repository's install does. */
function together(world: World, revision: string, install: RepositoryInstall | undefined): Told {
  const configured = configuredInstall(world.configuration, revision);
  const injector = injectorConfigMapOf(world, revision);
  const deployed = deployedEnvironment(world, revision, injector ? namespaceOf(injector) : "istio-system");
  return {
    layers: [...(install?.layers ?? []), ...configured.layers],
    cni: configured.cni ?? install?.options.cni,
    nativeSidecars: configured.nativeSidecars,
    environment: { ...install?.environment, ...deployed },
  };
}

/** The variables of istiod, of which some decide on what it injects. */
function environmentOf(values: JsonObject, { nativeSidecars, environment: own }: Told): Labels {
  const environment: Record<string, string> = {};
  for (const name of ["ENABLE_NATIVE_SIDECARS", "COMPLIANCE_POLICY"]) {
    const value = at(values, ["pilot", "env", name]) ?? null;
    if (value !== null && typeof value !== "object") environment[name] = String(value);
  }
  Object.assign(environment, own);
  if (nativeSidecars !== undefined) environment.ENABLE_NATIVE_SIDECARS = String(nativeSidecars);
  return environment;
}

interface Inputs {
  readonly inputs: { readonly [input in InputName]: Input };
  readonly problems: readonly InputProblem[];
}

/** The three texts of a revision, each from its ConfigMap or, where that has none, as the release has it. */
function inputsOf(world: World, revision: string, release: string, install: Told): Inputs {
  const injectorMap = injectorConfigMapOf(world, revision);
  const meshMap = meshConfigMapOf(world, revision, injectorMap);
  const problems: InputProblem[] = [];
  const config = injectorMap && written(injectorMap, "config", problems);
  const values = injectorMap && written(injectorMap, "values", problems);
  const mesh = meshMap && written(meshMap, "mesh", problems);
  const isComplete = config && values && mesh;
  const profile = isComplete ? undefined : stockProfile(revision, release, install, values, problems);
  const stock = (name: InputName): Input => ({
    name,
    json: profile?.[name],
    source: { placed: undefined, originOf: (path) => stockOrigin(name, path, release, install) },
  });
  const inputs = {
    config: config ?? stock("config"),
    values: values ?? stock("values"),
    mesh: mesh ?? stock("mesh"),
  };
  return { inputs, problems };
}

/** What a stock install of the release has, with the values that are known; undefined where these are none of an install. */
function stockProfile(
  revision: string,
  release: string,
  { layers, cni }: Told,
  values: Input | undefined,
  problems: InputProblem[],
): Profile | undefined {
  const named = { revision: revision === defaultRevision ? "" : revision };
  const mesh = laidTogether(layers, "mesh");
  // Values that istiod cannot read are told as such; the profile is then asked for in vain.
  if (values && isObject(values.json) && readValues(values.json).ok)
    return profileOf({ release, ...named, ...(cni === undefined ? {} : { cni }), values: values.json, mesh });
  const reading = readInstall(laidTogether(layers, "values"), release);
  if (!reading.ok) {
    for (const { path, says } of reading.problems) {
      const origin = originInLayers(layers, "values", path) ?? stockOf(release);
      problems.push({ input: "values", message: `${nameOf(path)} ${says}`, origin });
    }
    return undefined;
  }
  const { options } = reading.install;
  const plugin = cni ?? options.cni;
  const profile = profileOf({
    ...options,
    release,
    ...named,
    ...(plugin === undefined ? {} : { cni: plugin }),
    mesh: layOver(options.mesh ?? {}, mesh),
  });
  return { ...profile, values: withReplaced(profile.values, layers) };
}

/** The values with those layers that leave nothing of what was there, and what stands above them. */
function withReplaced(values: JsonObject, layers: readonly InstallLayer[]): JsonObject {
  return layers.reduce((all, { replaces, below }, index) => {
    if (!replaces) return all;
    const whole = at(laidTogether(layers.slice(index), "values"), below) ?? null;
    return layOver(layOver(all, nestAt(below, null)), nestAt(below, whole));
  }, values);
}

/** The ConfigMap that holds the injector's configuration of a revision. */
function injectorConfigMapOf({ mesh, injectorConfigMaps }: World, revision: string): Placed | undefined {
  const injector = mesh.injectors.find((one) => one.revision === revision);
  if (!injector?.configMap) return undefined;
  return injectorConfigMaps.find((one) => `${namespaceOf(one)}/${one.name}` === injector.configMap);
}

/** The ConfigMap with the mesh's configuration: beside the injector's, else in istio-system, else the only one of that name. */
function meshConfigMapOf(
  { meshConfigMaps }: World,
  revision: string,
  injector: Placed | undefined,
): Placed | undefined {
  const names = revision === defaultRevision ? ["istio", `istio-${revision}`] : [`istio-${revision}`];
  const named = names.flatMap((name) => meshConfigMaps.filter((one) => one.name === name));
  const wanted = injector ? namespaceOf(injector) : "istio-system";
  const beside = named.find((one) => namespaceOf(one) === wanted);
  return beside ?? (injector || named.length > 1 ? undefined : named[0]);
}

function namespaceOf({ namespace }: Placed): string {
  return namespace ?? "istio-system";
}

/** A text of a ConfigMap as an input; undefined when it is not there, or when it cannot be read, which is a problem then. */
function written(placed: Placed, name: InputName, problems: InputProblem[]): Input | undefined {
  if (at(placed.value, ["data", name]) === undefined) return undefined;
  const { value, error } = embeddedMap(placed, name);
  const source = { placed, originOf: (path: Path) => originInside(placed, ["data", name, ...path]) };
  if (!error) return { name, json: value, source };
  const location = locationOf(placed.resource.document.file, { start: error.offset, end: error.offset });
  problems.push({ input: name, message: error.message, origin: originAt(location) });
  return undefined;
}

function originAt(location: Location): Origin {
  return { text: placeText(location), location };
}

/** Where something of a stock install is told: in the configuration, else by the release. */
function stockOrigin(name: InputName, path: Path, release: string, { layers }: Told): Origin {
  const told = (of: InstallLayer["of"], asked: Path) => originInLayers(layers, of, asked);
  const asPolicy = path[0] === "policy" ? ["global", "proxy", "autoInject"] : undefined;
  const origin = name === "config" ? asPolicy && told("values", asPolicy) : told(name, path);
  return origin ?? stockOf(release);
}

function stockOf(release: string): Origin {
  return { text: `default of Istio ${release}`, location: undefined };
}

type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly InputProblem[] };

/** What was read of an input, or what is wrong with it in words and places. */
function readInput<R extends { readonly ok: true }, T>(
  input: Input,
  reading: R | { readonly ok: false; readonly errors: readonly MessageProblem[] },
  take: (reading: R) => T,
): Read<T> {
  if (reading.ok) return { ok: true, value: take(reading) };
  return { ok: false, problems: reading.errors.map((error) => problemOf(input, error)) };
}

/** A problem in words for people; that of a template stands on the line of the template. */
function problemOf(input: Input, { path, message }: MessageProblem): InputProblem {
  const { name, source } = input;
  const [first, template] = path;
  if (name === "config" && first === "templates" && typeof template === "string" && path.length === 2) {
    const line = templateLineOf(message);
    const { placed } = source;
    const location = placed && line !== undefined && lineInside(placed, ["data", name, ...path], line);
    const origin = location ? originAt(location) : source.originOf(path);
    return { input: name, message: `${placedWhere(input)}${templateFault(template, message)}`, origin };
  }
  const subject = path.length === 0 ? name : nameOf(path);
  return { input: name, message: worded(input, subject, message), origin: source.originOf(path) };
}

function worded(input: Input, subject: string, message: string): string {
  return `${placedWhere(input)}${subject} ${message}`;
}

function placedWhere({ name, source }: Input): string {
  return source.placed ? `in data.${name}, ` : "";
}

/** Where a template of an istiod stands. */
export function templateOrigin(
  { istiod, origins }: Extract<IstiodReading, { ok: true }>,
  name: string,
): Origin {
  return origins.config.originOf(templatePath(istiod.injector, name));
}

/** The injector of a configuration, which has to have templates. */
function injectorOf(config: Input, release: string, environment: Labels): Read<Injector> {
  const reading: InjectorReading = readInjector(
    config.json,
    release,
    environment,
    config.source.placed === undefined,
  );
  const taken = readInput(config, reading, ({ injector }) => injector);
  if (!taken.ok || templatesOf(taken.value).length > 0) return taken;
  const message = worded(config, "templates", "are missing: there is nothing to inject");
  return {
    ok: false,
    problems: [{ input: "config", message, origin: config.source.originOf(["templates"]) }],
  };
}

/** A path for people: `templates.sidecar`, `trustDomainAliases[0]`. */
function nameOf(path: Path): string {
  return path.reduce<string>((name, step) => {
    if (typeof step === "number") return `${name}[${step}]`;
    return name === "" ? step : `${name}.${step}`;
  }, "");
}
