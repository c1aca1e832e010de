import { z } from 'zod';
import type { Operation } from './operation';
import { ProblemAnswer } from './schemas';

type Answers = Record<string, { description: string; content?: object }>;

const problem = (description: string) => ({
  description,
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

/** The document of the API, made of what the handlers are made of. */
export function openApiDocument(operations: readonly Operation[], server: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const one of operations) {
    paths[one.path] = { ...paths[one.path], [one.method]: documented(one) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Todos',
      version: '1.0.0',
      description: 'The todos of signed-in users, and a chat about them.',
    },
    servers: [{ url: server }],
    paths,
    components: {
      schemas: { Problem: jsonSchema(ProblemAnswer, 'output') },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'todo_session' },
        token: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}

function documented(one: Operation): object {
  return {
    summary: one.summary,
    ...(one.access !== 'everybody' && { security: [{ session: [] }, { token: [] }] }),
    ...((one.params || one.query) && {
      parameters: [...parameters(one.params, 'path'), ...parameters(one.query, 'query')],
    }),
    ...(one.body && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: jsonSchema(one.body, 'input') } },
      },
    }),
    responses: responses(one),
  };
}

function responses(one: Operation): Answers {
  const { status, schema, type = 'application/json' } = one.answer;
  const well = {
    description: one.summary,
    ...(status !== 204 && { content: { [type]: schema ? { schema: jsonSchema(schema, 'output') } : {} } }),
  };
  const isChecked = one.body || one.query || one.params;
  return {
    [status]: well,
    ...(isChecked && { 400: problem('What was sent is not as expected') }),
    ...(one.access !== 'everybody' && { 401: problem('Not signed in') }),
    ...(one.access === 'user' && { 403: problem('A token of the chat, which is for todos alone') }),
    ...(one.params && { 404: problem('There is none, or it is of another user') }),
    ...(one.body && { 413: problem('The body is too large'), 415: problem('The body is no JSON') }),
    ...(one.limit && { 429: problem('Too many requests') }),
    ...Object.fromEntries(Object.entries(one.problems ?? {}).map(([code, text]) => [code, problem(text)])),
    500: problem('Something went wrong on our side'),
    503: problem('The database cannot be reached'),
  };
}

function parameters(schema: z.ZodType | undefined, place: 'path' | 'query'): object[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, 'input');
  return Object.entries(properties).map(([name, one]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: one,
  }));
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output') {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}
