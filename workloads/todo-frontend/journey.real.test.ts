import type { Browser, Page } from 'playwright-core';
import type { RunningService } from '../shared/server';
import { type ChatStack, chatStack } from '../todo-ai-agent/testing/chat-stack';
import { KEY, PASSWORD } from '../todo-backend/testing/backend-under-test';
import { startFrontend } from './frontend';
import {
  add,
  edit,
  expectAccessible,
  expectTitles,
  item,
  open as openPage,
  picture,
  say,
  signUp,
  startBrowser,
  titles,
} from './testing/page';

// Above what a page waits for, whose words say more.
jest.setTimeout(240_000);

let stack: ChatStack;
let frontend: RunningService;
let browser: Browser;
const complaints: string[] = [];

beforeAll(async () => {
  stack = await chatStack();
  const env = { BACKEND_URL: stack.backend.url, BETTER_AUTH_SECRET: KEY, PORT: '0' };
  frontend = await startFrontend(env, () => {});
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
  await frontend.close();
  await stack.close();
});
afterEach(() => expect(complaints.splice(0)).toEqual([]));

function open(options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
  return openPage(browser, frontend.url, complaints, options);
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

  await edit(page, 'Buy milk', { title: 'Buy oat milk', notes: 'Two litres\nand a bag' });
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
  expect(await say(page, 'What is on my list?')).toBe('You have 1 todo:\n- Water the plants');
  await say(page, 'Add buy bread');
  await expectTitles(page, ['buy bread', 'Water the plants']);
  await say(page, 'Tick water');
  await page.locator('li.done', { hasText: 'Water the plants' }).waitFor();
  await picture(page, 'list-and-chat');
  await expectAccessible(page);

  const other = await open();
  await signUp(other, 'other@example.com');
  await other.getByText('Nothing to do yet.').waitFor();
  expect(await say(other, 'list my todos')).toBe('Your list is empty.');
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
