/** Variables of kustomizations: `$(NAME)` in labels and annotations becomes a value of another object (kustomize v5.8.1). */
import { at, isObject, type Json } from "../../kube/json.ts";
import type { Path } from "../../source/node.ts";
import { scalarText } from "../resource.ts";
import { type Draft, editing, type Identity, identityOf, setAt } from "./draft.ts";
import { lookUp, splitFieldPath } from "./field-path.ts";
import type { FieldSpec, Source, Variable } from "./kustomization.ts";
import { mergedFields, type Rules } from "./rules.ts";
import { pathsOf, selects } from "./transform.ts";

/** The fields among those with variables that may decide on injection. */
const ownFields: readonly FieldSpec[] = [
  { path: "spec/template/metadata/annotations", kind: "Deployment", create: false },
  { path: "metadata/labels", kind: "Pod", create: false },
  { path: "metadata/annotations", kind: "Pod", create: false },
  { path: "metadata/labels", kind: "Namespace", create: false },
];

/**
 * The objects with the variables of a build filled in, at its very end. One whose object or value is not known stays as it is written.
 * @param candidates gives the objects of a kind
 */
export function fillIn(
  drafts: readonly Draft[],
  variables: readonly Variable[],
  rules: Rules,
  candidates: (kind: string) => readonly Draft[],
): readonly Draft[] {
  // Other fields, such as arguments and images, change no verdict, and their values may be costly to find.
  const deciding = rules.varReference.filter(({ path }) =>
    /metadata|containers\/name|hostNetwork/.test(path),
  );
  const fields = mergedFields(deciding, ownFields);
  const known = new Map<string, Json | undefined>();
  const valueNamed = (name: string): Json | undefined => {
    if (known.has(name)) return known.get(name);
    const variable = variables.find((one) => one.name === name);
    const value = variable && valueIn(variable, candidates(variable.kind));
    known.set(name, value);
    return value;
  };
  const sourceOf = (text: string): Source | undefined =>
    variables.find(({ name }) => text.includes(`$(${name})`))?.source;
  return drafts.map((draft) =>
    editing(draft, (edited) => {
      let next = edited;
      for (const path of textPaths(draft, fields)) {
        const text = at(next.value, path);
        const source = typeof text === "string" ? sourceOf(text) : undefined;
        if (source && typeof text === "string") next = setAt(next, path, filled(text, valueNamed), source);
      }
      return next;
    }),
  );
}

function valueIn({ object, fieldPath }: Variable, drafts: readonly Draft[]): Json | undefined {
  const { name, apiVersion, kind, namespace } = object;
  const fits = (one: Identity) =>
    one.name === name &&
    one.kind === kind &&
    (!apiVersion || one.apiVersion === apiVersion) &&
    (!namespace || one.namespace === namespace);
  const [draft, ...others] = drafts.filter((one) => [...one.earlier, identityOf(one)].some(fits));
  if (!draft || others.length > 0) return undefined;
  // The name of what is generated ends in a hash of its content.
  const isGenerated = draft.resource.document.peek.kind !== kind;
  if (isGenerated && fieldPath === "metadata.name") return undefined;
  const path = lookUp(draft.value, splitFieldPath(fieldPath.replace(/\[(\d+)\]/g, ".$1")));
  const value = path && at(draft.value, path);
  return typeof value === "object" ? undefined : value;
}

/** The places of the texts that stand in fields, or in the maps and lists there. */
function* textPaths({ value }: Draft, fields: readonly FieldSpec[]): Generator<Path> {
  const apiVersion = scalarText(value.apiVersion) ?? "";
  const kind = scalarText(value.kind) ?? "";
  for (const spec of fields) {
    const isOwn = /^metadata\/(?:labels|annotations)/.test(spec.path);
    if (!selects(spec, apiVersion, kind) || (isOwn && kind !== "Pod" && kind !== "Namespace")) continue;
    for (const path of pathsOf(value, spec)) {
      const here = at(value, path);
      if (Array.isArray(here)) for (const index of here.keys()) yield [...path, index];
      else if (isObject(here)) for (const key of Object.keys(here)) yield [...path, key];
      else yield path;
    }
  }
}

/** A text with what is known filled in; alone a variable keeps the type of its value. `$$` is a plain `$`. */
function filled(text: string, valueNamed: (name: string) => Json | undefined): Json {
  const alone = /^\$\(([^)]*)\)$/.exec(text);
  if (alone) return valueNamed(alone[1] ?? "") ?? text;
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (found, name: string | undefined) =>
    name === undefined ? "$" : (scalarText(valueNamed(name)) ?? found),
  );
}
