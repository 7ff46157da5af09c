/** Conformance family releases: the same inputs through kube-inject of six releases, each with its own configuration. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { nearestFacts } from "../../src/istio/releases.ts";
import { type Case, type Data, jsonLines } from "./family.ts";
import { type Config, configOf, parse } from "./injection-configs.ts";
import { profileConfigOf } from "./injection-profile.ts";
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
      const { release, config: name, env } = given;
      yield {
        id: given.id,
        group,
        failure: judge(given, configOf(directory, join(release, name), release, env)),
      };
      if (!profiled.has(name) || release === "1.16.7") continue;
      const config = profileConfigOf(directory, join(release, name), release, {}, env);
      yield { id: given.id, group: `profile/${group}`, failure: judge(given, config) };
    }
  }
}

/** The configurations that our own profile must give, from 1.20 on. */
const profiled = new Set(["default", "cni", "tproxy", "hold", "native-on", "revision-canary"]);

function judge(given: ReleaseCase, config: Config): string | undefined {
  const { release, env, args, messages } = given;
  const revision = args[args.indexOf("--revision") + 1] ?? "";
  return judgeManual(
    { ...given, warnings: messages },
    {
      ...config,
      native: env.ENABLE_NATIVE_SIDECARS === "true",
      revision: revision === "default" ? "" : revision,
      facts: nearestFacts(release),
      readYaml: parse,
    },
  );
}
