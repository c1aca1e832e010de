import { readFileSync } from 'node:fs';
import https from 'node:https';

/** `ask-url.ts METHOD URL [CERTIFICATE KEY]`: prints the status and the body, or why there was no answer. */
const [method, url, certificate, key] = process.argv.slice(2);
const shown = certificate && key ? { cert: readFileSync(certificate), key: readFileSync(key) } : {};
const request = https.request(url!, { method, rejectUnauthorized: false, ...shown }, (response) => {
  process.stdout.write(`${response.statusCode} `);
  response.pipe(process.stdout);
});
request.on('error', (error: NodeJS.ErrnoException) => process.stdout.write(`${error.code ?? error.message}`));
request.end();
