/** What a conformance family is: a stream of cases, each judged. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

export interface Case {
  readonly id: string;
  /** The file of the family, such as "gate1". */
  readonly group: string;
  /** What differed; undefined when the case passed. */
  readonly failure: string | undefined;
}

export interface Data {
  readonly directory: string;
  /** Folder with checkouts of public repositories, where the family needs them. */
  readonly repos: string | undefined;
}

export type Family = (data: Data) => AsyncIterable<Case>;

/** The cases of a group: how many passed, and those that failed. */
export interface Outcome {
  passed: number;
  readonly failed: Case[];
}

/** What is printed of a family besides its last line, in place of a line for each group: rows of cells, the first the heading. */
export type Table = (tally: ReadonlyMap<string, Outcome>) => readonly (readonly string[])[];

/** The lines of a JSON Lines file, parsed; `prepare` may change a line before. */
export async function* jsonLines<T>(
  file: string,
  prepare: (line: string) => string = (line) => line,
): AsyncGenerator<T> {
  for await (const line of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    if (line !== "") yield JSON.parse(prepare(line)) as T;
  }
}
