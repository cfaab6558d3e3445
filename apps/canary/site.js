// What a visitor would notice, asked every few minutes by CloudWatch Synthetics (docs/single-region.md).
//
// Each step is a metric of its own. A step that throws makes the run fail.
'use strict';

const { synthetics } = require('@aws/synthetics-puppeteer');

const SITE = new URL(process.env.SITE);
const SLOW_MS = Number(process.env.SLOW_MS);

/** The answer of the site to one request, as text: {status, body, ms}. */
async function ask(path, method = 'GET', body = undefined) {
  const began = Date.now();
  const answer = await fetch(new URL(path, SITE), {
    method,
    body,
    headers: body ? { 'content-type': 'application/json' } : {},
    signal: AbortSignal.timeout(10000),
  });
  const text = await answer.text();
  return { status: answer.status, body: text, ms: Date.now() - began };
}

function demand(condition, complaint) {
  if (!condition) throw new Error(complaint);
}

async function available() {
  const { status } = await ask('/health/ready');
  demand(status === 200, `/health/ready answers ${status}`);
}

async function fast() {
  const { status, ms } = await ask('/');
  demand(status === 200, `/ answers ${status}`);
  demand(ms <= SLOW_MS, `/ took ${ms} ms, more than ${SLOW_MS}`);
}

/** A session is written and read back: health checks see neither the table nor the private name. */
async function works() {
  const written = JSON.stringify({ canary: String(Date.now()) });
  const made = await ask('/sessions/canary', 'PUT', written);
  demand(made.status === 200 || made.status === 201, `a session could not be written: ${made.status}`);
  const read = await ask('/sessions/canary');
  demand(read.status === 200, `a session could not be read: ${read.status}`);
  demand(JSON.parse(read.body).canary === JSON.parse(written).canary, 'another session came back');
}

exports.handler = async () => {
  await synthetics.executeStep('available', available);
  await synthetics.executeStep('fast', fast);
  await synthetics.executeStep('works', works);
};
