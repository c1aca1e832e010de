/**
 * The git server of a pod:
 *
 *     node server.cjs REPOSITORY PORT [USERNAME PASSWORD]
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { dirname } from 'node:path';
import { gitBackend } from '../../gitops/testing-only/git-backend';

const [repository = '', port = '', username, password] = process.argv.slice(2);
execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', repository], { stdio: 'inherit' });
const tls = { cert: readFileSync('/code/tls.crt'), key: readFileSync('/code/tls.key') };
const answer = gitBackend({ folder: dirname(repository), username, password });
createServer(tls, answer).listen(Number(port));
process.on('SIGTERM', () => process.exit(0));
