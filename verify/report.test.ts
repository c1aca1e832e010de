import { asHtml, asJunit, asText } from './report';
import type { Verification } from './verify';

const finding = {
  code: 'CRASHED',
  where: 'Pod/web-1',
  found: 'ended with 1',
  expected: 'a program that goes on',
  remedy: 'Read its log.',
  path: ['Deployment/web', 'Pod/web-1'],
  mayPass: false,
} as const;
const found: Verification = {
  checked: [
    { object: 'Deployment/web', namespace: 'shop', finding },
    { object: 'Service/web', namespace: 'shop' },
    { object: 'Secret/s', isUnread: true },
  ],
  findings: [finding],
  unread: ['get secrets in <shop>'],
  seconds: 1.25,
};
const well: Verification = { checked: [{ object: 'Service/web' }], findings: [], unread: [], seconds: 0 };

test('in words', () => {
  expect(asText(found)).toBe(
    [
      'CRASHED at Pod/web-1',
      '  way:      Deployment/web -> Pod/web-1',
      '  found:    ended with 1',
      '  expected: a program that goes on',
      '  do:       Read its log.',
      '',
      'not looked at, for want of the right to get secrets in <shop>',
      '1 of 3 are as they were meant, in 1.3 s',
      '',
    ].join('\n'),
  );
  expect(asText(well)).toBe('1 of 1 are as they were meant, in 0.0 s\n');
});

test('as the XML of JUnit', () => {
  const words = asText({ ...found, unread: [], checked: [] })
    .split('0 of 0')[0]!
    .replaceAll('>', '&gt;');
  expect(asJunit(found)).toBe(
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="drydock verify" tests="3" failures="1" time="1.250">
  <testcase name="Deployment/web" classname="shop"><failure type="CRASHED" message="ended with 1">${words}</failure></testcase>
  <testcase name="Service/web" classname="shop"/>
  <testcase name="Secret/s" classname=""><skipped message="it could not be read"/></testcase>
</testsuite>
`,
  );
});

test('as a page of its own', () => {
  const page = asHtml(found);
  expect(page).toContain('<h1>1 of 3 are as they were meant</h1>');
  expect(page).toContain(
    '<p>Looked at in 1.3 s. Not looked at, for want of the right to get secrets in &lt;shop&gt;.</p>',
  );
  expect(page).toContain(
    '<section><h2>CRASHED at <code>Pod/web-1</code></h2><dl><dt>way</dt><dd>Deployment/web → Pod/web-1</dd>' +
      '<dt>found</dt><dd>ended with 1</dd><dt>expected</dt><dd>a program that goes on</dd>' +
      '<dt>do</dt><dd>Read its log.</dd></dl></section>',
  );
  expect(page).toContain(
    [
      '<tr><td><code>Deployment/web</code></td><td>shop</td><td><span class="ill">CRASHED</span></td><td></td></tr>',
      '<tr><td><code>Service/web</code></td><td>shop</td><td><span class="well">as meant</span></td><td></td></tr>',
      '<tr><td><code>Secret/s</code></td><td></td><td><span class="ill">not looked at</span></td><td></td></tr>',
    ].join('\n'),
  );
  expect(page).toContain('<style>body{');
  expect(asHtml(well)).toContain('<p>Looked at in 0.0 s.</p>\n\n<table>');
});

test('several of each are on lines of their own', () => {
  const twice: Verification = { ...found, findings: [finding, finding] };
  expect(asHtml(twice)).toContain('</section>\n<section>');
  expect(asText(twice).match(/^CRASHED/gm)).toHaveLength(2);
});

test('what XML cannot write, and what would be markup, is text; line ends and signs of all languages stay', () => {
  const odd = { object: `a\t\r\n\u0000\u001b\u{1f600}ÿ\ufffe"'&<>` };
  expect(asJunit({ ...well, checked: [odd] })).toContain(
    'name="a\t\r\n\ufffd\ufffd\u{1f600}ÿ\ufffd&quot;&#39;&amp;&lt;&gt;"',
  );
});

const timed: Verification = {
  ...well,
  checked: [
    { object: 'Deployment/<web>', namespace: 'shop', readySeconds: 6, needs: [{ object: 'Secret/s' }] },
    { object: 'Job/migrate', namespace: 'shop', readySeconds: 12, finding, needs: [{ object: 'Secret/s' }] },
  ],
};

test('times are told: the slowest in words, each in the XML, and as bars of which the slowest is the longest', () => {
  expect(asText(timed)).toContain('the slowest, Job/migrate, was ready after 12 s\n1 of 2');
  expect(asJunit(timed)).toContain('<testcase name="Deployment/&lt;web&gt;" classname="shop" time="6.000"/>');
  const bars = [...asHtml(timed).matchAll(/class="bar" style="width:([\d.]+)rem"><\/span>(\d+) s/g)];
  expect(bars.map(([, width, seconds]) => [width, seconds])).toEqual([
    ['4.00', '6'],
    ['8.00', '12'],
  ]);
});

test('what leads to what is drawn: each object once, a line for each way, and what is ill is marked', () => {
  const page = asHtml(timed);
  const nodes = [...page.matchAll(/<g class="(\w+)"><title>([^<]+)<\/title><rect x="(\d+)" y="(\d+)"/g)];
  expect(nodes.map(([, state, name, x, y]) => [state, name, x, y])).toEqual([
    ['well', 'Deployment/&lt;web&gt;', '620', '2'],
    ['named', 'Secret/s', '930', '2'],
    ['ill', 'Job/migrate', '620', '26'],
  ]);
  expect(page.match(/<path d="M870 /g)).toHaveLength(2);
  expect(asHtml(well)).not.toContain('<svg');
});
