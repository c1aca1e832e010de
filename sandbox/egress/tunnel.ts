import type { Duplex } from 'node:stream';
import { hostName, isAllowed } from './host-name';
import { Meter } from './meter';
import type { Egresses } from './options';
import { connectTo, type Outside } from './outside';
import { Refused } from './refused';

/** The only port that tunnels lead to: what runs over it is TLS, which the program in the sandbox checks. */
const TLS_PORT = '443';

/** What `CONNECT` asks for, if it may be reached. */
export function allowedTarget(asked: string | undefined, hosts: readonly string[]): string {
  const [name, port, ...more] = (asked ?? '').split(':');
  const host = hostName(name);
  if (host === undefined || port !== TLS_PORT || more.length > 0) throw new Refused('request', 'a tunnel');
  if (isAllowed(host, hosts)) return host;
  throw new Refused('host', host);
}

/** Carries bytes between the sandbox and a host of the list, until one side is over. */
export async function tunnel(
  asked: string | undefined,
  client: Duplex,
  head: Buffer,
  outside: Outside,
  { hosts, maxBytes, onEvent }: Egresses,
): Promise<void> {
  let target = 'a tunnel';
  let meter: Meter | undefined;
  try {
    target = allowedTarget(asked, hosts);
    const server = await connectTo(outside, target, Number(TLS_PORT), false);
    const end = () => {
      server.destroy();
      client.destroy();
    };
    meter = new Meter('tunnel', target, maxBytes, onEvent, end);
    if (client.destroyed) end();
    const counted = meter;
    meter.watch(client, 'sent');
    meter.watch(server, 'received');
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) client.unshift(head);
    client.pipe(server);
    server.pipe(client);
    server.once('close', () => {
      counted.over();
      if (!client.writableFinished) client.end();
    });
    client.once('close', end);
  } catch (error) {
    const refused = error instanceof Refused ? error : new Refused('unreachable', target);
    new Meter('tunnel', refused.target, maxBytes, onEvent, () => {}).over(refused.why);
    refuse(client, refused);
  }
}

/** In the words that programs print when a proxy refuses them. */
function refuse(client: Duplex, { message }: Refused): void {
  const body = `${message}\n`;
  const head = [
    'HTTP/1.1 403 Forbidden',
    'content-type: text/plain',
    `content-length: ${body.length}`,
    'connection: close',
  ];
  client.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
