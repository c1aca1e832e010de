import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import { upstream } from '../shared/health';
import { createLog } from '../shared/log';
import { notSignedIn, Problem } from '../shared/problem';
import { bearerOf } from '../shared/requests';
import { type RunningService, startService } from '../shared/server';
import { httpUrl, port, readSettings } from '../shared/settings';
import { BackendApi } from './backend-api';
import { todoTools } from './tools';

/** Starts the MCP server with the variables that its chart sets. It keeps nothing: each request brings its user along. */
export async function startMcpServer(
  env: NodeJS.ProcessEnv,
  write?: (line: string) => void,
): Promise<RunningService> {
  const settings = readSettings(env, { BACKEND_URL: httpUrl('http://backend-svc:8000'), PORT: port(8001) });
  const log = createLog({ program: 'todo-mcp-server', write });
  return startService({
    name: 'todo-mcp-server',
    port: settings.PORT,
    log,
    bodyLimit: 256 * 1024,
    readiness: { backend: upstream(settings.BACKEND_URL) },
    routes: (app, metrics) => {
      const calls = metrics.counter('mcp_tool_calls_total', 'Calls of tools', ['tool', 'outcome']);
      app.post('/mcp', async (c) => {
        // Browsers say from which page they come; no page has business here, so none can be made to.
        if (c.req.header('origin'))
          throw new Problem(403, 'no_browsers', 'This is for programs, not for pages.');
        const token = bearerOf(c);
        if (token === undefined) throw notSignedIn();
        const backend = new BackendApi(settings.BACKEND_URL, token, c.get('requestId'));
        const server = todoTools(backend, calls);
        const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
        await server.connect(transport);
        return transport.handleRequest(c.req.raw);
      });
    },
  });
}
