/** `sidelint rules new`: a rule to start from, commented, with examples that hold. */
import { ruleSources } from "../lint/settings.ts";
import { idProblems } from "../lint/user-rules.ts";
import { plain } from "../report/cells.ts";
import { diskTree, withSlashes } from "../source/disk.ts";
import { absolutePath, isInside, relativePath } from "../source/path.ts";
import type { FileTree } from "../source/tree.ts";
import { directoryOf } from "../world/collect.ts";
import { readConfig } from "./config.ts";
import type { Context } from "./context.ts";
import { writeFresh } from "./output.ts";
import { presentationFor } from "./session.ts";
import { UsageError } from "./usage.ts";

export interface NewFlags {
  readonly config?: string | false;
  readonly color?: boolean;
}

/** Writes a rule to start from, and says how to go on. Throws a UsageError. */
export async function newRule(
  id: string,
  file: string | undefined,
  flags: NewFlags,
  context: Context,
): Promise<void> {
  const { io } = context;
  mustBeId(id);
  const tree = diskTree(io.cwd);
  const { named, base } = await ruleDirectories(tree, flags, context);
  const path = file ?? defaultFile(id, tree, named);
  const reason = writeFresh(path, ruleTemplate(id), io.cwd);
  if (reason !== undefined) throw new UsageError(plain(`${path}: ${reason}`));
  const isNamed = named.some((one) => isInside(one, withSlashes(path)));
  const root = (tree.root ?? "").replace(/\/$/, "");
  const entry = relativePath(absolutePath(root, base), absolutePath(root, withSlashes(path)));
  const hint = isNamed ? "" : `name it in sidelint.yaml: rules: [${plain(entry)}]\n`;
  await io.stdout(
    `${plain(path)} is written; its examples run with: sidelint rules test ${plain(path)}\n${hint}`,
  );
}

function mustBeId(id: string): void {
  const [taken] = idProblems(id);
  if (taken) throw new UsageError(plain(`${taken.message} (${taken.hint})`));
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*\/[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) {
    throw new UsageError(
      plain(
        `${id} cannot be the id of a rule: lower case words joined by dashes, such as acme/team-label-missing`,
      ),
    );
  }
}

/** The files and directories with rules that the configuration names, as paths of the tree. What is wrong with rules is not asked here. */
async function ruleDirectories(
  tree: FileTree,
  flags: NewFlags,
  { io }: Context,
): Promise<{ readonly named: readonly string[]; readonly base: string }> {
  const { config, path } = await readConfig(flags.config, tree, ["."], presentationFor(flags, io), false);
  const base = path === undefined ? "." : directoryOf(path);
  const root = (tree.root ?? "").replace(/\/$/, "");
  const from = absolutePath(root, base);
  return { named: ruleSources(config).map((one) => relativePath(root, absolutePath(from, one.path))), base };
}

function defaultFile(id: string, tree: FileTree, named: readonly string[]): string {
  const directory = named.find((path) => tree.stat(path)?.type === "directory") ?? "rules";
  return `${directory}/${id.slice(id.indexOf("/") + 1)}.yaml`;
}

/** A rule that is whole, with words on every part. */
export function ruleTemplate(id: string): string {
  return `# yaml-language-server: $schema=node_modules/sidelint/dist/schemas/rule.schema.json
# A rule of your own. What its expressions see: docs/rules-environment.md of sidelint. Try it: sidelint rules test
id: ${id}
severity: warning # error, warning or info
summary: a pod in the mesh without the label that names its team

# What sidelint.yaml may set: rules: [{${id}: {parameters: {label: owner}}}]
parameters:
  label: {type: string, default: team, description: The label that pods need.}

why: |
  Say what happens in the cluster when nobody mends this.
fix: |
  Say what to write instead.

on: workload # or namespace, webhook-configuration, injector, document
# Whether there is anything to say, in CEL. Of a pod that is not known to be in the mesh, nothing.
when: decision.verdict == "injected" && !(parameters.label in pod.labels)
# Where the finding points: the first of these that is written, else the name of the object.
at: pod.labels
message: "{workload.label} has no label {parameters.label}"
help: "add {parameters.label} to the labels of the pod template"

# Each bad example gives exactly what it expects: where (line:column of the first character, and of the one after the last) and what.
bad:
  - config: {namespaces: {shop: {labels: {istio-injection: enabled}}}}
    manifest: |
      apiVersion: v1
      kind: Pod
      metadata:
        name: web
        namespace: shop
      spec:
        containers:
          - name: web
            image: shop/web:1
    expect:
      - at: 4:3-4:12
        message: Pod/web has no label team
# A good example gives nothing.
good:
  - config: {namespaces: {shop: {labels: {istio-injection: enabled}}}}
    manifest: |
      apiVersion: v1
      kind: Pod
      metadata:
        name: web
        namespace: shop
        labels: {team: checkout}
      spec:
        containers:
          - name: web
            image: shop/web:1
`;
}
