/** Conformance family injection: whole injections, of the webhook and of kube-inject. */
import { injectStream, type Part, streamYaml } from "../../src/fix/stream.ts";
import type { Command } from "../../src/istio/inject/command.ts";
import { injectAtAdmission } from "../../src/istio/inject/webhook.ts";
import { nearestFacts } from "../../src/istio/releases.ts";
import { decode } from "../../src/kube/decode.ts";
import type { Json } from "../../src/kube/json.ts";
import { difference } from "./canonical.ts";
import { type Config, parse } from "./injection-configs.ts";

export interface InjectionCase {
  readonly id: string;
  readonly mode: "webhook" | "manual";
  readonly config: string;
  readonly namespace?: string;
  readonly path?: string;
  readonly platform?: "" | "openshift";
  readonly namespaceObject?: {
    readonly metadata?: { readonly annotations?: { readonly [key: string]: string } };
  };
  readonly nativeSidecars: boolean;
  readonly revision: string;
  readonly input: Json;
  readonly injected?: boolean;
  readonly error: boolean;
  readonly output?: Json;
  readonly warnings?: readonly string[];
}

const facts = nearestFacts("1.30.3");

/**
 * Judges one injection: undefined when it passed.
 * @param config what istiod is configured with
 */
export function judgeInjection(given: InjectionCase, config: Config): string | undefined {
  return given.mode === "webhook"
    ? judgeWebhook(given, config)
    : judgeManual(
        { ...given, input: String(given.input), output: String(given.output ?? "") },
        istiodOf(given, config),
      );
}

function istiodOf({ nativeSidecars, revision, platform = "" }: InjectionCase, config: Config) {
  return {
    ...config,
    native: nativeSidecars,
    revision,
    platform,
    facts,
    readYaml: parse,
  };
}

function judgeWebhook(given: InjectionCase, config: Config): string | undefined {
  const typed = decode("Pod", given.input, { via: "json" });
  if (!typed.ok) return given.error ? undefined : `the pod is refused: ${typed.errors[0]?.message}`;
  const answer = injectAtAdmission(istiodOf(given, config), {
    pod: typed.value,
    namespace: given.namespace ?? "",
    path: given.path ?? "",
    namespaceAnnotations: given.namespaceObject?.metadata?.annotations ?? {},
  });
  if (!answer.ok)
    return given.error ? undefined : `refused: ${answer.errors.map(({ message }) => message).join("; ")}`;
  if (given.error) return "accepted, must be an error";
  if ("skipped" in answer) return given.injected ? `skipped: ${answer.skipped.reason}` : undefined;
  if (!given.injected) return "injected, must be skipped";
  return difference(answer.pod, given.output ?? null);
}

/** What kube-inject was given as text, and what it answered. */
export interface ManualCase {
  readonly input: string;
  readonly error: boolean;
  readonly output: string;
  readonly warnings?: readonly string[];
}

/** How two documents are compared. */
type Compare = (ours: Json, theirs: Json) => string | undefined;

/** Judges one run of kube-inject by the text that comes out: undefined when it passed. */
export function judgeManual(
  given: ManualCase,
  command: Command,
  compare: Compare = difference,
): string | undefined {
  const stream = injectStream(command, given.input);
  if (!stream.ok)
    return given.error ? undefined : `refused: ${stream.problems.map(({ says }) => says).join("; ")}`;
  if (given.error) return "accepted, must be an error";
  const told = given.warnings?.length ?? 0;
  if (told !== stream.left.length) return `${stream.left.length} objects are skipped, must be ${told}`;
  return compareParts(stream.parts, streamYaml(stream.parts), given.output, compare);
}

/** Two streams, document by document; ours is taken apart by its parts, theirs by the separators. */
function compareParts(
  parts: readonly Part[],
  ours: string,
  theirs: string,
  compare: Compare,
): string | undefined {
  let [mine, rest] = [ours, theirs];
  for (const [index, part] of parts.entries()) {
    if (part.is === "as-written") {
      if (!rest.startsWith(`${part.text}---\n`)) return `document ${index} is not passed through as it is`;
      rest = rest.slice(part.text.length + 4);
      mine = mine.slice(part.text.length + 4);
      continue;
    }
    const [own, truth] = [documentEnd(mine), documentEnd(rest)];
    const [written, wanted] = [parse(mine.slice(0, own)), parse(rest.slice(0, truth))];
    mine = mine.slice(own + 4);
    rest = rest.slice(truth + 4);
    if (!written.ok) return `document ${index} cannot be read: ${written.message}`;
    if (!wanted.ok) return `document ${index} of the truth cannot be read`;
    const found = compare(written.value ?? null, wanted.value ?? null);
    if (found) return `document ${index} ${found}`;
  }
  return rest === "" ? undefined : `more documents are wanted: ${rest.slice(0, 80)}`;
}

function documentEnd(text: string): number {
  return text.startsWith("---\n") ? 0 : text.indexOf("\n---\n") + 1;
}
