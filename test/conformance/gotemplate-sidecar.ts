/** The data of the cases in istio-functions.jsonl as the injector's templates see them. */
import type { Value } from "../../src/gotemplate/values.ts";
import { dotOf } from "../../src/istio/inject/sidecar-data.ts";
import { applyMeshConfig, meshProxyConfig } from "../../src/istio/mesh-config.ts";
import type { JsonObject } from "../../src/kube/json.ts";
import { parse } from "./injection-configs.ts";

interface SidecarCase {
  readonly typeMeta?: { readonly kind?: string; readonly apiVersion?: string };
  readonly deploymentMeta?: { readonly Name?: string; readonly Namespace?: string };
  readonly metadata?: JsonObject;
  readonly spec?: JsonObject;
  readonly meshConfig?: string;
  readonly values?: JsonObject;
  readonly revision?: string;
  readonly nativeSidecars?: boolean;
  readonly proxyImage?: string;
}

/** The dot of a case. */
export function sidecarDot(data: Value): Value {
  const given = (data ?? {}) as SidecarCase;
  const read = parse(given.meshConfig ?? "");
  const mesh = applyMeshConfig(read.ok ? read.value : undefined);
  if (!mesh.ok) throw new Error(`the mesh configuration of a case cannot be read: ${given.meshConfig}`);
  return dotOf({
    pod: { metadata: given.metadata ?? {}, spec: given.spec ?? {} },
    owner: {
      kind: given.typeMeta?.kind ?? "",
      apiVersion: given.typeMeta?.apiVersion ?? "",
      name: given.deploymentMeta?.Name ?? "",
      namespace: given.deploymentMeta?.Namespace ?? "",
    },
    proxyConfig: meshProxyConfig(mesh.value),
    mesh: mesh.value,
    values: given.values ?? {},
    revision: given.revision ?? "",
    native: given.nativeSidecars ?? false,
    proxyImage: given.proxyImage ?? "",
    ids: { uid: 1337, gid: 1337 },
    inboundTrafficPolicyMode: "localhost",
    compliancePolicy: "",
  });
}
