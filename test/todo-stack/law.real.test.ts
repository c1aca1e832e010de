import { TodoSecretsChart, TodoStackChart } from '../../charts';
import { deliveredStack } from '../../charts/todo-stack/testing-only/delivered-stack';
import { Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { LawEngine } from '../laws/engine';
import { HelmLaw, type LawCase } from '../laws/helm-law';

const existing = { secrets: { existingSecret: 'todo-secrets' } };

/** The stack with a Secret that exists, and what a case says on top. */
function given(more: Readonly<Record<string, JsonObject>> = {}): LawCase {
  const { frontend, backend, 'ai-agent': aiAgent, postgres, ...others } = more;
  return {
    values: {
      ...others,
      frontend: { ...existing, ...frontend },
      backend: { ...existing, ...backend },
      'ai-agent': { ...existing, ...aiAgent },
      postgres: { ...existing, ...postgres },
    },
  };
}

const ingress = { enabled: true, host: 'todo.example.org', className: 'nginx' };
const both = { backendToMcpServer: true, mcpServerToAiAgent: true };

describe.each(['helm-4', 'helm-3'] as const)('the todo stack under %s', (version) => {
  let engine: LawEngine;
  let law: HelmLaw;

  beforeAll(async () => {
    engine = await LawEngine.start(version);
    law = await HelmLaw.of(new TodoStackChart(Testing.app()), engine);
  }, 600_000);

  afterAll(() => engine?.stop());

  const equal: readonly [string, LawCase][] = [
    ['an existing Secret', given()],
    ['another release', { ...given(), release: { name: 'second', namespace: 'todo' } }],
    [
      'secrets given',
      {
        values: {
          frontend: { secrets: { BETTER_AUTH_SECRET: 'a"b' } },
          backend: { secrets: { BETTER_AUTH_SECRET: 'a"b', DATABASE_URL: 'postgres://u:p@h/d?x={{ y }}' } },
          'ai-agent': { secrets: { OPENAI_API_KEY: '0777' } },
        },
      },
    ],
    ['the links of the drawing', given({ global: { links: both } })],
    ['one of them', given({ global: { links: { ...both, mcpServerToAiAgent: false } } })],
    ['a DNS cache on each node', given({ global: { dns: { nodeRanges: [] } } })],
    ['a stack of charts', given({ global: { stack: 'one' } })],
    ['an ingress without TLS', given({ frontend: { ingress: { ...ingress, tls: { enabled: false } } } })],
    [
      'load balancers outside of the cluster',
      given({ frontend: { ingress: { ...ingress, controllerRanges: ['35.191.0.0/16', '130.211.0.0/22'] } } }),
    ],
    [
      'a node port and another name',
      given({ frontend: { nodePort: { enabled: true }, serviceName: 'web' } }),
    ],
    [
      'autoscaling of three',
      given({ backend: { replicas: 3, autoscaling: { enabled: true, maxReplicas: 9 } } }),
    ],
    [
      'other amounts',
      given({ 'mcp-server': { resources: { cpu: '1.5', memory: '1Gi' }, image: { tag: '2.0.0-0123456' } } }),
    ],
    [
      'a database in a private network',
      given({ backend: { database: { cidr: '10.4.0.0/16', port: 6432 } } }),
    ],
    ['a database beside it', given({ postgres: { enabled: true } })],
    [
      'that database on a class of storage, as another user',
      given({
        postgres: { enabled: true, user: 70, storage: { size: '5Gi', className: 'fast' } },
        backend: { migration: { command: ['alembic', 'upgrade', 'head'] } },
      }),
    ],
    [
      'no migration, a model elsewhere and a proxy in front',
      given({
        frontend: { trustedProxies: 2 },
        backend: { migration: { enabled: false } },
        'ai-agent': { model: { url: 'http://model.example.com:8003/v1', name: 'llama3.1:8b' } },
      }),
    ],
  ];
  test.each(equal)('means the same with %s', async (_, one) => {
    expect(await law.expect(one)).toBe('equal');
  });

  const refused: readonly [string, LawCase][] = [
    ['no secrets', { values: {} }],
    ['half of a secret', given({ backend: { secrets: { DATABASE_URL: 'x' } } })],
    ['a moving tag', given({ backend: { image: { tag: 'latest' } } })],
    ['fewer pods than none', given({ frontend: { replicas: -1 } })],
    ['a node port that no node opens', given({ frontend: { nodePort: { enabled: true, port: 80 } } })],
    ['a range that is an address', given({ backend: { database: { cidr: '10.4.0.1' } } })],
    ['an invalid address', given({ backend: { authUrl: 'todo.example.com' } })],
    ['a database without a password', given({ postgres: { enabled: true, secrets: {} } })],
    ['a migration of no words', given({ backend: { migration: { command: [] } } })],
    ['an unknown service', given({ cache: {} })],
    ['an unknown value of a service', given({ backend: { replica: 2 } })],
  ];
  test.each(refused)('is refused by both with %s', async (_, one) => {
    expect(await law.expect(one)).toBe('both refuse');
  });

  test('delivered step by step it means the same, with an analysis that is told a value', async () => {
    const delivered = await HelmLaw.of(deliveredStack(Testing.app()), engine);
    const backend = { replicas: 4, image: { tag: '2.0.0-0123456' } };
    expect(await delivered.expect(given({ backend, frontend: { ingress } }))).toBe('equal');
    expect(await delivered.expect(given({ backend: { image: { tag: 'latest' } } }))).toBe('both refuse');
  });

  test('the chart of its external secrets means the same', async () => {
    const secrets = await HelmLaw.of(new TodoSecretsChart(Testing.app()), engine);
    const others: readonly JsonObject[] = [
      {},
      { secretName: 'mine', store: 'vault', path: 'a/b', refreshInterval: '5m' },
    ];
    for (const values of others) expect(await secrets.expect({ values })).toBe('equal');
    expect(await secrets.expect({ values: { path: 'a b' } })).toBe('both refuse');
  });
});
