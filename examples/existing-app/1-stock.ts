// What there was: the app on stock cdk8s.
//   npx tsx 1-stock.ts
import { App } from 'cdk8s';
import { Guestbook } from './guestbook';

const app = new App({ outdir: 'dist/manifests' });
new Guestbook(app, 'guestbook', { host: 'guests.example.com' });
app.synth();
