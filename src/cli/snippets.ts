/** What runs sidelint elsewhere: the hooks for pre-commit, and the workflow for GitHub. */

/** The package as npm is asked for it; sources that were never released have no version to ask for. */
function packageOf(version: string): string {
  return /^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version) && !version.startsWith("0.0.0")
    ? `sidelint@${version}`
    : "sidelint";
}

/** What the hooks are run for. */
const hookFiles = "(\\.(ya?ml|json)|(^|/)Kustomization)$";

/** What the files need and nothing here can know: that the registry holds sidelint. Lines of comments. */
function needs(version: string): readonly string[] {
  const given = packageOf(version);
  const tag = given.includes("@") ? `#v${version}` : "";
  return [
    `npm installs ${given} from your registry. Look first that it is there, and`,
    "that it is this sidelint; else write the address of its sources instead:",
    `git+https://git.example.com/sidelint.git${tag}`,
    "With a baseline, add --baseline=sidelint-baseline.json behind check.",
  ];
}

function comments(lines: readonly string[], indent: string): string {
  return lines.map((line) => `${indent}# ${line}\n`).join("");
}

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
  return `${comments(needs(version), "  ")}  - repo: local
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
      - uses: actions/checkout@v6
      - uses: actions/setup-node@v6
        with:
          node-version: 22
${comments(needs(version), "      ")}      - run: npx --yes ${packageOf(version)} check --format github
`;
  return {
    path: ".github/workflows/sidelint.yml",
    whole,
    part: whole,
    place: "What would have been written",
  };
}
