import type { Construct, IConstruct } from 'constructs';
import { prop } from '../core/props';
import type { Templated } from '../core/template';
import { KubeObject } from '../core/tree';
import type { ServiceAccount } from '../imports/k8s';
import type { Condition } from './condition';
import type { Identity, Labels } from './identity';
import { requireThat } from './require';
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

/** Refuses annotations for an account that is made elsewhere: nothing would write them. */
export function checkAccount(construct: IConstruct, account: OneShotAccount | undefined): void {
  requireThat(construct, account?.name === undefined || account.annotations === undefined, {
    code: 'PROP_INVALID',
    prop: 'serviceAccount.annotations',
    found: 'annotations, and the name of an account that exists',
    expected: 'one of the two',
    remedy: 'Annotate the account where it is made, or take out `name` to have one of its own.',
  });
}

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
