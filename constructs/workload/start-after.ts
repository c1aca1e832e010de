import type { IConstruct } from 'constructs';
import { prop } from '../../core/props';
import { type Templated, text } from '../../core/template';
import type { Container } from '../../imports/k8s';
import { pick } from '../condition';
import { isReachable, type Reachable } from '../network/peer';
import { otherNamespace, presenceOf } from './topology';
import { type Word, words } from './variables';

/** A service that others can wait for. */
export interface Awaited extends Reachable {
  readonly serviceName: Templated<string>;
  readonly servicePort: Templated<number>;
}

/** What has to answer before the program starts. */
export interface StartAfter {
  /** Services of this App, in any order; the way to each of them is opened, as by `allowTo`. */
  readonly services: readonly Awaited[];
  /** An image with `sh` and `nc`, such as a pinned busybox, in which a container waits for them. */
  readonly image: Templated<string>;
}

export const START_AFTER = 'start-after';

function isAwaited(one: unknown): boolean {
  return isReachable(one) && (one as Partial<Awaited>).serviceName !== undefined;
}

export const startAfter = prop.object<StartAfter>({
  services: prop
    .custom((given) => Array.isArray(given) && given.length > 0 && given.every(isAwaited), {
      expected: 'a list of services, such as [db]',
      remedy:
        'Give the services themselves; for what others install, wait in a container of `initContainers`.',
    })
    .required(),
  image: prop.image().required(),
});

/** It goes on when a connection to each of them is taken; which one it waits for is in its log. */
const WAIT =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a script for a shell
  'for at in "$@"; do until nc -z -w 2 "${at%:*}" "${at##*:}"; do echo "waiting for $at"; sleep 1; done; done';

/** The container that waits. A service that is not installed is not waited for. */
export function waiting(construct: IConstruct, { services, image }: StartAfter): Templated<Container> {
  const places = services.map((one) => {
    const namespace = otherNamespace(construct, one);
    const host = namespace === undefined ? one.serviceName : text`${one.serviceName}.${namespace}`;
    return pick(presenceOf(one), text`${host}:${one.servicePort}`) as Word;
  });
  return { name: START_AFTER, image, command: words(['sh', '-c', WAIT, 'sh', ...places]) };
}
