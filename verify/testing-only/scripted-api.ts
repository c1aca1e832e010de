import type { Stored } from '../../kube';
import {
  type ScriptedServer,
  scriptedServer,
  sendJson,
  statusBody,
} from '../../kube/testing-only/scripted-server';
import type { Live } from '../state';

/** An API server that is asked by reading alone: what it has, by path. */
export interface ScriptedApi extends ScriptedServer {
  /** Paths of objects; a list is what begins with its path. */
  readonly objects: Map<string, Stored<Live>>;
  /** What is answered instead, by `path` without its query. */
  readonly refusals: Map<string, number>;
  /** What containers said, by the path of their log with `previous` and the container. */
  readonly logs: Map<string, string>;
  /** Every path that was asked for, each once, in order of the alphabet. */
  asked(): string[];
}

/** What a server says of its custom kinds, by group and version. */
type Discovery = Readonly<Record<string, readonly object[]>>;

export async function scriptedApi(discovery: Discovery = {}): Promise<ScriptedApi> {
  const objects = new Map<string, Stored<Live>>();
  const refusals = new Map<string, number>();
  const logs = new Map<string, string>();
  const server = await scriptedServer(({ path, query, method }, response) => {
    const refused = method === 'GET' ? refusals.get(path) : 405;
    const log = logs.get(`${path} ${query.get('container')} ${query.get('previous')}`);
    const object = objects.get(path);
    const resources = discovery[path.replace('/apis/', '')];
    if (refused) sendJson(response, refused, statusBody(refused, 'Refused'));
    else if (log !== undefined) response.end(log);
    else if (object) sendJson(response, 200, object);
    else if (resources) sendJson(response, 200, { resources });
    else if (query.has('limit')) sendJson(response, 200, listOf(path));
    else sendJson(response, 404, statusBody(404, 'NotFound'));
  });
  const listOf = (path: string) => ({
    metadata: { resourceVersion: '5' },
    items: [...objects].flatMap(([at, one]) =>
      /^[^/]+$/.test(at.slice(path.length + 1)) && at.startsWith(`${path}/`) ? one : [],
    ),
  });
  const asked = () => [...new Set(server.seen.map(({ path }) => path))].sort();
  return Object.assign(server, { objects, refusals, logs, asked });
}
