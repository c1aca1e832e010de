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
    button.textContent = (run.title || run.command.join(' ')) + ' - ' + (run.outcome || run.state).replaceAll('_', ' ');
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
        // A comment says that the run goes on.
        const found = /^event: (.*)\\ndata: (.*)$/.exec(block);
        if (found) show(found[1], JSON.parse(found[2]));
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
const listed = () => list().then(() => say(''), (error) => say(error.message));
at('key').addEventListener('change', listed);
listed();
`;

const STYLE = `
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; color: #1b1f24; background: #f3f4f6; }
header { background: #fff; border-bottom: 1px solid #d0d5dc; padding: .75rem 1.5rem; }
h1 { font-size: 1.25rem; margin: 0; } h2 { font-size: 1rem; margin: 0 0 .5rem; }
main { display: grid; grid-template-columns: minmax(16rem, 24rem) minmax(0, 1fr); gap: 1.5rem; max-width: 80rem; margin: 0 auto; padding: 1.5rem; }
@media (max-width: 50rem) { main { grid-template-columns: minmax(0, 1fr); } }
section { background: #fff; border: 1px solid #d0d5dc; border-radius: .5rem; padding: 1rem; margin-bottom: 1rem; }
label { display: block; margin: 0 0 .75rem; }
input { font: inherit; width: 100%; padding: .4rem .5rem; border: 1px solid #8b939e; border-radius: .375rem; background: #fff; }
button { font: inherit; padding: .4rem .9rem; border: 1px solid #8b939e; border-radius: .375rem; background: #fff; color: inherit; cursor: pointer; }
form button { background: #1b5ec1; border-color: #1b5ec1; color: #fff; }
:focus-visible { outline: 3px solid #1b5ec1; outline-offset: 1px; }
#runs { list-style: none; margin: 0; padding: 0; max-height: 24rem; overflow: auto; }
#runs button { width: 100%; text-align: left; margin-bottom: .4rem; overflow-wrap: anywhere; }
#said:empty { display: none; } #said { color: #a4161a; margin: 0 0 1rem; }
pre { background: #f3f4f6; padding: .75rem; margin: 0; overflow: auto; max-height: 24rem; white-space: pre-wrap; overflow-wrap: anywhere; }
pre:empty::before { content: "Nothing yet."; color: #59616b; }
#verdict { overflow-wrap: anywhere; }
`;

/** A page to start a run and watch it. It is one file, so nothing else has to be served. */
export const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>CI-fixer</title><style>${STYLE}</style></head>
<body>
<header><h1>CI-fixer</h1></header>
<main>
<div>
<section>
<h2>Start a run</h2>
<form id="form">
<label>Folder of the repository <input id="folder" type="file" webkitdirectory multiple></label>
<label>or the address that git fetches it from <input id="url" type="url"></label>
<label>Image <input id="image" required></label>
<label>Command that has to succeed <input id="command" required></label>
<label>Title <input id="title"></label>
<label>Key, where one is needed <input id="key" type="password" autocomplete="off"></label>
<p id="said" role="alert"></p>
<button>Start</button>
</form>
</section>
<section><h2>Runs</h2><ul id="runs"></ul></section>
</div>
<div>
<section><h2>Verdict</h2><p id="verdict" role="status"></p><button id="cancel" type="button" hidden>Cancel</button></section>
<section><h2>Patch</h2><pre id="patch" tabindex="0" role="region" aria-label="Patch"></pre></section>
<section><h2>Output</h2><pre id="output" tabindex="0" role="region" aria-label="Output"></pre></section>
</div>
</main>
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
