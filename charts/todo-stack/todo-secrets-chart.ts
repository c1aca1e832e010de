import type { Construct } from 'constructs';
import { labelsFor } from '../../constructs';
import { HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { ExternalSecret, ExternalSecretSpecSecretStoreRefKind } from '../../imports/crds/external-secrets.io';
import { todoMetadata } from './links';

/**
 * The values of the chart that fetches the secrets of the stack.
 *
 * @example
 * // A chart of your own that has it as a subchart.
 * const values = defineValues({ inner: value.subchart(todoSecretsValues) });
 */
export const todoSecretsValues = defineValues({
  secretName: value.dnsName({
    default: 'todo-secrets',
    doc: 'The Secret that is made; the services name it as existingSecret',
  }),
  store: value.dnsName({
    default: 'todo',
    doc: 'The ClusterSecretStore that knows where the secrets are kept',
  }),
  path: value.string({
    default: 'todo-app',
    pattern: '^[A-Za-z0-9][A-Za-z0-9/_.-]*$',
    doc: 'The entry there, with a property for each key',
  }),
  refreshInterval: value.duration({ default: '1h', doc: 'How often it is read again' }),
});

const KEYS = ['DATABASE_URL', 'BETTER_AUTH_SECRET', 'OPENAI_API_KEY'];

/**
 * For clusters with the External Secrets operator: the Secret of the stack, fetched from where an organisation keeps
 * such things. It is apart from the stack, because a cluster without the operator refuses it.
 *
 * @example
 * new TodoSecretsChart(app);
 * app.synth();
 */
export class TodoSecretsChart extends HelmChart<typeof todoSecretsValues> {
  constructor(scope: Construct, id = 'todo-secrets') {
    const values = todoSecretsValues;
    super(scope, id, {
      ...todoMetadata,
      description: 'The secrets of the todo application, from an external store',
      values,
    });
    new ExternalSecret(this, 'secrets', {
      metadata: { name: `${values.secretName}`, labels: labelsFor(this, 'secrets') },
      spec: {
        refreshInterval: `${values.refreshInterval}`,
        secretStoreRef: {
          kind: ExternalSecretSpecSecretStoreRefKind.CLUSTER_SECRET_STORE,
          name: `${values.store}`,
        },
        target: { name: `${values.secretName}` },
        data: KEYS.map((key) => ({
          secretKey: key,
          remoteRef: { key: `${values.path}`, property: key },
        })),
      },
    });
  }
}
