/** What `sidelint completion` takes, and its help. */
import type { Command } from "commander";
import type { Context } from "../context.ts";

export function addCompletion(program: Command, context: Context): void {
  program
    .command("completion")
    .description("Print a script that completes command lines")
    .argument("<shell>", "bash, zsh or fish")
    .addHelpText("after", examples)
    .action(async (asked: string) => {
      const { completion } = await import("../completion.ts");
      await completion(asked, program, context);
    });
}

const examples = `
Examples:
  source <(sidelint completion bash)        in ~/.bashrc
  source <(sidelint completion zsh)         in ~/.zshrc, after compinit
  sidelint completion fish | source         in ~/.config/fish/config.fish`;
