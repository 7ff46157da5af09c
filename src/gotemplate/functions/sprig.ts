/** The text functions of Masterminds/sprig 3.3, by family. */
import type { Functions } from "../function.ts";
import { caseFunctions } from "./case-words.ts";
import { dictFunctions } from "./dicts.ts";
import { durationFunctions } from "./durations.ts";
import { encodingFunctions } from "./encoding.ts";
import { flowFunctions } from "./flow.ts";
import { hashFunctions } from "./hashes.ts";
import { jsonFunctions } from "./json.ts";
import { kindFunctions } from "./kinds.ts";
import { listFunctions } from "./lists.ts";
import { mathFunctions } from "./math.ts";
import { outsideFunctions } from "./outside.ts";
import { pathFunctions } from "./paths.ts";
import { regexpFunctions } from "./regexps.ts";
import { semverFunctions } from "./semver.ts";
import { stringFunctions } from "./strings.ts";
import { urlFunctions } from "./urls.ts";

export const sprigFunctions: Functions = {
  ...stringFunctions,
  ...caseFunctions,
  ...mathFunctions,
  ...listFunctions,
  ...dictFunctions,
  ...flowFunctions,
  ...kindFunctions,
  ...encodingFunctions,
  ...jsonFunctions,
  ...hashFunctions,
  ...pathFunctions,
  ...regexpFunctions,
  ...semverFunctions,
  ...urlFunctions,
  ...durationFunctions,
  ...outsideFunctions,
};
