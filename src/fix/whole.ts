/** The Kubernetes objects of files as they stand there, one document each, with the edits that were made. */
import { groupOf } from "../kube/workload.ts";
import { type Document, readDocuments } from "../source/document.ts";
import { entryOf } from "../source/node.ts";
import type { SourceFile } from "../source/reading.ts";
import type { EditedFile } from "./edited.ts";
import type { Part } from "./stream.ts";

/**
 * The documents of a file that are objects for a cluster, in order and as written, each without the line of its marker: no
 * kustomizations, no configuration of sidelint, no values.
 */
export function objectsOf(file: SourceFile, edited: readonly EditedFile[]): readonly Part[] {
  const text = edited.find((one) => one.file.path === file.path)?.after ?? file.text;
  return readDocuments({ path: file.path, text })
    .filter(isForCluster)
    .map((document): Part => ({ is: "as-written", text: contentOf(document) }));
}

/** API groups whose objects are read by tools, not by a cluster. */
const toolGroups: ReadonlySet<string> = new Set(["kustomize.config.k8s.io", "sidelint.dev"]);

function isForCluster(document: Document): boolean {
  const { kind, apiVersion } = document.peek.sure ? document.peek : readTypes(document);
  return kind !== undefined && apiVersion !== undefined && !toolGroups.has(groupOf(apiVersion));
}

function readTypes(document: Document): { kind: string | undefined; apiVersion: string | undefined } {
  const reading = document.read();
  const text = (key: string): string | undefined => {
    const node = reading.ok ? entryOf(reading.root, key)?.value : undefined;
    return node?.type === "scalar" && typeof node.value === "string" ? node.value : undefined;
  };
  return { kind: text("kind"), apiVersion: text("apiVersion") };
}

const marker = /^---[ \t]*(?:#[^\n]*)?\r?\n/;
const end = /\n\.\.\.[ \t]*\r?\n?$/;

function contentOf({ file, start, end: to }: Document): string {
  const text = file.text.slice(start, to).replace(marker, "").replace(end, "\n");
  return text.endsWith("\n") ? text : `${text}\n`;
}
