/** Changed objects become changed files: the smallest edits of their texts. */
import type { JsonObject } from "../kube/json.ts";
import type { Document } from "../source/document.ts";
import { locationOf } from "../source/locate.ts";
import { type Path, toValue } from "../source/node.ts";
import type { SourceFile } from "../source/reading.ts";
import { applyEdits, type Edit } from "../source/splice.ts";
import type { FileProblem } from "../world/injector-files.ts";
import { replaced } from "./inject.ts";
import { editsOfDocument } from "./value-edits.ts";

/** An object of a document and what it is to become. */
export interface ChangedObject {
  readonly resource: { readonly document: Document; readonly path: Path };
  readonly after: JsonObject;
}

export interface EditedFile {
  readonly file: SourceFile;
  /** Its text with the changes, without byte order mark as in `file`. */
  readonly after: string;
}

export interface Edited {
  readonly files: readonly EditedFile[];
  readonly problems: readonly FileProblem[];
}

/** The files with all changes to their objects; a file in which one change cannot be made as an edit stays whole, and is a problem. */
export function editFiles(objects: readonly ChangedObject[]): Edited {
  const byFile = new Map<SourceFile, ChangedObject[]>();
  for (const object of objects) {
    const { file } = object.resource.document;
    const known = byFile.get(file);
    if (known) known.push(object);
    else byFile.set(file, [object]);
  }
  const files: EditedFile[] = [];
  const problems: FileProblem[] = [];
  for (const [file, changed] of byFile) {
    const edits: Edit[] = [];
    const before = problems.length;
    for (const [document, ofDocument] of byDocument(changed)) {
      const reading = document.read();
      if (!reading.ok || !reading.root) continue;
      const after = ofDocument.reduce(
        (value, object) => replaced(value, object.resource.path, object.after),
        toValue(reading.root),
      );
      const plan = editsOfDocument(document, after);
      if (plan.ok) edits.push(...plan.edits);
      else {
        const { start } = document;
        problems.push({ location: locationOf(file, { start, end: start }), says: plan.reason });
      }
    }
    if (problems.length > before) continue;
    const applied = applyEdits(file.text, edits);
    if (applied.ok) files.push({ file, after: applied.text });
    else problems.push({ location: locationOf(file, { start: 0, end: 0 }), says: applied.reason });
  }
  return { files, problems };
}

function byDocument(objects: readonly ChangedObject[]): ReadonlyMap<Document, readonly ChangedObject[]> {
  const documents = new Map<Document, ChangedObject[]>();
  for (const object of objects) {
    const { document } = object.resource;
    const known = documents.get(document);
    if (known) known.push(object);
    else documents.set(document, [object]);
  }
  return documents;
}
