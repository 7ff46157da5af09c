/** The schema of the functionConfig explains every setting, with examples that it accepts itself. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { suite } from "uvu";
import * as assert from "uvu/assert";

interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

function schemaAt(name: string): Schema {
  return JSON.parse(readFileSync(new URL(`../../schemas/${name}`, import.meta.url), "utf8"));
}

const schema = schemaAt("function-config.schema.json");
const config = schemaAt("config.schema.json");

function* schemasIn(each: Schema, path: string): Generator<readonly [path: string, schema: Schema]> {
  yield [path, each];
  for (const [name, property] of Object.entries(each.properties ?? {}))
    yield* schemasIn(property, `${path}.${name}`);
  if (each.items) yield* schemasIn(each.items, `${path}[]`);
}

const schemas = [
  ...schemasIn(schema, "function"),
  ...Object.entries(schema.$defs ?? {}).flatMap(([name, each]) => [...schemasIn(each, `$${name}`)]),
];
const own = schemas.filter(([, { $ref }]) => $ref === undefined);
const explained = suite("function-config.schema.json");

explained("describes every setting that is its own", () => {
  assert.ok(own.length > 15);
  assert.equal(
    own.filter(([, { description }]) => !description).map(([path]) => path),
    [],
  );
});

explained("has an example of every setting that is its own, which it accepts", () => {
  const ajv = new Ajv2020({ allowUnionTypes: true });
  ajv.addSchema(config, "config.schema.json");
  const poor = own.flatMap(([path, each]) => {
    const validate = ajv.compile({ ...each, $defs: schema.$defs });
    const examples = each.examples ?? [];
    return examples.length > 0 && examples.every((example) => validate(example)) ? [] : [path];
  });
  assert.equal(poor, []);
});

explained(
  "takes every setting of a configuration but those that are about files, several clusters and the format",
  () => {
    const spec = schema.properties?.spec?.properties ?? {};
    const left = Object.keys(config.properties ?? {}).filter((key) => spec[key] === undefined);
    assert.equal(left.sort(), ["apiVersion", "clusters", "kind", "overrides", "paths"]);
  },
);

explained.run();
