/** --cluster: what it takes, and what it says of dumps and names that are not there. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { deployment, inRepository, namespace } from "./terminal.ts";

const clusters = suite("--cluster");

const files = {
  "web.yaml": deployment,
  "prod.yaml": namespace,
  "staging/ns.yaml": namespace.replace("enabled", "disabled"),
  "none/README.md": "",
  "sidelint.yaml": "clusters: {edge: {namespaces: {shop: {labels: {istio-injection: enabled}}}}}\n",
};

/** A dump in which the workload's namespace is not. */
const other = namespace.replace("name: shop", "name: other");

/** Arguments, the exit status, and something of what is printed. */
const cases: readonly (readonly [argv: string, status: number, says: string])[] = [
  ["list web.yaml --cluster prod.yaml", 0, "injected  shop"],
  ["list web.yaml --cluster prod.yaml --cluster staging", 0, "no        staging  shop"],
  ["list web.yaml --cluster a=prod.yaml --cluster b=staging/ns.yaml", 0, "injected  a        shop"],
  ["list web.yaml --cluster edge", 0, "injected  shop"],
  ["list web.yaml --cluster egde", 2, "no cluster of the configuration (edge) (did you mean edge?)"],
  ["list web.yaml --cluster a=gone.yaml", 2, "--cluster a=gone.yaml: gone.yaml is not there"],
  ["list web.yaml --cluster none", 2, "none: no *.yaml, *.yml or *.json file is there"],
  [
    "inject web.yaml --cluster prod.yaml --cluster staging",
    2,
    "name it with --cluster (there are prod, staging)",
  ],
];

for (const [argv, status, says] of cases) {
  clusters(argv, () =>
    inRepository(files, async (sidelint) => {
      const outcome = await sidelint(argv.split(" "));
      assert.is(outcome.status, status, outcome.stderr);
      const text = outcome.stdout + outcome.stderr;
      assert.ok(text.includes(says), text);
    }),
  );
}

clusters("explain tells of every cluster", () =>
  inRepository(files, async (sidelint) => {
    const { stdout } = await sidelint(
      "explain web web.yaml --cluster prod.yaml --cluster staging".split(" "),
    );
    assert.match(stdout, "in namespace shop of cluster prod");
    assert.match(stdout, "in namespace shop of cluster staging");
  }),
);

clusters("what one cluster lacks is said of that cluster alone, and decides as it is printed", () =>
  inRepository({ ...files, "sidelint.yaml": "", "staging/ns.yaml": other }, async (sidelint) => {
    const argv = "check web.yaml --cluster prod=prod.yaml --cluster staging=staging/ns.yaml".split(" ");
    const { stdout } = await sidelint(argv);
    const own =
      "clusters:\n  staging:\n    namespaces:\n      shop: {labels: {istio-injection: enabled}}  # decides 1\n";
    assert.ok(stdout.includes(`\n\n${own}`), stdout);
    assert.not.match(stdout, "kubectl");
    const { summary } = JSON.parse((await sidelint([...argv, "--format", "json"])).stdout);
    assert.is(summary.configuration, own);
    assert.is(summary.missing[0].cluster, "staging");
    assert.is(
      summary.missing[0].line,
      "clusters: {staging: {namespaces: {shop: {labels: {istio-injection: enabled}}}}}",
    );
  }),
);

clusters("what it says is read back", () =>
  inRepository(
    {
      ...files,
      "staging/ns.yaml": other,
      "sidelint.yaml": "clusters: {staging: {namespaces: {shop: {labels: {istio-injection: enabled}}}}}\n",
    },
    async (sidelint) => {
      const argv = "list web.yaml --cluster prod=prod.yaml --cluster staging=staging/ns.yaml".split(" ");
      assert.match((await sidelint(argv)).stdout, /injected\s+staging/);
    },
  ),
);

clusters.run();
