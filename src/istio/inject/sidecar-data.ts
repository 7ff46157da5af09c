/** What templates see: the pod, its proxy's configuration, the mesh's, the values and a few results of the engine. */
import type { GoType, StructField } from "../../gotemplate/types.ts";
import { anyMap, boolType, int64Type, pointerTo, stringType, structOf } from "../../gotemplate/types.ts";
import { Typed, type Value } from "../../gotemplate/values.ts";
import type { JsonObject } from "../../kube/json.ts";
import type { Message } from "../message.ts";
import { nearestFacts, newestRelease, type ReleaseFacts } from "../releases.ts";
import { estimateConcurrency } from "./concurrency.ts";
import { messageGoType, plainProxyConfigType } from "./message-types.ts";
import type { ProxyIds } from "./openshift.ts";
import type { Owner } from "./owner.ts";
import { metadataOf, objectOf, type Pod } from "./pod.ts";
import { kubernetesType } from "./pod-types.ts";

/** The data of one rendering. */
export interface SidecarData {
  /** The pod as the user wrote it, without what an earlier injection added. */
  readonly pod: Pod;
  readonly owner: Owner;
  readonly proxyConfig: Message;
  readonly mesh: Message;
  /** Numbers are floating-point numbers. */
  readonly values: JsonObject;
  readonly revision: string;
  readonly native: boolean;
  readonly proxyImage: string;
  readonly ids: ProxyIds;
  readonly inboundTrafficPolicyMode: string;
  readonly compliancePolicy: string;
  /** The release whose data templates see; the newest one where none is told. */
  readonly facts?: ReleaseFacts;
}

function field(name: string, type: GoType): StructField {
  return { name, type, key: name };
}

const typeMeta = structOf("v1.TypeMeta", () => [field("Kind", stringType), field("APIVersion", stringType)]);
/** An owner in short: "namespace/name". */
function namespaced(raw: unknown): string {
  const { Namespace, Name } = raw as { readonly Namespace: string; readonly Name: string };
  return `${Namespace}/${Name}`;
}

const namespacedName = structOf(
  "types.NamespacedName",
  () => [field("Namespace", stringType), field("Name", stringType)],
  { methods: { String: { signature: { in: [], variadic: false, out: stringType }, call: namespaced } } },
);

const fields: readonly StructField[] = [
  field("TypeMeta", typeMeta),
  field("DeploymentMeta", namespacedName),
  field("ObjectMeta", kubernetesType("ObjectMeta")),
  field("Spec", kubernetesType("PodSpec")),
  field("ProxyConfig", pointerTo(messageGoType("ProxyConfig"))),
  field("MeshConfig", pointerTo(messageGoType("MeshConfig"))),
  field("Values", anyMap),
  field("Revision", stringType),
  field("NativeSidecars", boolType),
  field("ProxyImage", stringType),
  field("ProxyUID", int64Type),
  field("ProxyGID", int64Type),
  field("InboundTrafficPolicyMode", stringType),
  field("CompliancePolicy", stringType),
  field("EstimatedConcurrency", int64Type),
];

const types = new Map<ReleaseFacts["templateFields"], GoType>();

function dataType({ templateFields, plainConcurrency }: ReleaseFacts): GoType {
  const known = types.get(templateFields);
  if (known) return known;
  const present = fields
    .filter(({ name }) => templateFields[name] !== false)
    .map((one) =>
      plainConcurrency && one.name === "ProxyConfig"
        ? { ...one, type: pointerTo(plainProxyConfigType()) }
        : one,
    );
  const type = structOf("inject.SidecarTemplateData", () => present);
  types.set(templateFields, type);
  return type;
}

/** The dot of a template. */
export function dotOf(data: SidecarData): Value {
  const { kind, apiVersion, name, namespace } = data.owner;
  const { facts = nearestFacts(newestRelease) } = data;
  return new Typed(pointerTo(dataType(facts)), {
    TypeMeta: { Kind: kind, APIVersion: apiVersion },
    DeploymentMeta: { Name: name, Namespace: namespace },
    ObjectMeta: metadataOf(data.pod),
    Spec: objectOf(data.pod.spec),
    ProxyConfig: data.proxyConfig,
    MeshConfig: data.mesh,
    Values: data.values,
    Revision: data.revision,
    NativeSidecars: data.native,
    ProxyImage: data.proxyImage,
    ProxyUID: data.ids.uid,
    ProxyGID: data.ids.gid,
    InboundTrafficPolicyMode: data.inboundTrafficPolicyMode,
    CompliancePolicy: data.compliancePolicy,
    EstimatedConcurrency: facts.templateFields.EstimatedConcurrency ? estimateConcurrency(data) : 0,
  });
}
