import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { Counter } from 'prom-client';
import { z } from 'zod';
import { type BackendApi, Refused } from './backend-api';

// What exactly a title may be is the backend's business, which says so when it refuses one.
const id = z.uuid().describe('The id of the todo, as list_todos gives it');
const title = z.string().describe('What is to be done, on one line of at most 200 characters');
const notes = z.string().describe('More about it');

/** The todos of one user as tools: each is one request to the backend. */
export function todoTools(backend: BackendApi, calls: Counter): McpServer {
  const server = new McpServer({ name: 'todo-mcp-server', version: '1.0.0' });

  server.registerTool(
    'list_todos',
    {
      description: 'List the todos of the user, newest first',
      inputSchema: {
        state: z.enum(['all', 'open', 'done']).default('all').describe('Which of them'),
        limit: z.int().min(1).max(200).default(100),
        after: z.string().optional().describe('The `next` of the page before'),
      },
      annotations: { readOnlyHint: true },
    },
    answering('list_todos', calls, ({ state, limit, after }) => {
      const query = new URLSearchParams({ state, limit: String(limit), ...(after && { after }) });
      return backend.ask('GET', `/todos?${query}`);
    }),
  );
  server.registerTool(
    'create_todo',
    { description: 'Add a todo', inputSchema: { title, notes: notes.optional() } },
    answering('create_todo', calls, (todo) => backend.ask('POST', '/todos', todo)),
  );
  server.registerTool(
    'update_todo',
    {
      description: 'Change the title or the notes of a todo',
      inputSchema: { id, title: title.optional(), notes: notes.optional() },
      annotations: { idempotentHint: true },
    },
    answering('update_todo', calls, ({ id, ...change }) => backend.ask('PATCH', `/todos/${id}`, change)),
  );
  server.registerTool(
    'complete_todo',
    {
      description: 'Tick a todo as done, or as open again',
      inputSchema: { id, done: z.boolean().default(true) },
      annotations: { idempotentHint: true },
    },
    answering('complete_todo', calls, ({ id, done }) => backend.ask('PATCH', `/todos/${id}`, { done })),
  );
  server.registerTool(
    'delete_todo',
    {
      description: 'Delete a todo; it cannot be brought back',
      inputSchema: { id },
      annotations: { destructiveHint: true },
    },
    answering('delete_todo', calls, async ({ id }) => {
      await backend.ask('DELETE', `/todos/${id}`);
      return { deleted: id };
    }),
  );
  return server;
}

/** A tool's answer is what the backend says; its refusal is one that the model reads, and can do better. */
function answering<Input>(name: string, calls: Counter, ask: (input: Input) => Promise<unknown>) {
  return async (input: Input): Promise<CallToolResult> => {
    try {
      const text = JSON.stringify(await ask(input));
      calls.inc({ tool: name, outcome: 'done' });
      return { content: [{ type: 'text', text }] };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      calls.inc({ tool: name, outcome: 'refused' });
      return { content: [{ type: 'text', text: error.message }], isError: true };
    }
  };
}
