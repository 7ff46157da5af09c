/** The table of commands: a new one is a row here and a file in commands/, which loads what it does when it is run, as every start reads all of commands/. */
import type { Command } from "commander";
import { addBaseline } from "./commands/baseline.ts";
import { addCheck } from "./commands/check.ts";
import { addCompletion } from "./commands/completion.ts";
import { addDiff } from "./commands/diff.ts";
import { addExplain } from "./commands/explain.ts";
import { addInit } from "./commands/init.ts";
import { addInject } from "./commands/inject.ts";
import { addKrm } from "./commands/krm.ts";
import { addList } from "./commands/list.ts";
import { addRules } from "./commands/rules.ts";
import { addTraffic } from "./commands/traffic.ts";
import { addUninject } from "./commands/uninject.ts";
import { addUpgrade } from "./commands/upgrade.ts";
import type { Context } from "./context.ts";

/** What adds each command to the program, in the order of the help. */
export const commands: readonly ((program: Command, context: Context) => void)[] = [
  addCheck,
  addBaseline,
  addList,
  addExplain,
  addTraffic,
  addDiff,
  addUpgrade,
  addInit,
  addInject,
  addUninject,
  addRules,
  addKrm,
  addCompletion,
];
