/** What Go's templates say when they fail, in words that name the template, its line and the expression. */

/** `template: inject:3:17: executing "inject" at <.Foo.Bar>: …`, of which a template that does not parse has only the beginning. */
const goError =
  /^template: (?:[^:]*):(\d+)(?::\d+)?: (?:executing "(?:[^"\\]|\\.)*" at <((?:[^>]|>(?!: ))*)>: )?(.*)$/s;

/** The line of a template, counted from 1, at which Go reports an error; undefined for any other text. */
export function templateLineOf(message: string): number | undefined {
  const line = goError.exec(message)?.[1];
  return line === undefined ? undefined : Number(line);
}

/** An error of a template for people; a text that is not Go's is kept behind the name. */
export function templateFault(name: string, message: string): string {
  const found = goError.exec(message);
  if (!found) return `template ${name}: ${message}`;
  const [, line = "", expression, says = ""] = found;
  const at = expression === undefined ? "" : `, at ${expression}`;
  return `template ${name}, line ${line}${at}: ${says}`;
}
