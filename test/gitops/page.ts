import { drydock } from '../../cli/testing-only/drydock';
import { configMaps, type gitopsWorld } from './world';

const SECRET = 'apiVersion: v1\nkind: Secret\nmetadata: { name: key }\nstringData: { password: hunter2 }\n';

/** The page of a controller that runs. What it is like to use is in `page.real.test.ts`. */
export function pageTests(world: ReturnType<typeof gitopsWorld>): void {
  test('it shows what is in the cluster, what the branch would change, and of a Secret its name', async () => {
    const files = (colour: string) => ({ 'app/a.yaml': configMaps({ colour }), 'app/key.yaml': SECRET });
    const app = await world.follow(files('blue'), { auto: false });
    await app.until('the commit to wait', ({ phase }) => phase === 'Pending');
    const at = [`--kubeconfig=${world.cluster().kubeconfig}`, '-n', app.namespace];
    const { code, out } = await drydock('gitops', 'sync', 'shop', ...at);
    expect([code, out]).toEqual([0, expect.stringContaining('Healthy')]);
    const next = app.repository.commit(files('<b>red</b>'));
    await app.until('the next commit to wait', ({ message }) => message?.includes(next) === true);

    const port = await world.pagePort(0);
    const own = `/applications/${app.namespace}/shop`;
    const [all, one, diff] = await Promise.all(
      ['/', own, `${own}/diff`].map(async (path) => (await fetch(`http://localhost:${port}${path}`)).text()),
    );
    expect(all).toContain(`<a href="${own}">${app.namespace}/shop</a>`);
    expect(one).toMatch(/class="node good"><title>ConfigMap colour: healthy<\/title>/);
    expect(one).toMatch(/class="node good"><title>Secret key: healthy<\/title>/);
    expect(diff).toContain('<span class="minus">- blue</span>');
    expect(diff).toContain('<span class="plus">+ &lt;b&gt;red&lt;/b&gt;</span>');
    for (const text of [all, one, diff]) {
      expect(text).not.toContain('hunter2');
      expect(text).not.toContain(Buffer.from('hunter2').toString('base64'));
    }
    expect(await app.configMaps()).toEqual({ colour: 'blue' });
  });
}
