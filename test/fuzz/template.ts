/** Fuzzing of Go templates: actions, pipelines and functions put together by chance, over plain data. */
import type { Functions } from "../../src/gotemplate/function.ts";
import { sprigFunctions } from "../../src/gotemplate/functions/sprig.ts";
import { compile, execute } from "../../src/gotemplate/template.ts";
import { fromRune, runes, toBytes } from "../../src/gotemplate/text.ts";
import type { Signature } from "../../src/gotemplate/types.ts";
import type { Dict } from "../../src/gotemplate/values.ts";
import type { Answer } from "./target.ts";

export const name = "template";

const data = {
  s: "hello wörld",
  e: "",
  n: 42,
  f: -1.5,
  t: true,
  z: null,
  l: ["b", "a", "c"],
  nums: [3, 1, 2],
  mix: [1, "a", true, null, [2], { k: "v" }],
  m: { b: "2", a: "1", c: { d: "deep" } },
  none: [],
};

interface Question {
  readonly op: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

type Dice = (limit: number) => number;

const constants = [
  ...[
    '"a"',
    '""',
    '"b,c"',
    "`x y`",
    '"12"',
    '"-0x1F"',
    '"1.5"',
    '"é世"',
    '"a.b/c"',
    '"%v|%5d"',
    '"[a-c]+"',
    "'x'",
  ],
  ...["0", "1", "-3", "7", "2.5", "1e21", "true", "false", "nil", "0x10", "1000", "3.0"],
];
const fields = [
  ".",
  "$",
  ".s",
  ".e",
  ".n",
  ".f",
  ".t",
  ".z",
  ".l",
  ".nums",
  ".mix",
  ".m",
  ".m.c",
  ".m.c.d",
  ".none",
  ".no",
  ".no.x",
  "$x",
  ".k",
];
/** Left out: what depends on time, chance or the order of Go's maps, and what refers to the stack in its complaints. */
const excluded = new Set([
  ...[
    "keys",
    "values",
    "env",
    "expandenv",
    "repeat",
    "until",
    "untilStep",
    "seq",
    "semver",
    "tuple",
    "hello",
    "fail",
  ],
]);
const builtinNames = [
  ...["and", "or", "not", "len", "index", "print", "printf", "println", "html", "js", "urlquery"],
  ...["eq", "ne", "lt", "le", "gt", "ge", "call", "slice"],
];

function usable(functions: Functions): readonly (readonly [string, Signature])[] {
  return Object.entries(functions)
    .filter(([key, { signature, call }]) => !excluded.has(key) && !refuses(call, signature.variadic))
    .map(([key, { signature }]) => [key, signature] as const);
}

/** Operands that fit a parameter, by the name of its type. */
const fitting: Readonly<Record<string, readonly string[]>> = {
  string: [
    ...[
      '"a"',
      '""',
      '"b,c"',
      '"12"',
      '"1.5s"',
      '"é世 x"',
      '"a.b/c"',
      '"[a-c]+"',
      '"(b)|c*"',
      '"${1}x$0"',
      '"HTTPServer_name"',
      ".s",
      ".m.a",
    ],
    ...[
      '"1.2.3-a"',
      '">=1.1 <3"',
      '"http://u@h:1/p?q#f"',
      '"aGk="',
      `'{"a":[1,2]}'`.replaceAll("'", "`"),
      '(printf "%v" .mix)',
      '"k"',
      '"d"',
    ],
  ],
  int: ["0", "1", "2", "-1", "5", "3", "(int .n)", "(len .l)"],
  bool: ["true", "false", ".t"],
  float64: ["0.5", "1.0", ".f"],
  "map[string]interface {}": [
    ".m",
    ".m.c",
    '(dict "a" 1 "b" "x")',
    "(dict)",
    ".none.x",
    '(dict "scheme" "s" "host" "h" "path" "p q")',
  ],
  "interface {}": [
    ".l",
    ".nums",
    ".mix",
    ".m",
    ".s",
    ".n",
    ".f",
    ".z",
    "nil",
    "1",
    '"12"',
    "(list 1 2 3)",
    '(split "," "a,b")',
    '(splitList "," "a,b")',
  ],
};

/** Functions whose result comes from outside fail whatever they are given. */
function refuses(call: unknown, variadic: boolean): boolean {
  if (!variadic) return false;
  try {
    (call as (context: unknown, args: readonly unknown[]) => unknown)(undefined, []);
    return false;
  } catch (error) {
    return error instanceof Error && error.message.includes("cannot be known here");
  }
}

const functions = usable(sprigFunctions);

function operand(dice: Dice, depth: number): string {
  const choice = dice(depth > 2 ? 8 : 11);
  if (choice < 4) return constants[dice(constants.length)] ?? "1";
  if (choice < 8) return fields[dice(fields.length)] ?? ".";
  return `(${pipeline(dice, depth + 1)})`;
}

function command(dice: Dice, depth: number, piped: boolean): string {
  const kind = dice(10);
  if (!piped && kind < 3) return operand(dice, depth);
  if (kind < 5) {
    const name = builtinNames[dice(builtinNames.length)] ?? "print";
    return [name, ...Array.from({ length: dice(3) + (piped ? 0 : 1) }, () => operand(dice, depth))].join(" ");
  }
  const chosen = functions[dice(functions.length)];
  if (!chosen) return "hello";
  const [name, signature] = chosen;
  const arity = signature.in.length + (signature.variadic ? dice(3) - 1 : 0);
  const count = Math.max(0, arity - (piped ? 1 : 0) + (dice(20) === 0 ? dice(3) - 1 : 0));
  return [name, ...Array.from({ length: count }, (_, i) => argument(dice, depth, signature, i))].join(" ");
}

/** An argument that most often fits its parameter. */
function argument(dice: Dice, depth: number, { in: types, variadic }: Signature, index: number): string {
  const last = types.length - 1;
  const type = variadic && index >= last ? types[last]?.elem : types[index];
  const choices = fitting[type?.name ?? ""];
  return choices && dice(8) > 0 ? (choices[dice(choices.length)] ?? "1") : operand(dice, depth);
}

function pipeline(dice: Dice, depth: number): string {
  const commands = [command(dice, depth, false)];
  while (dice(4) === 0 && commands.length < 3) commands.push(command(dice, depth, true));
  return commands.join(" | ");
}

function block(dice: Dice, depth: number): string {
  const trim = (): string => (dice(6) === 0 ? "-" : "");
  const open = (text: string): string => `{{${trim() ? "- " : ""}${text}${trim() ? " -" : ""}}}`;
  const inner = (): string => (depth > 2 ? " x " : sequence(dice, depth + 1));
  switch (dice(8)) {
    case 0:
      return (
        open(`if ${pipeline(dice, 1)}`) + inner() + (dice(2) ? open("else") + inner() : "") + open("end")
      );
    case 1:
      return open(`with ${pipeline(dice, 1)}`) + inner() + open("end");
    case 2:
      return open(`range ${pipeline(dice, 1)}`) + inner() + open("else") + inner() + open("end");
    case 3:
      return `${open(`range $i, $v := ${operand(dice, 1)}`)}{{$i}}{{$v}}${inner()}${open("end")}`;
    case 4:
      return open(`$x = ${pipeline(dice, 1)}`);
    case 5:
      return ` text ${dice(10)}\n`;
    default:
      return open(pipeline(dice, 0));
  }
}

function sequence(dice: Dice, depth: number): string {
  return Array.from({ length: 1 + dice(3) }, () => block(dice, depth)).join("");
}

const stray = [
  "{{",
  "}}",
  "-",
  " ",
  "\n",
  "(",
  ")",
  "|",
  "$",
  ".",
  '"',
  "`",
  "'",
  ":=",
  ",",
  "/*",
  "*/",
  "1",
  "_",
  "é",
  "\\",
  "end",
  "else",
];

/** A template with some of it cut out or put in, so that most no longer parse. */
function damaged(dice: Dice, text: string): string {
  let result = text;
  for (let left = 1 + dice(3); left > 0; left--) {
    const at = dice(result.length + 1);
    const cut = dice(2) === 0 ? 1 + dice(4) : 0;
    result = result.slice(0, at) + (cut ? "" : (stray[dice(stray.length)] ?? "")) + result.slice(at + cut);
  }
  return result;
}

export function generate(random: () => number): Question {
  const dice: Dice = (limit) => Math.floor(random() * limit);
  const whole = `{{$x := ${operand(dice, 1)}}}${sequence(dice, 0)}`;
  const text = dice(4) === 0 ? damaged(dice, whole) : whole;
  return { op: "template", fields: { text, data, sprig: true } };
}

export function compare({ fields: { text } }: Question, answer: Answer): string | undefined {
  const compiled = compile("inject", text as string, { functions: sprigFunctions });
  const result = compiled.ok
    ? execute(compiled.template, structuredClone(data) as Dict)
    : { ok: false as const, error: compiled.error, partial: "" };
  const output = result.ok ? result.output : result.partial;
  if (result.ok !== answer.ok) {
    return `ours ${JSON.stringify(result)}, Go's ${JSON.stringify({ ok: answer.ok, out: answer.out, error: answer.error })}`;
  }
  // Bytes that are no text come from the judge as U+FFFD.
  const asText = (text: string): string => Buffer.from(toBytes(text)).toString("utf8");
  const ours = asText(output);
  if (ours !== (answer.out ?? "")) return `ours ${JSON.stringify(ours)}, Go's ${JSON.stringify(answer.out)}`;
  if (!result.ok && runes(result.error).map(fromRune).join("") !== answer.error)
    return `ours ${result.error}\n  Go's ${answer.error}`;
  return undefined;
}
