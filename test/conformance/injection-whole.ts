/** Conformance family injection: whole injections, of the webhook and of kube-inject. */
import { type Command, injectObject } from "../../src/istio/inject/command.ts";
import { injectAtAdmission } from "../../src/istio/inject/webhook.ts";
import { nearestFacts } from "../../src/istio/releases.ts";
import { decode } from "../../src/kube/decode.ts";
import { isObject, type Json } from "../../src/kube/json.ts";
import { yamlReaderChunks } from "../../src/source/kubernetes-split.ts";
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

/** Judges one run of kube-inject: undefined when it passed. */
export function judgeManual(given: ManualCase, command: Command): string | undefined {
  const output: (string | Json)[] = [];
  let warnings = 0;
  const { chunks, error } = yamlReaderChunks(given.input);
  if (error !== undefined) return given.error ? undefined : error;
  for (const chunk of chunks) {
    const read = parse(chunk);
    if (!read.ok) return given.error ? undefined : `no YAML: ${read.message}`;
    const injected = injectObject(command, read.value);
    if (!injected.ok) {
      return given.error ? undefined : `refused: ${injected.errors.map(({ message }) => message).join("; ")}`;
    }
    if (injected.is === "handled") warnings += injected.skipped.length;
    output.push(injected.is === "handled" ? injected.object : chunk);
  }
  if (given.error) return "accepted, must be an error";
  const told = given.warnings?.length ?? 0;
  if (told !== warnings) return `${warnings} objects are skipped, must be ${told}`;
  return compareTexts(output, given.output);
}

function compareTexts(ours: readonly (string | Json)[], theirs: string): string | undefined {
  let rest = theirs;
  for (const [index, part] of ours.entries()) {
    if (typeof part === "string") {
      if (!rest.startsWith(`${part}---\n`)) return `document ${index} is not passed through as it is`;
      rest = rest.slice(part.length + 4);
      continue;
    }
    const end = rest.startsWith("---\n") ? 0 : rest.indexOf("\n---\n") + 1;
    const read = parse(rest.slice(0, end));
    rest = rest.slice(end + 4);
    if (!read.ok) return `document ${index} of the truth cannot be read`;
    const found = isObject(part) ? difference(part, read.value ?? null) : "is no object";
    if (found) return `document ${index} ${found}`;
  }
  return rest === "" ? undefined : `more documents are wanted: ${rest.slice(0, 80)}`;
}
