/** The function `call`: calls a function that is a value, such as a field or the result of a method. */

import { rawFor } from "../arguments.ts";
import type { GoFunction } from "../function.ts";
import type { Context } from "../limits.ts";
import { Failure } from "../limits.ts";
import type { GoType, Signature } from "../types.ts";
import { anyType, canBeNil, isAssignable, isSigned, isUnsigned } from "../types.ts";
import type { Value } from "../values.ts";
import { integerOf, Typed, typeOf, view, zeroOf } from "../values.ts";

/** Calls the first argument with the others. */
export function callValue(context: Context, name: string, [callee, ...args]: readonly Value[]): Value {
  if (callee === undefined || callee === null) throw new Failure("call of nil");
  const type = typeOf(callee);
  const { signature } = type;
  if (!(callee instanceof Typed) || !signature)
    throw new Failure(`non-function ${name} of type ${type.name}`);
  const declared = signature.in.length;
  if (signature.variadic ? args.length < declared - 1 : args.length !== declared) {
    const want = signature.variadic ? `at least ${declared - 1}` : `${declared}`;
    throw new Failure(`wrong number of args for ${name}: got ${args.length} want ${want}`);
  }
  const raws = args.map((arg, i) => {
    const parameter = parameterAt(signature, i);
    return rawFor(parameter)(prepared(arg, parameter, `arg ${i}: `));
  });
  return view(signature.out, (callee.raw as GoFunction["call"])(context, raws));
}

function parameterAt(signature: Signature, index: number): GoType {
  const last = signature.in.length - 1;
  return (signature.variadic && index >= last ? signature.in[last]?.elem : signature.in[index]) ?? anyType;
}

/** A value as it may be given where a type is asked for, integers of any size converted; a Failure when it may not. */
export function prepared(value: Value, type: GoType, place = ""): Value {
  if (value === undefined || value === null) {
    if (!canBeNil(type)) throw new Failure(`${place}value is nil; should be of type ${type.name}`);
    return zeroOf(type);
  }
  const given = typeOf(value);
  if (isAssignable(given, type)) return value;
  const integers = [given.kind, type.kind].every((kind) => isSigned(kind) || isUnsigned(kind));
  if (integers) return view(type, integerOf(value));
  throw new Failure(`${place}value has type ${given.name}; should be ${type.name}`);
}
