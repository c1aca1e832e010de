import type { IConstruct } from 'constructs';
import { prop } from '../../core/props';
import type { Templated } from '../../core/template';
import type { Labels } from '../identity';
import { requireThat } from '../require';

/** The account that pods run as: one that exists, or one of their own. */
export interface Account {
  /**
   * The name of one that exists; it is made elsewhere, with its annotations.
   * @default - one of its own, called as its pods are
   */
  readonly name?: Templated<string>;
  /**
   * Annotations of its own one, in the place of those of every object, such as the role that a cloud gives it.
   * @default - those of every object
   */
  readonly annotations?: Templated<Labels | undefined>;
}

export const account = prop.object<Account>({
  name: prop.objectName(),
  annotations: prop.annotations().orAbsent(),
});

/** Refuses annotations for an account that is made elsewhere: nothing would write them. */
export function checkAccount(construct: IConstruct, given: Account | undefined): void {
  requireThat(construct, given?.name === undefined || given.annotations === undefined, {
    code: 'PROP_INVALID',
    prop: 'serviceAccount.annotations',
    found: 'annotations, and the name of an account that exists',
    expected: 'one of the two',
    remedy: 'Annotate the account where it is made, or take out `name` to have one of its own.',
  });
}
