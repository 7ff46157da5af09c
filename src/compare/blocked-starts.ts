/** How many workloads the API server would ask webhooks about that cannot answer any more, whatever an injector would say. */
import { casesOf } from "../istio/answers.ts";
import type { Webhook } from "../istio/facts.ts";
import { candidate, webhookAnswer } from "../istio/judge.ts";
import { matched, prepareMesh } from "../istio/prepare.ts";
import type { World } from "../world/world.ts";

/** Workloads whose pods do not start, and those of which that is not known. */
export interface BlockedStarts {
  readonly certain: number;
  readonly perhaps: number;
}

/** Counts the workloads whose pods some of the webhooks are asked about, in every case that their namespace may be in. */
export function blockedStarts({ mesh, workloads }: World, failing: readonly Webhook[]): BlockedStarts {
  const counts = { certain: 0, perhaps: 0 };
  if (failing.length === 0) return counts;
  const prepared = prepareMesh(mesh);
  const asked = prepared.webhooks.flatMap(({ webhook }, index) =>
    failing.includes(webhook) ? [{ index, isSure: !webhook.conditional }] : [],
  );
  for (const { pod, namespace } of workloads) {
    const subject = candidate(pod, namespace.name, prepared);
    const { cases, complete } = casesOf(namespace, prepared);
    const answers = cases.map(({ labels }) =>
      asked.filter(({ index }) => webhookAnswer(subject, index, labels) === matched),
    );
    if (complete && answers.every((calls) => calls.some(({ isSure }) => isSure))) counts.certain++;
    else if (!complete || answers.some(({ length }) => length > 0)) counts.perhaps++;
  }
  return counts;
}
