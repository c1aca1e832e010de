import { type Cluster, sharedCluster, until } from '../../cluster';
import { type Defined, definitionOf } from '../../scripts/imports/crds';

/** Lets the shared cluster know a custom resource while the tests of a file run; its plural is what kubectl calls it. */
export function withDefinition(plural: Defined): () => Cluster {
  let cluster: Cluster | undefined;
  let definition: string;

  beforeAll(async () => {
    cluster = await sharedCluster();
    definition = await definitionOf(plural);
    await cluster.kubectl(['apply', '--server-side', '-f', definition]);
    // `kubectl wait` ends with an error where the new definition has no conditions yet.
    await until(`the API server to know ${plural}`, async () => {
      return (await cluster?.kubectl(['get', plural], { allowFailure: true }))?.code === 0;
    });
  });

  afterAll(() => cluster?.kubectl(['delete', '-f', definition]));

  return () => cluster as Cluster;
}
