/** What main hands to every command. */
import type { Io } from "./io.ts";

export interface Context {
  readonly io: Io;
  /** sidelint's own version. */
  readonly version: string;
  /** Sets the exit status; the command still returns. */
  readonly exit: (status: 0 | 1 | 2) => void;
}
