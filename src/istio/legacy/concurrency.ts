/** How many threads old injectors give the proxy: as many as it may use CPUs, unless its arguments say it. */
import { at } from "../../kube/json.ts";
import { milliValueOf, parseQuantity } from "../../kube/quantity.ts";
import { type Container, proxyName } from "../inject/pod.ts";

/** The containers with `--concurrency` among the arguments of the first proxy (istio/istio 1.6.14, 1.8.6). */
export function withConcurrency(containers: readonly Container[]): readonly Container[] {
  const index = containers.findIndex(({ name }) => name === proxyName);
  const proxy = containers[index];
  if (!proxy) return containers;
  const given = Array.isArray(proxy.args) ? proxy.args.map(String) : [];
  if (written(given) > 0) return containers;
  const threads =
    wholeCpus(at(proxy, ["resources", "limits", "cpu"])) ||
    wholeCpus(at(proxy, ["resources", "requests", "cpu"]));
  if (threads === 0) return containers;
  return containers.with(index, { ...proxy, args: [...given, "--concurrency", String(threads)] });
}

/** What the arguments say; 0 for nothing, and for what is no number. */
function written(given: readonly string[]): number {
  for (const [index, argument] of given.entries()) {
    const match = /^-{1,2}concurrency(?:=(\d+))?$/.exec(argument.trim());
    if (!match) continue;
    const text = match[1] ?? given[index + 1] ?? "";
    return /^[+-]?\d+$/.test(text) ? Number(text) : 0;
  }
  return 0;
}

function wholeCpus(text: unknown): number {
  if (typeof text !== "string" && typeof text !== "number") return 0;
  const read = parseQuantity(String(text));
  return read.ok ? Math.ceil(Number(milliValueOf(read.quantity)) / 1000) : 0;
}
