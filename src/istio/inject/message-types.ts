/** Messages of the mesh's configuration as the injector's templates see them: Go's names of fields, getters, enumerations. */
import type { GoType, Method, StructField } from "../../gotemplate/types.ts";
import {
  anyMap,
  boolType,
  float64Type,
  int32Type,
  int64Type,
  mapOf,
  named,
  pointerTo,
  sliceOf,
  stringMap,
  stringSlice,
  stringType,
  structOf,
  uint32Type,
} from "../../gotemplate/types.ts";
import { rawField } from "../../gotemplate/values.ts";
import { durationText, goDurationText, parseDuration } from "../duration.ts";
import { type FieldType, type MessageField, messageType } from "../mesh-schema.ts";

function method(out: GoType, call: (receiver: unknown) => unknown): Method {
  return { signature: { in: [], variadic: false, out }, call };
}

/** The nanoseconds of a duration in its canonical form; 0 where there is none. */
export function nanosecondsOf(raw: unknown): bigint {
  return (typeof raw === "string" ? parseDuration(raw) : undefined) ?? 0n;
}

const second = 1_000_000_000n;
const goDuration: GoType = named("time.Duration", int64Type, {
  methods: {
    String: method(stringType, (raw) => goDurationText(BigInt(raw as number | bigint))),
    Seconds: method(float64Type, (raw) => Number(raw) / 1e9),
  },
});

/** The Go type of google.protobuf.Duration; its raw value is the text, such as "45s". */
export const durationType: GoType = structOf(
  "durationpb.Duration",
  () => [
    { name: "Seconds", type: int64Type, read: (raw) => nanosecondsOf(raw) / second },
    { name: "Nanos", type: int32Type, read: (raw) => Number(nanosecondsOf(raw) % second) },
  ],
  {
    pointerMethods: {
      AsDuration: method(goDuration, (raw) => nanosecondsOf(raw)),
      GetSeconds: method(int64Type, (raw) => nanosecondsOf(raw) / second),
      GetNanos: method(int32Type, (raw) => Number(nanosecondsOf(raw) % second)),
      String: method(stringType, (raw) => durationText(nanosecondsOf(raw))),
    },
  },
);

/** A wrapper such as google.protobuf.BoolValue; its raw value is what it wraps. */
function wrapper(name: string, type: GoType): GoType {
  return structOf(`wrapperspb.${name}`, () => [{ name: "Value", type, read: (raw) => raw }], {
    pointerMethods: {
      GetValue: method(type, (raw) => raw),
      String: method(stringType, (raw) => `value:${typeof raw === "string" ? JSON.stringify(raw) : raw}`),
    },
  });
}

const scalars = {
  string: { type: stringType, wrapped: wrapper("StringValue", stringType) },
  bool: { type: boolType, wrapped: wrapper("BoolValue", boolType) },
  int32: { type: int32Type, wrapped: wrapper("Int32Value", int32Type) },
  uint32: { type: uint32Type, wrapped: wrapper("UInt32Value", uint32Type) },
  int64: { type: int64Type, wrapped: wrapper("Int64Value", int64Type) },
  double: { type: float64Type, wrapped: wrapper("DoubleValue", float64Type) },
} as const;

const enums = new WeakMap<ReadonlyMap<string, number>, GoType>();

/** An enumeration; its raw value is the number. */
function enumType(name: string, values: ReadonlyMap<string, number>): GoType {
  const known = enums.get(values);
  if (known) return known;
  const nameOf = (raw: unknown) =>
    [...values].find(([, number]) => number === Number(raw ?? 0))?.[0] ?? String(raw);
  const type = named(name, int32Type, { methods: { String: method(stringType, nameOf) } });
  enums.set(values, type);
  return type;
}

function goType(type: FieldType, owner: string, field: string): GoType {
  switch (type.is) {
    case "list": {
      const elem = goType(type.of, owner, field);
      return elem === stringType ? stringSlice : sliceOf(elem);
    }
    case "map": {
      const elem = goType(type.of, owner, field);
      return elem === stringType ? stringMap : mapOf(stringType, elem);
    }
    case "message":
      return pointerTo(messageGoType(type.name));
    case "enum":
      return enumType(`v1alpha1.${owner}_${field}`, type.values);
    case "duration":
      return pointerTo(durationType);
    case "any":
      return anyMap;
    default:
      return scalars[type.is].type;
  }
}

function typeOf(field: MessageField, owner: string): GoType {
  const { type } = field;
  const isWrapped = field.present && field.choice === undefined && type.is in scalars;
  return isWrapped
    ? pointerTo(scalars[type.is as keyof typeof scalars].wrapped)
    : goType(type, owner, goName(field.original));
}

/** How the raw value of a field is told from the canonical message. */
function rawOf(type: FieldType, raw: unknown): unknown {
  if (raw === undefined || raw === null) return type.is === "enum" ? 0 : undefined;
  switch (type.is) {
    case "enum":
      return typeof raw === "string" ? (type.values.get(raw) ?? 0) : raw;
    case "int64":
      return BigInt(raw as string | number);
    case "list":
      return (raw as readonly unknown[]).map((item) => rawOf(type.of, item));
    default:
      return raw;
  }
}

function fieldOf(field: MessageField, owner: string): StructField {
  const read = (message: unknown) =>
    rawOf(field.type, rawField(message, { name: "", type: stringType, key: field.name }));
  return { name: goName(field.original), type: typeOf(field, owner), read, omitEmpty: true };
}

/** The name of a field in generated Go code: `k8s_sa_jwt_path` is K8SSaJwtPath. */
function goName(original: string): string {
  return original
    .replace(/^[a-z]/, (letter) => letter.toUpperCase())
    .replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    .replace(/([0-9])([a-z])/g, (_, digit: string, letter: string) => digit + letter.toUpperCase());
}

/** Go's names of messages that are declared inside another or in another package. */
const goTypeNames: Readonly<Record<string, string>> = {
  ProxyHeaders: "v1alpha1.ProxyConfig_ProxyHeaders",
  ProxyImage: "v1beta1.ProxyImage",
};

let plainType: GoType | undefined;

/** The Go type of a ProxyConfig of the oldest releases, whose concurrency is a plain number. */
export function plainProxyConfigType(): GoType {
  if (plainType) return plainType;
  const fields = readMembers("ProxyConfig").fields.map((field): StructField => {
    const { read } = field;
    return field.name === "Concurrency" && read
      ? { ...field, type: int32Type, read: (raw) => read(raw) ?? 0 }
      : field;
  });
  const pointerMethods = readMembers("ProxyConfig").getters;
  plainType = { ...structOf("v1alpha1.ProxyConfig", () => fields), pointerMethods };
  names.set(plainType, "ProxyConfig");
  return plainType;
}

const known = new Map<string, GoType>();
const names = new WeakMap<GoType, string>();

/** The Go type of a message such as "ProxyConfig"; its raw value is the message in its canonical form. */
export function messageGoType(name: string): GoType {
  const found = known.get(name);
  if (found) return found;
  let members: Members | undefined;
  const membersOf = (): Members => {
    members ??= readMembers(name);
    return members;
  };
  const type: GoType = {
    ...structOf(goTypeNames[name] ?? `v1alpha1.${name}`, () => membersOf().fields),
    // Asked for when a template first uses the type: the schema holds many that none ever does.
    get pointerMethods() {
      return membersOf().getters;
    },
  };
  known.set(name, type);
  names.set(type, name);
  return type;
}

interface Members {
  readonly fields: readonly StructField[];
  readonly getters: Readonly<Record<string, Method>>;
}

function readMembers(name: string): Members {
  const fields: StructField[] = [];
  const getters: Record<string, Method> = {};
  for (const field of messageType(name).fields) {
    const made = fieldOf(field, name);
    // A choice has an interface of its own in Go, and only getters for what may be chosen.
    if (field.choice === undefined) fields.push(made);
    getters[`Get${made.name}`] = method(made.type, (raw) => made.read?.(raw));
  }
  return { fields, getters };
}

/** The name of a message in the schema by its Go type; undefined for any other type. */
export function messageNameOf(type: GoType): string | undefined {
  return names.get(type);
}
