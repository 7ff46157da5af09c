/** Mutated manifests and YAML made by chance: does our reader accept the same texts, and give the same JSON? */

import { toGoJson } from "../../src/source/go-json.ts";
import { problems } from "../../src/source/problem.ts";
import { readYaml } from "../../src/source/read.ts";
import type { Reading } from "../../src/source/reading.ts";
import { decodeText } from "../../src/source/text.ts";
import type { Ask, Outcome, Random, Target } from "./target.ts";
import { manifests } from "./yaml-seeds.ts";

const scalars = [
  "!!timestamp 2001-1-2",
  "!!timestamp 2024-02-30",
  "!!timestamp 2001-12-14t21:59:43.10-05:00",
  "!!timestamp 2001-12-14 2:5:4.1",
  "!!timestamp 2001-12-14T2:5:4Z",
  "!!timestamp 2001-12-14T21:59:43,5+24:00",
  "0b-1",
  "-0b1",
  "1e-400",
  "._5",
  ".5e3",
  "+.5",
  "-.5_0",
  "!!float 0x10",
  "!!int 08",
  "!!binary /w==",
  "!!binary a",
  "!!float 1e999",
  "a",
  "b c",
  "true",
  "no",
  "~",
  "null",
  "",
  "1",
  "010",
  "0x1F",
  "1e3",
  ".5",
  "-.inf",
  ".nan",
  "1_000",
  "08",
  "0b11",
  "1:30",
  "2024-01-02",
  "2024-01-02T03:04:05Z",
  "'q'",
  "'it''s'",
  "'x\n  y'",
  '"d"',
  '"a\\tb\\u00e9\\x41"',
  '"x\n\n  y"',
  '"a \\\n  b"',
  "x: y",
  "- x",
  "{a: 1}",
  "[1, 2]",
  "[]",
  "{}",
  "{a, b: c}",
  "[a: b, c]",
  "[? a : b]",
  "{? a}",
  "*x",
  "&x 1",
  "&x {k: v}",
  "!!str 1",
  "!!int '2'",
  "!!float 3",
  "!!binary aGk=",
  "!!bool yes",
  "!!null ''",
  "!local x",
  "! 5",
  "|\n    text\n     more\n",
  ">-\n    folded\n    text\n\n    x\n",
  "|+2\n    keep\n\n",
  "# comment",
  "a # c",
  "a#b",
  "ä€😀",
  "'😀'",
  "\u0085",
  "\u2028x",
  "<",
  "&",
  "*",
  "%x",
  "@x",
  "`x`",
  "{{ .Values.x }}",
  "12345678901234567890",
  "-9223372036854775809",
  "1.0",
  "-0.0",
  "1e400",
  "0.1",
  "123456789.5",
  "+1",
  "-0",
  ".1_0",
  "0o17",
  "1__0",
  "_1",
  "0x",
  "-",
  "?",
  ":",
  "a:b",
  "a:",
  "-1",
  "--- a",
  "...",
  "\\",
  "'",
  '"',
  "<<",
  "y",
  "on",
] as const;
const plainScalars = ["a", "b c", "1", "true", "'q'", '"d"', "*x", "{a: 1}", "[1, 2]", "~"] as const;
const keys = [
  "a",
  "b",
  "kind",
  "metadata",
  "name",
  "labels",
  "<<",
  "on",
  "1",
  "01",
  "1.5",
  "~",
  "'q'",
  '"d"',
  "? x\n",
  "&k a",
  "*x",
  "!!str 1",
  "yes",
  "[a]",
  "{a: b}",
  "😀",
  "",
  "a b",
  "0.1",
  "1e7",
  "12345678901234567890",
  "? ",
  "null",
  "!!int 3",
  "'1'",
  "x y:",
  "! <<",
  "true",
] as const;
const plainKeys = ["a", "b", "c", "name", "kind", "metadata", "x-y", "<<", "'q'", "d.e/f"] as const;
const inserts = [
  "\t",
  " ",
  "  ",
  "\n",
  "\r\n",
  "\r",
  "- ",
  ": ",
  ":",
  "?",
  "? ",
  "#",
  " #",
  "'",
  '"',
  "[",
  "]",
  "{",
  "}",
  ",",
  ", ",
  "&a ",
  "*a",
  "!!str ",
  "!",
  "!!int ",
  "|",
  ">",
  "|-\n",
  "%",
  "---\n",
  "--- ",
  "...\n",
  "\n---\n",
  "<<: *a\n",
  "\\",
  "\\n",
  "\\x",
  "\u0085",
  "\u2028",
  "\u2029",
  "\ufeff",
  "\u0007",
  "\u007f",
  "é",
  "😀",
  "%YAML 1.1\n",
  "%TAG ! tag:x,2000:\n",
  "%TAG !e! tag:yaml.org,2002:\n---\n",
  "!e!int ",
  "!<tag:yaml.org,2002:str> ",
  "~",
  "0",
  "-",
  "\n\n",
  "\n ",
  "\n  ",
  "\n    ",
  "&a",
  "*",
  "@",
  "`",
  "=",
  "<<",
  "''",
  '""',
  "\\\n",
  "%41",
  "!a%20b ",
  "|2\n",
  ">1-\n",
  "\t\n",
  "\n\t",
] as const;

/** A YAML value by chance, as the text of lines at an indentation. */
function value(random: Random, indent: string, depth: number): string {
  if (depth === 0 || random.once(3)) return ` ${random.pick(random.once(2) ? scalars : plainScalars)}\n`;
  const inner = indent + random.pick(["", " ", "  ", "  ", "    "]);
  const parts = Array.from({ length: 1 + random.below(4) }, () =>
    random.once(3)
      ? `${inner}-${value(random, `${inner} `, depth - 1)}`
      : `${inner}${entry(random, inner, depth - 1)}`,
  );
  const properties = random.pick(["", "", "", "", " &x", " !!map", " # c", " &a !!seq"]);
  return `${properties}\n${parts.join("")}`;
}

const entry = (random: Random, indent: string, depth: number): string =>
  `${random.once(3) ? random.pick(keys) : random.pick(plainKeys)}:${value(random, indent, depth)}`;

function snippet(random: Random): string {
  const start = random.pick([
    "",
    "",
    "",
    "---\n",
    "# c\n",
    "--- # c\n",
    "base: &x {k: v, n: 1}\n",
    "l: &a [1, {b: c}]\n",
  ]);
  return start + Array.from({ length: 1 + random.below(5) }, () => entry(random, "", 3)).join("");
}

function flow(random: Random, depth: number): string {
  const parts = Array.from({ length: random.below(4) }, () => {
    const inner = depth > 0 && random.once(2) ? flow(random, depth - 1) : random.pick(scalars);
    return random.once(2) ? inner : `${random.pick(keys)}${random.pick([": ", ":", " : ", ""])}${inner}`;
  });
  const [open, close] = random.pick([
    ["[", "]"],
    ["{", "}"],
  ] as const);
  return open + parts.join(random.pick([", ", ",", ",\n  ", " ,"])) + (random.once(12) ? "," : "") + close;
}

/** One change of a text: characters, lines, indentation, line ends, or a splice of another manifest. */
function mutate(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  const lines = text.split("\n");
  const line = random.below(lines.length);
  switch (random.below(13)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1 + random.below(3));
    case 1:
    case 2:
    case 3:
      return text.slice(0, at) + random.pick(inserts) + text.slice(at);
    case 4:
      return lines.toSpliced(line, 1).join("\n");
    case 5:
      return lines.toSpliced(line, 0, lines[random.below(lines.length)] ?? "").join("\n");
    case 6:
      return lines.with(line, random.pick([" ", "  ", "\t", "- "]) + (lines[line] ?? "")).join("\n");
    case 7:
      return lines.with(line, (lines[line] ?? "").replace(/^ {1,2}/, "")).join("\n");
    case 8:
      return lines
        .with(
          line,
          (lines[line] ?? "").replace(/:.*$/, () => `: ${random.pick(scalars)}`),
        )
        .join("\n");
    case 9:
      return random.once(4) ? text.replaceAll("\n", random.pick(["\r\n", "\r", "\n\n"])) : text.slice(0, at);
    case 10:
      return text.slice(0, at) + String.fromCharCode(32 + random.below(95)) + text.slice(at + 1);
    case 11:
      return text.slice(0, at) + text.slice(at, at + 1 + random.below(40)).repeat(2) + text.slice(at);
    default:
      return lines
        .with(line, `${lines[line] ?? ""} ${random.pick(inserts)}${random.pick(scalars)}`)
        .join("\n");
  }
}

const numberLike = [
  "2001-12-14T21:59:43.10-05:00",
  "2001-1-2",
  "2001-12-14 2:5:4.1",
  "0x1f",
  "0b101",
  "1_000.5e-3",
  ".5e+3",
  "-0o17",
  "18446744073709551615",
  "-9223372036854775808",
  "3.4028235e38",
  "1.17549e-38",
  "16777217.0",
  "1e21",
  "1e-7",
  "1234567.8",
  "aGVsbG8=",
] as const;
const tags = [
  "",
  "",
  "",
  "!!timestamp ",
  "!!int ",
  "!!float ",
  "!!bool ",
  "!!null ",
  "!!binary ",
  "!!str ",
] as const;
const numberCharacters = "0123456789.-+:eE_xXobTtZz ,naif=";

/** A key or value that is nearly a number, a time or base64. */
function almostNumber(random: Random): string {
  let text: string = random.pick(numberLike);
  for (let changes = random.below(3); changes > 0; changes--) {
    const at = random.below(text.length + 1);
    const inserted = random.once(3) ? "" : numberCharacters.charAt(random.below(numberCharacters.length));
    text = text.slice(0, at) + inserted + text.slice(at + random.below(2));
  }
  return random.once(3) ? `${text}: 1` : `a: ${random.pick(tags)}${text}`;
}

function generate(random: Random): string {
  if (random.once(10)) return almostNumber(random);
  let text = random.once(3)
    ? snippet(random)
    : random.once(4)
      ? `${random.pick(["", "a: ", "- "])}${flow(random, 3)}\n`
      : random.pick(manifests);
  for (let changes = random.below(random.pick([1, 2, 3, 6])); changes > 0; changes--)
    text = mutate(text, random);
  return text;
}

async function compare(text: string, ask: Ask): Promise<Outcome> {
  if (Buffer.from(text).toString() !== text) return { skipped: "not text" };
  // A byte order mark is what a file begins with, and no part of the text.
  return compareReading(readYaml(text.replace(/^\ufeff/, "")), { text }, ask);
}

async function compareReading(
  reading: Reading,
  request: Readonly<Record<string, string>>,
  ask: Ask,
): Promise<Outcome> {
  const [plain, strict] = await Promise.all([
    ask("yamlToJSON", request),
    ask("yamlToJSON", { ...request, strict: true }),
  ]);
  if (!plain.verdict || !strict.verdict) return { skipped: "without verdict" };
  if (reading.ok !== plain.ok) {
    const ours = reading.ok ? toGoJson(reading.root) : `refused: ${reading.error.reason}`;
    if (reading.ok && reading.duplicates?.some(({ same }) => !same)) return { skipped: "left to chance" };
    return { difference: `ours ${ours}, theirs ${plain.ok ? plain.out : `refused: ${plain.error}`}` };
  }
  if (!reading.ok) return { same: true };
  if (reading.duplicates?.some(({ same }) => !same)) return { skipped: "left to chance" };
  const repeated = reading.duplicates?.some(({ same }) => same) === true;
  if (repeated === strict.ok) {
    return {
      difference: `strict: ours ${repeated ? "refused" : "accepted"}, theirs ${strict.error || "accepted"}`,
    };
  }
  const json = toGoJson(reading.root);
  return json === plain.out ? { same: true } : { difference: `ours ${json}, theirs ${plain.out}` };
}

export const target: Target = { name: "yaml", shrinks: true, generate, compare };

/** The bytes of a text, as characters up to U+00FF, with some changed; or the text in UTF-16. */
function generateBytes(random: Random): string {
  const text = generate(random);
  if (random.once(8)) {
    const units = Buffer.from(`\ufeff${text}`, "utf16le");
    const bytes = random.once(2) ? units : units.swap16();
    return (random.once(4) ? bytes.subarray(0, random.below(bytes.length)) : bytes).toString("latin1");
  }
  let bytes = Buffer.from(text).toString("latin1");
  for (let changes = 1 + random.below(2); changes > 0; changes--) {
    const at = random.below(bytes.length + 1);
    const byte = random.pick([
      "\xef\xbb\xbf",
      "\xc2",
      "\xc2\x85",
      "\xe2\x80\xa8",
      "\xf0\x9f\x98\x80",
      "\xed\xa0\x80",
      "\xff",
      "\x80",
      "\xc0\x80",
    ]);
    const inserted = random.once(2) ? byte : String.fromCharCode(random.below(256));
    bytes = bytes.slice(0, at) + inserted + bytes.slice(at + random.below(2));
  }
  return bytes;
}

async function compareBytes(input: string, ask: Ask): Promise<Outcome> {
  const bytes = Buffer.from(input, "latin1");
  const decoded = decodeText(bytes);
  const request = { textBase64: bytes.toString("base64") };
  const reading = "text" in decoded ? readYaml(decoded.text) : undefined;
  const isUtf16 = bytes[0] === 0xff || bytes[0] === 0xfe;
  const isUnread =
    reading === undefined || (isUtf16 && !reading.ok && reading.error.reason === problems.control.reason);
  if (reading && !isUnread) return compareReading(reading, request, ask);
  const theirs = await ask("yamlToJSON", request);
  return theirs.ok ? { skipped: "accepted up to what is not read of UTF-16" } : { same: true };
}

export const bytesTarget: Target = {
  name: "yaml-bytes",
  shrinks: true,
  generate: generateBytes,
  compare: compareBytes,
};
