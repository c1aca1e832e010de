import { until } from '../../../cluster';
import { type Connection, create, createSub, KubeError, list, remove, resource } from '../../../kube';
import { connectWithToken } from '../../../kube/testing-only/service-account';

const RBAC = 'rbac.authorization.k8s.io';
const accounts = resource('v1', 'ServiceAccount');
const bindings = resource(`${RBAC}/v1`, 'ClusterRoleBinding');
const configMaps = resource('v1', 'ConfigMap');

/** An account in one cluster that may do all, with a token of its own. */
export class Account {
  private constructor(
    private readonly admin: Connection,
    private readonly name: string,
    private readonly token: string,
    /** By the token. */
    private readonly own: Connection,
  ) {}

  /** Answers once the API server knows of its rights, which it does a moment later. */
  static async make(admin: Connection, name: string): Promise<Account> {
    const { namespace } = admin;
    const metadata = { name };
    await create(admin, accounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
    await create(admin, bindings, {
      ...{ apiVersion: `${RBAC}/v1`, kind: 'ClusterRoleBinding', metadata: { name: `${namespace}.${name}` } },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    } as Parameters<typeof create>[2]);
    const asked = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
    const issued = await createSub(admin, accounts, { name, subresource: 'token' }, asked);
    const { token } = (issued as unknown as { readonly status: { readonly token: string } }).status;
    const account = new Account(admin, name, token, await connectWithToken(admin, token));
    await until(`the rights of ${name}`, async () => (await account.#isRefused()) === false, SOON);
    return account;
  }

  /** How the cluster is reached as this account, by an address of one's own. */
  async kubeconfig(server: string): Promise<string> {
    const { tls } = await this.admin.credentials();
    const ca = Buffer.from(String(tls.ca)).toString('base64');
    return JSON.stringify({
      'current-context': 'law',
      contexts: [{ name: 'law', context: { cluster: 'law', user: 'law' } }],
      clusters: [{ name: 'law', cluster: { server, 'certificate-authority-data': ca } }],
      users: [{ name: 'law', user: { token: this.token } }],
    });
  }

  /** Answers once the API server no longer takes its token, or lets it do nothing: a token that was good is so for some seconds. */
  async delete(): Promise<void> {
    await remove(this.admin, bindings, { name: `${this.admin.namespace}.${this.name}` });
    await remove(this.admin, accounts, { name: this.name });
    await until(`${this.name} to be refused`, () => this.#isRefused(), SOON);
    this.own.close();
  }

  async #isRefused(): Promise<boolean> {
    try {
      await list(this.own, configMaps);
      return false;
    } catch (error) {
      if (error instanceof KubeError && ['FORBIDDEN', 'UNAUTHENTICATED'].includes(error.code)) return true;
      throw error;
    }
  }
}

const SOON = { withinMs: 120_000, everyMs: 10 };
