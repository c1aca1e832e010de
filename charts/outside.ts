import { notInternet, type Peer, RANGE_PATTERN } from '../constructs';
import type { Expression } from '../core/template';
import { value } from '../core/values';

export const HTTP_URL = '^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?$';

/** The address of a service. */
export function url(defaultUrl: string, doc: string) {
  return value.string({ default: defaultUrl, pattern: HTTP_URL, doc });
}

/** Somewhere outside of the cluster that one service calls. */
export function outsideValues(port: number, what: string) {
  return {
    cidr: value.string({
      default: '0.0.0.0/0',
      pattern: RANGE_PATTERN,
      doc: `Addresses of ${what}; 0.0.0.0/0 is the internet of IPv4 and IPv6, without private networks`,
    }),
    port: value.port({ default: port, doc: `Port of ${what}` }),
  } as const;
}

/** An API like that of OpenAI, and where it is; `variables` are those that its program reads the two names from. */
export function modelValues(variables: { readonly url: string; readonly name: string }) {
  return {
    ...outsideValues(443, 'the model'),
    url: url('https://api.openai.com/v1', `An API like that of OpenAI, which answers (${variables.url})`),
    name: value.string({
      default: 'gpt-4o-mini',
      pattern: '^[A-Za-z0-9][A-Za-z0-9._:/-]*$',
      maxLength: 200,
      doc: `The model that is asked there (${variables.name})`,
    }),
  } as const;
}

/**
 * Somewhere outside of the cluster; the whole of IPv4 means the internet, of both families of addresses, and not what lies
 * in private networks.
 */
export function outside(range: {
  readonly cidr: Expression<string>;
  readonly port: Expression<number>;
}): Peer {
  const { cidr, port } = range;
  const isInternet = cidr.equals('0.0.0.0/0');
  const except = isInternet.then(notInternet(4));
  const ofIpv6 = isInternet.then({ ipBlock: { cidr: '::/0', except: notInternet(6) } });
  return { who: [{ ipBlock: { cidr, except } }, ofIpv6], ports: [{ port, protocol: 'TCP' }] };
}
