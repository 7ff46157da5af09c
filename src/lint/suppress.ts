/** Takes away the findings that somebody wants hidden, and says which of those wishes have no effect. */
import { meantBy } from "../kube/nearest.ts";
import type { Document } from "../source/document.ts";
import { type Location, locationOf } from "../source/locate.ts";
import { nodeAt } from "../source/node.ts";
import { once } from "../source/once.ts";
import type { SourceFile } from "../source/reading.ts";
import type { NamespaceRecord, Workload, World } from "../world/world.ts";
import type { Fix } from "./edits.ts";
import type { Finding } from "./finding.ts";
import { type Hiding, hidingsOfAnnotations, hidingsOfConfig, hidingsOfFile } from "./hiding.ts";
import type { Rule } from "./rule.ts";
import { defaultRules, inOrder, type LintOptions, lintSubjects } from "./run.ts";
import { labelOf, suppressionSubject } from "./subject.ts";
import { type SuppressionProblem, SuppressionView } from "./suppression.ts";

/** A finding that is hidden, and by what. */
export interface Suppressed {
  readonly finding: Finding;
  readonly kind: "comment" | "annotation" | "config";
  /** null: none is given. */
  readonly reason: string | null;
  /** Where that is said: "apps/web.yaml:3:5". */
  readonly place: string;
}

export interface Suppression {
  /** What is left, in order; what concerns several workloads stays for those that nothing covers. */
  readonly shown: readonly Finding[];
  readonly suppressed: readonly Suppressed[];
  /** What is wrong with comments, annotations and entries of the configuration: rules `suppression-unused` and `-invalid`. */
  readonly own: readonly Finding[];
}

export interface SuppressOptions extends LintOptions {
  readonly world: World;
  /** The files whose comments are read. */
  readonly files: Iterable<string>;
  /** The documents of a file, and so its text; undefined when it cannot be had. */
  documentsOf(path: string): readonly Document[] | undefined;
  /** The day for which `until` is judged, as 2026-12-31; without it every entry counts. */
  readonly today?: string | undefined;
  /** Whether a scan of everything around a place was asked for, so that what hides nothing there is in vain; default: it was. */
  isWhole?(path: string): boolean;
}

/** A wish to hide a rule's findings, and whether there were any. */
interface Wish {
  readonly hiding: Hiding;
  /** The ids of the rules that are meant, of which a code may have several; undefined for all rules. */
  readonly rules: readonly string[] | undefined;
  readonly problem: SuppressionProblem | undefined;
  readonly expired: boolean;
  used: boolean;
}

/** Hides findings as comments, the annotation `sidelint.dev/ignore` and `ignore` in the configuration ask for it. Pure. */
export function suppress(findings: readonly Finding[], options: SuppressOptions): Suppression {
  const files = new Files(options, findings);
  const hidings = [
    ...files.hidings(),
    ...hidingsOfAnnotations(options.world),
    ...hidingsOfConfig(options.world),
  ];
  if (hidings.length === 0) return { shown: findings, suppressed: [], own: [] };
  const wishes = hidings.map((hiding) => wishOf(hiding, options));
  const context: Applied = { wishes, files, concerned: concernedOf(options.world) };
  const first = apply(findings, context);
  // What hides findings about suppressions is judged last: only then is it known whether there were any.
  const judges = wishes.filter(({ rules }) => !rules || rules.some((rule) => ownRules.has(rule)));
  const others = wishes.filter((wish) => !judges.includes(wish));
  const second = apply(complaints(others, files, options), context);
  const last = complaints(judges, files, options);
  return {
    shown: first.shown,
    suppressed: [...first.suppressed, ...second.suppressed],
    own: [...second.shown, ...last].sort(inOrder),
  };
}

const ownRules = new Set(["suppression-unused", "suppression-invalid"]);

/** The documents and comments of files, each read once. */
class Files {
  readonly #options: SuppressOptions;
  readonly #known = new Map<string, readonly Document[]>();
  readonly #paths: ReadonlySet<string>;

  constructor(options: SuppressOptions, findings: readonly Finding[]) {
    this.#options = options;
    this.#paths = new Set([...options.files, ...findings.map(({ location }) => location.file)]);
  }

  hidings(): readonly Hiding[] {
    return [...this.#paths].flatMap((path) => {
      const documents = this.documentsOf(path);
      const file = documents[0]?.file;
      return file ? hidingsOfFile(file, documents) : [];
    });
  }

  documentsOf(path: string): readonly Document[] {
    let known = this.#known.get(path);
    if (!known) {
      known = this.#options.documentsOf(path) ?? [];
      this.#known.set(path, known);
    }
    return known;
  }

  /** The document in which something stands, or behind which. */
  documentAt({ file, start }: Location): Document | undefined {
    const documents = this.documentsOf(file);
    let low = 0;
    let high = documents.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((documents[middle]?.start ?? 0) <= start) low = middle;
      else high = middle - 1;
    }
    return documents[low];
  }

  fileOf(path: string): SourceFile | undefined {
    return this.documentsOf(path)[0]?.file;
  }
}

function wishOf(hiding: Hiding, { rules = defaultRules(), world, today }: SuppressOptions): Wish {
  const { rule, reason, until } = hiding;
  const named = rule === undefined ? undefined : rulesNamed(rule, rules);
  const wantsReason = world.configuration.config.suppressions?.requireReason === true;
  const isUnknown = named?.length === 0 && !hiding.problem;
  const isMute = wantsReason && reason === null;
  return {
    hiding,
    rules: named,
    problem: hiding.problem ?? (isUnknown ? "unknown-rule" : isMute ? "no-reason" : undefined),
    expired: until !== undefined && today !== undefined && until < today,
    used: false,
  };
}

const unlisted = "rule-failed";

/** The ids of the rules that a name means: that of one, or a code of istioctl in either case. */
function rulesNamed(name: string, rules: readonly Rule[]): readonly string[] {
  if (name === unlisted) return [name];
  const code = name.toUpperCase();
  return rules.flatMap(({ id, aliases }) => (id === name || aliases.includes(code) ? [id] : []));
}

/** What a finding is about, besides its place. */
interface Concerned {
  workloads(finding: Finding): readonly (readonly [label: string, workloads: readonly Workload[]])[];
  namespace(location: Location): NamespaceRecord | undefined;
}

interface Applied {
  readonly wishes: readonly Wish[];
  readonly files: Files;
  readonly concerned: Concerned;
}

function concernedOf(world: World): Concerned {
  let byLabel: Map<string, Workload[]> | undefined;
  const labelled = () => {
    if (byLabel) return byLabel;
    byLabel = new Map();
    for (const workload of world.workloads) {
      const label = labelOf(workload);
      const known = byLabel.get(label);
      if (known) known.push(workload);
      else byLabel.set(label, [workload]);
    }
    return byLabel;
  };
  return {
    workloads: ({ workloads, location }) =>
      workloads.map((label) => {
        const all = labelled().get(label) ?? [];
        const here = all.filter(({ resource }) => stands(resource, location));
        return [label, here.length > 0 ? here : all] as const;
      }),
    namespace: (location) =>
      world.namespaces.find(({ placed }) => placed && stands(placed.resource, location)),
  };
}

/** Whether a place lies in the object itself. */
function stands({ document, path }: Workload["resource"], { file, start }: Location): boolean {
  if (document.file.path !== file || start < document.start || start > document.end) return false;
  if (path.length === 0) return true;
  const reading = document.read();
  const node = reading.ok ? nodeAt(reading.root, path) : undefined;
  return node !== undefined && node.start <= start && start < node.end;
}

function apply(findings: readonly Finding[], context: Applied): Pick<Suppression, "shown" | "suppressed"> {
  const shown: Finding[] = [];
  const suppressed: Suppressed[] = [];
  const shelves = shelvesOf(context.wishes);
  for (const finding of findings) {
    const outcome = judge(finding, shelves, context);
    if (outcome?.hidden) suppressed.push(outcome.hidden);
    else shown.push(outcome?.left ?? finding);
  }
  return { shown, suppressed };
}

/** Wishes by the one file, document or workload that they are about; those about more stand below `undefined`. */
type Shelves = ReadonlyMap<Hiding["only"], readonly Wish[]>;

function shelvesOf(wishes: readonly Wish[]): Shelves {
  const shelves = new Map<Hiding["only"], Wish[]>();
  for (const wish of wishes) {
    if (wish.problem) continue;
    const shelf = shelves.get(wish.hiding.only);
    if (shelf) shelf.push(wish);
    else shelves.set(wish.hiding.only, [wish]);
  }
  return shelves;
}

function wishesFor(finding: Finding, shelves: Shelves, only: Hiding["only"]): readonly Wish[] {
  return (shelves.get(only) ?? []).filter(({ rules }) => !rules || rules.includes(finding.rule));
}

/** What becomes of a finding; every wish that covers any of it was not in vain. Undefined: nothing does. */
function judge(
  finding: Finding,
  shelves: Shelves,
  { concerned, files }: Applied,
): { readonly hidden?: Suppressed; readonly left?: Finding } | undefined {
  const { location } = finding;
  const general = wishesFor(finding, shelves, undefined);
  const record = general.length > 0 ? concerned.namespace(location) : undefined;
  const inFile = wishesFor(finding, shelves, location.file);
  const inDocument = wishesFor(finding, shelves, files.documentAt(location));
  const whole = [...inFile, ...inDocument, ...general].filter(
    ({ hiding }) => hiding.covers(location) || (record !== undefined && hiding.coversNamespace(record)),
  );
  const workloads = concerned.workloads(finding).map(([label, all]) => {
    const each = all.map((workload) =>
      [...wishesFor(finding, shelves, workload), ...general].filter(({ hiding }) =>
        hiding.coversWorkload(workload, location),
      ),
    );
    return { label, all, covering: each.flat(), covered: each.length > 0 && each.every(firstOf) };
  });
  const covering = [...whole, ...workloads.flatMap((one) => one.covering)];
  if (covering.length === 0) return undefined;
  for (const wish of covering) wish.used = true;
  const by = firstOf(whole) ?? (workloads.every(({ covered }) => covered) ? firstOf(covering) : undefined);
  if (by) {
    const { kind, reason, place } = by.hiding;
    return { hidden: { finding, kind, reason, place } };
  }
  const left = workloads.filter(({ covered }) => !covered).map(({ label }) => label);
  const expired = covering.find((wish) => wish.expired);
  const rest = { ...finding, workloads: left, help: withExpiry(finding.help, expired) };
  const spared = new Set<unknown>(workloads.flatMap(({ covered, all }) => (covered ? all : [])));
  return { left: spared.size === 0 ? rest : { ...rest, ...fixWithout(finding, spared) } };
}

/** The fix of a finding that leaves some workloads alone. */
function fixWithout({ fix: whole }: Finding, spared: ReadonlySet<unknown>): Pick<Finding, "fix"> {
  if (!whole) return {};
  const fix = once((): Fix | undefined => {
    const made = whole();
    if (!made?.ok) return made;
    const proposals = made.proposals.filter(({ holder }) => !spared.has(holder));
    return proposals.length > 0 ? { ...made, proposals } : undefined;
  });
  return { fix };
}

function firstOf(wishes: readonly Wish[]): Wish | undefined {
  return wishes.find(({ expired }) => !expired);
}

function withExpiry(help: string | undefined, wish: Wish | undefined): string | undefined {
  if (!wish) return help;
  const { place, until } = wish.hiding;
  return `${help === undefined ? "" : `${help}; `}it was ignored until ${until} (${place})`;
}

/** The findings about wishes that are wrong or in vain. */
function complaints(wishes: readonly Wish[], files: Files, options: SuppressOptions): readonly Finding[] {
  const told = new Map<
    string,
    { readonly problem: SuppressionProblem; readonly wish: Wish; used: boolean }
  >();
  const strays = new Set<string>();
  for (const wish of wishes) {
    const problem = wish.problem ?? "unused";
    const { rule, location, kind } = wish.hiding;
    if (kind === "comment" && problem === "unknown-rule") {
      // Words of a reason without its dashes are one slip.
      const isMeant = meantBy(rule ?? "", namesOf(options)) !== undefined;
      if (!isMeant && strays.has(wish.hiding.place)) continue;
      if (!isMeant) strays.add(wish.hiding.place);
    }
    if (!location || (problem === "unused" && !isJudged(wish, location, options))) continue;
    // One base may come into the cluster several times, with one annotation.
    const key = [location.file, location.start, kind, rule, problem].join("\n");
    const known = told.get(key) ?? { problem, wish, used: false };
    known.used ||= wish.used;
    told.set(key, known);
  }
  const subjects = [...told.values()]
    .filter(({ used }) => !used)
    .flatMap(({ problem, wish }) => {
      const { hiding } = wish;
      const location = hiding.location && pointed(hiding, hiding.location, files);
      if (!location) return [];
      return [suppressionSubject(viewOf(hiding, problem, options), location, options.world.mesh.release)];
    });
  return subjects.length === 0 ? [] : lintSubjects("suppression", subjects, options);
}

/** Whether a wish that hid nothing can be held against its author: its rule ran, and everything was looked at. */
function isJudged({ rules: named, hiding }: Wish, { file }: Location, options: SuppressOptions): boolean {
  const { settings, rules = defaultRules(), isWhole } = options;
  if (hiding.unread || (isWhole && !isWhole(file))) return false;
  if (!named || !settings) return true;
  const meant = rules.filter(({ id }) => named.includes(id));
  return meant.length === 0 || meant.some((rule) => settings.isOn(rule));
}

/** What rules can be called. */
function namesOf({ rules = defaultRules() }: SuppressOptions): readonly string[] {
  return rules.flatMap(({ id, aliases }) => [id, ...aliases]);
}

function viewOf(
  { kind, rule = "", word, until = "" }: Hiding,
  problem: SuppressionProblem,
  options: SuppressOptions,
): SuppressionView {
  const called = { comment: word, annotation: `${word}:`, config: "the ignore entry for" }[kind];
  const all = kind === "config" ? `${called} all rules` : called.replace(/:$/, "");
  return new SuppressionView({
    kind,
    problem,
    rule,
    what: rule === "" ? all : `${called} ${rule}`,
    meant: problem === "unknown-rule" ? (meantBy(rule, namesOf(options)) ?? "") : "",
    until,
  });
}

/** The place of the rule's name in the value of an annotation, where it is spelled out; else the whole. */
function pointed({ kind, rule }: Hiding, location: Location, files: Files): Location {
  const file = kind === "annotation" && rule !== undefined ? files.fileOf(location.file) : undefined;
  if (!file || rule === undefined) return location;
  const text = file.text.slice(location.start, location.end);
  for (let found = text.indexOf(rule); found >= 0; found = text.indexOf(rule, found + 1)) {
    if (/[\w-]/.test(text.charAt(found - 1)) || /[\w-]/.test(text.charAt(found + rule.length))) continue;
    const start = location.start + found;
    return locationOf(file, { start, end: start + rule.length });
  }
  return location;
}
