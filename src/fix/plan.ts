/** From findings to the edits that fix them: which can be made together, which have to wait, and which cannot be made at all. */
import { at } from "../kube/json.ts";
import type { Change, Fix, Holder, Safety } from "../lint/edits.ts";
import type { Finding } from "../lint/finding.ts";
import { type Document, readDocuments } from "../source/document.ts";
import { type Node, nodeAt, type Path, toValue, type Value } from "../source/node.ts";
import { once } from "../source/once.ts";
import type { SourceFile } from "../source/reading.ts";
import { applyEdits, type Edit, sortedEdits } from "../source/splice.ts";
import type { World } from "../world/world.ts";
import { textOf } from "./align.ts";
import { editsOfChanges, touchedBy } from "./apply-changes.ts";
import type { EditedFile } from "./edited.ts";
import { anchorOf, type DocumentChange, nameOf, resolveProposal } from "./resolve.ts";

/** What fixes are made of. */
export interface FixContext {
  readonly world: World;
  /** Whether a file may be changed. */
  readonly mayEdit: (file: string) => boolean;
}

/** A finding whose fix is not made, and why. */
export interface UnfixedFinding {
  readonly finding: Finding;
  readonly reason: string;
}

/** One pass of fixes. */
export interface FixPlan {
  readonly files: readonly EditedFile[];
  /** The findings that these fix. */
  readonly fixed: readonly Finding[];
  readonly unfixed: readonly UnfixedFinding[];
  /** Findings whose fixes touch the same places as others, and are to be looked at again afterwards. */
  readonly waiting: readonly Finding[];
}

/** Fixes of a finding as changes of documents. */
interface Candidate {
  readonly finding: Finding;
  readonly safety: Safety;
  readonly changes: readonly DocumentChange[];
}

/** An edit of a file's text. */
export interface FileEdit extends Edit {
  readonly file: SourceFile;
}

/** The fixes of findings that can be made together; `unsafe` takes in those that somebody should look at. */
export function planFixes(context: FixContext, findings: readonly Finding[], unsafe: boolean): FixPlan {
  const { candidates, unfixed } = candidatesOf(context, findings, unsafe);
  const { chosen, waiting } = withoutConflicts(candidates);
  const plan = made(chosen, unfixed, waiting);
  const isHeldUp = plan.fixed.length === 0 && plan.waiting.length > 0 && plan.unfixed.length > unfixed.length;
  if (!isHeldUp) return plan;
  // Nobody waits for what cannot be made.
  const refused = new Set(plan.unfixed.map(({ finding }) => finding));
  const others = planFixes(
    context,
    findings.filter((finding) => !refused.has(finding)),
    unsafe,
  );
  return { ...others, unfixed: [...plan.unfixed, ...others.unfixed] };
}

function candidatesOf(
  context: FixContext,
  findings: readonly Finding[],
  unsafe: boolean,
): { readonly candidates: readonly Candidate[]; readonly unfixed: readonly UnfixedFinding[] } {
  const read = findings.flatMap((finding) => {
    const fix = finding.fix?.();
    return fix && (!fix.ok || unsafe || fix.safety === "safe") ? [{ finding, fix }] : [];
  });
  const sharing = once(() => sharersOf(read));
  const unfixed: UnfixedFinding[] = [];
  const candidates: Candidate[] = [];
  for (const { finding, fix } of read) {
    const one = candidateOf(context, finding, fix, sharing);
    if ("reason" in one) unfixed.push(one);
    else candidates.push(one);
  }
  const rivals = rivalsAmong(candidates);
  return {
    candidates: candidates.filter((one) => !rivals.has(one)),
    unfixed: [...unfixed, ...[...rivals].map(([{ finding }, reason]) => ({ finding, reason }))],
  };
}

/** Who would give the same key to entries that say different things: nobody knows which is meant. Each with the reason. */
function rivalsAmong(candidates: readonly Candidate[]): ReadonlyMap<Candidate, string> {
  const claims = new Map<
    string,
    { readonly candidate: Candidate; readonly name: string; readonly says: string }[]
  >();
  for (const candidate of candidates) {
    for (const change of candidate.changes) {
      if (change.is !== "rename") continue;
      const { document, path, key } = change;
      const reading = document.read();
      const node = reading.ok ? nodeAt(reading.root, path) : undefined;
      const place = placeKey(document) + JSON.stringify([...path.slice(0, -1), key]);
      const claim = { candidate, name: nameOf(path), says: node ? textOf(toValue(node)) : "" };
      claims.set(place, [...(claims.get(place) ?? []), claim]);
    }
  }
  const rivals = new Map<Candidate, string>();
  for (const claim of claims.values()) {
    if (new Set(claim.map(({ says }) => says)).size < 2) continue;
    for (const { candidate, name } of claim) {
      const other = claim.find((one) => one.name !== name);
      if (other) rivals.set(candidate, `${other.name} would get the same key, and says something else`);
    }
  }
  return rivals;
}

/** Which objects a rule wants the same change in, by the place of the change in its document. */
type Sharing = ReadonlyMap<string, ReadonlySet<Holder>>;

function sharersOf(read: readonly { readonly finding: Finding; readonly fix: Fix }[]): Sharing {
  const sharing = new Map<string, Set<Holder>>();
  for (const { finding, fix } of read) {
    if (!fix.ok) continue;
    for (const { holder, changes } of fix.proposals) {
      for (const change of changes) {
        const key = sharingKey(finding, holder, change);
        const known = sharing.get(key);
        if (known) known.add(holder);
        else sharing.set(key, new Set([holder]));
      }
    }
  }
  return sharing;
}

function sharingKey({ rule }: Finding, holder: Holder, change: Change): string {
  const { document, path } = holder.sourceOf(anchorOf(holder, change));
  const { beside: _, path: __, ...wanted } = { beside: undefined, path: undefined, ...change };
  return JSON.stringify([rule, placeKey(document), path, textOf(wanted as unknown as Value)]);
}

/** Tells documents apart, also when a file was read twice. */
function placeKey({ file, start, within }: Document): string {
  return `${file.path}\n${start}\n${within ? within.path.join("/") : ""}`;
}

function candidateOf(
  context: FixContext,
  finding: Finding,
  fix: Fix,
  sharing: () => Sharing,
): Candidate | UnfixedFinding {
  if (!fix.ok) return { finding, reason: fix.reason };
  const changes: DocumentChange[] = [];
  const seen = new Set<string>();
  for (const proposal of fix.proposals) {
    const resolved = resolveProposal(context.world, proposal);
    if (!resolved.ok) return { finding, reason: resolved.reason };
    for (const change of proposal.changes) {
      const { holder } = proposal;
      const wanted = once(() => sharing().get(sharingKey(finding, holder, change)));
      const other = otherUser(context.world, holder, change, wanted);
      if (other !== undefined) return { finding, reason: other };
    }
    for (const change of resolved.changes) {
      const { path } = change.document.file;
      if (!context.mayEdit(path))
        return { finding, reason: `${path} is not among the files that were asked for` };
      const key = changeKey(change);
      if (!seen.has(key)) changes.push(change);
      seen.add(key);
    }
  }
  return changes.length > 0
    ? { finding, safety: fix.safety, changes }
    : { finding, reason: "what its fix would write is there already" };
}

function changeKey({ document, ...change }: DocumentChange): string {
  return `${placeKey(document)}\n${textOf(change as unknown as Value)}`;
}

/** Why a change is not made: another object takes the same place of a document, and the change is not for it. */
function otherUser(
  world: World,
  holder: Holder,
  change: Change,
  wanted: () => ReadonlySet<Holder> | undefined,
): string | undefined {
  if (holder.root === null && !holder.delivery) return undefined;
  const anchor = anchorOf(holder, change);
  const others = usersOf(world, anchor).get(sourceKey(holder, anchor)) ?? [];
  const other = others.find((one) => one !== holder && !wanted()?.has(one));
  if (!other) return undefined;
  const name = other.label ?? other.name;
  return `${nameOf(anchor)} counts for ${name} in ${other.root ?? other.delivery?.label} as well, where the fix is not for it`;
}

type User = Holder & { readonly label?: string; readonly name: string };

const known = new WeakMap<World, Map<string, ReadonlyMap<string, readonly User[]>>>();

/** The objects of builds that have something at a path, by the place that sets it. */
function usersOf(world: World, path: Path): ReadonlyMap<string, readonly User[]> {
  const ofWorld = known.get(world) ?? new Map<string, ReadonlyMap<string, readonly User[]>>();
  known.set(world, ofWorld);
  const name = JSON.stringify(path);
  const users = ofWorld.get(name) ?? usersByPlace(world, path);
  ofWorld.set(name, users);
  return users;
}

function usersByPlace(world: World, path: Path): ReadonlyMap<string, readonly User[]> {
  const users = new Map<string, User[]>();
  const all: readonly User[] = [
    ...world.workloads,
    ...world.namespaces.flatMap(({ placed }) => placed ?? []),
  ];
  for (const user of all) {
    if ((user.root === null && !user.delivery) || (path.length > 0 && at(user.value, path) === undefined))
      continue;
    const key = sourceKey(user, path);
    const others = users.get(key);
    if (others) others.push(user);
    else users.set(key, [user]);
  }
  return users;
}

function sourceKey(holder: Holder, anchor: Path): string {
  const { document, path } = holder.sourceOf(anchor);
  return placeKey(document) + JSON.stringify(path);
}

/** Whether a fix only adds what is not there. */
function adds({ changes }: Candidate): boolean {
  return changes.every((change) => change.is === "set" && change.isNew === true);
}

/**
 * Candidates that touch nothing that one before them touches, unless they want the same of it. What only adds something comes last, and
 * waits where its document changes otherwise: that may bring what it would add.
 */
function withoutConflicts(candidates: readonly Candidate[]): {
  readonly chosen: readonly Candidate[];
  readonly waiting: readonly Finding[];
} {
  const chosen: Candidate[] = [];
  const waiting: Finding[] = [];
  const touched = new Map<string, Touched>();
  const changing = candidates.filter((candidate) => !adds(candidate));
  const changed = new Set(
    changing.flatMap(({ changes }) => changes.map(({ document }) => placeKey(document))),
  );
  for (const candidate of [...changing, ...candidates.filter(adds)]) {
    const touches = candidate.changes.flatMap((change) => {
      const key = changeKey(change);
      return touchedBy(change).map((path) => ({ document: placeKey(change.document), path, key }));
    });
    const isHeldUp = adds(candidate) && touches.some(({ document }) => changed.has(document));
    if (isHeldUp || touches.some(({ document, path, key }) => touched.get(document)?.conflicts(path, key))) {
      waiting.push(candidate.finding);
      continue;
    }
    chosen.push(candidate);
    for (const { document, path, key } of touches) {
      const known = touched.get(document) ?? touchedPaths();
      touched.set(document, known);
      known.add(path, key);
    }
  }
  return { chosen, waiting };
}

/** The places that are touched in a document, each by a change. */
interface Touched {
  add(path: Path, key: string): void;
  /** Whether another change touches a place that this one leads to, or that leads to it. */
  conflicts(path: Path, key: string): boolean;
}

function touchedPaths(): Touched {
  const here = new Map<string, Set<string>>();
  const below = new Map<string, Set<string>>();
  const note = (map: Map<string, Set<string>>, name: string, key: string) => {
    const known = map.get(name);
    if (known) known.add(key);
    else map.set(name, new Set([key]));
  };
  const hasOther = (keys: ReadonlySet<string> | undefined, key: string) =>
    keys !== undefined && (keys.size > 1 || !keys.has(key));
  return {
    add(path, key) {
      note(here, JSON.stringify(path), key);
      for (const name of above(path)) note(below, name, key);
    },
    conflicts(path, key) {
      const name = JSON.stringify(path);
      if (hasOther(here.get(name), key) || hasOther(below.get(name), key)) return true;
      return above(path).some((one) => hasOther(here.get(one), key));
    },
  };
}

function above(path: Path): readonly string[] {
  return path.map((_, length) => JSON.stringify(path.slice(0, length)));
}

/** The changes of one document by those who want them. */
interface DocumentPlan {
  readonly document: Document;
  readonly candidates: Set<Candidate>;
  readonly changes: Map<string, DocumentChange>;
}

function documentPlans(candidates: Iterable<Candidate>): ReadonlyMap<string, DocumentPlan> {
  const plans = new Map<string, DocumentPlan>();
  for (const candidate of candidates) {
    for (const change of candidate.changes) {
      const key = placeKey(change.document);
      const plan = plans.get(key) ?? { document: change.document, candidates: new Set(), changes: new Map() };
      plan.candidates.add(candidate);
      plan.changes.set(changeKey(change), change);
      plans.set(key, plan);
    }
  }
  return plans;
}

/** Makes what can be made; who cannot be made takes nobody else with it. */
function made(
  chosen: readonly Candidate[],
  known: readonly UnfixedFinding[],
  later: readonly Finding[],
): FixPlan {
  const open = new Set(chosen);
  const unfixed = [...known];
  const waiting = [...later];
  for (;;) {
    const plans = documentPlans(open);
    const outcome = editsOfPlans(plans);
    if (outcome.ok)
      return {
        files: filesOf(outcome.edits),
        fixed: [...open].map(({ finding }) => finding),
        unfixed,
        waiting,
      };
    const refused = blamed(outcome.plan, outcome.reason);
    for (const [candidate, reason] of refused) {
      open.delete(candidate);
      if (reason === undefined) waiting.push(candidate.finding);
      else unfixed.push({ finding: candidate.finding, reason });
    }
  }
}

type PlanEdits =
  | { readonly ok: true; readonly edits: readonly FileEdit[] }
  | { readonly ok: false; readonly plan: DocumentPlan; readonly reason: string };

/** The edits of all documents; those of a text inside of a scalar become a change of the document around it. */
function editsOfPlans(plans: ReadonlyMap<string, DocumentPlan>): PlanEdits {
  const edits: FileEdit[] = [];
  const outer = new Map([...plans].filter(([, { document }]) => !document.within));
  for (const plan of plans.values()) {
    const { within } = plan.document;
    if (!within) continue;
    const inner = innerText(plan);
    if (!inner.ok) return { ok: false, plan, reason: inner.reason };
    const { document, path } = within;
    const change: DocumentChange = { document, is: "set", path, value: inner.text };
    const known = outer.get(placeKey(document)) ?? { document, candidates: new Set(), changes: new Map() };
    outer.set(placeKey(document), {
      document,
      candidates: new Set([...known.candidates, ...plan.candidates]),
      changes: new Map([...known.changes, [changeKey(change), change]]),
    });
  }
  for (const plan of outer.values()) {
    const { file } = plan.document;
    const result = editsOfChanges(plan.document, [...plan.changes.values()]);
    if (!result.ok) return { ok: false, plan, reason: result.reason };
    for (const edit of result.edits) edits.push({ ...edit, file });
  }
  return { ok: true, edits };
}

function scalarAt(root: Node, path: Path): string | undefined {
  const node = nodeAt(root, path);
  const isText = node?.type === "scalar" && node.style !== "folded" && typeof node.value === "string";
  return isText ? String(node.value) : undefined;
}

function innerText({
  document,
  changes,
}: DocumentPlan):
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: string } {
  const { within } = document;
  const outer = within?.document.read();
  const text = within && outer?.ok && outer.root ? scalarAt(outer.root, within.path) : undefined;
  const [alone, ...others] = text === undefined ? [] : readDocuments({ path: document.file.path, text });
  if (text === undefined || !alone || others.length > 0)
    return {
      ok: false,
      reason: "the patch is not written as one document, in lines of their own or in quotes",
    };
  const result = editsOfChanges(alone, [...changes.values()]);
  if (!result.ok) return { ok: false, reason: `in an inline patch, ${result.reason}` };
  const applied = applyEdits(text, result.edits);
  return applied.ok
    ? { ok: true, text: endedLike(text, applied.text) }
    : { ok: false, reason: applied.reason };
}

/** A text that ends without line breaks where another one does, if that changes nothing of what it says. */
function endedLike(before: string, after: string): string {
  const cut = after.replace(/\n+$/, "");
  if (before.endsWith("\n") || cut === after) return after;
  const says = (text: string) => {
    const reading = readDocuments({ path: "", text })[0]?.read();
    return reading?.ok && reading.root ? textOf(toValue(reading.root)) : undefined;
  };
  return says(cut) === says(after) ? cut : after;
}

/** Who keeps a document from being edited: each that alone cannot be made; else the last, to be tried after the others. */
function blamed(plan: DocumentPlan, reason: string): ReadonlyMap<Candidate, string | undefined> {
  const candidates = [...plan.candidates];
  const [only, second] = candidates;
  if (only && !second) return new Map([[only, reason]]);
  const refused = new Map<Candidate, string | undefined>();
  const room = mostRetried / Math.max(plan.document.end - plan.document.start, 1);
  if (candidates.length > room) return new Map(candidates.map((candidate) => [candidate, reason]));
  for (const candidate of candidates) {
    const alone = editsOfPlans(documentPlans([candidate]));
    if (!alone.ok) refused.set(candidate, alone.reason);
  }
  const last = candidates.at(-1);
  if (refused.size === 0 && last) refused.set(last, undefined);
  return refused;
}

/** The most characters that are read again to find out which fix of a document cannot be made. */
const mostRetried = 20_000_000;

function filesOf(edits: readonly FileEdit[]): readonly EditedFile[] {
  const byFile = new Map<string, { readonly file: SourceFile; readonly edits: Edit[] }>();
  for (const { file, start, end, text } of edits) {
    const known = byFile.get(file.path) ?? { file, edits: [] };
    known.edits.push({ start, end, text });
    byFile.set(file.path, known);
  }
  return [...byFile.values()].flatMap(({ file, edits: ofFile }) => {
    const applied = applyEdits(file.text, sortedEdits(ofFile));
    return applied.ok ? [{ file, after: applied.text }] : [];
  });
}

/** How a finding can be fixed. */
export interface Fixability {
  readonly safety: Safety;
  /** The edits that fix it alone; none where the documents are too large to work them out for every finding. */
  readonly edits: readonly FileEdit[];
}

/**
 * How many findings have a fix that nothing known before its edits are made speaks against. Making them, which `fixabilities` does, costs
 * more than finding them; the rare fix that turns out then to be impossible is counted here.
 */
export function fixCounts(
  context: FixContext,
  findings: readonly Finding[],
): { readonly safe: number; readonly unsafe: number } {
  const counts = { safe: 0, unsafe: 0 };
  for (const { safety } of candidatesOf(context, findings, true).candidates) counts[safety]++;
  return counts;
}

/** The findings that can be fixed, each as if it were the only one. */
export function fixabilities(
  context: FixContext,
  findings: readonly Finding[],
): ReadonlyMap<Finding, Fixability> {
  const { candidates } = candidatesOf(context, findings, true);
  const { chosen, waiting } = withoutConflicts(candidates);
  const fixed = new Set(made(chosen, [], []).fixed);
  const others = new Set(waiting);
  let room = mostRetried;
  const fixable = new Map<Finding, Fixability>();
  for (const candidate of candidates) {
    const { finding, safety } = candidate;
    const isOpen = others.has(finding) && !fixed.has(finding);
    if (!fixed.has(finding) && !isOpen) continue;
    const plans = documentPlans([candidate]);
    for (const { document } of plans.values()) room -= document.end - document.start;
    const alone = once((): PlanEdits => (room > 0 ? editsOfPlans(plans) : { ok: true, edits: [] }));
    if (isOpen && !alone().ok) continue;
    fixable.set(finding, {
      safety,
      get edits() {
        const outcome = alone();
        return outcome.ok ? outcome.edits : [];
      },
    });
  }
  return fixable;
}
