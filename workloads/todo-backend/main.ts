import { createLog } from '../shared/log';
import { runProgram, sayWhy } from '../shared/program';
import { startBackend } from './backend';
import { migrate } from './migrations';
import { readMigrationSettings } from './settings';

/** `node main.js` serves; `node main.js migrate` brings the database to what this version expects, and ends. */
async function main(command: string | undefined): Promise<void> {
  if (command === undefined) return runProgram('todo-backend', () => startBackend(process.env));
  const url = process.env.DATABASE_URL ?? '';
  const log = createLog({ program: 'todo-backend', secrets: [url] });
  try {
    if (command !== 'migrate')
      throw new Error(`unknown command ${command}: there is migrate, and none to serve`);
    const { DATABASE_URL, DATABASE_PATIENCE_SECONDS } = readMigrationSettings(process.env);
    await migrate(DATABASE_URL, log, DATABASE_PATIENCE_SECONDS * 1000);
  } catch (error) {
    sayWhy(log, error);
    process.exitCode = 1;
  }
}

void main(process.argv[2]);
