import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { STAND_IN } from '../model-script/model-script';
import type { RunningService } from '../shared/server';
import { type ChatStack, chatStack } from '../todo-ai-agent/testing/chat-stack';
import { KEY, PASSWORD } from '../todo-backend/testing/backend-under-test';
import { startFrontend } from './frontend';

// Debian's Chromium, as `make tools` installs it. DRYDOCK_SCREENSHOTS names a folder for pictures of what it saw.
const pictures = process.env.DRYDOCK_SCREENSHOTS;
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

let stack: ChatStack;
let frontend: RunningService;
let browser: Browser;
/** What pages complained of: broken scripts, and what their policy refused. */
const complaints: string[] = [];

beforeAll(async () => {
  stack = await chatStack();
  const env = { BACKEND_URL: stack.backend.url, BETTER_AUTH_SECRET: KEY, PORT: '0' };
  frontend = await startFrontend(env, () => {});
  // Root has no user namespace for Chromium's own sandbox; it sees pages of ours alone.
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
});
afterAll(async () => {
  await browser.close();
  await frontend.close();
  await stack.close();
});
afterEach(() => expect(complaints.splice(0)).toEqual([]));

async function open(options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 }, ...options });
  page.setDefaultTimeout(20_000);
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // That nobody is signed in is what the first question is for.
    if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text());
  });
  page.on('dialog', (dialog) => complaints.push(`dialog ${dialog.message()}`));
  await page.goto(frontend.url);
  return page;
}

async function signUp(page: Page, email: string): Promise<void> {
  await page.getByRole('button', { name: 'Sign up' }).click();
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Your list', exact: true }).waitFor();
}

async function add(page: Page, title: string): Promise<void> {
  await page.getByPlaceholder('What is to be done?').fill(title);
  await page.keyboard.press('Enter');
  await item(page, title).waitFor();
}

const item = (page: Page, title: string): Locator => page.locator('#todos li').filter({ hasText: title });
const titles = (page: Page) => page.locator('#todos .title').allTextContents();

/** Waits until the list is this one. */
async function expectTitles(page: Page, wanted: string[]): Promise<void> {
  for (let tries = 0; tries < 150 && (await titles(page)).join() !== wanted.join(); tries++) {
    await page.waitForTimeout(100);
  }
  expect(await titles(page)).toEqual(wanted);
}

async function say(page: Page, text: string): Promise<void> {
  const answers = page.getByText(`Answered by ${STAND_IN}`);
  const before = await answers.count();
  await page.getByPlaceholder('Your question').fill(text);
  await page.keyboard.press('Enter');
  await answers.nth(before).waitFor();
}

async function picture(page: Page, name: string): Promise<void> {
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

/** What is wrong for people with other eyes and hands: nothing that is serious. */
async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe);
  const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

test('somebody signs up, and adds, edits, ticks, filters and deletes todos', async () => {
  const page = await open();
  await picture(page, 'sign-in');
  await expectAccessible(page);
  await signUp(page, 'ann@example.com');
  await page.getByText('Nothing to do yet.').waitFor();
  await add(page, 'Buy milk');
  await add(page, 'Call the plumber');
  await expectTitles(page, ['Call the plumber', 'Buy milk']);

  await page.getByRole('button', { name: 'Edit “Buy milk”' }).click();
  await page.getByLabel('Title').fill('Buy oat milk');
  await page.getByLabel('Notes').fill('Two litres\nand a bag');
  await page.getByRole('button', { name: 'Save' }).click();
  await item(page, 'Two litres').waitFor();

  await page.getByRole('checkbox', { name: 'Buy oat milk' }).check();
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expectTitles(page, ['Call the plumber']);
  await page.getByRole('button', { name: 'Done' }).click();
  await expectTitles(page, ['Buy oat milk']);
  await page.getByRole('button', { name: 'All' }).click();
  await expectTitles(page, ['Call the plumber', 'Buy oat milk']);

  await page.getByRole('button', { name: 'Delete “Buy oat milk”' }).click();
  await expectTitles(page, ['Call the plumber']);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expectTitles(page, ['Buy oat milk', 'Call the plumber']);
  expect(await page.getByRole('checkbox', { name: 'Buy oat milk' }).isChecked()).toBe(true);
  await expectAccessible(page);

  // What is there is there after a reload: the list is the database's.
  await page.reload();
  await expectTitles(page, ['Buy oat milk', 'Call the plumber']);
  await page.close();
});

test('the chat lists todos, and what it adds shows without a reload; another user sees none of it', async () => {
  const page = await open();
  await signUp(page, 'chat@example.com');
  await add(page, 'Water the plants');
  await say(page, 'What is on my list?');
  expect(await page.locator('.message.assistant').last().textContent()).toBe(
    'You have 1 todo:\n- Water the plants',
  );
  await say(page, 'Add buy bread');
  await expectTitles(page, ['buy bread', 'Water the plants']);
  await say(page, 'Tick water');
  await page.locator('li.done', { hasText: 'Water the plants' }).waitFor();
  await picture(page, 'list-and-chat');
  await expectAccessible(page);

  const other = await open();
  await signUp(other, 'other@example.com');
  await other.getByText('Nothing to do yet.').waitFor();
  await say(other, 'list my todos');
  expect(await other.locator('.message.assistant').last().textContent()).toBe('Your list is empty.');
  await Promise.all([page.close(), other.close()]);
});

test('a model that fails is said in the chat, and can be stopped', async () => {
  const page = await open();
  await signUp(page, 'fails@example.com');
  await page.getByPlaceholder('Your question').fill('misbehave: no json');
  await page.keyboard.press('Enter');
  await page.getByText('The model gave an answer that makes no sense').waitFor();
  await page.getByPlaceholder('Your question').fill('misbehave: silence');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByText('Stopped.').waitFor();
  await say(page, 'list my todos');
  await page.close();
});

test('all of it works with the keyboard alone, and the keyboard stays where it was', async () => {
  const page = await open();
  const focused = () =>
    page.evaluate('document.activeElement.getAttribute("aria-label") ?? document.activeElement.id');
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  // Once it is known that nobody is signed in.
  await page.waitForFunction('document.activeElement.id === "account-email"');
  await press('Tab', 'Tab', 'Tab');
  expect(await focused()).toBe('account-switch');
  await press('Enter');
  await page.keyboard.type('keys@example.com');
  await press('Tab');
  await page.keyboard.type(PASSWORD);
  await press('Enter');
  await page.getByRole('heading', { name: 'Your list', exact: true }).waitFor();
  await page.keyboard.type('first');
  await press('Enter');
  await item(page, 'first').waitFor();
  await page.keyboard.type('second');
  await press('Enter');
  await item(page, 'second').waitFor();
  // Past the button and the three filters to the first todo.
  await press('Tab', 'Tab', 'Tab', 'Tab', 'Tab', 'Space');
  await page.locator('li.done', { hasText: 'second' }).waitFor();
  await press('Tab');
  expect(await focused()).toBe('Edit “second”');
  await press('Enter');
  await page.keyboard.type(', never kept');
  await press('Escape');
  expect(await focused()).toBe('Edit “second”');
  await press('Enter', 'End');
  await page.keyboard.type(' and last');
  await press('Enter');
  await item(page, 'second and last').waitFor();
  await page.waitForFunction(
    'document.activeElement.getAttribute("aria-label") === "Edit “second and last”"',
  );
  await press('Tab', 'Enter');
  await expectTitles(page, ['first']);
  expect(await focused()).toBe('Delete “first”');
  await page.close();
});

test('on a phone nothing is cut off, and in the dark all can be read', async () => {
  const page = await open({ viewport: { width: 360, height: 740 }, colorScheme: 'dark', hasTouch: true });
  await expectAccessible(page);
  await signUp(page, 'a.rather.long.address.of.somebody@subdomain.example.com');
  await add(page, 'Averylongwordthatnobreakingrulecansplit'.repeat(4));
  await add(page, 'Buy milk');
  await picture(page, 'phone');
  const width = () => page.evaluate('document.documentElement.scrollWidth');
  expect(await width()).toBe(360);
  await say(page, 'What is on my list?');
  expect(await width()).toBe(360);
  await expectAccessible(page);
  await page.close();
});

test('text with markup is text: nothing of it runs', async () => {
  const page = await open();
  await signUp(page, 'markup@example.com');
  const markup = '<img src=x onerror=alert(1)><script>alert(2)</script>';
  await add(page, markup);
  await say(page, 'list my todos');
  expect(await titles(page)).toEqual([markup]);
  expect(await page.locator('#todos img, .message img, .message script').count()).toBe(0);
  await page.close();
});

test('who signs out, or whose session ends, sees the sign-in and no list of before', async () => {
  const page = await open();
  await signUp(page, 'leaves@example.com');
  await add(page, 'private');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  expect(await page.content()).not.toContain('private');
  await page.getByLabel('E-mail address').fill('leaves@example.com');
  await page.getByLabel('Password').fill('not the password');
  await page.keyboard.press('Enter');
  await page.getByText('No account has this e-mail address').waitFor();
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await expectTitles(page, ['private']);
  await page.context().clearCookies();
  await page.getByRole('checkbox').click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  expect(await page.content()).not.toContain('private');
  await page.close();
});
