/** Makes one file of the declarations in dist/types: those of the library, and of the rest what they are made of. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

interface Declaration {
  readonly file: string;
  readonly name: string;
  readonly text: string;
}

/** Where a name of a file is declared. */
interface Target {
  readonly file: string;
  readonly name: string;
}

interface Declarations {
  /** By name; a function has one for every form of it. */
  readonly own: ReadonlyMap<string, readonly Declaration[]>;
  readonly imported: ReadonlyMap<string, Target>;
  /** The names that a file exports of other files, as they are called outside. */
  readonly passedOn: ReadonlyMap<string, Target>;
  readonly exported: ReadonlySet<string>;
}

/** How many steps from what the library shows declarations keep their comments: an editor shows hardly any behind them. */
const explained = 1;

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), "dist/types");
const entry = join(folder, "index.d.ts");
const files = new Map<string, Declarations>();

const { own, passedOn, exported } = declarationsOf(entry);
const shown = new Map<string, Target>([
  ...[...own.keys()]
    .filter((name) => exported.has(name))
    .map((name) => [name, { file: entry, name }] as const),
  ...passedOn,
]);
const reached = reach([...shown.values()]);
const names = distinct(reached, shown);
const bodies = [...reached.values()].flatMap(({ declared, steps }) =>
  declared.map((one) => (steps > explained ? uncommented(emitted(one, names)) : emitted(one, names))),
);
const outside = [...shown].map(([name, target]) => {
  const inside = names.get(key(origin(target))) ?? name;
  return inside === name ? name : `${inside} as ${name}`;
});
const text = `${bodies.join("\n")}\nexport { ${outside.join(", ")} };\n`;
for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
writeFileSync(entry, text);

/** The statements of a file, each with its comment. */
function declarationsOf(file: string): Declarations {
  const known = files.get(file);
  if (known) return known;
  const own = new Map<string, Declaration[]>();
  const imported = new Map<string, Target>();
  const passedOn = new Map<string, Target>();
  const exported = new Set<string>();
  const statement = /((?:^\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)*)(^[a-z][^\n]*\n(?:^(?:[ \t})\]|&][^\n]*)?\n)*)/gm;
  for (const [, comments = "", body = ""] of readFileSync(file, "utf8").matchAll(statement)) {
    const from = /^(import|export)\b[^;]*?\{([^}]*)\} from "(\.[^"]*)"/.exec(body);
    if (from) {
      const [, kind, list = "", path = ""] = from;
      for (const [inside, outside] of namesIn(list))
        (kind === "import" ? imported : passedOn).set(outside, {
          file: join(dirname(file), path.replace(/\.(?:d\.)?[jt]s$/, ".d.ts")),
          name: inside,
        });
      continue;
    }
    const declared =
      /^(export )?(?:declare )?(?:abstract )?(?:interface|type|class|const|function) (\w+)/.exec(body);
    if (!declared) continue;
    const [, isExported, name = ""] = declared;
    if (isExported) exported.add(name);
    const comment = /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n$/.exec(comments)?.[0] ?? "";
    own.set(name, [...(own.get(name) ?? []), { file, name, text: comment + body }]);
  }
  const made = { own, imported, passedOn, exported };
  files.set(file, made);
  return made;
}

/** "type A, B as C": names as they are inside and outside. */
function namesIn(list: string): readonly (readonly [string, string])[] {
  return list.split(",").flatMap((part) => {
    const [inside, outside = inside] = part
      .trim()
      .replace(/^type /, "")
      .split(" as ");
    return inside && outside ? [[inside, outside] as const] : [];
  });
}

/** The declaration behind a name, however many files pass it on. */
function origin({ file, name }: Target): Target {
  const { own, imported, passedOn } = declarationsOf(file);
  const other = own.has(name) ? undefined : (imported.get(name) ?? passedOn.get(name));
  return other ? origin(other) : { file, name };
}

function key({ file, name }: Target): string {
  return `${file}\0${name}`;
}

/** What is declared under a name, and how many names lie between it and those that were asked for. */
interface Reached {
  readonly declared: readonly Declaration[];
  readonly steps: number;
}

/** Some declarations and all that they name. */
function reach(targets: readonly Target[]): ReadonlyMap<string, Reached> {
  const found = new Map<string, Reached>();
  const open = targets.map((target) => ({ target: origin(target), steps: 0 }));
  for (const { target, steps } of open) {
    const declared = declarationsOf(target.file).own.get(target.name);
    if (!declared || found.has(key(target))) continue;
    found.set(key(target), { declared, steps });
    for (const { text } of declared)
      for (const word of namesOf(text))
        open.push({ target: origin({ file: target.file, name: word }), steps: steps + 1 });
  }
  return found;
}

function uncommented(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|^\s*\/\*[\s\S]*?\*\/\n/gm, (part) =>
    part.startsWith('"') ? part : "",
  );
}

/** What a declaration names: types are written with a capital letter, values stand behind `typeof`. */
function namesOf(text: string): readonly string[] {
  const bare = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/"(?:[^"\\]|\\.)*"/g, '""');
  return [...bare.matchAll(/\btypeof (\w+)|\b([A-Z]\w*)\b/g)].flatMap(
    ([, value, type]) => value ?? type ?? [],
  );
}

/** A name of its own for each declaration; the library's keep theirs. */
function distinct(
  reached: ReadonlyMap<string, Reached>,
  shown: ReadonlyMap<string, Target>,
): ReadonlyMap<string, string> {
  const names = new Map([...shown].map(([name, target]) => [key(origin(target)), name]));
  const taken = new Set(names.values());
  for (const [id, { declared }] of reached) {
    const [declaration] = declared;
    if (names.has(id) || !declaration) continue;
    let name = declaration.name;
    for (let count = 2; taken.has(name); count++) name = `${declaration.name}${count}`;
    taken.add(name);
    names.set(id, name);
  }
  return names;
}

/** A declaration in the one file: what it names is called as it is there. */
function emitted({ file, text }: Declaration, names: ReadonlyMap<string, string>): string {
  const renamed = text
    .replace(/^(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?(?:export )?/, "$1")
    .replace(/\/\*[\s\S]*?\*\/|"(?:[^"\\]|\\.)*"|\b[A-Za-z_]\w*\b/g, (part) =>
      /^[/"]/.test(part) ? part : (names.get(key(origin({ file, name: part }))) ?? part),
    );
  return renamed.replace(/^(?: {4})+/gm, (indent) => "\t".repeat(indent.length / 4)).trimEnd();
}
