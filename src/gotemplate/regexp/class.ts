/** Which characters one place of a regular expression takes. */

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** A Unicode property, or its opposite. */
export interface Property {
  readonly property: RegExp;
  readonly negated: boolean;
}

export interface CharacterClass {
  readonly items: readonly (Range | Property)[];
  readonly negated: boolean;
  readonly ignoreCase: boolean;
}

export const anyCharacter: CharacterClass = {
  items: [{ low: 0, high: 0x10ffff }],
  negated: false,
  ignoreCase: false,
};

export function range(low: number, high = low): Range {
  return { low, high };
}

export function charRange(from: string, to: string): Range {
  return { low: from.codePointAt(0) ?? 0, high: to.codePointAt(0) ?? 0 };
}

/** The ranges that the given ones leave out. */
export function complement(ranges: readonly Range[]): readonly Range[] {
  const rest: Range[] = [];
  let next = 0;
  for (const { low, high } of [...ranges].sort((a, b) => a.low - b.low)) {
    if (low > next) rest.push(range(next, low - 1));
    next = Math.max(next, high + 1);
  }
  if (next <= 0x10ffff) rest.push(range(next, 0x10ffff));
  return rest;
}

const DIGIT = [charRange("0", "9")];
const SPACE = [range(9, 10), range(12, 13), range(32)];
const WORD = [charRange("0", "9"), charRange("A", "Z"), charRange("_", "_"), charRange("a", "z")];

/** \d, \s, \w and their opposites. */
export const perlClasses: Readonly<Record<string, readonly Range[]>> = {
  d: DIGIT,
  D: complement(DIGIT),
  s: SPACE,
  S: complement(SPACE),
  w: WORD,
  W: complement(WORD),
};

/** The names in [[:name:]]. */
export const posixClasses: Readonly<Record<string, readonly Range[]>> = {
  alnum: [charRange("0", "9"), charRange("A", "Z"), charRange("a", "z")],
  alpha: [charRange("A", "Z"), charRange("a", "z")],
  ascii: [range(0, 0x7f)],
  blank: [range(9), range(32)],
  cntrl: [range(0, 0x1f), range(0x7f)],
  digit: DIGIT,
  graph: [range(0x21, 0x7e)],
  lower: [charRange("a", "z")],
  print: [range(0x20, 0x7e)],
  punct: [range(0x21, 0x2f), range(0x3a, 0x40), range(0x5b, 0x60), range(0x7b, 0x7e)],
  space: [range(9, 13), range(32)],
  upper: [charRange("A", "Z")],
  word: WORD,
  xdigit: [charRange("0", "9"), charRange("A", "F"), charRange("a", "f")],
};

/** The property of a Unicode category or script; undefined when there is none of that name. */
export function propertyOf(name: string): RegExp | undefined {
  if (!/^[A-Za-z_]+$/.test(name)) return undefined;
  if (name === "Any") return /^[\s\S]$/u;
  for (const written of name.length <= 2 ? [name] : [`Script=${name}`]) {
    try {
      return new RegExp(`^\\p{${written}}$`, "u");
    } catch {
      // No such property.
    }
  }
  return undefined;
}

function holds(item: Range | Property, point: number): boolean {
  if ("low" in item) return point >= item.low && point <= item.high;
  return item.property.test(String.fromCodePoint(point)) !== item.negated;
}

/** Other characters that some count as, when case does not matter, besides their upper and lower case. */
const ALSO: Readonly<Record<number, readonly number[]>> = {
  75: [0x212a],
  107: [0x212a],
  83: [0x17f],
  115: [0x17f],
  197: [0x212b],
  229: [0x212b],
  931: [0x3c2],
  963: [0x3c2],
  181: [0x39c, 0x3bc],
};

/** A character and those that are the same without regard to case. */
export function caseVariants(point: number): readonly number[] {
  const char = String.fromCodePoint(point);
  const lower = char.toLowerCase();
  const upper = char.toUpperCase();
  const variants = new Set([point]);
  for (const variant of [lower, upper, upper.toLowerCase(), lower.toUpperCase()]) {
    const other = variant.codePointAt(0) ?? point;
    if (String.fromCodePoint(other) === variant) variants.add(other);
  }
  for (const also of ALSO[point] ?? []) variants.add(also);
  return [...variants];
}

/** Whether a class takes a character. */
export function takes(set: CharacterClass, point: number): boolean {
  const points = set.ignoreCase ? caseVariants(point) : [point];
  const found = set.items.some((item) => points.some((variant) => holds(item, variant)));
  return found !== set.negated;
}
