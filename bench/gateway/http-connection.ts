import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import type { GatewayPlace } from './people.ts'

/** An answer whose length was told. */
export interface Answer {
  readonly status: number
  readonly head: string
}

/** A connection that stays. It costs so little that the load is not what is measured. */
export interface HttpConnection {
  /** Sends a request as it stands, and reads its answer; one at a time. */
  send(request: string): Promise<Answer>
  close(): void
}

export async function openConnection({
  port,
  certificate: ca,
}: Pick<GatewayPlace, 'port' | 'certificate'>): Promise<HttpConnection> {
  const at = { port, host: '127.0.0.1', noDelay: true }
  const socket: Socket =
    ca === undefined ? connect(at) : connectSecurely({ ...at, ca, servername: 'localhost' })
  await once(socket, ca === undefined ? 'connect' : 'secureConnect')
  let text = ''
  let waiting: PromiseWithResolvers<Answer> | undefined
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    text += chunk
    const end = text.indexOf('\r\n\r\n')
    if (end === -1) return
    const head = text.slice(0, end)
    const [, length] = /^content-length: (\d+)/im.exec(head) ?? []
    const status = Number(head.slice(9, 12))
    if (length === undefined && status !== 204) waiting?.reject(new Error(`No length: ${head}`))
    const whole = end + 4 + Number(length ?? 0)
    if (text.length < whole) return
    text = text.slice(whole)
    waiting?.resolve({ status, head })
  })
  socket.on('error', (error) => waiting?.reject(error))
  socket.on('close', () => waiting?.reject(new Error('The connection was closed')))
  return {
    send(request) {
      waiting = Promise.withResolvers()
      socket.write(request)
      return waiting.promise
    },
    close: () => socket.destroy(),
  }
}
