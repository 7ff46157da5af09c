/** Packs profiles/ for the engine: what is between [[ ]] is decided here, once for every release that src/istio/releases.ts knows. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { sprigFunctions } from "../src/gotemplate/functions/sprig.ts";
import { compile, execute } from "../src/gotemplate/template.ts";
import type { Value } from "../src/gotemplate/values.ts";
import { bareTemplate } from "../src/istio/bare-template.ts";
import type { PackedProfile } from "../src/istio/profile.ts";
import { nearestFacts, newestRelease, type ReleaseFacts } from "../src/istio/releases.ts";
import type { JsonObject } from "../src/kube/json.ts";

/** A row of profiles/releases.yaml. */
interface Row {
  readonly since: string;
  /** The release that was looked at, where the row stands for older ones too. */
  readonly like?: string;
  readonly features?: JsonObject;
  readonly values?: JsonObject;
  readonly mesh?: JsonObject;
}

/** Reads the folder and renders its templates for each release; a template that fails stops the build. */
export function packProfile(folder: string): PackedProfile {
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  const rows = parse(read("releases.yaml")) as readonly Row[];
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(".tmpl") && name !== "blocks.tmpl")
    .map((name) => name.slice(0, -".tmpl".length))
    .sort();
  const blocks = read("blocks.tmpl");
  const sources = names.map((name) => ({ name, text: blocks + read(`${name}.tmpl`) }));
  const lines = numbers();
  const texts = numbers();
  const releases: PackedProfile["releases"][number][] = [];
  for (const facts of allReleases()) {
    const features = featuresOf(rows, facts);
    const templates: Record<string, number> = {};
    for (const { name, text } of sources)
      if ((name === bareTemplate) === (facts.bareInjection !== null))
        templates[name] = texts.of(lined(render(name, text, features), lines));
    for (const [name, text] of Object.entries(others(features)))
      templates[name] = texts.of(lined(text, lines));
    const last = releases.at(-1);
    if (JSON.stringify(last?.templates) === JSON.stringify(templates)) continue;
    releases.push({ since: versionOf(facts), templates });
  }
  return {
    changes: rows.map(({ since, like, values = {}, mesh = {} }) => {
      return { since: numbersIn(since), ...(like && { like }), values, mesh };
    }),
    lines: lines.all,
    texts: texts.all.map((text) => JSON.parse(text) as number[]),
    releases,
  };
}

/** Every patch release of every minor, in order. */
function allReleases(): readonly ReleaseFacts[] {
  const newest = numbersIn(newestRelease)[0];
  const releases: ReleaseFacts[] = [];
  for (let minor = oldestMinor; minor <= newest; minor++) {
    const { lastPatch } = nearestFacts(`1.${minor}`);
    for (let patch = 0; patch <= lastPatch; patch++) releases.push(nearestFacts(`1.${minor}.${patch}`));
  }
  return releases;
}

const oldestMinor = 6;

/** Minor and patch of "1.30.3"; the first patch where none is told. */
function numbersIn(release: string): readonly [minor: number, patch: number] {
  const [, minor = 0, patch = 0] = release.split(".").map(Number);
  return [minor, patch];
}

function versionOf({ release }: ReleaseFacts): readonly [minor: number, patch: number] {
  return numbersIn(release);
}

/** What templates may ask for in a release: the features of the rows up to it, and the facts about templates. */
function featuresOf(rows: readonly Row[], facts: ReleaseFacts): JsonObject {
  const [minor, patch] = versionOf(facts);
  const reached = rows.filter(({ since }) => {
    const [sinceMinor, sincePatch] = numbersIn(since);
    return sinceMinor < minor || (sinceMinor === minor && sincePatch <= patch);
  });
  const features = Object.assign({}, ...reached.map((row) => row.features)) as JsonObject;
  const { templateFields, templateFunctions, nativeSidecarAnnotation, proxyFields } = facts;
  return { ...features, facts: { templateFields, templateFunctions, nativeSidecarAnnotation, proxyFields } };
}

/** The templates of an install that are none for pods. */
function others({ otherTemplates }: JsonObject): Readonly<Record<string, string>> {
  const names = Array.isArray(otherTemplates) ? otherTemplates.map(String) : [];
  return Object.fromEntries(
    names.map((name) => [
      name,
      `{{ fail "template ${name} makes a Deployment of its own, it is none for pods" }}`,
    ]),
  );
}

function render(name: string, text: string, data: Value): string {
  const compiled = compile(name, text, {
    functions: sprigFunctions,
    delimiters: { left: "[[", right: "]]" },
  });
  const executed = compiled.ok ? execute(compiled.template, data, { missingKey: "error" }) : compiled;
  if (!executed.ok) throw new Error(`profiles/: ${executed.error}`);
  return executed.output;
}

/** A text as the numbers of its lines. */
function lined(text: string, lines: Numbers): string {
  return JSON.stringify(text.split("\n").map((line) => lines.of(line)));
}

/** Texts by number, each once. */
interface Numbers {
  readonly all: readonly string[];
  readonly of: (text: string) => number;
}

function numbers(): Numbers {
  const all: string[] = [];
  const known = new Map<string, number>();
  const of = (text: string) => {
    const number = known.get(text) ?? all.push(text) - 1;
    known.set(text, number);
    return number;
  };
  return { all, of };
}
