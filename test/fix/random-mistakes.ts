/** Random repositories with mistakes that have a fix, written in all styles, and what a fix has to make of them; the same for the same seed. */
import type { Value } from "../../src/source/node.ts";
import type { Random } from "./random-manifest.ts";

/** A repository, and what its documents say once it is fixed. */
export interface MistakenCase {
  readonly files: Readonly<Record<string, string>>;
  /** What the documents of each file say afterwards; of a kustomization with a patch in it, what that patch says. */
  readonly expected: Readonly<Record<string, readonly Value[]>>;
  /** The keys that fixes may write, change or take away. */
  readonly keys: readonly string[];
  /** Whether it has anchors. */
  readonly anchored: boolean;
}

type Fields = { [key: string]: Data };
type Data = string | Raw | Fields | Data[];

/** A scalar that is spelled in one way, and what it says. */
interface Raw {
  readonly raw: string;
  readonly says: Value;
}

const raw = (text: string, says: Value): Raw => ({ raw: text, says });
const isRaw = (data: Data): data is Raw =>
  typeof data === "object" && "raw" in data && typeof data.raw === "string";

/** The parts of a workload that mistakes are made in. */
interface Parts {
  readonly labels: Fields;
  readonly annotations: Fields;
  readonly templateLabels: Fields;
  readonly templateAnnotations: Fields;
}

interface Mistake {
  readonly keys: readonly string[];
  readonly make: (before: Parts, after: Parts, random: Random) => void;
}

const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)] as T;
const inject = "sidecar.istio.io/inject";
const ports = "traffic.sidecar.istio.io/excludeOutboundPorts";
const [cpu, memory] = ["sidecar.istio.io/proxyCPU", "sidecar.istio.io/proxyMemory"];
const filled: Readonly<Record<string, string>> = {
  [cpu]: "100m",
  [`${cpu}Limit`]: "2000m",
  [memory]: "128Mi",
  [`${memory}Limit`]: "1024Mi",
};

/** Mistakes about whether there is a sidecar; one of them at most. */
const aboutInjection: readonly Mistake[] = [
  {
    keys: [inject],
    make: (before, after) => {
      before.templateAnnotations[inject] = "true";
      after.templateLabels[inject] = "true";
    },
  },
  {
    keys: [inject],
    make: (before, after) => {
      before.templateAnnotations[inject] = "false";
      before.templateLabels[inject] = "true";
      after.templateLabels[inject] = "true";
    },
  },
  {
    keys: [inject],
    make: (before, after, random) => {
      before[pick(random, ["labels", "annotations"] as const)][inject] = "true";
      after.templateLabels[inject] = "true";
    },
  },
  {
    keys: [inject],
    make: (before, after, random) => {
      before.templateLabels[inject] = pick<Data>(random, [
        "True",
        "yes",
        "enabled",
        raw("yes", true),
        raw("on", true),
      ]);
      after.templateLabels[inject] = "true";
    },
  },
];

/** Other mistakes, each about keys of its own. */
const others: readonly Mistake[] = [
  {
    keys: ["version"],
    make: (before, after, random) => {
      const text = pick(random, ["1.0", "1.10", "2", "0x1F"]);
      before.templateLabels.version = raw(text, Number(text));
      after.templateLabels.version = text;
    },
  },
  {
    keys: ["tier"],
    make: (before, after, random) => {
      const text = pick(random, ["no", "off", "y"]);
      before.labels.tier = raw(text, text === "y");
      after.labels.tier = text;
    },
  },
  {
    keys: ["traffic.sidecar.itsio.io/excludeOutboundPorts", ports],
    make: (before, after) => {
      before.templateAnnotations["traffic.sidecar.itsio.io/excludeOutboundPorts"] = "3306";
      after.templateAnnotations[ports] = "3306";
    },
  },
  {
    keys: ["proxy.istio.io/config"],
    make: (before, after) => {
      before.annotations["proxy.istio.io/config"] = "concurrency: 2";
      after.templateAnnotations["proxy.istio.io/config"] = "concurrency: 2";
    },
  },
];

const resources: Mistake = {
  keys: Object.keys(filled),
  make: (before, after, random) => {
    const given = pick(random, Object.keys(filled));
    before.templateAnnotations[given] = filled[given] ?? "";
    Object.assign(after.templateAnnotations, filled);
  },
};

const noParts = (): Parts => ({ labels: {}, annotations: {}, templateLabels: {}, templateAnnotations: {} });

/** A repository for a seed's random numbers. */
export function randomMistakes(random: Random): MistakenCase {
  const [before, after] = [noParts(), noParts()];
  const keys: string[] = [];
  const make = (mistake: Mistake) => {
    mistake.make(before, after, random);
    keys.push(...mistake.keys);
  };
  for (const parts of [before, after]) parts.templateLabels.app = "web";
  if (random(2) === 0) make(pick(random, aboutInjection));
  for (const mistake of others) if (random(3) === 0) make(mistake);
  if (random(2) === 0) make(resources);
  addNeighbours([before, after], random);
  const label = pick<Data>(random, ["enabled", "enabled", "enable", "Enabled"]);
  if (label !== "enabled") keys.push("istio-injection");
  const namespaces = [namespaceOf(label), namespaceOf("enabled")] as const;
  return laidOut(random, { before, after, namespaces, keys });
}

/** Entries that have nothing to do with anything. */
function addNeighbours(all: readonly Parts[], random: Random): void {
  for (const map of ["labels", "annotations", "templateLabels", "templateAnnotations"] as const) {
    for (let i = random(3); i > 0; i--) {
      const key = pick(random, ["team", "example.com/owner", "prometheus.io/scrape", "note", "zone"]);
      const value = pick(random, ["shop", "true", "a: b", "it's", "1", "x #y", "two words"]);
      for (const parts of all) parts[map][key] = value;
    }
  }
}

const namespaceOf = (label: Data): Fields => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: "shop", labels: { "istio-injection": label } },
});

const filledOnly = (fields: Fields): Fields =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => isRaw(value) || Object.keys(value).length > 0),
  );

function metadataOf(parts: Parts, name: Fields): Fields {
  return { ...name, ...filledOnly({ labels: parts.labels, annotations: parts.annotations }) };
}

function templateOf(parts: Parts): Fields {
  return filledOnly({ labels: parts.templateLabels, annotations: parts.templateAnnotations });
}

const head = { apiVersion: "apps/v1", kind: "Deployment" };
const name = { name: "web", namespace: "shop" };

function workloadOf(parts: Parts): Fields {
  const containers = [{ name: "web", image: "shop/web:1", args: ["--a", "b: c"] }];
  return {
    ...head,
    metadata: metadataOf(parts, name),
    spec: {
      selector: { matchLabels: { app: "web" } },
      template: { metadata: templateOf(parts), spec: { containers } },
    },
  };
}

/** What a patch says of a workload without its labels, which the base has. */
function patchOf(parts: Parts): Fields {
  const { app: _, ...templateLabels } = parts.templateLabels;
  return {
    ...head,
    metadata: metadataOf(parts, name),
    ...filledOnly({
      spec: filledOnly({ template: filledOnly({ metadata: templateOf({ ...parts, templateLabels }) }) }),
    }),
  };
}

interface Laying {
  readonly before: Parts;
  readonly after: Parts;
  readonly namespaces: readonly [before: Fields, after: Fields];
  readonly keys: readonly string[];
}

function laidOut(random: Random, { before, after, namespaces, keys }: Laying): MistakenCase {
  const writer = writerFor(random);
  const [namespace, mended] = namespaces;
  const done = (files: Record<string, string>, expected: Record<string, readonly Data[]>): MistakenCase => {
    const newline = random(4) === 0 ? "\r\n" : "\n";
    const mark = random(8) === 0 ? "\uFEFF" : "";
    return {
      files: mapValues(files, (text) => mark + text.replaceAll("\n", newline)),
      expected: mapValues(expected, (documents) => documents.map(saidBy)),
      keys,
      anchored: writer.anchored,
    };
  };
  const layout = random(5);
  const [workload, fixed] = [workloadOf(before), workloadOf(after)];
  if (layout === 0)
    return done({ "all.yaml": writer.documents([namespace, workload]) }, { "all.yaml": [mended, fixed] });
  if (layout === 1) {
    const list = (items: readonly Fields[]): Fields => ({
      apiVersion: "v1",
      kind: "List",
      items: [...items],
    });
    return done(
      { "list.yaml": writer.documents([list([namespace, workload])]) },
      { "list.yaml": [list([mended, fixed])] },
    );
  }
  const alone = { "ns.yaml": writer.documents([namespace]) };
  if (layout === 2)
    return done(
      { ...alone, "web.yaml": writer.documents([workload]) },
      { "ns.yaml": [mended], "web.yaml": [fixed] },
    );
  const base = workloadOf({ ...noParts(), templateLabels: { app: "web" } });
  const common = { ...alone, "web.yaml": writer.documents([base]) };
  const expected = { "ns.yaml": [mended], "web.yaml": [base] };
  if (layout === 3) {
    const kustomization = "resources: [ns.yaml, web.yaml]\npatches:\n- path: patch.yaml\n";
    return done(
      { ...common, "kustomization.yaml": kustomization, "patch.yaml": writer.documents([patchOf(before)]) },
      { ...expected, "patch.yaml": [patchOf(after)] },
    );
  }
  const text = writer.documents([patchOf(before)]).replace(/^---\n/, "");
  const kustomization = `resources: [ns.yaml, web.yaml]\npatches:\n# one\n- patch: |-\n${text.replace(/^(?=.)/gm, "    ").trimEnd()}\n`;
  return done(
    { ...common, "kustomization.yaml": kustomization },
    { ...expected, "kustomization.yaml": [patchOf(after)] },
  );
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, make: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, make(value)]));
}

function saidBy(data: Data): Value {
  if (typeof data === "string") return data;
  if (isRaw(data)) return data.says;
  return Array.isArray(data) ? data.map(saidBy) : mapValues(data, saidBy);
}

/** Writes data as YAML, each time in another way. */
interface Writer {
  documents(all: readonly Fields[]): string;
  readonly anchored: boolean;
}

function writerFor(random: Random): Writer {
  const indent = pick(random, [2, 2, 4, 3]);
  const listIndent = pick(random, [0, 2]);
  const anchors = random(5) === 0;
  let anchored = false;
  let known = new Map<string, string>();
  const chance = (percent: number) => random(100) < percent;
  let comments = 0;
  const remark = (percent: number) => (chance(percent) ? ` # remark ${comments++}` : "");

  const scalar = (data: string | Raw): string => {
    if (typeof data !== "string") return data.raw;
    const isPlain = /^[a-z][a-z/.-]*$|^[0-9]+[a-zA-Z]+$|^[a-z]+\/[a-z]+:[0-9]$|^two words$/.test(data);
    const isWord = /^(?:true|false|yes|no|on|off|y|n)$/i.test(data);
    if (isPlain && !isWord && chance(70)) return data;
    return chance(50) && !data.includes("'") ? `'${data}'` : JSON.stringify(data);
  };
  const key = (text: string) => (chance(8) ? JSON.stringify(text) : text);
  const flow = (data: Data): string => {
    if (typeof data === "string" || isRaw(data)) return scalar(data);
    const space = chance(20) ? " " : "";
    if (Array.isArray(data)) return `[${space}${data.map(flow).join(", ")}${space}]`;
    return `{${space}${Object.entries(data)
      .map(([name, value]) => `${key(name)}: ${flow(value)}`)
      .join(", ")}${space}}`;
  };
  const value = (data: Data, column: number, depth: number): string => {
    const same = JSON.stringify(data);
    const alias = known.get(same);
    if (anchors && alias !== undefined && chance(60)) return ` *${alias}${remark(10)}\n`;
    const names = anchors && chance(15) && alias === undefined ? `a${known.size}` : undefined;
    if (names !== undefined) {
      known.set(same, names);
      anchored = true;
    }
    const lead = names === undefined ? "" : ` &${names}`;
    const isSmall = typeof data === "string" || isRaw(data) || same.length < 60;
    if (typeof data === "string" || isRaw(data)) return `${lead} ${scalar(data)}${remark(15)}\n`;
    if (isSmall && depth > 1 && chance(30)) return `${lead} ${flow(data)}${remark(10)}\n`;
    if (Array.isArray(data)) return `${lead}\n${list(data, column + listIndent, depth + 1)}`;
    return `${lead}\n${map(data, column + indent, depth + 1)}`;
  };
  const map = (fields: Fields, column: number, depth: number, isPadded = true): string => {
    const pad = " ".repeat(column);
    const entries = Object.entries(fields);
    if (depth > 1 && chance(25)) entries.reverse();
    return entries
      .map(([name, data], index) => {
        const lead = index === 0 && !isPadded ? "" : pad;
        const above =
          lead !== "" || column === 0
            ? chance(8)
              ? `${pad}# remark ${comments++}\n`
              : chance(3)
                ? "\n"
                : ""
            : "";
        return `${above}${lead}${key(name)}:${value(data, column, depth)}`;
      })
      .join("");
  };
  const list = (items: readonly Data[], column: number, depth: number): string =>
    items
      .map((item) => {
        const lead = `${" ".repeat(column)}-`;
        if (typeof item === "string" || isRaw(item)) return `${lead} ${scalar(item)}\n`;
        return Array.isArray(item)
          ? `${lead} ${flow(item)}\n`
          : `${lead} ${map(item, column + 2, depth, false)}`;
      })
      .join("");
  return {
    documents(all) {
      const parts = all.map((fields) => {
        known = new Map();
        return map(fields, 0, 0);
      });
      return `${chance(30) ? "---\n" : ""}${parts.join("---\n")}`.replace(/\n$/, chance(15) ? "" : "\n");
    },
    get anchored() {
      return anchored;
    },
  };
}
