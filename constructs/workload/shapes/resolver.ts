import { isIP } from 'node:net';
import { prop } from '../../../core/props';
import type { HostAlias, PodDNSConfig } from '../../../imports/k8s';

/** How names become addresses in a pod, as the API server takes it. */

const address = prop.text({
  expected: 'an address such as 10.0.0.10 or fd00::10',
  remedy: 'Write the address alone, without a port or a range.',
  pattern: '^[0-9a-fA-F.:]+$',
  also: (given) => isIP(given) > 0,
});

const domain = prop.text({
  expected: 'a domain such as example.com',
  remedy: 'Write it in lower case.',
  pattern: '^_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*$',
  maxLength: 253,
});

/** The schema leaves out that it needs a name. */
interface Option {
  readonly name: string;
  readonly value?: string;
}

export const dnsConfig = prop.object<PodDNSConfig>(
  {
    nameservers: prop.list(address).orAbsent(),
    searches: prop.list(domain).orAbsent(),
    options: prop.list(
      prop.object<Option>({ name: prop.text().required(), value: prop.text({ minLength: 0 }).orAbsent() }),
    ),
  },
  { takesWhole: true },
);

export const hostAliases = prop.list(
  prop.object<HostAlias>(
    { ip: address.required(), hostnames: prop.list(prop.objectName()).orAbsent() },
    { takesWhole: true },
  ),
);
