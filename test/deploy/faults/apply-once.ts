import { Deployer } from '../../../deploy';
import { configTo } from '../../../kube/testing-only/scripted-server';

// A process of its own that applies a set once, so that it can be killed.
const { url, namespace, set } = JSON.parse(process.argv[2] ?? '') as {
  readonly url: string;
  readonly namespace: string;
  readonly set: readonly object[];
};
const deployer = new Deployer({ kubeconfig: configTo(url), release: 'shop', namespace, lockWaitMs: 0 });
deployer
  .apply(set, { adopt: true, forceConflicts: true, recreate: ['Job'], allowPrune: true, history: 3 })
  .then(
    () => process.exit(0),
    () => process.exit(1),
  );
