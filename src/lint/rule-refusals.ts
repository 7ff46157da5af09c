/** What a rule file says that cannot be, as its author would put it: keys, operations of fixes, ids and releases. */
import { newestRelease, oldestRelease, releaseFacts } from "../istio/releases.ts";
import type { Location } from "../source/locate.ts";
import { type Node, nodeAt, type Path } from "../source/node.ts";
import type { SourceFile } from "../source/reading.ts";
import {
  type FileFault,
  inOrder,
  locate,
  nameOf,
  problem,
  type SchemaError,
  schemaProblems,
} from "../world/schema-problems.ts";
import { releaseAtMost } from "./functions.ts";
import type { RuleFile } from "./rule.ts";

/** What is wrong with a document that the schema of rules refuses, in the words of its author; `errors` are the schema's. */
export function refusalsOf(
  file: SourceFile,
  root: Node,
  errors: readonly SchemaError[],
): readonly FileFault[] {
  const told: FileFault[] = [];
  const rest = errors.filter((error) => {
    const { keyword, instancePath, schemaPath = "" } = error;
    if (keyword === "not") {
      const message = "a rule with checks has on and message there, not beside them";
      told.push(problem(message, locate(file, root, ["checks"], "key"), undefined));
    } else if (keyword === "pattern" && instancePath === "/id") told.push(patternProblem(file, root));
    else if (!schemaPath.includes("/then/not/") && !ofOperation.test(instancePath)) return true;
    else return keyword === "additionalProperties" || keyword === "type";
    return false;
  });
  const words = schemaProblems(file, root, rest, "the rule").map(expressionHint);
  return inOrder([...told, ...operationProblems(file, root), ...words]);
}

/** An operation as a whole: which of its keys go together says the schema in words that nobody wants to read. */
const ofOperation = /\/edits\/\d+\/do\/\d+$/;

function patternProblem(file: SourceFile, root: Node): FileFault {
  const node = nodeAt(root, ["id"]);
  const id = node?.type === "scalar" ? String(node.value) : "";
  const [prefix, name] = id.includes("/") ? id.split(/\/(.*)/s) : ["acme", id];
  const better = [prefix, name].map((part = "") =>
    part
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^[^a-z]+|-$/g, ""),
  );
  const example = better.every((part) => part !== "") ? better.join("/") : "acme/team-label-missing";
  return problem(
    `${id} cannot be the id of a rule`,
    locate(file, root, ["id"], "value"),
    `lower case words joined by dashes, behind a prefix of your own: ${example}`,
  );
}

/** Expressions that a boolean in quotes would be none of. */
const expressionTypes: Readonly<Record<string, string>> = {
  group: "a string, such as workload.namespace",
  each: "a list, such as pod.containers",
};

function expressionHint(fault: FileFault): FileFault {
  const part = /(?:^|\.)(group|each) is /.exec(fault.message)?.[1];
  const type = part === undefined ? undefined : expressionTypes[part];
  return type === undefined ? fault : { ...fault, hint: `an expression that gives ${type}` };
}

const operations: Readonly<Record<string, { readonly needs: string; readonly such: string } | undefined>> = {
  set: { needs: "value", such: `value: '"shop"'` },
  quote: undefined,
  remove: undefined,
  rename: { needs: "key", such: `key: '"sidecar.istio.io/inject"'` },
  move: { needs: "to", such: "to: pod.labels.team" },
  run: undefined,
};

/** The operations of fixes that say nothing to do, several things, or one that lacks a part. */
function operationProblems(file: SourceFile, root: Node): readonly FileFault[] {
  const checks = nodeAt(root, ["checks"]);
  const above: readonly Path[] =
    checks?.type === "list" ? checks.items.map((_, index) => ["checks", index]) : [[]];
  return above.flatMap((check) =>
    indicesOf(root, [...check, "edits"]).flatMap((edit) =>
      indicesOf(root, [...edit, "do"]).flatMap((path) => operationProblem(file, root, path)),
    ),
  );
}

function indicesOf(root: Node, path: Path): readonly Path[] {
  const node = nodeAt(root, path);
  return node?.type === "list" ? node.items.map((_, index) => [...path, index]) : [];
}

function operationProblem(file: SourceFile, root: Node, path: Path): readonly FileFault[] {
  const node = nodeAt(root, path);
  if (node?.type !== "map") return [];
  const has = (key: string) => node.entries.some((entry) => entry.key === key);
  const [name, ...others] = Object.keys(operations).filter(has);
  const told = (message: string, hint?: string, key?: string) => [
    problem(
      `${nameOf(path)} ${message}`,
      locate(file, root, key ? [...path, key] : path, key ? "key" : "value"),
      hint,
    ),
  ];
  if (name === undefined)
    return told("does nothing", `it needs one of ${Object.keys(operations).join(", ")}`);
  const [second] = others;
  if (second !== undefined)
    return told(
      `has ${name} and ${second}`,
      "of these it has one; further changes are operations of their own",
      second,
    );
  const part = operations[name];
  return part && !has(part.needs)
    ? told(`has no ${part.needs}`, `${name} needs one, such as ${part.such}`)
    : [];
}

/** What is wrong with the releases that a rule says it is about. */
export function releaseProblems(
  { since, until }: RuleFile,
  at: (path: Path, part?: "key" | "value") => Location | undefined,
): readonly FileFault[] {
  const problems: FileFault[] = [];
  for (const [key, release] of [
    ["since", since],
    ["until", until],
  ] as const) {
    if (release === undefined || !("unknown" in releaseFacts(release))) continue;
    const hint = `sidelint knows ${oldestRelease} to ${newestRelease}`;
    problems.push(
      problem(`${key} cannot be ${release}: there is no such release of Istio`, at([key], "value"), hint),
    );
  }
  if (problems.length === 0 && since !== undefined && until !== undefined && !releaseAtMost(since, until)) {
    const hint = "since is the first release that it is about, until the last";
    problems.push(
      problem(
        `since ${since} is after until ${until}: no release is between them`,
        at(["since"], "value"),
        hint,
      ),
    );
  }
  return problems;
}
