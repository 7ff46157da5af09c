/** Every fact of injection that differs between Istio releases, as one table. */
import type { JsonObject } from "../kube/json.ts";
import type { CaptureFacts } from "./capture/facts.ts";
import type { BareInjection } from "./legacy/facts.ts";

/** What the webhooks of a stock install look like. */
export type WebhookShape =
  /** One webhook, which looks at the namespace's labels (and at the pod's where `objectSelector` says so). */
  | "single"
  /** `namespace.` and `object.`, for the default revision or for a named one. */
  | "by-label"
  /** `rev.namespace.` and `rev.object.` of every revision; `namespace.` and `object.` of the default one too. */
  | "by-revision";

/** How `sidecar.istio.io/inject` is read by the injector. */
export type InjectReading =
  /** y, yes, true and on in any case inject; every other value that is not empty does not. */
  | "lenient"
  /** Exactly "true" injects, exactly "false" does not; anything else counts as absent and is logged. */
  | "strict";

/** How a value of an annotation is checked before anything is injected. */
export type Validator =
  | "boolean"
  | "uint32"
  | "port"
  | "interception-mode"
  | "cidrs"
  | "cidrs-or-star"
  | "ports"
  | "ports-or-star"
  | "interfaces"
  | "quantity"
  | "proxy-config";

/** The facts of one release. */
export interface ReleaseFacts {
  /** As asked for, without a leading "v": "1.30" or "1.30.3". */
  readonly release: string;
  /** "1.30". */
  readonly minor: string;
  /** The last patch release of the minor that the table was made from. */
  readonly lastPatch: number;

  readonly webhooks: WebhookShape;
  /** Value of `sidecarInjectorWebhook.useLegacySelectors` in the chart; null where there is no such value. */
  readonly useLegacySelectors: boolean | null;
  /** Whether a single webhook looks at the pod's labels unless the install says otherwise. */
  readonly objectSelector: boolean;
  /** Names of namespaces that `auto.sidecar-injector.istio.io` leaves out. */
  readonly autoLeavesOut: readonly string[];
  /** Whether an install can bring revision tags along (`revisionTags`). */
  readonly revisionTags: boolean;
  /** Whether the tag "default" brings `auto.` along where namespaces are enabled by default. */
  readonly tagAuto: boolean;
  /** Whether the chart renders several tags as documents of their own; as one document, only the last one stays. */
  readonly tagsApart: boolean;
  /** Whether `global.resourceScope: namespace` leaves the webhooks out. */
  readonly resourceScope: boolean;

  /** Namespaces whose pods the injector refuses. */
  readonly ignoredNamespaces: readonly string[];
  /** Whether the injector reads `sidecar.istio.io/inject` from the pod's labels before its annotations. */
  readonly injectLabel: boolean;
  readonly inject: InjectReading;
  /** Whether `istioctl kube-inject` obeys the policy gate. */
  readonly kubeInjectObeysPolicy: boolean;

  /** Annotations that are checked at admission; an invalid value fails the pod. */
  readonly validated: Readonly<Record<string, Validator>>;
  /** Whether addresses such as 010.0.0.0/8 (leading zeros) and zones are refused the way netip does. */
  readonly cidrParser: "net" | "netip";
  /** Default of ENABLE_NATIVE_SIDECARS in istiod; undefined where it does not exist. */
  readonly nativeSidecars: "true" | "false" | "auto" | undefined;
  /** Whether `sidecar.istio.io/nativeSidecar` is read. */
  readonly nativeSidecarAnnotation: boolean;
  /** Where the revision stands on an injected pod. */
  readonly revisionMark: "none" | "label" | "status" | "annotation";
  /** Whether `istio.io/dataplane-mode` means anything. */
  readonly ambient: boolean;
  readonly statusPort: number;
  readonly excludedInboundPorts: readonly number[];
  /** `global.proxy.resources` of a stock install. */
  readonly proxyResources: JsonObject;

  /** What a ProxyConfig has by default besides that which it has in every release. */
  readonly proxyDefaults: JsonObject;
  /** Fields of ProxyConfig that only later releases know: they are dropped without a word. */
  readonly proxyFields: Readonly<Record<string, boolean>>;
  /** The socket where a mesh serves secrets unless it says so itself; undefined where there is none. */
  readonly secretSocket: string | undefined;
  /** Whether the metadata of a ProxyConfig is merged with what was there by key; otherwise it takes its place. */
  readonly mergesProxyMetadata: boolean;
  /** Whether the concurrency of a ProxyConfig is a plain number for templates, so that 0 is the same as none. */
  readonly plainConcurrency: boolean;
  /** Whether the agent answers preStop and postStart of the application as it answers probes. */
  readonly lifecycleHandlers: boolean;
  /**
   * What becomes of probes where the pod carries the status of an injection: `added` to the environment whatever is there, `merged` into a
   * record that is there and otherwise lost, or both.
   */
  readonly probesAfterStatus: "added" | "merged" | "merged-or-added";
  /** Whether pods know handlers of preStop and postStart that sleep. */
  readonly sleepHandlers: boolean;
  /** Whether the status of a StatefulSet tells how many of its pods are available. */
  readonly statefulSetAvailability: boolean;
  /** Whether containers have a restart policy of their own. */
  readonly containerRestart: boolean;
  /** Whether a switch of istiod (REWRITE_TCP_PROBES) leaves probes alone that do not ask by HTTP. */
  readonly tcpProbesSwitch: boolean;
  /** Whether the agent answers probes of init containers. */
  readonly initProbes: boolean;
  /** Whether the capture is told of the user that the pod's own istio-proxy asks for. */
  readonly followsProxyUser: boolean;
  /** How the one template without a name is injected that the configuration holds; null where templates have names. */
  readonly bareInjection: BareInjection | null;
  /** How the rules are made that capture the traffic of a pod. */
  readonly capture: CaptureFacts;
  /** Whether `istioctl kube-inject` leaves workloads alone that have been injected. */
  readonly kubeInjectSkipsInjected: boolean;
  /** Whether `istioctl kube-inject` looks for the owner of a Pod as the webhook does. */
  readonly kubeInjectOwners: boolean;
  /** Functions that not every release gives its templates: whether this one does. */
  readonly templateFunctions: Readonly<Record<string, boolean>>;
  /** Fields that not every release gives its templates: whether this one does. */
  readonly templateFields: Readonly<Record<string, boolean>>;
  /** Whether the network of Istio's CNI plugin may be told with its namespace in Multus' annotation. */
  readonly multusNamespaces: boolean;
}

/** A version that the table does not cover. */
export interface UnknownRelease {
  readonly unknown: string;
  /** For people: what is known, and which release is taken instead. */
  readonly message: string;
  /** The known minor that is nearest. */
  readonly nearest: string;
}

type Changes = Partial<Omit<ReleaseFacts, "release" | "minor" | "lastPatch" | "validated" | "capture">> & {
  /** What is new in how traffic is captured. */
  readonly capture?: Partial<CaptureFacts>;
  /** Functions that are new. */
  readonly templateFunctions?: Readonly<Record<string, boolean>>;
  /** Fields that come or go. */
  readonly templateFields?: Readonly<Record<string, boolean>>;
  /** Fields of a ProxyConfig that come or go. */
  readonly proxyFields?: Readonly<Record<string, boolean>>;
  /** Validators that are new; undefined for those that are gone. */
  readonly validated?: Readonly<Record<string, Validator | undefined>>;
};

/** A row says what changed in a release; several releases where the change went into patch releases too. */
interface Row {
  readonly since: readonly string[];
  readonly changes: Changes;
}

const systemNamespaces = ["kube-system", "kube-public", "kube-node-lease", "local-path-storage"];

const zipkin = { tracing: { zipkin: { address: "zipkin.istio-system:9411" } } };

/** Flags of the program that captures which came after 1.23. */
const laterFlags = ["reconciles", "cleansUpOnly", "forces", "iptablesBinary", "nftables"] as const;

/** And those that came after 1.10. */
const flagsAfter10 = [
  "excludedInterfaces",
  "networkNamespace",
  "dropsInvalid",
  "capturesAllDns",
  "cniMode",
  "dualStack",
  ...laterFlags,
] as const;

const rows: readonly [first: Required<Changes> & Pick<ReleaseFacts, "capture">, ...later: Row[]] = [
  {
    webhooks: "single",
    useLegacySelectors: null,
    objectSelector: false,
    autoLeavesOut: [],
    revisionTags: false,
    tagAuto: false,
    tagsApart: false,
    resourceScope: false,
    ignoredNamespaces: ["kube-system", "kube-public"],
    injectLabel: false,
    inject: "lenient",
    kubeInjectObeysPolicy: false,
    validated: {
      "prometheus.istio.io/merge-metrics": "boolean",
      "readiness.status.sidecar.istio.io/failureThreshold": "uint32",
      "readiness.status.sidecar.istio.io/initialDelaySeconds": "uint32",
      "readiness.status.sidecar.istio.io/periodSeconds": "uint32",
      "sidecar.istio.io/enableCoreDump": "boolean",
      "sidecar.istio.io/interceptionMode": "interception-mode",
      "status.sidecar.istio.io/port": "port",
      "traffic.sidecar.istio.io/excludeInboundPorts": "ports",
      "traffic.sidecar.istio.io/excludeOutboundIPRanges": "cidrs",
      "traffic.sidecar.istio.io/excludeOutboundPorts": "ports",
      "traffic.sidecar.istio.io/includeInboundPorts": "ports-or-star",
      "traffic.sidecar.istio.io/includeOutboundIPRanges": "cidrs-or-star",
    },
    cidrParser: "net",
    nativeSidecars: undefined,
    nativeSidecarAnnotation: false,
    revisionMark: "none",
    ambient: false,
    statusPort: 15020,
    excludedInboundPorts: [15090, 15021],
    proxyResources: {
      requests: { cpu: "100m", memory: "128Mi" },
      limits: { cpu: "2000m", memory: "1024Mi" },
    },
    proxyDefaults: {
      concurrency: 2,
      parentShutdownDuration: "60s",
      controlPlaneAuthPolicy: "NONE",
      ...zipkin,
    },
    proxyFields: {
      terminationDrainDuration: false,
      meshId: false,
      readinessProbe: false,
      proxyStatsMatcher: false,
      holdApplicationUntilProxyStarts: false,
      caCertificatesPem: false,
      image: false,
      tracingServiceName: false,
      runtimeValues: false,
      privateKeyProvider: false,
      proxyHeaders: false,
      fileFlushInterval: false,
      fileFlushMinSizeKb: false,
      statsCompression: false,
    },
    secretSocket: "unix:./etc/istio/proxy/SDS",
    mergesProxyMetadata: false,
    plainConcurrency: true,
    lifecycleHandlers: false,
    probesAfterStatus: "added",
    sleepHandlers: false,
    statefulSetAvailability: false,
    containerRestart: false,
    tcpProbesSwitch: true,
    initProbes: false,
    followsProxyUser: false,
    capture: {
      unknownFlags: [
        "tunnelPort",
        "excludedInterfaces",
        "includedOutboundPorts",
        "networkNamespace",
        "redirectsDns",
        "dropsInvalid",
        "capturesAllDns",
        "cniMode",
        "dualStack",
        ...laterFlags,
      ],
      readsEmptyVariables: false,
      dnsVariable: "DNS_CAPTURE",
      ownerGroups: false,
      loopbackVariable: false,
      standardUsers: "1337,0",
      skipsLinkLocal: false,
      makesChainsJumpedTo: false,
      familiesApart: true,
      firstOrder: true,
      virtualFirst: false,
      tracksQueries: false,
      marksOwn: false,
      ranges: "rounded",
      refusesRanges: false,
      endsRanges: true,
      sparesShell: true,
      sparesTunnel: false,
      looksAtAll: false,
      dnsChain: "OUTPUT",
      dnsAnswersBySource: false,
      dropChain: false,
    },
    bareInjection: "appended",
    kubeInjectSkipsInjected: true,
    kubeInjectOwners: false,
    multusNamespaces: false,
    templateFields: {
      EstimatedConcurrency: true,
      CompliancePolicy: false,
      ProxyUID: false,
      ProxyGID: false,
      InboundTrafficPolicyMode: false,
      NativeSidecars: false,
    },
    templateFunctions: {
      omit: false,
      strdict: false,
      toJsonMap: false,
      mergeMaps: false,
      omitNil: false,
      otelResourceAttributes: false,
    },
  },
  {
    since: ["1.6.1"],
    changes: { revisionMark: "label", validated: { "proxy.istio.io/config": "proxy-config" } },
  },
  {
    since: ["1.7.0"],
    changes: {
      capture: {
        dnsVariable: "DNS_AGENT",
        standardUsers: "1337",
        unknownFlags: [
          "excludedInterfaces",
          "networkNamespace",
          "redirectsDns",
          "dropsInvalid",
          "capturesAllDns",
          "cniMode",
          "dualStack",
          ...laterFlags,
        ],
      },
      proxyDefaults: { concurrency: 2, parentShutdownDuration: "60s", ...zipkin },
      proxyFields: { terminationDrainDuration: true, meshId: true },
      plainConcurrency: false,
    },
  },
  {
    since: ["1.8.0"],
    changes: {
      capture: { virtualFirst: true, dnsVariable: undefined, unknownFlags: flagsAfter10 },
      kubeInjectObeysPolicy: true,
      bareInjection: "patched",
      secretSocket: undefined,
      proxyFields: { readinessProbe: true, proxyStatsMatcher: true, holdApplicationUntilProxyStarts: true },
    },
  },
  {
    since: ["1.9.0"],
    changes: {
      capture: {
        firstOrder: false,
      },
      bareInjection: null,
      webhooks: "by-label",
      useLegacySelectors: true,
      objectSelector: true,
      ignoredNamespaces: systemNamespaces,
    },
  },
  {
    since: ["1.10.0"],
    changes: { webhooks: "by-revision", useLegacySelectors: false, revisionTags: true },
  },
  {
    since: ["1.11.0"],
    changes: {
      capture: {
        tracksQueries: true,
        marksOwn: true,
        unknownFlags: ["dropsInvalid", "dualStack", ...laterFlags],
      },
      useLegacySelectors: null,
      revisionMark: "status",
      mergesProxyMetadata: true,
      proxyFields: { caCertificatesPem: true },
    },
  },
  {
    since: ["1.12.0"],
    changes: {
      injectLabel: true,
      capture: {
        unknownFlags: ["dualStack", ...laterFlags],
        familiesApart: false,
      },
      statefulSetAvailability: true,
      proxyFields: { image: true },
    },
  },
  { since: ["1.12.2"], changes: { tagAuto: true } },
  {
    since: ["1.13.0"],
    changes: { capture: { sparesShell: false }, proxyFields: { tracingServiceName: true } },
  },
  {
    since: ["1.14.0"],
    changes: {
      capture: { skipsLinkLocal: true, ownerGroups: true },
      proxyFields: { runtimeValues: true, privateKeyProvider: true },
    },
  },
  {
    since: ["1.16.0"],
    changes: { capture: { ranges: "written" }, autoLeavesOut: systemNamespaces, cidrParser: "netip" },
  },
  {
    since: ["1.17.0"],
    changes: {
      capture: { unknownFlags: laterFlags },
      tagsApart: true,
      kubeInjectSkipsInjected: false,
      probesAfterStatus: "merged",
      tcpProbesSwitch: false,
      proxyDefaults: { concurrency: 2, ...zipkin },
      proxyFields: { parentShutdownDuration: false },
    },
  },
  {
    since: ["1.18.0"],
    changes: {
      capture: { sparesTunnel: true },
      revisionMark: "annotation",
      ambient: true,
      proxyDefaults: zipkin,
      templateFunctions: { omit: true, strdict: true, toJsonMap: true },
      templateFields: { EstimatedConcurrency: false },
    },
  },
  {
    since: ["1.19.0"],
    changes: {
      nativeSidecars: "false",
      containerRestart: true,
      initProbes: true,
      proxyFields: { proxyHeaders: true },
    },
  },
  { since: ["1.19.8", "1.20.4", "1.21.0"], changes: { templateFields: { CompliancePolicy: true } } },
  { since: ["1.19.5", "1.20.1", "1.21.0"], changes: { capture: { readsEmptyVariables: true } } },
  {
    since: ["1.20.0"],
    changes: { capture: { dnsAnswersBySource: true }, templateFields: { ProxyUID: true, ProxyGID: true } },
  },
  { since: ["1.20.7", "1.21.3", "1.22.0"], changes: { followsProxyUser: true } },
  {
    since: ["1.21.0"],
    changes: {
      capture: { loopbackVariable: true },
      sleepHandlers: true,
      kubeInjectOwners: true,
      templateFunctions: { mergeMaps: true },
    },
  },
  {
    since: ["1.22.0"],
    changes: { proxyDefaults: {}, templateFields: { InboundTrafficPolicyMode: true } },
  },
  { since: ["1.23.0"], changes: { capture: { endsRanges: false, dnsChain: "ISTIO_OUTPUT" } } },
  { since: ["1.23.6", "1.24.4", "1.25.1"], changes: { multusNamespaces: true } },
  {
    since: ["1.24.0"],
    changes: {
      capture: {
        unknownFlags: ["iptablesBinary", "nftables", "restoreFormat"],
        makesChainsJumpedTo: true,
        dropChain: true,
      },
      nativeSidecarAnnotation: true,
    },
  },
  {
    since: ["1.25.0"],
    changes: {
      capture: { looksAtAll: true, dnsChain: "ISTIO_OUTPUT_DNS" },
      lifecycleHandlers: true,
      validated: { "sidecar.istio.io/enableCoreDump": undefined },
    },
  },
  {
    since: ["1.27.0"],
    changes: {
      capture: { unknownFlags: ["iptablesBinary", "restoreFormat"], refusesRanges: true },
      inject: "strict",
      nativeSidecars: "auto",
      probesAfterStatus: "merged-or-added",
      templateFields: { NativeSidecars: true },
    },
  },
  {
    since: ["1.27.6", "1.28.4", "1.29.0"],
    changes: {
      validated: {
        "sidecar.istio.io/proxyCPU": "quantity",
        "sidecar.istio.io/proxyCPULimit": "quantity",
        "sidecar.istio.io/proxyMemory": "quantity",
        "sidecar.istio.io/proxyMemoryLimit": "quantity",
      },
    },
  },
  { since: ["1.28.0"], changes: { capture: { unknownFlags: ["restoreFormat"] }, resourceScope: true } },
  { since: ["1.28.6", "1.29.1"], changes: { templateFunctions: { omitNil: true } } },
  {
    since: ["1.29.0"],
    changes: { proxyFields: { fileFlushInterval: true, fileFlushMinSizeKb: true, statsCompression: true } },
  },
  {
    since: ["1.30.0"],
    changes: {
      templateFunctions: { otelResourceAttributes: true },
      validated: {
        "istio.io/reroute-virtual-interfaces": "interfaces",
        "traffic.sidecar.istio.io/excludeInterfaces": "interfaces",
        "traffic.sidecar.istio.io/kubevirtInterfaces": "interfaces",
      },
    },
  },
];

const firstMinor = 6;
/** The last patch releases of 1.6, 1.7 and so on. */
const lastPatches = [14, 8, 6, 9, 6, 8, 9, 9, 6, 7, 7, 8, 7, 10, 8, 6, 8, 6, 6, 5, 8, 9, 10, 6, 3];
const newestMinor = firstMinor + lastPatches.length - 1;

/** The oldest minor release that the table covers. */
export const oldestRelease = `1.${firstMinor}`;

/** The newest minor release that the table covers. */
export const newestRelease = `1.${newestMinor}`;

const cache = new Map<string, ReleaseFacts | UnknownRelease>();

/**
 * The facts of a release. Takes "1.30", "1.30.3", a leading "v" and a flavour behind a hyphen ("1.30.3-distroless");
 * without a patch the last known patch release of the minor counts. Read from istio/istio at the tags 1.6.0 to 1.30.3.
 */
export function releaseFacts(version: string): ReleaseFacts | UnknownRelease {
  const known = cache.get(version);
  if (known) return known;
  const facts = computeFacts(version);
  cache.set(version, facts);
  return facts;
}

/** A release as people are told it, "1.30" or "1.30.3", whatever was written; one that is not known stays as it is. */
export function releaseName(version: string): string {
  const facts = releaseFacts(version);
  return "unknown" in facts ? version : facts.release;
}

/** The facts of a release, or those of the nearest known one. */
export function nearestFacts(version: string): ReleaseFacts {
  const facts = releaseFacts(version);
  if (!("unknown" in facts)) return facts;
  const nearest = releaseFacts(facts.nearest);
  if ("unknown" in nearest) throw new Error(`the nearest release of ${version} is not in the table`);
  return nearest;
}

const versionPattern = /^v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?(?:[-+].{0,200})?$/s;

function computeFacts(version: string): ReleaseFacts | UnknownRelease {
  const match = versionPattern.exec(version);
  if (!match) return unknownRelease(version, newestMinor, "is not a release of Istio");
  const [, major = "", minorText = "", patchText] = match;
  const minor = Number(minorText);
  if (major !== "1" || minor > newestMinor) {
    const older = Number(major) < 1;
    return unknownRelease(
      version,
      older ? firstMinor : newestMinor,
      older ? "is older than any known release" : "is newer than any known release",
    );
  }
  const lastPatch = lastPatches[minor - firstMinor];
  if (lastPatch === undefined) return unknownRelease(version, firstMinor, "is older than any known release");
  const patch = patchText === undefined ? lastPatch : Number(patchText);
  return {
    release: patchText === undefined ? `1.${minor}` : `1.${minor}.${patch}`,
    minor: `1.${minor}`,
    lastPatch,
    ...fold(minor, patch),
  };
}

function unknownRelease(version: string, nearestMinor: number, why: string): UnknownRelease {
  const nearest = `1.${nearestMinor}`;
  return {
    unknown: version,
    message: `${version} ${why}: known are 1.${firstMinor} to ${newestRelease}, ${nearest} is taken instead`,
    nearest,
  };
}

function fold(minor: number, patch: number): Omit<ReleaseFacts, "release" | "minor" | "lastPatch"> {
  const [first, ...later] = rows;
  let facts: Required<Changes> = first;
  let { capture } = first;
  let validated = { ...first.validated };
  let { templateFunctions, templateFields, proxyFields } = first;
  for (const { since, changes } of later) {
    if (!reached(since, minor, patch)) continue;
    validated = { ...validated, ...changes.validated };
    templateFunctions = { ...templateFunctions, ...changes.templateFunctions };
    templateFields = { ...templateFields, ...changes.templateFields };
    proxyFields = { ...proxyFields, ...changes.proxyFields };
    capture = { ...capture, ...changes.capture };
    facts = { ...facts, ...changes, validated, templateFunctions, templateFields, proxyFields };
  }
  const checks: Record<string, Validator> = {};
  for (const [name, validator] of Object.entries(validated)) if (validator) checks[name] = validator;
  return { ...facts, validated: checks, capture };
}

/** Whether a change that went into these releases is in a given one: its own minor's entry decides, else an older one. */
function reached(since: readonly string[], minor: number, patch: number): boolean {
  let older = false;
  for (const release of since) {
    const [, sinceMinor = 0, sincePatch = 0] = release.split(".").map(Number);
    if (sinceMinor === minor) return patch >= sincePatch;
    if (sinceMinor < minor) older = true;
  }
  return older;
}
