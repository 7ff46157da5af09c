/** Conformance family semantics/schema: our table of Go's types, field by field, and the paths of pod templates. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type Field, structType, type Type } from "../../src/kube/schema.ts";
import { podTemplatesOf } from "../../src/kube/workload.ts";
import type { Case, Data } from "./family.ts";

interface ExpectedField {
  readonly name: string;
  readonly type: string;
  readonly pointer?: boolean;
  readonly omitempty?: boolean;
  readonly omitzero?: boolean;
  readonly patchStrategy?: string;
  readonly patchMergeKey?: string;
}

interface ExpectedWorkload {
  readonly group: string;
  readonly versions: readonly string[];
  readonly kind: string;
  readonly template: readonly string[];
}

export async function* family({ directory }: Data): AsyncGenerator<Case> {
  const { types, workloads }: Schema = JSON.parse(readFileSync(join(directory, "pod-schema.json"), "utf8"));
  for (const [name, fields] of Object.entries(types)) {
    yield { id: name, group: "types", failure: judgeType(name, fields) };
  }
  for (const workload of workloads) {
    yield { id: workload.kind, group: "workloads", failure: judgeWorkload(workload) };
  }
}

interface Schema {
  readonly types: Readonly<Record<string, readonly ExpectedField[]>>;
  readonly workloads: readonly ExpectedWorkload[];
}

function judgeType(name: string, expected: readonly ExpectedField[]): string | undefined {
  const type = structType(name);
  if (!type) return "is not in the table";
  const ours = type.fields.map(told);
  if (isDeepStrictEqual(ours, expected)) return undefined;
  const wrong = expected.find((field, index) => !isDeepStrictEqual(ours[index], field));
  const mine = ours.find(({ name }) => name === wrong?.name);
  return `has ${JSON.stringify(mine ?? ours.at(-1))}, must have ${JSON.stringify(wrong ?? expected.at(-1))}`;
}

function told({ name, type, pointer, omitEmpty, omitZero, mergeKey, retainKeys }: Field): ExpectedField {
  const strategies = [mergeKey === undefined ? [] : ["merge"], retainKeys ? ["retainKeys"] : []].flat();
  return {
    name,
    type: spelled(type),
    ...(pointer ? { pointer } : undefined),
    ...(omitEmpty ? { omitempty: true } : undefined),
    ...(omitZero ? { omitzero: true } : undefined),
    ...(strategies.length > 0 ? { patchStrategy: strategies.join(",") } : undefined),
    ...(mergeKey ? { patchMergeKey: mergeKey } : undefined),
  };
}

function spelled(type: Type): string {
  if (type.is === "struct") return `#${type.name}`;
  if (type.is === "list") return `[]${spelled(type.of)}`;
  return type.is === "map" ? `map:${spelled(type.of)}` : type.is;
}

function judgeWorkload({ group, versions, kind, template }: ExpectedWorkload): string | undefined {
  for (const version of versions) {
    const found = podTemplatesOf(group === "" ? version : `${group}/${version}`, kind);
    if (!isDeepStrictEqual(found, [template])) {
      return `has ${JSON.stringify(found)}, must have ${JSON.stringify([template])}`;
    }
  }
  return undefined;
}
