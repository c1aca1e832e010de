/**
 * Writes docs/evidence/gitops-peers.md: what the GitOps controller does and does not, beside Flux, Argo CD, Fleet and kluctl,
 * each by what its documentation says. A row that names a test or a page of ours that is not there ends it.
 *
 *     npx tsx evidence/gitops-peers.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { page } from './gitops-peers/page';

writeFileSync(join(__dirname, '..', 'docs', 'evidence', 'gitops-peers.md'), page());
