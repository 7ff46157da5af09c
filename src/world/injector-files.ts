/** The injector's inputs from files that a command line names, as `istioctl kube-inject` takes them. */
import { readInjector } from "../istio/inject/injector.ts";
import { templateFault, templateLineOf } from "../istio/inject/template-fault.ts";
import type { Istiod } from "../istio/inject/webhook.ts";
import { type Install, readInstall } from "../istio/install.ts";
import { applyMeshConfig, meshDefaultsOf } from "../istio/mesh-config.ts";
import { areNative } from "../istio/native-sidecars.ts";
import { type Profile, profileOf } from "../istio/profile.ts";
import { nearestFacts, newestRelease, type ReleaseFacts, releaseFacts } from "../istio/releases.ts";
import { readValues } from "../istio/values.ts";
import { at, isObject, type Json, type JsonObject } from "../kube/json.ts";
import { type Location, locationOf, rangeAt } from "../source/locate.ts";
import { type Node, nodeAt, type Path } from "../source/node.ts";
import { deepestDocument, readYaml } from "../source/read.ts";
import type { SourceFile } from "../source/reading.ts";
import { type InputProblem, type IstiodReading, parseYaml } from "./istiods.ts";

/** The files; what is missing is said by `InjectorSettings.rest`, else by a stock install. */
export interface InjectorFiles {
  /** The injector's `config`, or the text of one template, which then is the template of sidecars. */
  readonly injectConfig?: SourceFile | undefined;
  readonly values?: SourceFile | undefined;
  readonly meshConfig?: SourceFile | undefined;
  /** An IstioOperator, or values of the chart istiod; its settings win over those of the other files. */
  readonly operator?: SourceFile | undefined;
}

export interface InjectorSettings {
  /** Default: that of the tag of the values, else `usualRelease`. */
  readonly release?: string | undefined;
  /** "" for the default revision. */
  readonly revision?: string | undefined;
  /** Whether sidecars are native where the pod does not say; undefined: as the install's own istiod would have it, off where that is open. */
  readonly native: boolean | undefined;
  /** The release of the oldest kubelet, on which that hangs. */
  readonly kubernetesVersion?: string | undefined;
  /** The release where neither `release` nor the files name one; default: the newest. */
  readonly usualRelease?: string | undefined;
  /** The istiod that injects without the files; asked for what they leave open, and taken where it is of their release. */
  readonly rest?: () => IstiodReading;
}

/** What is wrong, and where: the place in a file, or words where there is none. */
export interface FileProblem {
  readonly location: Location | undefined;
  readonly where?: string;
  readonly says: string;
}

export type FilesReading =
  | { readonly ok: true; readonly istiod: Istiod; readonly release: string }
  | { readonly ok: false; readonly problems: readonly FileProblem[] };

interface Parsed {
  readonly file: SourceFile;
  /** Whether the value is what the file says as YAML, so that its parts have places. */
  readonly placed: boolean;
  readonly value: Json;
}

/** The nodes of a file, read once more where a place is wanted: that is rare, and the values are read faster without. */
function rootOf({ text }: SourceFile): Node | undefined {
  const read = readYaml(text, 0, text.length, { maxDepth: deepestDocument });
  return read.ok ? read.root : undefined;
}

function unreadable(file: SourceFile): FileProblem {
  const read = readYaml(file.text, 0, file.text.length, { maxDepth: deepestDocument });
  const { offset, message } = read.ok ? { offset: 0, message: "cannot be read" } : read.error;
  return { location: locationOf(file, { start: offset, end: offset }), says: message };
}

/** What the files say, parsed; beside an install, which wins, there are neither values nor a mesh. */
interface Given {
  readonly config: Parsed | undefined;
  readonly values: Parsed | undefined;
  readonly mesh: Parsed | undefined;
  readonly install: Install | undefined;
}

/** Puts the files together to what an istiod is configured with; every mistake in any of them is a problem with its place. */
export function istiodFromFiles(files: InjectorFiles, settings: InjectorSettings): FilesReading {
  const problems: FileProblem[] = [];
  const values = valuesOf(unwrapped(files.values, "values"), problems);
  const mesh = meshOf(unwrapped(files.meshConfig, "mesh"), problems);
  const config = parsedConfig(files.injectConfig, problems);
  const install = readOperator(parsed(files.operator, problems), settings.release, problems);
  if (problems.length > 0) return { ok: false, problems };
  const own = install === undefined;
  const given = { config, values: own ? values : undefined, mesh: own ? mesh : undefined, install };
  const isWhole = !own || (config !== undefined && values !== undefined && mesh !== undefined);
  const rest = isWhole ? undefined : settings.rest?.();
  if (rest && !rest.ok) return { ok: false, problems: rest.problems.map(fileProblemOf) };
  const release =
    settings.release ??
    install?.release ??
    releaseOf(values?.value) ??
    settings.usualRelease ??
    newestRelease;
  const isSameRelease = rest && nearestFacts(rest.release).minor === nearestFacts(release).minor;
  return together(given, isSameRelease ? rest.istiod : undefined, release, settings);
}

/** The istiod of what is given; what is not is that of `rest` or, without one, of a stock install of the release. */
function together(
  { config, values, mesh, install }: Given,
  rest: Istiod | undefined,
  release: string,
  settings: InjectorSettings,
): FilesReading {
  const mismatch = config && mismatchOf(config, nearestFacts(release));
  if (mismatch) return { ok: false, problems: [mismatch] };
  const stock: Profile = profileOf({ release, ...install?.options });
  const revision = settings.revision ?? install?.options.revision ?? "";
  const installed = install?.environment ?? {};
  const facts = nearestFacts(release);
  const setting = installed.ENABLE_NATIVE_SIDECARS;
  const kubernetes = { kubernetesVersion: settings.kubernetesVersion };
  const native =
    settings.native ?? rest?.native ?? areNative({ release: facts, setting, ...kubernetes }) ?? false;
  const environment = { ...installed, ENABLE_NATIVE_SIDECARS: String(native) };
  const injector =
    rest && !config
      ? ({ ok: true, injector: rest.injector } as const)
      : readInjector(config?.value ?? stock.config, release, environment, config === undefined);
  const read =
    rest && !values
      ? ({ ok: true, values: rest.values } as const)
      : readValues(values?.value ?? stock.values);
  const applied =
    rest && !mesh
      ? ({ ok: true, value: rest.mesh } as const)
      : applyMeshConfig(mesh?.value ?? stock.mesh, meshDefaultsOf(facts), facts);
  if (!injector.ok || !read.ok || !applied.ok) {
    const problems = [
      ...(injector.ok ? [] : injector.errors.map((error) => problemAt(config, error))),
      ...(read.ok ? [] : read.errors.map((error) => problemAt(values, error))),
      ...(applied.ok ? [] : applied.errors.map((error) => problemAt(mesh, error))),
    ];
    return { ok: false, problems };
  }
  const platform = at(read.values.all, ["global", "platform"]);
  return {
    ok: true,
    release,
    istiod: {
      injector: injector.injector,
      values: read.values,
      mesh: applied.value,
      revision: revision === "default" ? "" : revision,
      native,
      platform: platform === "openshift" ? "openshift" : "",
      compliancePolicy: installed.COMPLIANCE_POLICY ?? rest?.compliancePolicy ?? "",
      facts,
      readYaml: parseYaml,
    },
  };
}

/** What is wrong with an input of an istiod, as a problem of the file that it stands in. */
export function fileProblemOf({ message, origin }: InputProblem): FileProblem {
  return { location: origin.location, where: origin.text, says: message };
}

function parsed(file: SourceFile | undefined, problems: FileProblem[]): Parsed | undefined {
  if (!file) return undefined;
  const read = parseYaml(file.text);
  if (!read.ok) {
    problems.push(unreadable(file));
    return undefined;
  }
  const { value } = read;
  if (isObject(value)) return { file, placed: true, value };
  const root = rootOf(file);
  const says = root ? "a map is expected here" : "the file is empty";
  problems.push({ location: locationOf(file, startOf(root)), says });
  return undefined;
}

/** What keeps templates from being those of a release: up to 1.8 there is one, and what it renders are parts of a pod instead of a pod. */
function mismatchOf(config: Parsed, { bareInjection, minor }: ReleaseFacts): FileProblem | undefined {
  const { template, templates } = objectOf(config.value);
  const isOld = bareInjection !== null;
  const isBare = config.placed ? template !== undefined && !templates : isBareText(String(template));
  if (isOld === isBare || (isOld && config.placed && template !== undefined)) return undefined;
  const says = isOld
    ? `these are templates of Istio 1.9 and later; the one of Istio ${minor} renders lists of containers, initContainers and volumes`
    : "this is a template of Istio 1.8 or older; which release is it (--istio-version 1.8)?";
  return problemAt(
    config,
    { path: config.placed ? [isOld ? "templates" : "template"] : [], message: "" },
    says,
  );
}

/** A text that renders parts to be added to a pod. */
function isBareText(text: string): boolean {
  return /^(?:rewriteAppHTTPProbe|podRedirectAnnot|containers|initContainers)\s*:/m.test(text);
}

/** The text of a ConfigMap's key, where a file is such a ConfigMap (`kubectl get configmap … -o yaml`) and not the text itself. */
function unwrapped(file: SourceFile | undefined, key: string): SourceFile | undefined {
  if (!file) return undefined;
  const read = parseYaml(file.text);
  const value = read.ok ? read.value : null;
  const text = isObject(value) && value.kind === "ConfigMap" ? at(value, ["data", key]) : undefined;
  return typeof text === "string" ? { path: file.path, text } : file;
}

/** Keys that no mesh configuration has, and the other texts of an injector do. */
const notOfMesh = ["global", "templates", "kind", "apiVersion"];

/** Values, which hold at least a map `global`: all templates ask for it. */
function valuesOf(file: SourceFile | undefined, problems: FileProblem[]): Parsed | undefined {
  const read = parsed(file, problems);
  if (!read || isObject(at(read.value, ["global"]))) return read;
  const says = "values of an injector have a map `global`, and here is none";
  problems.push({ location: locationOf(read.file, startOf(rootOf(read.file))), says });
  return undefined;
}

function meshOf(file: SourceFile | undefined, problems: FileProblem[]): Parsed | undefined {
  const read = parsed(file, problems);
  const odd = read && notOfMesh.find((key) => at(read.value, [key]) !== undefined);
  if (!read || odd === undefined) return read;
  const says = `a mesh configuration has no ${odd}; is this another file?`;
  problems.push({ ...problemAt(read, { path: [odd], message: "" }), says });
  return undefined;
}

function startOf(root: Node | undefined): { start: number; end: number } {
  const start = root?.start ?? 0;
  return { start, end: start };
}

/** The keys by which an injector's `config` is told from the text of a template. */
const configKeys = ["template", "templates", "policy", "defaultTemplates", "aliases", "injectedAnnotations"];

/** The `config`, also out of its ConfigMap; a text that is no map of its keys is one template, as kube-inject takes it. */
function parsedConfig(file: SourceFile | undefined, problems: FileProblem[]): Parsed | undefined {
  if (!file) return undefined;
  const read = parseYaml(file.text);
  const value = read.ok ? read.value : null;
  const inMap = isObject(value) && value.kind === "ConfigMap" ? at(value, ["data", "config"]) : undefined;
  if (typeof inMap === "string") return parsedConfig({ path: file.path, text: inMap }, problems);
  if (isObject(value) && configKeys.some((key) => value[key] !== undefined)) {
    const { templates } = value;
    const isNamed = isObject(templates) && Object.keys(templates).length > 0;
    if (!isNamed && typeof value.template !== "string") {
      const says = "this configuration of an injector has no templates, so that nothing can be injected";
      problems.push({ location: locationOf(file, startOf(rootOf(file))), says });
    }
    return { file, placed: true, value };
  }
  const { text } = file;
  // Which of the two it is hangs on the release.
  if (isTemplate(text))
    return { file, placed: false, value: { template: text, templates: { sidecar: text } } };
  const says = "this is neither an injector's configuration (with templates) nor a template";
  problems.push(read.ok ? { location: locationOf(file, { start: 0, end: 0 }), says } : unreadable(file));
  return undefined;
}

function isTemplate(text: string): boolean {
  return text.includes("{{") || /^(?:spec|metadata|containers|initContainers)\s*:/m.test(text);
}

function readOperator(
  file: Parsed | undefined,
  release: string | undefined,
  problems: FileProblem[],
): Install | undefined {
  if (!file) return undefined;
  const read = readInstall(file.value, release);
  if (read.ok) return read.install;
  problems.push(...read.problems.map(({ path, says }) => problemAt(file, { path, message: says })));
  return undefined;
}

interface PathProblem {
  readonly path: Path;
  readonly message: string;
}

/** A problem where the deepest written part of its path stands; that of a template on the template's own line. */
function problemAt(
  parsedFile: Parsed | undefined,
  { path, message }: PathProblem,
  says = wordsFor(path, message),
): FileProblem {
  if (!parsedFile) return { location: undefined, where: "the stock configuration", says };
  const { file } = parsedFile;
  const root = parsedFile.placed ? rootOf(file) : undefined;
  const line = templateLineOf(message);
  const node = nodeAt(root, path);
  if (line !== undefined && node?.type === "scalar" && node.style === "literal") {
    const first = locationOf(file, { start: node.start, end: node.start }).line;
    return { location: atLine(file, first + line), says };
  }
  for (let length = path.length; length > 0; length--) {
    const range = rangeAt(root, path.slice(0, length));
    if (range) return { location: locationOf(file, range), says };
  }
  return { location: locationOf(file, startOf(root)), says };
}

function wordsFor(path: Path, message: string): string {
  const [first, name] = path;
  if (first === "templates" && typeof name === "string" && path.length === 2)
    return templateFault(name, message);
  return path.length === 0 ? message : `${path.join(".")} ${message}`;
}

function objectOf(value: Json): JsonObject {
  return isObject(value) ? value : {};
}

function atLine(file: SourceFile, line: number): Location {
  let start = 0;
  for (let at = 1; at < line; at++) start = file.text.indexOf("\n", start) + 1;
  return locationOf(file, { start, end: start });
}

/** The release that the tag of the images names. */
function releaseOf(values: Json | undefined): string | undefined {
  const tag = at(values, ["global", "tag"]);
  return typeof tag === "string" && !("unknown" in releaseFacts(tag)) ? tag : undefined;
}
