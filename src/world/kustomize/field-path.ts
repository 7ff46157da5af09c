/** Field paths of replacements: `spec.template.spec.containers.[name=web].image`, and the places they mean in an object. */
import { at, isObject, type Json } from "../../kube/json.ts";
import type { Path } from "../../source/node.ts";
import { scalarText } from "../resource.ts";
import { patternOf } from "./regexp.ts";

/** The steps of a field path (kustomize v5.8.1): split at dots that are neither escaped nor in brackets. */
export function splitFieldPath(path: string): readonly string[] {
  const steps: string[] = [];
  let open: string | undefined;
  for (const piece of unescaped(path)) {
    if (open === undefined && piece.startsWith("[") && !piece.endsWith("]")) open = piece;
    else if (open === undefined) steps.push(piece);
    else {
      open = `${open}.${piece}`;
      if (!piece.endsWith("]")) continue;
      steps.push(bracketed(open));
      open = undefined;
    }
  }
  return open === undefined ? steps : [...steps, bracketed(open)];
}

function unescaped(path: string): readonly string[] {
  const pieces: string[] = [];
  for (const piece of path.split(".")) {
    const last = pieces.at(-1);
    if (last?.endsWith("\\")) pieces[pieces.length - 1] = `${last.slice(0, -1)}.${piece}`;
    else pieces.push(piece);
  }
  return pieces.length > 1 && pieces[0] === "" ? pieces.slice(1) : pieces;
}

/** `[name=a.b]` picks items and stays, `[a.b/c]` is a key. */
function bracketed(text: string): string {
  return text.includes("=") ? text : text.replace(/^[[\]]+|[[\]]+$/g, "");
}

/** The one place that a field path means where a value is read; undefined when there is none. */
export function lookUp(value: Json, steps: readonly string[]): Path | undefined {
  const path: (string | number)[] = [];
  for (const step of steps.filter((one) => one !== "")) {
    const here = at(value, path);
    const next = stepInto(here, step);
    if (next === undefined || at(here, [next]) === undefined) return undefined;
    path.push(next);
  }
  return path;
}

function stepInto(here: Json | undefined, step: string): string | number | undefined {
  if (!Array.isArray(here)) return isObject(here) ? step : undefined;
  if (step === "-") return here.length - 1;
  if (isIndex(step)) return Number(step);
  const item = itemOf(step);
  const index = item ? here.findIndex((one: Json) => textOf(one, item.key) === item.value) : -1;
  return index < 0 ? undefined : index;
}

/** The places to write to, and what has to be made on the way to them: the keys of new list items. */
export interface Targets {
  readonly paths: readonly Path[];
  readonly made: readonly { readonly path: Path; readonly text: string }[];
}

/**
 * The places that a field path means where values are written; with `create`, those that are not there yet too.
 * A string says why it means none.
 */
export function findTargets(value: Json, steps: readonly string[], create: boolean): Targets | string {
  let places: readonly Path[] = [[]];
  const made: { readonly path: Path; readonly text: string }[] = [];
  for (const step of steps) {
    const next: Path[] = [];
    for (const place of places) {
      const here = at(value, place);
      const found = placesIn(here, step, create);
      if (typeof found === "string") return found;
      for (const one of found) next.push([...place, one]);
      if (found.length > 0 || !create || step === "*") continue;
      const item = itemOf(step);
      const fresh = [...place, Array.isArray(here) ? here.length : 0];
      if (item) made.push({ path: item.key === "" ? fresh : [...fresh, item.key], text: item.value });
      next.push(fresh);
    }
    places = next;
  }
  return places.length > 0 ? { paths: places, made } : "nothing stands there";
}

/** The keys or indices that a step means; none when nothing fits. */
function placesIn(
  here: Json | undefined,
  step: string,
  create: boolean,
): readonly (string | number)[] | string {
  const isNew = here === undefined;
  if (isIndex(step)) {
    const length = Array.isArray(here) ? here.length : isNew ? 0 : -1;
    const index = Number(step);
    if (length < 0) return `${step} asks for a list, and there is none`;
    if (index < length) return [index];
    return index === length && create ? [] : `there is no item ${step}`;
  }
  if (step === "*") {
    return Array.isArray(here) ? [...here.keys()] : "* asks for a list, and there is none";
  }
  if (step.startsWith("[") && step.endsWith("]")) {
    const item = itemOf(step);
    const pattern = item && patternOf(item.value, true);
    if (!item || typeof pattern !== "function") return `${step} is no way to pick items`;
    if (isNew) return [];
    if (!Array.isArray(here)) return `${step} asks for a list, and there is none`;
    return [...here.keys()].filter((index) => {
      const text = textOf(here[index] ?? null, item.key);
      return text !== undefined && pattern(text);
    });
  }
  if (isNew) return [step];
  if (!isObject(here)) return `${step} asks for a map, and there is none`;
  return Object.hasOwn(here, step) || create ? [step] : [];
}

function isIndex(step: string): boolean {
  return /^\+?\d+$/.test(step);
}

/** `[name=web]` is the items whose name is web, `[=a]` those that are a themselves. */
function itemOf(step: string): { readonly key: string; readonly value: string } | undefined {
  const match = /^\[([^=]*)=(.*)\]$/s.exec(step);
  return match ? { key: match[1] ?? "", value: match[2] ?? "" } : undefined;
}

function textOf(item: Json, key: string): string | undefined {
  return scalarText(key === "" ? item : at(item, [key]));
}
