import { apiServerValues, RANGE_PATTERN, serviceValues } from '../../constructs';
import { defineValues, value } from '../../core/values';
import { HTTP_URL, outsideValues } from '../outside';

// Of several pods one leads, and the others wait: a load that grows is nothing that more of them would carry.
const { autoscaling: _, ...common } = serviceValues({
  image: {
    repository: 'jujutsu-gitops-controller',
    tag: '1.0.0',
    tagDoc: 'Tag of the image, {version}-{git-sha}',
  },
  replicas: 2,
  resources: { cpu: '100m', memory: '512Mi' },
});

/**
 * The values of the chart that runs the GitOps controller.
 *
 * @example
 * // A chart of your own that has it as a subchart.
 * const values = defineValues({ inner: value.subchart(gitopsControllerValues) });
 */
export const gitopsControllerValues = defineValues({
  ...common,
  apiServer: apiServerValues(),
  watchNamespace: value.dnsName({
    optional: true,
    doc: 'Follow the Applications of this namespace alone, with rights in it alone; without it, of all',
  }),
  requireServiceAccount: value.boolean({
    default: true,
    doc: 'Refuse Applications that name no account to act as, so that each can do what its account may',
  }),
  tenantPolicy: value.boolean({
    default: true,
    doc: 'Let the API server refuse Applications whose writer may not impersonate the account that they act as, or that follow other repositories than the annotation ajj.io/repositories of their namespace lists',
  }),
  clusterAdmin: value.boolean({
    default: false,
    doc: 'Bind the controller to cluster-admin, for Applications that name no account; whoever may push to their repositories then owns the cluster',
  }),
  page: value.boolean({
    default: false,
    doc: 'Show Applications on a page inside of each pod, for `kubectl port-forward` to port 8082: who may do that sees all of them, their objects and their diffs',
  }),
  policies: {
    configMap: value.dnsName({
      optional: true,
      doc: 'A ConfigMap in the namespace of the release with policies that all Applications are held to; the image needs the programs that ask them',
    }),
    mode: value.oneOf(['strict', 'permissive', 'audit'], {
      default: 'strict',
      doc: 'What a finding does: nothing is applied, it is applied and told by an event, or noted; an Application may ask for more',
    }),
  },
  repositories: {
    ...outsideValues(443, 'the repositories'),
    storage: value.memory({
      default: '2Gi',
      doc: 'Disk for what was fetched, which may be lost at any time; ephemeralStorage of the pod is beside it',
    }),
  },
  gates: {
    prometheus: value.string({
      optional: true,
      pattern: HTTP_URL,
      doc: 'The Prometheus that gates between waves of clusters ask, such as http://prometheus.monitoring:9090; who may write an Application may ask it for all that it has. Without it such gates stay closed',
    }),
    port: value.port({ default: 9090, doc: 'Port of its pods, or of the addresses below' }),
    cidr: value.string({
      optional: true,
      pattern: RANGE_PATTERN,
      doc: 'Addresses of it, where it is outside of the cluster; without them it is a pod of prometheus.namespace',
    }),
    caConfigMap: value.dnsName({
      optional: true,
      doc: 'A ConfigMap in the namespace of the release with the key ca.crt: the authorities of its certificate',
    }),
    tokenSecret: value.dnsName({
      optional: true,
      doc: 'A Secret in the namespace of the release with the key token, which it is sent; its address has to be https',
    }),
  },
  clusters: outsideValues(6443, 'the API servers of other clusters, of Applications that go there'),
  prometheus: {
    namespace: value.dnsName({ default: 'monitoring', doc: 'Namespace whose pods may read the metrics' }),
    monitor: value.boolean({
      default: false,
      doc: 'Tell the Prometheus operator, which has to be installed, where the metrics are',
    }),
    dashboard: value.boolean({
      default: false,
      doc: 'Make a ConfigMap with a dashboard, which the sidecar of Grafana finds by its label grafana_dashboard',
    }),
  },
});
