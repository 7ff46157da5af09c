/** ApplicationSets of Argo CD (argoproj.io/v1alpha1, Argo CD 3.2): the Applications that their generators and their template make. */
import { fn } from "../../gotemplate/function.ts";
import { sprigFunctions } from "../../gotemplate/functions/sprig.ts";
import { compile, execute } from "../../gotemplate/template.ts";
import { layOver } from "../../istio/lay-over.ts";
import { at, isObject, type Json, type JsonObject } from "../../kube/json.ts";
import { readDocuments } from "../../source/document.ts";
import { toValue } from "../../source/node.ts";
import { directoryOf } from "../collect.ts";
import { scalarText, stringMap } from "../resource.ts";
import type { Skipped } from "../world.ts";
import { fitsPath, isListed } from "./glob.ts";
import { listAt, type Order, textAt, unfollowed } from "./order.ts";
import type { Repository } from "./repository.ts";

/** What a generator gives for one Application: plain texts by dotted names, or for Go templates any data. */
type Parameters = JsonObject;

interface Generated {
  readonly parameters: readonly Parameters[];
  /** Laid over the template of the set. */
  readonly template?: JsonObject;
}

interface Reader {
  readonly order: Order;
  readonly repository: Repository;
  readonly isGo: boolean;
  readonly missingKey: "error" | "zero" | "invalid";
  readonly untold: Skipped[];
}

/** What a templatePatch says where it may change what is delivered, where to, or what becomes of the namespace. */
const mayRedirect =
  /\b(?:sources?|sourceHydrator|destination|project|metadata|syncOptions|managedNamespaceMetadata)\b|to(?:Raw|Pretty)?(?:Yaml|Json)|^\s*(?:- )?\{\{.*\}\}\s*$/m;

/** More Applications of one set than anybody has. */
const mostApplications = 1000;
const limits = { steps: 10_000, text: 20_000, items: 1000, depth: 50 };

/** The Applications of a set, as far as the repository says what they are made of; the rest is told. */
export function applicationsOf(
  order: Order,
  repository: Repository,
): { readonly orders: readonly Order[]; readonly untold: readonly Skipped[] } {
  const { value } = order;
  const option = listAt(value, ["spec", "goTemplateOptions"]).map(scalarText).join(" ");
  const reader: Reader = {
    order,
    repository,
    isGo: textAt(value, ["spec", "goTemplate"]) === "true",
    missingKey: option.includes("missingkey=error")
      ? "error"
      : option.includes("missingkey=zero")
        ? "zero"
        : "invalid",
    untold: [],
  };
  const template = at(value, ["spec", "template"]);
  if (!isObject(template)) return { orders: [], untold: [] };
  const patch = at(value, ["spec", "templatePatch"]) ?? "";
  if (typeof patch !== "string" || mayRedirect.test(patch))
    return { orders: [], untold: [unfollowed(order, "its templatePatch is not applied")] };
  const made = listAt(value, ["spec", "generators"]).flatMap((generator) => {
    const found = generate(reader, generator, undefined);
    if (!found) return [];
    const whole = found.template ? layOver(template, found.template) : template;
    return found.parameters.map((parameters) => ({ parameters, whole }));
  });
  if (made.length > mostApplications)
    reader.untold.push(unfollowed(order, `it makes more than ${mostApplications} Applications`));
  const orders = made
    .slice(0, mostApplications)
    .flatMap(({ parameters, whole }) => applicationOf(reader, whole, parameters) ?? []);
  return { orders, untold: reader.untold };
}

function applicationOf(reader: Reader, template: JsonObject, parameters: Parameters): Order | undefined {
  const { order } = reader;
  const value = rendered(reader, template, parameters);
  if (!isObject(value)) {
    const why = typeof value === "string" ? value : "it has no template";
    reader.untold.push(unfollowed(order, why));
    return undefined;
  }
  const name = textAt(value, ["metadata", "name"]) ?? order.name;
  return {
    placed: order.placed,
    label: `Application/${name} of ${order.label}`,
    name,
    namespace: textAt(value, ["metadata", "namespace"]) ?? order.namespace,
    value,
    sourceOf: (path) => order.sourceOf(["spec", "template", ...path]),
  };
}

/** The parameters of a generator; undefined, and told, where they are made of what the repository does not show. */
function generate(reader: Reader, generator: Json, outer: Parameters | undefined): Generated | undefined {
  if (!isObject(generator)) return undefined;
  const refuse = (what: string) => {
    reader.untold.push(unfollowed(reader.order, what));
    return undefined;
  };
  const kind = Object.keys(generator).find((key) => key !== "selector");
  if (kind === undefined) return undefined;
  if (at(generator, ["selector"]) !== undefined)
    return refuse("the selector of its generator is not evaluated");
  const body = outer ? rendered(reader, generator[kind] ?? null, outer) : generator[kind];
  if (!isObject(body)) return typeof body === "string" ? refuse(body) : undefined;
  const template = body.template;
  const own = isObject(template) ? { template } : {};
  switch (kind) {
    case "list": {
      if (body.elementsYaml !== undefined) return refuse("elementsYaml of its list is not evaluated");
      return { parameters: listAt(body, ["elements"]).flatMap((one) => elementOf(reader, one)), ...own };
    }
    case "git": {
      const url = textAt(body, ["repoURL"]);
      if (url === undefined || reader.repository.isAnother(url))
        return refuse(`it looks into another repository, ${url ?? "which it does not name"}`);
      return { parameters: gitParameters(reader, body), ...own };
    }
    case "matrix": {
      const parameters = matrixOf(reader, listAt(body, ["generators"]), outer);
      return parameters && { parameters, ...own };
    }
    default:
      return refuse(`what its generator ${kind} finds is not in the repository`);
  }
}

/** Each of the first with each of the second, which may use the parameters of the first. */
function matrixOf(
  reader: Reader,
  [first, second, ...more]: readonly Json[],
  outer: Parameters | undefined,
): readonly Parameters[] | undefined {
  if (first === undefined || second === undefined || more.length > 0) return undefined;
  const all: Parameters[] = [];
  for (const one of generate(reader, first, outer)?.parameters ?? []) {
    const inner = generate(reader, second, one);
    if (!inner) return undefined;
    all.push(...inner.parameters.map((other) => (reader.isGo ? layOver(one, other) : { ...one, ...other })));
    if (all.length > mostApplications) break;
  }
  return all;
}

function elementOf({ isGo }: Reader, element: Json): readonly Parameters[] {
  if (!isObject(element)) return [];
  return [isGo ? element : flattened(element, "")];
}

function flattened(value: JsonObject, prefix: string): Record<string, Json> {
  const flat: Record<string, Json> = {};
  for (const [key, item] of Object.entries(value)) {
    if (isObject(item)) Object.assign(flat, flattened(item, `${prefix}${key}.`));
    else if (Array.isArray(item))
      item.forEach((one: Json, index) => {
        if (isObject(one)) Object.assign(flat, flattened(one, `${prefix}${key}.${index}.`));
        else flat[`${prefix}${key}.${index}`] = scalarText(one) ?? "";
      });
    else flat[prefix + key] = scalarText(item) ?? "";
  }
  return flat;
}

function gitParameters(reader: Reader, body: JsonObject): readonly Parameters[] {
  const { repository } = reader;
  const patterns = (name: string) =>
    listAt(body, [name]).map((one) => ({
      path: textAt(one, ["path"]) ?? "",
      isExcluded: textAt(one, ["exclude"]) === "true",
    }));
  const chosen = (
    all: readonly string[],
    name: string,
    isMeant: (pattern: string, path: string) => boolean,
  ) => {
    const given = patterns(name);
    const fits = (path: string, isExcluded: boolean) =>
      given.some((one) => one.isExcluded === isExcluded && isMeant(one.path, path));
    return all.filter((path) => fits(path, false) && !fits(path, true));
  };
  const isVisible = (path: string) => !path.split("/").some((part) => part.startsWith("."));
  const directories = chosen(repository.directories().filter(isVisible), "directories", fitsPath);
  const files = patterns("files").length === 0 ? [] : chosen(repository.repositoryFiles(), "files", isListed);
  return [
    ...directories.map((path) => withPath(reader, body, {}, path, undefined)),
    ...files.flatMap((path) =>
      contentsOf(repository, path).map((content) =>
        withPath(reader, body, content, directoryOf(path), path.slice(path.lastIndexOf("/") + 1)),
      ),
    ),
  ];
}

function contentsOf(repository: Repository, path: string): readonly JsonObject[] {
  const text = repository.files.textOf(repository.inTree(path));
  const [document] = text === undefined ? [] : readDocuments({ path, text });
  const reading = document?.read();
  const value: Json = reading?.ok && reading.root ? toValue(reading.root) : null;
  return (Array.isArray(value) ? value : [value]).filter(isObject);
}

/** The parameters of a directory, or of a file with what it holds. */
function withPath(
  reader: Reader,
  body: JsonObject,
  content: JsonObject,
  path: string,
  filename: string | undefined,
): Parameters {
  const segments = path.split("/");
  const basename = segments.at(-1) ?? path;
  const prefix = textAt(body, ["pathParamPrefix"]);
  const names = {
    basename,
    basenameNormalized: normalized(basename),
    ...(filename === undefined ? undefined : { filename, filenameNormalized: normalized(filename) }),
  };
  let parameters: Record<string, Json>;
  if (reader.isGo) {
    const whole: JsonObject = { path: { path, segments, ...names } };
    parameters = { ...content, ...(prefix === undefined ? whole : { [prefix]: whole }) };
  } else {
    const start = prefix === undefined ? "path" : `${prefix}.path`;
    parameters = { ...flattened(content, ""), [start]: path };
    for (const [name, text] of Object.entries(names)) parameters[`${start}.${name}`] = text;
    segments.forEach((segment, index) => {
      parameters[`${start}[${index}]`] = segment;
    });
  }
  const values = rendered(reader, stringMap(body.values), parameters);
  if (!isObject(values)) return parameters;
  return reader.isGo ? { ...parameters, values } : { ...parameters, ...flattened({ values }, "") };
}

/** A text as the name of an object: what may not stand in one becomes a dash. */
function normalized(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^-a-z0-9.]/g, "-")
    .slice(0, 253)
    .replace(/^[-.]+|[-.]+$/g, "");
}

/** All texts of a value with parameters in place; for Go templates the error where one cannot be executed. */
function rendered(reader: Reader, value: Json, parameters: Parameters): Json {
  let failure: string | undefined;
  const walk = (item: Json): Json => {
    if (typeof item === "string") {
      if (!item.includes("{{")) return item;
      const made = reader.isGo ? executed(reader, item, parameters) : replaced(item, parameters);
      if (typeof made === "string") return made;
      failure ??= made.error;
      return item;
    }
    if (Array.isArray(item)) return item.map(walk);
    if (!isObject(item)) return item;
    return Object.fromEntries(
      Object.entries(item).map(([key, inner]) => [key.includes("{{") ? String(walk(key)) : key, walk(inner)]),
    );
  };
  const made = walk(value);
  return failure ?? made;
}

function replaced(text: string, parameters: Parameters): string {
  return text.replace(/\{\{\s*([^{}]*?)\s*\}\}/g, (whole, name: string) => {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    return scalarText(value) ?? whole;
  });
}

const functions = { ...sprigFunctions, normalize: fn("string", "string", normalized) };

function executed(
  { missingKey }: Reader,
  text: string,
  parameters: Parameters,
): string | { readonly error: string } {
  const compiled = compile("template", text, { functions });
  if (!compiled.ok) return compiled;
  const result = execute(compiled.template, structuredClone(parameters), { limits, missingKey });
  return result.ok ? result.output : result;
}
