import { dnsValues, labelsFor, Peer } from '../../constructs';
import type { Expression } from '../../core/template';
import { type HelmChart, KubeObject, release } from '../../core/tree';
import { type Values, value } from '../../core/values';
import { maintained } from '../metadata';

/** The services, each the main component of the chart that is called like it, and their ports. */
export const PORTS = {
  frontend: 3000,
  backend: 8000,
  'mcp-server': 8001,
  'ai-agent': 8002,
  postgres: 5432,
} as const;
export type Service = keyof typeof PORTS;
/** What brings the database to what the backend expects: a component of the backend's chart. */
export const MIGRATION = 'migrate';

/** What all charts of the stack are a part of, also where they are installed one by one. */
const TODO_APP = 'todo-app';

/** What its charts say of themselves. */
export const todoMetadata = {
  ...maintained,
  partOf: TODO_APP,
  home: 'https://todo.example.com',
  icon: 'https://todo.example.com/icon.svg',
  sources: ['https://git.example.com/todo'],
  keywords: ['todo', 'tasks', 'chat'],
} as const;

const STACK_LABEL = 'todo.drydock.dev/stack';
const COMPONENT = 'app.kubernetes.io/component';

const backendToMcpServer = value.boolean({
  default: false,
  doc: 'Let the backend call the MCP server, as the drawing of the plan has it',
});
const mcpServerToAiAgent = value.boolean({
  default: false,
  doc: 'Let the MCP server call the AI agent, as the drawing of the plan has it',
});

/** The links that are closed unless a value opens them; each chart declares those that it has an end of. */
export const links = { backendToMcpServer, mcpServerToAiAgent } as const;

/** What all charts of the stack are told alike; each declares it, so that each can be installed alone. */
export const globalValues = {
  dns: dnsValues(),
  stack: value.dnsName({
    optional: true,
    doc: 'The stack that a service belongs to, where its charts are installed one by one; else the release',
  }),
  user: value.integer({
    default: 1000,
    min: 1,
    max: 65_534,
    doc: 'The uid and gid that the images are made for',
  }),
  testImage: value.image({
    default: 'docker.io/library/busybox:1.37.0',
    doc: 'An image with wget and timeout, which `helm test` asks the services with',
  }),
} as const;

export type Global = Values<{ readonly global: typeof globalValues }>['global'];

/** How the services of one stack know each other: by a label that only they have. */
export class Stack {
  readonly labels: Readonly<Record<string, Expression<string>>>;

  constructor(chart: HelmChart, { stack }: Pick<Global, 'stack'>) {
    this.labels = { [STACK_LABEL]: chart.helper('stack', stack.orElse(release.name) as Expression<string>) };
  }

  /** The pods of another service. One that is called is called on its port; one that calls may call ours. */
  member(
    service: Service | typeof MIGRATION,
    options: { port?: number; enabled?: Expression<boolean> } = {},
  ): Peer {
    return Peer.pods({ [COMPONENT]: service, ...this.labels }, options);
  }

  /** Lets another service call one that it cannot know of, since that may be absent: policies add to each other. */
  letCall(chart: HelmChart, caller: Service | typeof MIGRATION, called: Service): void {
    const id = `from-${caller}`;
    new KubeObject(chart, id, {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: chart.nameFor(id), labels: labelsFor(chart, called) },
      spec: {
        podSelector: { matchLabels: { [COMPONENT]: caller, ...this.labels } },
        policyTypes: ['Egress'],
        egress: [{ to: this.member(called).who, ports: [{ port: PORTS[called], protocol: 'TCP' }] }],
      },
    });
  }
}
