import * as formats from './formats';

const { oneOf, orEmpty, ...named } = formats;
type Name = keyof typeof named;

const long = (length: number) => 'a'.repeat(length);
const subdomain = (length: number) => `${`${long(49)}.`.repeat(6)}`.slice(0, length - 1) + 'b';

/** Of each format, what the API server takes and what it refuses; both ends of every length. */
const TABLE: Readonly<Record<Name, readonly [taken: readonly string[], refused: readonly string[]]>> = {
  dnsLabel: [
    ['a', '1', 'a-1', '0a', long(63)],
    ['', '-a', 'a-', 'A', 'a.b', 'a_b', 'a b', long(64), 'a\n'],
  ],
  dns1035Label: [
    ['a', 'a-1', long(63)],
    ['', '1', '1a', '-a', 'a-', 'A', 'a.b', long(64)],
  ],
  subdomain: [
    ['a', 'a.b', '1.2', 'a-b.c', subdomain(253), long(64)],
    ['', '.', 'a.', '.a', 'a..b', '-a.b', 'a-.b', 'a.B', 'a_b', subdomain(254)],
  ],
  portName: [
    ['http', 'a', '1a', 'a-b', long(15)],
    ['', '80', '1-2', 'a--b', '-a', 'a-', 'Http', 'a.b', long(16)],
  ],
  namedSegment: [
    ['a', 'system:admin', '...'],
    ['', '.', '..', 'a/b', '50%'],
  ],
  searchDomain: [
    ['svc.cluster.local', '_srv.example.com', 'a_b', 'example.com.', '.'],
    ['', '..', 'A.b', 'a..b', '-a', 'a-', '_', '__a', 'a b', `${'a'.repeat(255)}`],
  ],
  pathSegment: [
    ['a', '...', 'a.b', '', ':'],
    ['.', '..', 'a/b', '/', 'a%b'],
  ],
  qualifiedName: [
    ['a', 'A_b.c-1', '1', 'example.com/a', `${subdomain(253)}/${long(63)}`],
    ['', '-a', 'a-', 'a b', 'a/b/c', '/a', 'a/', 'Example.com/a', long(64), `${subdomain(254)}/a`],
  ],
  annotationKey: [
    ['a', 'Example.COM/a', 'A'],
    ['', 'a/b/c', '/a', '-a', 'a b'],
  ],
  labelValue: [
    ['', 'a', 'A_b.c-1', long(63)],
    ['-a', 'a-', '.a', 'a b', 'a/b', long(64)],
  ],
  dataKey: [
    ['a', '.a', '-', '_', 'A.b', '.x', long(253)],
    ['', '.', '..', '..a', 'a/b', 'a b', 'é', long(254)],
  ],
  envName: [
    ['A', 'a.b', '1', 'a b', '~', ' ', long(1000)],
    ['', 'A=B', '=', 'é', 'a\n', '\u007f'],
  ],
  cidr: [
    ['10.0.0.0/8', '0.0.0.0/0', '1.2.3.4/32', '010.0.0.0/8', 'fd00::/8', '::/0', '::1/128'],
    [
      '',
      '10.0.0.0',
      '10.0.0.0/33',
      'fd00::/129',
      '10.0.0/8',
      '10.0.0.0/8/8',
      '/8',
      'a/8',
      '10.0.0.0/',
      '1.2.3.4/ 8',
    ],
  ],
  ipAddress: [
    ['10.0.0.1', '010.000.0.1', '::1', 'fd00::1'],
    ['', '10.0.0', '10.0.0.256', 'a', '10.0.0.1/8'],
  ],
  ingressHost: [
    ['', 'a', 'shop.example.com', '*.example.com'],
    ['10.0.0.1', '::1', '*', '*.', '*.*.com', 'a.*.com', 'Shop.com', 'http://a', 'a:80', 'a/b'],
  ],
  hostOfTls: [
    ['', 'a', '*.example.com', '10.0.0.1', '::1'],
    ['*', 'Shop.com', 'a:80'],
  ],
  absolutePath: [
    ['/', '/a'],
    ['', 'a', './a', ' /a'],
  ],
  notEmpty: [['a', ' '], ['']],
  qualifiedOrEmpty: [
    ['', 'a', 'example.com/a'],
    ['-a', 'a/b/c'],
  ],
};

test.each(Object.entries(TABLE) as [Name, (typeof TABLE)[Name]][])(
  '%s takes what the API server takes, and nothing else',
  (name, [taken, refused]) => {
    const { matches, expected } = named[name];
    expect(taken.filter((text) => !matches(text))).toEqual([]);
    expect(refused.filter((text) => matches(text))).toEqual([]);
    // Shown to whoever has to correct it.
    expect(expected).toMatch(/^[a-z].{10,}/);
  },
);

test('a choice names its texts, and an empty one among them is taken and not named', () => {
  const policy = oneOf('', 'Always', 'Never');
  expect(['', 'Always', 'Never', 'always', 'AlwaysNever'].map(policy.matches)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
  expect(policy.expected).toBe('one of Always, Never');
});

test('where an empty text is as good as none, everything else is as it was', () => {
  const form = orEmpty(named.dnsLabel);
  expect(['', 'a', 'A'].map(form.matches)).toEqual([true, true, false]);
  expect(form.expected).toBe(named.dnsLabel.expected);
});
