/** Plain data as a typed Kubernetes object: refused where Go would refuse it, else printed as Go would print the object. */
import { canonicalStruct } from "./decode-canonical.ts";
import {
  byKey,
  type Decoded,
  type DecodeError,
  type DecodeOptions,
  mismatch,
  type Path,
  type Run,
} from "./decode-run.ts";
import { encodeStruct } from "./encode.ts";
import type { Json } from "./json.ts";
import { isObject } from "./json.ts";
import { describe } from "./scalar.ts";
import type { StructType } from "./schema.ts";
import { foldName, structType } from "./schema.ts";

export type { Decoded, DecodeError, DecodeOptions, Path, Via } from "./decode-run.ts";

/**
 * Decodes plain data into a type of the table ("Pod", "Namespace", "PodTemplateSpec", "LabelSelector", …) and prints it back, without
 * applying defaults, as k8s.io/apimachinery 0.35 and sigs.k8s.io/yaml 1.6 do. Non-finite numbers are errors, as JSON has none.
 * Throws only for a type that the table does not hold.
 */
export function decode(typeName: string, json: Json, options: DecodeOptions): Decoded {
  const type = structType(typeName);
  if (!type) throw new RangeError(`no type ${typeName} in the schema`);
  const errors: DecodeError[] = [];
  const unknown: Path[] = [];
  const run: Run = { options, errors, unknown, here: [] };
  if (options.via === "scheme") checkKind(run, type, json);
  const value = errors.length === 0 ? canonicalStruct(run, type, json, true) : undefined;
  if (options.strict) {
    for (const path of unknown) errors.push({ path, message: `is no field of ${typeName}` });
    for (const path of options.duplicates ?? []) errors.push({ path, message: "is set twice" });
  }
  if (errors.length > 0) return { ok: false, errors };
  return { ok: true, value: value ?? encodeStruct(type, {}), unknown };
}

const GROUP_VERSIONS: Readonly<Record<string, readonly [group: string, version: string]>> = {
  Pod: ["", "v1"],
  Namespace: ["", "v1"],
  PodTemplate: ["", "v1"],
  ReplicationController: ["", "v1"],
  PersistentVolumeClaim: ["", "v1"],
  Deployment: ["apps", "v1"],
  ReplicaSet: ["apps", "v1"],
  StatefulSet: ["apps", "v1"],
  DaemonSet: ["apps", "v1"],
  Job: ["batch", "v1"],
  CronJob: ["batch", "v1"],
};

/** The serializer looks at kind and apiVersion first, without regard to case; what they leave out is the type asked for. */
function checkKind(run: Run, type: StructType, json: Json): void {
  const expected = GROUP_VERSIONS[type.name];
  if (!expected) return;
  if (json !== null && !isObject(json)) {
    mismatch(run, json, "a map");
    return;
  }
  const meta = { KIND: "", APIVERSION: "" };
  for (const [key, value] of Object.entries(json ?? {}).sort(byKey)) {
    const folded = foldName(key);
    if ((folded !== "KIND" && folded !== "APIVERSION") || value === null) continue;
    if (typeof value === "string") meta[folded] = value;
    else run.errors.push({ path: [key], message: `is ${describe(value)}, not a string` });
  }
  const [first = "", second, ...rest] = meta.APIVERSION === "/" ? [""] : meta.APIVERSION.split("/");
  if (rest.length > 0) {
    run.errors.push({
      path: ["apiVersion"],
      message: `is ${JSON.stringify(meta.APIVERSION)}, which has more than one '/'`,
    });
  }
  const group = second === undefined ? "" : first;
  const version = second ?? first;
  const isDefault = version === "" && (group === "" || group === expected[0]);
  const named = isDefault ? expected : [group, version];
  const kind = meta.KIND || type.name;
  if (kind !== type.name || named[0] !== expected[0] || named[1] !== expected[1]) {
    const wanted = `${type.name} of ${expected.filter((part) => part !== "").join("/")}`;
    run.errors.push({
      path: ["kind"],
      message: `says ${kind} of ${named.filter((part) => part !== "").join("/")}, not ${wanted}`,
    });
  }
}
