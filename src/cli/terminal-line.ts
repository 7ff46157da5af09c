/** Lines on standard error as people read them at once. */
import { wrap } from "../report/cells.ts";
import type { Io } from "./io.ts";

const PAGE = 80;

/** A line broken between words on a terminal; what goes to a file stays one line. */
export function onTerminal(line: string, { stderrIsTerminal, columns }: Io): string {
  if (!stderrIsTerminal || line.includes("\n")) return line;
  return wrap(line, Math.min(columns ?? PAGE, PAGE) - 2).join("\n  ");
}
