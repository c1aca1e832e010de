import type { Construct } from 'constructs';
import { ConfigBundle } from '../../constructs';
import { HelmChart } from '../../core/tree';
import { defineValues } from '../../core/values';
import { url } from '../outside';
import { globalValues, links, PORTS, Stack, todoMetadata } from './links';
import { todoValues, VERSION } from './service-values';
import { type TodoServiceProps, todoService } from './todo-service';

/**
 * The values of the MCP server's chart.
 *
 * @example
 * // A chart of your own that has it as a subchart.
 * const values = defineValues({ inner: value.subchart(mcpServerValues) });
 */
export const mcpServerValues = defineValues({
  global: { ...globalValues, links },
  ...todoValues({ image: 'todo-mcp-server', service: 'mcp-svc', cpu: '200m', memory: '256Mi' }),
  backendUrl: url('http://backend-svc:8000', 'Where the backend is (BACKEND_URL)'),
});

/**
 * The tools that the AI agent uses, each a call to the backend.
 *
 * @example
 * new McpServerChart(app);
 * app.synth();
 */
export class McpServerChart extends HelmChart<typeof mcpServerValues> {
  constructor(scope: Construct, id = 'mcp-server', props: TodoServiceProps = {}) {
    const values = mcpServerValues;
    super(scope, id, {
      ...todoMetadata,
      description: 'The MCP server of the todo application',
      appVersion: VERSION,
      values,
    });
    const stack = new Stack(this, values.global);
    const config = new ConfigBundle(this, 'settings', { config: { BACKEND_URL: values.backendUrl } });
    todoService(this, 'mcp-server', stack, values, {
      ...props,
      env: config.env('BACKEND_URL'),
      allowFrom: [
        stack.member('ai-agent'),
        stack.member('backend', { enabled: values.global.links.backendToMcpServer }),
      ],
      allowTo: [
        stack.member('backend', { port: PORTS.backend }),
        stack.member('ai-agent', {
          port: PORTS['ai-agent'],
          enabled: values.global.links.mcpServerToAiAgent,
        }),
      ],
    });
  }
}
