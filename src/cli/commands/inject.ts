/** What `sidelint inject` takes, and its help. */
import type { Command } from "commander";
import type { Context } from "../context.ts";
import type { InjectFlags } from "../inject.ts";
import { gather, withRewriteOptions, withScanOptions } from "../options.ts";

export function addInject(program: Command, context: Context): void {
  const command = program
    .command("inject")
    .description("Write the sidecar into manifests, without a cluster")
    .argument("[paths...]", "files, directories, globs, or - for standard input (default: .)")
    .option("-f, --filename <file>", "the same as a path; repeatable", gather)
    .option("-o, --output <file>", "write the result to this file instead of standard output")
    .option("--output-format <format>", "yaml, json, patch or kustomization", "yaml")
    .option("--only-injected", "what the cluster would inject, as its webhook; default for directories")
    .option("--all", "every workload, as istioctl kube-inject writes it; default for files")
    .option("-r, --revision <name>", "the revision of the control plane")
    .option("--injectConfigFile <file>", "the injector's config, or one template")
    .option("--valuesFile <file>", "the injector's values")
    .option("--meshConfigFile <file>", "the configuration of the mesh")
    .option("--operatorFileName <file>", "an IstioOperator, or values of the istiod chart")
    .option("--native-sidecars", "native sidecars where a pod does not say")
    .option("--no-native-sidecars", "no native sidecars where a pod does not say");
  withScanOptions(withRewriteOptions(command))
    .addHelpText("after", examples)
    .action(async (paths: readonly string[], flags: InjectFlags) => {
      const { inject } = await import("../inject.ts");
      context.exit(await inject([...paths, ...(flags.filename ?? [])], flags, context));
    });
}

const examples = `
Examples:
  sidelint inject -f app.yaml | kubectl apply -f -
  kustomize build prod | sidelint inject -
  sidelint inject --in-place apps       the pods that the cluster would inject
  sidelint inject --diff apps           what that would change
  sidelint inject --check apps          exit 1 when something would change
  mkdir meshed
  sidelint inject prod --output-format kustomization \\
    -o meshed/kustomization.yaml
  sidelint inject --injectConfigFile config.yaml --valuesFile values.json \\
    --meshConfigFile mesh.yaml -f app.yaml

Exit status: 0 done, 1 --check found changes, 2 usage, configuration,
reading or writing errors; then nothing is written.`;
