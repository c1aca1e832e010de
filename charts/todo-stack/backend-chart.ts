import type { Construct } from 'constructs';
import { ConfigBundle, Migration, type MigrationProps, type Peer, serviceProps } from '../../constructs';
import { HelmChart, when } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { outside, outsideValues, url } from '../outside';
import { globalValues, links, MIGRATION, PORTS, Stack, todoMetadata } from './links';
import { todoValues, VERSION } from './service-values';
import { type TodoServiceProps, todoService } from './todo-service';

/**
 * The values of the backend's chart.
 *
 * @example
 * // A chart of your own that has it as a subchart.
 * const values = defineValues({ inner: value.subchart(backendValues) });
 */
export const backendValues = defineValues({
  global: { ...globalValues, links: { backendToMcpServer: links.backendToMcpServer } },
  ...todoValues({ image: 'todo-backend', service: 'backend-svc', cpu: '500m', memory: '512Mi' }),
  authUrl: url('http://localhost:30000', 'Where users reach the application (BETTER_AUTH_URL)'),
  aiAgentUrl: url('http://ai-svc:8002', 'Where the AI agent is (AI_AGENT_URL)'),
  database: outsideValues(PORTS.postgres, 'the database'),
  migration: {
    enabled: value.boolean({
      default: true,
      doc: 'Bring the database to what this version expects, by a Job of the release',
    }),
    command: value.list(value.string({ doc: 'A word' }), {
      default: ['node', '/app/todo-backend/main.js', 'migrate'],
      minItems: 1,
      doc: "What does that, in the backend's image; it has to do nothing where nothing is left to do",
    }),
  },
  secrets: value.secret({
    doc: 'What the backend needs to reach the database and to trust a session',
    keys: {
      DATABASE_URL: 'Connection string of the database',
      BETTER_AUTH_SECRET: 'Key that signs sessions, the same as of the frontend',
    },
  }),
});

/**
 * The API of the application, in front of the database.
 *
 * @example
 * new BackendChart(app);
 * app.synth();
 */
export class BackendChart extends HelmChart<typeof backendValues> {
  constructor(scope: Construct, id = 'backend', props: TodoServiceProps = {}) {
    const values = backendValues;
    super(scope, id, {
      ...todoMetadata,
      description: 'The backend of the todo application',
      appVersion: VERSION,
      values,
    });
    const stack = new Stack(this, values.global);
    const config = new ConfigBundle(this, 'settings', {
      config: { BETTER_AUTH_URL: values.authUrl, AI_AGENT_URL: values.aiAgentUrl },
      secrets: {
        DATABASE_URL: values.secrets.key('DATABASE_URL'),
        BETTER_AUTH_SECRET: values.secrets.key('BETTER_AUTH_SECRET'),
      },
    });
    const database = outside(values.database);
    when(values.migration.enabled, () => this.migrate(stack, config.env('DATABASE_URL'), database));
    todoService(this, 'backend', stack, values, {
      ...props,
      env: config.env('DATABASE_URL', 'BETTER_AUTH_SECRET', 'BETTER_AUTH_URL', 'AI_AGENT_URL'),
      allowFrom: [stack.member('frontend'), stack.member('mcp-server')],
      allowTo: [
        stack.member('ai-agent', { port: PORTS['ai-agent'] }),
        stack.member('mcp-server', {
          port: PORTS['mcp-server'],
          enabled: values.global.links.backendToMcpServer,
        }),
        database,
      ],
    });
  }

  private migrate(stack: Stack, env: MigrationProps['env'], database: Peer): void {
    const values = backendValues;
    const { dns, user } = values.global;
    const { image, imagePullPolicy, imagePullSecrets, nodeSelector, tolerations, affinity } = serviceProps({
      ...values,
      dns,
    });
    new Migration(this, MIGRATION, {
      ...{ image, imagePullPolicy, imagePullSecrets, nodeSelector, tolerations, affinity },
      command: [...values.migration.command],
      env,
      resources: { cpu: '50m', memory: '128Mi' },
      user,
      labels: stack.labels,
      dns,
      allowTo: [database],
    });
  }
}
