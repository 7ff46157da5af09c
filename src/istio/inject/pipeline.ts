/** One injection from the pod as written to the pod as it runs: the steps, in their order. */
import { overlay } from "../../kube/overlay.ts";
import { invalidAnnotations, type ReadYaml } from "../annotations.ts";
import type { Labels, Path } from "../facts.ts";
import { inboundTrafficPolicyMode, statusPortOf, withProxyConfig } from "../mesh-config.ts";
import type { Message } from "../message.ts";
import type { ReleaseFacts } from "../releases.ts";
import type { Values } from "../values.ts";
import { applyVariables, clusterVariables, labelNetwork } from "./cluster.ts";
import { proxyImage } from "./image.ts";
import type { Injector } from "./injector.ts";
import { knownPod } from "./known-fields.ts";
import { moveToInit } from "./native.ts";
import type { ProxyIds } from "./openshift.ts";
import { holdsApplication, orderContainers } from "./order.ts";
import { reapplyOverrides } from "./overrides.ts";
import type { Owner } from "./owner.ts";
import { annotationOf, annotationsOf, type Pod, parseGoBool, withAnnotations } from "./pod.ts";
import { rewriteProbes } from "./probes.ts";
import { mergePrometheus } from "./prometheus.ts";
import { renderTemplate, type TemplateWatch } from "./render.ts";
import type { SidecarData } from "./sidecar-data.ts";
import { injectionStatus, statusAnnotation } from "./status.ts";
import { templateFault } from "./template-fault.ts";
import { chooseTemplates, templatesAnnotation } from "./templates.ts";
import { undoInjection } from "./undo.ts";

/** The step in which an injection failed. */
export type Stage = "object" | "annotations" | "overrides" | "template" | "merge" | "proxy-config";

export interface InjectionError {
  readonly stage: Stage;
  /** What is wrong, in words for people. */
  readonly message: string;
  /** The annotation that is at fault, where one is. */
  readonly annotation?: string;
  /** The template that failed. */
  readonly template?: string;
  /** Where in the pod the value stands that cannot be read. */
  readonly path?: Path;
}

export type Injection =
  | {
      readonly ok: true;
      readonly pod: Pod;
      /** The rendered templates alone: what was injected. */
      readonly rendered: Pod;
      readonly templates: readonly string[];
    }
  | { readonly ok: false; readonly errors: readonly InjectionError[] };

/** All that one injection depends on. */
export interface InjectionInputs {
  /** The pod as `decode` of src/kube gives it. */
  readonly pod: Pod;
  readonly owner: Owner;
  readonly injector: Pick<
    Injector,
    "templates" | "aliases" | "injectedAnnotations" | "defaultTemplates" | "environment"
  >;
  readonly mesh: Message;
  readonly proxyConfig: Message;
  readonly values: Values;
  readonly revision: string;
  /** Whether istiod finds that native sidecars are to be used; the pod's annotation may say otherwise. */
  readonly native: boolean;
  /** The environment that the webhook's URL gives. */
  readonly variables: Labels;
  readonly ids: ProxyIds;
  readonly compliancePolicy: string;
  readonly facts: ReleaseFacts;
  readonly readYaml: ReadYaml;
  readonly watch?: TemplateWatch;
}

/** Injects into a pod, whatever policies say: injectPod of istio/istio 1.30. */
export function injectPod(inputs: InjectionInputs): Injection {
  const { pod, mesh, values, proxyConfig } = inputs;
  const invalid = invalidAnnotations(annotationsOf(pod), inputs.facts, inputs.readYaml);
  if (invalid.length > 0) {
    const errors = invalid.map(({ annotation, message }): InjectionError => {
      return { stage: "annotations", message: `${annotation}: ${message}`, annotation };
    });
    return { ok: false, errors };
  }
  const variables = clusterVariables(pod, values, inputs.variables);
  const undone = undoInjection(pod, mesh);
  if (!undone.ok) return failed("overrides", undone.error);
  const templates = chooseTemplates(pod, inputs.injector.defaultTemplates, inputs.injector.aliases);
  const laid = layTemplates(inputs, undone.pod, templates);
  if (!laid.ok) return laid;
  const reapplied = reapplyOverrides(laid.merged, pod, laid.rendered, proxyConfig, inputs.facts);
  if (!reapplied.ok) return failed("overrides", reapplied.error);
  const own = ownMesh(inputs);
  if (!own.ok) return own;
  const finished = finish(inputs, reapplied.pod, laid.rendered, variables);
  return {
    ok: true,
    pod: orderContainers(finished, holdsApplication(own.mesh, values), inputs.facts),
    rendered: laid.rendered,
    templates,
  };
}

function failed(
  stage: Stage,
  message: string,
  more: Partial<InjectionError> = {},
): Injection & { ok: false } {
  return { ok: false, errors: [{ stage, message, ...more }] };
}

type Laid = { readonly ok: true; readonly merged: Pod; readonly rendered: Pod } | (Injection & { ok: false });

/** Each template rendered and laid over the pod, one after the other. */
function layTemplates(inputs: InjectionInputs, source: Pod, names: readonly string[]): Laid {
  const data = dataOf(inputs, source);
  let merged = inputs.pod;
  let rendered: Pod = {};
  for (const name of names) {
    const compiled = inputs.injector.templates.get(name);
    if (!compiled) {
      const known = [...inputs.injector.templates.keys()].sort().join(", ");
      const isAsked = annotationOf(inputs.pod, templatesAnnotation) !== undefined;
      return failed("template", `there is no template ${JSON.stringify(name)}; there are ${known}`, {
        template: name,
        ...(isAsked ? { annotation: templatesAnnotation } : {}),
      });
    }
    const result = renderTemplate(compiled, data, inputs.readYaml, inputs.watch);
    if (!result.ok) return failed("template", templateFault(name, result.error), { template: name });
    const template = knownPod(result.value, inputs.facts);
    const alone = overlay("Pod", rendered, template);
    if (!alone.ok) return failed("merge", overlayError(name, alone.errors), { template: name });
    rendered = alone.value;
    const laid = overlay("Pod", moveToInit(merged, rendered, inputs.native, inputs.facts), template);
    if (!laid.ok) return failed("merge", overlayError(name, laid.errors), { template: name });
    merged = laid.value;
  }
  return { ok: true, merged, rendered };
}

function overlayError(
  template: string,
  errors: readonly { readonly path: readonly (string | number)[]; readonly message: string }[],
): string {
  const { path = [], message = "" } = errors[0] ?? {};
  return `template ${template}: ${path.join(".")} ${message}`;
}

function dataOf(inputs: InjectionInputs, source: Pod): SidecarData {
  return {
    pod: source,
    owner: inputs.owner,
    proxyConfig: inputs.proxyConfig,
    mesh: inputs.mesh,
    values: inputs.values.all,
    revision: inputs.revision,
    native: inputs.native,
    proxyImage: proxyImage(inputs.values, inputs.proxyConfig, annotationsOf(source)),
    ids: inputs.ids,
    inboundTrafficPolicyMode: inboundTrafficPolicyMode(inputs.mesh),
    compliancePolicy: inputs.compliancePolicy,
    facts: inputs.facts,
  };
}

const configAnnotation = "proxy.istio.io/config";

/** The mesh's configuration with the pod's own over it, which decides on the order of containers. */
function ownMesh({
  pod,
  mesh,
  facts,
  readYaml,
}: InjectionInputs): { ok: true; mesh: Message } | (Injection & { ok: false }) {
  const text = annotationOf(pod, configAnnotation);
  if (text === undefined) return { ok: true, mesh };
  const read = readYaml(text);
  const own = read.ok ? withProxyConfig(mesh, read.value, facts) : undefined;
  if (own?.ok) return { ok: true, mesh: own.value };
  const message = `${configAnnotation}: ${own?.errors[0]?.message ?? "is not YAML"}`;
  return failed("proxy-config", message, { annotation: configAnnotation });
}

function isOff(text: string | undefined): boolean {
  return text !== undefined && parseGoBool(text) === false;
}

function finish(inputs: InjectionInputs, merged: Pod, rendered: Pod, variables: Labels): Pod {
  const { mesh, values, revision, injector } = inputs;
  const told = mergePrometheus(applyVariables(merged, variables), mesh);
  const probed = rewriteProbes(told, values.rewriteAppHTTPProbe, statusPortOf(mesh), {
    ...inputs.facts,
    httpAlone: inputs.facts.tcpProbesSwitch && isOff(injector.environment?.REWRITE_TCP_PROBES),
  });
  const labelled = labelNetwork(probed, variables);
  return withAnnotations(labelled, {
    ...annotationsOf(labelled),
    [statusAnnotation]: injectionStatus(rendered, revision),
    ...injector.injectedAnnotations,
  });
}
