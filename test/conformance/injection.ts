/** Conformance family injection: the steps of the injection engine, the texts of templates, and whole injections. */
import { join } from "node:path";
import type { SidecarData } from "../../src/istio/inject/sidecar-data.ts";
import { type Case, type Data, jsonLines } from "./family.ts";
import { configOf } from "./injection-configs.ts";
import { profileConfigOf } from "./injection-profile.ts";
import { judgeStep, type StepCase } from "./injection-steps.ts";
import { judgeTemplateStep, judgeText, stepData, type TextCase } from "./injection-templates.ts";
import { type InjectionCase, judgeInjection } from "./injection-whole.ts";

const injections = ["goldens", "generated", "generated-random", "generated-reinject", "generated-manual"];

export async function* family({ directory }: Data): AsyncGenerator<Case> {
  const steps: StepCase[] = [];
  for await (const step of jsonLines<StepCase>(join(directory, "steps.jsonl"))) steps.push(step);
  const source = steps.find(({ func }) => func === "templateData");
  const data = source && stepData(source.out);
  for (const step of steps) {
    if (step === source) continue;
    yield { id: step.id, group: `steps/${step.func}`, failure: judge(step, data, directory) };
  }
  for await (const text of jsonLines<TextCase>(join(directory, "templates", "templates.jsonl"))) {
    yield { id: text.id, group: "templates", failure: judgeText(text, directory) };
  }
  for (const group of injections) {
    for await (const given of jsonLines<InjectionCase>(join(directory, `${group}.jsonl`))) {
      yield { id: given.id, group, failure: judgeInjection(given, configOf(directory, given.config)) };
      if (!profiled.has(given.config)) continue;
      const config = profileConfigOf(directory, given.config, "1.30.3", checkout);
      yield { id: given.id, group: `profile/${group}`, failure: judgeInjection(given, config) };
    }
  }
}

/** The configurations that our own profile must give, under the names that they have here. */
const profiled = new Set([
  "default",
  "hub-release",
  "t-cni",
  "t-tproxy",
  "hold-mesh",
  "native-on",
  "native-off",
  "revision-canary",
]);
/** What the chart of a checkout has where that of a release names the release. */
const checkout = { global: { hub: "registry.istio.io/testing", tag: "latest" } };

function judge(step: StepCase, data: SidecarData | undefined, directory: string): string | undefined {
  if (step.func !== "template") return judgeStep(step, directory);
  return data ? judgeTemplateStep(step, data) : "there is no data for templates";
}
