import { type ApplyOptions, DeployError, Deployer, type Plan } from 'cdk8s-drydock/deploy';

test('a deployer says which kubeconfig it has not found', () => {
  const options: ApplyOptions = { rollbackOnFailure: true };
  const actions = (plan: Plan) => plan.objects.map(({ action }) => action);
  expect([typeof actions, options.rollbackOnFailure, DeployError.name]).toEqual([
    'function',
    true,
    'DeployError',
  ]);
  expect(() => new Deployer({ release: 'shop', kubeconfig: 'nowhere.yaml' })).toThrow('nowhere.yaml');
});
