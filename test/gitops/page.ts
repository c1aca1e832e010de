import { drydock } from '../../cli/testing-only/drydock';
import { expectAccessible, open, picture, startBrowser } from '../../workloads/todo-frontend/testing/page';
import type { gitopsWorld } from './world';

type Browser = Awaited<ReturnType<typeof startBrowser>>;

const HOSTILE = '<img src=x onerror=alert(1)>"\'&amp;';
const labels = { app: 'web' };
const all = [
  {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } },
    spec: {
      ...{ replicas: 0, selector: { matchLabels: labels } },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: 'web',
          containers: [
            {
              ...{ name: 'web', image: 'registry.example.com/shop:1' },
              envFrom: [{ configMapRef: { name: 'settings' } }, { secretRef: { name: 'key' } }],
            },
          ],
          volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
        },
      },
    },
  },
  {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } },
    spec: { selector: labels, ports: [{ port: 80 }] },
  },
  {
    ...{ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'web' } },
    spec: {
      rules: [
        {
          host: 'shop.example.com',
          http: {
            paths: [
              { path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } },
            ],
          },
        },
      ],
    },
  },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'web' } },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { colour: 'blue' } },
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key' }, stringData: { password: 'hunter2' } },
] as const;
const filesOf = (colour: string) => ({
  'app/all.json': JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'List' },
    items: all.map((one) => (one.kind === 'ConfigMap' ? { ...one, data: { colour } } : one)),
  }),
});

/** Tests of the page in Chromium, at the controller of a world that shows one. DRYDOCK_SCREENSHOTS names a folder for pictures. */
export function pageTests(world: ReturnType<typeof gitopsWorld>): void {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  test('it shows Applications, their objects and what would differ, as text alone, to eyes, keyboards and phones', async () => {
    const app = await world.follow(filesOf('blue'), { auto: false, timeout: '2s' });
    await app.until('the commit to wait', ({ phase }) => phase === 'Pending');
    const at = [`--kubeconfig=${world.cluster().kubeconfig}`, '-n', app.namespace];
    const { code, out } = await drydock('gitops', 'sync', 'shop', ...at);
    expect([code, out]).toEqual([0, expect.stringContaining('Healthy')]);
    // Another one is not well.
    const broken = await world.follow({ 'app/a.yaml': 'a: [' });
    await broken.until('it to be told', ({ phase }) => phase === 'Failed');
    const origin = `http://localhost:${await world.pagePort(0)}`;
    const complaints: string[] = [];
    const page = await open(browser, origin, complaints);
    await page.getByRole('heading', { name: 'Applications' }).waitFor();
    await expectAccessible(page);
    // It goes on by itself, and what is searched for stays searched for.
    await page.getByLabel('Find').fill(app.namespace);
    await page.getByRole('heading', { name: 'Applications' }).click();
    app.repository.commit(filesOf(HOSTILE));
    await page.getByText('would change 1 object').waitFor();
    expect(await page.getByLabel('Find').inputValue()).toBe(app.namespace);
    const name = `${app.namespace}/shop`;
    expect(await page.locator('tr[data-name]:visible').count()).toBe(1);
    await page.getByLabel('Find').fill('');
    await picture(page, 'gitops-list');

    // By keyboard alone: to the Application, and in its graph to a row.
    await page.getByRole('link', { name, exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name, exact: true }).waitFor();
    await expectAccessible(page);
    expect(await page.locator('.graph .node').count()).toBe(all.length);
    // Ingress to Service to Deployment, and from there to the account, the settings and the key.
    expect(await page.locator('.graph .edge').count()).toBe(5);
    await picture(page, 'gitops-application');
    const node = page.locator('.graph .node', { hasText: 'Service' }).first();
    await node.focus();
    await page.keyboard.press('Enter');
    expect(new URL(page.url()).hash).toMatch(/^#o0-\d+$/);
    expect(await page.locator('tr:target').count()).toBe(1);

    await page.getByRole('link', { name: 'What the branch would change now' }).click();
    await page.getByText('object(s) differ').waitFor();
    expect(await page.locator('pre .plus').allTextContents()).toEqual([`+ ${HOSTILE}`]);
    expect(await page.locator('pre .minus').allTextContents()).toEqual(['- blue']);
    await expectAccessible(page);
    await picture(page, 'gitops-diff');
    for (const at of ['/', new URL(page.url()).pathname, new URL(page.url()).pathname.replace('/diff', '')]) {
      const text = await (await page.request.get(`${origin}${at}`)).text();
      for (const secret of ['hunter2', Buffer.from('hunter2').toString('base64'), '<img'])
        expect([at, text.includes(secret)]).toEqual([at, false]);
    }

    await onPhone(origin, name, complaints);
    expect(complaints).toEqual([]);
    expect(await app.kubectl('get', 'configmap', 'settings', '-o', 'jsonpath={.data.colour}')).toBe('blue');
  });

  async function onPhone(origin: string, name: string, complaints: string[]): Promise<void> {
    const phone = await open(browser, origin, complaints, {
      viewport: { width: 375, height: 740 },
      colorScheme: 'dark',
    });
    await phone.getByRole('link', { name, exact: true }).click();
    await phone.getByRole('heading', { name, exact: true }).waitFor();
    const isWide = await phone.evaluate('document.documentElement.scrollWidth > window.innerWidth');
    expect(isWide).toBe(false);
    await expectAccessible(phone);
    await picture(phone, 'gitops-phone-dark');
  }
}
