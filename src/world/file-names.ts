/** What the path of a file says of it: its directory, its chart, whether it is a kustomization, values or a template. */
import type { SourceFile } from "../source/reading.ts";

const kustomizationNames = new Set(["kustomization.yaml", "kustomization.yml", "Kustomization"]);

/** Whether kustomize would take a file of this name for a directory's kustomization. */
export function isKustomizationFile(path: string): boolean {
  return kustomizationNames.has(baseName(path));
}

/** The directory of a path; "." at the top. */
export function directoryOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "." : path.slice(0, slash) || "/";
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Whether a file holds Helm values, by its name, and speaks of Istio. */
export function isValuesFile({ path, text }: SourceFile): boolean {
  return valuesName.test(path) && /istio|itsio|isito|istoi/i.test(text);
}

const valuesName = /(?:^|\/)values[^/]*\.ya?ml$/;

/** The chart that a file is a template of; undefined when it is none. */
export function chartOfTemplate(path: string, charts: ReadonlySet<string>): string | undefined {
  const chart = chartAbove(path, charts);
  const isTemplate =
    chart !== undefined && path.startsWith(chart === "." ? "templates/" : `${chart}/templates/`);
  return isTemplate ? chart : undefined;
}

/** The chart that a file lies in. */
export function chartAbove(path: string, charts: ReadonlySet<string>): string | undefined {
  if (charts.size === 0) return undefined;
  for (let directory = directoryOf(path); ; directory = directoryOf(directory)) {
    if (charts.has(directory)) return directory;
    if (directory === "." || directory === "/") return undefined;
  }
}
