import { isNode, type Tree } from '../../template';
import {
  absolutePath,
  annotationKey,
  cidr,
  dataKey,
  dns1035Label,
  dnsLabel,
  envName,
  hostOfTls,
  ingressHost,
  ipAddress,
  labelValue,
  namedSegment,
  notEmpty,
  oneOf,
  orEmpty,
  pathSegment,
  portName,
  qualifiedName,
  qualifiedOrEmpty,
  searchDomain,
  subdomain,
} from '../formats';
import { amounts, both, type FieldRule, map, number, numberOrText, someEntry, text } from './rule';

const PORT = 65_535;
const LARGEST_ID = 2 ** 31 - 1;
const port = number(1, PORT);
const portOrNone = number(0, PORT);
const portOrName = numberOrText(1, PORT, portName);
const zeroOrMore = number(0);
const oneOrMore = number(1);
const userId = number(0, LARGEST_ID);
const labels = map(qualifiedName, labelValue);

const METADATA: Readonly<Record<string, FieldRule>> = {
  labels,
  annotations: map(annotationKey),
  namespace: text(orEmpty(dnsLabel)),
};

/** What is asked of the metadata of an object, and of some of the templates for objects. */
export const metadata: FieldRule = (value, walk) => {
  const given = value as Readonly<Record<string, Tree>>;
  for (const [field, check] of Object.entries(METADATA)) {
    const one = given[field];
    if (one === undefined || one === null || isNode(one)) continue;
    walk.enter(field);
    check(one, walk);
    walk.leave();
  }
};

const countOrPercent = numberOrText(0, LARGEST_ID, {
  matches: (given) => /^\d+%$/.test(given),
  expected: 'a percentage such as 25%',
});

/** By definition and field, what the API server asks of a value beyond its type. */
export const fieldRules: Readonly<Record<string, FieldRule>> = {
  // Labels of the templates of a Job and of a claim count only where the object is made from them.
  'PodTemplateSpec.metadata': metadata,
  'PersistentVolumeClaimTemplate.metadata': metadata,
  'LabelSelector.matchLabels': labels,
  'LabelSelectorRequirement.key': text(qualifiedName),
  'LabelSelectorRequirement.values': text(labelValue),
  'NodeSelectorRequirement.key': text(qualifiedName),

  'PodSpec.containers': someEntry,
  'PodSpec.nodeSelector': labels,
  'PodSpec.nodeName': text(orEmpty(subdomain)),
  'PodSpec.hostname': text(orEmpty(dnsLabel)),
  'PodSpec.subdomain': text(orEmpty(dnsLabel)),
  'PodSpec.serviceAccountName': text(orEmpty(subdomain)),
  'PodSpec.runtimeClassName': text(subdomain),
  'PodSpec.priorityClassName': text(orEmpty(subdomain)),
  'PodSpec.activeDeadlineSeconds': number(1, LARGEST_ID),
  'PodSecurityContext.runAsUser': userId,
  'PodSecurityContext.runAsGroup': userId,
  'PodSecurityContext.fsGroup': userId,
  'PodSecurityContext.supplementalGroups': userId,
  'SecurityContext.runAsUser': userId,
  'SecurityContext.runAsGroup': userId,
  'PodDNSConfig.nameservers': text(ipAddress),
  'PodDNSConfig.searches': text(searchDomain),
  'HostAlias.ip': text(ipAddress),
  'HostAlias.hostnames': text(subdomain),
  'TopologySpreadConstraint.maxSkew': oneOrMore,
  'TopologySpreadConstraint.minDomains': oneOrMore,
  'TopologySpreadConstraint.topologyKey': text(notEmpty),
  'PodAffinityTerm.topologyKey': text(qualifiedName),
  'WeightedPodAffinityTerm.weight': number(1, 100),
  'PreferredSchedulingTerm.weight': number(1, 100),
  'Toleration.key': text(qualifiedOrEmpty),

  'Container.name': text(dnsLabel),
  'Container.image': text(notEmpty),
  'ContainerPort.name': text(orEmpty(portName)),
  'ContainerPort.containerPort': port,
  'ContainerPort.hostPort': portOrNone,
  'EnvVar.name': text(envName),
  'EnvFromSource.prefix': text({
    matches: (prefix) => prefix === '' || envName.matches(prefix),
    expected: envName.expected,
  }),
  'SecretKeySelector.key': text(dataKey),
  'SecretKeySelector.name': text(subdomain),
  'ConfigMapKeySelector.key': text(dataKey),
  'ConfigMapKeySelector.name': text(subdomain),
  'SecretEnvSource.name': text(subdomain),
  'ConfigMapEnvSource.name': text(subdomain),
  'VolumeMount.name': text(notEmpty),
  'VolumeMount.mountPath': text(notEmpty),
  'Probe.initialDelaySeconds': zeroOrMore,
  'Probe.timeoutSeconds': zeroOrMore,
  'Probe.periodSeconds': zeroOrMore,
  'Probe.successThreshold': zeroOrMore,
  'Probe.failureThreshold': zeroOrMore,
  'Probe.terminationGracePeriodSeconds': oneOrMore,
  'HTTPGetAction.port': portOrName,
  'TCPSocketAction.port': portOrName,
  'GRPCAction.port': port,
  'ResourceRequirements.limits': both(map(qualifiedName), amounts),
  'ResourceRequirements.requests': both(map(qualifiedName), amounts),
  'Volume.name': text(dnsLabel),
  'KeyToPath.key': text(notEmpty),

  'DeploymentSpec.replicas': zeroOrMore,
  'DeploymentSpec.minReadySeconds': zeroOrMore,
  'DeploymentSpec.revisionHistoryLimit': zeroOrMore,
  'DeploymentSpec.progressDeadlineSeconds': zeroOrMore,
  'RollingUpdateDeployment.maxSurge': countOrPercent,
  'RollingUpdateDeployment.maxUnavailable': countOrPercent,
  'StatefulSetSpec.replicas': zeroOrMore,
  'StatefulSetSpec.minReadySeconds': zeroOrMore,
  'StatefulSetSpec.revisionHistoryLimit': zeroOrMore,
  'ReplicaSetSpec.replicas': zeroOrMore,
  'ReplicaSetSpec.minReadySeconds': zeroOrMore,
  'DaemonSetSpec.minReadySeconds': zeroOrMore,
  'DaemonSetSpec.revisionHistoryLimit': zeroOrMore,
  'JobSpec.parallelism': zeroOrMore,
  'JobSpec.completions': zeroOrMore,
  'JobSpec.backoffLimit': zeroOrMore,
  'JobSpec.activeDeadlineSeconds': zeroOrMore,
  'JobSpec.ttlSecondsAfterFinished': zeroOrMore,
  'CronJobSpec.startingDeadlineSeconds': zeroOrMore,
  'CronJobSpec.successfulJobsHistoryLimit': zeroOrMore,
  'CronJobSpec.failedJobsHistoryLimit': zeroOrMore,

  'ServiceSpec.selector': labels,
  'ServiceSpec.loadBalancerSourceRanges': text({
    matches: (given) => cidr.matches(given.trim()),
    expected: cidr.expected,
  }),
  'ServiceSpec.externalIPs': text(ipAddress),
  'ServicePort.name': text(orEmpty(dnsLabel)),
  'ServicePort.port': port,
  'ServicePort.targetPort': numberOrText(0, PORT, orEmpty(portName)),
  'ServicePort.nodePort': portOrNone,
  'ServicePort.appProtocol': text(qualifiedOrEmpty),

  'ConfigMap.data': map(dataKey),
  'ConfigMap.binaryData': map(dataKey),
  'Secret.data': map(dataKey),
  'Secret.stringData': map(dataKey),
  'PersistentVolumeClaimSpec.storageClassName': text(orEmpty(subdomain)),
  'PersistentVolumeClaimSpec.accessModes': someEntry,
  'VolumeResourceRequirements.requests': both(map(qualifiedName), amounts),
  'ResourceQuotaSpec.hard': both(map(qualifiedName), amounts),

  'IngressSpec.ingressClassName': text(subdomain),
  'IngressRule.host': text(ingressHost),
  'IngressTLS.hosts': text(orEmpty(hostOfTls)),
  'IngressTLS.secretName': text(orEmpty(subdomain)),
  'HTTPIngressRuleValue.paths': someEntry,
  'IngressServiceBackend.name': text(dns1035Label),
  'ServiceBackendPort.name': text(orEmpty(portName)),
  'ServiceBackendPort.number': portOrNone,
  'IPBlock.cidr': text(cidr),
  'IPBlock.except': text(cidr),
  'NetworkPolicyPort.port': portOrName,
  'NetworkPolicyPort.endPort': port,

  'HorizontalPodAutoscalerSpec.minReplicas': zeroOrMore,
  'HorizontalPodAutoscalerSpec.maxReplicas': oneOrMore,
  'PodDisruptionBudgetSpec.minAvailable': countOrPercent,
  'PodDisruptionBudgetSpec.maxUnavailable': countOrPercent,
  'PolicyRule.verbs': someEntry,
  'RoleRef.apiGroup': text(oneOf('', 'rbac.authorization.k8s.io')),
  'RoleRef.kind': text(oneOf('Role', 'ClusterRole')),
  'RoleRef.name': text(pathSegment),
  'RbacSubject.kind': text(oneOf('User', 'Group', 'ServiceAccount')),
  'RbacSubject.name': text(notEmpty),

  'HorizontalPodAutoscalerSpecV1.minReplicas': zeroOrMore,
  'HorizontalPodAutoscalerSpecV1.maxReplicas': oneOrMore,
  'HorizontalPodAutoscalerSpecV1.targetCPUUtilizationPercentage': oneOrMore,
  'CrossVersionObjectReference.kind': text(namedSegment),
  'CrossVersionObjectReference.name': text(namedSegment),
  'CrossVersionObjectReferenceV1.kind': text(namedSegment),
  'CrossVersionObjectReferenceV1.name': text(namedSegment),
  'MetricIdentifier.name': text(namedSegment),
  'ResourceMetricSource.name': text(notEmpty),
  'ContainerResourceMetricSource.name': text(notEmpty),
  'ContainerResourceMetricSource.container': text(dnsLabel),
  'MetricTarget.type': text(oneOf('Utilization', 'Value', 'AverageValue')),
  'HPAScalingPolicy.type': text(oneOf('Pods', 'Percent')),
  'HPAScalingPolicy.value': oneOrMore,
  'HPAScalingPolicy.periodSeconds': number(1, 1800),
  'HPAScalingRules.stabilizationWindowSeconds': number(0, 3600),
  'HPAScalingRules.selectPolicy': text(oneOf('Max', 'Min', 'Disabled')),
};

/** Not a field of a definition of its own: what a path of an Ingress is asked depends on its type. */
export const ingressPath = absolutePath;
