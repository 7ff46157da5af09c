/** The command line: arguments in, an exit status out. */
import { Command, CommanderError } from "commander";
import { plain } from "../report/cells.ts";
import { commands } from "./commands.ts";
import type { Context } from "./context.ts";
import type { Io } from "./io.ts";
import { onTerminal } from "./terminal-line.ts";
import { UsageError, usageError } from "./usage.ts";
import { version } from "./version.ts";

/** Columns of the help pages. */
const HELP_WIDTH = 80;

/**
 * Runs one command line (without the interpreter and the script).
 * @returns the exit status: 0 clean, 1 findings, 2 usage, configuration, reading or internal errors
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  let status = 0;
  let help = "";
  const context: Context = {
    io,
    version,
    exit: (wanted) => {
      status = wanted;
    },
  };
  const program = programFor(context, (text) => {
    help += text;
  });
  try {
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError && error.exitCode === 0)) {
      io.stderr(`${onTerminal(`sidelint: ${told(error, io)}`, io)}\n`);
      status = 2;
    }
  }
  return help === "" ? status : printed(help, status, io);
}

async function printed(help: string, status: number, io: Io): Promise<number> {
  try {
    await io.stdout(help);
    return status;
  } catch (error) {
    io.stderr(`sidelint: ${told(error, io)}\n`);
    return 2;
  }
}

function programFor(context: Context, writeHelp: (text: string) => void): Command {
  const program = new Command("sidelint")
    .description("Says offline which pods get an Istio sidecar, which do not, and why.")
    .version(context.version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "Print the help of a command")
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .configureOutput({
      writeOut: writeHelp,
      writeErr: () => undefined,
      outputError: () => undefined,
      getOutHelpWidth: () => HELP_WIDTH,
      getOutHasColors: () => false,
    })
    .addHelpText("after", examples);
  for (const add of commands) add(program, context);
  for (const command of [program, ...program.commands.flatMap((one) => [one, ...one.commands])]) {
    command.exitOverride((error) => {
      throw error.exitCode === 0 ? error : usageError(error, command);
    });
  }
  return program;
}

/** An error in one line; the stack of a fault of ours only for those who ask. */
function told(error: unknown, io: Io): string {
  if (error instanceof UsageError) return error.message;
  if (!(error instanceof Error)) return `internal error: ${plain(String(error))}`;
  const stack = io.env.SIDELINT_DEBUG === "1" && error.stack ? `\n${error.stack}` : "";
  const hint = stack === "" ? " (SIDELINT_DEBUG=1 shows where)" : "";
  return `internal error: ${plain(error.message.split("\n")[0] ?? "")}${hint}${stack}`;
}

const examples = `
Examples:
  sidelint check                   everything below this directory
  sidelint explain Deployment/web  why this one gets a sidecar, or none
  sidelint rules                   what is looked for`;
