import type { PropShape } from './prop-shape';
import { text } from './texts';

/** The texts that Kubernetes has rules for, each with those rules. */

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const DNS_LABEL = new RegExp(`^${LABEL}$`);
const DNS_SUBDOMAIN = new RegExp(`^${LABEL}(\\.${LABEL})*$`);
const SERVICE_NAME = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const QUALIFIED = /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/;

/** The name of most objects that a pod or a host is named after: a DNS label. */
export function dnsLabel(): PropShape {
  return text({
    code: 'NAME_INVALID',
    expected: 'lower-case letters, digits and dashes, at most 63, with a letter or digit at both ends',
    remedy: 'Choose another name.',
    pattern: DNS_LABEL,
    maxLength: 63,
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
    maxLength: 63,
  });
}

/** The name of a port. */
export function portName(): PropShape {
  return text({
    code: 'NAME_INVALID',
    expected: 'lower-case letters, digits and single dashes, at most 15, with at least one letter',
    remedy: 'Choose a shorter or simpler name.',
    maxLength: 15,
    problem: (name) => (isPortName(name) ? undefined : 'Choose a shorter or simpler name.'),
  });
}

function isPortName(name: string): boolean {
  return DNS_LABEL.test(name) && /[a-z]/.test(name) && !name.includes('--');
}

/** A host name, where `wildcard` also with `*.` in front of it. */
export function host({ wildcard = false } = {}): PropShape {
  const remedy = 'Write the host name alone: no scheme, port or path, and letters beyond a to z as punycode.';
  return text({
    expected: `a host name in lower case, such as shop.example.com${wildcard ? ' or *.example.com' : ''}`,
    remedy,
    maxLength: 253,
    problem: (name) => (isHost(wildcard ? name.replace(/^\*\./, '') : name) ? undefined : remedy),
  });
}

function isHost(name: string): boolean {
  const labels = name.split('.');
  return labels.every((label) => DNS_LABEL.test(label) && label.length <= 63) && !/^[0-9.]+$/.test(name);
}

/** The key of a label or annotation: a name, with a DNS name and a slash in front of it where one is wanted. */
export function labelKey(): PropShape {
  return text({
    code: 'LABEL_INVALID',
    expected:
      'a key such as team or example.com/team: at most 63 letters, digits, dots, dashes and underscores',
    remedy: 'Correct the key.',
    problem: (key) => (isLabelKey(key) ? undefined : 'Correct the key.'),
  });
}

function isLabelKey(key: string): boolean {
  const [name = '', prefix, ...more] = key.split('/').reverse();
  const isPrefixed = prefix === undefined || (prefix.length <= 253 && DNS_SUBDOMAIN.test(prefix));
  return more.length === 0 && isPrefixed && name.length <= 63 && QUALIFIED.test(name);
}

/** The value of a label. */
export function labelValue(): PropShape {
  return text({
    code: 'LABEL_INVALID',
    expected: 'at most 63 letters, digits, dots, dashes and underscores, with a letter or digit at both ends',
    remedy: 'Shorten or simplify it; an annotation takes any text.',
    minLength: 0,
    problem: (value) =>
      value === '' || (value.length <= 63 && QUALIFIED.test(value))
        ? undefined
        : 'Shorten or simplify it; an annotation takes any text.',
  });
}

/** A key of a ConfigMap or Secret, which is also a file name. */
export function dataKey(): PropShape {
  return text({
    expected: 'a key of letters, digits, dots, dashes and underscores, at most 253, other than . and ..',
    remedy: 'Correct the key.',
    maxLength: 253,
    problem: (key) =>
      /^[A-Za-z0-9._-]+$/.test(key) && !/^\.\.?$|^\.\./.test(key) ? undefined : 'Correct the key.',
  });
}

/** The name of an environment variable. */
export function envName(): PropShape {
  return text({
    expected: 'letters, digits, dots, dashes and underscores, not beginning with a digit',
    remedy: 'Rename the variable.',
    problem: (name) =>
      /^[A-Za-z_.-][A-Za-z0-9_.-]*$/.test(name) && !/^\.\.?$|^\.\./.test(name)
        ? undefined
        : 'Rename the variable.',
  });
}

/** A path of a file or folder from the root. */
export function absolutePath(): PropShape {
  return text({
    expected: 'an absolute path, such as /data',
    remedy: 'Begin with a slash, without a colon and without "..".',
    maxLength: 4096,
    problem: (path) =>
      // biome-ignore lint/suspicious/noControlCharactersInRegex: a path with a null byte is no path
      /^\/[^:\u0000]*$/.test(path) && !path.split('/').includes('..')
        ? undefined
        : 'Begin with a slash, without a colon and without "..".',
  });
}

/** A path of a URL. */
export function urlPath(): PropShape {
  return text({
    expected: 'a path that begins with a slash, such as /api',
    remedy: 'Begin with a slash; no spaces, no empty or dotted parts.',
    pattern: /^\/[A-Za-z0-9/\-._~%!$&'()*+,;=:@]*$/,
    maxLength: 1024,
    problem: (path) =>
      /\/\/|\/\.\.?(\/|$)|%2f/i.test(path)
        ? 'Begin with a slash; no spaces, no empty or dotted parts.'
        : undefined,
  });
}

/** A duration as Kubernetes and Go write it. */
export function duration(): PropShape {
  return text({
    expected: 'a duration such as 30s, 5m or 1h30m',
    remedy: 'Write numbers with the units h, m and s.',
    pattern: /^(?=[0-9])([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,6}s)?$/,
  });
}
