/** Makes the sources that follow from schemas/ and rules/: types, standalone validators, the built-in rules as a module, docs/rules/; and the profile from profiles/. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020, type AnySchemaObject } from "ajv/dist/2020.js";
import { compile } from "json-schema-to-typescript";
import { parse } from "yaml";
import { packProfile } from "./profile.ts";
import { validatorCode, validatorDeclaration, withoutDescriptions } from "./validator.ts";

const top = dirname(dirname(fileURLToPath(import.meta.url)));
const banner = "/** Made by scripts/generate.ts; change its source instead. */\n";

await configType();
await configValidator();
presets();
if (existsSync(join(top, "schemas/rule.schema.json"))) {
  await ruleType();
  await writeValidator("schemas/rule.schema.json", "src/lint/generated/rule-validator");
  builtinRules();
}
await functionConfigValidator();
profile();
if (existsSync(join(top, "docs"))) await ruleDocs();

/** docs/rules/, by the engine itself: everything else must have been made before it is loaded. */
async function ruleDocs(): Promise<void> {
  const made = await import("./rule-docs.ts");
  const pages = await made.ruleDocs();
  const folder = join(top, "docs/rules");
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (!pages.has(name)) rmSync(join(folder, name));
  for (const [name, text] of pages) writeUnlessSame(join(folder, name), text);
}

/** src/istio/generated/profile.ts: profiles/ as one text, which is parsed when somebody asks for it. */
function profile(): void {
  const packed = JSON.stringify(packProfile(join(top, "profiles")));
  write(
    "src/istio/generated/profile.ts",
    `/** A PackedProfile as JSON. */\nexport const profileSource = (): string => ${JSON.stringify(packed)};\n`,
  );
}

/** src/world/generated/config.ts: the type of sidelint.yaml. */
async function configType(): Promise<void> {
  write("src/world/generated/config.ts", await typeOf("schemas/config.schema.json"));
}

/** src/world/generated/config-validator.js: the check of sidelint.yaml, compiled. */
async function configValidator(): Promise<void> {
  await writeValidator("schemas/config.schema.json", "src/world/generated/config-validator");
}

/**
 * src/krm/generated/function-config-validator.js, and settings-of-config.ts: the settings that a function takes as sidelint.yaml has them. They
 * are left to the validator of that, so that the package holds it once.
 */
async function functionConfigValidator(): Promise<void> {
  const schema = withoutDescriptions(join(top, "schemas/function-config.schema.json"));
  const { properties } = schema.properties.spec as { readonly properties: Record<string, unknown> };
  const ofConfig = Object.entries(properties).flatMap(([name, property]) => {
    const isOfConfig = JSON.stringify(property) === `{"$ref":"config.schema.json#/properties/${name}"}`;
    return isOfConfig ? [name] : [];
  });
  for (const name of ofConfig) properties[name] = true;
  await writeValidator(schema, "src/krm/generated/function-config-validator", ["schemas/config.schema.json"]);
  write(
    "src/krm/generated/settings-of-config.ts",
    `export const settingsOfConfig: readonly string[] = ${JSON.stringify(ofConfig)};\n`,
  );
}

/** src/world/generated/presets.ts: the texts of presets/ by name; one that breaks the schema stops the build. */
function presets(): void {
  const valid = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
    schemaAt("schemas/config.schema.json"),
  );
  const files = readdirSync(join(top, "presets")).filter((name) => name.endsWith(".yaml"));
  const texts = files.sort().map((name) => {
    const text = readFileSync(join(top, "presets", name), "utf8");
    if (!valid(parse(text))) throw new Error(`presets/${name}: ${JSON.stringify(valid.errors)}`);
    return [name.replace(/\.yaml$/, ""), text];
  });
  const data = JSON.stringify(Object.fromEntries(texts), null, 2);
  write(
    "src/world/generated/presets.ts",
    `export const presets: Readonly<Record<string, string>> = ${data};\n`,
  );
}

/** src/lint/generated/rule.ts: the type of a rule file. */
async function ruleType(): Promise<void> {
  write("src/lint/generated/rule.ts", await typeOf("schemas/rule.schema.json"));
}

/** Every file of rules/, in the order of their names; one that breaks the schema stops the build. */
function ruleFiles(): readonly Readonly<Record<string, unknown>>[] {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  const valid = ajv.compile(schemaAt("schemas/rule.schema.json"));
  const files = readdirSync(join(top, "rules")).filter((name) => name.endsWith(".yaml"));
  return files.sort().map((name) => {
    const rule = parse(readFileSync(join(top, "rules", name), "utf8")) as Record<string, unknown>;
    if (!valid(rule)) throw new Error(`rules/${name}: ${ajv.errorsText(valid.errors)}`);
    if (`${rule.id}.yaml` !== name) throw new Error(`rules/${name}: the id is ${rule.id}`);
    return rule;
  });
}

/** src/lint/generated/rules.ts: what a check needs of the rules, as data; rule-pages.ts: the rest, for readers and tests. */
function builtinRules(): void {
  const type = titleOf(schemaAt("schemas/rule.schema.json"));
  const prose = ["why", "fix", "bad", "good"];
  const rules = ruleFiles();
  const pages = rules.map((rule) => pick(rule, (key) => key === "id" || prose.includes(key)));
  const cores = rules.map((rule) => pick(rule, (key) => !prose.includes(key)));
  const omitted = prose.map((key) => `"${key}"`).join(" | ");
  write(
    "src/lint/generated/rules.ts",
    `import type { ${type} } from "./rule.ts";\n\nexport const builtinRules: readonly Omit<${type}, ${omitted}>[] = ${JSON.stringify(cores, null, 2)};\n`,
  );
  write(
    "src/lint/generated/rule-pages.ts",
    `import type { ${type} } from "./rule.ts";\n\nexport const rulePages: readonly Pick<${type}, "id" | ${omitted}>[] = ${JSON.stringify(pages, null, 2)};\n`,
  );
}

function pick(
  rule: Readonly<Record<string, unknown>>,
  wanted: (key: string) => boolean,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(rule).filter(([key]) => wanted(key)));
}

/** The TypeScript type of a schema, named after the schema's title. */
async function typeOf(schemaPath: string): Promise<string> {
  const schema = schemaAt(schemaPath);
  return compile(schema, titleOf(schema), { bannerComment: "", additionalProperties: false, cwd: top });
}

/** Writes `<path>.js` and `<path>.d.ts` with a `validate` function that imports nothing; `beside` are schemas that it refers to by name. */
async function writeValidator(
  schema: string | AnySchemaObject,
  path: string,
  beside: readonly string[] = [],
): Promise<void> {
  const bare = typeof schema === "string" ? withoutDescriptions(join(top, schema)) : schema;
  const others = beside.map((other) => [basename(other), withoutDescriptions(join(top, other))]);
  write(`${path}.js`, await validatorCode(bare, Object.fromEntries(others), top));
  write(`${path}.d.ts`, validatorDeclaration);
}

function schemaAt(path: string): AnySchemaObject {
  return JSON.parse(readFileSync(join(top, path), "utf8")) as AnySchemaObject;
}

function titleOf(schema: AnySchemaObject): string {
  return typeof schema.title === "string" ? schema.title : "Schema";
}

/** Writes a generated file unless it says the same already, so that watchers stay calm. */
function write(path: string, text: string): void {
  writeUnlessSame(join(top, path), banner + text);
}

function writeUnlessSame(file: string, content: string): void {
  if (existsSync(file) && readFileSync(file, "utf8") === content) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
