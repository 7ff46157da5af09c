/** The process: hands arguments and streams to `run`. The status is set and the process ends by itself, so that no output is cut. */
import { processIo } from "./io.ts";
import { run } from "./run.ts";
import { UsageError } from "./usage.ts";

try {
  process.exitCode = await run(process.argv.slice(2), processIo());
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`sidelint: ${error.message}\n`);
  process.exitCode = 2;
}
