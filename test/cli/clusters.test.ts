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

clusters.run();
