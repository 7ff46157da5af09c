/** Functions that templates may call, written down with their Go signature. */
import type { Context } from "./limits.ts";
import type { GoType, Signature } from "./types.ts";
import {
  anyMap,
  anySlice,
  anyType,
  boolType,
  float64Type,
  int64Type,
  intSlice,
  intType,
  sliceOf,
  stringMap,
  stringSlice,
  stringType,
  valueType,
} from "./types.ts";
import type { Dict, Value } from "./values.ts";

/** A function as a template sees it. */
export interface GoFunction {
  readonly signature: Signature;
  /**
   * Takes raw arguments (integers as numbers, nil slices and maps as undefined; parameters of type any or value as values) and returns
   * the raw result. Throws a Failure for what would be an error or a panic in Go.
   */
  readonly call: (context: Context, args: readonly unknown[]) => unknown;
}

export type Functions = Readonly<Record<string, GoFunction>>;

/** The types by the names that signatures use. */
const TYPES = {
  string: stringType,
  int: intType,
  int64: int64Type,
  bool: boolType,
  float64: float64Type,
  any: anyType,
  value: valueType,
  dict: anyMap,
  list: anySlice,
  strings: stringSlice,
  ints: intSlice,
  stringMap,
  lists: sliceOf(anySlice),
} as const satisfies Readonly<Record<string, GoType>>;

type TypeName = keyof typeof TYPES;

interface RawOf {
  string: string;
  int: number;
  int64: number;
  bool: boolean;
  float64: number;
  any: Value;
  value: Value;
  dict: Dict | undefined;
  list: readonly Value[] | undefined;
  strings: readonly string[] | undefined;
  ints: readonly number[] | undefined;
  stringMap: Readonly<Record<string, string>> | undefined;
  lists: readonly (readonly Value[])[] | undefined;
}

type Raw<Name extends string> = Name extends TypeName ? RawOf[Name] : never;
/** The arguments of "string, int, ...any". */
type Arguments<Text extends string> = Text extends ""
  ? []
  : Text extends `...${infer Last}`
    ? Raw<Last>[]
    : Text extends `${infer First}, ${infer Rest}`
      ? [Raw<First>, ...Arguments<Rest>]
      : [Raw<Text>];

/**
 * A function by the names of its parameters and its result.
 * @example fn("int, string", "string", (count, text) => text.repeat(count))
 */
export function fn<const Parameters extends string>(
  parameters: Parameters,
  result: TypeName,
  call: (...args: Arguments<Parameters>) => unknown,
): GoFunction {
  const run = call as (...args: readonly unknown[]) => unknown;
  const signature = signatureOf(parameters, result);
  return withSignature(
    signature,
    signature.variadic ? (_, args) => run(...args) : withFew(signature.in.length, run),
  );
}

/** Calls a function without spreading its arguments, which takes longer than most of these functions. */
function withFew(count: number, run: (...args: readonly unknown[]) => unknown): GoFunction["call"] {
  switch (count) {
    case 1:
      return (_, args) => run(args[0]);
    case 2:
      return (_, args) => run(args[0], args[1]);
    default:
      return (_, args) => run(...args);
  }
}

/** The same for a function that asks something of the execution, which comes first. */
export function fnIn<const Parameters extends string>(
  parameters: Parameters,
  result: TypeName,
  call: (context: Context, ...args: Arguments<Parameters>) => unknown,
): GoFunction {
  const run = call as (context: Context, ...args: readonly unknown[]) => unknown;
  return withSignature(signatureOf(parameters, result), (context, args) => run(context, ...args));
}

/** A function whose types are none of the common ones. */
export function withSignature(signature: Signature, call: GoFunction["call"]): GoFunction {
  return { signature, call };
}

function signatureOf(parameters: string, result: TypeName): Signature {
  const names = parameters === "" ? [] : parameters.split(", ");
  const variadic = names.at(-1)?.startsWith("...") ?? false;
  const types = names.map((name) =>
    name.startsWith("...") ? sliceOf(TYPES[name.slice(3) as TypeName]) : TYPES[name as TypeName],
  );
  return { in: types, variadic, out: TYPES[result] };
}
