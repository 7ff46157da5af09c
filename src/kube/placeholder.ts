/** Which texts of a manifest another program is yet to fill in. */

/**
 * Whether a text is yet to be filled in by another program: Go templates and Jinja (`{{ x }}`), shells, Flux and
 * envsubst (`${X}`), Makefiles (`$(X)`), Terraform and ERB (`%{x}`, `<%= x %>`), a note to the reader (`<name>`), or a
 * variable's bare name (`MYSQL_PORT`), as kustomize replacements and sed scripts look for.
 */
export function isPlaceholder(text: string): boolean {
  return (
    text.includes("${") ||
    text.includes("{{") ||
    text.includes("$(") ||
    text.includes("%{") ||
    text.includes("<%") ||
    (text.startsWith("<") && text.endsWith(">")) ||
    shouted.test(text)
  );
}

/** MYSQL_PORT_PLACEHOLDER: the name of a variable, which no setting of Istio looks like. */
const shouted = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/;
