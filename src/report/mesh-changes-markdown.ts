/** What differs between two states of a mesh as Markdown for a comment on a pull request: a line that sums up, a table, the rest folded. */
import { type ChangeKind, changeKinds, type MeshChanges } from "../compare/changes.ts";
import { count, grouped } from "./cells.ts";
import { type ChangeGroup, changeGroups, uncounted, workloadNames } from "./change-groups.ts";
import { markdownCode, markdownText } from "./markdown-text.ts";
import { type ChangesFrame, countsOf } from "./mesh-changes.ts";

/** A comment on GitHub holds 65,536 characters; some room is left for what a workflow adds. */
const ROOM = 60_000;
/** Rows of settings that have no name of their own are folded. */
const folding = "other";
const MOST_NOTES = 10;

const marks: Readonly<Record<ChangeKind, string>> = {
  lost: "🔴",
  refused: "🔴",
  gained: "🟢",
  undecided: "🟡",
  decided: "🟢",
  changed: "🔵",
  added: "⚪",
  removed: "⚪",
};

/** The comment, ending in a line end. What does not fit is counted. */
export function meshChangesMarkdown(changes: MeshChanges, frame: ChangesFrame): string {
  const groups = changeGroups(changes, frame.isByRelease);
  const told = groups.filter(({ kind }) => !uncounted.has(kind));
  const open = told.filter(({ word }) => word !== folding);
  const details = told.filter(({ word }) => word === folding);
  const head = [
    `## sidelint: ${summary(changes)}`,
    subtitle(changes, frame),
    ...(frame.leads ?? []).map(markdownText),
  ];
  const tail = notes(frame);
  let room = ROOM - [...head, ...tail].join("\n\n").length;
  const blocks: string[] = [];
  const add = (rows: readonly string[], wrapped: (table: string) => string, what: string) => {
    const taken = fitting(rows, room - 300);
    if (rows.length === 0) return;
    room -= taken.reduce((sum, row) => sum + row.length + 1, 0) + 300;
    if (taken.length > 0) blocks.push(wrapped(table(taken)));
    const rest = rows.length - taken.length;
    if (rest > 0)
      blocks.push(`**${count(rest, `more ${what}`, `more ${what}s`)}** did not fit into this comment.`);
  };
  add(open.map(row), (text) => text, "change");
  add(
    details.map(row),
    (text) => folded(`Other settings of sidecars (${grouped(details.length)})`, text),
    "setting",
  );
  add(
    groups.filter(({ kind }) => uncounted.has(kind)).map(row),
    (text) => folded("Workloads that came and went", text),
    "entry",
  );
  for (const [title, rows] of findingRows(frame))
    add(rows, (text) => folded(title, text.replace(tableHead, findingHead)), "finding");
  return `${[...head, ...blocks, ...tail].join("\n\n")}\n`;
}

const phrases: Readonly<Record<ChangeKind, readonly [one: string, many: string]>> = {
  lost: ["loses its sidecar", "lose their sidecars"],
  refused: ["is refused", "are refused"],
  gained: ["gains a sidecar", "gain sidecars"],
  undecided: ["cannot be decided any more", "cannot be decided any more"],
  decided: ["can be decided now", "can be decided now"],
  changed: ["gets another sidecar", "get other sidecars"],
  added: ["is new", "are new"],
  removed: ["is gone", "are gone"],
};

/** "2 workloads lose their sidecars, 1 gains a sidecar" */
function summary(changes: MeshChanges): string {
  const counts = countsOf(changes);
  const parts = changeKinds
    .filter((kind) => counts[kind] > 0 && !uncounted.has(kind))
    .map((kind) => ({ number: counts[kind], phrase: phrases[kind][counts[kind] === 1 ? 0 : 1] }));
  if (parts.length === 0) return "no sidecar changes";
  return parts
    .map(
      ({ number, phrase }, index) => `${index === 0 ? count(number, "workload") : grouped(number)} ${phrase}`,
    )
    .join(", ");
}

function subtitle({ workloads, injected }: MeshChanges, { before, after }: ChangesFrame): string {
  const span = (one: number, other: number) =>
    one === other ? grouped(one) : `${grouped(one)} → ${grouped(other)}`;
  return `${markdownText(before)} → ${markdownText(after)}: ${span(workloads.before, workloads.after)} workloads, ${span(injected.before, injected.after)} of them injected.`;
}

const tableHead = "| | | Workloads | What | Because of |\n|---|---|---|---|---|";
const findingHead = "| | | Where | What | Rule |\n|---|---|---|---|---|";

function table(rows: readonly string[]): string {
  return [tableHead, ...rows].join("\n");
}

function row({ kind, cluster, word, texts, causes, workloads }: ChangeGroup): string {
  const named = workloadNames(workloads, false);
  const rest = named.reduce((left, { total }) => left - total, workloads.length);
  const who = [
    ...(cluster === null ? [] : [`cluster ${markdownCode(cluster)}:`]),
    ...named.map(({ namespace, names, more }) => {
      const list = [...names.map(markdownText), ...(more > 0 ? [`${grouped(more)} more`] : [])].join(", ");
      return `${markdownCode(namespace)} ${list}`;
    }),
    ...(rest > 0 ? [`and ${grouped(rest)} in other namespaces`] : []),
  ].join("<br>");
  const what = texts.map(markdownText).join("<br>");
  const why = causes.map((cause) => cause.split("  ").map(causePart).join(" ")).join("<br>");
  return `| ${marks[kind]} | ${word} | ${who} | ${what} | ${why} |`;
}

/** A place, or what stands there. */
function causePart(part: string): string {
  return /^\S+:\d+(?: → \S+:\d+)?$/.test(part) ? markdownCode(part) : markdownText(part);
}

function fitting(rows: readonly string[], room: number): readonly string[] {
  let left = room;
  const end = rows.findIndex((row) => {
    left -= row.length + 1;
    return left < 0;
  });
  return end === -1 ? rows : rows.slice(0, end);
}

function findingRows({
  findings,
  before,
  after,
}: ChangesFrame): readonly (readonly [string, readonly string[]])[] {
  if (!findings) return [];
  const rows = (found: typeof findings.appear) =>
    found.map(({ location, rule, severity, message }) => {
      const place = markdownCode(`${location.file}:${location.line}`);
      return `| | ${severity} | ${place} | ${markdownText(message)} | ${markdownCode(rule)} |`;
    });
  return [
    [`Found with ${markdownText(after)} alone (${grouped(findings.appear.length)})`, rows(findings.appear)],
    [`Found with ${markdownText(before)} alone (${grouped(findings.vanish.length)})`, rows(findings.vanish)],
  ];
}

function notes({ notes: all = [] }: ChangesFrame): readonly string[] {
  if (all.length === 0) return [];
  return [`<sub>${all.slice(0, MOST_NOTES).map(markdownText).join("<br>")}</sub>`];
}

/** A part under a line that opens and closes it; the title is HTML. */
function folded(title: string, body: string): string {
  return `<details>\n<summary>${title}</summary>\n\n${body}\n\n</details>`;
}
