/** The page of `explain --uninstall`, and the same as data. */
import type { Concerned, Obsolete, Uninstall } from "../compare/uninstall.ts";
import { columns, count, plain, wrap } from "./cells.ts";
import { sides } from "./explain.ts";
import { type Paint, paintOf } from "./paint.ts";
import type { Presentation } from "./report.ts";

/** What one cluster would lose, as text that ends in a line end. */
export function uninstallPage(uninstall: Uninstall, presentation: Presentation): string {
  const paint = paintOf(presentation.colour);
  const width = Math.min(presentation.width, 100);
  const { lost, taken, unsure, byHand, gateways, labels, objects } = uninstall;
  const people = (all: readonly Concerned[], words: (by: string) => string): readonly Line[] =>
    once(
      all.map(({ workload, by }) => ({
        left: `${workload.namespace.name ?? "?"}  ${workload.label}${by === undefined ? "" : `  ${words(by)}`}`,
        right: placeOf(workload),
      })),
    );
  const sections: readonly (readonly [title: string, lines: readonly Line[]])[] = [
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
    ["To be deleted", objects.map(objectLine)],
  ];
  const blocks = [
    head(uninstall, width, paint),
    ...warning(uninstall, width, paint),
    ...sections.flatMap(([title, lines]) =>
      lines.length === 0
        ? []
        : [[titled(title, lines.length, width, paint), ...linesOf(lines, width, paint)].join("\n")],
    ),
    [
      paint.heading("In this order"),
      ...steps(uninstall).flatMap((step, at) => numbered(at, step, width, paint)),
    ].join("\n"),
  ];
  return `${blocks.join("\n\n")}\n`;
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

function objectLine({ kind, name, origin, shared, isInstalled }: Obsolete): Line {
  return {
    left: `${kind}${name && `/${name}`}${shared === undefined ? "" : `  ${shared}`}`,
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

function warning(
  { failing, lost, taken, unsure }: Uninstall,
  width: number,
  paint: Paint,
): readonly string[] {
  if (failing.length === 0) return [];
  const pods = lost.length + taken.length + unsure.length;
  const says = `No pod of ${count(pods, "workload")} starts while istiod is gone and these webhooks are still there: their failurePolicy is Fail. Delete them before istiod.`;
  const [first = "", ...more] = wrap(says, width - 2);
  return [
    [
      `${paint.bad("!")} ${first}`,
      ...more.map((line) => `  ${line}`),
      ...linesOf(failing.map(objectLine), width, paint),
    ].join("\n"),
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

interface Step {
  readonly do: string;
  readonly why: string;
}

/** What to do, in the order in which no pod is kept from starting and none loses its istiod. */
export function steps(uninstall: Uninstall): readonly Step[] {
  const { taken, unlabelled, objects } = uninstall;
  const webhooks = webhookStep(objects.filter(({ step }) => step === "webhooks"));
  // Pods that no label decides on, and those that go over to another revision, are injected as before while the webhooks are there.
  const isFirst = taken.length > 0 || unlabelled;
  return [
    ...labelStep(uninstall),
    ...(isFirst ? webhooks : []),
    ...restartStep(uninstall),
    ...(isFirst ? [] : webhooks),
    ...istiodStep(objects.filter(({ step }) => step === "istiod")),
  ];
}

function labelStep({ labels, ownLabels, revisions }: Uninstall): readonly Step[] {
  const of = [
    ...(labels.length === 0
      ? []
      : [count(new Set(labels.map(({ namespace }) => namespace)).size, "namespace")]),
    ...(ownLabels === 0 ? [] : [count(ownLabels, "pod template")]),
  ];
  if (of.length === 0) return [];
  const or = revisions.length === 0 ? ", or name a revision instead of the tag" : "";
  return [
    {
      do: `Take the labels off ${of.join(" and ")}${or}.`,
      why: "From then on pods start without a sidecar; those that run keep theirs, and the istiod that serves it.",
    },
  ];
}

function restartStep({ lost, taken, byHand }: Uninstall): readonly Step[] {
  const restarts = lost.length + taken.length;
  const hand =
    byHand.length === 0
      ? []
      : [`take the sidecar out of ${count(byHand.length, "manifest")} (sidelint uninject)`];
  const todo = [...(restarts === 0 ? [] : [`restart ${count(restarts, "workload")}`]), ...hand].join(
    ", and ",
  );
  if (todo === "") return [];
  return [
    {
      do: `${todo[0]?.toUpperCase()}${todo.slice(1)}.`,
      why: "A sidecar whose istiod is gone gets no new configuration, and no new certificate when its own expires.",
    },
  ];
}

function webhookStep(webhooks: readonly Obsolete[]): readonly Step[] {
  if (webhooks.length === 0) return [];
  const names = webhooks.map(({ name, shared }) =>
    shared === undefined ? name : `of ${name} those that go`,
  );
  return [
    {
      do: `Delete the webhooks: ${names.join(", ")}.`,
      why: "A webhook that stays when its istiod goes keeps pods from starting.",
    },
  ];
}

function istiodStep(rest: readonly Obsolete[]): readonly Step[] {
  if (rest.length === 0) return [];
  return [
    {
      do: `Delete istiod and what belongs to it: ${[...new Set(rest.map(({ kind }) => kind))].join(", ")}.`,
      why: "What installed it goes with it: an operator or a chart would bring istiod and its webhooks back.",
    },
  ];
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
  const { lost, taken, unsure, byHand, gateways, labels, objects, failing, ...rest } = uninstall;
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
    all.map(({ kind, name, origin, step, shared = null }) => ({
      kind,
      name,
      where: origin?.text ?? null,
      step,
      shared,
    }));
  return {
    ...rest,
    failing: things(failing),
    lost: people(lost, "means"),
    taken: people(taken, "revision"),
    unsure: people(unsure, "by"),
    byHand: people(byHand, "istiod"),
    gateways: people(gateways, "istiod"),
    labels: labels.map(({ namespace, label, origin }) => ({ namespace, label, where: origin.text })),
    objects: things(objects),
    steps: steps(uninstall),
  };
}
