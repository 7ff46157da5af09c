/** Results as functions give them: the type, their order of parts, and a line for people who see no results. */
import type { Json } from "../kube/json.ts";
import { plain } from "../report/cells.ts";
import type { Path } from "../source/node.ts";

export type ResultSeverity = "error" | "warning" | "info";

/** One entry of `results` of a ResourceList (KRM functions specification v1). */
export interface Result {
  readonly message: string;
  readonly severity: ResultSeverity;
  readonly resourceRef?: ResourceRef;
  readonly field?: ResultField;
  readonly file?: { readonly path: string; readonly index?: number };
  readonly tags?: { readonly [key: string]: string };
}

export interface ResourceRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

export interface ResultField {
  readonly path: string;
  readonly currentValue?: Json;
  readonly proposedValue?: Json;
}

/** A path as results write it: `spec.template.spec.containers[0].image`, `metadata.labels['app.kubernetes.io/name']`. */
export function fieldPath(path: Path): string {
  return path.reduce<string>((written, step) => {
    if (typeof step === "number") return `${written}[${step}]`;
    if (!/^[\w-]+$/.test(step))
      return `${written}['${step.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}']`;
    return written === "" ? step : `${written}.${step}`;
  }, "");
}

const order: readonly ResultSeverity[] = ["error", "warning", "info"];

/** The results in the order of the items they are about, which they come in, with the gravest first. */
export function sortedResults(results: readonly Result[]): readonly Result[] {
  return results.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}

/** Lines that somebody reads at once. */
const mostLines = 50;

/** Errors and warnings as lines for standard error: some of those who run functions show nothing else. */
export function resultLines(results: readonly Result[]): string {
  const told = results.filter(({ severity }) => severity !== "info");
  const lines = told.slice(0, mostLines).map((result) => `sidelint: ${plain(lineOf(result))}\n`);
  const rest = told.length - lines.length;
  return lines.join("") + (rest > 0 ? `sidelint: and ${rest} more\n` : "");
}

function lineOf({ severity, message, resourceRef, field, file, tags }: Result): string {
  const name = resourceRef && (resourceRef.name === "" ? resourceRef.kind : labelOf(resourceRef));
  const place = [name, field?.path].filter((part) => part !== undefined && part !== "").join(" ");
  const behind = [file?.path, tags?.rule].filter((part) => part !== undefined).join(", ");
  return `${severity}: ${place && `${place}: `}${message}${behind && ` (${behind})`}`;
}

function labelOf({ kind, name, namespace }: ResourceRef): string {
  return namespace === undefined ? `${kind}/${name}` : `${kind}/${name} in ${namespace}`;
}
