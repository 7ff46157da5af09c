import { suite } from "uvu";
import * as assert from "uvu/assert";
import { patternOf } from "../../../src/world/kustomize/regexp.ts";

const patterns = suite("regular expressions of kustomizations");

const fitting: readonly (readonly [expression: string, whole: readonly string[], not: readonly string[]])[] =
  [
    ["web", ["web"], ["webs", "aweb", ""]],
    [".*", ["", "web", "a-b"], ["a\nb"]],
    ["web-.+", ["web-a"], ["web-", "xweb-a"]],
    ["a|bc|", ["a", "bc", ""], ["ab", "b"]],
    ["(a|b)*c?", ["", "abba", "abc", "c"], ["cc", "ac b"]],
    ["a{2}", ["aa"], ["a", "aaa"]],
    ["a{1,3}", ["a", "aa", "aaa"], ["", "aaaa"]],
    ["a{2,}", ["aa", "aaaaa"], ["a"]],
    ["(ab?){2}c", ["aac", "abac", "abab" + "c"], ["abc"]],
    ["(a{0}b)*", ["", "bb"], ["a"]],
    ["[a-c]\\d", ["a1", "c0"], ["d1", "a"]],
    ["[^a]", ["b", "é"], ["a", "bb"]],
    ["(?i)Web", ["wEB"], ["we"]],
    ["^web$", ["web"], ["webs"]],
    ["a\\.b", ["a.b"], ["axb"]],
    ["\\bweb\\b.*", ["web a"], ["weba"]],
    ["(a?)+", ["", "aaa"], ["b"]],
    ["((a*)*)*", ["", "aaa"], ["b"]],
    ["x*?y", ["xxy"], ["xx"]],
  ];

for (const [expression, whole, not] of fitting) {
  patterns(`${expression} fits whole texts`, () => {
    const pattern = patternOf(expression);
    if (typeof pattern === "string") throw new Error(pattern);
    for (const text of whole) assert.ok(pattern(text), `${expression} fits ${text}`);
    for (const text of not) assert.not.ok(pattern(text), `${expression} does not fit ${text}`);
  });
}

patterns("parts of texts are found where they are asked for", () => {
  for (const [expression, text, found] of [
    ["eb", "web", true],
    ["^eb", "web", false],
    ["e.$", "web", true],
    ["x+y", "aaxxyz", true],
    ["x+y", "aaxxz", false],
  ] as const) {
    const pattern = patternOf(expression, true);
    assert.is(typeof pattern === "function" && pattern(text), found, `${expression} in ${text}`);
  }
});

for (const expression of [
  "(",
  "a**",
  "[b-a]",
  "(?=a)",
  "\\",
  "a{1001}",
  "(((a{99}){99}){99}){99}",
  "((((?:){999}){999}){999}){999}",
]) {
  patterns(`${expression} is not understood`, () => {
    assert.match(String(patternOf(expression)), /not understood/);
  });
}

patterns("expressions beyond a thousand characters are not tried", () => {
  assert.match(String(patternOf(`${"a".repeat(1000)}+`)), /not tried/);
});

for (const expression of [
  "((a+))+b",
  "(a|aa)+b",
  "(a?)+b",
  "(.*)*b",
  ".*.*.*.*.*.*.*.*b",
  "(a|a|a|a)*b",
  "(a{0,30}){0,30}b",
]) {
  patterns(`${expression} ends in time`, () => {
    const pattern = patternOf(expression);
    if (typeof pattern === "string") throw new Error(pattern);
    const started = performance.now();
    assert.not.ok(pattern("a".repeat(1000)));
    assert.ok(performance.now() - started < 2000, `${performance.now() - started} ms`);
  });
}

patterns.run();
