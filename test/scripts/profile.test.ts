/** How profiles/ is packed: every release its templates, and mistakes told. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { packProfile } from "../../scripts/profile.ts";

const profiles = fileURLToPath(new URL("../../profiles", import.meta.url));

const packing = suite("scripts/profile.ts");

packing("releases are in order, from the oldest on, each different from the one before", () => {
  const { releases, changes } = packProfile(profiles);
  assert.equal(releases[0]?.since, [6, 0]);
  for (const list of [releases, changes]) {
    const order = list.map(({ since: [minor, patch] }) => minor * 1000 + patch);
    assert.equal(
      order,
      [...new Set(order)].sort((a, b) => a - b),
    );
  }
});

packing("nothing of the build's own actions is left, and every release has the templates for pods", () => {
  const { lines, releases } = packProfile(profiles);
  assert.equal(
    lines.filter((line) => line.includes("[[") || line.includes("<no value>")),
    [],
  );
  for (const {
    since: [minor],
    templates,
  } of releases) {
    if (minor < 9) assert.equal(Object.keys(templates), ["bare"], `1.${minor}`);
    else {
      for (const name of ["sidecar", "gateway", "grpc-agent", "grpc-simple", "waypoint"])
        assert.type(templates[name], "number", `${name} of 1.${minor}`);
      assert.is(templates.bare, undefined);
    }
  }
});

packing("a template that fails stops the build and is named", () => {
  const folder = mkdtempSync(join(tmpdir(), "profiles-"));
  try {
    cpSync(profiles, folder, { recursive: true });
    writeFileSync(join(folder, "gateway.tmpl"), "metadata: [[ .facts.nothing.there ]]\n");
    assert.throws(() => packProfile(folder), /profiles\/: template: gateway:/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

packing.run();
