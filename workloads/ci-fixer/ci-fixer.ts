import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Context } from 'hono';
import { Gauge, type Registry } from 'prom-client';
import { eventText } from '../shared/event-stream';
import { createLog, type Log } from '../shared/log';
import { notFound, Problem } from '../shared/problem';
import { bearerOf, type Env, jsonBody } from '../shared/requests';
import { type RunningService, startService } from '../shared/server';
import { SettingsError } from '../shared/settings';
import type { Boxes } from './box';
import { ClusterBoxes } from './cluster-boxes';
import { fix } from './fix';
import { atLevel } from './log-level';
import { Model, type ModelOptions } from './model';
import { CONTENT_SECURITY_POLICY, PAGE } from './page';
import { FixRequest } from './request';
import type { Run } from './run';
import { RunFiles } from './run-files';
import { Runs } from './runs';
import { readCiFixerSettings } from './settings';
import { TREE_LIMITS } from './tree';
import type { Verdict } from './verdict';

export interface CiFixerOptions {
  /** @default - standard output */
  readonly write?: (line: string) => void;
  /** @default - sandboxes of the cluster that the program runs in */
  readonly boxes?: Boxes;
  /** How long nothing is told of a run before its readers are told that. @default 15000 */
  readonly keepAliveMs?: number;
  readonly modelPausesMs?: ModelOptions['pausesMs'];
}

/** Everybody who reaches it, where no tenants are named: the chart lets nobody but those of one namespace. */
const ONLY_TENANT = 'default';
/** How soon a run is taken over that the program before took when this one had begun already. */
const ADOPT_MS = 2000;
/** Base64 takes a third more than what it says. */
const BODY_LIMIT = 2 * TREE_LIMITS.bytes;

/** Starts CI-fixer with the variables that its chart sets. */
export async function startCiFixer(
  env: NodeJS.ProcessEnv,
  options: CiFixerOptions = {},
): Promise<RunningService> {
  const settings = readCiFixerSettings(env);
  const secrets = [settings.LLM_API_KEY, ...settings.TENANTS.keys()];
  const log = atLevel(createLog({ program: 'ci-fixer', secrets, write: options.write }), settings.LOG_LEVEL);
  const boxes =
    options.boxes ??
    ClusterBoxes.of({
      template: templateIn(settings.SANDBOX_TEMPLATE),
      namespace: settings.SANDBOX_NAMESPACE,
      warm: settings.SANDBOXES_WARM,
      warmImage: settings.SANDBOXES_WARM_IMAGE,
      onNotWarm: (error) => log.warn('sandboxes are not started ahead', { error }),
    });
  const model = new Model({
    url: settings.LLM_BASE_URL,
    key: settings.LLM_API_KEY,
    model: settings.LLM_MODEL,
    timeoutMs: settings.LLM_TIMEOUT_SECONDS * 1000,
    pausesMs: options.modelPausesMs,
  });
  const fixing = { boxes, model, gitAllowed: settings.GIT_ALLOWED };
  let count: (verdict: Verdict) => void = () => {};
  const runs = new Runs({
    atOnce: settings.RUNS_AT_ONCE,
    mostWaiting: settings.RUNS_WAITING,
    kept: settings.RUNS_KEPT,
    files: new RunFiles(settings.STATE_FOLDER),
    work: (run) => workOn(run, log.with({ run: run.id, tenant: run.tenant }), fixing),
    onEnd: (run, verdict) => {
      count(verdict);
      const { outcome, rounds } = verdict;
      log.info('run ended', { run: run.id, tenant: run.tenant, outcome, rounds });
    },
    onUnsaved: (run, error) => log.error('the end of a run could not be saved', { run: run.id, error }),
  });
  const tenantOf = (c: Context<Env>) => {
    if (settings.TENANTS.size === 0) return ONLY_TENANT;
    const tenant = settings.TENANTS.get(bearerOf(c) ?? '');
    if (tenant === undefined) throw keyNeeded();
    return tenant;
  };
  const runOf = (c: Context<Env>) => {
    const run = runs.find(tenantOf(c), c.req.param('id') ?? '');
    if (run === undefined) throw notFound('such run');
    return run;
  };

  const adopting = setInterval(() => {
    try {
      runs.adopt();
    } catch (error) {
      log.error('the folder of runs cannot be read', { error });
    }
  }, ADOPT_MS);
  const ending = new AbortController();
  const service = await startService({
    name: 'ci-fixer',
    port: settings.PORT,
    host: settings.HOST || undefined,
    log,
    bodyLimit: BODY_LIMIT,
    readiness: { sandboxes: () => boxes.check() },
    routes: (app, metrics) => {
      const ended = metrics.counter('ci_fixer_runs_total', 'Runs by how they ended', ['outcome']);
      count = ({ outcome }) => ended.inc({ outcome });
      gauge(
        metrics.registry,
        'ci_fixer_runs_waiting',
        'Runs that wait for their turn',
        () => runs.counts.waiting,
      );
      gauge(metrics.registry, 'ci_fixer_runs_running', 'Runs that are under way', () => runs.counts.running);
      app.get('/metrics/sandboxes', (c) => c.text(boxes.metrics()));
      app.get('/', (c) => c.html(PAGE, 200, { 'content-security-policy': CONTENT_SECURITY_POLICY }));
      app.get('/runs', (c) => c.json({ runs: runs.list(tenantOf(c)).map((run) => run.summary()) }));
      app.post('/runs', async (c) => {
        const tenant = tenantOf(c);
        const run = runs.add(tenant, await jsonBody(c, FixRequest));
        return c.json(run.summary(), 202, { location: `/runs/${run.id}` });
      });
      app.get('/runs/:id', (c) => c.json(runOf(c).whole()));
      app.get('/runs/:id/events', (c) => eventsOfRun(c, runOf(c), ending.signal, options.keepAliveMs));
      app.post('/runs/:id/cancel', (c) => {
        const run = runOf(c);
        return c.json({ cancelled: runs.cancel(run) }, 202);
      });
    },
  });
  return {
    url: service.url,
    close: async () => {
      clearInterval(adopting);
      await runs.close();
      // Readers come again, and read on where the run begins anew.
      ending.abort();
      await Promise.all([service.close(), boxes.close()]);
    },
  };
}

function keyNeeded(): Problem {
  return new Problem(401, 'key_needed', 'Send the key of a tenant: Authorization: Bearer KEY.');
}

function templateIn(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new SettingsError(
      `environment variable SANDBOX_TEMPLATE: found no file ${file}, expected the template that the chart installs; set it where the program is started`,
    );
  }
}

/** A sandbox of a run that a crash cut off may still be there when the run begins anew, under a name that is taken then. */
const START = randomBytes(2).toString('hex');

/** A run never takes the program along: what is not foreseen is its own end. */
async function workOn(run: Run, log: Log, fixing: Parameters<typeof fix>[0]): Promise<Verdict> {
  try {
    return await fix(fixing, run.request, {
      name: `fix-${run.id}-${START}`,
      tell: (step) => run.tell(step),
      signal: run.cancelling.signal,
    });
  } catch (error) {
    log.error('a run failed', { error });
    return { outcome: 'failed', reason: 'Something went wrong on our side.', rounds: 0 };
  }
}

/** Between a reader and us there may be somebody who closes what is quiet. */
const KEEP_ALIVE_MS = 15_000;
/** A comment, which is no event. */
const STILL_HERE = ': it goes on\n\n';

/** The steps of a run from its first, as they come. A slow reader slows itself alone down: steps are kept once. */
function eventsOfRun(c: Context<Env>, run: Run, ending: AbortSignal, keepAliveMs = KEEP_ALIVE_MS): Response {
  const gone = new AbortController();
  const left = AbortSignal.any([gone.signal, ending]);
  const encoder = new TextEncoder();
  let seen = 0;
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await run.more(seen, left, keepAliveMs);
      if (left.aborted) return controller.close();
      const step = run.steps[seen];
      if (step === undefined) return controller.enqueue(encoder.encode(STILL_HERE));
      seen++;
      controller.enqueue(encoder.encode(eventText(step.event, step.data)));
      if (step.event === 'verdict') controller.close();
    },
    cancel: () => gone.abort(),
  });
  return c.body(stream, 200, { 'content-type': 'text/event-stream' });
}

/** A number that is read when it is asked for. */
function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}
