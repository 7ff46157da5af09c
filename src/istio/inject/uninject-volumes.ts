/** Volumes that an injection brought, taken away; what the user had written into one of the same name stays. */
import { isObject, type Json, type JsonObject } from "../../kube/json.ts";
import { allContainersOf, annotationOf, objectOf, objectsOf, type Pod, textOf } from "./pod.ts";
import { parseJson } from "./status.ts";
import { type Taken, type Unrecorded, withKey, withList } from "./taken.ts";
import type { Traces } from "./traces.ts";

const directory: Sources = { emptyDir: [] };
const secretOrMap: Sources = { configMap: undefined, projected: undefined };

/** The sources that templates give a volume, with the fields of the source; undefined for any. */
interface Sources {
  readonly [source: string]: readonly string[] | undefined;
}

const known: ReadonlyMap<string, Sources> = new Map<string, Sources>([
  ["workload-socket", directory],
  ["credential-socket", directory],
  ["workload-certs", directory],
  ["istio-data", directory],
  ["istio-envoy", { emptyDir: ["medium"] }],
  ["istio-xds", { emptyDir: ["medium"] }],
  ["grpc-io-proxyless-bootstrap", directory],
  ["istio-podinfo", { downwardAPI: undefined }],
  ["istio-token", { projected: undefined }],
  ["istiod-ca-cert", secretOrMap],
  ["istio-ca-crl", { configMap: undefined }],
  ["istio-certs", { secret: undefined }],
  ["lightstep-certs", { secret: undefined }],
  ["gke-workload-certificate", { csi: undefined }],
]);

/** Volumes in an annotation, which the template adds. */
const userVolumes = "sidecar.istio.io/userVolume";

/**
 * The pod without injected volumes; those that a container of the user mounts stay, as the pod would be invalid without, and of those
 * that templates cannot have written alone the user's part.
 */
export function takeVolumes(pod: Pod, { record }: Traces): Taken {
  const volumes = objectsOf(objectOf(pod.spec).volumes);
  const mounted = mountedVolumes(pod);
  const asked = new Set(Object.keys(objectOf(parseJson(annotationOf(pod, userVolumes) ?? "{}"))));
  const left: Json[] = [];
  const unrecorded: Unrecorded[] = [];
  for (const volume of volumes) {
    const name = textOf(volume.name);
    const isInjected = record.volumes.includes(name);
    if (!isInjected && (!known.has(name) || mounted.has(name) || ownPart(volume))) {
      left.push(volume);
      continue;
    }
    const own = mounted.has(name) ? volume : asked.has(name) ? undefined : ownPart(volume);
    const path = ["spec", "volumes", left.length];
    if (own) {
      left.push(own);
      unrecorded.push({ path, kind: "kept", says: keptFor(name, mounted.has(name)) });
    } else if (!isInjected) {
      const says = `volume ${name} is one of injection's and nothing mounts it, though the last injection did not bring it`;
      unrecorded.push({ path: ["spec", "volumes"], kind: "removed", says });
    }
  }
  return { pod: withList(pod, "volumes", left, volumes), unrecorded };
}

function keptFor(name: string, isMounted: boolean): string {
  const why = isMounted ? "a container of your own mounts it" : "it holds more than injection writes";
  return `volume ${name} was injected, and ${why}: how it was written before is not recorded`;
}

/** What templates do not write into a volume of this name; undefined where that is nothing. */
function ownPart(volume: JsonObject): JsonObject | undefined {
  const sources = known.get(textOf(volume.name));
  if (!sources) return undefined;
  let own = volume;
  let isOwn = false;
  for (const [source, value] of Object.entries(volume)) {
    if (source === "name") continue;
    if (!Object.hasOwn(sources, source)) {
      isOwn = true;
      continue;
    }
    const fields = sources[source];
    const rest =
      isObject(value) && fields ? Object.entries(value).filter(([key]) => !fields.includes(key)) : [];
    own = withKey(own, source, rest.length === 0 ? undefined : Object.fromEntries(rest));
    if (rest.length > 0) isOwn = true;
  }
  return isOwn ? own : undefined;
}

/** The names of the volumes that containers of a pod mount. */
export function mountedVolumes(pod: Pod): ReadonlySet<string> {
  return new Set(
    allContainersOf(pod).flatMap((container) =>
      [...objectsOf(container.volumeMounts), ...objectsOf(container.volumeDevices)].map(({ name }) =>
        textOf(name),
      ),
    ),
  );
}
