/** Metrics merged: Prometheus is pointed at the agent, which scrapes the application where the pod's own annotations say. */
import type { Labels } from "../facts.ts";
import { goJson } from "../go-json.ts";
import { statusPortOf } from "../mesh-config.ts";
import type { Message } from "../message.ts";
import { addVariable, annotationsOf, changeSidecar, type Pod, parseGoBool, withAnnotations } from "./pod.ts";

const mergeAnnotation = "prometheus.istio.io/merge-metrics";
const variable = "ISTIO_PROMETHEUS_ANNOTATIONS";
const settings = ["scrape", "path", "port"] as const;
type Setting = (typeof settings)[number];

/** The pod with its prometheus.io annotations moved to the proxy, unless metrics are not merged (istio/istio 1.30). */
export function mergePrometheus(pod: Pod, mesh: Message): Pod {
  const annotations = annotationsOf(pod);
  if (!wantsScrape(annotations) || !mergesMetrics(annotations, mesh)) return pod;
  const port = String(statusPortOf(mesh));
  const own = settingsOf(annotations);
  if (own.port === port) return pod;
  const isSet = settings.some((setting) => own[setting]);
  const value = goJson({ scrape: own.scrape ?? "", path: own.path ?? "", port: own.port ?? "" });
  const told = isSet ? changeSidecar(pod, (sidecar) => addVariable(sidecar, variable, value)) : pod;
  return withAnnotations(told, {
    ...withoutSettings(annotations),
    "prometheus.io/port": port,
    "prometheus.io/path": "/stats/prometheus",
    "prometheus.io/scrape": "true",
  });
}

/** The annotations without those that an earlier injection wrote: when they name the status port, they are its own. */
export function withoutOwnPrometheus(annotations: Labels, mesh: Message): Labels {
  return settingsOf(annotations).port === String(statusPortOf(mesh))
    ? withoutSettings(annotations)
    : annotations;
}

function mergesMetrics(annotations: Labels, mesh: Message): boolean {
  const asked = Object.hasOwn(annotations, mergeAnnotation)
    ? parseGoBool(annotations[mergeAnnotation] ?? "")
    : undefined;
  return asked ?? mesh.enablePrometheusMerge !== false;
}

function wantsScrape(annotations: Labels): boolean {
  for (const [key, value] of Object.entries(annotations)) {
    const scrape = settingOf(key) === "scrape" ? parseGoBool(value) : undefined;
    if (scrape !== undefined) return scrape;
  }
  return true;
}

function settingsOf(annotations: Labels): { readonly [name in Setting]?: string } {
  const found: { [name in Setting]?: string } = {};
  for (const [key, value] of Object.entries(annotations)) {
    const setting = settingOf(key);
    if (setting) found[setting] = value;
  }
  return found;
}

function withoutSettings(annotations: Labels): Labels {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => !settingOf(key)));
}

/** Prometheus reads every character but letters, digits and `_` of an annotation's key as `_`, so do we. */
function settingOf(key: string): Setting | undefined {
  if (!key.startsWith("prometheus")) return undefined;
  const sanitized = key.replace(/[^a-zA-Z0-9_]/gu, "_");
  return settings.find((setting) => sanitized === `prometheus_io_${setting}`);
}
