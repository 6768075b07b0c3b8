// An upstream that keeps every byte, and reads them as strictly as can be: what it does not understand at once,
// two servers could understand differently.
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** What one connection brought. */
export interface RecordedConnection {
  bytes: Buffer
  /** What is ambiguous; undefined when nothing is. */
  problem: string | undefined
  method?: string
  target?: string
  fields: readonly (readonly [name: string, value: string])[]
  body: string
}

export interface ByteRecorder {
  readonly port: number
  readonly connections: RecordedConnection[]
  close(): Promise<void>
}

/** Starts one. It answers 200 to a request, and closes. */
export async function startByteRecorder(): Promise<ByteRecorder> {
  const connections: RecordedConnection[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    const recorded: RecordedConnection = {
      bytes: Buffer.alloc(0),
      problem: undefined,
      fields: [],
      body: '',
    }
    connections.push(recorded)
    socket.on('data', (chunk: Buffer) => {
      recorded.bytes = Buffer.concat([recorded.bytes, chunk])
      const bytes = recorded.bytes.toString('latin1')
      const { length, ...read } = readStrictly(bytes, `127.0.0.1:${port}`)
      const hasMore = length !== undefined && length < bytes.length
      Object.assign(recorded, read, hasMore && { problem: 'more bytes than its framing says' })
      if (read.isComplete) socket.end(answer)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'

/** A request, and how many bytes it has; what is ambiguous is complete, since nothing behind it has a meaning. */
type StrictReading = Partial<Omit<RecordedConnection, 'bytes'>> & {
  isComplete: boolean
  length?: number
}

/** Reads the first request of some bytes. */
export function readStrictly(bytes: string, host: string): StrictReading {
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) return { isComplete: false }
  const [line = '', ...lines] = bytes.slice(0, end).split('\r\n')
  const rest = bytes.slice(end + 4)
  const start = /^([A-Z]+) (\/[\x21-\x7e]*) HTTP\/1\.1$/.exec(line)
  if (start === null) return wrong(`the line ${JSON.stringify(line)}`)
  const [, method = '', target = ''] = start
  if (/[#\\]|^\/\//.test(target)) return wrong(`the target ${target}`)
  const fields: [string, string][] = []
  for (const each of lines) {
    const field = /^([\w-]+): ([\t\x20-\x7e]*)$/.exec(each)
    if (field === null) return wrong(`the field ${JSON.stringify(each)}`)
    if (field[1]?.includes('_')) return wrong(`the name ${field[1]}`)
    fields.push([field[1]?.toLowerCase() ?? '', field[2] ?? ''])
  }
  const all = (name: string) => fields.filter(([each]) => each === name).map(([, value]) => value)
  if (all('host').join() !== host) return wrong(`the host ${all('host').join()}`)
  const lengths = all('content-length')
  const codings = all('transfer-encoding')
  const known = { method, target, fields, problem: undefined }
  if (lengths.length + codings.length > 1) return wrong('two framings')
  if (codings.length === 1) {
    if (codings[0] !== 'chunked') return wrong(`the coding ${codings[0]}`)
    return { ...known, ...readChunks(rest, end + 4) }
  }
  if (lengths[0] !== undefined && !/^(0|[1-9]\d*)$/.test(lengths[0]))
    return wrong(`length ${lengths[0]}`)
  const size = Number(lengths[0] ?? 0)
  const body = rest.slice(0, size)
  return { ...known, body, isComplete: body.length === size, length: end + 4 + size }
}

function readChunks(bytes: string, headLength: number): StrictReading {
  let left = bytes
  let body = ''
  for (;;) {
    const head = /^([\da-f]{1,8})\r\n/i.exec(left)
    if (head === null)
      return /^[\da-f]{0,8}\r?$/i.test(left) ? { isComplete: false } : wrong('a chunk')
    const size = Number.parseInt(head[1] ?? '', 16)
    const from = head[0].length
    if (left.length < from + size + 2) return { isComplete: false }
    if (left.slice(from + size, from + size + 2) !== '\r\n') return wrong('a chunk’s end')
    body += left.slice(from, from + size)
    left = left.slice(from + size + 2)
    if (size > 0) continue
    return { body, isComplete: true, length: headLength + bytes.length - left.length }
  }
}

const wrong = (problem: string): StrictReading => ({ problem, isComplete: true })
