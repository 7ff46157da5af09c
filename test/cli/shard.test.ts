/** `check --shard`: every finding is reported by exactly one share, with verdicts of the whole repository. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { deployment, inRepository, namespace } from "./terminal.ts";

const files = Object.fromEntries([
  ["platform/ns.yaml", namespace],
  ...Array.from({ length: 12 }, (_, index) => [
    `apps/${index}.yaml`,
    deployment
      .replace("name: web", `name: web${index}`)
      .replace("{app: web}", "{app: web, sidecar.istio.io/inject: no}"),
  ]),
]) as Readonly<Record<string, string>>;

interface Told {
  readonly findings: readonly { readonly file: string; readonly rule: string; readonly line: number }[];
  readonly summary: { readonly workloads: { readonly total: number } };
}

const shards = suite("check --shard");

shards("shares have each finding once, and all of the verdicts", () =>
  inRepository(files, async (sidelint) => {
    const told = async (...args: readonly string[]) => {
      const { stdout, status } = await sidelint(["check", "--format", "json", ...args]);
      const { findings, summary } = JSON.parse(stdout) as Told;
      assert.is(summary.workloads.total, 12);
      assert.is(status, findings.length > 0 ? 1 : 0);
      return findings.map(({ file, rule, line }) => `${file}:${line} ${rule}`);
    };
    const all = await told();
    assert.ok(all.length >= 12);
    const parts = [];
    for (const share of ["1/3", "2/3", "3/3"]) parts.push(await told("--shard", share));
    assert.equal(parts.flat().sort(), [...all].sort());
    assert.ok(parts.every(({ length }) => length < all.length));
    assert.equal(await told("--shard", "1/1"), all);
  }),
);

const refusals: readonly (readonly [args: readonly string[], says: string])[] = [
  ...["0/4", "5/4", "1", "1/", "a/b", "-1/2", ""].map(
    (value) =>
      [
        [`--shard=${value}`],
        `--shard takes the number of a share and how many there are, such as 1/4, not ${JSON.stringify(value)}`,
      ] as const,
  ),
  [["--shard", "1/2", "--fix"], "--shard is for reports, and --fix is about all files"],
];
for (const [args, says] of refusals)
  shards(`${args.join(" ")} is refused`, () =>
    inRepository(files, async (sidelint) => {
      const { status, stderr } = await sidelint(["check", ...args]);
      assert.equal({ status, stderr }, { status: 2, stderr: `sidelint: ${says}\n` });
    }),
  );

shards.run();
