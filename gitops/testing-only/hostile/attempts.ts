import type { Attempt } from './attempt';
import { SERVERS } from './from-servers';
import { ADDRESSES } from './in-addresses';
import { FILES } from './in-files';
import { MANIFESTS_OF } from './in-manifests';

export const ATTEMPTS: readonly Attempt[] = [...FILES, ...MANIFESTS_OF, ...ADDRESSES, ...SERVERS];
