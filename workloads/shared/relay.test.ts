import { createLog } from './log';
import { relay } from './relay';
import { type RunningService, startService } from './server';

const lines: string[] = [];
const log = createLog({ program: 'relay', write: (line) => lines.push(line) });
let service: RunningService;
/** What the other program does after its first words. */
let then: (controller: ReadableStreamDefaultController<Uint8Array>) => void;
let cancelled = false;

beforeAll(async () => {
  service = await startService({
    name: 'relay',
    port: 0,
    log,
    bodyLimit: 10,
    readiness: {},
    lingerMs: 0,
    routes: (app) => {
      app.get('/relayed', (c) => {
        const other = new ReadableStream<Uint8Array>({
          start: (controller) => controller.enqueue(new TextEncoder().encode('first ')),
          pull: (controller) => then(controller),
          cancel: () => {
            cancelled = true;
          },
        });
        return c.body(relay(other, log));
      });
    },
  });
});
afterAll(() => service.close());

test('a whole answer is handed on whole', async () => {
  then = (controller) => {
    controller.enqueue(new TextEncoder().encode('second'));
    controller.close();
  };
  expect(await (await fetch(`${service.url}/relayed`)).text()).toBe('first second');
});

test('an answer that breaks off ends, is told in the log, and nowhere else', async () => {
  const printed = jest.spyOn(console, 'error').mockImplementation(() => {});
  then = (controller) => controller.error(new Error('terminated at 10.0.0.7'));
  expect(await (await fetch(`${service.url}/relayed`)).text()).toBe('first ');
  expect(lines.join('')).toContain('terminated at 10.0.0.7');
  expect(printed).not.toHaveBeenCalled();
  printed.mockRestore();
});

test('where the reader leaves, the other program is told', async () => {
  then = () => {};
  const leaving = new AbortController();
  const answer = await fetch(`${service.url}/relayed`, { signal: leaving.signal });
  await answer.body?.getReader().read();
  leaving.abort();
  for (let tries = 0; tries < 50 && !cancelled; tries++) await new Promise((go) => setTimeout(go, 20));
  expect(cancelled).toBe(true);
});
