/** The options that commands share, and their values checked. */
import type { Command } from "commander";
import type { Labels } from "../istio/facts.ts";
import { releaseFacts } from "../istio/releases.ts";
import { dnsLabelErrors } from "../kube/names.ts";
import type { Io } from "./io.ts";
import { guess, UsageError } from "./usage.ts";

/** Options of every command that reads a repository, as commander hands them over. */
export interface ScanFlags {
  readonly format: string;
  readonly color?: boolean;
  readonly config?: string | false;
  readonly istioVersion?: string;
  readonly kubeVersion?: string;
  readonly revision?: readonly string[];
  /** Whether sidecars are native where a pod does not say; only commands that inject have the option. */
  readonly nativeSidecars?: boolean;
  readonly cluster?: readonly string[];
  readonly namespaces?: readonly string[];
  readonly namespace?: string;
  readonly assume?: readonly string[];
  readonly stdinName?: string;
  /** Whether charts are rendered with the user's helm; only commands that change nothing have the option. */
  readonly helm?: string;
  /** Whether what sidelint does not model is built with the user's kustomize; likewise. */
  readonly kustomize?: string;
}

/** Adds the options that say what is known of the cluster, and where that is written, to a command that takes standard input. */
export function withScanOptions(command: Command): Command {
  return withWorldOptions(command).option("--stdin-name <file>", "the name to report for standard input (-)");
}

/** Adds the options that say what is known of the cluster, and where that is written. */
export function withWorldOptions(command: Command): Command {
  const options = withColour(command)
    .option("--config <file>", "read this configuration (default: sidelint.yaml, here or above)")
    .option("--no-config", "read no configuration")
    .option("--istio-version <release>", "judge by this Istio release, such as 1.30")
    .option("--kube-version <release>", "the oldest Kubernetes release that a node runs, such as 1.33");
  // Some commands have a --revision of their own, of which there is one.
  if (options.options.some(({ long }) => long === "--revision")) return withNamespaceOptions(options);
  return withNamespaceOptions(
    options.option(
      "--revision <name>",
      "a revision of Istio that runs; name each one, also default; repeatable",
      gather,
    ),
  );
}

function withNamespaceOptions(command: Command): Command {
  return command
    .option("--cluster <name=path>", "a dump of a cluster, with a name or without; repeatable", gather)
    .option("--namespaces <file>", "namespaces from a cluster: kubectl get ns -o yaml; repeatable", gather)
    .option("--namespace <name>", "the namespace of workloads that nothing puts anywhere")
    .option("--assume <label=value>", "labels of all unknown namespaces, or none; repeatable", gather);
}

/** Adds --helm and --kustomize, which run programs of the user's; no configuration can ask for that. */
export function withPrograms(command: Command): Command {
  return command
    .option("--helm <exec>", "exec: render the charts of the repository with your helm", execOnly("--helm"))
    .option(
      "--kustomize <exec>",
      "exec: build with your kustomize what sidelint does not model",
      execOnly("--kustomize"),
    );
}

function execOnly(option: string): (value: string) => string {
  return (value) => {
    if (value === "exec") return value;
    throw new UsageError(`${option} takes exec, not ${JSON.stringify(value)}${guess(value, ["exec"])}`);
  };
}

/** Adds --in-place, --diff and --check. */
export function withRewriteOptions(command: Command): Command {
  return command
    .option("--in-place", "write the files; comments, order and quoting stay")
    .option("--diff", "print what would change, as a unified diff; write nothing")
    .option("--check", "write nothing; exit 1 when something would change");
}

/** Adds --color and --no-color. */
export function withColour(command: Command): Command {
  return command
    .option("--color", "colours, even when the output is no terminal")
    .option("--no-color", "no colours");
}

/** Gathers the values of an option that may be repeated. */
export function gather(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** Whether to colour: the flag, else NO_COLOR and FORCE_COLOR, else whether the output is a terminal. */
export function wantsColour(flag: boolean | undefined, io: Io): boolean {
  if (flag !== undefined) return flag;
  if (io.env.NO_COLOR) return false;
  const forced = io.env.FORCE_COLOR;
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false";
  return io.columns !== undefined && io.env.TERM !== "dumb";
}

/** The labels of --assume; `none` alone means no labels at all. Throws a UsageError. */
export function assumedLabels(values: readonly string[] | undefined): Labels | undefined {
  if (!values || values.length === 0) return undefined;
  const labels: Record<string, string> = {};
  for (const value of values) {
    if (value === "none" && values.length === 1) return {};
    if (value === "none") {
      throw new UsageError("--assume none says that no namespace has labels: drop it, or the other --assume");
    }
    const equals = value.indexOf("=");
    if (equals < 1) {
      throw new UsageError(
        `--assume takes LABEL=VALUE, such as istio-injection=enabled, or none, not ${JSON.stringify(value)}`,
      );
    }
    labels[value.slice(0, equals)] = value.slice(equals + 1);
  }
  return labels;
}

const injectionLabels = ["istio-injection", "istio.io/rev", "istio.io/dataplane-mode"];

/** What is odd about assumed labels, for people. */
export function oddLabels(labels: Labels = {}): readonly string[] {
  const odd = Object.keys(labels).flatMap((key) => {
    const meant = injectionLabels.includes(key) ? "" : guess(key, injectionLabels);
    return meant === "" ? [] : [`--assume ${key}: Istio knows no such label${meant}`];
  });
  const value = labels["istio-injection"];
  if (value === undefined || value === "enabled" || value === "disabled") return odd;
  const meant = guess(value, ["enabled", "disabled"]);
  return [
    ...odd,
    `--assume istio-injection=${value} is neither enabled nor disabled: it shuts injection${meant}`,
  ];
}

/** Throws a UsageError for the value of an option that can be no name of a namespace or revision. */
export function mustBeNames(option: string, values: readonly string[]): void {
  for (const value of values) {
    const [reason] = dnsLabelErrors(value);
    if (reason !== undefined) throw new UsageError(`${option} ${JSON.stringify(value)}: a name ${reason}`);
  }
}

/** A release as typed; throws a UsageError when it is none that sidelint knows. */
export function knownRelease(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const facts = releaseFacts(value);
  if ("unknown" in facts) {
    const known = facts.message.replace(/, \S+ is taken instead$/, "");
    throw new UsageError(`--istio-version ${known}`);
  }
  return value;
}

/** A release of Kubernetes as typed; throws a UsageError when it does not look like one. */
export function kubernetesRelease(value: string | undefined): string | undefined {
  if (value === undefined || /^v?\d{1,4}\.\d{1,4}(?:\.\d{1,4})?(?:[-+].*)?$/.test(value)) return value;
  throw new UsageError(
    `--kube-version takes a release of Kubernetes, such as 1.33, not ${JSON.stringify(value)}`,
  );
}
