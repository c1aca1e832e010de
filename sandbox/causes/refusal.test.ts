import { toldWhole } from '../testing-only/told-whole';
import { refusalIn } from './refusal';

const of = (words: string) => toldWhole(refusalIn(words));

test('the words of a ValidatingAdmissionPolicy become its name and the field', () => {
  const words =
    `jobs.batch "x" is forbidden: ValidatingAdmissionPolicy 'ops.fixer.sandbox' with binding 'ops.fixer.sandbox' ` +
    'denied request: spec.template.spec.containers[0].image: found evil:1, allowed: one of good:1';
  expect(of(words)).toMatchObject({
    code: 'PolicyDenied',
    rule: 'ops.fixer.sandbox: spec.template.spec.containers[0].image',
    found: 'spec.template.spec.containers[0].image: found evil:1, allowed: one of good:1',
    retryable: false,
  });
  const wordless = `ValidatingAdmissionPolicy 'p' with binding 'b' denied request: failed expression`;
  expect(of(wordless)).toMatchObject({ code: 'PolicyDenied', rule: 'p', found: 'failed expression' });
});

test('another hash is another template', () => {
  const words =
    `ValidatingAdmissionPolicy 'p' with binding 'p' denied request: ` +
    'metadata.annotations["drydock.dev/template"]: found aaa, allowed: bbb';
  expect(of(words)).toMatchObject({
    code: 'TemplateMismatch',
    rule: 'p: metadata.annotations["drydock.dev/template"]',
    found: 'metadata.annotations["drydock.dev/template"]: found aaa, allowed: bbb',
    retryable: false,
  });
  expect(of(words.replaceAll('drydock.dev/template', 'drydock.dev/other')).code).toBe('PolicyDenied');
});

test.each<[words: string, code: string, rule: string, found: string, retryable: boolean]>([
  [
    'violates PodSecurity "restricted:latest": privileged (container "a" must not)',
    'PolicyDenied',
    'PodSecurity restricted:latest',
    'privileged (container "a" must not)',
    false,
  ],
  [
    'exceeded quota: boxes, requested: pods=1, used: pods=1, limited: pods=1',
    'QuotaExceeded',
    'boxes',
    'requested: pods=1, used: pods=1, limited: pods=1',
    true,
  ],
  [
    'maximum memory usage per Pod is 4Gi, but limit is 5Gi',
    'PolicyDenied',
    'LimitRange: maximum memory',
    'maximum memory usage per Pod is 4Gi, but limit is 5Gi',
    false,
  ],
  [
    'minimum cpu usage per Container is 1, but request is 10m',
    'PolicyDenied',
    'LimitRange: minimum cpu',
    'minimum cpu usage per Container is 1, but request is 10m',
    false,
  ],
  [
    'admission webhook "w.example.com" denied the request: no',
    'PolicyDenied',
    'webhook w.example.com',
    'no',
    false,
  ],
  [
    'admission webhook "w.example.com" denied the request',
    'PolicyDenied',
    'webhook w.example.com',
    'no reason given',
    false,
  ],
])('%s', (words, code, rule, found, retryable) => {
  expect(of(`pods "x" is forbidden: ${words}`)).toMatchObject({ code, rule, found, retryable });
});

test('a quota that is used up names the quota that needs room', () => {
  expect(of('exceeded quota: boxes, requested: pods=1').expected).toContain('ResourceQuota boxes');
});

test('words of others are nobody’s refusal', () => {
  expect(refusalIn('User "x" cannot create resource "jobs" in API group "batch"')).toBeUndefined();
  expect(refusalIn('')).toBeUndefined();
});

test('what an object says of itself cannot drive a terminal', () => {
  const cause = of(`exceeded quota: \u001b[2Jboxes, requested: \u0007x`);
  const text = `${cause?.found}${cause?.rule}`;
  expect([...text].filter((character) => character < ' ')).toEqual([]);
});
