/** Conformance family releases: the same inputs through kube-inject of six releases, each with its own configuration. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { nearestFacts } from "../../src/istio/releases.ts";
import { type Case, type Data, jsonLines } from "./family.ts";
import { configOf, parse } from "./injection-configs.ts";
import { judgeManual } from "./injection-whole.ts";

interface ReleaseCase {
  readonly id: string;
  readonly release: string;
  readonly config: string;
  readonly env: { readonly [name: string]: string };
  readonly args: readonly string[];
  readonly input: string;
  readonly error: boolean;
  readonly messages: readonly string[];
  readonly output: string;
}

const releases = ["1.30.3", "1.28.10", "1.26.8", "1.24.6", "1.20.8", "1.16.7"];

export async function* family({ directory }: Data): AsyncGenerator<Case> {
  for (const group of releases.flatMap((release) => [`cases-${release}`, `goldens-${release}`])) {
    const file = join(directory, `${group}.jsonl`);
    if (!existsSync(file)) continue;
    for await (const given of jsonLines<ReleaseCase>(file)) {
      yield { id: given.id, group, failure: judge(given, directory) };
    }
  }
}

function judge(given: ReleaseCase, directory: string): string | undefined {
  const { release, config, env, args, messages } = given;
  const revision = args[args.indexOf("--revision") + 1] ?? "";
  return judgeManual(
    { ...given, warnings: messages },
    {
      ...configOf(directory, join(release, config), release, env),
      native: env.ENABLE_NATIVE_SIDECARS === "true",
      revision: revision === "default" ? "" : revision,
      facts: nearestFacts(release),
      readYaml: parse,
    },
  );
}
