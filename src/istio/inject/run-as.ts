/** The user that the proxy runs as, where the pod chooses one: capture must know it, and validation must share it. */
import type { Message } from "../message.ts";
import {
  annotationOf,
  type Container,
  changeSidecar,
  containersOf,
  findContainer,
  findSidecar,
  initName,
  objectOf,
  type Pod,
  replaceContainer,
  validationName,
} from "./pod.ts";

const modeAnnotation = "sidecar.istio.io/interceptionMode";

/**
 * The pod with the capture container told of the user that the original pod's istio-proxy asks for; in TPROXY mode the proxy itself goes
 * back to root. As adjustInitContainerUser of istio/istio 1.30.
 */
export function adjustUser(pod: Pod, original: Pod, proxyConfig: Message): Pod {
  const { runAsUser, runAsGroup } = objectOf(findSidecar(original)?.securityContext);
  if (runAsUser === undefined && runAsGroup === undefined) return pod;
  const init = containersOf(pod, "initContainers");
  const capture = findContainer(init, initName) ?? findContainer(init, validationName);
  if (!capture) return pod;
  const isTproxy =
    proxyConfig.interceptionMode === "TPROXY" || annotationOf(pod, modeAnnotation) === "TPROXY";
  const isValidation = capture.name === validationName;
  const asked = {
    ...(runAsUser !== undefined && { runAsUser }),
    ...(runAsGroup !== undefined && { runAsGroup }),
  };
  const user =
    isValidation && !isTproxy
      ? { ...capture, securityContext: { ...objectOf(capture.securityContext), ...asked } }
      : capture;
  const told = replaceContainer(pod, capture, runAsUser ? withUserArgument(user, String(runAsUser)) : user);
  if (!isTproxy || runAsUser === undefined) return told;
  return changeSidecar(told, (sidecar) => ({
    ...sidecar,
    securityContext: { ...objectOf(sidecar.securityContext), runAsUser: 0 },
  }));
}

function withUserArgument(container: Container, user: string): Container {
  const { args } = container;
  const index = Array.isArray(args) ? args.indexOf("-u") : -1;
  if (!Array.isArray(args) || index === -1 || index + 1 >= args.length) return container;
  return { ...container, args: args.with(index + 1, user) };
}
