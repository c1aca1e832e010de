import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GitopsErrorCode } from '../../errors';
import type { Attempt } from './attempt';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const to =
  (location: string): Answer =>
  (_request, response) =>
    response.writeHead(302, { Location: location }).end();

/** As git announces itself, and then without end. */
const endless: Answer = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' });
  response.write('001e# service=git-upload-pack\n0000');
  const id = 'a'.repeat(40);
  const write = () => {
    let isOpen = !response.destroyed;
    for (let line = 0; isOpen && line < 1_000; line += 1)
      isOpen = response.write(`003d${id} refs/heads/main\0\n`.padEnd(61, ' '));
    if (!response.destroyed) response.once('drain', write);
  };
  write();
};

type FromServer = readonly [what: string, code: GitopsErrorCode, answer: Answer];

const FROM_SERVERS: readonly FromServer[] = [
  [
    'a redirect to the metadata of a cloud',
    'SOURCE_UNREACHABLE',
    to('http://169.254.169.254/latest/meta-data'),
  ],
  ['a redirect to a file', 'SOURCE_UNREACHABLE', to('file:///etc/passwd')],
  ['a redirect to a helper of git', 'SOURCE_UNREACHABLE', to('ext::sh -c touch')],
  ['a redirect to another server', 'SOURCE_UNREACHABLE', to('https://example.com/x.git/info/refs')],
  ['no answer', 'SOURCE_UNREACHABLE', () => {}],
  ['an answer without an end', 'SOURCE_UNREACHABLE', endless],
  ['a page in the place of git', 'BRANCH_MISSING', (_request, response) => response.end('no git at all')],
  [
    'a question for another password',
    'SOURCE_DENIED',
    (_request, response) =>
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="root password"' }).end(),
  ],
  [
    'an error with the credentials in its text',
    'SOURCE_UNREACHABLE',
    (request, response) => {
      const basic = String(request.headers.authorization).replace('Basic ', '');
      response.writeHead(500).end(Buffer.from(basic, 'base64').toString());
    },
  ],
];

export const SERVERS: readonly Attempt[] = FROM_SERVERS.map(([what, code, answer]) => ({
  ...{ kind: 'servers', what, code },
  attempt: async (grounds) => {
    const { source } = grounds.repositoryWith({ 'a.yaml': 'a' }, { timeoutMs: 2_500 });
    grounds.server.instead = answer;
    try {
      return await source.revision(0);
    } finally {
      grounds.server.instead = undefined;
    }
  },
  twin: 'the same server when it is well',
  control: async (grounds) => grounds.read(grounds.repositoryWith({ 'a.yaml': 'a' }).source),
}));
