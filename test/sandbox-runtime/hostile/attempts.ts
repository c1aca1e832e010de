import type { Attempt } from './attempt';
import { FILE_ATTEMPTS } from './file-attempts';
import { FOLDER_ATTEMPTS } from './folder-attempts';
import { NETWORK_ATTEMPTS, PRIVILEGE_ATTEMPTS } from './in-pod-attempts';
import { LIE_ATTEMPTS } from './lie-attempts';
import { OUTPUT_ATTEMPTS, SURVIVAL_ATTEMPTS } from './output-attempts';
import { RESOURCE_ATTEMPTS } from './resource-attempts';

/** Those that leave their sandbox as it was, or to nobody. */
export const ATTEMPTS: readonly Attempt[] = [
  ...PRIVILEGE_ATTEMPTS,
  ...NETWORK_ATTEMPTS,
  ...OUTPUT_ATTEMPTS,
  ...SURVIVAL_ATTEMPTS,
  ...FILE_ATTEMPTS,
  ...FOLDER_ATTEMPTS,
  ...LIE_ATTEMPTS,
];

/** Those that use up what a sandbox has. They take their time, and each has a sandbox of its own. */
export const EXHAUSTING_ATTEMPTS = RESOURCE_ATTEMPTS;
