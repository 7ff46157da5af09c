/** Conformance family injection: the texts that templates render, and the functions they call. */
import { toBytes } from "../../src/gotemplate/text.ts";
import { compileTemplate } from "../../src/istio/inject/injector.ts";
import { renderText } from "../../src/istio/inject/render.ts";
import type { SidecarData } from "../../src/istio/inject/sidecar-data.ts";
import {
  applyMeshConfig,
  defaultMeshConfig,
  inboundTrafficPolicyMode,
  meshProxyConfig,
} from "../../src/istio/mesh-config.ts";
import { type Message, readMessage } from "../../src/istio/message.ts";
import { readValues } from "../../src/istio/values.ts";
import { decode } from "../../src/kube/decode.ts";
import type { Json, JsonObject } from "../../src/kube/json.ts";
import { configOf, parse } from "./injection-configs.ts";
import type { StepCase } from "./injection-steps.ts";

type Text = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly error: string };

function render(source: string, data: SidecarData): Text {
  const compiled = compileTemplate(source);
  return compiled.ok ? renderText(compiled.template, data) : compiled;
}

function judge(text: Text, must: { readonly error: boolean; readonly out: Json }): string | undefined {
  if (!text.ok) return must.error ? undefined : text.error;
  if (must.error) return `accepted as ${JSON.stringify(text.text)}, must be an error`;
  const ours = new TextDecoder().decode(toBytes(text.text));
  return ours === must.out ? undefined : firstDifference(ours, String(must.out));
}

function firstDifference(ours: string, theirs: string): string {
  let at = 0;
  while (at < ours.length && ours[at] === theirs[at]) at++;
  const near = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 30), at + 60));
  return `at ${at}: is ${near(ours)}, must be ${near(theirs)}`;
}

/** The data of all template steps, by the step that holds it. */
// biome-ignore lint/suspicious/noExplicitAny: the data of another language's structs
export function stepData(out: any): SidecarData {
  const mesh = meshOf(out.mesh);
  const values = readValues(out.Values);
  return {
    pod: typed(out.pod),
    owner: {
      kind: out.TypeMeta.kind,
      apiVersion: out.TypeMeta.apiVersion,
      name: out.DeploymentMeta.Name,
      namespace: out.DeploymentMeta.Namespace,
    },
    proxyConfig: meshProxyConfig(mesh),
    mesh,
    values: values.ok ? values.values.all : {},
    revision: out.Revision,
    native: out.NativeSidecars,
    proxyImage: out.ProxyImage,
    ids: { uid: out.ProxyUID, gid: out.ProxyGID },
    inboundTrafficPolicyMode: out.InboundTrafficPolicyMode,
    compliancePolicy: out.CompliancePolicy,
  };
}

function meshOf(text: string): Message {
  const read = parse(text);
  const mesh = applyMeshConfig(read.ok ? read.value : undefined);
  return mesh.ok ? mesh.value : defaultMeshConfig;
}

function typed(pod: Json): JsonObject {
  const read = decode("Pod", pod, { via: "json" });
  return read.ok ? read.value : {};
}

/** Judges one template step. */
export function judgeTemplateStep(
  { in: input, error, out }: StepCase,
  data: SidecarData,
): string | undefined {
  return judge(render(input.text, data), { error, out });
}

export interface TextCase {
  readonly id: string;
  readonly config: string;
  readonly template: string;
  // biome-ignore lint/suspicious/noExplicitAny: the data of another language's structs
  readonly data: any;
  readonly error: boolean;
  readonly rendered?: string;
}

/** Judges the text of one template of a configuration. */
export function judgeText(
  { config: name, template, data, error, rendered = "" }: TextCase,
  directory: string,
) {
  const config = configOf(directory, name);
  const compiled = config.injector.templates.get(template);
  if (!compiled) return error ? undefined : `no template ${template}`;
  const text = renderText(compiled, {
    pod: typed({ metadata: data.ObjectMeta, spec: data.Spec }),
    owner: {
      kind: data.TypeMeta.Kind,
      apiVersion: data.TypeMeta.APIVersion,
      name: data.DeploymentMeta.Name,
      namespace: data.DeploymentMeta.Namespace,
    },
    proxyConfig: readMessage("ProxyConfig", data.ProxyConfig).value,
    mesh: config.mesh,
    values: config.values.all,
    revision: data.Revision,
    native: data.NativeSidecars,
    proxyImage: data.ProxyImage,
    ids: { uid: data.ProxyUID, gid: data.ProxyGID },
    inboundTrafficPolicyMode: data.InboundTrafficPolicyMode ?? inboundTrafficPolicyMode(config.mesh),
    compliancePolicy: data.CompliancePolicy,
  });
  return judge(text, { error, out: rendered });
}
