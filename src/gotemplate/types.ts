/** Go types as data: what a template can see of a type, namely its name, kind, parts and methods. */

export type Kind =
  | "bool"
  | "int"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "float32"
  | "float64"
  | "complex128"
  | "string"
  | "interface"
  | "slice"
  | "map"
  | "struct"
  | "ptr"
  | "func"
  /** A parameter that takes any value as it is, even none: Go's reflect.Value. */
  | "value";

export interface GoType {
  readonly kind: Kind;
  /** As Go prints it: "int", "[]string", "*v1.Pod". */
  readonly name: string;
  /** Of a slice, a map or a pointer. */
  readonly elem?: GoType;
  /** Of a map. */
  readonly key?: GoType;
  /** Of a struct, in the order of declaration. A function, because types may contain themselves. */
  readonly fields?: () => readonly StructField[];
  /** Of a named type: by values, and by pointers only. */
  readonly methods?: Readonly<Record<string, Method>>;
  readonly pointerMethods?: Readonly<Record<string, Method>>;
  /** Of a function. */
  readonly signature?: Signature;
  /** Whether == works on it; a struct may say no. */
  readonly comparable?: boolean;
  /** How encoding/json writes it, when it has a way of its own. */
  readonly marshalJson?: (raw: unknown) => string;
  /** Of an interface with methods: whether a type has them. */
  readonly implementedBy?: (type: GoType) => boolean;
}

export interface StructField {
  /** The name in Go, which templates use. */
  readonly name: string;
  readonly type: GoType;
  /** The key under which the struct's raw record has the value; absent for an embedded struct, which shares its record. */
  readonly key?: string;
  /** How to read the raw value where it is no member of a record; takes the struct's raw value. */
  readonly read?: (raw: unknown) => unknown;
  /** Whether its fields and methods are the struct's too. */
  readonly embedded?: boolean;
  /** Whether JSON leaves it out when it is empty. */
  readonly omitEmpty?: boolean;
  /** Whether JSON leaves it out when it was never set, also where it is a struct. */
  readonly omitZero?: boolean;
}

/** Parameters and result; the last parameter of a variadic function stands for any number. */
export interface Signature {
  readonly in: readonly GoType[];
  readonly variadic: boolean;
  readonly out: GoType;
}

export interface Method {
  readonly signature: Signature;
  /** Takes the receiver's raw value (of a pointer: undefined when nil) and raw arguments; returns a raw result of type `out`. */
  readonly call: (receiver: unknown, args: readonly unknown[]) => unknown;
}

function basic(kind: Kind, name: string = kind): GoType {
  return { kind, name };
}

export const boolType = basic("bool");
export const intType = basic("int");
export const int32Type = basic("int32");
export const int64Type = basic("int64");
export const uint8Type = basic("uint8");
export const uint32Type = basic("uint32");
export const uint64Type = basic("uint64");
export const float64Type = basic("float64");
export const complexType = basic("complex128");
export const stringType = basic("string");
export const anyType = basic("interface", "interface {}");
export const valueType = basic("value", "reflect.Value");

const slices = new WeakMap<GoType, GoType>();
const pointers = new WeakMap<GoType, GoType>();

/** The type []elem; the same object for the same element. */
export function sliceOf(elem: GoType): GoType {
  const known = slices.get(elem);
  if (known) return known;
  const made: GoType = { kind: "slice", name: `[]${elem.name}`, elem };
  slices.set(elem, made);
  return made;
}

/** The type *elem; the same object for the same element. */
export function pointerTo(elem: GoType): GoType {
  const known = pointers.get(elem);
  if (known) return known;
  const made: GoType = { kind: "ptr", name: `*${elem.name}`, elem };
  pointers.set(elem, made);
  return made;
}

/** The type map[key]elem. */
export function mapOf(key: GoType, elem: GoType): GoType {
  return { kind: "map", name: `map[${key.name}]${elem.name}`, key, elem };
}

/** A struct type; `fields` is asked once, when the type is first used. */
export function structOf(
  name: string,
  fields: () => readonly StructField[],
  more: Pick<GoType, "methods" | "pointerMethods" | "comparable"> = {},
): GoType {
  let known: readonly StructField[] | undefined;
  return {
    kind: "struct",
    name,
    fields: () => {
      known ??= fields();
      return known;
    },
    ...more,
  };
}

/** A named type of another's kind, such as `type Level string`. */
export function named(
  name: string,
  of: GoType,
  more: Pick<GoType, "methods" | "pointerMethods"> = {},
): GoType {
  return { ...of, name, ...more };
}

/** The type of a function as a value. */
export function funcOf(signature: Signature): GoType {
  const parameters = signature.in.map((type, i) =>
    signature.variadic && i === signature.in.length - 1 ? `...${type.elem?.name ?? ""}` : type.name,
  );
  return { kind: "func", name: `func(${parameters.join(", ")}) ${signature.out.name}`, signature };
}

export const bytesType = sliceOf(uint8Type);
export const anySlice = sliceOf(anyType);
export const stringSlice = sliceOf(stringType);
export const intSlice = sliceOf(intType);
export const anyMap = mapOf(stringType, anyType);
export const stringMap = mapOf(stringType, stringType);

/** Whether two types are one: types without a name of their own are compared by what they are made of. */
export function sameType(a: GoType, b: GoType): boolean {
  return a === b || (a.name === b.name && a.kind === b.kind);
}

/** Whether a value of one type may be given where the other is asked for, as it is. */
export function isAssignable(from: GoType, to: GoType): boolean {
  if (sameType(from, to) || to === anyType) return true;
  if (to.kind === "interface") return to.implementedBy?.(from) ?? false;
  if (from.kind !== to.kind || (isNamed(from) && isNamed(to))) return false;
  if (!from.elem || !to.elem || !sameType(from.elem, to.elem)) return false;
  return (
    from.key === to.key || (from.key !== undefined && to.key !== undefined && sameType(from.key, to.key))
  );
}

/** Whether a type has a name of its own and is not just told by its parts. */
function isNamed(type: GoType): boolean {
  return !/^(?:\[\]|map\[|\*|func\()/.test(type.name);
}

const signedKinds: ReadonlySet<string> = new Set(["int", "int8", "int16", "int32", "int64"]);
const unsignedKinds: ReadonlySet<string> = new Set(["uint", "uint8", "uint16", "uint32", "uint64"]);

export function isSigned(kind: Kind | "invalid"): boolean {
  return signedKinds.has(kind);
}

export function isUnsigned(kind: Kind | "invalid"): boolean {
  return unsignedKinds.has(kind);
}

export function isFloat(kind: Kind | "invalid"): boolean {
  return kind === "float64" || kind === "float32";
}

/** Whether nil is a value of the type. */
export function canBeNil(type: GoType): boolean {
  switch (type.kind) {
    case "interface":
    case "map":
    case "slice":
    case "ptr":
    case "func":
    case "value":
      return true;
    default:
      return false;
  }
}

/** Whether == is defined on the type. */
export function isComparable(type: GoType): boolean {
  if (type.comparable !== undefined) return type.comparable;
  if (type.kind === "struct") return (type.fields?.() ?? []).every((field) => isComparable(field.type));
  return type.kind !== "slice" && type.kind !== "map" && type.kind !== "func";
}
