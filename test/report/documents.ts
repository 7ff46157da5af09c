/** A presentation over texts or bytes held in memory, for tests of formats that look into files. */
import type { Finding } from "../../src/lint/finding.ts";
import type { Presentation } from "../../src/report/report.ts";
import { readDocuments } from "../../src/source/document.ts";
import { locationOf } from "../../src/source/locate.ts";
import { decodeText } from "../../src/source/text.ts";
import { page } from "./sample.ts";

/** Shows these files, given as text or as they are stored. */
export function showing(files: Readonly<Record<string, string | Uint8Array>>): Presentation {
  const bytesOf = (path: string) => {
    const content = files[path];
    return typeof content === "string" ? new TextEncoder().encode(content) : content;
  };
  const texts = new Map<string, string | undefined>();
  const textOf = (path: string) => {
    if (!texts.has(path)) texts.set(path, decodedText(path));
    return texts.get(path);
  };
  const decodedText = (path: string) => {
    const bytes = bytesOf(path);
    const decoded = bytes && decodeText(bytes);
    return decoded && "text" in decoded ? decoded.text : undefined;
  };
  return {
    ...page,
    bytesOf,
    textOf,
    documentsOf(path) {
      const text = textOf(path);
      return text === undefined ? undefined : readDocuments({ path, text });
    },
  };
}

/** A finding on the first occurrence of a piece of a file that is shown. */
export function findingOn(
  { textOf }: Presentation,
  file: string,
  piece: string,
  rest: Partial<Finding> = {},
): Finding {
  const text = textOf(file) ?? "";
  const start = text.indexOf(piece);
  return {
    rule: "a-rule",
    severity: "error",
    message: "something is wrong",
    location: locationOf({ path: file, text }, { start, end: start + piece.length }),
    workloads: [],
    help: undefined,
    ...rest,
  };
}
