import { type Body, type Current, invalid } from './kubeconfig-rules';

/** All that a kubeconfig of others may say of a cluster and of a user. What is not here could read, run or ask something of ours. */
const OF_CLUSTER = [
  'server',
  'certificate-authority-data',
  'tls-server-name',
  'disable-compression',
  'extensions',
];
const OF_USER = ['token', 'client-certificate-data', 'client-key-data', 'username', 'password', 'extensions'];

/** Refuses a kubeconfig that says more than where a cluster is and who calls. Its values are not told: they are credentials. */
export function checkInline({ cluster, userName, user }: Current, where: string): void {
  refuseOthers(cluster, OF_CLUSTER, 'a cluster', where);
  refuseOthers(user, OF_USER, `user "${userName}"`, where);
  if (!/^https:/.test(String(cluster.server)))
    throw invalid(where, 'an address without TLS', 'give the https address of the API server');
  if (!['token', 'client-certificate-data', 'username'].some((field) => isSaid(user[field])))
    throw invalid(
      where,
      `user "${userName}" without credentials`,
      'give a `token`, or `client-certificate-data` and `client-key-data`',
    );
  for (const [field, value] of [...Object.entries(cluster), ...Object.entries(user)]) {
    if (field === 'extensions' || field === 'disable-compression' || !isSaid(value)) continue;
    if (typeof value !== 'string') throw invalid(where, `\`${field}\` that is no text`, 'correct the text');
  }
}

function refuseOthers(body: Body, taken: readonly string[], what: string, where: string): void {
  const other = Object.keys(body).find((field) => !taken.includes(field) && isSaid(body[field]));
  if (other === undefined) return;
  throw invalid(
    where,
    `${what} with \`${other}\``,
    `leave it out: of it only ${taken
      .filter((field) => field !== 'extensions')
      .map((field) => `\`${field}\``)
      .join(', ')} are taken`,
  );
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && value !== false;
}
