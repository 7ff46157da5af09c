/** The page of `explain --uninstall`, and the same as data. */
import type { Concerned, Uninstall } from "../compare/uninstall.ts";
import type { Obsolete } from "../compare/uninstall-objects.ts";
import { columns, count, plain, wrap } from "./cells.ts";
import { sides } from "./explain.ts";
import { type Paint, paintOf } from "./paint.ts";
import type { Presentation } from "./report.ts";
import { areDemandsFelt, insteadOf, type Step, steps } from "./uninstall-steps.ts";

/** What one cluster would lose, as text that ends in a line end. */
export function uninstallPage(uninstall: Uninstall, presentation: Presentation): string {
  const paint = paintOf(presentation.colour);
  const width = Math.min(presentation.width, 100);
  const instead = insteadOf(uninstall);
  const blocks = [
    head(uninstall, width, paint),
    ...warnings(uninstall, width, paint),
    ...sectionsOf(uninstall).flatMap(([title, lines]) =>
      lines.length === 0
        ? []
        : [[titled(title, lines.length, width, paint), ...linesOf(lines, width, paint)].join("\n")],
    ),
    ...(instead === undefined ? [] : [wrap(instead, width).join("\n")]),
    [
      paint.heading("In this order"),
      ...steps(uninstall).flatMap((step, at) => numbered(at, step, width, paint)),
    ].join("\n"),
  ];
  return `${blocks.join("\n\n")}\n`;
}

type Section = readonly [title: string, lines: readonly Line[]];

function sectionsOf(uninstall: Uninstall): readonly Section[] {
  const { lost, taken, unsure, byHand, gateways, labels, demands, objects } = uninstall;
  const people = (all: readonly Concerned[], words: (by: string) => string): readonly Line[] =>
    once(
      all.map(({ workload, by }) => ({
        left: `${workload.namespace.name ?? "?"}  ${workload.label}${by === undefined ? "" : `  ${words(by)}`}`,
        right: placeOf(workload),
      })),
    );
  return [
    ["Lose the sidecar at their next start", people(lost, (by) => by)],
    ["Get one from another revision instead, at their next start", people(taken, (by) => `by ${by}`)],
    ["Not known whether they lose it", people(unsure, (by) => by)],
    [
      "Injected by hand: they keep a sidecar that looks for an istiod that is gone",
      people(byHand, (by) => by),
    ],
    ["Gateways and other proxies of their own, which look for it as well", people(gateways, (by) => by)],
    [
      "Labels that mean nothing then",
      labels.map(({ namespace, label, origin }) => ({
        left: `Namespace ${namespace}  ${label}`,
        right: origin.text,
      })),
    ],
    [
      "Demand mTLS, which pods without a sidecar do not speak",
      (areDemandsFelt(uninstall) ? demands : []).map(({ kind, name, namespace, mode, origin }) => ({
        left: `${namespace ?? "?"}  ${kind}/${name}  ${mode}`,
        right: origin.text,
      })),
    ],
    ["To be deleted", objects.map(objectLine)],
  ];
}

interface Line {
  readonly left: string;
  readonly right: string;
}

/** What several builds bring is told once. */
function once(lines: readonly Line[]): readonly Line[] {
  const builds = new Map<string, { readonly line: Line; number: number }>();
  for (const line of lines) {
    const key = `${line.left} ${line.right}`;
    const known = builds.get(key);
    if (known) known.number++;
    else builds.set(key, { line, number: 1 });
  }
  return [...builds.values()].map(({ line, number }) =>
    number === 1 ? line : { ...line, left: `${line.left}  in ${number} builds` },
  );
}

function placeOf({ start }: Concerned["workload"]): string {
  const { file, line } = start();
  return `${file}:${line}`;
}

function objectLine({ kind, name, origin, shared, note, isInstalled }: Obsolete): Line {
  const told = [shared, note].flatMap((one) => (one === undefined ? [] : [`  ${one}`]));
  return {
    left: `${kind}${name && `/${name}`}${told.join("")}`,
    right: origin?.text ?? (isInstalled ? "comes with the install" : "not in the repository"),
  };
}

function head(uninstall: Uninstall, width: number, paint: Paint): string {
  const { cluster, release, workloads, lost } = uninstall;
  const where = cluster === null ? "" : ` of cluster ${cluster}`;
  const text = plain(`Without ${goingOf(uninstall)}${where}, Istio ${release}`);
  const counts = `${count(lost.length, "workload")} of ${workloads} ${lost.length === 1 ? "loses" : "lose"} it`;
  return sides(paint.heading(text), columns(text), counts, width, paint).join("\n");
}

/** What goes, in words. */
function goingOf({ revisions, tags }: Uninstall): string {
  const listed = (word: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`${word}${names.length === 1 ? "" : "s"} ${names.join(", ")}`];
  return [...listed("revision", revisions), ...listed("tag", tags)].join(" and ") || "an injector";
}

/** What does damage if it is left: webhooks that let no pod start, and those that let nothing of Istio be changed. */
function warnings(
  { failing, blocked: { certain, perhaps }, validators }: Uninstall,
  width: number,
  paint: Paint,
): readonly string[] {
  const alarm = (says: string, objects: readonly Obsolete[]) => {
    const [first = "", ...more] = wrap(says, width - 2);
    return [
      `${paint.bad("!")} ${first}`,
      ...more.map((line) => `  ${line}`),
      ...linesOf(objects.map(objectLine), width, paint),
    ].join("\n");
  };
  const who =
    certain === 0
      ? `Perhaps no pod of ${count(perhaps, "workload")} starts`
      : `No pod of ${count(certain, "workload")}${perhaps === 0 ? "" : `, and perhaps of ${perhaps} more,`} starts`;
  return [
    ...(certain + perhaps === 0
      ? []
      : [
          alarm(
            `${who} while istiod is gone and these webhooks are still there: their failurePolicy is Fail. Delete them before istiod.`,
            failing,
          ),
        ]),
    ...(validators.length === 0
      ? []
      : [
          alarm(
            "No object of Istio that these check can be created or changed while istiod is gone and they are still there: istiod sets their failurePolicy to Fail, whatever is written.",
            validators,
          ),
        ]),
  ];
}

function titled(title: string, number: number, width: number, paint: Paint): string {
  return sides(paint.heading(title), columns(title), String(number), width, paint).join("\n");
}

function linesOf(lines: readonly Line[], width: number, paint: Paint): readonly string[] {
  return lines.flatMap(({ left, right }) => {
    const text = plain(left);
    return sides(`  ${text}`, columns(text) + 2, plain(right), width, paint).flatMap((line, at) =>
      at === 0 && columns(text) + 2 > width
        ? wrap(text, width - 2).map((one) => `  ${one}`)
        : [at === 0 ? line : `  ${line}`],
    );
  });
}

function numbered(at: number, step: Step, width: number, paint: Paint): readonly string[] {
  const lines = wrap(plain(step.do), width - 2);
  return [
    ...lines.map((line, index) => (index === 0 ? `${at + 1} ${line}` : `  ${line}`)),
    ...wrap(step.why, width - 2).map((line) => paint.faint(`  ${line}`)),
  ];
}

/** The same as data. */
export function uninstallData(uninstall: Uninstall): object {
  const { lost, taken, unsure, byHand, gateways, labels, demands, objects, failing, validators, ...rest } =
    uninstall;
  const people = (all: readonly Concerned[], key: string) =>
    all.map(({ workload, by }) => {
      const { file, line, column } = workload.start();
      const { namespace, label } = workload;
      return {
        workload: label,
        namespace: namespace.name,
        file,
        line,
        column,
        ...(by !== undefined && { [key]: by }),
      };
    });
  const things = (all: readonly Obsolete[]) =>
    all.map(({ kind, name, origin, step, isInstalled = false, shared = null, note = null }) => ({
      kind,
      name,
      where: origin?.text ?? null,
      step,
      isInstalled,
      shared,
      note,
    }));
  return {
    ...rest,
    failing: things(failing),
    validators: things(validators),
    lost: people(lost, "means"),
    taken: people(taken, "revision"),
    unsure: people(unsure, "by"),
    byHand: people(byHand, "istiod"),
    gateways: people(gateways, "istiod"),
    labels: labels.map(({ namespace, label, origin }) => ({ namespace, label, where: origin.text })),
    demands: demands.map(({ origin, ...one }) => ({ ...one, where: origin.text })),
    objects: things(objects),
    instead: insteadOf(uninstall) ?? null,
    steps: steps(uninstall),
  };
}
