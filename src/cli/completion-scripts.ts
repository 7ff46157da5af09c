/** The shape of a command line, and the scripts that complete it in bash, zsh and fish. */

/** What may stand in a place. */
export interface Values {
  readonly name: string;
  readonly are: readonly string[] | "files" | "directories" | "free";
}

export interface OptionShape {
  /** With their dashes. */
  readonly names: readonly string[];
  readonly says: string;
  readonly isRepeatable: boolean;
  /** Whether it may do without its value, which then needs a `=`. */
  readonly isOptional: boolean;
  readonly value: Values | undefined;
}

export interface CommandShape {
  /** From the program on. */
  readonly path: readonly string[];
  readonly commands: readonly { readonly name: string; readonly says: string }[];
  readonly options: readonly OptionShape[];
  readonly argument: Values | undefined;
}

/** In quotes for every one of the shells. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function words({ commands, argument }: CommandShape): readonly string[] {
  const values = argument && typeof argument.are !== "string" ? argument.are : [];
  return [...commands.map(({ name }) => name), ...values];
}

/** The paths of commands below the program, as a shell's patterns. */
function below(shapes: readonly CommandShape[]): readonly string[] {
  return shapes.flatMap(({ path }) => (path.length > 1 ? [path.join(" ")] : []));
}

/** For bash 3.2 and later; where nothing else is known files are completed. */
export function bash(shapes: readonly CommandShape[]): string {
  const valued = shapes.flatMap(({ path, options }) =>
    options.flatMap(({ names, value, isOptional }) =>
      value && !isOptional ? names.map((name) => ({ pattern: `"${path.join(" ")} ${name}"`, value })) : [],
    ),
  );
  const listed = valued.flatMap(({ pattern, value }) =>
    typeof value.are === "string"
      ? []
      : [`    ${pattern}) COMPREPLY=($(compgen -W ${quoted(value.are.join(" "))} -- "$cur")); return ;;`],
  );
  const directories = valued.flatMap(({ pattern, value }) =>
    value.are === "directories" ? [`    ${pattern}) COMPREPLY=($(compgen -d -- "$cur")); return ;;`] : [],
  );
  const offered = shapes.map((shape) => {
    const options = quoted(shape.options.flatMap(({ names }) => names).join(" "));
    return `    "${shape.path.join(" ")}") options=${options} words=${quoted(words(shape).join(" "))} ;;`;
  });
  return `# Completion of sidelint for bash: source <(sidelint completion bash)
_sidelint() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path=sidelint index options words
  COMPREPLY=()
  if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "$path \${COMP_WORDS[index]}" in
      ${below(shapes)
        .map((path) => `"${path}"`)
        .join("|")}) path="$path \${COMP_WORDS[index]}" ;;
      ${valued.map(({ pattern }) => pattern).join("|")}) ((index++)) ;;
    esac
  done
  case "$path $prev" in
${[...listed, ...directories].join("\n")}
    ${valued.flatMap(({ pattern, value }) => (value.are === "files" || value.are === "free" ? [pattern] : [])).join("|")}) return ;;
  esac
  case "$path" in
${offered.join("\n")}
  esac
  [[ $cur == -* ]] && words=$options
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o bashdefault -o default -F _sidelint sidelint
`;
}

/** What zsh does for values. */
function zshAction({ are }: Values): string {
  if (are === "files") return "_files";
  if (are === "directories") return "_files -/";
  return are === "free" ? " " : `(${are.join(" ")})`;
}

function zshText(text: string): string {
  return text.replace(/[\\:[\]]/g, "\\$&");
}

function zshOption({ names, says, value, isRepeatable, isOptional }: OptionShape): readonly string[] {
  const others = isRepeatable ? "*" : names.length > 1 ? `(${names.join(" ")})` : "";
  return names.map((name) => {
    const separator = value === undefined ? "" : isOptional ? "=-" : name.startsWith("--") ? "=" : "+";
    const takes =
      value === undefined ? "" : `${isOptional ? "::" : ":"}${zshText(value.name)}:${zshAction(value)}`;
    return quoted(`${others}${name}${separator}[${zshText(says)}]${takes}`);
  });
}

/** For zsh with its completion system loaded, as a file `_sidelint` of fpath too. */
export function zsh(shapes: readonly CommandShape[]): string {
  const functionOf = (path: readonly string[]) => `_${path.join("_")}`;
  const functions = shapes.map(({ path, commands, options, argument }) => {
    const specs = options.flatMap(zshOption);
    if (commands.length === 0) {
      const rest = argument ? [quoted(`*:${zshText(argument.name)}:${zshAction(argument)}`)] : [];
      return `${functionOf(path)}() {\n  _arguments -s ${[...specs, ...rest].join(" \\\n    ")}\n}\n`;
    }
    const described = commands.map(({ name, says }) => `      ${quoted(`${zshText(name)}:${says}`)}`);
    const values =
      argument && typeof argument.are !== "string" ? `\n      compadd -- ${argument.are.join(" ")}` : "";
    const cases = commands.map(({ name }) => `        ${name}) ${functionOf([...path, name])} ;;`);
    return `${functionOf(path)}() {
  local curcontext="$curcontext" context state state_descr line
  local -A opt_args
  local -a commands
  _arguments -C -s ${[...specs, "'1: :->command'", "'*:: :->argument'"].join(" \\\n    ")}
  case $state in
    command)
      commands=(
${described.join("\n")}
      )
      _describe -t commands command commands${values}
      ;;
    argument)
      case $line[1] in
${cases.join("\n")}
      esac
      ;;
  esac
}
`;
  });
  return `#compdef sidelint
# Completion of sidelint for zsh: source <(sidelint completion zsh), after compinit
${functions.join("\n")}
if [ "\${funcstack[1]}" = "_sidelint" ]; then
  _sidelint "$@"
else
  compdef _sidelint sidelint
fi
`;
}

/** For fish 3 and later. */
export function fish(shapes: readonly CommandShape[]): string {
  const lines = shapes.flatMap((shape) => {
    const at = `complete -c sidelint -n ${quoted(`__sidelint_at ${shape.path.join(" ")}`)}`;
    const values = shape.argument && typeof shape.argument.are !== "string" ? shape.argument.are : [];
    return [
      ...(shape.argument?.are === "files" ? [`${at} -F`] : []),
      ...shape.commands.map(({ name, says }) => `${at} -a ${name} -d ${fishQuoted(says)}`),
      ...(values.length > 0 ? [`${at} -a ${fishQuoted(values.join(" "))}`] : []),
      ...shape.options.map((option) => `${at} ${fishOption(option)}`),
    ];
  });
  const paths = below(shapes).map(fishQuoted).join(" ");
  return `# Completion of sidelint for fish: sidelint completion fish | source
function __sidelint_at
    set -l path sidelint
    for word in (commandline -opc)[2..-1]
        if contains -- "$path $word" ${paths}
            set path "$path $word"
        end
    end
    test "$path" = "$argv"
end
complete -c sidelint -f
${lines.join("\n")}
`;
}

function fishQuoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}

function fishOption({ names, says, value, isOptional }: OptionShape): string {
  const flags = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const takes = value === undefined || isOptional ? "" : fishValues(value);
  return `${flags.join(" ")}${takes} -d ${fishQuoted(says)}`;
}

function fishValues({ are }: Values): string {
  if (are === "files") return " -r -F";
  if (are === "directories") return " -x -a '(__fish_complete_directories)'";
  return are === "free" ? " -x" : ` -x -a ${fishQuoted(are.join(" "))}`;
}
