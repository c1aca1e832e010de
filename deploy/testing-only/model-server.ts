import { ApiError, type KubeObject, type Resource } from '../../kube';
import {
  type ScriptedServer,
  type Seen,
  scriptedServer,
  sendJson,
  statusBody,
} from '../../kube/testing-only/scripted-server';
import type { ApplyHow, At } from '../cluster/cluster-api';
import { type ModelApi, refusal } from './model-api';

const PATH =
  /^\/(?:api\/(v1)|apis\/([^/]+\/[^/]+))(?:\/namespaces\/([^/]+))?(?:\/([^/]+))?(?:\/([^/]+))?(?:\/status)?$/;

/**
 * The model behind the paths and verbs of a real API server, so that a Deployer can be asked as its users have it.
 *
 * @param before is asked of each call, and may throw the answer
 */
export function serveModel(
  model: ModelApi,
  before: (seen: Seen) => void = () => {},
): Promise<ScriptedServer> {
  return scriptedServer(async (seen, response) => {
    try {
      before(seen);
      sendJson(response, 200, await answerTo(model, seen));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { statusCode, reason, message, causes } = error;
      sendJson(response, statusCode ?? 500, statusBody(statusCode ?? 500, reason ?? '', message, { causes }));
    }
  });
}

async function answerTo(model: ModelApi, { method, path, query, body }: Seen): Promise<unknown> {
  if (path === '/version') return { major: '1', minor: '34', gitVersion: 'v1.34.0' };
  const [, core, group, inNamespace, collection, named] = PATH.exec(path) ?? [];
  const apiVersion = core ?? group ?? '';
  // The path of a Namespace is that of what lies in it, without more.
  const [namespace, plural, name] =
    inNamespace !== undefined && collection === undefined
      ? [undefined, 'namespaces', inNamespace]
      : [inNamespace, collection, named];
  if (plural === undefined) return { kind: 'APIResourceList', resources: await model.served(apiVersion) };
  if (plural === 'selfsubjectaccessreviews') return { status: { allowed: await model.may() } };
  const of = await resourceOf(model, apiVersion, plural);
  const at: At = { name: name ?? '', ...(namespace === undefined ? {} : { namespace }) };
  const how: ApplyHow = { dryRun: query.get('dryRun') === 'All', force: query.get('force') === 'true' };
  const given = body === '' ? undefined : JSON.parse(body);
  if (method === 'GET' && name === undefined) {
    return { metadata: {}, items: await model.list(of, namespace, query.get('labelSelector') ?? '') };
  }
  if (method === 'GET') return (await model.get(of, at)) ?? refuse(404, 'NotFound', at.name);
  if (method === 'POST') return model.create(of, given);
  if (method === 'PATCH') return patched(model, of, at, given, how);
  const { uid, resourceVersion } = given.preconditions;
  const before = await model.get(of, at);
  if (!before) return refuse(404, 'NotFound', at.name);
  return (await model.remove(of, at, { uid, resourceVersion })) === 'gone' ? { kind: 'Status' } : before;
}

function patched(model: ModelApi, of: Resource, at: At, given: KubeObject, how: ApplyHow): Promise<unknown> {
  return given.apiVersion === undefined ? model.change(of, at, given, how) : model.apply(of, given, how);
}

function refuse(...of: Parameters<typeof refusal>): never {
  throw refusal(...of);
}

async function resourceOf(model: ModelApi, apiVersion: string, plural: string): Promise<Resource> {
  const found = (await model.served(apiVersion)).find(({ name }) => name === plural);
  if (!found) throw refusal(404, 'NotFound', plural);
  const { kind, namespaced } = found;
  return { apiVersion, kind, plural, namespaced };
}
