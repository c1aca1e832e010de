import { tmpdir } from 'node:os';
import { RENDER_LIMITS, runProgram } from './run-program';

const said = (script: string) =>
  runProgram({
    ...{ where: 'a test', program: 'sh', args: ['-c', script], folder: tmpdir(), limits: RENDER_LIMITS },
    env: { PATH: process.env.PATH ?? '' },
  });
/** As the runtime of Go does when it gets no more memory: where everything was comes after the cause. */
const trace =
  'i=0; while [ $i -lt 2000 ]; do echo "goroutine $i [running]: main.main()" >&2; i=$((i+1)); done; exit 2';

test('a program that ran out of memory is told so, however much it says after that', async () => {
  const dead = said(`echo "fatal error: runtime: out of memory" >&2; ${trace}`);
  await expect(dead).rejects.toMatchObject({
    code: 'RENDER_FAILED',
    found: `more than ${RENDER_LIMITS.memoryBytes} bytes of memory by sh`,
  });
});

test('of one that failed otherwise the end of its words is kept', async () => {
  const { code, err } = await said(trace);
  expect([code, err.length]).toEqual([2, 16_384]);
  expect(err).toMatch(/goroutine 1999 \[running\]: main\.main\(\)\n$/);
});
