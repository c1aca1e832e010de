import { httpUrl, line, port, readSettings, secretText, wholeNumber } from '../shared/settings';

/** What the chart of the agent sets, and what a model of one's own needs besides. */
export function readAgentSettings(env: NodeJS.ProcessEnv) {
  return readSettings(env, {
    OPENAI_API_KEY: secretText,
    OPENAI_BASE_URL: httpUrl('https://api.openai.com/v1'),
    OPENAI_MODEL: line('gpt-4o-mini'),
    MCP_SERVER_URL: httpUrl('http://mcp-svc:8001'),
    MODEL_TIMEOUT_SECONDS: wholeNumber({ min: 1, max: 240, fallback: 60 }),
    PORT: port(8002),
  });
}
