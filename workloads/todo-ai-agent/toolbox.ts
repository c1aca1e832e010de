import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Tool, ToolCall } from './model';

/** A call's outcome, as the model reads it. */
export interface Outcome {
  readonly text: string;
  readonly isError: boolean;
}

/** More of an answer is more than a model should read, and pay for. */
const LONGEST_OUTCOME = 50_000;
const CALL_MS = 20_000;

/** The tools of the MCP server in the name of one user, for as long as one answer takes. */
export class Toolbox {
  private constructor(
    private readonly client: Client,
    readonly tools: readonly Tool[],
  ) {}

  static async open(mcpServerUrl: string, token: string, requestId: string): Promise<Toolbox> {
    // A connection for each call, as `reach` has it: between two of them a model takes its time, and the server gives up.
    const headers = {
      ...{ authorization: `Bearer ${token}`, 'x-request-id': requestId },
      connection: 'close',
    };
    const client = new Client({ name: 'todo-ai-agent', version: '1.0.0' });
    await client.connect(
      new StreamableHTTPClientTransport(new URL(`${mcpServerUrl}/mcp`), { requestInit: { headers } }),
      {
        timeout: CALL_MS,
      },
    );
    const { tools } = await client.listTools(undefined, { timeout: CALL_MS });
    return new Toolbox(
      client,
      tools.map(({ name, description = '', inputSchema }) => ({
        name,
        description,
        parameters: inputSchema,
      })),
    );
  }

  /** Whatever goes wrong with a call is told to the model, which can do better or say so. */
  async call({ name, arguments: text }: ToolCall, cancelled: AbortSignal): Promise<Outcome> {
    if (!this.tools.some((tool) => tool.name === name)) {
      const names = this.tools.map((tool) => tool.name).join(', ');
      return { text: `There is no such tool. There are ${names}.`, isError: true };
    }
    const args = argumentsIn(text);
    if (args === undefined) return { text: 'The arguments are no JSON object.', isError: true };
    try {
      const result = await this.client.callTool({ name, arguments: args }, undefined, {
        timeout: CALL_MS,
        signal: cancelled,
      });
      const pieces = result.content as readonly { type: string; text?: string }[];
      const said = pieces.map((piece) => piece.text ?? '').join('\n');
      return { text: said.slice(0, LONGEST_OUTCOME), isError: result.isError === true };
    } catch (error) {
      if (cancelled.aborted) throw error;
      return { text: 'The tool did not answer.', isError: true };
    }
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

function argumentsIn(text: string): Record<string, unknown> | undefined {
  try {
    const found: unknown = JSON.parse(text === '' ? '{}' : text);
    const isObject = typeof found === 'object' && found !== null && !Array.isArray(found);
    return isObject ? (found as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
