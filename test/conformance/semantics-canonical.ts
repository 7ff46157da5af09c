/** Conformance family semantics/canonical: pods read and printed back as json.Marshal prints them, in its order of fields. */
import { join } from "node:path";
import type { Case, Data } from "./family.ts";
import { jsonLines } from "./family.ts";
import { judgeTyped, type TypedCase } from "./semantics-yaml.ts";

export async function* family({ directory }: Data): AsyncGenerator<Case> {
  for await (const each of jsonLines<TypedCase>(join(directory, "pods.jsonl"))) {
    yield { id: each.id, group: "pods", failure: judgeTyped(each) };
  }
}
