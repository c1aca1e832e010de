import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface GitBackend {
  /** The bare repositories are in it. */
  readonly folder: string;
  /** @default - none, with no password: everybody may read */
  readonly username?: string;
  readonly password?: string;
}

/** Answers as git does over http, to who knows the password; where there is none, to who sends none. */
export function gitBackend({ folder, username, password }: GitBackend) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const basic = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    if (request.headers.authorization !== (username && basic)) {
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="git"' }).end();
      return;
    }
    const url = new URL(request.url ?? '/', 'https://server');
    const backend = spawn('git', ['http-backend'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: {
        ...{ PATH: process.env.PATH, GIT_PROJECT_ROOT: folder, GIT_HTTP_EXPORT_ALL: '1' },
        ...{ PATH_INFO: url.pathname, QUERY_STRING: url.search.slice(1), REQUEST_METHOD: request.method },
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        ...{ HOME: folder, GIT_CONFIG_NOSYSTEM: '1', REMOTE_USER: username },
        // The tests run as root over folders of theirs.
        ...{ GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' },
      },
    });
    request.pipe(backend.stdin);
    backend.stdin.on('error', () => {});
    const parts: Buffer[] = [];
    backend.stdout.on('data', (part: Buffer) => parts.push(part));
    backend.on('close', () => {
      const all = Buffer.concat(parts);
      const end = all.indexOf('\r\n\r\n');
      const headers = all.toString('latin1', 0, Math.max(0, end)).split('\r\n');
      let status = 200;
      for (const line of headers) {
        const [, name = '', value = ''] = /^([^:]+): ?(.*)$/.exec(line) ?? [];
        if (name === 'Status') status = Number.parseInt(value, 10);
        else if (name) response.setHeader(name, value);
      }
      response.writeHead(status).end(all.subarray(end + 4));
    });
  };
}
