import { upstream } from '../shared/health';
import { createLog } from '../shared/log';
import { type RunningService, startService } from '../shared/server';
import { httpUrl, port, readSettings, signingKey, wholeNumber } from '../shared/settings';
import { proxy } from './proxy';
import { readPage, serveFile } from './static-files';

/** Starts the frontend with the variables that its chart sets. */
export async function startFrontend(
  env: NodeJS.ProcessEnv,
  write?: (line: string) => void,
): Promise<RunningService> {
  const settings = readSettings(env, {
    BACKEND_URL: httpUrl('http://backend-svc:8000'),
    BETTER_AUTH_SECRET: signingKey,
    // Behind an Ingress the address of a user is what the Ingress says, and else what anybody says.
    TRUSTED_PROXIES: wholeNumber({ min: 0, max: 5, fallback: 0 }),
    PORT: port(3000),
  });
  const files = readPage();
  return startService({
    name: 'todo-frontend',
    port: settings.PORT,
    log: createLog({ program: 'todo-frontend', secrets: [settings.BETTER_AUTH_SECRET], write }),
    bodyLimit: 256 * 1024,
    readiness: { backend: upstream(settings.BACKEND_URL) },
    routes: (app) => {
      for (const file of files) app.get(file.path, (c) => serveFile(c, file));
      app.all('/api/*', (c) =>
        proxy(c, {
          backendUrl: settings.BACKEND_URL,
          key: settings.BETTER_AUTH_SECRET,
          trustedProxies: settings.TRUSTED_PROXIES,
        }),
      );
    },
  });
}
