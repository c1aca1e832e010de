import type { SmallServer } from '../../controller/serve/small-server';
import { startPageServer } from '../../gitops/page/page-server';
import { expectAccessible, open, picture, startBrowser } from '../../workloads/todo-frontend/testing/page';
import { apps, HOSTILE, LINES, sample } from './page-sample';

jest.setTimeout(120_000);

/** The page in Chromium: for eyes, keyboards and phones. DRYDOCK_SCREENSHOTS names a folder for pictures. */

let browser: Awaited<ReturnType<typeof startBrowser>>;
let server: SmallServer;
let origin: string;
const complaints: string[] = [];
beforeAll(async () => {
  server = await startPageServer({ port: 0, host: '127.0.0.1', names: [], data: sample });
  origin = `http://localhost:${server.port}`;
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});
// What a script complains of, and what the policy of the page has refused.
afterEach(() => expect(complaints).toEqual([]));

test('Applications are listed; what changes is shown by itself, and what is searched for stays searched for', async () => {
  const page = await open(browser, origin, complaints);
  await page.getByRole('heading', { name: 'Applications' }).waitFor();
  await expectAccessible(page);
  await picture(page, 'gitops-list');
  await page.getByLabel('Find').fill('bill');
  expect(await page.locator('tr[data-name]:visible').allTextContents()).toHaveLength(1);
  // It does not go on under the hands of who types.
  await page.getByRole('heading', { name: 'Applications' }).click();
  const billing = apps.get('billing')!;
  const message = `commit abc is being applied ${HOSTILE}`;
  apps.set('billing', { ...billing, status: { ...billing.status, phase: 'Syncing', message } });
  await page.getByText(message).waitFor();
  apps.set('billing', billing);
  expect(await page.getByLabel('Find').inputValue()).toBe('bill');
  expect(await page.locator('tr[data-name]:visible').allTextContents()).toHaveLength(1);
  await page.close();
});

test('by keyboard alone one comes to an Application, and from a box of its graph to what is wrong', async () => {
  const page = await open(browser, origin, complaints);
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('To the content');
  await page.getByRole('link', { name: 'shop/web' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'shop/web', exact: true }).waitFor();
  await expectAccessible(page);
  expect(await page.locator('.graph .node').count()).toBe(16);
  expect(await page.locator('.graph .edge').count()).toBe(2 * LINES);
  await picture(page, 'gitops-application');
  await page.getByRole('link', { name: /Deployment web: waiting/ }).focus();
  await page.keyboard.press('Enter');
  expect(await page.locator('tr:target').textContent()).toContain('cannot be pulled');
  await page.close();
});

test('a diff shows what others have written as text, and of a Secret that it changes', async () => {
  const page = await open(browser, `${origin}/applications/shop/web`, complaints);
  await page.getByRole('link', { name: 'What the branch would change now' }).click();
  await page.getByText('object(s) differ').first().waitFor();
  expect(await page.locator('pre .plus').allTextContents()).toEqual([`+ ${HOSTILE}`, `+ ${HOSTILE}`]);
  expect(await page.getByText('data.password: (changed, not shown)').count()).toBe(2);
  expect(await page.locator('img').count()).toBe(0);
  await expectAccessible(page);
  await picture(page, 'gitops-diff');
  await page.close();
});

test('on a phone, in the dark, nothing is wider than the screen', async () => {
  const phone = { viewport: { width: 375, height: 740 }, colorScheme: 'dark' } as const;
  for (const path of ['/', '/applications/shop/web', '/applications/shop/web/diff']) {
    const page = await open(browser, `${origin}${path}`, complaints, phone);
    expect([path, await page.evaluate('document.documentElement.scrollWidth > window.innerWidth')]).toEqual([
      path,
      false,
    ]);
    await expectAccessible(page);
    if (path === '/applications/shop/web') await picture(page, 'gitops-phone-dark');
    await page.close();
  }
});

test('without scripts it is the same page, and still', async () => {
  const page = await open(browser, origin, complaints, { javaScriptEnabled: false });
  expect(await page.locator('tr[data-name]').count()).toBe(3);
  expect(await page.getByLabel('Find').isVisible()).toBe(false);
  await page.close();
});
