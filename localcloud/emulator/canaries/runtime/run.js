// node run.js MODULE FUNCTION: one run of a canary. The last line of its output is the result, as JSON.
//
// Names lead where the DNS server at 127.0.0.1:DNS_PORT says that their service is served.
'use strict';

const { Resolver } = require('node:dns').promises;
const { steps } = require('@aws/synthetics-puppeteer');

const resolver = new Resolver();
resolver.setServers([`127.0.0.1:${process.env.DNS_PORT}`]);
const direct = globalThis.fetch;

globalThis.fetch = async (url, options = {}) => {
  const asked = new URL(url);
  const there = new URL(asked);
  const service = `_${asked.protocol.slice(0, -1)}._tcp.${asked.hostname}`;
  [{ port: there.port }] = await resolver.resolveSrv(service);
  there.hostname = '127.0.0.1';
  return direct(there, { ...options, headers: { ...options.headers, host: asked.host } });
};

const [script, name] = process.argv.slice(2);
const began = Date.now();
require(script)[name]().then(
  () => '',
  (error) => error.message || String(error),
).then((failure) => {
  console.log(JSON.stringify({ failure, ms: Date.now() - began, steps }));
  process.exit(0);
});
