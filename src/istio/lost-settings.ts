/** Fields of a ProxyConfig that none has and that are nearly the name of one: the injector drops them without a word. */
import type { Json } from "../kube/json.ts";
import { edits } from "../kube/nearest.ts";
import type { Path } from "./facts.ts";
import { type FieldType, type MessageField, type MessageType, messageType } from "./mesh-schema.ts";
import { readProxyConfig } from "./proxy-config.ts";

/** A setting that is lost. */
export interface LostSetting {
  /** Where it stands in the configuration. */
  readonly path: Path;
  readonly name: string;
  /** The field that was surely meant. */
  readonly meant: string;
}

/**
 * The unknown fields of a parsed ProxyConfig that differ from a known one of the same message by case, or by an edit or two. Others
 * may belong to a release that is not known here.
 */
export function lostSettings(config: Json | undefined): readonly LostSetting[] {
  return readProxyConfig(config).unknown.flatMap((path) => {
    const name = String(path.at(-1));
    const type = messageAt(path.slice(0, -1));
    const meant = type && slipOf(name, type);
    return meant === undefined ? [] : [{ path, name, meant }];
  });
}

function messageAt(path: Path): MessageType | undefined {
  let here: FieldType = { is: "message", name: "ProxyConfig" };
  for (const step of path) {
    if (here.is === "list" || here.is === "map") {
      here = here.of;
      continue;
    }
    if (here.is !== "message") return undefined;
    const field: MessageField | undefined = messageType(here.name).fields.find(
      ({ name, original }) => name === step || original === step,
    );
    if (!field) return undefined;
    here = field.type;
  }
  return here.is === "message" ? messageType(here.name) : undefined;
}

/** Shorter names have neighbours by chance. */
const leastLength = 6;

function slipOf(name: string, { fields }: MessageType): string | undefined {
  const given = name.toLowerCase();
  return fields.find((field) => {
    const known = field.name.toLowerCase();
    const allowed = known.length < leastLength ? 0 : known.length < 2 * leastLength ? 1 : 2;
    return Math.abs(known.length - given.length) <= allowed && edits(given, known) <= allowed;
  })?.name;
}
