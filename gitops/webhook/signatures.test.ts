import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type Forge, type Message, signedBy } from './signatures';

const SECRET = 'correct-horse-battery';
const OTHER = 'another-of-the-same-length';
const SIGNING = `whsec_${Buffer.from('a key of thirty-two bytes exactly').toString('base64')}`;
const OTHER_SIGNING = `whsec_${Buffer.from('some other key of that same size!').toString('base64')}`;
const body = Buffer.from('{"ref":"refs/heads/main"}');
const hex = (secret: string, of = body) => createHmac('sha256', secret).update(of).digest('hex');
const standard = (secret: string, id = '1', at = '1796027041') =>
  createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
    .update(`${id}.${at}.`)
    .update(body)
    .digest('base64');

/** What each forge sends, from its documentation. Gitea sends the headers of GitHub as well. */
const SENT: Readonly<Record<string, readonly [Forge, (secret: string) => IncomingHttpHeaders]>> = {
  GitHub: [
    'github',
    (secret) => ({
      'x-github-event': 'push',
      'x-hub-signature': 'sha1=00',
      'x-hub-signature-256': `sha256=${hex(secret)}`,
    }),
  ],
  Gitea: [
    'gitea',
    (secret) => ({
      ...{ 'x-github-event': 'push', 'x-gitea-event': 'push', 'x-gitea-signature': hex(secret) },
      'x-hub-signature-256': `sha256=${hex(secret)}`,
    }),
  ],
  Forgejo: ['gitea', (secret) => ({ 'x-forgejo-event': 'push', 'x-forgejo-signature': hex(secret) })],
  'GitLab with a token': ['gitlab', (secret) => ({ 'x-gitlab-event': 'push', 'x-gitlab-token': secret })],
  'GitLab with a signing token': [
    'gitlab',
    (secret) => ({
      ...{ 'x-gitlab-event': 'push', 'webhook-id': '1', 'webhook-timestamp': '1796027041' },
      'webhook-signature': `v1,${standard(SIGNING)} v1,${standard(secret)}`,
    }),
  ],
};

test.each(Object.entries(SENT))(
  'what %s has signed is known, and nothing that only looks like it',
  (name, [forge, of]) => {
    const secret = name.endsWith('signing token') ? OTHER_SIGNING : SECRET;
    const headers = of(secret);
    const by = (message: Partial<Message>, secrets = [secret]) =>
      signedBy({ headers, body, ...message }, secrets);
    expect(by({})).toEqual({ forge, event: 'push' });
    // While one is replaced there are two.
    expect(by({}, [OTHER, secret])).toEqual({ forge, event: 'push' });
    const wrong: Array<ReturnType<typeof by>> = [
      by({}, [OTHER]),
      by({}, []),
      by({}, [`x${secret}`]),
      by({ headers: {} }),
    ];
    for (const header of Object.keys(headers).filter((one) => /signature|token/.test(one))) {
      const cut = String(headers[header]).slice(0, -1);
      const others = Object.fromEntries(
        Object.entries(headers).filter(([one]) => !/signature|token/.test(one)),
      );
      wrong.push(by({ headers: { ...others, [header]: cut } }), by({ headers: { ...others, [header]: '' } }));
      wrong.push(
        by({ headers: { ...others, [header]: 'sha256=' } }),
        by({ headers: { ...others, [header]: 'v1,' } }),
      );
    }
    // A token says nothing of the body; the others do.
    if (name !== 'GitLab with a token') wrong.push(by({ body: Buffer.concat([body, Buffer.from(' ')]) }));
    expect(wrong.filter((one) => one !== undefined)).toEqual([]);
  },
);

test('a signature of SHA-1 alone is none', () => {
  const old = createHmac('sha1', SECRET).update(body).digest('hex');
  const headers = { 'x-github-event': 'push', 'x-hub-signature': `sha1=${old}` };
  expect(signedBy({ headers, body }, [SECRET])).toBeUndefined();
  expect(
    signedBy({ headers: { ...headers, 'x-hub-signature-256': `sha256=${hex(SECRET)}` }, body }, [SECRET]),
  ).toEqual({
    forge: 'github',
    event: 'push',
  });
});

test('the id and the time are signed too', () => {
  const at = (id: string, time: string) => ({
    headers: {
      ...{ 'x-gitlab-event': 'Push Hook', 'webhook-id': id, 'webhook-timestamp': time },
      'webhook-signature': `v1,${standard(SIGNING)}`,
    },
    body,
  });
  expect(signedBy(at('1', '1796027041'), [SIGNING])).toEqual({ forge: 'gitlab', event: 'Push Hook' });
  expect(signedBy(at('2', '1796027041'), [SIGNING])).toBeUndefined();
  expect(signedBy(at('1', '1796027042'), [SIGNING])).toBeUndefined();
});
