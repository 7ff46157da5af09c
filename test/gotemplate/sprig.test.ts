/** Every sprig function gives what the original gives. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { rendered, withSprig } from "./rendered.ts";

const written: readonly (readonly [template: string, output: string])[] = [
  [
    '{{abbrev 6 "hello world"}}{{abbrevboth 5 9 "hello wide world"}}{{trunc 2 "abc"}}{{trunc -2 "abc"}}{{trim " a "}}{{upper "aé"}}{{lower "AÉ"}}{{title "ab cd"}}{{untitle "Ab Cd"}}',
    "hel...... wi...abbcaAÉaéAb Cdab cd",
  ],
  [
    '{{substr 1 3 "abcd"}}{{repeat 2 "ab"}}{{trimall "$" "$a$"}}{{trimAll "ab" "abcba"}}{{trimSuffix "c" "abc"}}{{trimPrefix "a" "abc"}}{{nospace "a b"}}{{initials "ab cd"}}{{swapcase "aB Cd"}}',
    "bcababacabbcabacAb cD",
  ],
  [
    '{{wrap 5 "one two three"}}{{wrapWith 4 "|" "abcdefghi"}}{{contains "b" "abc"}}{{hasPrefix "a" "abc"}}{{hasSuffix "x" "abc"}}',
    "one\ntwo\nthreeabcd|efgh|itruetruefalse",
  ],
  [
    '{{quote "a" nil 1}}{{squote "a" 1}}{{cat "a" nil 1}}{{indent 2 .lines}}{{nindent 2 .lines}}{{replace "a" "b" "aXa"}}{{plural "one" "many" 2}}',
    "\"a\" \"1\"'a' '1'a 1  one\n  two\n  one\n  twobXbmany",
  ],
  [
    '{{toString 1.5}}{{toStrings .numbers}}{{join "-" .items}}{{sortAlpha .items}}{{split "," "a,b"}}{{splitn "," 2 "a,b,c"}}{{splitList "," "a,b"}}',
    "1.5[3 1 2]b-a[a b]map[_0:a _1:b]map[_0:a _1:b,c][a b]",
  ],
  [
    '{{snakecase "HTTPServerName"}}{{kebabcase "HelloWorld 2"}}{{camelcase "http_server-name"}}',
    "http_server_namehello-world-2HttpServerName",
  ],
  [
    '{{atoi "12"}}{{atoi "x"}}{{int64 "0x1f"}}{{int 3.9}}{{float64 "1.5"}}{{toDecimal "777"}}{{seq 1 2 7}}{{until 3}}{{untilStep 6 0 -2}}',
    "1203131.55111 3 5 7[0 1 2][6 4 2]",
  ],
  [
    '{{add1 1}}{{add 1 "2" 3.9}}{{sub 5 2}}{{div 7 2}}{{mod 7 2}}{{mul 2 3 4}}{{add1f 1.5}}{{addf 0.1 0.2}}{{subf 1 0.9}}{{divf 1 3}}{{mulf 1.1 1.1}}',
    "26331242.50.30.10.33333333333333331.21",
  ],
  [
    "{{biggest 1 5 3}}{{max 1 2}}{{min 3 1}}{{maxf 1.5 2}}{{minf 1.5 2}}{{ceil 1.2}}{{floor 1.8}}{{round 1.2345 2}}",
    "52121.5211.23",
  ],
  [
    '{{list 1 "a"}}{{tuple 1}}{{push .items "c"}}{{append .items "c"}}{{prepend .items "z"}}{{first .items}}{{last .items}}{{rest .items}}{{initial .items}}{{reverse .items}}{{compact (list 0 1 "")}}{{uniq (list 1 1 2)}}{{without .items "a"}}{{has "a" .items}}{{slice (list 1 2 3) 1 2}}{{chunk 2 .numbers}}{{concat .items .numbers}}',
    "[1 a][1][b a c][b a c][z b a]ba[a][b][a b][1][1 2][b]true[2][[3 1] [2]][b a 3 1 2]",
  ],
  [
    '{{mustPush .items "c"}}{{mustAppend .items "c"}}{{mustPrepend .items "z"}}{{mustFirst .items}}{{mustLast .items}}{{mustRest .items}}{{mustInitial .items}}{{mustReverse .items}}{{mustCompact .items}}{{mustUniq .items}}{{mustWithout .items "b"}}{{mustHas "x" .items}}{{mustSlice .items 1}}{{mustChunk 1 .items}}',
    "[b a c][b a c][z b a]ba[a][b][a b][b a][b a][a]false[a][[b] [a]]",
  ],
  ["{{rest .list}}{{first .list}}{{last .list}}{{uniq .list}}", "[]<no value><no value>[]"],
  [
    '{{dict "a" 1 "b"}}{{get .labels "app"}}{{get .labels "no"}}{{hasKey .labels "app"}}{{pluck "app" .labels .empty}}{{keys .labels | sortAlpha}}{{values (dict "a" 1)}}{{pick .labels "app"}}{{omit .labels "app"}}',
    "map[a:1 b:]webtrue[web][app tier][1]map[app:web]map[tier:front]",
  ],
  ['{{$d := dict "a" 1}}{{$_ := set $d "b" 2}}{{$_ := unset $d "a"}}{{$d}}', "map[b:2]"],
  [
    '{{merge (dict "a" 1) (dict "a" 2 "b" 3)}}{{mustMerge (dict) .labels}}{{mergeOverwrite (dict "a" 1) (dict "a" 2)}}{{mustMergeOverwrite (dict "a" 1) (dict "b" 2)}}{{deepCopy .labels}}{{mustDeepCopy .items}}{{deepEqual .items (list "b" "a")}}{{dig "a" "b" "d" .deep}}{{dig "a" "x" "d" .deep}}',
    "map[a:1 b:3]map[app:web tier:front]map[a:2]map[a:1 b:2]map[app:web tier:front][b a]truecd",
  ],
  [
    '{{default "d" .none}}{{default "d" .name}}{{empty .list}}{{coalesce 0 "" "x"}}{{all 1 0}}{{any 0 1}}{{ternary "a" "b" true}}{{hello}}',
    "dwebtruexfalsetrueaHello!",
  ],
  [
    '{{typeOf .items}}{{typeIs "string" .name}}{{typeIsLike "string" .name}}{{kindOf .labels}}{{kindIs "map" .labels}}',
    "[]interface {}truetruemaptrue",
  ],
  [
    '{{b64enc "héllo"}}{{b64dec "aGk="}}{{b32enc "hi"}}{{b32dec "NBUQ===="}}{{b64dec "a"}}|{{b32dec "1"}}',
    "aMOpbGxvhiNBUQ====hiillegal base64 data at input byte 0|illegal base32 data at input byte 0",
  ],
  [
    '{{fromJson "{\\"a\\":[1,null]}"}}{{mustFromJson "[1]"}}{{toJson .labels}}{{mustToJson .items}}{{toPrettyJson .deep}}{{mustToPrettyJson .list}}{{toRawJson .html}}{{mustToRawJson .html}}{{toJson .html}}',
    'map[a:[1 <nil>]][1]{"app":"web","tier":"front"}["b","a"]{\n  "a": {\n    "b": "c"\n  }\n}[]"<a href=\'x\'>&\\"</a>""<a href=\'x\'>&\\"</a>""\\u003ca href=\'x\'\\u003e\\u0026\\"\\u003c/a\\u003e"',
  ],
  [
    '{{sha1sum "abc"}}{{sha256sum "abc"}}{{sha512sum "abc"}}{{adler32sum "abc"}}',
    "a9993e364706816aba3e25717850c26c9cd0d89dba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015adddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f38600999",
  ],
  [
    '{{sha256sum (repeat 100 "abcdefghij")}}{{sha1sum (repeat 13 "abcde")}}{{sha512sum (repeat 12 "abcdefghij")}}',
    "c49bba59ccc72847b869b364a909a52606e91412eccdc570032df23b181fdfa91ccf47d3f1bae52cf2899cb239e38c959698fe53fbcd38c579a612fa84615d7598f2483f83425646c3a0101f7e6c53d6f60c2949699a4c673ff25b875ba0967e7c87b2b4cb035ee97a16e25c6d695e312fc9d4bb",
  ],
  [
    '{{base "a/b.c"}}{{dir "a/b"}}{{clean "a/../b//c/."}}{{ext "a.b/c.tar.gz"}}{{isAbs "/a"}}{{osBase "/"}}{{osDir "/a/b"}}{{osClean "../.."}}{{osExt "x"}}{{osIsAbs "a"}}',
    "b.cab/c.gztrue//a../..false",
  ],
  [
    '{{semver "v1.2.3-a+b"}}{{(semver "1.2.3").Minor}}{{semverCompare ">=1.2 <2 || 3.x" "1.9.0"}}{{semverCompare "~1.2.3" "1.3.0"}}{{semverCompare "^0.0.3" "0.0.3"}}{{semverCompare "!=1.x" "2.0.0"}}{{semverCompare "1.1 - 1.3" "1.2.0"}}',
    "1.2.3-a+b2truefalsetruetruetrue",
  ],
  [
    '{{(urlParse "https://u:p@h.x:8/p%20q?a=b#f").host}}{{urlParse "https://u:p@h.x:8/p%20q?a=b#f"}}{{urlJoin (dict "scheme" "https" "host" "h" "path" "/a b")}}',
    "h.x:8map[fragment:f host:h.x:8 hostname:h.x opaque: path:/p q query:a=b scheme:https userinfo:u:p]https://h/a%20b",
  ],
  ['{{duration "3661"}}{{durationRound "49h"}}{{env "NOPE_X"}}{{expandenv "a$NOPE_X.b"}}', "1h1m1s2da.b"],
  ["{{add 9223372036854775807 1}}{{mul 4611686018427387904 4}}", "-92233720368547758080"],
  ['{{(dict "a" (dict "b" 1)).a.b}}{{range $i, $e := until 2}}{{$i}}{{$e}}{{end}}', "10011"],
  ['{{printf "%v %T" (split "," "a,b")._1 (splitList "," "a")}}', "b []string"],
  ["{{index (chunk 2 .numbers) 1 0}}", "2"],
];

const failing: readonly (readonly [template: string, error: string, partial?: string])[] = [
  [
    "{{div 1 0}}",
    'template: inject:1:2: executing "inject" at <div 1 0>: error calling div: runtime error: integer divide by zero',
  ],
  [
    "{{first .name}}",
    'template: inject:1:2: executing "inject" at <first .name>: error calling first: Cannot find first on type string',
  ],
  ['{{fail "stop"}}', 'template: inject:1:2: executing "inject" at <fail "stop">: error calling fail: stop'],
  [
    '{{mustFromJson "{"}}',
    'template: inject:1:2: executing "inject" at <mustFromJson "{">: error calling mustFromJson: unexpected end of JSON input',
  ],
  [
    '{{mustFromJson "[1,]"}}',
    'template: inject:1:2: executing "inject" at <mustFromJson "[1,]">: error calling mustFromJson: invalid character \']\' looking for beginning of value',
  ],
  [
    '{{mustFromJson "{\\"a\\" 1}"}}',
    'template: inject:1:2: executing "inject" at <mustFromJson "{\\"a\\" 1}">: error calling mustFromJson: invalid character \'1\' after object key',
  ],
  [
    '{{mustFromJson "tru"}}',
    "template: inject:1:2: executing \"inject\" at <mustFromJson \"tru\">: error calling mustFromJson: invalid character ' ' in literal true (expecting 'e')",
  ],
  [
    '{{mustFromJson "01"}}',
    'template: inject:1:2: executing "inject" at <mustFromJson "01">: error calling mustFromJson: invalid character \'1\' after top-level value',
  ],
  [
    '{{semver "x"}}',
    'template: inject:1:2: executing "inject" at <semver "x">: error calling semver: Invalid Semantic Version',
  ],
  [
    '{{urlParse "http://[::1"}}',
    'template: inject:1:2: executing "inject" at <urlParse "http://[::1">: error calling urlParse: unable to parse url: parse "http://[::1": missing \']\' in host',
  ],
  [
    '{{repeat -1 "a"}}',
    'template: inject:1:2: executing "inject" at <repeat -1 "a">: error calling repeat: strings: negative Repeat count',
  ],
  [
    '{{set .none "a" 1}}',
    'template: inject:1:6: executing "inject" at <.none>: wrong type for value; expected map[string]interface {}; got interface {}',
  ],
  [
    '{{set .missing "a" 1}}',
    'template: inject:1:2: executing "inject" at <set .missing "a" 1>: error calling set: assignment to entry in nil map',
  ],
];

const tests = suite("sprig");

for (const [template, output] of written) {
  tests(`what the functions give: ${template}`, () =>
    assert.equal(rendered(template, withSprig), { ok: true, output }),
  );
}

for (const [template, error, partial = ""] of failing) {
  tests(`what goes wrong: ${template}`, () =>
    assert.equal(rendered(template, withSprig), { ok: false, error, partial }),
  );
}

tests.run();
