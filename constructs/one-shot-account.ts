import type { Construct } from 'constructs';
import { prop } from '../core/props';
import type { Templated } from '../core/template';
import { KubeObject } from '../core/tree';
import type { ServiceAccount } from '../imports/k8s';
import type { Condition } from './condition';
import type { Identity, Labels } from './identity';
import type { PodAccount } from './workload/pod';

/** The account that a program runs as. */
export interface OneShotAccount {
  /**
   * The name of one that exists.
   * @default - one of its own, called as its pod is, to which nothing is bound
   */
  readonly name?: Templated<string>;
  /**
   * Annotations of its own one, such as the role that a cloud gives it.
   * @default - none
   */
  readonly annotations?: Templated<Labels>;
  /**
   * Mounts its token, so an intruder talks to the Kubernetes API as the program does.
   * @default false
   */
  readonly token?: Condition;
}

export const oneShotAccount = prop.object<OneShotAccount>({
  name: prop.objectName(),
  annotations: prop.annotations(),
  token: prop.boolean(),
});

/** What the pod says of its account. */
export function accountOf(account: OneShotAccount | undefined, { name }: Pick<Identity, 'name'>): PodAccount {
  return {
    serviceAccountName: account && (account.name ?? name),
    automountServiceAccountToken: account?.token ?? false,
  };
}

/** The account itself, where the program has one of its own. */
export function addAccount(
  scope: Construct,
  account: OneShotAccount | undefined,
  { name, labels }: Identity,
): KubeObject<ServiceAccount> | undefined {
  if (!account || account.name !== undefined) return undefined;
  return new KubeObject<ServiceAccount>(scope, 'service-account', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, labels, annotations: account.annotations },
    automountServiceAccountToken: false,
  });
}
