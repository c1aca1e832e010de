import { sharedCluster, until } from '../../cluster';
import type { Definition } from '../../gitops/api/definition';
import {
  ApiError,
  Connection,
  create,
  type KubeObject,
  list,
  type Resource,
  remove,
  resource,
} from '../../kube';

const definitions = resource('apiextensions.k8s.io/v1', 'CustomResourceDefinition');

/** One of our kinds on the API server that files of tests share, for as long as the tests of a file run. */
export function definitionOnCluster<Kind extends KubeObject>(one: Definition, of: Resource<Kind>) {
  let connection: Connection;
  beforeAll(async () => {
    const cluster = await sharedCluster();
    connection = new Connection({ kubeconfig: cluster.kubeconfig, namespace: 'default' });
    await create(connection, definitions, one);
    await until(`the API server to know ${one.metadata.name}`, () => list(connection, of));
  });
  afterAll(async () => {
    await remove(connection, definitions, { name: one.metadata.name });
    connection.close();
  });
  return () => connection;
}

/** What an API server refuses something with; `accepted` where it does not. */
export async function refusalOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error === undefined) return 'accepted';
  if (!(error instanceof ApiError)) throw error;
  return error.message;
}
