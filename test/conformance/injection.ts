/** Conformance family injection: the steps of the injection engine, and whole injections. */
import { join } from "node:path";
import { type Case, type Data, jsonLines } from "./family.ts";
import { judgeStep, type StepCase } from "./injection-steps.ts";

export async function* family({ directory }: Data): AsyncGenerator<Case> {
  for await (const step of jsonLines<StepCase>(join(directory, "steps.jsonl"))) {
    const failure = judgeStep(step, directory);
    if (failure !== "not a case") yield { id: step.id, group: `steps/${step.func}`, failure };
  }
}
