import { createHash } from 'node:crypto';

// What comes from repositories, models and sandboxes is only ever set as text.
const SCRIPT = `
const at = (id) => document.getElementById(id);
const headers = () => ({ 'content-type': 'application/json', ...(at('key').value && { authorization: 'Bearer ' + at('key').value }) });
const say = (text) => { at('said').textContent = text; };

async function ask(path, init = {}) {
  const answer = await fetch(path, { ...init, headers: headers() });
  const body = await answer.json();
  if (!answer.ok) {
    const details = (body.error.details || []).map(({ where, expected }) => where + ': ' + expected);
    throw new Error([body.error.message, ...details].join(' '));
  }
  return body;
}

async function filesOf(list) {
  const files = {};
  for (const file of list) {
    // The folder itself is the first part of each path.
    const path = file.webkitRelativePath.split('/').slice(1).join('/');
    if (/(^|\\/)(\\.git|node_modules)\\//.test(path)) continue;
    const bytes = new Uint8Array(await file.arrayBuffer());
    try {
      files[path] = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      files[path] = { base64: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')) };
    }
  }
  return files;
}

at('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  try {
    const url = at('url').value;
    const source = url ? { git: { url } } : { files: await filesOf(at('folder').files) };
    const command = at('command').value.trim().split(/\\s+/);
    const run = await ask('/runs', { method: 'POST', body: JSON.stringify({ source, image: at('image').value, command, title: at('title').value }) });
    say('');
    await list();
    await watch(run.id);
  } catch (error) {
    say(error.message);
  }
});

async function list() {
  const { runs } = await ask('/runs');
  at('runs').replaceChildren(...runs.map((run) => {
    const item = document.createElement('li');
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = (run.title || run.command.join(' ')) + ' - ' + (run.outcome || run.state);
    button.addEventListener('click', () => watch(run.id));
    item.append(button);
    return item;
  }));
}

let watching = new AbortController();
async function watch(id) {
  watching.abort();
  const mine = watching = new AbortController();
  for (const part of ['output', 'patch', 'verdict']) at(part).textContent = '';
  at('cancel').hidden = false;
  at('cancel').onclick = () => ask('/runs/' + id + '/cancel', { method: 'POST' }).catch((error) => say(error.message));
  try {
    const answer = await fetch('/runs/' + id + '/events', { headers: headers(), signal: mine.signal });
    let rest = '';
    for (const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      const blocks = (rest + value).split('\\n\\n');
      rest = blocks.pop();
      for (const block of blocks) {
        const [, event, data] = /^event: (.*)\\ndata: (.*)$/.exec(block);
        show(event, JSON.parse(data));
      }
    }
    await list();
  } catch (error) {
    if (!mine.signal.aborted) say(error.message);
  }
}

function show(event, data) {
  if (event === 'output') at('output').append(data.text);
  if (event === 'phase') at('verdict').textContent = data.phase + (data.round ? ', try ' + data.round : '');
  if (event === 'ended') at('output').append('\\n[' + data.how + ']\\n');
  if (event === 'proposal') at('patch').textContent = data.patch;
  if (event === 'verdict') {
    at('verdict').textContent = data.outcome.replaceAll('_', ' ') + ': ' + data.reason + (data.model ? ' (proposed by ' + data.model + ')' : '');
    at('cancel').hidden = true;
  }
}
list().catch((error) => say(error.message));
`;

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 1rem auto; padding: 0 1rem; color: #1b1f24; background: #fff; }
label { display: block; margin: .5rem 0; } input { font: inherit; width: 100%; box-sizing: border-box; padding: .3rem; }
button { font: inherit; padding: .3rem .8rem; } ul { list-style: none; padding: 0; } li { margin: .25rem 0; }
pre { background: #f3f4f6; padding: .75rem; overflow: auto; max-height: 24rem; white-space: pre-wrap; overflow-wrap: anywhere; }
`;

/** A page to start a run and watch it. It is one file, so nothing else has to be served. */
export const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>CI-fixer</title><style>${STYLE}</style></head>
<body>
<h1>CI-fixer</h1>
<form id="form">
<label>Folder of the repository <input id="folder" type="file" webkitdirectory multiple></label>
<label>or the address that git fetches it from <input id="url" type="url"></label>
<label>Image <input id="image" required></label>
<label>Command that has to succeed <input id="command" required></label>
<label>Title <input id="title"></label>
<label>Key, where one is needed <input id="key" type="password" autocomplete="off"></label>
<button>Start</button>
</form>
<p id="said" role="alert"></p>
<h2>Runs</h2><ul id="runs"></ul>
<h2>Verdict</h2><p id="verdict" role="status"></p><button id="cancel" type="button" hidden>Cancel</button>
<h2>Patch</h2><pre id="patch"></pre>
<h2>Output</h2><pre id="output"></pre>
<script type="module">${SCRIPT}</script>
</body>
</html>
`;

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The page runs its own script and no other, and talks with its own server alone. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `script-src ${hashOf(SCRIPT)}`,
  `style-src ${hashOf(STYLE)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
