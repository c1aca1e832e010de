import { TodoSecretsChart } from '../../charts';
import { withNamespace } from '../../cluster';
import { Testing } from '../../core/synth';
import { withDefinition } from '../support/custom-resource';

jest.setTimeout(300_000);

describe('the ExternalSecret of the todo stack, on an API server that knows what one is', () => {
  const cluster = withDefinition('externalsecrets');

  test('is accepted strictly; one with a field too many or without its store is refused', async () => {
    await withNamespace(cluster(), async (namespace) => {
      const apply = (object: unknown) =>
        namespace.kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], {
          input: JSON.stringify(object),
          allowFailure: true,
        });
      const [secret] = Testing.synth(new TodoSecretsChart(Testing.app())) as [{ spec: object }];
      expect(await apply(secret)).toMatchObject({ code: 0, stderr: '' });
      const more = { ...secret, spec: { ...secret.spec, intervall: '1h' } };
      expect((await apply(more)).stderr).toContain('intervall');
      const wrong = {
        ...secret,
        spec: { ...secret.spec, secretStoreRef: { kind: 'Cupboard', name: 'todo' } },
      };
      expect((await apply(wrong)).stderr).toContain('Unsupported value: "Cupboard"');
    });
  });
});
