/** A template executed for one pod, and its text read. */
import type { CallWatch } from "../../gotemplate/limits.ts";
import { execute, type Template } from "../../gotemplate/template.ts";
import type { Json, JsonObject } from "../../kube/json.ts";
import type { ReadYaml } from "../annotations.ts";
import { inFloats } from "../values.ts";
import { dotOf, type SidecarData } from "./sidecar-data.ts";

export type Rendered =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly error: string };

export type RenderedText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly error: string };

/** Told of what templates do with what they see of a pod, for those who ask which of it they only copy. */
export interface TemplateWatch {
  readonly called: CallWatch;
  /** What a template rendered. */
  readonly rendered: (value: Json) => void;
}

/** The functions that write to the maps they are given. */
const writes = /\b(?:set|unset|merge\w*|mustMerge\w*|deepCopy)\b/;
const writers = new WeakMap<Template, boolean>();

/** The text of a template; the error is Go's, with the line and the expression. */
export function renderText(template: Template, data: SidecarData, watch?: CallWatch): RenderedText {
  let writesMaps = writers.get(template);
  if (writesMaps === undefined) {
    writesMaps = writes.test(template.text);
    writers.set(template, writesMaps);
  }
  const own = writesMaps ? { ...data, values: inFloats(data.values) as JsonObject } : data;
  const executed = execute(template, dotOf(own), { watch });
  return executed.ok ? { ok: true, text: executed.output } : { ok: false, error: executed.error };
}

/** The object that a template renders; an empty text is null. */
export function renderTemplate(
  template: Template,
  data: SidecarData,
  readYaml: ReadYaml,
  watch?: TemplateWatch,
): Rendered {
  const text = renderText(template, data, watch?.called);
  if (!text.ok) return text;
  const read = readYaml(text.text);
  if (read.ok) {
    const value = read.value ?? null;
    watch?.rendered(value);
    return { ok: true, value };
  }
  return { ok: false, error: `the rendered text is not YAML: ${read.message}` };
}
