/** The Kubernetes types as the injector's templates see them: Go's names of fields and types, and the methods templates call. */
import type { GoType, Method, StructField } from "../../gotemplate/types.ts";
import {
  anyType,
  boolType,
  int32Type,
  int64Type,
  intType,
  mapOf,
  named,
  pointerTo,
  sliceOf,
  stringMap,
  stringSlice,
  stringType,
  structOf,
} from "../../gotemplate/types.ts";
import { rawField } from "../../gotemplate/values.ts";
import { formatQuantity, parseQuantity } from "../../kube/quantity.ts";
import type { Field, StructType, Type } from "../../kube/schema.ts";
import { structType } from "../../kube/schema.ts";

/** Go's names that are not the JSON name with a capital; a name of one type alone stands with its type. */
const GO_NAMES: Readonly<Record<string, string>> = {
  apiGroup: "APIGroup",
  apiVersion: "APIVersion",
  awsElasticBlockStore: "AWSElasticBlockStore",
  csi: "CSI",
  cephfs: "CephFS",
  "CephFSVolumeSource.monitors": "Monitors",
  "RBDVolumeSource.monitors": "CephMonitors",
  "RBDVolumeSource.image": "RBDImage",
  "RBDVolumeSource.pool": "RBDPool",
  "RBDVolumeSource.user": "RadosUser",
  "AzureDiskVolumeSource.diskURI": "DataDiskURI",
  "GlusterfsVolumeSource.endpoints": "EndpointsName",
  "ContainerStatus.lastState": "LastTerminationState",
  dnsConfig: "DNSConfig",
  dnsPolicy: "DNSPolicy",
  serviceAccount: "DeprecatedServiceAccount",
  chapAuthDiscovery: "DiscoveryCHAPAuth",
  chapAuthSession: "SessionCHAPAuth",
  fc: "FC",
  fsGroup: "FSGroup",
  fsGroupChangePolicy: "FSGroupChangePolicy",
  fsType: "FSType",
  gcePersistentDisk: "GCEPersistentDisk",
  gid: "GID",
  gmsaCredentialSpec: "GMSACredentialSpec",
  gmsaCredentialSpecName: "GMSACredentialSpecName",
  grpc: "GRPC",
  httpGet: "HTTPGet",
  httpHeaders: "HTTPHeaders",
  ip: "IP",
  iqn: "IQN",
  iscsi: "ISCSI",
  iscsiInterface: "ISCSIInterface",
  metadata: "ObjectMeta",
  nfs: "NFS",
  os: "OS",
  pdName: "PDName",
  qosClass: "QOSClass",
  rbd: "RBD",
  seLinuxChangePolicy: "SELinuxChangePolicy",
  seLinuxOptions: "SELinuxOptions",
  sslEnabled: "SSLEnabled",
  storageos: "StorageOS",
  tcpSocket: "TCPSocket",
  tty: "TTY",
  uid: "UID",
  wwids: "WWIDs",
};

/** The structs that Go embeds without a name in JSON, by the type that embeds them. */
const EMBEDDED: Readonly<Record<string, string>> = {
  Volume: "VolumeSource",
  Probe: "ProbeHandler",
  EphemeralContainer: "EphemeralContainerCommon",
  ConfigMapEnvSource: "LocalObjectReference",
  ConfigMapKeySelector: "LocalObjectReference",
  ConfigMapProjection: "LocalObjectReference",
  ConfigMapVolumeSource: "LocalObjectReference",
  SecretEnvSource: "LocalObjectReference",
  SecretKeySelector: "LocalObjectReference",
  SecretProjection: "LocalObjectReference",
};

/** Where the generated String methods have another order than the struct: first these fields, the rest as declared. */
const SAID_FIRST: Readonly<Record<string, string>> = {
  "v1.OwnerReference": "Kind Name UID APIVersion",
  "v1.VolumeMount": "Name ReadOnly MountPath SubPath MountPropagation",
  "v1.SecurityContext":
    "Capabilities Privileged SELinuxOptions RunAsUser RunAsNonRoot ReadOnlyRootFilesystem AllowPrivilegeEscalation RunAsGroup ProcMount",
  "v1.PodSecurityContext":
    "SELinuxOptions RunAsUser RunAsNonRoot SupplementalGroups FSGroup RunAsGroup Sysctls WindowsOptions FSGroupChangePolicy " +
    "SeccompProfile AppArmorProfile",
  "v1.Container":
    "Name Image Command Args WorkingDir Ports Env Resources VolumeMounts LivenessProbe ReadinessProbe Lifecycle TerminationMessagePath " +
    "ImagePullPolicy SecurityContext Stdin StdinOnce TTY EnvFrom TerminationMessagePolicy VolumeDevices StartupProbe",
  "v1.PodSpec":
    "Volumes Containers RestartPolicy TerminationGracePeriodSeconds ActiveDeadlineSeconds DNSPolicy NodeSelector ServiceAccountName " +
    "DeprecatedServiceAccount NodeName HostNetwork HostPID HostIPC SecurityContext ImagePullSecrets Hostname Subdomain Affinity " +
    "SchedulerName InitContainers AutomountServiceAccountToken Tolerations HostAliases PriorityClassName Priority DNSConfig " +
    "ShareProcessNamespace ReadinessGates RuntimeClassName EnableServiceLinks PreemptionPolicy Overhead TopologySpreadConstraints " +
    "EphemeralContainers",
};

/** The fields of a struct in the order in which its String method tells them. */
function saidFields(type: GoType): readonly StructField[] {
  const fields = type.fields?.() ?? [];
  const first = SAID_FIRST[type.name]?.split(" ");
  if (!first) return fields;
  const rank = ({ name }: StructField): number => (first.includes(name) ? first.indexOf(name) : first.length);
  return [...fields].sort((a, b) => rank(a) - rank(b));
}

function goName(owner: string, name: string): string {
  return GO_NAMES[`${owner}.${name}`] ?? GO_NAMES[name] ?? name.charAt(0).toUpperCase() + name.slice(1);
}

function method(out: GoType, call: (receiver: unknown) => unknown): Method {
  return { signature: { in: [], variadic: false, out }, call };
}

function quantityText(raw: unknown): string {
  const text = typeof raw === "object" || raw === undefined ? "0" : String(raw);
  const parsed = parseQuantity(text);
  return parsed.ok ? formatQuantity(parsed.quantity) : text;
}

const quantityType: GoType = {
  ...structOf("resource.Quantity", () => [], {
    pointerMethods: { String: method(stringType, quantityText) },
  }),
  marshalJson: (raw) => JSON.stringify(quantityText(raw)),
};

const intOrStringType: GoType = {
  ...structOf(
    "intstr.IntOrString",
    () => [
      { name: "Type", type: int64Type, read: (raw) => (typeof raw === "string" ? 1 : 0) },
      { name: "IntVal", type: int32Type, read: (raw) => (typeof raw === "string" ? 0 : raw) },
      { name: "StrVal", type: stringType, read: (raw) => (typeof raw === "string" ? raw : "") },
    ],
    {
      pointerMethods: {
        String: method(stringType, (raw) => String(raw ?? 0)),
        IntValue: method(intType, (raw) => (/^[+-]?[0-9]{1,15}$/.test(String(raw)) ? Number(raw) : 0)),
      },
    },
  ),
  marshalJson: (raw) => JSON.stringify(raw ?? 0),
};

/** A time as Go prints it, in UTC. */
function timeText(raw: unknown): string {
  const time = typeof raw === "string" ? Date.parse(raw) : Number.NaN;
  if (Number.isNaN(time)) return "0001-01-01 00:00:00 +0000 UTC";
  return `${new Date(time).toISOString().slice(0, 19).replace("T", " ")} +0000 UTC`;
}

const timeType: GoType = {
  ...structOf("v1.Time", () => [], {
    methods: { String: method(stringType, timeText) },
    pointerMethods: { IsZero: method(boolType, (raw) => typeof raw !== "string") },
  }),
  marshalJson: (raw) => JSON.stringify(raw ?? null),
};

const resourceList: GoType = {
  ...mapOf(named("v1.ResourceName", stringType), quantityType),
  name: "v1.ResourceList",
};

const SCALARS: Readonly<Record<string, GoType>> = {
  string: stringType,
  bool: boolType,
  int32: int32Type,
  int64: int64Type,
  intOrString: intOrStringType,
  quantity: quantityType,
  time: timeType,
  any: anyType,
};

function goType(type: Type): GoType {
  switch (type.is) {
    case "list": {
      const elem = goType(type.of);
      return elem === stringType ? stringSlice : sliceOf(elem);
    }
    case "map": {
      const elem = goType(type.of);
      if (elem === stringType) return stringMap;
      return elem === quantityType ? resourceList : mapOf(stringType, elem);
    }
    case "struct":
      return kubernetesType(type.name);
    default:
      return SCALARS[type.is] ?? anyType;
  }
}

function fieldOf(owner: string, field: Field): StructField {
  const type = goType(field.type);
  const isMeta = field.name === "metadata";
  return {
    name: goName(owner, field.name),
    type: field.pointer ? pointerTo(type) : type,
    key: field.name,
    omitEmpty: field.omitEmpty,
    omitZero: field.omitZero,
    ...(isMeta && { embedded: true }),
  };
}

function fieldsOf(struct: StructType): readonly StructField[] {
  const fields: StructField[] = [];
  const inner = struct.fields.filter((field) => field.embedded);
  for (const field of struct.fields) {
    if (!field.embedded) fields.push(fieldOf(struct.name, field));
    else if (field === inner[0]) {
      const name = EMBEDDED[struct.name] ?? "TypeMeta";
      const type = withText(name, () => inner.map((held) => fieldOf(struct.name, held)));
      fields.push({ name, type, embedded: true });
    }
  }
  return fields;
}

/** What the generated String methods of Kubernetes say of a value inside a struct. */
function said(type: GoType, raw: unknown): string {
  if (type.kind === "ptr") {
    const target = type.elem ?? anyType;
    if (target === quantityType || target === timeType || target === intOrStringType) {
      return raw === undefined || raw === null ? "<nil>" : said(target, raw);
    }
    if (raw === undefined || raw === null) return "nil";
    return target.kind === "struct" ? `&${said(target, raw)}` : `*${said(target, raw)}`;
  }
  switch (type.kind) {
    case "struct":
      return saidOfStruct(type, raw);
    case "slice": {
      const list = ((raw ?? []) as readonly unknown[]).map((item) => said(type.elem ?? anyType, item));
      if (type.elem?.kind !== "struct") return `[${list.join(" ")}]`;
      return `[]${type.elem.name.replace("v1.", "")}{${list.map((item) => `${item},`).join("")}}`;
    }
    case "map": {
      const entries = Object.entries((raw ?? {}) as Readonly<Record<string, unknown>>).sort(([a], [b]) =>
        a < b ? -1 : 1,
      );
      const pairs = entries.map(([key, value]) => `${key}: ${said(type.elem ?? anyType, value)},`);
      return `${type.name === "v1.ResourceList" ? "ResourceList" : type.name}{${pairs.join("")}}`;
    }
    case "bool":
      return String(raw ?? false);
    case "string":
      return String(raw ?? "");
    default:
      return String(raw ?? 0);
  }
}

function saidOfStruct(type: GoType, raw: unknown): string {
  if (type === timeType) return timeText(raw);
  if (type === quantityType) return quantityText(raw);
  if (type === intOrStringType) return String(raw ?? 0);
  const fields = saidFields(type).map((field) => `${field.name}:${said(field.type, rawField(raw, field))},`);
  return `${type.name.replace("v1.", "")}{${fields.join("")}}`;
}

/** A struct whose pointer prints itself as the generated code of Kubernetes does. */
function withText(
  name: string,
  fields: () => readonly StructField[],
  methods: Record<string, Method> = {},
): GoType {
  const type: GoType = structOf(`v1.${name}`, fields, {
    pointerMethods: {
      String: method(stringType, (raw) =>
        raw === undefined || raw === null ? "nil" : `&${saidOfStruct(type, raw)}`,
      ),
      ...methods,
    },
  });
  return type;
}

/** The getters of metav1.ObjectMeta, which templates may call on whatever has metadata. */
const metaMethods: Record<string, Method> = Object.fromEntries(
  (
    [
      ["GetName", "name", stringType],
      ["GetGenerateName", "generateName", stringType],
      ["GetNamespace", "namespace", stringType],
      ["GetUID", "uid", stringType],
      ["GetResourceVersion", "resourceVersion", stringType],
      ["GetLabels", "labels", stringMap],
      ["GetAnnotations", "annotations", stringMap],
    ] as const
  ).map(([name, key, type]) => [
    name,
    method(type, (raw) => (raw as Readonly<Record<string, unknown>> | undefined)?.[key]),
  ]),
);

const known = new Map<string, GoType>();

/** The Go type of a Kubernetes struct such as "Pod" or "ObjectMeta" (k8s.io/api 0.35); its raw values are the JSON of the object. */
export function kubernetesType(name: string): GoType {
  const found = known.get(name);
  if (found) return found;
  const struct = structType(name);
  const type = withText(
    name,
    () => (struct ? fieldsOf(struct) : []),
    name === "ObjectMeta" ? metaMethods : {},
  );
  known.set(name, type);
  return type;
}
