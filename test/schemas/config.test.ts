/** The schema of sidelint.yaml explains every setting, with examples that it accepts itself. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { rulesNamed } from "../../src/lint/catalogue.ts";

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

const text = readFileSync(new URL("../../schemas/config.schema.json", import.meta.url), "utf8");
const schema: Schema = JSON.parse(text);

/** Every schema inside a schema, with its path. */
function* schemasIn(each: Schema, path: string): Generator<readonly [path: string, schema: Schema]> {
  yield [path, each];
  const { additionalProperties, items } = each;
  for (const [name, property] of Object.entries(each.properties ?? {})) {
    yield* schemasIn(property, `${path}.${name}`);
  }
  if (typeof additionalProperties === "object") yield* schemasIn(additionalProperties, `${path}.*`);
  if (items) yield* schemasIn(items, `${path}[]`);
}

const shared = Object.entries(schema.$defs ?? {});
const schemas = [
  ...schemasIn(schema, "config"),
  ...shared.flatMap(([name, each]) => [...schemasIn(each, `$${name}`)]),
];
const explained = suite("config.schema.json");

explained("describes every setting", () => {
  assert.ok(schemas.length > 30);
  assert.equal(
    schemas.filter(([, each]) => !each.description && !each.$ref).map(([path]) => path),
    [],
  );
});

explained("has an example of every setting, which it accepts", () => {
  const ajv = new Ajv2020({ allowUnionTypes: true });
  const poor = schemas
    .filter(([, each]) => !each.$ref)
    .flatMap(([path, each]) => {
      const validate = ajv.compile({ ...each, $defs: schema.$defs });
      const examples = each.examples ?? [];
      return examples.length > 0 && examples.every((example) => validate(example)) ? [] : [path];
    });
  assert.equal(poor, []);
});

explained("names rules in its examples that there are", () => {
  const examples = schemas
    .filter(([path]) => path === "config.rules")
    .flatMap(([, each]) => each.examples ?? []);
  assert.equal(examples.length, 1);
  const names = examples.flatMap((example) => Object.keys(example as object));
  assert.equal(
    names.filter((name) => rulesNamed(name).length === 0),
    [],
  );
});

explained("lets no unknown key through", () => {
  const open = schemas.filter(
    ([, each]) => each.type === "object" && each.additionalProperties === undefined,
  );
  assert.equal(open, []);
});

explained.run();
