import { refusalIn } from './refusal';

const of = (words: string) => refusalIn(words);

test('the words of a ValidatingAdmissionPolicy become its name and the field', () => {
  const words =
    `jobs.batch "x" is forbidden: ValidatingAdmissionPolicy 'ops.fixer.sandbox' with binding 'ops.fixer.sandbox' ` +
    'denied request: spec.template.spec.containers[0].image: found evil:1, allowed: one of good:1';
  expect(of(words)).toMatchObject({
    code: 'PolicyDenied',
    rule: 'ops.fixer.sandbox: spec.template.spec.containers[0].image',
    retryable: false,
  });
});

test('another hash is another template', () => {
  const words =
    `ValidatingAdmissionPolicy 'p' with binding 'p' denied request: ` +
    'metadata.annotations["drydock.dev/template"]: found aaa, allowed: bbb';
  expect(of(words)).toMatchObject({ code: 'TemplateMismatch' });
});

test.each([
  ['violates PodSecurity "restricted:latest": privileged', 'PolicyDenied', 'PodSecurity restricted:latest'],
  ['exceeded quota: boxes, requested: pods=1, used: pods=1, limited: pods=1', 'QuotaExceeded', 'boxes'],
  ['maximum memory usage per Pod is 4Gi, but limit is 5Gi', 'PolicyDenied', 'LimitRange: maximum memory'],
  ['admission webhook "w.example.com" denied the request: no', 'PolicyDenied', 'webhook w.example.com'],
])('%s', (words, code, rule) => {
  expect(of(`pods "x" is forbidden: ${words}`)).toMatchObject({ code, rule });
});

test('words of others are nobody’s refusal', () => {
  expect(of('User "x" cannot create resource "jobs" in API group "batch"')).toBeUndefined();
});

test('what an object says of itself cannot drive a terminal', () => {
  const cause = of(`exceeded quota: \u001b[2Jboxes, requested: \u0007x`);
  const text = `${cause?.found}${cause?.rule}`;
  expect([...text].filter((character) => character < ' ')).toEqual([]);
});
