import { connect, type Socket } from 'node:net'

/** Sends bytes as they are, and gives all that comes back until the server closes, or answers whole. */
export function sendRaw(
  port: number,
  bytes: string | Uint8Array,
  { until, open = openPlain }: { until?: RegExp; open?: (port: number) => Socket } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = open(port)
    let answer = ''
    socket.write(typeof bytes === 'string' ? toBytes(bytes) : bytes)
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1')
      if (until?.test(answer)) socket.destroy()
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error)
    })
    socket.on('close', () => resolve(answer))
  })
}

const openPlain = (port: number) => connect(port, '127.0.0.1')

const toBytes = (text: string) => Buffer.from(text, 'latin1')
