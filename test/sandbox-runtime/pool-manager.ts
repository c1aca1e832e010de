/**
 * A manager with a share of a warm pool, whose callers claim, run a command and close, over and over, until it is killed.
 * Tells each step in a line as it happens.
 *
 *     npx tsx test/sandbox-runtime/pool-manager.ts '{"template":...,"namespace":...,"kubeconfig":...,"values":...,"warm":2}'
 */
import { writeSync } from 'node:fs';
import { type ClaimOptions, Sandboxes, type SandboxesOptions } from '../../sandbox';

export interface ManagerOptions extends Pick<SandboxesOptions, 'template' | 'namespace' | 'kubeconfig'> {
  readonly values: NonNullable<ClaimOptions['values']>;
  readonly warm: number;
  /** How many callers claim at the same time. */
  readonly callers: number;
}

/** What a manager tells: the first word says what, the second which sandbox. */
export type Told = 'warm' | 'cold' | 'ran' | 'used' | 'odd' | 'closed' | 'failed';

const TTL = 120;
/** Only the first command in a sandbox finds none; it says who was there before. */
export const MARK = 'if [ -e mark ]; then echo "used $(cat mark)"; else echo "$0" >mark; echo fresh; fi';

async function caller(sandboxes: Sandboxes, values: ManagerOptions['values']): Promise<void> {
  const tell = (what: Told, id: string) => writeSync(1, `${what} ${id}\n`);
  for (;;) {
    try {
      const sandbox = await sandboxes.claim({ values, ttl: TTL });
      tell(sandbox.info.way === 'warm' ? 'warm' : 'cold', sandbox.id);
      const result = await sandbox.commands.run(['sh', '-c', MARK, sandbox.id]);
      const said = result.stdout.text.trim();
      const isFresh = result.ok && said === 'fresh';
      tell(isFresh ? 'ran' : said.startsWith('used') ? 'used' : 'odd', sandbox.id);
      await sandbox.close();
      tell('closed', sandbox.id);
    } catch (error) {
      tell('failed', `${(error as { code?: string }).code}: ${(error as Error).message.slice(0, 300)}`);
    }
  }
}

async function main([text]: readonly string[]): Promise<void> {
  const { values, warm, callers, ...place } = JSON.parse(text ?? '') as ManagerOptions;
  const sandboxes = new Sandboxes({ ...place, pool: { warm, values } });
  await Promise.all(Array.from({ length: callers }, () => caller(sandboxes, values)));
}

if (require.main === module) void main(process.argv.slice(2));
