/** What one execution may use, and the failures that end it. */

export interface Limits {
  /** Actions, iterations and calls. */
  readonly steps: number;
  /** Length of the output and of any string a function makes, in UTF-16 units. */
  readonly text: number;
  /** Elements of any list a function makes. */
  readonly items: number;
  /** How deep templates, blocks and printed values may nest. */
  readonly depth: number;
}

/** Far above what a real template needs, and done within seconds. */
export const defaultLimits: Limits = { steps: 2_000_000, text: 16_000_000, items: 1_000_000, depth: 500 };

/** An error as Go's functions return it: what a template's author can cause. Caught where the template is parsed or executed. */
export class Failure extends Error {
  override readonly name = "Failure";
}

/** A failure that no template may hide: a limit is reached. */
export class LimitReached extends Failure {}

/** Told of every call of a function or method that succeeded: its raw arguments, without the receiver, and its result. */
export type CallWatch = (name: string, args: readonly unknown[], result: unknown) => void;

/** What a function may ask of the execution it is part of. */
export interface Context {
  readonly limits: Limits;
  readonly watch?: CallWatch | undefined;
  /** The data that the execution was given, for functions that execute templates themselves. */
  readonly root?: unknown;
  /** Counts work that is more than a step; throws when the limit is reached. */
  readonly spend: (steps: number) => void;
  /** Throws when a text of this length must not be made. */
  readonly makeText: (length: number) => void;
  /** Throws when a list of this length must not be made. */
  readonly makeList: (length: number) => void;
  /** Throws when values nest this deep. */
  readonly enter: (depth: number) => void;
}

/** A fresh account of what an execution uses. */
export function newContext(limits: Limits, watch?: CallWatch, root?: unknown): Context {
  let left = limits.steps;
  const spend = (steps: number): void => {
    left -= steps;
    if (left < 0) throw new LimitReached(`the template takes more than ${limits.steps} steps`);
  };
  return {
    limits,
    watch,
    root,
    spend,
    makeText: (length) => {
      if (length > limits.text)
        throw new LimitReached(`a text of ${length} characters, more than ${limits.text}`);
      if (length > 1000) spend(Math.ceil(length / 1000));
    },
    makeList: (length) => {
      if (length > limits.items)
        throw new LimitReached(`a list of ${length} elements, more than ${limits.items}`);
      spend(Math.ceil(length / 10));
    },
    enter: (depth) => {
      if (depth > limits.depth) throw new LimitReached(`values nested more than ${limits.depth} deep`);
    },
  };
}
