/** What commands that compare two states have in common: their formats, and what makes them exit with 1. */
import type { FailOn, MeshChanges } from "../compare/changes.ts";
import { type ChangesFrame, type ChangesStyle, meshChangesJson } from "../report/mesh-changes.ts";
import { meshChangesMarkdown } from "../report/mesh-changes-markdown.ts";
import { meshChangesText } from "../report/mesh-changes-text.ts";
import { oneOf, UsageError } from "./usage.ts";

export type ChangesFormat = "text" | "markdown" | "json";

/** The format of --format. Throws a UsageError. */
export function changesFormat(value: string): ChangesFormat {
  return oneOf("--format", value, ["text", "markdown", "json"]);
}

/** Changes in a format, ending in a line end. */
export function changesText(
  format: ChangesFormat,
  changes: MeshChanges,
  frame: ChangesFrame,
  style: ChangesStyle,
): string {
  if (format === "json") return meshChangesJson(changes, frame);
  return format === "markdown" ? meshChangesMarkdown(changes, frame) : meshChangesText(changes, frame, style);
}

const failures = ["lost", "gained", "changed", "never"] as const;

/** The kinds of --fail-on, which may be repeated and listed. Throws a UsageError. */
export function failKinds(values: readonly string[] = []): readonly FailOn[] {
  const kinds = values
    .flatMap((value) => value.split(","))
    .map((value) => oneOf("--fail-on", value.trim(), failures));
  if (kinds.includes("never") && kinds.length > 1)
    throw new UsageError("--fail-on never is for nothing: drop it, or the other --fail-on");
  return kinds.flatMap((kind) => (kind === "never" ? [] : [kind]));
}
