import { LABEL_VALUE } from '../../core/props';
import { value } from '../../core/values';
import { API_SERVER_DEFAULTS } from './api-server';
import { DNS_DEFAULTS } from './dns';

const OCTET = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const IPV4_RANGE = `${OCTET}(\\.${OCTET}){3}/(3[0-2]|[12]?[0-9])`;
const IPV6_RANGE = '[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){2,7}/(12[0-8]|1[01][0-9]|[1-9]?[0-9])';

/** The pattern of a value that is a range of addresses, of IPv4 or of IPv6. */
export const RANGE_PATTERN = `^(${IPV4_RANGE}|${IPV6_RANGE})$`;

const range = () => value.string({ pattern: RANGE_PATTERN, doc: 'A range of addresses' });

/** What a label may hold. */
export const labelValue = () => value.string({ pattern: LABEL_VALUE, doc: 'A label' });

/**
 * Values that say who answers for names in the cluster: `defineValues({ dns: dnsValues() })`, and `dns: values.dns` in
 * every construct of the chart. Labels are a list, for helm would add another label to those of a default map.
 *
 * @example
 * const values = defineValues({ dns: dnsValues() });
 * new SecureService(shop, 'web', {
 *   image: 'registry.example.com/shop:1.4.2',
 *   port: 8080,
 *   resources: 'small',
 *   dns: values.dns,
 * });
 */
export function dnsValues() {
  const { enabled, namespace, labels, ports, nodeRanges } = DNS_DEFAULTS;
  return {
    enabled: value.boolean({ default: enabled, doc: 'Let pods ask for names' }),
    namespace: value.dnsName({ default: namespace, doc: 'Namespace of the pods that answer for names' }),
    labels: value.list(value.map(labelValue(), { doc: 'Labels of one kind of pod' }), {
      default: labels,
      doc: 'Labels of the pods that answer for names, a map for each kind of them',
    }),
    ports: value.list(value.port({ doc: 'A port' }), {
      default: ports,
      minItems: 1,
      doc: 'Ports of those pods (5353 on OpenShift)',
    }),
    nodeRanges: value.list(range(), {
      default: nodeRanges,
      doc: 'Ranges of addresses at which a node itself answers for names: NodeLocal DNSCache, Cloud DNS on GKE',
    }),
  } as const;
}

/**
 * Values that say where the API server is, for charts with a service that calls it: `allowApiServer: values.apiServer`.
 *
 * @example
 * const values = defineValues({ apiServer: apiServerValues() });
 * new SecureService(shop, 'operator', {
 *   image: 'registry.example.com/operator:1.4.2',
 *   port: 8080,
 *   resources: 'small',
 *   allowApiServer: values.apiServer,
 * });
 */
export function apiServerValues() {
  const { ranges, ports } = API_SERVER_DEFAULTS;
  return {
    ranges: value.list(range(), {
      default: ranges,
      minItems: 1,
      doc: 'Ranges that hold the addresses of the API server',
    }),
    ports: value.list(value.port({ doc: 'A port' }), {
      default: ports,
      minItems: 1,
      doc: 'Ports of the API server and of the Service kubernetes',
    }),
  } as const;
}
