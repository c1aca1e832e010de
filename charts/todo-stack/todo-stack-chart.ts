import type { Construct } from 'constructs';
import { HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { AiAgentChart, aiAgentValues } from './ai-agent-chart';
import { BackendChart, backendValues } from './backend-chart';
import { FrontendChart, frontendValues } from './frontend-chart';
import { globalValues, links, todoMetadata } from './links';
import { McpServerChart, mcpServerValues } from './mcp-server-chart';
import { PostgresChart, postgresValues } from './postgres-chart';
import { VERSION } from './service-values';
import type { TodoServiceProps } from './todo-service';

/**
 * The values of the whole stack: those of each service under its name.
 *
 * @example
 * // A chart of your own that has it as a subchart.
 * const values = defineValues({ inner: value.subchart(todoStackValues) });
 */
export const todoStackValues = defineValues({
  global: { ...globalValues, links },
  frontend: value.subchart(frontendValues),
  backend: value.subchart(backendValues),
  'mcp-server': value.subchart(mcpServerValues),
  'ai-agent': value.subchart(aiAgentValues),
  postgres: value.subchart(postgresValues, { enabled: false }),
});

const onTheMachine = { replicas: 1, image: { pullPolicy: 'Never' } } as const;

function inProduction<const N extends string>(name: N) {
  return {
    replicas: 3,
    image: { repository: `registry.example.com/todo/${name}` },
    autoscaling: { enabled: true, minReplicas: 3 },
  } as const;
}

const existing = { secrets: { existingSecret: 'todo-secrets' } } as const;

/** What a program says of the services, each under its name. */
export interface TodoStackProps {
  /**
   * What users see.
   * @default - nothing beside its values
   */
  readonly frontend?: TodoServiceProps;
  /**
   * The API.
   * @default - nothing beside its values
   */
  readonly backend?: TodoServiceProps;
  /**
   * The tools of the agent.
   * @default - nothing beside its values
   */
  readonly 'mcp-server'?: TodoServiceProps;
  /**
   * The chat.
   * @default - nothing beside its values
   */
  readonly 'ai-agent'?: TodoServiceProps;
}

/**
 * The todo application: frontend, backend, MCP server and AI agent, each a chart of its own under this one, and a
 * database for a first try where `postgres.enabled` says so.
 *
 * @example
 * new TodoStackChart(app, 'todo-app', {
 *   backend: { delivery: { canary: { steps: [{ setWeight: 25 }, { pause: { duration: '10m' } }] } } },
 * });
 * app.synth();
 */
export class TodoStackChart extends HelmChart<typeof todoStackValues> {
  constructor(scope: Construct, id = 'todo-app', props: TodoStackProps = {}) {
    super(scope, id, {
      ...todoMetadata,
      appVersion: VERSION,
      description: 'The todo application: four services that reach each other and nothing else',
      values: todoStackValues,
      environments: {
        // Images built into the node of a local cluster, which no registry has.
        dev: {
          frontend: { ...onTheMachine, nodePort: { enabled: true } },
          backend: onTheMachine,
          'mcp-server': onTheMachine,
          'ai-agent': onTheMachine,
        },
        prod: {
          frontend: {
            ...inProduction('frontend'),
            ...existing,
            ingress: { enabled: true },
            trustedProxies: 1,
          },
          backend: { ...inProduction('backend'), ...existing, authUrl: 'https://todo.example.com' },
          'mcp-server': inProduction('mcp-server'),
          'ai-agent': { ...inProduction('ai-agent'), ...existing },
        },
      },
    });
    new FrontendChart(this, 'frontend', props.frontend);
    new BackendChart(this, 'backend', props.backend);
    new McpServerChart(this, 'mcp-server', props['mcp-server']);
    new AiAgentChart(this, 'ai-agent', props['ai-agent']);
    new PostgresChart(this);
  }
}
