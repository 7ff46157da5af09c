/** What a fuzz target is: something that makes inputs by chance and compares us with the oracle on each. */

/** An answer of the oracle: the judging code's own verdict. `verdict` is false when the oracle could not judge. */
export interface Answer {
  readonly verdict: boolean;
  readonly ok: boolean;
  readonly out: unknown;
  readonly error: string;
}

export type Ask = (op: string, fields: Readonly<Record<string, unknown>>) => Promise<Answer>;

export interface Random {
  /** An integer from 0 up to, not including, the limit. */
  below(limit: number): number;
  /** True once in so many times. */
  once(times: number): boolean;
  pick<T>(choices: readonly T[]): T;
}

/** What came out of one comparison; `skipped` when the right answer is left to chance, or there is no verdict. */
export type Outcome =
  | { readonly same: true }
  | { readonly skipped: string }
  | { readonly difference: string };

export interface Target {
  readonly name: string;
  /** Whether a part of an input is an input too, so that one that shows a difference can be made shorter. */
  readonly shrinks: boolean;
  generate(random: Random): string;
  compare(input: string, ask: Ask): Promise<Outcome>;
}

/** A generator of pseudo-random numbers that gives the same for the same seed (xorshift, 32 bits). */
export function seededRandom(seed: number): Random {
  let state = (Math.imul(seed + 1, 0x9e3779b1) ^ 0x5bd1e995) | 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  const below = (limit: number): number => next() % limit;
  return {
    below,
    once: (times) => below(times) === 0,
    pick<T>(choices: readonly T[]): T {
      return choices[below(choices.length)] as T;
    },
  };
}
