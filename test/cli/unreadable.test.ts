/** Manifests that cannot be read: every command says so, as what they hold is missing in its answer. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { deployment, inRepository, namespace } from "./terminal.ts";

const broken = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api\nspec: {}\n";
const files = { "ns.yaml": namespace, "web.yaml": deployment, "api.yaml": broken };
const said = "api.yaml:4:5: this document cannot be read: `,` or `}` is expected here";

const unreadable = suite("manifests that cannot be read");

const cases: readonly (readonly [argv: string, status: number, stdout: string])[] = [
  ["list", 2, "injected  shop       Deployment/web"],
  ["list --format json", 2, '"name": "web"'],
  ["explain web", 2, "INJECTED"],
  ["explain api", 2, ""],
  ["explain --uninstall", 2, "web"],
  ["traffic web --to 10.0.0.1:80", 2, "CAPTURED"],
  ["inject .", 2, ""],
];

for (const [argv, status, stdout] of cases) {
  unreadable(argv, () =>
    inRepository(files, async (sidelint) => {
      const outcome = await sidelint(argv.split(" "));
      assert.is(outcome.status, status, outcome.stderr);
      assert.ok(outcome.stdout.includes(stdout), outcome.stdout);
      const text = argv.startsWith("inject") ? said.replace("this document cannot be read: ", "") : said;
      assert.ok(outcome.stderr.includes(`sidelint: ${text}\n`), outcome.stderr);
    }),
  );
}

unreadable("many of them are told as a few and a number", () => {
  const many = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`${index}.yaml`, broken]));
  return inRepository(many, async (sidelint) => {
    const { stderr } = await sidelint(["list"]);
    assert.is(stderr.split("\n").length, 8 + 1 + 1);
    assert.match(stderr, "and 4 more that cannot be read");
  });
});

const odd = { "a.yaml": "name: [web\nspec: {}\n", "chart.yaml": "a: {{ .b }}: [\n" };

unreadable("where nothing was found, what is no YAML is told although it does not look like a manifest", () =>
  inRepository(odd, async (sidelint) => {
    const { status, stderr } = await sidelint(["check"]);
    assert.is(stderr, "sidelint: a.yaml:2:5: `,` or `]` is expected here\n");
    assert.is(status, 0);
    assert.is((await sidelint(["check", "a.yaml"])).status, 2);
    assert.is((await sidelint(["list", "a.yaml"])).status, 2);
  }),
);

unreadable("where nothing else was found, list does not say that there is nothing", () =>
  inRepository({ "api.yaml": broken }, async (sidelint) => {
    const { status, stdout } = await sidelint(["list"]);
    assert.is(stdout, "");
    assert.is(status, 2);
  }),
);

unreadable("a dump that is the only file is told as that", () =>
  inRepository({ "ok/prod.yaml": namespace }, async (sidelint) => {
    for (const command of ["check", "list"]) {
      const { status, stdout } = await sidelint([command, "--cluster", "prod=ok/prod.yaml", "ok"]);
      assert.match(stdout, /file here besides the\s+dumps of clusters, which are no manifests\./);
      assert.is(status, 0);
    }
  }),
);

unreadable("and it is not where something was", () =>
  inRepository({ ...odd, "web.yaml": deployment }, async (sidelint) => {
    assert.is((await sidelint(["check"])).stderr, "");
  }),
);

unreadable.run();
