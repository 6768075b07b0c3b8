import type { Emulator } from 'jotgate-emulator'
import { readRouteTable } from '../../packages/emulator/src/cloud/route-table.ts'

/** The operation that answers a request, as the emulator's table of routes writes it. */
function toOperation(method: string, path: string): string | undefined {
  const candidates = readRouteTable().filter((route) => {
    const pattern = route.path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')
    return route.method === method && new RegExp(`^${pattern}/?$`).test(path)
  })
  // `/users/me` before `/users/:id`.
  const [best] = candidates.sort((a, b) => a.path.split(':').length - b.path.split(':').length)
  return best && `${method} ${best.path.replaceAll(/:(\w+)/g, '{$1}')}`
}

interface Frame {
  readonly socket: number
  readonly direction: 'in' | 'out'
  readonly method?: string
  readonly handle?: number
  readonly text: string
}

/** The last request and the last engine socket that an emulator has recorded. */
interface Mark {
  readonly request: number
  readonly socket: number
}

async function readEngine(emulator: Emulator) {
  const answer = await fetch(`${emulator.url}/_emulator/api/engine`)
  return (await answer.json()) as {
    sockets: readonly { number: number }[]
    frames: readonly Frame[]
  }
}

/** Where the record stands before a client begins. */
export async function markNow(emulator: Emulator): Promise<Mark> {
  const { sockets } = await readEngine(emulator)
  return {
    request: emulator.requests.at(-1)?.number ?? 0,
    socket: Math.max(0, ...sockets.map(({ number }) => number)),
  }
}

/** The engine's methods that were called, with their class: what a handle is, its answer has told. */
async function calledMethods(emulator: Emulator, afterSocket: number): Promise<string[]> {
  const frames = (await readEngine(emulator)).frames.filter(({ socket }) => socket > afterSocket)
  const classes = new Map<string, string>()
  const called = new Set<string>()
  for (const { socket, direction, method, handle, text } of frames) {
    const type = handle === -1 ? 'Global' : classes.get(`${socket} ${handle}`)
    if (direction === 'in' && method !== undefined && type !== undefined)
      called.add(`${type}.${method}`)
    const made = /"qType":"(\w+)","qHandle":(\d+)/.exec(text)
    if (direction === 'out' && made !== null) classes.set(`${socket} ${made[2]}`, made[1] ?? '')
  }
  return [...called]
}

/** What a client asked of an emulator since a mark, each once and in order. */
export async function exercisedOperations(
  emulator: Emulator,
  since: Mark = { request: 0, socket: 0 },
): Promise<string[]> {
  const operations = new Set(await calledMethods(emulator, since.socket))
  for (const { number, method, path, status } of emulator.requests) {
    if (number <= since.request || status === 404) continue
    const operation = status === 101 ? 'web socket /app/{appId}' : toOperation(method, path)
    if (operation !== undefined) operations.add(operation)
  }
  return [...operations].sort()
}

/** Of these, what is asked of the engine. */
export function onlyOfEngine(operations: readonly string[]): string[] {
  return operations.filter((one) => /^(?:\w+\.|web socket)/.test(one))
}
