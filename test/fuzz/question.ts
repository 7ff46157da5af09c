/** Targets whose input is one question to the oracle, such as those about quantities. */
import type { Answer, Target } from "./target.ts";

interface Questions<Q> {
  readonly name: string;
  generate(random: () => number): Q;
  /** What differs between our answer and the oracle's, or undefined. */
  compare(question: Q, answer: Answer): string | undefined;
}

/** Makes a target of a module that makes questions and compares answers; its inputs are the questions as JSON. */
export function questionTarget<
  Q extends { readonly op: string; readonly fields: Readonly<Record<string, unknown>> },
>(questions: Questions<Q>): Target {
  return {
    name: questions.name,
    shrinks: false,
    generate: (random) => JSON.stringify(questions.generate(() => random.below(2 ** 32) / 2 ** 32)),
    async compare(input, ask) {
      const question: Q = JSON.parse(input);
      const answer = await ask(question.op, question.fields);
      if (!answer.verdict) return { skipped: "without verdict" };
      const difference = questions.compare(question, answer);
      return difference === undefined ? { same: true } : { difference };
    },
  };
}
