/** Regular expressions mean what they mean in Go. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { rendered, withSprig } from "./rendered.ts";

const written: readonly (readonly [template: string, output: string])[] = [
  ['{{regexFind "a+?b*" "xaab"}} {{regexFind "(?U)a+" "aaa"}} {{regexFind "a{2}" "aaa"}}', "a a aa"],
  ['{{regexFindAll "[^a-c\\\\s]+" "abc def ghi" -1}}', "[def ghi]"],
  ['{{regexFindAll "\\\\b\\\\w" "ab cd-ef" -1}}{{regexFindAll "\\\\Bb" "ab b" -1}}', "[a c e][b]"],
  ['{{regexFindAll "(?m)^.$" "a\\nb\\ncc" -1}}{{regexFindAll "(?s)a.b" "a\\nb" -1}}', "[a b][a\nb]"],
  ['{{regexFind "(?i)straße" "STRASSE STRAßE"}}{{regexFind "(?i)k" "\\u212a"}}', "STRAßEK"],
  ['{{regexFind "[[:^alpha:][:digit:]]+" "ab12"}}{{regexFind "\\\\D+\\\\S\\\\W" "1ab -"}}', "12ab "],
  [
    '{{regexFind "\\\\p{Greek}+" "abγδ"}}{{regexFind "\\\\P{L}+" "ab12"}}{{regexFind "\\\\pN" "a1"}}',
    "γδ121",
  ],
  ['{{regexReplaceAll "(?P<a>\\\\w)(\\\\w)" "abcd" "${2}${a}-$3$$"}}', "ba-$dc-$"],
  ['{{regexReplaceAll "a*" "baac" "x"}}', "xbxcx"],
  ['{{regexReplaceAllLiteral "a|b" "cab" "$0"}}', "c$0$0"],
  [
    '{{regexSplit "\\\\s*,\\\\s*" "a , b,c" -1}}{{regexSplit "" "abc" 2}}{{regexSplit "b" "abcb" -1}}',
    "[a b c][a bc][a c ]",
  ],
  [
    '{{regexMatch "^(a|ab)(c|bcd)$" "abcd"}}{{regexMatch "\\\\x41\\\\x{42}\\\\103\\\\." "ABC."}}{{regexMatch "\\\\Qa.b\\\\E+" "a.bb"}}',
    "truetruetrue",
  ],
  ['{{regexFind "(a+)+$" "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"}}|', "|"],
  ['{{regexFind "(|a)+" "aa"}}|{{regexFind "(a|b)*?c" "abc"}}|{{regexFind "()" "x"}}|', "|abc||"],
  ['{{regexFind "[a\\\\-z\\\\]]+" "b-]a"}}{{regexFind "[]a]+" "]a"}}{{regexFind "[a-]+" "-a"}}', "-]a]a-a"],
  ['{{regexFindAll "" "aé" -1}}{{regexFindAll "a" "aaa" 2}}', "[  ][a a]"],
];

const peculiar: readonly (readonly [template: string, output: string])[] = [
  ['{{regexFindAll "(|a)*" "aab" -1 | toJson}}', '["","","",""]'],
  ['{{regexFindAll "b(?s){2}" "abba" -1}}', "[bb]"],
  ['{{regexReplaceAll "(?P<n>a)|(?P<n>b)" "ab" "<${n}>"}}', "<a><b>"],
  ['{{regexFind "a{,2}" "xa{,2}"}}', "a{,2}"],
];

const failing: readonly (readonly [template: string, error: string, partial?: string])[] = [
  [
    '{{regexFind "x**" "x"}}',
    'template: inject:1:2: executing "inject" at <regexFind "x**" "x">: error calling regexFind: regexp: Compile(`x**`): error parsing regexp: invalid nested repetition operator: `**`',
  ],
  [
    '{{regexFind "a)" "x"}}',
    'template: inject:1:2: executing "inject" at <regexFind "a)" "x">: error calling regexFind: regexp: Compile(`a)`): error parsing regexp: unexpected ): `a)`',
  ],
  [
    '{{regexFind "[b-a]" "x"}}',
    'template: inject:1:2: executing "inject" at <regexFind "[b-a]" "x">: error calling regexFind: regexp: Compile(`[b-a]`): error parsing regexp: invalid character class range: `b-a`',
  ],
  [
    '{{regexFind "[a" "x"}}',
    'template: inject:1:2: executing "inject" at <regexFind "[a" "x">: error calling regexFind: regexp: Compile(`[a`): error parsing regexp: missing closing ]: `[a`',
  ],
  [
    '{{regexFind "*a" "x"}}',
    'template: inject:1:2: executing "inject" at <regexFind "*a" "x">: error calling regexFind: regexp: Compile(`*a`): error parsing regexp: missing argument to repetition operator: `*`',
  ],
  [
    '{{regexFind "\\\\8" "x"}}',
    'template: inject:1:2: executing "inject" at <regexFind "\\\\8" "x">: error calling regexFind: regexp: Compile(`\\8`): error parsing regexp: invalid escape sequence: `\\8`',
  ],
  [
    '{{regexFind "(?z)" "x"}}',
    'template: inject:1:2: executing "inject" at <regexFind "(?z)" "x">: error calling regexFind: regexp: Compile(`(?z)`): error parsing regexp: invalid or unsupported Perl syntax: `(?z`',
  ],
  [
    '{{regexFind "\\\\p{Nope}" "x"}}',
    'template: inject:1:2: executing "inject" at <regexFind "\\\\p{Nope}" "x">: error calling regexFind: regexp: Compile(`\\p{Nope}`): error parsing regexp: invalid character class range: `\\p{Nope}`',
  ],
  [
    '{{regexFind "a\\\\" "x"}}',
    'template: inject:1:2: executing "inject" at <regexFind "a\\\\" "x">: error calling regexFind: regexp: Compile(`a\\`): error parsing regexp: trailing backslash at end of expression: ``',
  ],
  [
    '{{regexFind "x{5,2}" "x"}}',
    'template: inject:1:2: executing "inject" at <regexFind "x{5,2}" "x">: error calling regexFind: regexp: Compile(`x{5,2}`): error parsing regexp: invalid repeat count: `{5,2}`',
  ],
  [
    '{{mustRegexFindAll "[a" "x" -1}}',
    'template: inject:1:2: executing "inject" at <mustRegexFindAll "[a" "x" -1>: error calling mustRegexFindAll: error parsing regexp: missing closing ]: `[a`',
  ],
  [
    '{{regexQuoteMeta "a.b*c"}}{{regexMatch "(" "x"}}{{mustRegexMatch "(" "x"}}',
    'template: inject:1:50: executing "inject" at <mustRegexMatch "(" "x">: error calling mustRegexMatch: error parsing regexp: missing closing ): `(`',
    "a\\.b\\*cfalse",
  ],
];

const tests = suite("regular expressions");

for (const [template, output] of written) {
  tests(`what the functions find: ${template}`, () =>
    assert.equal(rendered(template, withSprig), { ok: true, output }),
  );
}

for (const [template, output] of peculiar) {
  tests(`Go's own ways are kept: ${template}`, () =>
    assert.equal(rendered(template, withSprig), { ok: true, output }),
  );
}

for (const [template, error, partial = ""] of failing) {
  tests(`what is wrong with an expression: ${template}`, () =>
    assert.equal(rendered(template, withSprig), { ok: false, error, partial }),
  );
}

tests.run();
