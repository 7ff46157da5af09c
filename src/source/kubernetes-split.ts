/** The three ways in which k8s.io/apimachinery 0.35 cuts a stream into documents; none of them follows the YAML specification. */
import { toGoJson } from "./go-json.ts";
import { jsonValueEnd } from "./json-stream.ts";
import { readYaml } from "./read.ts";

/** The chunks read until the end or an error, and the error. */
export interface Chunks {
  readonly chunks: readonly string[];
  readonly error: string | undefined;
}

interface Line {
  /** Without its end. */
  readonly text: string;
  /** Whether the reader meets the end of the stream with this line, which then is lost. */
  readonly lost: boolean;
}

/** What a buffered reader of 4,096 bytes holds. */
const bufferSize = 4096;

/** How many bytes of UTF-8 a text takes. */
function byteLength(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    bytes += code < 0x80 ? 1 : code < 0x800 || (code & 0xf800) === 0xd800 ? 2 : 3;
  }
  return bytes;
}

/** The lines of a stream. One that fills the buffer exactly when the stream ends, without a line end, is lost. */
function* linesOf(text: string): Generator<Line> {
  for (let pos = 0; pos < text.length; ) {
    const end = text.indexOf("\n", pos);
    if (end < 0) {
      const rest = text.slice(pos);
      yield { text: rest, lost: byteLength(rest) % bufferSize === 0 && !rest.endsWith("\r") };
      return;
    }
    yield {
      text: text.slice(pos, end > pos && text.charCodeAt(end - 1) === 13 ? end - 1 : end),
      lost: false,
    };
    pos = end + 1;
  }
}

const separator = "---";

/** What Go's strings.TrimSpace removes. */
const outerSpace =
  /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+|[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/g;

/** The chunks of YAMLReader with the lines of the text in which they begin; of an error the line it is on. Lines count from 1. */
export interface YamlChunks extends Chunks {
  readonly lines: readonly number[];
  readonly errorLine: number | undefined;
}

/** YAMLReader: a line that begins with `---` separates, and may hold nothing else but a comment. */
export function yamlReaderChunks(text: string): YamlChunks {
  if (text.endsWith("\n") && !text.includes(separator) && !text.includes("\r"))
    return { chunks: [text], lines: [1], error: undefined, errorLine: undefined };
  const chunks: string[] = [];
  const lines: number[] = [];
  let chunk: string[] = [];
  let first = 1;
  let number = 0;
  const close = (): void => {
    chunks.push(chunk.join(""));
    lines.push(first);
    chunk = [];
  };
  for (const { text: line, lost } of linesOf(text)) {
    number++;
    if (line.startsWith(separator)) {
      const rest = line.slice(separator.length).replace(outerSpace, "");
      if (rest !== "" && !rest.startsWith("#")) {
        return { chunks, lines, error: `invalid Yaml document separator: ${rest}`, errorLine: number };
      }
      if (chunk.length > 0) {
        close();
        continue;
      }
    }
    if (lost) continue;
    if (chunk.length === 0) first = number;
    chunk.push(`${line}\n`);
  }
  if (chunk.length > 0) close();
  return { chunks, lines, error: undefined, errorLine: undefined };
}

/** The decoder of DocumentDecoder: a line end and `---` separate, whatever follows them on the line. */
export function documentDecoderChunks(text: string): Chunks {
  const chunks: string[] = [];
  let rest = text;
  while (rest !== "") {
    const at = rest.indexOf(`\n${separator}`);
    if (at < 0) {
      chunks.push(rest);
      break;
    }
    const lineEnd = rest.indexOf("\n", at + 4);
    if (lineEnd < 0 && at + 4 < rest.length) break;
    chunks.push(rest.slice(0, at));
    rest = lineEnd < 0 ? "" : rest.slice(lineEnd + 1);
  }
  return { chunks, error: undefined };
}

/**
 * YAMLOrJSONDecoder into a RawExtension, as kubectl reads files: JSON values while there are any, then YAML. Each chunk is
 * JSON; an empty document is "".
 */
export function yamlOrJsonChunks(text: string): Chunks {
  const start = text.slice(0, bufferSize).replace(outerSpace, "");
  if (!start.startsWith("{")) return yamlChunks(text, undefined);
  const chunks: string[] = [];
  let pos = 0;
  for (;;) {
    const from = skipJsonSpace(text, pos);
    if (from === text.length) return { chunks, error: undefined };
    const end = jsonValueEnd(text, from);
    if (end < 0) break;
    const value = text.slice(from, end);
    chunks.push(value === "null" ? "" : value);
    pos = end;
  }
  const error = "invalid character looking for a JSON value";
  if (chunks.length > 1) return { chunks, error };
  const from = skipToLine(text, pos);
  if (from === undefined) return { chunks, error };
  const { chunks: further, error: second } = yamlChunks(text.slice(from), error);
  return { chunks: [...chunks, ...further], error: second };
}

function yamlChunks(text: string, jsonError: string | undefined): Chunks {
  const { chunks, error } = yamlReaderChunks(text);
  const values: string[] = [];
  for (const chunk of chunks) {
    const reading = readYaml(chunk.startsWith("\ufeff") ? chunk.slice(1) : chunk);
    if (!reading.ok) {
      return { chunks: values, error: values.length === 0 && jsonError ? jsonError : reading.error.message };
    }
    const json = toGoJson(reading.root);
    values.push(json === "null" ? "" : json);
  }
  return { chunks: values, error };
}

function skipJsonSpace(text: string, from: number): number {
  let pos = from;
  while (pos < text.length && " \t\r\n".includes(text.charAt(pos))) pos++;
  return pos;
}

/** Behind white space up to and including the first line feed; undefined when nothing else is left. */
function skipToLine(text: string, from: number): number | undefined {
  for (let pos = from; pos < text.length; pos++) {
    if (text.charCodeAt(pos) === 10) return pos + 1;
    if (text.charAt(pos).replace(outerSpace, "") !== "") return pos;
  }
  return undefined;
}
