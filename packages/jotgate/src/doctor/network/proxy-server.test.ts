import { expect, it } from 'vitest'
import { proxyServerFor } from './proxy-server.ts'

const both = { HTTPS_PROXY: 'proxy.acme.example:3128', HTTP_PROXY: 'http://other:8080' }

it.each([
  ['https://acme.eu.qlikcloud.com', both, 'http://proxy.acme.example:3128/'],
  ['http://localhost:8080', both, 'http://other:8080/'],
  ['https://a.example', { https_proxy: 'http://small:1', ...both }, 'http://small:1/'],
  ['https://a.example', {}, undefined],
  ['https://sense.acme.example', { ...both, NO_PROXY: '.acme.example' }, undefined],
  ['https://sense.acme.example', { ...both, NO_PROXY: 'x.example, *.acme.example' }, undefined],
  ['https://sense.acme.example', { ...both, NO_PROXY: '*' }, undefined],
  ['https://sense.acme.example', { ...both, NO_PROXY: 'sense.acme.example:443' }, undefined],
  [
    'https://sense.acme.example',
    { ...both, NO_PROXY: 'acme.example' },
    'http://proxy.acme.example:3128/',
  ],
])('%s with %j goes by %s', (url, environment, expected) => {
  expect(proxyServerFor(new URL(url), environment)?.href).toBe(expected)
})
