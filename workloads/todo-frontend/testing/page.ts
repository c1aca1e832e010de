import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { STAND_IN } from '../../model-script/model-script';
import { PASSWORD } from '../../todo-backend/testing/backend-under-test';

/** What somebody does at the page, by what they see of it. DRYDOCK_SCREENSHOTS names a folder for pictures of it. */

const pictures = process.env.DRYDOCK_SCREENSHOTS;
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** Debian's Chromium, as `make tools` installs it. Root has no user namespace for its own sandbox; it sees pages of ours alone. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
}

/** Opens the page. What it complains of is added: broken scripts, and what its policy refused. */
export async function open(
  browser: Browser,
  url: string,
  complaints: string[],
  options: Parameters<Browser['newPage']>[0] = {},
): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 }, ...options });
  page.setDefaultTimeout(60_000);
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // That nobody is signed in is what the first question is for.
    if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text());
  });
  page.on('dialog', (dialog) => complaints.push(`dialog ${dialog.message()}`));
  await page.goto(url);
  return page;
}

export async function signUp(page: Page, email: string): Promise<void> {
  await page.getByRole('button', { name: 'Sign up' }).click();
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Your list', exact: true }).waitFor();
}

export async function add(page: Page, title: string): Promise<void> {
  await page.getByPlaceholder('What is to be done?').fill(title);
  await page.keyboard.press('Enter');
  await item(page, title).waitFor();
}

export const item = (page: Page, title: string): Locator =>
  page.locator('#todos li').filter({ hasText: title });
export const titles = (page: Page): Promise<string[]> => page.locator('#todos .title').allTextContents();

export async function edit(
  page: Page,
  title: string,
  change: { title: string; notes: string },
): Promise<void> {
  await page.getByRole('button', { name: `Edit “${title}”` }).click();
  await page.getByLabel('Title').fill(change.title);
  await page.getByLabel('Notes').fill(change.notes);
  await page.getByRole('button', { name: 'Save' }).click();
  await item(page, change.title).waitFor();
}

/** Waits until the list is this one. */
export async function expectTitles(page: Page, wanted: string[]): Promise<void> {
  for (let tries = 0; tries < 600 && (await titles(page)).join() !== wanted.join(); tries++) {
    await page.waitForTimeout(100);
  }
  expect(await titles(page)).toEqual(wanted);
}

/** Says something in the chat, and waits for the answer of the stand-in; what it says. */
export async function say(page: Page, text: string): Promise<string | null> {
  const answers = page.getByText(`Answered by ${STAND_IN}`);
  const before = await answers.count();
  await page.getByPlaceholder('Your question').fill(text);
  await page.keyboard.press('Enter');
  await answers.nth(before).waitFor();
  return page.locator('.message.assistant').last().textContent();
}

export async function picture(page: Page, name: string): Promise<void> {
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

/** What is wrong for people with other eyes and hands: nothing that is serious. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe);
  const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}
