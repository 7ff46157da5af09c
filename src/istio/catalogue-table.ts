/** The rows of the catalogue of annotations and labels: key, kind, resources, since, until, deprecated since, meaning. */
export const catalogueTable = `
alpha.istio.io/canonical-serviceaccounts | annotation | Service | 1.8 | - | 1.9 | non-Kubernetes identities that may run the service
alpha.istio.io/identity | annotation | Pod | 1.8 | 1.24 | 1.9 | workload identity (old)
alpha.istio.io/kubernetes-serviceaccounts | annotation | Service | 1.8 | - | 1.9 | Kubernetes identities that may run the service on VMs
ambient.istio.io/bypass-inbound-capture | annotation | Pod | 1.24 | - | - | ambient: inbound traffic not captured
ambient.istio.io/dns-capture | annotation | Pod | 1.26 | - | - | ambient: DNS capture on or off
ambient.istio.io/redirection | annotation | Pod | 1.24 | - | - | set by the CNI: pod is in ambient capture
ambient.istio.io/waypoint-inbound-binding | annotation | GatewayClass Gateway | 1.24 | - | - | how a waypoint accepts inbound traffic
galley.istio.io/analyze-suppress | annotation | Any | 1.8 | - | - | analyzer codes to silence
gateway.istio.io/controller-version | annotation | Any | 1.16 | - | - | written by the gateway controller
gateway.istio.io/managed | label | ServiceAccount Deployment Service | 1.24 | - | - | resource generated for a Gateway
gateway.istio.io/name-override | annotation | Gateway | 1.24 | - | - | other name for generated gateway resources
gateway.istio.io/service-account | annotation | Gateway | 1.24 | - | - | service account of a generated gateway
gateway.networking.k8s.io/gateway-class-name | label | ServiceAccount Deployment Service PodDisruptionBudget HorizontalPodAutoscaler | 1.28 | - | - | class of the Gateway it was generated for
gateway.networking.k8s.io/gateway-name | label | ServiceAccount Deployment Service PodDisruptionBudget HorizontalPodAutoscaler | 1.24 | - | - | Gateway it was generated for
inject.istio.io/templates | annotation | Pod | 1.12 | - | - | which injection templates to use
install.operator.istio.io/chart-owner | annotation | Any | 1.8 | 1.24 | - | operator bookkeeping (old)
install.operator.istio.io/owner-generation | annotation | Any | 1.8 | 1.24 | - | operator bookkeeping (old)
install.operator.istio.io/owning-resource | label | Any | 1.8 | - | - | operator bookkeeping
install.operator.istio.io/owning-resource-namespace | label | Any | 1.8 | - | - | operator bookkeeping
install.operator.istio.io/version | annotation | Any | 1.8 | 1.24 | - | operator bookkeeping (old)
istio-injection | label | Namespace | 1.8 | - | - | enabled or disabled: injection by the default revision
istio.io/autoRegistrationGroup | annotation | WorkloadEntry | 1.16 | - | - | group of an auto-registered VM
istio.io/config | label | ConfigMap | 1.8 | - | - | marks a ConfigMap that istiod reads
istio.io/connectedAt | annotation | WorkloadEntry | 1.16 | - | - | VM connect time
istio.io/dataplane-mode | label | Pod Namespace | 1.24 | - | - | ambient or none
istio.io/deactivated | label | Namespace Pod | 1.10 | - | - | never set: what switched-off webhooks ask for
istio.io/disconnectedAt | annotation | WorkloadEntry | 1.16 | - | - | VM disconnect time
istio.io/dry-run | annotation | AuthorizationPolicy | 1.12 | - | - | evaluate a policy without enforcing
istio.io/gateway-name | label | Deployment Service | 1.16 | 1.24 | - | Gateway it was generated for (old)
istio.io/ingress-use-waypoint | label | Service ServiceEntry Namespace | 1.30 | - | - | ingress goes through the waypoint
istio.io/reroute-virtual-interfaces | annotation | Pod | 1.26 | - | - | VM interfaces whose traffic counts as outbound
istio.io/rev | annotation | Pod | 1.20 | - | - | revision that injected the pod (written)
istio.io/rev | label | Namespace Gateway Pod | 1.8 | - | - | revision or tag to use
istio.io/tag | label | MutatingWebhookConfiguration | 1.24 | - | - | tag of a webhook configuration
istio.io/use-waypoint | label | Pod WorkloadEntry Service ServiceEntry Namespace | 1.24 | - | - | waypoint to use
istio.io/use-waypoint-namespace | label | Pod WorkloadEntry Service ServiceEntry Namespace | 1.24 | - | - | namespace of that waypoint
istio.io/waypoint-for | label | GatewayClass Gateway | 1.24 | - | - | traffic a waypoint takes
istio.io/workloadController | annotation | WorkloadEntry | 1.16 | - | - | istiod instance of a VM
kubernetes.io/ingress.class | annotation | Ingress | 1.8 | - | - | ingress class
networking.istio.io/enable-autoallocate-ip | label | ServiceEntry | 1.24 | - | - | automatic address for a ServiceEntry
networking.istio.io/exportTo | annotation | Service | 1.8 | - | - | namespaces a service is visible in
networking.istio.io/gatewayPort | label | Service | 1.16 | - | - | port of a multi-network gateway
networking.istio.io/service-type | annotation | Gateway | 1.24 | - | - | Service type of a generated gateway
networking.istio.io/traffic-distribution | annotation | Namespace Service ServiceEntry | 1.24 | - | - | endpoint locality preference
operator.istio.io/component | label | Any | 1.8 | - | - | operator bookkeeping
operator.istio.io/managed | label | Any | 1.8 | - | - | operator bookkeeping
operator.istio.io/version | label | Any | 1.8 | - | - | operator bookkeeping
policy.istio.io/check | annotation | Pod | 1.8 | 1.8 | - | what is done when Mixer cannot be asked (old)
policy.istio.io/checkBaseRetryWaitTime | annotation | Pod | 1.8 | 1.8 | - | wait before Mixer is asked again (old)
policy.istio.io/checkMaxRetryWaitTime | annotation | Pod | 1.8 | 1.8 | - | longest wait before Mixer is asked again (old)
policy.istio.io/checkRetries | annotation | Pod | 1.8 | 1.8 | - | how often Mixer is asked again (old)
policy.istio.io/lang | annotation | Pod | 1.8 | 1.8 | - | language of expressions for Mixer (old)
prometheus.istio.io/merge-metrics | annotation | Pod | 1.8 | - | - | merge application metrics into the agent port
proxy.istio.io/config | annotation | Pod | 1.8 | - | - | ProxyConfig overrides as YAML
proxy.istio.io/overrides | annotation | Pod | 1.12 | - | - | internal: user containers merged at injection
readiness.status.sidecar.istio.io/applicationPorts | annotation | Pod | 1.8 | - | - | ports the readiness check waits for
readiness.status.sidecar.istio.io/failureThreshold | annotation | Pod | 1.8 | - | - | proxy readiness failures allowed
readiness.status.sidecar.istio.io/initialDelaySeconds | annotation | Pod | 1.8 | - | - | proxy readiness delay
readiness.status.sidecar.istio.io/periodSeconds | annotation | Pod | 1.8 | - | - | proxy readiness period
security.istio.io/tlsMode | annotation | Pod | 1.8 | 1.10 | 1.9 | mTLS mode of the workload (old)
security.istio.io/tlsMode | label | Pod | 1.8 | - | 1.8 | mTLS mode of the pod (written)
service.istio.io/canonical-name | label | Pod | 1.8 | - | - | canonical service name
service.istio.io/canonical-revision | label | Pod | 1.8 | - | - | canonical service revision
service.istio.io/workload-name | label | Pod WorkloadEntry | 1.26 | - | - | workload name for telemetry
sidecar.istio.io/agentLogLevel | annotation | Pod | 1.12 | - | - | log level of the agent
sidecar.istio.io/bootstrapOverride | annotation | Pod | 1.8 | - | - | ConfigMap with another Envoy bootstrap
sidecar.istio.io/componentLogLevel | annotation | Pod | 1.8 | - | - | Envoy per-component log levels
sidecar.istio.io/controlPlaneAuthPolicy | annotation | Pod | 1.8 | 1.24 | 1.9 | auth towards the control plane (old)
sidecar.istio.io/discoveryAddress | annotation | Pod | 1.8 | - | 1.9 | control plane address
sidecar.istio.io/enableCoreDump | annotation | Pod | 1.8 | 1.25 | - | core dumps of the proxy (old)
sidecar.istio.io/extraStatTags | annotation | Pod | 1.12 | - | 1.21 | more tags taken from stats
sidecar.istio.io/inject | annotation | Pod | 1.8 | - | 1.15 | inject or not (the label is preferred)
sidecar.istio.io/inject | label | Pod | 1.16 | - | - | inject or not
sidecar.istio.io/interceptionMode | annotation | Pod | 1.8 | - | - | REDIRECT, TPROXY or NONE
sidecar.istio.io/logLevel | annotation | Pod | 1.8 | - | - | log level of Envoy
sidecar.istio.io/nativeSidecar | annotation | Pod | 1.24 | - | - | run the proxy as a native sidecar
sidecar.istio.io/proxyCPU | annotation | Pod | 1.8 | - | - | CPU request of the proxy
sidecar.istio.io/proxyCPULimit | annotation | Pod | 1.8 | - | - | CPU limit of the proxy
sidecar.istio.io/proxyImage | annotation | Pod | 1.8 | - | - | image of the proxy
sidecar.istio.io/proxyImageType | annotation | Pod | 1.12 | - | - | image flavour of the proxy
sidecar.istio.io/proxyMemory | annotation | Pod | 1.8 | - | - | memory request of the proxy
sidecar.istio.io/proxyMemoryLimit | annotation | Pod | 1.8 | - | - | memory limit of the proxy
sidecar.istio.io/rewriteAppHTTPProbers | annotation | Pod | 1.8 | - | - | send probes through the agent
sidecar.istio.io/statsCompression | annotation | Pod | 1.26 | - | 1.29 | compress the stats endpoint
sidecar.istio.io/statsEvictionInterval | annotation | Pod | 1.28 | - | - | when unused metrics expire
sidecar.istio.io/statsFlushInterval | annotation | Pod | 1.28 | - | - | push interval of stats
sidecar.istio.io/statsHistogramBins | annotation | Pod | 1.28 | - | - | histogram bin count
sidecar.istio.io/statsHistogramBuckets | annotation | Pod | 1.20 | - | - | histogram buckets
sidecar.istio.io/statsInclusionPrefixes | annotation | Pod | 1.8 | - | 1.9 | stats kept, by prefix
sidecar.istio.io/statsInclusionRegexps | annotation | Pod | 1.8 | - | 1.9 | stats kept, by regexp
sidecar.istio.io/statsInclusionSuffixes | annotation | Pod | 1.8 | - | 1.9 | stats kept, by suffix
sidecar.istio.io/status | annotation | Pod | 1.8 | - | - | written at injection: what was added
sidecar.istio.io/userVolume | annotation | Pod | 1.8 | - | - | extra volumes for the proxy (JSON)
sidecar.istio.io/userVolumeMount | annotation | Pod | 1.8 | - | - | extra mounts for the proxy (JSON)
status.sidecar.istio.io/port | annotation | Pod | 1.8 | - | - | status port of the agent
topology.istio.io/cluster | label | Pod | 1.8 | - | - | cluster of the workload (written)
topology.istio.io/controlPlaneClusters | annotation | Namespace | 1.16 | - | - | clusters whose istiod may lead here
topology.istio.io/locality | label | Pod | 1.30 | - | - | locality (written)
topology.istio.io/network | label | Namespace Pod Service | 1.8 | - | - | network of the workload
topology.istio.io/subzone | label | Node | 1.8 | - | - | subzone of a node
traffic.istio.io/nodeSelector | annotation | Service | 1.16 | - | - | nodes whose addresses a NodePort gateway has
traffic.sidecar.istio.io/excludeInboundPorts | annotation | Pod | 1.8 | - | - | inbound ports not captured
traffic.sidecar.istio.io/excludeInterfaces | annotation | Pod | 1.16 | - | - | interfaces not captured
traffic.sidecar.istio.io/excludeOutboundIPRanges | annotation | Pod | 1.8 | - | - | outbound CIDRs not captured
traffic.sidecar.istio.io/excludeOutboundPorts | annotation | Pod | 1.8 | - | - | outbound ports not captured
traffic.sidecar.istio.io/includeInboundPorts | annotation | Pod | 1.8 | - | - | inbound ports captured
traffic.sidecar.istio.io/includeOutboundIPRanges | annotation | Pod | 1.8 | - | - | outbound CIDRs captured
traffic.sidecar.istio.io/includeOutboundPorts | annotation | Pod | 1.8 | - | - | outbound ports captured whatever the address
traffic.sidecar.istio.io/kubevirtInterfaces | annotation | Pod | 1.8 | - | 1.25 | VM interfaces whose traffic counts as outbound (old name)
`;
