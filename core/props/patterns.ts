import { MEMORY_PATTERN } from '../template';

/**
 * What texts of Kubernetes look like, in what Go and JavaScript read alike: helm holds values against the same patterns.
 * Each says the whole text. What a pattern cannot say is beside it, in the shape.
 */

/** The name of most objects, at most 63. */
export const DNS_LABEL = '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$';

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
/** A name with dots. */
export const DNS_SUBDOMAIN = `^${LABEL}(\\.${LABEL})*$`;
/** A name that begins with a letter, at most 63. */
export const SERVICE_NAME = '^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$';
/** The name of a port; its length, a letter and single dashes are asked apart. */
export const PORT_NAME = '^[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$';

const HOST_LABEL = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';
export const HOST = `^${HOST_LABEL}(\\.${HOST_LABEL})*$`;
export const HOST_OR_WILDCARD = `^(\\*\\.)?${HOST_LABEL}(\\.${HOST_LABEL})*$`;

/** The part of a label's key behind the slash, and its value. */
export const QUALIFIED_NAME = '^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$';
export const LABEL_VALUE = '^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$';

export const DATA_KEY = '^[A-Za-z0-9._-]{1,253}$';
export const ENV_NAME = '^[A-Za-z_.-][A-Za-z0-9_.-]*$';
export const ABSOLUTE_PATH = '^/[^:\\n]*$';
export const URL_PATH = "^/[A-Za-z0-9/_.~%!$&'()*+,;=:@-]*$";
export const DURATION = '^([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,6}s)?$';

/** An address, a slash and a length; whether the address is one is asked apart. */
export const CIDR = '^[0-9a-fA-F:.]+/[0-9]{1,3}$';

const BYTE = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const HEX = '[0-9a-fA-F]{1,4}';
/** An IPv6 address, whatever is left out of it by `::`. */
const IPV6 = [
  `(${HEX}:){7}${HEX}`,
  `(${HEX}:){1,7}:`,
  ...[6, 5, 4, 3, 2, 1].map((left) => `(${HEX}:){1,${left}}(:${HEX}){1,${7 - left}}`),
  `:((:${HEX}){1,7}|:)`,
].join('|');
/** A range in full: an address, and a length that it has room for. */
export const CIDR_VALUE = `^((${BYTE}\\.){3}${BYTE}/(3[0-2]|[12]?[0-9])|(${IPV6})/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))$`;

/** The key of a label: a name, with a DNS name and a slash in front of it where one is wanted. */
export const LABEL_KEY = `^(${LABEL}(\\.${LABEL})*/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$`;

/** A field of a schedule: all, one or a range, every so many of them, and several of these. */
const field = (one: string) => {
  const part = `(\\*|${one}(-${one})?)(/[1-9][0-9]?)?`;
  return `${part}(,${part})*`;
};
const inBothCases = (names: string) => `${names}|${names.toUpperCase()}`;
/** Months are numbers here: with their names the pattern would be longer than a schema may have one. */
const MONTH = '(0?[1-9]|1[0-2])';
const WEEKDAY = `([0-6]|${inBothCases('sun|mon|tue|wed|thu|fri|sat')})`;
const FIELDS = ['[0-5]?[0-9]', '([01]?[0-9]|2[0-3])', '(0?[1-9]|[12][0-9]|3[01])', MONTH, WEEKDAY];
/** A schedule as cron writes it, in the forms that the CronJob controller reads. */
export const SCHEDULE = `^(${FIELDS.map(field).join(' ')}|@(yearly|annually|monthly|weekly|daily|midnight|hourly))$`;

/** A quantity in which not every digit is zero. */
export const CPU_AMOUNT = '^[0-9.]*[1-9][0-9.]*[mkMG]?$';
export const BYTES_AMOUNT = '^[0-9.]*[1-9][0-9.]*([kMGTPE]|[KMGTPE]i|e[0-9]{1,2}|E[0-9]{1,2})?$';
/** Memory as values declare it: whole numbers above zero, with a unit. */
export const MEMORY = MEMORY_PATTERN;

/** The end of an image that is whatever the registry has that day. */
export const LATEST = ':latest$';
