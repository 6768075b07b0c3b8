// Clients of web sockets, in a process of their own: their frames have a mask of four zeros, so that all the work is
// done by what is measured.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { answerQuestions } from './processes.ts'
import type { Load } from './wrk.ts'

/** What this program is told at its start. */
export interface SocketLoadConfig {
  readonly port: number
  /** The request of each connection. */
  readonly requests: readonly string[]
}

const clients: Socket[] = []
const codes: Record<string, number> = {}
const closedAt: bigint[] = []

/** As many at once as a page that many people open would bring. */
const atOnce = 50

async function open(port: number, request: string): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  socket.on('error', () => undefined)
  socket.write(request)
  const [head] = await Promise.race([once(socket, 'data'), once(socket, 'close')])
  if (!String(head).startsWith('HTTP/1.1 101')) throw new Error(String(head))
  clients.push(socket)
}

async function openAll({ port, requests }: SocketLoadConfig): Promise<void> {
  const waiting = requests.values()
  const workers = Array.from({ length: atOnce }, async () => {
    for (const request of waiting) await open(port, request)
  })
  await Promise.all(workers)
}

function toFrame(size: number): Buffer {
  const mask = Buffer.alloc(4)
  const head = size < 65_536 ? Buffer.alloc(4) : Buffer.alloc(10)
  head[0] = 0x82
  head[1] = size < 65_536 ? 0xfe : 0xff
  if (size < 65_536) head.writeUInt16BE(size, 2)
  else head.writeUInt32BE(size, 6)
  return Buffer.concat([head, mask, Buffer.alloc(size)])
}

/** Each client sends again when all of its message has come back. It counts for so long, after so many of them. */
async function echo(size: number, first: number, ms: number): Promise<Load> {
  const frame = toFrame(size)
  const answerBytes = frame.length - 4
  let isCounting = false
  let stopped = 0
  let count = 0
  let isOver = false
  const times: number[] = []
  const { promise: broken, reject } = Promise.withResolvers<never>()
  const onClose = () => reject(new Error('A web socket was closed in the middle of the load'))
  for (const client of clients) {
    let got = 0
    let sentAt = performance.now()
    client.on('close', onClose)
    client.on('data', (chunk) => {
      got += chunk.length
      if (got < answerBytes) return
      got -= answerBytes
      count += 1
      const now = performance.now()
      if (isCounting) times.push(now - sentAt)
      sentAt = now
      if (isOver) stopped += 1
      else client.write(frame)
    })
    client.write(frame)
  }
  const until = async (isReached: () => boolean) => {
    while (!isReached()) await Promise.race([wait(20), broken])
  }
  await until(() => count >= first)
  isCounting = true
  const before = count
  const from = performance.now()
  await Promise.race([wait(ms), broken])
  isCounting = false
  const seconds = (performance.now() - from) / 1000
  const perSecond = (count - before) / seconds
  isOver = true
  await until(() => stopped === clients.length)
  for (const client of clients) client.removeAllListeners('data').off('close', onClose)
  times.sort((a, b) => a - b)
  const p99Ms = times[Math.floor(times.length * 0.99)] ?? 0
  return { perSecond, p99Ms, count }
}

async function echoOnce(size: number): Promise<void> {
  const frame = toFrame(size)
  for (const client of clients) {
    const answered = once(client, 'data')
    client.write(frame)
    await answered
  }
}

function watchClosing(): void {
  for (const client of clients) {
    client.on('close', () => closedAt.push(process.hrtime.bigint()))
    client.on('data', (frame) => {
      if (frame[0] !== 0x88) return
      const code = String(frame.readUInt16BE(2))
      codes[code] = (codes[code] ?? 0) + 1
      client.end(Buffer.concat([Buffer.of(0x88, 0x82, 0, 0, 0, 0), frame.subarray(2, 4)]))
    })
  }
}

async function closes() {
  while (closedAt.length < clients.length) await new Promise((resolve) => setTimeout(resolve, 20))
  return { closedAt: closedAt.map(String), codes }
}

answerQuestions(async (question) => {
  if (typeof question.echo === 'number')
    return echo(question.echo, Number(question.first), Number(question.ms))
  if (typeof question.echoOnce === 'number') await echoOnce(question.echoOnce)
  else if ('watch' in question) watchClosing()
  else if ('closes' in question) return closes()
  else await openAll(question as unknown as SocketLoadConfig)
  return {}
})
