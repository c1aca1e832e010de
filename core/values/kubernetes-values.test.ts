import { isCidr } from '../props';
import { defineValues, value } from '.';
import { alphabetOfPattern, checkPattern } from './pattern';
import { problemsOf } from './problems';
import { sampleOf } from './samples';

const doc = 'd';
const takes = ({ schema }: { readonly schema: object }, text: unknown) =>
  problemsOf(schema, text as never).length === 0;

const schedule = value.schedule({ doc });
const cidr = value.cidr({ doc });
const url = value.url({ doc });
const labels = value.labels({ doc });

test.each([
  [schedule, '* * * * *'],
  [schedule, '*/15 0-6,22 1,15 1-3 MON-FRI'],
  [schedule, '0 8-18 * 1-3 mon-fri'],
  [schedule, '59 23 31 12 6'],
  [schedule, '00 03 01 01 0'],
  [schedule, '@daily'],
  [cidr, '10.0.0.0/8'],
  [cidr, '255.255.255.255/32'],
  [cidr, '0.0.0.0/0'],
  [cidr, '::/0'],
  [cidr, 'fd00::/8'],
  [cidr, '2001:db8:0:0:0:0:0:1/128'],
  [cidr, '2001:db8::1:2/99'],
  [url, 'https://example.com'],
  [url, 'http://web:8080/a/b?c=d&e'],
  [value.url({ doc, schemes: ['postgres', 'git+ssh'] }), 'git+ssh://example.com/x.git'],
  [labels, {}],
  [labels, { team: 'shop', 'example.com/tier': '', 'a.b/C_d': 'x.Y-z_0' }],
])('%# a value takes what Kubernetes takes: %s %j', (declaration, text) => {
  expect(takes(declaration, text)).toBe(true);
});

test.each([
  [schedule, '* * * *'],
  [schedule, '60 * * * *'],
  [schedule, '* 24 * * *'],
  [schedule, '* * 0 * *'],
  [schedule, '* * * 13 *'],
  [schedule, '* * * * 7'],
  [schedule, '* * * jan *'],
  [schedule, 'TZ=Europe/Berlin 0 3 * * *'],
  [schedule, '@every'],
  [schedule, ' 0 3 * * *'],
  [cidr, '10.0.0.0'],
  [cidr, '256.0.0.0/8'],
  [cidr, '10.0.0.0/33'],
  [cidr, '10.0.0/8'],
  [cidr, '01.0.0.0/8'],
  [cidr, '::/129'],
  [cidr, ':::/8'],
  [cidr, '1:2:3:4:5:6:7:8:9/64'],
  [cidr, 'fd00::1::/8'],
  [url, 'example.com'],
  [url, 'ftp://example.com'],
  [url, 'https://user:pass@example.com'],
  [url, 'https://Example.com'],
  [url, 'https://example.com/ a'],
  [labels, { 'a b': 'x' }],
  [labels, { '/a': 'x' }],
  [labels, { team: '-x' }],
])('%# a value refuses what Kubernetes refuses: %s %j', (declaration, text) => {
  expect(takes(declaration, text)).toBe(false);
});

test('a range that a value takes is one', () => {
  const parts = ['', '0', '1', '99', 'ffff', '10.0.0.0', '::', ':', '/', '/0', '/32', '/128'];
  for (const a of parts)
    for (const b of parts)
      for (const c of parts)
        for (const d of parts) {
          const text = a + b + c + d;
          if (takes(cidr, text)) expect([text, isCidr(text)]).toEqual([text, true]);
        }
});

test('their patterns are plain, are read alike by helm, and have an example', () => {
  for (const { schema } of [schedule, cidr, url]) {
    expect(alphabetOfPattern(schema.pattern as string)).toBe('plain');
    expect(sampleOf(schema)).toBeDefined();
  }
  expect(() => checkPattern(url.schema.pattern, 'url')).not.toThrow();
});

test('values of resources and of a reference are groups, with the defaults that were named', () => {
  const values = defineValues({
    resources: value.resources({ cpu: '100m', memory: '128Mi' }),
    token: value.ref({ kind: 'Secret', doc: 'The token' }),
    settings: value.ref({ kind: 'ConfigMap', default: { name: 'all', key: 'app.json' }, doc: 'Settings' }),
  });
  const token = { secretName: 'mine', key: 'token' };
  expect(values.parse({ token })).toEqual({
    resources: { cpu: '100m', memory: '128Mi', ephemeralStorage: '1Gi' },
    token,
    settings: { configMapName: 'all', key: 'app.json' },
  });
  expect(() => values.parse({})).toThrow(expect.objectContaining({ code: 'VALUES_INVALID' }));
  expect(() => values.parse({ token: { secretName: 'A', key: 'b' } })).toThrow(/secretName/);
  expect(() => values.parse({ token: { secretName: 'a', key: 'b/c' } })).toThrow(/key/);
});

test('a field with a default need not be given, and is filled in where it is read', () => {
  const port = value.port({ default: 80, doc });
  const host = value.object({ name: value.dnsName({ doc }), port }, { doc });
  const values = defineValues({ hosts: value.list(host, { default: [{ name: 'a' }], doc }) });
  expect(values.parse({ hosts: [{ name: 'b' }] })).toEqual({ hosts: [{ name: 'b' }] });
  expect(() => values.parse({ hosts: [{ name: 'b', port: 0 }] })).toThrow(/hosts\[0\].port/);
});
