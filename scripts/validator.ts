/** A schema as code: what ajv makes of it, with all that repeats as functions, as a third of its size is enough. */
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { Ajv2020, type AnySchemaObject } from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import { build } from "esbuild";

export const validatorDeclaration = `/** A difference from the schema, as ajv reports it. */
export interface SchemaError {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
  /** The key that a \`propertyNames\` does not take. */
  readonly propertyName?: string;
  /** The schema of the object that the keyword stands in. */
  readonly parentSchema?: Readonly<Record<string, unknown>>;
}

/** Checks a value; \`validate.errors\` holds the differences of the last call. */
export const validate: ((value: unknown) => boolean) & { readonly errors?: readonly SchemaError[] | null };
export default validate;
`;

/** The code of a validator that imports nothing; `beside` are schemas that it refers to by name. */
export async function validatorCode(
  schema: AnySchemaObject,
  beside: Readonly<Record<string, AnySchemaObject>>,
  top: string,
): Promise<string> {
  const ajv = new Ajv2020({
    allErrors: true,
    allowUnionTypes: true,
    verbose: true,
    code: { source: true, esm: true, lines: true },
  });
  for (const [name, other] of Object.entries(beside)) ajv.addSchema(other, name);
  const code = shortened(standalone.default(ajv, ajv.compile(schema)));
  const bundled = await build({
    stdin: { contents: code, resolveDir: top, loader: "js" },
    bundle: true,
    format: "esm",
    platform: "neutral",
    write: false,
  });
  return bundled.outputFiles[0]?.text ?? "";
}

/** A schema without its prose, which a validator carries around for nothing. */
export function withoutDescriptions(path: string): AnySchemaObject {
  const bare = (key: string, value: unknown) =>
    key === "description" && typeof value === "string" ? undefined : value;
  return JSON.parse(readFileSync(path, "utf8"), bare) as AnySchemaObject;
}

/** How ajv makes an error, on lines of its own. */
const errorMade =
  /^const (err\d+) = \{instancePath(?::(?<at>.*))?,schemaPath:(?<schemaPath>"[^"]*"),keyword:"(?<keyword>\w+)",params:(?<params>\{.*\}),message:(?<message>.*),schema:.*,parentSchema:(?<parent>.*),data(?::\w+)?(?:,propertyName:(?<key>\w+))?\};\nif\(vErrors === null\)\{\nvErrors = \[\1\];\n\}\nelse \{\nvErrors\.push\(\1\);\n\}$/gm;

/** Errors whose message nobody reads: what they say is told from their schema. */
const wordless = new Set([
  ...["additionalProperties", "required", "enum", "const", "type", "pattern", "propertyNames", "if"],
  ...["minLength", "minItems", "minProperties"],
]);

/** A string that may not be empty. */
const text =
  /^if\(typeof (?<data>\w+) === "string"\)\{\nif\(func\d+\(\k<data>\) < 1\)\{\nvErrors = fails\(vErrors, (?<at>.*), "minLength", (?<index>\d+)\);\nerrors\+\+;\n\}\n\}\nelse \{\nvErrors = fails\(vErrors, \k<at>, "type", \k<index>\);\nerrors\+\+;\n\}\n/gm;

/** What the code below calls. `schemaAt` numbers all parts of the schema in the order in which they are written. */
const shared = `let parts;
function schemaAt(index) {
  if (!parts) {
    parts = [];
    const add = (part) => {
      parts.push(part);
      for (const inner of Object.values(part)) if (inner && typeof inner === "object") add(inner);
    };
    schemas.forEach(add);
  }
  return parts[index];
}
function fails(errors, instancePath, keyword, index, extra, message, schemaPath = "") {
  const parentSchema = schemaAt(index);
  const params = {
    additionalProperty: extra,
    missingProperty: extra,
    type: parentSchema.type,
    allowedValues: parentSchema.enum,
    allowedValue: parentSchema.const,
  };
  const propertyName = keyword === "additionalProperties" || keyword === "required" ? undefined : extra;
  const error = { instancePath, schemaPath, keyword, params, message, propertyName, parentSchema };
  if (errors === null) return [error];
  errors.push(error);
  return errors;
}
function isMap(value) {
  return value && typeof value == "object" && !Array.isArray(value);
}
function isText(value) {
  return typeof value === "string" && value !== "";
}
function whyNoText(value) {
  return value === "" ? "minLength" : "type";
}
function isKnown(index, key) {
  return Object.hasOwn(schemaAt(index).properties, key);
}
function step(key) {
  return "/" + key.replace(/~/g, "~0").replace(/\\//g, "~1");
}
`;

function shortened(code: string): string {
  const schemas = new Map<string, unknown>(
    [...code.matchAll(/^const (schema\d+) = (\{.*\});$/gm)].map(([, name = "", text = ""]) => [
      name,
      JSON.parse(text),
    ]),
  );
  const parts = [...schemas.values()].flatMap(allParts);
  /** The number of a part of a schema; copies of it, which ajv makes where schemas are referred to, have the same. */
  const indexOf = (expression: string): number => {
    const value: unknown = new Function(...schemas.keys(), `return ${expression};`)(...schemas.values());
    const index = parts.findIndex((part) => isDeepStrictEqual(part, value));
    if (index < 0) throw new Error(`${expression} is no part of a schema`);
    return index;
  };
  const body = code
    .replace(errorMade, (...matched: readonly unknown[]) => {
      const {
        at,
        schemaPath,
        keyword = "",
        params = "",
        message,
        parent = "",
        key,
      } = matched.at(-1) as Record<string, string>;
      const path = schemaPath?.includes("/not/") ? schemaPath : undefined;
      const extra = key ?? /^\{(?:additionalProperty|missingProperty): ?(.*)\}$/.exec(params)?.[1];
      const words = wordless.has(keyword) ? undefined : message;
      const rest = [extra, words, path];
      while (rest.length > 0 && rest.at(-1) === undefined) rest.pop();
      const all = [
        at ?? "instancePath",
        `"${keyword}"`,
        indexOf(parent),
        ...rest.map((one) => one ?? "undefined"),
      ];
      return `vErrors = fails(vErrors, ${all.join(", ")});`;
    })
    .replace(/(\w+) && typeof \1 == "object" && !Array\.isArray\(\1\)/g, "isMap($1)")
    .replace(/"([^"]*)\/" ?\+ ?(\w+)\.replace\(\/~\/g, "~0"\)\.replace\(\/\\\/\/g, "~1"\)/g, '"$1"+step($2)')
    .replace(/\+""\+/g, "+")
    .replace(
      /if\(!\(.*\b(key\d+)\b.*\)\)\{\n(?=vErrors = fails\(vErrors, [^\n]*?, "additionalProperties", (\d+),)/g,
      "if(!isKnown($2, $1)){\n",
    )
    .replace(
      /if\(!\([^\n]*?\b(data\d*) === [^\n]*\)\)\{\n(?=vErrors = fails\(vErrors, [^\n]*?, "enum", (\d+)\);)/g,
      "if(!schemaAt($2).enum.includes($1)){\n",
    )
    .replace(
      text,
      "if(!isText($<data>)){\nvErrors = fails(vErrors, $<at>, whyNoText($<data>), $<index>);\nerrors++;\n}\n",
    );
  const kept = [...schemas.keys()];
  const rest = body.replace(/^const schema\d+ = \{.*\};$/gm, "");
  for (const name of kept)
    if (new RegExp(`\\b${name}\\b`).test(rest)) throw new Error(`the code still needs ${name}`);
  // What copies parts of another schema is no schema of its own.
  const distinct: unknown[] = [];
  for (const value of schemas.values())
    if (!distinct.flatMap(allParts).some((part) => isDeepStrictEqual(part, value))) distinct.push(value);
  if (!isDeepStrictEqual(distinct.flatMap(allParts), parts.slice(0, distinct.flatMap(allParts).length)))
    throw new Error("schemas with copies before them");
  return `const schemas = ${JSON.stringify(distinct)};\n${shared}${rest}`;
}

/** A schema and all objects and lists in it, in the order in which they are written. */
function allParts(value: unknown): readonly unknown[] {
  if (value === null || typeof value !== "object") return [];
  return [value, ...Object.values(value).flatMap(allParts)];
}
