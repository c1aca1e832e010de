import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { command, needs } from '../../test/support/needs';
import { besideFirstProcess, type FirstProcessEnd } from '../spec/testing-only/first-process';
import { bootCommand, ORPHANED } from './boot';

// What becomes a supervisor, beside process 1 of a namespace, with a client that is gone before its program is in.

const { concurrent } = needs(
  command('unshare', 'install util-linux, and run as root'),
  command('nsenter', 'install util-linux, and run as root'),
);

const folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-boot-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const gone = { code: 143, said: ORPHANED };
const waitsOn = { code: 143, said: '' };
const thenEnds = 'sleep 3; kill -TERM $child';
const [none, half] = [':', "printf '100\\nabc'"];
// A program of so many bytes that does nothing.
const whole = "printf '12\\n#!/bin/sh\\n:\\n'";

/** Beside process 1: an input for the script, and what others do meanwhile. */
function entered(input: string, orphanMs: number | undefined, meanwhile: string): Promise<FirstProcessEnd> {
  const enter = `shift; (${input}) | nsenter -t $child -p -m "$@" >/dev/null 2>&1 & ${meanwhile}`;
  return besideFirstProcess(enter, bootCommand(folder, orphanMs));
}

for (const [when, input] of [
  ['before the length of its program', none],
  ['in the middle of it', half],
] as const) {
  concurrent(`a client that is gone ${when} ends its sandbox, after its time`, async () => {
    expect(await entered(input, 2_000, '')).toEqual(gone);
  });
}

const KEPT: readonly (readonly [
  title: string,
  input: string,
  orphanMs: number | undefined,
  meanwhile: string,
])[] = [
  ['a program that is in and ends is no client that is gone', whole, 1_000, thenEnds],
  ['a client that ends nothing ends nothing so either', half, undefined, thenEnds],
  ['another that is in keeps it', half, 1_000, `nsenter -t $child -p -m sleep 2 & ${thenEnds}`],
  [
    'another that was in keeps it',
    half,
    1_000,
    `sleep 0.2; nsenter -t $child -p -m sh -c 'for i in 1 2 3 4; do sleep 0; done'; ${thenEnds}`,
  ],
];
for (const [title, input, orphanMs, meanwhile] of KEPT) {
  concurrent(title, async () => {
    expect(await entered(input, orphanMs, meanwhile)).toEqual(waitsOn);
  });
}

concurrent('outside of a container it ends nothing, and does not wait', async () => {
  const [program = '', ...args] = bootCommand(folder, 600_000);
  const ended = promisify(execFile)('sh', ['-c', '"$@" </dev/null', 'sh', program, ...args], {
    timeout: 10_000,
  });
  await expect(ended).rejects.toMatchObject({ code: 1 });
});
