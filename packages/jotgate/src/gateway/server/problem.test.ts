import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { gatewayErrors } from '../errors.ts'
import { sendProblem, sendProblemOnSocket } from './problem.ts'
import { sendRaw } from './raw-client.fixture.ts'

async function answerOf(
  respond: (response: ServerResponse) => void,
  bytes = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
) {
  const server = createServer((_, response) => respond(response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await sendRaw((server.address() as AddressInfo).port, bytes)
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

const full = gatewayErrors.ERR_GATEWAY_STORE({ problem: 'cannot write to /secret/place' })

describe('a problem', () => {
  it('says only code and request ID from 500 up', async () => {
    const answer = await answerOf((response) =>
      sendProblem(response, full, 'id-1', { reason: 'x' }),
    )
    expect(answer).toContain('HTTP/1.1 503')
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toEqual({
      title: 'Service Unavailable',
      status: 503,
      code: 'ERR_GATEWAY_STORE',
      requestId: 'id-1',
    })
    const unknown = await answerOf((response) => sendProblem(response, new Error('secret'), 'id-2'))
    expect(unknown).toContain('HTTP/1.1 500')
    expect(unknown).toContain('ERR_GATEWAY_UNEXPECTED')
    expect(unknown).not.toContain('secret')
  })

  it('says when to come again, and keeps fields that were set', async () => {
    const error = gatewayErrors.ERR_GATEWAY_RATE({ retryAfterSeconds: 1.2 })
    const answer = await answerOf((response) => {
      response.setHeader('vary', 'Origin')
      sendProblem(response, error, 'id', { reason: 'expired' })
    })
    expect(answer).toMatch(/HTTP\/1\.1 429[\s\S]*vary: Origin[\s\S]*retry-after: 2/)
    expect(answer).toContain('"reason":"expired"')
  })

  it('says what a client needs by its status, and nothing else', async () => {
    const fieldsOf = (error: Error) => answerOf((response) => sendProblem(response, error, 'id'))
    const unknown = await fieldsOf(gatewayErrors.ERR_GATEWAY_NOT_IDENTIFIED({ reason: 'x' }))
    expect(unknown).toMatch(/HTTP\/1\.1 401[\s\S]*www-authenticate: Bearer/)
    expect(unknown).not.toMatch(/retry-after|sec-websocket/)
    const version = await fieldsOf(gatewayErrors.ERR_GATEWAY_UPGRADE_VERSION({}))
    expect(version).toMatch(/HTTP\/1\.1 426[\s\S]*sec-websocket-version: 13/)
    expect(version).not.toContain('www-authenticate')
  })

  it('leaves the connection open after a small body that nobody reads', async () => {
    const answer = await answerOf(
      (response) => sendProblem(response, full, 'id'),
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabcdefghiGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    )
    expect(answer.match(/HTTP\/1\.1 503/g)).toHaveLength(2)
  })

  it('has no body for HEAD', async () => {
    const answer = await answerOf(
      (response) => sendProblem(response, full, 'id'),
      'HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    )
    expect(answer).toMatch(/content-length: [1-9]\d+/)
    expect(answer.endsWith('\r\n\r\n')).toBe(true)
  })

  it('closes the connection of an answer that has begun, and of a large body that nobody reads', async () => {
    const cut = await answerOf((response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('part', () => sendProblem(response, full, 'id'))
    })
    expect(cut).not.toContain('503')
    const large = await answerOf(
      (response) => sendProblem(response, full, 'id'),
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\nabc',
    )
    expect(large).toMatch(/HTTP\/1\.1 503[\s\S]*connection: close/)
  })

  it('is an HTTP answer on the socket of a refused upgrade', async () => {
    const socket = new PassThrough()
    let answer = ''
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString()
    })
    const closed = new Promise((resolve) => socket.on('close', resolve))
    sendProblemOnSocket(socket, gatewayErrors.ERR_GATEWAY_RATE({ retryAfterSeconds: 3 }), 'id-3')
    await closed
    expect(answer).toMatch(/^HTTP\/1\.1 429 Too Many Requests\r\n[\s\S]*retry-after: 3\r\n/)
    expect(answer).toMatch(/connection: close\r\n\r\n\{"title":"Too Many Requests"/)
    const gone = new PassThrough()
    gone.destroy()
    expect(() => sendProblemOnSocket(gone, full, 'id')).not.toThrow()
  })
})
