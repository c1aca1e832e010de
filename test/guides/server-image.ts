import { readFileSync } from 'node:fs';
import { imageArchive } from '../../cluster/images/archive';

/** Answers on its port, HTTP with what a service is asked for, and ends when it is told to. */
const SERVER = `#!/bin/busybox sh
/bin/busybox httpd -f -p "$1" -h /www &
trap 'kill $!; exit 0' TERM
wait
`;

/** An image of any name whose program serves a port: it takes the place of the programs that guides speak of. */
export function serverArchive(name: string, port: number): Buffer {
  const page = (path: string) => ({ name: `www/${path}`, content: Buffer.from('well\n') });
  return imageArchive({
    name: name.includes('/') ? name : `docker.io/library/${name}`,
    files: [
      { name: 'bin', directory: true },
      { name: 'bin/busybox', mode: 0o755, content: readFileSync('/bin/busybox') },
      { name: 'serve', mode: 0o755, content: Buffer.from(SERVER) },
      { name: 'www', directory: true },
      ...['health', 'ready', 'index.html'].map(page),
      { name: 'tmp', directory: true, mode: 0o1777 },
    ],
    entrypoint: ['/serve', String(port)],
    user: '1000:1000',
  });
}
