/** What a command has of the world around it, so that tests can run it without a process. */

export interface Io {
  readonly cwd: string;
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

/** The streams and the environment of this process. */
export function processIo(): Io {
  const { stdout, stderr, stdin } = process;
  // A reader that went away (`| head`) is no error of ours; the write's callback tells us.
  stdout.on("error", () => undefined);
  stderr.on("error", () => undefined);
  return {
    cwd: process.cwd(),
    env: process.env,
    columns: stdout.isTTY ? stdout.columns || 80 : undefined,
    stderrIsTerminal: stderr.isTTY === true,
    async readStdin() {
      const chunks: Uint8Array[] = [];
      for await (const chunk of stdin) chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
      return Buffer.concat(chunks);
    },
    stdout(text) {
      return new Promise((resolve, reject) => {
        stdout.write(text, (error) => {
          if (error && !("code" in error && error.code === "EPIPE")) reject(error);
          else resolve();
        });
      });
    },
    stderr(text) {
      stderr.write(text);
    },
  };
}
