/** The injector's configuration, read and compiled once for all pods. */
import type { Functions } from "../../gotemplate/function.ts";
import { sprigFunctions } from "../../gotemplate/functions/sprig.ts";
import { compile, compileLater, type Template } from "../../gotemplate/template.ts";
import { isObject, type Json, type JsonObject } from "../../kube/json.ts";
import type { Labels } from "../facts.ts";
import { bareFacts } from "../legacy/facts.ts";
import { withRender } from "../legacy/render-function.ts";
import { type MessageProblem, show } from "../message.ts";
import { type Policy, preparePolicy } from "../policy.ts";
import { isProfileTemplate } from "../profile.ts";
import { nearestFacts, newestRelease, type ReleaseFacts } from "../releases.ts";
import { injectionFunctions } from "./injection-functions.ts";

/** `config` of the injector's ConfigMap with its templates compiled. */
export interface Injector {
  readonly policy: Policy;
  readonly defaultTemplates: readonly string[];
  readonly templates: ReadonlyMap<string, Template>;
  readonly aliases: { readonly [name: string]: readonly string[] };
  /** The one template without a name that configurations up to 1.8 hold; they have no others. */
  readonly bare?: BareTemplate;
  /** Annotations that every injected pod is given. */
  readonly injectedAnnotations: Labels;
  /** The environment of istiod, as far as it is known. */
  readonly environment?: Labels;
}

/** A template that renders parts to be added to a pod. */
export interface BareTemplate {
  readonly text: string;
  readonly compiled: Template;
}

export type InjectorReading =
  | { readonly ok: true; readonly injector: Injector }
  | { readonly ok: false; readonly errors: readonly MessageProblem[] };

/** The template that injects a sidecar where nothing else is asked for. */
export const sidecarTemplate = "sidecar";

/**
 * Reads a parsed `config`; every part of a wrong type and every template that does not parse is an error.
 * @param release the release of istiod, for what its policy means and its template functions do
 * @param environment istiod's environment as templates ask for it: up to 1.26 ENABLE_NATIVE_SIDECARS
 * @param isStock whether it is that of `profileOf` for the release, whose own templates parse: that is left until one is used
 */
export function readInjector(
  config: Json | undefined,
  release: string,
  environment: Labels = {},
  isStock = false,
): InjectorReading {
  if (!isObject(config))
    return { ok: false, errors: [{ path: [], message: `must be a map, is ${show(config ?? null)}` }] };
  const errors: MessageProblem[] = [];
  const bare = bareTemplate(config, nearestFacts(release), environment, errors);
  const isBare = typeof config.template === "string" && nearestFacts(release).bareInjection !== null;
  const texts = isBare ? {} : readMap(config, "templates", errors, text);
  const functions = templateFunctions(nearestFacts(release), environment);
  const templates = new Map<string, Template>();
  for (const [name, source] of Object.entries(texts)) {
    const isKnown = isStock && isProfileTemplate(source);
    const compiled = isKnown ? later(source, functions) : compileTemplate(source, functions);
    if (compiled.ok) templates.set(name, compiled.template);
    else errors.push({ path: ["templates", name], message: compiled.error });
  }
  const defaults = names(config.defaultTemplates ?? null);
  if (!defaults) errors.push({ path: ["defaultTemplates"], message: "must be a list of names" });
  const injector: Injector = {
    policy: policyOf(config, release),
    defaultTemplates: defaults && defaults.length > 0 ? defaults : [sidecarTemplate],
    templates,
    aliases: readMap(config, "aliases", errors, names),
    injectedAnnotations: readMap(config, "injectedAnnotations", errors, text),
    environment,
    ...(bare && { bare }),
  };
  return errors.length > 0 ? { ok: false, errors } : { ok: true, injector };
}

/** All templates, whether or not they have names. */
export function templatesOf({ templates, bare }: Injector): readonly Template[] {
  return bare ? [bare.compiled] : [...templates.values()];
}

/** Where a template stands in the configuration. */
export function templatePath({ bare }: Injector, name: string): readonly string[] {
  return bare ? ["template"] : ["templates", name];
}

/** Compiles the text of a template with Go's, sprig's and the injector's functions, of which the last win. */
export function compileTemplate(
  source: string,
  functions = templateFunctions(nearestFacts(newestRelease), {}),
): ReturnType<typeof compile> {
  return compile("inject", source, { functions });
}

function later(source: string, functions: Functions): ReturnType<typeof compile> {
  return { ok: true, template: compileLater("inject", source, { functions }) };
}

function templateFunctions(facts: ReleaseFacts, environment: Labels): Functions {
  return { ...sprigFunctions, ...injectionFunctions(facts, environment) };
}

function bareTemplate(
  { template }: JsonObject,
  { bareInjection, ...facts }: ReleaseFacts,
  environment: Labels,
  errors: MessageProblem[],
): BareTemplate | undefined {
  if (bareInjection === null || typeof template !== "string") return undefined;
  const own = injectionFunctions({ bareInjection, ...facts }, environment);
  const functions = withRender(bareFacts[bareInjection].sprig ? { ...sprigFunctions, ...own } : own);
  const compiled = compileTemplate(template, functions);
  if (compiled.ok) return { text: template, compiled: compiled.template };
  errors.push({ path: ["template"], message: compiled.error });
  return undefined;
}

function policyOf(config: JsonObject, release: string): Policy {
  const list = (key: string) => {
    const selectors = config[key];
    return Array.isArray(selectors) ? selectors.map((each: Json) => (isObject(each) ? each : undefined)) : [];
  };
  const { policy = null } = config;
  const selectors = {
    policy: typeof policy === "object" || typeof policy === "bigint" ? String(policy) : policy,
    neverInjectSelector: list("neverInjectSelector"),
    alwaysInjectSelector: list("alwaysInjectSelector"),
  };
  return preparePolicy(selectors, nearestFacts(release));
}

function readMap<T>(
  config: JsonObject,
  key: string,
  errors: MessageProblem[],
  read: (value: Json) => T | undefined,
): { readonly [name: string]: T } {
  const value = config[key] ?? null;
  if (value === null) return {};
  if (!isObject(value)) {
    errors.push({ path: [key], message: `must be a map, is ${show(value)}` });
    return {};
  }
  const entries: [string, T][] = [];
  for (const [name, item] of Object.entries(value)) {
    const taken = read(item);
    if (taken === undefined) errors.push({ path: [key, name], message: `has a wrong type: ${show(item)}` });
    else entries.push([name, taken]);
  }
  return Object.fromEntries(entries);
}

/** As the YAML reader of Kubernetes puts scalars into texts. */
function text(value: Json): string | undefined {
  if (value === null) return "";
  return typeof value === "object" ? undefined : String(value);
}

function names(value: Json): readonly string[] | undefined {
  if (value === null) return [];
  return Array.isArray(value) && value.every((item: Json) => typeof item === "string") ? value : undefined;
}
