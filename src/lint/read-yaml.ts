/** Reads the YAML text of an annotation, as the injector does. */
import type { ReadYaml } from "../istio/annotations.ts";
import { readDocuments } from "../source/document.ts";
import { toValue } from "../source/node.ts";

/** The value of the first document of a text; what is wrong with a text that is no YAML. */
export const readYaml: ReadYaml = (text) => {
  const reading = readDocuments({ path: "", text })[0]?.read();
  if (!reading) return { ok: true, value: undefined };
  if (!reading.ok) return { ok: false, message: reading.error.message };
  return { ok: true, value: reading.root && toValue(reading.root) };
};
