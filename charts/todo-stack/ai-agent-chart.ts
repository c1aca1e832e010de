import type { Construct } from 'constructs';
import { ConfigBundle } from '../../constructs';
import { HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { modelValues, outside, url } from '../outside';
import { globalValues, links, PORTS, Stack, todoMetadata } from './links';
import { todoValues, VERSION } from './service-values';
import { type TodoServiceProps, todoService } from './todo-service';

/**
 * The values of the AI agent's chart.
 *
 * @example
 * // A chart of your own that has it as a subchart.
 * const values = defineValues({ inner: value.subchart(aiAgentValues) });
 */
export const aiAgentValues = defineValues({
  global: { ...globalValues, links: { mcpServerToAiAgent: links.mcpServerToAiAgent } },
  ...todoValues({ image: 'todo-ai-agent', service: 'ai-svc', cpu: '200m', memory: '256Mi' }),
  mcpServerUrl: url('http://mcp-svc:8001', 'Where the MCP server is (MCP_SERVER_URL)'),
  model: modelValues({ url: 'OPENAI_BASE_URL', name: 'OPENAI_MODEL' }),
  secrets: value.secret({
    doc: 'What the AI agent needs to ask the model',
    keys: { OPENAI_API_KEY: 'Key for the model' },
  }),
});

/**
 * What answers in the chat: it asks a model, which uses the tools of the MCP server.
 *
 * @example
 * new AiAgentChart(app);
 * app.synth();
 */
export class AiAgentChart extends HelmChart<typeof aiAgentValues> {
  constructor(scope: Construct, id = 'ai-agent', props: TodoServiceProps = {}) {
    const values = aiAgentValues;
    super(scope, id, {
      ...todoMetadata,
      description: 'The AI agent of the todo application',
      appVersion: VERSION,
      values,
    });
    const stack = new Stack(this, values.global);
    const config = new ConfigBundle(this, 'settings', {
      config: {
        MCP_SERVER_URL: values.mcpServerUrl,
        OPENAI_BASE_URL: values.model.url,
        OPENAI_MODEL: values.model.name,
      },
      secrets: { OPENAI_API_KEY: values.secrets.key('OPENAI_API_KEY') },
    });
    todoService(this, 'ai-agent', stack, values, {
      ...props,
      env: config.env('OPENAI_API_KEY', 'MCP_SERVER_URL', 'OPENAI_BASE_URL', 'OPENAI_MODEL'),
      allowFrom: [
        stack.member('backend'),
        stack.member('mcp-server', { enabled: values.global.links.mcpServerToAiAgent }),
      ],
      allowTo: [stack.member('mcp-server', { port: PORTS['mcp-server'] }), outside(values.model)],
    });
  }
}
