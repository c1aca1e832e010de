import { createLog, type Log } from '../shared/log';
import { type RunningService, startService } from '../shared/server';
import { openDatabase } from './database';
import { checkMigrated } from './migrations';
import { openApiDocument } from './openapi';
import { operationsOf } from './operations';
import { register } from './register';
import { Sessions, sweep } from './sessions';
import { readBackendSettings } from './settings';

const SWEEP_MS = 60_000;

/** Starts the backend with the variables that its chart sets. It starts without a database, and is unready until it has one. */
export async function startBackend(
  env: NodeJS.ProcessEnv,
  write?: (line: string) => void,
): Promise<RunningService> {
  const settings = readBackendSettings(env);
  const secrets = [settings.DATABASE_URL, settings.BETTER_AUTH_SECRET];
  const log = createLog({ program: 'todo-backend', secrets, write });
  const database = openDatabase(settings.DATABASE_URL, log);
  const sessions = new Sessions(database, settings.BETTER_AUTH_SECRET);
  const publicUrl = settings.BETTER_AUTH_URL;
  const operations = operationsOf({ database, sessions, publicUrl, agentUrl: settings.AI_AGENT_URL });
  const service = await startService({
    name: 'todo-backend',
    port: settings.PORT,
    log,
    bodyLimit: 256 * 1024,
    readiness: { database: () => checkMigrated(database) },
    routes: (app) => {
      register(app, operations, { database, sessions });
      app.get('/openapi.json', (c) => c.json(openApiDocument(operations, publicUrl)));
    },
  });
  const sweeping = setInterval(() => void sweep(database).catch(saySo(log)), SWEEP_MS);
  return {
    url: service.url,
    close: async () => {
      clearInterval(sweeping);
      await service.close();
      await database.close();
    },
  };
}

function saySo(log: Log) {
  return (error: unknown) => log.warn('could not remove what has ended', { error });
}
