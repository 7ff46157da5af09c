import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fitsAnywhere, fitsPath, isListed } from "../../../src/world/delivery/glob.ts";
import { nameOf } from "../../../src/world/delivery/repository.ts";
import { fill } from "../../../src/world/delivery/substitute.ts";

const texts = suite("texts of deliveries");

const known = new Map<string, string | undefined>([
  ["a", "one-two-one"],
  ["empty", ""],
  ["secret", undefined],
]);

const filled: readonly (readonly [text: string, expected: string])[] = [
  ["${a}", "one-two-one"],
  ["x-${a}-${empty}-y", "x-one-two-one--y"],
  ["${none}", ""],
  ["${none:=b}", "b"],
  ["${none:-b c}", "b c"],
  ["${empty:=b}", "b"],
  ["${a:=b}", "one-two-one"],
  ["${a:+set}", "set"],
  ["${none:+set}", ""],
  ["${#a}", "11"],
  ["${a^^}", "ONE-TWO-ONE"],
  ["${a^}", "One-two-one"],
  ["${a:4}", "two-one"],
  ["${a:4:3}", "two"],
  ["${a/one/1}", "1-two-one"],
  ["${a//one/1}", "1-two-1"],
  ["${secret}", "${secret}"],
  ["$${a}", "${a}"],
  ["$a", "$a"],
  ["${a b}", "${a b}"],
];
for (const [text, expected] of filled)
  texts(`${text} becomes ${expected}`, () => assert.is(fill(text, { known, isComplete: true }), expected));

texts("a variable that may be somewhere else is left, also with a default", () => {
  assert.is(fill("${none:=b} ${a}", { known, isComplete: false }), "${none:=b} one-two-one");
});

const anywhere: readonly (readonly [pattern: string, text: string, fits: boolean])[] = [
  ["*.yaml", "a/b.yaml", true],
  ["{a,b}.yaml", "b.yaml", true],
  ["{a,b}.yaml", "c.yaml", false],
  ["a?[0-9].yaml", "ab7.yaml", true],
  ["[!a]*", "a", false],
  ["*a*a*a*b", "a".repeat(5000), false],
];
for (const [pattern, text, expected] of anywhere)
  texts(`${pattern} ${expected ? "fits" : "does not fit"} ${text.slice(0, 20)}`, () =>
    assert.is(fitsAnywhere(pattern, text), expected),
  );

const paths: readonly (readonly [pattern: string, path: string, fits: boolean])[] = [
  ["apps/*", "apps/a", true],
  ["apps/*", "apps/a/b", false],
  ["*", "apps", true],
  ["apps/**", "apps/a", true],
  ["apps/**", "apps/a/b", false],
  ["{apps,web}/a", "apps/a", false],
];
for (const [pattern, path, expected] of paths)
  texts(`${pattern} ${expected ? "is" : "is not"} a pattern for ${path}`, () =>
    assert.is(fitsPath(pattern, path), expected),
  );

const listed: readonly (readonly [pattern: string, path: string, fits: boolean])[] = [
  ["apps/*/c.json", "apps/a/b/c.json", true],
  ["apps/**/c.json", "apps/a/b/c.json", true],
  ["apps/**/c.json", "apps/c.json", false],
  ["./apps", "apps/a/c.json", true],
  ["apps/", "apps/a/c.json", true],
  ["a*/b", "apps/b/c.json", false],
  ["{apps,more}/c.json", "apps/c.json", false],
  ["/apps/c.json", "apps/c.json", false],
];
for (const [pattern, path, expected] of listed)
  texts(`git ${expected ? "lists" : "does not list"} ${path} for ${pattern}`, () =>
    assert.is(isListed(pattern, path), expected),
  );

const urls: readonly (readonly [url: string, name: string | undefined])[] = [
  ["https://example.com/Shop/Web.git", "web"],
  ["git@example.com:shop/web.git", "web"],
  ["ssh://git@example.com:22/shop/web/", "web"],
  ["oci://ghcr.io/shop/manifests", "manifests"],
  ["/srv/git/web", undefined],
  ["file:///srv/git/web", undefined],
  ["{{.Values.repo}}", undefined],
  ["https://example.com/${org}/web", undefined],
];
for (const [url, name] of urls)
  texts(`${url} is ${name ?? "no name to go by"}`, () => assert.is(nameOf(url), name));

texts.run();
