/** The rules that `configurations` add (kustomize v5.8.1, TransformerConfig): further fields for labels, annotations and variables. */
import { at, isObject, type Json } from "../../kube/json.ts";
import type { Document } from "../../source/document.ts";
import { toValue } from "../../source/node.ts";
import { scalarText } from "../resource.ts";
import type { FieldSpec } from "./kustomization.ts";

const names = [
  "namePrefix",
  "nameSuffix",
  "commonLabels",
  "labels",
  "templateLabels",
  "commonAnnotations",
  "varReference",
] as const;

/** Fields besides those that kustomize has by itself; those of a base count above it too. */
export type Rules = { readonly [name in (typeof names)[number]]: readonly FieldSpec[] };

export const noRules: Rules = {
  namePrefix: [],
  nameSuffix: [],
  commonLabels: [],
  labels: [],
  templateLabels: [],
  commonAnnotations: [],
  varReference: [],
};

/** The rules of one set and of another. */
export function mergedRules(rules: Rules, further: Rules): Rules {
  if (further === noRules || rules === further) return rules;
  if (rules === noRules) return further;
  const merged: { -readonly [name in keyof Rules]: Rules[name] } = { ...rules };
  for (const name of names) merged[name] = [...rules[name], ...further[name]];
  return merged;
}

/**
 * Fields of one list and those of another that are not there already. Kustomize takes a field for there when it stands there for
 * some of the kinds: a rule for `metadata/labels` of one kind leaves all other kinds without.
 */
export function mergedFields(
  fields: readonly FieldSpec[],
  further: readonly FieldSpec[],
): readonly FieldSpec[] {
  if (fields.length === 0) return further;
  const isThere = ({ path, group, version, kind }: FieldSpec) =>
    fields.some(
      (one) =>
        one.path === path &&
        (!group || group === one.group) &&
        (!version || version === one.version) &&
        (!kind || kind === one.kind),
    );
  return [...fields, ...further.filter((one) => !isThere(one))];
}

/** The rules of a file of `configurations`; what cannot be read gives none. */
export function readRules(documents: readonly Document[]): Rules {
  const reading = documents[0]?.read();
  const value: Json = reading?.ok && reading.root ? toValue(reading.root) : null;
  const rules: { -readonly [name in keyof Rules]: Rules[name] } = { ...noRules };
  for (const name of names) rules[name] = fieldSpecs(at(value, [name]));
  return rules;
}

/** A list of field specifications; what is none is left out. */
export function fieldSpecs(list: Json | undefined): readonly FieldSpec[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: Json): readonly FieldSpec[] => {
    const path = isObject(one) && scalarText(one.path);
    if (!path) return [];
    const [group, version, kind] = ["group", "version", "kind"].map((name) => scalarText(one[name]));
    return [{ path, group, version, kind, create: one.create === true }];
  });
}
