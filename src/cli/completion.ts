/** `sidelint completion`: a script that completes command lines of sidelint, made from the commands' own descriptions. */
import type { Command, Option } from "commander";
import { builtinRules } from "../lint/generated/rules.ts";
import { bash, type CommandShape, fish, type OptionShape, type Values, zsh } from "./completion-scripts.ts";
import type { Context } from "./context.ts";
import { oneOf } from "./usage.ts";

const scripts = { bash, zsh, fish } as const;
const shells = ["bash", "zsh", "fish"] as const;

/** Prints the script for a shell; `program` has all commands. Throws a UsageError. */
export async function completion(asked: string, program: Command, context: Context): Promise<void> {
  const shell = oneOf("completion", asked, shells);
  await context.io.stdout(scripts[shell](commandShapes(program)));
}

/** A command and all below it. */
function commandShapes(command: Command, above: readonly string[] = []): readonly CommandShape[] {
  const path = [...above, command.name()];
  const argument = command.registeredArguments[0];
  const shape: CommandShape = {
    path,
    commands: command.commands.map((one) => ({ name: one.name(), says: one.description() })),
    options: command.createHelp().visibleOptions(command).map(optionShape),
    argument: argument && valuesOf(argument.name(), argument.description),
  };
  return [shape, ...command.commands.flatMap((one) => commandShapes(one, path))];
}

function optionShape(option: Option): OptionShape {
  const { short, long, description, flags, optional } = option;
  const value = /[<[](.*)[>\]]/.exec(flags)?.[1];
  return {
    names: [short, long].flatMap((name) => name ?? []),
    says: description,
    isRepeatable: description.endsWith("; repeatable"),
    isOptional: optional,
    value: value === undefined ? undefined : valuesOf(value, description),
  };
}

/** "text or json", "what is printed: text, json", "exit 1 for what is lost or gained": what there is to choose from, where a description ends in that. */
const choices = /(?:^|: |what is )([a-z-]+(?:, [a-z-]+)*(?:,| or) [a-z-]+)(?:; repeatable)?$/;

function valuesOf(name: string, description: string): Values {
  const listed = choices.exec(description)?.[1];
  if (listed !== undefined) return { name, are: listed.split(/, | or /) };
  if (name === "exec") return { name, are: [name] };
  if (name === "id") return { name, are: builtinRules.map(({ id }) => id) };
  return {
    name,
    are: /^(?:file|paths|workload|format=file|name=path)$/.test(name)
      ? "files"
      : name === "directory"
        ? "directories"
        : "free",
  };
}
