// What a script of a canary finds under the name of AWS's runtime library: steps, and no browser.
'use strict';

exports.steps = [];
exports.synthetics = {
  async executeStep(name, work) {
    const began = Date.now();
    const step = { name, passed: false };
    exports.steps.push(step);
    try {
      const result = await work();
      step.passed = true;
      return result;
    } finally {
      step.ms = Date.now() - began;
    }
  },
};
