import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ScriptedServer, scriptedServer } from '../../kube/testing-only/scripted-server';
import { LogTail } from './log-tail';

const unknownToItsNode = {
  kind: 'Status',
  status: 'Failure',
  reason: 'NotFound',
  code: 404,
  message: 'the server could not find the requested resource ( pods/log one)',
};

let server: ScriptedServer;
afterEach(() => server.close());

function answer(response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'application/json' });
  response.end(JSON.stringify(unknownToItsNode));
}

function open(isOver: () => boolean): Promise<LogTail | undefined> {
  const change = async (withinMs: number) => void (await sleep(withinMs));
  const connection = server.connect();
  return LogTail.open({ connection, namespace: 'any', pod: 'one', container: 'main', isOver, change });
}

test('a node that does not know its pod yet has no log yet', async () => {
  server = await scriptedServer((_, response) => answer(response));
  expect(await open(() => false)).toBeUndefined();
});

test('a pod that has ended and is not there is an error', async () => {
  server = await scriptedServer((_, response) => answer(response));
  await expect(open(() => true)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
