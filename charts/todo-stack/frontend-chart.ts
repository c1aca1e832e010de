import type { Construct } from 'constructs';
import { ConfigBundle, exposureProps, exposureValues } from '../../constructs';
import { text } from '../../core/template';
import { HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { url } from '../outside';
import { globalValues, PORTS, Stack, todoMetadata } from './links';
import { todoValues, VERSION } from './service-values';
import { type TodoServiceProps, todoService } from './todo-service';

/**
 * The values of the frontend's chart.
 *
 * @example
 * // A chart of your own that has it as a subchart.
 * const values = defineValues({ inner: value.subchart(frontendValues) });
 */
export const frontendValues = defineValues({
  global: globalValues,
  ...todoValues({ image: 'todo-frontend', service: 'frontend-svc', cpu: '200m', memory: '256Mi' }),
  backendUrl: url('http://backend-svc:8000', 'Where the backend is (BACKEND_URL)'),
  trustedProxies: value.integer({
    default: 0,
    min: 0,
    max: 5,
    doc: 'How many proxies are in front, whose word on the address of a user counts (TRUSTED_PROXIES); an Ingress is one',
  }),
  nodePort: {
    enabled: value.boolean({
      default: false,
      doc: 'Open a port on every node, to everybody who reaches one: for a cluster on one machine',
    }),
    port: value.integer({
      default: 30000,
      min: 30000,
      max: 32767,
      doc: 'That port; a cluster has each once',
    }),
  },
  ...exposureValues({ host: 'todo.example.com' }),
  secrets: value.secret({
    doc: 'What the frontend needs to trust a session',
    keys: { BETTER_AUTH_SECRET: 'Key that signs sessions, the same as of the backend' },
  }),
});

/**
 * What users see.
 *
 * @example
 * new FrontendChart(app);
 * app.synth();
 */
export class FrontendChart extends HelmChart<typeof frontendValues> {
  constructor(scope: Construct, id = 'frontend', props: TodoServiceProps = {}) {
    const values = frontendValues;
    super(scope, id, {
      ...todoMetadata,
      description: 'The frontend of the todo application',
      appVersion: VERSION,
      values,
    });
    const stack = new Stack(this, values.global);
    const config = new ConfigBundle(this, 'settings', {
      config: { BACKEND_URL: values.backendUrl, TRUSTED_PROXIES: text`${values.trustedProxies}` },
      secrets: { BETTER_AUTH_SECRET: values.secrets.key('BETTER_AUTH_SECRET') },
    });
    todoService(this, 'frontend', stack, values, {
      ...props,
      env: config.env('BETTER_AUTH_SECRET', 'BACKEND_URL', 'TRUSTED_PROXIES'),
      // Where Next.js keeps pages that it has rendered.
      writable: ['/tmp', '/app/.next/cache'],
      nodePort: values.nodePort,
      ...exposureProps(values),
      allowTo: [stack.member('backend', { port: PORTS.backend })],
    });
  }
}
