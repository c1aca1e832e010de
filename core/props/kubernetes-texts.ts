import {
  ABSOLUTE_PATH,
  DATA_KEY,
  DNS_LABEL,
  DNS_SUBDOMAIN,
  DURATION,
  ENV_NAME,
  HOST,
  HOST_OR_WILDCARD,
  LABEL_VALUE,
  PORT_NAME,
  QUALIFIED_NAME,
  SERVICE_NAME,
  URL_PATH,
} from './patterns';
import type { PropShape } from './prop-shape';
import { text } from './texts';

/** The texts that Kubernetes has rules for. */

/** The name of most objects that a pod or a host is named after: a DNS label. */
export function dnsLabel(): PropShape {
  return text({
    code: 'NAME_INVALID',
    expected: 'lower-case letters, digits and dashes, at most 63, with a letter or digit at both ends',
    remedy: 'Choose another name.',
    pattern: DNS_LABEL,
  });
}

/** The name of an object, which may have dots: a DNS subdomain. */
export function objectName(): PropShape {
  return text({
    code: 'NAME_INVALID',
    expected:
      'lower-case letters, digits, dashes and dots, at most 253, with a letter or digit around each dot',
    remedy: 'Choose another name.',
    pattern: DNS_SUBDOMAIN,
    impliedBy: [DNS_LABEL],
    maxLength: 253,
  });
}

/** The name of a Service, which has to begin with a letter. */
export function serviceName(): PropShape {
  return text({
    code: 'NAME_INVALID',
    expected: 'lower-case letters, digits and dashes, at most 63, beginning with a letter',
    remedy: 'Choose another name.',
    pattern: SERVICE_NAME,
  });
}

/** The name of a port. */
export function portName(): PropShape {
  return text({
    code: 'NAME_INVALID',
    expected: 'lower-case letters, digits and single dashes, at most 15, with at least one letter',
    remedy: 'Choose a shorter or simpler name.',
    pattern: PORT_NAME,
    also: (name) => /[a-z]/.test(name) && !name.includes('--'),
  });
}

/** A host name, where `wildcard` also with `*.` in front of it. */
export function host({ wildcard = false } = {}): PropShape {
  return text({
    expected: `a host name in lower case, such as shop.example.com${wildcard ? ' or *.example.com' : ''}`,
    remedy: 'Write the host name alone: no scheme, port or path, and letters beyond a to z as punycode.',
    maxLength: 253,
    pattern: wildcard ? HOST_OR_WILDCARD : HOST,
    impliedBy: wildcard ? [HOST, DNS_LABEL] : [DNS_LABEL],
    also: (name) => !/^[0-9.]+$/.test(name),
  });
}

const QUALIFIED = new RegExp(QUALIFIED_NAME);
const SUBDOMAIN = new RegExp(DNS_SUBDOMAIN);

/** The key of a label or annotation: a name, with a DNS name and a slash in front of it where one is wanted. */
export function labelKey(): PropShape {
  return text({
    code: 'LABEL_INVALID',
    expected:
      'a key such as team or example.com/team: at most 63 letters, digits, dots, dashes and underscores',
    remedy: 'Correct the key.',
    also: isLabelKey,
  });
}

function isLabelKey(key: string): boolean {
  const [name = '', prefix, ...more] = key.split('/').reverse();
  const isPrefixed = prefix === undefined || (prefix.length <= 253 && SUBDOMAIN.test(prefix));
  return more.length === 0 && isPrefixed && QUALIFIED.test(name);
}

/** The value of a label. */
export function labelValue(): PropShape {
  return text({
    code: 'LABEL_INVALID',
    expected: 'at most 63 letters, digits, dots, dashes and underscores, with a letter or digit at both ends',
    remedy: 'Shorten or simplify it; an annotation takes any text.',
    minLength: 0,
    pattern: LABEL_VALUE,
    impliedBy: [DNS_LABEL],
  });
}

/** A key of a ConfigMap or Secret, which is also a file name. */
export function dataKey(): PropShape {
  return text({
    expected: 'a key of letters, digits, dots, dashes and underscores, at most 253, not beginning with ..',
    remedy: 'Correct the key.',
    pattern: DATA_KEY,
    also: (key) => key !== '.' && !key.startsWith('..'),
  });
}

/** The name of an environment variable. */
export function envName(): PropShape {
  return text({
    code: 'ENV_NAME',
    expected: 'letters, digits, dots, dashes and underscores, not beginning with a digit',
    remedy: 'Rename the variable.',
    pattern: ENV_NAME,
    also: (name) => name !== '.' && !name.startsWith('..'),
  });
}

/** A path of a file or folder from the root. */
export function absolutePath(): PropShape {
  return text({
    expected: 'an absolute path, such as /data',
    remedy: 'Begin with a slash, without a colon and without "..".',
    maxLength: 4096,
    pattern: ABSOLUTE_PATH,
    also: (path) => !path.split('/').includes('..') && !path.includes('\0'),
  });
}

/** A path of a URL. */
export function urlPath(): PropShape {
  return text({
    expected: 'a path that begins with a slash, such as /api',
    remedy: 'Begin with a slash; no spaces, no empty or dotted parts.',
    pattern: URL_PATH,
    maxLength: 1024,
    also: (path) => !/\/\/|\/\.\.?(\/|$)|%2f/i.test(path),
  });
}

/** A duration as Kubernetes and Go write it. */
export function duration(): PropShape {
  return text({
    expected: 'a duration such as 30s, 5m or 1h30m',
    remedy: 'Write numbers with the units h, m and s.',
    pattern: DURATION,
    also: (given) => given !== '',
  });
}
