/** The webhooks that could inject sidecars: those of a stock install, and those that a configuration describes. */
import { at, isObject, type Json, type JsonObject } from "../kube/json.ts";
import type { Selector, Webhook } from "./facts.ts";
import { nearestFacts, type ReleaseFacts } from "./releases.ts";

export const injectKey = "sidecar.istio.io/inject";
export const revisionKey = "istio.io/rev";
export const injectionKey = "istio-injection";
export const namespaceNameKey = "kubernetes.io/metadata.name";

/** The revision of an install that was given none. */
export const defaultRevision = "default";

/** What of the istio-discovery chart's values decides on the webhooks. */
export interface StockInstall {
  readonly release: string;
  /** "" (or absent) for the default revision; the explicit name "default" gives a revision that only answers to `istio.io/rev`. */
  readonly revision?: string | undefined;
  /** Revision tags; the tag "default" also answers to `istio-injection`. */
  readonly tags?: readonly string[] | undefined;
  /** Who makes the tags: `istioctl tag set` (the default), or the chart, which up to 1.16 renders only the last of several. */
  readonly tagsFrom?: "istioctl" | "chart" | undefined;
  /** Where istiod runs; default "istio-system". */
  readonly namespace?: string | undefined;
  readonly enableNamespacesByDefault?: boolean | undefined;
  /** 1.9 and 1.10 only; the default is the release's. */
  readonly useLegacySelectors?: boolean | undefined;
  /** `sidecarInjectorWebhook.objectSelector`, read by single webhooks (up to 1.8, and legacy ones) only. */
  readonly objectSelector?: { readonly enabled?: boolean; readonly autoInject?: boolean } | undefined;
  /** Leaves the webhooks to somebody else. */
  readonly operatorManageWebhooks?: boolean | undefined;
  /** Since 1.28, "namespace" renders no cluster-wide objects. */
  readonly resourceScope?: "all" | "cluster" | "namespace" | undefined;
  /** Leaves out the install's own webhooks and gives those of its tags alone, as a chart of its own does. */
  readonly tagsOnly?: boolean | undefined;
}

/**
 * The webhooks that the istio-discovery chart renders, in the order in which the API server asks them. Empty when the
 * values leave the webhooks to somebody else. Reproduces the charts of Istio 1.6 to 1.30; other releases count as the
 * nearest of these.
 */
export function stockWebhooks(install: StockInstall): readonly Webhook[] {
  const facts = nearestFacts(install.release);
  if (install.operatorManageWebhooks) return [];
  if (facts.resourceScope && install.resourceScope === "namespace") return [];
  const own = install.tagsOnly ? [] : ownWebhooks(install, facts);
  const asked = facts.revisionTags ? (install.tags ?? []) : [];
  const tags = install.tagsFrom === "chart" && !facts.tagsApart ? asked.slice(-1) : asked;
  return [...own, ...tags.flatMap((tag) => tagWebhooks(tag, install, facts))].sort(inCallOrder);
}

/** Orders webhooks as the API server asks them: configurations by name, then as listed. */
export function inCallOrder(a: Webhook, b: Webhook): number {
  if (a.configuration !== b.configuration) return a.configuration < b.configuration ? -1 : 1;
  return a.index - b.index;
}

/** A webhook's name before "sidecar-injector.istio.io", and its two selectors. */
interface Shape {
  readonly prefix: string;
  readonly namespaceSelector: JsonObject;
  readonly objectSelector: JsonObject | undefined;
}

function ownWebhooks(install: StockInstall, facts: ReleaseFacts): Webhook[] {
  const revision = install.revision ?? "";
  const configuration = `istio-sidecar-injector${revision && `-${revision}`}${namespaceSuffix(install)}`;
  const shapes = shapesOf(revision, install, facts);
  return shapes.map((shape, index) =>
    webhook(configuration, index, shape, revision || defaultRevision, revision || defaultRevision),
  );
}

function tagWebhooks(tag: string, install: StockInstall, facts: ReleaseFacts): Webhook[] {
  const configuration = `istio-revision-tag-${tag}${namespaceSuffix(install)}`;
  const shapes = [
    ...revisionShapes(tag),
    ...(tag === defaultRevision ? defaultShapes(install, facts, facts.tagAuto) : []),
  ];
  return shapes.map((shape, index) =>
    webhook(configuration, index, shape, install.revision || defaultRevision, tag),
  );
}

function namespaceSuffix({ namespace = "istio-system" }: StockInstall): string {
  return namespace === "istio-system" ? "" : `-${namespace}`;
}

function webhook(
  configuration: string,
  index: number,
  { prefix, namespaceSelector, objectSelector }: Shape,
  revision: string,
  answersTo: string,
): Webhook {
  return {
    configuration,
    name: `${prefix}sidecar-injector.istio.io`,
    index,
    namespaceSelector,
    objectSelector,
    coversPods: true,
    revision,
    answersTo,
    written: false,
  };
}

function shapesOf(revision: string, install: StockInstall, facts: ReleaseFacts): readonly Shape[] {
  const legacy =
    facts.useLegacySelectors !== null && (install.useLegacySelectors ?? facts.useLegacySelectors);
  if (facts.webhooks === "single" || legacy) return [singleShape(revision, install, facts)];
  if (facts.webhooks === "by-label") {
    return revision === "" ? defaultShapes(install, facts) : labelShapes(revision);
  }
  return [
    ...revisionShapes(revision || defaultRevision),
    ...(revision === "" ? defaultShapes(install, facts) : []),
  ];
}

function singleShape(revision: string, install: StockInstall, facts: ReleaseFacts): Shape {
  const { namespace = "istio-system", enableNamespacesByDefault = false } = install;
  const { enabled = facts.objectSelector, autoInject = true } = install.objectSelector ?? {};
  return {
    prefix: "",
    namespaceSelector: enableNamespacesByDefault
      ? all(
          notIn("name", [namespace]),
          notIn(injectionKey, ["disabled"]),
          absent("istio-env"),
          absent(revisionKey),
        )
      : revision === ""
        ? { matchLabels: { [injectionKey]: "enabled" } }
        : all(absent(injectionKey), isIn(revisionKey, [revision])),
    objectSelector: enabled ? singleObjectSelector(revision, autoInject) : undefined,
  };
}

function singleObjectSelector(revision: string, autoInject: boolean): JsonObject {
  if (autoInject) return all(notIn(injectKey, ["false"]));
  if (revision === "") return { matchLabels: { [injectKey]: "true" } };
  return all(absent(injectKey), isIn(revisionKey, [revision]));
}

/** 1.9: the two webhooks of a named revision. */
function labelShapes(revision: string): readonly Shape[] {
  return revisionShapes(revision).map((shape) => ({ ...shape, prefix: shape.prefix.replace("rev.", "") }));
}

function revisionShapes(answersTo: string): readonly Shape[] {
  return [
    {
      prefix: "rev.namespace.",
      namespaceSelector: all(isIn(revisionKey, [answersTo]), absent(injectionKey)),
      objectSelector: all(notIn(injectKey, ["false"])),
    },
    {
      prefix: "rev.object.",
      namespaceSelector: all(absent(revisionKey), absent(injectionKey)),
      objectSelector: all(notIn(injectKey, ["false"]), isIn(revisionKey, [answersTo])),
    },
  ];
}

function defaultShapes(install: StockInstall, facts: ReleaseFacts, auto = true): readonly Shape[] {
  const unlabelled = [absent(injectionKey), absent(revisionKey)];
  const shapes: Shape[] = [
    {
      prefix: "namespace.",
      namespaceSelector: all(isIn(injectionKey, ["enabled"])),
      objectSelector: all(notIn(injectKey, ["false"])),
    },
    {
      prefix: "object.",
      namespaceSelector: all(...unlabelled),
      objectSelector: all(isIn(injectKey, ["true"]), absent(revisionKey)),
    },
  ];
  if (!install.enableNamespacesByDefault || !auto) return shapes;
  const leavesOut = facts.autoLeavesOut.length > 0 ? [notIn(namespaceNameKey, facts.autoLeavesOut)] : [];
  shapes.push({
    prefix: "auto.",
    namespaceSelector: all(...unlabelled, ...leavesOut),
    objectSelector: all(absent(injectKey), absent(revisionKey)),
  });
  return shapes;
}

function all(...matchExpressions: readonly JsonObject[]): JsonObject {
  return { matchExpressions };
}

function isIn(key: string, values: readonly string[]): JsonObject {
  return { key, operator: "In", values };
}

function notIn(key: string, values: readonly string[]): JsonObject {
  return { key, operator: "NotIn", values };
}

function absent(key: string): JsonObject {
  return { key, operator: "DoesNotExist" };
}

/**
 * The webhooks of a MutatingWebhookConfiguration that call an Istio injector, as listed; empty when it has nothing to do
 * with Istio. A webhook counts as Istio's by its name (`…sidecar-injector.istio.io`), or when it calls the path /inject
 * of an istiod or of a configuration labelled as Istio's. Matching follows k8s.io/apiserver 0.35.
 */
export function readWebhookConfiguration(value: JsonObject): readonly Webhook[] {
  const configuration = text(at(value, ["metadata", "name"])) ?? "";
  const labels = at(value, ["metadata", "labels"]);
  const listed = value.webhooks;
  if (!Array.isArray(listed)) return [];
  const found: Webhook[] = [];
  listed.forEach((entry: Json, index) => {
    if (!isObject(entry) || !callsIstio(entry, labels)) return;
    const namespaceSelector = selectorOf(entry.namespaceSelector);
    const revision = revisionOf(entry, labels);
    found.push({
      configuration,
      name: text(entry.name) ?? "",
      index,
      namespaceSelector,
      objectSelector: selectorOf(entry.objectSelector),
      coversPods: coversPods(entry.rules),
      revision,
      answersTo: isDeactivated(namespaceSelector) ? "" : (label(labels, "istio.io/tag") ?? revision),
      ...(Array.isArray(entry.matchConditions) && entry.matchConditions.length > 0
        ? { conditional: true }
        : {}),
      written: true,
    });
  });
  return found;
}

/** Whether a selector is the one that `istioctl tag set default` leaves to switch a webhook off. */
export function isDeactivated(selector: Selector): boolean {
  return at(selector, ["matchLabels", "istio.io/deactivated"]) === "never-match";
}

function text(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function label(labels: Json | undefined, key: string): string | undefined {
  return isObject(labels) && Object.hasOwn(labels, key) ? text(labels[key]) : undefined;
}

function selectorOf(value: Json | undefined): Selector {
  return isObject(value) ? value : undefined;
}

const ownName = "sidecar-injector.istio.io";
const istioService = /^(?:istiod|istio-pilot|istio-sidecar-injector)(?:-|$)/;

function callsIstio(entry: JsonObject, labels: Json | undefined): boolean {
  const name = text(entry.name) ?? "";
  if (name === ownName || name.endsWith(`.${ownName}`)) return true;
  const path = text(at(entry, ["clientConfig", "service", "path"])) ?? urlPath(entry);
  if (path !== "/inject" && !path.startsWith("/inject/")) return false;
  return (
    istioService.test(text(at(entry, ["clientConfig", "service", "name"])) ?? "") ||
    label(labels, "app") === "sidecar-injector" ||
    label(labels, revisionKey) !== undefined
  );
}

function urlPath(entry: JsonObject): string {
  const url = text(at(entry, ["clientConfig", "url"]));
  if (url === undefined) return "";
  const authority = url.indexOf("://");
  const slash = url.indexOf("/", authority < 0 ? 0 : authority + 3);
  return slash < 0 ? "" : url.slice(slash);
}

function revisionOf(entry: JsonObject, labels: Json | undefined): string {
  const labelled = label(labels, revisionKey) || undefined;
  const service = text(at(entry, ["clientConfig", "service", "name"]));
  if (service === undefined || !istioService.test(service) || service === "istiod-remote") {
    return labelled ?? defaultRevision;
  }
  return service.replace(istioService, "") || defaultRevision;
}

/** Whether the rules of a webhook cover the creation of a pod: some rule names group, version, resource and operation. */
function coversPods(rules: Json | undefined): boolean {
  return Array.isArray(rules) && rules.some((rule: Json) => isObject(rule) && ruleCoversPods(rule));
}

function ruleCoversPods(rule: JsonObject): boolean {
  const { scope = null } = rule;
  return (
    (scope === null || scope === "" || scope === "*" || scope === "Namespaced") &&
    names(rule.operations, "CREATE") &&
    names(rule.apiGroups, "") &&
    names(rule.apiVersions, "v1") &&
    Array.isArray(rule.resources) &&
    rule.resources.some((resource: Json) => typeof resource === "string" && namesPods(resource))
  );
}

function names(list: Json | undefined, wanted: string): boolean {
  return Array.isArray(list) && list.some((item: Json) => item === "*" || item === wanted);
}

function namesPods(resource: string): boolean {
  const slash = resource.indexOf("/");
  const name = slash < 0 ? resource : resource.slice(0, slash);
  const subresource = slash < 0 ? "" : resource.slice(slash + 1);
  return (name === "*" || name === "pods") && (subresource === "" || subresource === "*");
}
