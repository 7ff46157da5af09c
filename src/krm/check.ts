/** SidecarCheck: what the rules find in the items, as results. */

import { resolveProposal } from "../fix/resolve.ts";
import type { Finding, Scan } from "../index.ts";
import type { Json } from "../kube/json.ts";
import { nodeAt, type Path } from "../source/node.ts";
import { aboutItem, type ItemPlace, listPath, placeAt, type ResourceList } from "./resource-list.ts";
import { fieldPath, type Result, type ResultField } from "./results.ts";

/** The findings of a scan of the list, in the order of the items. */
export function checkResults(scan: Scan, list: ResourceList): readonly Result[] {
  const words = wordsFor(list);
  return scan.findings.map((finding): Result => {
    const { severity, rule, message, help, location } = finding;
    const place = location.file === listPath ? placeAt(list, location.start) : undefined;
    const tags = { rule };
    const says = words(help === undefined ? message : `${message}; fix: ${help}`);
    if (!place) return { message: says, severity, tags };
    const field = fieldOf(scan, finding, place);
    return { message: says, severity, ...aboutItem(place.item), ...(field && { field }), tags };
  });
}

/** Places that stand for a whole object say nothing of a field. */
const wholes = new Set(["", "metadata.name", "metadata.generateName", "kind"]);

function fieldOf(scan: Scan, finding: Finding, { index, item, path }: ItemPlace): ResultField | undefined {
  const proposed = proposedValue(scan, finding, index);
  const where = proposed?.path ?? path;
  const written = fieldPath(where);
  if (written === "" || (!proposed && wholes.has(written))) return undefined;
  const node = nodeAt(item, where);
  return {
    path: written,
    ...(node?.type === "scalar" && { currentValue: node.value }),
    ...(proposed && { proposedValue: proposed.value }),
  };
}

interface Proposed {
  readonly path: Path;
  readonly value: Json;
}

/** The value that a fix gives one field, where that is all that it does. */
function proposedValue(scan: Scan, { fix }: Finding, index: number): Proposed | undefined {
  const made = fix?.();
  if (!made?.ok || made.proposals.length !== 1) return undefined;
  const [proposal] = made.proposals;
  const resolved = proposal && resolveProposal(scan.world, proposal);
  if (!resolved?.ok || resolved.changes.length !== 1) return undefined;
  const [change] = resolved.changes;
  if (change?.is !== "set" || change.document.within) return undefined;
  const [items, at, ...path] = change.path;
  return items === "items" && at === index ? { path, value: change.value as Json } : undefined;
}

/** Words for whoever gives a list to a function: places in the list become objects, and sidelint.yaml the functionConfig. */
export function wordsFor(list: ResourceList): (text: string) => string {
  const place = new RegExp(`${listPath.replace(".", "\\.")}(?::(\\d+)(?::\\d+)?)?`, "g");
  let starts: readonly number[] | undefined;
  const objectAt = (line: number): string | undefined => {
    starts ??= lineOffsets(list.document.file.text);
    const found = placeAt(list, starts[line - 1] ?? 0) ?? placeAt(list, (starts[line] ?? 1) - 1);
    const about = found && aboutItem(found.item);
    return about?.file?.path ?? (about?.resourceRef && `${about.resourceRef.kind}/${about.resourceRef.name}`);
  };
  return (text) => {
    const told = text
      .replace(/in sidelint\.yaml: paths: \{.*?\}\}/, "in the functionConfig: spec.defaultNamespace")
      .replace("(--namespace NAME, or sidelint.yaml)", "(spec.defaultNamespace of the functionConfig)")
      .replace("(--assume LABEL=VALUE, or sidelint.yaml)", "(spec.namespaces of the functionConfig)")
      .replaceAll("in sidelint.yaml: ", "in the functionConfig, below spec: ")
      .replaceAll("sidelint.yaml", "the functionConfig");
    if (!told.includes(listPath)) return told;
    return told.replace(place, (_, line?: string) => (line && objectAt(Number(line))) ?? "the list");
  };
}

function lineOffsets(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
