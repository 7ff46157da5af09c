/** Measures the KRM function SidecarInject: a short list in a cold process, and long ones of workloads that are alike and that are not. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { medians, ratio } from "./measure.ts";

export interface KrmBench {
  /** A folder for what is made on the way. */
  readonly work: string;
  readonly runs: number;
  readonly row: (what: string, measured: string, goal: string, met: boolean | undefined) => void;
}

const many = 10_000;

/** Measures and reports; lists hold Deployments alone, which is the worst that there is. */
export function benchKrm({ work, runs, row }: KrmBench): void {
  const list = (name: string, text: string): string => {
    const path = join(work, `${name}.yaml`);
    writeFileSync(path, text);
    return path;
  };
  const short = list("krm-20", resourceList("SidecarInject", 20, 5));
  const alike = list("krm-alike", resourceList("SidecarInject", many, 50));
  const different = list("krm-different", resourceList("SidecarInject", many, 1));
  const checked = list("krm-checked", resourceList("SidecarCheck", many, 50));
  const [cold = 0, bare = 0] = medians([krm(short), ["node", "-e", "0"]], runs);
  row("SidecarInject, 20 items, cold: milliseconds", cold.toFixed(0), "≤ 200", cold <= 200);
  row("  of which node -e 0", bare.toFixed(0), "–", undefined);
  const few = Math.min(runs, 5);
  const [injected = 0, others = 0, check = 1] = medians([krm(alike), krm(different), krm(checked)], few);
  const seconds = (time: number) => (time / 1000).toFixed(2);
  row(
    `SidecarInject, ${many} Deployments of 200 applications: seconds`,
    seconds(injected),
    "≤ 3",
    injected <= 3000,
  );
  row(`SidecarInject, ${many} applications of their own: seconds`, seconds(others), "≤ 3", others <= 3000);
  row("SidecarInject / SidecarCheck, the same list", ratio(injected / check), "–", undefined);
  for (const [what, path] of [
    ["of 200 applications", alike],
    ["applications of their own", different],
  ] as const) {
    const peak = peakMegabytes(work, path);
    row(`SidecarInject, ${many} ${what}: peak memory`, `${peak.toFixed(0)} MB`, "≤ 500 MB", peak <= 500);
  }
}

function krm(list: string): readonly string[] {
  return ["sh", "-c", `node dist/sidelint-krm.js < '${list}'`];
}

function peakMegabytes(work: string, list: string): number {
  const file = join(work, "peak");
  const run = `node --import ./bench/peak-memory.mjs dist/sidelint-krm.js < '${list}'`;
  const { status } = spawnSync("sh", ["-c", run], {
    stdio: "ignore",
    env: { ...process.env, PEAK_MEMORY_FILE: file },
  });
  if (status !== 0) throw new Error(`${run} ended with ${status}`);
  return (Number(readFileSync(file, "utf8")) * 1024) / 1e6;
}

/** A list of Deployments: some applications, each in so many stages. */
function resourceList(kind: "SidecarCheck" | "SidecarInject", items: number, stages: number): string {
  const namespaces = Array.from(
    { length: 20 },
    (_, team) => `      team-${team}: {labels: {istio-injection: enabled}}\n`,
  );
  return `apiVersion: config.kubernetes.io/v1
kind: ResourceList
functionConfig:
  apiVersion: sidelint.dev/v1alpha1
  kind: ${kind}
  metadata: {name: sidecars}
  spec:
    istio: {version: "1.30"}
${kind === "SidecarCheck" ? "    failOn: never\n" : ""}    namespaces:
${namespaces.join("")}items:
${Array.from({ length: items }, (_, index) => deployment(Math.floor(index / stages), index % stages, index)).join("")}`;
}

function deployment(app: number, stage: number, index: number): string {
  const name = `app-${app}-${stage}`;
  const port = 8000 + (app % 100);
  return `- apiVersion: apps/v1
  kind: Deployment
  metadata:
    name: ${name}
    namespace: team-${app % 20}
    labels:
      app: ${name}
    annotations:
      internal.config.kubernetes.io/index: '0'
      internal.config.kubernetes.io/path: 'apps/${name}.yaml'
  spec:
    replicas: ${1 + (index % 4)}
    selector:
      matchLabels:
        app: ${name}
    template:
      metadata:
        labels:
          app: ${name}
          version: v${1 + (index % 5)}
        annotations:
          checksum/config: "${((index * 2654435761) >>> 0).toString(16)}"
${app % 5 === 0 ? `          sidecar.istio.io/proxyCPU: "${100 * (1 + (app % 4))}m"\n` : ""}      spec:
        serviceAccountName: app-${app}
        # the application
        containers:
          - name: app-${app}
            image: registry.example.com/shop/app-${app}:1.${index % 10}.0
            ports:
              - name: http
                containerPort: ${port}
            env:
              - name: LOG_LEVEL
                value: info
              - name: STAGE
                value: "${stage}"
            resources:
              requests:
                cpu: 100m
                memory: 128Mi
${
  app % 3 === 0
    ? ""
    : `            readinessProbe:
              httpGet:
                path: /ready
                port: http
            livenessProbe:
              httpGet:
                path: /live
                port: ${port}
`
}`;
}
