import { CIDR_VALUE, HOST, LABEL_KEY, LABEL_VALUE, SCHEDULE } from '../props';
import type { Json } from '../template';
import { mapOf } from './collection';
import type { Declaration, Defaulted, Optional, ValueOptions } from './declaration';
import { badOption, checkOptions, shown } from './options';
import { string, text } from './text';

/** When something runs, as cron writes it: `30 3 * * 1-5`, or `@daily`. Minutes, hours, days, months as numbers, days of the week. */
export function schedule(options: Optional<ValueOptions<string>>): Declaration<string | undefined>;
export function schedule(options: Defaulted<ValueOptions<string>>): Declaration<string, string | undefined>;
export function schedule(options: ValueOptions<string>): Declaration<string>;
export function schedule(options: ValueOptions<string>): Declaration<string> {
  return text('schedule', { pattern: SCHEDULE }, options);
}

/** A range of addresses, IPv4 or IPv6: `10.0.0.0/8`, `fd00::/8`. */
export function cidr(options: Optional<ValueOptions<string>>): Declaration<string | undefined>;
export function cidr(options: Defaulted<ValueOptions<string>>): Declaration<string, string | undefined>;
export function cidr(options: ValueOptions<string>): Declaration<string>;
export function cidr(options: ValueOptions<string>): Declaration<string> {
  return text('cidr', { pattern: CIDR_VALUE }, options);
}

export interface UrlOptions extends ValueOptions<string> {
  /**
   * What may be before `://`.
   * @default ['https', 'http']
   */
  readonly schemes?: readonly string[];
}

/** The URL of something: scheme, host, and where they are wanted port, path and query; never a password. */
export function url(options: Optional<UrlOptions>): Declaration<string | undefined>;
export function url(options: Defaulted<UrlOptions>): Declaration<string, string | undefined>;
export function url(options: UrlOptions): Declaration<string>;
export function url(options: UrlOptions): Declaration<string> {
  checkOptions('url', options, ['schemes']);
  const { schemes = ['https', 'http'], ...rest } = options;
  const areSchemes = Array.isArray(schemes) && schemes.length > 0 && schemes.every(isScheme);
  if (!areSchemes)
    throw badOption(
      'value.url',
      `schemes: ${Array.isArray(schemes) ? schemes.map(shown).join(', ') || '(none)' : shown(schemes)}`,
      'schemes such as https or postgres',
      'Write what is before `://`, in lower case.',
    );
  return text('url', { pattern: urlPattern(schemes) }, rest);
}

function isScheme(scheme: unknown): boolean {
  return typeof scheme === 'string' && /^[a-z][a-z0-9+.-]*$/.test(scheme);
}

const URL_TEXT = "[A-Za-z0-9/_.~%!$&'()*+,;=:@-]";
/** A URL of one of the schemes, without a user in it. */
function urlPattern(schemes: readonly string[]): string {
  const scheme = schemes.map((one) => one.replace(/[.+]/g, '\\$&')).join('|');
  return `^(${scheme})://${HOST.slice(1, -1)}(:[0-9]{1,5})?(/${URL_TEXT}*)?(\\?${URL_TEXT}*)?$`;
}

type Labels = Readonly<Record<string, string>>;

/** Labels as Kubernetes takes them, keys and values; helm adds what is given to the default ones. */
export function labels(
  options: Optional<ValueOptions<Labels>>,
): Declaration<Labels | undefined, Labels | undefined>;
export function labels(options: Defaulted<ValueOptions<Labels>>): Declaration<Labels, Labels | undefined>;
export function labels(options: ValueOptions<Labels>): Declaration<Labels, Labels>;
export function labels(options: ValueOptions<Labels>): Declaration<Labels, Labels> {
  checkOptions('labels', options);
  const label = string({ pattern: LABEL_VALUE, doc: 'A label' });
  return mapOf(LABEL_KEY, label, options as ValueOptions<Json>);
}
