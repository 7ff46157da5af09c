/** Text made safe to stand in Markdown as GitHub and GitLab render it. */
import { plain } from "./cells.ts";
import { wellFormed } from "./markup.ts";

const references: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/**
 * One line of text that reads as it is: no formatting, no HTML, and nobody mentioned, no issue and no page linked by what a
 * manifest says. An empty comment parts what would be recognized.
 */
export function markdownText(text: string): string {
  return wellFormed(plain(text))
    .replace(/[&<>]/g, (character) => references[character] ?? character)
    .replace(/[\\`*_~[\]|]/g, "\\$&")
    .replace(/\$/g, "<span>$</span>")
    .replace(/@(?=\w)|#(?=\d)|:(?=\/\/)|:(?=[\w+-]+:)|\bwww(?=\.)|\bGH(?=-\d)/gi, "$&<!-- -->")
    .replace(/^(\d{0,9})([.)#=+-])/, "$1\\$2");
}

/** One line of text as code; also in a table. */
export function markdownCode(text: string): string {
  const line = plain(text);
  if (/^[^`|<>&\s](?:[^`|<>&]*[^`|<>&\s])?$/.test(line)) return `\`${wellFormed(line)}\``;
  return `<code>${markdownText(line)}</code>`;
}

/** Text as a block of code that its own backticks do not end. */
export function fenced(text: string, language = "yaml"): string {
  let fence = "```";
  for (const [run] of text.matchAll(/`{3,}/g)) if (run.length >= fence.length) fence = `${run}\``;
  return `${fence}${language}\n${text.trimEnd()}\n${fence}`;
}
