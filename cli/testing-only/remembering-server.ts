import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** An API server that remembers releases in the namespace `here`, and has what the test puts under a path. */
export interface RememberingServer {
  readonly port: number;
  readonly paths: Map<string, object>;
  /** As deploy/inventory keeps a release. */
  remember(release: string, names: readonly string[], state: 'good' | 'failed' | 'applying'): void;
  close(): Promise<void>;
}

/** @param mayAnswer what each answer waits for */
export async function rememberingServer(
  mayAnswer: Promise<void> = Promise.resolve(),
): Promise<RememberingServer> {
  const paths = new Map<string, object>();
  const server = createServer(async (request, response) => {
    await mayAnswer;
    const found = paths.get(new URL(request.url ?? '', 'http://server').pathname);
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ?? { kind: 'Status', code: 404, reason: 'NotFound' }));
  });
  const secret = (name: string, data: Record<string, string>) =>
    paths.set(`/api/v1/namespaces/here/secrets/${name}`, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: 'here', uid: name, resourceVersion: '7' },
      data,
    });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    paths,
    remember: (release, names, state) => {
      const entries = names.map((name) => ({
        apiVersion: 'v1',
        group: '',
        kind: 'ConfigMap',
        plural: 'configmaps',
        namespace: 'here',
        name,
      }));
      const piece = gzipSync(JSON.stringify(entries));
      const blob = `drydock.${release}.${createHash('sha256').update(piece).digest('hex').slice(0, 20)}`;
      secret(blob, { piece: piece.toString('base64') });
      const revisions = [
        { revision: 9, state: 'failed', at: '2026-01-01T00:00:00Z', objects: 1, blobs: [] },
        { revision: 10, state, at: '2026-01-02T00:00:00Z', objects: names.length, blobs: [] },
      ];
      const text = JSON.stringify({ format: 1, inventory: [blob], revisions });
      secret(`drydock.${release}`, { state: Buffer.from(text).toString('base64') });
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
