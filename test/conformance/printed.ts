/** A Deployment as kube-inject prints it: with the keys that are empty, and all of them in the order of the alphabet. */
import { at, isObject, type Json, type JsonObject } from "../../src/kube/json.ts";
import { writeYaml } from "../../src/source/write-yaml.ts";

/** The text of a Deployment with the five empty keys that sidelint leaves out, sorted; texts that need quotes have single ones. */
export function asPrinted(deployment: JsonObject): string {
  const { spec = {}, metadata = {} } = deployment;
  const template = at(spec, ["template"]) ?? {};
  const pod = objectOf(at(template, ["spec"]));
  const lists = ["containers", "initContainers"].flatMap((key) => {
    const list = pod[key];
    return Array.isArray(list) ? [[key, list.map((one: Json) => ({ resources: {}, ...objectOf(one) }))]] : [];
  });
  const undated = (json: Json | undefined) => ({ creationTimestamp: null, ...objectOf(json) });
  return inTheirQuotes(
    writeYaml(
      sorted({
        status: {},
        ...deployment,
        metadata: undated(metadata),
        spec: {
          strategy: {},
          ...objectOf(spec),
          template: {
            ...objectOf(template),
            metadata: undated(at(template, ["metadata"])),
            spec: { ...pod, ...Object.fromEntries(lists) },
          },
        },
      }),
    ),
  );
}

/** The text with single quotes around what needs some and holds none itself, be it written so or with double ones. */
export function inTheirQuotes(text: string): string {
  return text.replaceAll(/"([^"'\\\n]*)"$/gm, "'$1'");
}

function objectOf(json: Json | undefined): JsonObject {
  return isObject(json ?? null) ? (json as JsonObject) : {};
}

function sorted(json: Json): Json {
  if (Array.isArray(json)) return json.map(sorted);
  if (!isObject(json)) return json;
  const entries = Object.entries(json).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key, sorted(value)]));
}
