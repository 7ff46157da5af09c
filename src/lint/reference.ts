/** The reference of the environment that rules see, as Markdown, made from the definitions themselves. */

import { mostSteps, mostStepsInAll } from "./account.ts";
import { type Documented, functions, types, variables } from "./environment.ts";
import { facts } from "./facts.ts";

/** The text of docs/rules-environment.md. */
export function environmentReference(): string {
  return [
    introduction,
    "## Variables",
    ...Object.entries(variables).map(
      ([subject, documented]) => `### on: ${subject}\n\n${table("variable", documented)}`,
    ),
    "With `each` there is also `item`, an element of the list, and with `group` the messages see `count` (int). A rule that declares `parameters` sees them as `parameters.name`: `string`, `int`, `bool`, `quantity` (a string) and `list` (of strings).",
    "## Types",
    ...Object.entries(types).map(
      ([name, { means, fields }]) => `### ${name}\n\n${means}\n\n${table("field", fields)}`,
    ),
    `## Facts\n\n${factIntroduction}\n\n${factTable()}`,
    "## Functions",
    functionTable(),
    limits,
  ]
    .join("\n\n")
    .concat("\n");
}

const introduction = `# What rules see

A rule is a YAML file (\`schemas/rule.schema.json\`); [writing-rules.md](writing-rules.md) says how to write your own. Its conditions are [CEL](https://cel.dev), the language of Kubernetes'
own admission policies, over typed values. This page is made from the definitions; a test keeps it true.

A check runs in this order: \`needs\` passes over what cannot be concerned, \`when\` says whether there is anything to say,
\`each\` gives one \`item\` for every finding, \`at\` says where it points, \`message\` and \`help\` say it. With \`group\`, findings
with the same text there become one.

- \`at\` is a path that starts at \`pod\`, \`workload\`, \`ns\`, \`configuration\` or \`injector\`: \`pod.annotations["sidecar.istio.io/proxyCPU"]\`,
  \`pod[item.list][item.index].image\`. \`labels\`, \`annotations\`, \`name\` and \`namespace\` stand in the metadata, anything else of
  \`pod\` in its spec; \`workload.jobTemplate\` is the metadata of a CronJob's Job template. A path
  may go on below a string that holds YAML, and an index that is a list stands for as many steps:
  \`pod.annotations[item.key][item.path]\`. Of several, the first that is written counts; without any, the finding points at
  the object's name.
- In messages \`{…}\` holds an expression; lists read "a, b and c". \`{{\` and \`}}\` are braces.
- Integers are \`int\`. Absent texts are empty, not null. \`"key" in pod.labels\` asks for a key, \`has(c.runAsUser)\` for a field.`;

const limits = `## Limits

An expression has at most 2000 parts and three loops (\`map\`, \`filter\`, \`all\`, \`exists\`, \`exists_one\`) inside one another.
An evaluation takes at most ${thousands(mostSteps)} steps, and a check ${thousands(mostStepsInAll)} over a whole repository, 5 000 more for each workload.
A loop pays for all its turns before the first, for each as much as there are parts inside it; inside of it, a field pays for five, and
going through lists and texts pays by their length. Texts that \`+\` makes have at most 1 000 000 characters, such lists 100 000 elements, those of \`each\` 1 000. Steps are counted, not
timed: what fails, fails everywhere. \`matches\` takes RE2's syntax and time in proportion to the text.

What does not compile, fails when it runs, or takes too much, is told as the finding \`rule-failed\`, once for each check. What took too
much is not evaluated again in that run.`;

/** 1 000 000. */
function thousands(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, " ");
}

function table(head: string, documented: Readonly<Record<string, Documented>>): string {
  const rows = Object.entries(documented).map(
    ([name, [type, means]]) => `| \`${name}\` | \`${type}\` | ${means} |`,
  );
  return [`| ${head} | type | |`, "|---|---|---|", ...rows].join("\n");
}

const factIntroduction =
  "What `needs: {facts: […]}` may name. They are worked out without evaluating anything, at most once for a workload.";

function factTable(): string {
  const rows = Object.entries(facts).map(([word, { means }]) => `| \`${word}\` | ${means} |`);
  return ["| fact | holds when |", "|---|---|", ...rows].join("\n");
}

function functionTable(): string {
  const rows = functions.map(({ signature, means }) => `| \`${signature}\` | ${means} |`);
  return ["| function | |", "|---|---|", ...rows].join("\n");
}
