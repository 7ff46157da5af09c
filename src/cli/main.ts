/** The process: hands arguments and streams to `run`. The status is set and the process ends by itself, so that no output is cut. */
import { processIo } from "./io.ts";
import { run } from "./run.ts";

process.exitCode = await run(process.argv.slice(2), processIo());
