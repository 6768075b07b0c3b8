import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { runCli } from '../main.ts'
import { memoryTerminal } from '../memory-terminal.fixture.ts'

it('gives up when Qlik stalls in the middle of its answer, and ends the session', async () => {
  const calls: string[] = []
  const server = createServer(({ method, url = '' }, response) => {
    const call = `${method} ${url.split('?')[0]}`
    calls.push(call)
    if (call === 'GET /jwt/qps/user') {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '200' })
      response.write('{"userDirectory":"ACME",')
      return
    }
    const cookie = 'X-Qlik-Session-jwt-HTTP=4f1c; Path=/'
    response.writeHead(204, { 'set-cookie': cookie, 'qlik-csrf-token': 'c5' }).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const terminal = memoryTerminal({ folder: '.' })
  const deployment = ['--for', 'client-managed', '--url', url, '--prefix', 'jwt']
  const words = ['whoami', ...deployment, '--token', 'a.b.c', '--timeout', '1s']
  const exitCode = await runCli(words, terminal)
  server.closeAllConnections()
  server.close()
  expect({ exitCode, out: terminal.out }).toEqual({ exitCode: 1, out: '' })
  expect(terminal.err).toMatch(/ERR_QLIK_TIMEOUT\W+Qlik did not answer GET \/jwt\/qps\/user within/)
  expect(terminal.err).toContain('1000 ms')
  expect(calls).toEqual(['GET /jwt/qps/csrftoken', 'GET /jwt/qps/user', 'DELETE /jwt/qps/user'])
})
