import { CiFixerAdminChart, CiFixerChart, HelloChart } from '../charts';
import { App } from '../core/synth';

const app = new App();
new HelloChart(app);
new CiFixerAdminChart(app);
new CiFixerChart(app);
app.synth();
