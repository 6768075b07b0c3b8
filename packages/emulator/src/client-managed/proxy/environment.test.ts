import type { IncomingMessage } from 'node:http'
import { expect, it } from 'vitest'
import { readEnvironment } from './environment.ts'

const read = (agent: string | undefined) =>
  readEnvironment({
    headers: { 'user-agent': agent },
    socket: { remoteAddress: '127.0.0.1' },
  } as unknown as IncomingMessage)

const chrome = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0'
it.each([
  [
    `Mozilla/5.0 (Windows NT 10.0) ${chrome} Safari/537.36`,
    'Windows',
    'Default',
    'Chrome 131.0.0.0',
  ],
  [
    `Mozilla/5.0 (Windows NT 10.0) ${chrome} Safari/537.36 Edg/131.0.0.0`,
    'Windows',
    'Default',
    'Chrome 131.0.0.0',
  ],
  [`Mozilla/5.0 (Linux; Android 14) ${chrome}`, 'Android', 'Android', 'Chrome 131.0.0.0'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604.1',
    'iOS',
    'iPhone',
    'Safari 17.0',
  ],
  [
    'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko Firefox/133.0',
    'Linux',
    'Default',
    'Firefox 133.0',
  ],
  ['curl/8.0', 'Unknown', 'Default', 'Unknown'],
  [undefined, 'Unknown', 'Default', 'Unknown'],
])('%s', (agent, os, device, browser) => {
  expect(read(agent)).toEqual({ os, device, browser, ip: '127.0.0.1', isSecure: false })
})
