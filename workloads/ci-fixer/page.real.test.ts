import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { expectAccessible, open, startBrowser } from '../todo-frontend/testing/page';
import { type FixerUnderTest, fixerUnderTest } from './testing/fixer-under-test';
import { IMAGE } from './testing/local-boxes';

/** The page in Chromium. */

// Above what a page waits for, whose words say more.
jest.setTimeout(240_000);

let fixer: FixerUnderTest;
let browser: Browser;
let page: Page;
let folder: string;
const complaints: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ci-fixer-page-'));
  // Comments of the stream come in between, which are no events.
  fixer = await fixerUnderTest({}, { keepAliveMs: 50 });
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await fixer?.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  page = await open(browser, fixer.url, complaints);
});
afterEach(async () => {
  await page.close();
  expect(complaints.splice(0)).toEqual([]);
});

test('a folder is chosen, its run watched, and what it prints is shown as text; people who use no mouse, and no eyes, can use it', async () => {
  mkdirSync(join(folder, 'sums', 'tests'), { recursive: true });
  writeFileSync(join(folder, 'sums', 'sum.sh'), 'echo $(( $1 - $2 ))\n');
  const shown = '<img src=x onerror="document.title=1">';
  writeFileSync(
    join(folder, 'sums', 'tests', 'all.sh'),
    `found=$(sh sum.sh 2 3)\necho '${shown}'\n[ "$found" = 5 ]\n`,
  );
  await page.setInputFiles('#folder', join(folder, 'sums'));
  await page.getByLabel('Image').fill(IMAGE);
  await page.getByLabel('Command').fill('sh tests/all.sh');
  await page.getByLabel('Title').fill('A sum');
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByText('fixed: A script, and no model').waitFor();
  await page.getByRole('button', { name: 'A sum - fixed' }).waitFor();
  expect(await page.textContent('#patch')).toContain('+echo $(( $1 + $2 ))');
  expect(await page.textContent('#output')).toContain(shown);
  expect([await page.title(), await page.locator('img').count()]).toEqual(['CI-fixer', 0]);
  await expectAccessible(page);
});

test('what is refused is said, and a run that goes on is cancelled', async () => {
  await page.getByLabel('Image').fill(IMAGE);
  await page.getByLabel('Command').fill('true');
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByText('refused: There is no file.').waitFor();
  mkdirSync(join(folder, 'slow', 'tests'), { recursive: true });
  writeFileSync(join(folder, 'slow', 'tests', 'all.sh'), 'echo begun\nsleep 600\n');
  await page.setInputFiles('#folder', join(folder, 'slow'));
  await page.getByLabel('Command').fill('sh tests/all.sh');
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByText('begun').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('cancelled: It was cancelled.').waitFor();
});
