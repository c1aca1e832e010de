/** `node healthcheck.js PORT` ends with 0 where a program of ours is healthy: for Docker, since its images have no curl. */
const [port = ''] = process.argv.slice(2);
fetch(`http://127.0.0.1:${process.env.PORT || port}/health`, { signal: AbortSignal.timeout(2000) }).then(
  (answer) => process.exit(answer.ok ? 0 : 1),
  () => process.exit(1),
);
