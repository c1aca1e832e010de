import { startModelScript } from '../../model-script/model-script';
import type { RunningService } from '../../shared/server';
import { freePort } from '../../shared/testing/free-port';
import { type BackendUnderTest, backendUnderTest } from '../../todo-backend/testing/backend-under-test';
import { startMcpServer } from '../../todo-mcp-server/mcp-server';
import { startAgent } from '../agent';

/** All that answers in the chat: real programs and a real database. Only the model is a stand-in, a script. */
export interface ChatStack {
  readonly backend: BackendUnderTest;
  readonly agent: RunningService;
  /** Every line of the agent's log so far. */
  readonly lines: string[];
  close(): Promise<void>;
}

export const API_KEY = 'sk-of-the-scripted-stand-in';

export async function chatStack(): Promise<ChatStack> {
  // The backend is told where the agent is, which needs the backend to be there first.
  const port = await freePort();
  const backend = await backendUnderTest({ AI_AGENT_URL: `http://127.0.0.1:${port}` });
  const mcpServer = await startMcpServer({ BACKEND_URL: backend.url, PORT: '0' }, () => {});
  const modelScript = await startModelScript({ PORT: '0' }, () => {});
  const lines: string[] = [];
  const agent = await startAgent(
    {
      OPENAI_API_KEY: API_KEY,
      OPENAI_BASE_URL: `${modelScript.url}/v1`,
      MCP_SERVER_URL: mcpServer.url,
      MODEL_TIMEOUT_SECONDS: '5',
      PORT: String(port),
    },
    (line) => lines.push(line),
  );
  return {
    backend,
    agent,
    lines,
    close: async () => {
      await Promise.all([agent, modelScript, mcpServer].map((one) => one.close()));
      await backend.close();
    },
  };
}
