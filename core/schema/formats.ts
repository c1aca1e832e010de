import { isIP } from 'node:net';

/** A form that texts have to have. */
export interface Format {
  readonly matches: (text: string) => boolean;
  readonly expected: string;
}

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED_NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

function pattern(regexp: RegExp, longest: number, expected: string): Format {
  return { matches: (text) => text.length <= longest && regexp.test(text), expected };
}

const SUBDOMAIN = new RegExp(`^${LABEL}(\\.${LABEL})*$`);

export const dnsLabel = pattern(
  new RegExp(`^${LABEL}$`),
  63,
  'lower case letters, digits and "-", at most 63, with a letter or digit at both ends',
);

export const dns1035Label = pattern(
  /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
  63,
  'lower case letters, digits and "-", at most 63, that begin with a letter and end with a letter or digit',
);

export const subdomain = pattern(
  SUBDOMAIN,
  253,
  'lower case letters, digits, "-" and ".", at most 253, with a letter or digit at both ends of each part',
);

/** What the API server calls IANA_SVC_NAME. */
export const portName: Format = {
  matches: (text) =>
    text.length <= 15 &&
    /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(text) &&
    /[a-z]/.test(text) &&
    !text.includes('--'),
  expected: 'lower case letters, digits and single "-", at most 15, with a letter in it',
};

export const pathSegment: Format = {
  matches: (text) => text !== '.' && text !== '..' && !/[/%]/.test(text),
  expected: 'a name without "/" and "%" that is not "." or ".."',
};

/** The same, where there has to be one. */
export const namedSegment: Format = {
  matches: (text) => text !== '' && pathSegment.matches(text),
  expected: 'a name, without "/" and "%", that is not "." or ".."',
};

/** A domain in which short names are looked for: a part of it may begin with "_", and it may end with a dot. */
export const searchDomain: Format = {
  matches: (text) =>
    text === '.' ||
    (text.length <= 254 &&
      /^_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*\.?$/.test(text)),
  expected: 'a domain in lower case, such as svc.cluster.local',
};

/** Keys of labels and annotations, finalizers, names of resources. */
export const qualifiedName: Format = {
  matches: (text) => {
    const parts = text.split('/');
    const [name = '', prefix] = [parts.pop(), parts.pop()];
    if (parts.length > 0 || name.length > 63 || !QUALIFIED_NAME.test(name)) return false;
    return prefix === undefined || (prefix.length <= 253 && SUBDOMAIN.test(prefix));
  },
  expected:
    'a name of letters, digits, "-", "_" and ".", at most 63, with a letter or digit at both ends, and before it at most a DNS name and "/"',
};

/** Annotations may be written in upper case before their "/". */
export const annotationKey: Format = {
  matches: (text) => qualifiedName.matches(text.toLowerCase()),
  expected: qualifiedName.expected,
};

export const labelValue: Format = {
  matches: (text) => text === '' || (text.length <= 63 && QUALIFIED_NAME.test(text)),
  expected: 'letters, digits, "-", "_" and ".", at most 63, with a letter or digit at both ends',
};

/** Keys of ConfigMaps and Secrets. */
export const dataKey: Format = {
  matches: (text) =>
    text.length <= 253 && /^[-._a-zA-Z0-9]+$/.test(text) && text !== '.' && !text.startsWith('..'),
  expected: 'letters, digits, "-", "_" and ".", at most 253, that do not begin with ".."',
};

export const envName = pattern(
  /^[ -<>-~]+$/,
  Number.POSITIVE_INFINITY,
  'printable ASCII characters without "="',
);

export const cidr: Format = {
  matches: (text) => {
    const [, address = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
    // The server takes zeros before the numbers of an IPv4 address, as Go once did.
    const version = isIP(address.replace(/(^|\.)0+(?=\d)/g, '$1'));
    return version !== 0 && Number(length) <= (version === 4 ? 32 : 128);
  },
  expected: 'an address and the length of its prefix, such as 10.0.0.0/8 or fd00::/8',
};

export const ipAddress: Format = {
  matches: (text) => isIP(text.replace(/(^|\.)0+(?=\d)/g, '$1')) !== 0,
  expected: 'an IPv4 or IPv6 address',
};

/** The host of a rule of an Ingress. */
export const ingressHost: Format = {
  matches: (text) => {
    if (text === '') return true;
    if (isIP(text) !== 0) return false;
    return subdomain.matches(text.startsWith('*.') ? text.slice(2) : text);
  },
  expected:
    'a DNS name in lower case, such as shop.example.com or *.example.com, without scheme, port and path',
};

/** The hosts that a certificate is for; an address is taken here. */
export const hostOfTls: Format = {
  matches: (text) => isIP(text) !== 0 || ingressHost.matches(text),
  expected: ingressHost.expected,
};

export const absolutePath: Format = {
  matches: (text) => text.startsWith('/'),
  expected: 'a path that begins with "/"',
};

export function oneOf(...texts: readonly string[]): Format {
  return {
    matches: (text) => texts.includes(text),
    expected: `one of ${texts.filter((one) => one !== '').join(', ')}`,
  };
}

export const notEmpty: Format = { matches: (text) => text !== '', expected: 'a text that is not empty' };

export const qualifiedOrEmpty: Format = {
  matches: (text) => text === '' || qualifiedName.matches(text),
  expected: qualifiedName.expected,
};

/** The same, where an empty text is as good as none. */
export function orEmpty(format: Format): Format {
  return { matches: (text) => text === '' || format.matches(text), expected: format.expected };
}
