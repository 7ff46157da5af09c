/** Versions: the sprig functions semver and semverCompare, as Masterminds/semver 3.3 reads versions and constraints. */
import type { Functions } from "../function.ts";
import { fn, withSignature } from "../function.ts";
import { Failure } from "../limits.ts";
import { maxUint64 } from "../number.ts";
import type { GoType, Method, Signature } from "../types.ts";
import { boolType, intType, pointerTo, stringType, structOf, uint64Type } from "../types.ts";

interface Version {
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  readonly pre: string;
  readonly metadata: string;
  readonly original: string;
}

const IDENTIFIERS = "[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*";
const VERSION = new RegExp(
  `^v?([0-9]+)(\\.[0-9]+)?(\\.[0-9]+)?(?:-(${IDENTIFIERS}))?(?:\\+(${IDENTIFIERS}))?$`,
);

function segment(text: string | undefined): bigint {
  const value = BigInt((text ?? "").replace(".", "") || "0");
  if (value <= maxUint64) return value;
  throw new Failure(
    `Error parsing version segment: strconv.ParseUint: parsing "${value}": value out of range`,
  );
}

function parseVersion(text: string): Version {
  const found = VERSION.exec(text.length > 256 ? "" : text);
  if (!found) throw new Failure("Invalid Semantic Version");
  const [, major, minor, patch, pre = "", metadata = ""] = found;
  if (pre.split(".").some((part) => /^0[0-9]+$/.test(part))) {
    throw new Failure("Version segment starts with 0");
  }
  return {
    major: segment(major),
    minor: segment(minor),
    patch: segment(patch),
    pre,
    metadata,
    original: text,
  };
}

function versionText({ major, minor, patch, pre, metadata }: Version): string {
  return `${major}.${minor}.${patch}${pre === "" ? "" : `-${pre}`}${metadata === "" ? "" : `+${metadata}`}`;
}

function compareNumbers(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareParts(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  const numbers = [a, b].map((part) => /^[0-9]+$/.test(part));
  if (numbers[0] && numbers[1]) return compareNumbers(BigInt(a), BigInt(b));
  if (numbers[0] !== numbers[1]) return numbers[0] ? -1 : 1;
  return a < b ? -1 : 1;
}

function comparePre(a: string, b: string): number {
  if (a === b) return 0;
  if (a === "") return 1;
  if (b === "") return -1;
  const left = a.split(".");
  const right = b.split(".");
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const order = compareParts(left[i], right[i]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareVersions(a: Version, b: Version): number {
  return (
    compareNumbers(a.major, b.major) ||
    compareNumbers(a.minor, b.minor) ||
    compareNumbers(a.patch, b.patch) ||
    comparePre(a.pre, b.pre)
  );
}

interface Constraint {
  readonly operator: string;
  readonly version: Version;
  /** How much of the version was left open. */
  readonly open: "none" | "patch" | "minor" | "all";
}

const OPERATORS = "=>|>=|=<|<=|!=|~>|=|>|<|~|\\^|";
const PATTERN = `v?([0-9xX*|]+)(\\.[0-9xX*|]+)?(\\.[0-9xX*|]+)?(-${IDENTIFIERS})?(\\+${IDENTIFIERS})?`;
const ONE = new RegExp(`^\\s*(${OPERATORS})\\s*${PATTERN}\\s*$`);
const UNGROUPED = PATTERN.replace(/\((?!\?)/g, "(?:");
const SEVERAL = new RegExp(`(?:${OPERATORS})\\s*(?:${UNGROUPED})`, "g");
const VALID = new RegExp(
  `^\\s*(?:${OPERATORS})\\s*(?:${UNGROUPED})\\s*(?:(?:\\s+|,\\s*)(?:${OPERATORS})\\s*(?:${UNGROUPED})\\s*)*$`,
);
const RANGE = new RegExp(`\\s*(${UNGROUPED})\\s+-\\s+(${UNGROUPED})\\s*`, "g");
const MAX_CONSTRAINT = 200;

function isOpen(part: string | undefined): boolean {
  return part === undefined || part === "" || /^\.?[xX*]$/.test(part);
}

function parseConstraint(text: string): Constraint {
  const found = ONE.exec(text);
  if (!found) throw new Failure(`improper constraint: ${text}`);
  const [, operator = "", major = "", minor = "", patch = "", pre = "", metadata = ""] = found;
  const open = isOpen(major) ? "all" : isOpen(minor) ? "minor" : isOpen(patch) ? "patch" : "none";
  const numbers = {
    all: "0.0.0",
    minor: `${major}.0.0`,
    patch: `${major}${minor}.0`,
    none: `${major}${minor}${patch}`,
  };
  try {
    return { operator, open, version: parseVersion(numbers[open] + pre + (open === "none" ? metadata : "")) };
  } catch {
    throw new Failure("constraint Parser Error");
  }
}

function parseConstraints(text: string): readonly (readonly Constraint[])[] {
  if (text.length > MAX_CONSTRAINT)
    throw new Failure(`a constraint of more than ${MAX_CONSTRAINT} characters`);
  const plain = text.replace(RANGE, (_, from, to) => `>= ${from}, <= ${to} `);
  return plain.split("||").map((part) => {
    if (!VALID.test(part)) throw new Failure(`improper constraint: ${part}`);
    return (part.match(SEVERAL) ?? [part]).map(parseConstraint);
  });
}

type Check = (version: Version, constraint: Constraint) => boolean;

const tilde: Check = (version, { version: wanted, open }) => {
  if (compareVersions(version, wanted) < 0) return false;
  const zero = wanted.major === 0n && wanted.minor === 0n && wanted.patch === 0n;
  if (zero && open !== "minor" && open !== "patch") return true;
  return version.major === wanted.major && (version.minor === wanted.minor || open === "minor");
};

const caret: Check = (version, { version: wanted, open }) => {
  if (compareVersions(version, wanted) < 0) return false;
  if (wanted.major > 0n || open === "minor") return version.major === wanted.major;
  if (version.major > 0n) return false;
  if (wanted.minor > 0n || open === "patch") return version.minor === wanted.minor;
  return version.minor === 0n && version.patch === wanted.patch;
};

const greater: Check = (version, { version: wanted, open }) => {
  if (open === "none") return compareVersions(version, wanted) > 0;
  if (version.major !== wanted.major) return version.major > wanted.major;
  if (open === "minor") return false;
  if (open === "patch") return version.minor > wanted.minor;
  return compareVersions(version, wanted) > 0;
};

const atMost: Check = (version, { version: wanted, open }) => {
  if (open === "none") return compareVersions(version, wanted) <= 0;
  if (version.major !== wanted.major) return version.major < wanted.major;
  return version.minor <= wanted.minor || open === "minor";
};

const equalOrTilde: Check = (version, constraint) =>
  constraint.open === "none"
    ? compareVersions(version, constraint.version) === 0
    : tilde(version, constraint);

const different: Check = (version, { version: wanted, open }) => {
  if (open === "none") return compareVersions(version, wanted) !== 0;
  if (version.major !== wanted.major) return true;
  if (version.minor !== wanted.minor && open !== "minor") return true;
  if (open === "minor") return false;
  if (version.patch !== wanted.patch && open !== "patch") return true;
  if (open === "patch") return comparePre(version.pre, wanted.pre) !== 0;
  return compareVersions(version, wanted) !== 0;
};

const CHECKS: Readonly<Record<string, Check>> = {
  "": equalOrTilde,
  "=": equalOrTilde,
  "!=": different,
  ">": greater,
  "<": (version, { version: wanted }) => compareVersions(version, wanted) < 0,
  ">=": (version, { version: wanted }) => compareVersions(version, wanted) >= 0,
  "=>": (version, { version: wanted }) => compareVersions(version, wanted) >= 0,
  "<=": atMost,
  "=<": atMost,
  "~": tilde,
  "~>": tilde,
  "^": caret,
};

/** Whether a version satisfies a constraint; a prerelease only where the constraint names one, "!=" of a whole version aside. */
function satisfies(version: Version, constraint: Constraint): boolean {
  const exempt = constraint.operator === "!=" && constraint.open === "none";
  if (!exempt && version.pre !== "" && constraint.version.pre === "") return false;
  return CHECKS[constraint.operator]?.(version, constraint) ?? false;
}

function method(
  params: readonly GoType[],
  out: GoType,
  call: (version: Version, other: Version) => unknown,
): Method {
  const signature: Signature = { in: params, variadic: false, out };
  return {
    signature,
    call: (receiver, args) => {
      if (receiver === undefined || receiver === null) {
        throw new Failure("runtime error: invalid memory address or nil pointer dereference");
      }
      return call(receiver as Version, args[0] as Version);
    },
  };
}

function next(version: Version, change: Partial<Version>): Version {
  const made = { ...version, pre: "", metadata: "", ...change };
  return { ...made, original: (version.original.startsWith("v") ? "v" : "") + versionText(made) };
}

const methods: Record<string, Method> = {
  String: method([], stringType, versionText),
  Major: method([], uint64Type, (version) => version.major),
  Minor: method([], uint64Type, (version) => version.minor),
  Patch: method([], uint64Type, (version) => version.patch),
  Prerelease: method([], stringType, (version) => version.pre),
  Metadata: method([], stringType, (version) => version.metadata),
};

const pointerMethods: Record<string, Method> = {
  Original: method([], stringType, (version) => version.original),
};

const versionType: GoType = {
  ...structOf("semver.Version", () => [
    { name: "major", type: uint64Type, key: "major" },
    { name: "minor", type: uint64Type, key: "minor" },
    { name: "patch", type: uint64Type, key: "patch" },
    { name: "pre", type: stringType, key: "pre" },
    { name: "metadata", type: stringType, key: "metadata" },
    { name: "original", type: stringType, key: "original" },
  ]),
  methods,
  pointerMethods,
  marshalJson: (raw) => JSON.stringify(versionText(raw as Version)),
};
const versionPointer = pointerTo(versionType);

methods.IncMajor = method([], versionType, (version) =>
  next(version, { major: version.major + 1n, minor: 0n, patch: 0n }),
);
methods.IncMinor = method([], versionType, (version) =>
  next(version, { minor: version.minor + 1n, patch: 0n }),
);
methods.IncPatch = method([], versionType, (version) =>
  next(version, version.pre === "" ? { patch: version.patch + 1n } : {}),
);
const other = [versionPointer];
pointerMethods.Compare = method(other, intType, compareVersions);
pointerMethods.Equal = method(other, boolType, (a, b) => compareVersions(a, b) === 0);
pointerMethods.LessThan = method(other, boolType, (a, b) => compareVersions(a, b) < 0);
pointerMethods.LessThanEqual = method(other, boolType, (a, b) => compareVersions(a, b) <= 0);
pointerMethods.GreaterThan = method(other, boolType, (a, b) => compareVersions(a, b) > 0);
pointerMethods.GreaterThanEqual = method(other, boolType, (a, b) => compareVersions(a, b) >= 0);

export const semverFunctions: Functions = {
  semver: withSignature({ in: [stringType], variadic: false, out: versionPointer }, (_, [text]) =>
    parseVersion(text as string),
  ),
  semverCompare: fn("string, string", "bool", (constraint, text) => {
    const alternatives = parseConstraints(constraint);
    const version = parseVersion(text);
    return alternatives.some((all) => all.every((one) => satisfies(version, one)));
  }),
};
