/** The browsers and the Qlik of `gateway-tunnels.ts`, in a process of their own so that their memory is not counted. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

const clients: Socket[] = []
const closed: Record<string, number> = {}

const qlik = createServer().on('upgrade', (incoming, socket) => {
  const key = String(incoming.headers['sec-websocket-key'])
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
  socket.write(
    `HTTP/1.1 101 Yes\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept.digest('base64')}\r\n\r\n`,
  )
  socket.on('error', () => undefined)
  socket.on('end', () => socket.end())
  // Sends back what it gets; the mask is four zeros.
  socket.on('data', (frame: Buffer) => {
    if (frame[0] === 0x82)
      socket.write(
        Buffer.concat([
          frame.subarray(0, 1),
          Buffer.of(126),
          frame.subarray(2, 4),
          frame.subarray(8),
        ]),
      )
  })
})

async function openClient(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  clients.push(socket)
  socket.on('error', () => undefined)
  socket.write(
    `GET /app/a1 HTTP/1.1\r\nhost: localhost:${port}\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  )
  const [head] = await once(socket, 'data')
  if (!String(head).startsWith('HTTP/1.1 101')) throw new Error(String(head))
  socket.on('data', (frame: Buffer) => {
    if (frame[0] !== 0x88) return
    const code = String(frame.readUInt16BE(2))
    closed[code] = (closed[code] ?? 0) + 1
    socket.end(Buffer.concat([Buffer.of(0x88, 0x82, 0, 0, 0, 0), frame.subarray(2, 4)]))
  })
}

process.on('message', async (question: Record<string, number>) => {
  if ('listen' in question) {
    qlik.listen(0, '127.0.0.1')
    await once(qlik, 'listening')
    process.send?.({ port: (qlik.address() as AddressInfo).port })
  }
  if (question.open !== undefined) {
    const atOnce = 50
    for (let opened = 0; opened < question.open; opened += atOnce) {
      const more = Math.min(atOnce, question.open - opened)
      await Promise.all(Array.from({ length: more }, () => openClient(question.port ?? 0)))
    }
    process.send?.({})
  }
  if (question.echo !== undefined) {
    const payload = Buffer.alloc(question.echo)
    const frame = Buffer.concat([Buffer.of(0x82, 0xfe, 0, payload.length, 0, 0, 0, 0), payload])
    for (const client of clients) {
      const answer = once(client, 'data')
      client.write(frame)
      await answer
    }
    process.send?.({})
  }
  if ('closes' in question) process.send?.({ closed })
})
process.on('disconnect', () => process.exit())
