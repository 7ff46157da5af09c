/** What an evaluation may use: hostile expressions end with a reason, and quickly; ordinary ones are as before. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { mostSteps, mostStepsInAll, newAccount } from "../../src/lint/account.ts";
import { compilerFor } from "../../src/lint/cel.ts";
import { readyCheck } from "../../src/lint/check.ts";

const bounded = suite("bounded evaluation");
const compiler = compilerFor("workload").with({
  big: "list<string>",
  text: "string",
  item: "string",
  nested: "dyn",
});

function evaluate(expression: string, context: Readonly<Record<string, unknown>> = {}) {
  const compiled = compiler.charging(newAccount()).compile(expression);
  assert.ok(compiled.ok, compiled.ok ? "" : compiled.error);
  return compiled.program.run(context);
}

const big = Array.from({ length: 50_000 }, (_, index) => `element-${index}`);
const long = "a".repeat(20_000);
const nested = { a: Array.from({ length: 300 }, (_, index) => ({ b: { c: [`${index}`] } })) };
const tooManySteps = `it takes more than ${mostSteps} steps`;

for (const [expression, reason] of [
  ["big.exists(a, big.exists(b, big.exists(c, a + b == c)))", tooManySteps],
  ["big.all(a, big.all(b, a != b + 'x'))", tooManySteps],
  ["big.filter(a, big.exists(b, b.contains(a) && b == '')).size() > 0", tooManySteps],
  ["big.map(a, big.map(b, a + b)).size() > 0", tooManySteps],
  // What fails inside is swallowed, and the loops around must not go on for it.
  ["big.exists(a, big.exists(b, a == b && b == '') || a == '')", tooManySteps],
  ["big.all(a, a in big)", tooManySteps],
  ["big.exists(a, text.contains('b' + a))", tooManySteps],
  ["big.exists(a, text.split('') == [a])", tooManySteps],
  ["big.exists(a, big.exists(b, size(text) == 0))", tooManySteps],
  ["big.exists(a, text + 'a' < text + 'b' && false)", tooManySteps],
  ["big.exists(a, nested == nested && false)", tooManySteps],
  ["text.matches('(a?){900}a{900}b')", tooManySteps],
  [
    "cel.bind(a, text + text, cel.bind(b, a + a, cel.bind(c, b + b, cel.bind(d, c + c, cel.bind(e, d + d, cel.bind(f, e + e, f + f)))))) == ''",
    "it makes a text of more than 1000000 characters",
  ],
  [
    "cel.bind(a, big + big, cel.bind(b, a + a, b + b)).size() == 1",
    "it makes a list of more than 100000 elements",
  ],
] as const) {
  bounded(`ends: ${expression.slice(0, 70)}`, () => {
    const started = performance.now();
    const result = evaluate(expression, { big, text: long, nested });
    assert.equal(result, { ok: false, error: reason });
    assert.ok(performance.now() - started < 5000, "it took too long");
  });
}

for (const [expression, value] of [
  ["big.exists(a, a == 'element-49999')", true],
  ["big.filter(a, a.endsWith('99')).size()", 500n],
  ["big.map(a, a.size() > 100, a).size()", 0n],
  [
    "[1, 2].map(a, [a, a + 1].map(b, b * 10))",
    [
      [10n, 20n],
      [20n, 30n],
    ],
  ],
  ["'b' in {'a': 1, 'b': 2}", true],
  ["{'a': 1, 'b': 2}.exists(k, k == 'b')", true],
  ["['a', 'b'] + ['c'] == ['a', 'b', 'c']", true],
  ["1 + 2 == 3 && 'a' + 'b' == 'ab'", true],
  ["'web-1'.matches('^[a-z]+-[0-9]+$')", true],
  ["'xxaayy'.matches('a+')", true],
  ["'xxyy'.matches('^y')", false],
  ["'ÄÖ'.matches('^\\\\pL+$')", true],
  ["'aXb'.matches('(?i)axB')", true],
] as const) {
  bounded(`comes out: ${expression}`, () => {
    assert.equal(evaluate(expression, { big }), { ok: true, value });
  });
}

bounded("an expression that is no regular expression of RE2 says so", () => {
  const result = evaluate("text.matches('(?=a)')", { text: "a" });
  assert.not(result.ok);
  assert.match(result.ok ? "" : result.error, /^\(\?=a\) is no regular expression: /);
});

bounded("what the library throws besides its own errors is a reason too", () => {
  for (const expression of [
    "timestamp('2026-01-01T00:00:00Z').getHours('No/Zone') == 1",
    "bytes('x').json() == {}",
  ]) {
    assert.not(evaluate(expression).ok);
  }
});

bounded("an evaluation has a share of its own, all of a run together have one", () => {
  const account = newAccount();
  for (let spent = 0; spent < mostStepsInAll; spent += mostSteps) {
    account.begin();
    account.spend(mostSteps);
  }
  account.begin();
  assert.throws(() => account.spend(1), /over the whole repository/);
  account.open(0);
  account.begin();
  account.spend(mostSteps);
  assert.throws(() => account.spend(1), new RegExp(tooManySteps));
});

bounded("the parts of a check share its account", () => {
  const check = readyCheck({ on: "workload", when: "[1].exists(a, a == 1)", message: "{[1].map(a, a)}" });
  const when = check.when();
  assert.ok(when.ok && when.value?.run({}).ok);
  assert.is(check.account.exhausted, undefined);
});

bounded.run();
