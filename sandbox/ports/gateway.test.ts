import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import WebSocket, { WebSocketServer } from 'ws';
import { Gateway, type GatewayOptions } from './gateway';

// What stands behind a gateway is a server of this machine here; one in a sandbox is in expose.real.test.ts.

let gateway: Gateway;
let program: Server;
let seen: IncomingMessage[];
let led: ReturnType<Gateway['lead']>;

async function opened(options: Partial<GatewayOptions> = {}): Promise<void> {
  gateway = await Gateway.open({ url: 'http://{id}.localhost', ...options });
  led = gateway.lead((program.address() as AddressInfo).port);
}

beforeEach(async () => {
  seen = [];
  program = createServer((asked, answer) => {
    seen.push(asked);
    if (asked.url?.startsWith('/slow')) return;
    if (asked.url === '/cut') {
      answer.write('half');
      setImmediate(() => answer.destroy());
      return;
    }
    asked.setEncoding('utf8');
    let body = '';
    asked.on('data', (text) => {
      body += text;
    });
    asked.on('end', () => answer.setHeader('set-cookie', ['a=1', 'b=2']).end(`${asked.url} ${body}`));
  });
  program.listen(0, '127.0.0.1');
  await once(program, 'listening');
});
afterEach(async () => {
  await gateway?.close();
  program.closeAllConnections();
  program.close();
});

interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly host?: string;
}

interface Answered {
  readonly status: number;
  readonly text: string;
  readonly headers: IncomingMessage['headers'];
}

function ask({ path = '/', method = 'GET', headers = {}, body, host }: Asked = {}): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        port: gateway.port,
        path,
        method,
        headers: { host: host ?? new URL(led.url).host, ...headers },
        agent: false,
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (more) => {
          text += more;
        });
        answer.on('end', () => resolve({ status: answer.statusCode!, text, headers: answer.headers }));
        answer.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

const bearer = () => ({ authorization: `Bearer ${led.token}` });
const cookie = () => ({ cookie: `mine=1; drydock-preview=${led.token}; other=2` });

test('a link with the token sends a browser on without it, with a cookie that no page can read', async () => {
  await opened();
  const { pathname, search, host } = new URL(led.url);
  const first = await ask({ path: `/page?a=b&${search.slice(1)}&c` });
  expect([pathname, first.status, first.headers.location]).toEqual(['/', 303, `http://${host}/page?a=b&c`]);
  expect(first.headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
  const [given = ''] = first.headers['set-cookie'] ?? [];
  expect(given).toBe(`drydock-preview=${led.token}; Path=/; HttpOnly; SameSite=Lax`);
  expect(seen).toEqual([]);
  const second = await ask({ path: '/page?a=b&c', headers: { cookie: given.split(';')[0]! } });
  expect(second).toMatchObject({ status: 200, text: '/page?a=b&c ' });
  expect(second.headers['set-cookie']).toEqual(['a=1', 'b=2']);
});

test('what was used for access does not reach the sandbox, and the rest does', async () => {
  await opened();
  await ask({ headers: { ...cookie(), authorization: 'Basic theirs', 'x-own': 'yes' } });
  await ask({ headers: bearer() });
  await ask({ path: `/form?x=1&drydock-token=${led.token}`, method: 'POST', body: 'text' });
  expect(seen.map(({ url }) => url)).toEqual(['/', '/', '/form?x=1']);
  expect(seen[0]!.headers).toMatchObject({
    cookie: 'mine=1; other=2',
    authorization: 'Basic theirs',
    'x-own': 'yes',
    host: new URL(led.url).host,
    'x-forwarded-proto': 'http',
    'x-forwarded-host': new URL(led.url).host,
  });
  expect(seen[1]!.headers).not.toHaveProperty('authorization');
  expect(JSON.stringify(seen.map(({ rawHeaders, url }) => [rawHeaders, url]))).not.toContain(led.token);
});

test('over TLS the cookie is one that no other host can set', async () => {
  await opened({ url: 'https://{id}.preview.example.com/' });
  expect(led.url).toMatch(/^https:\/\/[0-9a-f]{32}\.preview\.example\.com\/\?drydock-token=[\w-]{43}$/);
  const { headers } = await ask({ path: new URL(led.url).search.replace(/^/, '/') });
  expect(headers['set-cookie']).toEqual([
    `__Host-drydock-preview=${led.token}; Path=/; HttpOnly; SameSite=Lax; Secure`,
  ]);
  // That of another name is none.
  expect((await ask({ headers: cookie() })).status).toBe(401);
});

test.each<[string, number, () => Asked]>([
  ['no token', 401, () => ({})],
  ['another token', 401, () => ({ headers: { authorization: 'Bearer another' } })],
  ['an empty token', 401, () => ({ path: '/?drydock-token=' })],
  ['a part of it', 401, () => ({ headers: { authorization: `Bearer ${led.token.slice(1)}` } })],
  ['another in the cookie', 401, () => ({ headers: { cookie: 'drydock-preview=x' } })],
  ['an address of nothing', 404, () => ({ headers: bearer(), host: 'none.localhost' })],
  ['no address', 404, () => ({ headers: bearer(), host: '' })],
  ['the address of another server', 404, () => ({ headers: bearer(), path: 'http://127.0.0.1:1/' })],
  ['the right token', 200, () => ({ headers: bearer() })],
  ['its address in capitals', 200, () => ({ headers: bearer(), host: new URL(led.url).host.toUpperCase() })],
])('with %s the answer is %i', async (_what, status, asked) => {
  await opened();
  expect((await ask(asked())).status).toBe(status);
  expect(seen).toHaveLength(status === 200 ? 1 : 0);
});

test.each<[string, Record<string, string>, number]>([
  ['its own page', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }, 200],
  ['a person', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, 200],
  [
    'a link',
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    200,
  ],
  ['a neighbour’s page', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }, 403],
  [
    'a neighbour’s frame',
    { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    403,
  ],
  ['a neighbour’s script', { origin: 'http://neighbour.localhost' }, 403],
  ['an old browser', {}, 200],
])('with the cookie alone, what %s asks for is answered with %s', async (_what, headers, status) => {
  await opened();
  const { host } = new URL(led.url);
  const named = headers['sec-fetch-mode'] === 'cors' ? { ...headers, origin: `http://${host}` } : headers;
  expect((await ask({ headers: { ...cookie(), ...named } })).status).toBe(status);
  // Who has the token itself is no browser that was led here.
  expect((await ask({ headers: { ...bearer(), ...named } })).status).toBe(200);
});

test('bodies go through whole, of a known length or not, and no part of one is a request', async () => {
  await opened();
  const text = 'x'.repeat(300_000);
  expect((await ask({ method: 'POST', headers: bearer(), body: text })).text).toBe(`/ ${text}`);
  const chunked = { ...bearer(), 'transfer-encoding': 'chunked' };
  expect((await ask({ method: 'PUT', headers: chunked, body: text })).text).toBe(`/ ${text}`);
  const smuggled = 'GET /smuggled HTTP/1.1\r\nhost: x\r\n\r\n';
  expect((await ask({ method: 'GET', headers: chunked, body: smuggled })).text).toBe(`/ ${smuggled}`);
  expect(seen.map(({ url }) => url)).toEqual(['/', '/', '/']);
});

test('an answer that breaks off is broken off, and a program that is not there is 502', async () => {
  await opened();
  await expect(ask({ path: '/cut', headers: bearer() })).rejects.toMatchObject({ code: 'ECONNRESET' });
  program.close();
  program.closeAllConnections();
  expect((await ask({ headers: bearer() })).status).toBe(502);
});

test('more than so many at a time are told to wait, and there is room again when one has gone', async () => {
  await opened({ maxConnections: 2 });
  const [leaving, staying] = ['/slow-leaving', '/slow-staying'].map((path) => {
    const headers = { host: new URL(led.url).host, ...bearer() };
    return request({ port: gateway.port, path, headers, agent: false })
      .on('error', () => {})
      .end();
  });
  while (seen.length < 2) await new Promise(setImmediate);
  const refused = await ask({ headers: bearer() });
  expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1']);
  // Which of the two came first is for the machine to say.
  const gone = once(seen.find(({ url }) => url === '/slow-leaving')!.socket, 'close');
  leaving!.destroy();
  await gone;
  let status = 503;
  while (status === 503) ({ status } = await ask({ headers: bearer() }));
  expect(status).toBe(200);
  staying!.destroy();
});

describe('WebSockets', () => {
  beforeEach(() => {
    new WebSocketServer({ server: program }).on('connection', (socket, asked) => {
      seen.push(asked);
      socket.on('message', (text) => socket.send(`heard ${text}`));
    });
  });

  const socketWith = (headers: Record<string, string>, path = '/') =>
    new WebSocket(`ws://127.0.0.1:${gateway.port}${path}`, {
      headers: { host: new URL(led.url).host, ...headers },
    }).on('error', () => {});

  test('go through with a token, by whichever way it comes, and without one not', async () => {
    await opened();
    const origin = new URL(led.url).origin;
    const ways: (() => WebSocket)[] = [
      () => socketWith(bearer()),
      () => socketWith({ ...cookie(), origin }),
      () => socketWith({}, `/?drydock-token=${led.token}`),
    ];
    for (const way of ways) {
      const socket = way();
      await once(socket, 'open');
      socket.send('hello');
      expect(String((await once(socket, 'message'))[0])).toBe('heard hello');
      socket.close();
    }
    expect(JSON.stringify(seen.map(({ rawHeaders, url }) => [rawHeaders, url]))).not.toContain(led.token);
    for (const [headers, status] of [
      [{}, 401],
      [{ ...cookie(), origin: 'http://neighbour.localhost' }, 403],
      [{ ...bearer(), host: 'none.localhost' }, 404],
    ] as const) {
      const [, answer] = await once(socketWith(headers), 'unexpected-response');
      expect((answer as IncomingMessage).statusCode).toBe(status);
      (answer as IncomingMessage).destroy();
    }
    expect(seen).toHaveLength(3);
  });

  test('end with their exposed port, while another goes on, and all with the gateway', async () => {
    await opened();
    const one = socketWith(bearer());
    await once(one, 'open');
    const ended = led;
    led = gateway.lead((program.address() as AddressInfo).port);
    const other = socketWith(bearer());
    await once(other, 'open');
    ended.end();
    await once(one, 'close');
    other.send('still');
    expect(String((await once(other, 'message'))[0])).toBe('heard still');
    const gone = once(other, 'close');
    await gateway.close();
    await gone;
    expect(() => gateway.lead(1)).toThrow(expect.objectContaining({ code: 'Closed' }));
  });

  test('one whose program is gone is ended', async () => {
    await opened();
    program.close();
    program.closeAllConnections();
    const socket = connect(gateway.port, '127.0.0.1').on('error', () => {});
    const lines = ['GET / HTTP/1.1', `host: ${new URL(led.url).host}`, `authorization: Bearer ${led.token}`];
    socket.write(`${[...lines, 'connection: upgrade', 'upgrade: websocket'].join('\r\n')}\r\n\r\n`);
    await once(socket, 'close');
  });
});

test.each<[unknown, string]>([
  [null, 'options'],
  [{}, 'url'],
  [{ url: 'https://preview.example.com' }, 'url'],
  [{ url: 'https://x{id}.example.com' }, 'url'],
  [{ url: 'https://{id}.example.com/path' }, 'url'],
  [{ url: 'https://example.com/{id}' }, 'url'],
  [{ url: 'ftp://{id}.example.com' }, 'url'],
  [{ url: 'https://{id}.user@example.com' }, 'url'],
  [{ url: 'https://{id}.exa mple.com' }, 'url'],
  [{ url: 'http://{id}.localhost', port: 70_000 }, 'port'],
  [{ url: 'http://{id}.localhost', port: -1 }, 'port'],
  [{ url: 'http://{id}.localhost', maxConnections: 0 }, 'maxConnections'],
])('a gateway of %j is refused', async (options, name) => {
  await opened();
  await expect(Gateway.open(options as GatewayOptions)).rejects.toMatchObject({
    code: 'ArgumentInvalid',
    where: 'Gateway.open',
    found: expect.stringContaining(`${name}: `),
  });
  await expect(Gateway.open({ url: 'http://{id}.localhost', port: gateway.port })).rejects.toMatchObject({
    code: 'ArgumentInvalid',
    found: expect.stringContaining('EADDRINUSE'),
  });
});
