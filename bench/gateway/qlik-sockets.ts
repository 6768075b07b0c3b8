// Qlik's web sockets as a plain fast server: it takes every token at its login, and sends back what it gets.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { answerQuestions } from './processes.ts'

const server = createServer((request, response) => {
  const { url = '' } = request
  if (url.startsWith('/jwt/qps/csrftoken'))
    response
      .writeHead(204, { 'set-cookie': ['X-Qlik-Session-jwt=1'], 'qlik-csrf-token': '1' })
      .end()
  else {
    const setCookies = url === '/login/jwt-session' ? ['eas.sid=1', '_csrfToken=1'] : []
    response.writeHead(200, { 'set-cookie': setCookies, 'content-length': 2 }).end('{}')
  }
})

server.on('upgrade', (request, socket) => {
  const key = String(request.headers['sec-websocket-key'])
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept.digest('base64')}\r\n\r\n`,
  )
  socket.on('error', () => socket.destroy())
  socket.on('end', () => socket.end())
  sendBack(socket)
})

/** Frames whose mask is four zeros, so that the payload is sent back as it comes. */
function sendBack(socket: Duplex) {
  let held: Buffer = Buffer.alloc(0)
  let left = 0
  socket.on('data', (chunk: Buffer) => {
    let bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    held = Buffer.alloc(0)
    while (bytes.length > 0) {
      if (left === 0) {
        const short = (bytes[1] ?? 0) & 127
        const end = short === 127 ? 10 : short === 126 ? 4 : 2
        if (bytes.length < end + 4) {
          held = bytes
          return
        }
        left = short === 127 ? bytes.readUInt32BE(6) : short === 126 ? bytes.readUInt16BE(2) : short
        const head = Buffer.from(bytes.subarray(0, end))
        head[1] = short
        bytes = bytes.subarray(end + 4)
        const payload = bytes.subarray(0, left)
        socket.write(Buffer.concat([head, payload]))
        bytes = bytes.subarray(payload.length)
        left -= payload.length
        continue
      }
      const payload = bytes.subarray(0, left)
      socket.write(payload)
      bytes = bytes.subarray(payload.length)
      left -= payload.length
    }
  })
}

answerQuestions(async () => {
  if (!server.listening) {
    server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 })
    await once(server, 'listening')
  }
  return { port: (server.address() as AddressInfo).port }
})
