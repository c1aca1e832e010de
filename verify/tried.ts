import type { ErrorFacts } from '../errors';
import type { Finding } from './finding';
import { type Live, nameOf, placeOf } from './state';

/** What is told of what somebody tried, beside what was read: verify itself tries nothing. */

/** A sandbox of a template that did not do what it is for. */
export function sandboxFailed(
  template: Live,
  id: string | undefined,
  { code, found, expected, remedy }: ErrorFacts & { readonly code: string },
): Finding {
  return { ...at(template, id), code: 'SANDBOX_FAILED', found: `${code}: ${found}`, expected, remedy };
}

export function slowSandbox(template: Live, seconds: number, limit: number): Finding {
  return {
    ...at(template),
    code: 'SLOW_START',
    found: `a sandbox that took commands ${seconds} s after it was asked for`,
    expected: `at most ${limit} s`,
    remedy: 'Keep some started ahead (pool.warm), or give each more CPU.',
  };
}

/** An address that does not answer as it should. */
export function noAnswer(url: string, found: string): Finding {
  return {
    code: 'NO_ANSWER',
    where: url,
    path: [url],
    found,
    expected: 'an answer below 400',
    remedy:
      'Where everything else is well, look at the way from here: the node port or Ingress, a firewall, the address itself.',
    mayPass: false,
  };
}

function at(template: Live, id?: string): Pick<Finding, 'where' | 'path' | 'mayPass'> {
  const name = nameOf(template);
  return { where: placeOf(template), path: id === undefined ? [name] : [name, `Job/${id}`], mayPass: false };
}
