/** Templates do what Go's text/template does: every action, every error. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { rendered } from "./rendered.ts";

const written: readonly (readonly [template: string, output: string])[] = [
  ["{{.name}}", "web"],
  ["{{ .deep.a.b }}", "c"],
  ["{{.missing}}|{{.none}}|{{.missing.more}}", "<no value>|<no value>|<no value>"],
  [
    "{{.}}",
    "map[count:3 deep:map[a:map[b:c]] empty:map[] html:<a href='x'>&\"</a> items:[b a] labels:map[app:web tier:front] lines:one\ntwo list:[] name:web none:<nil> numbers:[3 1 2] on:true ratio:2.5 text:héllo wörld]",
  ],
  [
    "{{$}}",
    "map[count:3 deep:map[a:map[b:c]] empty:map[] html:<a href='x'>&\"</a> items:[b a] labels:map[app:web tier:front] lines:one\ntwo list:[] name:web none:<nil> numbers:[3 1 2] on:true ratio:2.5 text:héllo wörld]",
  ],
  ['{{"a\\tb\\x41\\u00e9\\101"}}{{`raw\\n`}}', "a\tbAéAraw\\n"],
  ["{{'a'}} {{'\\n'}} {{'é'}}", "97 10 233"],
  ["{{0x1F}} {{0b11}} {{0o17}} {{017}} {{1_000}} {{-5}} {{+5}}", "31 3 15 15 1000 -5 5"],
  ["{{1.5}} {{1e3}} {{.5}} {{0x1p4}} {{1e100}}", "1.5 1000 0.5 16 1e+100"],
  ["{{1i}} {{1+2i}}", "(0+1i) (1+2i)"],
  ["{{true}}{{false}}", "truefalse"],
  ["{{if .on}}yes{{else}}no{{end}}", "yes"],
  ["{{if .none}}a{{else if .count}}b{{else}}c{{end}}", "b"],
  ["{{if .empty}}a{{else if .list}}b{{else}}c{{end}}", "c"],
  ['{{if 0}}a{{end}}{{if 0.0}}b{{end}}{{if ""}}c{{end}}{{if "0"}}d{{end}}', "d"],
  ["{{with .deep.a}}{{.b}}{{$.name}}{{end}}", "cweb"],
  ["{{with .none}}a{{else}}b{{.name}}{{end}}", "bweb"],
  ["{{with .none}}a{{else with .labels}}{{.app}}{{end}}", "web"],
  ["{{with $x := .count}}{{$x}}{{end}}", "3"],
  ["{{range .items}}[{{.}}]{{end}}", "[b][a]"],
  ["{{range $i, $v := .items}}{{$i}}={{$v}};{{end}}", "0=b;1=a;"],
  ["{{range $v := .items}}{{$v}}{{end}}", "ba"],
  ["{{range $k, $v := .labels}}{{$k}}={{$v}};{{end}}", "app=web;tier=front;"],
  ["{{range .list}}x{{else}}nothing{{end}}", "nothing"],
  ["{{range .none}}x{{else}}nothing{{end}}", "nothing"],
  ["{{range 3}}{{.}}{{end}}{{range $i := 2}}{{$i}}{{end}}", "01201"],
  ["{{range .numbers}}{{if eq . 1.0}}{{continue}}{{end}}{{.}}{{end}}", "32"],
  ["{{range .numbers}}{{if eq . 1.0}}{{break}}{{end}}{{.}}{{end}}", "3"],
  ["{{range .items}}{{range $.numbers}}{{if eq . 1.0}}{{break}}{{end}}{{.}}{{end}};{{end}}", "3;3;"],
  ["{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}", "2"],
  ["{{$x := 1}}{{if true}}{{$x := 2}}{{end}}{{$x}}", "1"],
  ["{{$x := .deep}}{{$x.a.b}}", "c"],
  ['{{define "T"}}<{{.}}>{{end}}{{template "T" .name}}{{template "T"}}', "<web><<no value>>"],
  ['{{template "T" .}}{{define "T"}}{{.name}}{{end}}', "web"],
  ['{{block "B" .deep}}{{.a.b}}{{end}}', "c"],
  [
    '{{define "R"}}{{if lt . 3}}{{.}}{{template "R" (len (printf "%*d" (len (printf "%*s" . "")) 0))}}{{end}}{{end}}{{template "R" 3}}',
    "",
  ],
  ["a {{- .name -}} b", "awebb"],
  ["a {{- /* gone */ -}} b{{/* gone */}} c", "ab c"],
  ["a\n{{- if .on }}\nb\n{{- end }}\nc", "a\nb\nc"],
  ['{{ .name | printf "%s-%s" "x" }}', "x-web"],
  ['{{ .name | len | printf "%03d" }}', "003"],
  ['{{ (.deep).a.b }}{{ (printf "%s" .name) }}', "cweb"],
  ['{{and 1 0 (index .list 5)}}{{or 0 "" "x" (index .list 5)}}{{not 1}}{{not .none}}', "0xfalsetrue"],
  ['{{or .none "d"}}{{and .on .name}}{{.name | or .none}}', "dwebweb"],
  ["{{len .name}}{{len .text}}{{len .items}}{{len .labels}}", "31322"],
  [
    '{{index .items 1}}{{index .labels "app"}}{{index .deep "a" "b"}}{{index .labels "no"}}{{index .name 0}}',
    "awebc<no value>119",
  ],
  ["{{slice .name 1}}{{slice .name 1 2}}{{slice .items 1}}{{slice .text 0 3}}", "ebe[a]hé"],
  ['{{print 1 2 "a" "b" 3 .none true}}{{println "a" 1}}', "1 2ab3 <nil> truea 1\n"],
  [
    '{{html .html}}{{js .html}}{{urlquery .html " é/"}}',
    "&lt;a href=&#39;x&#39;&gt;&amp;&#34;&lt;/a&gt;\\u003Ca href\\u003D\\'x\\'\\u003E\\u0026\\\"\\u003C/a\\u003E%3Ca+href%3D%27x%27%3E%26%22%3C%2Fa%3E+%C3%A9%2F",
  ],
  ['{{html .missing}}{{js "\\x01é"}}', "&lt;no value&gt;\\u0001é"],
  [
    '{{eq 1 1}}{{eq .name "web" }}{{eq .name "x" "web"}}{{ne 1 2}}{{eq .none nil}}{{eq .missing nil}}',
    "truetruetruetruetruetrue",
  ],
  ['{{lt 1 2}}{{le 2 2}}{{gt "b" "a"}}{{ge .ratio 2.5}}', "truetruetruetrue"],
  ["{{.name | }}", "web"],
  ['{{printf "%d" 1 2 | print}}', "1%!(EXTRA int=2)"],
];

const failing: readonly (readonly [template: string, error: string, partial?: string])[] = [
  [
    "{{.none.more}}",
    'template: inject:1:7: executing "inject" at <.none.more>: nil pointer evaluating interface {}.more',
  ],
  [
    "{{.name.more}}",
    'template: inject:1:7: executing "inject" at <.name.more>: can\'t evaluate field more in type interface {}',
  ],
  [
    "{{9223372036854775807}} {{9223372036854775808}}",
    'template: inject:1:26: executing "inject" at <9223372036854775808>: 9223372036854775808 overflows int',
    "9223372036854775807 ",
  ],
  ["{{nil}}", 'template: inject:1:2: executing "inject" at <nil>: nil is not a command'],
  [
    "{{range .name}}x{{end}}",
    'template: inject:1:8: executing "inject" at <.name>: range can\'t iterate over web',
  ],
  [
    "{{range $i, $j := 3}}x{{end}}",
    'template: inject:1:18: executing "inject" at <3>: can\'t use 3 to iterate over more than one variable',
  ],
  ["{{$x = 1}}", 'template: inject:1:7: executing "inject" at <1>: undefined variable: $x'],
  [
    "{{range $i, $x = .items}}{{end}}",
    'template: inject:1:17: executing "inject" at <.items>: undefined variable: $i',
  ],
  [
    '{{template "nope"}}',
    'template: inject:1:11: executing "inject" at <{{template "nope"}}>: template "nope" not defined',
  ],
  [
    '{{define "A"}}1{{end}}{{define "A"}}2{{end}}',
    'template: inject:1: template: multiple definition of template "A"',
  ],
  [
    '{{ .name "x" }}',
    'template: inject:1:3: executing "inject" at <.name>: name is not a method but has arguments',
  ],
  [
    '{{ "a" | .name }}',
    'template: inject:1:9: executing "inject" at <.name>: name is not a method but has arguments',
  ],
  ["{{ 1 | 2 }}", "template: inject:1: non executable command in pipeline stage 2"],
  [
    "{{and}}",
    'template: inject:1:2: executing "inject" at <and>: wrong number of args for and: want at least 1 got 0',
  ],
  ["{{len 3}}", 'template: inject:1:2: executing "inject" at <len 3>: error calling len: len of type int'],
  [
    "{{len .none}}",
    'template: inject:1:2: executing "inject" at <len .none>: error calling len: len of nil pointer',
  ],
  [
    "{{index .items 5}}",
    'template: inject:1:2: executing "inject" at <index .items 5>: error calling index: index out of range: 5',
  ],
  [
    '{{index .items "a"}}',
    'template: inject:1:2: executing "inject" at <index .items "a">: error calling index: cannot index slice/array with type string',
  ],
  [
    "{{index .count 1}}",
    'template: inject:1:2: executing "inject" at <index .count 1>: error calling index: can\'t index item of type float64',
  ],
  [
    "{{slice .name 4}}",
    'template: inject:1:2: executing "inject" at <slice .name 4>: error calling slice: index out of range: 4',
  ],
  [
    "{{call .name}}",
    'template: inject:1:2: executing "inject" at <call .name>: error calling call: non-function .name of type string',
  ],
  ["{{call nil}}", 'template: inject:1:2: executing "inject" at <call nil>: error calling call: call of nil'],
  [
    "{{eq .count 3}}",
    'template: inject:1:2: executing "inject" at <eq .count 3>: error calling eq: incompatible types for comparison: float64 and int',
  ],
  [
    "{{eq .items .items}}",
    'template: inject:1:2: executing "inject" at <eq .items .items>: error calling eq: non-comparable type [b a]: []interface {}',
  ],
  [
    "{{eq .labels .name}}",
    'template: inject:1:2: executing "inject" at <eq .labels .name>: error calling eq: incompatible types for comparison: map[string]interface {} and string',
  ],
  [
    '{{lt 1 "a"}}',
    'template: inject:1:2: executing "inject" at <lt 1 "a">: error calling lt: incompatible types for comparison: int and string',
  ],
  [
    "{{lt true false}}",
    'template: inject:1:2: executing "inject" at <lt true false>: error calling lt: invalid type for comparison',
  ],
  [
    "{{eq 1}}",
    'template: inject:1:2: executing "inject" at <eq 1>: error calling eq: missing argument for comparison',
  ],
  ["{{break}}", "template: inject:1: {{break}} outside {{range}}"],
  ["{{.name", "template: inject:1: unclosed action"],
  ["{{.name}", "template: inject:1: bad character U+007D '}'"],
  ["{{if .on}}", "template: inject:1: unexpected EOF"],
  ["{{end}}", "template: inject:1: unexpected {{end}}"],
  ["{{else}}", "template: inject:1: unexpected {{else}}"],
  ["{{if .on}}{{else}}{{else}}{{end}}", "template: inject:1: expected end; found {{else}}"],
  ["{{nope .}}", 'template: inject:1: function "nope" not defined'],
  ["{{.a.}}", "template: inject:1: unexpected <.> in operand"],
  ['{{"a}}', "template: inject:1: unterminated quoted string"],
  ["{{'ab'}}", "template: inject:1: malformed character constant: 'ab'"],
  ["{{$y}}", 'template: inject:1: undefined variable "$y"'],
  ["{{()}}", "template: inject:1: missing value for parenthesized pipeline"],
  ["{{(.name}}", "template: inject:1: unclosed left paren"],
  ["{{.name)}}", "template: inject:1: unexpected right paren"],
  ["{{/* a }}", "template: inject:1: unclosed comment"],
  ["{{template}}", 'template: inject:1: unexpected "}}" in template clause'],
  ["{{range}}{{end}}", "template: inject:1: missing value for range"],
  ["{{if}}{{end}}", "template: inject:1: missing value for if"],
  ['{{define "x"}}', "template: inject:1: unexpected EOF"],
  ['{{"\\q"}}', "template: inject:1: invalid syntax"],
  ["{{1_}}", 'template: inject:1: illegal number syntax: "1_"'],
  ["{{3x}}", 'template: inject:1: bad number syntax: "3x"'],
  ["{{a:=1}}", 'template: inject:1: function "a" not defined'],
  ["{{.name=1}}", "template: inject:1: bad character U+003D '='"],
  ["{{range $a,$b,$c := .}}{{end}}", "template: inject:1: too many declarations in range"],
  ["{{.9a}}", 'template: inject:1: bad number syntax: ".9a"'],
];

const tests = suite("actions");

for (const [template, output] of written) {
  tests(`what a template writes: ${template}`, () => assert.equal(rendered(template), { ok: true, output }));
}

for (const [template, error, partial = ""] of failing) {
  tests(`what goes wrong is told in Go's words, with what was written before: ${template}`, () =>
    assert.equal(rendered(template), { ok: false, error, partial }),
  );
}

tests.run();
