import { HelloChart } from '../charts';
import { App } from '../core/synth';

const app = new App();
new HelloChart(app);
app.synth();
