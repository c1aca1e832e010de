import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Context } from 'hono';

/** A file of the page, read once: what is served cannot be another file than those that are here. */
export interface PageFile {
  readonly path: string;
  readonly type: string;
  readonly content: string;
  readonly etag: string;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Scripts, styles and requests of our own, and nothing else: text that gets into the page as markup does nothing. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

export function readPage(folder = join(__dirname, 'page')): PageFile[] {
  return readdirSync(folder)
    .filter((name) => extname(name) in types)
    .map((name) => {
      const content = readFileSync(join(folder, name), 'utf8');
      return {
        path: name === 'index.html' ? '/' : `/${name}`,
        type: types[extname(name)] as string,
        content,
        etag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`,
      };
    });
}

export function serveFile(c: Context, { type, content, etag }: PageFile): Response {
  c.header('content-security-policy', CONTENT_SECURITY_POLICY);
  c.header('referrer-policy', 'no-referrer');
  // Asked for each time, and answered with nothing while it is the same: a new version is there at once.
  c.header('cache-control', 'no-cache');
  c.header('etag', etag);
  if (c.req.header('if-none-match') === etag) return c.body(null, 304);
  return c.body(content, 200, { 'content-type': type });
}
