/**
 * The fields of Pod, Namespace, the workloads and all they contain, as Kubernetes 1.35 (k8s.io/api v0.35) declares them, in the order in
 * which they are printed. A line is a type and its fields; an indented line continues it. A field is its name, flags and `:type`.
 * Flags: `*` may be absent as such (a Go pointer), `?` is left out when empty, `0` is left out when zero, `^` belongs to a struct embedded
 * without a name of its own, `!` is patched by the strategy retainKeys. Types: none or s string, b bool, i int32, l int64, x int or
 * string, q quantity, t time, a any JSON, [] list of, {} map of, else the name of a type. `@key` ends a list that a strategic merge patch
 * merges by that key of its items, `@` alone one of plain values that it merges.
 */
export const podSchema = `
AWSElasticBlockStoreVolumeSource volumeID fsType? partition?:i readOnly?:b
Affinity nodeAffinity*?:NodeAffinity podAffinity*?:PodAffinity podAntiAffinity*?:PodAntiAffinity
AppArmorProfile type localhostProfile*?
AzureDiskVolumeSource diskName diskURI cachingMode*? fsType*? readOnly*?:b kind*?
AzureFileVolumeSource secretName shareName readOnly?:b
CSIVolumeSource driver readOnly*?:b fsType*? volumeAttributes?:{}s
  nodePublishSecretRef*?:LocalObjectReference
Capabilities add?:[]s drop?:[]s
CephFSVolumeSource monitors:[]s path? user? secretFile? secretRef*?:LocalObjectReference readOnly?:b
CinderVolumeSource volumeID fsType? readOnly?:b secretRef*?:LocalObjectReference
ClusterTrustBundleProjection name*? signerName*? labelSelector*?:LabelSelector optional*?:b path
ConfigMapEnvSource name?^ optional*?:b
ConfigMapKeySelector name?^ key optional*?:b
ConfigMapProjection name?^ items?:[]KeyToPath optional*?:b
ConfigMapVolumeSource name?^ items?:[]KeyToPath defaultMode*?:i optional*?:b
Container name image? command?:[]s args?:[]s workingDir? ports?:[]ContainerPort@containerPort
  envFrom?:[]EnvFromSource env?:[]EnvVar@name resources?:ResourceRequirements
  resizePolicy?:[]ContainerResizePolicy restartPolicy*? restartPolicyRules?:[]ContainerRestartRule
  volumeMounts?:[]VolumeMount@mountPath volumeDevices?:[]VolumeDevice@devicePath livenessProbe*?:Probe
  readinessProbe*?:Probe startupProbe*?:Probe lifecycle*?:Lifecycle terminationMessagePath?
  terminationMessagePolicy? imagePullPolicy? securityContext*?:SecurityContext stdin?:b stdinOnce?:b tty?:b
ContainerExtendedResourceRequest containerName resourceName requestName
ContainerPort name? hostPort?:i containerPort:i protocol? hostIP?
ContainerResizePolicy resourceName restartPolicy
ContainerRestartRule action? exitCodes*?:ContainerRestartRuleOnExitCodes
ContainerRestartRuleOnExitCodes operator? values?:[]i
ContainerState waiting*?:ContainerStateWaiting running*?:ContainerStateRunning
  terminated*?:ContainerStateTerminated
ContainerStateRunning startedAt?:t
ContainerStateTerminated exitCode:i signal?:i reason? message? startedAt?:t finishedAt?:t containerID?
ContainerStateWaiting reason? message?
ContainerStatus name state?:ContainerState lastState?:ContainerState ready:b restartCount:i image imageID
  containerID? started*?:b allocatedResources?:{}q resources*?:ResourceRequirements
  volumeMounts?:[]VolumeMountStatus@mountPath user*?:ContainerUser
  allocatedResourcesStatus?:[]ResourceStatus@name stopSignal*?
ContainerUser linux*?:LinuxContainerUser
CronJob kind?^ apiVersion?^ metadata?:ObjectMeta spec?:CronJobSpec status?:CronJobStatus
CronJobSpec schedule timeZone*? startingDeadlineSeconds*?:l concurrencyPolicy? suspend*?:b
  jobTemplate:JobTemplateSpec successfulJobsHistoryLimit*?:i failedJobsHistoryLimit*?:i
CronJobStatus active?:[]ObjectReference lastScheduleTime*?:t lastSuccessfulTime*?:t
DaemonSet kind?^ apiVersion?^ metadata?:ObjectMeta spec?:DaemonSetSpec status?:DaemonSetStatus
DaemonSetCondition type status lastTransitionTime?:t reason? message?
DaemonSetSpec selector*:LabelSelector template:PodTemplateSpec updateStrategy?:DaemonSetUpdateStrategy
  minReadySeconds?:i revisionHistoryLimit*?:i
DaemonSetStatus currentNumberScheduled:i numberMisscheduled:i desiredNumberScheduled:i numberReady:i
  observedGeneration?:l updatedNumberScheduled?:i numberAvailable?:i numberUnavailable?:i collisionCount*?:i
  conditions?:[]DaemonSetCondition@type
DaemonSetUpdateStrategy type? rollingUpdate*?:RollingUpdateDaemonSet
Deployment kind?^ apiVersion?^ metadata?:ObjectMeta spec?:DeploymentSpec status?:DeploymentStatus
DeploymentCondition type status lastUpdateTime?:t lastTransitionTime?:t reason? message?
DeploymentConfig kind?^ apiVersion?^ metadata?:ObjectMeta spec:DeploymentConfigSpec
  status?:DeploymentConfigStatus
DeploymentConfigCondition type status lastUpdateTime?:t lastTransitionTime?:t reason? message?
DeploymentConfigCustomParams image? environment?:[]EnvVar command?:[]s
DeploymentConfigExecHook command:[]s env?:[]EnvVar containerName volumes?:[]s
DeploymentConfigHook failurePolicy execNewPod*?:DeploymentConfigExecHook
  tagImages?:[]DeploymentConfigTagImage
DeploymentConfigImageChange automatic?:b containerNames?:[]s from:ObjectReference lastTriggeredImage?
DeploymentConfigRecreateParams timeoutSeconds*?:l pre*?:DeploymentConfigHook mid*?:DeploymentConfigHook
  post*?:DeploymentConfigHook
DeploymentConfigRollingParams updatePeriodSeconds*?:l intervalSeconds*?:l timeoutSeconds*?:l
  maxUnavailable*?:x maxSurge*?:x pre*?:DeploymentConfigHook post*?:DeploymentConfigHook
DeploymentConfigSpec strategy:DeploymentConfigStrategy minReadySeconds?:i
  triggers:[]DeploymentConfigTrigger replicas:i revisionHistoryLimit*?:i test:b paused?:b selector?:{}s
  template*?:PodTemplateSpec
DeploymentConfigStatus latestVersion:l observedGeneration:l replicas:i updatedReplicas:i
  availableReplicas:i unavailableReplicas:i conditions?:[]DeploymentConfigCondition@type readyReplicas?:i
DeploymentConfigStrategy type? customParams*?:DeploymentConfigCustomParams
  recreateParams*?:DeploymentConfigRecreateParams rollingParams*?:DeploymentConfigRollingParams
  resources?:ResourceRequirements labels?:{}s annotations?:{}s activeDeadlineSeconds*?:l
DeploymentConfigTagImage containerName to:ObjectReference
DeploymentConfigTrigger type? imageChangeParams*?:DeploymentConfigImageChange
DeploymentSpec replicas*?:i selector*:LabelSelector template:PodTemplateSpec strategy?!:DeploymentStrategy
  minReadySeconds?:i revisionHistoryLimit*?:i paused?:b progressDeadlineSeconds*?:i
DeploymentStatus observedGeneration?:l replicas?:i updatedReplicas?:i readyReplicas?:i availableReplicas?:i
  unavailableReplicas?:i terminatingReplicas*?:i conditions?:[]DeploymentCondition@type collisionCount*?:i
DeploymentStrategy type? rollingUpdate*?:RollingUpdateDeployment
DownwardAPIProjection items?:[]DownwardAPIVolumeFile
DownwardAPIVolumeFile path fieldRef*?:ObjectFieldSelector resourceFieldRef*?:ResourceFieldSelector mode*?:i
DownwardAPIVolumeSource items?:[]DownwardAPIVolumeFile defaultMode*?:i
EmptyDirVolumeSource medium? sizeLimit*?:q
EnvFromSource prefix? configMapRef*?:ConfigMapEnvSource secretRef*?:SecretEnvSource
EnvVar name value? valueFrom*?:EnvVarSource
EnvVarSource fieldRef*?:ObjectFieldSelector resourceFieldRef*?:ResourceFieldSelector
  configMapKeyRef*?:ConfigMapKeySelector secretKeyRef*?:SecretKeySelector fileKeyRef*?:FileKeySelector
EphemeralContainer name^ image?^ command?^:[]s args?^:[]s workingDir?^ ports?^:[]ContainerPort@containerPort
  envFrom?^:[]EnvFromSource env?^:[]EnvVar@name resources?^:ResourceRequirements
  resizePolicy?^:[]ContainerResizePolicy restartPolicy*?^ restartPolicyRules?^:[]ContainerRestartRule
  volumeMounts?^:[]VolumeMount@mountPath volumeDevices?^:[]VolumeDevice@devicePath livenessProbe*?^:Probe
  readinessProbe*?^:Probe startupProbe*?^:Probe lifecycle*?^:Lifecycle terminationMessagePath?^
  terminationMessagePolicy?^ imagePullPolicy?^ securityContext*?^:SecurityContext stdin?^:b stdinOnce?^:b
  tty?^:b targetContainerName?
EphemeralVolumeSource volumeClaimTemplate*?:PersistentVolumeClaimTemplate
ExecAction command?:[]s
FCVolumeSource targetWWNs?:[]s lun*?:i fsType? readOnly?:b wwids?:[]s
FileKeySelector volumeName path key optional*?:b
FlexVolumeSource driver fsType? secretRef*?:LocalObjectReference readOnly?:b options?:{}s
FlockerVolumeSource datasetName? datasetUUID?
GCEPersistentDiskVolumeSource pdName fsType? partition?:i readOnly?:b
GRPCAction port:i service*
GitRepoVolumeSource repository revision? directory?
GlusterfsVolumeSource endpoints path readOnly?:b
HTTPGetAction path? port:x host? scheme? httpHeaders?:[]HTTPHeader
HTTPHeader name value
HostAlias ip hostnames?:[]s
HostIP ip
HostPathVolumeSource path type*?
ISCSIVolumeSource targetPortal iqn lun:i iscsiInterface? fsType? readOnly?:b portals?:[]s
  chapAuthDiscovery?:b chapAuthSession?:b secretRef*?:LocalObjectReference initiatorName*?
ImageVolumeSource reference? pullPolicy?
Job kind?^ apiVersion?^ metadata?:ObjectMeta spec?:JobSpec status?:JobStatus
JobCondition type status lastProbeTime?:t lastTransitionTime?:t reason? message?
JobSpec parallelism*?:i completions*?:i activeDeadlineSeconds*?:l podFailurePolicy*?:PodFailurePolicy
  successPolicy*?:SuccessPolicy backoffLimit*?:i backoffLimitPerIndex*?:i maxFailedIndexes*?:i
  selector*?:LabelSelector manualSelector*?:b template:PodTemplateSpec ttlSecondsAfterFinished*?:i
  completionMode*? suspend*?:b podReplacementPolicy*? managedBy*?
JobStatus conditions?:[]JobCondition@type startTime*?:t completionTime*?:t active?:i succeeded?:i failed?:i
  terminating*?:i completedIndexes? failedIndexes*? uncountedTerminatedPods*?:UncountedTerminatedPods
  ready*?:i
JobTemplateSpec metadata?:ObjectMeta spec?:JobSpec
KeyToPath key path mode*?:i
LabelSelector matchLabels?:{}s matchExpressions?:[]LabelSelectorRequirement
LabelSelectorRequirement key operator values?:[]s
Lifecycle postStart*?:LifecycleHandler preStop*?:LifecycleHandler stopSignal*?
LifecycleHandler exec*?:ExecAction httpGet*?:HTTPGetAction tcpSocket*?:TCPSocketAction sleep*?:SleepAction
LinuxContainerUser uid:l gid:l supplementalGroups?:[]l
LocalObjectReference name?
ManagedFieldsEntry manager? operation? apiVersion? time*?:t fieldsType? fieldsV1*?:a subresource?
ModifyVolumeStatus targetVolumeAttributesClassName? status
NFSVolumeSource server path readOnly?:b
Namespace kind?^ apiVersion?^ metadata?:ObjectMeta spec?:NamespaceSpec status?:NamespaceStatus
NamespaceCondition type status lastTransitionTime?:t reason? message?
NamespaceSpec finalizers?:[]s
NamespaceStatus phase? conditions?:[]NamespaceCondition@type
NodeAffinity requiredDuringSchedulingIgnoredDuringExecution*?:NodeSelector
  preferredDuringSchedulingIgnoredDuringExecution?:[]PreferredSchedulingTerm
NodeSelector nodeSelectorTerms:[]NodeSelectorTerm
NodeSelectorRequirement key operator values?:[]s
NodeSelectorTerm matchExpressions?:[]NodeSelectorRequirement matchFields?:[]NodeSelectorRequirement
ObjectFieldSelector apiVersion? fieldPath
ObjectMeta name? generateName? namespace? selfLink? uid? resourceVersion? generation?:l
  creationTimestamp?0:t deletionTimestamp*?:t deletionGracePeriodSeconds*?:l labels?:{}s annotations?:{}s
  ownerReferences?:[]OwnerReference@uid finalizers?:[]s@ managedFields?:[]ManagedFieldsEntry
ObjectReference kind? namespace? name? uid? apiVersion? resourceVersion? fieldPath?
OwnerReference apiVersion kind name uid controller*?:b blockOwnerDeletion*?:b
PersistentVolumeClaim kind?^ apiVersion?^ metadata?:ObjectMeta spec?:PersistentVolumeClaimSpec
  status?:PersistentVolumeClaimStatus
PersistentVolumeClaimCondition type status lastProbeTime?:t lastTransitionTime?:t reason? message?
PersistentVolumeClaimSpec accessModes?:[]s selector*?:LabelSelector resources?:VolumeResourceRequirements
  volumeName? storageClassName*? volumeMode*? dataSource*?:TypedLocalObjectReference
  dataSourceRef*?:TypedObjectReference volumeAttributesClassName*?
PersistentVolumeClaimStatus phase? accessModes?:[]s capacity?:{}q
  conditions?:[]PersistentVolumeClaimCondition@type allocatedResources?:{}q allocatedResourceStatuses?:{}s
  currentVolumeAttributesClassName*? modifyVolumeStatus*?:ModifyVolumeStatus
PersistentVolumeClaimTemplate metadata?:ObjectMeta spec:PersistentVolumeClaimSpec
PersistentVolumeClaimVolumeSource claimName readOnly?:b
PhotonPersistentDiskVolumeSource pdID fsType?
Pod kind?^ apiVersion?^ metadata?:ObjectMeta spec?:PodSpec status?:PodStatus
PodAffinity requiredDuringSchedulingIgnoredDuringExecution?:[]PodAffinityTerm
  preferredDuringSchedulingIgnoredDuringExecution?:[]WeightedPodAffinityTerm
PodAffinityTerm labelSelector*?:LabelSelector namespaces?:[]s topologyKey namespaceSelector*?:LabelSelector
  matchLabelKeys?:[]s mismatchLabelKeys?:[]s
PodAntiAffinity requiredDuringSchedulingIgnoredDuringExecution?:[]PodAffinityTerm
  preferredDuringSchedulingIgnoredDuringExecution?:[]WeightedPodAffinityTerm
PodCertificateProjection signerName? keyType? maxExpirationSeconds*?:i credentialBundlePath? keyPath?
  certificateChainPath? userAnnotations?:{}s
PodCondition type observedGeneration?:l status lastProbeTime?:t lastTransitionTime?:t reason? message?
PodDNSConfig nameservers?:[]s searches?:[]s options?:[]PodDNSConfigOption
PodDNSConfigOption name? value*?
PodExtendedResourceClaimStatus requestMappings:[]ContainerExtendedResourceRequest resourceClaimName
PodFailurePolicy rules:[]PodFailurePolicyRule
PodFailurePolicyOnExitCodesRequirement containerName*? operator values:[]i
PodFailurePolicyOnPodConditionsPattern type status
PodFailurePolicyRule action onExitCodes*?:PodFailurePolicyOnExitCodesRequirement
  onPodConditions?:[]PodFailurePolicyOnPodConditionsPattern
PodIP ip
PodOS name
PodReadinessGate conditionType
PodResourceClaim name resourceClaimName*? resourceClaimTemplateName*?
PodResourceClaimStatus name resourceClaimName*?
PodSchedulingGate name
PodSecurityContext seLinuxOptions*?:SELinuxOptions windowsOptions*?:WindowsSecurityContextOptions
  runAsUser*?:l runAsGroup*?:l runAsNonRoot*?:b supplementalGroups?:[]l supplementalGroupsPolicy*?
  fsGroup*?:l sysctls?:[]Sysctl fsGroupChangePolicy*? seccompProfile*?:SeccompProfile
  appArmorProfile*?:AppArmorProfile seLinuxChangePolicy*?
PodSpec volumes?!:[]Volume@name initContainers?:[]Container@name containers:[]Container@name
  ephemeralContainers?:[]EphemeralContainer@name restartPolicy? terminationGracePeriodSeconds*?:l
  activeDeadlineSeconds*?:l dnsPolicy? nodeSelector?:{}s serviceAccountName? serviceAccount?
  automountServiceAccountToken*?:b nodeName? hostNetwork?:b hostPID?:b hostIPC?:b shareProcessNamespace*?:b
  securityContext*?:PodSecurityContext imagePullSecrets?:[]LocalObjectReference@name hostname? subdomain?
  affinity*?:Affinity schedulerName? tolerations?:[]Toleration hostAliases?:[]HostAlias@ip
  priorityClassName? priority*?:i dnsConfig*?:PodDNSConfig readinessGates?:[]PodReadinessGate
  runtimeClassName*? enableServiceLinks*?:b preemptionPolicy*? overhead?:{}q
  topologySpreadConstraints?:[]TopologySpreadConstraint@topologyKey setHostnameAsFQDN*?:b os*?:PodOS
  hostUsers*?:b schedulingGates?:[]PodSchedulingGate@name resourceClaims?!:[]PodResourceClaim@name
  resources*?:ResourceRequirements hostnameOverride*? workloadRef*?:WorkloadReference
PodStatus observedGeneration?:l phase? conditions?:[]PodCondition@type message? reason? nominatedNodeName?
  hostIP? hostIPs?:[]HostIP@ip podIP? podIPs?:[]PodIP@ip startTime*?:t
  initContainerStatuses?:[]ContainerStatus containerStatuses?:[]ContainerStatus qosClass?
  ephemeralContainerStatuses?:[]ContainerStatus resize?
  resourceClaimStatuses?!:[]PodResourceClaimStatus@name
  extendedResourceClaimStatus*?:PodExtendedResourceClaimStatus allocatedResources?:{}q
  resources*?:ResourceRequirements
PodTemplate kind?^ apiVersion?^ metadata?:ObjectMeta template?:PodTemplateSpec
PodTemplateSpec metadata?:ObjectMeta spec?:PodSpec
PortworxVolumeSource volumeID fsType? readOnly?:b
PreferredSchedulingTerm weight:i preference:NodeSelectorTerm
Probe exec*?^:ExecAction httpGet*?^:HTTPGetAction tcpSocket*?^:TCPSocketAction grpc*?^:GRPCAction
  initialDelaySeconds?:i timeoutSeconds?:i periodSeconds?:i successThreshold?:i failureThreshold?:i
  terminationGracePeriodSeconds*?:l
ProjectedVolumeSource sources:[]VolumeProjection defaultMode*?:i
QuobyteVolumeSource registry volume readOnly?:b user? group? tenant?
RBDVolumeSource monitors:[]s image fsType? pool? user? keyring? secretRef*?:LocalObjectReference readOnly?:b
ReplicaSet kind?^ apiVersion?^ metadata?:ObjectMeta spec?:ReplicaSetSpec status?:ReplicaSetStatus
ReplicaSetCondition type status lastTransitionTime?:t reason? message?
ReplicaSetSpec replicas*?:i minReadySeconds?:i selector*:LabelSelector template?:PodTemplateSpec
ReplicaSetStatus replicas:i fullyLabeledReplicas?:i readyReplicas?:i availableReplicas?:i
  terminatingReplicas*?:i observedGeneration?:l conditions?:[]ReplicaSetCondition@type
ReplicationController kind?^ apiVersion?^ metadata?:ObjectMeta spec?:ReplicationControllerSpec
  status?:ReplicationControllerStatus
ReplicationControllerCondition type status lastTransitionTime?:t reason? message?
ReplicationControllerSpec replicas*?:i minReadySeconds?:i selector?:{}s template*?:PodTemplateSpec
ReplicationControllerStatus replicas:i fullyLabeledReplicas?:i readyReplicas?:i availableReplicas?:i
  observedGeneration?:l conditions?:[]ReplicationControllerCondition@type
ResourceClaim name request?
ResourceFieldSelector containerName? resource divisor?:q
ResourceHealth resourceID health?
ResourceRequirements limits?:{}q requests?:{}q claims?:[]ResourceClaim
ResourceStatus name resources?:[]ResourceHealth
RollingUpdateDaemonSet maxUnavailable*?:x maxSurge*?:x
RollingUpdateDeployment maxUnavailable*?:x maxSurge*?:x
RollingUpdateStatefulSetStrategy partition*?:i maxUnavailable*?:x
SELinuxOptions user? role? type? level?
ScaleIOVolumeSource gateway system secretRef*:LocalObjectReference sslEnabled?:b protectionDomain?
  storagePool? storageMode? volumeName? fsType? readOnly?:b
SeccompProfile type localhostProfile*?
SecretEnvSource name?^ optional*?:b
SecretKeySelector name?^ key optional*?:b
SecretProjection name?^ items?:[]KeyToPath optional*?:b
SecretVolumeSource secretName? items?:[]KeyToPath defaultMode*?:i optional*?:b
SecurityContext capabilities*?:Capabilities privileged*?:b seLinuxOptions*?:SELinuxOptions
  windowsOptions*?:WindowsSecurityContextOptions runAsUser*?:l runAsGroup*?:l runAsNonRoot*?:b
  readOnlyRootFilesystem*?:b allowPrivilegeEscalation*?:b procMount*? seccompProfile*?:SeccompProfile
  appArmorProfile*?:AppArmorProfile
ServiceAccountTokenProjection audience? expirationSeconds*?:l path
SleepAction seconds:l
StatefulSet kind?^ apiVersion?^ metadata?:ObjectMeta spec?:StatefulSetSpec status?:StatefulSetStatus
StatefulSetCondition type status lastTransitionTime?:t reason? message?
StatefulSetOrdinals start:i
StatefulSetPersistentVolumeClaimRetentionPolicy whenDeleted? whenScaled?
StatefulSetSpec replicas*?:i selector*:LabelSelector template:PodTemplateSpec
  volumeClaimTemplates?:[]PersistentVolumeClaim serviceName podManagementPolicy?
  updateStrategy?:StatefulSetUpdateStrategy revisionHistoryLimit*?:i minReadySeconds?:i
  persistentVolumeClaimRetentionPolicy*?:StatefulSetPersistentVolumeClaimRetentionPolicy
  ordinals*?:StatefulSetOrdinals
StatefulSetStatus observedGeneration?:l replicas:i readyReplicas?:i currentReplicas?:i updatedReplicas?:i
  currentRevision? updateRevision? collisionCount*?:i conditions?:[]StatefulSetCondition@type
  availableReplicas:i
StatefulSetUpdateStrategy type? rollingUpdate*?:RollingUpdateStatefulSetStrategy
StorageOSVolumeSource volumeName? volumeNamespace? fsType? readOnly?:b secretRef*?:LocalObjectReference
SuccessPolicy rules:[]SuccessPolicyRule
SuccessPolicyRule succeededIndexes*? succeededCount*?:i
Sysctl name value
TCPSocketAction port:x host?
Toleration key? operator? value? effect? tolerationSeconds*?:l
TopologySpreadConstraint maxSkew:i topologyKey whenUnsatisfiable labelSelector*?:LabelSelector
  minDomains*?:i nodeAffinityPolicy*? nodeTaintsPolicy*? matchLabelKeys?:[]s
TypedLocalObjectReference apiGroup* kind name
TypedObjectReference apiGroup* kind name namespace*?
UncountedTerminatedPods succeeded?:[]s failed?:[]s
Volume name hostPath*?^:HostPathVolumeSource emptyDir*?^:EmptyDirVolumeSource
  gcePersistentDisk*?^:GCEPersistentDiskVolumeSource
  awsElasticBlockStore*?^:AWSElasticBlockStoreVolumeSource gitRepo*?^:GitRepoVolumeSource
  secret*?^:SecretVolumeSource nfs*?^:NFSVolumeSource iscsi*?^:ISCSIVolumeSource
  glusterfs*?^:GlusterfsVolumeSource persistentVolumeClaim*?^:PersistentVolumeClaimVolumeSource
  rbd*?^:RBDVolumeSource flexVolume*?^:FlexVolumeSource cinder*?^:CinderVolumeSource
  cephfs*?^:CephFSVolumeSource flocker*?^:FlockerVolumeSource downwardAPI*?^:DownwardAPIVolumeSource
  fc*?^:FCVolumeSource azureFile*?^:AzureFileVolumeSource configMap*?^:ConfigMapVolumeSource
  vsphereVolume*?^:VsphereVirtualDiskVolumeSource quobyte*?^:QuobyteVolumeSource
  azureDisk*?^:AzureDiskVolumeSource photonPersistentDisk*?^:PhotonPersistentDiskVolumeSource
  projected*?^:ProjectedVolumeSource portworxVolume*?^:PortworxVolumeSource scaleIO*?^:ScaleIOVolumeSource
  storageos*?^:StorageOSVolumeSource csi*?^:CSIVolumeSource ephemeral*?^:EphemeralVolumeSource
  image*?^:ImageVolumeSource
VolumeDevice name devicePath
VolumeMount name readOnly?:b recursiveReadOnly*? mountPath subPath? mountPropagation*? subPathExpr?
VolumeMountStatus name mountPath readOnly?:b recursiveReadOnly*?
VolumeProjection secret*?:SecretProjection downwardAPI*?:DownwardAPIProjection
  configMap*?:ConfigMapProjection serviceAccountToken*?:ServiceAccountTokenProjection
  clusterTrustBundle*?:ClusterTrustBundleProjection podCertificate*?:PodCertificateProjection
VolumeResourceRequirements limits?:{}q requests?:{}q
VsphereVirtualDiskVolumeSource volumePath fsType? storagePolicyName? storagePolicyID?
WeightedPodAffinityTerm weight:i podAffinityTerm:PodAffinityTerm
WindowsSecurityContextOptions gmsaCredentialSpecName*? gmsaCredentialSpec*? runAsUserName*? hostProcess*?:b
WorkloadReference name podGroup podGroupReplicaKey?
`;
