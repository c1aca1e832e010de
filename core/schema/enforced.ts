/*
 * The document calls more fields required, and lists values of more fields, than the server insists on: what is left out it
 * may read as an empty text or a zero that is fine. These are the ones that a real server was seen to refuse an object for.
 * test/schema tries each of them.
 */

/** By definition, the required fields without which the server refuses an object. */
const REQUIRED: Readonly<Record<string, string>> = {
  AppArmorProfile: 'type',
  CSIVolumeSource: 'driver',
  ClusterRoleBinding: 'roleRef',
  ConfigMapKeySelector: 'key',
  Container: 'name',
  ContainerPort: 'containerPort',
  CronJobSpec: 'jobTemplate schedule',
  CrossVersionObjectReference: 'kind name',
  CrossVersionObjectReferenceV1: 'kind name',
  DaemonSetSpec: 'selector template',
  DeploymentSpec: 'selector template',
  DownwardAPIVolumeFile: 'path',
  EnvVar: 'name',
  GRPCAction: 'port',
  HPAScalingPolicy: 'periodSeconds type value',
  HTTPGetAction: 'port',
  HTTPHeader: 'name',
  HTTPIngressPath: 'backend pathType',
  HTTPIngressRuleValue: 'paths',
  HorizontalPodAutoscalerSpec: 'maxReplicas scaleTargetRef',
  HorizontalPodAutoscalerSpecV1: 'maxReplicas scaleTargetRef',
  HostAlias: 'ip',
  HostPathVolumeSource: 'path',
  IPBlock: 'cidr',
  IngressClassParametersReference: 'kind name',
  IngressServiceBackend: 'name',
  JobSpec: 'template',
  KeyToPath: 'key path',
  LabelSelectorRequirement: 'key operator',
  LimitRangeItem: 'type',
  MatchCondition: 'expression name',
  MetricIdentifier: 'name',
  MetricSpec: 'type',
  MetricTarget: 'type',
  NFSVolumeSource: 'path server',
  NodeSelector: 'nodeSelectorTerms',
  NodeSelectorRequirement: 'key operator',
  ObjectFieldSelector: 'fieldPath',
  PersistentVolumeClaimTemplate: 'spec',
  PersistentVolumeClaimVolumeSource: 'claimName',
  PodAffinityTerm: 'topologyKey',
  PodFailurePolicyOnExitCodesRequirement: 'operator values',
  PodFailurePolicyOnPodConditionsPattern: 'type',
  PodFailurePolicyRule: 'action',
  PodSpec: 'containers',
  PodsMetricSource: 'metric target',
  PolicyRule: 'verbs',
  PreferredSchedulingTerm: 'weight',
  RbacSubject: 'kind name',
  ReplicaSetSpec: 'selector',
  ResourceFieldSelector: 'resource',
  ResourceMetricSource: 'name target',
  RoleBinding: 'roleRef',
  RoleRef: 'kind name',
  SeccompProfile: 'type',
  SecretKeySelector: 'key',
  ServiceAccountTokenProjection: 'path',
  ServicePort: 'port',
  StatefulSetSpec: 'selector template',
  StorageClass: 'provisioner',
  Sysctl: 'name',
  TCPSocketAction: 'port',
  TopologySpreadConstraint: 'maxSkew topologyKey whenUnsatisfiable',
  TypedLocalObjectReference: 'kind name',
  Validation: 'expression',
  Variable: 'expression name',
  Volume: 'name',
  VolumeMount: 'mountPath name',
  WeightedPodAffinityTerm: 'podAffinityTerm weight',
};

/** By definition, the fields in which the server takes the listed values only. */
const LISTED: Readonly<Record<string, string>> = {
  AppArmorProfile: 'type',
  Container: 'imagePullPolicy terminationMessagePolicy',
  ContainerPort: 'protocol',
  CronJobSpec: 'concurrencyPolicy',
  DaemonSetUpdateStrategy: 'type',
  DeploymentStrategy: 'type',
  HTTPGetAction: 'scheme',
  HTTPIngressPath: 'pathType',
  HostPathVolumeSource: 'type',
  JobSpec: 'completionMode podReplacementPolicy',
  MatchResources: 'matchPolicy',
  NamedRuleWithOperations: 'operations',
  NetworkPolicyPort: 'protocol',
  NetworkPolicySpec: 'policyTypes',
  NodeSelectorRequirement: 'operator',
  PersistentVolumeClaimSpec: 'accessModes volumeMode',
  PersistentVolumeSpec: 'accessModes persistentVolumeReclaimPolicy',
  PodDisruptionBudgetSpec: 'unhealthyPodEvictionPolicy',
  PodFailurePolicyOnExitCodesRequirement: 'operator',
  PodFailurePolicyRule: 'action',
  PodSecurityContext: 'fsGroupChangePolicy',
  PodSpec: 'dnsPolicy restartPolicy',
  PriorityClass: 'preemptionPolicy',
  ResourceQuotaSpec: 'scopes',
  SeccompProfile: 'type',
  ServicePort: 'protocol',
  ServiceSpec: 'externalTrafficPolicy internalTrafficPolicy ipFamilies ipFamilyPolicy sessionAffinity type',
  StatefulSetSpec: 'podManagementPolicy',
  StatefulSetUpdateStrategy: 'type',
  StorageClass: 'reclaimPolicy volumeBindingMode',
  Toleration: 'effect operator',
  TopologySpreadConstraint: 'nodeTaintsPolicy whenUnsatisfiable',
  ValidatingAdmissionPolicyBindingSpec: 'validationActions',
  ValidatingAdmissionPolicySpec: 'failurePolicy',
  VolumeMount: 'mountPropagation',
};

const enforced = new Set([...pairs(REQUIRED), ...pairs(LISTED)]);

/** Whether the server insists on what the document says of a field. */
export function isEnforced(definition: string, field: string): boolean {
  return enforced.has(`${definition}.${field}`);
}

/** All such fields, as `Container.name`. */
export function enforcedFields(): readonly string[] {
  return [...enforced];
}

function pairs(table: Readonly<Record<string, string>>): string[] {
  return Object.entries(table).flatMap(([definition, fields]) =>
    fields.split(' ').map((field) => `${definition}.${field}`),
  );
}
