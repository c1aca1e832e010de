import { httpUrl, port, postgresUrl, readSettings, signingKey, wholeNumber } from '../shared/settings';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the chart of the backend sets. */
export function readBackendSettings(env: Environment) {
  return readSettings(env, {
    DATABASE_URL: postgresUrl,
    BETTER_AUTH_SECRET: signingKey,
    BETTER_AUTH_URL: httpUrl('http://localhost:30000'),
    AI_AGENT_URL: httpUrl('http://ai-svc:8002'),
    PORT: port(8000),
  });
}

/** All that a migration needs: it runs with less than the server has. */
export function readMigrationSettings(env: Environment) {
  return readSettings(env, {
    DATABASE_URL: postgresUrl,
    DATABASE_PATIENCE_SECONDS: wholeNumber({ min: 0, max: 600, fallback: 60 }),
  });
}
