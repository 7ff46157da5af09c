/** The Go types of the cases in structs.jsonl, as gotemplate/structs.md describes them. */
import { Failure } from "../../src/gotemplate/limits.ts";
import type { GoType, Method, StructField } from "../../src/gotemplate/types.ts";
import {
  anyType,
  boolType,
  bytesType,
  float64Type,
  int32Type,
  int64Type,
  intSlice,
  intType,
  mapOf,
  named,
  pointerTo,
  sliceOf,
  stringMap,
  stringSlice,
  stringType,
  structOf,
  uint8Type,
} from "../../src/gotemplate/types.ts";
import type { Value } from "../../src/gotemplate/values.ts";
import { Typed } from "../../src/gotemplate/values.ts";
import { kubernetesType } from "../../src/istio/inject/pod-types.ts";

type Raw = Readonly<Record<string, unknown>>;

function method(
  params: readonly GoType[],
  out: GoType,
  call: (receiver: Raw, args: readonly unknown[]) => unknown,
  variadic = false,
): Method {
  return {
    signature: { in: params, out, variadic },
    call: (receiver, args) => {
      if (receiver === undefined) {
        throw new Failure("runtime error: invalid memory address or nil pointer dereference");
      }
      return call(receiver as Raw, args);
    },
  };
}

function field(name: string, type: GoType): StructField {
  return { name, type, key: name.charAt(0).toLowerCase() + name.slice(1) };
}

const shout = (raw: Raw): string => String(raw.alpha ?? "").toUpperCase();
const innerType = structOf(
  "main.Inner",
  () => [
    { name: "A", type: stringType, key: "alpha" },
    { name: "B", type: intType, key: "beta" },
  ],
  {
    methods: { Shout: method([], stringType, shout) },
    pointerMethods: { PtrShout: method([], stringType, (raw) => `${shout(raw)}!`) },
  },
);
const embeddedType = structOf("main.Embedded", () => [
  field("Promoted", stringType),
  { name: "Shared", type: stringType, key: "sharedInner" },
]);
const levelType = named("main.Level", stringType, {
  methods: {
    String: { signature: { in: [], out: stringType, variadic: false }, call: (raw) => `level:${raw ?? ""}` },
  },
});

function fields(): readonly StructField[] {
  return [
    { name: "Embedded", type: embeddedType, embedded: true },
    field("Name", stringType),
    field("Count", intType),
    field("Small", int32Type),
    field("Big", int64Type),
    field("Byte", uint8Type),
    field("Ratio", float64Type),
    field("On", boolType),
    field("Next", pointerTo(thingType)),
    field("Text", pointerTo(stringType)),
    field("Num", pointerTo(int64Type)),
    field("Flag", pointerTo(boolType)),
    field("List", stringSlice),
    field("Ints", intSlice),
    field("Map", stringMap),
    field("IntMap", mapOf(intType, stringType)),
    field("Inners", sliceOf(innerType)),
    field("Ptrs", sliceOf(pointerTo(innerType))),
    field("Inner", innerType),
    field("Any", anyType),
    { name: "Bytes", type: bytesType, key: "bytes", read: (raw) => bytes((raw as Raw | undefined)?.bytes) },
    field("Level", levelType),
    field("Shared", stringType),
    { name: "private", type: stringType, read: () => "" },
  ];
}

function bytes(base64: unknown): Uint8Array | undefined {
  return typeof base64 === "string" ? Uint8Array.from(Buffer.from(base64, "base64")) : undefined;
}

const name = (raw: Raw): string => String(raw.name ?? "");
const methods: Record<string, Method> = {
  Hello: method([stringType], stringType, (raw, [who]) => `hello ${who} from ${name(raw)}`),
  Plain: method([], stringType, (raw) => `plain ${name(raw)}`),
  Fail: method([], stringType, () => {
    throw new Failure("it failed");
  }),
  Sum: method([intSlice], intType, (_, numbers) => (numbers as number[]).reduce((a, b) => a + b, 0), true),
  AddTo: method([intType, float64Type], float64Type, (_, [n, f]) => Number(n) + Number(f)),
};
const thingType: GoType = structOf("main.Thing", fields, {
  methods,
  pointerMethods: { Pointer: method([], stringType, (raw) => `pointer ${name(raw)}`) },
});
methods.Self = method([], pointerTo(thingType), (raw) => raw);
methods.NilThing = method([], pointerTo(thingType), () => undefined);

/** The data of a case as its Go type. */
export function typedData(goType: string, data: Value): Value {
  if (goType === "Thing (value)") return new Typed(thingType, data);
  return new Typed(pointerTo(goType === "Pod" ? kubernetesType("Pod") : thingType), data ?? {});
}
