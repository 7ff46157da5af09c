/** `sidelint diff`: what arguments name, which state is read from where, and what the exit status says. */
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { commit, git, hasGit, inDirectory, inGit, write } from "./git.ts";
import { deployment, namespace, runIn, type Setting } from "./terminal.ts";

const shut = namespace.replace("enabled", "disabled");
const files = { "apps/web.yaml": deployment, "platform/ns.yaml": namespace };

interface Told {
  readonly before: string;
  readonly after: string;
  readonly changes: readonly {
    readonly kind: string;
    readonly after: { readonly name: string; readonly file: string } | null;
    readonly before: { readonly name: string; readonly file: string } | null;
    readonly causes: readonly {
      readonly before: { readonly where: string } | null;
      readonly after: { readonly where: string } | null;
    }[];
  }[];
  readonly notes: readonly string[];
}

async function told(cwd: string, args: readonly string[], setting: Setting = {}): Promise<Told> {
  const { stdout, stderr, status } = await runIn(cwd, ["diff", "--format", "json", ...args], setting);
  assert.equal({ status, stderr }, { status: 0, stderr: "" }, args.join(" "));
  return JSON.parse(stdout) as Told;
}

/** The same where something could not be read. */
async function toldInPart(cwd: string, args: readonly string[], setting: Setting = {}): Promise<Told> {
  const { stdout, status } = await runIn(cwd, ["diff", "--format", "json", ...args], setting);
  assert.is(status, 2, args.join(" "));
  return JSON.parse(stdout) as Told;
}

const kinds = ({ changes }: Told) =>
  changes.map(({ kind, before, after }) => `${kind} ${(after ?? before)?.name}`);

async function refused(cwd: string, args: readonly string[], message: string | RegExp): Promise<void> {
  const { stdout, stderr, status } = await runIn(cwd, ["diff", ...args]);
  assert.equal({ status, stdout }, { status: 2, stdout: "" }, args.join(" "));
  if (typeof message === "string") assert.is(stderr, `sidelint: ${message}\n`);
  else assert.match(stderr, message);
}

const diff = suite("sidelint diff");

/** main: a sidecar. topic, from main: none. main moved on since, with a second workload. The working tree is topic's. */
const branches = async (directory: string) => {
  git(directory, "switch", "-q", "-c", "topic");
  write(directory, { "platform/ns.yaml": shut });
  commit(directory, "shut");
  git(directory, "switch", "-q", "main");
  write(directory, { "apps/more.yaml": deployment.replace("name: web", "name: more") });
  commit(directory, "more");
  git(directory, "tag", "v1");
  git(directory, "switch", "-q", "topic");
};

const ranges: readonly (readonly [
  args: readonly string[],
  expected: readonly string[],
  before: string,
  after: string,
])[] = [
  [["main"], ["lost web", "removed more"], "main", "working tree"],
  [["main", "topic"], ["lost web", "removed more"], "main", "topic"],
  [["main..topic"], ["lost web", "removed more"], "main", "topic"],
  [["main.."], ["lost web", "removed more"], "main", "HEAD"],
  [["..v1"], ["gained web", "added more"], "HEAD", "v1"],
  [["main...topic"], ["lost web"], "main...", "topic"],
  [["main..."], ["lost web"], "main...", "HEAD"],
  [["--merge-base", "main"], ["lost web"], "main...", "working tree"],
  [["--merge-base", "main", "topic"], ["lost web"], "main...", "topic"],
  [["main~1", "refs/heads/main"], ["added more"], "main~1", "refs/heads/main"],
  [["HEAD"], [], "HEAD", "working tree"],
];

if (hasGit) {
  diff("arguments name commits, ranges and the working tree as they do for git", () =>
    inGit(files, async (directory) => {
      await branches(directory);
      for (const [args, expected, before, after] of ranges) {
        const changes = await told(directory, args);
        assert.equal(
          [kinds(changes), changes.before, changes.after],
          [expected, before, after],
          args.join(" "),
        );
      }
    }),
  );

  diff(
    "the working tree has what is not committed: changed, new, deleted and moved files, and nothing that git ignores",
    () =>
      inGit(
        {
          ...files,
          "apps/gone.yaml": deployment.replace("name: web", "name: gone"),
          ".gitignore": "build/\n",
        },
        async (directory) => {
          write(directory, {
            "apps/new.yaml": deployment.replace("name: web", "name: new"),
            "build/out.yaml": deployment.replace("name: web", "name: out"),
          });
          unlinkSync(join(directory, "apps/gone.yaml"));
          assert.equal(kinds(await told(directory, ["HEAD"])), ["added new", "removed gone"]);
          renameSync(join(directory, "apps/web.yaml"), join(directory, "web.yaml"));
          assert.equal(kinds(await told(directory, ["HEAD"])), ["added new", "removed gone"]);
          write(directory, { "platform/ns.yaml": shut });
          const [lost] = (await told(directory, ["HEAD"])).changes;
          assert.is(lost?.kind, "lost");
          assert.is(lost?.after?.file, "web.yaml");
          assert.match(lost?.causes[0]?.after?.where ?? "", "platform/ns.yaml:5");
        },
      ),
  );

  diff("leaves the work tree, the index and every ref as they are", () =>
    inGit(files, async (directory) => {
      await branches(directory);
      write(directory, { "apps/web.yaml": `${deployment}# changed\n` });
      const state = () =>
        git(directory, "status", "--porcelain=v2", "--branch") +
        git(directory, "for-each-ref") +
        git(directory, "hash-object", ".git/index");
      const before = state();
      for (const [args] of ranges) await told(directory, args);
      assert.is(state(), before);
    }),
  );

  diff("in a directory it is about that directory, with paths as seen from there", () =>
    inGit({ ...files, "other/web.yaml": deployment.replace("web", "other") }, async (directory) => {
      write(directory, {
        "apps/web.yaml": deployment.replace("{app: web}", '{app: web, sidecar.istio.io/inject: "false"}'),
        "other/web.yaml": "",
      });
      const apps = await told(join(directory, "apps"), ["HEAD", "--assume", "istio-injection=enabled"]);
      assert.equal(kinds(apps), ["lost web"]);
      assert.is(apps.changes[0]?.after?.file, "web.yaml");
      mkdirSync(join(directory, "later"));
      write(directory, { "later/l.yaml": deployment });
      assert.equal(kinds(await told(join(directory, "later"), ["HEAD"])), ["added web"]);
    }),
  );

  diff("each state is judged by its own configuration, and both by one that is named", () =>
    inGit({ "web.yaml": deployment }, async (directory) => {
      const config = (value: string) => `namespaces: {shop: {labels: {istio-injection: ${value}}}}\n`;
      write(directory, { "sidelint.yaml": config("enabled") });
      commit(directory, "configured");
      write(directory, { "sidelint.yaml": config("disabled") });
      const own = await told(directory, ["HEAD"]);
      assert.equal(kinds(own), ["lost web"]);
      assert.match(own.notes[0] ?? "", "sidelint.yaml differs");
      assert.equal(kinds(await told(directory, ["HEAD", "--config", "sidelint.yaml"])), []);
      assert.equal(kinds(await told(directory, ["HEAD~1", "HEAD"])), ["decided web"]);
      await refused(
        directory,
        ["HEAD", "--config", "gone.yaml"],
        "--config gone.yaml: no such file or directory",
      );
    }),
  );

  diff("dumps that git does not keep count for both states", () =>
    inGit({ "web.yaml": deployment, ".gitignore": ".sidelint/\n" }, async (directory) => {
      write(directory, { ".sidelint/namespaces.yaml": namespace });
      write(directory, {
        "web.yaml": deployment.replace("{app: web}", '{app: web, sidecar.istio.io/inject: "false"}'),
      });
      assert.equal(kinds(await told(directory, ["HEAD"])), ["lost web"]);
      rmSync(join(directory, ".sidelint"), { recursive: true });
      write(directory, { "cluster.txt": namespace });
      assert.equal(kinds(await told(directory, ["HEAD", "--namespaces", "cluster.txt"])), ["lost web"]);
    }),
  );

  diff("a file that one state cannot read is told, and nobody knows of its workloads", () =>
    inGit(files, async (directory) => {
      write(directory, { "apps/web.yaml": deployment.replace("spec:", "spec: [") });
      const changes = await toldInPart(directory, ["HEAD"]);
      assert.equal(kinds(changes), ["undecided web"]);
      assert.match(changes.changes[0]?.causes[0]?.after?.where ?? "", /^apps\/web\.yaml:\d+$/);
      assert.match(
        changes.notes.join("\n"),
        /^working tree: apps\/web\.yaml:\d+: .*; what it holds is missing here$/m,
      );
      commit(directory, "broken");
      assert.equal((await told(directory, ["HEAD"])).notes, [], "broken in both states");
      write(directory, { "apps/web.yaml": deployment });
      assert.equal(kinds(await toldInPart(directory, ["HEAD"])), ["decided web"]);
      rmSync(join(directory, "apps"), { recursive: true });
      assert.equal(kinds(await told(directory, ["HEAD~1"])), ["removed web"]);
    }),
  );

  diff("a kustomization that one state cannot read hides what it builds", () =>
    inGit(
      {
        "prod/kustomization.yaml": "namespace: shop\nresources: [web.yaml]\n",
        "prod/web.yaml": deployment.replace("  namespace: shop\n", ""),
        "ns.yaml": namespace,
      },
      async (directory) => {
        write(directory, { "prod/kustomization.yaml": "namespace: shop\nresources: [web.yaml\n" });
        assert.equal(kinds(await toldInPart(directory, ["HEAD"])), ["undecided web"]);
      },
    ),
  );

  diff("a chart that one state cannot render is told in the notes, and nobody knows of its workloads", () =>
    inGit(
      {
        "chart/Chart.yaml": "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
        "chart/templates/web.yaml": deployment.replace("name: web", "name: {{ .Release.Name }}"),
        "ns.yaml": namespace,
      },
      (directory) =>
        inDirectory(async (bin) => {
          const printed = deployment.replace("name: web", "name: chart");
          const program = `#!/bin/sh
for last; do :; done
grep -q broken "$last/Chart.yaml" && { echo "Error: broken" >&2; exit 1; }
cat <<'END'
# Source: chart/templates/web.yaml
${printed}END
`;
          write(bin, { helm: program });
          chmodSync(join(bin, "helm"), 0o755);
          const setting = { env: { PATH: `${bin}${delimiter}${process.env.PATH}` } };
          const args = ["HEAD", "--helm=exec"];
          assert.equal(kinds(await told(directory, args, setting)), []);
          write(directory, { "chart/Chart.yaml": "apiVersion: v2\nname: chart\nversion: broken\n" });
          const changes = await toldInPart(directory, args, setting);
          assert.equal(kinds(changes), ["undecided chart"]);
          assert.match(changes.notes.join("\n"), /^working tree: chart: helm does not render it: broken$/m);
        }),
    ),
  );

  const application = (url: string) => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: argocd}
spec:
  source: {repoURL: ${url}, path: apps, targetRevision: main}
  destination: {namespace: shop}
`;

  diff("all states of a repository have its remotes, so that deliveries mean the same to all of them", () =>
    inGit(
      {
        "apps/web.yaml": deployment.replace("  namespace: shop\n", ""),
        "ns.yaml": namespace,
        "shop.yaml": application("https://example.com/other/that.git"),
      },
      async (directory) => {
        git(directory, "remote", "add", "origin", "https://example.com/me/this.git");
        commit(directory, "two");
        assert.equal(kinds(await told(directory, ["HEAD"])), []);
        write(directory, { "shop.yaml": application("https://example.com/me/this.git") });
        assert.equal(kinds(await told(directory, ["HEAD"])), ["decided web"]);
        commit(directory, "three");
        assert.equal(kinds(await told(directory, ["HEAD~1", "HEAD"])), ["decided web"]);
        git(directory, "worktree", "add", "-q", "--detach", "beside", "HEAD");
        assert.equal(kinds(await told(join(directory, "beside"), ["HEAD"])), []);
        assert.equal(kinds(await told(join(directory, "beside"), ["HEAD~1"])), ["decided web"]);
      },
    ),
  );

  for (const flag of ["--assume-unchanged", "--skip-worktree"]) {
    diff(`a file that git update-index ${flag} hides is read as it is`, () =>
      inGit(files, async (directory) => {
        git(directory, "update-index", flag, "platform/ns.yaml");
        write(directory, { "platform/ns.yaml": shut });
        assert.equal(kinds(await told(directory, ["HEAD"])), ["lost web"]);
      }),
    );
  }

  diff("a sparse checkout lacks nothing that git counts as there", () =>
    inGit(files, async (directory) => {
      git(directory, "sparse-checkout", "set", "--no-cone", "/apps/");
      assert.equal(kinds(await told(directory, ["HEAD"])), []);
      write(directory, { "apps/web.yaml": deployment.replace("name: web", "name: web2") });
      assert.equal(kinds(await told(directory, ["HEAD"])), ["added web2", "removed web"]);
    }),
  );

  diff("a kustomization is built from each state's own files", () =>
    inGit(
      {
        "base/kustomization.yaml": "resources: [web.yaml]\n",
        "base/web.yaml": deployment,
        "prod/kustomization.yaml": "resources: [../base]\n",
        "dev/kustomization.yaml": "resources: [../base]\nnamespace: dev\n",
        "ns.yaml": namespace,
      },
      async (directory) => {
        const patch =
          "patches: [{target: {kind: Deployment}, patch: \"- {op: add, path: /spec/template/metadata/labels/sidecar.istio.io~1inject, value: 'false'}\"}]\n";
        write(directory, { "prod/kustomization.yaml": `resources: [../base]\n${patch}` });
        const { changes } = await told(directory, ["HEAD"]);
        assert.equal(
          changes.map(({ kind }) => kind),
          ["lost"],
        );
        assert.match(changes[0]?.causes[0]?.after?.where ?? "", "prod/kustomization.yaml:2");
      },
    ),
  );

  diff("an exit status of 1 is for what --fail-on names", () =>
    inGit(files, async (directory) => {
      write(directory, { "platform/ns.yaml": shut });
      const statuses: Record<string, number> = {};
      for (const kind of ["lost", "gained", "changed", "never", "gained,lost"])
        statuses[kind] = (await runIn(directory, ["diff", "HEAD", "--fail-on", kind])).status;
      assert.equal(statuses, { lost: 1, gained: 0, changed: 0, never: 0, "gained,lost": 1 });
      assert.is((await runIn(directory, ["diff", "HEAD"])).status, 0);
      await refused(
        directory,
        ["HEAD", "--fail-on", "loss"],
        /--fail-on takes lost, gained, changed or never, not "loss" \(did you mean lost\?\)/,
      );
    }),
  );

  diff("what names nothing is said with what may have been meant", () =>
    inGit(files, async (directory) => {
      git(directory, "branch", "release");
      await refused(directory, ["mian"], "mian: no such commit or directory (did you mean main?)");
      await refused(
        directory,
        ["main", "relaese"],
        "relaese: no such commit or directory (did you mean release?)",
      );
      await refused(
        directory,
        ["apps/web.yaml"],
        "apps/web.yaml is a file: a state is a commit or a directory",
      );
      await refused(directory, [""], "an argument is empty; the directory here is .");
      await refused(directory, ["-"], /standard input \(-\) is no state/);
      await refused(directory, ["--", "--output=x"], /begins with a dash/);
      git(directory, "branch", "apps");
      await refused(
        directory,
        ["apps"],
        "apps is a directory and a name in git: write ./apps or refs/heads/apps",
      );
      assert.is((await told(directory, ["./apps", "refs/heads/apps"])).before, "./apps");
      await refused(directory, ["--merge-base", "./apps"], /a directory is none/);
    }),
  );

  diff("a shallow clone says how to get what is missing", () =>
    inGit(files, (directory) =>
      inDirectory(async (other) => {
        await branches(directory);
        git(other, "clone", "-q", "--depth=1", "--branch=topic", `file://${directory}`, "clone");
        const clone = join(other, "clone");
        await refused(
          clone,
          ["origin/main"],
          /git fetch --depth=1 origin main, or fetch-depth: 0 for actions\/checkout/,
        );
        git(clone, "fetch", "-q", "--depth=1", "origin", "main");
        assert.equal(kinds(await told(clone, ["FETCH_HEAD"])), ["lost web", "removed more"]);
        await refused(clone, ["FETCH_HEAD...HEAD"], /no commit in common here; .*--unshallow/);
      }),
    ),
  );

  diff("a bare repository has commits alone", () =>
    inGit(files, (directory) =>
      inDirectory(async (other) => {
        await branches(directory);
        git(other, "clone", "-q", "--bare", directory, "bare");
        assert.equal(kinds(await told(join(other, "bare"), ["main", "topic"])), ["lost web", "removed more"]);
        await refused(join(other, "bare"), ["main"], /is bare: name a second commit/);
      }),
    ),
  );
}

diff("two directories need no git", () =>
  inDirectory(async (directory) => {
    write(directory, {
      "old/web.yaml": deployment,
      "old/ns.yaml": namespace,
      "new/web.yaml": deployment,
      "new/ns.yaml": shut,
    });
    const changes = await told(directory, ["old", "new/"]);
    assert.equal(kinds(changes), ["lost web"]);
    assert.equal([changes.before, changes.after], ["old", "new"]);
    assert.is(changes.changes[0]?.after?.file, "web.yaml");
    symlinkSync("/nowhere", join(directory, "new/lost.yaml"));
    const { status, stderr } = await runIn(directory, ["diff", "old", "new"]);
    assert.equal(
      { status, stderr },
      { status: 2, stderr: "sidelint: new: lost.yaml: a link that leads nowhere\n" },
    );
    await refused(
      directory,
      ["old", "newer"],
      /newer: no such directory, and no commit of a repository here/,
    );
  }),
);

diff.run();
