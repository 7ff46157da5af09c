/** The injector's inputs from files that a command line names, as `istioctl kube-inject` takes them. */
import type { ReadYaml } from "../istio/annotations.ts";
import { readInjector } from "../istio/inject/injector.ts";
import { templateFault, templateLineOf } from "../istio/inject/template-fault.ts";
import type { Istiod } from "../istio/inject/webhook.ts";
import { type Install, readInstall } from "../istio/install.ts";
import { applyMeshConfig, meshDefaultsOf } from "../istio/mesh-config.ts";
import { areNative } from "../istio/native-sidecars.ts";
import { type Profile, profileOf } from "../istio/profile.ts";
import { nearestFacts, newestRelease, releaseFacts } from "../istio/releases.ts";
import { readValues } from "../istio/values.ts";
import { at, isObject, type Json } from "../kube/json.ts";
import { type Location, locationOf, rangeAt } from "../source/locate.ts";
import { type Node, nodeAt, type Path } from "../source/node.ts";
import { readYaml } from "../source/read.ts";
import { readPlain } from "../source/read-plain.ts";
import type { SourceFile } from "../source/reading.ts";

/** The files; what is missing is that of a stock install. */
export interface InjectorFiles {
  /** The injector's `config`, or the text of one template, which then is the template of sidecars. */
  readonly injectConfig?: SourceFile | undefined;
  readonly values?: SourceFile | undefined;
  readonly meshConfig?: SourceFile | undefined;
  /** An IstioOperator, or values of the chart istiod; its settings win over those of the other files. */
  readonly operator?: SourceFile | undefined;
}

export interface InjectorSettings {
  /** Default: that of the tag of the values, else the newest. */
  readonly release?: string | undefined;
  /** "" for the default revision. */
  readonly revision?: string | undefined;
  /** Whether sidecars are native where the pod does not say; undefined: as the install's own istiod would have it, off where that is open. */
  readonly native: boolean | undefined;
  /** The release of the oldest kubelet, on which that hangs. */
  readonly kubernetesVersion?: string | undefined;
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

/** A YAML text as the engine is given it. */
export const parseYaml: ReadYaml = (text) => readPlain(text);

interface Parsed {
  readonly file: SourceFile;
  /** Whether the value is what the file says as YAML, so that its parts have places. */
  readonly placed: boolean;
  readonly value: Json;
}

/** The nodes of a file, read once more where a place is wanted: that is rare, and the values are read faster without. */
function rootOf({ text }: SourceFile): Node | undefined {
  const read = readYaml(text);
  return read.ok ? read.root : undefined;
}

function unreadable(file: SourceFile): FileProblem {
  const read = readYaml(file.text);
  const { offset, message } = read.ok ? { offset: 0, message: "cannot be read" } : read.error;
  return { location: locationOf(file, { start: offset, end: offset }), says: message };
}

/** Puts the files together to what an istiod is configured with; every mistake in any of them is a problem with its place. */
export function istiodFromFiles(files: InjectorFiles, settings: InjectorSettings): FilesReading {
  const problems: FileProblem[] = [];
  const values = parsed(files.values, problems);
  const mesh = parsed(files.meshConfig, problems);
  const config = parsedConfig(files.injectConfig, problems);
  const install = readOperator(parsed(files.operator, problems), problems);
  if (problems.length > 0) return { ok: false, problems };
  const release = settings.release ?? install?.release ?? releaseOf(values?.value) ?? newestRelease;
  const stock: Profile = profileOf({ release, ...install?.options });
  const revision = settings.revision ?? install?.options.revision ?? "";
  const own = install === undefined;
  const chosen = {
    config: config?.value ?? stock.config,
    values: (own ? values?.value : undefined) ?? stock.values,
    mesh: (own ? mesh?.value : undefined) ?? stock.mesh,
  };
  const installed = install?.environment ?? {};
  const facts = nearestFacts(release);
  const native =
    settings.native ??
    areNative({
      release: facts,
      setting: installed.ENABLE_NATIVE_SIDECARS,
      kubernetesVersion: settings.kubernetesVersion,
    }) ??
    false;
  const environment = { ...installed, ENABLE_NATIVE_SIDECARS: String(native) };
  const injector = readInjector(chosen.config, release, environment);
  const read = readValues(chosen.values);
  const applied = applyMeshConfig(chosen.mesh, meshDefaultsOf(facts));
  if (!injector.ok) problems.push(...injector.errors.map((error) => problemAt(config, error)));
  if (!read.ok) problems.push(...read.errors.map((error) => problemAt(values, error)));
  if (!applied.ok) problems.push(...applied.errors.map((error) => problemAt(mesh, error)));
  if (!injector.ok || !read.ok || !applied.ok) return { ok: false, problems };
  return {
    ok: true,
    release,
    istiod: {
      injector: injector.injector,
      values: read.values,
      mesh: applied.value,
      revision: revision === "default" ? "" : revision,
      native,
      platform: at(chosen.values, ["global", "platform"]) === "openshift" ? "openshift" : "",
      compliancePolicy: installed.COMPLIANCE_POLICY ?? "",
      facts,
      readYaml: parseYaml,
    },
  };
}

function parsed(file: SourceFile | undefined, problems: FileProblem[]): Parsed | undefined {
  if (!file) return undefined;
  const read = readPlain(file.text);
  if (!read.ok) {
    problems.push(unreadable(file));
    return undefined;
  }
  const { value } = read;
  if (isObject(value)) return { file, placed: true, value };
  problems.push({ location: locationOf(file, startOf(rootOf(file))), says: "a map is expected here" });
  return undefined;
}

function startOf(root: Node | undefined): { start: number; end: number } {
  const start = root?.start ?? 0;
  return { start, end: start };
}

/** The keys by which an injector's `config` is told from the text of a template. */
const configKeys = ["templates", "policy", "defaultTemplates", "aliases", "injectedAnnotations"];

/** The `config`, also out of its ConfigMap; a text that is no map of its keys is one template, as kube-inject takes it. */
function parsedConfig(file: SourceFile | undefined, problems: FileProblem[]): Parsed | undefined {
  if (!file) return undefined;
  const read = readPlain(file.text);
  const value = read.ok ? read.value : null;
  const inMap = isObject(value) && value.kind === "ConfigMap" ? at(value, ["data", "config"]) : undefined;
  if (typeof inMap === "string") return parsedConfig({ path: file.path, text: inMap }, problems);
  if (isObject(value) && configKeys.some((key) => value[key] !== undefined)) {
    const { templates } = value;
    if (!isObject(templates) || Object.keys(templates).length === 0) {
      const says = "this configuration of an injector has no templates, so that nothing can be injected";
      problems.push({ location: locationOf(file, startOf(rootOf(file))), says });
    }
    return { file, placed: true, value };
  }
  if (isTemplate(file.text)) return { file, placed: false, value: { templates: { sidecar: file.text } } };
  const says = "this is neither an injector's configuration (with templates) nor a template";
  problems.push(read.ok ? { location: locationOf(file, { start: 0, end: 0 }), says } : unreadable(file));
  return undefined;
}

function isTemplate(text: string): boolean {
  return text.includes("{{") || /^(?:spec|metadata|containers|initContainers)\s*:/m.test(text);
}

function readOperator(file: Parsed | undefined, problems: FileProblem[]): Install | undefined {
  if (!file) return undefined;
  const read = readInstall(file.value);
  if (read.ok) return read.install;
  problems.push(...read.problems.map(({ path, says }) => problemAt(file, { path, message: says })));
  return undefined;
}

interface PathProblem {
  readonly path: Path;
  readonly message: string;
}

/** A problem where the deepest written part of its path stands; that of a template on the template's own line. */
function problemAt(parsedFile: Parsed | undefined, { path, message }: PathProblem): FileProblem {
  const says = wordsFor(path, message);
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
