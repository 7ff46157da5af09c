/** The API machinery's ways of cutting a stream, each with its habits. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  type Chunks,
  documentDecoderChunks,
  yamlOrJsonChunks,
  yamlReaderChunks,
} from "../../src/source/kubernetes-split.ts";

type Row = readonly [text: string, chunks: readonly string[], fails?: boolean];

function table(name: string, read: (text: string) => Chunks, rows: readonly Row[]): void {
  const tests = suite(name);
  for (const [text, chunks, fails = false] of rows) {
    tests(
      `${JSON.stringify(text.slice(0, 40))} gives ${chunks.length} chunks${fails ? " and an error" : ""}`,
      () => {
        const found = read(text);
        assert.equal([found.chunks, found.error !== undefined], [chunks, fails]);
      },
    );
  }
  tests.run();
}

table("yamlReaderChunks", yamlReaderChunks, [
  ["", []],
  ["a: 1\r\n---\r\nb: 2", ["a: 1\n", "b: 2\n"]],
  ["---\na: 1\n", ["---\na: 1\n"]],
  ["a: 1\n--- # c\nb: 2\n", ["a: 1\n", "b: 2\n"]],
  ["a: 1\n---\nb: 2\n--- {c: 3}\n", ["a: 1\n"], true],
  ["a: 1\n...\nb: 2\n", ["a: 1\n...\nb: 2\n"]],
  [`a: 1\n${"x".repeat(4096)}`, ["a: 1\n"]],
  [`a: 1\n${"x".repeat(4095)}`, [`a: 1\n${"x".repeat(4095)}\n`]],
]);
table("documentDecoderChunks", documentDecoderChunks, [
  ["", []],
  ["a: 1\n---\nb: 2\n", ["a: 1", "b: 2\n"]],
  ["a: 1\n---b: 2\nc: 3\n", ["a: 1", "c: 3\n"]],
  ["a: 1\n---b: 2", []],
  ["a: 1\n---", ["a: 1"]],
]);
table("yamlOrJsonChunks", yamlOrJsonChunks, [
  ["", []],
  ["# c\n", [""]],
  ["a: 1\n---\nb: 2\n", ['{"a":1}', '{"b":2}']],
  ["a: 1\n---\nb: [\n", ['{"a":1}'], true],
  ['{"a": 1}{"b":2}', ['{"a": 1}', '{"b":2}']],
  ['{"a":1}\n---\nb: 2\n', ['{"a":1}', '{"b":2}']],
  ['{"a":1}{"b":2}\n---\nc: 3\n', ['{"a":1}', '{"b":2}'], true],
  ['{"a": b}\n---\nc: 1\n', ['{"a":"b"}', '{"c":1}']],
  ['{"a":1}}\n', ['{"a":1}'], true],
  ["{\n", [], true],
]);
