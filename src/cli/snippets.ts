/** What runs sidelint elsewhere: the hooks for pre-commit, and the workflow for GitHub. */

/** The package as npm is asked for it; sources that were never released have no version to ask for. */
function packageOf(version: string): string {
  return /^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version) && !version.startsWith("0.0.0")
    ? `sidelint@${version}`
    : "sidelint";
}

/** What the hooks are run for. */
const hookFiles = "(\\.(ya?ml|json)|(^|/)Kustomization)$";

/** An entry for the list `repos` of .pre-commit-config.yaml. */
function hooks(version: string): string {
  const hook = (id: string, name: string, entry: string) => `      - id: ${id}
        name: ${name}
        entry: ${entry}
        language: node
        additional_dependencies: ["${packageOf(version)}"]
        files: ${hookFiles}
        require_serial: true
`;
  return `  - repo: local
    hooks:
${hook("sidelint-fix", "sidelint fix", "sidelint check --changed --fix --fail-on never --quiet")}${hook("sidelint-check", "sidelint check", "sidelint check --changed")}`;
}

/** A text for people's own files: where it belongs, and the part of it that a file which is there already lacks. */
export interface Snippet {
  readonly path: string;
  readonly whole: string;
  /** What to add to a file that is there. */
  readonly part: string;
  /** What that is, and where it goes. */
  readonly place: string;
}

/** The hooks for pre-commit: the whole repository is read, as what one file says decides on workloads of others. */
export function preCommitSnippet(version: string): Snippet {
  const part = hooks(version);
  return {
    path: ".pre-commit-config.yaml",
    whole: `repos:\n${part}`,
    part,
    place: "What to add to its list of repos",
  };
}

/** The workflow for GitHub: findings as annotations of the changed lines. */
export function githubSnippet(version: string): Snippet {
  const whole = `name: sidelint
on:
  pull_request:
  push:
    branches: [main, master]
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - run: npx --yes ${packageOf(version)} check --format github
`;
  return {
    path: ".github/workflows/sidelint.yml",
    whole,
    part: whole,
    place: "What would have been written",
  };
}
