/** What a command has of the world around it, so that tests can run it without a process. */
import { endless, largestFileSize } from "../source/disk.ts";
import { UsageError } from "./usage.ts";

export interface Io {
  readonly cwd: string;
  /** The day here, as 2026-12-31; without it nothing expires. */
  readonly today?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Columns of the terminal on standard output; undefined when it is none. */
  readonly columns: number | undefined;
  /** Whether standard error is a terminal. */
  readonly stderrIsTerminal: boolean;
  readStdin(): Promise<Uint8Array>;
  /** Resolves once the text is written, or once nobody reads it any more. */
  stdout(text: string): Promise<void>;
  stderr(text: string): void;
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "no space left on device",
  EDQUOT: "no space left on device",
  EFBIG: "the file is too large",
  EIO: "the device fails",
  EBADF: "it is closed",
};

function notWritten(code: string, { message }: Error): UsageError {
  return new UsageError(`cannot write to standard output: ${reasons[code] ?? message}`);
}

/** The streams and the environment of this process. Throws a UsageError when its directory is gone. */
export function processIo(): Io {
  const cwd = currentDirectory();
  const { stdout, stderr, stdin } = process;
  // A reader that went away (`| head`) is no error of ours; the write's callback tells us.
  stdout.on("error", () => undefined);
  stderr.on("error", () => undefined);
  return {
    cwd,
    today: dayOf(new Date()),
    env: process.env,
    columns: stdout.isTTY ? stdout.columns || 80 : undefined,
    stderrIsTerminal: stderr.isTTY === true,
    readStdin: () => readAll(stdin),
    stdout(text) {
      return new Promise((resolve, reject) => {
        stdout.write(text, (error) => {
          const code = error && "code" in error ? String(error.code) : "";
          if (error && code !== "EPIPE") reject(notWritten(code, error));
          else resolve();
        });
      });
    },
    stderr(text) {
      stderr.write(text);
    },
  };
}

/** All of a stream; throws a UsageError as soon as there is more than any file may have. */
export async function readAll(
  stream: AsyncIterable<string | Uint8Array>,
  largest = largestFileSize,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    length += bytes.length;
    if (length > largest) throw new UsageError(`standard input (-): ${endless(largest)}`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** The day of a time where this process runs. */
function dayOf(time: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

function currentDirectory(): string {
  try {
    return process.cwd();
  } catch {
    throw new UsageError("the current directory does not exist any more");
  }
}
