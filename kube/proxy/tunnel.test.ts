import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ConfigMap } from '../../imports/k8s';
import type { ConnectOptions } from '../connection';
import { get } from '../get';
import { resource } from '../resource';
import { type Certificates, makeCertificates } from '../testing-only/certificates';
import { failureOf } from '../testing-only/failure';
import {
  configTo,
  connectTo,
  type ScriptedServer,
  scriptedServer,
  sendJson,
} from '../testing-only/scripted-server';
import { type TunnelProxy, tunnelProxy } from '../testing-only/tunnel-proxy';
import { watch } from '../watch/watch';
import { TunnelAgent } from './tunnel';

jest.setTimeout(120_000);

const configMaps = resource<ConfigMap>('v1', 'ConfigMap');
const object = { metadata: { name: 'a', uid: 'u', resourceVersion: '1' } };
/** An address that leads nowhere (RFC 5737), which one of the certificates is for. */
const elsewhere = 'https://192.0.2.1:6443';

let certificates: Certificates;
let server: ScriptedServer;
const proxies: TunnelProxy[] = [];
beforeAll(async () => {
  certificates = await makeCertificates();
});
beforeEach(async () => {
  server = await scriptedServer((seen, response) => {
    if (!seen.query.has('watch')) return sendJson(response, 200, object);
    response.writeHead(200);
    return response.flushHeaders();
  }, certificates.otherHost);
});
afterEach(async () => {
  await server.close();
  for (const proxy of proxies.splice(0)) await proxy.close();
});

async function proxyOf(answer?: string, tls?: Certificates['good']): Promise<TunnelProxy> {
  const { port } = server.server.address() as AddressInfo;
  const proxy = await tunnelProxy(port, answer, tls);
  proxies.push(proxy);
  return proxy;
}
const connect = (options: Partial<ConnectOptions>) => connectTo(elsewhere, options, certificates.otherHost);

test('the proxy of the environment leads calls and watches to the server, whose certificate is checked', async () => {
  const proxy = await proxyOf();
  const connection = connect({ env: { HTTPS_PROXY: proxy.host } });
  expect(await get(connection, configMaps, { name: 'a' })).toMatchObject(object);
  expect(await get(connection, configMaps, { name: 'a' })).toMatchObject(object);
  expect(proxy.asked).toEqual(['CONNECT 192.0.2.1:6443 HTTP/1.1\r\nHost: 192.0.2.1:6443\r\n\r\n']);
  const watching = watch(connection, configMaps, { timing: { stallMs: 60_000 } });
  while (watching.status().phase !== 'watching') await new Promise(setImmediate);
  // The calls share one tunnel; the watch has its own.
  expect(proxy.asked).toHaveLength(2);
  connection.close();
  while (proxy.open() > 0) await new Promise(setImmediate);
  const stranger = connectTo(elsewhere, { env: { HTTPS_PROXY: proxy.host } }, certificates.good);
  expect(await get(stranger, configMaps, { name: 'a' })).toMatchObject(object);
  stranger.close();
  const wrong = { ...certificates.good, ca: certificates.strangerCa };
  const mistrusting = connectTo(elsewhere, { env: { HTTPS_PROXY: proxy.host } }, wrong);
  expect(await failureOf(() => get(mistrusting, configMaps, { name: 'a' }))).toMatchObject({
    code: 'CERTIFICATE_UNTRUSTED',
    effect: 'none',
  });
  mistrusting.close();
});

test('calls through a proxy have as many places as others, and no more tunnels than that', async () => {
  let [open, most] = [0, 0];
  const counted = await scriptedServer((_seen, response) => {
    open += 1;
    most = Math.max(most, open);
    setTimeout(() => {
      open -= 1;
      sendJson(response, 200, object);
    }, 5);
  }, certificates.otherHost);
  const { port } = counted.server.address() as AddressInfo;
  const limited = await tunnelProxy(port);
  proxies.push(limited);
  const connection = connect({ env: { HTTPS_PROXY: limited.host }, maxCalls: 3 });
  await Promise.all(Array.from({ length: 20 }, () => get(connection, configMaps, { name: 'a' })));
  expect([most, limited.asked.length]).toEqual([3, 3]);
  connection.close();
  await counted.close();
});

test('a proxy may want TLS and a password; the password is in no message', async () => {
  const proxy = await proxyOf(undefined, certificates.good);
  const connection = connect({ env: { https_proxy: `https://me:p%40ss@${proxy.host}` } });
  expect(await get(connection, configMaps, { name: 'a' })).toMatchObject(object);
  expect(proxy.asked[0]).toContain(
    `Proxy-Authorization: Basic ${Buffer.from('me:p@ss').toString('base64')}\r\n`,
  );
  connection.close();
  const refusing = await proxyOf('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
  const refused = connect({ env: { HTTPS_PROXY: `http://me:s3cret@${refusing.host}` } });
  const error = await failureOf(() => get(refused, configMaps, { name: 'a' }));
  expect(error).toMatchObject({ code: 'UNREACHABLE', where: `proxy ${refusing.host}`, effect: 'none' });
  expect(error.message).toContain('407');
  expect(error.message).not.toContain('s3cret');
  refused.close();
});

test('a proxy that wants TLS hears by which name it is called', async () => {
  const called: string[] = [];
  const SNICallback = (name: string, done: (error: null) => void) => {
    called.push(name);
    done(null);
  };
  const proxy = await proxyOf(undefined, { ...certificates.good, SNICallback } as Certificates['good']);
  const host = proxy.host.replace('127.0.0.1', 'localhost');
  const connection = connect({ env: { HTTPS_PROXY: `https://${host}` } });
  // Its certificate is for another name, which is found after it was called by this one.
  expect(await failureOf(() => get(connection, configMaps, { name: 'a' }))).toMatchObject({
    code: 'UNREACHABLE',
    where: `proxy ${host}`,
  });
  expect([...new Set(called)]).toEqual(['localhost']);
  connection.close();
});

test('the proxy of the environment leads to a server without TLS too', async () => {
  const plain = await scriptedServer((_seen, response) => sendJson(response, 200, object));
  const proxy = await tunnelProxy((plain.server.address() as AddressInfo).port);
  proxies.push(proxy);
  const connection = connectTo('http://192.0.2.1:8080', {
    env: { HTTP_PROXY: proxy.host },
    deadlineMs: 20_000,
  });
  try {
    expect(await get(connection, configMaps, { name: 'a' })).toMatchObject(object);
    expect(proxy.asked[0]).toMatch(/^CONNECT 192\.0\.2\.1:8080 /);
  } finally {
    connection.close();
    await plain.close();
  }
});

test('the proxy of the kubeconfig goes before that of the environment', async () => {
  const [named, other] = [await proxyOf(), await proxyOf()];
  const config = configTo(elsewhere, certificates.otherHost);
  const cluster = { ...config.getCurrentCluster()!, proxyUrl: `http://${named.host}` };
  const kubeconfig = Object.create(config, { getCurrentCluster: { value: () => cluster } });
  const connection = connect({ kubeconfig, env: { HTTPS_PROXY: other.host } });
  expect(await get(connection, configMaps, { name: 'a' })).toMatchObject(object);
  expect([named.asked.length, other.asked.length]).toEqual([1, 0]);
  connection.close();
});

test.each([
  ['of a kind that is not known', 'ftp://me:s3cret@127.0.0.1:21'],
  ['with an account that escapes nothing', 'http://me:s3cret%er@127.0.0.1:21'],
])('a proxy %s is refused before any call, without its password', (_what, HTTPS_PROXY) => {
  expect(() => connect({ env: { HTTPS_PROXY } })).toThrow(
    expect.objectContaining({ code: 'KUBECONFIG_INVALID', message: expect.not.stringContaining('s3cret') }),
  );
});

test('an account for a proxy is given to it as it is, whatever has to be escaped in it', async () => {
  const proxy = await proxyOf();
  const connection = connect({ env: { HTTPS_PROXY: `http://me%40work:s3cret%25%3A@${proxy.host}` } });
  expect(await get(connection, configMaps, { name: 'a' })).toMatchObject(object);
  const account = Buffer.from('me@work:s3cret%:').toString('base64');
  expect(proxy.asked[0]).toContain(`Proxy-Authorization: Basic ${account}\r\n`);
  connection.close();
});

/** What becomes of a request through an agent with a limit of its own. */
function tried(agent: TunnelAgent): Promise<unknown> {
  return new Promise((resolve) => {
    const outgoing = request({ host: '192.0.2.1', port: 6443, path: '/', agent });
    outgoing.on('response', (response) => resolve(response.statusCode));
    outgoing.on('error', resolve);
    outgoing.end();
  });
}

test.each([
  ['says nothing', '', 'within 200 ms'],
  ['is no proxy', 'SSH-2.0-OpenSSH_9.6\r\n\r\n', 'no HTTP'],
  ['never ends its head', 'HTTP/1.1 200 OK\r\n'.padEnd(70_000, 'x'), 'no HTTP'],
  ['opens a tunnel behind which nobody speaks', 'HTTP/1.1 200 OK\r\n\r\n', 'within 200 ms'],
])('a proxy that %s costs no connection for ever', async (_what, answer, found) => {
  const proxy = await proxyOf(answer);
  const agent = new TunnelAgent(new URL(`http://${proxy.host}`), {}, 200);
  expect(await tried(agent)).toMatchObject({ code: 'UNREACHABLE', found: expect.stringContaining(found) });
  while (proxy.open() > 0) await new Promise(setImmediate);
});

test('a proxy that is not there, or hangs up, is told as the proxy; destroying the agent ends what is being opened', async () => {
  const gone = await proxyOf();
  await gone.close();
  proxies.pop();
  const away = new TunnelAgent(new URL(`http://${gone.host}`), {});
  expect(await tried(away)).toMatchObject({ code: 'UNREACHABLE', where: `proxy ${gone.host}` });
  const silent = await proxyOf('');
  const agent = new TunnelAgent(new URL(`http://${silent.host}`), {});
  const trying = tried(agent);
  while (silent.asked.length === 0) await new Promise(setImmediate);
  agent.destroy();
  expect(await trying).toMatchObject({ code: 'UNREACHABLE', found: 'a connection that was closed' });
  while (silent.open() > 0) await new Promise(setImmediate);
});
