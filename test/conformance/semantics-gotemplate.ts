/** Conformance family semantics/gotemplate: text/template over JSON and over Go structs, and the sprig functions. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Functions } from "../../src/gotemplate/function.ts";
import { sprigFunctions } from "../../src/gotemplate/functions/sprig.ts";
import type { MissingKey } from "../../src/gotemplate/state.ts";
import { compile, execute } from "../../src/gotemplate/template.ts";
import { toBytes } from "../../src/gotemplate/text.ts";
import type { Value } from "../../src/gotemplate/values.ts";
import { injectionFunctions } from "../../src/istio/inject/injection-functions.ts";
import type { Case, Data } from "./family.ts";
import { jsonLines } from "./family.ts";
import { sidecarDot } from "./gotemplate-sidecar.ts";
import { typedData } from "./gotemplate-types.ts";

interface TemplateCase {
  readonly id: string;
  readonly template: string;
  readonly data?: Value;
  readonly dataFile?: string;
  readonly missingkey?: string;
  readonly goType?: string;
  readonly error: boolean;
  readonly result?: string;
  readonly resultBase64?: string;
  readonly stage?: "parse" | "execute";
  readonly errorText?: string;
  readonly partial?: string;
}

const missingKeys: Readonly<Record<string, MissingKey>> = {
  default: "invalid",
  invalid: "invalid",
  zero: "zero",
  error: "error",
};

interface Group {
  readonly functions: Functions;
  readonly dataOf: (given: TemplateCase, data: Value) => Value;
}

/** Every case of the files this engine knows the functions and types of. */
export async function* family({ directory }: Data): AsyncGenerator<Case> {
  for (const [group, { functions, dataOf }] of Object.entries(await groups())) {
    for await (const given of jsonLines<TemplateCase>(join(directory, `${group}.jsonl`), exactIntegers)) {
      const data = given.dataFile ? readData(join(directory, given.dataFile)) : (given.data ?? null);
      yield { id: given.id, group, failure: judge(given, functions, dataOf(given, data)) };
    }
  }
}

/** Integers that a float would round, as text: typed data take them so. */
function exactIntegers(line: string): string {
  return line.replace(/("big":)(\d{16,})/g, '$1"$2"');
}

async function groups(): Promise<Readonly<Record<string, Group>>> {
  return {
    "text-template": { functions: {}, dataOf: (_, data) => data },
    structs: { functions: {}, dataOf: (given, data) => typedData(given.goType ?? "", data) },
    sprig: { functions: sprigFunctions, dataOf: (_, data) => data },
    "istio-functions": {
      functions: { ...sprigFunctions, ...injectionFunctions() },
      dataOf: (_, data) => sidecarDot(data),
    },
  };
}

function readData(file: string): Value {
  return JSON.parse(readFileSync(file, "utf8")) as Value;
}

interface Outcome {
  readonly stage?: "parse" | "execute";
  readonly error?: string;
  readonly text: string;
}

function outcomeOf(given: TemplateCase, functions: Functions, data: Value): Outcome {
  const missingKey = missingKeys[given.missingkey ?? "default"];
  if (!missingKey) {
    return { stage: "parse", error: `panic: unrecognized option: missingkey=${given.missingkey}`, text: "" };
  }
  const compiled = compile("inject", given.template, { functions });
  if (!compiled.ok) return { stage: "parse", error: compiled.error, text: "" };
  const executed = execute(compiled.template, data, { missingKey });
  return executed.ok
    ? { text: executed.output }
    : { stage: "execute", error: executed.error, text: executed.partial };
}

function judge(given: TemplateCase, functions: Functions, data: Value): string | undefined {
  const outcome = outcomeOf(given, functions, data);
  const shown = JSON.stringify({ template: given.template, ...outcome });
  if (given.error !== (outcome.error !== undefined)) {
    return `expected ${given.error ? `error ${given.errorText}` : `result ${JSON.stringify(given.result)}`}, got ${shown}`;
  }
  if (given.error) {
    if (given.stage !== outcome.stage) return `expected an error at ${given.stage}, got ${shown}`;
    if ((given.partial ?? "") !== outcome.text) return `expected the output ${given.partial}, got ${shown}`;
    return given.errorText === outcome.error
      ? undefined
      : `expected the error ${given.errorText}, got ${shown}`;
  }
  const bytes = Buffer.from(toBytes(outcome.text));
  const expected = given.resultBase64 ?? Buffer.from(given.result ?? "").toString("base64");
  return bytes.toString("base64") === expected
    ? undefined
    : `expected ${JSON.stringify(given.result)}, got ${shown}`;
}
