import { prop } from '../../core/props';
import type { ApiServerAddress } from './api-server';
import type { ClusterDns } from './dns';

/** The shapes of whom a pod may call. */

export const dns = prop.byKind(
  {
    object: prop.object<ClusterDns>(
      {
        enabled: prop.boolean(),
        namespace: prop.dnsLabel(),
        labels: prop.list(prop.labels()),
        ports: prop.list(prop.port()),
        nodeRanges: prop.list(prop.cidr()),
      },
      { switchedBy: 'enabled' },
    ),
    boolean: prop.exactly(false),
  },
  'an object with namespace and labels, or false',
);

export const apiServer = prop.byKind(
  {
    boolean: prop.flag(),
    object: prop.object<ApiServerAddress>({ ranges: prop.list(prop.cidr()), ports: prop.list(prop.port()) }),
  },
  'true, false, or an object with ranges and ports',
);

/** Peers are looked at one by one elsewhere (peer-checks.ts), for a construct is no data. */
export const peers = prop.custom(() => true, {
  expected: 'a list of services and Peers',
  remedy: 'Give a list.',
});
