import { request } from 'node:http';
import type { SmallServer } from '../../controller/serve/small-server';
import type { Plan } from '../../deploy';
import type { Stored } from '../../kube';
import type { Application } from '../api/application';
import { GitopsError } from '../errors';
import { Busy } from './page-data';
import { type PageServerOptions, startPageServer } from './page-server';

/** What the page answers, and to whom. */

const HOSTILE = `<script>alert(1)</script>"'><img src=x>`;
const app = {
  ...{ apiVersion: 'ajj.io/v1', kind: 'Application' },
  metadata: { name: 'shop', namespace: 'here', uid: 'u', resourceVersion: '1' },
  spec: { source: { url: 'https://example.com/x', branch: HOSTILE, path: HOSTILE } },
  status: {
    ...{ phase: 'Failed', sync: 'OutOfSync', message: HOSTILE, lastAppliedRevision: HOSTILE },
    history: [{ revision: HOSTILE, at: HOSTILE, outcome: 'Failed', message: HOSTILE }],
    clusters: [{ name: 'east', phase: 'Failed', sync: 'OutOfSync', health: 'Unknown', message: HOSTILE }],
  },
} as unknown as Stored<Application>;
const object = {
  group: '',
  kind: HOSTILE,
  namespace: HOSTILE,
  name: HOSTILE,
  state: 'failed',
  why: HOSTILE,
} as const;
const plan: Plan = {
  ...{ release: 'a', namespace: 'here', leftOut: [], problems: [] },
  objects: [
    {
      ...{ action: 'change', group: '', kind: HOSTILE, name: HOSTILE, note: HOSTILE, taken: [] },
      changes: [{ path: HOSTILE, before: HOSTILE, after: { a: HOSTILE }, hidden: false, owners: [] }],
    },
  ],
};

let server: SmallServer;
let trouble: Error | undefined;
const data: PageServerOptions['data'] = {
  all: () => [app],
  get: (namespace, name) => (namespace === 'here' && name === 'shop' ? app : undefined),
  clustersOf: async () => {
    if (trouble) throw trouble;
    return [{ cluster: 'east', objects: [object, object], edges: [[0, 1]], trouble: HOSTILE }];
  },
  diffOf: async () => {
    if (trouble) throw trouble;
    return {
      ...{ application: 'here/shop', repository: 'x', asked: 'x', revision: HOSTILE, outcome: 'refused' },
      refused: { code: 'A', where: HOSTILE, found: HOSTILE, expected: HOSTILE, remedy: HOSTILE },
      policy: [
        {
          ...{ by: HOSTILE, mode: 'strict' },
          findings: [{ rule: HOSTILE, object: HOSTILE, field: HOSTILE, why: HOSTILE, fix: HOSTILE }],
          failure: { code: 'A', where: HOSTILE, found: HOSTILE, expected: HOSTILE, remedy: HOSTILE },
        },
      ],
      clusters: [{ cluster: HOSTILE, plan }],
    };
  },
};
beforeEach(async () => {
  trouble = undefined;
  server = await startPageServer({ port: 0, host: '127.0.0.1', names: ['flow.example.com'], data });
});
afterEach(() => server.close());

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

function ask(path: string, { method = 'GET', host = 'localhost' } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { port: server.port, host: '127.0.0.1', path, method, headers: { host } },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end();
  });
}

const PAGES = ['/', '/applications/here/shop', '/applications/here/shop/diff'] as const;

test.each(PAGES)(
  '%s has what others have written as text alone, and a policy that lets nothing else in',
  async (path) => {
    const { status, headers, text } = await ask(path);
    expect(status).toBe(200);
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).not.toMatch(/<script>|<img|<[^>]*["']>\s*<img/);
    expect(text.match(/<script[^>]*>/g)).toEqual(['<script src="/page.js" defer>']);
    expect(text).not.toMatch(/ style="| on\w+="|https?:\/\/(?!example\.com\/x)/);
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'self'; script-src 'self';/,
    );
    expect(headers['content-security-policy']).not.toMatch(/unsafe|\*|data:/);
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
  },
);

test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s is refused', async (method) => {
  for (const path of PAGES) expect(await ask(path, { method })).toMatchObject({ status: 405 });
});

test.each<[string, number]>([
  ['localhost', 200],
  ['localhost:8082', 200],
  ['127.0.0.1:1', 200],
  ['[::1]:8082', 200],
  ['flow.example.com', 200],
  ['FLOW.example.com:443', 200],
  ['evil.example.com', 421],
  ['localhost.evil.example.com', 421],
])('asked for by the name %j it answers with %i', async (host, status) => {
  expect(await ask('/', { host })).toMatchObject({ status });
});

test.each([
  '/applications/here/other',
  '/applications/here/shop/',
  '/applications/here',
  '/../etc/passwd',
  '/applications/%2e%2e/x',
  '/constructor',
  '/<script>',
])('%s is no page', async (path) => {
  const { status, text } = await ask(path);
  expect(status).toBe(404);
  expect(text).not.toContain(path.slice(1, 30) === '<script>' ? '<script>' : 'passwd');
});

test('its parts are there', async () => {
  for (const [path, type] of [
    ['/page.css', 'text/css'],
    ['/page.js', 'text/javascript'],
    ['/icon.svg', 'image/svg+xml'],
  ] as const)
    expect((await ask(path)).headers['content-type']).toContain(type);
});

test('a cause of ours is told, and another one is not', async () => {
  const facts = { where: 'Cluster here/east', found: 'nothing', expected: 'an answer', remedy: 'wait' };
  trouble = new GitopsError('CLUSTER_UNREACHABLE', facts);
  expect(await ask(PAGES[1])).toMatchObject({
    status: 200,
    text: expect.stringContaining('Cluster here/east'),
  });
  expect(await ask(PAGES[2])).toMatchObject({
    status: 502,
    text: expect.stringContaining('Cluster here/east'),
  });
  trouble = new Error('token abc');
  const { status, text } = await ask(PAGES[1]);
  expect([status, text.includes('abc')]).toEqual([502, false]);
  trouble = new Busy();
  expect(await ask(PAGES[2])).toMatchObject({ status: 503 });
});
