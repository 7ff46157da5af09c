/** The answers for one pod in every case that its namespace and the mesh may be in. */
import { casesByName, describeLabels, type NamespaceCase, type NamespaceCases } from "./cases.ts";
import type { Reason } from "./decision.ts";
import type { Labels, NamespaceFacts } from "./facts.ts";
import { type Candidate, candidate, type Judgement, judge, policyAnswer } from "./judge.ts";
import type { PreparedMesh } from "./prepare.ts";
import { namespaceNameKey } from "./webhook.ts";

/** One case with its answer. */
export interface Answer {
  readonly when: string;
  readonly judged: Judgement;
}

export interface Answers {
  readonly list: readonly Answer[];
  /** What of the mesh, if it were known, would settle an answer; undefined when nothing of it is in doubt. */
  readonly doubt: Reason | undefined;
}

/** The cases of a namespace: what its labels may be, and by name where nothing says which one it is. */
export function casesOf({ name, labels }: NamespaceFacts, mesh: PreparedMesh): NamespaceCases {
  if (!labels) return mesh.cases(name);
  const cases = labels.map((each) => ({ when: describeLabels(mesh.relevantLabels(each)), labels: each }));
  const known = { cases, complete: true };
  return name === null ? casesByName(known, mesh.names) : known;
}

/** The answers for all cases; cases that are alike whatever the name is, or the mesh, are one. */
export function answersFor(subject: Candidate, cases: readonly NamespaceCase[]): Answers {
  const { doubt: doubted, names } = subject.mesh;
  if (!doubted && (subject.namespace !== null || !names)) {
    return {
      list: cases.map(({ when, labels }) => ({ when, judged: judge(subject, labels) })),
      doubt: undefined,
    };
  }
  const groups: (readonly Answer[])[] = [];
  let doubt: Reason | undefined;
  for (let from = 0; from < cases.length; ) {
    const { of } = cases[from] ?? {};
    let to = from + 1;
    while (of && cases[to]?.of === of) to++;
    const group: Answer[] = [];
    for (const { when, labels } of cases.slice(from, to)) {
      const answers = answersIn(inCase(subject, labels), when, labels);
      doubt ??= answers.doubt;
      group.push(...answers.list);
    }
    groups.push(of ? asOne(group, of) : group);
    from = to;
  }
  const [first = []] = groups;
  // Where the name alone decides, the labels are not worth telling.
  const isByNameAlone = cases[0]?.of !== undefined && first.length > 1 && groups.every(isSameAs(first));
  return { list: isByNameAlone ? first : groups.flat(), doubt };
}

/** The pod in the namespace that a case names. */
function inCase(subject: Candidate, labels: Labels): Candidate {
  const name = subject.namespace ?? labels[namespaceNameKey];
  return name === undefined || name === subject.namespace
    ? subject
    : candidate(subject.pod, name, subject.mesh);
}

function answersIn(subject: Candidate, when: string, labels: Labels): Answers {
  const { doubt } = subject.mesh;
  if (!doubt) return { list: [{ when, judged: judge(subject, labels) }], doubt: undefined };
  const sides = doubt.sides.map((side) =>
    answersIn(candidate(subject.pod, subject.namespace, side.mesh), `${when}, ${side.when}`, labels),
  );
  const [one, other] = sides;
  if (one && other && comeToTheSame([...one.list, ...other.list])) {
    return { list: one.list.slice(0, 1).map(({ judged }) => ({ when, judged })), doubt: undefined };
  }
  const isSettled = one && other && verdictsOf(one) === verdictsOf(other);
  return {
    list: sides.flatMap(({ list }) => list),
    doubt: isSettled ? (one.doubt ?? other.doubt) : doubt.reason,
  };
}

function verdictsOf({ list }: Answers): string {
  return list.map(({ judged }) => judged.verdict).join();
}

function isSameAs(first: readonly Answer[]): (group: readonly Answer[]) => boolean {
  return (group) =>
    group.length === first.length &&
    group.every((each, nth) => {
      const counterpart = first[nth];
      return counterpart !== undefined && areAlike([counterpart, each]);
    });
}

function asOne(group: readonly Answer[], { when, labels }: NamespaceCase): readonly Answer[] {
  const [first] = group;
  return first && areAlike(group) ? [{ when, judged: { ...first.judged, labels } }] : group;
}

/** Whether the pod ends up alike, for whatever reason. */
function comeToTheSame([first, ...others]: readonly Answer[]): boolean {
  const revisions = first?.judged.injectedBy.join();
  return others.every(
    ({ judged }) => judged.verdict === first?.judged.verdict && judged.injectedBy.join() === revisions,
  );
}

function areAlike([first, ...others]: readonly Answer[]): boolean {
  return others.every(
    ({ judged }) =>
      judged.verdict === first?.judged.verdict &&
      judged.reason === first.judged.reason &&
      judged.revision === first.judged.revision &&
      judged.webhook === first.judged.webhook,
  );
}

/** Whether no state of the namespace could have the pod injected or refused: no webhook that may be called wants it. */
export function isNeverInjected(subject: Candidate): boolean {
  const { webhooks, doubt } = subject.mesh;
  if (doubt) return false;
  return webhooks.every(({ injector, namespace, object, webhook }) => {
    if (!webhook.coversPods) return true;
    if (namespace.error !== undefined || object.error !== undefined) return false;
    return !object.matches(subject.pod.labels) || !policyAnswer(subject, injector).required;
  });
}
