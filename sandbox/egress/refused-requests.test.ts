import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { checkEgress, type EgressEvent } from './options';
import { askRepository } from './repositories';
import { tunnel } from './tunnel';

// What a program hears for which nothing goes out, as it stands on the wire: git and curl print these words.

const egresses = (onEvent: (event: EgressEvent) => void) =>
  checkEgress(
    { where: 'egress' },
    { hosts: ['EXAMPLE.com'], repositories: [{ url: 'https://git.example.com/team/project.git' }], onEvent },
  );
/** No name has an address. */
const outside = {
  resolve: async () => [],
  connect: () => {
    throw new Error('nothing is connected to');
  },
};

let server: Server;
let events: EgressEvent[];
beforeEach(async () => {
  events = [];
  const given = egresses((event) => events.push(event));
  server = createServer((asked, answer) => void askRepository(asked, answer, outside, given));
  server.on('connect', (asked, client, head) => void tunnel(asked.url, client, head, outside, given));
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterEach(() => server.close());

async function answerTo(request: string): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(`${request}\r\nhost: x\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}

test.each([
  ['CONNECT other.com:443 HTTP/1.1', 'host', 'this host is not among those'],
  ['CONNECT example.com:80 HTTP/1.1', 'request', 'only CONNECT to a host'],
  // What may be reached and cannot be.
  ['CONNECT example.com:443 HTTP/1.1', 'unresolved', 'this name has no address'],
] as const)('%s is answered as by a proxy, whole, for its %s', async (request, refused, words) => {
  const [head, body, ...more] = (await answerTo(request)).split('\r\n\r\n');
  expect(more).toEqual([]);
  expect(body).toMatch(new RegExp(`^drydock: ${words}.*\n$`));
  expect(head!.split('\r\n')).toEqual([
    'HTTP/1.1 403 Forbidden',
    'content-type: text/plain',
    `content-length: ${body!.length}`,
    'connection: close',
  ]);
  expect(events).toEqual([expect.objectContaining({ kind: 'tunnel', refused })]);
});

test.each([
  ['GET / HTTP/1.1', 'request', 403],
  ['POST /repository/0/git-receive-pack HTTP/1.1', 'repository', 403],
  ['GET /repository/0/info/refs?service=git-upload-pack HTTP/1.1', 'unresolved', 502],
] as const)('%s is refused for its %s with %i', async (request, refused, status) => {
  const answer = await answerTo(request);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(answer).toContain('\r\n\r\n');
  expect(events).toEqual([expect.objectContaining({ kind: 'repository', refused })]);
});
