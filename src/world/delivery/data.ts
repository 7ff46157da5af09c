/** ConfigMaps and Secrets of the repository, for the variables that Flux fills in: looked for when a build first asks for one. */
import { at } from "../../kube/json.ts";
import { decodeBase64 } from "../../source/base64.ts";
import { readDocuments } from "../../source/document.ts";
import { once } from "../../source/once.ts";
import type { Collected } from "../collect.ts";
import { generate } from "../kustomize/generator.ts";
import { readKustomization } from "../kustomize/kustomization.ts";
import { resourcesOf, stringMap } from "../resource.ts";
import type { FluxSurroundings } from "./flux.ts";

interface Data {
  readonly file: string;
  readonly namespace: string | null;
  readonly data: Readonly<Record<string, string>>;
}

/** A lookup of the data of ConfigMaps and Secrets; of several that differ the one nearest to who asks, if one is. */
export function dataIndex(collected: Collected): FluxSurroundings["dataOf"] {
  const index = once(() => indexOf(collected));
  return (kind, name, namespace, near) => {
    const found = (index().get(`${kind}/${name}`) ?? []).filter(
      (one) => one.namespace === null || namespace === null || one.namespace === namespace,
    );
    const shared = (one: Data) => sharedSteps(one.file, near);
    const most = Math.max(...found.map(shared));
    const nearest = found.filter((one) => shared(one) === most);
    const [first, ...others] = nearest;
    const isSame = others.every((one) => JSON.stringify(one.data) === JSON.stringify(first?.data));
    return isSame ? first?.data : undefined;
  };
}

function sharedSteps(file: string, other: string): number {
  const steps = file.split("/");
  const others = other.split("/");
  const different = steps.findIndex((step, index) => step !== others[index]);
  return different < 0 ? steps.length : different;
}

function indexOf(collected: Collected): ReadonlyMap<string, readonly Data[]> {
  const index = new Map<string, Data[]>();
  const add = (key: string, data: Data) => {
    const known = index.get(key);
    if (known) known.push(data);
    else index.set(key, [data]);
  };
  for (const path of collected.paths) {
    const text = collected.textOf(path);
    if (text === undefined || !/\bkind["']?:\s*["']?(?:ConfigMap|Secret)\b/.test(text)) continue;
    for (const document of readDocuments({ path, text })) {
      const { kind } = document.peek;
      if (kind !== "ConfigMap" && kind !== "Secret") continue;
      const reading = document.read();
      for (const one of reading.ok ? resourcesOf(document, reading.root) : [])
        add(`${kind}/${one.name}`, { file: path, namespace: one.namespace, data: dataIn(one.value, kind) });
    }
  }
  for (const [directory, document] of collected.kustomizations) {
    if (!/\b(?:configMap|secret)Generator\b/i.test(document.file.text)) continue;
    const kustomization = readKustomization(document, directory);
    if (!kustomization) continue;
    for (const { resource } of generate([], kustomization, "", (path) => collected.textOf(path))) {
      const { kind, name, value } = resource;
      const namespace = kustomization.namespace?.value ?? resource.namespace;
      add(`${kind}/${name}`, { file: document.file.path, namespace, data: dataIn(value, kind) });
    }
  }
  return index;
}

/** The data as text; what cannot be decoded, as it stands encrypted, stays as it is. */
function dataIn(value: Parameters<typeof at>[0], kind: string): Readonly<Record<string, string>> {
  const data = stringMap(at(value, ["data"]));
  if (kind === "ConfigMap") return data;
  const decoded = Object.entries(data).map(([key, text]) => [key, decodeBase64(text) ?? text] as const);
  return { ...Object.fromEntries(decoded), ...stringMap(at(value, ["stringData"])) };
}
