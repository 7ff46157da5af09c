/** What functions that lint need besides. */
import { scan } from "../index.ts";
import { rulesOf } from "../lint/configured.ts";
import type { Linter } from "./function-config.ts";

export const linter: Linter = { scan, rulesOf };
