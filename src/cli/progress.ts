/** One line on standard error that says how far long work has come; terminals only. */
import { grouped } from "../report/cells.ts";
import type { Io } from "./io.ts";

/** Work shorter than this shows nothing, in milliseconds. */
const PATIENCE = 300;
const INTERVAL = 80;
const CLEAR = "\r\u001b[2K";

export interface Progress {
  readonly update: (done: number, total: number) => void;
  /** Takes the line away. */
  readonly end: () => void;
}

/** Progress that appears only on a terminal, and only when the work takes its time. */
export function progressOn(io: Io, now: () => number = () => performance.now()): Progress {
  let next = now() + PATIENCE;
  let shown = false;
  return {
    update(done, total) {
      if (!io.stderrIsTerminal) return;
      const time = now();
      if (time < next) return;
      next = time + INTERVAL;
      shown = true;
      io.stderr(`${CLEAR}Reading ${grouped(done)} of ${grouped(total)} files`);
    },
    end() {
      if (shown) io.stderr(CLEAR);
      shown = false;
    },
  };
}
