/** Scans for tests of the world: manifests in short, and what came of each workload in one line. */
import { memoryTree, type Report, type Scan, type ScanOptions, scan } from "../../src/index.ts";
import { type Config, loadConfig } from "../../src/world/config.ts";

export type Files = Readonly<Record<string, string>>;

/** A Deployment; `metadata` and `labels` in flow style, without braces. */
export const deployment = (name: string, metadata = "", labels = "app: web") => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}${metadata && `, ${metadata}`}}
spec:
  template:
    metadata: {labels: {${labels}}}
    spec: {containers: [{name: web, image: shop/web:1}]}
`;

/** A Namespace; `labels` in flow style, without braces. */
export const namespace = (name: string, labels = "") => `apiVersion: v1
kind: Namespace
metadata: {name: ${name}, labels: {${labels}}}
`;

export const enabled = "istio-injection: enabled";
export const disabled = "istio-injection: disabled";

/** A scan of files in memory; with `configPath` that file is read as the configuration. */
export function scanned(files: Files, options: ScanOptions = {}): Scan {
  const { configPath } = options;
  if (configPath === undefined) return scan(memoryTree(files), options);
  const reading = loadConfig(files[configPath] ?? "", configPath);
  if (!reading.ok) throw new Error(reading.problems.map(({ message }) => message).join("; "));
  return scan(memoryTree(files), { config: reading.config, locateInConfig: reading.locate, ...options });
}

/** One line a workload: "shop Deployment/web injected", with its root where it has one; `?` for no namespace. */
export function verdicts(files: Files, options: ScanOptions = {}): readonly string[] {
  return lines(scanned(files, options).report);
}

function lines(report: Report): readonly string[] {
  return report.workloads.map(
    ({ namespace, kind, name, verdict, root }) =>
      `${namespace ?? "?"} ${kind}/${name} ${verdict}${root === null ? "" : ` (${root})`}`,
  );
}

/** The configuration of a text. */
export function configured(text: string): Config {
  const reading = loadConfig(text, "sidelint.yaml");
  if (!reading.ok) throw new Error(reading.problems.map(({ message }) => message).join("; "));
  return reading.config;
}

/** "file:line:column rule" of every finding. */
export function places({ findings }: Scan): readonly string[] {
  return findings.map(({ rule, location: { file, line, column } }) => `${file}:${line}:${column} ${rule}`);
}
