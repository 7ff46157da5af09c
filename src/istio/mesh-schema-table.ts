/** The messages of the mesh's configuration, in the short form that mesh-schema.ts reads. */
export const meshSchemaTable = `
AttemptCount disabled:b*
CA address tlsSettings:ClientTLSSettings requestTimeout:t istiodSide:b
Certificate secretName dnsNames:[]s
CertificateData pem|0 spiffeBundleUrl|0 certSigners:[]s trustDomains:[]s
ClientTLSSettings mode:TLSmode clientCertificate privateKey caCertificates credentialName
  subjectAltNames:[]s sni insecureSkipVerify:b* caCrl
ConfigSource address tlsSettings:ClientTLSSettings subscribedResources:[]Resource
CryptoMb pollDelay:t fallback:b*
CustomTag literal|0:Literal environment|0:Environment header|0:RequestHeader
Datadog address
DatadogTracingProvider service port:u maxTagLength:u
DefaultProviders tracing:[]s metrics:[]s accessLogging:[]s
Distribute from to:{}u
DynatraceApi service port:u http:HttpService
DynatraceResourceDetector
DynatraceSampler tenant clusterId:i rootSpansPerMinute:u httpService:DynatraceApi
Environment name defaultValue
EnvironmentResourceDetector
EnvoyDebugHeaders disabled:b*
EnvoyExternalAuthorizationGrpcProvider service port:u timeout:t failOpen:b clearRouteCache:b
  statusOnError includeRequestBodyInCheck:EnvoyExternalAuthorizationRequestBody
EnvoyExternalAuthorizationHttpProvider service port:u timeout:t pathPrefix failOpen:b clearRouteCache:b
  statusOnError includeHeadersInCheck:[]s includeRequestHeadersInCheck:[]s
  includeAdditionalHeadersInCheck:{}s includeRequestBodyInCheck:EnvoyExternalAuthorizationRequestBody
  headersToUpstreamOnAllow:[]s headersToDownstreamOnDeny:[]s headersToDownstreamOnAllow:[]s
EnvoyExternalAuthorizationRequestBody maxRequestBytes:u allowPartialMessage:b packAsBytes:b
EnvoyFileAccessLogProvider path logFormat:LogFormat omitEmptyValues:b
EnvoyHttpGrpcV3LogProvider service port:u logName filterStateObjectsToLog:[]s
  additionalRequestHeadersToLog:[]s additionalResponseHeadersToLog:[]s
  additionalResponseTrailersToLog:[]s
EnvoyOpenTelemetryLogProvider service port:u logName logFormat:EnvoyOpenTelemetryLogProviderLogFormat
EnvoyOpenTelemetryLogProviderLogFormat text labels:a
EnvoyTcpGrpcV3LogProvider service port:u logName filterStateObjectsToLog:[]s
ExecHealthCheckConfig command:[]s
ExtensionProvider name envoyExtAuthzHttp|0:EnvoyExternalAuthorizationHttpProvider
  envoyExtAuthzGrpc|0:EnvoyExternalAuthorizationGrpcProvider zipkin|0:ZipkinTracingProvider
  lightstep|0:LightstepTracingProvider datadog|0:DatadogTracingProvider
  stackdriver|0:StackdriverProvider opencensus|0:OpenCensusAgentTracingProvider
  skywalking|0:SkyWalkingTracingProvider opentelemetry|0:OpenTelemetryTracingProvider
  prometheus|0:PrometheusMetricsProvider envoyFileAccessLog|0:EnvoyFileAccessLogProvider
  envoyHttpAls|0:EnvoyHttpGrpcV3LogProvider envoyTcpAls|0:EnvoyTcpGrpcV3LogProvider
  envoyOtelAls|0:EnvoyOpenTelemetryLogProvider sds|0:SDSProvider
Failover from to
GrpcHealthCheckConfig port:u service
GrpcService timeout:t initialMetadata:[]HttpHeader
HTTPHeader name value
HTTPHealthCheckConfig path port:u host scheme httpHeaders:[]HTTPHeader
HTTPRetry attempts:i perTryTimeout:t retryOn retryRemoteLocalities:b* retryIgnorePreviousHosts:b*
  backoff:t
HttpHeader name value|0 envName|0
HttpService path timeout:t headers:[]HttpHeader
InboundTrafficPolicy mode:InboundTrafficPolicyMode
LabelSelector matchLabels:{}s matchExpressions:[]LabelSelectorRequirement
LabelSelectorRequirement key operator values:[]s
Lightstep address accessToken
LightstepTracingProvider service port:u accessToken maxTagLength:u
Literal value
LocalityLoadBalancerSetting distribute:[]Distribute failover:[]Failover failoverPriority:[]s enabled:b*
LogFormat text|0 labels|0:a
Logging labels:{}s
MeshConfig proxyListenPort:i proxyInboundListenPort:i proxyHttpPort:i connectTimeout:t
  hboneIdleTimeout:t protocolDetectionTimeout:t tcpKeepalive:TcpKeepalive ingressClass ingressService
  ingressControllerMode:IngressControllerMode ingressSelector enableTracing:b accessLogFile
  accessLogFormat accessLogEncoding:AccessLogEncoding enableEnvoyAccessLogService:b
  disableEnvoyListenerLog:b sdsUdsPath defaultConfig:ProxyConfig outboundTrafficPolicy:OutboundTrafficPolicy
  inboundTrafficPolicy:InboundTrafficPolicy configSources:[]ConfigSource enableAutoMtls:b* trustDomain
  trustDomainAliases:[]s caCertificates:[]CertificateData defaultServiceExportTo:[]s
  defaultVirtualServiceExportTo:[]s defaultDestinationRuleExportTo:[]s rootNamespace
  localityLbSetting:LocalityLoadBalancerSetting dnsRefreshRate:t h2UpgradePolicy:H2UpgradePolicy
  inboundClusterStatName outboundClusterStatName certificates:[]Certificate
  serviceSettings:[]ServiceSettings serviceScopeConfigs:[]ServiceScopeConfigs enablePrometheusMerge:b*
  verifyCertificateAtClient:b* ca:CA extensionProviders:[]ExtensionProvider
  defaultProviders:DefaultProviders discoverySelectors:[]LabelSelector
  pathNormalization:ProxyPathNormalization defaultHttpRetryPolicy:HTTPRetry meshMTLS=mesh_mTLS:TLSConfig
  tlsDefaults:TLSConfig
MetadataExchangeHeaders mode:MetadataExchangeMode
OpenCensusAgent address context:[]TraceContext
OpenCensusAgentTracingProvider service port:u context:[]OpenCensusAgentTracingProviderTraceContext
  maxTagLength:u
OpenTelemetryTracingProvider service port:u maxTagLength:u http:HttpService grpc:GrpcService
  resourceDetectors:ResourceDetectors serviceAttributeEnrichment:ServiceAttributeEnrichment
  dynatraceSampler|0:DynatraceSampler
OutboundTrafficPolicy mode:Mode tls:ClientTLSSettings
PrivateKeyProvider cryptomb|0:CryptoMb qat|0:QAT
PrometheusMetricsProvider
ProxyConfig configPath binaryPath serviceCluster|0 tracingServiceName|0:TracingServiceName
  drainDuration:t parentShutdownDuration:t discoveryAddress discoveryRefreshDelay:t zipkinAddress statsdUdpAddress
  envoyMetricsServiceAddress proxyAdminPort:i availabilityZone
  controlPlaneAuthPolicy:AuthenticationPolicy customConfigFile statNameLength:i concurrency:i*
  proxyBootstrapTemplatePath interceptionMode:InboundInterceptionMode tracing:Tracing sds:SDS
  envoyAccessLogService:RemoteService envoyMetricsService:RemoteService proxyMetadata:{}s
  runtimeValues:{}s statusPort:i extraStatTags:[]s gatewayTopology:Topology terminationDrainDuration:t
  meshId readinessProbe:ReadinessProbe proxyStatsMatcher:ProxyStatsMatcher
  holdApplicationUntilProxyStarts:b* caCertificatesPem:[]s image:ProxyImage
  privateKeyProvider:PrivateKeyProvider proxyHeaders:ProxyHeaders fileFlushInterval:t
  fileFlushMinSizeKb:u statsCompression:b*
ProxyHeaders forwardedClientCert:ForwardClientCertDetails
  setCurrentClientCertDetails:SetCurrentClientCertDetails requestId:RequestId server:Server
  attemptCount:AttemptCount envoyDebugHeaders:EnvoyDebugHeaders
  metadataExchangeHeaders:MetadataExchangeHeaders preserveHttp1HeaderCase:b*
  xForwardedHost:XForwardedHost xForwardedPort:XForwardedPort
ProxyImage imageType
ProxyPathNormalization normalization:NormalizationType
ProxyProtocolConfiguration
ProxyStatsMatcher inclusionPrefixes:[]s inclusionSuffixes:[]s inclusionRegexps:[]s
QAT pollDelay:t fallback:b*
ReadinessProbe initialDelaySeconds:i timeoutSeconds:i periodSeconds:i successThreshold:i
  failureThreshold:i httpGet|0:HTTPHealthCheckConfig tcpSocket|0:TCPHealthCheckConfig
  exec|0:ExecHealthCheckConfig grpc|0:GrpcHealthCheckConfig
RemoteService address tlsSettings:ClientTLSSettings tcpKeepalive:TcpKeepalive
RequestHeader name defaultValue
RequestId disabled:b*
ResourceDetectors environment:EnvironmentResourceDetector dynatrace:DynatraceResourceDetector
SDS enabled:b k8sSaJwtPath
SDSProvider name service port:u
Server disabled:b* value
ServiceScopeConfigs namespaceSelector:LabelSelector servicesSelector:LabelSelector scope:Scope
ServiceSettings settings:Settings hosts:[]s
SetCurrentClientCertDetails subject:b* cert:b* chain:b* dns:b* uri:b*
Settings clusterLocal:b
SkyWalkingTracingProvider service port:u accessToken
Stackdriver debug:b maxNumberOfAttributes:l* maxNumberOfAnnotations:l* maxNumberOfMessageEvents:l*
StackdriverProvider debug:b maxNumberOfAttributes:l* maxNumberOfAnnotations:l*
  maxNumberOfMessageEvents:l* maxTagLength:u logging:Logging
TCPHealthCheckConfig host port:u
TLSConfig minProtocolVersion:TLSProtocol ecdhCurves:[]s cipherSuites:[]s
TcpKeepalive probes:u time:t interval:t
Topology numTrustedProxies:u forwardClientCertDetails:ForwardClientCertDetails
  proxyProtocol:ProxyProtocolConfiguration
Tracing zipkin|0:Zipkin lightstep|0:Lightstep datadog|0:Datadog stackdriver|0:Stackdriver
  openCensusAgent|0:OpenCensusAgent customTags:{}CustomTag maxPathTagLength:u sampling:d
  tlsSettings:ClientTLSSettings enableIstioTags:b*
XForwardedHost enabled:b*
XForwardedPort enabled:b*
Zipkin address
ZipkinTracingProvider service port:u maxTagLength:u enable64bitTraceId=enable_64bit_trace_id:b path
  traceContextOption:TraceContextOption timeout:t headers:[]HttpHeader
enum AccessLogEncoding TEXT JSON
enum AuthenticationPolicy NONE MUTUAL_TLS INHERIT=1000
enum ForwardClientCertDetails UNDEFINED SANITIZE FORWARD_ONLY APPEND_FORWARD SANITIZE_SET
  ALWAYS_FORWARD_ONLY
enum H2UpgradePolicy DO_NOT_UPGRADE UPGRADE
enum InboundInterceptionMode REDIRECT TPROXY NONE
enum InboundTrafficPolicyMode PASSTHROUGH LOCALHOST
enum IngressControllerMode UNSPECIFIED OFF DEFAULT STRICT
enum MetadataExchangeMode UNDEFINED IN_MESH
enum Mode REGISTRY_ONLY ALLOW_ANY ALLOW_ANY_DYNAMIC_DNS=3
enum NormalizationType DEFAULT NONE BASE MERGE_SLASHES DECODE_AND_MERGE_SLASHES
enum OpenCensusAgentTracingProviderTraceContext UNSPECIFIED W3C_TRACE_CONTEXT GRPC_BIN
  CLOUD_TRACE_CONTEXT B3
enum Resource SERVICE_REGISTRY
enum Scope LOCAL GLOBAL
enum ServiceAttributeEnrichment ISTIO_CANONICAL OTEL_SEMANTIC_CONVENTIONS
enum TLSProtocol TLS_AUTO TLSV1_2 TLSV1_3
enum TLSmode DISABLE SIMPLE MUTUAL ISTIO_MUTUAL
enum TraceContext UNSPECIFIED W3C_TRACE_CONTEXT GRPC_BIN CLOUD_TRACE_CONTEXT B3
enum TraceContextOption USE_B3 USE_B3_WITH_W3C_PROPAGATION
enum TracingServiceName APP_LABEL_AND_NAMESPACE CANONICAL_NAME_ONLY CANONICAL_NAME_AND_NAMESPACE
`;
