/** Errors of usage: said in one line, with what is allowed and what was probably meant. */
import type { Command, CommanderError } from "commander";
import { meantBy } from "../kube/nearest.ts";

/** An error that the person at the keyboard can mend; its message is printed as it is. */
export class UsageError extends Error {}

/** The value if it is one of the allowed ones; throws a UsageError that names them. */
export function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  const names =
    allowed.length > 1 ? `${allowed.slice(0, -1).join(", ")} or ${allowed.at(-1)}` : allowed.join("");
  throw new UsageError(`${option} takes ${names}, not ${JSON.stringify(value)}${guess(value, allowed)}`);
}

/** " (did you mean --format?)", or nothing. */
export function guess(given: string, known: Iterable<string>): string {
  const meant = meantBy(given, known);
  return meant === undefined ? "" : ` (did you mean ${meant}?)`;
}

/** What commander found wrong, in our words. */
export function usageError(error: CommanderError, command: Command): UsageError {
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? "";
  const name = quoted.split(/[ ,=]/).find((part) => part.startsWith("--")) ?? quoted;
  switch (error.code) {
    case "commander.unknownOption":
      return unknownOption(quoted.replace(/=.*$/s, ""), command);
    case "commander.unknownCommand":
      return unknownCommand(quoted, command);
    case "commander.help":
      return unknownCommand(command.args.at(-1) ?? "", command);
    case "commander.optionMissingArgument":
      return new UsageError(`${name} needs a value${see(command)}`);
    case "commander.missingArgument":
      return new UsageError(missingArgument(quoted, command));
    case "commander.excessArguments":
      return new UsageError(`too many arguments: ${command.args.join(" ")}${see(command)}`);
    default:
      return new UsageError(error.message.replace(/^error: /, ""));
  }
}

function missingArgument(name: string, command: Command): string {
  const { description = "" } = command.registeredArguments.find((one) => one.name() === name) ?? {};
  const what = description === "" ? "" : ` (${description})`;
  return `${pathOf(command).replace("sidelint ", "")} needs ${/^[aeiou]/.test(name) ? "an" : "a"} ${name}${what}${see(command)}`;
}

/** "sidelint rules new" */
function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : "sidelint";
}

function unknownOption(flag: string, command: Command): UsageError {
  const owner = command.commands.find((one) => longOptions(one).includes(flag));
  if (owner) {
    return new UsageError(`${flag} goes after the command, as in ${pathOf(owner)} ${flag}`);
  }
  return new UsageError(`unknown option ${flag}${guess(flag, longOptions(command))}${see(command)}`);
}

function unknownCommand(given: string, program: Command): UsageError {
  const known = program.commands.map((command) => command.name());
  const looksLikePath = /[./\\*]/.test(given);
  const meant = looksLikePath ? ` (did you mean sidelint check ${given}?)` : guess(given, known);
  return new UsageError(`unknown command ${given}${meant}; there are ${known.join(", ")}`);
}

function longOptions(command: Command): readonly string[] {
  return [...command.options.flatMap((option) => (option.long ? [option.long] : [])), "--help"];
}

function see(command: Command): string {
  return `; see ${pathOf(command)} --help`;
}
