/** Injection into a template that holds placeholders: what they stand for is left open, and the rest is rendered. */
import type { Path } from "../istio/facts.ts";
import type { InjectionError } from "../istio/inject/pipeline.ts";
import { objectOf } from "../istio/inject/pod.ts";
import type { Istiod } from "../istio/inject/webhook.ts";
import { injectTemplate, type TemplateInjection, type TemplateSource } from "../istio/inject/workload.ts";
import { resourceAnnotations } from "../istio/proxy-resources.ts";
import { at, isObject, type Json } from "../kube/json.ts";
import { isPlaceholder } from "../kube/placeholder.ts";

/** A value of a pod that would be refused as it stands, and that another program is yet to fill in. */
export interface OpenSetting {
  readonly path: Path;
  readonly text: string;
  /** Whether the injection was made without it; a quantity goes through it as it is written. */
  readonly isLeftOut: boolean;
}

/** An injection, and which values were open in it. */
export interface OpenInjection {
  readonly injection: TemplateInjection;
  readonly open: readonly OpenSetting[];
}

/** More placeholders at fault than these are not looked for; each is an injection. */
const mostOpen = 20;

/**
 * Injects as `injectTemplate` does; where a placeholder is all that is refused, without it, or for a quantity with a number in its place, which
 * is taken out again. Pure.
 * @param breaking the annotation without which the injection would succeed, where one breaks what a template renders
 */
export function injectOpen(
  istiod: Istiod,
  source: TemplateSource,
  breaking: (source: TemplateSource) => string | undefined,
): OpenInjection {
  const first = injectTemplate(istiod, source);
  if (first.ok) return { injection: first, open: [] };
  const open: OpenSetting[] = [];
  let { template } = source;
  let injection: TemplateInjection = first;
  while (!injection.ok && open.length < mostOpen) {
    const paths = pathsAtFault(injection.errors, { ...source, template }, breaking);
    const found = paths.flatMap((path): OpenSetting[] => {
      const text = at(template, path);
      if (typeof text !== "string" || !isPlaceholder(text)) return [];
      return [{ path, text, isLeftOut: !isQuantity(path) }];
    });
    // What is refused besides would be refused whatever the placeholder stands for.
    if (found.length === 0 || found.length < paths.length) return { injection: first, open: [] };
    for (const one of found) {
      template = replaced(template, one.path, one.isLeftOut ? undefined : standIn(open.length));
      open.push(one);
    }
    injection = injectTemplate(istiod, { ...source, template });
  }
  if (!injection.ok) return { injection: first, open: [] };
  const texts = new Map(open.flatMap((one, index) => (one.isLeftOut ? [] : [[standIn(index), one.text]])));
  const { before, after, rendered } = injection;
  const [was, is, made] = [before, after, rendered].map((pod) => objectOf(restored(pod, texts)));
  return { injection: { ...injection, before: was ?? {}, after: is ?? {}, rendered: made ?? {} }, open };
}

function pathsAtFault(
  errors: readonly InjectionError[],
  source: TemplateSource,
  breaking: (source: TemplateSource) => string | undefined,
): readonly Path[] {
  return errors.flatMap(({ stage, path, annotation }): readonly Path[] => {
    if (stage === "object") return [path ?? []];
    const known = annotation ?? breaking(source);
    const keys = known === undefined ? placeholdersOf(source.template) : [known];
    return keys.map((key) => ["metadata", "annotations", key]);
  });
}

/** Annotations of Istio's that are placeholders: several may break a template together. */
function placeholdersOf(template: Json): readonly string[] {
  const annotations = at(template, ["metadata", "annotations"]);
  return Object.entries(objectOf(annotations)).flatMap(([key, text]) =>
    key.includes("istio.io/") && typeof text === "string" && isPlaceholder(text) ? [key] : [],
  );
}

/** Releases that do not check the annotations of resources fail over them when they read what they rendered. */
const quantityKeys: ReadonlySet<unknown> = new Set(
  Object.values(resourceAnnotations).flatMap(Object.values<string>),
);

function isQuantity(path: Path): boolean {
  if (path[0] === "metadata") return quantityKeys.has(path.at(-1));
  const kind = path.at(-2);
  return path.at(-3) === "resources" && (kind === "requests" || kind === "limits");
}

/** A quantity that nobody writes. */
function standIn(index: number): string {
  return String(87_654_321_001 + index);
}

function replaced(value: Json, path: Path, by: Json | undefined): Json {
  const [step, ...below] = path;
  if (step === undefined) return value;
  if (Array.isArray(value)) {
    return value.flatMap((item: Json, index): Json[] => {
      if (index !== step) return [item];
      return below.length > 0 ? [replaced(item, below, by)] : by === undefined ? [] : [by];
    });
  }
  if (!isObject(value)) return value;
  const { [step]: old, ...others } = value;
  if (below.length > 0) return { ...value, [step]: replaced(old ?? null, below, by) };
  return by === undefined ? others : { ...value, [step]: by };
}

function restored(value: Json, texts: ReadonlyMap<string, string>): Json {
  if (texts.size === 0) return value;
  if (typeof value === "string") return texts.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item: Json) => restored(item, texts));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, restored(one, texts)]));
}
