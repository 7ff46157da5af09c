/** A mistake of sidelint's own in one file or one build is told, and costs nothing else. */
import type { ReadError, SourceFile } from "../source/reading.ts";

/** What sidelint failed at, as a problem of the file. */
export interface Fault {
  readonly file: SourceFile;
  readonly error: ReadError;
}

/** The outcome of `make`; when it throws, undefined and one more fault. */
export function guarded<T>(file: SourceFile, faults: Fault[], make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    const said = error instanceof Error ? `${error.name}: ${error.message.split("\n", 1)[0]}` : String(error);
    const message = `sidelint failed at this file, which is a fault of sidelint and not of the file; please report it (${said})`;
    faults.push({ file, error: { message, offset: 0 } });
    return undefined;
  }
}
