import type { PodDNSConfig, PodSpec } from '../../../imports/k8s';
import { type ObjectRule, rule } from './rule';

/** How names become addresses in a pod. */

const MOST_SERVERS = 3;
const MOST_DOMAINS = 32;
const LONGEST_LIST = 2048;

const listsAreShort = rule<PodDNSConfig>(({ nameservers, searches }, walk) => {
  const [servers, domains] = [nameservers ?? [], searches ?? []];
  if (servers.length > MOST_SERVERS)
    walk.fault(['nameservers'], { found: `${servers.length} of them`, expected: `${MOST_SERVERS} at most` });
  if (domains.length > MOST_DOMAINS)
    walk.fault(['searches'], { found: `${domains.length} of them`, expected: `${MOST_DOMAINS} at most` });
  const { length } = domains.join(' ');
  if (length > LONGEST_LIST)
    walk.fault(['searches'], {
      found: `${length} characters`,
      expected: `${LONGEST_LIST} at most, all of them with a blank between two`,
    });
});

const optionsHaveNames = rule<PodDNSConfig>(({ options }, walk) => {
  for (const [index, { name }] of (options ?? []).entries())
    if (!name) walk.fault(['options', index, 'name'], { found: 'nothing', expected: 'a name such as ndots' });
});

const noneNeedsServers = rule<PodSpec>(({ dnsPolicy, dnsConfig }, walk) => {
  if (dnsPolicy !== 'None' || dnsConfig?.nameservers?.length) return;
  walk.fault(['dnsConfig', 'nameservers'], {
    found: 'nothing',
    expected: 'the address of a name server, where dnsPolicy is None',
    remedy: 'Name one, or leave dnsPolicy out.',
  });
});

/** What the API server asks of the resolver of a pod. */
export const resolverRules: Readonly<Record<string, readonly ObjectRule[]>> = {
  PodDNSConfig: [listsAreShort, optionsHaveNames],
  PodSpec: [noneNeedsServers],
};
