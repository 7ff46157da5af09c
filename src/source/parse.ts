/** The grammar: from tokens to the parts of one document, without recursion, with libyaml's habits. */
import { addAlias, addScalar, type Composition, closeCollection, openList, openMap } from "./compose.ts";
import { type Problem, problems } from "./problem.ts";
import { peekToken, takeToken } from "./scan.ts";
import { tagSeparator } from "./scan-properties.ts";
import { fail, type Scan, Token } from "./tokens.ts";

/** What is expected next inside an open collection. */
const State = {
  blockList: 0,
  indentlessList: 1,
  blockKey: 2,
  blockValue: 3,
  flowListFirst: 4,
  flowList: 5,
  pairKey: 6,
  pairValue: 7,
  pairEnd: 8,
  flowKeyFirst: 9,
  flowKey: 10,
  flowValue: 11,
  flowEmptyValue: 12,
} as const;

interface Parse {
  readonly scan: Scan;
  readonly to: Composition;
  /** One state for each open collection. */
  readonly states: number[];
  readonly tags: Map<string, string>;
  /** Where the last token that was taken ends. */
  lastEnd: number;
}

/** Reads the first document of the text into a composition. Problems are left in the scan or the composition. */
export function parseDocument(scan: Scan, to: Composition) {
  const parse: Parse = { scan, to, states: [], tags: new Map(), lastEnd: 0 };
  if (!startDocument(parse)) return;
  while (parse.states.length > 0 && !scan.failure && !to.failure) step(parse);
  if (!to.failure) peekToken(scan);
}

function startDocument(parse: Parse): boolean {
  const { scan } = parse;
  const first = peekToken(scan);
  if (first === Token.streamEnd || first === Token.failure) return false;
  let versions = 0;
  while (peekToken(scan) === Token.directive) {
    const value = scan.values[scan.head] ?? "";
    const [handle = "", prefix] = value.split(tagSeparator);
    const start = scan.starts[scan.head] ?? 0;
    if (prefix === undefined) {
      if (versions++ > 0) return refuse(parse, problems.versionTwice, start);
      if (value !== "1.1") return refuse(parse, problems.version, start);
    } else {
      if (parse.tags.has(handle)) return refuse(parse, problems.tagTwice, start);
      parse.tags.set(handle, prefix);
    }
    take(parse);
  }
  if (!parse.tags.has("!")) parse.tags.set("!", "!");
  if (!parse.tags.has("!!")) parse.tags.set("!!", "tag:yaml.org,2002:");
  if (first !== Token.directive && first !== Token.documentStart) {
    parseNode(parse, true, false);
    return true;
  }
  if (peekToken(scan) !== Token.documentStart) return refuse(parse, problems.documentStart);
  take(parse);
  const next = peekToken(scan);
  if (next >= Token.streamEnd && next <= Token.documentEnd) addEmpty(parse);
  else parseNode(parse, true, false);
  return true;
}

function take(parse: Parse) {
  parse.lastEnd = parse.scan.ends[parse.scan.head] ?? parse.lastEnd;
  takeToken(parse.scan);
}

function refuse(parse: Parse, problem: Problem, offset = parse.scan.starts[parse.scan.head] ?? 0): false {
  fail(parse.scan, problem, offset);
  return false;
}

/** A value that is not written: null. */
function addEmpty(parse: Parse) {
  addScalar(parse.to, "", 0, parse.lastEnd, parse.lastEnd, "", "");
}

function goTo(parse: Parse, state: number) {
  parse.states[parse.states.length - 1] = state;
}

function close(parse: Parse) {
  parse.states.pop();
  closeCollection(parse.to, parse.lastEnd);
}

function step(parse: Parse) {
  switch (parse.states.at(-1)) {
    case State.blockList:
      return blockList(parse);
    case State.indentlessList:
      return indentlessList(parse);
    case State.blockKey:
      return blockKey(parse);
    case State.blockValue:
      return blockValue(parse);
    case State.flowListFirst:
      return flowList(parse, true);
    case State.flowList:
      return flowList(parse, false);
    case State.pairKey:
      return pairKey(parse);
    case State.pairValue:
      return pairValue(parse);
    case State.pairEnd:
      return close(parse);
    case State.flowKeyFirst:
      return flowKey(parse, true);
    case State.flowKey:
      return flowKey(parse, false);
    case State.flowValue:
      return flowValue(parse);
    default:
      goTo(parse, State.flowKey);
      return addEmpty(parse);
  }
}

function blockList(parse: Parse) {
  const kind = peekToken(parse.scan);
  if (kind === Token.entry) {
    take(parse);
    const next = peekToken(parse.scan);
    if (next === Token.entry || next === Token.blockEnd) addEmpty(parse);
    else parseNode(parse, true, false);
  } else if (kind === Token.blockEnd) {
    takeToken(parse.scan);
    close(parse);
  } else refuse(parse, problems.dash);
}

/** Whether a token ends what stands before it in a block map. */
const endsBlockNode = (kind: number): boolean =>
  kind === Token.key || kind === Token.value || kind === Token.blockEnd;

function indentlessList(parse: Parse) {
  if (peekToken(parse.scan) !== Token.entry) return close(parse);
  take(parse);
  const next = peekToken(parse.scan);
  if (next === Token.entry || endsBlockNode(next)) addEmpty(parse);
  else parseNode(parse, true, false);
}

function blockKey(parse: Parse) {
  const kind = peekToken(parse.scan);
  if (kind === Token.key) {
    take(parse);
    goTo(parse, State.blockValue);
    if (endsBlockNode(peekToken(parse.scan))) addEmpty(parse);
    else parseNode(parse, true, true);
  } else if (kind === Token.blockEnd) {
    takeToken(parse.scan);
    close(parse);
  } else refuse(parse, problems.key);
}

function blockValue(parse: Parse) {
  goTo(parse, State.blockKey);
  if (peekToken(parse.scan) !== Token.value) return addEmpty(parse);
  take(parse);
  if (endsBlockNode(peekToken(parse.scan))) addEmpty(parse);
  else parseNode(parse, true, true);
}

function flowList(parse: Parse, first: boolean) {
  goTo(parse, State.flowList);
  let kind = peekToken(parse.scan);
  if (kind !== Token.flowListEnd && !first) {
    if (kind !== Token.flowEntry) return void refuse(parse, problems.flowList);
    take(parse);
    kind = peekToken(parse.scan);
  }
  if (kind === Token.key) {
    parse.states.push(State.pairKey);
    openMap(parse.to, parse.scan.starts[parse.scan.head] ?? 0, true, "");
    take(parse);
  } else if (kind === Token.flowListEnd) {
    take(parse);
    close(parse);
  } else parseNode(parse, false, false);
}

/** Whether a token ends what stands before it in a flow list. */
const endsListNode = (kind: number): boolean => kind === Token.flowEntry || kind === Token.flowListEnd;

/** The key of a pair in a list. Without one, libyaml drops the token behind the `?`, and so do we. */
function pairKey(parse: Parse) {
  goTo(parse, State.pairValue);
  const kind = peekToken(parse.scan);
  if (kind !== Token.value && !endsListNode(kind)) return parseNode(parse, false, false);
  take(parse);
  addEmpty(parse);
}

function pairValue(parse: Parse) {
  goTo(parse, State.pairEnd);
  if (peekToken(parse.scan) === Token.value) {
    take(parse);
    if (!endsListNode(peekToken(parse.scan))) return parseNode(parse, false, false);
  }
  addEmpty(parse);
}

/** Whether a token ends what stands before it in a flow map. */
const endsMapNode = (kind: number): boolean => kind === Token.flowEntry || kind === Token.flowMapEnd;

function flowKey(parse: Parse, first: boolean) {
  let kind = peekToken(parse.scan);
  if (kind !== Token.flowMapEnd && !first) {
    if (kind !== Token.flowEntry) return void refuse(parse, problems.flowMap);
    take(parse);
    kind = peekToken(parse.scan);
  }
  if (kind === Token.key) {
    take(parse);
    goTo(parse, State.flowValue);
    kind = peekToken(parse.scan);
    if (kind === Token.value || endsMapNode(kind)) addEmpty(parse);
    else parseNode(parse, false, false);
  } else if (kind === Token.flowMapEnd) {
    take(parse);
    close(parse);
  } else {
    goTo(parse, State.flowEmptyValue);
    parseNode(parse, false, false);
  }
}

function flowValue(parse: Parse) {
  goTo(parse, State.flowKey);
  if (peekToken(parse.scan) === Token.value) {
    take(parse);
    if (!endsMapNode(peekToken(parse.scan))) return parseNode(parse, false, false);
  }
  addEmpty(parse);
}

/** A node: an alias, a scalar, or the beginning of a collection, whose first state is pushed. */
function parseNode(parse: Parse, block: boolean, indentless: boolean) {
  const { scan, to, states } = parse;
  let kind = peekToken(scan);
  if (kind === Token.alias) {
    const at = scan.head;
    take(parse);
    return addAlias(to, scan.values[at] ?? "", scan.starts[at] ?? 0, scan.ends[at] ?? 0);
  }
  let anchor = "";
  let tag: string | undefined = "";
  if (kind === Token.anchor) {
    anchor = takeValue(parse);
    kind = peekToken(scan);
    if (kind === Token.tag) tag = takeTag(parse);
  } else if (kind === Token.tag) {
    tag = takeTag(parse);
    if (peekToken(scan) === Token.anchor) anchor = takeValue(parse);
  }
  if (tag === undefined) return;
  kind = peekToken(scan);
  const start = scan.starts[scan.head] ?? 0;
  if (kind === Token.scalar) {
    const at = scan.head;
    take(parse);
    return addScalar(to, scan.values[at] ?? "", scan.extras[at] ?? 0, start, scan.ends[at] ?? 0, tag, anchor);
  }
  if (kind === Token.entry && indentless) {
    states.push(State.indentlessList);
    return openList(to, start, false, anchor);
  }
  if (kind === Token.flowListStart) {
    states.push(State.flowListFirst);
    take(parse);
    return openList(to, start, true, anchor);
  }
  if (kind === Token.flowMapStart) {
    states.push(State.flowKeyFirst);
    take(parse);
    return openMap(to, start, true, anchor);
  }
  if (block && kind === Token.listStart) {
    states.push(State.blockList);
    takeToken(scan);
    return openList(to, start, false, anchor);
  }
  if (block && (kind === Token.mapStart || kind === Token.mapAndKey)) {
    states.push(State.blockKey);
    if (kind === Token.mapStart) takeToken(scan);
    else scan.kinds[scan.head] = Token.key;
    return openMap(to, start, false, anchor);
  }
  if (anchor !== "" || tag !== "") return addScalar(to, "", 0, parse.lastEnd, parse.lastEnd, tag, anchor);
  refuse(parse, problems.content);
}

function takeValue(parse: Parse): string {
  const value = parse.scan.values[parse.scan.head] ?? "";
  take(parse);
  return value;
}

/** The full tag, its handle resolved; undefined when the handle is not declared. */
function takeTag(parse: Parse): string | undefined {
  const start = parse.scan.starts[parse.scan.head] ?? 0;
  const [handle = "", suffix = ""] = takeValue(parse).split(tagSeparator);
  if (handle === "") return suffix;
  const prefix = parse.tags.get(handle);
  if (prefix !== undefined) return prefix + suffix;
  refuse(parse, problems.tagHandle, start);
  return undefined;
}
