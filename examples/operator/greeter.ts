// Each Greeting gets a ConfigMap: kubectl apply -f greeting.yaml && npx tsx greeter.ts
import {
  apply,
  type Condition,
  get,
  KubeError,
  type KubeObject,
  Operator,
  outcomeConditions,
  owned,
  ownerReference,
  remove,
  resource,
  withConditions,
} from 'cdk8s-drydock/controller';

interface Greeting extends KubeObject {
  readonly spec: { readonly name: string };
  readonly status?: { readonly conditions?: readonly Condition[] };
}
type ConfigMap = KubeObject & { readonly data?: Readonly<Record<string, string>> };

const names = { plural: 'greetings', namespaced: true };
const greetings = resource<Greeting>('example.com/v1', 'Greeting', names);
const configMaps = resource<ConfigMap>('v1', 'ConfigMap');

const operator = new Operator({ name: 'greeter', port: Number(process.env.PORT ?? 8080) });
operator.controller<Greeting>({
  of: greetings,
  related: [owned(configMaps, greetings)],
  reconcile: async (greeting, { connection, tell, status }) => {
    const { name, namespace, generation } = greeting.metadata;
    const text = `Hello ${greeting.spec.name}`;
    const before = await get(connection, configMaps, { namespace, name }).catch(ifMissing);
    if (before?.data?.text !== text) {
      const metadata = { name, namespace, ownerReferences: [ownerReference(greeting)] };
      const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { text } };
      await apply(connection, configMaps, config, { force: true }); // who edits by hand owns the field
      tell({ reason: 'Greeted', note: text });
    }
    const said = outcomeConditions('ready', { reason: 'Greeted', message: text });
    const conditions = withConditions(greeting.status?.conditions ?? [], said, generation);
    await status({ conditions, observedGeneration: generation });
  },
  finalizer: {
    name: 'example.com/farewell',
    finalize: async ({ metadata }, { connection }) => {
      await remove(connection, configMaps, metadata).catch(ifMissing);
    },
  },
});

function ifMissing(error: unknown): undefined {
  if (!(error instanceof KubeError && error.code === 'NOT_FOUND')) throw error;
}

operator.run().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
