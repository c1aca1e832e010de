import { type Cause, said } from './cause';

/**
 * What an admission step says when it refuses a Job or a pod. The API server sends it as the answer to a create, and
 * the Job controller repeats it in an event when the pod is refused. `undefined` for words of somebody else.
 */
export function refusalIn(words: string): Cause | undefined {
  for (const read of [policy, podSecurity, quota, limitRange, webhook]) {
    const cause = read(words);
    if (cause) return cause;
  }
  return undefined;
}

function policy(words: string): Cause | undefined {
  const match = /ValidatingAdmissionPolicy '([^']+)' with binding '[^']+' denied request: ([\s\S]*)/.exec(
    words,
  );
  if (!match) return undefined;
  const [, name = '', rest = ''] = match;
  const field = /^([^\s:,]+)[:,]/.exec(rest)?.[1] ?? '';
  if (/annotations.{0,4}drydock\.dev\/template/.test(field)) {
    return {
      code: 'TemplateMismatch',
      found: said(rest),
      expected: 'the hash of the template that the admission policy was made from',
      remedy:
        'Give both charts the same values under `sandbox`, upgrade the chart of the administrator first, and read the template again.',
      retryable: false,
      rule: `${name}: ${said(field)}`,
    };
  }
  return {
    code: 'PolicyDenied',
    found: said(rest),
    expected: 'a Job within the bounds of the template',
    remedy: 'Ask for less, or have the administrator widen the bound in both charts.',
    retryable: false,
    rule: field === '' ? name : `${name}: ${said(field)}`,
  };
}

function podSecurity(words: string): Cause | undefined {
  const match = /violates PodSecurity "([^"]+)": ([\s\S]*)/.exec(words);
  if (!match) return undefined;
  return {
    code: 'PolicyDenied',
    found: said(match[2]),
    expected: 'a pod that meets the Pod Security level of the namespace',
    remedy: 'Use the template of SandboxTemplate as it is; it meets "restricted".',
    retryable: false,
    rule: `PodSecurity ${said(match[1])}`,
  };
}

function quota(words: string): Cause | undefined {
  const match = /exceeded quota: ([^,]+), ([\s\S]*)/.exec(words);
  if (!match) return undefined;
  return {
    code: 'QuotaExceeded',
    found: said(match[2]),
    expected: `room in the ResourceQuota ${said(match[1])}`,
    remedy: 'Close sandboxes that are not needed and try again, or have the quota raised.',
    retryable: true,
    rule: said(match[1]),
  };
}

function limitRange(words: string): Cause | undefined {
  const match = /(maximum|minimum) (\S+) usage per (?:Pod|Container) is [\s\S]*/.exec(words);
  if (!match) return undefined;
  return {
    code: 'PolicyDenied',
    found: said(match[0]),
    expected: 'amounts within the LimitRange of the namespace',
    remedy: 'Ask for less, or have the administrator widen it.',
    retryable: false,
    rule: `LimitRange: ${match[1]} ${match[2]}`,
  };
}

function webhook(words: string): Cause | undefined {
  const match = /admission webhook "([^"]+)" denied the request(?:: )?([\s\S]*)/.exec(words);
  if (!match) return undefined;
  return {
    code: 'PolicyDenied',
    found: said(match[2]) || 'no reason given',
    expected: 'a Job that every admission webhook admits',
    remedy: 'Exclude the sandbox namespace from the webhook, or follow what it asks for.',
    retryable: false,
    rule: `webhook ${said(match[1])}`,
  };
}
