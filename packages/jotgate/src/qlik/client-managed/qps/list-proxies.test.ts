import { expect, it } from 'vitest'
import type { ProxyService } from '../qrs/entities.ts'
import { listProxyPlaces } from './list-proxies.ts'

it('names each virtual proxy at each node, at the port of that node', async () => {
  const serviceOf = (name: string, restListenPort: number, prefixes: readonly string[]) =>
    ({
      id: name,
      serverNodeConfiguration: { id: name, name, hostName: `${name}.acme.example` },
      settings: { restListenPort, virtualProxies: prefixes.map((prefix) => ({ id: '', prefix })) },
    }) as unknown as ProxyService
  const services = [serviceOf('central', 4243, ['', 'jwt']), serviceOf('rim', 4244, ['jwt'])]
  expect(await listProxyPlaces({ listProxyServices: async () => services })).toEqual([
    { node: 'central', url: 'https://central.acme.example:4243', prefix: '' },
    { node: 'central', url: 'https://central.acme.example:4243', prefix: 'jwt' },
    { node: 'rim', url: 'https://rim.acme.example:4244', prefix: 'jwt' },
  ])
})
