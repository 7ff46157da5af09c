/** What the evaluation of a rule may use: steps of loops and the size of what is made, counted, not timed, so that it fails the same everywhere. */

/** The account of one check; each evaluation has a share of its own, and all of a run together have one. */
export interface Account {
  /** Starts a run over a repository of so many workloads. */
  open(workloads: number): void;
  /** Starts one evaluation of an expression. */
  begin(): void;
  /** Counts work; throws when there is none left, and from then on always. */
  spend(steps: number): void;
  /** Throws when a text of this length, or a list, must not be made. */
  make(what: "text" | "list", length: number): void;
  /** Why nothing is evaluated any more in this run; undefined while something is. */
  readonly exhausted: string | undefined;
}

/** Thrown by an account; never a fault of ours. */
export class Exhausted extends Error {
  override readonly name = "Exhausted";
}

/** Far above what a rule needs, and done in a tenth of a second. */
export const mostSteps = 1_000_000;
/** Of one check over all of a repository, seconds; more for each workload, so that what is fit for a few is fit for many. */
export const mostStepsInAll = 50_000_000;
const moreForEach = 5000;
const longestText = 1_000_000;
const longestList = 100_000;

/** A fresh account with everything left. */
export function newAccount(): Account {
  let share = mostSteps;
  let all = mostStepsInAll;
  let rest = all;
  // One error for all: loops that swallow it go on to the end of what they have paid for, and meet it in every turn.
  let exhausted: Exhausted | undefined;
  const close = (reason: string): never => {
    exhausted ??= new Exhausted(reason);
    throw exhausted;
  };
  return {
    open(workloads) {
      share = mostSteps;
      all = mostStepsInAll + moreForEach * workloads;
      rest = all;
      exhausted = undefined;
    },
    begin() {
      share = mostSteps;
    },
    spend(steps) {
      if (exhausted) throw exhausted;
      share -= steps;
      rest -= steps;
      if (share < 0) close(`it takes more than ${mostSteps} steps`);
      if (rest < 0) close(`it takes more than ${all} steps over the whole repository`);
    },
    make(what, length) {
      const most = what === "text" ? longestText : longestList;
      if (length > most)
        close(`it makes a ${what} of more than ${most} ${what === "text" ? "characters" : "elements"}`);
    },
    get exhausted() {
      return exhausted?.message;
    },
  };
}
