/** The page of `sidelint traffic`: what becomes of a packet, why, and by which rules. */

import type { AnsweredTraffic, TrafficAnswer } from "../world/traffic-answer.ts";
import { padEnd, plain, wrap } from "./cells.ts";
import { type Page, stepLines } from "./explain.ts";
import { type Paint, paintOf } from "./paint.ts";
import type { Presentation, ReportedWorkload } from "./report.ts";
import { granted, withoutRules } from "./traffic-text.ts";

/** An answer as a page. */
export function answerPage(
  workload: ReportedWorkload,
  answer: AnsweredTraffic,
  presentation: Presentation,
): Page {
  const paint = paintOf(presentation.colour);
  const width = Math.min(presentation.width, 100);
  return { workload, blocks: answerBlocks(answer, width, paint) };
}

function answerBlocks(answer: AnsweredTraffic, width: number, paint: Paint): readonly string[] {
  if (answer.state === "refused") return wrap(plain(answer.why), width);
  if (answer.state !== "answered") return [withoutRules(answer, width, paint)];
  const { asks, says, because, by, where, verdict, change, assumes } = answer;
  const brush = verdict === "none" || verdict === "drop" ? paint.bad : paint.good;
  const told = wrap(plain(says), width)
    .join("\n")
    .replace(/^(?:NOT )?[A-Z]+/, (word) => brush(word));
  const outcome = verdict === "none" || verdict === "drop" ? "shut" : "open";
  const reason = { outcome, says: by === null ? because : `${because} (${by})`, where } as const;
  return [
    [...wrap(plain(asks), width), told, ...stepLines(reason, undefined, width, paint)].join("\n"),
    wayBlock(answer, paint),
    ...(assumes.length > 0 ? [granted(assumes, width)] : []),
    ...(change === null
      ? []
      : [wrap(plain(`${change[0]?.toUpperCase()}${change.slice(1)}.`), width).join("\n")]),
  ];
}

function wayBlock({ way, decided, nftables }: TrafficAnswer, paint: Paint): string {
  if (way.length === 0) return "No rule is about it.";
  const lines = way.map(({ table, rule }, index) => {
    const mark = index === decided ? ">" : " ";
    return `${mark} ${padEnd(table, 7)} ${plain(rule)}`;
  });
  const as = nftables ? ", as iptables would have them (the pod has nftables)" : "";
  return [paint.heading(`The rules that are about it${as}`), ...lines].join("\n");
}
