import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates } from '../../kube/testing-only/certificates';
import {
  type ScriptedServer,
  type Seen,
  scriptedServer,
  sendJson,
} from '../../kube/testing-only/scripted-server';
import { Prometheus } from './prometheus';

/** What a Prometheus answers, and what one that is none does; test/gitops asks the real one. */

let server: ScriptedServer;
let folder: string;
let answer: (seen: Seen, response: ServerResponse) => void;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-measure-'));
  server = await scriptedServer((seen, response) => answer(seen, response));
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const never = new AbortController().signal;
const ask = (more: object = {}, withinMs = 5_000, signal = never) =>
  new Prometheus({ url: server.url, ...more }, withinMs).ask('sum(errors) / sum(all)', signal);
const success = (data: unknown) => ({ status: 'success', data });
const vector = (...values: readonly unknown[]) =>
  success({ resultType: 'vector', result: values.map((value) => ({ metric: {}, value: [1, value] })) });
const saying = (body: unknown, status = 200) => {
  answer = (_seen, response) => sendJson(response, status, body);
};

test('one number is asked for, as Prometheus wants to be asked', async () => {
  saying(vector('0.015'));
  expect(await ask({ url: `${server.url}/prefix/` })).toEqual({ number: 0.015 });
  const [seen] = server.seen;
  expect([seen?.method, seen?.path, seen?.headers.authorization]).toEqual([
    ...['POST', '/prefix/api/v1/query', undefined],
  ]);
  expect(Object.fromEntries(new URLSearchParams(seen?.body))).toEqual({
    query: 'sum(errors) / sum(all)',
    timeout: '5000ms',
  });
});

test.each<[what: string, body: unknown, number: number]>([
  ['a scalar', success({ resultType: 'scalar', result: [1, '2'] }), 2],
  ['a negative number', vector('-0.5'), -0.5],
  ['a power', vector('1.5e-7'), 1.5e-7],
  ['nothing', vector('0'), 0],
  ['one with advice', { ...vector('1'), warnings: ['PromQL info: metric might not be a counter'] }, 1],
])('%s is a number', async (_what, body, number) => {
  saying(body);
  expect(await ask()).toEqual({ number });
});

const operator = 'tell who runs the controller';
test.each<[what: string, body: unknown, status: number, found: RegExp, remedy: RegExp]>([
  ['no data', vector(), 200, /^no data$/, /or vector\(0\)/],
  ['several series', vector('1', '1'), 200, /^2 series$/, /sum\(\) or max\(\)/],
  ['NaN', vector('NaN'), 200, /^NaN$/, /divides by nothing/],
  ['more than any number', vector('+Inf'), 200, /^\+Inf$/, /divides by nothing/],
  ['less than any number', vector('-Inf'), 200, /^-Inf$/, /divides by nothing/],
  ['a number of another form', vector('0x10'), 200, /no number/, RegExp(operator)],
  ['a number that is none in JSON', vector(0.5), 200, /no number/, RegExp(operator)],
  ['one too large', vector('1e999'), 200, /no number/, RegExp(operator)],
  [
    'nothing in a sample',
    success({ resultType: 'vector', result: [null] }),
    200,
    /no number/,
    RegExp(operator),
  ],
  ['a matrix', success({ resultType: 'matrix', result: [] }), 200, /^a matrix$/, /one number/],
  ['a text', success({ resultType: 'string', result: [1, '1'] }), 200, /^a string$/, /one number/],
  ['no result', success({ resultType: 'vector' }), 200, /^a vector$/, /one number/],
  ['no data at all', success(null), 200, /no JSON of Prometheus/, RegExp(operator)],
  ['a failure called 200', { status: 'error', error: 'x' }, 200, /no JSON of Prometheus/, RegExp(operator)],
  [
    'a part of the data',
    { ...vector('0'), warnings: ['PromQL info: x', 'store west is away'] },
    ...([200, /^a warning: store west is away$/, /a part of the data is none/] as const),
  ],
  ['a page', '<html>', 200, /no JSON of Prometheus/, RegExp(operator)],
  ['a list', [], 200, /no JSON of Prometheus/, RegExp(operator)],
  [
    'a query that is wrong',
    { status: 'error', errorType: 'bad_data', error: 'parse error:\nunexpected )' },
    ...([400, /^a refusal \(400\): parse error: unexpected \)$/, /correct the query/] as const),
  ],
  ['a query that takes too much', { error: 'x'.repeat(999) }, 422, /^a refusal \(422\): x{200}$/, /query/],
  ['no right', 'secret words', 403, /may not ask \(403\)$/, RegExp(operator)],
  ['a proxy that is not well', 'secret words', 502, /^the status 502$/, RegExp(operator)],
])('%s is no number', async (_what, body, status, found, remedy) => {
  saying(body, status);
  expect(await ask()).toEqual({
    found: expect.stringMatching(found),
    remedy: expect.stringMatching(remedy),
  });
});

test('a redirect is not followed', async () => {
  answer = (_seen, response) => response.writeHead(307, { location: `${server.url}/elsewhere` }).end();
  expect(await ask()).toMatchObject({ found: 'a redirect (307), which is not followed' });
  expect(server.seen).toHaveLength(1);
});

test('an answer without an end is read no further than it may be long', async () => {
  let sent = 0;
  answer = (_seen, response) => {
    response.writeHead(200);
    const more = () => {
      if (response.destroyed) return;
      sent += 1;
      response.write('x'.repeat(16 << 10), () => setImmediate(more));
    };
    more();
  };
  expect(await ask()).toMatchObject({ found: 'an answer of more than 65536 bytes' });
  // What the kernel holds may have gone as well.
  expect(sent).toBeLessThan(1_000);
});

test.each<[what: string, answer: (response: ServerResponse) => void]>([
  ['says nothing', () => {}],
  ['begins and does not go on', (response) => void response.writeHead(200).write('{"status":')],
])('one that %s is waited for no longer than it may take', async (_what, slow) => {
  answer = (_seen, response) => slow(response);
  expect(await ask({}, 100)).toMatchObject({ found: 'no answer within 0.1 s' });
});

test('one that drips is not waited for either', async () => {
  answer = (_seen, response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write(' '), 10);
    response.on('close', () => clearInterval(drip));
  };
  expect(await ask({}, 150)).toMatchObject({ found: 'no answer within 0.15 s' });
});

test('one that hangs up, one that is down, and a caller that goes are no number', async () => {
  answer = (_seen, response) => response.destroy();
  expect(await ask()).toMatchObject({ found: expect.stringMatching(/^no answer/), remedy: operator });
  answer = (_seen, response) => {
    response.writeHead(200, { 'content-length': '99' }).write('{', () => response.destroy());
  };
  expect(await ask()).toMatchObject({ found: expect.stringMatching(/^no answer/) });
  expect(await ask({ url: 'http://127.0.0.1:1' })).toMatchObject({ found: 'no answer (ECONNREFUSED)' });
  answer = () => {};
  const gone = new AbortController();
  const asked = ask({}, 5_000, gone.signal);
  gone.abort();
  expect(await asked).toMatchObject({ found: 'no answer in time' });
});

test('the token and what is of the controller are told to nobody', async () => {
  const tokenFile = join(folder, 'token');
  const https = (more: object) =>
    new Prometheus({ url: server.url.replace('http:', 'https:'), ...more }, 5_000).ask('1', never);
  writeFileSync(tokenFile, 'abc\nInjected: header\n');
  expect(await https({ tokenFile })).toMatchObject({
    found: 'that the token file of the controller has no token',
  });
  for (const more of [{ tokenFile: '/no/such' }, { caFile: '/no/such' }])
    expect(await https(more)).toMatchObject({
      found: 'that a file of the controller cannot be read (ENOENT)',
    });
  // The control: with a token it is asked, and speaks another protocol.
  writeFileSync(tokenFile, 'abc\n');
  expect(await https({ tokenFile })).toMatchObject({
    found: expect.stringMatching(/^no answer \([A-Z_0-9]+\)$/),
  });
});

test('the token is sent to who has a certificate of the authority that is named, and to nobody else', async () => {
  const { good, strangerCa } = await makeCertificates();
  const secure = await scriptedServer((_seen, response) => sendJson(response, 200, vector('1')), good);
  try {
    const [tokenFile, caFile] = [join(folder, 'token'), join(folder, 'ca.crt')];
    writeFileSync(tokenFile, 'abc\n');
    const answered = (ca: string) => {
      writeFileSync(caFile, ca);
      return new Prometheus({ url: secure.url, tokenFile, caFile }, 5_000).ask('1', never);
    };
    expect(await answered(strangerCa)).toMatchObject({ found: expect.stringMatching(/^no answer/) });
    expect(secure.seen).toEqual([]);
    expect(await answered(good.ca)).toEqual({ number: 1 });
    // The next question has the token of then.
    writeFileSync(tokenFile, 'def');
    await answered(good.ca);
    expect(secure.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer abc', 'Bearer def']);
  } finally {
    await secure.close();
  }
});

test.each([
  ['a password', { url: 'https://me:pw1@p.example.com' }],
  ['a query', { url: 'https://p.example.com/?a=b' }],
  ['a fragment', { url: 'https://p.example.com/#a' }],
  ['another scheme', { url: 'file:///etc/passwd' }],
  ['no address', { url: 'prometheus' }],
  ['a token over http', { url: 'http://p.example.com', tokenFile: '/run/token' }],
])('%s is refused, and not shown', (_what, options) => {
  expect(() => new Prometheus(options)).toThrow(expect.objectContaining({ code: 'PROMETHEUS_INVALID' }));
  expect(() => new Prometheus(options)).not.toThrow(/pw1/);
  expect(() => new Prometheus({ url: 'https://p.example.com/x', tokenFile: '/run/token' })).not.toThrow();
});
