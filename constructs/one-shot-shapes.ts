import { type FieldsOf, prop } from '../core/props';
import { apiServer, dns, peers } from './network/shapes';
import { oneShotAccount } from './one-shot-account';
import type { OneShotProps } from './one-shot-pod';
import { envShape, word } from './workload/shapes/env';
import { imagePull, placement, resources, writable } from './workload/shapes/parts';

/** What each prop of a program that runs once takes. */
export const oneShotFields: FieldsOf<OneShotProps> = {
  image: prop.image().required(),
  command: prop.list(word, { minItems: 1 }).required(),
  env: envShape(),
  resources,
  ...imagePull,
  // There is no way to be root: what runs once needs it even less than a service does.
  user: prop.integer({ min: 1 }).orAbsent(),
  userFromCluster: prop.boolean(),
  labels: prop.labels(),
  ...placement,
  writable,
  allowTo: peers,
  dns,
  serviceAccount: oneShotAccount,
  allowApiServer: apiServer,
};

/** How long the program may run; to run for no time is no program. */
export const deadline = prop.integer({ min: 1 }).orAbsent();
