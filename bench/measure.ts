/** Times of whole processes. */
import { spawnSync } from "node:child_process";

/** Wall time of a whole process in milliseconds; its output is thrown away. */
function time(command: readonly string[], cwd?: string): number {
  const [program = "", ...rest] = command;
  const start = process.hrtime.bigint();
  const { error, status, signal } = spawnSync(program, rest, { stdio: "ignore", cwd });
  if (error) throw error;
  if (signal !== null || (status !== 0 && program !== "kubeconform")) {
    throw new Error(`${command.join(" ")} ended with ${signal ?? status}`);
  }
  return Number(process.hrtime.bigint() - start) / 1e6;
}

/** The median of some numbers; NaN of none. */
export function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

/** Medians of several commands, measured in turn so that a noisy moment strikes all of them. */
export function medians(
  commands: readonly (readonly string[])[],
  runs: number,
  cwd?: string,
): readonly number[] {
  const times: number[][] = commands.map(() => []);
  for (const command of commands) time(command, cwd);
  for (let run = 0; run < runs; run++) {
    commands.forEach((command, index) => {
      times[index]?.push(time(command, cwd));
    });
  }
  return times.map(median);
}

/** Whether a program can be started. */
export function onPath(program: string): boolean {
  return spawnSync(program, ["-v"], { stdio: "ignore" }).error === undefined;
}

export function ratio(value: number): string {
  return `${value.toFixed(2)} ×`;
}
