import { Connection } from '../../kube';
import { ModelCluster } from '../../kube/testing-only/model-cluster';
import {
  configTo,
  type ScriptedServer,
  scriptedServer,
  sendJson,
  statusBody,
} from '../../kube/testing-only/scripted-server';

interface Annotated {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
}

/** An API server that has one Lease with annotations: what is needed of one for a board. */
export class BoardServer {
  readonly model = new ModelCluster();
  readonly writes: string[] = [];
  /** Refuses writes while it is set. */
  isForbidden = false;
  readonly #connections: Connection[] = [];

  private constructor(readonly server: ScriptedServer) {}

  static async start(): Promise<BoardServer> {
    const own: { board?: BoardServer } = {};
    const server = await scriptedServer((seen, response) => {
      const board = own.board!;
      if (seen.method === 'GET') return board.model.handle(seen, response);
      board.writes.push(seen.method);
      if (board.isForbidden) return sendJson(response, 403, statusBody(403, 'Forbidden', 'no'));
      const { metadata } = JSON.parse(seen.body);
      const name = metadata.name ?? seen.path.split('/').at(-1);
      const known = board.model.objects.get(name);
      if (seen.method === 'POST' && known)
        return sendJson(response, 409, statusBody(409, 'AlreadyExists', name));
      if (seen.method === 'PATCH' && !known)
        return sendJson(response, 404, statusBody(404, 'NotFound', name));
      const annotations = Object.entries({ ...board.annotationsOf(name), ...metadata.annotations });
      const merged = Object.fromEntries(annotations.filter(([, value]) => value !== null));
      const parts = {
        ...{ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' },
        metadata: { annotations: merged },
      };
      sendJson(response, 200, board.model.put(name, parts));
    });
    own.board = new BoardServer(server);
    return own.board;
  }

  annotationsOf(name: string): Readonly<Record<string, string>> {
    return (this.model.objects.get(name) as Annotated | undefined)?.metadata.annotations ?? {};
  }

  connect(): Connection {
    const connection = new Connection({ kubeconfig: configTo(this.server.url), namespace: 'here' });
    this.#connections.push(connection);
    return connection;
  }

  async close(): Promise<void> {
    for (const connection of this.#connections) connection.close();
    await this.server.close();
  }
}
