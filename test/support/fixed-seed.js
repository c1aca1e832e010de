// Property tests that name no seed draw a new one each time, and fast-check prints it with what failed. In CI they draw
// the same one each time, so that a change is what turns a run red. Plain JavaScript, for jest's `setupFiles`.
if (process.env.CI) require('fast-check').configureGlobal({ seed: 20_261_121 });
