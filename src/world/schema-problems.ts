/** What a file of ours says that its schema does not allow, in the words of the person who wrote it, each where it stands. */
import { dnsLabelErrors } from "../kube/names.ts";
import { nearest } from "../kube/nearest.ts";
import { type Location, locationOf, type Part, rangeAt } from "../source/locate.ts";
import { type Node, nodeAt, type Path } from "../source/node.ts";
import type { SourceFile } from "../source/reading.ts";

/** A difference from a schema, as ajv reports it. */
export interface SchemaError {
  readonly instancePath: string;
  readonly schemaPath?: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
  /** The key that a `propertyNames` does not take. */
  readonly propertyName?: string;
  /** The schema of the object that the keyword stands in. */
  readonly parentSchema?: Readonly<Record<string, unknown>>;
}

/** What is wrong with a file, where, and what to write instead. */
export interface FileFault {
  readonly message: string;
  readonly location?: Location;
  readonly hint?: string;
}

/** The differences from a schema, in the order of the text. `whole` is what the file is, for people: "the configuration". */
export function schemaProblems(
  file: SourceFile,
  root: Node | undefined,
  errors: readonly SchemaError[],
  whole: string,
): readonly FileFault[] {
  // What these say is told by the errors inside of them.
  const telling = errors.filter(({ keyword }) => keyword !== "propertyNames" && keyword !== "if");
  const told = telling.map((error) => problemOf({ file, root, whole }, withAllMissing(error, telling)));
  return inOrder(told.filter((one, index) => index === told.findIndex((other) => isSame(one, other))));
}

/** Of several keys that are missing in one place, one error that names them all. */
function withAllMissing(error: SchemaError, all: readonly SchemaError[]): SchemaError {
  if (error.keyword !== "required") return error;
  const missing = all
    .filter(({ keyword, instancePath }) => keyword === "required" && instancePath === error.instancePath)
    .map(({ params }) => String(params.missingProperty));
  return missing.length < 2 ? error : { ...error, params: { missingProperty: missing.join(", ") } };
}

function isSame(a: FileFault, b: FileFault): boolean {
  return a.message === b.message && a.location?.start === b.location?.start;
}

/** Problems in the order of the text. */
export function inOrder(problems: readonly FileFault[]): readonly FileFault[] {
  return [...problems].sort((a, b) => (a.location?.start ?? 0) - (b.location?.start ?? 0));
}

/** The location of what stands at a path of a file; undefined when it is not written. */
export function locate(
  file: SourceFile,
  root: Node | undefined,
  path: Path,
  part?: Part,
): Location | undefined {
  const range = rangeAt(root, path, part);
  return range && locationOf(file, range);
}

/** The text of a node as it is spelled. */
export function textOf(file: SourceFile, node: Node): string {
  return file.text.slice(node.start, node.end);
}

interface Read {
  readonly file: SourceFile;
  readonly root: Node | undefined;
  readonly whole: string;
}

/** One difference from the schema, in the words of the person who wrote the file. */
function problemOf({ file, root, whole }: Read, error: SchemaError): FileFault {
  const path = pathOf(root, error.instancePath);
  const name = nameOf(path);
  const node = nodeAt(root, path);
  const scalar = node?.type === "scalar" ? node.value : undefined;
  const written = node ? excerpt(textOf(file, node)) : "";
  const here = locate(file, root, path, path.length > 0 ? "value" : "entry");
  const { params, parentSchema = {} } = error;
  switch (error.keyword) {
    case "additionalProperties": {
      const key = String(params.additionalProperty);
      const message = `unknown key ${key}${name && ` in ${name}`}`;
      return problem(message, locate(file, root, [...path, key], "key"), allowedKeys(key, parentSchema));
    }
    case "required":
      return problem(
        `${name || whole} has no ${String(params.missingProperty)}`,
        locate(file, root, path) ?? here,
        such(propertyOf(parentSchema, String(params.missingProperty)), `${String(params.missingProperty)}: `),
      );
    case "enum":
      return problem(`${name} cannot be ${written}`, here, oneOf(written, strings(params.allowedValues)));
    case "const":
      return problem(`${name} cannot be ${written}`, here, `it is ${String(params.allowedValue)}`);
    case "type":
      return problem(
        `${name || whole} is ${kindOf(node)}, not ${wantedTypes(params.type)}`,
        path.length === 0 ? undefined : here,
        meantFor(path, node, parentSchema) ?? typeHint(node, written, params.type, parentSchema),
      );
    case "minLength":
    case "minItems":
    case "minProperties":
      return problem(`${name} is empty`, here, such(parentSchema));
    case "pattern":
      if (error.propertyName !== undefined)
        return keyProblem(file, root, path, error.propertyName, parentSchema);
      if (scalar === "") return problem(`${name} is empty`, here, such(parentSchema));
      return problem(`${name} cannot be ${written}`, here, patternHint(scalar, parentSchema));
    default:
      return problem(`${name || whole} ${error.message ?? "is not allowed"}`, here, such(parentSchema));
  }
}

/** A key that cannot be one, such as the name of a namespace. */
function keyProblem(
  file: SourceFile,
  root: Node | undefined,
  path: Path,
  key: string,
  schema: Readonly<Record<string, unknown>>,
): FileFault {
  const location = locate(file, root, [...path, key], "key");
  return problem(`${nameOf(path)} cannot have the key ${excerpt(key)}`, location, patternHint(key, schema));
}

/** What a text that does not fit a pattern should be: for names what is wrong with it, for placeholders that they are to be replaced. */
function patternHint(value: unknown, schema: Readonly<Record<string, unknown>>): string | undefined {
  const example = such(schema);
  if (schema.pattern !== dnsLabel || typeof value !== "string") return example;
  if (/^<.*>$|[…]|\{\{|\$[{(]/s.test(value)) return `put the name in its place, ${example}`;
  return `a name ${dnsLabelErrors(value).join(", ")}, ${example}`;
}

/** The pattern of the schema for names of namespaces and revisions. */
const dnsLabel = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$";

/** A problem from its parts. */
export function problem(
  message: string,
  location: Location | undefined,
  hint: string | undefined,
): FileFault {
  return { message, ...(location && { location }), ...(hint && { hint }) };
}

function allowedKeys(key: string, schema: Readonly<Record<string, unknown>>): string {
  const allowed = Object.keys(isRecord(schema.properties) ? schema.properties : {});
  const [meant] = nearest(key, allowed);
  return meant ? `did you mean ${meant}?` : `allowed here: ${allowed.join(", ")}`;
}

function oneOf(written: string, allowed: readonly string[]): string {
  const [meant] = nearest(written.replace(/^["']|["']$/g, ""), allowed);
  const list = allowed.length === 2 ? allowed.join(" or ") : `one of ${allowed.join(", ")}`;
  return meant ? `did you mean ${meant}? It is ${list}` : `it is ${list}`;
}

/** The word that a boolean stands for, where just some words can be: YAML takes `no` for one, and people write `true` for `enabled`. */
function meantFor(
  path: Path,
  node: Node | undefined,
  schema: Readonly<Record<string, unknown>>,
): string | undefined {
  const value = node?.type === "scalar" ? node.value : undefined;
  if (typeof value !== "boolean") return undefined;
  if (path.at(-1) === "istio-injection" && path.at(-2) === "labels")
    return `write ${value ? "enabled" : "disabled"}: it is enabled or disabled`;
  const words = isRecord(schema.then) ? strings(schema.then.enum) : [];
  if (words.length === 0) return undefined;
  const meant = !value && words.includes("off") ? "write off: " : "";
  return `${meant}it is one of ${words.join(", ")}`;
}

/** A value of the wrong type is mostly one that YAML took for something else: it wants quotes. */
function typeHint(
  node: Node | undefined,
  written: string,
  wanted: unknown,
  schema: Readonly<Record<string, unknown>>,
): string | undefined {
  const types = [wanted].flat();
  if (node?.type === "scalar" && types.includes("string") && node.style === "plain" && node.value !== null) {
    return `put it in quotes: "${written}"`;
  }
  if (types.includes("array") && node?.type === "scalar" && node.value !== null)
    return `write a list: [${written}]`;
  return such(schema);
}

/** The first example of a schema, as it would be written. */
function such(schema: Readonly<Record<string, unknown>> | undefined, before = ""): string | undefined {
  const example = Array.isArray(schema?.examples) ? schema.examples[0] : undefined;
  return example === undefined ? undefined : `such as ${before}${flowOf(example)}`;
}

/** Plain data in flow style, with quotes where YAML would read a string as something else. */
function flowOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowOf).join(", ")}]`;
  if (isRecord(value)) {
    return `{${Object.entries(value)
      .map(([key, each]) => `${key}: ${flowOf(each)}`)
      .join(", ")}}`;
  }
  return typeof value === "string" && !/^[A-Za-z][\w./*-]*$/.test(value)
    ? JSON.stringify(value)
    : String(value);
}

function propertyOf(
  schema: Readonly<Record<string, unknown>>,
  key: string,
): Readonly<Record<string, unknown>> | undefined {
  const property = isRecord(schema.properties) ? schema.properties[key] : undefined;
  return isRecord(property) ? property : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

const typeNames: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
};

function wantedTypes(wanted: unknown): string {
  return strings([wanted].flat())
    .map((type) => typeNames[type] ?? type)
    .join(" or ");
}

function kindOf(node: Node | undefined): string {
  if (node?.type === "map") return "a mapping";
  if (node?.type === "list") return "a list";
  const value = node?.value ?? null;
  if (value === null) return "empty";
  return typeof value === "bigint" ? "a number" : `a ${typeof value}`;
}

function excerpt(text: string): string {
  const line = text.split(/[\r\n]/, 1)[0] ?? "";
  return line.length < text.length || line.length > 40 ? `${line.slice(0, 40)}…` : line;
}

/** A JSON pointer as a path: a step is an index where the document has a list. */
function pathOf(root: Node | undefined, pointer: string): Path {
  const path: (string | number)[] = [];
  for (const part of pointer.split("/").slice(1)) {
    const step = part.replaceAll("~1", "/").replaceAll("~0", "~");
    path.push(nodeAt(root, path)?.type === "list" ? Number(step) : step);
  }
  return path;
}

/** A path for people: `istio.revisions[0].name`, `namespaces.shop`. */
export function nameOf(path: Path): string {
  return path.reduce<string>((name, step) => {
    if (typeof step === "number") return `${name}[${step}]`;
    return name === "" ? step : `${name}.${step}`;
  }, "");
}
